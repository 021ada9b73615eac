"""Messages, outcomes, decisions and mails for the ledger, each in one readable line. All invented."""

from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from config.reports import Grade, Sex
from intake.mail.messages import RawMessage, Sighting
from ledger.records import (
    AttachmentRecord,
    Certainty,
    Decision,
    Evidence,
    Finding,
    Issue,
    MessageClass,
    MessageOutcome,
    MessageState,
    Method,
    Obligation,
    ObligationKey,
    OutgoingMessage,
    Place,
    ReviewItem,
    Role,
    SectionText,
    SubmissionIntent,
    Value,
)

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2031, 6, 5, 12, tzinfo=HANOI)


def moment(day: int, hour: int = 8, minute: int = 0) -> datetime:
    """A moment of June 2031 in Hanoi."""
    return datetime(2031, 6, day, hour, minute, tzinfo=HANOI)


def sighting(
    uid: int = 1, *, folder: str = "INBOX", validity: int = 7, gmail_id: str = "", junk: bool = False
) -> Sighting:
    """Where a message was seen."""
    return Sighting("hop-thu@vidu.example", folder, validity, uid, gmail_id, junk)


def raw(text: str = "thư", uid: int = 1, *, arrival: datetime | None = None) -> RawMessage:
    """A message as the mailbox gave it."""
    return RawMessage(text.encode(), arrival or moment(1), sighting(uid))


def archive_id(text: str) -> str:
    """The id of the message with that text."""
    return hashlib.sha256(text.encode()).hexdigest()


def seen(
    text: str, uid: int = 1, *, arrival: datetime | None = None, **where: Any
) -> tuple[Sighting, str, datetime | None, int]:
    """A sighting as `record_batch` takes it."""
    return sighting(uid, **where), archive_id(text), arrival or moment(1), len(text.encode())


def key(unit: str = "doi-che", report: str = "nuoc-sach", period: str = "2031-H1") -> ObligationKey:
    """Unit x report x period."""
    return ObligationKey(unit, report, period)


def value(amount: str | None = "6.50", *, indicator: str = "N1", sex: Sex = Sex.TOTAL) -> Value:
    """A figure read from a table."""
    given = None if amount is None else Decimal(amount)
    certainty = Certainty.CERTAIN if given is not None else Certainty.DOUBTFUL
    place = Place("bieu-01.xlsx", "sheet Biểu 1, ô D12", f" {amount} ")
    return Value(indicator, sex, given, "hộ", place, Method.TABLE, certainty, "trên", "")


def intent(*values: Value, unit: str = "doi-che", accepted: bool = True, **more: Any) -> SubmissionIntent:
    """What a message hands in."""
    return SubmissionIntent(key=key(unit), role=Role.FIRST, accepted=accepted, values=values, **more)


def outcome(text: str, *submissions: SubmissionIntent, **more: Any) -> MessageOutcome:
    """The outcome of a message: booked with what it hands in, unless told otherwise."""
    given: dict[str, Any] = {
        "archive_id": archive_id(text),
        "message_id": f"<{text}@vidu.example>",
        "from_address": "van-phong@doi-che.example",
        "from_name": "Văn phòng",
        "subject": "Báo cáo nước sạch",
        "arrival": moment(1),
        "date_claimed": None,
        "size": len(text.encode()),
        "message_class": MessageClass.REPORT,
        "state": MessageState.BOOKED,
        "reasons": (),
        "verdict": {},
        "submissions": submissions,
    }
    return MessageOutcome(**given | more)


def full_outcome(text: str) -> MessageOutcome:
    """An outcome with something in every field."""
    finding = Finding(
        "total_not_parts", Grade.WARNING, Place("a.docx", "bảng 2, hàng 5", "12"), {"sum": "13"}
    )
    place = Place("a.docx", "đoạn 14")
    return outcome(
        text,
        intent(
            value("6.50"),
            value("0", sex=Sex.FEMALE),
            value(None, indicator="N2"),
            sections=(SectionText("II.3", "Đã đào 3 giếng.\nCòn thiếu 2.", place),),
            findings=(finding,),
            fingerprint="f" * 64,
            files=("a" * 64, "b" * 64),
        ),
        intent(value("1E+3"), unit="bai-sim", accepted=False),
        date_claimed=moment(1, 7),
        reasons=("sender_known", "late"),
        verdict={"verdict": "pass", "dmarc": "pass"},
        evidence=(Evidence("unit", "doi-che", "letterhead", 40, "UBND XÃ ĐỒI CHÈ", "a.docx"),),
        attachments=(AttachmentRecord("a.docx", ("BC.zip",), "docx", 512, "a" * 64, "read", "ổn"),),
        findings=(Finding("second_reader", Grade.NOTE),),
        review=(item(text, "value", indicator="N2", sex="total", key=key()),),
        thread=("<goc@vidu.example>",),
    )


def item(text: str, kind: str = "message", *, name: str = "", **more: Any) -> ReviewItem:
    """A question about a message."""
    own = archive_id(text)
    return ReviewItem(
        id=name or f"{own[:12]}-{kind}-{more.get('indicator', '')}", kind=kind, archive_id=own,
        question="which_unit", parameters={"a": "1"}, proposal={"unit": "doi-che", "score": [1, "x"]}, **more,
    )  # fmt: skip


def decision(kind: str, number: int = 0, *, reason: str = "", choice: Any = None, **target: Any) -> Decision:
    """What a person decided."""
    return Decision(number, moment(6), "Lò Thị Mai", kind, target, choice or {}, reason)


def obligation(unit: str = "doi-che", *, due: datetime | None = None, exempt: str = "") -> Obligation:
    """What a unit owes."""
    return Obligation(key(unit), moment(1), due or moment(5, 0), exempt)


def mail(unit: str = "doi-che", step: str = "don-doc-1", **more: Any) -> OutgoingMessage:
    """A chase-up mail about to be queued."""
    given: dict[str, Any] = {
        "kind": "chase",
        "step": step,
        "unit": unit,
        "keys": (key(unit), key(unit, period="2031-Q1")),
        "to": (f"van-phong@{unit}.example",),
        "cc": (),
        "subject": "V/v đôn đốc báo cáo",
        "text": "Kính gửi…",
        "message_id": f"<{unit}-{step}@vidu.example>",
        "queued_at": NOW,
    }
    return OutgoingMessage(**given | more)


def issue(number: int = 0, **more: Any) -> Issue:
    """An issue of a consolidation."""
    given: dict[str, Any] = {
        "report": "nuoc-sach",
        "period": "2031-H1",
        "number": number,
        "as_of": moment(5),
        "created_at": NOW,
        "inputs_sha256": "c" * 64,
        "content": {"totals": {"N1": "6.50"}},
        "changes": ({"unit": "doi-che", "from": "6", "to": "6.50"},),
        "files": (("bao-cao.docx", "d" * 64),),
    }
    return Issue(**given | more)
