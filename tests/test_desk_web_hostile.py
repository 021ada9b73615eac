"""A mailbox full of attacks, and the desk walked from link to link: nothing of a mail becomes part of a page.

The attacks carry a made-up element and attribute, `x-attack`: whatever of them a parser or Chromium finds
in a page got there unescaped. Pages are found by following links, so that a new page is walked too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
import pytest
from lxml import html
from playwright.sync_api import Browser

from desk.web.accounts import Role
from desk.web.app import routes
from desk.web.call import POST
from desk.web.patience import Flood
from tests.builders import docx
from tests.offices import (
    UNITS,
    Office,
    address,
    figures,
    make_office,
    note,
    report_mail,
    round_of_mail,
)
from tests.web import PAGES, Served, complaints_of, served_office

ATTACK = (
    "</td></title></textarea></script><x-attack>\"'x-attack=1 <script>window.hit=1</script>"
    "<img src=x onerror=window.hit=1><svg onload=window.hit=1>{{7*191}}${7*191}=HYPERLINK(1)"
)
NAME = '"><x-attack onmouseover=window.hit=1>.docx'
#: Pages walked at most: enough for every kind of page there is.
MOST_PAGES = 250
QUERY = ("ky", "q", "tt", "loai", "xep", "luc", "ve", "ai", "viec", "truoc", "notice", "next", "lang")
#: What a database, a format, a template and a regular expression would each take for its own.
CODE = "%27%3B%20drop%20table%20messages--%25n%7B0.__class__%7D%7B%7B7*191%7D%7D(a%2B)%2B%24"
METHODS = ("OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")


@dataclass(frozen=True)
class Walked:
    """The answers to every link found from the first page on."""

    answers: dict[str, httpx.Response]

    @property
    def pages(self) -> dict[str, httpx.Response]:
        """Those the browser shows as pages."""
        return {
            path: answer
            for path, answer in self.answers.items()
            if answer.headers.get("content-type", "").startswith("text/html")
        }


def hostile_office(folder: Path) -> Office:
    """An office whose units, mails, files and cells attack the one who looks."""
    units = (*UNITS[:-1], replace(UNITS[-1], name=f"Trung tâm {ATTACK}", aliases=(ATTACK,)))
    office = make_office(folder, units)
    round_of_mail(office)
    table = [["STT", "Chỉ tiêu", ATTACK], ["1", ATTACK, "12"]]
    deliver = office.deliver
    deliver(
        report_mail("dong-tam", figures(7, B1=(ATTACK, "")), subject=f"Báo cáo bình đẳng giới {ATTACK}",
                    name=NAME, text=ATTACK, more=[ATTACK], title=f"Kết quả {ATTACK}"),
        "2023-06-04T21:00",
    )  # fmt: skip
    deliver(
        note(f'"{ATTACK}" <la@la.example>', ATTACK, ATTACK, (NAME, docx(ATTACK, table))), "2023-06-03T08:00"
    )
    file = (f"../../{NAME}", ATTACK.encode())
    deliver(note(address("y-te"), "Báo cáo BĐG", ATTACK, file), "2023-06-03T09:00")
    sender = f"la{ATTACK.replace(' ', '')}@la.example"
    deliver(note(sender, "=?utf-8?q?a=0D=0ASet-Cookie:_a=3Db?=", ATTACK), "2023-06-03T10:00")
    office.take_in()
    office.run("decide", "exempt", "van-hoa", "--reason", ATTACK)
    office.run("decide", "extend", "the-thao", "2023-06-09", "--reason", ATTACK)
    with office.opened() as opened:
        opened.ledger.note("mailbox_failed", ATTACK, {"error": ATTACK})
    return office


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_office(hostile_office(tmp_path_factory.mktemp("hostile"))) as found:
        found.desk.flood = Flood(lambda: 0.0, at_once=1e9)  # the walk asks faster than a person may
        client = found.client(None)
        client.headers["User-Agent"] = ATTACK
        client.send_form("/dang-nhap", name=ATTACK, password=ATTACK)
        yield found


@pytest.fixture(scope="module")
def walked(desk: Served) -> Walked:
    return Walked(walk(desk))


def walk(desk: Served) -> dict[str, httpx.Response]:
    """Every answer reached by links from the pages we know, and by the same with attacks as the query."""
    client, answers = desk.client(), dict[str, httpx.Response]()
    attacks = (f"{path}?{name}=%22%3E%3Cx-attack%3E" for path in bare_paths() for name in QUERY)
    waiting = ["/", *PAGES, *attacks]
    while waiting and len(answers) < MOST_PAGES:
        path = waiting.pop(0)
        if path not in answers:
            answers[path] = client.get(path)
            waiting += links_of(path, answers[path])
    return answers


def links_of(path: str, answer: httpx.Response) -> list[str]:
    """The addresses of ours that a page, or a way on, leads to."""
    found = [answer.headers["location"]] if "location" in answer.headers else []
    if answer.headers.get("content-type", "").startswith("text/html"):
        found += found_in(answer, "//a/@href | //img/@src")
    return [urldefrag(urljoin(path, link)).url for link in found if not urlsplit(link).netloc]


def found_in(answer: httpx.Response, *what: str) -> list[str]:
    """What XPath finds in a page, as text."""
    page: Any = html.fromstring(answer.text)
    return [str(found) for each in what for found in page.xpath(each)]


def test_the_walk_reaches_every_page_of_the_bar(walked: Walked) -> None:
    reached = {urlsplit(path).path for path in walked.pages}
    assert {urlsplit(path).path for path in PAGES} <= reached
    assert all(answer.status_code < 500 for answer in walked.answers.values())


def test_nothing_of_a_mail_becomes_an_element_or_an_attribute(walked: Walked) -> None:
    foreign = ("//*[local-name()='x-attack']", *(f"//@*[starts-with(name(), '{x}')]" for x in ("x-", "on")))
    never = ("//script[not(@src)]", "//style", "//@style", "//iframe", "//object", "//embed")
    seen = 0
    for path, answer in walked.pages.items():
        seen += "x-attack" in answer.text
        assert found_in(answer, *foreign, *never) == [], path
        assert str(7 * 191) not in answer.text, path
    assert seen, "the attacks were shown nowhere: this test looked at nothing"


def test_every_address_in_a_page_is_one_of_ours(walked: Walked) -> None:
    places = ("//@href", "//@src", "//@action", "//@formaction", "//@hx-get", "//@hx-post")
    for path, answer in walked.pages.items():
        for link in found_in(answer, *places):
            assert not urlsplit(link).netloc, (path, link)
            assert urlsplit(link).scheme in {"", "tel", "mailto"}, (path, link)


def test_what_is_no_page_is_saved_or_a_picture_of_ours_and_never_sniffed(walked: Walked) -> None:
    for path, answer in walked.answers.items():
        assert answer.headers["x-content-type-options"] == "nosniff"
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if kind in {"", "text/html", "image/png", "image/webp", "image/jpeg"} or answer.status_code != 200:
            continue
        disposition = answer.headers.get("content-disposition", "")
        assert disposition.startswith("attachment"), (path, kind)
        assert "<" not in disposition, path
        assert ".." not in disposition, path


def test_no_answer_sets_what_a_mail_said(walked: Walked) -> None:
    for path, answer in walked.answers.items():
        assert "set-cookie" not in answer.headers, path


def is_attacked(answer: httpx.Response) -> bool:
    return answer.status_code == 200 and "x-attack" in answer.text


def test_nothing_runs_in_a_browser(desk: Served, walked: Walked, browser: Browser) -> None:
    page = desk.page(browser)
    said = complaints_of(page.context)
    page.on("dialog", lambda dialog: said.append(dialog.message))
    shown = [path for path, answer in walked.pages.items() if is_attacked(answer)]
    for path in shown[:25]:
        page.goto(desk.url(path))
        assert page.evaluate("window.hit") is None, path
        assert page.locator("x-attack").count() == 0, path
    assert shown
    assert said == []
    page.context.close()


def test_other_methods_change_nothing_and_show_nothing_to_nobody(desk: Served) -> None:
    client, nobody = desk.client(), desk.client(None)
    before = desk.desk.office().ledger.last_event()
    for route in routes():
        path = route.path.replace("{", "").replace("}", "")
        for method in METHODS:
            status = client.request(method, path, headers=client.own()).status_code
            assert status in {404, 405}, (method, path)
        assert nobody.request("HEAD", path).status_code in {200, 303, 404, 405}
    assert desk.desk.office().ledger.last_event() == before


def test_a_reader_walks_everywhere_and_changes_nothing(desk: Served) -> None:
    reader = desk.client(Role.READER)
    before = desk.desk.office().ledger.last_event()
    for route in routes():
        path = route.path.replace("{", "").replace("}", "")
        if route.method == POST and not path.startswith(("/tai-khoan", "/dang-", "/ngon-ngu")):
            assert reader.send_form(path).status_code == 403, path
    assert desk.desk.office().ledger.last_event() == before


@pytest.mark.parametrize("length", [1_000, 30_000])
def test_a_huge_address_is_answered_or_refused(desk: Served, length: int) -> None:
    client = desk.client()
    for page in bare_paths():
        assert client.get(page, params=dict.fromkeys(QUERY[:2], "a" * length)).status_code < 500, page
    assert client.get("/ky-bao-cao").status_code == 200


@pytest.mark.parametrize(
    "text", ["%00", "%ff%fe", "%F0%9F%92%A9", "%0d%0aSet-Cookie:a=b", "1e400", "-1", CODE]
)
def test_odd_values_are_no_fault(desk: Served, text: str) -> None:
    client = desk.client()
    for page in bare_paths():
        for names in (QUERY, QUERY[1:], QUERY[6:]):
            answer = client.get(f"{page}?{'&'.join(f'{name}={text}' for name in names)}")
            assert answer.status_code < 500, page
            assert "set-cookie" not in answer.headers
            assert str(7 * 191) not in answer.text


def bare_paths() -> list[str]:
    return sorted({path.partition("?")[0] for path in PAGES})
