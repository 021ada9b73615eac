"""What came by hand, booked in a real Chromium: by mouse, keyboard, phone, and without scripts."""

from __future__ import annotations

from playwright.sync_api import Browser, FilePayload, Page, expect

from desk.web.accounts import Role
from tests.offices import PERIOD, REPORT, figures, letter
from tests.web import PHONE, Served, complaints_of, faults_of, is_wider_than_window

SLOW = 30_000  #: milliseconds for a form whose answer reads files, on a busy machine
MOST_STOPS = 60  #: presses of Tab before something in the page is given up


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until that has the focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_by_mouse_a_zalo_file_is_found_its_unit_booked_and_taken_back(desk: Served, browser: Browser) -> None:
    page = desk.page(browser)
    said = complaints_of(page.context)
    content = letter("y-te", figures(7))
    sent = FilePayload(name="ảnh chụp.docx", mimeType="application/octet-stream", buffer=content)
    page.goto(desk.url("/don-vi"))
    page.get_by_label("Tìm đơn vị").fill("y te")
    expect(page.locator("#bang tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Phòng Y tế huyện Sông Mây").click()
    expect(page.get_by_text("Chưa nhận được báo cáo.")).to_be_visible()
    page.get_by_label("Zalo").check()
    page.get_by_label("Nhận lúc").fill("2023-06-02T15:00")
    page.get_by_label("Tệp kèm theo").set_input_files(sent)
    page.get_by_role("button", name="Ghi nhận").click()
    expect(page.get_by_role("status").first).to_contain_text("Đã lưu tệp", timeout=SLOW)
    page.get_by_text("Xem 9 số liệu").click()
    expect(page.locator("#ban-nop .figures")).to_contain_text("ảnh chụp.docx, bảng 2, hàng 2")
    assert faults_of(page) == []
    assert not is_wider_than_window(page)
    assert desk.office.value("y-te", "B1")["value"] == 17
    page.locator("#da-ghi").get_by_role("button", name="Hủy việc số").click()
    expect(page.locator("#da-ghi")).to_contain_text("đã hủy", timeout=SLOW)
    expect(page.get_by_text("Đã xét lại 1 thư")).to_be_visible(timeout=SLOW)  # the page renews itself
    assert desk.office.states()["y-te"] == "missing"
    assert said == []
    page.context.close()


def test_by_keyboard_alone_a_call_is_booked_and_taken_back(desk: Served, browser: Browser) -> None:
    page = desk.page(browser)
    page.goto(desk.url(f"/don-vi/van-hoa?ky={REPORT}/{PERIOD}"))
    tab_to(page, "#ghi-nhan input[type=radio]")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Điện thoại")).to_be_checked()
    tab_to(page, "#ghi-nhan [name=ly-do]")
    page.keyboard.type("Anh Nam gọi: không có hoạt động")
    tab_to(page, "#ghi-nhan [name=khong-phat-sinh]")
    page.keyboard.press("Space")
    tab_to(page, "#ghi-nhan button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Đã ghi nhận báo cáo", timeout=SLOW)
    assert desk.office.states()["van-hoa"] == "late"
    tab_to(page, "#da-ghi button")
    page.keyboard.press("Enter")
    expect(page.locator("#da-ghi")).to_contain_text("đã hủy", timeout=SLOW)
    assert desk.office.states()["van-hoa"] == "missing"
    page.context.close()


def test_on_a_phone_a_unit_is_given_time_and_an_address(desk: Served, browser: Browser) -> None:
    page = desk.page(browser, viewport=PHONE, is_mobile=True, has_touch=True)
    page.goto(desk.url("/don-vi/suoi-dau"))
    page.get_by_text("Gia hạn cho đơn vị").tap()
    page.get_by_label("Được nộp đến hết ngày").fill("2023-06-12")
    page.get_by_label("Lý do", exact=True).and_(page.locator(":visible")).fill("Đường sạt lở")
    page.get_by_role("button", name="Gia hạn", exact=True).tap()
    expect(page.get_by_role("status").first).to_contain_text("Đã gia hạn", timeout=SLOW)
    expect(page.locator(".now")).to_contain_text("00:00 13/06/2023")
    page.locator("#dia-chi").get_by_label("Địa chỉ thư").fill("suoidau@rieng.example")
    page.get_by_role("button", name="Thêm địa chỉ").tap()
    expect(page.locator("#dia-chi table")).to_contain_text("suoidau@rieng.example", timeout=SLOW)
    assert not is_wider_than_window(page)
    assert faults_of(page) == []
    page.context.close()


def test_without_javascript_a_unit_is_found_and_exempted(desk: Served, browser: Browser) -> None:
    page = desk.page(browser, java_script_enabled=False)
    page.goto(desk.url("/don-vi"))
    page.get_by_label("Tìm đơn vị").fill("the thao")
    page.locator("#loc").get_by_role("button", name="Xem").click()
    page.get_by_role("link", name="Trung tâm Thể thao").click()
    page.get_by_text("Miễn báo cáo kỳ này").click()
    page.get_by_label("Lý do", exact=True).and_(page.locator(":visible")).fill("Mới thành lập")
    page.get_by_role("button", name="Miễn báo cáo").click()
    expect(page.get_by_text("Lý do miễn: Mới thành lập")).to_be_visible(timeout=SLOW)
    page.context.close()


def test_a_reader_has_nothing_to_press(desk: Served, browser: Browser) -> None:
    page = desk.page(browser, Role.READER)
    page.goto(desk.url("/don-vi/y-te"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Phòng Y tế")
    expect(page.locator("main form[method=post]")).to_have_count(0)
    page.context.close()
