from __future__ import annotations

import os
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

import desk.upkeep.doctor
from config.settings import load_settings
from config.wording import Wording
from desk.upkeep.doctor import Examined, examine
from tests.dovecot import running_dovecot
from tests.offices import Office, make_office, report_mail
from tests.smtp_server import USER, running_smtp

SAY = Wording("vi")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return make_office(tmp_path)


def found(office: Office) -> dict[str, Examined]:
    return {one.part: one for one in examine(office.home, SAY)}


def test_a_sound_office_has_no_fault(office: Office) -> None:
    parts = found(office)
    assert [one.part for one in parts.values() if one.state == "fault"] == []
    assert all(one.sentence and "…" not in one.sentence for one in parts.values())


def test_units_without_an_address_are_named_before_use(office: Office) -> None:
    regime = found(office)["regime"]
    assert regime.state == "warning"
    assert "Suối Dâu" in regime.sentence


def test_a_message_missing_from_the_archive_is_a_fault(office: Office) -> None:
    archive_id = office.deliver(report_mail("binh-minh"), "2023-06-01T08:00")
    office.take_in()
    assert found(office)["ledger"].state == "well"
    next(path for path in (office.home / "archive").rglob("*") if archive_id in path.name).unlink()
    assert found(office)["ledger"].state == "fault"
    office.run("doctor", code=1)


def test_a_ledger_that_is_no_database_is_a_fault_and_not_an_error(office: Office) -> None:
    office.ledger_file.write_bytes(b"khong phai SQLite" * 100)
    ledger = found(office)["ledger"]
    assert (ledger.state, "sổ" in ledger.sentence.lower()) == ("fault", True)


def test_history_that_was_written_over_is_a_fault(office: Office) -> None:
    office.deliver(report_mail("binh-minh"), "2023-06-01T08:00")
    office.take_in()
    with sqlite3.connect(office.ledger_file) as database:
        triggers = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'history'"
        ).fetchall()
        for (name,) in triggers:
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE history SET subject = 'x' WHERE number = (SELECT min(number) FROM history)")
    database.close()
    assert found(office)["ledger"].state == "fault"


def test_a_faulty_configuration_is_a_fault_with_its_file(office: Office) -> None:
    (office.home / "regime" / "department.yaml").write_text("id: x\n")
    regime = found(office)["regime"]
    assert regime.state == "fault"
    assert "department.yaml" in regime.sentence
    (office.home / "settings.yaml").write_text("la: 1\n")
    assert found(office)["settings"].state == "fault"


def test_a_full_disk_is_a_fault_before_mail_is_lost(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.upkeep.doctor, "LEAST_FREE", 1 << 62)
    assert found(office)["disk"].state == "fault"


def test_what_is_not_installed_is_a_warning_that_says_what_will_not_work(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    office_tool = found(office)["libreoffice"]
    assert office_tool.state == "warning"
    assert ".doc" in office_tool.sentence


def test_a_mailbox_is_tried_for_real(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_dovecot() as server:
        office.settings(
            f"mailbox: {{host: 127.0.0.1, port: {server.port}, user: kham, encryption: none,"
            " allow_plain_on_loopback: true}\n"
        )
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        monkeypatch.setenv("TONGHOP_PASSWORD", server.password)
        well = found(office)["mailbox"]
        assert (well.state, "INBOX" in well.sentence) == ("well", True)
        monkeypatch.setenv("TONGHOP_PASSWORD", "sai")
        assert found(office)["mailbox"].state == "fault"


def test_a_secret_others_may_read_is_a_fault_and_not_an_error(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TONGHOP_PASSWORD", raising=False)
    office.settings("mailbox: {host: imap.songmay.example, user: phong}\n")
    (office.home / "secret").write_text("password: x\n")
    (office.home / "secret").chmod(0o644)
    assert found(office)["mailbox"].state == "fault"
    office.run("doctor", code=1)


def test_looking_changes_nothing(office: Office) -> None:
    office.deliver(report_mail("binh-minh"), "2023-06-01T08:00")
    office.take_in()
    before = office.listed("messages")
    examine(office.home, SAY)
    assert office.listed("messages") == before


def test_a_home_that_is_not_there_is_a_finding_and_is_not_made(tmp_path: Path) -> None:
    parts = {one.part: one for one in examine(tmp_path / "khong-co", SAY)}
    assert parts["regime"].state == "fault"
    assert not (tmp_path / "khong-co").exists()


def test_the_outgoing_server_is_tried_as_far_as_the_login_and_nothing_is_sent(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    assert found(office)["smtp"].state == "warning"
    with running_smtp() as server:
        office.settings(
            f"smtp: {{host: 127.0.0.1, port: {server.port}, user: {USER}, encryption: tls,"
            f" ca_file: {server.ca_file}}}\n"
        )
        monkeypatch.setenv("TONGHOP_SMTP_PASSWORD", server.password)
        assert found(office)["smtp"].state == "well"
        monkeypatch.setenv("TONGHOP_SMTP_PASSWORD", "sai")
        assert found(office)["smtp"].state == "fault"
        assert server.mails == []
    assert found(office)["smtp"].state == "fault"  # nobody answers any more


def test_a_clock_behind_the_mail_is_a_fault(office: Office) -> None:
    office.deliver(report_mail("binh-minh"), "2023-06-01T08:00")
    office.take_in()
    assert found(office)["clock"].state == "well"
    office.deliver(report_mail("dong-tam"), "2999-06-01T08:00")
    office.take_in()
    assert found(office)["clock"].state == "fault"


def test_an_old_token_is_a_warning(office: Office) -> None:
    office.settings("mailbox: {host: imap.songmay.example, user: phong, authentication: xoauth2}\n")
    secret = office.home / "secret"
    secret.write_text("oauth_token: x\n")
    secret.chmod(0o600)
    assert desk.upkeep.doctor._token(load_settings(office.home), SAY)[0].state == "well"
    old = secret.stat().st_mtime - 8 * 86_400
    os.utime(secret, (old, old))
    told = desk.upkeep.doctor._token(load_settings(office.home), SAY)[0]
    assert (told.state, "8 ngày" in told.sentence) == ("warning", True)


def test_every_letter_is_tried_and_a_spoiled_one_is_a_fault(office: Office) -> None:
    assert found(office)["letters"].state == "well"
    own = office.home / "templates" / "mail" / "chua-mo-duoc.txt"
    own.parent.mkdir(parents=True)
    own.write_bytes("Kính gửi".encode("utf-16"))
    letters = found(office)["letters"]
    assert (letters.state, "mail/chua-mo-duoc.txt" in letters.sentence) == ("fault", True)
    office.run("doctor", code=1)


def test_own_words_that_cannot_be_said_are_a_fault_and_stop_every_command(office: Office) -> None:
    own = office.home / "templates" / "wording" / "outgoing.vi.yaml"
    own.parent.mkdir(parents=True)
    own.write_text('subject_urge: "V/v gửi {bao_cao}"\n', "utf-8")
    letters = found(office)["letters"]
    assert (letters.state, "outgoing.vi.yaml, dòng 1" in letters.sentence) == ("fault", True)
    office.run("remind", code=3)
    own.write_text('khong_co_cau_nay: "Lời"\n', "utf-8")
    letters = found(office)["letters"]
    assert (letters.state, "outgoing.khong_co_cau_nay" in letters.sentence) == ("warning", True)


def test_a_clock_an_hour_behind_the_mail_is_told_in_the_departments_time(office: Office) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=1)
    local = ahead.astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
    office.deliver(report_mail("binh-minh"), local.strftime("%Y-%m-%dT%H:%M"))
    office.take_in()
    clock = found(office)["clock"]
    assert (clock.state, local.strftime("%H:%M %d/%m/%Y") in clock.sentence) == ("warning", True)


def test_a_recogniser_without_vietnamese_is_told_with_what_to_install(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(office)["tesseract"].state == "well"
    monkeypatch.setattr("intake.extractors.scan._LANGUAGE", "a model nobody has")
    told = found(office)["tesseract"]
    assert (told.state, "tesseract-ocr-vie" in told.sentence) == ("warning", True)


def test_a_year_without_holidays_is_a_warning(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(office)["holidays"].state == "well"
    monkeypatch.setattr(desk.upkeep.doctor, "date", SimpleNamespace(today=lambda: date(2150, 1, 1)))
    told = found(office)["holidays"]
    assert (told.state, "extra_holidays" in told.sentence) == ("warning", True)


@pytest.mark.parametrize("part", ["mailbox", "smtp"])
def test_a_server_that_cannot_be_reached_is_named_with_where_to_look(
    office: Office, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setenv("TONGHOP_PASSWORD", "x")
    monkeypatch.setenv("TONGHOP_SMTP_PASSWORD", "x")
    office.settings(f"{part}: {{host: 127.0.0.1, port: 1, user: phong@songmay.example, encryption: tls}}\n")
    told = found(office)[part]
    assert (told.state, "127.0.0.1" in told.sentence, "cổng" in told.sentence) == ("fault", True, True)


def test_a_missing_password_of_the_outgoing_server_is_asked_for_by_its_own_command(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyring.get_password", lambda _service, _name: None)
    office.settings("smtp: {host: smtp.songmay.example, user: phong@songmay.example}\n")
    told = found(office)["smtp"]
    assert (told.state, "tonghop password --outgoing" in told.sentence) == ("fault", True)
