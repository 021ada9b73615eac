"""The vocabulary that intake writes and consolidate and desk read. Values only, no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from config.reports import Grade, Sex


class MessageClass(StrEnum):
    """What a message is."""

    REPORT = "report"
    CORRECTION = "correction"
    DUPLICATE = "duplicate"
    PART_OF_REPORT = "part_of_report"
    OTHER_REPORT = "other_report"
    QUESTION = "question"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    SPAM = "spam"
    SPOOF = "spoof"
    UNREADABLE = "unreadable"
    LINK_ONLY = "link_only"
    OTHER = "other"


class MessageState(StrEnum):
    """How a message ended. Every message ends in one of these."""

    BOOKED = "booked"
    REVIEW = "review"
    SET_ASIDE = "set_aside"
    FAILED = "failed"


class ObligationState(StrEnum):
    """Where an obligation stands at a moment."""

    ON_TIME = "on_time"
    LATE = "late"
    MISSING = "missing"
    NEEDS_REVIEW = "needs_review"
    EXEMPT = "exempt"


class Role(StrEnum):
    """What one message does for one obligation."""

    FIRST = "first"  #: the first report
    PART = "part"  #: another part of the same submission
    REPLACEMENT = "replacement"  #: thay thế: all earlier figures give way
    SUPPLEMENT = "supplement"  #: bổ sung, đính chính: changes only what it names
    DUPLICATE = "duplicate"  #: the same again: linked, counted once


class Method(StrEnum):
    """How a value was read."""

    TABLE = "table"
    SENTENCE = "sentence"
    DERIVED = "derived"
    OCR = "ocr"
    DECISION = "decision"  #: entered by the officer


class Certainty(StrEnum):
    """Whether a value may go into totals without a person."""

    CERTAIN = "certain"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: file, table or sheet or paragraph, and cell."""

    file: str
    where: (
        str  #: the place in the file in Vietnamese: "bảng 2, hàng 5, cột 4", "sheet Biểu 1, ô D12", "đoạn 14"
    )
    text: str = ""  #: as it stood there


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault in the data: a value, never raised. The sentence comes from the wording catalogue."""

    code: str
    grade: Grade
    place: Place | None = None
    parameters: dict[str, str] = field(default_factory=dict)


#: Code of the finding that an address no longer takes mail; its parameter `address` names it.
ADDRESS_DEAD = "address_dead"
#: The first reason of a mail whose question was answered by the report that came after it.
CAME_SINCE = "came_since"
#: Code of the finding that a file was in an encoding before Unicode; its parameters show a sample.
TEXT_PUT_RIGHT = "text_put_right"
#: Entry of an outcome's verdict: a mail system's own address wrote it, with the null return path.
MAIL_SYSTEM = "mail_system"
#: The event that a message came incomplete or without a sure arrival; its detail `code` says which.
FETCH_DOUBT = "fetch_doubt"
#: The event that marks a message as read with recognition, then and whenever it is read again.
RECOGNITION = "recognition"
#: The event that marks a morning's work as done, by day.
MORNING_DONE = "morning_done"
#: The event that marks a morning's documents as issued, by day: its reminders change what they rest on.
MORNING_ISSUED = "morning_issued"
#: The event that tells which message was removed under the rule of keeping, its size and the rule; and the
#: reason that stands in its outcome since.
RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to think that a message belongs to a unit, a report or a period."""

    about: str  #: unit, report or period
    points_to: str  #: id of what it points to
    kind: str  #: sender_address, letterhead, signature, place_line, file_name, subject, body, title...
    weight: int
    text: str  #: the words it rests on
    place: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """One figure of a submission."""

    indicator: str
    sex: Sex
    value: Decimal | None  #: None: reported in a way that gives no figure, or doubtful without a candidate
    unit_of_measure: str
    place: Place
    method: Method = Method.TABLE
    certainty: Certainty = Certainty.CERTAIN
    qualifier: str = ""  #: trên, khoảng, ước
    reason: str = ""  #: why it is doubtful, a finding code


@dataclass(frozen=True, slots=True)
class SectionText:
    """The text a unit wrote under one section of the outline."""

    section: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class DocumentName:
    """Số, ký hiệu and ngày, by which offices name a document (Decree 30/2020/NĐ-CP, Article 8)."""

    number: str  #: as written, without blanks: "12/BC-UBND", the Party's "12-BC/HU"
    dated: date | None  #: None where the day is not filled in
    place: Place


@dataclass(frozen=True, slots=True)
class ObligationKey:
    """Unit x report x period."""

    unit: str
    report: str
    period: str


@dataclass(frozen=True, slots=True)
class Obligation:
    """What one unit owes for one report and period."""

    key: ObligationKey
    opens: datetime
    due: datetime | None  #: first moment that is late, extension included
    exempt: str = ""  #: the reason, empty when owed


@dataclass(frozen=True, slots=True)
class SubmissionIntent:
    """What one message hands in for one obligation, about to be written."""

    key: ObligationKey
    role: Role
    accepted: bool  #: False: waits for a person and counts for nothing yet
    values: tuple[Value, ...] = ()
    sections: tuple[SectionText, ...] = ()
    findings: tuple[Finding, ...] = ()
    fingerprint: str = ""  #: of the figures, for duplicates and for two units with the same figures
    files: tuple[str, ...] = ()  #: sha256 of the files it rests on
    document: DocumentName | None = None  #: None: it bears no number, or only a picture of one


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """Something only a person may decide. Its id is stable over reruns."""

    id: str
    kind: str  #: message, value
    archive_id: str
    question: str  #: code of the question in the wording catalogue
    parameters: dict[str, str] = field(default_factory=dict)
    proposal: dict[str, Any] = field(default_factory=dict)
    key: ObligationKey | None = None
    indicator: str = ""
    sex: str = ""


@dataclass(frozen=True, slots=True)
class AttachmentRecord:
    """A file of a message as the ledger keeps it."""

    name: str
    path: tuple[str, ...]
    kind: str
    size: int
    sha256: str
    state: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class MessageOutcome:
    """All that is written for one message in one transaction, whatever the outcome."""

    archive_id: str
    message_id: str
    from_address: str
    from_name: str
    subject: str
    arrival: datetime
    date_claimed: datetime | None
    size: int
    message_class: MessageClass
    state: MessageState
    reasons: tuple[str, ...]  #: codes, most telling first
    verdict: dict[str, str]  #: sender check: verdict, authserv, dmarc...
    evidence: tuple[Evidence, ...] = ()
    attachments: tuple[AttachmentRecord, ...] = ()
    submissions: tuple[SubmissionIntent, ...] = ()
    findings: tuple[Finding, ...] = ()
    review: tuple[ReviewItem, ...] = ()
    thread: tuple[str, ...] = ()  #: Message-IDs it answers


@dataclass(frozen=True, slots=True)
class MessageHead:
    """Who wrote, when and about what, and how the message ended: enough for a line of a list."""

    archive_id: str
    arrival: datetime
    from_address: str
    from_name: str
    subject: str
    message_class: MessageClass
    state: MessageState
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission as the ledger holds it."""

    archive_id: str
    arrival: datetime
    key: ObligationKey
    role: Role
    accepted: bool
    values: tuple[Value, ...]
    sections: tuple[SectionText, ...]
    findings: tuple[Finding, ...]
    fingerprint: str
    files: tuple[str, ...] = ()
    document: DocumentName | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided, who, when and why. Only ever added."""

    number: int  #: 0 before it is recorded
    at: datetime
    who: str
    kind: str  #: as `ledger.decisions` lists them
    target: dict[str, Any]
    choice: dict[str, Any]
    reason: str = ""


class OutboxState(StrEnum):
    """Where an outgoing message stands."""

    QUEUED = "queued"
    HELD = "held"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    BOUNCED = "bounced"
    CANCELLED = "cancelled"
    DRAFTED = "drafted"  #: lies in the mailbox's Drafts; a person sends it or not


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A mail recorded before it is sent. `message_id` is fixed when it is queued."""

    kind: str  #: chase, leaders, receipt, return, thanks, digest, delivery
    step: str  #: id of the rung; of an answer, the beginning of the archive id it answers
    unit: str  #: empty: it goes to no unit but to officers or leaders
    keys: tuple[ObligationKey, ...]  #: every open item the mail speaks of
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    text: str
    message_id: str
    queued_at: datetime
    state: OutboxState = OutboxState.QUEUED
    id: int = 0
    sent_at: datetime | None = None
    server_reply: str = ""
    about: str = ""  #: archive id of the message it answers
    answers: str = ""  #: Message-ID of that message, for In-Reply-To
    thread: tuple[str, ...] = ()  #: for References, oldest first
    files: tuple[tuple[str, str], ...] = ()  #: path below the outputs folder, SHA-256


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the server said to one attempt."""

    outgoing_id: int
    at: datetime
    state: OutboxState
    reply: str


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A produced document: name, media type and bytes."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class IssueHead:
    """An issue without its content, which for hundreds of units is large."""

    report: str
    period: str
    number: int
    as_of: datetime
    created_at: datetime
    inputs_sha256: str
    changes: tuple[dict[str, Any], ...] = ()
    files: tuple[tuple[str, str], ...] = ()  #: name, sha256


@dataclass(frozen=True, slots=True)
class Issue:
    """A numbered, immutable output of consolidate (lần phát hành)."""

    report: str
    period: str
    number: int
    as_of: datetime
    created_at: datetime
    inputs_sha256: str
    content: dict[str, Any]  #: the consolidation as JSON, for the list of changes
    changes: tuple[dict[str, Any], ...] = ()
    files: tuple[tuple[str, str], ...] = ()  #: name, sha256
