"""The units and one unit's page: what they show, what is booked by hand, who may, and at what cost."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from config.units import Address, Unit
from consolidate.consolidation import UnitStanding
from desk.decisions_on_dues import CHANNELS
from desk.unit_file import unit_file
from desk.web.accounts import Role
from desk.work import consolidation_of
from tests.large_office import large_office
from tests.offices import (
    PERIOD,
    REPORT,
    UNITS,
    address,
    figures,
    inside,
    letter,
    make_office,
    note,
    report_mail,
    round_of_mail,
)
from tests.web import Served, costs, questions_to, served_office, served_round

KY = f"{REPORT}/{PERIOD}"
WHERE = ("-r", REPORT, "-k", PERIOD)
HOSTILE = '<img src=x onerror="alert(1)">'


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A desk that no test changes."""
    office = make_office(tmp_path_factory.mktemp("desk"))
    round_of_mail(office)
    replacement = report_mail(
        "binh-minh",
        figures(1, B2=("999", "211"), B5=("", "")),
        subject="Thay thế báo cáo bình đẳng giới 6 tháng đầu năm 2023",
        name="thay the.docx",
    )
    office.deliver(replacement, "2023-06-06T08:00")
    office.take_in()
    office.run("decide", "extend", "van-hoa", "2023-06-20", *WHERE, "--reason", "Đang sáp nhập")
    with served_office(office) as found:
        yield found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Served]:
    with served_round(tmp_path) as found:
        yield found


def listed(desk: Served, **query: str) -> list[str]:
    answer = desk.client().get("/don-vi", params=query)
    assert answer.status_code == 200
    board = answer.text.partition('<section id="bang"')[2]
    return re.findall(r'<th scope="row"><a [^>]*>(.*?)</a>', board)


def page(desk: Served, unit: str, **query: str) -> str:
    answer = desk.client().get(f"/don-vi/{unit}", params=query)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def section(text: str, name: str) -> str:
    return text.partition(f'<section id="{name}"')[2].partition("</section>")[0]


# -- the list --------------------------------------------------------------------------------------------


def judged_again(desk: Served, answer: httpx.Response) -> str:
    """The page after a decision, once the mails it is about have been judged again."""
    assert desk.desk.follow_up.wait()
    return desk.client().get(answer.headers["location"]).text


def test_every_unit_is_listed_in_the_order_of_the_sheet(looked_at: Served) -> None:
    assert listed(looked_at) == [unit.name for unit in UNITS]


@pytest.mark.parametrize("words", ["Suối Dâu", "suoi dau", "SUOI"])
def test_units_are_found_with_and_without_marks(looked_at: Served, words: str) -> None:
    assert listed(looked_at, q=words) == ["UBND xã Suối Dâu"]


def test_the_list_is_narrowed_to_a_kind(looked_at: Served) -> None:
    assert len(listed(looked_at, loai="department")) == 3


def test_an_office_that_collects_nothing_yet_lists_its_units_all_the_same(tmp_path: Path) -> None:
    with served_office(make_office(tmp_path)) as desk:
        assert len(listed(desk)) == len(UNITS)
        assert "tonghop poll" in page(desk, "binh-minh")


# -- one unit --------------------------------------------------------------------------------------------


def test_versions_are_compared_figure_by_figure_with_their_places(looked_at: Served) -> None:
    shown = section(page(looked_at, "binh-minh"), "ban-nop")
    rows = re.findall(r'<tr class="(\w+)">\s*<th scope="row">(.*?)</th>', shown.partition("<details>")[0])
    assert rows == [
        ("changed", "Số lượt người tham dự"),
        ("changed", "Số lượt người tham dự, nữ"),
        ("removed", "Số vụ bạo lực gia đình"),
    ]
    assert "thay the.docx, bảng 2, hàng 3, cột 4: “999”" in shown
    assert "Khác bản trước 3 trên 9 số liệu" in shown


def test_what_the_checks_found_in_a_version_stands_beside_it(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    office.deliver(report_mail("y-te", figures(5, B3=("20", "31"))), "2023-06-03T11:00")
    office.take_in()
    found = office.listed("findings", *WHERE)
    grave = [each["sentence"] for each in found if each["unit"] == "y-te" and each["grade"] != "note"]
    assert grave
    with served_office(office) as desk:
        shown = section(page(desk, "y-te", ky=KY), "ban-nop")
    assert all(sentence in shown for sentence in grave)
    assert 'class="state fault"' in shown or 'class="state warning"' in shown


def test_a_bounce_nobody_can_believe_is_shown_beside_its_address_and_silences_nothing(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    archive_id = office.deliver(bounce_of(address("dong-tam")), "2023-06-06T08:00")
    office.take_in()
    with served_office(office) as desk:
        shown = section(page(desk, "dong-tam", ky=KY), "dia-chi")
        assert "không phải trả lại thư của phòng" in shown
        assert f"/thu/{archive_id}" in shown
        assert "trả lại" not in section(page(desk, "binh-minh", ky=KY), "dia-chi")


def bounce_of(dead: str) -> bytes:
    """A delivery status notification (RFC 3464) about a mail we never wrote."""
    lines = [
        "From: MAILER-DAEMON@mx.ke-gian.example", "To: phongld@songmay.example", "Return-Path: <>",
        "Subject: Undelivered Mail Returned to Sender", "Message-ID: <9@mx.ke-gian.example>",
        "MIME-Version: 1.0", 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', "",
        "--b", "Content-Type: text/plain", "", f"<{dead}>: host said: 550 5.1.1 khong co", "",
        "--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.ke-gian.example", "",
        f"Final-Recipient: rfc822; {dead}", "Action: failed", "Status: 5.1.1", "", "--b--", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def test_obligations_say_what_a_consolidation_says(tmp_path: Path) -> None:
    office = large_office(tmp_path, units=20, periods=4)
    office.run("decide", "exempt", "xa-3", "-r", REPORT, "-k", "2022-Y", "--reason", "Mới thành lập")
    office.run("decide", "extend", "xa-3", "2022-07-01", "-r", REPORT, "-k", "2022-H1", "--reason", "x")
    office.run("decide", "receive", "xa-0", "-r", REPORT, "-k", "2023-H1", "--at", "2023-06-01T08:00")
    with office.opened() as opened:
        report, now = opened.regime.report(REPORT), opened.clock()
        stated = {}
        for period_id in ("2022-H1", "2022-Y", "2023-H1", "2023-Y"):
            period = opened.period(report, period_id)
            assert period is not None
            for standing in consolidation_of(opened, report, period, now).standings:
                stated[standing.unit.id, period_id] = facts(standing)
        shown = {
            (unit.id, each.period.id): facts(each.standing)
            for unit in opened.regime.units
            for each in unit_file(opened, unit.id, now).owed
        }
        assert shown == stated


def facts(standing: UnitStanding) -> tuple[object, ...]:
    told = ("state", "due", "first_valid", "versions", "exempt", "waiting")
    return tuple(getattr(standing, name) for name in told)


def test_the_page_of_an_extended_unit_tells_both_deadlines(looked_at: Served) -> None:
    shown = page(looked_at, "van-hoa", ky=KY)
    assert "trước 00:00 20/06/2023" in shown
    assert "hạn chung là trước 00:00 05/06/2023" in shown


def test_mail_that_came_is_listed_also_when_it_is_no_report(looked_at: Served) -> None:
    shown = section(page(looked_at, "y-te"), "thu")
    assert "Hỏi về báo cáo" in shown
    assert "yte@songmay.example" in shown


def test_what_was_written_to_a_unit_is_listed_with_its_proof(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    round_of_mail(office)
    office.take_in()
    office.run("remind", "--queue")
    with served_office(office) as desk:
        (mail,) = [m for m in inside(office, lambda o: o.ledger.outbox()) if m.unit == "van-hoa"][:1]
        shown = section(page(desk, "van-hoa"), "thu")
        assert mail.subject in shown
        assert "chung@songmay.example" in shown
        path = f"/don-vi/van-hoa/minh-chung?ky={KY}"
        assert "/don-vi/van-hoa/minh-chung" in shown
        proof = desk.client().get(path)
        assert proof.status_code == 200
        assert proof.headers["content-disposition"].startswith("attachment")
        assert proof.content[:2] == b"PK"


def test_a_unit_nobody_wrote_to_has_no_proof_and_is_told_so(looked_at: Served) -> None:
    answer = looked_at.client().get(f"/don-vi/y-te/minh-chung?ky={KY}")
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/don-vi/khong-co", "/don-vi/binh-minh?ky=bdg/1999-H1"])
def test_what_is_not_there_is_a_sentence(looked_at: Served, path: str) -> None:
    assert looked_at.client().get(path).status_code in {404, 422}


# -- booking by hand -------------------------------------------------------------------------------------


def test_a_report_is_booked_by_each_channel_and_the_booking_taken_back(desk: Served) -> None:
    for channel in CHANNELS:
        books_and_takes_back(desk, channel)


def books_and_takes_back(desk: Served, channel: str) -> None:
    client = desk.client()
    sent = {"ky": KY, "kenh": channel, "luc": "2023-06-02T15:00", "ly-do": "Văn thư nhận"}
    answer = client.send_form("/don-vi/y-te/nhan", **sent)
    assert answer.headers["location"] == f"/don-vi/y-te?ky={REPORT}%2F{PERIOD}&notice=received"
    assert desk.office.standing("y-te")["first_valid"] == "2023-06-02T15:00:00+07:00"
    decision = inside(desk.office, lambda office: office.ledger.decisions()[-1])
    assert (decision.who, decision.choice["channel"], decision.reason) == (
        "Lò Thị Mai",
        channel,
        "Văn thư nhận",
    )
    shown = section(page(desk, "y-te", ky=KY), "da-ghi")
    assert "15:00 02/06/2023" in shown
    client.send_form("/don-vi/y-te/huy", ky=KY, so=str(decision.number))
    assert desk.office.states()["y-te"] == "missing"
    assert "đã hủy" in section(page(desk, "y-te", ky=KY), "da-ghi")


def test_without_a_moment_it_was_received_now(desk: Served) -> None:
    desk.client().send_form("/don-vi/y-te/nhan", ky=KY, kenh="phone", luc="")
    assert desk.office.standing("y-te")["first_valid"] == "2023-06-07T09:00:00+07:00"


def test_a_nil_report_needs_its_reason(desk: Served) -> None:
    client, sent = desk.client(), {"ky": KY, "kenh": "phone", "luc": "", "khong-phat-sinh": "1"}
    assert client.send_form("/don-vi/y-te/nhan", **sent).status_code == 422
    assert desk.office.states()["y-te"] == "missing"
    client.send_form("/don-vi/y-te/nhan", **sent, **{"ly-do": "Không tổ chức hoạt động nào"})
    assert desk.office.states()["y-te"] == "late"
    assert "không phát sinh số liệu" in section(page(desk, "y-te"), "da-ghi")


def test_files_are_read_and_booked_and_taken_back(desk: Served) -> None:
    client = desk.client()
    files = [
        ("tep", ("bao cao.docx", letter("y-te", figures(7)), "application/octet-stream")),
        ("tep", ("cong van.docx", letter("y-te", table=False, kind="CÔNG VĂN"), "application/octet-stream")),
    ]
    sent = {"ky": KY, "kenh": "zalo", "luc": "2023-06-02T15:00", "ly-do": ""}
    answer = client.send_form("/don-vi/y-te/nhan", files=files, **sent)
    assert answer.headers["location"].endswith("notice=file_received#ban-nop")
    assert desk.desk.follow_up.wait()
    assert desk.office.value("y-te", "B1")["value"] == 17
    assert desk.office.standing("y-te")["state"] == "on_time"
    (number,) = re.findall(r'name="so" value="(\d+)"', page(desk, "y-te"))
    undone = client.send_form("/don-vi/y-te/huy", ky=KY, so=number)
    assert undone.status_code == 303, undone.text
    assert "Đã xét lại 1 thư: 0 thư đã ghi nhận" in judged_again(desk, undone)
    assert desk.office.states()["y-te"] == "missing"
    assert desk.office.value("y-te", "B1") is None


def test_a_file_left_empty_in_the_form_is_no_file(desk: Served) -> None:
    sent = {"ky": KY, "kenh": "paper", "luc": "2023-06-02T15:00"}
    desk.client().send_form(
        "/don-vi/y-te/nhan", files=[("tep", ("", b"", "application/octet-stream"))], **sent
    )
    assert inside(desk.office, lambda office: office.ledger.decisions()[-1].kind) == "receive"


def test_a_file_that_names_another_unit_is_marked_on_the_page(desk: Served) -> None:
    files = [("tep", ("bc.docx", letter("hoa-lac", figures(8)), "application/octet-stream"))]
    sent = {"ky": KY, "kenh": "zalo", "luc": "2023-06-02T15:00"}
    desk.client().send_form("/don-vi/y-te/nhan", files=files, **sent)
    assert desk.desk.follow_up.wait()
    assert "nêu tên đơn vị khác" in section(page(desk, "y-te"), "ban-nop")
    assert "nêu tên đơn vị khác" not in page(desk, "hoa-lac")


def test_an_upload_that_is_too_large_is_refused_before_it_is_kept(desk: Served) -> None:
    files = [("tep", ("lon.zip", b"0" * (41 << 20), "application/zip"))]
    before = inside(desk.office, lambda office: office.archive.ids())
    answer = desk.client().send_form("/don-vi/y-te/nhan", files=files, ky=KY, kenh="paper", luc="")
    assert answer.status_code == 413
    assert inside(desk.office, lambda office: office.archive.ids()) == before


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("nhan", {"kenh": "bo-cau", "luc": "2023-06-02T15:00"}),
        ("nhan", {"kenh": "paper", "luc": "hôm qua"}),
        ("nhan", {"kenh": "paper", "luc": "2023-07-01T00:00"}),
        ("nhan", {"kenh": "paper", "luc": "", "ky": "bdg/1999-H7"}),
        ("nhan", {"kenh": "paper", "luc": "", "ky": ""}),
        ("gia-han", {"ngay": "2023-06-20", "ly-do": "  "}),
        ("gia-han", {"ngay": "mai", "ly-do": "Xin lùi"}),
        ("gia-han", {"ngay": "2023-06-01", "ly-do": "Xin lùi"}),
        ("mien", {"ly-do": ""}),
        ("dia-chi", {"dia-chi": "khong phai dia chi"}),
        ("dia-chi", {"dia-chi": "a@b.example", "tu-ngay": "mai"}),
        ("huy", {"so": "99"}),
        ("huy", {"so": ""}),
    ],
)
def test_what_cannot_be_is_a_sentence_and_no_decision(
    looked_at: Served, path: str, fields: dict[str, str]
) -> None:
    before = inside(looked_at.office, lambda office: office.ledger.decisions())
    answer = looked_at.client().send_form(f"/don-vi/y-te/{path}", **({"ky": KY} | fields))
    assert answer.status_code == 422
    assert inside(looked_at.office, lambda office: office.ledger.decisions()) == before


def test_an_extension_lasts_to_the_end_of_its_day_and_is_taken_back(desk: Served) -> None:
    client = desk.client()
    client.send_form("/don-vi/hoa-lac/gia-han", ky=KY, ngay="2023-06-05", **{"ly-do": "Mất điện"})
    assert desk.office.standing("hoa-lac")["due"] == "2023-06-06T00:00:00+07:00"
    assert desk.office.states()["hoa-lac"] == "on_time"
    client.send_form("/don-vi/hoa-lac/huy", ky=KY, so="1")
    assert desk.office.states()["hoa-lac"] == "late"


def test_an_exemption_is_given_and_taken_back_and_leaves_the_rest(desk: Served) -> None:
    client = desk.client()
    client.send_form("/don-vi/y-te/nhan", ky=KY, kenh="paper", luc="2023-06-02T15:00")
    client.send_form("/don-vi/y-te/mien", ky=KY, **{"ly-do": "Đang giải thể"})
    assert desk.office.states()["y-te"] == "exempt"
    assert "Lý do miễn: Đang giải thể" in page(desk, "y-te")
    client.send_form("/don-vi/y-te/huy", ky=KY, so="2")
    assert desk.office.states()["y-te"] == "on_time"


def test_an_address_is_linked_its_mail_judged_again_and_the_link_taken_back(desk: Served) -> None:
    client = desk.client()
    fields = {"dia-chi": "BAN@rieng.example", "tu-ngay": "2023-06-01", "ly-do": "Chị Hoa báo"}
    linked = client.send_form("/don-vi/suoi-dau/dia-chi", ky=KY, **fields)
    assert "Đã xét lại 1 thư: 1 thư đã ghi nhận" in judged_again(desk, linked)
    assert desk.office.states()["suoi-dau"] == "on_time"
    shown = section(page(desk, "suoi-dau"), "dia-chi")
    assert "ban@rieng.example" in shown
    assert "từ 01/06/2023" in shown
    undone = client.send_form("/don-vi/suoi-dau/huy", ky=KY, so="1")
    assert "Đã xét lại 1 thư: 0 thư đã ghi nhận, 1 thư chờ xem" in judged_again(desk, undone)
    assert desk.office.states()["suoi-dau"] == "needs_review"


def test_while_mails_are_judged_again_the_page_says_so_and_is_not_replaced(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.desk.follow_up, "wake", lambda: None)
    client = desk.client()
    files = [("tep", ("bao cao.docx", letter("y-te", figures(7)), "application/octet-stream"))]
    client.send_form("/don-vi/y-te/nhan", files=files, ky=KY, kenh="zalo", luc="2023-06-02T15:00")
    monkeypatch.undo()
    desk.desk.follow_up.wake()
    assert desk.desk.follow_up.wait()
    monkeypatch.setattr(desk.desk.follow_up, "wake", lambda: None)
    where = client.send_form("/don-vi/y-te/huy", ky=KY, so="1").headers["location"]
    shown = client.get(where).text
    assert "Đang xét lại 1 thư" in shown
    assert 'name="so"' not in section(shown, "da-ghi")  # what was taken back stands there no more
    (asked,) = re.findall(r'data-awaits hx-get="([^"]*)"', shown)
    assert client.get(html.unescape(asked)).status_code == 204
    monkeypatch.undo()
    desk.desk.follow_up.wake()
    assert desk.desk.follow_up.wait()
    assert "Đã xét lại 1 thư" in client.get(html.unescape(asked)).text


def test_a_decision_of_another_unit_is_not_taken_back_from_here(desk: Served) -> None:
    client = desk.client()
    client.send_form("/don-vi/y-te/mien", ky=KY, **{"ly-do": "x"})
    assert client.send_form("/don-vi/hoa-lac/huy", ky=KY, so="1").status_code == 422
    assert desk.office.states()["y-te"] == "exempt"


def test_a_reader_sees_the_page_and_no_form(looked_at: Served) -> None:
    answer = looked_at.client(Role.READER).get("/don-vi/suoi-dau")
    assert answer.status_code == 200
    assert 'method="post" action="/don-vi/' not in answer.text


# -- hostile words ---------------------------------------------------------------------------------------


def test_nothing_that_came_by_mail_or_from_the_sheet_is_markup(tmp_path: Path) -> None:
    units = (
        *UNITS,
        Unit(
            "la",
            f"UBND xã {HOSTILE}",
            "commune",
            aliases=(HOSTILE,),
            addresses=(Address("la@la.example", "official", HOSTILE),),
            contact=HOSTILE,
            phone=HOSTILE,
        ),
    )
    office = make_office(tmp_path, units)
    attack = letter("binh-minh", figures(1, B1=("12", "")), head=f"ỦY BAN NHÂN DÂN\nXÃ BÌNH MINH {HOSTILE}")
    name = f"{HOSTILE}.docx"
    sender = "vanthu@binhminh.example"
    mail = note(sender, f"Báo cáo bình đẳng giới {HOSTILE}", HOSTILE, (name, attack))
    office.deliver(mail, "2023-06-01T08:00")
    office.deliver(note("la@la.example", HOSTILE, HOSTILE), "2023-06-01T09:00")
    office.take_in()
    office.run("decide", "exempt", "la", *WHERE, "--reason", HOSTILE)
    office.run("decide", "receive", "binh-minh", *WHERE, "--at", "2023-06-01T07:00", "--reason", HOSTILE)
    with served_office(office) as desk:
        for path in ("/don-vi", "/don-vi/la", "/don-vi/binh-minh", f"/don-vi?q={HOSTILE}"):
            raw = desk.client().get(path).text
            assert "<img" not in raw
            assert "&lt;img" in raw


# -- what it costs ---------------------------------------------------------------------------------------


def test_a_units_page_asks_no_more_for_more_units_periods_and_mails(tmp_path: Path) -> None:
    asked = []
    for units, periods in ((5, 2), (40, 10)):
        office = large_office(tmp_path / str(units), units, periods)
        with served_office(office) as desk:
            client = desk.client()
            with questions_to(desk) as statements:
                assert client.get("/don-vi/xa-4").status_code == 200
            asked.append(len(statements))
    assert asked[0] == asked[1] <= 14


def test_sixty_units_ten_periods_and_forty_indicators_cost_little(tmp_path: Path) -> None:
    # Processor time, not the clock on the wall: the machine that runs the tests has other things to do.
    with served_office(large_office(tmp_path, 60)) as desk:
        client = desk.client()
        for path in ("/don-vi", "/don-vi/xa-7"):
            client.get(path)
            spent = []
            for _ in range(3):
                begun = time.process_time()
                assert client.get(path).status_code == 200
                spent.append(time.process_time() - begun)
            assert min(spent) < 0.2 * costs(), (path, spent)
