"""Every command as an officer types it: what it prints, what JSON it gives, how it ends."""

from __future__ import annotations

import ast
import json
import re
import sqlite3
import subprocess
import sys
import tomllib
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from config.secrets import Secret, secret
from config.wording import Wording, _shipped
from desk.cli import app
from desk.errors import CONFIGURATION
from desk.office import shipped_texts
from desk.tables import Printer
from desk.upkeep import backup, heartbeat
from desk.views import mail_name
from desk.web import store
from ledger.records import MessageClass, MessageState, ObligationState, OutboxState
from tests.offices import (
    NOW,
    PERIOD,
    REPORT,
    ROOT,
    UNITS,
    Office,
    after_round,
    environment,
    every_command,
    make_office,
    round_of_mail,
    spawn,
)

MESSAGE_KEYS = {
    "archive_id",
    "message_id",
    "arrival",
    "sender",
    "class",
    "unit",
    "report",
    "period",
    "state",
    "reasons",
}
VALUE_KEYS = {"unit", "indicator", "sex", "value", "unit_of_measure", "source", "method", "certainty"}
INTERFACE = ("cli", "daemon", "desk", "digest", "doctor", "ledger", "mailbox", "reasons", "config", "terms")


@pytest.fixture(scope="module")
def round_(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, dict[str, str]]:
    """An office that took a small round in; tests only look at it."""
    return after_round(tmp_path_factory.mktemp("cli"))


@pytest.fixture
def office(round_: tuple[Office, dict[str, str]]) -> Office:
    return round_[0]


@pytest.fixture
def ids(round_: tuple[Office, dict[str, str]]) -> dict[str, str]:
    return round_[1]


@pytest.fixture
def fresh(tmp_path: Path) -> Office:
    return make_office(tmp_path)


# -- importing and looking -------------------------------------------------------------------------------


def test_import_prints_all_four_counts(fresh: Office) -> None:
    round_of_mail(fresh)
    assert fresh.take_in() == {
        "new": 6,
        "read": 6,
        "booked": 3,
        "review": 2,
        "set_aside": 1,
        "recognised": 0,
        "failed": 0,
        "notes": [],
    }
    again = fresh.run("import", str(fresh.mail), "--arrivals", str(fresh.mail / "manifest.json"))
    assert "Thư mới: 0." in again.out


def test_messages_as_json_have_every_documented_key(office: Office, ids: dict[str, str]) -> None:
    listed = office.listed("messages")
    assert [set(message) >= MESSAGE_KEYS for message in listed] == [True] * 6
    first = next(message for message in listed if message["archive_id"] == ids["first"])
    assert first["arrival"] == "2023-06-01T08:00:00+07:00"
    assert (first["class"], first["state"]) == ("report", "booked")
    assert (first["unit"], first["report"], first["period"]) == ("binh-minh", REPORT, PERIOD)
    assert first["reasons"][0].keys() == {"code", "sentence"}


def test_messages_can_be_asked_for_by_state_class_and_unit(office: Office, ids: dict[str, str]) -> None:
    assert [m["archive_id"] for m in office.listed("messages", "--state", "set_aside")] == [ids["newsletter"]]
    assert [m["archive_id"] for m in office.listed("messages", "--class", "question")] == [ids["question"]]
    assert [m["archive_id"] for m in office.listed("messages", "--unit", "hoa-lac")] == [ids["late"]]


def test_status_as_json_tells_each_unit_its_state_and_first_valid_arrival(office: Office) -> None:
    (view,) = office.listed("status", "--report", REPORT, "--period", PERIOD)
    rows = {row["unit"]: row for row in view["obligations"]}
    assert {unit: row["state"] for unit, row in rows.items()} == {
        "binh-minh": "on_time",
        "dong-tam": "on_time",
        "hoa-lac": "late",
        "suoi-dau": "needs_review",
        "y-te": "missing",
        "van-hoa": "missing",
        "the-thao": "missing",
    }
    assert rows["hoa-lac"]["first_valid"] == "2023-06-05T07:30:00+07:00"
    assert rows["y-te"]["first_valid"] is None
    assert view["due"] == "2023-06-05T00:00:00+07:00"
    assert (view["reporting_rate"], view["on_time_rate"]) == (42.9, 28.6)


@pytest.mark.parametrize(
    ("moment", "binh_minh", "hoa_lac"),
    [
        ("2023-06-01T07:59", "missing", "missing"),
        ("2023-06-01T08:00", "on_time", "missing"),
        ("2023-06-05", "on_time", "missing"),
        ("2023-06-05T00:30:00+00:00", "on_time", "late"),
    ],
)
def test_status_as_of_an_earlier_moment_shows_what_was_known_then(
    office: Office, moment: str, binh_minh: str, hoa_lac: str
) -> None:
    states = office.states("--as-of", moment)
    assert (states["binh-minh"], states["hoa-lac"]) == (binh_minh, hoa_lac)


def test_values_as_json_carry_their_address(office: Office, ids: dict[str, str]) -> None:
    listed = office.listed("values", "--report", REPORT, "--period", PERIOD, "--unit", "binh-minh")
    assert [set(value) >= VALUE_KEYS for value in listed] == [True] * 9
    women = next(v for v in listed if (v["indicator"], v["sex"]) == ("B2", "female"))
    assert (women["value"], women["unit_of_measure"]) == (207, "lượt người")
    assert (women["method"], women["certainty"]) == ("table", "certain")
    assert women["source"] == {
        "message": ids["first"],
        "file": "bao cao.docx",
        "place": women["source"]["place"],
        "text": "207",
    }
    assert "bảng" in women["source"]["place"]


def test_a_figure_is_followed_from_the_total_to_the_mail(office: Office, ids: dict[str, str]) -> None:
    view = office.listed("trace", "B1", "--report", REPORT, "--period", PERIOD)
    assert (view["total"]["value"], view["total"]["n"], view["total"]["N"]) == (11 + 12 + 13, 3, 7)
    assert {value["unit"] for value in view["values"]} >= {"binh-minh", "dong-tam", "hoa-lac"}
    assert {m["archive_id"] for m in view["messages"]} >= {ids["first"], ids["second"], ids["late"]}


def test_a_ratio_is_followed_to_both_its_parts(office: Office) -> None:
    view = office.listed("trace", "B4R", "--report", REPORT, "--period", PERIOD)
    assert (view["total"]["numerator"], view["total"]["denominator"]) == (12 + 13 + 14, 31 + 32 + 33)
    assert {value["indicator"] for value in view["values"]} == {"B4"}


def test_review_lists_open_questions_with_their_sentence(office: Office, ids: dict[str, str]) -> None:
    listed = {item["message"]: item for item in office.listed("review")}
    assert set(listed) == {ids["held"], ids["question"]}
    held = listed[ids["held"]]
    assert held["proposal"] == {"unit": "suoi-dau", "report": REPORT, "period": PERIOD}
    assert held["question"]["sentence"] != held["question"]["code"]


def test_consolidate_as_json_gives_totals_with_their_parts_and_coverage(fresh: Office) -> None:
    after_round(fresh.home.parent)
    view = fresh.listed("consolidate", "--report", REPORT, "--period", PERIOD)
    totals = {(total["indicator"], total["sex"]): total for total in view["totals"]}
    ratio = totals["B4R", "total"]
    assert (ratio["numerator"], ratio["denominator"]) == (39, 96)
    assert ratio["value"] == pytest.approx(40.63)
    assert (ratio["n"], ratio["N"]) == (3, 7)
    assert totals["B1", "total"]["missing"] == ["suoi-dau", "y-te", "van-hoa", "the-thao"]
    folder = Path(view["folder"])
    assert sorted(view["files"]) == sorted(path.name for path in folder.iterdir())
    assert {Path(name).suffix for name in view["files"]} == {".docx", ".xlsx"}


def test_consolidate_as_of_an_earlier_moment_counts_what_had_come(fresh: Office) -> None:
    after_round(fresh.home.parent)
    view = fresh.listed("consolidate", "-r", REPORT, "-k", PERIOD, "--as-of", "2023-06-02")
    assert view["counts"]["received"] == 1


def test_a_departments_own_template_makes_the_next_issue_and_a_spoiled_one_is_named(fresh: Office) -> None:
    after_round(fresh.home.parent)
    chosen = ("consolidate", "-r", REPORT, "-k", PERIOD)
    assert fresh.listed(*chosen)["number"] == 1
    own = fresh.home / "templates" / "documents" / "report" / "closing.txt"
    own.parent.mkdir(parents=True)
    own.write_text("Trên đây là báo cáo.", "utf-8")
    view = fresh.listed(*chosen)
    assert (view["number"], view["new"]) == (2, True)
    own.with_name("~closing.txt.bak").write_text("an editor's", "utf-8")
    assert not fresh.listed(*chosen)["new"]
    own.write_text("{{ nobody_knows }}", "utf-8")
    refused = fresh.run(*chosen, code=7)
    assert "report/closing.txt" in refused.err


def test_a_shipped_template_that_changed_makes_the_next_issue_and_the_words_of_a_page_none(
    fresh: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    after_round(fresh.home.parent)
    chosen = ("consolidate", "-r", REPORT, "-k", PERIOD)
    assert fresh.listed(*chosen)["number"] == 1
    texts = dict(shipped_texts())
    assert "shipped/documents/report/closing.txt" in texts
    assert "shipped/wording/documents.vi.yaml" in texts
    assert not [name for name in texts if "web" in name or name.endswith(".en.yaml")]
    changed = tuple((texts | {"shipped/documents/report/closing.txt": "0" * 64}).items())
    monkeypatch.setattr("desk.office.shipped_texts", lambda: changed)
    assert fresh.listed(*chosen)["number"] == 2
    assert not fresh.listed(*chosen)["new"]


def test_remind_previews_and_queues_nothing(office: Office) -> None:
    view = office.listed("remind")
    assert view["mode"] == "preview"
    assert {"y-te", "van-hoa"} <= {mail["unit"] for mail in view["mails"]}
    assert not {"binh-minh", "hoa-lac", "suoi-dau"} & {mail["unit"] for mail in view["mails"]}
    with office.opened() as opened:
        assert opened.ledger.outbox() == ()


def test_remind_queues_each_mail_once(fresh: Office) -> None:
    after_round(fresh.home.parent)
    first = fresh.listed("remind", "--queue")["mails"]
    second = fresh.listed("remind", "--queue")["mails"]
    assert first
    assert [mail["message_id"] for mail in first] == [mail["message_id"] for mail in second]
    with fresh.opened() as opened:
        assert len(opened.ledger.outbox()) == len(first)


def test_doctor_as_json_names_each_part_and_its_state(office: Office) -> None:
    listed = office.listed("doctor")
    assert {one["state"] for one in listed} <= {"well", "warning"}
    assert {"python", "disk", "regime", "ledger", "readers", "mailbox"} <= {one["part"] for one in listed}


def test_init_makes_a_home_that_is_left_alone_the_second_time(tmp_path: Path) -> None:
    office = Office(tmp_path / "moi", tmp_path)
    first = office.run("init", "son-duong")
    assert (office.home / "regime" / "department.yaml").is_file()
    (office.home / "regime" / "units.csv").write_bytes(
        (office.home / "regime" / "units.csv").read_bytes() + b""
    )
    before = {path: path.read_bytes() for path in office.home.rglob("*") if path.is_file()}
    second = office.run("init")
    assert before == {path: path.read_bytes() for path in office.home.rglob("*") if path.is_file()}
    assert first.out != second.out


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("messages",),
        ("review",),
        ("review", "--all"),
        ("values",),
        ("trace", "B1"),
        ("remind", "--show"),
        ("doctor",),
    ],
    ids=" ".join,
)
def test_every_looking_command_prints_a_table_in_vietnamese(office: Office, words: tuple[str, ...]) -> None:
    out = office.run(*words).out
    assert out.strip()
    assert re.search("[ăâđêôơưạảấầẩậắằặẹẻẽếềểễệỉịọỏốồổỗộớờởợụủứừửữựỳỵỷỹ]", out)


def test_a_home_without_mail_has_nothing_to_show_and_says_so(fresh: Office) -> None:
    assert fresh.listed("messages") == []
    assert fresh.listed("review") == []
    assert "Không có việc cần xem." in fresh.run("review").out


@pytest.mark.parametrize("command", ["status", "consolidate"])
def test_a_period_that_runs_before_the_first_look_at_the_mailbox_is_named(
    fresh: Office, command: str
) -> None:
    told = fresh.run(command).out
    assert "BĐG, 6 tháng đầu năm 2023: đã mở, chưa lấy thư lần nào." in told
    assert "Chưa có kỳ báo cáo nào đang mở." not in told
    assert "tonghop poll" in told
    before = fresh.run(command, "--as-of", "2022-01-31T00:00").out
    assert "Chưa có kỳ báo cáo nào đang mở." in before


# -- faults of the person at the keyboard -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("status", "-r", "khong-co"), 6),
        (("status", "-k", "2023-Q9"), 6),
        (("status", "--as-of", "hôm qua"), 6),
        (("messages", "--state", "lạ"), 6),
        (("outbox", "list", "--state", "lạ"), 6),
        (("messages", "--class", "lạ"), 6),
        (("messages", "--unit", "lạ"), 6),
        (("values", "-u", "lạ"), 6),
        (("trace", "ZZ"), 6),
        (("trace", "B1", "--unit", "lạ"), 6),
        (("consolidate", "-r", "khong-co"), 6),
        (("decide", "accept", "0123456789ab"), 6),
        (("decide", "set-aside", "0123456789ab"), 6),
        (("decide", "value", "0123456789ab", "12"), 6),
        (("decide", "link", "a@b.example", "khong-co"), 6),
        (("decide", "link", "khong phai dia chi", "y-te"), 6),
        (("decide", "link", "a@b.example", "y-te", "--from", "hôm qua"), 6),
        (("decide", "receive", "khong-co", "-r", REPORT, "-k", PERIOD), 6),
        (("decide", "receive", "y-te"), 6),
        (("decide", "receive", "y-te", "-r", REPORT, "-k", PERIOD, "--channel", "bồ câu"), 6),
        (("decide", "exempt", "y-te", "-r", REPORT, "-k", "2023-Q9", "--reason", "x"), 6),
        (("decide", "extend", "y-te", "mai", "-r", REPORT, "-k", PERIOD, "--reason", "x"), 6),
        (("decide", "reopen", "0123456789ab"), 6),
        (("decide", "exempt", "y-te"), 2),
        (("import", "/khong/co/o/day"), 4),
        (("poll",), 3),
        (("khong-co-lenh",), 2),
        (("status", "--khong-co"), 2),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, tuple) else "",
)
def test_what_cannot_be_done_ends_with_a_sentence_and_its_code(
    fresh: Office, words: tuple[str, ...], code: int
) -> None:
    ran = fresh.run(*words, code=code)
    assert ran.err.strip()
    assert "Traceback" not in ran.err
    with fresh.opened() as opened:
        assert opened.ledger.decisions() == ()


def test_a_folder_that_is_no_installation_ends_with_3(tmp_path: Path) -> None:
    ran = Office(tmp_path / "trong", tmp_path).run("status", code=3)
    assert "init" in ran.err
    assert not (tmp_path / "trong").exists()


def test_a_file_in_the_place_of_the_home_is_told(tmp_path: Path) -> None:
    (tmp_path / "tep").write_text("x")
    office = Office(tmp_path / "tep", tmp_path)
    office.run("status", code=3)
    assert office.run("init", "son-duong", code=7).err.strip()


def test_an_unknown_regime_ends_with_3_and_names_those_there_are(tmp_path: Path) -> None:
    ran = Office(tmp_path / "moi", tmp_path).run("init", "sao-hoa", code=3)
    assert "son-duong" in ran.err


def test_init_without_a_regime_names_those_there_are(tmp_path: Path) -> None:
    ran = Office(tmp_path / "moi", tmp_path).run("init", code=6)
    assert "son-duong" in ran.err


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("settings.yaml", "mailbox: [khong"),
        ("settings.yaml", "la: 1"),
        ("regime/department.yaml", "id: x"),
        ("regime/reports/bdg.yaml", "id: bdg\nname: {"),
        ("regime/units.csv", "mã,tên\nx,y\n"),
    ],
)
def test_a_faulty_configuration_ends_with_3_and_names_the_file(
    fresh: Office, file: str, content: str
) -> None:
    (fresh.home / file).write_text(content, "utf-8")
    ran = fresh.run("status", code=3)
    assert Path(file).name in ran.err
    assert "Traceback" not in ran.err


def test_a_ledger_of_a_later_version_ends_with_5(fresh: Office) -> None:
    fresh.run("status")
    with sqlite3.connect(fresh.ledger_file) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    assert fresh.run("status", code=5).err.strip()


def test_a_ledger_that_is_no_database_ends_with_5(fresh: Office) -> None:
    fresh.ledger_file.write_bytes(b"khong phai SQLite" * 100)
    fresh.run("status", code=5)


def test_an_archive_nobody_can_write_to_is_told(fresh: Office) -> None:
    (fresh.home / "archive").write_text("a file in its place")
    assert "archive" in fresh.run("status", code=7).err


def test_a_manifest_that_is_no_json_is_told(fresh: Office) -> None:
    round_of_mail(fresh)
    manifest = fresh.mail / "manifest.json"
    manifest.write_text("{khong", "utf-8")
    assert fresh.run("import", str(fresh.mail), "--arrivals", str(manifest), code=4).err.strip()


def test_a_prefix_that_fits_several_messages_is_asked_about(fresh: Office) -> None:
    for number in range(20):
        fresh.deliver(f"Subject: {number}\r\n\r\n".encode(), "2023-06-01T08:00")
    fresh.take_in()
    known = [message["archive_id"] for message in fresh.listed("messages")]
    first = next(a[0] for a in known if sum(b[0] == a[0] for b in known) > 1)
    fresh.run("decide", "set-aside", first, code=6)


# -- language --------------------------------------------------------------------------------------------


def test_help_is_in_vietnamese_unless_english_is_asked_for(office: Office) -> None:
    vietnamese = spawn(["--help"])
    english = spawn(["--lang", "en", "--help"])
    assert (vietnamese.returncode, english.returncode) == (0, 0)
    assert "Đọc hộp thư một lần" in vietnamese.stdout
    assert "Look into the mailbox once" in english.stdout
    assert "Đọc hộp thư" not in english.stdout
    told = office.spawn("--lang", "en", "status")
    assert "units owe it" in told.stdout
    assert office.spawn("status", "-r", "x", env={"TONGHOP_LANGUAGE": "en"}).stderr.startswith("There is no")


def test_faults_of_the_configuration_speak_the_language_that_was_asked_for(fresh: Office) -> None:
    (fresh.home / "regime" / "department.yaml").write_text("id: x\n", "utf-8")
    vietnamese, english = fresh.spawn("status"), fresh.spawn("--lang", "en", "status")
    assert (vietnamese.returncode, english.returncode) == (3, 3)
    assert english.stderr != vietnamese.stderr
    assert "department.yaml" in english.stderr


@pytest.mark.parametrize("name", [name for name, _ in every_command()])
def test_every_command_and_option_explains_itself(name: str) -> None:
    command = dict(every_command())[name]
    assert command.help
    for parameter in command.params:
        assert getattr(parameter, "help", "") or parameter.name == "help", f"{name} {parameter.name}"
    result = CliRunner().invoke(app, [*name.split(), "--help"])
    assert result.exit_code == 0


def test_every_interface_sentence_has_its_english() -> None:
    vietnamese, english = _shipped("vi"), _shipped("en")
    mine = {key for key in vietnamese if key.partition(".")[0] in INTERFACE}
    assert sorted(mine - english.keys()) == []
    assert sorted(key for key in english if key not in vietnamese) == []


def test_both_languages_fill_the_same_places() -> None:
    vietnamese, english = _shipped("vi"), _shipped("en")
    places = re.compile(r"{(\w+)")
    different = [
        key
        for key in vietnamese.keys() & english.keys()
        if set(places.findall(vietnamese[key])) != set(places.findall(english[key]))
    ]
    assert different == []


#: Names of files, and of events of the log, that look like a sentence's key.
NO_SENTENCES = {heartbeat.FILE, backup.LEDGER, store.FILE, "daemon.failed", "daemon.trouble"}


def _sentences_named() -> set[str]:
    """Keys of sentences that stand as they are in the code."""
    areas = {key.partition(".")[0] for key in _shipped("vi")}
    key = re.compile(rf"(?:{'|'.join(areas)})\.[a-z][a-z0-9_]*[a-z0-9]")
    found = set()
    program = ("config", "ledger", "intake", "consolidate", "desk")
    for path in chain.from_iterable((ROOT / package).rglob("*.py") for package in program):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and key.fullmatch(node.value):
                found.add(node.value)
    return found - NO_SENTENCES


def test_every_sentence_the_code_names_is_there() -> None:
    named = _sentences_named()
    say = Wording("vi")
    assert len(named) > 400
    assert sorted(key for key in named if not say.has(key)) == []


@pytest.mark.parametrize(
    ("pattern", "members"),
    [
        ("terms.class_{}", MessageClass),
        ("terms.message_{}", MessageState),
        ("terms.state_{}", ObligationState),
        ("cli.outbox_{}", OutboxState),
    ],
    ids=["class", "message", "state", "outbox"],
)
def test_every_state_has_a_word(pattern: str, members: Any) -> None:
    say = Wording("vi")
    assert [member for member in members if not say.has(pattern.format(member.value))] == []


def test_a_rung_of_the_ladder_and_any_other_mail_have_their_names() -> None:
    say = Wording("vi")
    named = [
        mail_name(*mail, say) for mail in (("chase", "don-doc-2"), ("return-2", "0a1b2c"), ("chase", "own"))
    ]
    assert named == ["Đôn đốc lần 2", "Đề nghị bổ sung", "Nhắc, đôn đốc"]


# -- around ----------------------------------------------------------------------------------------------


def test_the_console_script_is_this_command_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["scripts"] == {"tonghop": "desk.cli:main"}


def test_a_command_that_cannot_even_say_why_it_ends_still_ends_with_its_code(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        words = [sys.executable, "-m", "desk", "--home", str(tmp_path / "trong"), "status"]
        ran = subprocess.run(words, stderr=full, stdout=full, check=False, cwd=ROOT, timeout=60)
    assert ran.returncode == 3


def test_json_goes_to_standard_output_alone(office: Office) -> None:
    ran = office.spawn("messages", "--json")
    assert ran.stderr == ""
    assert len(json.loads(ran.stdout)) == 6


def test_the_officers_home_is_found_in_the_environment(office: Office) -> None:
    ran = spawn(["--clock", NOW, "status", "--json"], {"TONGHOP_HOME": str(office.home)})
    assert len(json.loads(ran.stdout)[0]["obligations"]) == len(UNITS)


def test_findings_are_listed_gravest_first_with_sentence_and_place(office: Office) -> None:
    listed = office.listed("findings", "--report", REPORT, "--period", PERIOD)
    grades = [finding["grade"] for finding in listed]
    assert grades == sorted(grades, key=["error", "warning", "note"].index)
    assert all(finding["sentence"] != finding["code"] for finding in listed)
    assert office.listed("findings", "-u", "binh-minh") == [
        finding for finding in listed if finding["unit"] == "binh-minh"
    ]


@pytest.mark.parametrize(("option", "name"), [((), "password"), (("--outgoing",), "smtp_password")])
def test_a_password_is_asked_for_kept_for_its_owner_and_never_shown(
    tmp_path: Path, option: tuple[str, ...], name: str
) -> None:
    words = ["--home", str(tmp_path), "password", *option]
    done = CliRunner().invoke(app, words, input=" mat-khau-rieng \n")
    assert done.exit_code == 0, done.output
    kept = tmp_path / "secret"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert secret(name, tmp_path, {}) == Secret("mat-khau-rieng")
    assert str(kept) in done.output
    assert "mat-khau-rieng" not in done.output


def test_a_password_needs_a_working_folder(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["--home", str(tmp_path / "none"), "password"], input="mat-khau\n")
    assert done.exit_code == CONFIGURATION
    assert not (tmp_path / "none").exists()


#: What takes long to import; each command loads only what it needs.
DOCUMENTS = {"openpyxl", "numpy", "docx", "lxml", "xlsxwriter", "alembic", "mako", "pdfplumber", "PIL"}
LEDGER = {"sqlalchemy", "holidays", "imapclient", "cryptography"}
LOADED = """
import sys
from desk.cli import main
sys.argv = ["tonghop", *sys.argv[1:]]
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
print("LOADED", *{name.partition(".")[0] for name in sys.modules})
"""


def loaded_by(*words: str) -> set[str]:
    told = subprocess.run(
        [sys.executable, "-c", LOADED, *words],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
        timeout=120,
    )
    return set(told.stdout.split("LOADED", 1)[1].split())


def test_help_loads_nothing_that_takes_long() -> None:
    assert not loaded_by("--help") & (DOCUMENTS | LEDGER)
    assert not loaded_by("decide", "accept", "--help") & (DOCUMENTS | LEDGER)


def test_status_loads_no_writer_of_documents_and_no_migrations(office: Office) -> None:
    loaded = loaded_by("--home", str(office.home), "status")
    assert loaded >= {"sqlalchemy"}  # or the measure would be worth nothing
    assert not loaded & DOCUMENTS


def test_two_questions_about_one_indicator_say_which_figure_each_means(office: Office) -> None:
    page = StringIO()
    asked: dict[str, Any] = {"id": "a1", "unit": "binh-minh", "period": PERIOD, "text": "38,5"}
    asked["question"] = {"sentence": "Chỉ có tỷ lệ."}
    figures = (("B1", "total"), ("B1", "female"), (None, None))
    with office.opened() as opened:
        printer = Printer(Wording("vi"), Console(file=page, width=120))
        views = [asked | {"indicator": indicator, "sex": sex} for indicator, sex in figures]
        printer.review(views, opened.regime)
    told = [line.split("/")[-2].strip() for line in page.getvalue().splitlines() if "38,5" in line]
    assert told == ["B1 tổng số", "B1 nữ", PERIOD]


def test_a_table_of_eighty_columns_cuts_no_step_and_no_state(office: Office) -> None:
    page = StringIO()
    mail = {"id": 1, "unit": "binh-minh", "to": ["vanthu@binhminh.example"], "kind": "chase"}
    with office.opened() as opened:
        printer = Printer(Wording("vi"), Console(file=page, width=80))
        printer.outbox([mail | {"step": "don-doc-1", "state": "uncertain"}], opened.regime)
    shown = re.sub(r"[\s│]+", " ", page.getvalue())
    assert "Đôn đốc lần 1" in shown
    assert all(f" {word} " in shown for word in ["chưa", "rõ", "đã", "gửi", "hay", "chưa"])


def test_figures_on_eighty_columns_stand_whole_below_their_unit(office: Office) -> None:
    page = StringIO()
    source = {"file": "bao cao tong hop cua xa.docx", "place": "bảng 2, hàng 3, cột 4", "text": "640"}
    view = {"unit": "binh-minh", "indicator": "B2", "sex": "female", "value": 320, "source": source}
    view |= {"unit_of_measure": "lượt người", "certainty": "certain"}
    with office.opened() as opened:
        printer = Printer(Wording("vi"), Console(file=page, width=80))
        printer.values([view, view | {"indicator": "B3", "value": None}], opened.regime)
    told = page.getvalue().splitlines()
    assert told[:2] == ["UBND xã Bình Minh", "  B2 nữ: 320 lượt người (chắc chắn)"]
    assert told[2].strip() == "bao cao tong hop cua xa.docx, bảng 2, hàng 3, cột 4 “640”"
    assert told[3].startswith("  B3 nữ:")
