from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from config.errors import InvalidSettingsError
from config.settings import Authentication, Encryption, load_settings

FULL = """\
regime: bo-cau-hinh
database_url: postgresql+psycopg:///tonghop
officer: Lò Thị Mai
mailbox:
  host: imap.example.vn
  user: phong@example.vn
  authentication: xoauth2
  folders: [inbox, junk, =Báo cáo]
  start: 01/05/2023
smtp:
  host: smtp.example.vn
  user: phong@example.vn
  port: 587
"""


def a_home(path: Path, text: str) -> Path:
    (path / "settings.yaml").write_text(text, "utf-8")
    return path


def faults(home: Path, environment: dict[str, str] | None = None) -> list[tuple[str, str, int]]:
    with pytest.raises(InvalidSettingsError) as caught:
        load_settings(home, environment or {})
    return [(problem.code, problem.key, problem.line) for problem in caught.value.problems]


def test_without_a_file_everything_lies_in_the_home_folder(tmp_path: Path) -> None:
    found = load_settings(tmp_path, {})
    assert found.database_url == f"sqlite:///{tmp_path}/tonghop.sqlite3"
    assert (found.archive, found.outputs) == (tmp_path / "archive", tmp_path / "outputs")
    assert (found.regime, found.mailbox, found.language) == (tmp_path / "regime", None, "vi")


def test_a_full_file_is_read(tmp_path: Path) -> None:
    found = load_settings(a_home(tmp_path, FULL), {})
    assert found.mailbox is not None
    assert found.smtp is not None
    assert found.regime == tmp_path / "bo-cau-hinh"
    assert found.mailbox.authentication is Authentication.XOAUTH2
    assert found.mailbox.folders == ("inbox", "junk", "=Báo cáo")
    assert (found.mailbox.port, found.mailbox.start) == (993, date(2023, 5, 1))
    assert (found.mailbox.account, found.smtp.sender) == ("phong@example.vn", "phong@example.vn")
    assert found.smtp.encryption is Encryption.STARTTLS


def test_sending_uses_tls_from_the_start_unless_told(tmp_path: Path) -> None:
    found = load_settings(a_home(tmp_path, "smtp: {host: s.example.vn, user: a}"), {})
    assert found.smtp is not None
    assert (found.smtp.port, found.smtp.encryption) == (465, Encryption.TLS)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    environment = {
        "TONGHOP_MAILBOX_HOST": "imap2.example.vn",
        "TONGHOP_MAILBOX_FOLDERS": "inbox, all",
        "TONGHOP_MAILBOX_POLL_SECONDS": "60",
        "TONGHOP_LANGUAGE": "en",
    }
    found = load_settings(a_home(tmp_path, FULL), environment)
    assert found.mailbox is not None
    assert (found.mailbox.host, found.mailbox.user) == ("imap2.example.vn", "phong@example.vn")
    assert (found.mailbox.folders, found.mailbox.poll_seconds) == (("inbox", "all"), 60)
    assert found.language == "en"


def test_a_mailbox_may_stand_in_the_environment_alone(tmp_path: Path) -> None:
    found = load_settings(tmp_path, {"TONGHOP_SMTP_HOST": "s.example.vn", "TONGHOP_SMTP_USER": "a"})
    assert found.smtp is not None


def test_all_faults_are_named_with_their_lines(tmp_path: Path) -> None:
    text = "mailbox:\n  host: h\n  user: u\n  prot: 993\n  start: 31/02/2023\nlanguage: fr\n"
    assert sorted(faults(a_home(tmp_path, text))) == [
        ("bad_day", "mailbox.start", 5),
        ("not_one_of", "language", 6),
        ("unknown_key_near", "mailbox.prot", 4),
    ]


def test_a_fault_of_the_environment_names_its_variable(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettingsError, match=r"^Biến môi trường TONGHOP_MAILBOX_PORT"):
        load_settings(a_home(tmp_path, FULL), {"TONGHOP_MAILBOX_PORT": "chín"})


@pytest.mark.parametrize("host", ["imap.example.vn", "10.0.0.1"])
def test_plain_connections_are_for_loopback_only(tmp_path: Path, host: str) -> None:
    text = f"mailbox: {{host: {host}, user: a, encryption: none, allow_plain_on_loopback: true}}"
    assert faults(a_home(tmp_path, text)) == [("plain_not_on_loopback", "mailbox.encryption", 1)]


def test_plain_connections_on_loopback_are_asked_for(tmp_path: Path) -> None:
    text = "mailbox: {host: 127.0.0.1, user: a, encryption: none}"
    assert [code for code, _, _ in faults(a_home(tmp_path, text))] == ["plain_not_on_loopback"]
    allowed = load_settings(tmp_path, {"TONGHOP_MAILBOX_ALLOW_PLAIN_ON_LOOPBACK": "true"})
    assert allowed.mailbox is not None
    assert allowed.mailbox.encryption is Encryption.NONE


def test_a_folder_is_an_attribute_or_a_marked_name(tmp_path: Path) -> None:
    text = "mailbox:\n  host: h\n  user: u\n  folders: [thung-rac]\n"
    assert faults(a_home(tmp_path, text)) == [("unknown_folder_word", "mailbox.folders[1]", 4)]


@pytest.mark.parametrize("text", ["- a\n- b\n", "mailbox: [", "officer: a\nofficer: b\n"])
def test_a_file_of_another_shape_is_a_fault(tmp_path: Path, text: str) -> None:
    assert len(faults(a_home(tmp_path, text))) == 1


def test_a_relative_home_gives_absolute_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings(Path(), {}).archive.is_absolute()
