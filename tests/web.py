"""The desk served on a free port of loopback, over a small invented office; and a browser that looks at it.

    def test_...(desk: Served, browser: Browser) -> None:
        page = desk.page(browser)              # signed in as one who may do everything
        page.goto(desk.url("/ky-bao-cao"))

`served_office` is for tests without a browser: `desk.client()` is an HTTP client that is signed in.
"""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from argon2 import PasswordHasher
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sqlalchemy import event

from desk.web.accounts import Role
from desk.web.desk import Desk
from desk.web.serving import served
from tests.offices import (
    DEPARTMENT,
    Office,
    address,
    after_round,
    at,
    copied,
    figures,
    kept_folder,
    make_office,
    note,
    report_mail,
    round_of_mail,
)

PASSWORD = "bon con trau an co tren de 1975"
DESKTOP = {"width": 1366, "height": 768}
#: Milliseconds that a browser waits for what is to appear: other tests keep the machine busy.
PATIENCE = 30_000
PHONE = {"width": 375, "height": 740}
AXE = Path(__file__).parent / "data" / "axe" / "axe.min.js"
#: What WCAG 2.1 AA asks, as axe-core names it.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
#: Quick on purpose: what Argon2 costs is no concern of these tests.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
#: Seconds that the work of `costs` takes where the bounds of these tests were set.
CALM = 0.055

#: Every page an officer can open, whatever the office: for axe, the phone, and the count of questions.
PAGES = (
    "/ky-bao-cao",
    "/ky-bao-cao?luc=2023-06-03T12:00&q=xa&xep=kept",
    "/viec-can-xem",
    "/viec-can-xem/ro-rang",
    "/tong-hop",
    "/tong-hop/kiem-tra",
    "/tong-hop/lan-lap",
    "/tong-hop/chi-tieu",
    "/thu-di",
    "/thu-di/den-luot",
    "/thiet-lap",
    "/thiet-lap/co-quan",
    "/thiet-lap/don-vi",
    "/thiet-lap/bao-cao",
    "/thiet-lap/bao-cao/bdg",
    "/thiet-lap/lich",
    "/thiet-lap/hop-thu",
    "/thiet-lap/gui-thu",
    "/thiet-lap/mau-thu",
    "/thiet-lap/mau-thu/don-doc-2",
    "/thiet-lap/lich-su",
    "/don-vi",
    "/don-vi?q=xa&loai=commune",
    "/nhat-ky",
    "/nhat-ky/suc-khoe",
    "/tai-khoan",
)
#: After `served_round`, those of its units besides.
ROUND_PAGES = (
    *PAGES,
    "/don-vi/binh-minh",
    "/don-vi/suoi-dau?ky=bdg/2023-H1",
)


def costs() -> float:
    """How much more processor time the same work takes here and now than on a calm machine; at least 1.

    A core shared with others, and one that a tracer follows, takes twice the time and more.
    """
    begun = time.process_time()
    for _ in range(10):
        sum(len(str(number)) for number in range(100_000))
    return max(1.0, (time.process_time() - begun) / CALM)


class Clock:
    """A clock that a test moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The present moment."""
        return self.now


@dataclass(frozen=True)
class Served:
    """A desk that is being served."""

    desk: Desk
    address: str
    office: Office
    clock: Clock

    @property
    def host(self) -> str:
        """The host's name in the address."""
        return str(urlsplit(self.address).hostname)

    def url(self, path: str) -> str:
        """The address of a page."""
        return self.address + path

    def sign_in(self, role: Role = Role.ADMINISTRATOR) -> str:
        """The cookie's token of a new session for somebody of that role."""
        name = f"{role.value}-thu"
        if self.desk.accounts.find(name) is None:
            once = self.desk.accounts.add(name, "Lò Thị Mai" if role.may_change else "Người xem", role)
            account = self.desk.accounts.find(name)
            assert account is not None
            assert not self.desk.accounts.change_password(account, once, PASSWORD)
        account = self.desk.accounts.find(name)
        assert account is not None
        return self.desk.sessions.begin(account, "127.0.0.1")

    def client(self, role: Role | None = Role.ADMINISTRATOR) -> Client:
        """An HTTP client, signed in unless the role is None."""
        return Client(self, self.sign_in(role) if role else "")

    def page(self, browser: Browser, role: Role = Role.ADMINISTRATOR, **options: Any) -> Page:
        """A page of a fresh browser profile, signed in. Whatever a script or the policy refuses fails."""
        context = browser.new_context(**{"viewport": DESKTOP, "locale": "vi-VN"} | options)
        context.set_default_timeout(PATIENCE)
        context.add_cookies([
            {"name": self.desk.cookie, "value": self.sign_in(role), "url": self.address, "httpOnly": True}
        ])  # fmt: skip
        return context.new_page()


class Client(httpx.Client):
    """An HTTP client that sends what a browser sends with a form of ours."""

    def __init__(self, desk: Served, token: str = "") -> None:
        super().__init__(base_url=desk.address, follow_redirects=False, timeout=30)
        self._desk = desk
        if token:
            self.token = token

    @property
    def token(self) -> str:
        """The session's token, as the desk set it last."""
        return next((cookie.value or "" for cookie in self.cookies.jar if cookie.name == self._cookie), "")

    @token.setter
    def token(self, token: str) -> None:
        self.cookies.set(self._cookie, token, domain=self._desk.host)

    @property
    def _cookie(self) -> str:
        return self._desk.desk.cookie

    def settled(self, path: str, params: dict[str, str] | None = None) -> httpx.Response:
        """A page of the totals once its figures have been worked out; a file once it may be taken."""
        for _ in range(200):
            answer = self.get(path, params=params)
            later = "tep=" in answer.headers.get("location", "")
            if not later and "data-awaits" not in answer.text:
                return answer
            assert self._desk.desk.follow_up.wait()
        raise AssertionError(f"{path} is being worked out for ever")

    def send_form(self, path: str, files: Any = None, **fields: str) -> httpx.Response:
        """Send a form as our own page would, with the session's token."""
        session = self._desk.desk.sessions.find(self.token) if self.token else None
        told = {"form_token": session.form_token} if session else {}
        return self.post(path, data=told | fields, files=files, headers=self.own())

    def own(self) -> dict[str, str]:
        """The headers of a request from our own page."""
        return {"Origin": self._desk.address, "Sec-Fetch-Site": "same-origin"}


@contextmanager
def served_office(office: Office) -> Iterator[Served]:
    """Serve the desk of a home folder."""
    clock = Clock(at(office.now))
    desk = Desk(office.home, clock, QUICK)
    try:
        with served(desk, lambda _sentence: None, port=0) as address:
            yield Served(desk, address, office, clock)
    finally:
        desk.close()


@contextmanager
def served_round(folder: Path) -> Iterator[Served]:
    """Serve an office after a small round of mail: two on time, one late, one held, one question."""
    with served_office(after_round(folder)[0]) as desk:
        yield desk


@contextmanager
def served_busy_round(folder: Path) -> Iterator[Served]:
    """Serve the same office when mail goes out after approval, a figure is in doubt and a file is damaged."""
    with served_office(copied(_busy_round_made(), folder)) as desk:
        yield desk


@cache
def _busy_round_made() -> Office:
    office = make_office(kept_folder(), department=DEPARTMENT.replace("mode: preview", "mode: approve"))
    round_of_mail(office)
    office.deliver(report_mail("y-te", figures(5, B3=("1,234", "20"))), "2023-06-03T11:00")
    broken = ("bc.docx", b"PK\x03\x04 hong")
    office.deliver(
        note(address("hoa-lac"), "Báo cáo bình đẳng giới", "Xã Hòa Lạc gửi", broken), "2023-06-03T12:00"
    )
    office.take_in()
    return office


@contextmanager
def questions_to(desk: Served) -> Iterator[list[str]]:
    """Collects the statements the ledger is asked by the desk."""
    asked: list[str] = []
    engine = desk.desk.office().ledger._database.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium; started once for a module, for it takes a second."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "these tests need Chromium: scripts/setup.sh system"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


def faults_of(page: Page) -> list[str]:
    """What axe-core finds wrong with a page, and names used twice, as sentences; there should be none."""
    page.evaluate(_axe())
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)
    names = page.evaluate("[...document.querySelectorAll('[id]')].map((named) => named.id)")
    # A label says the name of its field: where two have it, the label may be of the other. axe lets it pass.
    twice = [f"the id {name} is used {n} times" for name, n in Counter(names).items() if n > 1]
    return twice + [
        f"{fault['id']}: {fault['help']} {[node['target'] for node in fault['nodes']][:3]}"
        for fault in found["violations"]
    ]


def faults_unfolded(page: Page) -> list[str]:
    """The same with everything that is folded opened: an officer opens it too."""
    page.evaluate("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })")
    return faults_of(page)


def is_wider_than_window(page: Page) -> bool:
    """Whether the page itself scrolls sideways; tables may, inside their frame."""
    # A phone's window grows with what does not fit: its size is the one that was asked for.
    viewport = page.viewport_size
    assert viewport is not None
    return bool(page.evaluate("document.documentElement.scrollWidth") > viewport["width"])


def complaints_of(context: BrowserContext) -> list[str]:
    """Collects errors of scripts and of the content policy from now on."""
    said: list[str] = []
    context.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: said.append(str(error.error)))
    return said


def path_of(page: Page) -> str:
    """Where a page is."""
    return urlsplit(page.url).path


@cache
def _axe() -> str:
    return AXE.read_text("utf-8")
