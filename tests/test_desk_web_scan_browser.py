"""A figure recognised in a scan, followed to its place on the picture of the page in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from intake.extractors.scan import is_installed
from tests import builders_pages as paper
from tests.offices import address, figures, letter, make_office, note
from tests.web import PHONE, Served, complaints_of, faults_of, served_office

LOW = {"width": 1366, "height": 260}  #: a window that shows only the beginning of a page
SLOW = 60_000  #: milliseconds until a page is recognised, on a busy machine
pytestmark = pytest.mark.skipif(not is_installed(), reason="Tesseract with Vietnamese is not installed")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    office = make_office(tmp_path_factory.mktemp("quet"))
    (page,) = paper.pages(paper.printed(paper.ruled(letter("binh-minh", figures(1)))))
    scan = paper.scan_pdf([paper.scanned(page, skew=1.2, noise=2)])
    subject = "Báo cáo bình đẳng giới 6 tháng đầu năm 2023"
    office.deliver(note(address("binh-minh"), subject, "Gửi", ("bc.pdf", scan)), "2023-06-01T08:00")
    office.take_in()
    with served_office(office) as served:
        yield served


def opened(desk: Served, page: Page) -> None:
    """Open the question about the scan, with its first page beside it."""
    page.goto(desk.url("/viec-can-xem"))
    page.get_by_role("link", name="UBND xã Bình Minh").first.click()
    expect(page.locator("#ban-goc .tabs")).to_be_visible(timeout=SLOW)


def marked(page: Page) -> float:
    """How far down the page picture the mark stands, which is in view."""
    mark = page.locator("#ban-goc rect.mark")
    expect(mark).to_have_count(1, timeout=SLOW)
    expect(mark).to_be_in_viewport()
    return float(mark.get_attribute("y") or "nan")


def test_a_click_on_a_figure_of_a_scan_marks_its_place_in_view(desk: Served, browser: Browser) -> None:
    page = desk.page(browser, viewport=LOW)
    said = complaints_of(page.context)
    opened(desk, page)
    page.locator(".why tr", has_text="Số lượt người tham dự").first.get_by_role("link").first.click()
    first = marked(page)
    expect(page.locator("#ban-goc .piece svg")).to_have_count(2)  # the head of its column, and its row
    expect(page.locator("#ban-goc .piece rect.here")).to_be_in_viewport()
    assert faults_of(page) == []
    page.locator(".why tr", has_text="Số mô hình câu lạc bộ").first.get_by_role("link").first.press("Enter")
    expect(page.locator("#ban-goc")).to_contain_text("hàng 7, cột 4")
    assert marked(page) > first
    assert said == []
    page.context.close()


def test_on_a_phone_the_page_comes_to_the_eye_when_a_figure_is_touched(
    desk: Served, browser: Browser
) -> None:
    page = desk.page(browser, viewport=PHONE, is_mobile=True, has_touch=True)
    opened(desk, page)
    assert page.evaluate("window.scrollY") == 0  # what comes by itself moves nothing
    page.locator(".why tr", has_text="Số vụ bạo lực gia đình").first.get_by_role("link").first.tap()
    marked(page)
    page.context.close()
