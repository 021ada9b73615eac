"""Jobs of the officer in a real Chromium, each done by mouse and again by the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.web import Served, chromium, served_round

MOST_STOPS = 150  #: presses of Tab before something in the page is given up


@dataclass(frozen=True)
class Hand:
    """How the page is worked."""

    page: Page
    is_keyboard: bool

    def press(self, what: Locator) -> None:
        """Follow a link, press a button, open what is folded."""
        if not self.is_keyboard:
            what.click()
            return
        self._go_to(what)
        self.page.keyboard.press("Enter")

    def write(self, what: Locator, text: str) -> None:
        """Type into a field."""
        if not self.is_keyboard:
            what.fill(text)
            return
        self._go_to(what)
        self.page.keyboard.type(text)

    def choose(self, what: Locator, words: str) -> None:
        """Choose from a list; the keyboard goes down it."""
        if not self.is_keyboard:
            what.select_option(label=words)
            return
        self._go_to(what)
        for _ in range(what.locator("option").count()):
            if what.locator("option:checked").inner_text() == words:
                return
            self.page.keyboard.press("ArrowDown")

    def _go_to(self, what: Locator) -> None:
        expect(what).to_be_visible()
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            if what.evaluate("(wanted) => wanted === document.activeElement"):
                return
        raise AssertionError(f"the keyboard does not reach {what}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_round(tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture(params=["mouse", "keyboard"])
def hand(request: pytest.FixtureRequest, desk: Served, browser: Browser) -> Iterator[Hand]:
    page = desk.page(browser)
    yield Hand(page, request.param == "keyboard")
    page.context.close()


def test_the_board_is_narrowed_to_those_missing(desk: Served, hand: Hand) -> None:
    page = hand.page
    page.goto(desk.url("/ky-bao-cao"))
    missing = page.get_by_label("Tình trạng")
    hand.choose(missing, missing.locator("option[value=missing]").inner_text())
    expect(page.locator("#bang tbody tr")).to_have_count(3)


def test_clear_questions_are_accepted_together_and_taken_back(desk: Served, hand: Hand) -> None:
    page = hand.page
    page.goto(desk.url("/viec-can-xem/ro-rang"))
    hand.press(page.get_by_role("button", name="Ghi nhận các việc đã đánh dấu"))
    expect(page.get_by_role("status").first).to_contain_text("Đã ghi nhận theo đề xuất")
    hand.press(page.get_by_role("button", name="Hoàn tác").first)
    expect(page.get_by_role("status").first).to_contain_text("Đã hoàn tác")
    assert desk.desk.follow_up.wait()
    assert desk.office.states()["suoi-dau"] == "needs_review"


def test_a_question_is_put_aside_with_a_reason_and_taken_back(desk: Served, hand: Hand) -> None:
    page = hand.page
    page.goto(desk.url("/viec-can-xem"))
    hand.press(page.get_by_role("link", name="UBND xã Suối Dâu"))
    hand.press(page.locator("summary", has_text="Để riêng"))
    hand.write(page.locator("#ly-do-4"), "Gửi thử")
    hand.press(page.get_by_role("button", name="Để riêng"))
    expect(page.get_by_role("status").first).to_contain_text("Đã để riêng")
    hand.press(page.get_by_role("button", name="Hoàn tác").first)
    expect(page.get_by_role("status").first).to_contain_text("Đã hoàn tác")
    assert desk.desk.follow_up.wait()
    assert desk.office.states()["suoi-dau"] == "needs_review"


def test_the_journal_is_narrowed_and_health_examined(desk: Served, hand: Hand) -> None:
    page = hand.page
    page.goto(desk.url("/nhat-ky"))
    hand.write(page.get_by_label("Về"), "Quyết định số 0")
    hand.press(page.locator("main").get_by_role("button", name="Xem"))
    expect(page.locator("tbody")).to_contain_text("Không có việc nào")
    page.goto(desk.url("/nhat-ky/suc-khoe"))
    glanced = page.locator("tbody tr").count()
    hand.press(page.get_by_role("button", name="Kiểm tra tất cả ngay"))
    expect(page.locator("tbody tr").nth(glanced)).to_be_visible()
