"""The two folders of the mailbox that outgoing mail is about: Sent, which is looked into, and Drafts.

Laying a draft is the one thing the program ever adds to a mailbox, and only where the department chose
`sending: mode: drafts`. Folders are found by their attribute (RFC 6154), for their names depend on the
account's language. Nothing is ever flagged, moved or deleted.
"""

from __future__ import annotations

from imaplib import IMAP4
from typing import TYPE_CHECKING, Final

from intake.mailbox.imap import ImapMailbox
from intake.mailbox.interface import MailboxFolderError

if TYPE_CHECKING:
    from datetime import datetime

SENT: Final = b"\\sent"
DRAFTS: Final = b"\\drafts"
_DRAFT: Final = b"\\Draft"


class OutgoingFolders(ImapMailbox):
    """A session with the mailbox that knows its folders Sent and Drafts."""

    def folder_of(self, attribute: bytes) -> str:
        """The folder of that attribute, empty where the account has none."""
        listed = self._quietly_renewed(self._list)
        return next((name for flags, name in listed if attribute in flags), "")

    def holds(self, attribute: bytes, message_id: str) -> bool | None:
        """Whether the folder of that attribute holds a message with that Message-ID; None: no such folder.

        Raises:
            MailboxError: the mailbox cannot be asked.

        """
        folder = self.folder_of(attribute)
        if not folder:
            return None
        self._quietly_renewed(lambda: self._examine(folder))
        with self._speaking():
            return bool(self._session().search(["HEADER", "Message-ID", message_id.strip("<>")]))

    def lay_draft(self, octets: bytes, at: datetime) -> bool:
        """Add a draft; False: the account has no folder for drafts.

        Raises:
            MailboxFolderError: the server refuses it, as when the mailbox is full; no draft lies there.
            MailboxError: the mailbox cannot be used; whether the draft lies there is then not known.

        """
        folder = self.folder_of(DRAFTS)
        if not folder:
            return False
        session = self._session()
        with self._speaking():
            try:
                session.append(folder, octets, flags=(_DRAFT,), msg_time=at)
            except IMAP4.abort:  # the line, not an answer
                raise
            except IMAP4.error as refusal:
                raise MailboxFolderError(folder, str(refusal)) from refusal
        return True
