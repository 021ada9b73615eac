"""An invented district with 31 communes and 20 offices, and consolidations of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
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
    SectionRole,
    Sex,
)
from config.units import Unit
from consolidate.consolidation import Consolidation, Passage, Total, UnitStanding, UnitValue
from ledger.records import ObligationState, Place, Value

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DUE = datetime(2024, 6, 10, tzinfo=ZONE)
AS_OF = datetime(2024, 6, 12, 16, 30, tzinfo=ZONE)
ALL = (Sex.TOTAL, Sex.MALE, Sex.FEMALE)
NOWHERE = Place("bao-cao.docx", "đoạn 1")

_FIRST = ("An", "Cẩm", "Hưng", "Lương", "Mỹ", "Xuân")
_SECOND = ("Hải", "Lạc", "Ngãi", "Thắng Đông", "Trạch")
_OFFICES = (
    "Trạm Khuyến nông",
    "Ban Quản lý rừng phòng hộ",
    "Trung tâm Văn hóa",
    "Hội Làm vườn",
    "Hội Sinh vật cảnh",
    "Đài Khí tượng",
    "Trường Trung cấp nghề Cửa Bắc",
    "Hợp tác xã Vận tải Liên Minh",
    "Ban Quản lý chợ trung tâm",
    "Trạm Thủy lợi số 3",
    "Hội Chiến sĩ thành cổ",
    "Trung tâm Nước sạch nông thôn",
    "Trạm Quản lý đường sông",
    "Câu lạc bộ Hưu trí",
    "Ban Quản lý khu di tích",
    "Hội Người mù",
    "Hội Đông y",
    "Nghiệp đoàn Xe khách",
    "Trung tâm Phát triển quỹ đất",
    "Trung tâm Bồi dưỡng chính trị và Trường Năng khiếu thể dục thể thao liên xã phía Đông",
)


def department() -> Department:
    return Department(
        name="Phòng Lao động và Việc làm huyện Thượng Ngàn",
        short_name="Phòng LĐ&VL",
        level="district",
        area="huyện Thượng Ngàn",
        place="Thượng Ngàn",
        parent_authority="",
        issuer="UBND huyện Thượng Ngàn",
        symbol="BC-UBND",
        letter_symbol="UBND-LĐVL",
        mailbox="tonghop@thuongngan.example",
        recipients=("Sở Lao động và Việc làm tỉnh Hồng Giang",),
        copies=("Chủ tịch, các PCT UBND huyện", "Phòng LĐ&VL huyện"),
        archive_line="VT, LĐVL",
        signatory_titles=("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
        signatory_name="Đoàn Thị Mai Ly",
        contact="Bà Vũ Thu Hà",
        phone="0200 3555 011",
    )


def units() -> tuple[Unit, ...]:
    town = Unit("tt", "UBND thị trấn Cầu Đá", "township", phone="0200 3555 100", contact="Ông Lê Văn Bảy")
    names = [f"UBND xã {first} {second}" for first in _FIRST for second in _SECOND]
    communes = [
        Unit(f"x{n:02d}", name, "commune", phone=f"0911 000 {n:03d}", contact=f"Bà Trần Thị Số {n}")
        for n, name in enumerate(names, 1)
    ]
    offices = [Unit(f"p{n:02d}", name, "office") for n, name in enumerate(_OFFICES, 1)]
    return (town, *communes, *offices)


INDICATORS = (
    Indicator("A1", "Số văn bản chỉ đạo đã ban hành", "văn bản"),
    Indicator("A2", "Số buổi nói chuyện chuyên đề về an toàn lao động", "buổi"),
    Indicator("A3", "Số lượt người dự nói chuyện chuyên đề", "lượt người", sexes=ALL),
    Indicator("B1", "Đại biểu hội đồng đương nhiệm", "người", ALL[::2], Aggregation.SNAPSHOT),
    Indicator(
        "B1R",
        "Tỷ lệ nữ đại biểu hội đồng",
        "%",
        aggregation=Aggregation.RATIO,
        ratio=RatioRule(Figure("B1", Sex.FEMALE), Figure("B1")),
    ),
    Indicator("C1", "Số vụ tai nạn lao động", "vụ"),
    Indicator("C2", "Kinh phí đã cấp", "nghìn đồng"),
    Indicator("C3", "Đơn vị có tủ sách pháp luật lao động", "đơn vị", aggregation=Aggregation.COUNT),
    Indicator("D1", "Số người được khen thưởng", "người", sexes=ALL),
)
OUTLINE = (
    Section("I", "Công tác chỉ đạo", indicators=("A1",)),
    Section("II", "Kết quả thực hiện"),
    Section("II.1", "Tuyên truyền, phổ biến", indicators=("A2", "A3")),
    Section("II.2", "Sự tham gia của lao động nữ", indicators=("B1", "B1R")),
    Section("II.3", "An toàn lao động và kinh phí", indicators=("C1", "C2", "C3")),
    Section("II.4", "Hợp tác quốc tế"),
    Section("III", "Khó khăn, hạn chế", role=SectionRole.DIFFICULTIES),
    Section("IV", "Phương hướng, nhiệm vụ", role=SectionRole.PLANS),
    Section("V", "Kiến nghị, đề xuất", role=SectionRole.PROPOSALS),
)


def regime() -> Regime:
    kinds = (
        UnitKind("township", "thị trấn", "thị trấn", "Ủy ban nhân dân thị trấn"),
        UnitKind("commune", "xã", "các xã", "Ủy ban nhân dân xã"),
        UnitKind("office", "cơ quan", "các cơ quan, đơn vị của huyện", "quý cơ quan"),
    )
    return Regime("thuong-ngan", department(), ZONE, kinds, units(), (report(),))


def report() -> ReportDefinition:
    return ReportDefinition(
        id="ATLD",
        name="Báo cáo kết quả công tác an toàn lao động và việc làm của lao động nữ",
        short_name="Báo cáo an toàn lao động",
        topics=("an toàn lao động",),
        indicators=INDICATORS,
        outline=OUTLINE,
        period_rules=(),
        ordered_by="Văn bản số 77/UBND-LĐVL ngày 08/01/2024 của UBND huyện Thượng Ngàn về an toàn lao động",
    )


def period() -> Period:
    return Period(
        id="2024-H1",
        kind=PeriodKind.HALF_YEAR,
        name="6 tháng đầu năm 2024",
        year=2024,
        data_from=date(2023, 12, 1),
        data_to=date(2024, 5, 31),
        opens=DUE - timedelta(days=30),
        due=DUE,
        due_text="trước ngày 10/6",
    )


def standing(unit: Unit, state: ObligationState) -> UnitStanding:
    arrivals = {
        ObligationState.ON_TIME: DUE - timedelta(days=2, hours=3),
        ObligationState.LATE: DUE + timedelta(days=1, hours=9),
    }
    return UnitStanding(
        unit=unit,
        state=state,
        due=DUE,
        first_valid=arrivals.get(state),
        message="a1" if state in arrivals else "",
        waiting=("a2",) if state is ObligationState.NEEDS_REVIEW else (),
        exempt="sáp nhập trong kỳ" if state is ObligationState.EXEMPT else "",
        last_reminder=DUE - timedelta(days=3) if state is ObligationState.MISSING else None,
    )


def standings() -> tuple[UnitStanding, ...]:
    """44 on time, 2 late, 3 missing, 1 waits, 1 exempt: 46 of 50 have sent."""
    states = {
        "x03": ObligationState.LATE,
        "p04": ObligationState.LATE,
        "x07": ObligationState.MISSING,
        "x08": ObligationState.MISSING,
        "p20": ObligationState.MISSING,
        "x11": ObligationState.NEEDS_REVIEW,
        "p19": ObligationState.EXEMPT,
    }
    return tuple(standing(unit, states.get(unit.id, ObligationState.ON_TIME)) for unit in units())


SENT = tuple(unit.id for unit in units() if unit.id not in {"x07", "x08", "p20", "x11", "p19"})
LACKING = ("x07", "x08", "x11", "p20")


def total(
    code: str,
    value: str | None,
    sex: Sex = Sex.TOTAL,
    *,
    previous: str | None = None,
    blank: tuple[str, ...] = (),
    doubtful: tuple[str, ...] = (),
    approximate: bool = False,
    parts: tuple[int, int] | None = None,
) -> Total:
    """A total of 50 units; those in `blank` have reported without the figure."""
    gave = tuple(unit for unit in SENT if unit not in blank and unit not in doubtful)
    return Total(
        indicator=next(indicator for indicator in INDICATORS if indicator.code == code),
        sex=sex,
        value=None if value is None else Decimal(value),
        n=0 if value is None else len(gave),
        of=50,
        units=() if value is None else gave,
        missing=tuple(u.id for u in units() if u.id in LACKING or u.id in blank or u.id in doubtful),
        doubtful=doubtful,
        numerator=None if parts is None else Decimal(parts[0]),
        denominator=None if parts is None else Decimal(parts[1]),
        previous=None if previous is None else Decimal(previous),
        approximate=approximate,
    )


def totals() -> tuple[Total, ...]:
    return (
        total("A1", "58", previous="61"),
        total("A2", "5", blank=("x01", "p02")),
        total("A3", "12480", previous="10000"),
        total("A3", "5200", Sex.MALE),
        total("A3", "7280", Sex.FEMALE),
        total("B1", "800"),
        total("B1", "248", Sex.FEMALE),
        total("B1R", "31", parts=(248, 800), previous="29.5"),
        total("C1", "0"),
        total("C2", "902595", doubtful=("x05",)),
        total("C3", "16"),
        total("D1", "40", approximate=True),
        total("D1", "30", Sex.FEMALE, blank=("x01",)),
        total("D1", None, Sex.MALE),
    )


def passage(unit: str, section: str, text: str) -> Passage:
    return Passage(next(u for u in units() if u.id == unit), section, text, NOWHERE, "a1")


def passages() -> tuple[Passage, ...]:
    """Every unit that has sent writes under four sections."""
    written: list[Passage] = []
    for number, unit in enumerate(u for u in units() if u.id in SENT):
        own = unit.name
        written += [
            Passage(
                unit, "II.1", f"{own} đã mở {number + 2} buổi nói chuyện tại các tổ. {_LONG}", NOWHERE, "a"
            ),
            Passage(unit, "III", _DIFFICULTIES[number % 4].format(own=own), NOWHERE, "a"),
            Passage(unit, "IV", f"{_PLANS[number % 3].format(own=own)} {_OWN_PLAN} {number}.", NOWHERE, "a"),
            Passage(unit, "V", "Không." if number % 5 == 0 else _PROPOSAL.format(own=own), NOWHERE, "a"),
        ]
    return tuple(written)


_LONG = (
    "Nội dung tập trung vào quyền của lao động nữ, chế độ thai sản và cách phòng tránh tai nạn khi dùng máy "
    "gặt đập liên hợp. Người dự đều được phát tờ gấp. Sau mỗi buổi, tổ trưởng ghi lại các câu hỏi chưa trả "
    "lời được và gửi về cơ quan chuyên môn để được hướng dẫn thêm bằng văn bản trong thời hạn mười ngày."
)
_DIFFICULTIES = (
    "Kinh phí hoạt động của {own} còn hạn hẹp. Cán bộ kiêm nhiệm nhiều việc.",
    "- Cán bộ kiêm nhiệm nhiều việc;\n- Một số hộ ở {own} chưa quan tâm đến bảo hộ lao động.",
    "Địa bàn rộng, giao thông đi lại khó khăn.",
    "Không có khó khăn, vướng mắc.",
)
_PLANS = (
    "{own} tiếp tục tuyên truyền pháp luật về an toàn lao động.",
    "Rà soát máy móc tại các cơ sở sản xuất trên địa bàn {own}.",
    "Phối hợp mở lớp sơ cấp cứu cho lao động nữ.",
)
_OWN_PLAN = "Hoàn thành kế hoạch riêng số"
_PROPOSAL = "Đề nghị UBND huyện hỗ trợ thêm tài liệu cho {own}."


def consolidation() -> Consolidation:
    """The whole district at the half-year."""
    rough = Value("D1", Sex.TOTAL, Decimal(12), "người", NOWHERE, qualifier="trên")
    return Consolidation(
        regime=regime(),
        report=report(),
        period=period(),
        as_of=AS_OF,
        standings=standings(),
        values=(UnitValue("x01", rough, "a1", in_scope=True),),
        totals=totals(),
        passages=passages(),
    )


def with_states(states: dict[str, ObligationState]) -> Consolidation:
    """The district with these states, every other unit on time."""
    found = tuple(standing(unit, states.get(unit.id, ObligationState.ON_TIME)) for unit in units())
    return replace(consolidation(), standings=found)
