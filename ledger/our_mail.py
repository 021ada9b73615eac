"""The mail we wrote, as an index for what comes back. Pure.

A Message-ID counts as ours when it carries our signature and stands in the outbox: the one alone could be
copied from another installation with the same key, the other alone be guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ledger.records import OutboxState, OutgoingMessage
from ledger.references import is_signed

#: With these the mail left the house, or may have.
_LEFT = frozenset({OutboxState.SENT, OutboxState.UNCERTAIN, OutboxState.DRAFTED, OutboxState.BOUNCED})


class OurMail:
    """Mails of the outbox by their signed Message-IDs."""

    def __init__(self, mails: Iterable[OutgoingMessage] = (), key: bytes = b"") -> None:
        self._mails = tuple(mails)
        self._by_id = {mail.message_id: mail for mail in self._mails}
        self._key = key

    def answered(self, thread: Iterable[str]) -> OutgoingMessage | None:
        """The mail that a message answers or returns: of several named, the first (In-Reply-To leads)."""
        if not self._key:
            return None
        named = (each for each in thread if each in self._by_id and is_signed(each, self._key))
        return next((self._by_id[each] for each in named), None)

    def returned(self, thread: Iterable[str], address: str) -> OutgoingMessage | None:
        """The mail to that address which a message returns; None: it returns none that went there."""
        mail = self.answered(thread)
        return mail if mail is not None and mail.state in _LEFT and _went_to(mail, address) else None

    def wrote_to(self, address: str, until: datetime, within: timedelta) -> bool:
        """Whether a mail surely went to that address in that time before `until`."""
        return any(
            mail.sent_at is not None and until - within <= mail.sent_at <= until and _went_to(mail, address)
            for mail in self._mails
        )


def _went_to(mail: OutgoingMessage, address: str) -> bool:
    return address.lower() in {each.lower() for each in (*mail.to, *mail.cc)}
