"""The journal: who did what, and whether every part is well."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from config.wording import Wording
from desk.upkeep.heartbeat import Heartbeat, beat, last_beat
from desk.web.accounts import Role
from desk.web.patience import Flood
from ledger.lock import only_daemon
from tests.offices import at
from tests.web import Served, served_round

PAGE = "/nhat-ky"
HEALTH = "/nhat-ky/suc-khoe"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Served]:
    with served_round(tmp_path) as found:
        yield found


def test_a_decision_stands_there_with_who_made_it(desk: Served) -> None:
    desk.office.run("decide", "exempt", "y-te", "-r", "bdg", "-k", "2023-H1", "--reason", "đang sáp nhập")
    page = desk.client().get(PAGE, params={"viec": "decided"}).text
    assert "Lò Thị Mai" in page
    assert "Quyết định của cán bộ" in page
    assert "Phòng Y tế huyện Sông Mây" in page


def test_the_latest_stands_first_and_pages_go_on_where_the_last_ended(desk: Served) -> None:
    with desk.office.opened() as opened:
        for number in range(250):
            opened.ledger.note("mailbox_failed", f"lan-{number:03}")
    client = desk.client()
    page = client.get(PAGE, params={"viec": "mailbox_failed"}).text
    assert page.index("lan-249") < page.index("lan-150")
    assert "lan-149" not in page
    older = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = client.get(older).text
    assert "lan-149" in second
    assert "lan-150" not in second
    assert "mailbox_failed" in older


def test_the_history_is_narrowed_to_a_person_and_a_subject(desk: Served) -> None:
    with desk.office.opened() as opened:
        opened.ledger.under("Người khác").note("morning_done", "2023-06-05")
    page = desk.client().get(PAGE, params={"ai": "Người khác"}).text
    assert page.count("<tr>") == 2
    assert "2023-06-05" in desk.client().get(PAGE, params={"ve": "2023-06"}).text
    assert "Không có việc nào" in desk.client().get(PAGE, params={"ve": "%"}).text


def test_what_an_event_is_about_is_said_in_words_that_lead_back_to_it(desk: Served) -> None:
    told = {
        "outbox/19": "Thư đi số 19",
        "decision/7": "Quyết định số 7",
        "wish/bdg/2023-H1": "BĐG 6 tháng đầu năm 2023",
        "bdg/2023-H1/2": "BĐG 6 tháng đầu năm 2023, lần 2",
    }
    with desk.office.opened() as opened:
        for subject in told:
            opened.ledger.note("mailbox_failed", subject)
    client = desk.client()
    page = client.get(PAGE, params={"viec": "mailbox_failed"}).text
    assert all(f"<td>{words}</td>" in page for words in told.values())
    for asked in ("thư đi số 19", "outbox/19"):
        found = client.get(PAGE, params={"ve": asked}).text
        assert found.count("<tr>") == 2
        assert "Thư đi số 19" in found


def test_a_mail_is_named_by_its_sender_and_leads_to_it_and_the_program_is_no_stranger(desk: Served) -> None:
    with desk.office.opened() as opened:
        archive_id = next(iter(opened.ledger.messages())).archive_id
        opened.ledger.under("daemon").note("read_again", archive_id, {"reason": "recognition"})
    page = desk.client().get(PAGE, params={"viec": "read_again", "ai": "daemon"}).text
    assert re.search(f'<a href="/thu/{archive_id}">thư {archive_id[:12]} của [^<]+</a>', page)
    assert "<td>phần mềm</td>" in page
    assert '<option value="daemon" selected>phần mềm</option>' in page
    assert "lý do: đã nhận dạng bản quét" in page


def test_units_stand_there_by_name_and_check_sums_are_folded(desk: Served) -> None:
    target, number = {"address": "moi@rieng.example"}, {"unit": "y-te", "from": "2023-06-03", "learned_by": 2}
    with desk.office.opened() as opened:
        opened.ledger.note("decided", "decision/9", {"target": target, "choice": number})
        opened.ledger.note(
            "issued", "bdg/2023-H1/9", {"files": [["bao-cao.docx", "ab" * 32]], "sha256": "cd" * 32}
        )
        opened.ledger.note("read_again", "ef" * 32, {"reason": "decision 9 to 12"})
    page = desk.client().get(PAGE).text
    told = re.findall(r'<td class="detail">(.*?)(?:<details>.*?)?</td>', page, re.DOTALL)[:3]
    assert told == [
        "lý do: Quyết định số 9–12",
        "tệp: bao-cao.docx ",
        (
            "chọn: (từ 03/06/2023, theo quyết định số 2, đơn vị Phòng Y tế huyện Sông Mây); "
            "đối với: (địa chỉ moi@rieng.example)"
        ),
    ]
    folded = re.findall(r"<details><summary>(.*?)</summary><ul>(.*?)</ul>", page)[0]
    assert folded[0] == "Dấu kiểm (2)"
    assert "ab" * 32 in folded[1]
    assert "cd" * 32 in folded[1]


@pytest.mark.parametrize("before", ["-1", "x", "9" * 40, ""])
def test_a_place_that_is_none_shows_the_latest(desk: Served, before: str) -> None:
    assert desk.client().get(PAGE, params={"truoc": before}).status_code == 200


def test_every_kind_of_event_the_ledger_writes_has_words(desk: Served) -> None:
    say = Wording()
    with desk.office.opened() as opened:
        _actors, events = opened.ledger.history_names()
    assert events
    assert all(say.has(f"web.event_{event}") for event in events)


def test_health_tells_whether_the_daemon_runs_and_how_it_fares(desk: Served) -> None:
    client = desk.client()
    assert "Không chạy" in client.get(HEALTH).text
    beat(desk.office.home, Heartbeat(at("2023-06-07T08:58")))
    with only_daemon(desk.desk.settings.database_url):
        page = client.get(HEALTH).text
    assert "Đang chạy" in page
    assert "Đã đọc lúc 08:58 07/06/2023" in page
    beat(desk.office.home, Heartbeat(at("2023-06-07T08:58"), "Máy chủ từ chối mật khẩu."))
    assert "Máy chủ từ chối mật khẩu." in client.get(HEALTH).text


def test_a_daemon_that_has_not_looked_for_long_is_told_of(desk: Served) -> None:
    beat(desk.office.home, Heartbeat(desk.clock.now - timedelta(hours=2)))
    assert "Lần đọc gần nhất đã lâu" in desk.client().get(HEALTH).text


def told_to_a_watchdog(desk: Served) -> tuple[int, str]:
    answer = desk.client(None).get("/suc-khoe")
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    return answer.status_code, answer.text


def test_a_watchdog_is_told_one_word_without_signing_in(desk: Served) -> None:
    assert told_to_a_watchdog(desk) == (503, "cần xử lý")  # no daemon runs
    with only_daemon(desk.desk.settings.database_url):
        assert told_to_a_watchdog(desk) == (200, "tốt")
        beat(desk.office.home, Heartbeat(desk.clock.now))
        assert told_to_a_watchdog(desk) == (200, "tốt")
        beat(desk.office.home, Heartbeat(desk.clock.now, "Máy chủ từ chối mật khẩu."))
        assert told_to_a_watchdog(desk) == (503, "cần xử lý")
        beat(desk.office.home, Heartbeat(desk.clock.now - timedelta(hours=2)))
        assert told_to_a_watchdog(desk) == (503, "cần xử lý")


def test_what_is_broken_is_not_told_to_a_watchdog(desk: Served) -> None:
    with only_daemon(desk.desk.settings.database_url):
        assert told_to_a_watchdog(desk)[0] == 200
        (desk.office.home / "regime" / "department.yaml").write_text("id: x\n")
        assert told_to_a_watchdog(desk) == (503, "cần xử lý")


def test_a_watchdog_that_asks_without_end_is_told_to_wait(desk: Served) -> None:
    desk.desk.flood = Flood(lambda: 0.0, at_once=2)
    assert [desk.client(None).get("/suc-khoe").status_code for _ in range(3)] == [503, 503, 429]


def test_a_heartbeat_that_is_cut_is_none(tmp_path: Path) -> None:
    for text in ("", "{", "[]", '{"looked_at": 1, "trouble": ""}', '{"looked_at": "x", "trouble": ""}'):
        (tmp_path / "daemon.json").write_text(text, "utf-8")
        assert last_beat(tmp_path) is None


def test_everything_is_examined_when_an_officer_asks(desk: Served) -> None:
    page = desk.client().send_form(HEALTH).text
    assert "Sổ theo dõi" in page
    assert "Hộp thư" in page


def test_a_reader_sees_the_history_and_not_the_sign_ins(desk: Served) -> None:
    reader = desk.client(Role.READER)
    assert "/nhat-ky/dang-nhap" not in reader.get(PAGE).text
    assert reader.get("/nhat-ky/dang-nhap").status_code == 403
    assert "Đổi mật khẩu" in desk.client().get("/nhat-ky/dang-nhap").text


def test_english_is_a_switch_of_the_session(desk: Served) -> None:
    client = desk.client()
    assert client.send_form("/ngon-ngu", language="en", next="/nhat-ky").headers["location"] == PAGE
    page = client.get(PAGE).text
    assert '<html lang="en">' in page
    assert "Journal" in page
    assert '<html lang="vi">' in desk.client().get(PAGE).text
