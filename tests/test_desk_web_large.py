"""The desk of a large office: 600 units, ten periods, 40 indicators. Bounds are processor time."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from config.reports import Sex
from desk.decisions import accept_all
from desk.mailing.chasing import chase
from desk.mailing.outbox import AWAITING_APPROVAL
from desk.recording import messages_holding
from desk.taking_back import undo_all
from desk.work import settle
from desk.worklist import clean_tasks, work_list
from intake.mail.messages import Sighting
from ledger.lock import only_worker
from ledger.records import (
    Certainty,
    Decision,
    Issue,
    MessageClass,
    MessageOutcome,
    MessageState,
    Method,
    ObligationKey,
    OutboxState,
    OutgoingMessage,
    Place,
    ReviewItem,
    Role,
    SubmissionIntent,
    Value,
)
from tests.builders_pages import scan_pdf
from tests.large_office import large_office
from tests.offices import REPORT, Office, at, make_office, note
from tests.web import Served, costs, questions_to, served_office

UNITS = 600
EMPTY = {"shape": 1, "report": REPORT, "period": "2023-Y", "totals": [], "values": [], "standings": []}
AN_ISSUE = Issue(REPORT, "2023-Y", 0, at("2023-12-07T08:00"), at("2023-12-07T08:00"), "0" * 64, EMPTY)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return large_office(tmp_path_factory.mktemp("office"), UNITS)


@pytest.fixture(scope="module")
def desk(office: Office) -> Iterator[Served]:
    with served_office(office) as found:
        found.client().get("/thu-di/den-luot")  # what is read once: the holidays, the templates
        yield found


def spent(desk: Served, path: str) -> float:
    """Seconds of processor time that a page costs, at best of two."""
    client, found = desk.client(), []
    for _ in range(2):
        begun = time.process_time()
        assert client.get(path).status_code == 200, path
        found.append(time.process_time() - begun)
    return min(found)


@pytest.mark.parametrize(
    "path",
    [
        "/ky-bao-cao",
        "/ky-bao-cao?luc=2023-06-03T12:00&q=xa&xep=kept",
        "/viec-can-xem",
        "/viec-can-xem/ro-rang",
        "/don-vi",
        "/don-vi/xa-5",
        "/thu-di",
        "/thu-di/den-luot",
        "/thiet-lap/don-vi",
        "/nhat-ky",
    ],
)
def test_a_page_of_six_hundred_units_costs_little(desk: Served, path: str) -> None:
    assert spent(desk, path) < 0.5 * costs()


FIGURES = ("/tong-hop", "/tong-hop/kiem-tra", "/tong-hop/lan-lap", "/tong-hop/chi-tieu")


@pytest.mark.parametrize("path", FIGURES)
def test_a_page_of_figures_reads_what_was_worked_out(desk: Served, path: str) -> None:
    client = desk.client()
    client.settled(path)
    assert spent(desk, path) < 0.3 * costs()
    with questions_to(desk) as asked:
        client.get(path)
    assert len(asked) <= 12, asked


@pytest.mark.parametrize("table", ["", "don-vi"])
def test_a_table_to_take_away_is_written_beside_the_page_and_costs_little_to_give(
    desk: Served, table: str
) -> None:
    client = desk.client()
    client.settled("/tong-hop/xuat", params={"bang": table})
    path = f"/tong-hop/xuat?bang={table}"
    assert spent(desk, path) < 0.3 * costs()
    with questions_to(desk) as asked:
        client.get(path)
    assert len(asked) <= 12, asked


def test_a_page_of_figures_costs_no_more_while_they_are_worked_out_again(desk: Served) -> None:
    desk.client().settled("/tong-hop")
    with only_worker(desk.desk.office().settings.database_url):
        opened = desk.desk.office("Lò Thị Mai")
        opened.ledger.add_issue(replace(AN_ISSUE, created_at=opened.clock(), as_of=opened.clock()))
        for path in FIGURES:
            assert "Sau đó đã có thay đổi" in desk.client().get(path).text
            assert spent(desk, path) < 0.3 * costs()


def test_what_a_taught_wording_may_touch_is_found_without_reading_a_figure(office: Office) -> None:
    target = {"report": REPORT, "wording": "Chỉ tiêu lạ"}
    taught = Decision(1, at("2023-12-07T08:00"), "Lò Thị Mai", "teach", target, {"indicator": "C1"}, "")
    with office.opened() as opened:
        begun = time.process_time()
        assert messages_holding(opened, taught) == []
        assert time.process_time() - begun < 0.3 * costs()


def test_settling_reads_no_figure(office: Office) -> None:
    with office.opened() as opened:
        settle(opened)
        begun = time.process_time()
        settle(opened)
        assert time.process_time() - begun < 1.0 * costs()


def test_hundreds_of_letters_that_wait_are_looked_through_at_once(office: Office) -> None:
    with office.opened() as opened:
        begun = time.process_time()
        queued = chase(opened, queue=True, send=False).mails
        again = chase(opened, queue=True, send=False).mails
        assert time.process_time() - begun < 2.0 * costs()
    assert len(queued) == len(again) == UNITS // 20


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """So many units in one period."""
    return large_office(tmp_path_factory.mktemp("busy"), UNITS, periods=1)


def test_hundreds_of_mails_are_shown_and_approved_together_at_once(busy: Office) -> None:
    words = "Đề nghị đơn vị gửi báo cáo đúng hạn để Phòng tổng hợp. " * 12
    with busy.opened() as opened:
        for number in range(UNITS):
            opened.ledger.queue(letter_to(f"xa-{number}", words))
    with served_office(busy) as desk:
        client = desk.client()
        assert spent(desk, "/thu-di") < 0.5 * costs()
        with questions_to(desk) as asked:
            chosen = tuple(re.findall(r'name="thu" value="([^"]+)"', client.get("/thu-di").text))
        assert len(asked) <= 12, asked
        assert len(chosen) == UNITS
        begun = time.process_time()
        answer = client.send_form("/thu-di/duyet", thu=chosen)  # type: ignore[arg-type]
        assert time.process_time() - begun < 0.5 * costs()
        assert answer.status_code == 303
        assert {mail.state for mail in desk.desk.office().ledger.outbox()} == {OutboxState.QUEUED}
        told = Counter(each.event for each in desk.desk.office().ledger.latest_history(limit=2 * UNITS))
        assert told == {"mail_approved": UNITS, "mail_queued": UNITS}
        assert spent(desk, "/thu-di?phan=cho") < 0.5 * costs()


def letter_to(unit: str, words: str) -> OutgoingMessage:
    key = ObligationKey(unit, REPORT, "2023-Y")
    to = (f"{unit}@don-vi.example",)
    mail = OutgoingMessage(
        "chase", "don-doc-1", unit, (key,), to, (), "V/v", words, f"<{unit}@so>", at("2023-12-06T08:00")
    )
    return replace(mail, state=OutboxState.HELD, server_reply=AWAITING_APPROVAL)


def test_thirty_clear_cases_are_accepted_and_taken_back_at_once(busy: Office) -> None:
    with busy.opened() as opened:
        asked = replace(opened, later=lambda: None)  # judged again beside the page
        clear = [task.item for task in clean_tasks(asked, work_list(asked).tasks)]
        before = len(asked.ledger.history())
        begun = time.process_time()
        accepted = accept_all(asked, clear, "")
        taking = time.process_time()
        told = asked.ledger.history()[before:]
        again = time.process_time()
        undo_all(asked, [decision.number for decision in accepted], "")
        assert taking - begun < 0.15 * costs()
        assert time.process_time() - again < 0.15 * costs()
        assert len(accepted) == UNITS // 20
        assert Counter(event.event for event in told) == {"decided": 60, "read_again": 30}
        assert {item.id for item in asked.ledger.review_items()} >= {item.id for item in clear}
        links = asked.ledger.decisions("link_address")
        taken = {decision.choice["decision"] for decision in asked.ledger.decisions("reopen")}
        assert taken == {decision.number for decision in (*accepted, *links)}


def test_a_question_about_eighty_figures_of_a_scan_of_sixty_pages_costs_little(busy: Office) -> None:
    outcome = of_a_scan(ObligationKey("xa-0", REPORT, "2023-Y"))
    with busy.opened() as opened:
        seen = (Sighting("ban", "INBOX", 2, 1), outcome.archive_id, outcome.arrival, 1000)
        opened.ledger.record_batch([seen], None)
        opened.ledger.record([outcome])
    with served_office(busy) as desk:
        path = f"/viec-can-xem/{outcome.review[0].id}"
        assert spent(desk, path) < 0.3 * costs()
        with questions_to(desk) as asked:
            page = desk.client().get(path).text
        assert len(asked) <= 20, asked
        assert page.count('<input class="figure"') == len(outcome.review) == 80


def of_a_scan(key: ObligationKey) -> MessageOutcome:
    """A message of one scan, each of whose figures a person has to see."""
    archive_id = "5c" * 32
    figures = [(f"C{n}", sex) for n in range(1, 41) for sex in (Sex.TOTAL, Sex.FEMALE)]
    places = [Place("bao cao.pdf", f"trang {n % 60 + 1}, dòng {n}", str(n)) for n in range(80)]
    values = tuple(
        Value(code, sex, Decimal(7), "người", place, certainty=Certainty.DOUBTFUL, method=Method.OCR)
        for (code, sex), place in zip(figures, places, strict=True)
    )
    questions = tuple(
        ReviewItem(
            f"quet-{code}-{sex.value}",
            "value",
            archive_id,
            "unreadable_number",
            {"label": code, "text": "7?", "place": place.where},
            key=key,
            indicator=code,
            sex=sex.value,
        )
        for (code, sex), place in zip(figures, places, strict=True)
    )
    return MessageOutcome(
        archive_id=archive_id,
        message_id="<quet@don-vi.example>",
        from_address="xa0@don-vi.example",
        from_name="UBND xã Số 0",
        subject="Báo cáo năm 2023",
        arrival=at("2023-12-01T08:00"),
        date_claimed=None,
        size=1000,
        message_class=MessageClass.REPORT,
        state=MessageState.BOOKED,
        reasons=("booked",),
        verdict={},
        submissions=(SubmissionIntent(key, Role.FIRST, accepted=True, values=values),),
        review=questions,
    )


def test_the_pages_of_a_long_scan_are_turned_without_work_in_the_request(tmp_path: Path) -> None:
    sheet = Image.new("L", (620, 877), 255)
    ImageDraw.Draw(sheet).rectangle((60, 60, 300, 90), fill=0)
    office = make_office(tmp_path)
    sent = ("bc.pdf", scan_pdf([sheet] * 60, 75))
    subject = "Báo cáo bình đẳng giới 6 tháng đầu năm 2023"
    mail = office.deliver(note("ban@rieng.example", subject, "Gửi", sent), "2023-06-01T08:00")
    office.take_in()
    with served_office(office) as desk:
        page = desk.client().get(f"/thu/{mail}/xem?tep=1").text
        assert "Trang 1/20" in page
        assert "Chỉ hiển thị 20 trang đầu" in page
        for turned in ("xem?tep=1&trang=20", "xem?tep=1&trang=60", "tep/1/trang/20"):
            assert spent(desk, f"/thu/{mail}/{turned}") < 0.3 * costs()
