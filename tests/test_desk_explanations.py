"""Why a figure differs so much from the last one: asked for, kept, told wherever the figure is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

from tests.offices import REPORT, Office, figures, make_office, report_mail
from tests.web import Served, faults_unfolded, served_office

YEAR = f"{REPORT}/2023-Y"
WHERE = ("-r", REPORT, "-k", "2023-Y")
WHY = "Sáu tháng đầu năm đơn vị tính cả buổi của liên xã"
TOLD = f"Giải trình: {WHY} (Lò Thị Mai ghi)."


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A year in which a unit states fewer meetings than for the half year within it."""
    made = replace(make_office(tmp_path), now="2023-12-06T09:00:00+07:00")
    made.deliver(report_mail("binh-minh", figures(1)), "2023-06-01T08:00")
    of_the_year: dict[str, Any] = {
        "subject": "Báo cáo bình đẳng giới năm 2023",
        "title": "Kết quả công tác bình đẳng giới năm 2023",
        "day": "ngày 29 tháng 11 năm 2023",
    }
    less = figures(2, B1=("5", ""))
    made.deliver(report_mail("binh-minh", less, **of_the_year), "2023-11-29T08:00")
    made.take_in()
    return made


@pytest.fixture
def desk(office: Office) -> Iterator[Served]:
    with served_office(office) as served:
        yield served


def asked(office: Office) -> dict[str, Any]:
    """The one finding that asks about the meetings."""
    [finding] = [each for each in office.listed("findings", *WHERE) if each["asks"]]
    assert finding["indicator"] == "B1"
    return dict(finding)


def test_an_explanation_is_kept_with_the_figure_and_told_in_list_trace_and_annex(office: Office) -> None:
    before, first = asked(office), office.listed("consolidate", *WHERE)
    assert (before["grade"], before["explanation"]) == ("warning", None)
    office.run("decide", "explain", "binh-minh", "B1", "--reason", WHY, *WHERE)
    after = asked(office)
    assert (after["grade"], after["explanation"]) == ("note", WHY)
    assert after["sentence"] == f"{before['sentence']} {TOLD}"
    [value] = office.listed("trace", "B1", *WHERE)["values"]
    assert (value["value"], value["explanation"]) == (5, WHY)
    second = office.listed("consolidate", *WHERE)
    assert (first["number"], second["number"], second["new"]) == (1, 2, True)
    books = [load_workbook(file) for file in Path(second["folder"]).glob("*.xlsx")]
    cells = [
        str(cell.value) for book in books for sheet in book for line in sheet.iter_rows() for cell in line
    ]
    assert [text for text in cells if TOLD in text]


def test_an_explanation_is_taken_back_by_its_number(office: Office) -> None:
    office.run("decide", "explain", "binh-minh", "B1", "--reason", WHY, *WHERE)
    office.run("decide", "reopen", "1", "--reason", "Ghi nhầm")
    assert (asked(office)["grade"], asked(office)["explanation"]) == ("warning", None)


@pytest.mark.parametrize(
    ("indicator", "words"), [("B2", "không có nội dung nào cần giải trình"), ("B1", "Đề nghị ghi nội dung")]
)
def test_nothing_is_kept_where_nothing_is_asked_or_said(office: Office, indicator: str, words: str) -> None:
    reason = WHY if indicator == "B2" else "  "
    ran = office.run("decide", "explain", "binh-minh", indicator, "--reason", reason, *WHERE, code=6)
    assert words in ran.err
    assert asked(office)["grade"] == "warning"


def test_the_officer_explains_a_figure_where_the_page_asks(desk: Served) -> None:
    client = desk.client()
    page = client.settled(f"/tong-hop/kiem-tra?ky={YEAR}").text
    assert page.count('name="reason" required maxlength="1000" autocomplete="off" value=""') == 1
    fields = {"unit": "binh-minh", "indicator": "B1", "sex": "total"}
    answer = client.send_form(f"/tong-hop/giai-trinh?ky={YEAR}", reason=WHY, **fields)
    assert answer.status_code == 303
    page = client.settled(answer.headers["location"]).text
    assert "Đã ghi giải trình." in page
    assert TOLD in page
    assert "ghi giải trình số liệu" in client.get("/nhat-ky").text
    empty = client.send_form(f"/tong-hop/giai-trinh?ky={YEAR}", reason=" ", **fields)
    assert empty.status_code == 422
    assert [each.kind for each in desk.desk.office().ledger.decisions()] == ["explain"]


def test_an_explanation_is_written_changed_and_taken_back_by_a_button(desk: Served, browser: Browser) -> None:
    page = desk.page(browser)
    page.goto(desk.url(f"/tong-hop/kiem-tra?ky={YEAR}"))
    row = page.get_by_role("row", name="UBND xã Bình Minh").filter(has=page.locator("form"))
    assert faults_unfolded(page) == []
    for before, words in (("Ghi giải trình", "Đếm nhầm"), ("Sửa giải trình", WHY)):
        expect(row.locator("summary")).to_have_text(before)
        row.locator("summary").click()
        row.get_by_label("Giải trình của đơn vị").fill(words)
        row.get_by_role("button", name="Ghi giải trình").click()
        expect(row).to_contain_text(f"Giải trình: {words}")
    assert faults_unfolded(page) == []
    row.get_by_role("button", name="Bỏ giải trình").click()
    expect(page.get_by_role("status").first).to_contain_text("Đã bỏ giải trình")
    expect(row).not_to_contain_text("Giải trình: ")  # not the first words either
    expect(row.get_by_role("button", name="Bỏ giải trình")).to_have_count(0)
    page.context.close()
    fields = {"unit": "binh-minh", "indicator": "B1", "sex": "total"}
    assert desk.client().send_form(f"/tong-hop/bo-giai-trinh?ky={YEAR}", **fields).status_code == 422
