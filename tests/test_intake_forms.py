from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from config.reports import Aggregation, Figure, Indicator, RatioRule, ReportDefinition, Sex
from config.wording import Wording
from intake.documents import Cell, Document, Table
from intake.figures.table_notes import TableReading
from intake.figures.tables import read_tables
from ledger.records import Certainty

ALL = (Sex.TOTAL, Sex.MALE, Sex.FEMALE)
INDICATORS = (
    Indicator("K1", "Số công trình thủy lợi được tu sửa", "công trình", group="Công trình"),
    Indicator("K2", "Số tuyến kênh được kiên cố hóa", "tuyến", group="Công trình"),
    Indicator("K3", "Số lượt người tham gia nạo vét kênh mương", "lượt người", ALL, group="Công trình"),
    Indicator("K4", "Số hộ được cấp nước sạch sinh hoạt", "hộ", group="Nước sạch"),
    Indicator("K5", "Kinh phí ngân sách cấp cho tu sửa kênh", "triệu đồng", group="Kinh phí"),
    Indicator("K6", "Tiền công đóng góp của nhân dân", "triệu đồng", group="Kinh phí"),
    Indicator("K7", "Số vụ vi phạm hành lang đê điều được phát hiện", "vụ", group="Đê điều"),
    Indicator("K8", "Số vụ vi phạm hành lang đê điều được xử lý", "vụ", group="Đê điều"),
    Indicator("K9", "Số tổ thủy nông được củng cố", "tổ", group="Tổ chức"),
    Indicator("K10", "Số cá nhân được biểu dương", "người", ALL, group="Tổ chức"),
    Indicator(
        "R1",
        "Tỷ lệ vụ vi phạm đê điều được xử lý",
        "%",
        aggregation=Aggregation.RATIO,
        ratio=RatioRule(Figure("K8"), Figure("K7")),
    ),
)
REPORT = ReportDefinition("thuy-loi", "Báo cáo thủy lợi", "TL", ("thủy lợi",), INDICATORS, (), ())
HEAD = ("STT", "Chỉ tiêu", "ĐVT", "Tổng số", "Nam", "Nữ")
Row = tuple[str, ...]
HEADING: Row = ("II", "Nội dung khác", "", "", "", "")


def row(label: str, measure: str, *figures: str, ordinal: str = "5") -> Row:
    return (ordinal, label, measure, *(figures or ("77",)))


def named(indicator: Indicator, number: int) -> Row:
    return (str(number), indicator.label, indicator.unit_of_measure, str(number))


def form(**changed: tuple[Row, ...]) -> tuple[Row, ...]:
    """The department's form under the names of its indicators, with some rows put otherwise."""
    counted = [one for one in INDICATORS if one.ratio is None]
    rows = [changed.get(one.code, (named(one, number),)) for number, one in enumerate(counted, 1)]
    return tuple(row for several in rows for row in several)


def table(rows: tuple[Row, ...], name: str = "1") -> Table:
    cells = [
        Cell(number, column, text)
        for number, texts in enumerate((HEAD, *rows))
        for column, text in enumerate(texts)
        if text
    ]
    return Table(name, tuple(cells), rows=len(rows) + 1, columns=len(HEAD))


def read(
    *tables: tuple[Row, ...], report: ReportDefinition = REPORT, unit_kind: str = "commune"
) -> TableReading:
    blocks = tuple(table(rows, str(number)) for number, rows in enumerate(tables, 1))
    return read_tables(Document(blocks), "bieu.docx", report, unit_kind)


def certain(reading: TableReading, code: str) -> dict[str, Decimal | None]:
    values = (value for value in reading.values if value.certainty is Certainty.CERTAIN)
    return {value.sex.value: value.value for value in values if value.indicator == code}


def doubtful(reading: TableReading) -> dict[str, str]:
    return {v.indicator: v.reason for v in reading.values if v.certainty is Certainty.DOUBTFUL}


def codes(reading: TableReading) -> list[str]:
    return [finding.code for finding in reading.findings]


HOUSEHOLDS = row("Hộ có nước sạch sinh hoạt vào kỳ này", "hộ")
DREDGED = row("Người tham gia nạo vét trên các kênh mương", "lượt người", "30", "10", "20")
GIVEN = row("Đóng góp tiền công từ nhân dân", "triệu đồng", "6")
GROUPLESS = replace(REPORT, indicators=tuple(replace(one, group="") for one in INDICATORS))


@pytest.mark.parametrize(
    ("code", "reworded", "figures"),
    [
        ("K4", HOUSEHOLDS, {"total": 77}),
        ("K3", DREDGED, {"total": 30, "male": 10, "female": 20}),
        ("K6", row("Đóng góp tiền công từ nhân dân", "nghìn đồng", "77000"), {"total": 77}),
        ("K10", row("Cá nhân được biểu dương qua kỳ báo cáo", "người"), {"total": 77}),
    ],
)
def test_a_reworded_row_in_the_only_gap_of_the_form_is_read_and_named(
    code: str, reworded: Row, figures: dict[str, int]
) -> None:
    reading = read(form(**{code: (reworded,)}))
    assert certain(reading, code) == figures
    (finding,) = reading.findings
    assert (finding.code, finding.parameters["indicator"]) == ("row_by_form", code)
    assert finding.parameters["label"] == reworded[1]


def test_sex_rows_below_a_row_settled_by_the_form_are_its_figures() -> None:
    whole = row("Người tham gia nạo vét trên các kênh mương", "lượt người", "30")
    women = ("", "Trong đó: nữ", "", "20")
    assert certain(read(form(K3=(whole, women))), "K3") == {"total": 30, "female": 20}


def test_a_name_cut_short_is_certain_where_the_form_leaves_nothing_else() -> None:
    short = row("Kinh phí cấp cho tu sửa kênh", "triệu đồng")
    assert doubtful(read((short,))) == {"K5": "label_uncertain"}
    reading = read(form(K5=(short,)))
    assert certain(reading, "K5") == {"total": 77}
    assert codes(reading) == ["row_by_form"]


@pytest.mark.parametrize(
    ("code", "label", "measure"),
    [
        ("K4", "Hộ có nước sạch sinh hoạt hợp vệ sinh", "hộ"),
        ("K3", "Số lượt người tham gia nạo vét kênh mương, bờ vùng", "lượt người"),
        ("K6", "Đóng góp tiền công của bà con", "triệu đồng"),
        ("K5", "Kinh phí ngân sách kiểm tra tu sửa kênh", "triệu đồng"),
        ("K9", "Số tổ thủy nông được củng cố pháp lý", "tổ"),
        pytest.param("K9", "Số tổ thủy nông nạo vét được củng cố", "tổ", id="another indicator's word"),
    ],
)
def test_one_word_that_the_indicator_does_not_know_makes_the_row_a_question(
    code: str, label: str, measure: str
) -> None:
    reading = read(form(**{code: (row(label, measure),)}))
    assert certain(reading, code) == {}
    assert doubtful(reading) == {code: "label_uncertain"}
    assert [value.value for value in reading.values if value.indicator == code] == [77]


FOREIGN = (
    "Số hộ được hỗ trợ giống lúa lai",
    "Kinh phí chi hội nghị tổng kết",
    "Số người tham gia bảo hiểm xã hội tự nguyện",
    "Số vụ cháy rừng đã dập tắt",
    "Số hộ thoát nghèo",
    "Diện tích lúa đông xuân đã cấy",
    "Số cá nhân bị xử phạt",
    "Tiền điện bơm nước",
)


@pytest.mark.parametrize("label", FOREIGN)
@pytest.mark.parametrize("indicator", [one for one in INDICATORS if one.ratio is None], ids=lambda i: i.code)
def test_another_row_in_the_place_of_a_missing_one_is_never_certain(indicator: Indicator, label: str) -> None:
    reading = read(form(**{indicator.code: (row(label, indicator.unit_of_measure),)}))
    assert certain(reading, indicator.code) == {}
    assert {"unread_row", "label_ambiguous", "label_uncertain"} & set(codes(reading))


@pytest.mark.parametrize(
    ("code", "rows"),
    [
        pytest.param("K4", (row("Hộ có nước sạch sinh hoạt vào kỳ này", "người"),), id="another measure"),
        pytest.param("K4", (row("Hộ có nước sạch sinh hoạt vào kỳ này", ""),), id="no measure"),
        pytest.param("K4", (row("Hộ có nước sạch sinh hoạt vào kỳ này", "hộ", "7", "3", "4"),), id="sexes"),
        pytest.param("K4", (row("Hộ nghèo có nước sạch sinh hoạt", "hộ"),), id="narrower"),
        pytest.param("K4", (row("Hộ chưa có nước sạch sinh hoạt", "hộ"),), id="negated"),
        pytest.param("K4", (row("Hộ có nước sạch sinh hoạt dưới 60", "hộ"),), id="a number"),
        pytest.param("K4", (row("Trong đó: hộ có nước sạch sinh hoạt", "hộ"),), id="sub-row"),
        pytest.param("K4", (row("Hộ có nước sạch sinh hoạt vào kỳ này", "hộ", ordinal=""),), id="unnumbered"),
        pytest.param("K4", (row("Hộ có nước sạch sinh hoạt vào kỳ này", "hộ", ordinal="a"),), id="lettered"),
        pytest.param("K8", (row("Vi phạm hành lang đê điều mới phát hiện", "vụ"),), id="opposite deed"),
        pytest.param("K4", (HOUSEHOLDS, row("Số hộ đào giếng khoan", "hộ")), id="two rows for one"),
        pytest.param("K4", (HOUSEHOLDS, ("", "Số hộ đào giếng khoan", "hộ")), id="a blank row beside"),
    ],
)
def test_a_row_that_lacks_any_evidence_is_never_certain(code: str, rows: tuple[Row, ...]) -> None:
    reading = read(form(**{code: rows}))
    assert certain(reading, code) == {}
    assert "row_by_form" not in codes(reading)


def test_several_rows_for_several_indicators_are_asked_and_keep_their_words() -> None:
    taken = row("Cấp kinh phí vào tu sửa kênh", "triệu đồng", "5")
    straight = read(form(K5=(taken,), K6=(GIVEN,)))
    assert doubtful(straight) == {"K5": "label_uncertain", "K6": "label_uncertain"}
    swapped = read(form(K5=(GIVEN,), K6=(taken,)))
    assert (certain(swapped, "K5"), certain(swapped, "K6")) == ({}, {})
    assert all(value.value != 6 for value in swapped.values if value.indicator == "K5")


def test_a_row_past_its_place_is_not_read_by_the_form() -> None:
    reading = read(form(K4=(), K8=(named(INDICATORS[7], 8), HOUSEHOLDS)))
    assert certain(reading, "K4") == {}
    assert codes(reading) == ["unread_row"]


def test_a_heading_between_is_a_border_only_where_the_report_has_one() -> None:
    alone = form(K4=(HEADING, HOUSEHOLDS, HEADING))
    assert doubtful(read(alone)) == {"K4": "label_uncertain"}
    across = form(K6=(), K7=(HEADING, GIVEN, named(INDICATORS[6], 7)))
    assert (certain(read(across), "K6"), doubtful(read(across))) == ({}, {})
    tail = form(K6=(GIVEN, HEADING))
    assert certain(read(tail), "K6") == {"total": 6}
    assert certain(read(tail, report=GROUPLESS), "K6") == {}


def test_an_indicator_named_elsewhere_is_not_looked_for() -> None:
    elsewhere = (named(INDICATORS[3], 4),)
    reading = read(form(K4=(HOUSEHOLDS,)), elsewhere)
    assert certain(reading, "K4") == {"total": 4}
    assert codes(reading) == ["unread_row"]


def test_unread_rows_on_both_sides_of_a_heading_leave_open_which_one_is_missing() -> None:
    rows = form(K6=(GIVEN, HEADING, row("Tiền điện bơm nước", "triệu đồng", "9")))
    reading = read(rows, report=GROUPLESS)
    assert (certain(reading, "K6"), doubtful(reading)) == ({}, {})


def test_two_rows_that_may_be_one_indicator_leave_it_to_a_person() -> None:
    in_place = row("Cấp kinh phí vào tu sửa kênh", "triệu đồng", "5")
    assert certain(read(form(K5=(in_place,))), "K5") == {"total": 5}
    elsewhere = row("Kinh phí cấp cho tu sửa kênh", "triệu đồng", "6")
    reading = read(form(K5=(in_place,), K8=(named(INDICATORS[7], 8), elsewhere)))
    assert (certain(reading, "K5"), doubtful(reading)) == ({}, {"K5": "label_uncertain"})


def test_a_table_out_of_order_or_of_a_few_rows_settles_nothing() -> None:
    rows = form(K4=(HOUSEHOLDS,))
    mixed = (rows[8], rows[7], rows[6], *rows[2:6], rows[1], rows[0], rows[9])
    assert certain(read(mixed), "K4") == {}
    assert certain(read(rows[1:6]), "K4") == {}


def test_what_is_not_asked_of_the_unit_leaves_no_gap() -> None:
    asked = frozenset(one.code for one in INDICATORS if one.code != "K4")
    report = replace(REPORT, indicators_by_kind={"commune": asked})
    assert certain(read(form(K4=(HOUSEHOLDS,)), report=report), "K4") == {}
    assert certain(read(form(K4=(HOUSEHOLDS,)), unit_kind=""), "K4") == {}


def test_the_words_speak_more_for_no_other_indicator() -> None:
    twin = Indicator("K11", "Số hộ có nước sạch sinh hoạt hợp vệ sinh thường xuyên", "hộ")
    report = replace(REPORT, indicators=(*INDICATORS, twin))
    assert certain(read(form(K4=(HOUSEHOLDS,)), report=report), "K4") == {}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_row_settled_by_the_form_has_a_sentence(language: str) -> None:
    (finding,) = read(form(K4=(HOUSEHOLDS,))).findings
    sentence = Wording(language)(f"findings.{finding.code}", **finding.parameters)
    assert HOUSEHOLDS[1] in sentence
    assert INDICATORS[3].label in sentence
    assert "…" not in sentence
