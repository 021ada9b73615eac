"""The annex: LibreOffice recalculates every formula to the stored value, and hostile text stays text."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from config.loader import load_regime
from config.reports import Aggregation, Figure, Grade, Indicator, RatioRule, Sex
from config.shipped import copy_regime, shipped_regimes
from config.wording import Wording
from consolidate.period import consolidate
from consolidate.writers.annex import write_annex
from consolidate.writers.workbook_bytes import lines_needed, plain_text
from ledger.records import Certainty, Finding, Method, ObligationState, Place, Role
from tests.builders_consolidate import (
    LATER,
    PERIOD,
    REPORT,
    at,
    gives,
    hands_in,
    key,
    owes,
    received,
    regime,
    unit,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import StrEnum
    from pathlib import Path

    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from config.regime import Regime
    from config.reports import ReportDefinition
    from consolidate.consolidation import Consolidation
    from ledger.records import Submission

HOSTILE = ("=cmd|' /C calc'!A0", "+1", "@x", "-1+2", "＝1+1", "http://example.vn/", "\t=1", '=HYPERLINK("x")')
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""

UNITS = [
    unit("a", name="UBND xã Tân Phú"),
    unit("b", name="UBND xã Đồng Tiến"),
    unit("c", name="UBND xã Quang Minh"),
    unit("d", name="UBND xã An Hòa"),
    unit("o", "office", "Phòng Thống kê huyện Bình Sơn"),
]
# A ratio for communes alone, over parts that offices give too: the formula must leave offices out.
OF_COMMUNES = Indicator(
    "CB2R",
    "Tỷ lệ nữ cán bộ xã (riêng các xã)",
    "%",
    aggregation=Aggregation.RATIO,
    reported_by=frozenset({"commune"}),
    ratio=RatioRule(Figure("CB1", Sex.FEMALE), Figure("CB1"), decimals=1),
)
FEW = replace(
    OF_COMMUNES,
    code="CB3R",
    label="Tỷ lệ không nêu vì mẫu số nhỏ",
    reported_by=frozenset(),
    ratio=RatioRule(Figure("CB1", Sex.FEMALE), Figure("CB1"), least_denominator=Decimal(1000)),
)
# Ratios of another field: to a thousand heads, of a part to a whole, over a figure of men.
OF_SHARES = replace(
    REPORT,
    indicators=(
        *REPORT.indicators,
        replace(FEW, code="S1", ratio=RatioRule(Figure("KP1"), Figure("TT2"), Decimal(1000), 3)),
        replace(FEW, code="S2", ratio=RatioRule(Figure("TT2", Sex.MALE), Figure("TT2", Sex.FEMALE))),
        replace(OF_COMMUNES, code="S3", ratio=RatioRule(Figure("MH1"), Figure("CB1"), decimals=0)),
    ),
)
WIDE = replace(REPORT, indicators=(*REPORT.indicators, OF_COMMUNES, FEW))
MAILS = (
    hands_in(
        "a",
        "2023-06-01T08:00",
        gives("TT1", 12),
        gives("TT2", 560),
        gives("TT2", 310, Sex.FEMALE),
        gives("CB1", 25),
        gives("CB1", 8, Sex.FEMALE),
        gives("MH1", 1),
        gives("KP1", "12.5"),
    ),
    hands_in(
        "b",
        "2023-06-05T00:00",
        gives("TT1", 300, doubtful=True, reason="parts_differ"),
        gives("CB1", 21, qualifier="khoảng"),
        gives("CB1", 7, Sex.FEMALE),
        gives("MH1", 0),
        gives("KP1", "1234567.25"),
    ),
    hands_in(
        "c",
        "2023-06-02T08:00",
        gives("CB1", 30),
        gives("CB1", 9, Sex.FEMALE, doubtful=True),
        gives("TT2", 12345),
    ),
    hands_in(
        "o",
        "2023-06-03T08:00",
        gives("TT1", 0),
        gives("CB1", 6),
        gives("CB1", 6, Sex.FEMALE),
        gives("KP1", 99),
    ),
)


def whole(
    submissions: Sequence[Submission] = MAILS, report: ReportDefinition = WIDE, *, days: int = 0
) -> Consolidation:
    return consolidate(
        regime(UNITS, report),
        report,
        PERIOD,
        [owes(each.id) for each in UNITS],
        submissions,
        {key("d"): (("w", at("2023-06-04T08:00")),)},
        [received("d", "2023-06-03T09:00")],
        LATER + timedelta(days=days),
        {Figure("TT1"): Decimal(20)},
    )


def annex(consolidation: Consolidation) -> bytes:
    return write_annex(consolidation, Wording()).content


def opened(content: bytes, *, values: bool = False) -> Workbook:
    return load_workbook(io.BytesIO(content), data_only=values)


def recalculated(content: bytes, folder: Path) -> Workbook:
    """The book after LibreOffice computed every formula anew, in a profile of its own."""
    (folder / "annex.xlsx").write_bytes(content)
    [computed] = recalculated_files([folder / "annex.xlsx"], folder)
    return computed


def recalculated_files(files: Sequence[Path], folder: Path) -> list[Workbook]:
    """Several books by one start of LibreOffice."""
    office = shutil.which("soffice")
    assert office, "LibreOffice is needed to prove that the formulas hold"
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE, "utf-8")
    subprocess.run(
        [
            office,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(folder / "out"),
            *map(str, files),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return [load_workbook(folder / "out" / file.name, data_only=True) for file in files]


def formulas(book: Workbook) -> dict[tuple[str, str], str]:
    return {
        (sheet.title, cell.coordinate): str(cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def require_the_same(content: bytes, computed: Workbook) -> None:
    """Every formula's stored value is what LibreOffice computed."""
    stored = opened(content, values=True)
    for sheet, cell in formulas(opened(content)):
        before, after = stored[sheet][cell].value, computed[sheet][cell].value
        if isinstance(before, int | float):
            assert after == pytest.approx(before, abs=1e-9), (sheet, cell)
        else:
            assert (after or None) == (before or None), (sheet, cell)


def filled(office: Regime, report: ReportDefinition) -> Consolidation:
    """A round of a report in which most units gave most figures, some in doubt, some with decimals."""
    owing = [
        each
        for each in office.units
        if each.id in report.owed_by_units or (not report.owed_by_units and each.kind in report.owed_by_kinds)
    ]
    owing = [
        one for kind in office.unit_kinds for one in [each for each in owing if each.kind == kind.id][:4]
    ]
    asked = [Figure(each.code, sex) for each in report.indicators if each.ratio is None for sex in each.sexes]
    target = replace(key("x"), report=report.id)
    handed = [
        hands_in(
            one.id,
            "2023-06-01T08:00",
            *(
                gives(
                    each.indicator, f"{(7 * at + 13 * n) % 90}.{n % 3}", each.sex, doubtful=(at + n) % 11 == 0
                )
                for n, each in enumerate(asked)
                if (3 * at + n) % 5
            ),
        )
        for at, one in enumerate(owing)
        if at % 4 != 2
    ]
    return consolidate(
        office,
        report,
        PERIOD,
        [replace(owes(each.id), key=replace(target, unit=each.id)) for each in owing],
        [replace(each, key=replace(each.key, report=report.id)) for each in handed],
        {},
        [],
        LATER,
        {each: Decimal(n) for n, each in enumerate(asked) if n % 2},
    )


def row_of(sheet: Worksheet, text: str) -> tuple[Any, ...]:
    """The values of the row that holds the text."""
    [row] = [row for row in sheet.iter_rows(values_only=True) if text in row]
    return row


class TestLibreOfficeRecalculates:
    def test_every_formula_to_the_stored_value(self, tmp_path: Path) -> None:
        content = annex(whole())
        assert len(formulas(opened(content))) > 30
        require_the_same(content, recalculated(content, tmp_path))

    def test_every_formula_of_other_offices_too(self, tmp_path: Path) -> None:
        """Every report of the regimes that are shipped, and of one whose ratios are of everything else."""
        for name in shipped_regimes():
            copy_regime(name, tmp_path / name)
        shipped = (load_regime(tmp_path / name) for name in shipped_regimes())
        offices = (*shipped, regime(UNITS, OF_SHARES))
        asked = {report.indicators: (office, report) for office in offices for report in office.reports}
        files = [tmp_path / f"{number}.xlsx" for number, _ in enumerate(asked)]
        for file, (office, report) in zip(files, asked.values(), strict=True):
            file.write_bytes(annex(filled(office, report)))
        assert len(files) >= 4
        for file, computed in zip(files, recalculated_files(files, tmp_path), strict=True):
            require_the_same(file.read_bytes(), computed)

    def test_a_figure_typed_over_a_doubtful_one_into_the_totals(self, tmp_path: Path) -> None:
        book = opened(annex(whole()))  # openpyxl keeps no stored values: what comes back was computed
        [doubtful] = [cell for row in book["Số liệu đơn vị"] for cell in row if cell.value == "300 (?)"]
        doubtful.value = 5
        edited = io.BytesIO()
        book.save(edited)
        totals = recalculated(edited.getvalue(), tmp_path)["Tổng hợp"]
        row = row_of(totals, "Số buổi nói chuyện chuyên đề")
        assert (row[3], row[6]) == (17, "3/5")


class TestTheTotals:
    def test_they_are_formulas_that_carry_the_value(self) -> None:
        content = annex(whole())
        live, stored = opened(content)["Tổng hợp"], opened(content, values=True)["Tổng hợp"]
        label = "Số buổi nói chuyện chuyên đề"
        assert str(row_of(live, label)[3]).startswith("=IF(COUNT('Số liệu đơn vị'!")
        assert row_of(stored, label)[3:8] == (12, "x", "x", "2/5", 20)

    def test_columns_of_men_and_women_stand_there_only_where_somebody_asks(self) -> None:
        plain = [each for each in WIDE.indicators if each.sexes == (Sex.TOTAL,) and each.ratio is None]
        report = replace(WIDE, indicators=tuple(plain), checks=())
        head = [cell.value for cell in opened(annex(whole(report=report)))["Tổng hợp"][5]]
        assert head[2:5] == ["Đơn vị tính", "Tổng số", "Số đơn vị có số liệu"]

    def test_a_column_of_the_year_before_stands_there_only_where_a_figure_of_it_is_known(self) -> None:
        for totals, is_there in (
            (whole().totals, True),
            (tuple(replace(each, previous=None) for each in whole().totals), False),
        ):
            sheet = opened(annex(replace(whole(), totals=totals)))["Tổng hợp"]
            head = [cell.value for cell in sheet[5]]
            assert ("Cùng kỳ năm trước" in head) == is_there
            assert head[-1] == "Ghi chú"

    def test_rows_are_numbered_through_all_sections_as_in_the_report(self) -> None:
        totals = opened(annex(whole()))["Tổng hợp"]
        first = [row[0] for row in totals.iter_rows(min_row=6, values_only=True)]
        numbers = [each for each in first if isinstance(each, int)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) == len(WIDE.indicators)

    def test_coverage_is_stated_for_each_sex_where_it_differs(self) -> None:
        totals = opened(annex(whole()), values=True)["Tổng hợp"]
        assert row_of(totals, "Số lượt người dự")[6] == "2/5; nam 1/5; nữ 1/5"

    def test_a_ratio_is_over_units_that_gave_both_and_of_kinds_that_count(self) -> None:
        totals = opened(annex(whole()), values=True)["Tổng hợp"]
        # (8 + 7 + 6) / (25 + 21 + 6) with the office, (8 + 7) / (25 + 21) without; c's women are doubtful
        assert row_of(totals, "Tỷ lệ nữ cán bộ xã")[3] == 40.38
        assert row_of(totals, "Tỷ lệ nữ cán bộ xã (riêng các xã)")[3] == 32.6

    def test_what_waits_and_what_lacks_is_named_beside_the_total(self) -> None:
        note = row_of(opened(annex(whole()))["Tổng hợp"], "Số buổi nói chuyện chuyên đề")[8]
        waits, lacks = "UBND xã Đồng Tiến", "UBND xã Quang Minh, UBND xã An Hòa"
        assert note == f"Chờ xác minh, chưa cộng: {waits}. Chưa có số liệu: {lacks}."

    def test_many_units_without_a_report_are_counted_and_a_figure_nobody_gave_is_said_so(self) -> None:
        ids = [each.id for each in UNITS]
        for mails, note in (
            (MAILS[:1], "04 đơn vị chưa có báo cáo được tổng hợp."),
            ((), "Chưa đơn vị nào có số liệu."),
        ):
            one = consolidate(regime(UNITS, WIDE), WIDE, PERIOD, map(owes, ids), mails, {}, [], LATER)
            assert row_of(opened(annex(one))["Tổng hợp"], "Số buổi nói chuyện chuyên đề")[-1] == note

    def test_a_total_of_nothing_is_blank_and_not_zero(self, tmp_path: Path) -> None:
        content = annex(whole(()))
        row = row_of(recalculated(content, tmp_path)["Tổng hợp"], "Kinh phí")
        assert (row[3] or "", row[6]) == ("", "0/4")

    def test_rows_stand_under_the_sections_of_the_outline(self) -> None:
        totals = opened(annex(whole()))["Tổng hợp"]
        first = [row[0] for row in totals.iter_rows(min_row=6, values_only=True)]
        assert [each for each in first if isinstance(each, str)] == [
            "I. Tuyên truyền",
            "II. Cán bộ",
            "Chỉ tiêu khác",
        ]

    def test_sections_stand_in_the_order_of_the_outline_however_the_indicators_are_listed(self) -> None:
        totals = opened(annex(replace(whole(), totals=tuple(reversed(whole().totals)))))["Tổng hợp"]
        first = [row[0] for row in totals.iter_rows(min_row=6, values_only=True)]
        assert [each for each in first if isinstance(each, str)][:2] == ["I. Tuyên truyền", "II. Cán bộ"]

    def test_a_group_that_is_a_bare_code_heads_no_rows(self) -> None:
        totals = [replace(each, indicator=replace(each.indicator, group="XY")) for each in whole().totals]
        book = opened(annex(replace(whole(), totals=tuple(totals), report=replace(REPORT, outline=()))))
        assert "XY" not in [row[0] for row in book["Tổng hợp"].iter_rows(values_only=True)]

    def test_a_due_day_is_told_as_the_letter_tells_it(self) -> None:
        due = whole().standings[0].due
        assert due is not None
        midnight = replace(whole().standings[0], due=due.replace(hour=0, minute=0))
        sheet = opened(annex(replace(whole(), standings=(midnight,))))["Tình hình gửi báo cáo"]
        assert row_of(sheet, midnight.unit.name)[3].startswith("trước ")


class TestTheFindings:
    def rows(self, *findings: Finding) -> list[tuple[Any, ...]]:
        sheet = opened(annex(replace(whole(), findings=findings)))["Nội dung cần kiểm tra"]
        return list(sheet.iter_rows(min_row=4, values_only=True))

    def test_each_stands_with_unit_indicator_grade_sentence_and_place(self) -> None:
        unit, indicator = whole().regime.units[0], REPORT.indicators[0]
        where = Place("bieu.xlsx", "trang tính Biểu 1, ô D12", "-3")
        told = {"unit": unit.id, "indicator": indicator.code, "label": indicator.label, "text": "-3"}
        [row] = self.rows(Finding("negative_number", Grade.ERROR, where, told))
        assert row == (
            1,
            unit.name,
            f"{indicator.code} - {indicator.label}",
            "Lỗi",
            f"Chỉ tiêu “{indicator.label}”: số liệu âm (-3).",
            "bieu.xlsx",
            "trang tính Biểu 1, ô D12",
            "-3",
        )

    def test_the_gravest_come_first_and_what_is_said_alike_once(self) -> None:
        note, fault = (
            Finding("hidden_not_read", grade, None, {"table": table})
            for grade, table in ((Grade.NOTE, "B"), (Grade.ERROR, "A"))
        )
        assert [(row[0], row[3]) for row in self.rows(note, fault, note)] == [(1, "Lỗi"), (2, "Ghi chú")]

    def test_that_there_are_none_is_said(self) -> None:
        [row] = self.rows()
        assert row[0] == "Không có lỗi, cảnh báo hay ghi chú nào về số liệu."

    def test_a_hostile_text_stays_text(self) -> None:
        where = Place("=1+1", "=HYPERLINK(1)", "=cmd")
        book = opened(annex(replace(whole(), findings=(Finding("x", Grade.NOTE, where),))))
        assert all(cell.data_type != "f" for row in book["Nội dung cần kiểm tra"] for cell in row)


class TestTheFiguresOfUnits:
    def test_a_blank_stays_blank(self) -> None:
        row = row_of(opened(annex(whole()))["Số liệu đơn vị"], "UBND xã An Hòa")
        assert set(row[3:]) == {None}

    def test_doubtful_figures_are_marked_text_with_a_comment(self) -> None:
        sheet = opened(annex(whole()))["Số liệu đơn vị"]
        [cell] = [cell for row in sheet for cell in row if cell.value == "300 (?)"]
        assert cell.data_type == "s"
        assert cell.comment is not None
        assert "bieu.xlsx, sheet Biểu 1, ô D12" in cell.comment.text

    def test_figures_out_of_scope_are_text_in_brackets(self) -> None:
        row = row_of(opened(annex(whole()))["Số liệu đơn vị"], "Phòng Thống kê huyện Bình Sơn")
        assert row[-1] == "[99]"


class TestHostileText:
    def hostile(self) -> bytes:
        values = [
            replace(
                gives("TT1", 1, text=text, doubtful=True),
                place=replace(gives("TT1", 1).place, file=text, text=text),
            )
            for text in HOSTILE
        ]
        mails = [
            hands_in("a", f"2023-06-01T0{hour}:00", value, role=Role.PART if hour else Role.FIRST)
            for hour, value in enumerate(values[:1])
        ]
        more = [
            hands_in(of, "2023-06-01T08:00", value)
            for of, value in zip(("b", "c", "d", "o"), values[1:], strict=False)
        ]
        named = consolidate(
            regime([replace(each, name=text) for each, text in zip(UNITS, HOSTILE, strict=False)]),
            REPORT,
            PERIOD,
            [owes(each.id, exempt=HOSTILE[0] if each.id == "o" else "") for each in UNITS],
            [*mails, *more],
            {},
            [],
            LATER,
        )
        return annex(named)

    def test_stays_text_in_every_sheet(self) -> None:
        book = opened(self.hostile())
        cells = [
            cell for sheet in book for row in sheet.iter_rows() for cell in row if str(cell.value) in HOSTILE
        ]
        assert len(cells) > 15
        assert {cell.data_type for cell in cells} == {"s"}
        assert all(cell.hyperlink is None for cell in cells)

    def test_survives_libreoffice_as_text(self, tmp_path: Path) -> None:
        book = recalculated(self.hostile(), tmp_path)
        texts = {str(cell.value) for row in book["Nguồn số liệu"].iter_rows() for cell in row}
        assert {"=cmd|' /C calc'!A0", "+1", "@x", "-1+2"} <= texts

    def test_leaves_no_formula_that_is_not_ours_and_no_way_out_of_the_file(self) -> None:
        content = self.hostile()
        ours = re.compile(r"=(IF\(|COUNT|\"|COUNTA\()")
        assert all(ours.match(formula) for formula in formulas(opened(content)).values())
        with zipfile.ZipFile(io.BytesIO(content)) as members:
            everything = b"".join(members.read(name) for name in members.namelist())
            assert not [name for name in members.namelist() if "externalLink" in name]
        assert b'TargetMode="External"' not in everything
        assert b"<hyperlink" not in everything

    def test_begins_like_a_formula_and_does_not_become_one_when_its_cell_is_edited(self) -> None:
        sheet = opened(self.hostile())["Nguồn số liệu"]
        cells = [cell for row in sheet.iter_rows(min_row=4) for cell in row if cell.value == HOSTILE[0]]
        assert cells
        assert all(cell.quotePrefix for cell in cells)

    def test_that_xml_cannot_hold_does_not_break_the_book(self) -> None:
        place = replace(gives("TT1", 1).place, text="a\x00b\ud800c\ufffe\u202ed" + "x" * 40_000)
        value = replace(gives("TT1", 1), place=place)
        book = opened(annex(whole([hands_in("a", "2023-06-01T08:00", value)])))
        texts = [str(cell.value) for row in book["Nguồn số liệu"].iter_rows() for cell in row]
        assert any(text.startswith("abcdxxx") and len(text) == 32_767 for text in texts)


class TestTheFile:
    def test_the_same_inputs_give_the_same_bytes_on_another_day(self) -> None:
        first = annex(whole())
        assert annex(whole()) == first
        assert annex(whole(days=30)) == first
        # Two runs within one second would hide a clock in the properties.
        assert opened(first).properties.created == datetime(2023, 6, 14)  # noqa: DTZ001 - as a workbook has it

    def test_other_inputs_give_other_bytes(self) -> None:
        assert annex(whole()) != annex(whole(MAILS[1:]))

    def test_it_has_a_name_and_the_media_type_of_a_workbook(self) -> None:
        file = write_annex(whole(), Wording())
        assert file.name == "PhuLucSoLieu_bc-thu_2023-H1.xlsx"
        assert file.media_type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def test_every_sheet_is_a4_landscape_with_repeated_header_and_page_number(self) -> None:
        book = opened(annex(whole()))
        assert book.sheetnames == [
            "Tổng hợp",
            "Số liệu đơn vị",
            "Nguồn số liệu",
            "Tình hình gửi báo cáo",
            "Nội dung cần kiểm tra",
        ]
        for sheet in book:
            assert (str(sheet.page_setup.paperSize), sheet.page_setup.orientation) == ("9", "landscape")
            assert sheet.print_title_rows
            assert sheet.oddHeader is not None
            assert "P" in str(sheet.oddHeader.center.text)

    def test_all_text_is_in_times_new_roman(self) -> None:
        book = opened(annex(whole()))
        fonts = {cell.font.name for sheet in book for row in sheet.iter_rows() for cell in row if cell.value}
        assert fonts == {"Times New Roman"}

    def test_its_head_names_the_report_it_goes_with(self) -> None:
        head = [row[0].value for row in opened(annex(whole()))["Tổng hợp"].iter_rows(max_row=3)]
        assert head[0] == "Phụ lục"
        assert head[1] == "TỔNG HỢP SỐ LIỆU BÁO CÁO CÔNG TÁC THỬ NGHIỆM 6 THÁNG ĐẦU NĂM 2023"
        assert re.fullmatch(
            r"\(Kèm theo Báo cáo số +/BC-UBND ngày +tháng +năm +của UBND huyện Bình Sơn\)", str(head[2])
        )

    def test_the_standing_of_every_unit_is_counted_live(self, tmp_path: Path) -> None:
        sheet = recalculated(annex(whole()), tmp_path)["Tình hình gửi báo cáo"]
        assert row_of(sheet, "Tổng cộng")[2] == 5
        assert [row[2] for row in sheet.iter_rows(values_only=True) if row[1] == "Chậm"] == [1]
        assert "Nhận bản giấy lúc 09:00 03/6/2023" in str(row_of(sheet, "UBND xã An Hòa")[8])

    def test_a_period_nobody_owes_still_makes_a_book(self) -> None:
        empty = consolidate(regime(UNITS), REPORT, PERIOD, [], [], {}, [], LATER)
        assert opened(annex(empty)).sheetnames[0] == "Tổng hợp"

    def test_it_is_written_in_english_where_asked(self) -> None:
        file = write_annex(whole(), Wording("en"))
        assert load_workbook(io.BytesIO(file.content)).sheetnames[0] == "Totals"


@pytest.mark.parametrize(
    ("prefix", "kinds"),
    [("sex", Sex), ("method", Method), ("certainty", Certainty), ("state", ObligationState)],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_state_has_its_words(prefix: str, kinds: type[StrEnum], language: str) -> None:
    wording = Wording(language)
    assert all(wording(f"consolidate.{prefix}_{kind.value}") for kind in kinds)


def test_long_labels_are_given_the_lines_they_need() -> None:
    assert lines_needed("Kinh phí", 44) == 1
    assert lines_needed("Số văn bản chỉ đạo, hướng dẫn đã ban hành trong kỳ báo cáo " * 2, 44) >= 3
    assert lines_needed("W" * 40, 20) > lines_needed("i" * 40, 20)


def test_plain_text_keeps_vietnamese_and_line_ends() -> None:
    assert plain_text("Ủy ban\nnhân dân ƣ đ\t1") == "Ủy ban\nnhân dân ƣ đ\t1"
