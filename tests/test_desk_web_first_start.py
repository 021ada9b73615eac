"""The first start in the browser: who may see it, what it refuses, and that the desk takes its place."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from starlette.testclient import TestClient

from config.loader import load_regime
from config.setup_export import write_setup
from config.shipped import copy_regime
from config.wording import Wording
from desk.web.accounts import Accounts, Role
from desk.web.first_start import BLANK, LARGE, PATH, FirstStart
from desk.web.store import open_store
from tests.dovecot import free_ports
from tests.offices import command, environment
from tests.web import PASSWORD, PATIENCE, faults_of

OWN = {"Sec-Fetch-Site": "same-origin"}
ACCOUNT = {"name": "mai", "shown_name": "Lò Thị Mai", "password": PASSWORD, "again": PASSWORD}


class Starting:
    """The first start of a home that is not there, and a browser's requests to it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.made = 0
        self.first = FirstStart(home, Wording(), self._done)
        self.client = TestClient(self.first.app(), base_url="http://127.0.0.1:8765")

    def _done(self) -> None:
        self.made += 1

    def send(self, file: bytes = b"", headers: dict[str, str] | None = None, **fields: str) -> Any:
        form = {"ma": self.first.code, "nguon": "tep"} | ACCOUNT | fields
        files = {"tep": ("thiet-lap.xlsx", file)} if file else {"khac": ("", b"")}
        return self.client.post(PATH, data=form, files=files, headers=OWN if headers is None else headers)


@pytest.fixture
def start(tmp_path: Path) -> Starting:
    return Starting(tmp_path / "home")


def test_without_the_code_nobody_sees_or_makes_anything(start: Starting) -> None:
    for answer in (
        start.client.get("/"),
        start.client.get(PATH),
        start.client.get(PATH, params={"ma": "x"}),
        start.client.get(BLANK),
        start.send(ma="x", nguon="son-duong"),
        start.send(headers={"Sec-Fetch-Site": "cross-site"}, nguon="son-duong"),
    ):
        assert answer.status_code == 403
        assert "<form" not in answer.text
        assert start.first.code not in answer.text
    assert not start.home.exists()
    assert start.client.get(PATH, headers={"Host": "elsewhere.example"}).status_code == 421


def test_every_fault_is_told_and_nothing_is_made_of_a_form_with_one(start: Starting) -> None:
    answer = start.send(name=" ", password="ngan", again="khac")
    assert answer.status_code == 422
    for told in ("Chưa chọn tệp Excel", "không dùng làm tên đăng nhập được", "quá ngắn", "không giống nhau"):
        assert told in answer.text
    assert "ngan" not in answer.text  # a password is never sent back
    assert start.send(b"x" * LARGE, nguon="tep").status_code == 422
    assert start.send(b"no workbook").status_code == 422
    assert start.send(nguon="khong-co").status_code == 422
    assert start.send(nguon="son-duong", name="m" * 65).status_code == 422
    assert not (start.home / "regime").exists()
    assert start.made == 0


def test_a_shipped_regime_becomes_a_home_with_an_administrator_of_its_own(start: Starting) -> None:
    answer = start.send(nguon="tuan-giao")
    assert answer.status_code == 200
    assert "Đăng nhập bằng tài khoản mai" in answer.text
    assert start.made == 1
    assert load_regime(start.home / "regime").id == "tuan-giao"
    with closing(open_store(start.home)) as store:
        account = Accounts(store, lambda: datetime.now(UTC)).sign_in("mai", PASSWORD, "").account
    assert account is not None
    assert (account.shown_name, account.role, account.must_change) == (
        "Lò Thị Mai",
        Role.ADMINISTRATOR,
        False,
    )


def test_a_filled_workbook_becomes_the_home_and_one_with_a_fault_names_its_cell(
    start: Starting, tmp_path: Path
) -> None:
    empty = start.client.get(BLANK, params={"ma": start.first.code}).content
    answer = start.send(empty)
    assert answer.status_code == 422
    assert "(ô B2)" in answer.text
    assert not (start.home / "regime").exists()
    write_setup(copy_regime("thanh-xa", tmp_path / "thanh-xa"), tmp_path / "day-du.xlsx")
    answer = start.send((tmp_path / "day-du.xlsx").read_bytes())
    assert answer.status_code == 200
    made, wanted = load_regime(start.home / "regime"), load_regime(tmp_path / "thanh-xa")
    assert (made.units, made.department) == (wanted.units, wanted.department)
    assert "Thời hạn tính ra" in answer.text or not made.reports[0].period_rules


@contextmanager
def desk_without_a_home(home: Path, port: int) -> Iterator[str]:
    """`tonghop desk` where there is nothing; the address it tells."""
    words = command(["--home", str(home), "desk", "--port", str(port)])
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        try:
            assert process.stdout is not None
            told = re.search(r"http://\S+", process.stdout.readline())
            assert told
            yield told[0]
        finally:
            process.terminate()


def test_the_desk_takes_the_place_of_the_first_start_in_the_browser(browser: Browser, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with (
        desk_without_a_home(home, free_ports(1)[0]) as address,
        browser.new_context(locale="vi-VN") as context,
    ):
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        assert faults_of(page) == []
        page.get_by_label("bộ có sẵn về bình đẳng giới: Ủy ban nhân dân xã Thanh Xá").check()
        page.get_by_label("Tên đăng nhập").fill("mai")
        page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
        page.get_by_label("Nhập lại mật khẩu").fill(PASSWORD)
        page.get_by_role("button", name="Tạo").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Đã tạo xong", timeout=PATIENCE)
        assert faults_of(page) == []
        page.get_by_role("link", name="Đăng nhập").click()
        page.get_by_label("Tên đăng nhập").fill("mai")
        page.get_by_label("Mật khẩu").fill(PASSWORD)
        page.get_by_role("button", name="Đăng nhập").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Thiết lập", timeout=PATIENCE)
