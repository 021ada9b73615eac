"""Whose word on senders is taken: read off the mail that is here, and proposed to a person.

A receiving server writes what it found about the sender above all fields that were there (RFC 8601 section
4). The topmost such field of most mails is therefore its own; one that a sender wrote into his own mails is
not found in those of others. Nothing is taken over without the word of a person, who knows the mailbox.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ledger.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desk.office import Office
    from ledger.records import MessageHead

LATELY = timedelta(days=180)
MOST = 100  #: mails that are looked at
LONGEST_HEAD = 64 * 1024  #: octets of each
LEAST = 5  #: mails, of
SENDERS = 3  #: at least, that one server has looked at
SHARE = 0.8  #: of the mails that are looked at

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
#: The name that begins the topmost field, with the version of its grammar that may follow.
_SERVER = re.compile(
    rb"^authentication-results:[ \t]*(?:\r?\n[ \t]+)?"
    rb"([a-z0-9][a-z0-9._-]{0,252})(?:[ \t]+\d{1,3})?[ \t\r\n]*;",
    re.IGNORECASE | re.MULTILINE,
)
SERVER_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,252}")


@dataclass(frozen=True, slots=True)
class Found:
    """The server that looked at most of the latest mails."""

    server: str  #: its authserv-id
    count: int  #: mails it looked at
    of: int  #: mails that were looked through


def server_that_vouches(office: Office) -> Found | None:
    """The server to be proposed; None where too little mail is here, or no one looked at most of it."""
    since = office.clock() - LATELY
    heads = sorted(office.ledger.heads_since(since).values(), key=lambda head: head.arrival)[-MOST:]
    looked = [(server, head.from_address) for server, head in _servers(office, heads)]
    counted = Counter(server for server, _ in looked if server)
    if not counted:
        return None
    server, count = counted.most_common(1)[0]
    senders = {sender for named, sender in looked if named == server}
    enough = count >= LEAST and len(senders) >= SENDERS and count >= SHARE * len(looked)
    return Found(server, count, len(looked)) if enough else None


def _servers(office: Office, heads: Iterable[MessageHead]) -> Iterable[tuple[str, MessageHead]]:
    for head in heads:
        try:
            octets = office.archive.read(head.archive_id)
        except ArchiveError:
            continue  # what is lost from the archive is told by the page of health
        yield topmost_server(octets), head


def topmost_server(octets: bytes) -> str:
    """Whose findings stand uppermost in a mail; "" where nobody's do."""
    head = _END_OF_HEAD.split(octets[:LONGEST_HEAD], 1)[0]
    found = _SERVER.search(head)
    return found[1].decode("ascii").lower() if found else ""
