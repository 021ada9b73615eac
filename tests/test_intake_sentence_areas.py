from __future__ import annotations

import pytest

from config.reports import Indicator, ReportDefinition, SectionRole
from intake.figures.outline import NarrativeLine
from intake.figures.sentence_areas import area_of
from intake.figures.sentences import read_sentences

REPORT = ReportDefinition(
    "giam-ngheo",
    "Báo cáo giảm nghèo",
    "GN",
    ("giảm nghèo",),
    (
        Indicator("N", "Tổng số hộ nghèo", "hộ"),
        Indicator("C", "Tổng số hộ cận nghèo", "hộ"),
        Indicator("V", "Số vụ bạo lực gia đình", "vụ"),
        Indicator("H", "Số hội nghị tuyên truyền", "hội nghị"),
    ),
    (),
    (),
)


def figures(level: str, *lines: str) -> dict[str, str]:
    told = [NarrativeLine("I", SectionRole.RESULTS, line, "BC.docx", n) for n, line in enumerate(lines, 1)]
    values = read_sentences(told, REPORT, level=level)
    return {value.indicator: f"{value.value:f}" for value in values if value.value is not None}


@pytest.mark.parametrize(
    "text",
    [
        "Toàn huyện có 4.520 hộ nghèo.",
        "Toàn tỉnh hiện có 41.250 hộ nghèo, 18.400 hộ cận nghèo.",
        "Đến nay, cả nước còn 815.101 hộ nghèo.",
        "Trên địa bàn huyện xảy ra 48 vụ bạo lực gia đình.",
        "Số hộ nghèo trên địa bàn tỉnh là 41.250 hộ.",
        "Huyện Phú Hải hiện có 4.520 hộ nghèo.",
        "Các xã, thị trấn trong huyện có 4.520 hộ nghèo.",
        "Toàn huyện không xảy ra vụ bạo lực gia đình nào.",
        "Toàn huyện có 4.520 hộ nghèo; 1.200 hộ cận nghèo.",
        "Toàn huyện có 4.520 hộ nghèo, xã An Bình nhiều nhất.",
        "Có 4.520 hộ nghèo trên địa bàn huyện, UBND xã đã nắm được.",
        "Toàn huyện xảy ra 15 vụ bạo lực gia đình; tại xã Hòa Lạc xảy ra 03 vụ bạo lực gia đình.",
        "Toàn huyện xảy ra 15 vụ bạo lực gia đình; xã Hòa Lạc xảy ra 03 vụ bạo lực gia đình.",
    ],
)
@pytest.mark.parametrize("level", ["institution", "village", "commune"])
def test_what_a_commune_says_of_the_level_above_is_not_its_own(level: str, text: str) -> None:
    assert figures(level, text) == {}
    assert area_of(level).is_above(text.partition(";")[0], before=False)


def test_the_same_words_of_its_own_area_are_read() -> None:
    assert figures("commune", "Toàn xã có 120 hộ nghèo, 85 hộ cận nghèo.") == {"N": "120", "C": "85"}
    assert figures("commune", "Toàn thị trấn có 120 hộ nghèo.") == {"N": "120"}
    assert figures("commune", "Trên địa bàn xã xảy ra 04 vụ bạo lực gia đình.") == {"V": "4"}
    assert figures("village", "Toàn thôn có 12 hộ nghèo.") == {"N": "12"}


def test_a_village_speaks_of_its_commune_as_the_level_above() -> None:
    assert figures("village", "Toàn xã có 120 hộ nghèo.") == {}
    assert figures("village", "Xã có 120 hộ nghèo; thôn còn 12 hộ nghèo.") == {"N": "12"}
    assert figures("village", "Toàn xã hội quan tâm, thôn còn 12 hộ nghèo.") == {"N": "12"}


def test_an_office_of_the_district_may_speak_of_the_district_and_not_of_the_province() -> None:
    for level in ("district", ""):
        assert figures(level, "Toàn huyện có 4.520 hộ nghèo.") == {"N": "4520"}
    assert figures("district", "Toàn tỉnh có 41.250 hộ nghèo; toàn huyện có 4.520 hộ nghèo.") == {"N": "4520"}
    assert figures("district", "Trên địa bàn tỉnh xảy ra 48 vụ bạo lực gia đình.") == {}
    acted = "Thực hiện đợt cao điểm trên địa bàn tỉnh, {} đã tổ chức 05 hội nghị tuyên truyền."
    for office in ("cơ quan", "Phòng", "Hội Phụ nữ", "Công an huyện"):
        assert figures("district", acted.format(office)) == {"H": "5"}
    for nobody in ("hội nghị", "phòng, chống bạo lực", "trường hợp"):
        assert figures("district", f"Toàn tỉnh có 41.250 hộ nghèo, {nobody} là chính.") == {}


def test_a_school_speaks_of_its_own_persons_only() -> None:
    assert figures("institution", "Toàn xã có 120 hộ nghèo.") == {}
    assert figures("institution", "Toàn trường có 12 học sinh thuộc hộ nghèo; toàn xã có 120 hộ nghèo.") == {}
    acted = "Thực hiện kế hoạch trên địa bàn xã, nhà trường đã tổ chức 05 hội nghị tuyên truyền."
    assert figures("institution", acted) == {"H": "5"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Toàn huyện có 4.520 hộ nghèo; toàn xã có 120 hộ nghèo.", {"N": "120"}),
        ("Toàn huyện có 4.520 hộ nghèo; xã còn 120 hộ nghèo; 85 hộ cận nghèo.", {"N": "120", "C": "85"}),
        ("Toàn huyện có 4.520 hộ nghèo. Xã có 120 hộ nghèo.", {"N": "120"}),
        ("Toàn huyện có 4.520 hộ nghèo. Trong đó: 1.200 hộ cận nghèo.", {}),
        (
            "Hưởng ứng đợt cao điểm trên địa bàn tỉnh, UBND xã đã tổ chức 05 hội nghị tuyên truyền.",
            {"H": "5"},
        ),
        (
            "Theo Kế hoạch số 12/KH-UBND trên toàn huyện, xã Tân An tổ chức 05 hội nghị tuyên truyền.",
            {"H": "5"},
        ),
        ("Xã tổ chức 05 hội nghị tuyên truyền (toàn huyện 87 hội nghị).", {}),
        ("Xảy ra 04 vụ bạo lực gia đình, giảm 02 vụ so với toàn huyện.", {"V": "4"}),
    ],
)
def test_the_own_figure_beside_the_district_s_is_read_where_the_two_are_parted(
    text: str, expected: dict[str, str]
) -> None:
    assert figures("commune", text) == expected


def test_a_list_below_the_level_above_is_not_the_unit_s_own() -> None:
    assert figures("commune", "Toàn huyện có:", "- 4.520 hộ nghèo;", "- 1.200 hộ cận nghèo.") == {}
    assert figures("commune", "Toàn huyện có 4.520 hộ nghèo.", "- Xã có 85 hộ cận nghèo.") == {"C": "85"}
    listed = ("Toàn huyện có:", "- 4.520 hộ nghèo;", "Có 85 hộ cận nghèo.")
    assert figures("commune", *listed) == {"C": "85"}


def test_a_province_speaks_of_itself_and_not_of_the_country() -> None:
    assert figures("province", "Toàn tỉnh có 41.250 hộ nghèo.") == {"N": "41250"}
    assert figures("province", "Cả nước còn 815.101 hộ nghèo; tỉnh còn 41.250 hộ nghèo.") == {"N": "41250"}
    assert figures("province", "Toàn quốc xảy ra 48 vụ bạo lực gia đình.") == {}
