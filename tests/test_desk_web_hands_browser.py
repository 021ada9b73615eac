"""Jobs of Kỳ báo cáo, Việc cần xem and Nhật ký in Chromium: by mouse, again by the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.hands import Hand
from tests.web import Served, served_busy_round


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_busy_round(tmp_path_factory.mktemp("desk")) as found:
        yield found


def opened(desk: Served, hand: Hand, words: str) -> Page:
    """The question of those words, found on the list."""
    hand.page.goto(desk.url("/viec-can-xem"))
    hand.press(hand.page.locator("a.task", has_text=words))
    return hand.page


def taken_back(desk: Served, hand: Hand, told: str = "Đã hoàn tác") -> None:
    """What was just decided is undone, so that the next hand finds the same questions."""
    hand.press(hand.page.get_by_role("button", name="Hoàn tác").first)
    expect(hand.page.get_by_role("status").first).to_contain_text(told)
    assert desk.desk.follow_up.wait()


def test_the_board_is_narrowed_and_leads_to_the_unit(desk: Served, hand: Hand) -> None:
    page = hand.page
    page.goto(desk.url("/ky-bao-cao"))
    missing = page.get_by_label("Tình trạng")
    hand.choose(missing, missing.locator("option[value=missing]").inner_text())
    hand.press(page.locator("#loc").get_by_role("button", name="Xem"))
    expect(page.locator("#bang tbody tr")).to_have_count(2)
    hand.press(page.locator("#bang").get_by_role("link", name="Trung tâm Thể thao"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Trung tâm Thể thao")


def test_any_past_moment_is_shown_by_its_words_and_the_deadline_by_a_link(desk: Served, hand: Hand) -> None:
    page = hand.page
    page.goto(desk.url("/ky-bao-cao"))
    hand.write(page.get_by_label("Tại thời điểm"), "8h 2/6/2023")
    hand.press(page.locator(".moment").get_by_role("button", name="Xem"))
    expect(page.locator("#song")).to_contain_text("Đang xem tình hình lúc 08:00 02/06/2023")
    expect(page.locator("#bang .state.on_time")).to_have_count(1)
    hand.write(page.get_by_label("Tìm đơn vị"), "hoa lac")
    hand.press(page.locator("#loc").get_by_role("button", name="Xem"))
    expect(page.locator("#bang tbody tr")).to_have_count(1)
    expect(page.locator("#bang .state.missing")).to_have_count(1)  # still as of then
    hand.press(page.get_by_role("link", name="Xem hiện tại"))
    hand.press(page.get_by_role("link", name="Xem lúc hết hạn nộp"))
    expect(page.locator("#song")).to_contain_text("lúc 00:00 05/06/2023")


def test_clear_questions_are_accepted_together_and_taken_back(desk: Served, hand: Hand) -> None:
    page = hand.page
    page.goto(desk.url("/viec-can-xem/ro-rang"))
    hand.press(page.get_by_role("button", name="Ghi nhận các việc đã đánh dấu"))
    expect(page.get_by_role("status").first).to_contain_text("Đã ghi nhận theo đề xuất")
    taken_back(desk, hand)
    assert desk.office.states()["suoi-dau"] == "needs_review"


def test_a_question_is_put_aside_with_a_reason_and_taken_back(desk: Served, hand: Hand) -> None:
    page = opened(desk, hand, "UBND xã Suối Dâu")
    hand.press(page.locator("summary", has_text="Để riêng"))
    hand.write(page.locator("#ly-do-4"), "Gửi thử")
    hand.press(page.get_by_role("button", name="Để riêng"))
    expect(page.get_by_role("status").first).to_contain_text("Đã để riêng")
    taken_back(desk, hand)


def test_another_unit_is_chosen_and_taken_back(desk: Served, hand: Hand) -> None:
    page = opened(desk, hand, "UBND xã Suối Dâu")
    hand.press(page.locator("summary", has_text="Chọn đơn vị, báo cáo"))
    hand.choose(page.locator("#don-vi"), "Trung tâm Thể thao huyện Sông Mây")
    hand.press(page.get_by_role("button", name="Ghi nhận theo lựa chọn này"))
    expect(page.get_by_role("status").first).to_contain_text("theo lựa chọn của cán bộ")
    taken_back(desk, hand)


def test_an_address_is_linked_to_a_unit_and_taken_back(desk: Served, hand: Hand) -> None:
    page = opened(desk, hand, "UBND xã Suối Dâu")
    hand.press(page.locator("summary", has_text="Ghi nhớ địa chỉ gửi"))
    hand.choose(page.locator("#cua-don-vi"), "UBND xã Suối Dâu")
    hand.press(page.get_by_role("button", name="Ghi nhớ địa chỉ gửi"))
    expect(page.get_by_role("status").first).to_contain_text("Đã ghi nhớ địa chỉ")
    taken_back(desk, hand)


def test_a_figure_is_corrected_with_a_reason_and_taken_back(desk: Served, hand: Hand) -> None:
    page = opened(desk, hand, "1,234")
    hand.write(page.get_by_label("Số lao động được tạo việc làm – Tổng số"), "1.234")
    hand.write(page.locator("#ly-do-0"), "Đã gọi điện xác nhận với đơn vị")
    hand.press(page.get_by_role("button", name="Ghi các số đã đánh dấu"))
    expect(page.get_by_role("status").first).to_contain_text("Đã ghi số liệu")
    decided = desk.desk.office().ledger.decisions()[-1]
    assert (decided.kind, decided.choice["value"], decided.reason) == (
        "value", "1234", "Đã gọi điện xác nhận với đơn vị",
    )  # fmt: skip
    taken_back(desk, hand)


def test_a_mail_that_cannot_be_opened_is_returned_at_once_with_its_reason(desk: Served, hand: Hand) -> None:
    page = opened(desk, hand, "bị hỏng")
    expect(page.get_by_label("Nội dung đề nghị đơn vị")).to_have_value(
        "Tệp đính kèm bị hỏng, không mở được. Đề nghị đơn vị kiểm tra và gửi lại."
    )
    hand.press(page.get_by_role("button", name="Đưa vào Thư đi"))
    expect(page.get_by_text("Đã đưa thư đề nghị vào Thư đi")).to_be_visible()
    assert desk.desk.follow_up.wait()
    taken_back(desk, hand, "Thư đề nghị đơn vị chưa gửi và đã được hủy")


def test_one_key_returns_what_cannot_be_opened(desk: Served, browser: Browser) -> None:
    page = desk.page(browser)
    page.goto(desk.url("/viec-can-xem"))
    page.locator("a.task", has_text="bị hỏng").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("bị hỏng")
    page.wait_for_load_state()
    page.keyboard.press("l")
    expect(page.get_by_text("Đã đưa thư đề nghị vào Thư đi")).to_be_visible()
    assert desk.desk.follow_up.wait()
    page.keyboard.press("h")
    expect(page.get_by_role("heading", level=1)).to_contain_text("bị hỏng")
    page.keyboard.press("b")  # the keys work also on a question that came back by itself
    expect(page.get_by_role("heading", level=1)).to_contain_text("Việc cần xem")
    page.context.close()


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
