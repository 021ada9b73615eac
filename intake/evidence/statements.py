"""What the documents of a message, and the mail around them, say of themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from config.reports import Period, ReportDefinition
from intake.evidence.cut_offs import CutOff
from intake.evidence.unit_names import UnitIndex
from ledger.records import DocumentName, ObligationKey

#: A letter of one of these types is handed in as a report; annexes and forms come without a type.
REPORT_TYPES = frozenset({"bao cao", "phu luc", "bieu", "bieu mau", ""})
#: Letters that units also report by, or send a report under; only a person tells which they are.
COVERS = frozenset({"cong van", "phieu gui", "phieu chuyen", "phieu bao", "to trinh"})
#: An annex is ours when at least this share of its rows, and this many rows, are rows the report asks for.
FORM_SHARE = 0.5
FORM_ROWS = 3
#: Letters at the beginning of a mail's own text in which it says what it brings.
LONGEST_NOTE = 600
#: A subject that may be the words of another mail.
ANSWERING = re.compile(r"\s*(?:re|fwd?|tr|tl)\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Claim:
    """Words of an exhibit that say something of its origin, and where they stand."""

    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One document of a message and what it says of itself. `number` is its place in the message."""

    number: int
    file: str
    readable: bool
    recognised: bool = False  #: read from a picture: it proposes, a person accepts
    issuer: tuple[Claim, ...] = ()  #: letterhead of a letter, superior line apart
    superior: str = ""
    sheet_issuer: tuple[Claim, ...] = ()  #: the issuer cell above a table
    self_naming: tuple[Claim, ...] = ()
    annex_reference: tuple[Claim, ...] = ()
    place_name: str = ""
    symbol: str = ""  #: of the document's number: "BC-UBND"
    document: DocumentName | None = None  #: None where the number is blank, or stands in a picture
    signed_for: tuple[Claim, ...] = ()  #: in whose name it is signed
    type_title: str = ""  #: plain key: "bao cao", "ke hoach"; empty when none stands there
    title: str = ""  #: trích yếu
    sheet_titles: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()  #: names of the sheets that are shown
    opening: str = ""
    closing: str = ""  #: "Trên đây là báo cáo …"
    dated: date | None = None  #: of the place-and-date line
    cut_offs: tuple[CutOff, ...] = ()  #: days up to which it says its figures were counted
    form_rows: dict[str, int] = field(default_factory=dict)  #: report -> rows its labels matched
    form_share: dict[str, float] = field(default_factory=dict)  #: report -> share of the rows that matched
    is_blank: bool = False  #: a form of whose rows none is filled in
    bound: tuple[Claim, ...] = ()  #: the letters behind the first in the same file: issuer and title of each
    packed_in: tuple[str, ...] = ()  #: names of the archives and folders it came in
    unmarked: bool = False  #: a list typed without marks, which a person accepts

    @property
    def is_letter(self) -> bool:
        """Whether it has the head of an administrative letter."""
        return bool(self.type_title or self.issuer)


@dataclass(frozen=True, slots=True)
class Envelope:
    """The mail around the exhibits."""

    arrival: datetime
    subject: str
    body: str  #: own text, without quoted mail
    sender_units: tuple[str, ...]  #: units the address speaks for that day
    sender_address: str
    sender_name: str
    sender_trusted: bool  #: the provider's verdict lets the address count
    signed: str = ""  #: the lines its sender signs with
    file_names: tuple[str, ...] = ()
    forwarded_addresses: tuple[str, ...] = ()
    forwarded_units: tuple[str, ...] = ()  #: units whose addresses the forwarded heads name
    formerly: tuple[str, ...] = ()  #: names of the units, gone by that day, that the sender's came of
    answered: tuple[ObligationKey, ...] = ()  #: what our signed mail spoke of that the unit itself answers
    owing: tuple[
        ObligationKey, ...
    ] = ()  #: what the sender's units have not handed in of what is now collected


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known while the exhibits of one message are looked at: they vouch for one another.

    `periods`: for each report those that had opened when the mail arrived, oldest first.
    """

    envelope: Envelope
    exhibits: tuple[Exhibit, ...]
    reports: tuple[ReportDefinition, ...]
    units: UnitIndex
    periods: Mapping[str, tuple[Period, ...]]
