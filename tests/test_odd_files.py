"""Files that are not what they are called, or bring macros: from the mail to the ledger and its page."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from config.units import Address, Unit
from intake.extractors.office import converter
from tests.builders import xlsx
from tests.builders_pages import printed, ruled
from tests.offices import Office, address, figure_table, figures, letter, make_office, note

SUBJECT = "Báo cáo bình đẳng giới 6 tháng đầu năm 2023"
SENTENCE = "Tệp có macro"
NAMES = {
    "mot": "An Lạc",
    "hai": "Bằng Giang",
    "ba": "Cẩm Sơn",
    "bon": "Định Thành",
    "nam": "Gia Hội",
    "sau": "Hưng Phú",
    "bay": "Khánh Vân",
    "tam": "Long Điền",
    "chin": "Mường Bú",
    "muoi": "Nậm Cắn",
}
UNITS = tuple(
    Unit(name, f"UBND xã {place}", "commune", addresses=(Address(f"vanthu@{name}.example"),))
    for name, place in NAMES.items()
)


def word(unit: str) -> bytes:
    seed = list(NAMES).index(unit) + 2
    return letter(unit, figures(seed), head=f"ỦY BAN NHÂN DÂN\nXÃ {NAMES[unit].upper()}")


def book(unit: str) -> bytes:
    table = figure_table(figures(list(NAMES).index(unit) + 2))
    title = ["BIỂU SỐ LIỆU BÌNH ĐẲNG GIỚI 6 THÁNG ĐẦU NĂM 2023"]
    return xlsx({"Biểu": [title, [f"UBND xã {NAMES[unit]}"], *table]})


def with_macros(package: bytes, part: str) -> bytes:
    octets = io.BytesIO(package)
    with zipfile.ZipFile(octets, "a") as archive:
        archive.writestr(f"{part}/vbaProject.bin", b"\xd0\xcf\x11\xe0 no real project")
    return octets.getvalue()


#: What each is: the unit that sends it, its name, its octets.
BRING_MACROS = {
    "docm": ("mot", "bao cao.docm", with_macros(word("mot"), "word")),
    "docx with a macro part": ("hai", "bao cao.docx", with_macros(word("hai"), "word")),
    "xlsm": ("ba", "bieu.xlsm", with_macros(book("ba"), "xl")),
    "xlsx with a macro part": ("bon", "bieu.xlsx", with_macros(book("bon"), "xl")),
}
MISNAMED = {
    "workbook named doc": ("nam", "bieu.doc", book("nam")),
    "word named pdf": ("sau", "bao cao.pdf", word("sau")),
    "no extension": ("bay", "bao cao", word("bay")),
    "a day for an extension": ("tam", "Báo cáo 6 tháng. ngày 01.6.2023", word("tam")),
    "absurd": ("chin", "..\\..\\“BC”?*|<>:\u202e" + "dài " * 80 + ".docx.docx....", word("chin")),
    "word named program": ("muoi", "bao cao.docx.exe", word("muoi")),
}


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, dict[str, str]]:
    office = make_office(Path(tmp_path_factory.mktemp("tep-la")), UNITS)
    ids = {
        what: office.deliver(
            note(f"vanthu@{unit}.example", SUBJECT, "Kính gửi Phòng.", (name, content)),
            f"2023-06-01T{hour:02}:00",
        )
        for hour, (what, (unit, name, content)) in enumerate((BRING_MACROS | MISNAMED).items(), 1)
    }
    office.take_in()
    return office, ids


@pytest.mark.parametrize("what", BRING_MACROS | MISNAMED)
def test_a_file_is_booked_with_its_figures_whatever_it_is_called_or_brings(
    taken_in: tuple[Office, dict[str, str]], what: str
) -> None:
    office, ids = taken_in
    unit = (BRING_MACROS | MISNAMED)[what][0]
    assert office.message(ids[what])["state"] == "booked"
    assert office.value(unit, "B1")["value"] == 10 + list(NAMES).index(unit) + 2


@pytest.mark.parametrize("what", BRING_MACROS | MISNAMED)
def test_the_officer_is_told_of_macros_and_only_of_those_that_came(
    taken_in: tuple[Office, dict[str, str]], what: str
) -> None:
    office, ids = taken_in
    assert (SENTENCE in office.run("explain", ids[what]).out) is (what in BRING_MACROS)


@pytest.mark.skipif(converter() is None, reason="LibreOffice draws the PDF")
def test_a_pdf_named_docx_is_read_as_the_pdf_it_is(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    pdf = printed(ruled(letter("binh-minh", kind="\nBÁO CÁO")))
    message = office.deliver(
        note(address("binh-minh"), SUBJECT, "Kính gửi Phòng.", ("bc.docx", pdf)), "2023-06-01T08:00"
    )
    office.take_in()
    assert office.message(message)["state"] == "booked"
    assert office.value("binh-minh", "B1")["value"] == 11
