from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from time import process_time

import pytest

from config.reports import (
    Aggregation,
    Figure,
    Indicator,
    Period,
    PeriodKind,
    RatioRule,
    ReportDefinition,
    SectionRole,
    Sex,
)
from intake.figures.outline import NarrativeLine
from intake.figures.sentences import read_sentences
from ledger.records import Certainty, Method, Place, Value

BOTH = (Sex.TOTAL, Sex.MALE, Sex.FEMALE)
WOMEN = (Sex.TOTAL, Sex.FEMALE)


def _indicator(
    code: str, label: str, unit: str, sexes: tuple[Sex, ...] = (Sex.TOTAL,), synonyms: tuple[str, ...] = ()
) -> Indicator:
    return Indicator(code, label, unit, sexes, synonyms=synonyms)


def _report(topics: tuple[str, ...], *indicators: Indicator) -> ReportDefinition:
    return ReportDefinition("r", "Báo cáo", "BC", topics, indicators, (), ())


GENDER = _report(
    ("bình đẳng giới", "vì sự tiến bộ của phụ nữ"),
    _indicator("G1", "Số hội nghị, buổi tuyên truyền về bình đẳng giới", "buổi"),
    _indicator("G2", "Lượt người dự các buổi tuyên truyền", "lượt người", BOTH),
    _indicator("G3", "Vụ bạo lực gia đình được phát hiện", "vụ", synonyms=("Số vụ BLGĐ",)),
    _indicator("G4", "Nạn nhân bạo lực gia đình", "người", BOTH),
    _indicator("G5", "Nạn nhân bạo lực gia đình được tư vấn, trợ giúp", "người", WOMEN),
    _indicator("G6", "Ủy viên Ban Chấp hành Đảng bộ", "người", WOMEN, ("Cấp ủy viên", "nữ tham gia cấp ủy")),
    _indicator("G7", "Đại biểu HĐND", "người", WOMEN),
    _indicator("G8", "Dư nợ vốn vay ủy thác", "triệu đồng"),
    _indicator("G9", "Câu lạc bộ phòng, chống bạo lực gia đình", "câu lạc bộ"),
    _indicator("G10", "Tờ rơi, tờ gấp tuyên truyền", "tờ"),
    _indicator("G11", "Cặp tảo hôn", "cặp"),
    _indicator("G12", "Lao động được tạo việc làm mới", "người", BOTH, ("giải quyết việc làm mới",)),
    _indicator("G13", "Kinh phí từ ngân sách", "triệu đồng", synonyms=("ngân sách cấp",)),
    _indicator("G14", "Tập thể được khen thưởng", "tập thể"),
    _indicator("G15", "Cá nhân được khen thưởng", "người", WOMEN),
    Indicator(
        "G7R",
        "Tỷ lệ nữ đại biểu HĐND",
        "%",
        aggregation=Aggregation.RATIO,
        ratio=RatioRule(Figure("G7", Sex.FEMALE), Figure("G7")),
    ),
)

POVERTY = _report(
    ("giảm nghèo", "hộ nghèo"),
    _indicator("N1", "Tổng số hộ nghèo", "hộ"),
    _indicator("N2", "Tổng số hộ cận nghèo", "hộ"),
    _indicator("N3", "Hộ nghèo do phụ nữ làm chủ hộ", "hộ"),
    _indicator("N4", "Hộ nghèo được vay vốn tín dụng ưu đãi", "hộ"),
    _indicator("N5", "Doanh số cho vay hộ nghèo", "triệu đồng"),
    _indicator("N6", "Hộ nghèo được hỗ trợ xóa nhà tạm", "hộ"),
    _indicator("N7", "Thẻ bảo hiểm y tế cấp cho người nghèo", "thẻ"),
    _indicator("N8", "Hộ thoát nghèo trong kỳ", "hộ"),
)

CHILDREN = _report(
    ("bảo vệ, chăm sóc trẻ em", "trẻ em"),
    _indicator("T1", "Tổng số trẻ em dưới 16 tuổi", "trẻ", BOTH),
    _indicator("T2", "Trẻ em có hoàn cảnh đặc biệt", "trẻ", BOTH),
    _indicator("T3", "Trẻ em bị xâm hại", "trẻ", WOMEN),
    _indicator("T4", "Trẻ em bị tai nạn đuối nước", "trẻ"),
    _indicator("T5", "Trẻ em dưới 6 tuổi được cấp thẻ BHYT", "trẻ"),
    _indicator("T6", "Suất quà tặng trẻ em nhân dịp 1/6", "suất"),
    _indicator("T7", "Số tiền vận động Quỹ Bảo trợ trẻ em", "triệu đồng"),
)

SAFETY = _report(
    ("an toàn, vệ sinh lao động", "tai nạn lao động"),
    _indicator("A1", "Số vụ tai nạn lao động", "vụ", synonyms=("Vụ TNLĐ",)),
    _indicator("A2", "Số người bị tai nạn lao động", "người", WOMEN),
    _indicator("A3", "Số người chết vì tai nạn lao động", "người", WOMEN),
    _indicator("A4", "Người lao động được huấn luyện an toàn, vệ sinh lao động", "người", BOTH),
    _indicator("A5", "Lớp huấn luyện an toàn, vệ sinh lao động", "lớp"),
    _indicator("A6", "Doanh nghiệp được kiểm tra an toàn, vệ sinh lao động", "doanh nghiệp"),
    _indicator("A7", "Thiệt hại do tai nạn lao động", "triệu đồng"),
)

H1 = Period(
    "2024-H1",
    PeriodKind.HALF_YEAR,
    "6 tháng đầu năm 2024",
    2024,
    date(2024, 1, 1),
    date(2024, 6, 30),
    datetime(2024, 5, 1, tzinfo=UTC),
    None,
)


def _line(text: str, role: SectionRole = SectionRole.RESULTS) -> NarrativeLine:
    return NarrativeLine("II", role, text, "BC.docx", 7)


def _values(report: ReportDefinition, text: str, period: Period | None = H1) -> tuple[Value, ...]:
    return read_sentences([_line(text)], report, period)


def _figures(report: ReportDefinition, text: str, period: Period | None = H1) -> dict[str, str]:
    letters = {Sex.TOTAL: "", Sex.FEMALE: " nữ", Sex.MALE: " nam"}
    return {
        value.indicator + letters[value.sex]: f"{value.value:f}"
        for value in _values(report, text, period)
        if value.value is not None
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Trong kỳ, xã mở 12 buổi tuyên truyền với 560 lượt người dự, trong đó nữ 310 người.",
            {"G1": "12", "G2": "560", "G2 nữ": "310"},
        ),
        (
            "Đã tổ chức được 03 hội nghị tuyên truyền về BĐG cho 145 lượt người tham dự (nam: 60; nữ: 85).",
            {"G1": "3", "G2": "145", "G2 nam": "60", "G2 nữ": "85"},
        ),
        ("Số vụ BLGĐ được phát hiện: 05 vụ.", {"G3": "5"}),
        (
            "Toàn xã xảy ra 07 vụ bạo lực gia đình với 09 nạn nhân (08 nữ, 01 nam).",
            {"G3": "7", "G4": "9", "G4 nữ": "8", "G4 nam": "1"},
        ),
        (
            "Có 06 nạn nhân bạo lực gia đình được tư vấn, trợ giúp, trong đó có 05 nữ.",
            {"G5": "6", "G5 nữ": "5"},
        ),
        ("Cấp ủy viên: 15 đồng chí, nữ 04 đồng chí (chiếm 26,67%).", {"G6": "15", "G6 nữ": "4"}),
        (
            "Đại biểu HĐND thị trấn hiện có 24 đại biểu, trong đó 07 đại biểu là nữ, đạt 29,17%.",
            {"G7": "24", "G7 nữ": "7"},
        ),
        ("Tổng dư nợ vốn vay ủy thác đạt 16,5 tỷ đồng.", {"G8": "16500"}),
        ("Dư nợ vốn vay ủy thác đến cuối quý đạt 16,5 tỷ đồng.", {"G8": "16500"}),
        ("Dư nợ vốn vay ủy thác là 2 tỷ 350 triệu đồng.", {"G8": "2350"}),
        ("Dư nợ vốn vay ủy thác: 902.595.000 đồng", {"G8": "902.595"}),
        ("Duy trì hoạt động của 04 câu lạc bộ phòng, chống bạo lực gia đình.", {"G9": "4"}),
        ("Cấp phát 1.250 tờ rơi, tờ gấp tuyên truyền đến các hộ dân.", {"G10": "1250"}),
        (
            "Giải quyết việc làm mới cho 96 lao động, trong đó lao động nữ 41 người.",
            {"G12": "96", "G12 nữ": "41"},
        ),
        ("Ngân sách cấp 12 triệu đồng.", {"G13": "12"}),
        ("Khen thưởng 02 tập thể và 05 cá nhân (03 nữ).", {"G14": "2", "G15": "5", "G15 nữ": "3"}),
        ("Có 5/15 cấp ủy viên là nữ, chiếm 33,3%.", {"G6": "15", "G6 nữ": "5"}),
        ("Đại biểu HĐND xã là nữ có 8/25 người, chiếm 32%.", {"G7": "25", "G7 nữ": "8"}),
        ("Tính đến ngày 31/5/2024, toàn xã có 3 vụ bạo lực gia đình.", {"G3": "3"}),
        ("Toàn xã xảy ra 04 vụ bạo lực gia đình, giảm 02 vụ so với cùng kỳ năm trước.", {"G3": "4"}),
        ("Toàn xã xảy ra 04 vụ bạo lực gia đình (cùng kỳ 06 vụ).", {"G3": "4"}),
    ],
)
def test_figures_of_a_gender_report_are_read_from_its_sentences(text: str, expected: dict[str, str]) -> None:
    assert _figures(GENDER, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tổng số hộ nghèo 69 hộ; hộ cận nghèo 22 hộ.", {"N1": "69", "N2": "22"}),
        ("Toàn xã hiện còn 58 hộ nghèo và 102 hộ cận nghèo.", {"N1": "58", "N2": "102"}),
        ("Số hộ nghèo do phụ nữ làm chủ hộ: 14 hộ.", {"N3": "14"}),
        (
            "Có 31 hộ nghèo được vay vốn tín dụng ưu đãi, doanh số cho vay hộ nghèo 1.240 triệu đồng.",
            {"N4": "31", "N5": "1240"},
        ),
        ("Hỗ trợ xóa nhà tạm cho 05 hộ nghèo.", {"N6": "5"}),
        ("Cấp 412 thẻ bảo hiểm y tế cho người nghèo.", {"N7": "412"}),
        ("Trong kỳ có 11 hộ thoát nghèo.", {"N8": "11"}),
    ],
)
def test_figures_of_a_poverty_report_are_read_from_its_sentences(text: str, expected: dict[str, str]) -> None:
    assert _figures(POVERTY, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tổng số trẻ em dưới 16 tuổi là 1.413 trẻ, trong đó nữ 707 trẻ.", {"T1": "1413", "T1 nữ": "707"}),
        (
            "Có 27 trẻ em có hoàn cảnh đặc biệt (trai 15, gái 12).",
            {"T2": "27", "T2 nam": "15", "T2 nữ": "12"},
        ),
        ("Số trẻ em bị xâm hại: 01 trẻ (nữ 01).", {"T3": "1", "T3 nữ": "1"}),
        ("Trong kỳ xảy ra 02 trẻ em bị tai nạn đuối nước.", {"T4": "2"}),
        ("386 trẻ em dưới 6 tuổi được cấp thẻ BHYT.", {"T5": "386"}),
        ("Nhân dịp 1/6 đã trao 150 suất quà tặng trẻ em.", {"T6": "150"}),
        ("Vận động Quỹ Bảo trợ trẻ em được số tiền 35,5 triệu đồng.", {"T7": "35.5"}),
    ],
)
def test_figures_of_a_childrens_report_are_read_from_its_sentences(
    text: str, expected: dict[str, str]
) -> None:
    assert _figures(CHILDREN, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Trên địa bàn xảy ra 03 vụ TNLĐ.", {"A1": "3"}),
        (
            "Xảy ra 02 vụ tai nạn lao động làm 03 người bị tai nạn lao động, trong đó nữ 01 người.",
            {"A1": "2", "A2": "3", "A2 nữ": "1"},
        ),
        (
            "Tổ chức 04 lớp huấn luyện an toàn, vệ sinh lao động cho 215 người lao động (nữ: 96 người).",
            {"A5": "4", "A4": "215", "A4 nữ": "96"},
        ),
        ("Kiểm tra an toàn, vệ sinh lao động tại 09 doanh nghiệp.", {"A6": "9"}),
        ("Thiệt hại do tai nạn lao động khoảng 120 triệu đồng.", {"A7": "120"}),
    ],
)
def test_figures_of_a_labour_safety_report_are_read_from_its_sentences(
    text: str, expected: dict[str, str]
) -> None:
    assert _figures(SAFETY, text) == expected


@pytest.mark.parametrize(
    ("report", "text", "expected"),
    [
        (GENDER, "Trong kỳ không xảy ra vụ bạo lực gia đình nào.", {"G3": "0"}),
        (GENDER, "Chưa phát hiện trường hợp bạo lực gia đình.", {"G3": "0"}),
        (GENDER, "Trên địa bàn không có cặp tảo hôn.", {"G11": "0"}),
        (GENDER, "Chưa tổ chức buổi tuyên truyền nào về bình đẳng giới.", {"G1": "0"}),
        (SAFETY, "Trong 6 tháng đầu năm không xảy ra vụ tai nạn lao động nào.", {"A1": "0"}),
        (CHILDREN, "Không phát sinh trường hợp trẻ em bị xâm hại.", {"T3": "0"}),
        (POVERTY, "Chưa có hộ nghèo nào được hỗ trợ xóa nhà tạm.", {"N6": "0"}),
    ],
)
def test_a_sentence_that_something_did_not_happen_is_a_zero_for_it_alone(
    report: ReportDefinition, text: str, expected: dict[str, str]
) -> None:
    assert _figures(report, text) == expected


@pytest.mark.parametrize(
    ("report", "text"),
    [
        (GENDER, "Phấn đấu tổ chức 20 buổi tuyên truyền về bình đẳng giới."),
        (GENDER, "Năm 2023 xảy ra 9 vụ bạo lực gia đình."),
        (GENDER, "Năm 2021 xảy ra 9 vụ bạo lực gia đình, năm 2022 xảy ra 6 vụ bạo lực gia đình."),
        (GENDER, "Quý I/2024 xảy ra 2 vụ bạo lực gia đình."),
        (GENDER, "Lũy kế từ đầu nhiệm kỳ có 30 vụ bạo lực gia đình."),
        (GENDER, "Tổ chức 05 buổi tuyên truyền về phòng cháy, chữa cháy rừng."),
        (GENDER, "Điển hình là Chi hội thôn Bến Đá tổ chức 4 buổi tuyên truyền về bình đẳng giới."),
        (GENDER, "Tại thôn Suối Cạn xảy ra 1 vụ bạo lực gia đình."),
        (GENDER, "Ban hành Kế hoạch số 45/KH-UBND ngày 12/3/2024 và Công văn 118/UBND-VX."),
        (GENDER, "Thực hiện Nghị định số 125/2021/NĐ-CP ngày 28/12/2021 của Chính phủ."),
        (GENDER, "Số vụ bạo lực gia đình tăng 3 vụ so với cùng kỳ."),
        (GENDER, "Bình quân mỗi tháng có 2 buổi tuyên truyền."),
        (GENDER, "Chưa tổ chức được nhiều buổi tuyên truyền về bình đẳng giới."),
        (GENDER, "Không có vụ bạo lực gia đình nghiêm trọng."),
        (GENDER, "Không có nạn nhân bạo lực gia đình nào không được tư vấn, trợ giúp."),
        (GENDER, "16/28 xã, thị trấn duy trì câu lạc bộ phòng, chống bạo lực gia đình."),
        (GENDER, "Cử 15 người tham gia lớp bồi dưỡng kiến thức quốc phòng."),
        (GENDER, "Tặng 30 suất quà trị giá 9 triệu đồng cho phụ nữ khó khăn."),
        (GENDER, "Tham gia 02 buổi tuyên truyền do huyện tổ chức."),
        (GENDER, "Tỷ số giới tính khi sinh là 111 bé trai/100 bé gái."),
        (POVERTY, "Có 12 hộ nghèo là hộ dân tộc thiểu số."),
        (POVERTY, "Số hộ nghèo dân tộc thiểu số: 12 hộ."),
        (POVERTY, "Tặng quà cho 40 hộ nghèo nhân dịp Tết."),
        (CHILDREN, "Tổng số trẻ em dưới 6 tuổi là 413 trẻ."),
        (CHILDREN, "Có 20 trẻ em được học bơi."),
        (GENDER, "Cấp phát 200 tờ rơi, 150 tờ gấp tuyên truyền."),
        (POVERTY, "Hỗ trợ sinh kế cho 20 hộ nghèo."),
        (POVERTY, "Trao 05 con bò giống cho 05 hộ nghèo."),
        (POVERTY, "Tổ chức đối thoại với 35 hộ nghèo, hộ cận nghèo."),
        (GENDER, "Mở 01 lớp tập huấn cho 40 đại biểu HĐND."),
        (CHILDREN, "Khám sức khỏe cho 320 trẻ em dưới 6 tuổi."),
        (SAFETY, "Tổ chức 02 lớp huấn luyện phòng cháy chữa cháy cho 80 người lao động."),
        (SAFETY, "Xảy ra 4 vụ tai nạn giao thông."),
        (SAFETY, "Tập huấn cho 50 người về phòng chống ma túy."),
        (SAFETY, "Huyện giao chỉ tiêu huấn luyện an toàn, vệ sinh lao động cho 300 người lao động."),
    ],
)
def test_numbers_of_plans_other_times_places_and_subjects_are_no_figures(
    report: ReportDefinition, text: str
) -> None:
    assert _figures(report, text) == {}


def test_a_part_of_something_unknown_is_not_taken_for_a_part_of_the_total() -> None:
    text = (
        "Xã mở 12 buổi tuyên truyền với 560 lượt người dự, trong đó dân tộc thiểu số 200 người, nữ 90 người."
    )
    assert _figures(GENDER, text) == {"G1": "12", "G2": "560"}


def test_cases_by_form_are_parts_and_never_the_number_of_cases() -> None:
    text = (
        "Toàn huyện xảy ra 48 vụ bạo lực gia đình, trong đó: bạo lực tinh thần 22 vụ; "
        "bạo lực thân thể 23 vụ; bạo lực kinh tế 03 vụ."
    )
    assert _figures(GENDER, text) == {"G3": "48"}


def test_attendance_of_two_kinds_of_meetings_belongs_to_neither() -> None:
    text = "Tổ chức 5 buổi nói chuyện chuyên đề và 3 hội thi nấu ăn với 300 lượt người."
    assert _figures(GENDER, text) == {}


def test_more_women_than_persons_is_doubtful() -> None:
    values = _values(GENDER, "Cấp ủy viên 15 đồng chí, trong đó nữ 40 đồng chí.")
    assert [(v.sex, v.certainty, v.reason) for v in values if v.sex is Sex.FEMALE] == [
        (Sex.FEMALE, Certainty.DOUBTFUL, "part_exceeds_total")
    ]


def test_percent_alone_reports_its_figures_without_a_value() -> None:
    values = _values(GENDER, "Tỷ lệ nữ đại biểu HĐND đạt 29,17%.")
    assert {(v.indicator, v.sex, v.value, v.reason, v.certainty) for v in values} == {
        ("G7", Sex.FEMALE, None, "percent_only", Certainty.DOUBTFUL),
        ("G7", Sex.TOTAL, None, "percent_only", Certainty.DOUBTFUL),
    }


def test_percent_beside_its_counts_adds_nothing() -> None:
    lines = [
        _line("Đại biểu HĐND có 24 đại biểu, trong đó nữ 07 đại biểu."),
        _line("Tỷ lệ nữ đại biểu HĐND đạt 29,17%."),
    ]
    assert all(value.value is not None for value in read_sentences(lines, GENDER, H1))


@pytest.mark.parametrize("word", ["trên", "khoảng", "gần", "hơn", "ước"])
def test_the_qualifier_stays_with_the_number(word: str) -> None:
    (value,) = _values(GENDER, f"Cấp phát {word} 2.000 tờ rơi, tờ gấp tuyên truyền.")
    assert (value.value, value.qualifier) == (Decimal(2000), word)


@pytest.mark.parametrize("role", [SectionRole.PLANS, SectionRole.DIFFICULTIES, SectionRole.PROPOSALS])
def test_only_results_are_read_for_figures(role: SectionRole) -> None:
    assert read_sentences([_line("Tổ chức 12 buổi tuyên truyền.", role)], GENDER, H1) == ()


def test_the_reports_own_year_is_taken_from_a_series_and_no_other() -> None:
    text = "Năm 2023 xảy ra 8 vụ bạo lực gia đình; năm 2024 xảy ra 5 vụ bạo lực gia đình."
    year = replace(H1, id="2024-Y", kind=PeriodKind.YEAR)
    assert _figures(GENDER, text, year) == {"G3": "5"}
    assert _figures(GENDER, text, None) == {}


def test_every_figure_carries_its_sentence_and_its_place() -> None:
    (value,) = _values(GENDER, "Công tác gia đình được quan tâm. Toàn xã có 3 vụ bạo lực gia đình.")
    assert value.method is Method.SENTENCE
    assert value.place == Place("BC.docx", "đoạn 7", "Toàn xã có 3 vụ bạo lực gia đình.")
    assert value.unit_of_measure == "vụ"


def test_an_ambiguous_number_is_left_alone() -> None:
    assert _figures(GENDER, "Cấp phát 1,250 tờ rơi, tờ gấp tuyên truyền.") == {}


def test_text_typed_without_marks_is_left_to_a_person() -> None:
    assert _figures(GENDER, "To chuc 12 buoi tuyen truyen ve binh dang gioi.") == {}


def test_the_number_of_a_list_item_is_no_figure() -> None:
    assert _figures(GENDER, "1. Toàn xã có 3 vụ bạo lực gia đình.") == {"G3": "3"}


def test_money_of_another_source_is_not_taken_for_the_budget() -> None:
    assert _figures(GENDER, "Ngân sách cấp 12 triệu đồng, xã hội hóa 5 triệu đồng.") == {"G13": "12"}


def test_women_named_with_the_label_are_the_women_and_not_the_total() -> None:
    assert _figures(GENDER, "Nữ cấp ủy viên: 4 đồng chí.") == {"G6 nữ": "4"}


def test_where_a_thing_was_counted_ties_no_number_to_it() -> None:
    report = _report(
        ("giảm nghèo",),
        _indicator("P1", "Tổng số hộ dân trên địa bàn", "hộ"),
        _indicator("P2", "Số hộ nghèo", "hộ"),
        _indicator("P3", "Số hộ cận nghèo", "hộ"),
    )
    assert _figures(report, "Đến nay trên địa bàn còn 41 hộ nghèo.").get("P1") is None
    assert _figures(report, "Trên địa bàn xã hiện có 615 hộ dân.") == {"P1": "615"}


HOUSES = _report(
    ("giảm nghèo",),
    _indicator("H1", "Số nhà ở của hộ nghèo được sửa chữa", "căn"),
    _indicator("H2", "Số lao động đi làm việc ở nước ngoài", "người", BOTH),
)


def test_a_number_before_the_indicators_own_measure_counts_it() -> None:
    assert _figures(HOUSES, "Sửa chữa 13 căn nhà ở của hộ nghèo.") == {"H1": "13"}


def test_a_part_by_sex_stays_with_its_total_across_a_semicolon() -> None:
    said = "Số lao động đi làm việc ở nước ngoài: 14 người; nữ: 05 người."
    assert _figures(HOUSES, said) == {"H2": "14", "H2 nữ": "5"}


def test_a_text_without_an_end_of_a_sentence_costs_no_square_of_its_length() -> None:
    """A mail of 3 MB that said one thing over and over, without a full stop, took minutes of the daemon."""
    said = "Số hội nghị, buổi tuyên truyền về bình đẳng giới là 12 buổi, 13 buổi; "
    before = process_time()
    assert _values(GENDER, said * 2_500) == ()
    assert _values(GENDER, said * 60 + "Có 03 vụ bạo lực gia đình") != ()
    assert process_time() - before < 5


def test_abroad_is_no_exception_to_none() -> None:
    assert _figures(HOUSES, "Không có lao động đi làm việc ở nước ngoài.") == {"H2": "0"}
    assert _figures(HOUSES, "Ngoài 02 trường hợp, không có lao động đi làm việc ở nước ngoài.") == {}


def test_what_did_not_happen_is_said_of_no_number() -> None:
    assert (
        _figures(HOUSES, "Có 140 lao động tại địa phương, không có lao động đi làm việc ở nước ngoài.").get(
            "H2"
        )
        != "140"
    )


TURNED = _report(
    ("giảm nghèo", "trẻ em"),
    _indicator("T1", "Số hộ nghèo", "hộ"),
    _indicator("T2", "Số lao động đi làm việc ở nước ngoài theo hợp đồng", "người"),
    _indicator("T3", "Dư nợ vốn vay do Hội Cựu chiến binh quản lý", "triệu đồng"),
    _indicator("T4", "Số học sinh bỏ học", "em"),
    _indicator("T5", "Người bị bạo hành", "người"),
    _indicator("T6", "Ủy viên Ban Kiểm tra Đảng ủy", "đồng chí"),
    _indicator("T7", "Tổng dư nợ cho vay", "triệu đồng"),
)


@pytest.mark.parametrize(
    "text",
    [
        "Số hộ nghèo đầu năm là 64 hộ.",
        "Tháng trước còn 64 hộ nghèo.",
        "Phân công 31 đoàn viên giúp đỡ 31 hộ nghèo.",
        "Có 05 lao động đi làm việc ở nước ngoài hết hạn hợp đồng trở về nước.",
        "Dư nợ vốn vay do Hội Nông dân quản lý là 750 triệu đồng.",
        "Tổng dư nợ cho vay 750 triệu đồng qua Hội Nông dân.",
        "Có 07 học sinh có nguy cơ bỏ học.",
        "Người gây bạo hành là 04 người.",
        "Huyện ủy có 09 ủy viên Ban Kiểm tra.",
    ],
)
def test_a_word_that_turns_the_count_ties_no_number(text: str) -> None:
    assert _figures(TURNED, text) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Số hộ nghèo là 64 hộ.", {"T1": "64"}),
        ("Có 05 lao động đi làm việc ở nước ngoài theo hợp đồng.", {"T2": "5"}),
        ("Dư nợ vốn vay do Hội Cựu chiến binh quản lý là 750 triệu đồng.", {"T3": "750"}),
        ("Có 07 học sinh bỏ học.", {"T4": "7"}),
        ("Có 04 người bị bạo hành.", {"T5": "4"}),
    ],
)
def test_the_same_count_without_the_turning_word_is_read(text: str, expected: dict[str, str]) -> None:
    assert _figures(TURNED, text) == expected


WORKPLACES = _report(
    ("an toàn lao động",),
    Indicator("S1", "Số cơ sở sản xuất, kinh doanh trên địa bàn", "cơ sở", aggregation=Aggregation.SNAPSHOT),
    _indicator("S2", "Số vụ tai nạn lao động", "vụ"),
    _indicator("S3", "Số người chết vì tai nạn lao động", "người"),
    Indicator("S4", "Số hộ nghèo", "hộ", aggregation=Aggregation.SNAPSHOT),
    _indicator("S5", "Số hộ thoát nghèo", "hộ"),
)


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        (
            "Xảy ra 01 vụ tai nạn lao động, không có người chết vì tai nạn lao động.",
            {"S2": "1", "S3": "0"},
        ),
        (
            "47 cơ sở sản xuất, kinh doanh, không có vụ tai nạn lao động, chưa có người chết vì tai nạn.",
            {"S1": "47", "S2": "0", "S3": "0"},
        ),
        (
            "Do tuyên truyền thường xuyên, kịp thời nên trong kỳ không để xảy ra vụ tai nạn lao động.",
            {"S2": "0"},
        ),
    ],
)
def test_what_did_not_happen_is_read_behind_a_figure_and_behind_many_words(
    sentence: str, told: dict[str, str]
) -> None:
    assert _figures(WORKPLACES, sentence) == told


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("Có 10 hộ thoát nghèo, không có hộ nghèo mới phát sinh.", {"S5": "10"}),
        ("Có 10 hộ thoát nghèo, trong đó không có người chết vì tai nạn lao động.", {"S5": "10"}),
        ("Kiểm tra xong, chưa phát hiện cơ sở sản xuất, kinh doanh vi phạm.", {}),
        ("Xảy ra 01 vụ tai nạn lao động, không có vụ tai nạn lao động nghiêm trọng.", {"S2": "1"}),
        ("Một số thôn không có vụ tai nạn lao động.", {}),
        ("Chưa tổ chức thường xuyên.", {}),
    ],
)
def test_what_did_not_happen_to_a_part_is_no_zero(sentence: str, told: dict[str, str]) -> None:
    assert _figures(WORKPLACES, sentence) == told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Phấn đấu tạo việc làm mới cho 90 lao động; mở 15 buổi tuyên truyền; còn 02 vụ BLGĐ.",
            {},
        ),
        ("Đề nghị huyện cấp 300 tờ rơi; mở 05 buổi tuyên truyền.", {}),
        ("Năm 2023 có 05 vụ bạo lực gia đình; 06 nạn nhân bạo lực gia đình.", {}),
        ("Dự kiến mở 15 buổi tuyên truyền; đến nay đã tổ chức 09 buổi tuyên truyền.", {"G1": "9"}),
        ("Năm 2023 có 05 vụ bạo lực gia đình; năm 2024 có 03 vụ bạo lực gia đình.", {"G3": "3"}),
    ],
)
def test_what_shall_be_and_what_was_reach_to_the_end_of_their_sentence(
    text: str, expected: dict[str, str]
) -> None:
    assert _figures(GENDER, text) == expected


OFFICE = _report(("bình đẳng giới",), _indicator("V1", "Văn bản, kế hoạch ban hành", "văn bản"))


@pytest.mark.parametrize("other", ["01 công văn chỉ đạo", "01 quyết định", "03 thông báo kết luận"])
def test_documents_of_two_kinds_are_no_number_of_documents(other: str) -> None:
    assert _figures(OFFICE, f"Ban hành 02 kế hoạch và {other}.") == {}
    assert _figures(OFFICE, "Ban hành 02 kế hoạch và cấp 50 tờ rơi.") == {"V1": "2"}


CLERKS = _report(
    ("bình đẳng giới",),
    _indicator("C1", "Cuộc tuyên truyền về bình đẳng giới", "cuộc", synonyms=("buổi tuyên truyền",)),
    _indicator("C2", "Lượt người tham dự tuyên truyền", "lượt người", WOMEN, ("lượt người tham dự",)),
    _indicator("C3", "Cán bộ, công chức xã", "người", WOMEN),
    _indicator("C4", "Hộ nghèo (nữ: do phụ nữ làm chủ hộ)", "hộ", WOMEN),
    _indicator("C5", "Vụ bạo lực gia đình", "vụ"),
    _indicator("C6", "Nạn nhân bạo lực", "người", BOTH),
    _indicator("C7", "Nạn nhân bị mua bán trở về", "người"),
    _indicator("C8", "Nạn nhân bị mua bán trở về được hỗ trợ", "người"),
    _indicator("C9", "Văn bản chỉ đạo", "văn bản"),
    _indicator("C10", "Góp ý, phê bình về bình xét", "người"),
    _indicator("C11", "Dư nợ vốn vay ủy thác qua Hội Liên hiệp Phụ nữ", "triệu đồng"),
    _indicator("C12", "Địa chỉ tin cậy", "điểm"),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tổ chức 06 cuộc tuyên truyền cho 420 lượt người.", {"C1": "6", "C2": "420"}),
        (
            "Mở 08 buổi tuyên truyền tại 11 bản với 640 lượt người tham dự (nữ: 330).",
            {"C1": "8", "C2": "640", "C2 nữ": "330"},
        ),
        ("Tổ chức 02 lớp tập huấn và 08 cuộc tuyên truyền, thu hút 600 lượt người tham dự.", {"C1": "8"}),
        ("Tổ chức 02 lớp tập huấn và 08 cuộc tuyên truyền cho 600 lượt người.", {"C1": "8"}),
        (
            "Mở 02 lớp dạy nghề cho 50 người, tổ chức 08 cuộc tuyên truyền cho 600 lượt người.",
            {"C1": "8", "C2": "600"},
        ),
    ],
)
def test_who_came_to_the_meetings_just_counted_and_to_no_others(text: str, expected: dict[str, str]) -> None:
    assert _figures(CLERKS, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Đã tổ chức 14 cuộc tuyên truyền (quý I 10 cuộc, quý II 04 cuộc).", {"C1": "14"}),
        ("Số vụ bạo lực gia đình: 02 vụ (mục tiêu: dưới 03 vụ).", {"C5": "2"}),
        ("Tổ chức 10 cuộc tuyên truyền, vượt 02 cuộc so với kế hoạch.", {"C1": "10"}),
        ("Tuyên truyền được 07/15 cuộc tuyên truyền, đạt 46,7% kế hoạch.", {"C1": "7"}),
        ("Tuyên truyền được 07/15 cuộc tuyên truyền, đạt 93% kế hoạch.", {}),
        ("Số hộ nghèo đầu năm là 102 hộ, đến nay còn 88 hộ nghèo.", {"C4": "88"}),
        ("Mặc dù dịch Covid-19 nặng nề trong quý I, xã tổ chức 12 cuộc tuyên truyền.", {"C1": "12"}),
        ("Trong quý I, xã tổ chức 12 cuộc tuyên truyền.", {}),
        ("Tổ chức 14 cuộc tuyên truyền (dự kiến đến 30/6).", {}),
        ("Xảy ra 02 vụ bạo lực gia đình (tính trong quý I).", {}),
    ],
)
def test_what_is_told_beside_a_figure_of_a_plan_or_another_time_takes_nothing_from_it(
    text: str, expected: dict[str, str]
) -> None:
    assert _figures(CLERKS, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Số hộ nghèo: 07 hộ (trong đó hộ do phụ nữ làm chủ hộ: 03 hộ).", {"C4": "7", "C4 nữ": "3"}),
        ("Số hộ nghèo: 07 hộ, trong đó 02 hộ phụ nữ đơn thân.", {"C4": "7"}),
        ("Có 02 nạn nhân bạo lực (đều là nữ).", {"C6": "2", "C6 nữ": "2", "C6 nam": "0"}),
        ("Nạn nhân bạo lực là 04 người, đều là nam giới.", {"C6": "4", "C6 nữ": "0", "C6 nam": "4"}),
        (
            "Cán bộ, công chức xã: 19 người (gồm 10 cán bộ, 09 công chức), nữ 07 người.",
            {"C3": "19", "C3 nữ": "7"},
        ),
        ("Cán bộ, công chức xã: 19 người (trong đó 10 đảng viên, nữ 03 người).", {"C3": "19"}),
        ("Có 08 nữ cán bộ, công chức trên tổng số 20 cán bộ, công chức xã.", {"C3": "20", "C3 nữ": "8"}),
        ("Tỷ lệ nữ cán bộ, công chức xã là 8/20 người.", {"C3": "20", "C3 nữ": "8"}),
    ],
)
def test_the_women_of_a_total_are_found_by_what_its_label_calls_them(
    text: str, expected: dict[str, str]
) -> None:
    assert _figures(CLERKS, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ban hành 02 văn bản chỉ đạo về công tác bình đẳng giới.", {"C9": "2"}),
        ("Công tác tuyên truyền được đẩy mạnh, thu hút 820 lượt người tham dự.", {"C2": "820"}),
        ("Theo tổng hợp của Công an xã, địa bàn xảy ra 04 vụ bạo lực gia đình.", {"C5": "4"}),
        ("Dư nợ vốn vay ủy thác qua Hội LHPN xã đạt 16,2 tỷ đồng.", {"C11": "16200"}),
        ("Có 12 địa chỉ tin cậy đặt tại nhà văn hóa các thôn.", {"C12": "12"}),
        ("Không có nạn nhân bị mua bán trở về.", {"C7": "0"}),
    ],
)
def test_words_that_narrow_nothing_keep_no_figure_out(text: str, expected: dict[str, str]) -> None:
    assert _figures(CLERKS, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tổ chức hai mươi lăm buổi tuyên truyền.", {"C1": "25"}),
        ("Ban hành năm văn bản chỉ đạo.", {"C9": "5"}),
        ("Xã có mười một địa chỉ tin cậy.", {"C12": "11"}),
        ("Trong năm xã tổ chức tuyên truyền thường xuyên.", {}),
        ("Xã có một số địa chỉ tin cậy.", {}),
    ],
)
def test_numbers_in_words_count_where_they_stand_before_what_is_counted(
    text: str, expected: dict[str, str]
) -> None:
    assert _figures(CLERKS, text) == expected


def test_women_are_counted_where_nobody_else_is_asked_for() -> None:
    report = _report((), _indicator("W", "Hội viên phụ nữ được vay vốn ưu đãi", "hộ", (Sex.FEMALE,)))
    assert _figures(report, "Có 18 hộ hội viên phụ nữ được vay vốn ưu đãi.") == {"W nữ": "18"}
    assert _figures(report, "Có 100 hộ hội viên được vay vốn ưu đãi.") == {}


COUNCIL = _report(
    (),
    Indicator("E1", "Đại biểu Hội đồng nhân dân xã", "người", WOMEN, Aggregation.TERM),
    Indicator("E2", "Cán bộ, công chức xã", "người", WOMEN, Aggregation.SNAPSHOT),
    Indicator("E3", "Lượt người tham dự tuyên truyền", "lượt người", WOMEN),
    Indicator("E4", "Doanh nghiệp, hợp tác xã", "DN, HTX", WOMEN, Aggregation.SNAPSHOT),
    Indicator("E5", "Kinh phí thực hiện", "triệu đồng"),
)


@pytest.mark.parametrize(
    "text",
    [
        "Tổ chức tọa đàm có 120 đại biểu.",
        "Nhân Ngày Quốc tế Phụ nữ, Hội LHPN xã tổ chức tọa đàm với 120 đại biểu.",
        "Có 15 doanh nghiệp tham gia hội nghị.",
        "Kinh phí tổ chức hội thi là 12 triệu đồng.",
        "Mở 01 lớp bồi dưỡng cho 60 người, trong đó 40 cán bộ, công chức.",
    ],
)
def test_who_sat_in_a_meeting_is_no_number_of_all_there_are(text: str) -> None:
    assert _figures(COUNCIL, text) == {}


STOCKS = _report(
    ("bình đẳng giới",),
    Indicator("T1", "Địa chỉ tin cậy", "địa chỉ", aggregation=Aggregation.SNAPSHOT),
    Indicator("T2", "Đại biểu Hội đồng nhân dân xã", "người", WOMEN, Aggregation.TERM),
    Indicator("T3", "Thành viên Ban Vì sự tiến bộ của phụ nữ", "người", aggregation=Aggregation.SNAPSHOT),
    Indicator("T4", "Câu lạc bộ thành lập mới", "câu lạc bộ", aggregation=Aggregation.SNAPSHOT),
    Indicator("T5", "Hộ nghèo", "hộ", aggregation=Aggregation.SNAPSHOT),
)


@pytest.mark.parametrize(
    "text",
    [
        "Thành lập 01 địa chỉ tin cậy.",
        "Trong kỳ đã thành lập mới được 02 địa chỉ tin cậy.",
        "Xây dựng, ra mắt 02 địa chỉ tin cậy.",
        "Có 02 địa chỉ tin cậy mới được thành lập.",
        "Số địa chỉ tin cậy mới trong năm: 02 địa chỉ.",
        "Mở 02 điểm tư vấn, 01 địa chỉ tin cậy.",
        "Miễn nhiệm 01 đại biểu HĐND xã.",
        "Phát sinh thêm 03 hộ nghèo.",
    ],
)
def test_what_came_or_went_is_no_number_of_all_there_are(text: str) -> None:
    assert _figures(STOCKS, text) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Đã thành lập và duy trì 05 địa chỉ tin cậy.", {"T1": "5"}),
        ("Có 05 địa chỉ tin cậy được thành lập mới và duy trì hoạt động.", {"T1": "5"}),
        ("Thành lập mới 01 địa chỉ tin cậy; duy trì 05 địa chỉ tin cậy.", {"T1": "5"}),
        ("Mở 02 lớp tập huấn, hiện có 05 địa chỉ tin cậy.", {"T1": "5"}),
        ("Thành lập Ban Vì sự tiến bộ của phụ nữ gồm 15 thành viên.", {"T3": "15"}),
        ("Các câu lạc bộ thành lập mới: 03 câu lạc bộ.", {"T4": "3"}),
        ("Hộ nghèo ở xã nông thôn mới là 25 hộ nghèo.", {"T5": "25"}),
    ],
)
def test_what_there_is_stays_read_beside_what_came(text: str, expected: dict[str, str]) -> None:
    assert _figures(STOCKS, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HĐND xã có 25 đại biểu, trong đó nữ 08 đại biểu.", {"E1": "25", "E1 nữ": "8"}),
        ("Có 300 lượt người tham dự tuyên truyền, trong đó 40 cán bộ, công chức xã.", {"E3": "300"}),
        ("Có 15 doanh nghiệp. Kinh phí thực hiện là 12 triệu đồng.", {"E4": "15", "E5": "12"}),
        ("Cán bộ, công chức xã có 21 người, trong đó 09 nữ.", {"E2": "21", "E2 nữ": "9"}),
    ],
)
def test_the_council_is_counted_where_it_is_named(text: str, expected: dict[str, str]) -> None:
    assert _figures(COUNCIL, text) == expected
