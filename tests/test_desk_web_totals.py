"""The page of the totals: what it shows, what it issues, what it freezes, what it hands out, at what cost."""

from __future__ import annotations

import csv
import html
import io
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from desk.exports import Sheet, book_bytes, csv_bytes
from desk.web.accounts import Role
from desk.web.pages.totals_head import Numbers
from desk.work import consolidation_of
from ledger.records import ObligationState
from tests.large_office import large_office
from tests.offices import (
    PERIOD,
    REPORT,
    at,
    figures,
    inside,
    make_office,
    report_mail,
    round_of_mail,
)
from tests.web import Client, Served, costs, served_office, served_round

PAGE = "/tong-hop"
KY = f"{REPORT}/{PERIOD}"
WHERE = ("-r", REPORT, "-k", PERIOD)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_round(tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture
def frozen(tmp_path: Path) -> Iterator[Served]:
    """A period that is frozen, for which a report came afterwards."""
    office = make_office(tmp_path)
    round_of_mail(office)
    office.take_in()
    office.run("decide", "freeze", *WHERE, "--reason", "Đã trình lãnh đạo ký")
    office.deliver(report_mail("y-te", figures(9)), "2023-06-08T08:00")
    office = replace(office, now="2023-06-09T09:00:00+07:00")
    office.take_in()
    with served_office(office) as found:
        yield found


def words(page: str) -> str:
    """What stands on a page, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def asked(client: Client, path: str, **fields: str) -> str:
    """The page once what was asked for by a form is made."""
    answer = client.send_form(path, **fields)
    assert answer.status_code == 303, answer.text
    return client.settled(answer.headers["location"]).text


def row(desk: Served, label: str, **query: str) -> str:
    """The words of one line of the totals."""
    page = desk.client().settled(PAGE, params=query).text
    found = [words(part) for part in page.split("<tr>") if f">{label} " in part]
    assert len(found) == 1, found
    return found[0]


def table(desk: Served, name: str) -> list[dict[str, str]]:
    answer = desk.client().settled(f"{PAGE}/xuat", params={"bang": name})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_every_total_is_shown_with_the_units_behind_it(desk: Served) -> None:
    said = row(desk, "Số lượt người tham dự")
    assert "1.260" in said
    assert "642" in said
    assert "3/7 đơn vị" in said
    assert "4 chưa có" in said or "1 chờ xem" in said


def test_a_year_ago_has_no_column_where_nothing_is_known_of_it(desk: Served) -> None:
    assert "Cùng kỳ năm trước" not in desk.client().settled(PAGE).text


def test_a_figure_of_women_alone_that_waits_is_told_beside_its_indicator(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    for seed, unit in enumerate(("binh-minh", "dong-tam", "hoa-lac")):
        given = figures(seed, B2=("400", "khoảng ba trăm")) if unit == "binh-minh" else figures(seed)
        office.deliver(report_mail(unit, given), "2023-06-01T08:00")
    office.take_in()
    with served_office(office) as desk:
        assert "1 chờ xem" in row(desk, "Số lượt người tham dự")
        assert "chờ xem" not in row(desk, "Số buổi tuyên truyền")


def test_indicators_are_found_with_and_without_marks(desk: Served) -> None:
    for asked in ("Bạo lực", "bao luc", "B5"):
        page = desk.client().settled(PAGE, params={"q": asked}).text
        assert words(page).count("Số vụ bạo lực gia đình") >= 1
        assert "1 chỉ tiêu" in words(page)
    assert "Không có chỉ tiêu nào" in desk.client().settled(PAGE, params={"q": "bão"}).text


def test_a_figure_leads_to_the_units_and_on_to_its_place_in_the_mail(desk: Served) -> None:
    client = desk.client()
    page = client.settled(PAGE).text
    first = re.search(r'href="(/tong-hop/chi-tieu\?[^"]*ct=B2&amp;gioi=female)"', page)
    assert first is not None
    units = client.get(html.unescape(first[1])).text
    assert "bảng 2, hàng 3, cột 5" in units
    assert "chưa có số liệu" in units
    second = re.search(r'href="(/tong-hop/ban-goc\?[^"]*dv=binh-minh[^"]*)"', units)
    assert second is not None
    on = client.get(html.unescape(second[1])).headers["location"]
    (value,) = [
        v
        for v in desk.office.listed("values", *WHERE, "-u", "binh-minh")
        if v["indicator"] == "B2" and v["sex"] == "female"
    ]
    path, _, spot = on.partition("?so=")
    assert path == f"/thu/{value['source']['message']}/xem"
    outcome = desk.desk.office().ledger.message(value["source"]["message"])
    assert outcome is not None
    intent, number = map(int, spot.split("."))
    there = outcome.submissions[intent].values[number]
    assert (there.indicator, there.sex.value) == ("B2", "female")
    assert there.place.where == value["source"]["place"]


def test_a_figure_that_waits_is_shown_and_not_summed(desk: Served) -> None:
    page = desk.client().settled(f"{PAGE}/chi-tieu", params={"ct": "B1", "gioi": "total"}).text
    part = next(part for part in page.split("<tr>") if "Suối Dâu" in part)
    assert "chờ xem, chưa cộng" in part
    assert ">36<" in page


def test_a_ratio_is_shown_by_both_its_parts(desk: Served) -> None:
    page = words(desk.client().settled(f"{PAGE}/chi-tieu", params={"ct": "B4R"}).text)
    assert "Cán bộ công chức, nữ" in page
    assert "Cán bộ công chức, tổng số" in page


@pytest.mark.parametrize("query", ["ct=KHONG", "ct=B1&gioi=male", "ky=bdg/1999-H1"])
def test_a_figure_there_is_not_is_a_sentence(desk: Served, query: str) -> None:
    assert desk.client().settled(f"{PAGE}/chi-tieu?{query}").status_code == 422
    assert desk.client().settled(f"{PAGE}/ban-goc?{query}&dv=binh-minh").status_code == 422


def test_what_the_page_totals_is_what_the_program_totals(desk: Served) -> None:
    told = {(line["Mã"], line["Giới"]): line for line in table(desk, "so-lieu")}
    view = desk.office.listed("trace", "B2", "--sex", "female", *WHERE)["total"]
    line = told["B2", "Nữ"]
    assert float(line["Số liệu"]) == view["value"]
    assert (line["Số đơn vị đã cộng"], line["Số đơn vị phải có"]) == (str(view["n"]), str(view["N"]))
    units = [line for line in table(desk, "don-vi") if (line["Mã"], line["Giới"]) == ("B2", "Nữ")]
    assert sum(float(line["Số liệu"]) for line in units) == view["value"]


def test_looking_without_comparisons_gives_the_same_figures(tmp_path: Path) -> None:
    office = large_office(tmp_path, units=20, periods=4)

    def look(opened: Any) -> None:
        report = opened.regime.report(REPORT)
        period = opened.period(report, "2023-Y")
        whole = consolidation_of(opened, report, period, opened.clock())
        quick = consolidation_of(opened, report, period, opened.clock(), compared=False)
        assert (quick.totals, quick.values, quick.standings) == (whole.totals, whole.values, whole.standings)
        # One in twenty waits for a person: their messages are found though only this period's are asked for.
        waits = [each for each in whole.standings if each.state is ObligationState.NEEDS_REVIEW]
        assert waits
        assert all(each.waiting for each in waits)

    inside(office, look)


def test_a_draft_is_made_by_its_button_and_its_documents_are_handed_out_as_issued(tmp_path: Path) -> None:
    with served_round(tmp_path) as desk:
        client = desk.client()
        assert "Chưa lập dự thảo lần nào" in client.settled(PAGE).text
        page = asked(client, f"{PAGE}/lap?ky={KY}")
        assert "Đã lập dự thảo mới" in page
        assert "Dự thảo lần 1" in page
        links = [html.unescape(found) for found in re.findall(r'href="(/tong-hop/van-ban/[^"]+)"', page)]
        issue = desk.desk.office().ledger.latest_issue(REPORT, PERIOD)
        assert issue is not None
        assert len(links) == len(issue.files)
        folder = desk.desk.office().outputs_of(issue)
        for link, (name, _sha256) in zip(links, issue.files, strict=True):
            got = client.get(link)
            assert got.content == (folder / name).read_bytes()
            assert got.headers["content-type"] == "application/octet-stream"
            assert name in got.headers["content-disposition"]
        assert "Không có gì thay đổi từ lần lập trước" in asked(client, f"{PAGE}/lap?ky={KY}")
        event = desk.desk.office().ledger.latest_history(event="issued", limit=1)[0]
        assert event.actor == "Lò Thị Mai"


def test_a_document_somebody_changed_is_not_handed_out_as_issued(tmp_path: Path) -> None:
    with served_round(tmp_path) as desk:
        client = desk.client()
        asked(client, f"{PAGE}/lap?ky={KY}")
        issue = desk.desk.office().ledger.latest_issue(REPORT, PERIOD)
        assert issue is not None
        path = desk.desk.office().outputs_of(issue) / issue.files[0][0]
        path.write_bytes(b"another")
        answer = client.settled(f"{PAGE}/van-ban/1/1")
        assert answer.status_code == 422
        assert issue.files[0][0] in answer.text
        asked(client, f"{PAGE}/lap?ky={KY}")  # the way out that the sentence names
        assert client.settled(f"{PAGE}/van-ban/1/1").status_code == 200


@pytest.mark.parametrize("path", ["2/1", "1/99", "1/..%2fsettings.yaml", "1/0", "0/1", "1/²", "x/y"])
def test_no_other_file_is_handed_out(frozen: Served, path: str) -> None:
    assert frozen.client().settled(f"{PAGE}/van-ban/{path}").status_code in {404, 422}


def test_a_frozen_period_shows_the_frozen_figures_and_what_came_after(frozen: Served) -> None:
    said = row(frozen, "Số buổi tuyên truyền")
    assert "36" in said
    assert "nay: 55" in said
    page = words(frozen.client().settled(PAGE).text)
    assert "Số liệu đã chốt theo lần lập 1: Lò Thị Mai" in page
    assert "Đã trình lãnh đạo ký" in page
    assert "Đến sau khi chốt: 1 thư, 9 số liệu" in page
    assert "Lập dự thảo" not in page
    later = words(frozen.client().settled(f"{PAGE}/lan-lap").text)
    assert "Đến sau khi chốt" in later
    assert "Phòng Y tế huyện Sông Mây 08:00 08/06/2023" in later
    units = frozen.client().settled(f"{PAGE}/chi-tieu", params={"ct": "B1"}).text
    assert "lúc chốt: –" in units
    (line,) = [line for line in table(frozen, "so-lieu") if line["Mã"] == "B1"]
    assert float(line["Số liệu"]) == 36
    assert {line["Đơn vị"] for line in table(frozen, "thay-doi")} == {"Phòng Y tế huyện Sông Mây"}


def test_only_what_has_changed_since_the_freeze_can_be_shown(frozen: Served) -> None:
    page = frozen.client().settled(PAGE, params={"loc": "changed"}).text
    assert "7 chỉ tiêu" in words(page)


def test_freezing_and_unfreezing_want_a_reason_and_go_under_the_accounts_name(tmp_path: Path) -> None:
    with served_round(tmp_path) as desk:
        client = desk.client()
        assert client.send_form(f"{PAGE}/chot?ky={KY}", reason=" ").status_code == 422
        assert "Đã chốt số liệu." in asked(client, f"{PAGE}/chot?ky={KY}", reason="Đã ký")
        assert client.send_form(f"{PAGE}/chot?ky={KY}", reason="Đã ký").status_code == 422
        assert "notice=issue_frozen" in client.send_form(f"{PAGE}/lap?ky={KY}").headers["location"]
        undone = client.send_form(f"{PAGE}/huy-chot?ky={KY}", reason="Sửa")
        assert "notice=unfrozen" in undone.headers["location"]
        decided = desk.desk.office().ledger.decisions()
        assert [(each.kind, each.who, each.reason) for each in decided] == [
            ("freeze", "Lò Thị Mai", "Đã ký"),
            ("unfreeze", "Lò Thị Mai", "Sửa"),
        ]
        assert "chốt số liệu" in client.get("/nhat-ky").text


def test_the_figures_follow_mail_and_configuration_at_once(tmp_path: Path) -> None:
    with served_round(tmp_path) as desk:
        assert "36" in row(desk, "Số buổi tuyên truyền")
        desk.office.deliver(report_mail("y-te", figures(9)), "2023-06-06T08:00")
        desk.office.take_in()
        assert "55" in row(desk, "Số buổi tuyên truyền")
        report = desk.office.home / "regime" / "reports" / "bdg.yaml"
        text = report.read_text("utf-8").replace("Số buổi tuyên truyền", "Số cuộc tuyên truyền")
        report.write_text(text, "utf-8")
        assert "55" in row(desk, "Số cuộc tuyên truyền")


def test_mail_dated_ahead_counts_from_its_moment_on(tmp_path: Path) -> None:
    with served_round(tmp_path) as desk:
        desk.office.deliver(report_mail("y-te", figures(9)), "2023-06-07T10:00")
        desk.office.take_in()
        assert "36" in row(desk, "Số buổi tuyên truyền")
        desk.clock.now = at("2023-06-07T10:01")
        assert "55" in row(desk, "Số buổi tuyên truyền")


def test_a_reader_sees_the_figures_and_no_button(desk: Served) -> None:
    reader = desk.client(Role.READER)
    page = reader.settled(PAGE).text
    assert "1.260" in page
    assert "Lập dự thảo</button>" not in page
    assert "/chot" not in page
    assert reader.settled(f"{PAGE}/xuat").status_code == 200


def test_each_issue_tells_what_changed_and_why(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    round_of_mail(office)
    office.take_in()
    office.run("consolidate", *WHERE)
    office.deliver(report_mail("y-te", figures(9)), "2023-06-06T08:00")
    office.take_in()
    with served_office(office) as desk:
        client = desk.client()
        assert "đã thay đổi từ lần lập 1" in words(client.settled(PAGE).text)
        asked(client, f"{PAGE}/lap?ky={KY}")
        page = words(client.settled(f"{PAGE}/lan-lap").text)
        assert "Số buổi tuyên truyền 36 3/7 55 4/7" in page
        assert "Phòng Y tế huyện Sông Mây: – → 19 (báo cáo mới đến" in page
        lines = table(desk, "lan-lap")
        assert {line["Vì sao"] for line in lines} == {"", "báo cáo mới đến"}


def test_a_year_ago_is_told_with_its_own_coverage(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    before = report_mail(
        "binh-minh",
        figures(1, B1=("22", "")),
        title="Kết quả công tác bình đẳng giới 6 tháng đầu năm 2022",
        subject="Báo cáo bình đẳng giới 6 tháng đầu năm 2022",
    )
    office.deliver(before, "2022-06-01T08:00")
    round_of_mail(office)
    office.take_in()
    for item in office.listed("review"):
        if item["period"] == "2022-H1":
            office.run("decide", "accept", item["id"])
    office.run("consolidate", "-r", REPORT, "-k", "2022-H1")
    with served_office(office) as desk:
        said = row(desk, "Số buổi tuyên truyền", ky=KY)
        assert "22 (+14; +63,6%) 1/7 đơn vị" in said


def test_findings_stand_gravest_first_and_are_narrowed_by_grade(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    office.deliver(report_mail("binh-minh", figures(1, B2=("100", "300"))), "2023-06-01T08:00")
    office.take_in()
    told = office.listed("findings", *WHERE)
    told = told["findings"] if isinstance(told, dict) else told
    assert told
    with served_office(office) as desk:
        page = desk.client().settled(f"{PAGE}/kiem-tra").text
        assert told[0]["sentence"] in words(page)
        assert f"{len(told)} nội dung" in words(page)
        assert len(table(desk, "kiem-tra")) == len(told)
        none = {"error", "warning", "note"} - {one["grade"] for one in told}
        for grade in none:
            assert "0 nội dung" in words(
                desk.client().settled(f"{PAGE}/kiem-tra", params={"muc": grade}).text
            )


def test_an_office_without_any_period_says_what_to_do_next(tmp_path: Path) -> None:
    with served_office(make_office(tmp_path)) as desk:
        for path in ("", "/kiem-tra", "/lan-lap"):
            assert "tonghop poll" in desk.client().settled(PAGE + path).text
        assert desk.client().settled(f"{PAGE}/chi-tieu").status_code == 422


def test_what_a_hostile_report_says_is_text_on_the_page_and_in_the_tables(tmp_path: Path) -> None:
    attack = '=HYPERLINK("x")<img src=x onerror=alert(1)>'
    office = make_office(tmp_path)
    office.deliver(report_mail("binh-minh", name=f"{attack}.docx", subject=attack), "2023-06-01T08:00")
    office.take_in()
    with served_office(office) as desk:
        client = desk.client()
        asked(client, f"{PAGE}/chot?ky={KY}", reason=attack)
        for path in ("", "/lan-lap", "/chi-tieu?ct=B1", "/kiem-tra", f"?q={attack}"):
            assert "<img" not in client.settled(PAGE + path).text
        assert html.escape("<img src=x onerror=alert(1)>") in client.settled(f"{PAGE}/chi-tieu?ct=B1").text
        for line in table(desk, "don-vi"):
            assert not [cell for cell in line.values() if cell.startswith(("=", "@", "+"))]
        book = load_workbook(io.BytesIO(client.settled(f"{PAGE}/xuat").content))
        assert len(book.sheetnames) == 5
        kinds = {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line}
        assert "f" not in kinds
        assert "h" not in kinds


def test_tables_keep_numbers_numbers_and_texts_texts() -> None:
    sheet = Sheet("Bảng", ("a", "b"), (("=1+1", 3), ("-x", None), ("thường", at("2023-01-01").year)))
    rows = list(csv.reader(io.StringIO(csv_bytes(sheet).decode("utf-8-sig"))))
    assert rows == [["a", "b"], ["'=1+1", "3"], ["'-x", ""], ["thường", "2023"]]
    book = load_workbook(io.BytesIO(book_bytes("Bảng", [sheet], at("2023-01-01T00:00"))))
    cells = [[cell.value for cell in line] for line in book["Bảng"].iter_rows()]
    assert cells == [["a", "b"], ["=1+1", 3], ["-x", None], ["thường", 2023]]
    assert book["Bảng"]["A2"].data_type == "s"
    assert book_bytes("B", [sheet], at("2023-01-01T00:00")) == book_bytes(
        "B", [sheet], at("2023-01-01T00:00")
    )


@pytest.mark.parametrize(
    ("language", "number", "text", "signed"),
    [("vi", "14405.5", "14.405,5", "+14.405,5"), ("en", "14405.5", "14,405.5", "+14,405.5"),
     ("vi", "-3", "-3", "−3"), ("vi", "0", "0", "0")],
)  # fmt: skip
def test_numbers_are_written_as_the_language_does(language: str, number: str, text: str, signed: str) -> None:
    from decimal import Decimal

    numbers = Numbers(language)
    assert numbers(number) == text
    assert numbers.signed(Decimal(number)) == signed
    assert numbers(None) == ""


def test_sixty_units_ten_periods_and_forty_indicators_cost_little(tmp_path: Path) -> None:
    # Processor time, not the clock on the wall: the machine that runs the tests has other things to do.
    with served_office(large_office(tmp_path, 60)) as desk:
        client = desk.client()
        for path in (PAGE, f"{PAGE}/kiem-tra", f"{PAGE}/lan-lap", f"{PAGE}/chi-tieu"):
            client.settled(path)
            spent = []
            for _ in range(3):
                begun = time.process_time()
                assert client.get(path).status_code == 200
                spent.append(time.process_time() - begun)
            assert min(spent) < 0.1 * costs(), (path, spent)
