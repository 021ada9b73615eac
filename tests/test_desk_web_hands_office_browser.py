"""Jobs of Đơn vị, Tổng hợp, Thư đi and Thiết lập in Chromium: by mouse, again by the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, expect

from config.editing import units_as
from config.loader import load_regime
from tests.hands import Hand
from tests.offices import UNITS
from tests.web import Served, served_busy_round

SLOW = 60_000  #: milliseconds until a page picture is drawn, on a busy machine
UNIT = "/don-vi/the-thao"
#: Jobs whose page renews itself; without scripts `test_desk_web_totals_browser` does them.
SCRIPTED = pytest.mark.parametrize("hand", ["mouse", "keyboard"], indirect=True)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_busy_round(tmp_path_factory.mktemp("desk")) as found:
        found.client().send_form("/thu-di/den-luot")
        yield found


def told(hand: Hand, words: str) -> None:
    expect(hand.page.get_by_role("status").first).to_contain_text(words)


def taken_back(hand: Hand) -> None:
    hand.press(hand.page.locator("#da-ghi").get_by_role("button", name="Hủy việc số"))
    told(hand, "Đã hủy")


def test_a_unit_is_given_time_until_a_day_typed_day_first(desk: Served, hand: Hand) -> None:
    page = hand.page
    page.goto(desk.url(UNIT))
    hand.press(page.locator("summary", has_text="Gia hạn cho đơn vị"))
    hand.write(page.get_by_label("Được nộp đến hết ngày"), "12/6/2023")
    hand.write(page.locator("form[action$=gia-han] [name=ly-do]"), "Đường sạt lở")
    hand.press(page.get_by_role("button", name="Gia hạn", exact=True))
    told(hand, "Đã gia hạn")
    expect(page.locator(".now")).to_contain_text("00:00 13/06/2023")
    taken_back(hand)


def test_a_unit_is_exempted(desk: Served, hand: Hand) -> None:
    page = hand.page
    page.goto(desk.url(UNIT))
    hand.press(page.locator("summary", has_text="Miễn báo cáo kỳ này"))
    hand.write(page.locator("form[action$=mien] [name=ly-do]"), "Mới thành lập")
    hand.press(page.get_by_role("button", name="Miễn báo cáo"))
    expect(page.get_by_text("Lý do miễn: Mới thành lập")).to_be_visible()
    taken_back(hand)


def test_an_address_of_a_unit_is_added(desk: Served, hand: Hand) -> None:
    page = hand.page
    page.goto(desk.url(UNIT))
    hand.press(page.locator("summary", has_text="Thêm địa chỉ của đơn vị"))
    hand.write(page.locator("#dia-chi [name=dia-chi]"), "thethao@rieng.example")
    hand.write(page.locator("#dia-chi [name=tu-ngay]"), "1/6/2023")
    hand.press(page.get_by_role("button", name="Thêm địa chỉ"))
    expect(page.locator("#dia-chi table")).to_contain_text("thethao@rieng.example")
    taken_back(hand)


def test_what_came_by_zalo_is_booked_and_taken_back(desk: Served, hand: Hand) -> None:
    page = hand.page
    page.goto(desk.url(UNIT))
    hand.tick(page.get_by_label("Zalo"))
    hand.write(page.get_by_label("Nhận lúc"), "15:00 02/06/2023")
    hand.write(page.locator("#ghi-nhan [name=ly-do]"), "Ảnh chụp")
    hand.press(page.locator("#ghi-nhan").get_by_role("button", name="Ghi nhận"))
    told(hand, "Đã ghi nhận báo cáo")
    expect(page.locator(".now")).to_contain_text("15:00 02/06/2023")
    taken_back(hand)


@SCRIPTED
def test_a_total_is_followed_to_its_cell_in_three_steps(desk: Served, hand: Hand) -> None:
    page = hand.page
    page.goto(desk.url("/tong-hop"))
    hand.press(page.get_by_role("link", name="Số lượt người tham dự, nữ:"))
    hand.press(page.get_by_role("link", name="UBND xã Bình Minh: 207, xem trong bản gốc"))
    expect(page.locator("#ban-goc rect.mark")).to_be_visible(timeout=SLOW)
    hand.press(page.get_by_role("link", name="Xem thư"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Báo cáo bình đẳng giới")


@SCRIPTED
def test_a_draft_is_made_frozen_and_unfrozen(desk: Served, hand: Hand) -> None:
    page = hand.page
    page.goto(desk.url("/tong-hop"))
    hand.press(page.get_by_role("button", name="Lập dự thảo"))
    expect(page.locator(".notice")).to_be_visible()  # it is made, or nothing has changed
    hand.press(page.locator("summary", has_text="Chốt số liệu"))
    hand.write(page.get_by_label("Lý do"), "Đã trình ký")
    hand.press(page.get_by_role("button", name="Chốt số liệu"))
    expect(page.locator(".frozen")).to_contain_text("Đã trình ký")
    hand.press(page.locator("summary", has_text="Hủy chốt"))
    hand.write(page.get_by_label("Lý do"), "Còn bổ sung")
    hand.press(page.get_by_role("button", name="Hủy chốt"))
    expect(page.locator(".frozen")).to_have_count(0)


def test_a_mail_is_approved_and_held_again(desk: Served, hand: Hand) -> None:
    page = hand.page
    page.goto(desk.url("/thu-di"))
    hand.press(page.locator(".mails a").first)
    hand.press(page.get_by_role("button", name="Duyệt gửi"))
    told(hand, "Đã duyệt")
    page.goto(desk.url("/thu-di?phan=cho"))
    hand.press(page.locator(".mails a").first)
    hand.write(page.get_by_label("Lý do"), "Chờ gọi điện")
    hand.press(page.get_by_role("button", name="Giữ lại"))
    told(hand, "Đã giữ thư lại")


def test_the_telephone_of_a_unit_is_changed_in_the_table(desk: Served, hand: Hand) -> None:
    page, phone = hand.page, "0912000009" if hand.is_keyboard else "0912000008"
    page.goto(desk.url("/thiet-lap/don-vi"))
    hand.write(page.get_by_label("điện thoại: UBND xã Suối Dâu"), phone)
    hand.press(page.get_by_role("button", name="Lưu", exact=True))
    told(hand, "Đã lưu")
    assert load_regime(desk.office.home / "regime").unit("suoi-dau").phone == phone


def test_a_sheet_of_units_is_looked_over(desk: Served, hand: Hand) -> None:
    page = hand.page
    sheet = units_as("units.csv", UNITS[:2], load_regime(desk.office.home / "regime").unit_kinds)
    page.goto(desk.url("/thiet-lap/don-vi"))
    hand.give(page.get_by_label("Nhập từ tệp"), FilePayload(name="dv.csv", mimeType="text/csv", buffer=sheet))
    hand.press(page.get_by_role("button", name="Xem thay đổi"))
    expect(page.locator("main")).to_contain_text("5 đơn vị không có trong tệp được giữ nguyên")


def test_a_day_worked_instead_is_tried_on_past_mail_and_saved(desk: Served, hand: Hand) -> None:
    page, day = hand.page, "24/06/2023" if hand.is_keyboard else "10/06/2023"
    page.goto(desk.url("/thiet-lap/lich"))
    hand.write(page.get_by_label("Ngày làm bù"), day)
    hand.press(page.get_by_role("button", name="Thử với 200 thư gần nhất"))
    expect(page.get_by_role("heading", level=2)).to_have_text(
        "Thử thiết lập mới với thư đã nhận", timeout=SLOW
    )
    hand.press(page.get_by_role("button", name="Lưu", exact=True))
    told(hand, "Đã lưu")
    expect(page.get_by_label("Ngày làm bù")).to_have_value(day)


def test_who_signs_is_entered(desk: Served, hand: Hand) -> None:
    page, name = hand.page, "Lò Thị Bích" if hand.is_keyboard else "Lò Văn Sơn"
    page.goto(desk.url("/thiet-lap"))
    hand.press(page.get_by_role("link", name="Cơ quan").first)
    hand.write(page.get_by_label("Tên đầy đủ"), " ")
    hand.write(page.get_by_label("Họ tên người ký"), name)
    hand.press(page.get_by_role("button", name="Lưu", exact=True))
    expect(page.get_by_role("alert")).to_contain_text("Tên đầy đủ: không được để trống.")
    hand.write(page.get_by_label("Tên đầy đủ"), "Phòng Lao động huyện Sông Mây")
    hand.press(page.get_by_role("button", name="Lưu", exact=True))
    told(hand, "Đã lưu")
    expect(page.get_by_label("Họ tên người ký")).to_have_value(name)


def test_sending_is_turned_off_and_on(desk: Served, hand: Hand) -> None:
    page = hand.page
    page.goto(desk.url("/thiet-lap/gui-thu"))
    for words in ("Không gửi thư", "Gửi sau khi duyệt"):
        hand.tick(page.get_by_label(words))
        hand.press(page.get_by_role("button", name="Lưu", exact=True))
        told(hand, "Đã lưu")
        expect(page.get_by_label(words)).to_be_checked()


def test_a_letter_is_worded_anew_and_looked_at_before_it_is_saved(desk: Served, hand: Hand) -> None:
    page = hand.page
    page.goto(desk.url("/thiet-lap/mau-thu"))
    hand.press(page.get_by_role("link", name="Đôn đốc lần 1"))
    hand.write(page.get_by_label("Lời thư"), "Đề nghị sớm gửi {{ the_reports }}.")
    hand.press(page.get_by_role("button", name="Xem thử, chưa lưu"))
    expect(page.locator("pre.letter")).to_contain_text("Đề nghị sớm gửi báo cáo nêu trên.")
