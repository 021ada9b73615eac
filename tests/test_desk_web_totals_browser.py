"""Tổng hợp in a real Chromium: a round closed as the officer does, by mouse, by keyboard, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ledger.lock import only_worker
from tests.offices import at, figures, report_mail
from tests.web import (
    PHONE,
    Served,
    complaints_of,
    faults_of,
    is_wider_than_window,
    path_of,
    served_round,
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Served]:
    with served_round(tmp_path) as found:
        yield found


def a_report_comes(desk: Served) -> None:
    """A unit that was missing reports ten minutes later."""
    desk.office.deliver(report_mail("y-te", figures(9)), "2023-06-07T09:10")
    desk.office.take_in()
    desk.clock.now = at("2023-06-07T09:15")


def press_on(page: Page, name: str, *, role: str = "button") -> None:
    """Go to something by the keyboard alone, and press it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        tag, told = page.evaluate(
            "[document.activeElement.tagName,"
            " document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || '']"
        )
        if name in told and (role != "summary" or tag == "SUMMARY"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} is not reached by the keyboard")


def look_again(desk: Served, page: Page) -> None:
    """Without scripts: wait for what is being made, and load the page once more by its link."""
    assert desk.desk.follow_up.wait()
    if (link := page.get_by_role("link", name="Tải lại trang")).count():
        with page.expect_navigation():
            link.tap()


def ask_for(desk: Served, page: Page, name: str) -> None:
    """Without scripts: touch a button, and look again when what it asks for is made."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).tap()
    look_again(desk, page)


def test_a_round_is_closed_by_mouse(desk: Served, browser: Browser) -> None:
    page = desk.page(browser)
    said = complaints_of(page.context)
    page.goto(desk.url("/tong-hop"))
    page.get_by_role("button", name="Lập dự thảo").click()
    expect(page.get_by_role("status").first).to_contain_text("Đã lập dự thảo mới")
    with page.expect_download() as download:
        page.get_by_role("link", name="Báo cáo tổng hợp").click()
    assert download.value.suggested_filename.endswith(".docx")
    page.get_by_role("link", name="Số lượt người tham dự, nữ: 642").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Số lượt người tham dự")
    place = page.get_by_role("link", name="UBND xã Bình Minh: 207, xem trong bản gốc")
    assert "/tong-hop/ban-goc" in (place.get_attribute("href") or "")
    page.get_by_role("link", name="← Tổng hợp").click()
    page.locator("summary", has_text="Chốt số liệu").click()
    page.get_by_label("Lý do").fill("Đã trình lãnh đạo ký")
    page.get_by_role("button", name="Chốt số liệu").click()
    expect(page.get_by_role("status").first).to_contain_text("Đã chốt số liệu")
    a_report_comes(desk)
    page.goto(desk.url("/tong-hop"))
    expect(page.locator(".frozen")).to_contain_text("Đến sau khi chốt")
    expect(page.locator("#bang")).to_contain_text("nay: 55")
    page.get_by_role("link", name="Đến sau khi chốt").click()
    expect(page.get_by_role("table", name="Thư đến sau khi chốt")).to_contain_text("Phòng Y tế")
    assert faults_of(page) == []
    page.locator("summary", has_text="Hủy chốt").click()
    page.get_by_label("Lý do").fill("Bổ sung Phòng Y tế")
    page.get_by_role("button", name="Hủy chốt").click()
    expect(page.locator("#bang")).to_contain_text("55")
    expect(page.locator(".frozen")).to_have_count(0)
    assert said == []
    page.context.close()


def test_a_round_is_closed_by_keyboard(desk: Served, browser: Browser) -> None:
    page = desk.page(browser)
    page.goto(desk.url("/tong-hop"))
    expect(page.get_by_role("button", name="Lập dự thảo")).to_be_visible()
    press_on(page, "Lập dự thảo")
    expect(page.get_by_role("status").first).to_contain_text("Đã lập dự thảo mới")
    press_on(page, "Chốt số liệu", role="summary")
    page.keyboard.press("Tab")
    page.keyboard.type("Đã ký")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Đã chốt số liệu")
    press_on(page, "Số buổi tuyên truyền, tổng số: 36")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Số buổi tuyên truyền")
    assert path_of(page) == "/tong-hop/chi-tieu"
    page.context.close()


def test_from_a_total_to_the_units_to_the_cell_to_the_mail_in_three_clicks(
    desk: Served, browser: Browser
) -> None:
    page = desk.page(browser)
    page.goto(desk.url("/tong-hop"))
    page.get_by_role("link", name="Số lượt người tham dự, nữ: 642").click()
    row = page.get_by_role("row", name="UBND xã Bình Minh")
    expect(row).to_contain_text("bao cao.docx, bảng 2, hàng 3, cột 5")
    page.get_by_role("link", name="UBND xã Bình Minh: 207, xem trong bản gốc").click()
    expect(page.locator("#ban-goc")).to_contain_text("bảng 2, hàng 3, cột 5")
    expect(page.locator("#ban-goc .mark")).to_have_count(1)
    page.get_by_role("main").get_by_role("link", name="Xem thư", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("vanthu@binhminh.example")
    page.context.close()


def test_what_is_awaited_takes_no_control_from_under_the_hands(desk: Served, browser: Browser) -> None:
    desk.client().settled("/tong-hop")
    page = desk.page(browser)
    with only_worker(desk.desk.office().settings.database_url):
        a_report_comes(desk)
        page.goto(desk.url("/tong-hop"))
        expect(page.locator("[data-awaits]")).to_contain_text("Sau đó đã có thay đổi")
        page.get_by_role("button", name="Lập dự thảo").focus()
    held = page.get_by_text("Đã có kết quả mới")
    expect(held).to_be_visible()
    expect(page.get_by_role("button", name="Lập dự thảo")).to_be_focused()
    page.locator("summary", has_text="Chốt số liệu").click()
    page.get_by_label("Lý do").fill("Đã trình")
    leave = "document.activeElement.blur()"
    page.evaluate(leave)
    page.wait_for_timeout(1_500)  # longer than it takes to ask again
    expect(page.get_by_label("Lý do")).to_have_value("Đã trình")
    page.get_by_label("Lý do").fill("")
    page.locator("summary", has_text="Chốt số liệu").click()
    page.evaluate(leave)
    expect(page.locator("[data-awaits]")).to_have_count(0)
    expect(page.locator("#bang")).to_contain_text("55")
    page.context.close()


def test_typing_narrows_the_totals_at_once(desk: Served, browser: Browser) -> None:
    page = desk.page(browser)
    page.goto(desk.url("/tong-hop"))
    page.get_by_label("Tìm chỉ tiêu").fill("bao luc")
    expect(page.locator("#bang tbody tr")).to_have_count(1)
    page.context.close()


def test_on_a_phone_and_without_javascript_the_same_is_done(desk: Served, browser: Browser) -> None:
    page = desk.page(browser, viewport=PHONE, is_mobile=True, has_touch=True, java_script_enabled=False)
    page.goto(desk.url("/tong-hop"))
    look_again(desk, page)
    ask_for(desk, page, "Lập dự thảo")
    expect(page.locator("#van-ban")).to_contain_text("Dự thảo lần 1")
    page.locator("summary", has_text="Chốt số liệu").tap()
    page.get_by_label("Lý do").fill("Đã ký")
    ask_for(desk, page, "Chốt số liệu")
    expect(page.locator(".frozen")).to_contain_text("Lò Thị Mai")
    page.context.close()


def test_a_frozen_period_is_accessible_on_a_phone(desk: Served, browser: Browser) -> None:
    desk.client().send_form("/tong-hop/chot?ky=bdg/2023-H1", reason="Đã ký")
    a_report_comes(desk)
    page = desk.page(browser, viewport=PHONE, is_mobile=True, has_touch=True)
    for path in ("/tong-hop", "/tong-hop/lan-lap", "/tong-hop/chi-tieu?ct=B4R"):
        page.goto(desk.url(path))
        assert faults_of(page) == []
        assert not is_wider_than_window(page)
    page.context.close()
