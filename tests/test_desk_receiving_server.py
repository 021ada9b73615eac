"""Whose word on senders is proposed, and that only a person takes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.loader import load_regime
from desk.receiving_server import Found, server_that_vouches, topmost_server
from desk.web.accounts import Role
from tests.offices import DEPARTMENT, SERVER, Office, address, figures, inside, make_office, report_mail
from tests.web import PASSWORD, served_office

UNPINNED = DEPARTMENT.replace(f"trusted_authserv_id: {SERVER}\n", "")
UNITS = ("binh-minh", "dong-tam", "hoa-lac", "y-te")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that trusts nobody's word yet, with eight mails its server has looked at."""
    made = make_office(tmp_path, department=UNPINNED)
    for seed in range(8):
        mail = report_mail(UNITS[seed % len(UNITS)], figures(seed))
        made.deliver(mail, f"2023-06-0{1 + seed % 4}T08:{seed:02}")
    made.take_in()
    return made


def found_in(office: Office) -> Found | None:
    found: Found | None = inside(office, server_that_vouches)
    return found


def test_the_server_that_looked_at_most_mails_of_several_senders_is_proposed(office: Office) -> None:
    assert found_in(office) == Found(SERVER, 8, 8)


def test_one_sender_alone_makes_no_server_the_mailboxs(tmp_path: Path) -> None:
    office = make_office(tmp_path, department=UNPINNED)
    for seed in range(8):
        office.deliver(report_mail("binh-minh", figures(seed)), f"2023-06-01T08:{seed:02}")
    office.take_in()
    assert found_in(office) is None


def test_a_forgers_server_that_stands_in_his_mails_alone_is_not_proposed(office: Office) -> None:
    for seed in range(8, 14):
        forged = {"Authentication-Results": f"mx.ke-gian.example; dmarc=pass header.from={address('y-te')}"}
        mail = report_mail(UNITS[seed % 4], figures(seed), headers=forged)
        office.deliver(mail, f"2023-06-05T08:{seed:02}")
    office.take_in()
    assert found_in(office) is None  # eight of fourteen are too few to be sure


@pytest.mark.parametrize(
    ("head", "server"),
    [
        (b"Authentication-Results: mx.google.com;\r\n dmarc=pass", "mx.google.com"),
        (b"AUTHENTICATION-RESULTS:\r\n\tMX.Example.VN 1; none", "mx.example.vn"),
        (b"Authentication-Results: a.vn; x=y\r\nAuthentication-Results: b.vn; x=y", "a.vn"),
        (b"X-Authentication-Results: b.vn; none", ""),
        (b"Subject: x\r\n Authentication-Results: b.vn; none", ""),
        (b"Subject: x\r\n\r\nAuthentication-Results: b.vn; none", ""),
        (b"Authentication-Results: <script>; none", ""),
        (b"", ""),
    ],
)
def test_the_topmost_field_of_the_head_names_the_server(head: bytes, server: str) -> None:
    assert topmost_server(head + b"\r\n\r\nbody") == server


def test_the_first_steps_ask_for_it_and_a_person_takes_it_over(office: Office) -> None:
    with served_office(office) as desk:
        client = desk.client()
        assert "Chưa chọn máy chủ xác nhận người gửi" in client.get("/thiet-lap").text
        page = client.get("/thiet-lap/hop-thu").text
        assert f"Đề xuất {SERVER}: máy chủ này đã kiểm tra 8/8 thư gần đây." in page
        path = "/thiet-lap/hop-thu/xac-thuc"
        assert client.send_form(path, server=SERVER, confirm_password="sai").status_code == 403
        assert desk.client(Role.OFFICER).send_form(path, server=SERVER).status_code == 403
        assert load_regime(office.home / "regime").trusted_authserv_id == ""
        assert client.send_form(path, server="<b>", confirm_password=PASSWORD).status_code == 422
        answer = client.send_form(path, server=SERVER.upper(), confirm_password=PASSWORD)
        assert answer.status_code == 303, answer.text
        assert load_regime(office.home / "regime").trusted_authserv_id == SERVER
        assert "Chưa chọn máy chủ xác nhận người gửi" not in client.get("/thiet-lap").text
        assert "Đề xuất" not in client.get("/thiet-lap/hop-thu").text
