"""Thư đi and Thiết lập in a real Chromium: by mouse, by keyboard, on a phone, without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from config.editing import units_as
from config.loader import load_regime
from config.units import Address
from desk.web.accounts import Role
from tests.offices import DEPARTMENT, UNITS, make_office, round_of_mail
from tests.web import (
    PASSWORD,
    PHONE,
    Served,
    complaints_of,
    faults_of,
    is_wider_than_window,
    served_office,
)

MINE = "Mật khẩu của bạn"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    department = DEPARTMENT.replace("mode: preview", "mode: approve")
    office = make_office(tmp_path_factory.mktemp("desk"), department=department)
    round_of_mail(office)
    office.take_in()
    with served_office(office) as found:
        yield found


def states(desk: Served) -> list[str]:
    return [mail.state.value for mail in desk.desk.office().ledger.outbox()]


def press_to(page: Page, key: str = "Tab", *, name: str) -> None:
    """Go by keyboard until the element of that name has the focus."""
    for _ in range(120):
        page.keyboard.press(key)
        held = page.evaluate("""() => { const e = document.activeElement;
            return [e.innerText, e.ariaLabel, ...(e.labels ? [...e.labels].map(l => l.innerText) : [])]; }""")
        if any(text and text.strip().startswith(name) for text in held):
            return
    pytest.fail(f"no way to {name} by keyboard")


def test_the_officer_clears_the_batch_by_mouse_and_then_by_keyboard(desk: Served, browser: Browser) -> None:
    page = desk.page(browser)
    said = complaints_of(page.context)
    page.goto(desk.url("/thu-di"))
    page.get_by_role("link", name="Xem thư đến lượt gửi").click()
    assert faults_of(page) == []
    page.get_by_role("button", name="Đưa vào Thư đi").click()
    expect(page.get_by_role("status")).to_contain_text("Đã đưa thư đến lượt vào Thư đi")
    expect(page.locator(".mails > li")).to_have_count(3)
    assert faults_of(page) == []
    page.locator(".mails a").first.click()
    page.get_by_label("Tiêu đề").fill("V/v nhắc nộp báo cáo")
    page.get_by_role("button", name="Lưu nội dung thư").click()
    expect(page.get_by_role("status")).to_contain_text("Đã lưu nội dung thư")
    assert faults_of(page) == []
    page.get_by_role("link", name="← Thư đi").click()
    desk.clock.now += timedelta(minutes=11)  # the password was given too long ago
    page.reload()
    page.get_by_role("checkbox").nth(1).uncheck()
    press_to(page, name=MINE)
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Đã duyệt")
    assert sorted(states(desk)) == ["held", "queued", "queued"]
    page.goto(desk.url("/thu-di?phan=duyet"))
    press_to(page, name="V/v đôn đốc")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sửa thư")).to_be_visible()
    press_to(page, name="Lý do")
    page.keyboard.type("đã gọi điện")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Đã hủy thư")
    assert sorted(states(desk)) == ["cancelled", "queued", "queued"]
    assert said == []
    page.context.close()


def test_on_a_phone_without_javascript_a_letter_is_worded_anew_and_set_back(
    desk: Served, browser: Browser
) -> None:
    page = desk.page(browser, viewport=PHONE, is_mobile=True, has_touch=True, java_script_enabled=False)
    desk.clock.now += timedelta(minutes=11)
    page.goto(desk.url("/thiet-lap"))
    page.get_by_role("link", name="Mẫu thư").first.tap()
    page.get_by_role("link", name="Đôn đốc lần 1").tap()
    page.get_by_label("Lời thư").fill("Kính gửi: {{ addressee }}\n\nĐề nghị sớm gửi {{ the_reports }}.")
    page.get_by_role("button", name="Xem thử, chưa lưu").tap()
    expect(page.locator("pre.letter")).to_contain_text("Đề nghị sớm gửi báo cáo nêu trên.")
    page.get_by_label(MINE).fill(PASSWORD)
    page.get_by_role("button", name="Lưu", exact=True).tap()
    expect(page.get_by_role("status")).to_contain_text("Đã lưu")
    page.get_by_role("button", name="Trở về lời ban đầu").tap()
    expect(page.get_by_label("Lời thư")).to_contain_text("khẩn trương")
    page.context.close()


def test_units_are_changed_in_the_table_and_by_a_sheet(
    desk: Served, browser: Browser, tmp_path: Path
) -> None:
    page = desk.page(browser)
    said = complaints_of(page.context)
    page.goto(desk.url("/thiet-lap/don-vi"))
    page.get_by_label("địa chỉ thư: UBND xã Suối Dâu").fill("sai")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("UBND xã Suối Dâu, cột “địa chỉ thư”")
    assert faults_of(page) == []
    page.get_by_label("địa chỉ thư: UBND xã Suối Dâu").fill("vanthu@suoidau.example")
    page.get_by_label("điện thoại: UBND xã Suối Dâu").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Đã lưu")
    regime = load_regime(desk.office.home / "regime")
    assert regime.unit("suoi-dau").addresses == (Address("vanthu@suoidau.example"),)
    file = tmp_path / "don vi.xlsx"
    file.write_bytes(units_as("units.xlsx", UNITS[:4], regime.unit_kinds))
    page.get_by_label("Nhập từ tệp").set_input_files(file)
    page.get_by_role("button", name="Xem thay đổi").click()
    expect(page.locator("tbody")).to_contain_text("vanthu@suoidau.example")
    assert faults_of(page) == []
    page.get_by_role("button", name="Thử với 200 thư gần nhất").click()
    expect(page.get_by_role("heading", level=2)).to_have_text(
        "Thử thiết lập mới với thư đã nhận", timeout=30_000
    )
    assert faults_of(page) == []
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Đã lưu")
    assert load_regime(desk.office.home / "regime").unit("suoi-dau").addresses == ()
    page.get_by_role("link", name="Lịch sử thay đổi").click()
    page.get_by_role("link", name="Xem, đưa trở lại").first.click()
    expect(page.locator(".difference")).to_contain_text("vanthu@suoidau.example")
    assert faults_of(page) == []
    assert [each for each in said if "422" not in each] == []
    page.context.close()


def test_a_reader_is_offered_no_button_that_changes(desk: Served, browser: Browser) -> None:
    page = desk.page(browser, Role.READER, viewport=PHONE)
    for path in ("don-vi", "lich", "gui-thu", "hop-thu", "mau-thu/don-doc-1", "bao-cao/bdg"):
        page.goto(desk.url(f"/thiet-lap/{path}"))
        expect(page.get_by_role("button", name="Lưu", exact=True)).to_have_count(0)
        assert not is_wider_than_window(page)
    page.context.close()
