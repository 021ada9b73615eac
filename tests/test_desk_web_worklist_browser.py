"""The work list cleared in a real Chromium: by mouse, by keyboard alone, on a phone, without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.offices import Office, figures, make_office, report_mail, round_of_mail
from tests.web import (
    PHONE,
    Served,
    complaints_of,
    faults_of,
    is_wider_than_window,
    path_of,
    served_office,
)

PATH = "/viec-can-xem"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = make_office(tmp_path_factory.mktemp("vong"))
    round_of_mail(office)
    office.deliver(report_mail("y-te", figures(5, B3=("1,234", "20"))), "2023-06-03T11:00")
    office.take_in()
    return office


@pytest.fixture(scope="module")
def desk(office: Office) -> Iterator[Served]:
    with served_office(office) as served:
        yield served


@pytest.fixture(autouse=True)
def as_before(office: Office, desk: Served) -> Iterator[None]:
    """Each test finds the same questions: what it decided is taken back."""
    yield
    decided = {d.target.get("item") for d in desk.desk.office().ledger.decisions()} - {None}
    for item in decided:
        office.run("decide", "reopen", str(item))
    assert desk.desk.follow_up.wait()


def task(page: Page, words: str) -> None:
    page.get_by_role("link", name=words).click()
    expect(page.locator("#ban-goc .tabs")).to_be_visible(timeout=30_000)


def test_the_round_is_cleared_with_the_mouse(browser: Browser, desk: Served, office: Office) -> None:
    page = desk.page(browser)
    said = complaints_of(page.context)
    page.goto(desk.url(PATH))
    assert faults_of(page) == []
    task(page, "UBND xã Suối Dâu")
    assert faults_of(page) == []
    page.get_by_role("button", name="Ghi nhận", exact=False).first.click()
    expect(page.get_by_role("status")).to_contain_text("Đã ghi nhận theo đề xuất")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1,234")
    expect(page.locator("#ban-goc rect.mark")).to_be_visible(timeout=30_000)
    page.get_by_label("Số lao động được tạo việc làm – Tổng số").fill("1234")
    expect(page.get_by_role("checkbox", name="Số liệu này đúng")).to_be_checked()
    page.get_by_role("button", name="Ghi các số đã đánh dấu").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("cán bộ trả lời")
    page.get_by_role("button", name="Để riêng").click()
    expect(page.get_by_text("Không còn việc nào cần xem")).to_be_visible()
    assert said == []
    assert desk.desk.follow_up.wait()
    assert office.standing("suoi-dau")["state"] == "on_time"
    assert office.value("y-te", "B3")["value"] == 1234


def test_a_report_is_accepted_and_taken_back_by_single_keys(
    browser: Browser, desk: Served, office: Office
) -> None:
    page = desk.page(browser)
    page.goto(desk.url(PATH))
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Địa chỉ gửi chưa có trong danh sách")
    asked = path_of(page)
    page.keyboard.press("g")
    expect(page.get_by_role("status")).to_contain_text("Đã ghi nhận theo đề xuất")
    page.keyboard.press("h")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Địa chỉ gửi chưa có", timeout=30_000)
    assert path_of(page) == asked
    page.keyboard.press("k")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1,234")
    page.keyboard.press("b")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Việc cần xem")
    assert desk.desk.follow_up.wait()
    assert office.standing("suoi-dau")["state"] == "needs_review"


def test_another_unit_is_chosen_by_keyboard_and_typing_presses_no_button(
    browser: Browser, desk: Served, office: Office
) -> None:
    page = desk.page(browser)
    page.goto(desk.url(PATH))
    task(page, "UBND xã Suối Dâu")
    page.keyboard.press("d")
    expect(page.locator("#don-vi")).to_be_focused()
    page.locator("#don-vi").select_option("the-thao")
    page.locator("#ly-do-3").press_sequentially("gdrh")
    expect(page.locator("#ly-do-3")).to_have_value("gdrh")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("theo lựa chọn của cán bộ")
    assert desk.desk.follow_up.wait()
    assert office.standing("the-thao")["state"] == "on_time"


def test_the_keys_can_be_turned_off(browser: Browser, desk: Served) -> None:
    page = desk.page(browser)
    page.goto(desk.url(PATH))
    task(page, "UBND xã Suối Dâu")
    page.get_by_role("checkbox", name="Dùng phím tắt").uncheck()
    page.locator("h1").click()
    page.keyboard.press("g")
    page.keyboard.press("b")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Địa chỉ gửi chưa có")
    assert path_of(page) != PATH


def test_a_task_is_done_on_a_phone(browser: Browser, desk: Served) -> None:
    page = desk.page(browser, viewport=PHONE)
    page.goto(desk.url(PATH))
    assert not is_wider_than_window(page)
    task(page, "UBND xã Suối Dâu")
    assert not is_wider_than_window(page)
    assert faults_of(page) == []
    page.get_by_role("button", name="Ghi nhận", exact=False).first.click()
    expect(page.get_by_role("status")).to_contain_text("Đã ghi nhận theo đề xuất")


def test_everything_works_without_javascript(browser: Browser, desk: Served, office: Office) -> None:
    page = desk.page(browser, java_script_enabled=False)
    page.goto(desk.url(PATH))
    page.get_by_role("link", name="UBND xã Suối Dâu").click()
    page.get_by_role("link", name="Xem bản gốc").click()
    expect(page.locator("#ban-goc image")).to_be_visible()
    page.get_by_role("link", name="Về việc đang xem").click()
    page.get_by_role("button", name="Ghi nhận", exact=False).first.click()
    page.get_by_role("button", name="Hoàn tác").first.click()
    assert desk.desk.follow_up.wait()
    assert office.standing("suoi-dau")["state"] == "needs_review"


def test_the_page_of_a_message_is_free_of_faults(browser: Browser, desk: Served, office: Office) -> None:
    page = desk.page(browser)
    said = complaints_of(page.context)
    (message,) = {q["message"] for q in office.listed("review") if q["unit"] == "suoi-dau"}
    for path in (f"/thu/{message}", f"/thu/{message}/xem?tep=1", f"{PATH}/ro-rang"):
        page.goto(desk.url(path))
        assert faults_of(page) == [], path
        assert not is_wider_than_window(page), path
    assert said == []
