"""The proof sheet agrees with what happened, by command line and as a page to print."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import docx
import pytest

from desk.mailing.proof import proof, proof_docx
from ledger.records import Delivery, OutboxState
from tests.offices import Office, address, at, figures, make_office, note, report_mail, verified


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Đồng Tâm was reminded, said it had sent, and then sent; Y tế's mail was refused."""
    made = replace(make_office(tmp_path), now="2023-06-07T09:00:00+07:00")
    made.deliver(note("tin@bao.example", "Bản tin", "Tin tuần"), "2023-05-20T10:00")
    made.take_in()
    made.run("remind", "--queue")
    with made.opened() as opened:
        for mail in opened.ledger.outbox():
            reply, state = "250 OK", OutboxState.SENT
            if mail.unit == "y-te":
                reply, state = "RCPT TO:<yte@songmay.example>: 550 khong co", OutboxState.REFUSED
            opened.ledger.claim(mail.id, lambda _mail: True)
            opened.ledger.mark(Delivery(mail.id, at(made.now), state, reply))
        sent = next(m for m in opened.ledger.outbox() if m.unit == "dong-tam")
    headers = {**verified(address("dong-tam")), "In-Reply-To": sent.message_id}
    claim = note(address("dong-tam"), "Re: V/v đôn đốc", "Xã đã gửi báo cáo hôm qua.", headers=headers)
    made.deliver(claim, "2023-06-07T10:00")
    made.deliver(report_mail("dong-tam", figures(2)), "2023-06-07T14:00")
    later = replace(made, now="2023-06-08T09:00:00+07:00")
    later.take_in()
    return later


def test_a_sheet_tells_when_where_and_with_what_result_in_order(office: Office) -> None:
    (sheet,) = office.listed("proof", "dong-tam")
    told = [(line["event"], line["at"][:16], line["address"]) for line in sheet["lines"]]
    assert told == [
        ("queued", "2023-06-07T09:00", "vanthu@dongtam.example"),
        ("sent", "2023-06-07T09:00", "vanthu@dongtam.example"),
        ("answer", "2023-06-07T10:00", "vanthu@dongtam.example"),
        ("received", "2023-06-07T14:00", ""),
    ]
    assert sheet["lines"][2]["what"] == "báo đã gửi"
    assert (sheet["state"], sheet["lines"][1]["detail"]) == ("late", "250 OK")


def test_a_refusal_stands_with_the_servers_words(office: Office) -> None:
    (sheet,) = office.listed("proof", "y-te", "-r", "bdg", "-k", "2023-H1")
    assert [line["event"] for line in sheet["lines"]] == ["queued", "refused"]
    assert "550 khong co" in sheet["lines"][-1]["detail"]


def test_the_page_to_print_has_every_line_and_is_the_same_each_time(office: Office, tmp_path: Path) -> None:
    with office.opened() as opened:
        (sheet,) = proof(opened, "dong-tam")
        file, again = proof_docx(sheet, opened), proof_docx(sheet, opened)
    assert file == again
    document = docx.Document(BytesIO(file.content))
    rows = [[cell.text for cell in row.cells] for row in document.tables[-1].rows]
    assert len(rows) == 1 + len(sheet.lines)
    assert rows[2][2].startswith("Đã gửi: V/v đôn đốc gửi báo cáo")
    office.run("proof", "dong-tam", "--docx", str(tmp_path / "in"))
    assert [path.read_bytes() for path in (tmp_path / "in").iterdir()] == [file.content]


def test_what_was_never_written_about_is_told(office: Office) -> None:
    assert office.run("proof", "suoi-dau").out.strip() == "Chưa có thư nào gửi đơn vị này."
    assert office.run("proof", "dong-tam", "-k", "2022-Y", code=6).err
