"""The day up to which figures were counted: what says it, and which periods it may close."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.reports import Period, PeriodKind
from intake.documents import Cell, Document, Paragraph, Table
from intake.evidence.cut_offs import CutOff, closes, contradict, cut_offs_in, cut_offs_named

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def period(
    identity: str,
    kind: PeriodKind,
    first: tuple[int, int],
    last: tuple[int, int],
    due: tuple[int, int] | None,
) -> Period:
    """A period of 2023 by days and months; December begins it in the year before."""
    start = date(2022 if first[1] == 12 else 2023, first[1], first[0])
    end = datetime(2023, due[1], due[0], tzinfo=HANOI) if due else None
    day = date(2023, last[1], last[0])
    return Period(identity, kind, identity, 2023, start, day, datetime(2023, 1, 1, tzinfo=HANOI), end)


# Days of Decree 09/2019/NĐ-CP, deadlines of a district before they are over.
HALF = period("2023-H1", PeriodKind.HALF_YEAR, (15, 12), (14, 6), (5, 6))
YEAR = period("2023-Y", PeriodKind.YEAR, (15, 12), (14, 12), (5, 12))
QUARTER = period("2023-Q2", PeriodKind.QUARTER, (15, 3), (14, 6), (10, 6))
MONTH = period("2023-M05", PeriodKind.MONTH, (15, 4), (14, 5), (20, 5))
LATE = period("2023-H1", PeriodKind.HALF_YEAR, (15, 12), (14, 6), (10, 7))
CAMPAIGN = period("2023-thang-hanh-dong", PeriodKind.CAMPAIGN, (15, 11), (15, 12), None)


def until(text: str) -> CutOff:
    (found,) = cut_offs_named(text)
    return found


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("(Số liệu tính đến ngày 31/5/2023)", None, date(2023, 5, 31)),
        ("Số liệu tính đến hết ngày 14 tháng 6 năm 2023", None, date(2023, 6, 14)),
        ("SO LIEU TINH DEN NGAY 31.5.2023", None, date(2023, 5, 31)),
        ("Thời điểm chốt số liệu: ngày 31/5/2023", None, date(2023, 5, 31)),
        ("Chốt số liệu ngày 31-5-2023", None, date(2023, 5, 31)),
        ("số liệu tính đến hết tháng 5/2023", None, date(2023, 5, 31)),
        ("tính từ 15/11/2022 đến 14/5/2023", date(2022, 11, 15), date(2023, 5, 14)),
        ("Số liệu tính từ 15/12 đến 14/6/2023", date(2022, 12, 15), date(2023, 6, 14)),
        ("Số liệu báo cáo từ ngày 01/01 đến hết tháng 5 năm 2023", date(2023, 1, 1), date(2023, 5, 31)),
        ("Kỳ báo cáo: từ ngày 15/12/2022 đến ngày 14/6/2023", date(2022, 12, 15), date(2023, 6, 14)),
        ("BÁO CÁO Kết quả 6 tháng đầu năm 2023 (tính đến ngày 31/5/2023)", None, date(2023, 5, 31)),
        ("PHỤ LỤC SỐ 01: SỐ LIỆU (Tính đến ngày 31/5/2023)", None, date(2023, 5, 31)),
        ("UBND xã báo cáo kết quả, số liệu tính đến 31/5/2023 như sau:", None, date(2023, 5, 31)),
    ],
)
def test_a_sentence_on_the_figures_of_the_report_tells_their_last_day(
    text: str, first: date | None, last: date
) -> None:
    found = until(text)
    assert (found.first, found.last, found.of_report) == (first, last, True)
    assert found.text in text


@pytest.mark.parametrize(
    "text",
    [
        "Tính đến ngày 31/12/2022, toàn xã có 2.145 hộ",
        "Toàn xã có 2.145 hộ (số liệu tính đến ngày 31/12/2022)",
        "Số liệu hộ nghèo tính đến ngày 31/12/2022",
        "Tính đến thời điểm 31/12/2022, trên địa bàn không có vụ việc nào",
    ],
)
def test_a_sentence_on_one_figure_is_not_about_the_report(text: str) -> None:
    assert until(text).of_report is False


@pytest.mark.parametrize(
    "text",
    [
        "tính đến nay có 5 người",
        "tính đến 12 người",
        "Số liệu tính đến ngày 31/5",
        "số liệu tính đến ngày 31/13/2023",
        "số liệu tính đến ngày 31/02/2023",
        "gửi báo cáo trước ngày 05/6/2023",
        "tăng 5% so với số liệu tính đến ngày 31/5/2022",
        "Thực hiện Công văn số 12/CV của huyện về việc báo cáo (số liệu tính đến ngày 31/5/2022)",
        "Số liệu tính từ ngày 15/12 năm trước đến ngày 14/6 năm báo cáo",
        "Tháng hành động từ ngày 15/11/2022 đến ngày 15/12/2022 có 5 buổi",
    ],
)
def test_other_days_close_nothing(text: str) -> None:
    assert cut_offs_named(text, in_head=True) == ()


def test_a_span_alone_on_a_line_is_the_reports_only_in_its_head() -> None:
    span = Paragraph("(Từ ngày 15/12/2022 đến ngày 14/6/2023)", 1)
    filling = tuple(Paragraph("Công tác tuyên truyền", number) for number in range(2, 60))
    assert [found.of_report for found in cut_offs_in(Document((span, *filling)))] == [True]
    assert cut_offs_in(Document((*filling, span))) == ()


def test_the_line_above_a_head_tells_it_and_a_cell_among_others_does_not() -> None:
    said = "(Số liệu tính đến ngày 31/5/2023)"
    cells = (Cell(0, 0, said), Cell(1, 0, "Chỉ tiêu"), Cell(1, 1, "Số liệu tính đến ngày 31/5/2022"))
    (found,) = cut_offs_in(Document((Table("Biểu", cells, 2, 2, sheet=True),)))
    assert found.last == date(2023, 5, 31)
    assert cut_offs_in(Document((Table("Biểu", cells, 2, 2, sheet=True, hidden=True),))) == ()


@pytest.mark.parametrize(
    ("told", "reported", "fits"),
    [
        # A report due 5/6 is written in May, of figures up to some day of April to June.
        ("số liệu tính đến ngày 31/5/2023", HALF, True),
        ("số liệu tính đến ngày 20/5/2023", HALF, True),
        ("số liệu tính đến ngày 30/4/2023", HALF, True),
        ("số liệu tính đến ngày 14/6/2023", HALF, True),
        ("số liệu tính đến ngày 30/6/2023", HALF, True),
        ("số liệu tính đến ngày 05/7/2023", HALF, False),
        ("số liệu tính đến ngày 05/7/2023", LATE, True),
        ("số liệu tính đến ngày 31/5/2022", HALF, False),
        ("số liệu tính đến ngày 30/11/2022", HALF, False),
        ("số liệu tính đến ngày 31/12/2022", HALF, False),
        ("tính từ 15/11/2022 đến 14/5/2023", HALF, True),
        ("tính từ 01/01/2023 đến 31/5/2023", HALF, True),
        ("tính từ 01/6/2022 đến 31/5/2023", HALF, False),
        # The annual one due 5/12 closes in November, and is no second half.
        ("số liệu tính đến ngày 30/11/2023", YEAR, True),
        ("số liệu tính đến ngày 14/11/2023", YEAR, True),
        ("số liệu tính đến ngày 31/12/2023", YEAR, True),
        ("số liệu tính đến ngày 31/5/2023", YEAR, False),
        ("số liệu tính đến ngày 30/11/2022", YEAR, False),
        ("tính từ 15/11/2022 đến 14/11/2023", YEAR, True),
        ("tính từ 01/6/2023 đến 30/11/2023", YEAR, False),
        ("số liệu tính đến ngày 31/5/2023", QUARTER, True),
        ("tính từ 15/2/2023 đến 14/5/2023", QUARTER, True),
        ("số liệu tính đến ngày 14/3/2023", QUARTER, False),
        ("số liệu tính đến ngày 14/5/2023", MONTH, True),
        ("số liệu tính đến ngày 31/5/2023", MONTH, True),
        ("số liệu tính đến ngày 14/4/2023", MONTH, False),
        ("tính từ 15/11/2023 đến 30/11/2023", CAMPAIGN, True),
        ("số liệu tính đến ngày 15/12/2022", CAMPAIGN, False),
    ],
)
def test_a_cut_off_fits_the_period_it_ends_shortly_before_or_with(
    told: str, reported: Period, *, fits: bool
) -> None:
    assert closes(until(told), reported) is fits


def said(*texts: str) -> tuple[CutOff, ...]:
    return tuple(map(until, texts))


def test_only_what_is_said_of_the_whole_report_contradicts_a_period() -> None:
    assert contradict(said("Số liệu tính đến ngày 31/5/2022"), HALF)
    assert not contradict(said("Tính đến ngày 31/5/2022, toàn xã có 2.145 hộ"), HALF)
    assert not contradict((), HALF)


def test_beside_a_day_that_fits_only_the_same_day_of_another_year_contradicts() -> None:
    fitting = "Số liệu tính đến ngày 31/5/2023"
    assert contradict(said(fitting, "Số liệu tính đến ngày 31/5/2022"), HALF)
    assert not contradict(said(fitting, "Số liệu tính đến ngày 31/12/2022"), HALF)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading(text: str) -> None:
    cut_offs_named(text, in_head=True)


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_as_it_is_written(day: date) -> None:
    for written in (f"{day:%d/%m/%Y}", f"{day.day}.{day.month}.{day.year}", f"{day:%d tháng %m năm %Y}"):
        assert until(f"Số liệu tính đến ngày {written}").last == day
