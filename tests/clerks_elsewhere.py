"""Reports of other fields and levels: districts to a province, villages to a commune. As in `tests.clerks`.

Employment and social insurance of a province, children and households of a commune; each laid out by hand from
the habits of such offices, its figures written down before any program read it. None needs LibreOffice.
"""

# ruff: noqa: E501  # reports and tables are kept in the lines they were written in

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from config.units import Address, Unit
from tests.builders import docx
from tests.clerks import _book
from tests.offices import note

_DEPARTMENT = """\
id: {id}
department:
  name: {name}
  short_name: {name}
  level: {level}
  area: {area}
  place: {place}
  issuer: {issuer}
  symbol: BC
  letter_symbol: CV
  mailbox: thu@{id}.example
unit_kinds:
  - {{id: {kind}, name: {word}, plural: các {word}, addressed_as: {word}}}
sending: {{mode: preview, steps: [{{id: don-doc-1, working_days: 1}}]}}
trusted_authserv_id: mx.songmay.example
"""

_WORK = """\
id: vieclam
name: Báo cáo công tác lao động, việc làm
short_name: VL
topics: [lao động việc làm, giải quyết việc làm, việc làm]
owed_by_kinds: [district]
indicators:
  - {code: L1, label: Số lao động được tạo việc làm, unit_of_measure: người, sexes: [total, female]}
  - {code: L2, label: Số lao động đi làm việc ở nước ngoài theo hợp đồng, unit_of_measure: người, sexes: [total, female]}
  - {code: L3, label: "Số lượt người được tư vấn, giới thiệu việc làm", unit_of_measure: lượt người}
  - {code: L4, label: Số phiên giao dịch việc làm, unit_of_measure: phiên}
  - {code: L5, label: Doanh số cho vay giải quyết việc làm, unit_of_measure: triệu đồng}
  - {code: L6, label: Số lớp đào tạo nghề cho lao động nông thôn, unit_of_measure: lớp}
  - {code: L7, label: Số lao động nông thôn được đào tạo nghề, unit_of_measure: người, sexes: [total, female]}
  - {code: L8, label: Số doanh nghiệp được kiểm tra, unit_of_measure: doanh nghiệp}
periods: [{kind: quarter, number: 2, due: trước ngày 10/7}]
"""

_INSURANCE = """\
id: bhxh
name: Báo cáo tình hình thực hiện chính sách bảo hiểm xã hội
short_name: BHXH
topics: [bảo hiểm xã hội, BHXH]
owed_by_kinds: [district]
indicators:
  - {code: B1, label: Số đơn vị tham gia bảo hiểm xã hội, unit_of_measure: đơn vị, aggregation: snapshot}
  - {code: B2, label: Số người tham gia bảo hiểm xã hội bắt buộc, unit_of_measure: người, sexes: [total, female], aggregation: snapshot}
  - {code: B3, label: Số người tham gia bảo hiểm xã hội tự nguyện, unit_of_measure: người, sexes: [total, female], aggregation: snapshot}
  - {code: B4, label: Số người hưởng trợ cấp thất nghiệp, unit_of_measure: người, sexes: [total, female]}
  - {code: B5, label: Số tiền chậm đóng bảo hiểm xã hội, unit_of_measure: triệu đồng, aggregation: snapshot}
  - {code: B6, label: "Số đơn vị được thanh tra, kiểm tra", unit_of_measure: đơn vị}
periods: [{kind: half_year, number: 1, due: trước ngày 10/7}]
"""

_CHILDREN = """\
id: treem
name: Báo cáo công tác trẻ em
short_name: TE
topics: [công tác trẻ em, trẻ em]
owed_by_kinds: [village]
indicators:
  - {code: C1, label: Số trẻ em dưới 16 tuổi, unit_of_measure: trẻ em, sexes: [total, male, female], aggregation: snapshot}
  - {code: C2, label: Số trẻ em bỏ học, unit_of_measure: trẻ em, sexes: [total, male, female]}
  - {code: C3, label: Số trẻ em bị tai nạn thương tích, unit_of_measure: trẻ em, sexes: [total, male, female]}
  - {code: C4, label: Số buổi sinh hoạt hè, unit_of_measure: buổi}
  - {code: C5, label: Số suất quà trao cho trẻ em, unit_of_measure: suất}
periods: [{kind: half_year, number: 1, due: trước ngày 10/7}]
"""

_HOUSEHOLDS = """\
id: hongheo
name: Báo cáo rà soát hộ nghèo, hộ cận nghèo
short_name: HN
topics: [rà soát hộ nghèo, hộ nghèo]
owed_by_kinds: [village]
indicators:
  - {code: G1, label: Tổng số hộ của thôn, unit_of_measure: hộ, aggregation: snapshot}
  - {code: G2, label: Số hộ nghèo, unit_of_measure: hộ, aggregation: snapshot}
  - {code: G3, label: Số hộ cận nghèo, unit_of_measure: hộ, aggregation: snapshot}
  - {code: G4, label: Số hộ thoát nghèo, unit_of_measure: hộ}
  - {code: G5, label: Số khẩu thuộc hộ nghèo, unit_of_measure: người, sexes: [total, female], aggregation: snapshot}
  - {code: G6, label: Số hộ đăng ký thoát nghèo, unit_of_measure: hộ}
periods: [{kind: half_year, number: 1, due: trước ngày 10/7}]
"""

Rows = Sequence[Sequence[str | int | None]]


@dataclass(frozen=True, slots=True)
class Place:
    """An office that collects, what it asks, and who reports to it."""

    department: str
    reports: Mapping[str, str]
    units: tuple[Unit, ...]


PROVINCE = Place(
    _DEPARTMENT.format(
        id="dai-loc", name="Sở Lao động tỉnh Đại Lộc", level="province", area="tỉnh Đại Lộc", place="Đại Lộc",
        issuer="Sở Lao động tỉnh Đại Lộc", kind="district", word="huyện",
    ),
    {"vieclam": _WORK, "bhxh": _INSURANCE},
    tuple(
        Unit(f"h{n}", f"UBND huyện {place}", "district", addresses=(Address(f"h{n}@dai-loc.example"),))
        for n, place in enumerate(("Khe Sâu", "Nậm Tốc", "Yên Trạch", "Ba Vinh", "Long Hữu", "Mỹ Đông", "Tân Phước Hưng", "Vũ Lễ"))
    ),
)  # fmt: skip
COMMUNE = Place(
    _DEPARTMENT.format(
        id="hong-phong", name="UBND xã Hồng Phong", level="commune", area="xã Hồng Phong", place="Hồng Phong",
        issuer="UBND xã Hồng Phong", kind="village", word="thôn",
    ),
    {"treem": _CHILDREN, "hongheo": _HOUSEHOLDS},
    tuple(
        Unit(f"t{n}", f"Thôn {place}", "village", addresses=(Address(f"t{n}@hong-phong.example"),))
        for n, place in enumerate(("Cầu Đá", "Đồng Nội", "Gò Mít", "Bến Trại", "Suối Cái", "Làng Vẽ", "Đồi Chè", "Ao Sen"))
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """One mail of one unit and what it says; the figures as in `tests.clerks`."""

    name: str
    place: Place
    number: int
    report: str
    figures: Mapping[str, str]
    file: tuple[str, Callable[[], bytes]] | None = None
    body: str = "Kính gửi báo cáo ạ."
    subject: str = "Báo cáo"
    unread: frozenset[str] = frozenset()

    @property
    def unit(self) -> Unit:
        """Who sends it."""
        return self.place.units[self.number]

    def mail(self) -> bytes:
        """The mail as it arrives."""
        files = [(self.file[0], self.file[1]())] if self.file else []
        return note(self.unit.addresses[0].address, self.subject, self.body, *files)


_NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"


def _of_district(place: str, title: str, *blocks: str | list[list[str]]) -> Callable[[], bytes]:
    head = [
        [f"TỈNH ĐẠI LỘC\nỦY BAN NHÂN DÂN\nHUYỆN {place.upper()}", _NATION],
        ["Số: 91/BC-UBND", f"{place}, ngày 01 tháng 7 năm 2024"],
    ]
    return lambda: docx(head, "BÁO CÁO", title, *blocks, "TM. ỦY BAN NHÂN DÂN")


def _of_village(place: str, title: str, *blocks: str | list[list[str]]) -> Callable[[], bytes]:
    return lambda: docx(
        "UBND XÃ HỒNG PHONG", f"THÔN {place.upper()}", _NATION, "BÁO CÁO", title, *blocks, "TRƯỞNG THÔN"
    )


def _of_book(rows: Rows, merges: Sequence[str] = ()) -> Callable[[], bytes]:
    return lambda: _book({"Sheet1": rows}, {"Sheet1": merges})


_WORK_TITLE = "Kết quả công tác lao động, việc làm quý II năm 2024"
_INSURED_TITLE = "Tình hình thực hiện chính sách bảo hiểm xã hội 6 tháng đầu năm 2024"
_CHILD_TITLE = "Công tác trẻ em 6 tháng đầu năm 2024"
_HOUSE_TITLE = "Kết quả rà soát hộ nghèo, hộ cận nghèo 6 tháng đầu năm 2024"

_HTML_BOOK = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="utf-8"></head><body>
<table><tr><td colspan=5>ỦY BAN NHÂN DÂN HUYỆN LONG HỮU</td></tr>
<tr><td colspan=5>BIỂU BÁO CÁO CÔNG TÁC LAO ĐỘNG, VIỆC LÀM QUÝ II NĂM 2024</td></tr>
<tr><td rowspan=2>STT</td><td rowspan=2>Chỉ tiêu</td><td rowspan=2>ĐVT</td><td colspan=2>Thực hiện quý II/2024</td></tr>
<tr><td>Tổng số</td><td>Nữ</td></tr>
<tr><td>1</td><td>Số lao động được tạo việc làm</td><td>người</td><td>1.412</td><td>655</td></tr>
<tr><td>2</td><td>Số phiên giao dịch việc làm</td><td>phiên</td><td>3</td><td></td></tr>
<tr><td>3</td><td>Số lớp đào tạo nghề cho lao động nông thôn</td><td>lớp</td><td>11</td><td></td></tr></table></body></html>"""

SENT: tuple[Told, ...] = (
    Told(
        "work_in_prose", PROVINCE, 0, "vieclam",
        {"L1": "1280/590", "L2": "46/12", "L4": "2", "L5": "18500", "L6": "9", "L7": "275/141", "L8": "14"},
        ("BC VL quy 2.docx", _of_district(
            "Khe Sâu", _WORK_TITLE,
            "I. KẾT QUẢ THỰC HIỆN",
            "1. Trong quý, toàn huyện có 1.280 lao động được tạo việc làm (trong đó nữ 590 người), đạt 51,2% kế hoạch năm.",
            "2. Có 46 lao động đi làm việc ở nước ngoài theo hợp đồng, trong đó nữ 12 người.",
            "3. Tổ chức 02 phiên giao dịch việc làm. Doanh số cho vay giải quyết việc làm đạt 18,5 tỷ đồng.",
            "4. Đã mở 09 lớp đào tạo nghề cho lao động nông thôn; có 275 lao động nông thôn được đào tạo nghề (nữ 141 người).",
            "5. Kiểm tra: có 14 doanh nghiệp được kiểm tra, không có doanh nghiệp vi phạm.",
            "II. KHÓ KHĂN", "Doanh nghiệp thiếu đơn hàng.",
        )),
        subject="UBND huyện Khe Sâu báo cáo việc làm quý II",
    ),
    Told(
        "work_in_sentences_of_cells", PROVINCE, 1, "vieclam",
        {"L1": "905/?", "L4": "4", "L6": "7", "L8": "12"},
        ("vl.docx", _of_district("Nậm Tốc", _WORK_TITLE, [
            ["STT", "Nội dung", "Kết quả"],
            ["1", "Số lao động được tạo việc làm", "Đã có 905 người, đạt 45,3%"],
            ["2", "Số phiên giao dịch việc làm", "Tổ chức được 04 phiên, thu hút 620 lượt người"],
            ["3", "Số lớp đào tạo nghề cho lao động nông thôn", "Mở 07 lớp"],
            ["4", "Số lao động nông thôn được đào tạo nghề", "86/245 người"],
            ["5", "Số doanh nghiệp được kiểm tra", "12/15 doanh nghiệp (80%)"],
        ])),
    ),
    Told(
        "work_by_month", PROVINCE, 2, "vieclam",
        {"L1": "600/?", "L3": "1450", "L4": "3"},
        ("Bieu quy 2.xlsx", _of_book([
            ["UBND HUYỆN YÊN TRẠCH"], ["BIỂU TỔNG HỢP LAO ĐỘNG, VIỆC LÀM QUÝ II NĂM 2024"], [],
            ["TT", "Chỉ tiêu", "ĐVT", "Quý I", "Tháng 4", "Tháng 5", "Tháng 6", "Quý II", "Lũy kế 6 tháng"],
            [1, "Số lao động được tạo việc làm", "người", 512, 180, 200, 220, 600, 1112],
            [2, "Số lượt người được tư vấn, giới thiệu việc làm", "lượt người", 1200, 400, 500, 550, 1450, 2650],
            [3, "Số phiên giao dịch việc làm", "phiên", 1, 1, 1, 1, 3, 4],
        ])),
    ),
    Told(
        "insured_by_sex_in_rows", PROVINCE, 3, "bhxh",
        {"B2": "4120/2010", "B3": "877/604", "B4": "133/70"},
        ("BHXH.xlsx", _of_book([
            ["UBND HUYỆN BA VINH"], ["BIỂU TÌNH HÌNH THỰC HIỆN CHÍNH SÁCH BẢO HIỂM XÃ HỘI 6 THÁNG ĐẦU NĂM 2024"], [],
            ["STT", "Nội dung", "Giới tính", "ĐVT", "Số lượng", "Ghi chú"],
            [1, "Số người tham gia bảo hiểm xã hội bắt buộc", "Nam", "người", 2110, None],
            [None, None, "Nữ", "người", 2010, None],
            [None, None, "Tổng", "người", 4120, None],
            [2, "Số người tham gia bảo hiểm xã hội tự nguyện", "Nam", "người", 273, None],
            [None, None, "Nữ", "người", 604, None],
            [None, None, "Tổng", "người", 877, None],
            [3, "Số người hưởng trợ cấp thất nghiệp", "Nam", "người", 63, None],
            [None, None, "Nữ", "người", 70, None],
            [None, None, "Tổng", "người", 133, None],
        ], ("B5:B7", "B8:B10", "B11:B13", "A5:A7", "A8:A10", "A11:A13"))),
    ),
    Told(
        "work_in_a_page_called_xls", PROVINCE, 4, "vieclam",
        {"L1": "1412/655", "L4": "3", "L6": "11"},
        ("Bieu VL.xls", _HTML_BOOK.encode),
    ),
    Told(
        "insured_with_abbreviations_and_money", PROVINCE, 5, "bhxh",
        {"B1": "214", "B2": "3050/1488", "B3": "640/402", "B4": "97/51", "B5": "2350", "B6": "0"},
        ("bc bhxh.docx", _of_district("Mỹ Đông", _INSURED_TITLE, [
            ["TT", "Chỉ tiêu", "Đơn vị tính", "Năm 2023", "6 tháng đầu năm 2024", ""],
            ["", "", "", "", "Tổng số", "Trong đó: nữ"],
            ["1", "Số đơn vị tham gia BHXH", "Đơn vị", "201", "214", ""],
            ["2", "Số người tham gia BHXH bắt buộc", "Người", "2.900", "3.050", "1.488"],
            ["3", "Số người tham gia BHXH tự nguyện", "Người", "588", "640", "402"],
            ["4", "Số người hưởng trợ cấp thất nghiệp", "Người", "180", "97", "51"],
            ["5", "Số tiền chậm đóng BHXH", "Tỷ đồng", "2,1", "2,35", ""],
            ["6", "Số đơn vị được thanh tra, kiểm tra", "Đơn vị", "3", "Không", ""],
        ])),
    ),
    Told(
        "insured_in_prose_against_last_year", PROVINCE, 6, "bhxh",
        {"B1": "178", "B3": "512/333", "B6": "6"},
        ("baocao.docx", _of_district(
            "Tân Phước Hưng", _INSURED_TITLE,
            "I. KẾT QUẢ THỰC HIỆN",
            "Toàn tỉnh có 92.000 người tham gia bảo hiểm xã hội bắt buộc. Trên địa bàn huyện có 178 đơn vị tham gia bảo hiểm xã hội, tăng 12 đơn vị so với cùng kỳ năm 2023.",
            "Số người tham gia bảo hiểm xã hội tự nguyện là 512 người (nữ 333 người); cùng kỳ năm 2023 là 455 người.",
            "Đã có 06 đơn vị được thanh tra, kiểm tra.",
        )),
    ),
    Told(
        "work_typed_in_the_mail", PROVINCE, 7, "vieclam",
        {"L1": "733/301", "L2": "9/2", "L4": "1", "L6": "4", "L8": "3"},
        body=(
            "Kính gửi Sở Lao động,\nUBND huyện Vũ Lễ báo cáo công tác lao động, việc làm quý II năm 2024 như sau:\n"
            "- Số lao động được tạo việc làm: 733 người (nữ 301)\n- Số lao động đi làm việc ở nước ngoài theo hợp đồng: 09 người (02 nữ)\n"
            "- Số phiên giao dịch việc làm: 01\n- Số lớp đào tạo nghề cho lao động nông thôn: 04 lớp\n"
            "- Số doanh nghiệp được kiểm tra: 03\nTrân trọng."
        ),
        subject="Huyện Vũ Lễ - việc làm quý II",
    ),
    Told(
        "children_of_a_village_in_a_list", COMMUNE, 0, "treem",
        {"C1": "142/70/72", "C2": "0/?/?", "C3": "1/?/?", "C4": "8", "C5": "35"},
        ("thon cau da.docx", _of_village(
            "Cầu Đá", _CHILD_TITLE,
            "1. Số trẻ em dưới 16 tuổi: 142 em (nam 70, nữ 72).", "2. Số trẻ em bỏ học: không.",
            "3. Số trẻ em bị tai nạn thương tích: 01 em.", "4. Số buổi sinh hoạt hè: 08 buổi.",
            "5. Số suất quà trao cho trẻ em: 35 suất.",
        )),
    ),
    Told(
        "children_by_sex_as_columns_of_indicators", COMMUNE, 1, "treem",
        {"C1": "98/50/48", "C2": "2/2/0", "C3": "1/0/1"},
        ("tre em.xlsx", _of_book([
            ["THÔN ĐỒNG NỘI"], ["BIỂU CÔNG TÁC TRẺ EM 6 THÁNG ĐẦU NĂM 2024"], [],
            ["Giới tính", "Số trẻ em dưới 16 tuổi", "Số trẻ em bỏ học", "Số trẻ em bị tai nạn thương tích"],
            ["Nam", 50, 2, 0], ["Nữ", 48, 0, 1], ["Tổng", 98, 2, 1],
        ])),
    ),
    Told(
        "children_in_prose_with_nothing", COMMUNE, 2, "treem",
        {"C1": "77/?/35", "C2": "0/?/?", "C3": "0/?/?", "C4": "5"},
        ("bc.docx", _of_village(
            "Gò Mít", _CHILD_TITLE,
            "Thôn có 77 trẻ em dưới 16 tuổi (nữ 35 em), không có trẻ em bỏ học, không có trẻ em bị tai nạn thương tích.",
            "Thôn đã tổ chức 05 buổi sinh hoạt hè, thu hút 60 lượt em tham gia.",
        )),
    ),
    Told(
        "households_of_a_village_in_a_small_table", COMMUNE, 3, "hongheo",
        {"G1": "165", "G2": "12", "G3": "9", "G4": "3", "G5": "41/22"},
        ("Bến Trại.docx", _of_village("Bến Trại", _HOUSE_TITLE, [
            ["Nội dung", "Số lượng"], ["Tổng số hộ của thôn", "165 hộ"], ["Số hộ nghèo", "12 hộ nghèo"],
            ["Số hộ cận nghèo", "09 hộ"], ["Số hộ thoát nghèo", "03"], ["Số khẩu thuộc hộ nghèo", "41"], ["Trong đó: nữ", "22"],
        ])),
    ),
    Told(
        "households_with_plan_and_result", COMMUNE, 4, "hongheo",
        {"G1": "203", "G2": "17", "G4": "5"},
        ("ra soat.xlsx", _of_book([
            ["THÔN SUỐI CÁI"], ["BIỂU RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO 6 THÁNG ĐẦU NĂM 2024"],
            ["TT", "Chỉ tiêu", "Kế hoạch năm 2024", "Kết quả 6 tháng đầu năm 2024", "Đạt (%)"],
            [1, "Tổng số hộ của thôn", 203, 203, 100], [2, "Số hộ nghèo", 14, 17, None], [3, "Số hộ thoát nghèo", 6, 5, "83,3"],
        ])),
    ),
    Told(
        "households_in_prose_of_parts", COMMUNE, 5, "hongheo",
        {"G1": "131", "G2": "8", "G3": "11", "G6": "2"},
        ("lang ve.docx", _of_village(
            "Làng Vẽ", _HOUSE_TITLE,
            "Toàn xã có 1.420 hộ, trong đó 96 hộ nghèo. Thôn Làng Vẽ có tổng số hộ của thôn là 131 hộ.",
            "Qua rà soát, thôn còn 8 hộ nghèo và 11 hộ cận nghèo.", "Có 02 hộ đăng ký thoát nghèo, không có hộ nghèo mới phát sinh.",
        )),
    ),
)  # fmt: skip
