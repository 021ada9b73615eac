"""The desk in a real Chromium: by mouse, by keyboard, on a phone, without JavaScript; WCAG 2.1 AA."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from desk.web.accounts import Role
from desk.web.second_factor import RECOVERY_CODES
from desk.web.sessions import CONFIRMED_FOR
from desk.worklist import work_list
from tests.offices import figures, make_office, report_mail
from tests.web import (
    DESKTOP,
    PASSWORD,
    PHONE,
    ROUND_PAGES,
    Served,
    complaints_of,
    faults_of,
    faults_unfolded,
    is_wider_than_window,
    path_of,
    served_busy_round,
    served_office,
    served_round,
)

#: What shows something else while nothing is collected.
EMPTY_PAGES = (
    "/ky-bao-cao",
    "/viec-can-xem",
    "/viec-can-xem/ro-rang",
    "/don-vi",
    "/don-vi/y-te",
    "/tong-hop",
    "/thu-di",
    "/thu-di/den-luot",
    "/thiet-lap",
    "/thiet-lap/lich-su",
    "/nhat-ky",
)


@dataclass(frozen=True)
class Looked:
    """A page looked at in one language and size, with its complaints."""

    page: Page
    said: list[str]


@pytest.fixture(scope="module", params=["vi", "en", "phone"])
def looked(request: pytest.FixtureRequest, desk: Served, browser: Browser) -> Iterator[Looked]:
    is_phone = request.param == "phone"
    page = desk.page(browser, viewport=PHONE if is_phone else DESKTOP, is_mobile=is_phone, has_touch=is_phone)
    said = complaints_of(page.context)
    if request.param == "en":
        page.goto(desk.url("/tai-khoan"))
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("link", name="Journal")).to_be_visible()
    yield Looked(page, said)
    page.context.close()


@pytest.mark.parametrize("path", ROUND_PAGES)
def test_every_page_is_accessible_fits_and_breaks_no_rule(desk: Served, looked: Looked, path: str) -> None:
    looked.page.goto(desk.url(path))
    assert faults_unfolded(looked.page) == []
    assert not is_wider_than_window(looked.page)
    assert looked.said == []


def test_every_kind_of_question_and_its_message_are_accessible(tmp_path: Path, browser: Browser) -> None:
    with served_busy_round(tmp_path) as desk:
        with desk.desk.office().ledger.snapshot():
            tasks = work_list(desk.desk.office()).tasks
        paths = [f"/viec-can-xem/{task.id}" for task in tasks] + [f"/thu/{tasks[0].head.archive_id}"]
        for size in (DESKTOP, PHONE):
            page = desk.page(browser, viewport=size)
            said = complaints_of(page.context)
            for path in (*paths, "/tong-hop", "/tong-hop/kiem-tra"):
                page.goto(desk.url(path))
                assert faults_unfolded(page) == [], path
                assert not is_wider_than_window(page), path
            assert said == []
            page.context.close()


def test_an_office_that_has_collected_nothing_has_no_faulty_page(tmp_path: Path, browser: Browser) -> None:
    with served_office(make_office(tmp_path)) as desk:
        page = desk.page(browser)
        for path in EMPTY_PAGES:
            page.goto(desk.url(path))
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert faults_unfolded(page) == [], path
            assert not is_wider_than_window(page), path
        page.context.close()


def test_a_newcomer_signs_in_by_keyboard_and_chooses_a_password(tmp_path: Path, browser: Browser) -> None:
    with served_round(tmp_path) as desk:
        once = desk.desk.accounts.add("mai", "Lò Thị Mai", Role.OFFICER)
        page = browser.new_context().new_page()
        page.goto(desk.url("/ky-bao-cao?q=xa"))
        assert path_of(page) == "/dang-nhap"
        assert faults_of(page) == []
        page.keyboard.type("mai")  # the first field has the focus
        page.keyboard.press("Tab")
        page.keyboard.type(once)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Lò Thị Mai")
        page.get_by_label("Mật khẩu đang dùng").fill(once)
        page.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD)
        page.get_by_label("Nhập lại mật khẩu mới").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("Đã đổi mật khẩu")
        page.get_by_role("button", name="Đăng xuất").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Đăng nhập")
        page.go_back()
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("Đăng nhập")
        page.context.close()


def test_typing_narrows_the_board_at_once(desk: Served, browser: Browser) -> None:
    page = desk.page(browser)
    page.goto(desk.url("/ky-bao-cao"))
    page.get_by_label("Tìm đơn vị").fill("hoa lac")
    expect(page.locator("#bang tbody tr")).to_have_count(1)
    expect(page.locator("#bang")).to_contain_text("UBND xã Hòa Lạc")
    expect(page).to_have_url(re.compile("q=hoa"))
    page.get_by_label("Tìm đơn vị").fill("")
    page.get_by_label("Tình trạng").select_option("missing")
    expect(page.locator("#bang tbody tr")).to_have_count(3)
    page.context.close()


def test_without_javascript_the_same_is_reached_by_the_button(desk: Served, browser: Browser) -> None:
    page = desk.page(browser, java_script_enabled=False)
    page.goto(desk.url("/ky-bao-cao"))
    page.get_by_label("Tìm đơn vị").fill("suoi dau")
    page.locator("#loc").get_by_role("button", name="Xem").click()
    expect(page.locator("#bang tbody tr")).to_have_count(1)
    page.get_by_label("Kỳ", exact=True).select_option("bdg/2022-Y")
    page.locator(".period button").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("năm 2022")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("link", name="Journal")).to_be_visible()
    page.context.close()


@pytest.fixture(scope="module")
def plain(desk: Served, browser: Browser) -> Iterator[Page]:
    """A page in which no script runs."""
    page = desk.page(browser, java_script_enabled=False)
    yield page
    page.context.close()


@pytest.mark.parametrize("path", ROUND_PAGES)
def test_every_page_works_without_javascript(desk: Served, plain: Page, path: str) -> None:
    page = plain
    page.goto(desk.url(path))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    forms = page.locator("form")
    for number in range(forms.count()):
        buttons = forms.nth(number).locator("button:not([type=button]), input[type=submit]")
        assert buttons.count(), (
            f"a form of {path} cannot be sent: {forms.nth(number).get_attribute('action')}"
        )
    assert page.locator("button:not(form button):not([form])").count() == 0, "a button without a form"
    assert page.locator("a:not([href])").count() == 0, "a link that leads nowhere"


def test_a_second_factor_is_set_up_and_asked_for_without_javascript(tmp_path: Path, browser: Browser) -> None:
    with served_round(tmp_path) as desk:
        page = desk.page(browser, java_script_enabled=False)
        page.goto(desk.url("/tai-khoan"))
        desk.clock.now += CONFIRMED_FOR
        page.get_by_role("button", name="Thiết lập xác thực hai bước").click()
        page.get_by_label("Mật khẩu").fill(PASSWORD)  # asked for once more
        page.get_by_role("button", name="Tiếp tục").click()
        secret = page.locator("code").inner_text()
        expect(page.get_by_role("img")).to_be_visible()
        page.get_by_label("Mã 6 số").fill(pyotp.TOTP(secret).at(desk.clock.now))
        page.get_by_role("button", name="Bật xác thực hai bước").click()
        expect(page.locator("code")).to_have_count(RECOVERY_CODES)
        once = page.locator("code").first.inner_text()
        page.get_by_role("button", name="Đăng xuất").click()
        page.get_by_label("Tên đăng nhập").fill("administrator-thu")
        page.get_by_label("Mật khẩu").fill(PASSWORD)
        page.get_by_role("button", name="Đăng nhập").click()
        page.get_by_label("Mã 6 số").fill(once)
        page.get_by_role("button", name="Đăng nhập").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("6 tháng đầu năm 2023")
        page.context.close()


def test_the_pages_of_the_second_factor_are_accessible(tmp_path: Path, browser: Browser) -> None:
    with served_round(tmp_path) as desk:
        page = desk.page(browser, viewport=PHONE)
        said = complaints_of(page.context)
        page.goto(desk.url("/tai-khoan"))
        page.get_by_role("button", name="Thiết lập xác thực hai bước").click()
        expect(page.get_by_role("img")).to_be_visible()
        assert faults_of(page) == []
        assert not is_wider_than_window(page)
        page.get_by_label("Mã 6 số").fill(pyotp.TOTP(page.locator("code").inner_text()).at(desk.clock.now))
        page.get_by_role("button", name="Bật xác thực hai bước").click()
        expect(page.locator("code")).to_have_count(RECOVERY_CODES)
        assert faults_of(page) == []
        assert said == []
        desk.clock.now += CONFIRMED_FOR
        page.get_by_role("link", name="Đã cất các mã").click()
        page.get_by_role("button", name="Tắt xác thực hai bước").click()
        expect(page.get_by_label("Mật khẩu")).to_be_focused()
        assert faults_of(page) == []
        page.context.close()


def test_the_skip_link_is_the_first_stop_and_leads_to_the_content(desk: Served, browser: Browser) -> None:
    page = desk.page(browser)
    page.goto(desk.url("/ky-bao-cao"))
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#noi-dung$"))
    page.context.close()


def test_the_period_changes_when_it_is_chosen(desk: Served, browser: Browser) -> None:
    page = desk.page(browser)
    page.goto(desk.url("/ky-bao-cao"))
    page.get_by_label("Kỳ", exact=True).select_option("bdg/2022-H1")
    expect(page.get_by_role("heading", level=1)).to_contain_text("6 tháng đầu năm 2022")
    expect(page).to_have_url(re.compile("ky=bdg%2F2022-H1"))
    page.get_by_role("link", name="Nhật ký").click()
    expect(page).to_have_url(re.compile("ky=bdg%2F2022-H1"))  # the choice goes along
    page.context.close()


def test_the_figures_change_by_themselves_when_mail_has_come(tmp_path: Path, browser: Browser) -> None:
    with served_round(tmp_path) as desk:
        page = desk.page(browser)
        said = complaints_of(page.context)
        page.clock.install()
        page.goto(desk.url("/ky-bao-cao"))
        expect(page.locator(".tiles")).to_contain_text("42,9%")
        page.evaluate("window.isTheSame = true")
        desk.office.deliver(report_mail("y-te", figures(9)), "2023-06-06T08:00")
        desk.office.take_in()
        page.clock.fast_forward(16_000)
        expect(page.locator(".tiles")).to_contain_text("57,1%")
        assert page.evaluate("window.isTheSame"), "the page was loaded anew"
        page.clock.fast_forward(16_000)
        expect(page.locator(".tiles")).to_have_count(1)
        assert said == []
        page.context.close()
