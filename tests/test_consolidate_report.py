"""What the consolidated report says."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import docx
import pytest

from config.reports import Aggregation, Figure, Indicator, RatioRule, Section, SectionRole, Sex
from config.units import Unit
from config.wording import Wording
from consolidate.consolidation import Consolidation, Passage, Total, UnitValue
from consolidate.errors import DocumentTemplateError
from consolidate.writers.document_parts import head_of, own_head
from consolidate.writers.document_templates import DocumentTemplates
from consolidate.writers.phrases import (
    amount,
    day,
    days_late,
    due,
    inside,
    listed,
    number,
    sentences,
    short_name,
)
from consolidate.writers.report import write_report
from consolidate.writers.report_figures import FigureSentences, natural_label
from consolidate.writers.report_passages import gather, numbers_in, says_nothing, shortened
from consolidate.writers.report_sections import group_heading, placed_outline
from consolidate.writers.report_text import Block, BlockKind, heading_of, report_text, subject_lines
from consolidate.writers.unit_texts import write_unit_texts
from ledger.records import Certainty, Method, ObligationState, Place, Value
from tests import consolidated
from tests.consolidated import AS_OF, DUE, NOWHERE, ZONE, consolidation, passage, total, with_states
from tests.decree30 import faults

if TYPE_CHECKING:
    from pathlib import Path

WORDS = Wording()
TEMPLATES = DocumentTemplates()


def sentence(*totals: Total, of: Consolidation | None = None, code: str = "") -> str:
    """The sentence of the first total's indicator in a district with these totals."""
    district = replace(of or consolidation(), totals=totals)
    indicator = totals[0].indicator
    assert not code or indicator.code == code
    return FigureSentences(district, TEMPLATES).sentence(indicator)


def complete(one: Total) -> Total:
    """The total as if all fifty had given it."""
    return replace(one, n=50, missing=())


def body(district: Consolidation) -> list[str]:
    return [block.text for block in report_text(district, WORDS, TEMPLATES).body]


def full_text(district: Consolidation) -> str:
    document = docx.Document(io.BytesIO(write_report(district, WORDS).content))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


# --- numbers, days, names


@pytest.mark.parametrize(
    ("value", "measure", "written"),
    [
        ("5", "cuộc", "05 cuộc"),
        ("0", "cuộc", "0 cuộc"),
        ("10", "cuộc", "10 cuộc"),
        ("1234567", "lượt người", "1.234.567 lượt người"),
        ("1234.5", "ha", "1.234,5 ha"),
        ("902595", "nghìn đồng", "902,595 triệu đồng"),
        ("14405000", "đồng", "14,405 triệu đồng"),
        ("1.5", "tỷ đồng", "1.500 triệu đồng"),
        ("5", "triệu đồng", "5 triệu đồng"),
        ("31.25", "%", "31,25%"),
    ],
)
def test_figures_are_written_as_clerks_write_them(value: str, measure: str, written: str) -> None:
    assert amount(Decimal(value), measure) == written


def test_rounding_is_half_up_and_only_where_asked() -> None:
    assert number(Decimal("2.345"), 2) == "2,35"
    assert number(Decimal("2.3456789")) == "2,3456789"


def test_months_one_and_two_are_padded_and_others_are_not() -> None:
    assert [day(DUE.date().replace(month=month, day=5)) for month in (1, 2, 3, 6, 12)] == [
        "05/01/2024",
        "05/02/2024",
        "05/3/2024",
        "05/6/2024",
        "05/12/2024",
    ]


def test_lateness_counts_days_after_the_last_day_on_time() -> None:
    assert days_late(DUE.replace(day=9), DUE, ZONE) is None
    assert days_late(DUE, DUE, ZONE) == 1
    assert days_late(DUE.replace(hour=23, minute=59), DUE, ZONE) == 1
    assert days_late(DUE.replace(hour=18), DUE.replace(hour=17), ZONE) == 0


def test_a_commune_is_named_without_its_committee_and_an_office_in_full() -> None:
    assert short_name(Unit("a", "UBND xã Đồi Thông", "commune")) == "xã Đồi Thông"
    assert short_name(Unit("b", "Uỷ ban nhân dân phường 5", "ward")) == "phường 5"
    assert short_name(Unit("c", "UBND huyện Thượng Ngàn", "district")) == "UBND huyện Thượng Ngàn"


def test_beyond_the_limit_units_are_counted() -> None:
    assert listed(("A", "B", "C", "D"), WORDS, 2) == "A, B và 02 đơn vị khác"
    assert listed(("A", "B"), WORDS, 2) == "A, B"


def test_sentences_end_neither_in_numbers_nor_after_abbreviations() -> None:
    text = "- Tặng 1.250 tờ gấp tại TP. Biển Xanh. Mở 02 lớp;\n+ Số liệu đến ngày 31.5. Không phát sinh"
    assert sentences(text) == (
        "Tặng 1.250 tờ gấp tại TP. Biển Xanh",
        "Mở 02 lớp",
        "Số liệu đến ngày 31.5",
        "Không phát sinh",
    )


# --- figures


def test_a_count_states_amount_difference_and_coverage() -> None:
    assert sentence(total("A1", "58", previous="61")) == (
        "Có 58 văn bản chỉ đạo đã ban hành, giảm 03 văn bản (4,92%) so với cùng kỳ năm 2023 "
        "(số liệu của 46/50 đơn vị)."
    )


def test_complete_coverage_names_nobody() -> None:
    assert sentence(complete(total("A2", "5"))) == (
        "Có 05 buổi nói chuyện chuyên đề về an toàn lao động (số liệu của 50/50 đơn vị)."
    )


def test_units_without_the_figure_are_named_while_they_are_three_at_most() -> None:
    everyone = with_states({})
    few = replace(total("A2", "5"), n=49, of=51, missing=("x01", "p02"))
    many = replace(few, n=47, missing=("x01", "x02", "x04", "p02"))
    assert "(số liệu của 49/51 đơn vị; chưa có số liệu: xã An Hải, Ban Quản lý rừng phòng hộ)." in sentence(
        few, of=everyone
    )
    assert sentence(many, of=everyone).endswith("(số liệu của 47/51 đơn vị).")


def test_many_waiting_figures_are_counted_not_named() -> None:
    written = sentence(total("C2", "902595", doubtful=("x01", "x02", "x04", "x05")))
    assert "; số liệu chờ xác minh: 04 đơn vị)." in written


def test_units_whose_figure_waits_are_named() -> None:
    written = sentence(total("C2", "902595", doubtful=("x05",)))
    assert "; số liệu chờ xác minh: xã An Trạch)." in written


def test_no_figure_is_no_zero() -> None:
    assert sentence(total("C1", None)).startswith("Số vụ tai nạn lao động: chưa có số liệu (số liệu của 0/50")
    assert "không phát sinh" not in sentence(total("C1", None)).lower()


def test_zero_is_certain_only_when_everyone_reported() -> None:
    assert sentence(total("C1", "0")).startswith("Chưa ghi nhận vụ tai nạn lao động (")
    assert sentence(complete(total("C1", "0"))).startswith("Không phát sinh vụ tai nạn lao động (")


def test_women_are_stated_with_their_share_of_the_same_units() -> None:
    parts = (total("A3", "12480"), total("A3", "7280", Sex.FEMALE), total("A3", "5200", Sex.MALE))
    assert (
        ", trong đó nữ 7.280 lượt người (chiếm 58,33%), nam 5.200 lượt người (số liệu của 46/50"
        in sentence(*parts)
    )


def test_a_part_of_other_units_has_coverage_of_its_own_and_no_share() -> None:
    written = sentence(total("D1", "40"), total("D1", "30", Sex.FEMALE, blank=("x01",)))
    assert "chiếm" not in written
    assert "trong đó nữ 30 người (số liệu của 45/50 đơn vị)" in written
    assert "(số liệu của 46/50" in written


def test_a_part_from_units_outside_the_total_is_not_said_to_be_within_it() -> None:
    written = sentence(total("D1", "20", blank=("x01", "x02")), total("D1", "30", Sex.FEMALE))
    assert "trong đó" not in written
    assert "; riêng nữ 30 người" in written


def test_a_female_figure_without_a_total_is_still_told() -> None:
    written = sentence(total("D1", None), total("D1", "30", Sex.FEMALE))
    assert "chưa có số liệu" in written
    assert "nữ 30 người" in written


def test_a_ratio_shows_its_sums_and_differs_by_points() -> None:
    written = sentence(total("B1R", "31", parts=(248, 800), previous="29.5"))
    assert written.startswith(
        "Tỷ lệ nữ đại biểu hội đồng: 31% (248/800 người), tăng 1,5 điểm phần trăm so với cùng kỳ năm 2023"
    )


def test_a_ratio_without_its_parts_is_not_stated() -> None:
    assert sentence(total("B1R", None)).startswith("Tỷ lệ nữ đại biểu hội đồng: chưa đủ số liệu để tính (")


def test_counted_units_are_a_fraction_of_those_that_answered() -> None:
    assert sentence(total("C3", "16")).startswith("Đơn vị có tủ sách pháp luật lao động: 16/46 đơn vị (")


@pytest.mark.parametrize(
    ("qualifiers", "word"),
    [
        (("trên",), "trên"),
        (("hơn", "trên"), "trên"),
        (("ước",), "ước"),
        (("trên", "gần"), "khoảng"),
        ((), "khoảng"),
    ],
)
def test_a_rough_sum_keeps_its_qualifier(qualifiers: tuple[str, ...], word: str) -> None:
    given = [
        replace(
            consolidation().values[0],
            unit=f"x0{n}",
            value=Value("D1", Sex.TOTAL, Decimal(1), "người", NOWHERE, qualifier=qualifier),
        )
        for n, qualifier in enumerate(qualifiers, 1)
    ]
    district = replace(consolidation(), values=tuple(given))
    written = sentence(total("D1", "40", approximate=True), of=district)
    assert written.startswith(f"Có {word} 40 người được khen thưởng (")


def test_rise_from_nothing_has_no_percentage() -> None:
    written = sentence(complete(total("A2", "5", previous="0")))
    assert "tăng 05 buổi so với cùng kỳ năm 2023 (cùng kỳ không phát sinh)" in written
    assert "%" not in written


def test_the_same_as_a_year_ago_is_said_to_be_the_same() -> None:
    assert ", bằng cùng kỳ năm 2023 (" in sentence(total("A2", "5", previous="5"))


def test_without_a_year_ago_nothing_is_compared() -> None:
    assert "cùng kỳ" not in sentence(total("A2", "5"))


@pytest.mark.parametrize(
    ("label", "measure", "parts"),
    [
        ("Số cuộc kiểm tra", "cuộc", ("cuộc kiểm tra", "kiểm tra")),
        ("Số cuộc", "cuộc", ("", "")),
        ("Số cuộcsống", "cuộc", ("", "")),
        ("Số tiền đã chi", "triệu đồng", ("", "")),
        ("Cán bộ chuyên trách", "người", ("", "")),
        ("Số hội viên mới", "người", ("", "")),
    ],
)
def test_only_a_label_that_counts_its_unit_of_measure_becomes_a_sentence(
    label: str, measure: str, parts: tuple[str, str]
) -> None:
    assert natural_label(Indicator("Z", label, measure)) == parts


@pytest.mark.parametrize("aggregation", list(Aggregation))
def test_every_way_of_adding_up_has_a_sentence_for_any_indicator(aggregation: Aggregation) -> None:
    indicator = Indicator("Q/../9", "Chỉ tiêu mới", "mô hình", aggregation=aggregation)
    for value in (None, Decimal(0), Decimal(7)):
        one = Total(indicator, Sex.TOTAL, value, n=1, of=2, units=("x01",), missing=("x02",))
        assert sentence(one).startswith("Chỉ tiêu mới: ")
        assert "1/2 đơn vị" in sentence(one)


def test_a_department_may_give_an_indicator_its_own_sentence(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "A1.txt").write_text("Huyện ban hành {{ f.amount }}.", "utf-8")
    district = replace(consolidation(), totals=(total("A1", "58"), total("C1", "0")))
    figures = FigureSentences(district, DocumentTemplates(tmp_path))
    assert figures.sentence(district.totals[0].indicator) == "Huyện ban hành 58 văn bản."
    assert figures.sentence(district.totals[1].indicator).startswith("Chưa ghi nhận")


def test_a_spoiled_template_is_told_by_its_name_and_what_is_wrong_with_it(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "A1.txt").write_text("Huyện ban hành {{ so_luong }}.", "utf-8")
    figures = FigureSentences(consolidation(), DocumentTemplates(tmp_path))
    with pytest.raises(DocumentTemplateError, match="so_luong") as raised:
        figures.sentence(total("A1", "58").indicator)
    said = WORDS(raised.value.key, **raised.value.places)
    assert "figures/A1.txt" in said
    assert "so_luong" in said


@pytest.mark.parametrize("text", [b"{{ 1 / 0 }}", b"{{ f.amount + 1 }}", b"S\xe8 li\xd6u"])
def test_whatever_spoils_a_template_is_a_fault_of_the_template(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "A1.txt").write_bytes(text)
    figures = FigureSentences(consolidation(), DocumentTemplates(tmp_path))
    with pytest.raises(DocumentTemplateError, match=r"figures/A1\.txt"):
        figures.sentence(total("A1", "58").indicator)


# --- opening, limits


def opening(district: Consolidation) -> str:
    return " ".join(block.text for block in report_text(district, WORDS, TEMPLATES).opening)


def test_the_opening_counts_the_units_by_state() -> None:
    written = opening(consolidation())
    assert "Tính đến 16 giờ 30 phút ngày 12/6/2024, có 46/50 đơn vị gửi báo cáo" in written
    assert "(44 đơn vị đúng hạn, 02 đơn vị chậm), đạt 92%; 03 đơn vị chưa gửi báo cáo;" in written
    assert "báo cáo của 01 đơn vị đang chờ xác minh, chưa đưa vào tổng hợp." in written
    assert "Được miễn báo cáo kỳ này 01 đơn vị: Trung tâm Phát triển quỹ đất (sáp nhập trong kỳ)." in written


def test_midnight_is_the_end_of_the_day_before() -> None:
    assert "Tính đến hết ngày 09/6/2024, có" in opening(replace(consolidation(), as_of=DUE))


def test_the_opening_sums_up_what_rose_and_fell_against_a_year_ago() -> None:
    assert (
        "So với cùng kỳ năm 2023, trong 03 chỉ tiêu so sánh được có 02 chỉ tiêu tăng, 01 chỉ tiêu giảm."
        in opening(consolidation())
    )
    assert "cùng kỳ" not in opening(replace(consolidation(), totals=(total("A2", "5"),)))


def test_the_opening_cites_the_letter_of_the_superior_and_never_our_own() -> None:
    assert opening(consolidation()).startswith("UBND huyện Thượng Ngàn báo cáo kết quả công tác an toàn")
    asked = replace(consolidated.report(), superior_order="Công văn số 399/SLĐVL ngày 28/3/2024 của Sở")
    cited = opening(replace(consolidation(), report=asked))
    assert cited.startswith("Thực hiện Công văn số 399/SLĐVL ngày 28/3/2024 của Sở, UBND huyện Thượng Ngàn")


def test_nobody_having_reported_is_said_plainly() -> None:
    nobody = with_states({unit.id: ObligationState.MISSING for unit in consolidated.units()})
    assert "chưa có đơn vị nào gửi báo cáo (0/51 đơn vị)" in opening(nobody)


def test_late_and_overdue_units_are_named_among_the_limits() -> None:
    written = body(consolidation())
    limits = written[written.index("III. KHÓ KHĂN, HẠN CHẾ") + 1]
    assert "02 đơn vị gửi báo cáo chậm so với thời hạn quy định: xã An Ngãi (02 ngày)" in limits
    assert "03 đơn vị đã quá thời hạn nhưng chưa gửi báo cáo: xã Cẩm Lạc" in limits


def test_units_whose_report_waits_are_named_among_the_limits() -> None:
    waiting = "Báo cáo của 01 đơn vị phải xác minh trước khi tổng hợp: xã Hưng Hải."
    assert waiting in body(consolidation())


def test_before_the_due_moment_nobody_is_overdue() -> None:
    early = replace(consolidation(), as_of=DUE.replace(day=8))
    assert not any("đã quá thời hạn" in text for text in body(early))


def test_limits_are_told_even_when_the_outline_has_no_section_for_them() -> None:
    report = replace(consolidated.report(), outline=consolidated.OUTLINE[:1])
    assert any(
        text.startswith("Về chế độ báo cáo:") for text in body(replace(consolidation(), report=report))
    )


def test_everyone_in_time_leaves_no_paragraph_of_limits() -> None:
    assert not any("Về chế độ báo cáo" in text for text in body(with_states({})))


# --- sections


def test_no_heading_stands_above_nothing() -> None:
    blocks = report_text(replace(with_states({}), passages=(), totals=()), WORDS, TEMPLATES).body
    for block, following in pairwise(blocks):
        if block.kind is BlockKind.HEADING and following.kind is BlockKind.HEADING:
            assert following.level > block.level
    assert blocks[-1].kind is BlockKind.TEXT


def test_headings_follow_the_ids_of_the_outline() -> None:
    def heading(section_id: str) -> Block:
        return heading_of(Section(section_id, "Kết quả"))

    assert heading("II") == Block(BlockKind.HEADING, "II. KẾT QUẢ", 1)
    assert heading("II.3") == Block(BlockKind.HEADING, "3. Kết quả", 2)
    assert heading("II.3.b") == Block(BlockKind.HEADING, "b) Kết quả", 3)
    assert heading("2.1") == Block(BlockKind.HEADING, "2.1. Kết quả", 2)


def test_every_indicator_is_told_also_one_that_no_section_claims() -> None:
    written = body(consolidation())
    assert "Các chỉ tiêu khác:" in written
    assert any("người được khen thưởng" in text for text in written)


def test_without_an_outline_the_figures_still_stand_in_the_text() -> None:
    report = replace(consolidated.report(), outline=())
    assert sum("đơn vị" in text for text in body(replace(consolidation(), report=report))) >= 9


def test_the_subject_drops_the_kind_and_carries_the_period_once() -> None:
    district = consolidation()
    assert subject_lines(district, WORDS) == (
        "Kết quả công tác an toàn lao động và việc làm của lao động nữ",
        "6 tháng đầu năm 2024",
    )
    named = replace(district.report, name="Báo cáo kết quả khuyến nông 6 tháng đầu năm 2024")
    assert subject_lines(replace(district, report=named), WORDS) == (
        "Kết quả khuyến nông",
        "6 tháng đầu năm 2024",
    )


# --- what the units wrote


def own(unit: str, text: str) -> Passage:
    return passage(unit, "III", text)


def test_sentences_that_differ_only_in_the_unit_are_one_with_both_named() -> None:
    found = gather(
        (own("x01", "Kinh phí của UBND xã An Hải còn ít."), own("x02", "Kinh phí của xã An Lạc còn ít")),
        "đơn vị",
    )
    assert [(one.text, one.names) for one in found] == [
        ("Kinh phí của đơn vị còn ít", ("xã An Hải", "xã An Lạc"))
    ]


def test_a_sentence_of_one_unit_keeps_its_words() -> None:
    (one,) = gather((own("x01", "Kinh phí của UBND xã An Hải còn ít."),), "đơn vị")
    assert one.text == "Kinh phí của UBND xã An Hải còn ít"


def test_sentences_with_other_figures_are_not_merged() -> None:
    found = gather((own("x01", "Thiếu 600 tờ gấp."), own("x02", "Thiếu 700 tờ gấp.")), "đơn vị")
    assert [one.text for one in found] == ["Thiếu 600 tờ gấp", "Thiếu 700 tờ gấp"]


def test_another_units_name_is_not_taken_for_ones_own() -> None:
    found = gather(
        (own("x01", "Đường sang xã An Lạc xấu."), own("x02", "Đường sang xã An Lạc xấu.")), "đơn vị"
    )
    assert len(found) == 2


@pytest.mark.parametrize(
    "text", ["Không.", "- Không có", "Không có kiến nghị, đề xuất.", "1. Không phát sinh", ""]
)
def test_saying_nothing_is_recognised(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize(
    "text", ["Không có kinh phí", "Không phát hiện vụ việc nào", "Chưa có cán bộ chuyên trách"]
)
def test_a_difficulty_that_begins_with_no_is_something(text: str) -> None:
    assert not says_nothing(text)


def test_a_quotation_is_whole_sentences() -> None:
    first, second = "A" + "a" * 199, "B" + "b" * 199
    assert shortened(f"{first}. {second}.") == (first, False)
    assert shortened(f"{first}.") == (first, True)
    assert shortened("C" + "c" * 400) == ("", False)


def results(*passages: Passage, values: tuple[UnitValue, ...] = (), totals: tuple[Total, ...] = ()) -> str:
    """The body of a report in which the units wrote only this, under one section."""
    district = replace(consolidation(), passages=passages, values=values, totals=totals)
    return "\n".join(body(district))


def told(unit: str, text: str) -> Passage:
    return passage(unit, "II.1", text)


def given(unit: str, code: str, value: str, text: str = "", **changes: Any) -> UnitValue:
    """A certain figure of a unit, read from the sentence `text`, else from a table."""
    method = Method.SENTENCE if text else Method.TABLE
    place = Place("bao-cao.docx", "đoạn 3", text or value)
    return UnitValue(
        unit, Value(code, Sex.TOTAL, Decimal(value), "buổi", place, method, **changes), "a1", in_scope=True
    )


def test_a_section_shows_three_highlights_at_most() -> None:
    text = results(*(told(unit, f"Mở hội thi riêng lần {n}.") for n, unit in enumerate(consolidated.SENT)))
    assert text.count("Mở hội thi riêng") == 3


def test_a_sentence_may_end_in_a_word_that_also_stands_before_numbers() -> None:
    assert sentences("Hỗ trợ hộ dân tộc thiểu số. Tăng 05 CLB. Mở lớp.") == (
        "Hỗ trợ hộ dân tộc thiểu số",
        "Tăng 05 CLB",
        "Mở lớp",
    )


def test_what_three_units_say_alike_is_one_item_with_their_names() -> None:
    text = results(*(told(unit, "Treo cờ phướn tại trụ sở.") for unit in ("x01", "x02", "x04")))
    assert "Xã An Hải, xã An Lạc, xã An Thắng Đông: Treo cờ phướn tại trụ sở." in text
    assert text.count("Treo cờ phướn") == 1


def test_many_units_that_say_alike_are_counted_by_kind() -> None:
    text = results(*(told(unit, "Treo cờ phướn.") for unit in ("tt", "x01", "x02", "x04", "x05", "x06")))
    assert "06 xã, thị trấn: Treo cờ phướn." in text
    with_office = results(*(told(unit, "Treo cờ.") for unit in ("p01", "x01", "x02", "x04", "x05", "x06")))
    assert "06 đơn vị: Treo cờ." in with_office


def test_a_sentence_whose_figure_is_in_the_totals_is_not_quoted() -> None:
    sentence_ = "Xã mở 05 buổi nói chuyện chuyên đề"
    value = given("x01", "A2", "5", sentence_ + ".")
    text = results(
        told("x01", sentence_ + ". Trạm y tế cấp túi thuốc."), values=(value,), totals=totals_of("A2")
    )
    assert "Xã An Hải: Trạm y tế cấp túi thuốc." in text
    assert sentence_ not in text


def test_a_sentence_that_repeats_the_table_is_not_quoted() -> None:
    value = given("x01", "A2", "5")
    text = results(
        told("x01", "Trong 6 tháng đầu năm 2024 có 05 buổi nói chuyện."),
        values=(value,),
        totals=totals_of("A2"),
    )
    assert "05 buổi nói chuyện." not in text


def test_an_equal_number_of_something_else_is_quoted() -> None:
    text = results(
        told("x01", "Cấp 05 túi thuốc."), values=(given("x01", "A2", "5"),), totals=totals_of("A2")
    )
    assert "Xã An Hải: Cấp 05 túi thuốc." in text


def test_a_sentence_with_a_number_the_totals_lack_is_quoted() -> None:
    sentence_ = "Mở 05 buổi nói chuyện chuyên đề và cấp 31 túi thuốc."
    value = given("x01", "A2", "5", sentence_)
    assert sentence_ in results(told("x01", sentence_), values=(value,), totals=totals_of("A2"))


def test_a_figure_kept_out_of_the_total_is_still_quoted() -> None:
    sentence_ = "Mở 05 buổi nói chuyện chuyên đề."
    outside = replace(totals_of("A2")[0], units=("x02",))
    value = given("x01", "A2", "5", sentence_)
    assert sentence_ in results(told("x01", sentence_), values=(value,), totals=(outside,))


@pytest.mark.parametrize("text", ["Mở 07 buổi nói chuyện chuyên đề.", "Có 07 buổi nói chuyện về thai sản."])
def test_a_number_that_waits_for_a_person_is_not_quoted(text: str) -> None:
    doubtful = given("x01", "A2", "5", certainty=Certainty.DOUBTFUL)
    assert text not in results(told("x01", text), values=(doubtful,), totals=totals_of("A2"))


def test_a_number_that_a_later_mail_corrected_is_not_quoted() -> None:
    corrected = replace(given("x01", "A2", "9"), archive_id="a9")
    text = "Mở 07 buổi nói chuyện chuyên đề."
    assert text not in results(told("x01", text), values=(corrected,), totals=totals_of("A2"))


def totals_of(code: str) -> tuple[Total, ...]:
    return (total(code, "5"),)


def test_numbers_of_dates_documents_and_shares_are_no_figures() -> None:
    text = "Ngày 08/3, theo Kế hoạch số 12/KH-UBND năm 2024, tặng 1.250 tờ gấp, đạt 95,5%, chi 4,5 triệu đồng"
    assert numbers_in(text) == (Decimal(1250), Decimal("4.5"))


def test_a_unit_already_quoted_gives_way_to_others() -> None:
    written = [
        passage(unit, section, f"Đã làm việc {unit}.")
        for section in ("I", "II.1")
        for unit in consolidated.SENT[:6]
    ]
    quotes = [line for line in results(*written).split("\n") if "Đã làm việc" in line]
    assert len(quotes) == len(set(quotes)) == 6


def texts(district: Consolidation) -> str:
    document = docx.Document(io.BytesIO(write_unit_texts(district, WORDS).content))
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def test_a_passage_under_an_unknown_section_is_not_lost() -> None:
    lost = passage("x01", "IX.9", "Đề án riêng của xã.")
    assert "Nội dung khác\n- Xã An Hải: Đề án riêng của xã." in texts(
        replace(consolidation(), passages=(lost,))
    )


def test_every_unit_stands_in_the_report_and_every_sentence_in_the_working_document() -> None:
    district = consolidation()
    report = full_text(district)
    assert [unit.name for unit in consolidated.units() if short_name(unit) not in report] == []
    words = texts(district)
    for number_ in range(46):
        assert f"Hoàn thành kế hoạch riêng số {number_}." in words
        assert f"đã mở {number_ + 2} buổi nói chuyện" in words


def test_the_working_document_names_all_who_say_the_same_once() -> None:
    units = ("x01", "x02", "x04", "x05", "x06", "x09", "x10")
    words = texts(replace(consolidation(), passages=tuple(told(unit, "Treo cờ phướn.") for unit in units)))
    assert words.count("Treo cờ phướn") == 1
    names = [short_name(unit) for unit in consolidated.units() if unit.id in units]
    assert f"({', '.join(names)})" in words


def test_the_working_document_is_the_same_bytes_each_time_and_needs_no_passage() -> None:
    silent = replace(consolidation(), passages=())
    assert write_unit_texts(consolidation(), WORDS) == write_unit_texts(consolidation(), WORDS)
    assert write_unit_texts(silent, WORDS).name == "NoiDungDonVi_ATLD_2024-H1.docx"
    assert "Chưa có nội dung nào" in texts(silent)


# --- where figures stand


def outlined(*sections: Section, indicators: tuple[Indicator, ...]) -> dict[str, tuple[str, ...]]:
    """Codes by section id of an outline entered as bare titles."""
    report = replace(consolidated.report(), outline=sections, indicators=indicators)
    return {section.id: section.indicators for section in placed_outline(report) if section.indicators}


def test_figures_of_a_bare_outline_stand_under_the_title_that_speaks_of_them() -> None:
    assert outlined(
        Section("I", "Công tác tuyên truyền, phổ biến"),
        Section("II", "Phòng cháy, chữa cháy"),
        indicators=(
            Indicator("Z1", "Số vụ cháy, chữa cháy kịp thời", "vụ"),
            Indicator("Z2", "Số buổi tuyên truyền", "buổi"),
        ),
    ) == {"I": ("Z2",), "II": ("Z1",)}


def test_an_indicator_without_a_word_in_common_follows_its_group_and_a_ratio_its_numerator() -> None:
    rule = RatioRule(Figure("Z2", Sex.FEMALE), Figure("Z2"))
    found = outlined(
        Section("I", "Tuyên truyền"),
        Section("II", "Vệ sinh thực phẩm"),
        indicators=(
            Indicator("Z1", "Số buổi tuyên truyền", "buổi", group="A"),
            Indicator("Z2", "Lượt khách dự", "lượt", group="A"),
            Indicator("Z2R", "Tỷ lệ khách nữ", "%", aggregation=Aggregation.RATIO, ratio=rule),
        ),
    )
    assert found == {"I": ("Z1", "Z2", "Z2R")}


def test_a_bare_code_of_a_group_may_be_the_initials_of_one_title_only() -> None:
    lone = (Indicator("Z1", "Lượt khách", "lượt", group="VS"),)
    assert outlined(Section("I", "Vệ sinh"), Section("II", "Tuyên truyền"), indicators=lone) == {"I": ("Z1",)}
    assert outlined(Section("I", "Vệ sinh"), Section("II", "Văn sử"), indicators=lone) == {}


def test_an_indicator_two_titles_claim_alike_is_left_with_the_others() -> None:
    torn = (Indicator("Z1", "Kiểm tra vệ sinh", "cuộc"),)
    assert outlined(Section("I", "Vệ sinh"), Section("II", "Kiểm tra"), indicators=torn) == {}


def test_an_outline_that_names_its_indicators_is_left_as_it_is() -> None:
    placed = placed_outline(consolidated.report())
    assert [section.indicators for section in placed] == [s.indicators for s in consolidated.OUTLINE]


def test_the_words_of_the_whole_report_place_nothing() -> None:
    everywhere = (Indicator("Z1", "Hội nghị về an toàn lao động", "hội nghị"),)
    sections = (Section("I", "Văn bản về an toàn lao động"), Section("II", "Kinh phí"))
    assert outlined(*sections, indicators=everywhere) == {}


def test_where_one_section_alone_is_for_results_every_figure_stands_there() -> None:
    sections = (Section("I", "Kết quả công tác"), Section("II", "Khó khăn, vướng mắc"))
    anything = (Indicator("Z1", "Số đơn tiếp nhận", "đơn"),)
    assert outlined(*sections, indicators=anything) == {"I": ("Z1",)}


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Khó khăn, vướng mắc", SectionRole.DIFFICULTIES),
        ("Tồn tại, hạn chế và nguyên nhân", SectionRole.DIFFICULTIES),
        ("PHƯƠNG HƯỚNG 6 THÁNG CUỐI NĂM", SectionRole.PLANS),
        ("Những kiến nghị, đề xuất", SectionRole.PROPOSALS),
        ("Kết quả thực hiện nhiệm vụ", SectionRole.RESULTS),
        ("Giải quyết kiến nghị của cử tri", SectionRole.RESULTS),
    ],
)
def test_a_title_tells_what_its_section_is_for(title: str, role: SectionRole) -> None:
    report = replace(consolidated.report(), outline=(Section("I", title), Section("I.1", "Cấp xã")))
    assert [section.role for section in placed_outline(report)] == [role, role]


@pytest.mark.parametrize(("group", "heading"), [("VB", ""), ("TT2", ""), ("1", ""), ("Y tế", "Y tế")])
def test_a_bare_code_is_no_heading(group: str, heading: str) -> None:
    assert group_heading(group) == heading


def test_the_share_of_women_is_not_said_twice() -> None:
    parts = (total("B1", "800"), total("B1", "248", Sex.FEMALE), total("B1R", "31", parts=(248, 800)))
    text = "\n".join(body(replace(consolidation(), totals=parts)))
    assert "trong đó nữ 248 người (chiếm 31%)" in text
    assert "Tỷ lệ nữ đại biểu hội đồng" not in text


def test_a_ratio_of_other_units_than_the_share_is_told() -> None:
    women = total("B1", "248", Sex.FEMALE, blank=("x01",))
    parts = (total("B1", "800"), women, total("B1R", "32", parts=(248, 775)))
    assert "Tỷ lệ nữ đại biểu hội đồng: 32%" in "\n".join(body(replace(consolidation(), totals=parts)))


def test_a_committee_has_no_superior_line() -> None:
    office = consolidated.department()
    committee = replace(office, parent_authority="UBND tỉnh Hồng Giang")
    section = replace(committee, issuer="Phòng Lao động và Việc làm")
    assert head_of(committee, "BC", 2024, WORDS).superior == ""
    assert head_of(section, "BC", 2024, WORDS).superior == "UBND TỈNH HỒNG GIANG"


@pytest.mark.parametrize(
    ("superior", "name", "line"),
    [
        ("UBND tỉnh Hồng Giang", "Sở Nội vụ tỉnh Hồng Giang", "SỞ NỘI VỤ"),
        ("Ủy ban nhân dân huyện Thượng Ngàn", "Phòng Y tế huyện Thượng Ngàn", "PHÒNG Y TẾ"),
        ("UBND tỉnh Hồng Giang", "Sở Nội vụ", "SỞ NỘI VỤ"),
        ("Bộ Nội vụ", "Vụ Bình đẳng giới", "VỤ BÌNH ĐẲNG GIỚI"),
        ("UBND tỉnh Hồng Giang", "Sở Nội vụ tỉnh Hồng Hà", "SỞ NỘI VỤ TỈNH HỒNG HÀ"),
    ],
)
def test_an_office_does_not_name_the_area_that_the_line_above_it_names(
    superior: str, name: str, line: str
) -> None:
    office = replace(consolidated.department(), parent_authority=superior, issuer=name, name=name)
    assert head_of(office, "BC", 2024, WORDS).issuer == (line,)
    assert own_head(office, WORDS).issuer == (line,)


def test_hostile_text_becomes_plain_text() -> None:
    strange = passage("x01", "II.1", "{{ 7*7 }} <w:p/>\x00 & {% raw %} =1+1.")
    district = replace(consolidation(), passages=(strange,))
    assert "{{ 7*7 }} <w:p/> & {% raw %} =1+1" in full_text(district)
    assert faults(write_report(district, WORDS).content) == []


# --- the document


def test_annex_one_holds_every_indicator_with_coverage_and_leaves_blanks_blank() -> None:
    document = docx.Document(io.BytesIO(write_report(consolidation(), WORDS).content))
    table = next(t for t in document.tables if t.rows[0].cells[0].text == "TT")
    rows = {row.cells[1].text: [cell.text for cell in row.cells] for row in table.rows}
    assert rows["Số lượt người dự nói chuyện chuyên đề"][2:8] == [
        "lượt người",
        "12.480",
        "5.200",
        "7.280",
        "10.000",
        "46/50",
    ]
    assert rows["Kinh phí đã cấp"][2:4] == ["triệu đồng", "902,595"]
    assert rows["Số vụ tai nạn lao động"][3:6] == ["0", "x", "x"]
    assert rows["Số người được khen thưởng"][3:6] == ["trên 40", "", "30"]
    assert rows["Số người được khen thưởng"][7] == "tổng số 46/50; nam 0/50; nữ 45/50"


def rows_of_annex_two(district: Consolidation) -> list[list[str]]:
    document = docx.Document(io.BytesIO(write_report(district, WORDS).content))
    table = document.tables[-1]
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_one_due_moment_for_all_stands_above_annex_two_and_several_in_a_column() -> None:
    assert "(Thời hạn gửi báo cáo: trước ngày 10/6/2024)" in full_text(consolidation())
    assert "Thời hạn" not in rows_of_annex_two(consolidation())[0]
    first, *others = consolidation().standings
    extended = replace(consolidation(), standings=(replace(first, due=DUE.replace(day=20)), *others))
    head, _, township, _, commune, *_ = rows_of_annex_two(extended)
    assert head[4] == "Thời hạn"
    assert (township[4], commune[4]) == ("trước 20/6/2024", "trước 10/6/2024")


def test_a_report_without_anything_is_still_a_document() -> None:
    empty = replace(consolidation(), standings=(), values=(), totals=(), passages=())
    assert faults(write_report(empty, WORDS).content) == []


def test_a_department_of_a_whole_province_is_written_in_seconds() -> None:
    many = consolidation()
    units = [
        replace(s, unit=replace(s.unit, id=f"{s.unit.id}-{n}")) for n in range(12) for s in many.standings
    ]
    began = time.monotonic()
    write_report(replace(many, standings=tuple(units)), WORDS)
    assert time.monotonic() - began < 20


def test_the_file_is_named_after_report_and_period() -> None:
    odd = replace(consolidation(), report=replace(consolidated.report(), id="a/../b c"))
    assert write_report(consolidation(), WORDS).name == "BaoCao_ATLD_2024-H1.docx"
    assert write_report(odd, WORDS).name == "BaoCao_a-..-b-c_2024-H1.docx"


def test_the_moment_is_that_of_the_department_not_of_the_host() -> None:
    assert AS_OF.tzinfo is ZONE
    shifted = replace(consolidation(), as_of=AS_OF.astimezone())
    assert write_report(shifted, WORDS).content == write_report(consolidation(), WORDS).content


def test_difficulties_plans_and_proposals_have_their_own_introduction() -> None:
    roles = {role.value for role in SectionRole} - {"results"}
    assert all(WORDS.has(f"documents.gathered_{role}") for role in roles)


def test_documents_are_vietnamese_whatever_language_the_desk_speaks() -> None:
    english = write_report(consolidation(), Wording("en"))
    assert english == write_report(consolidation(), WORDS)


def test_a_unit_that_names_itself_to_say_nothing_says_nothing() -> None:
    unit = next(u for u in consolidated.units() if u.id == "x01")
    assert says_nothing("Hiện nay, UBND xã An Hải không có kiến nghị, đề xuất.", unit)
    assert says_nothing("Xã An Hải chưa có đề xuất gì thêm", unit)
    assert not says_nothing("Xã An Lạc không có kiến nghị", unit)
    assert not says_nothing("Xã An Hải chưa có kinh phí", unit)


def test_few_units_without_a_report_are_named_with_each_figure() -> None:
    few = with_states({"x07": ObligationState.MISSING, "x11": ObligationState.NEEDS_REVIEW})
    one = replace(total("A1", "58"), n=49, of=51, missing=("x07", "x11"))
    assert sentence(one, of=few) == (
        "Có 58 văn bản chỉ đạo đã ban hành "
        "(số liệu của 49/51 đơn vị; chưa có số liệu: xã Cẩm Lạc, xã Hưng Hải)."
    )


# --- figures nobody reported


def nobody(code: str, sex: Sex = Sex.TOTAL) -> Total:
    """A total no unit gave, in a district where every unit reported in time."""
    everyone = tuple(unit.id for unit in consolidated.units())
    return replace(total(code, None, sex), of=51, missing=everyone)


def test_figures_nobody_reported_are_named_together_at_the_end_of_their_section() -> None:
    totals = (nobody("A2"), total("A3", "12"), nobody("C1"), nobody("C2"))
    written = body(replace(with_states({}), totals=totals, values=(), passages=()))
    start = written.index("1. Tuyên truyền, phổ biến")
    assert written[start + 1].startswith("Có 12 lượt người dự nói chuyện chuyên đề (")
    assert written[start + 2] == (
        "Chưa có đơn vị nào báo cáo số liệu về: số buổi nói chuyện chuyên đề về an toàn lao động."
    )
    assert "Chưa có đơn vị nào báo cáo số liệu về: số vụ tai nạn lao động; kinh phí đã cấp." in written
    assert not any("0/51" in text for text in written)


def test_while_a_report_waits_nobody_is_said_only_of_the_reports_that_count() -> None:
    waiting = replace(with_states({"x01": ObligationState.NEEDS_REVIEW}), totals=(nobody("C1"),))
    assert (
        "Trong các báo cáo đã tổng hợp, chưa có đơn vị nào báo cáo số liệu về: số vụ tai nạn lao động."
        in body(waiting)
    )


def test_a_figure_that_waits_or_came_from_outside_is_not_said_to_be_reported_by_nobody() -> None:
    doubtful = replace(nobody("C1"), doubtful=("x01",))
    outside = replace(given("x01", "C1", "2"), in_scope=False)
    for district in (
        replace(with_states({}), totals=(doubtful,)),
        replace(with_states({}), totals=(nobody("C1"),), values=(outside,)),
    ):
        text = "\n".join(body(district))
        assert "Số vụ tai nạn lao động: chưa có số liệu (số liệu của 0/51 đơn vị" in text
        assert "Chưa có đơn vị nào" not in text


def test_a_ratio_of_figures_nobody_reported_goes_with_them_and_any_other_stays() -> None:
    gone = (nobody("B1"), nobody("B1", Sex.FEMALE), nobody("B1R"))
    text = "\n".join(body(replace(with_states({}), totals=gone)))
    assert "Chưa có đơn vị nào báo cáo số liệu về: đại biểu hội đồng đương nhiệm." in text
    assert "Tỷ lệ nữ đại biểu hội đồng" not in text
    apart = (total("B1", "800"), nobody("B1", Sex.FEMALE), nobody("B1R"))
    assert "Tỷ lệ nữ đại biểu hội đồng: chưa đủ số liệu để tính (" in "\n".join(
        body(replace(with_states({}), totals=apart))
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Vụ cháy rừng", "vụ cháy rừng"),
        ("Hội Làm vườn có trụ sở", "Hội Làm vườn có trụ sở"),
        ("HTX kiểu mới", "HTX kiểu mới"),
        ("Ca", "ca"),
        ("", ""),
    ],
)
def test_within_a_sentence_a_label_begins_small_unless_it_begins_with_a_name(text: str, written: str) -> None:
    assert inside(text) == written


# --- figures of one sex


def of_one_sex(label: str, sex: Sex = Sex.FEMALE, value: str | None = "412") -> str:
    """The sentence of an indicator asked of one sex alone."""
    indicator = Indicator("Z1", label, "hộ", sexes=(sex,))
    gave = tuple(unit.id for unit in consolidated.units())[:40]
    missing = tuple(unit.id for unit in consolidated.units())[40:]
    number_ = None if value is None else Decimal(value)
    return sentence(Total(indicator, sex, number_, n=40, of=51, units=gave, missing=missing))


def test_a_figure_asked_of_women_alone_is_told_like_any_other() -> None:
    assert of_one_sex("Phụ nữ được vay vốn làm vườn") == (
        "Phụ nữ được vay vốn làm vườn: 412 hộ (số liệu của 40/51 đơn vị)."
    )
    assert of_one_sex("Phụ nữ được vay vốn làm vườn", value="0").startswith(
        "Phụ nữ được vay vốn làm vườn: chưa ghi nhận phát sinh ("
    )


@pytest.mark.parametrize(
    ("label", "sex", "begins"),
    [
        ("Số hộ được vay vốn", Sex.FEMALE, "Số hộ được vay vốn (nữ): 412 hộ ("),
        ("Hộ vay vốn qua Hội Phụ nữ", Sex.FEMALE, "Hộ vay vốn qua Hội Phụ nữ (nữ): 412 hộ ("),
        ("Hộ Việt Nam ở nước ngoài", Sex.MALE, "Hộ Việt Nam ở nước ngoài (nam): 412 hộ ("),
        ("Hộ nghèo (nữ: do phụ nữ làm chủ hộ)", Sex.FEMALE, "Hộ nghèo (do phụ nữ làm chủ hộ): 412 hộ ("),
        ("Số hộ có chủ là nam", Sex.MALE, "Có 412 hộ có chủ là nam ("),
    ],
)
def test_a_label_that_does_not_say_whom_it_counts_is_given_the_sex(label: str, sex: Sex, begins: str) -> None:
    assert of_one_sex(label, sex).startswith(begins)


def test_a_figure_of_women_alone_is_compared_with_a_year_ago_in_text_and_annex() -> None:
    indicator = replace(consolidated.INDICATORS[0], label="Phụ nữ đi học", sexes=(Sex.FEMALE,))
    one = replace(total("A1", "58", Sex.FEMALE, previous="61"), indicator=indicator)
    report = replace(consolidated.report(), indicators=(indicator,))
    district = replace(consolidation(), report=report, totals=(one,))
    assert "giảm 03 văn bản (4,92%) so với cùng kỳ năm 2023" in "\n".join(body(district))
    assert "trong 01 chỉ tiêu so sánh được có 01 chỉ tiêu giảm" in opening(district)
    document = docx.Document(io.BytesIO(write_report(district, WORDS).content))
    (row,) = [r for t in document.tables for r in t.rows if r.cells[1].text == "Phụ nữ đi học"]
    assert [cell.text for cell in row.cells][3:7] == ["x", "58", "61", "46/50"]


def test_annex_one_has_no_columns_of_men_and_women_where_nobody_asks_for_them() -> None:
    indicator = replace(consolidated.INDICATORS[0], label="Số đơn tiếp nhận", sexes=(Sex.TOTAL,))
    report = replace(consolidated.report(), indicators=(indicator,))
    district = replace(consolidation(), report=report, totals=())
    document = docx.Document(io.BytesIO(write_report(district, WORDS).content))
    table = next(t for t in document.tables if t.rows[0].cells[0].text == "TT")
    head = [cell.text for cell in table.rows[0].cells]
    assert "Tổng số" in head
    assert not {"Nam", "Nữ"} & set(head)


def test_a_deadline_that_counts_its_day_is_told_by_that_day() -> None:
    first_late = datetime(2026, 12, 21, tzinfo=ZONE)
    assert due(first_late, ZONE, WORDS, "chậm nhất ngày 20 hằng tháng") == "chậm nhất ngày 20/12/2026"
    assert due(first_late, ZONE, WORDS, "trước ngày 21/12") == "trước ngày 21/12/2026"


def test_without_a_total_each_coverage_stands_once() -> None:
    women, men = total("D1", "30", Sex.FEMALE), total("D1", "12", Sex.MALE)
    assert sentence(total("D1", None), women, men) == (
        "Số người được khen thưởng: chưa có số liệu tổng số; "
        "riêng nữ 30 người, nam 12 người (số liệu của 46/50 đơn vị)."
    )
    assert sentence(women, men) == (
        "Số người được khen thưởng: nữ 30 người, nam 12 người (số liệu của 46/50 đơn vị)."
    )
    fewer = total("D1", "12", Sex.MALE, blank=("x01",))
    assert "nữ 30 người (số liệu của 46/50 đơn vị), nam 12 người (số liệu của 45/50" in sentence(women, fewer)


def test_notes_of_a_label_say_what_its_parts_count() -> None:
    def noted(label: str) -> str:
        indicator = replace(total("A3", "1").indicator, label=label, unit_of_measure="cơ sở")
        parts = (total("A3", "120"), total("A3", "35", Sex.FEMALE), total("A3", "85", Sex.MALE))
        return sentence(*(replace(part, indicator=indicator) for part in parts))

    assert noted("Cơ sở may (nữ: do nữ làm giám đốc, chủ)").startswith(
        "Cơ sở may: 120 cơ sở, trong đó do nữ làm giám đốc, chủ 35 cơ sở (chiếm 29,17%), nam 85 cơ sở ("
    )
    assert noted("Số cơ sở may (nam: thợ cả; nữ: thợ chính) mới mở").startswith(
        "Có 120 cơ sở may mới mở, trong đó thợ chính 35 cơ sở (chiếm 29,17%), thợ cả 85 cơ sở ("
    )
    assert noted("Cơ sở may (cả tổ hợp)").startswith("Cơ sở may (cả tổ hợp): 120 cơ sở, trong đó nữ 35")


# --- annex I, last column


def last_cell(one: Total, of: Consolidation | None = None) -> str:
    """Who lacks the figure, as Annex I says it."""
    district = replace(of or consolidation(), totals=(one,), values=())
    document = docx.Document(io.BytesIO(write_report(district, WORDS).content))
    (row,) = [r for t in document.tables for r in t.rows if r.cells[1].text == one.indicator.label]
    return str(row.cells[-1].text)


def test_annex_one_names_five_units_at_most_and_counts_the_others() -> None:
    blank = ("x01", "x02", "x04", "x05", "x06", "x09", "x10")
    assert last_cell(total("A1", "5", blank=blank)) == (
        "xã An Hải, xã An Lạc, xã An Thắng Đông, xã An Trạch, xã Cẩm Hải và 02 đơn vị khác; "
        "04 đơn vị chưa có báo cáo"
    )
    assert last_cell(total("A1", "5", doubtful=blank)).endswith(
        "; chờ xác minh: xã An Hải, xã An Lạc, xã An Thắng Đông, xã An Trạch, xã Cẩm Hải và 02 đơn vị khác"
    )


def test_annex_one_names_nobody_where_nobody_gave_the_figure() -> None:
    assert last_cell(nobody("A1"), with_states({})) == "chưa đơn vị nào có số liệu"
    doubtful = replace(nobody("A1"), doubtful=("x01",))
    assert last_cell(doubtful, with_states({})) == "chưa đơn vị nào có số liệu; chờ xác minh: xã An Hải"
