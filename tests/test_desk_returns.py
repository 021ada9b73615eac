"""What a unit is told of a mail nobody could read: from the fault of the file to the text of its mail."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import ole, xlsx
from tests.offices import address, figure_table, figures, letter, make_office, note
from tests.web import Served, served_office

SUBJECT = "Báo cáo bình đẳng giới 6 tháng đầu năm 2023"
LINK = "Báo cáo ở đây: https://drive.google.com/file/d/1aBcD/view"
BLANK = figure_table(dict.fromkeys(figures(), ("", "")))
TITLE = ["BIỂU SỐ LIỆU BÌNH ĐẲNG GIỚI 6 THÁNG ĐẦU NĂM 2023"]
FAULTS = {
    "locked": ("bao cao.docx", ole("EncryptionInfo", "EncryptedPackage"), "bỏ mật khẩu và gửi lại"),
    "damaged": ("bao cao.docx", letter("binh-minh")[:900], "bị hỏng, không mở được"),
    "empty": ("bao cao.docx", b"", "không có nội dung"),
    "program": ("bao cao.exe", b"MZ\x90\0\3\0\0\0" + b"\0" * 400, "bằng tệp Word, Excel hoặc PDF"),
    "program named as Word": (
        "bao cao.docx",
        b"MZ\x90\0\3\0\0\0" + b"\0" * 500,
        "bằng tệp Word, Excel hoặc PDF",
    ),
    "lock file of Word": ("~$bao cao.docx", b"\x07Lan" + b"\0" * 158, "gửi lại báo cáo bằng tệp Word"),
    "unknown": ("bao cao.xyz", b"\x01\x02\x03\x04" * 200, "nén thành tệp .zip"),
    "blank form": ("bieu.xlsx", xlsx({"Biểu": [TITLE, *BLANK]}), "chưa điền số liệu"),
    "link": ("", b"", "dưới dạng tệp đính kèm"),
    "forgotten": ("", b"", "gửi lại thư kèm tệp báo cáo"),
}


def faulty(what: str) -> bytes:
    name, content, _ = FAULTS[what]
    text = LINK if what == "link" else f"Gửi Phòng báo cáo ({what})."
    return note(address(_sender(what)), SUBJECT, text, *(((name, content),) if name else ()))


def _sender(what: str) -> str:
    return "dong-tam" if what == "forgotten" else "binh-minh"  # whose report has not come in any other way


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, dict[str, str]]]:
    folder: Path = tmp_path_factory.mktemp("tra-lai")
    office = make_office(folder)
    ids = {
        what: office.deliver(faulty(what), f"2023-06-0{1 + n // 5}T0{n % 5 + 1}:00")
        for n, what in enumerate(FAULTS)
    }
    office.take_in()
    with served_office(office) as served:
        yield served, ids


@pytest.mark.parametrize("what", FAULTS)
def test_the_advice_for_a_file_nobody_can_read_stands_in_the_mail_to_the_unit(
    desk: tuple[Served, dict[str, str]], what: str
) -> None:
    served, ids = desk
    client, advice = served.client(), FAULTS[what][2]
    (task,) = [item["id"] for item in served.office.listed("review") if item["message"] == ids[what]]
    page = client.get(f"/viec-can-xem/{task}").text
    written = re.search(r'<textarea id="de-nghi"[^>]*>([^<]*)</textarea>', page)
    assert written
    words = html.unescape(written[1])
    assert advice in words
    assert client.send_form(f"/viec-can-xem/{task}/tra-lai", **{"noi-dung": words}).status_code == 303
    with served.office.opened() as opened:
        (mail,) = [one for one in opened.ledger.outbox() if one.about == ids[what]]
    text = " ".join(mail.text.split())
    assert mail.to == (address(_sender(what)),)
    assert advice in text
    assert SUBJECT in text
