"""A mail at three moments: raw octets, a parsed message, and a message whose files are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from intake.documents import Document, ReadFile


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where and when a mailbox showed a message (RFC 3501 section 2.3.1.1)."""

    account: str
    folder: str
    uid_validity: int
    uid: int
    gmail_id: str = ""  #: X-GM-MSGID
    junk: bool = False  #: seen in the folder with the attribute \\Junk


@dataclass(frozen=True, slots=True)
class RawMessage:
    """One message as the mailbox gave it. `arrival` is INTERNALDATE, aware."""

    octets: bytes
    arrival: datetime
    sighting: Sighting


@dataclass(frozen=True, slots=True)
class Mailer:
    """Who claims to write: From's one address, and everything that makes the claim doubtful."""

    address: str = ""  #: lower-case addr-spec of the single From address, empty when there is none
    name: str = ""  #: display name, decoded
    domain: str = ""  #: ASCII, lower case
    defects: tuple[
        str, ...
    ] = ()  #: codes: no_from, several_from, several_addresses, malformed, name_is_address


@dataclass(frozen=True, slots=True)
class Headers:
    """The decoded header fields that decisions rest on. Absent fields are empty."""

    message_id: str
    sender: Mailer
    reply_to: tuple[str, ...]
    to: tuple[str, ...]
    subject: str
    date: datetime | None  #: the sender's claim, aware where it could be read
    in_reply_to: str
    references: tuple[str, ...]
    return_path: str | None  #: None: absent; "": the null path of bounces
    auto_submitted: str
    precedence: str
    has_list_fields: bool
    content_type: str  #: of the whole message, lower case: "multipart/report"
    report_type: str  #: of multipart/report: "delivery-status"
    authentication_results: tuple[str, ...]  #: field bodies, topmost first
    other: tuple[tuple[str, str], ...] = ()  #: X-Failed-Recipients, X-Autoreply, Feedback-ID and their like


@dataclass(frozen=True, slots=True)
class ForwardedHead:
    """The head of a message that this one carries, inline or as an attachment."""

    sender_address: str
    sender_name: str
    subject: str
    date: datetime | None
    inline: bool


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """A message with all its text and files read: what a reading process hands back, nothing more."""

    headers: Headers
    text: (
        str  #: the body as plain text: text/plain, or the HTML body made plain; not above 200 000 characters
    )
    own_text: str  #: `text` without quoted earlier mail and without the signature block
    files: tuple[ReadFile, ...]
    forwarded: tuple[ForwardedHead, ...] = ()
    links: tuple[str, ...] = ()  #: http(s) addresses in the body, at most 50, never followed
    defects: tuple[str, ...] = ()  #: codes of structural faults of the MIME, and of text put right
    second_reader: bool = False  #: the fast reader stumbled and the careful one was asked
    returned: tuple[str, ...] = ()  #: of a bounce: Message-IDs of the mails it returns
    body: Document | None = None  #: the sender's own text with its tables, where a table stands in it
