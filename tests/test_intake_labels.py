from __future__ import annotations

import random

import pytest

from config.reports import Aggregation, Figure, Indicator, RatioRule, Sex
from config.spelling import plain_key, without_marks
from intake.figures.label_keys import is_sum_row, label_key, names_ratio, sex_row
from intake.figures.label_match import Strength
from intake.figures.labels import LabelIndex

WOMEN = (Sex.TOTAL, Sex.FEMALE)


def indicator(code: str, label: str, unit: str, *synonyms: str) -> Indicator:
    return Indicator(code, label, unit, (Sex.TOTAL, Sex.MALE, Sex.FEMALE), synonyms=synonyms)


RATIO = Indicator(
    "R1",
    "Tỷ lệ nữ đại biểu HĐND",
    "%",
    aggregation=Aggregation.RATIO,
    ratio=RatioRule(Figure("H1", Sex.FEMALE), Figure("H1")),
)
INDEX = LabelIndex(
    (
        indicator("N1", "Số nạn nhân bị bạo lực gia đình", "người", "Nạn nhân bạo lực"),
        indicator("N2", "Số nạn nhân được hỗ trợ, tư vấn", "người"),
        indicator("N3", "Số người gây bạo lực được tư vấn", "người"),
        indicator("V1", "Số vụ bạo lực gia đình", "vụ"),
        indicator("H1", "Đại biểu Hội đồng nhân dân đương nhiệm", "người", "Đại biểu HĐND"),
        indicator("T1", "Số tổ chức được biểu dương", "tổ chức"),
        indicator("T2", "Số cá nhân được biểu dương", "người"),
        indicator("E1", "Số lớp bồi dưỡng kiến thức về quyền trẻ em", "lớp", "Lớp bồi dưỡng"),
        indicator("E2", "Số người được bồi dưỡng kiến thức", "người"),
        indicator("P1", "Số tờ rơi, sổ tay, tranh cổ động", "tờ"),
        indicator("L1", "Số lao động được giải quyết việc làm mới", "người"),
        indicator("K2", "Trẻ em trong độ tuổi dưới 6 được khám", "trẻ"),
        indicator("K3", "Trẻ em trong độ tuổi dưới 16 được khám", "trẻ"),
        RATIO,
    ),
    topics=("quyền trẻ em",),
)


@pytest.mark.parametrize(
    ("label", "code", "strength"),
    [
        ("Số vụ bạo lực gia đình", "V1", Strength.EXACT),
        ("1. Số vụ bạo lực gia đình (vụ)", "V1", Strength.EXACT),
        ("- Tổng số vụ bạo lực gia đình", "V1", Strength.EXACT),
        ("SỐ VỤ BLGĐ", "V1", Strength.EXACT),
        ("Nạn nhân bạo lực", "N1", Strength.SYNONYM),
        ("Đại biểu HĐND", "H1", Strength.SYNONYM),
        ("Số đại biểu hội đồng nhân dân", "H1", Strength.SYNONYM),
        ("so vu bao luc gia dinh", "V1", Strength.EXACT),
        ("Biểu dương: tổ chức", "T1", Strength.REORDERED),
        ("Biểu dương: cá nhân", "T2", Strength.REORDERED),
        ("Số nạn nhân được tư vấn, hỗ trợ", "N2", Strength.REORDERED),
        ("Số vụ bạo lựcgia đình", "V1", Strength.TYPO),
        ("Số nạn nhân đựơc hỗ trợ, tư vấn", "N2", Strength.TYPO),
        ("Số tờ rơi, tranh cổ động", "P1", Strength.SHORTENED),
        ("Tỷ lệ nữ đại biểu HĐND", "R1", Strength.EXACT),
    ],
)
def test_a_label_finds_its_indicator(label: str, code: str, strength: Strength) -> None:
    match = INDEX.match(label)
    assert (match.indicator, match.strength) == (code, strength)


@pytest.mark.parametrize(
    "label",
    [
        "Nạn nhân",
        "Số nạn nhân bạo lực được hỗ trợ",
        "Nạn nhân không được hỗ trợ, tư vấn",
        "Số người gây bạo lực",
        "Biểu dương",
        "Số tổ chức",
        "Số vụ bạo lực trẻ em",
        "Trẻ em trong độ tuổi dưới 7 được khám",
        "Trẻ em được khám",
        "Hộ cận nghèo",
        "Kinh phí",
        "",
        "…",
    ],
)
def test_a_label_that_is_not_sure_matches_nothing(label: str) -> None:
    assert not INDEX.match(label)


def test_a_name_cut_short_that_may_count_more_is_only_a_proposal() -> None:
    match = INDEX.match("Số vụ bạo lực")
    assert (match.indicator, match.strength) == ("V1", Strength.UNCERTAIN)


def test_labels_that_differ_in_one_number_are_never_confused() -> None:
    assert INDEX.match("Trẻ em trong độ tuổi dưới 6 được khám").indicator == "K2"
    assert INDEX.match("Trẻ em trong độ tuổi dưới 16 được khám").indicator == "K3"


def test_a_typing_fault_that_makes_another_word_of_the_report_is_no_typing_fault() -> None:
    index = LabelIndex(
        (indicator("A", "Số hộ có nữ tham gia", "hộ"), indicator("B", "Số hộ có nam tham gia", "hộ"))
    )
    assert index.match("Số hộ có nam tham gia").indicator == "B"
    assert not index.match("Số hộ có năm tham gia")


def test_a_word_in_between_is_never_a_typing_fault() -> None:
    index = LabelIndex((indicator("A", "Số hộ nghèo do phụ nữ làm chủ hộ được vay vốn", "hộ"),))
    assert not index.match("Số hộ cận nghèo do phụ nữ làm chủ hộ được vay vốn")


def test_dropping_who_is_counted_is_only_a_proposal_or_nothing() -> None:
    index = LabelIndex(
        (indicator("A", "Số phụ nữ khuyết tật được hỗ trợ vay vốn phát triển kinh tế", "người"),)
    )
    for label in ("Số phụ nữ được hỗ trợ vay vốn phát triển kinh tế", "Hỗ trợ vay vốn phát triển kinh tế"):
        for measure in ("", "người"):
            assert index.match(label, measure=measure).strength in (Strength.UNCERTAIN, Strength.NONE)


def test_the_unit_of_measure_decides_what_was_counted_when_the_label_leaves_it_out() -> None:
    assert INDEX.match("Giải quyết việc làm", measure="người").indicator == "L1"
    assert not INDEX.match("Giải quyết việc làm", measure="triệu đồng")


def test_the_subject_of_the_report_may_be_left_out_of_a_label() -> None:
    assert INDEX.match("Số lớp bồi dưỡng kiến thức").indicator == "E1"


def test_the_heading_of_a_section_supplies_the_words_its_rows_leave_out() -> None:
    assert INDEX.match("Số tổ chức", "III. Biểu dương, khen thưởng").indicator == "T1"
    assert not INDEX.match("Số tổ chức", "III. Kinh phí")


def test_two_indicators_of_one_name_are_ambiguous() -> None:
    index = LabelIndex((indicator("A", "Số người", "người"), indicator("B", "Tổng số người", "người")))
    assert index.match("Số lượng người").ambiguous == ("A", "B")


def test_a_sex_at_the_end_or_the_beginning_of_a_label_is_read() -> None:
    female = INDEX.match("Số nữ đại biểu HĐND")
    assert (female.indicator, female.sex) == ("H1", Sex.FEMALE)
    victims = INDEX.match("Số nạn nhân bị bạo lực gia đình là nam")
    assert (victims.indicator, victims.sex) == ("N1", Sex.MALE)


def test_a_rate_is_never_taken_for_the_count() -> None:
    assert names_ratio("Tỉ lệ đại biểu HĐND")
    assert not INDEX.match("Tỷ lệ nạn nhân bị bạo lực gia đình")


@pytest.mark.parametrize(
    ("label", "sex"),
    [
        ("Trong đó: nữ", Sex.FEMALE),
        ("- Nữ", Sex.FEMALE),
        ("+ Nam", Sex.MALE),
        ("Trong đó: Số nữ (người)", Sex.FEMALE),
        ("Bé gái", Sex.FEMALE),
        ("3.1. Nam", Sex.MALE),
        ("Năm", None),
        ("Nữ công nhân", None),
        ("Số người", None),
    ],
)
def test_rows_that_name_only_a_sex_are_known(label: str, sex: Sex | None) -> None:
    assert sex_row(label) is sex


def test_rows_that_add_up_are_known() -> None:
    assert is_sum_row("Tổng cộng")
    assert is_sum_row("CỘNG:")
    assert not is_sum_row("Tổng số vụ")


def test_short_forms_are_written_out_also_when_glued_or_mistyped() -> None:
    assert label_key("Mô hình chốngBLGĐ").text == "mô hình chống bạo lực gia đình"
    assert label_key("Đại biểu HĐDN").text == "đại biểu hội đồng nhân dân"


def test_an_unread_label_names_the_nearest_indicator() -> None:
    assert INDEX.nearest("Nạn nhân bạo lực gia đình là trẻ em") == "N1"
    assert INDEX.nearest("Diện tích rừng trồng") == ""


def test_a_label_typed_without_marks_is_folded_as_one_with_marks_is() -> None:
    index = LabelIndex(
        (indicator("B1", "Số trẻ em được học bơi", "trẻ"), indicator("B2", "Số lớp bơi", "lớp"))
    )
    assert index.match("So tre em duoc hoc boi").indicator == "B1"
    assert index.match("Tre em duoc hoc boi").indicator == "B1"
    assert index.match("TS trẻ em được học bơi").indicator == "B1"


def test_short_forms_of_social_policy_are_written_out() -> None:
    index = LabelIndex((indicator("B1", "Số người được cấp thẻ bảo hiểm y tế", "người"),))
    assert index.match("Người được cấp thẻ BHYT").indicator == "B1"


def test_words_on_the_moment_of_counting_change_nothing() -> None:
    index = LabelIndex((indicator("B1", "Số hộ nghèo", "hộ"), indicator("B2", "Số hộ cận nghèo", "hộ")))
    assert index.match("Hộ nghèo hiện có").indicator == "B1"
    assert index.match("Số hộ cận nghèo cuối quý").indicator == "B2"
    assert not index.match("Hộ nghèo đầu năm")


def test_a_single_letter_without_its_mark_is_the_word_where_all_others_agree() -> None:
    index = LabelIndex(
        (indicator("B1", "Kinh phí hỗ trợ nhà ở", "triệu đồng"), indicator("B2", "Số HS bỏ học", "em"))
    )
    assert index.match("Kinh phi ho tro nha o").indicator == "B1"
    assert index.match("Số tiền hỗ trợ nhà ở").indicator == "B1"
    assert index.match("Số học sinh bỏ học").indicator == "B2"


@pytest.mark.parametrize(
    ("label", "code", "strength"),
    [
        ("Bieu duong: to chuc", "T1", Strength.REORDERED),
        ("So nan nhan duoc tu van, ho tro", "N2", Strength.REORDERED),
        ("So lop boi duong kien thuc", "E1", Strength.REORDERED),
        ("So to roi, tranh co dong", "P1", Strength.SHORTENED),
        ("So vu bao luc", "V1", Strength.UNCERTAIN),
        ("Dai bieu HDND cap xa", "H1", Strength.SYNONYM),
    ],
)
def test_a_label_without_marks_may_be_reordered_or_cut_short_as_one_with_them(
    label: str, code: str, strength: Strength
) -> None:
    match = INDEX.match(label)
    assert (match.indicator, match.strength) == (code, strength)


@pytest.mark.parametrize(
    "label",
    [
        "Nan nhan",
        "So nan nhan bao luc duoc ho tro",
        "Nan nhan khong duoc ho tro, tu van",
        "So nguoi gay bao luc",
        "So vu bao luc tre em",
        "Tre em trong do tuoi duoi 7 duoc kham",
        "Tre em duoc kham",
        "Ho can ngheo",
        "So nan nhan duoc ho tro, tu vun",
        "Ty le nan nhan bi bao luc gia dinh",
        "Kinh phi",
    ],
)
def test_a_label_without_marks_that_is_not_sure_matches_nothing(label: str) -> None:
    assert not INDEX.match(label)


def test_a_label_that_fits_two_indicators_once_the_marks_are_gone_is_ambiguous() -> None:
    index = LabelIndex(
        (
            indicator("A", "Số hộ dân trồng chè ở bản", "hộ"),
            indicator("B", "Số hồ đan trong chế ở bán", "hồ"),
            indicator("C", "Số hộ nuôi ong", "hộ"),
        )
    )
    for label in ("So ho dan trong che o ban", "O ban so ho dan trong che"):
        assert set(index.match(label).ambiguous) == {"A", "B"}
    assert index.match("O ban so ho dan trong che", measure="hồ").indicator == "B"


def test_words_that_count_are_not_lost_with_their_marks() -> None:
    index = LabelIndex(
        (indicator("A", "Số cuộc kiểm tra", "cuộc"), indicator("B", "Số cơ sở được kiểm tra", "cơ sở"))
    )
    assert index.match("Co so kiem tra").indicator != "A"
    assert index.match("So cuoc thi kiem tra").indicator != "A"


def test_a_year_without_its_mark_is_no_man() -> None:
    assert INDEX.match("Nan nhan bi bao luc gia dinh nam").sex is None


def test_an_unread_label_without_marks_names_the_nearest_indicator_too() -> None:
    assert INDEX.nearest("Nan nhan bao luc gia dinh la tre em") == "N1"


def test_a_mistyped_name_with_another_close_by_is_asked_about() -> None:
    names = ("Số hộ gia đình được tập huấn", "Số hộ gia đình được hỗ trợ", "Số hộ gia đình được hỗ trợ vốn")
    index = LabelIndex(tuple(indicator(f"H{n}", name, "hộ") for n, name in enumerate(names)))
    assert index.match("Số hộ gia đìnhđược hỗ tợ").ambiguous == ("H1",)


def test_a_name_that_says_where_it_counts_is_its_own_name() -> None:
    index = LabelIndex((indicator("A", "Số cơ sở sản xuất, kinh doanh trên địa bàn", "cơ sở"),))
    assert index.match("Số cơ sở sản xuất, kinh doanh trên địa bàn").strength is Strength.EXACT


_NAMES = tuple(name for one in INDEX.indicators for name in (one.label, *one.synonyms))
_PROSE = (
    "Kết quả",
    "thực hiện,",
    "trong đó:",
    "nữ",
    "(người)",
    "UBND xã",
    "kỹ",
    "cuối quý",
    "2.",
    "a)",
    "IV.",
)


def _scribbled(chance: random.Random) -> str:
    """A name that somebody mistyped, cut, glued, turned round or wrote on from."""
    name = chance.choice(_NAMES)
    at = chance.randrange(len(name) - 1)
    words = chance.sample([*name.split(), *chance.sample(_PROSE, 3)], chance.randint(2, 5))
    prose = " ".join(chance.sample(_PROSE, 4))
    return chance.choice((
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        name[:at] + " " + name[at:],
        name.replace(" ", "", chance.randint(1, 4)),
        without_marks(name).upper(),
        " ".join(words),
        f"{prose} {name}",
        f"{name} {prose}",
    ))  # fmt: skip


def test_whatever_is_passed_over_at_once_is_no_name_by_the_long_comparison_either() -> None:
    chance = random.Random(7)
    texts = [_scribbled(chance) for _ in range(2000)]
    strange = [text for text in texts if INDEX.names_nothing(text, plain_key(text))]
    assert 100 < len(strange) < len(texts)
    assert [text for text in strange if (found := INDEX._match(text, "", "")) or found.ambiguous] == []


COMMUNE = LabelIndex(
    (
        Indicator("D1", "Đại biểu Hội đồng nhân dân xã", "người", WOMEN, synonyms=("nữ ĐBHĐND",)),
        Indicator("D2", "Ủy viên Ban Chấp hành Đảng bộ", "người", WOMEN, synonyms=("nữ tham gia cấp ủy",)),
        Indicator("D3", "Cán bộ, công chức cấp xã", "người", WOMEN),
        Indicator("D4", "Cán bộ, công chức cấp huyện", "người", WOMEN),
        Indicator("D5", "Hộ nghèo (nữ: do phụ nữ làm chủ hộ)", "hộ", WOMEN),
        Indicator("D6", "Thành viên Ban Vì sự tiến bộ của phụ nữ", "người", WOMEN),
    )
)


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Đại biểu HĐND thị trấn", "D1"),
        ("Dai bieu HDND phuong", "D1"),
        ("Ủy viên BCH Đảng bộ xã (người)", "D2"),
        ("Cán bộ, công chức thị trấn", "D3"),
        ("Cán bộ, công chức cấp huyện", "D4"),
        ("Cán bộ, công chức huyện", "D4"),
        ("Đại biểu HĐND huyện", ""),
    ],
)
def test_the_lowest_level_says_nothing_and_a_higher_one_everything(label: str, code: str) -> None:
    assert COMMUNE.match(label).indicator == code


@pytest.mark.parametrize(
    ("label", "code", "sex"),
    [
        ("Nữ ĐBHĐND", "D1", Sex.FEMALE),
        ("Nữ tham gia cấp ủy", "D2", Sex.FEMALE),
        ("Số hộ nghèo do phụ nữ làm chủ hộ", "D5", Sex.FEMALE),
        ("Ho ngheo do phu nu lam chu ho", "D5", Sex.FEMALE),
        ("Hộ nghèo (nữ: do phụ nữ làm chủ hộ)", "D5", None),
        ("Hộ nghèo", "D5", None),
        ("Thành viên Ban Vì sự tiến bộ của phụ nữ", "D6", None),
    ],
)
def test_a_name_that_says_women_is_of_the_women_alone(label: str, code: str, sex: Sex | None) -> None:
    assert (COMMUNE.match(label).indicator, COMMUNE.match(label).sex) == (code, sex)
