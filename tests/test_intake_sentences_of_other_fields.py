"""Sentences of reports on children, schools, the poor and branches of a union, as their clerks write them."""

from __future__ import annotations

import pytest

from config.reports import Aggregation, Indicator, ReportDefinition, SectionRole, Sex
from intake.figures.outline import NarrativeLine
from intake.figures.sentences import read_sentences
from ledger.records import Certainty, Place

BOTH = (Sex.TOTAL, Sex.MALE, Sex.FEMALE)
WOMEN = (Sex.TOTAL, Sex.FEMALE)
ALL_THERE_ARE = Aggregation.SNAPSHOT


def _report(topic: str, *indicators: Indicator) -> ReportDefinition:
    return ReportDefinition("r", "Báo cáo", "BC", (topic,), indicators, (), ())


CHILDREN = _report(
    "công tác trẻ em",
    Indicator("T1", "Tổng số trẻ em dưới 16 tuổi", "trẻ em", BOTH, aggregation=ALL_THERE_ARE),
    Indicator("T2", "Trẻ em có hoàn cảnh đặc biệt", "trẻ em", BOTH, aggregation=ALL_THERE_ARE),
    Indicator("T3", "Trẻ em dưới 6 tuổi được cấp thẻ BHYT", "trẻ em", aggregation=ALL_THERE_ARE),
)
POOR = _report(
    "hộ nghèo, hộ cận nghèo",
    Indicator("N1", "Tổng số hộ dân cư", "hộ", synonyms=("tổng số hộ toàn xã",), aggregation=ALL_THERE_ARE),
    Indicator("N2", "Số hộ nghèo", "hộ", aggregation=ALL_THERE_ARE),
    Indicator("N3", "Số hộ cận nghèo", "hộ", aggregation=ALL_THERE_ARE),
    Indicator("N4", "Số hộ thoát nghèo", "hộ"),
    Indicator("N5", "Kinh phí hỗ trợ nhà ở", "triệu đồng"),
    Indicator("N6", "Diện tích đất sản xuất được hỗ trợ", "ha"),
    Indicator("N7", "Số gạo cứu đói", "kg"),
)
AID = _report(
    "trợ giúp xã hội",
    Indicator("A1", "Đối tượng hưởng trợ cấp hằng tháng", "người", WOMEN, aggregation=ALL_THERE_ARE),
    Indicator("A2", "Kinh phí chi trả trợ cấp hằng tháng", "triệu đồng"),
    Indicator("A3", "Số lượt người được trợ giúp đột xuất", "lượt người"),
)
SCHOOL = _report(
    "thống kê đầu năm học",
    Indicator("S1", "Số lớp", "lớp", aggregation=ALL_THERE_ARE),
    Indicator("S2", "Tổng số học sinh", "học sinh", WOMEN, aggregation=ALL_THERE_ARE),
    Indicator("S3", "Học sinh dân tộc thiểu số", "học sinh", WOMEN, aggregation=ALL_THERE_ARE),
)


def _figures(report: ReportDefinition, text: str) -> dict[str, str]:
    line = NarrativeLine("I", SectionRole.RESULTS, text, Place("BC.docx", "đoạn 7", text), 7)
    letters = {Sex.TOTAL: "", Sex.FEMALE: " nữ", Sex.MALE: " nam"}
    return {
        value.indicator + letters[value.sex]: f"{value.value:f}"
        for value in read_sentences([line], report)
        if value.value is not None and value.certainty is Certainty.CERTAIN
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Có 1.320 trẻ em dưới 16 tuổi, trong đó trẻ em có hoàn cảnh đặc biệt: 41 em (trai: 23; gái: 18).",
            {"T1": "1320", "T2": "41", "T2 nam": "23", "T2 nữ": "18"},
        ),
        (
            "Toàn xã có 1.320 trẻ em dưới 16 tuổi, trong đó trẻ em người Dao 200 em (nam 120 em, nữ 80 em).",
            {"T1": "1320"},
        ),
        (
            "Toàn xã có 1.320 trẻ em dưới 16 tuổi, trong đó 12% là trẻ em dân tộc thiểu số (nữ 80 em).",
            {"T1": "1320"},
        ),
    ],
)
def test_boys_and_girls_of_a_part_are_none_of_the_whole(text: str, expected: dict[str, str]) -> None:
    assert _figures(CHILDREN, text) == expected


@pytest.mark.parametrize(
    ("report", "text", "expected"),
    [
        (
            AID,
            "Toàn xã có 268 đối tượng hưởng trợ cấp hằng tháng, nữ 151 người.",
            {"A1": "268", "A1 nữ": "151"},
        ),
        (AID, "Kinh phí chi trả trợ cấp hàng tháng là 561.600.000 đồng.", {"A2": "561.6"}),
        (AID, "Hằng tháng có 12 lượt người được trợ giúp đột xuất.", {}),
    ],
)
def test_words_of_promises_and_means_are_no_obstacle_where_an_indicator_is_named_by_them(
    report: ReportDefinition, text: str, expected: dict[str, str]
) -> None:
    assert _figures(report, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Có 11 hộ thoát nghèo, trong đó thôn Mé 04 hộ, thôn Nà 07 hộ.", {"N4": "11"}),
        ("Trong đó thôn Mé có 04 hộ thoát nghèo.", {}),
        ("Kinh phí hỗ trợ nhà ở là 300 triệu đồng, bình quân 62,5 triệu đồng/nhà.", {"N5": "300"}),
        ("Bình quân 62,5 triệu đồng kinh phí hỗ trợ nhà ở cho mỗi hộ.", {}),
        ("Toàn xã còn 52 hộ cận nghèo.", {"N3": "52"}),
    ],
)
def test_villages_and_means_behind_a_whole_leave_the_whole(text: str, expected: dict[str, str]) -> None:
    assert _figures(POOR, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Diện tích đất sản xuất được hỗ trợ là 3,5 ha.", {"N6": "3.5"}),
        ("Diện tích đất sản xuất được hỗ trợ 12,75ha.", {"N6": "12.75"}),
        ("Diện tích đất sản xuất được hỗ trợ 800 m2.", {"N6": "0.08"}),
        ("Số gạo cứu đói: 1,5 tấn.", {"N7": "1500"}),
        ("Diện tích đất sản xuất được hỗ trợ cho 05 hộ.", {}),
    ],
)
def test_weights_and_areas_are_read_with_their_decimals_in_the_measure_asked_for(
    text: str, expected: dict[str, str]
) -> None:
    assert _figures(POOR, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Toàn trường có 18 lớp với 561 học sinh (nữ 270 em), trong đó học sinh dân tộc thiểu số 84 em.",
            {"S1": "18", "S2": "561", "S2 nữ": "270", "S3": "84"},
        ),
        ("Nhà trường tổ chức 02 lớp với 40 học sinh.", {}),
    ],
)
def test_pupils_joined_to_the_classes_of_a_whole_school_are_all_there_are(
    text: str, expected: dict[str, str]
) -> None:
    assert _figures(SCHOOL, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Diện tích đất sản xuất được hỗ trợ là 3,5 ha, kinh phí 200 triệu đồng.", {"N6": "3.5"}),
        ("Hỗ trợ sửa 05 nhà ở cho hộ nghèo, kinh phí 300 triệu đồng.", {"N5": "300"}),
    ],
)
def test_money_is_of_what_it_was_spent_on(text: str, expected: dict[str, str]) -> None:
    assert _figures(POOR, text) == expected


@pytest.mark.parametrize("new", ["tăng mới", "mới được hưởng", "tăng thêm"])
def test_who_came_to_a_stock_is_not_all_of_it(new: str) -> None:
    assert _figures(AID, f"Có 12 đối tượng hưởng trợ cấp hằng tháng {new}.") == {}
