"""Thư đi, by an HTTP client: the batch as it would go, and everything an officer does with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from html import unescape
from pathlib import Path

import pytest

from config.units import Address, Unit
from desk.mailing.sender import build_mime
from desk.web.accounts import Role
from ledger.records import Delivery, OutboxState, OutgoingMessage
from tests.offices import (
    DEPARTMENT,
    UNITS,
    Office,
    address,
    after_round,
    at,
    make_office,
    note,
    verified,
)
from tests.web import PASSWORD, Served, served_office

HOSTILE = "<script>alert(1)</script>"
APPROVING = DEPARTMENT.replace("mode: preview", "mode: approve")


def chasing_office(folder: Path, department: str = APPROVING) -> Office:
    """An office with three reminders that wait to be approved."""
    office, _ = after_round(folder, department=department)
    office.run("remind", "--queue")
    return office


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Served]:
    with served_office(chasing_office(tmp_path)) as served:
        yield served


def mails(desk: Served) -> tuple[OutgoingMessage, ...]:
    return desk.desk.office().ledger.outbox()


def states(desk: Served) -> list[str]:
    return [mail.state.value for mail in mails(desk)]


def move(desk: Served, mail: OutgoingMessage, *states_: OutboxState, reply: str = "250 ok") -> None:
    """Have the daemon's steps happen to a mail."""
    ledger = desk.desk.office().ledger
    ledger.approve(mail.id)
    assert ledger.claim(mail.id, lambda _mail: True) is not None
    for state in states_:
        ledger.mark(Delivery(mail.id, at("2023-06-07T09:05"), state, reply))


def test_the_batch_is_shown_as_the_mails_will_read_on_the_wire(desk: Served) -> None:
    shown = desk.client().get("/thu-di").text
    texts = [unescape(text) for text in re.findall(r'<pre class="letter"[^>]*>(.*?)</pre>', shown, re.DOTALL)]
    office = desk.desk.office()
    zone, department = office.regime.timezone, office.regime.department
    for mail, text in zip(mails(desk), texts, strict=True):
        octets = build_mime(mail, department, zone=zone)
        read = BytesParser(policy=policy.default).parsebytes(octets)
        plain = read.get_body(("plain",))
        assert plain is not None
        assert plain.get_content().replace("\r\n", "\n").strip() == text.strip()
        page = desk.client().get(f"/thu-di/{mail.id}").text
        for name in ("From", "To", "Subject"):
            assert str(read[name]) in unescape(page)


def test_approving_the_batch_asks_for_the_password_and_lets_all_go_or_none(desk: Served) -> None:
    client = desk.client()
    desk.clock.now += timedelta(minutes=11)
    ids = tuple(str(mail.id) for mail in mails(desk))
    for password in ("", "sai mat khau"):
        answer = client.send_form("/thu-di/duyet", thu=ids, confirm_password=password)  # type: ignore[arg-type]
        assert answer.status_code == 403
    unknown = client.send_form("/thu-di/duyet", thu=(*ids, "999"), confirm_password=PASSWORD)  # type: ignore[arg-type]
    assert unknown.status_code == 422
    assert states(desk) == ["held"] * 3
    answer = client.send_form("/thu-di/duyet", thu=ids, confirm_password=PASSWORD)  # type: ignore[arg-type]
    assert answer.headers["location"] == "/thu-di?phan=cho&notice=mail_approved"
    assert states(desk) == ["queued"] * 3
    events = desk.desk.office().ledger.latest_history(event="mail_approved", limit=9)
    assert {event.actor for event in events} == {"Lò Thị Mai"}


def test_words_edited_since_the_batch_was_read_are_not_approved_with_it(desk: Served) -> None:
    client = desk.client()
    shown = client.get("/thu-di").text
    chosen = tuple(re.findall(r'name="thu" value="([^"]+)"', shown))
    mail = mails(desk)[1]
    one = re.search(r'name="da_xem" value="([^"]+)"', client.get(f"/thu-di/{mail.id}").text)
    assert one is not None
    assert (
        client.send_form(f"/thu-di/{mail.id}/sua", tieu_de="V/v khác", noi_dung="Lời khác").status_code == 303
    )
    answer = client.send_form("/thu-di/duyet", thu=chosen, confirm_password=PASSWORD)  # type: ignore[arg-type]
    assert (answer.status_code, "vừa được sửa nội dung" in answer.text) == (422, True)
    assert client.send_form(f"/thu-di/{mail.id}/duyet", da_xem=one[1]).status_code == 422
    assert states(desk) == ["held"] * 3
    chosen = tuple(re.findall(r'name="thu" value="([^"]+)"', client.get("/thu-di").text))
    client.send_form("/thu-di/duyet", thu=chosen, confirm_password=PASSWORD)  # type: ignore[arg-type]
    assert states(desk) == ["queued"] * 3


def test_one_mail_is_approved_held_and_cancelled_with_its_reason(desk: Served) -> None:
    client, mail = desk.client(), mails(desk)[0]
    page = f"/thu-di/{mail.id}"
    assert client.send_form("/thu-di/duyet").status_code == 422
    assert client.send_form(f"{page}/duyet").status_code == 303
    assert client.send_form(f"{page}/giu", ly_do=f"chờ gọi điện {HOSTILE}").status_code == 303
    shown = client.get(page).text
    assert "chờ gọi điện" in shown
    assert HOSTILE not in shown
    assert client.send_form(f"{page}/duyet").status_code == 303
    assert client.send_form(f"{page}/huy", ly_do="đã gọi").status_code == 303
    assert states(desk)[0] == "cancelled"
    late = client.send_form(f"{page}/duyet")
    assert late.status_code == 422
    assert "không còn chờ gửi" in late.text


def test_a_mail_is_edited_and_what_was_typed_is_kept_when_it_cannot_be(desk: Served) -> None:
    client, mail = desk.client(), mails(desk)[0]
    page = f"/thu-di/{mail.id}"
    words = {"tieu_de": "V/v nhắc gửi báo cáo", "noi_dung": f"Kính gửi đơn vị,\r\n\r\n{HOSTILE}"}
    assert client.send_form(f"{page}/sua", **words).status_code == 303
    assert mails(desk)[0].subject == "V/v nhắc gửi báo cáo"
    assert HOSTILE not in client.get(page).text
    assert HOSTILE not in client.get("/thu-di").text
    empty = client.send_form(f"{page}/sua", tieu_de="Tiêu đề còn đây", noi_dung=" ")
    assert empty.status_code == 422
    assert "Tiêu đề còn đây" in empty.text


def test_an_uncertain_mail_goes_again_only_when_the_officer_says_so(desk: Served) -> None:
    client, mail = desk.client(), mails(desk)[0]
    move(desk, mail, OutboxState.UNCERTAIN, reply="lost")
    page = f"/thu-di/{mail.id}"
    assert "Chưa rõ thư đã đến máy chủ" in client.get(page).text
    assert client.send_form(f"{page}/duyet").status_code == 422
    assert states(desk)[0] == "uncertain"
    assert client.send_form(f"{page}/duyet", gui_lai="1").status_code == 303
    assert states(desk)[0] == "queued"


def test_what_went_shows_what_the_server_said_and_who_answered(tmp_path: Path) -> None:
    office = chasing_office(tmp_path)
    with served_office(office) as desk:
        (sent,) = [mail for mail in mails(desk) if mail.unit == "y-te"]
        move(desk, sent, OutboxState.SENT)
    headers = verified(address("y-te")) | {"In-Reply-To": sent.message_id}
    reply = note(address("y-te"), f"Re: {HOSTILE}", "Cho em hỏi nộp bản nào ạ?", headers=headers)
    office.deliver(reply, "2023-06-07T09:30")
    office.take_in()
    with served_office(office) as desk:
        shown = desk.client().get("/thu-di?phan=gui").text
        assert "Phòng Y tế" in shown
        page = desk.client().get(f"/thu-di/{sent.id}").text
        for text in (shown, page):
            assert "Hỏi lại" in text
            assert HOSTILE not in text
        assert "250 ok" in page


def test_what_is_due_is_looked_at_without_a_trace_and_queued_by_a_button(tmp_path: Path) -> None:
    with served_office(make_office(tmp_path, department=APPROVING)) as desk:
        before = desk.desk.office().ledger.last_event()
        shown = desk.client().get("/thu-di/den-luot").text
        assert "6 thư đến lượt, trong đó 6 thư chưa đưa vào Thư đi" in shown
        assert "UBND xã Suối Dâu: chưa có số điện thoại" in shown
        assert desk.desk.office().ledger.last_event() == before
        answer = desk.client().send_form("/thu-di/den-luot")
        assert answer.headers["location"] == "/thu-di?phan=duyet&notice=mail_queued"
        assert states(desk) == ["held"] * 6
        assert desk.client().send_form("/thu-di/den-luot").status_code == 303
        assert states(desk) == ["held"] * 6


def test_a_reader_sees_and_changes_nothing(desk: Served) -> None:
    client, mail = desk.client(Role.READER), mails(desk)[0]
    for page in ("/thu-di", f"/thu-di/{mail.id}", "/thu-di/den-luot"):
        shown = client.get(page)
        assert shown.status_code == 200
        assert 'action="/thu-di' not in shown.text
    for path in ("duyet", "den-luot", *(f"{mail.id}/{each}" for each in ("duyet", "giu", "huy", "sua"))):
        assert client.send_form(f"/thu-di/{path}").status_code == 403
    assert states(desk) == ["held"] * 3


def test_a_mail_that_is_not_there_is_told(desk: Served) -> None:
    for number in ("0", "999", "-1", "x", "1" * 40, "%00"):
        assert desk.client().get(f"/thu-di/{number}").status_code in {404, 422}


def test_the_list_asks_the_ledger_as_often_for_many_mails_as_for_few(tmp_path: Path) -> None:
    from tests.web import questions_to

    counts = []
    for count in (3, 40):
        units = tuple(
            Unit(f"xa-{n}", f"UBND xã {n:03d}", "commune", addresses=(Address(f"x{n}@x.example"),))
            for n in range(count)
        )
        office = make_office(tmp_path / str(count), units + UNITS[4:5], department=APPROVING)
        office.run("remind", "--queue")
        with served_office(office) as desk:
            client = desk.client()
            asked = []
            for page in ("/thu-di", "/thu-di?phan=gui", f"/thu-di/{mails(desk)[0].id}"):
                with questions_to(desk) as statements:
                    assert client.get(page).status_code == 200
                asked.append(len(statements))
            counts.append(asked)
    assert counts[0] == counts[1]
