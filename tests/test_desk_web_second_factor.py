"""The second factor: confirmed by a code, asked at each sign-in, no code taken twice; one's own sessions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pyotp
import pytest

from desk.web.accounts import TRIES_OF_PAIR, Role
from desk.web.second_factor import RECOVERY_CODES, WAITS, matching_step, recovery_hash
from tests.offices import NOW, at, make_office
from tests.web import PASSWORD, Client, Served, served_office, served_round

SIGN_IN = "/dang-nhap"
STEP = timedelta(seconds=30)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Served]:
    with served_round(tmp_path) as found:
        yield found


def code(desk: Served, secret: str, ahead: int = 0) -> str:
    return pyotp.TOTP(secret).at(desk.clock.now + ahead * STEP)


def turned_on(desk: Served) -> tuple[Client, str, list[str]]:
    """A client whose account has a second factor, its secret, its recovery codes."""
    client = desk.client()
    client.send_form("/tai-khoan/ma")
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", client.get("/tai-khoan").text)
    assert secret is not None
    shown = client.send_form("/tai-khoan/ma/bat", code=code(desk, secret[1]))
    return client, secret[1], re.findall(r"<code>([a-z2-9-]{11})</code>", shown.text)


def half(desk: Served) -> tuple[Client, str]:
    """Somebody who has given the password, and what stands for it."""
    client = desk.client(None)
    asked = client.send_form(SIGN_IN, name="administrator-thu", password=PASSWORD)
    found = re.search(r'name="half" value="([^"]+)"', asked.text)
    assert found is not None, asked.text
    return client, found[1]


def give(client: Client, half: str, code: str) -> httpx.Response:
    return client.send_form(f"{SIGN_IN}/ma", half=half, code=code, next="/nhat-ky")


def test_it_counts_only_after_a_code_has_shown_that_the_app_has_it(desk: Served) -> None:
    client = desk.client()
    client.send_form("/tai-khoan/ma")
    answer = client.send_form("/tai-khoan/ma/bat", code="000000")
    assert answer.status_code == 422
    assert (
        desk.client(None).send_form(SIGN_IN, name="administrator-thu", password=PASSWORD).status_code == 303
    )


def test_the_password_alone_signs_nobody_in(desk: Served) -> None:
    _client, secret, _codes = turned_on(desk)
    client, token = half(desk)
    assert client.token == ""
    assert client.get("/ky-bao-cao").status_code == 303
    answer = give(client, token, code(desk, secret, ahead=1))
    assert answer.headers["location"] == "/nhat-ky"
    assert client.get("/ky-bao-cao").status_code == 200


def test_a_code_is_taken_once(desk: Served) -> None:
    _client, secret, _codes = turned_on(desk)
    client, token = half(desk)
    assert give(client, token, code(desk, secret)).status_code == 403  # turned it on
    desk.clock.now += STEP
    once = code(desk, secret)
    assert give(client, token, once).status_code == 303
    client, token = half(desk)
    assert give(client, token, once).status_code == 403
    assert give(client, token, code(desk, secret, ahead=1)).status_code == 303


def test_a_recovery_code_signs_in_once_however_it_is_typed(desk: Served) -> None:
    _client, _secret, codes = turned_on(desk)
    assert len(set(codes)) == RECOVERY_CODES
    client, token = half(desk)
    assert give(client, token, codes[0].upper().replace("-", " ")).status_code == 303
    assert desk.desk.accounts.audit()[0].event == "recovery_used"
    assert f"{RECOVERY_CODES - 1} mã" in client.get("/tai-khoan").text
    client, token = half(desk)
    assert give(client, token, codes[0]).status_code == 403


def test_who_guesses_codes_waits_even_with_the_right_one(desk: Served) -> None:
    _client, secret, _codes = turned_on(desk)
    client, token = half(desk)
    for _ in range(TRIES_OF_PAIR):
        assert give(client, token, "12345x").status_code == 403
    assert give(client, token, code(desk, secret, ahead=1)).status_code == 429


def test_a_password_given_waits_five_minutes_and_an_invented_one_never(desk: Served) -> None:
    _client, secret, _codes = turned_on(desk)
    client, token = half(desk)
    assert give(client, "x" * 43, code(desk, secret, ahead=1)).headers["location"].startswith(SIGN_IN)
    desk.clock.now += WAITS
    assert give(client, token, code(desk, secret)).headers["location"].startswith(SIGN_IN)


def test_turning_it_on_ends_the_other_sessions_and_keeps_this_one(desk: Served) -> None:
    other = desk.client()
    client, _secret, _codes = turned_on(desk)
    assert other.get("/ky-bao-cao").status_code == 303
    assert client.get("/ky-bao-cao").status_code == 200


def test_it_is_turned_off_and_codes_are_renewed_only_with_the_password(desk: Served) -> None:
    client, _secret, codes = turned_on(desk)
    desk.clock.now += timedelta(minutes=10)
    for path in ("/tai-khoan/ma/tat", "/tai-khoan/ma/du-phong"):
        assert client.send_form(path).status_code == 403
    renewed = client.send_form("/tai-khoan/ma/du-phong", confirm_password=PASSWORD).text
    assert not set(codes) & set(re.findall(r"<code>([a-z2-9-]{11})</code>", renewed))
    client.send_form("/tai-khoan/ma/tat")
    assert (
        desk.client(None).send_form(SIGN_IN, name="administrator-thu", password=PASSWORD).status_code == 303
    )


def test_a_reset_on_the_machine_takes_it_away(desk: Served) -> None:
    turned_on(desk)
    once = desk.desk.accounts.reset("administrator-thu")
    account = desk.desk.accounts.sign_in("administrator-thu", once, "127.0.0.1").account
    assert account is not None
    assert not account.second_factor
    assert desk.desk.accounts.codes_left(account) == 0


def test_codes_of_a_clock_half_a_minute_off_are_taken_and_older_ones_not() -> None:
    secret, now = pyotp.random_base32(), at(NOW)
    app = pyotp.TOTP(secret)
    for ahead in (-1, 0, 1):
        assert matching_step(secret, app.at(now + ahead * STEP), now, None) is not None
    for ahead in (-2, 2):
        assert matching_step(secret, app.at(now + ahead * STEP), now, None) is None
    assert matching_step(secret, "１２３４５６", now, None) is None
    assert recovery_hash(" AB-cd ") == recovery_hash("abcd")


def test_own_sessions_are_listed_and_ended(desk: Served) -> None:
    client, other, third = desk.client(), desk.client(), desk.client()
    page = client.get("/tai-khoan").text
    ids = re.findall(r'name="id" value="(\w+)"', page)
    assert len(ids) == 2
    assert client.send_form("/tai-khoan/phien", id=ids[0]).status_code == 303
    assert sorted(one.get("/ky-bao-cao").status_code for one in (other, third)) == [200, 303]
    client.send_form("/tai-khoan/phien")
    assert [one.get("/ky-bao-cao").status_code for one in (other, third, client)] == [303, 303, 200]


def test_nobody_ends_the_session_of_another(desk: Served) -> None:
    officer, reader = desk.client(), desk.client(Role.READER)
    session = desk.desk.sessions.find(officer.token)
    assert session is not None
    reader.send_form("/tai-khoan/phien", id=session.id)
    assert officer.get("/ky-bao-cao").status_code == 200
    assert session.id not in reader.get("/tai-khoan").text


def test_the_secret_is_shown_to_the_session_that_asked_and_nobody_else(desk: Served) -> None:
    client, other = desk.client(), desk.client()
    client.send_form("/tai-khoan/ma")
    assert "otpauth" not in client.get("/tai-khoan").text
    assert not re.search(r"<code>[A-Z2-7]{32}</code>", other.get("/tai-khoan").text)


# -- compulsory ------------------------------------------------------------------------------------------


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Served]:
    office = make_office(tmp_path)
    office.settings("desk:\n  second_factor: officers\n")
    with served_office(office) as found:
        yield found


@pytest.mark.parametrize("role", [Role.OFFICER, Role.ADMINISTRATOR])
def test_who_lacks_a_compulsory_second_factor_reaches_nothing_but_its_setting_up(
    strict: Served, role: Role
) -> None:
    client = strict.client(role)
    for path in ("/ky-bao-cao", "/viec-can-xem", "/thiet-lap"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/tai-khoan")
    assert client.send_form("/don-vi/y-te/mien", ky="x").headers["location"] == "/tai-khoan"
    fragment = client.get("/ky-bao-cao", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.headers["hx-redirect"]) == (204, "/tai-khoan")
    page = client.get("/tai-khoan").text
    assert "yêu cầu xác thực hai bước" in page
    assert "<nav" not in page


def test_once_it_is_set_up_everything_is_open_and_it_is_not_turned_off_again(strict: Served) -> None:
    client, _secret, codes = turned_on(strict)
    assert codes
    assert client.get("/ky-bao-cao").status_code == 200
    assert "/tai-khoan/ma/tat" not in client.get("/tai-khoan").text
    assert client.send_form("/tai-khoan/ma/tat").status_code == 422
    account = strict.desk.accounts.find("administrator-thu")
    assert account is not None
    assert account.second_factor


def test_a_reader_needs_none_unless_everybody_does(strict: Served) -> None:
    assert strict.client(Role.READER).get("/ky-bao-cao").status_code == 200
    strict.office.settings("desk:\n  second_factor: everybody\n")
    with served_office(strict.office) as desk:
        assert desk.client(Role.READER).get("/ky-bao-cao").headers["location"] == "/tai-khoan"
