"""What takes longer than a page may is written down by the request, and made beside it, once and whole."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desk import totals_export
from desk.daemon import Daemon
from desk.office import Office as OpenOffice
from desk.web.pages import totals_actions
from desk.wishes import WishKind, ask, fulfil, fulfil_all, how_it_ended, waiting_wishes
from ledger.lock import only_worker
from tests.offices import (
    PERIOD,
    REPORT,
    Office,
    figures,
    inside,
    letter,
    make_office,
    report_mail,
    round_of_mail,
)
from tests.web import Served, served_office

PAGE = "/tong-hop"
KY = f"{REPORT}/{PERIOD}"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = make_office(tmp_path)
    round_of_mail(made)
    made.take_in()
    return made


@pytest.fixture
def desk(office: Office) -> Iterator[Served]:
    with served_office(office) as found:
        yield found


def issues(opened: OpenOffice) -> list[int]:
    return [each.number for each in opened.ledger.issues(REPORT, PERIOD)]


def test_a_request_records_the_wish_and_makes_nothing_itself(desk: Served) -> None:
    client = desk.client()
    client.settled(PAGE)
    with only_worker(desk.desk.office().settings.database_url):
        where = client.send_form(f"{PAGE}/lap?ky={KY}").headers["location"]
        again = client.send_form(f"{PAGE}/lap?ky={KY}").headers["location"]
        assert where == again  # asked twice, wanted once
        page = client.get(where).text
        assert "Đang lập dự thảo (Lò Thị Mai yêu cầu" in page
        assert "Tải lại trang" in page  # the way on without a script
        assert "Lập dự thảo</button>" not in page
        assert inside(desk.office, issues) == []
    page = client.settled(where).text
    assert "Đã lập dự thảo mới" in page
    assert "Dự thảo lần 1" in page
    assert inside(desk.office, issues) == [1]


@pytest.mark.parametrize("kind", list(WishKind))
def test_a_wish_left_by_a_desk_that_died_is_fulfilled_by_the_next(office: Office, kind: WishKind) -> None:
    wish = inside(office, lambda opened: ask(opened, kind, REPORT, PERIOD, "Đã trình"))
    with served_office(office) as desk:
        assert desk.desk.follow_up.wait()
    assert inside(office, issues) == [1]
    ended = inside(office, lambda opened: how_it_ended(opened.ledger, REPORT, PERIOD, wish.number))
    assert ended.told == {"issue": "issued", "freeze": "frozen"}[kind]
    assert inside(office, lambda opened: waiting_wishes(opened.ledger)) == ()


def test_the_daemon_fulfils_what_nobody_else_does(office: Office) -> None:
    def look(opened: OpenOffice) -> None:
        ask(opened, WishKind.ISSUE, REPORT, PERIOD)
        Daemon(opened, lambda _sentence: None).look()
        assert issues(opened) == [1]

    inside(office, look)


@pytest.mark.parametrize("kind", list(WishKind))
def test_killed_between_the_making_and_the_note_it_is_made_once(office: Office, kind: WishKind) -> None:
    def look(opened: OpenOffice) -> None:
        wish = ask(opened, kind, REPORT, PERIOD, "Đã trình")
        fulfil(replace(opened, ledger=Forgetful(opened.ledger)), wish)  # type: ignore[arg-type]
        assert waiting_wishes(opened.ledger) == (wish,)
        fulfil_all(opened)
        assert issues(opened) == [1]
        assert len(opened.ledger.decisions()) == (kind is WishKind.FREEZE)
        ended = how_it_ended(opened.ledger, REPORT, PERIOD, wish.number)
        assert ended is not None
        assert not ended.trouble

    inside(office, look)


class Forgetful:
    """A ledger in which no event of the desk is noted: what a kill just before leaves."""

    def __init__(self, ledger: Any) -> None:
        self._ledger = ledger

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def under(self, actor: str) -> Forgetful:
        return Forgetful(self._ledger.under(actor))

    def note(self, *_event: Any) -> None:
        """Died."""


def test_what_cannot_be_made_is_told_to_who_asked_and_not_tried_for_ever(desk: Served) -> None:
    own = desk.office.home / "templates" / "documents" / "report" / "closing.txt"
    own.parent.mkdir(parents=True)
    own.write_text("{{ nobody_knows }}", "utf-8")
    client = desk.client()
    where = client.send_form(f"{PAGE}/lap?ky={KY}").headers["location"]
    assert "report/closing.txt" in client.settled(where).text
    assert waiting_wishes(desk.desk.office().ledger) == ()
    assert inside(desk.office, issues) == []


def test_the_draft_goes_under_the_name_of_who_asked(desk: Served) -> None:
    client = desk.client()
    client.settled(client.send_form(f"{PAGE}/lap?ky={KY}").headers["location"])
    ledger = desk.desk.office().ledger
    for event in ("wished", "issued"):
        assert ledger.latest_history(event=event, limit=1)[0].actor == "Lò Thị Mai"
    assert ledger.broken_history() == ()


def test_a_file_handed_in_is_kept_and_booked_by_the_request_and_read_beside_it(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.desk.follow_up, "wake", lambda: None)
    file = ("tep", ("bao cao.docx", letter("y-te", figures(7)), "application/octet-stream"))
    sent = {"ky": KY, "kenh": "zalo", "luc": "2023-06-02T15:00", "ly-do": ""}
    desk.client().send_form("/don-vi/y-te/nhan", files=[file], **sent)
    assert "đang đọc số liệu" in desk.client().get("/don-vi/y-te", params={"ky": KY}).text
    assert len(inside(desk.office, lambda opened: opened.ledger.unread())) == 1
    monkeypatch.undo()
    desk.desk.follow_up.wake()
    assert desk.desk.follow_up.wait()
    assert "đang đọc số liệu" not in desk.client().get("/don-vi/y-te", params={"ky": KY}).text
    assert desk.office.value("y-te", "B1")["value"] == 17


def awaited(page: str) -> str:
    """What a page asks for while it awaits something."""
    (path,) = re.findall(r'data-awaits hx-get="([^"]*)"', page)
    return html.unescape(path)


def test_a_table_is_written_beside_the_page_and_then_given_at_once(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totals_actions, "SHORTLY", 0.1)
    client = desk.client()
    client.settled(PAGE)
    with only_worker(desk.desk.office().settings.database_url):
        where = client.get(f"{PAGE}/xuat").headers["location"]
        page = client.get(where).text
        assert "Đang lập tệp Excel" in page
        assert "Tải lại trang" in page  # the way on without a script
        assert client.get(awaited(page)).status_code == 204
    assert desk.desk.follow_up.wait()
    page = client.get(awaited(page)).text
    assert "Đã lập xong tệp Excel" in page
    (path,) = re.findall(r'<a href="([^"]*)">Tải tệp về máy', page)
    monkeypatch.setattr(desk.desk.follow_up, "write", None)  # nothing is asked for any more
    assert client.get(html.unescape(path)).content.startswith(b"PK")


def test_a_table_of_figures_that_hold_no_more_is_written_anew(desk: Served) -> None:
    client = desk.client()
    before = client.settled(f"{PAGE}/xuat", params={"bang": "so-lieu"}).text
    desk.office.deliver(report_mail("y-te", figures(9)), "2023-06-06T08:00")
    desk.office.take_in()
    after = client.settled(f"{PAGE}/xuat", params={"bang": "so-lieu"}).text
    assert before.splitlines()[1] != after.splitlines()[1]


def test_a_table_that_cannot_be_written_is_told_and_not_tried_for_ever(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[object] = []

    def broken(*of_what: object) -> bytes:
        tried.append(of_what)
        raise ZeroDivisionError

    monkeypatch.setattr(totals_export, "export_xlsx", broken)
    client = desk.client()
    for _ in range(2):
        assert "Không lập được tệp này" in client.settled(f"{PAGE}/xuat").text
    assert len(tried) == 1


def test_a_page_that_awaits_a_draft_is_not_sent_again_until_it_is_there(desk: Served) -> None:
    client = desk.client()
    client.settled(PAGE)
    with only_worker(desk.desk.office().settings.database_url):
        where = client.send_form(f"{PAGE}/lap?ky={KY}").headers["location"]
        page = client.get(where).text
        assert client.get(awaited(page)).status_code == 204
    assert desk.desk.follow_up.wait()
    renewed = client.get(awaited(page)).text
    assert "Đã lập dự thảo mới" in renewed
    assert "data-awaits" not in renewed
