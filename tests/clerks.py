"""Reports as clerks of an invented district write them, each in a layout of its own, with what it says beside it.

No die is cast here and no form is shared: every file was laid out by hand from the layouts that offices use, and
its figures were written down before any program read it. Four subjects, so that no rule can lean on one report's
words. A figure is "total" or "total/female" or "total/male/female", in the order of its indicator's sexes; "?"
stands for one that nobody can know for certain from the file.
"""

# ruff: noqa: E501  # reports and tables are kept in the lines they were written in

from __future__ import annotations

import io
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import docx
import openpyxl
from docx.shared import Pt
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from config.units import Address, Unit
from tests.builders import docx_of, paragraph, table
from tests.offices import note

DEPARTMENT = """\
id: song-may
department:
  name: Phòng Lao động huyện Sông Mây
  short_name: Phòng LĐ huyện Sông Mây
  level: district
  area: huyện Sông Mây
  place: Sông Mây
  issuer: UBND huyện Sông Mây
  symbol: BC-UBND
  letter_symbol: UBND-LĐ
  mailbox: phongld@songmay.example
unit_kinds:
  - {id: commune, name: xã, plural: các xã, addressed_as: Ủy ban nhân dân xã}
sending: {mode: preview, steps: [{id: don-doc-1, working_days: 1}]}
trusted_authserv_id: mx.songmay.example
"""

REPORTS = {
    "atld": """\
id: atld
name: Báo cáo công tác an toàn, vệ sinh lao động
short_name: ATLĐ
topics: [an toàn vệ sinh lao động, ATVSLĐ, an toàn lao động]
owed_by_kinds: [commune]
indicators:
  - {code: A1, label: "Số cơ sở sản xuất, kinh doanh trên địa bàn", unit_of_measure: cơ sở, aggregation: snapshot}
  - code: A2
    label: Số người được huấn luyện an toàn, vệ sinh lao động
    unit_of_measure: người
    sexes: [total, female]
  - {code: A3, label: Số vụ tai nạn lao động, unit_of_measure: vụ}
  - {code: A4, label: Số người bị tai nạn lao động, unit_of_measure: người, sexes: [total, female]}
  - {code: A5, label: Số người chết vì tai nạn lao động, unit_of_measure: người}
  - {code: A6, label: Số cơ sở được kiểm tra, unit_of_measure: cơ sở}
  - {code: A7, label: Kinh phí thực hiện, unit_of_measure: triệu đồng}
periods: [{kind: half_year, number: 1, due: trước ngày 10/7}]
""",
    "vanhoa": """\
id: vanhoa
name: Báo cáo phong trào Toàn dân đoàn kết xây dựng đời sống văn hóa
short_name: VH
topics: [đời sống văn hóa, toàn dân đoàn kết]
owed_by_kinds: [commune]
indicators:
  - {code: V1, label: Số hộ đăng ký gia đình văn hóa, unit_of_measure: hộ}
  - {code: V2, label: Số hộ đạt danh hiệu gia đình văn hóa, unit_of_measure: hộ}
  - {code: V3, label: "Số thôn, tổ dân phố đạt danh hiệu văn hóa", unit_of_measure: thôn}
  - {code: V4, label: Số nhà văn hóa thôn, unit_of_measure: nhà, aggregation: snapshot}
  - {code: V5, label: Số buổi biểu diễn văn nghệ quần chúng, unit_of_measure: buổi}
  - code: V6
    label: "Số người tập luyện thể dục, thể thao thường xuyên"
    unit_of_measure: người
    sexes: [total, female]
    aggregation: snapshot
  - {code: V7, label: Số đám cưới thực hiện nếp sống văn minh, unit_of_measure: đám}
periods: [{kind: half_year, number: 1, due: trước ngày 10/7}]
""",
    "treem": """\
id: treem
name: Báo cáo công tác bảo vệ, chăm sóc trẻ em
short_name: TE
topics: [chăm sóc trẻ em, bảo vệ trẻ em, công tác trẻ em]
owed_by_kinds: [commune]
indicators:
  - code: T1
    label: Số trẻ em dưới 16 tuổi
    unit_of_measure: trẻ em
    sexes: [total, male, female]
    aggregation: snapshot
  - code: T2
    label: Số trẻ em có hoàn cảnh đặc biệt
    unit_of_measure: trẻ em
    sexes: [total, male, female]
    aggregation: snapshot
  - {code: T3, label: Số trẻ em bị xâm hại, unit_of_measure: trẻ em, sexes: [total, male, female]}
  - {code: T4, label: Số trẻ em bị tai nạn thương tích, unit_of_measure: trẻ em, sexes: [total, male, female]}
  - {code: T5, label: Số trẻ em tử vong do đuối nước, unit_of_measure: trẻ em}
  - {code: T6, label: "Số trẻ em được tặng quà, học bổng", unit_of_measure: lượt trẻ em}
  - {code: T7, label: Số buổi truyền thông về quyền trẻ em, unit_of_measure: buổi}
  - {code: T8, label: "Kinh phí bảo vệ, chăm sóc trẻ em", unit_of_measure: triệu đồng}
periods: [{kind: quarter, number: 2, due: trước ngày 10/7}]
""",
    "ngheo": """\
id: ngheo
name: Báo cáo công tác giảm nghèo
short_name: GN
topics: [giảm nghèo, hộ nghèo]
owed_by_kinds: [commune]
indicators:
  - {code: H1, label: Tổng số hộ dân, unit_of_measure: hộ, aggregation: snapshot}
  - {code: H2, label: Số hộ nghèo, unit_of_measure: hộ, aggregation: snapshot}
  - {code: H3, label: Số hộ cận nghèo, unit_of_measure: hộ, aggregation: snapshot}
  - {code: H4, label: Số hộ thoát nghèo, unit_of_measure: hộ}
  - {code: H5, label: Số hộ nghèo có chủ hộ là nữ, unit_of_measure: hộ, aggregation: snapshot}
  - {code: H6, label: Số hộ nghèo dân tộc thiểu số, unit_of_measure: hộ, aggregation: snapshot}
  - {code: H7, label: Số hộ nghèo được vay vốn, unit_of_measure: hộ}
  - {code: H8, label: Số tiền cho hộ nghèo vay, unit_of_measure: triệu đồng}
  - {code: H9, label: Số thẻ bảo hiểm y tế đã cấp, unit_of_measure: thẻ}
periods: [{kind: half_year, number: 1, due: trước ngày 10/7}]
""",
}

_PLACES = (
    "An Khê", "Bản Cầm", "Cốc Lùng", "Đèo Gia", "Ea Nốp", "Gia Vượng", "Hữu Kiên", "Ia Rong", "Khánh Lạc",
    "Lục Yên Hạ", "Mường Pha", "Nậm Đét", "Ông Đình", "Phú Lạc", "Quế Tân", "Rạng Đông", "Sơn Phúc", "Tà Lài",
    "U Minh Bắc", "Vĩnh Trạch", "Xuân Áng", "Yên Thuận", "Bàu Cạn", "Châu Quế",
)  # fmt: skip
UNITS = tuple(
    Unit(f"x{n:02}", f"UBND xã {place}", "commune", addresses=(Address(f"x{n:02}@songmay.example"),))
    for n, place in enumerate(_PLACES)
)
ARRIVAL = "2024-07-03T09:00"

_KINDS = {"atld": "công tác an toàn, vệ sinh lao động", "treem": "công tác bảo vệ, chăm sóc trẻ em"}
_KINDS |= {
    "vanhoa": 'phong trào "Toàn dân đoàn kết xây dựng đời sống văn hóa"',
    "ngheo": "công tác giảm nghèo",
}
_TIMES = {"atld": "6 tháng đầu năm 2024", "vanhoa": "6 tháng đầu năm 2024", "treem": "quý II năm 2024"}
_TIMES |= {"ngheo": "6 tháng đầu năm 2024"}
Content = str | int | None
Rows = Sequence[Sequence[Content]]


@dataclass(frozen=True, slots=True)
class Sent:
    """One mail of one unit and what it says."""

    name: str
    report: str
    figures: Mapping[str, str]
    files: tuple[tuple[str, Callable[[], bytes]], ...] = ()
    body: str = ""
    html: str = ""
    office: bool = False  #: LibreOffice makes the file or must read it
    unread: frozenset[str] = frozenset()  #: indicators of which something is asked about or not read yet

    @property
    def number(self) -> int:
        """Its place in the list: also that of its unit."""
        return SENT.index(self)

    @property
    def unit(self) -> Unit:
        """Who sends it."""
        return UNITS[self.number]

    def mail(self) -> bytes:
        """The mail as it arrives."""
        subject = f"{self.unit.name} báo cáo {_KINDS[self.report]} {_TIMES[self.report]}"
        body = self.body or "Kính gửi Phòng, xã gửi báo cáo ạ."
        files = [(name, make()) for name, make in self.files]
        return note(self.unit.addresses[0].address, subject, body, *files, html=self.html)


# -- writing ---------------------------------------------------------------------------------------------


def _head(place: str, report: str, kind: str = "BÁO CÁO") -> list[str]:
    return [
        "UBND HUYỆN SÔNG MÂY",
        f"ỦY BAN NHÂN DÂN XÃ {place.upper()}",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        f"{place}, ngày 02 tháng 7 năm 2024",
        kind,
        f"Kết quả {_KINDS[report]} {_TIMES[report]}",
    ]


def _word(number: int, report: str, *blocks: str | Rows, merges: Sequence[str] = (), font: str = "") -> bytes:
    """A letter by python-docx; merges are "table:row,column-row,column"."""
    made = docx.Document()
    tables = []
    for block in (*_head(_PLACES[number], report), *blocks):
        if isinstance(block, str):
            run = made.add_paragraph().add_run(block)
            run.font.size = Pt(14)
            if font:
                run.font.name = font
            continue
        grid = made.add_table(rows=len(block), cols=max(map(len, block)))
        grid.style = "Table Grid"
        for row, cells in enumerate(block):
            for column, content in enumerate(cells):
                grid.cell(row, column).text = "" if content is None else str(content)
        tables.append(grid)
    for merge in merges:
        which, _, reach = merge.partition(":")
        first, last = ([int(part) for part in end.split(",")] for end in reach.split("-"))
        grid = tables[int(which)]
        kept = grid.cell(*first).text
        grid.cell(*first).merge(grid.cell(*last)).text = kept
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def _book(
    sheets: Mapping[str, Rows], merges: Mapping[str, Sequence[str]] | None = None, hidden: str = ""
) -> bytes:
    """A workbook by openpyxl."""
    made = openpyxl.Workbook()
    del made["Sheet"]
    for name, rows in sheets.items():
        sheet: Worksheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for reach in (merges or {}).get(name, ()):
            sheet.merge_cells(reach)
        sheet.sheet_state = "hidden" if name == hidden else "visible"
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def _converted(content: bytes, ending: str, into: str) -> bytes:
    """The file as LibreOffice writes it: "xls", "odt", "pdf", "fodt", 'xml:MS Word 2003 XML'..."""
    with tempfile.TemporaryDirectory(prefix="tonghop-clerk-") as folder:
        base = Path(folder)
        (base / f"file.{ending}").write_bytes(content)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", into, "--outdir", f"{folder}/out"]
        subprocess.run([*command, f"{folder}/file.{ending}"], check=True, capture_output=True, timeout=120)
        (made,) = (base / "out").iterdir()
        return made.read_bytes()


def _title(number: int, report: str, *more: str) -> list[list[Content]]:
    """The lines above a table in a workbook."""
    lines = [f"ỦY BAN NHÂN DÂN XÃ {_PLACES[number].upper()}", f"BIỂU {_KINDS[report].upper()}"]
    return [[line] for line in (*lines, f"{_TIMES[report].capitalize()}", *more)]


# -- the reports -----------------------------------------------------------------------------------------


def _safety_in_prose() -> bytes:
    return _word(
        0,
        "atld",
        "Thực hiện Công văn số 77/LĐTBXH ngày 05/6/2024 của Phòng Lao động, UBND xã An Khê báo cáo như sau:",
        "I. TÌNH HÌNH CHUNG",
        "Toàn xã có 9 thôn với 2.315 hộ, 8.906 nhân khẩu. Trên địa bàn xã hiện có 47 cơ sở sản xuất, kinh doanh, "
        "tăng 3 cơ sở so với cùng kỳ năm 2023.",
        "II. KẾT QUẢ THỰC HIỆN",
        "- Công tác huấn luyện: phối hợp mở 02 lớp, có 86 người được huấn luyện an toàn, vệ sinh lao động "
        "(trong đó nữ 31 người).",
        "- Kiểm tra: Tổ công tác đã kiểm tra được 15 cơ sở được kiểm tra đạt 100% kế hoạch.",
        "- Trong 6 tháng đầu năm trên địa bàn xã xảy ra 01 vụ tai nạn lao động, làm 02 người bị tai nạn lao động "
        "(không có nữ), không có người chết vì tai nạn lao động. Cùng kỳ năm 2023 xảy ra 03 vụ tai nạn lao động.",
        "- Kinh phí thực hiện: 12,5 triệu đồng.",
        "III. KHÓ KHĂN",
        "Một số cơ sở chưa trang bị đủ phương tiện bảo hộ.",
        "TM. ỦY BAN NHÂN DÂN",
    )


def _safety_against_last_year() -> bytes:
    rows: list[list[Content]] = [
        ["TT", "Nội dung", "ĐVT", "Cùng kỳ năm 2023", "", "6 tháng đầu năm 2024", "", "So sánh (%)"],
        ["", "", "", "Tổng số", "Trong đó nữ", "Tổng số", "Trong đó nữ", ""],
        ["1", "Số cơ sở sản xuất, kinh doanh trên địa bàn", "Cơ sở", "31", "", "34", "", "109,7"],
        ["2", "Số người được huấn luyện ATVSLĐ", "Người", "40", "12", "55", "19", "137,5"],
        ["3", "Số vụ TNLĐ", "Vụ", "2", "", "0", "", "0"],
        ["4", "Số người bị tai nạn lao động", "Người", "2", "0", "0", "0", "0"],
        ["5", "Số cơ sở được kiểm tra", "Cơ sở", "10", "", "12", "", "120"],
        ["6", "Kinh phí thực hiện", "1.000 đồng", "8.000", "", "9.600", "", "120"],
    ]
    merges = ("0:0,3-0,4", "0:0,5-0,6", "0:0,0-1,0", "0:0,1-1,1", "0:0,2-1,2", "0:0,7-1,7")
    return _word(1, "atld", "Kết quả cụ thể như sau:", rows, "./.", merges=merges)


def _safety_in_one_row() -> bytes:
    sheet: list[list[Content]] = [
        *_title(2, "atld"),
        [],
        ["Đơn vị", "Số cơ sở sản xuất, kinh doanh trên địa bàn", "Số người được huấn luyện an toàn, vệ sinh lao động",
         None, "Số vụ tai nạn lao động", "Số người bị tai nạn lao động", None, "Số cơ sở được kiểm tra"],
        [None, None, "Tổng số", "Nữ", None, "Tổng số", "Nữ", None],
        ["A", 1, 2, 3, 4, 5, 6, 7],
        ["Xã Cốc Lùng", 18, 25, 9, 1, 1, 0, 6],
    ]  # fmt: skip
    return _book({"Sheet1": sheet}, {"Sheet1": ("A5:A6", "B5:B6", "C5:D5", "E5:E6", "F5:G5", "H5:H6")})


def _culture_by_village_columns() -> bytes:
    rows: list[list[Content]] = [
        *_title(3, "vanhoa"),
        [],
        ["STT", "Chỉ tiêu", "ĐVT", "Thôn Đồng Bưởi", "Thôn Khe Táu", "Thôn 3", "Thôn Nà Lốc", "Cộng toàn xã"],
        [1, "Số hộ đăng ký gia đình văn hóa", "hộ", 112, 95, 130, 78, 415],
        [2, "Số hộ đạt danh hiệu gia đình văn hóa", "hộ", None, None, None, None, None],
        [3, "Số nhà văn hóa thôn", "nhà", 1, 1, 1, 0, 3],
        [4, "Số buổi biểu diễn văn nghệ quần chúng", "buổi", 2, 1, 3, 1, 7],
        [5, "Số người tập luyện thể dục, thể thao thường xuyên", "người", 140, 90, 210, 60, 500],
        [6, "Số đám cưới thực hiện nếp sống văn minh", "đám", 3, 0, 4, 1, 8],
    ]
    return _book({"Biểu tổng hợp": rows})


def _culture_by_village_rows() -> bytes:
    rows: list[list[Content]] = [
        ["TT", "Thôn, bản", "Số hộ đăng ký gia đình văn hóa", "Số hộ đạt danh hiệu gia đình văn hóa",
         "Số người tập luyện thể dục, thể thao thường xuyên", "", "Ghi chú"],
        ["", "", "", "", "Tổng số", "Trong đó nữ", ""],
        ["", "TỔNG CỘNG", "302", "281", "415", "190", ""],
        ["1", "Buôn Ea Lâm", "88", "80", "120", "60", ""],
        ["2", "Buôn Kli A", "104", "99", "145", "66", ""],
        ["3", "Buôn Kli B", "110", "102", "150", "64", ""],
    ]  # fmt: skip
    merges = ("0:0,4-0,5", "0:0,0-1,0", "0:0,1-1,1", "0:0,2-1,2", "0:0,3-1,3", "0:0,6-1,6")
    return _word(
        4, "vanhoa", "Biểu chi tiết theo thôn, buôn:", rows, "Tổng kết: 3/3 buôn có quy ước.", merges=merges
    )


def _children_by_month() -> bytes:
    rows: list[list[Content]] = [
        *_title(5, "treem", "Đơn vị tính: trẻ em"),
        [],
        ["TT", "Nội dung", "Tháng 4", "Tháng 5", "Tháng 6", "Cộng quý II"],
        [1, "Số trẻ em bị tai nạn thương tích", 2, 1, 3, 6],
        [2, "Số trẻ em tử vong do đuối nước", 0, 0, 1, 1],
        [3, "Số trẻ em được tặng quà, học bổng", 12, 40, 215, 267],
        [4, "Số trẻ em bị xâm hại", 0, 0, 0, 0],
    ]
    return _book({"Quý II": rows})


def _children_nested() -> bytes:
    rows: list[list[Content]] = [
        ["STT", "Chỉ tiêu", "Đơn vị", "Kết quả"],
        ["I", "Dân số trẻ em", "", ""],
        ["1", "Số trẻ em dưới 16 tuổi", "trẻ em", "1.204"],
        ["", "Trong đó: - Nam", "trẻ em", "614"],
        ["", "                - Nữ", "trẻ em", "590"],
        ["2", "Số trẻ em có hoàn cảnh đặc biệt", "trẻ em", "57"],
        ["", "- Nam", "", "30"],
        ["", "- Nữ", "", "27"],
        ["II", "Bảo vệ trẻ em", "", ""],
        ["1", "Số trẻ em bị xâm hại", "trẻ em", "Không"],
        ["2", "Số trẻ em bị tai nạn thương tích", "trẻ em", "04"],
        ["", "Trong đó: Nữ", "", "01"],
        ["3", "Số trẻ em tử vong do đuối nước", "trẻ em", "KPS"],
        ["4", "Số buổi truyền thông về quyền trẻ em", "buổi", "03 buổi"],
        ["5", "Kinh phí bảo vệ, chăm sóc trẻ em", "đồng", "15.600.000"],
    ]
    return _word(6, "treem", "Số liệu cụ thể:", rows)


def _children_as_list() -> bytes:
    lines = (
        "1. Tình hình trẻ em",
        "- Số trẻ em dưới 16 tuổi: 2.087 em, trong đó nữ: 1.003 em.",
        "- Số trẻ em có hoàn cảnh đặc biệt: 64 em (nữ 29 em).",
        "2. Kết quả bảo vệ, chăm sóc",
        "- Số trẻ em bị xâm hại: 0.",
        "- Số trẻ em bị tai nạn thương tích: 05 em (02 em nữ).",
        "- Số buổi truyền thông về quyền trẻ em: 06 buổi, 540 lượt người nghe.",
        "- Kinh phí bảo vệ, chăm sóc trẻ em: 28.400.000 đồng.",
    )
    return _converted(_word(7, "treem", *lines), "docx", "odt")


def _poverty_in_thousands() -> bytes:
    rows: list[list[Content]] = [
        *_title(8, "ngheo", "(Kèm theo Báo cáo số 88/BC-UBND ngày 02/7/2024 của UBND xã Khánh Lạc)"),
        [],
        ["Số TT", "Tên chỉ tiêu", "Đơn vị tính", "Thực hiện năm 2023", "Kế hoạch năm 2024",
         "Thực hiện 6 tháng năm 2024", "Ước TH cả năm 2024"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"],
        [1, "Tổng số hộ dân", "Hộ", 1820, 1850, 1846, 1850],
        [2, "Số hộ nghèo", "Hộ", 145, 110, 128, 108],
        [None, "Trong đó: Số hộ nghèo có chủ hộ là nữ", "Hộ", 52, None, 44, None],
        [None, "Số hộ nghèo dân tộc thiểu số", "Hộ", 98, None, 90, None],
        [3, "Số hộ cận nghèo", "Hộ", 210, 190, 201, 190],
        [4, "Số hộ thoát nghèo", "Hộ", 36, 35, 17, 37],
        [5, "Số hộ nghèo được vay vốn", "Hộ", 40, 45, 22, 45],
        [6, "Số tiền cho hộ nghèo vay", "1000 đồng", 2000000, 2250000, 1135000, 2250000],
    ]  # fmt: skip
    return _converted(_book({"Biểu 01": rows}), "xlsx", "xls")


_IN_MAIL = """<html><body><p>Kính gửi Phòng Lao động huyện,</p>
<p>UBND xã Lục Yên Hạ báo cáo công tác giảm nghèo 6 tháng đầu năm 2024 như sau:</p>
<table border="1"><tr><th>STT</th><th>Chỉ tiêu</th><th>ĐVT</th><th>Số lượng</th><th>Ghi chú</th></tr>
<tr><td>1</td><td>Tổng số hộ dân</td><td>hộ</td><td>2.410</td><td></td></tr>
<tr><td>2</td><td>Số hộ nghèo</td><td>hộ</td><td>176</td><td>giảm 12 hộ</td></tr>
<tr><td>3</td><td>Số hộ cận nghèo</td><td>hộ</td><td>233</td><td></td></tr>
<tr><td>4</td><td>Số hộ thoát nghèo</td><td>hộ</td><td>12</td><td></td></tr>
<tr><td>5</td><td>Số thẻ bảo hiểm y tế đã cấp</td><td>thẻ</td><td>1.025</td><td></td></tr></table>
<p>Trân trọng./.</p></body></html>"""


def _poverty_flat() -> bytes:
    rows: list[list[Content]] = [
        ["TT", "Chỉ tiêu", "ĐVT", "Số liệu"],
        ["1", "Số hộ nghèo", "hộ", "91"],
        ["2", "Số hộ cận nghèo", "hộ", "120"],
        ["3", "Số hộ thoát nghèo", "hộ", "8"],
        ["4", "Số thẻ bảo hiểm y tế đã cấp", "thẻ", "512"],
    ]
    return _converted(_word(10, "ngheo", rows), "docx", "fodt")


def _poverty_word_2003() -> bytes:
    rows: list[list[Content]] = [
        ["TT", "Chỉ tiêu", "ĐVT", "Số liệu"],
        ["1", "Số hộ nghèo", "hộ", "77"],
        ["2", "Số hộ cận nghèo", "hộ", "101"],
        ["3", "Số hộ thoát nghèo", "hộ", "5"],
        ["4", "Số thẻ bảo hiểm y tế đã cấp", "thẻ", "433"],
    ]
    return _converted(_word(11, "ngheo", rows), "docx", "xml:MS Word 2003 XML")


def _poverty_side_by_side() -> bytes:
    rows = [
        ["Chỉ tiêu", "Số lượng", "Chỉ tiêu", "Số lượng"],
        ["Tổng số hộ dân", "1.377 hộ", "Số hộ nghèo được vay vốn", "19 hộ"],
        ["Số hộ nghèo", "84 hộ", "Số tiền cho hộ nghèo vay", "950 triệu đồng"],
        ["Số hộ cận nghèo", "97 hộ", "Số thẻ bảo hiểm y tế đã cấp", "388 thẻ"],
    ]
    head = "".join(map(paragraph, _head(_PLACES[12], "ngheo")))
    return docx_of(head + table(rows) + paragraph("Nơi nhận: Như trên."))


def _safety_printed_plain(
    unit: int = 13, widths: Sequence[int] = (6, 55, 12, 12, 14), fit: bool = False
) -> bytes:
    rows: list[list[Content]] = [
        *_title(unit, "atld"),
        [],
        ["TT", "Chỉ tiêu", "ĐVT", "Tổng số", "Trong đó nữ"],
        [1, "Số cơ sở sản xuất, kinh doanh trên địa bàn", "cơ sở", 63, None],
        [2, "Số người được huấn luyện an toàn, vệ sinh lao động", "người", 140, 58],
        [3, "Số vụ tai nạn lao động", "vụ", 2, None],
        [4, "Số người bị tai nạn lao động", "người", 3, 1],
        [5, "Số cơ sở được kiểm tra", "cơ sở", 21, None],
    ]
    book = openpyxl.load_workbook(io.BytesIO(_book({"Sheet1": rows})))
    for letter, width in zip("ABCDE", widths, strict=True):
        book["Sheet1"].column_dimensions[letter].width = width
    book["Sheet1"].sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=fit)
    stream = io.BytesIO()
    book.save(stream)
    return _converted(stream.getvalue(), "xlsx", "pdf")


_TCVN3 = str.maketrans(
    dict(
        zip(
            "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵĂÂÊÔƠƯĐ",
            "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\xadõö÷øùúûüýþ¡¢£¤¥¦§",
            strict=True,
        )
    )
)


def _culture_in_old_font() -> bytes:
    rows: list[list[Content]] = [
        ["TT", "Chỉ tiêu", "Đơn vị tính", "Tổng số"],
        ["1", "Số hộ đăng ký gia đình văn hóa", "hộ", "540"],
        ["2", "Số hộ đạt danh hiệu gia đình văn hóa", "hộ", "498"],
        ["3", "Số nhà văn hóa thôn", "nhà", "7"],
        ["4", "Số buổi biểu diễn văn nghệ quần chúng", "buổi", "11"],
    ]
    old = [[str(cell).translate(_TCVN3) for cell in row] for row in rows]
    made = docx.Document()
    for line in _head(_PLACES[14], "vanhoa"):
        made.add_paragraph().add_run(line)
    grid = made.add_table(rows=len(old), cols=4)
    for row, cells in enumerate(old):
        for column, content in enumerate(cells):
            grid.cell(row, column).paragraphs[0].add_run(content).font.name = ".VnTime"
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def _culture_told_in_cells() -> bytes:
    rows: list[list[Content]] = [
        ["TT", "Nội dung", "Kết quả thực hiện"],
        ["1", "Số hộ đăng ký gia đình văn hóa", "372 hộ"],
        ["2", "Số hộ đạt danh hiệu gia đình văn hóa", "340/372 hộ, đạt 91,4%"],
        ["3", "Số thôn, tổ dân phố đạt danh hiệu văn hóa", "6/7 thôn"],
        ["4", "Số nhà văn hóa thôn", "07 nhà văn hóa"],
        ["5", "Số buổi biểu diễn văn nghệ quần chúng", "Tổ chức được 05 buổi, thu hút 1.200 lượt người xem"],
        ["6", "Số đám cưới thực hiện nếp sống văn minh", "Trên 20 đám"],
    ]
    return _word(15, "vanhoa", "Kết quả thể hiện qua biểu sau:", rows)


def _poverty_with_register() -> bytes:
    register: list[list[Content]] = [
        ["DANH SÁCH HỘ NGHÈO XÃ SƠN PHÚC"],
        ["TT", "Họ và tên chủ hộ", "Nam", "Nữ", "Số khẩu", "Số hộ nghèo"],
    ]
    register += [[n, f"Nguyễn Văn {n}", 1, None, 4, 1] for n in range(1, 30)]
    rows: list[list[Content]] = [
        *_title(16, "ngheo"),
        [],
        ["TT", "Chỉ tiêu", "ĐVT", "Số liệu đến 30/6/2024"],
        [1, "Số hộ nghèo", "hộ", "=COUNTA('Danh sách'!B3:B31)"],
        [2, "Số hộ cận nghèo", "hộ", 41],
        [3, "Số hộ thoát nghèo", "hộ", 6],
    ]
    old: list[list[Content]] = [
        *_title(16, "ngheo"),
        [],
        ["TT", "Chỉ tiêu", "ĐVT", "Số liệu"],
        [1, "Số hộ cận nghèo", "hộ", 66],
    ]
    made = _book({"Tổng hợp": rows, "Danh sách": register, "2023": old}, hidden="2023")
    return _converted(made, "xlsx", "xlsx:Calc MS Excel 2007 XML")


_TYPED = """Kính gửi: Phòng Lao động huyện Sông Mây
UBND xã Tà Lài báo cáo công tác bảo vệ, chăm sóc trẻ em quý II năm 2024 như sau:
1. Số trẻ em dưới 16 tuổi: 1.551 (nam 801, nữ 750)
2. Số trẻ em có hoàn cảnh đặc biệt: 33 (nam 18, nữ 15)
3. Số trẻ em bị xâm hại: không
4. Số trẻ em bị tai nạn thương tích: 02 (nam 02, nữ 0)
5. Số trẻ em được tặng quà, học bổng: 198
6. Số buổi truyền thông về quyền trẻ em: 04
Trân trọng./.
"""


def _district_sheet() -> bytes:
    head = ["TT", "Đơn vị", "Số hộ nghèo", "Số hộ cận nghèo", "Số hộ thoát nghèo", "Ghi chú"]
    own = {18: (59, 88, 4)}
    rows: list[list[Content]] = [
        [n + 1, f"Xã {place}", *(own.get(n) or (None,) * 3), None] for n, place in enumerate(_PLACES)
    ]
    title = [
        ["PHÒNG LAO ĐỘNG HUYỆN SÔNG MÂY"],
        ["BIỂU TỔNG HỢP CÔNG TÁC GIẢM NGHÈO 6 THÁNG ĐẦU NĂM 2024"],
        [],
    ]
    return _book({"TH": [*title, head, *rows, [None, "Tổng cộng", 59, 88, 4, None]]})


def _children_sexes_in_rows() -> bytes:
    rows: list[list[Content]] = [
        ["Chỉ tiêu", "Giới tính", "Số lượng"],
        ["Số trẻ em dưới 16 tuổi", "Tổng", "1.830"],
        ["", "Nam", "940"],
        ["", "Nữ", "890"],
        ["Số trẻ em có hoàn cảnh đặc biệt", "Tổng", "41"],
        ["", "Nam", "22"],
        ["", "Nữ", "19"],
    ]
    return _word(19, "treem", rows, merges=("0:1,0-3,0", "0:4,0-6,0"))


def _culture_text_beside_table() -> bytes:
    rows: list[list[Content]] = [
        ["STT", "Tiêu chí", "Số lượng", "Tỷ lệ %"],
        ["1", "Số hộ đăng ký gia đình văn hóa", "615", "92"],
        ["2", "Số hộ đạt danh hiệu gia đình văn hóa", "583", "87,2"],
    ]
    return _word(
        20,
        "vanhoa",
        "Phong trào được 9/9 thôn hưởng ứng. Năm 2023 toàn xã có 560 hộ đạt danh hiệu gia đình văn hóa.",
        "6 tháng đầu năm 2024, xã đã tổ chức 13 buổi biểu diễn văn nghệ quần chúng phục vụ trên 2.000 lượt người xem.",
        rows,
        "Phấn đấu cuối năm có 8 thôn, tổ dân phố đạt danh hiệu văn hóa và 20 buổi biểu diễn văn nghệ quần chúng.",
    )


SENT: tuple[Sent, ...] = (
    Sent(
        "safety_in_prose",
        "atld",
        {"A1": "47", "A2": "86/31", "A3": "1", "A4": "2/0", "A5": "0", "A6": "15", "A7": "12.5"},
        (("BC ATVSLĐ.docx", _safety_in_prose),),
        unread=frozenset({"A4"}),  # "không có nữ" in brackets
    ),
    Sent(
        "safety_against_last_year",
        "atld",
        {"A1": "34", "A2": "55/19", "A3": "0", "A4": "0/0", "A6": "12", "A7": "9.6"},
        (("bao cao.docx", _safety_against_last_year),),
    ),
    Sent(
        "safety_in_one_row",
        "atld",
        {"A1": "18", "A2": "25/9", "A3": "1", "A4": "1/0", "A6": "6"},
        (("bieu.xlsx", _safety_in_one_row),),
    ),
    Sent(
        "culture_by_village_columns",
        "vanhoa",
        {"V1": "415", "V4": "3", "V5": "7", "V6": "500/?", "V7": "8"},
        (("phu luc.xlsx", _culture_by_village_columns),),
    ),
    Sent(
        "culture_by_village_rows",
        "vanhoa",
        {"V1": "302", "V2": "281", "V6": "415/190"},
        (("BC phong trao.docx", _culture_by_village_rows),),
        unread=frozenset({"V1", "V2", "V6"}),  # a sum of villages is proposed
    ),
    Sent(
        "children_by_month",
        "treem",
        {"T3": "0/?/?", "T4": "6/?/?", "T5": "1", "T6": "267"},
        (("TE quy 2.xlsx", _children_by_month),),
    ),
    Sent(
        "children_nested",
        "treem",
        {
            "T1": "1204/614/590",
            "T2": "57/30/27",
            "T3": "0/?/?",
            "T4": "4/?/1",
            "T5": "0",
            "T7": "3",
            "T8": "15.6",
        },
        (("BAO CAO TRE EM.docx", _children_nested),),
    ),
    Sent(
        "children_as_list",
        "treem",
        {"T1": "2087/?/1003", "T2": "64/?/29", "T3": "0/?/?", "T4": "5/?/2", "T7": "6", "T8": "28.4"},
        (("bc.odt", _children_as_list),),
        office=True,
    ),
    Sent(
        "poverty_in_thousands",
        "ngheo",
        {
            "H1": "1846",
            "H2": "128",
            "H3": "201",
            "H4": "17",
            "H5": "44",
            "H6": "90",
            "H7": "22",
            "H8": "1135",
        },
        (("Bieu 01.xls", _poverty_in_thousands),),
        office=True,
    ),
    Sent(
        "poverty_table_in_mail",
        "ngheo",
        {"H1": "2410", "H2": "176", "H3": "233", "H4": "12", "H9": "1025"},
        html=_IN_MAIL,
        body="",
    ),
    Sent(
        "poverty_flat_odf",
        "ngheo",
        {"H2": "91", "H3": "120", "H4": "8", "H9": "512"},
        (("bao cao.fodt", _poverty_flat),),
        office=True,
    ),
    Sent(
        "poverty_word_2003_xml",
        "ngheo",
        {"H2": "77", "H3": "101", "H4": "5", "H9": "433"},
        (("bao cao.xml", _poverty_word_2003),),
        office=True,
    ),
    Sent(
        "poverty_side_by_side",
        "ngheo",
        {"H1": "1377", "H2": "84", "H3": "97", "H7": "19", "H8": "950", "H9": "388"},
        (("bc giam ngheo.docx", _poverty_side_by_side),),
    ),
    Sent(
        "safety_printed_without_rules",
        "atld",
        {"A1": "63", "A2": "140/58", "A3": "2", "A4": "3/1", "A6": "21"},
        (("in ra.pdf", _safety_printed_plain),),
        office=True,
        unread=frozenset(
            {"A1", "A2", "A3", "A4", "A6"}
        ),  # the sheet is printed over two pages, columns apart
    ),
    Sent(
        "culture_in_old_font",
        "vanhoa",
        {"V1": "540", "V2": "498", "V4": "7", "V5": "11"},
        (("van hoa.docx", _culture_in_old_font),),
    ),
    Sent(
        "culture_told_in_cells",
        "vanhoa",
        {"V1": "372", "V2": "340", "V3": "6", "V4": "7", "V5": "5", "V7": "20"},
        (("vh.docx", _culture_told_in_cells),),
    ),
    Sent(
        "poverty_with_register",
        "ngheo",
        {"H2": "29", "H3": "41", "H4": "6"},
        (("ho ngheo.xlsx", _poverty_with_register),),
        office=True,
    ),
    Sent(
        "children_typed_in_mail",
        "treem",
        {"T1": "1551/801/750", "T2": "33/18/15", "T3": "0/?/?", "T4": "2/2/0", "T6": "198", "T7": "4"},
        body=_TYPED,
    ),
    Sent(
        "poverty_in_the_districts_sheet",
        "ngheo",
        {"H2": "59", "H3": "88", "H4": "4"},
        (("bieu chung.xlsx", _district_sheet),),
    ),
    Sent(
        "children_sexes_in_rows",
        "treem",
        {"T1": "1830/940/890", "T2": "41/22/19"},
        (("te.docx", _children_sexes_in_rows),),
    ),
    Sent(
        "culture_text_beside_table",
        "vanhoa",
        {"V1": "615", "V2": "583", "V5": "13"},
        (("bc vh.docx", _culture_text_beside_table),),
    ),
    Sent(
        "safety_printed_without_rules_on_one_page",
        "atld",
        {"A1": "63", "A2": "140/58", "A3": "2", "A4": "3/1", "A6": "21"},
        (("in 1 trang.pdf", partial(_safety_printed_plain, 21, (4, 44, 8, 9, 11), fit=True)),),
        office=True,
    ),
)


def told(sent: Sent, sexes: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, str]]:
    """(indicator, sex, figure) of everything a mail says; "?" where nobody can know."""
    for code, text in sent.figures.items():
        yield from ((code, sex, figure) for sex, figure in zip(sexes[code], text.split("/"), strict=True))
