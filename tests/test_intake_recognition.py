from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config.reports import Period, PeriodKind, ReportDefinition
from config.units import Unit
from config.wording import Wording
from intake.evidence.cut_offs import cut_offs_named
from intake.evidence.recognition import Match, recognise
from intake.evidence.statements import Claim, Envelope, Exhibit
from intake.evidence.unit_names import UnitIndex
from intake.evidence.weights import PERIOD_WEIGHTS, UNIT_WEIGHTS
from ledger.records import ObligationKey

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
UNITS = (
    Unit("binh-minh", "UBND xã Bình Minh", "commune"),
    Unit("dong-tam", "UBND xã Đồng Tâm", "commune"),
    Unit("y-te", "Phòng Y tế huyện Sông Lô", "department"),
)
INDEX = UnitIndex(UNITS, "huyện Sông Lô")


def report(identity: str, *topics: str) -> ReportDefinition:
    return ReportDefinition(identity, identity, identity, topics, (), (), ())


REPORTS = (
    report("bdg", "bình đẳng giới", "vì sự tiến bộ của phụ nữ", "bđg"),
    report("thang", "tháng hành động vì bình đẳng giới"),
)


def half(year: int) -> Period:
    opens = datetime(year, 5, 6, tzinfo=HANOI)
    due = datetime(year, 6, 5, tzinfo=HANOI)
    name = f"6 tháng đầu năm {year}"
    start, end = date(year - 1, 12, 15), date(year, 6, 14)
    return Period(f"{year}-H1", PeriodKind.HALF_YEAR, name, year, start, end, opens, due)


PERIODS = {"bdg": (half(2023), half(2024)), "thang": ()}
ENVELOPE = Envelope(
    arrival=datetime(2024, 6, 2, 9, tzinfo=HANOI),
    subject="Báo cáo BĐG 6 tháng đầu năm 2024",
    body="Em gửi báo cáo ạ",
    sender_units=("binh-minh",),
    sender_address="binhminh@example.vn",
    sender_name="",
    sender_trusted=True,
)
LETTER = Exhibit(
    number=0,
    file="bao cao.docx",
    readable=True,
    issuer=(Claim("ỦY BAN NHÂN DÂN XÃ BÌNH MINH"),),
    type_title="bao cao",
    title="Kết quả công tác bình đẳng giới 6 tháng đầu năm 2024",
)

SILENT = Exhibit(number=0, file="1.xlsx", readable=True, form_rows={"bdg": 4}, form_share={"bdg": 0.9})


def only(exhibit: Exhibit = LETTER, envelope: Envelope = ENVELOPE) -> Match:
    (match,) = recognise(envelope, [exhibit], REPORTS, INDEX, PERIODS).matches
    return match


def test_agreeing_sender_and_letterhead_book() -> None:
    match = only()
    assert (match.unit, match.report, match.period) == ("binh-minh", "bdg", "2024-H1")
    assert match.doubts == ()


def test_every_piece_of_evidence_carries_a_weight_and_its_words() -> None:
    assert all(item.weight > 0 and item.text for item in only().evidence)


def test_a_letterhead_that_contradicts_the_sender_is_held() -> None:
    other = replace(LETTER, issuer=(Claim("ỦY BAN NHÂN DÂN XÃ ĐỒNG TÂM"),))
    assert only(other).doubts == ("sender_contradicts",)


def test_a_signature_in_the_name_of_another_unit_than_the_letterhead_is_held() -> None:
    signed = replace(LETTER, signed_for=(Claim("TM. UBND XÃ ĐỒNG TÂM CHỦ TỊCH"),))
    assert only(signed).doubts == ("unit_conflict",)
    own = replace(LETTER, signed_for=(Claim("TM. UBND XÃ BÌNH MINH CHỦ TỊCH"),))
    assert only(own).doubts == ()


def test_a_signature_or_an_abbreviation_alone_books_nothing_but_proposes() -> None:
    bare = replace(LETTER, issuer=(), signed_for=(Claim("TRƯỞNG PHÒNG Y TẾ HUYỆN SÔNG LÔ"),))
    unknown = replace(ENVELOPE, sender_units=())
    assert (only(bare, unknown).unit, only(bare, unknown).doubts) == ("y-te", ("sender_unregistered",))
    assert only(bare).doubts == ("unit_conflict",)


def test_the_symbol_of_a_number_speaks_for_the_unit_whose_abbreviation_it_is() -> None:
    units = (*UNITS, Unit("noi-vu", "Phòng Nội vụ huyện Sông Lô", "department", aliases=("PNV",)))
    known = UnitIndex(units, "huyện Sông Lô")
    numbered = replace(LETTER, issuer=(), symbol="BC-PNV")
    (match,) = recognise(replace(ENVELOPE, sender_units=()), [numbered], REPORTS, known, PERIODS).matches
    assert (match.unit, match.doubts) == ("noi-vu", ("sender_unregistered",))


def test_another_unit_named_inside_the_letter_is_held() -> None:
    mixed = replace(LETTER, self_naming=(Claim("UBND xã Đồng Tâm báo cáo kết quả"),))
    assert "unit_conflict" in only(mixed).doubts


def test_an_unknown_address_with_a_clear_letterhead_is_proposed_not_booked() -> None:
    match = only(envelope=replace(ENVELOPE, sender_units=()))
    assert match.unit == "binh-minh"
    assert match.doubts == ("sender_unregistered",)


def test_an_address_that_failed_authentication_does_not_count() -> None:
    match = only(envelope=replace(ENVELOPE, sender_trusted=False))
    assert match.doubts == ("sender_unregistered",)


def test_nobody_is_guessed_when_nothing_names_a_unit() -> None:
    bare = replace(LETTER, issuer=(), type_title="", form_rows={"bdg": 9}, form_share={"bdg": 1.0})
    match = only(bare, replace(ENVELOPE, sender_units=(), subject="gửi chị", body=""))
    assert match.unit == ""
    assert "unit_unknown" in match.doubts


def test_a_shared_address_needs_the_document_to_name_its_unit() -> None:
    shared = replace(ENVELOPE, sender_units=("binh-minh", "dong-tam"))
    assert only(envelope=shared).doubts == ()
    silent = replace(LETTER, issuer=(), type_title="", sheet_titles=("Biểu bình đẳng giới 2024",))
    assert "shared_address" in only(silent, shared).doubts


def test_two_letters_of_two_units_are_two_submissions() -> None:
    shared = replace(ENVELOPE, sender_units=("binh-minh", "dong-tam"))
    second = replace(LETTER, number=1, issuer=(Claim("ỦY BAN NHÂN DÂN XÃ ĐỒNG TÂM"),))
    found = recognise(shared, [LETTER, second], REPORTS, INDEX, PERIODS).matches
    assert [match.unit for match in found] == ["binh-minh", "dong-tam"]
    assert all(match.doubts == () for match in found)


def test_a_letterhead_of_another_district_is_held() -> None:
    assert "foreign_area" in only(replace(LETTER, superior="UBND HUYỆN YÊN BÌNH")).doubts


def test_a_report_on_another_subject_is_left_alone() -> None:
    other = replace(LETTER, title="Kết quả rà soát hộ nghèo 6 tháng đầu năm 2024")
    found = recognise(replace(ENVELOPE, subject="BC ho ngheo"), [other], REPORTS, INDEX, PERIODS)
    assert found.matches == ()
    assert found.other_reports == (0,)


def test_a_plan_on_our_subject_is_no_report() -> None:
    plan = replace(LETTER, type_title="ke hoach")
    assert recognise(ENVELOPE, [plan], REPORTS, INDEX, PERIODS).other_letters == (0,)


def test_the_report_named_by_more_words_wins() -> None:
    campaign = replace(LETTER, title="Kết quả Tháng hành động vì bình đẳng giới năm 2024")
    assert only(campaign).report == "thang"


@pytest.mark.parametrize(
    ("title", "period", "doubts"),
    [
        ("Công tác bình đẳng giới 6 tháng đầu năm 2024", "2024-H1", ()),
        ("Công tác bình đẳng giới 6 tháng đầu năm, phương hướng 6 tháng cuối năm 2024", "2024-H1", ()),
        ("Công tác bình đẳng giới 6 tháng đầu năm", "2024-H1", ()),
        ("Công tác bình đẳng giới", "2024-H1", ()),
        # Last year's title left standing: the year collected now is proposed.
        ("Công tác bình đẳng giới 6 tháng đầu năm 2023", "2024-H1", ("period_contradicts_calendar",)),
        ("Công tác bình đẳng giới 6 tháng đầu năm 2019", "2024-H1", ("period_unknown",)),
    ],
)
def test_the_title_names_the_period(title: str, period: str, doubts: tuple[str, ...]) -> None:
    match = only(replace(LETTER, title=title), replace(ENVELOPE, subject="Báo cáo BĐG"))
    assert (match.period, match.doubts) == (period, doubts)


def test_last_years_title_over_this_years_opening_is_held() -> None:
    stale = replace(
        LETTER,
        title="Công tác bình đẳng giới 6 tháng đầu năm 2023",
        opening="UBND xã báo cáo kết quả 6 tháng đầu năm 2024 như sau",
    )
    assert "period_conflict" in only(stale).doubts


def test_a_scan_beside_a_readable_letter_raises_no_question() -> None:
    scan = Exhibit(number=1, file="scan.pdf", readable=False)
    (match,) = recognise(ENVELOPE, [LETTER, scan], REPORTS, INDEX, PERIODS).matches
    assert match.exhibits == (0, 1)
    assert match.doubts == ()


def test_a_scan_alone_goes_to_a_person_with_a_proposal() -> None:
    match = only(Exhibit(number=0, file="Scan0001.pdf", readable=False))
    assert (match.unit, match.report, match.period) == ("binh-minh", "bdg", "2024-H1")
    assert match.doubts == ("not_readable",)


def test_a_scan_that_was_recognised_is_still_a_question() -> None:
    match = only(replace(LETTER, recognised=True))
    assert (match.unit, match.period) == ("binh-minh", "2024-H1")
    assert match.doubts == ("scan_only",)


def test_a_nameless_scan_from_a_shared_address_is_not_swallowed_by_the_other_units_letter() -> None:
    shared = replace(ENVELOPE, sender_units=("binh-minh", "dong-tam"), subject="Báo cáo BĐG 2 xã", body="")
    scan = Exhibit(number=1, file="Scan0001.pdf", readable=False)
    found = recognise(shared, [LETTER, scan], REPORTS, INDEX, PERIODS).matches
    assert [match.exhibits for match in found] == [(0,), (1,)]
    assert found[1].doubts


def told(text: str, letter: Exhibit = LETTER) -> Match:
    """What a letter is taken for that says up to which day its figures were counted."""
    return only(replace(letter, cut_offs=cut_offs_named(text)), replace(ENVELOPE, subject="BĐG"))


UNTIL_MAY = "(Số liệu tính đến ngày 31/5/2024)"
LAST_YEARS = "(Số liệu tính từ ngày 15/11/2022 đến ngày 14/5/2023)"


def cut_off_points_to(match: Match) -> list[str]:
    return [item.points_to for item in match.evidence if item.kind == "cut_off"]


def test_a_cut_off_day_before_the_end_of_the_named_period_confirms_it() -> None:
    match = told(UNTIL_MAY)
    assert (match.period, match.doubts, cut_off_points_to(match)) == ("2024-H1", (), ["2024-H1"])


def test_a_cut_off_day_that_contradicts_the_named_period_is_held() -> None:
    match = told(LAST_YEARS)
    assert (match.period, match.doubts) == ("2024-H1", ("cut_off_contradicts",))
    assert cut_off_points_to(match) == ["2023-H1"]


def test_a_cut_off_day_alone_proposes_its_period_and_books_nothing() -> None:
    letter = replace(LETTER, title="Công tác bình đẳng giới")
    match = told(LAST_YEARS, letter)
    assert (match.period, match.doubts) == ("2023-H1", ("cut_off_contradicts",))
    of_no_period = told("(Số liệu tính đến ngày 31/12/2023)", letter)
    assert (of_no_period.period, of_no_period.doubts) == ("2024-H1", ("cut_off_contradicts",))
    assert cut_off_points_to(of_no_period) == [""]


def test_the_day_of_a_single_figure_holds_nothing() -> None:
    match = told("Tính đến ngày 31/12/2023, toàn xã có 2.145 hộ")
    assert (match.doubts, cut_off_points_to(match)) == ((), [])


def test_a_cut_off_day_settles_no_other_doubt_of_the_period() -> None:
    match = told(UNTIL_MAY, replace(LETTER, opening="UBND xã báo cáo kết quả 6 tháng đầu năm 2023 như sau"))
    assert match.doubts == ("period_conflict",)


def dated(day: date) -> Match:
    return only(replace(LETTER, dated=day))


def test_the_date_of_the_letter_confirms_the_period_it_can_tell_of() -> None:
    for day in (date(2024, 5, 20), date(2024, 6, 2), date(2024, 7, 1)):
        match = dated(day)
        assert match.doubts == ()
        assert [item.points_to for item in match.evidence if item.kind == "date"] == ["2024-H1"]


def test_a_letter_dated_before_its_figures_can_be_counted_is_held() -> None:
    for day, then in (
        (date(2023, 6, 2), ["2023-H1"]),
        (date(2024, 1, 5), ["2023-H1"]),
        (date(2022, 6, 2), [""]),
    ):
        match = dated(day)
        assert (match.period, match.doubts) == ("2024-H1", ("date_contradicts",))
        assert [item.points_to for item in match.evidence if item.kind == "date"] == then


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_doubt_and_evidence_of_days_has_its_words(language: str) -> None:
    wording = Wording(language)
    assert wording.has("reasons.cut_off_contradicts")
    assert wording.has("reasons.date_contradicts")
    assert all(wording.has(f"terms.evidence_{kind}") for kind in PERIOD_WEIGHTS | UNIT_WEIGHTS)


def test_one_letter_on_each_of_two_reports_of_one_unit_is_two_submissions() -> None:
    campaign = replace(LETTER, number=1, title="Kết quả Tháng hành động vì bình đẳng giới năm 2024")
    found = recognise(
        ENVELOPE, [LETTER, campaign], REPORTS, INDEX, {**PERIODS, "thang": (half(2024),)}
    ).matches
    assert [(match.unit, match.report) for match in found] == [("binh-minh", "bdg"), ("binh-minh", "thang")]


def test_the_letterhead_of_a_commune_merged_away_is_asked_about_for_its_successor() -> None:
    gone = Unit("cu", "UBND xã Cũ Kỹ", "commune", valid_to=date(2023, 12, 31), successors=("binh-minh",))
    index = UnitIndex((*UNITS, gone), "huyện Sông Lô", ENVELOPE.arrival.date())
    old = replace(LETTER, issuer=(Claim("ỦY BAN NHÂN DÂN XÃ CŨ KỸ"),))
    (match,) = recognise(ENVELOPE, [old], REPORTS, index, PERIODS).matches
    assert (match.unit, match.doubts) == ("binh-minh", ("letterhead_unknown",))


@pytest.mark.parametrize(
    ("title", "doubts"),
    [
        ("Kết quả giảm nghèo bền vững, lồng ghép bình đẳng giới 6 tháng đầu năm 2024", ("report_unknown",)),
        ("Kết quả công tác bình đẳng giới, lồng ghép giới 6 tháng đầu năm 2024", ()),
        ("Kết quả thực hiện lồng ghép bình đẳng giới 6 tháng đầu năm 2024", ()),
    ],
)
def test_our_subject_woven_into_another_is_asked_about(title: str, doubts: tuple[str, ...]) -> None:
    assert only(replace(LETTER, title=title)).doubts == doubts


def test_of_reports_that_ask_the_same_rows_words_choose_one() -> None:
    rows = replace(SILENT, form_rows={"bdg": 4, "thang": 4}, form_share={"bdg": 0.9, "thang": 0.9})
    assert (only(rows).report, only(rows).doubts) == ("bdg", ())
    wordless = only(rows, replace(ENVELOPE, subject="bc", body=""))
    assert wordless.doubts == ("report_conflict",)


@pytest.mark.parametrize(
    ("issuer", "doubts"),
    [
        ("BAN VÌ SỰ TIẾN BỘ CỦA PHỤ NỮ", ()),
        ("PHÒNG VĂN HÓA - XÃ HỘI", ()),
        ("TRƯỜNG MẦM NON SAO MAI", ("letterhead_unknown",)),
    ],
)
def test_an_office_below_the_council_in_a_letterhead_is_the_commune(
    issuer: str, doubts: tuple[str, ...]
) -> None:
    letter = replace(LETTER, superior="UBND XÃ BÌNH MINH", issuer=(Claim(issuer),))
    match = only(letter, replace(ENVELOPE, subject="bc BĐG 6 tháng đầu năm 2024"))
    assert (match.unit, match.doubts) == ("binh-minh", doubts)


@pytest.mark.parametrize(
    ("body", "doubts"),
    [
        ("Em gửi giúp xã Đồng Tâm ạ", ("unit_conflict",)),
        ("Gửi chị báo cáo của xã Đồng Tâm", ("unit_conflict",)),
        ("Xã phối hợp Phòng Y tế khám cho phụ nữ, nay gửi báo cáo", ()),
        ("Kính gửi: Phòng Y tế. Xã gửi biểu", ()),
    ],
)
def test_a_nameless_file_is_whose_the_mail_says_it_is(body: str, doubts: tuple[str, ...]) -> None:
    match = only(SILENT, replace(ENVELOPE, body=body))
    assert (match.unit, match.doubts) == ("dong-tam" if doubts else "binh-minh", doubts)


@pytest.mark.parametrize(
    "sheet",
    [
        {"sheet_issuer": (Claim("XÃ ĐỒNG TÂM"),)},
        {"sheet_titles": ("BIỂU BÌNH ĐẲNG GIỚI TRÊN ĐỊA BÀN XÃ ĐỒNG TÂM",)},
        {"sheets": ("Xã Đồng Tâm",)},
        {"sheets": ("Dong Tam", "Danh mục")},
    ],
)
def test_a_sheet_that_names_another_unit_by_title_or_tab_is_held(sheet: dict[str, Any]) -> None:
    match = only(replace(SILENT, **sheet), replace(ENVELOPE, body="", subject="bc BĐG"))
    assert match.unit == "dong-tam"
    assert set(match.doubts) <= {"unit_conflict", "sender_contradicts"}
    assert match.doubts


def test_a_sheet_left_under_a_neighbours_name_is_the_senders_where_the_mail_says_so() -> None:
    tab = replace(SILENT, sheets=("Đồng Tâm",))
    match = only(tab, replace(ENVELOPE, subject="Xã Bình Minh gửi báo cáo BĐG"))
    assert (match.unit, match.doubts) == ("binh-minh", ())


def test_a_book_whose_sheets_are_two_units_is_held() -> None:
    two = replace(SILENT, sheet_issuer=(Claim("UBND XÃ BÌNH MINH"), Claim("UBND XÃ ĐỒNG TÂM")))
    assert only(two).doubts == ("unit_conflict",)


def test_a_subject_that_names_two_units_in_one_breath_is_asked_about() -> None:
    match = only(SILENT, replace(ENVELOPE, subject="BC BĐG xã Bình Minh và xã Đồng Tâm"))
    assert (match.unit, match.doubts) == ("binh-minh", ("unit_conflict",))
    sent = only(SILENT, replace(ENVELOPE, subject="Xã Bình Minh gửi Phòng Y tế BC BĐG"))
    assert sent.doubts == ()


def test_a_sheet_of_a_place_nobody_has_entered_is_held() -> None:
    strange = replace(SILENT, sheet_issuer=(Claim("XÃ LŨNG PÙ"),))
    assert only(strange).doubts == ("letterhead_unknown",)


def test_a_title_on_another_commune_is_held_under_the_senders_own_letterhead() -> None:
    title = "Kết quả công tác bình đẳng giới trên địa bàn xã Đồng Tâm 6 tháng đầu năm 2024"
    assert only(replace(LETTER, title=title)).doubts == ("unit_conflict",)


def test_an_office_is_known_by_the_area_of_the_council_above_it() -> None:
    units = tuple(
        Unit(f"yt-{n}", f"Sở Y tế {area}", "office") for n, area in enumerate(("tỉnh Lũng Pù", "TP. Bến Đá"))
    )
    index = UnitIndex(units, "cả nước")
    own = replace(ENVELOPE, sender_units=("yt-1",))
    for superior, issuer, expected in (
        ("UBND THÀNH PHỐ BẾN ĐÁ", "SỞ Y TẾ", ("yt-1", ())),
        ("ỦY BAN NHÂN DÂN TỈNH LŨNG PÙ", "SỞ Y TẾ", ("yt-0", ("sender_contradicts",))),
        ("UBND THÀNH PHỐ BẾN ĐÁ", "SỞ NỘI VỤ", ("yt-1", ("letterhead_unknown",))),
    ):
        letter = replace(LETTER, superior=superior, issuer=(Claim(issuer),))
        (match,) = recognise(own, [letter], REPORTS, index, PERIODS).matches
        assert (match.unit, match.doubts) == expected


@pytest.mark.parametrize("issuer", ["SỞ Y TẾ LŨNG PÙ", "SỞ Y TẾ TỈNH LŨNG PÙ", "VĂN PHÒNG"])
def test_an_office_may_leave_the_level_of_its_area_or_the_councils_name_out(issuer: str) -> None:
    units = (
        Unit("y-te", "Sở Y tế tỉnh Lũng Pù", "office"),
        Unit("van-phong", "Văn phòng UBND tỉnh Lũng Pù", "office"),
    )
    sender = "van-phong" if issuer == "VĂN PHÒNG" else "y-te"
    letter = replace(LETTER, superior="UBND TỈNH LŨNG PÙ", issuer=(Claim(issuer),))
    own = replace(ENVELOPE, sender_units=(sender,))
    (match,) = recognise(own, [letter], REPORTS, UnitIndex(units, "cả nước"), PERIODS).matches
    assert (match.unit, match.doubts) == (sender, ())


@pytest.mark.parametrize(
    ("exhibit", "subject"),
    [
        (replace(SILENT, sheet_titles=("BIỂU BÌNH ĐẲNG GIỚI TỈNH BẾN ĐÁ",)), "bc BĐG"),
        (replace(SILENT, sheets=("Bến Đá",)), "bc BĐG"),
        (replace(SILENT, file="BDG Ben Da.xlsx"), "bc BĐG"),
        (SILENT, "bc BĐG tỉnh Bến Đá"),
        (replace(LETTER, issuer=(Claim("SỞ Y TẾ TỈNH LŨNG PÙ"),), title="Bình đẳng giới tỉnh Bến Đá"), "bc"),
    ],
)
def test_an_office_that_names_the_area_of_another_is_asked_about(exhibit: Exhibit, subject: str) -> None:
    units = tuple(
        Unit(f"yt-{n}", f"Sở Y tế tỉnh {name}", "o") for n, name in enumerate(("Lũng Pù", "Bến Đá"))
    )
    own = replace(ENVELOPE, sender_units=("yt-0",), subject=subject, body="")
    index = UnitIndex(units, "cả nước")
    (match,) = recognise(own, [exhibit], REPORTS, index, PERIODS).matches
    assert match.doubts == ("unit_conflict",)
    both = replace(own, subject=f"{subject}, Sở Y tế tỉnh Lũng Pù gửi")
    (said,) = recognise(both, [replace(exhibit, issuer=())], REPORTS, index, PERIODS).matches
    assert (said.unit, said.doubts) == ("yt-0", ())


def test_a_nameless_file_forwarded_from_another_unit_is_perhaps_that_ones() -> None:
    passed_on = replace(
        ENVELOPE, body="", forwarded_addresses=("x@y.example",), forwarded_units=("dong-tam",)
    )
    match = only(SILENT, passed_on)
    assert (match.unit, match.doubts) == ("dong-tam", ("unit_conflict",))
    assert only(envelope=passed_on).doubts == ()


def test_the_box_of_a_merged_unit_that_names_its_own_area_brings_perhaps_a_part() -> None:
    merged = replace(ENVELOPE, subject="BC BĐG địa bàn Cũ Kỹ", formerly=("UBND xã Cũ Kỹ",))
    assert only(SILENT, merged).doubts == ("former_unit",)
    assert only(SILENT, replace(merged, subject="BC BĐG")).doubts == ()
    assert only(envelope=merged).doubts == ()


@pytest.mark.parametrize(
    ("title", "doubt"),
    [
        ("Chuyên đề về bình đẳng giới trong trường học", "not_periodic"),
        ("Nhanh tình hình thực hiện bình đẳng giới", "not_periodic"),
        ("Kết quả công tác bình đẳng giới, kiểm tra đột xuất 6 tháng đầu năm 2024", ""),
        ("Kết quả 5 năm thực hiện Chiến lược bình đẳng giới", "period_unknown"),
        ("Tổng kết công tác bình đẳng giới giai đoạn 2020 - 2024", "period_unknown"),
        ("Kết quả bình đẳng giới giai đoạn 2020 - 2024 6 tháng đầu năm 2024", ""),
        ("Kết quả công tác bình đẳng giới tuần 3 tháng 5 năm 2024", "period_unknown"),
        ("Công tác bình đẳng giới 10 ngày đầu tháng 5", "period_unknown"),
        ("Phương hướng công tác bình đẳng giới năm 2025", "period_unknown"),
        ("Công tác bình đẳng giới năm học 2023-2024", "period_unknown"),
        ("Công tác bình đẳng giới năm học 2023-2024, 6 tháng đầu năm 2024", ""),
        ("Kết quả Tuần lễ bình đẳng giới 6 tháng đầu năm 2024", "not_periodic"),
        ("Công tác bình đẳng giới quý I và quý II năm 2024", "period_conflict"),
    ],
)
def test_a_report_on_a_theme_a_week_or_several_years_is_not_the_regular_one(title: str, doubt: str) -> None:
    match = only(replace(LETTER, title=title), replace(ENVELOPE, subject="bc"))
    assert match.doubts == ((doubt,) if doubt else ())
    shown = [item.text for item in match.evidence if item.about == "period" and not item.points_to]
    assert all(words in title for words in shown)
    assert bool(shown) is (doubt == "period_unknown")


def test_a_report_that_is_asked_on_a_theme_may_say_so() -> None:
    theme = replace(REPORTS[0], topics=("chuyên đề bình đẳng giới",))
    letter = replace(LETTER, title="Chuyên đề bình đẳng giới 6 tháng đầu năm 2024")
    (match,) = recognise(ENVELOPE, [letter], (theme,), INDEX, PERIODS).matches
    assert match.doubts == ()


def test_of_a_title_and_a_subject_that_differ_the_period_collected_is_proposed() -> None:
    old = replace(LETTER, title="Kết quả công tác bình đẳng giới 6 tháng đầu năm 2023")
    match = only(old)
    assert (match.period, match.doubts) == ("2024-H1", ("period_conflict",))


def test_a_subject_on_two_periods_contradicts_neither() -> None:
    both = replace(ENVELOPE, subject="BC BĐG 6 tháng đầu năm 2023 và 6 tháng đầu năm 2024")
    assert only(envelope=both).doubts == ()


def test_a_half_year_that_comes_while_its_year_is_collected_is_asked_about() -> None:
    year = replace(
        half(2024), id="2024-Y", kind=PeriodKind.YEAR, data_to=date(2024, 12, 14),
        opens=datetime(2024, 11, 5, tzinfo=HANOI), due=datetime(2024, 12, 5, tzinfo=HANOI),
    )  # fmt: skip
    for month, doubts in ((7, ()), (12, ("period_contradicts_calendar",))):
        late = replace(ENVELOPE, subject="bc", arrival=datetime(2024, month, 2, tzinfo=HANOI))
        opened = tuple(period for period in (half(2024), year) if period.opens <= late.arrival)
        (match,) = recognise(late, [LETTER], REPORTS, INDEX, {"bdg": opened}).matches
        assert (match.period, match.doubts) == ("2024-H1", doubts)


# -- answers to our own signed mail ----------------------------------------------------------------------

LAST_YEAR = ObligationKey("binh-minh", "bdg", "2023-H1")


def answering(exhibit: Exhibit, **changes: object) -> Match:
    told: dict[str, object] = {
        "arrival": datetime(2024, 5, 20, 9, tzinfo=HANOI),
        "subject": "Re: thư của Phòng",
    }
    envelope = replace(ENVELOPE, **(told | {"body": "", "answered": (LAST_YEAR,)} | changes))  # type: ignore[arg-type]
    unending = PERIODS | {"bdg": (replace(half(2023), due=None), half(2024))}
    (match,) = recognise(envelope, [exhibit], REPORTS, INDEX, unending).matches
    return match


def test_a_file_without_words_belongs_to_the_period_of_the_mail_it_answers() -> None:
    match = answering(SILENT)
    assert (match.unit, match.report, match.period, match.doubts) == ("binh-minh", "bdg", "2023-H1", ())
    assert {"unit", "report", "period"} <= {item.about for item in match.evidence if item.kind == "answer"}
    assert answering(SILENT, answered=()).period == "2024-H1"  # the calendar alone


def test_the_documents_own_words_outweigh_the_mail_it_answers() -> None:
    assert answering(LETTER).period == "2024-H1"
    assert answering(replace(SILENT, file="bieu 6 thang dau nam 2024.xlsx")).period == "2024-H1"
    other = replace(LETTER, issuer=(Claim("ỦY BAN NHÂN DÂN XÃ ĐỒNG TÂM"),))
    match = answering(other)
    assert (match.unit, match.doubts) == ("dong-tam", ("sender_contradicts",))


def test_an_answer_alone_makes_no_file_a_report() -> None:
    wordless = replace(SILENT, form_rows={}, form_share={})
    envelope = replace(ENVELOPE, subject="Re:", body="", answered=(LAST_YEAR,))
    assert recognise(envelope, [wordless], REPORTS, INDEX, PERIODS).matches == ()


def test_a_mail_about_several_periods_says_nothing_of_the_period() -> None:
    both = (LAST_YEAR, replace(LAST_YEAR, period="2024-H1"))
    match = answering(SILENT, answered=both)
    assert match.period == "2024-H1"
    assert not [item for item in match.evidence if item.about == "period" and item.kind == "answer"]


def _book(*sheets: str, **other: Any) -> Exhibit:
    titles = tuple(f"BIỂU BÌNH ĐẲNG GIỚI {name} NĂM 2024" for name in sheets)
    return replace(SILENT, sheets=sheets, sheet_titles=titles, **other)


def test_of_a_book_with_a_sheet_for_each_period_the_mail_says_which_is_meant() -> None:
    match = only(_book("6 tháng đầu năm 2023", "6 tháng đầu năm 2024"))
    assert (match.period, match.doubts) == ("2024-H1", ())
    silent = replace(ENVELOPE, subject="Gửi báo cáo BĐG", body="")
    assert only(_book("6 tháng đầu năm 2023", "6 tháng đầu năm 2024"), silent).doubts == ()


def test_titles_of_several_periods_are_asked_about_where_no_sheet_is_named_for_one() -> None:
    titles = ("BIỂU BÌNH ĐẲNG GIỚI 6 THÁNG ĐẦU NĂM 2023", "BIỂU BÌNH ĐẲNG GIỚI 6 THÁNG ĐẦU NĂM 2024")
    assert "period_conflict" in only(replace(SILENT, sheets=("Sheet1", "Sheet2"), sheet_titles=titles)).doubts
    silent = replace(ENVELOPE, subject="Gửi báo cáo BĐG", body="")
    other = _book("6 tháng đầu năm 2022", "6 tháng đầu năm 2023")
    assert "period_conflict" in only(other, silent).doubts
