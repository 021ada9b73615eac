"""A small invented department, its units, and what they hand in, each in one line."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from config.regime import Department, Regime, UnitKind
from config.reports import (
    Aggregation,
    Figure,
    Indicator,
    Period,
    PeriodKind,
    RatioRule,
    ReportDefinition,
    Section,
    Sex,
)
from config.units import Unit
from ledger.records import (
    Certainty,
    Decision,
    Finding,
    Method,
    Obligation,
    ObligationKey,
    Place,
    Role,
    SectionText,
    Submission,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DUE = datetime(2023, 6, 5, tzinfo=HANOI)
LATER = datetime(2023, 6, 30, 12, tzinfo=HANOI)
BOTH = (Sex.TOTAL, Sex.FEMALE)
ALL = (Sex.TOTAL, Sex.MALE, Sex.FEMALE)


def at(text: str) -> datetime:
    """A moment on the department's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


def unit(identifier: str, kind: str = "commune", name: str = "") -> Unit:
    return Unit(id=identifier, name=name or f"UBND xã {identifier}", kind=kind)


INDICATORS = (
    Indicator("TT1", "Số buổi nói chuyện chuyên đề", "buổi"),
    Indicator("TT2", "Số lượt người dự", "lượt người", sexes=ALL),
    Indicator("CB1", "Cán bộ xã", "người", sexes=BOTH, aggregation=Aggregation.SNAPSHOT),
    Indicator("MH1", "Có mô hình điểm", "có/không", aggregation=Aggregation.COUNT),
    Indicator("KP1", "Kinh phí", "triệu đồng", reported_by=frozenset({"commune"})),
    Indicator(
        "CB1R",
        "Tỷ lệ nữ cán bộ xã",
        "%",
        aggregation=Aggregation.RATIO,
        ratio=RatioRule(Figure("CB1", Sex.FEMALE), Figure("CB1")),
    ),
)
REPORT = ReportDefinition(
    id="bc-thu",
    name="Báo cáo công tác thử nghiệm",
    short_name="BC thử",
    topics=("thử nghiệm",),
    indicators=INDICATORS,
    outline=(
        Section("I", "Tuyên truyền", indicators=("TT1", "TT2")),
        Section("II", "Cán bộ", indicators=("CB1", "CB1R")),
        Section("III", "Khó khăn"),
    ),
    period_rules=(),
    owed_by_kinds=frozenset({"commune", "office"}),
)
PERIOD = Period(
    id="2023-H1",
    kind=PeriodKind.HALF_YEAR,
    name="6 tháng đầu năm 2023",
    year=2023,
    data_from=date(2022, 12, 15),
    data_to=date(2023, 6, 14),
    opens=at("2023-05-06T00:00"),
    due=DUE,
    due_text="trước ngày 05/6",
)
DEPARTMENT = Department(
    name="Phòng Thử nghiệm huyện Bình Sơn",
    short_name="Phòng TN",
    level="district",
    area="huyện Bình Sơn",
    place="Bình Sơn",
    parent_authority="",
    issuer="UBND huyện Bình Sơn",
    symbol="BC-UBND",
    letter_symbol="UBND-TN",
    mailbox="tonghop@example.vn",
)


def regime(units: Iterable[Unit], report: ReportDefinition = REPORT) -> Regime:
    return Regime(
        id="binh-son",
        department=DEPARTMENT,
        timezone=HANOI,
        unit_kinds=(
            UnitKind("commune", "xã", "các xã", "Ủy ban nhân dân xã"),
            UnitKind("office", "cơ quan", "các cơ quan", "quý cơ quan"),
        ),
        units=tuple(units),
        reports=(report,),
    )


def key(of: str) -> ObligationKey:
    return ObligationKey(of, REPORT.id, PERIOD.id)


def owes(of: str, due: datetime | None = DUE, exempt: str = "") -> Obligation:
    return Obligation(key(of), PERIOD.opens, due, exempt)


def gives(
    indicator: str,
    number: int | str | None,
    sex: Sex = Sex.TOTAL,
    *,
    doubtful: bool = False,
    method: Method = Method.TABLE,
    qualifier: str = "",
    text: str = "",
    reason: str = "",
) -> Value:
    return Value(
        indicator=indicator,
        sex=sex,
        value=None if number is None else Decimal(str(number)),
        unit_of_measure="người",
        place=Place("bieu.xlsx", "sheet Biểu 1, ô D12", text or str(number)),
        method=method,
        certainty=Certainty.DOUBTFUL if doubtful else Certainty.CERTAIN,
        qualifier=qualifier,
        reason=reason,
    )


def hands_in(
    of: str,
    arrival: datetime | str,
    *values: Value,
    role: Role = Role.FIRST,
    accepted: bool = True,
    mail: str = "",
    sections: tuple[SectionText, ...] = (),
    findings: tuple[Finding, ...] = (),
) -> Submission:
    moment = at(arrival) if isinstance(arrival, str) else arrival
    return Submission(
        archive_id=mail or f"{of}-{moment.astimezone(UTC):%m%d%H%M%S}",
        arrival=moment,
        key=key(of),
        role=role,
        accepted=accepted,
        values=values,
        sections=sections,
        findings=findings,
        fingerprint="",
    )


def writes(section: str, text: str) -> SectionText:
    return SectionText(section, text, Place("bao cao.docx", "đoạn 14", text))


def received(of: str, moment: str, channel: str = "paper") -> Decision:
    return Decision(
        number=1,
        at=LATER,
        who="Trần Thị Bình",
        kind="receive",
        target={"unit": of, "report": REPORT.id, "period": PERIOD.id},
        choice={"channel": channel, "received_at": moment},
    )


def decides(
    of: str, indicator: str, number: str | None, sex: Sex = Sex.TOTAL, *, when: datetime = LATER, no: int = 1
) -> Decision:
    return Decision(
        number=no,
        at=when,
        who="Trần Thị Bình",
        kind="value",
        target={
            "unit": of,
            "report": REPORT.id,
            "period": PERIOD.id,
            "indicator": indicator,
            "sex": sex.value,
        },
        choice={"value": number},
    )
