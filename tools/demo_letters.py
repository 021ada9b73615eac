"""What the units of the demo write: letters and annexes in the words of Decree 30/2020, all invented."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tools.demo_files import Block, Box, Grid, Text
from tools.demo_units import Figures, Reporter

SUBJECT = "Kết quả công tác bình đẳng giới và vì sự tiến bộ của phụ nữ"
PERIOD = "6 tháng đầu năm 2024"
Cell = str | int | Decimal | Box | None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the annex: label, measure, indicator, and the sexes that have a column of their own."""

    label: str
    measure: str
    code: str
    sexes: tuple[str, ...] = ("total",)


_PEOPLE = ("total", "male", "female")
GROUPS: tuple[tuple[str, tuple[Line, ...]], ...] = (
    (
        "Lĩnh vực chính trị",
        (
            Line("Cấp ủy viên đương nhiệm", "người", "CT01", _PEOPLE),
            Line("Ủy viên Ban Thường vụ Đảng ủy", "người", "CT02", _PEOPLE),
            Line("Đại biểu Hội đồng nhân dân xã", "người", "CT03", _PEOPLE),
            Line("Lãnh đạo chủ chốt HĐND, UBND (chủ tịch, phó chủ tịch)", "người", "CT04", _PEOPLE),
            Line("Cán bộ, công chức xã", "người", "CT06", _PEOPLE),
        ),
    ),
    (
        "Lĩnh vực kinh tế, lao động",
        (
            Line("Lao động được giải quyết việc làm mới", "người", "KT02", _PEOPLE),
            Line("Lao động được đào tạo nghề", "người", "KT03", _PEOPLE),
            Line("Hộ nghèo (nữ: do phụ nữ làm chủ hộ)", "hộ", "KT05", ("total", "female")),
            Line("Phụ nữ được vay vốn ưu đãi", "hộ", "KT06", ("female",)),
            Line("Dư nợ vốn vay ủy thác qua Hội Liên hiệp Phụ nữ", "triệu đồng", "KT07"),
        ),
    ),
    (
        "Gia đình, phòng chống bạo lực",
        (
            Line("Số vụ bạo lực gia đình", "vụ", "GD01"),
            Line("Số nạn nhân bạo lực gia đình", "người", "GD03", _PEOPLE),
            Line("Nạn nhân được tư vấn, hỗ trợ", "người", "GD06", _PEOPLE),
            Line("Địa chỉ tin cậy, nhà tạm lánh", "điểm", "GD08"),
            Line("CLB, mô hình phòng, chống bạo lực gia đình, bình đẳng giới", "CLB, mô hình", "GD09"),
        ),
    ),
    ("Y tế", (Line("Trẻ sinh ra sống", "trẻ", "YT01", _PEOPLE),)),
    (
        "Truyền thông",
        (
            Line("Số buổi tuyên truyền về bình đẳng giới", "buổi", "TT01"),
            Line("Số lượt người tham dự tuyên truyền", "lượt người", "TT02", _PEOPLE),
            Line("Tin, bài phát trên hệ thống thông tin cơ sở", "tin, bài", "TT03"),
        ),
    ),
    (
        "Quản lý nhà nước",
        (
            Line("Số văn bản, kế hoạch đã ban hành", "văn bản", "QL01"),
            Line("Số cuộc kiểm tra, giám sát", "cuộc", "QL02a"),
            Line("Tổng kinh phí thực hiện", "triệu đồng", "QL03"),
            Line("Kinh phí từ ngân sách nhà nước", "triệu đồng", "QL03a"),
            Line("Kinh phí từ chương trình mục tiêu quốc gia", "triệu đồng", "QL03b"),
            Line("Kinh phí huy động xã hội hóa", "triệu đồng", "QL03c"),
        ),
    ),
)
LINES = tuple(line for _, lines in GROUPS for line in lines)

#: what an indicator of the form gives to the regime: men are asked for only where the regime has them
REGIME_SEXES = {
    line.code: tuple(
        sex for sex in line.sexes if sex != "male" or line.code in ("GD03", "YT01")
    )
    for line in LINES
}  # fmt: skip


def counted(number: Decimal) -> str:
    """As clerks write it: 05, 17, 1.240, 12,5."""
    whole = int(number)
    if number == whole:
        return f"{whole:02d}" if whole < 1000 else f"{whole:,}".replace(",", ".")  # noqa: PLR2004
    return f"{number.normalize():f}".replace(".", ",")


def worded_zero(number: Decimal) -> str:
    """The same, with a word for nothing."""
    return counted(number) if number else "Không"


@dataclass(frozen=True, slots=True)
class Form:
    """How one unit sets up its annex."""

    head: Sequence[Sequence[Cell]] = (("STT", "Chỉ tiêu", "ĐVT", "Tổng số", "Nam", "Nữ", "Ghi chú"),)
    columns: tuple[str, ...] = ("total", "male", "female", "")
    write: Callable[[Decimal], str] = counted
    numbers: bool = False  #: a workbook: numbers stay numbers
    thousand: bool = False  #: money in nghìn đồng
    groups: bool = True
    leave_out: frozenset[str] = field(default_factory=frozenset)  #: indicators whose row is missing
    blank: frozenset[str] = field(default_factory=frozenset)  #: indicators whose row stands empty


FEMALE_FIRST = Form(
    head=(("TT", "Nội dung chỉ tiêu", "Đơn vị tính", "Nữ", "Nam", "Tổng số"),),
    columns=("female", "male", "total"),
)
TWO_ROWS = Form(
    head=(
        (
            Box("STT", merge="restart"),
            Box("Chỉ tiêu", merge="restart"),
            Box("Đơn vị tính", merge="restart"),
            Box("Kết quả thực hiện", span=3),
        ),
        (Box(merge="continue"), Box(merge="continue"), Box(merge="continue"), "Tổng số", "Nam", "Nữ"),
    ),
    columns=("total", "male", "female"),
)


def annex(figures: Figures, form: Form, lines: Iterable[Line] = LINES) -> list[list[Cell]]:
    """The rows of the annex, head and group rows included."""
    wanted = set(lines)
    rows: list[list[Cell]] = [list(row) for row in form.head]
    number = 0
    for order, (title, members) in enumerate(GROUPS):
        kept = [line for line in members if line in wanted and line.code not in form.leave_out]
        if kept and form.groups:
            rows.append([("I", "II", "III", "IV", "V", "VI")[order], title, "", *[""] * len(form.columns)])
        for line in kept:
            number += 1
            rows.append(_row(number, line, figures, form))
    return rows


def _row(number: int, line: Line, figures: Figures, form: Form) -> list[Cell]:
    is_money = line.measure == "triệu đồng"
    measure = "nghìn đồng" if is_money and form.thousand else line.measure
    factor = 1000 if is_money and form.thousand else 1
    cells: list[Cell] = [number if form.numbers else str(number), line.label, measure]
    for sex in form.columns:
        figure = figures.get((line.code, sex)) if sex in line.sexes else None
        if figure is None or line.code in form.blank:
            cells.append(None if form.numbers else "")
        else:
            cells.append(figure * factor if form.numbers else form.write(figure * factor))
    return cells


def empty_annex(form: Form) -> list[list[Cell]]:
    """The form as it was handed out."""
    return annex({}, form)


def grid(rows: Sequence[Sequence[Cell]]) -> Grid:
    """Rows for a Word table."""
    return Grid([[cell if isinstance(cell, Box) else str(cell or "") for cell in row] for row in rows])


def head_of_sheet(reporter: Reporter, width: int = 7) -> list[list[Cell]]:
    """Letterhead and title above a table in a workbook."""
    above, own = issuer(reporter)
    return [
        [above, None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        [own, None, None, "Độc lập - Tự do - Hạnh phúc"],
        [],
        [Box("BIỂU SỐ LIỆU BÌNH ĐẲNG GIỚI VÀ VÌ SỰ TIẾN BỘ CỦA PHỤ NỮ", span=width)],
        [Box(f"{PERIOD[0].upper()}{PERIOD[1:]} (số liệu tính đến ngày 31/5/2024)", span=width)],
        [],
    ]


def issuer(reporter: Reporter) -> tuple[str, str]:
    """The authority above and the unit itself, as the letterhead names them."""
    if reporter.name.startswith(("xã ", "thị trấn ")):
        return "UBND HUYỆN SƠN DƯƠNG", f"ỦY BAN NHÂN DÂN {reporter.name.upper()}"
    if reporter.id == "sd-mttq":
        return "ỦY BAN MTTQ VIỆT NAM TỈNH TUYÊN QUANG", "ỦY BAN MTTQ VIỆT NAM HUYỆN SƠN DƯƠNG"
    if reporter.id == "sd-ttyt":
        return "SỞ Y TẾ TỈNH TUYÊN QUANG", "TRUNG TÂM Y TẾ HUYỆN SƠN DƯƠNG"
    return "UBND HUYỆN SƠN DƯƠNG", reporter.name.upper()


def letterhead(reporter: Reporter, number: str, day: str) -> Grid:
    """Issuer and number on the left, national name, place and date on the right (Decree 30/2020)."""
    above, own = issuer(reporter)
    place = reporter.name.removeprefix("xã ") if reporter.name.startswith("xã ") else "Sơn Dương"
    date, month = day.split("/")[:2]
    left = (_middle(above), _middle(own, bold=True), _middle(f"Số: {number}"))
    right = (
        _middle("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True),
        _middle("Độc lập - Tự do - Hạnh phúc", bold=True),
        Text(f"{place}, ngày {date} tháng {int(month)} năm 2024", align="center", italic=True),
    )
    return Grid([[left, right]], bordered=False)


def _middle(text: str, *, bold: bool = False) -> Text:
    return Text(text, bold=bold, align="center")


def title(subject: str = SUBJECT, period: str = PERIOD) -> list[Block]:
    """The title block of a report."""
    return [_middle("BÁO CÁO", bold=True), _middle(f"{subject}\n{period}", bold=True)]


def report(
    reporter: Reporter,
    number: str,
    day: str,
    figures: Figures,
    table: Sequence[Sequence[Cell]] = (),
    period: str = PERIOD,
    note: str = "",
) -> list[Block]:
    """A whole report: letterhead, title, sections, signature, and the annex when there is a table."""
    blocks: list[Block] = [letterhead(reporter, f"{number}/BC-UBND", day), *title(period=period)]
    blocks.append(_middle("Kính gửi: Phòng Lao động - Thương binh và Xã hội huyện Sơn Dương"))
    blocks += [Text(note)] if note else []
    blocks += sections(reporter, figures)
    blocks.append(signature(reporter))
    if table:
        blocks += [
            _middle("PHỤ LỤC", bold=True),
            _middle(f"SỐ LIỆU BÌNH ĐẲNG GIỚI {PERIOD.upper()}", bold=True),
        ]
        blocks += [_middle(f"(Kèm theo Báo cáo số {number}/BC-UBND)"), grid(table)]
    return blocks


_DIFFICULTIES = (
    "Địa bàn rộng, dân cư ở phân tán nên việc tổ chức truyền thông tại một số thôn chưa thường xuyên.",
    "Cán bộ phụ trách còn kiêm nhiệm nhiều việc, việc thu thập số liệu tách biệt giới tính còn chậm.",
    "Kinh phí bố trí cho công tác bình đẳng giới còn hạn hẹp so với nhu cầu thực tế của cơ sở.",
)
_PLANS = (
    "Tiếp tục đưa nội dung bình đẳng giới vào sinh hoạt thôn, chi hội trong 6 tháng cuối năm.",
    "Rà soát, kiện toàn Ban Vì sự tiến bộ của phụ nữ và duy trì các địa chỉ tin cậy tại cộng đồng.",
    "Chuẩn bị các hoạt động hưởng ứng Tháng hành động vì bình đẳng giới năm 2024.",
)
_WISHES = (
    "Đề nghị huyện mở lớp bồi dưỡng kỹ năng tư vấn cho cán bộ phụ trách ở cơ sở.",
    "Đề nghị Phòng cung cấp thêm tờ gấp bằng tiếng dân tộc thiểu số.",
    "Không có kiến nghị.",
)


def sections(reporter: Reporter, figures: Figures) -> list[Block]:
    """The four sections of the outline, with the same figures as the annex."""
    turn = sum(map(ord, reporter.id)) % 3
    return [
        Text("I. KẾT QUẢ THỰC HIỆN", bold=True),
        Text("1. Công tác lãnh đạo, chỉ đạo", bold=True),
        Text(_guidance(reporter, figures)),
        Text("2. Công tác tuyên truyền, phổ biến, giáo dục pháp luật", bold=True),
        Text(_meetings(figures)),
        Text("II. ĐÁNH GIÁ CHUNG", bold=True),
        Text("1. Ưu điểm: Các ngành, đoàn thể đã phối hợp triển khai kịp thời, đúng kế hoạch."),
        Text(f"2. Tồn tại, hạn chế: {_DIFFICULTIES[turn]}"),
        Text("III. PHƯƠNG HƯỚNG, NHIỆM VỤ", bold=True),
        Text(_PLANS[turn]),
        Text("IV. KIẾN NGHỊ, ĐỀ XUẤT", bold=True),
        Text(_WISHES[turn]),
    ]


def _guidance(reporter: Reporter, figures: Figures) -> str:
    documents = figures.get(("QL01", "total"))
    told = f"đã ban hành {counted(documents)} văn bản" if documents else "đã ban hành văn bản"
    who = f"UBND {reporter.name}" if reporter.name.startswith(("xã ", "thị trấn ")) else reporter.name
    return f"{who} {told} để triển khai công tác bình đẳng giới và vì sự tiến bộ của phụ nữ."


def _meetings(figures: Figures) -> str:
    meetings, people = figures.get(("TT01", "total")), figures.get(("TT02", "total"))
    if meetings is None or people is None:
        return "Công tác tuyên truyền được duy trì thường xuyên qua sinh hoạt của các chi hội."
    return (
        f"Trong kỳ đã tổ chức {counted(meetings)} buổi tuyên truyền về bình đẳng giới với "
        f"{counted(people)} lượt người tham dự, trong đó nữ {counted(figures['TT02', 'female'])} lượt người."
    )


def signature(reporter: Reporter) -> Grid:
    """Recipients on the left, who signs on the right."""
    own = reporter.name.startswith(("xã ", "thị trấn "))
    power = "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH" if own else "TRƯỞNG ĐƠN VỊ"
    left = (Text("Nơi nhận:\n- Như trên;\n- Lưu: VT.", align="left"),)
    right = (_middle(power, bold=True), _middle(reporter.person, bold=True))
    return Grid([[left, right]], bordered=False)
