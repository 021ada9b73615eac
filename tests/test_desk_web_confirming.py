"""A change of weight asks for the password again: without a script, once in ten minutes, nothing lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from starlette.responses import PlainTextResponse, Response

from desk.web import app
from desk.web.accounts import TRIES_OF_PAIR
from desk.web.call import POST, Call, Route
from desk.web.confirming import PASSWORD_FIELD
from desk.web.sessions import CONFIRMED_FOR
from tests.web import PASSWORD, Client, Served, served_round

PATH = "/viec-lon"


@dataclass
class Weighty:
    """A page with one change of weight, and what the change was given."""

    done: list[Call] = field(default_factory=list)

    def change(self, call: Call) -> Response:
        self.done.append(call)
        return PlainTextResponse("done")


@pytest.fixture
def weighty() -> Weighty:
    return Weighty()


@pytest.fixture
def desk(tmp_path: Path, weighty: Weighty, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    page = SimpleNamespace(ROUTES=(Route(PATH, weighty.change, method=POST, confirm=True),))
    monkeypatch.setattr(app, "PAGES", (*app.PAGES, page))
    with served_round(tmp_path) as found:
        yield found


def later(desk: Served) -> Client:
    """A client whose owner gave the password more than ten minutes ago."""
    client = desk.client()
    desk.clock.now += CONFIRMED_FOR
    return client


def hidden(answer: httpx.Response) -> list[tuple[str, str]]:
    return re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text)


def test_nothing_happens_before_the_password_and_the_form_is_kept(desk: Served, weighty: Weighty) -> None:
    client = later(desk)
    answer = client.send_form(PATH, unit='xã "Đồng Tâm"', note="a\nb")
    assert answer.status_code == 403
    assert weighty.done == []
    kept = dict(hidden(answer)[-3:])
    assert kept["unit"] == "xã &#34;Đồng Tâm&#34;"
    assert kept["note"] == "a\nb"
    answer = client.send_form(PATH, unit="xã", **{PASSWORD_FIELD: PASSWORD})
    assert answer.text == "done"
    assert weighty.done[0].form["unit"] == "xã"


def test_the_password_itself_never_reaches_the_view(desk: Served, weighty: Weighty) -> None:
    later(desk).send_form(PATH, **{PASSWORD_FIELD: PASSWORD})
    (call,) = weighty.done
    assert PASSWORD_FIELD not in call.form
    assert PASSWORD_FIELD not in call.chosen


def test_it_is_asked_once_in_ten_minutes(desk: Served, weighty: Weighty) -> None:
    client = desk.client()  # signing in gave the password
    assert client.send_form(PATH).text == "done"
    desk.clock.now += CONFIRMED_FOR
    assert client.send_form(PATH).status_code == 403
    assert client.send_form(PATH, **{PASSWORD_FIELD: PASSWORD}).text == "done"
    desk.clock.now += CONFIRMED_FOR - timedelta(seconds=1)
    assert client.send_form(PATH).text == "done"
    desk.clock.now += timedelta(seconds=1)
    assert client.send_form(PATH).status_code == 403
    assert len(weighty.done) == 3


def test_a_wrong_password_does_nothing_and_guesses_are_counted(desk: Served, weighty: Weighty) -> None:
    client = later(desk)
    for _ in range(TRIES_OF_PAIR):
        assert "Mật khẩu không đúng" in client.send_form(PATH, **{PASSWORD_FIELD: "sai"}).text
    assert "15 phút" in client.send_form(PATH, **{PASSWORD_FIELD: PASSWORD}).text
    assert weighty.done == []
    assert desk.desk.accounts.audit()[0].event == "wrong"


def test_confirming_changes_the_token_and_leaves_open_forms_good(desk: Served) -> None:
    client = later(desk)
    before = client.token
    session = desk.desk.sessions.find(before)
    assert session is not None
    client.send_form(PATH, **{PASSWORD_FIELD: PASSWORD})
    assert client.token != before
    assert desk.desk.sessions.find(before) is None
    after = desk.desk.sessions.find(client.token)
    assert after is not None
    assert after.form_token == session.form_token
    assert desk.desk.accounts.audit()[0].event == "confirmed"


def test_a_file_is_chosen_again_on_the_page_that_asks(desk: Served, weighty: Weighty) -> None:
    client = later(desk)
    answer = client.send_form(PATH, files={"sheet": ("a.xlsx", b"PK")}, note="x")
    assert 'type="file" name="sheet"' in answer.text
    assert "multipart/form-data" in answer.text
    client.send_form(PATH, files={"sheet": ("a.xlsx", b"PK")}, note="x", **{PASSWORD_FIELD: PASSWORD})
    assert weighty.done[0].files["sheet"].content == b"PK"


def test_htmx_gets_the_question_in_the_place_of_the_page(desk: Served) -> None:
    client = later(desk)
    told = {"form_token": desk.desk.sessions.find(client.token).form_token}  # type: ignore[union-attr]
    answer = client.post(PATH, data=told, headers=client.own() | {"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.headers["hx-retarget"] == "#noi-dung"


def test_the_page_that_asks_escapes_whatever_it_keeps(desk: Served) -> None:
    answer = later(desk).send_form(PATH, **{'"><script>alert(1)</script>': '"><script>alert(2)</script>'})
    assert "<script>alert" not in answer.text
