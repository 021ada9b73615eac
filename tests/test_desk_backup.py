"""A home in one file, taken while a daemon works, brought back whole or not at all."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pyrage
import pytest

from desk.errors import DOCUMENT
from ledger.references import reference_key
from tests.dovecot import Dovecot, running_dovecot
from tests.offices import (
    PERIOD,
    REPORT,
    Office,
    after_round,
    figures,
    inside,
    make_office,
    report_mail,
    round_of_mail,
)
from tests.postgres import private_postgres
from tests.test_desk_daemon import SECRET, daemon, mailbox, until

WHERE = ("-r", REPORT, "-k", PERIOD)
PHRASE = "con ngựa pin đúng ghim"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office, ids = after_round(tmp_path_factory.mktemp("backup"))
    office.run("decide", "accept", office.question(ids["held"]))
    office.run("consolidate", *WHERE)
    (office.home / "secret").write_text("password: khong-duoc-sao-luu\n")
    (office.home / "secret").chmod(0o600)
    return office


def shown(office: Office) -> list[Any]:
    words = (("messages",), ("values", *WHERE), ("status", *WHERE), ("review",), ("findings", *WHERE))
    views = [office.listed(*word) for word in words]
    issue = office.listed("consolidate", *WHERE)
    return [*views, issue["number"], issue["new"], issue["totals"]]


def restored(made: Office, file: Path, tmp_path: Path, *words: str, code: int = 0) -> Office:
    office = Office(tmp_path / "restored", made.mail)
    office.run("restore", str(file), *words, code=code)
    return office


def test_a_restored_home_is_sound_and_shows_the_same(made: Office, tmp_path: Path) -> None:
    reference_key(made.home)
    made.run("backup", str(tmp_path / "a.tar"))
    office = restored(made, tmp_path / "a.tar", tmp_path)
    office.run("verify")
    assert shown(office) == shown(made)
    assert (office.home / "reference.key").read_bytes() == reference_key(made.home)
    assert (office.home / "reference.key").stat().st_mode & 0o077 == 0
    assert (tmp_path / "a.tar").stat().st_mode & 0o077 == 0
    assert list(tmp_path.glob(".*")) == []


def test_a_backup_says_the_end_of_its_history_aloud_and_in_its_manifest(made: Office, tmp_path: Path) -> None:
    said = made.run("backup", str(tmp_path / "a.tar")).out
    with tarfile.open(tmp_path / "a.tar") as tar:
        content = tar.extractfile("manifest.json")
        assert content is not None
        told = json.loads(content.read())["history"]
    last = inside(made, lambda opened: opened.ledger.history()[-1])
    assert told == {"events": last.number, "head": last.sha256}
    assert last.sha256 in said
    made.run("verify", "--end", told["head"])


def test_no_secret_is_in_a_backup(made: Office, tmp_path: Path) -> None:
    made.run("backup", str(tmp_path / "a.tar"))
    assert b"khong-duoc-sao-luu" not in (tmp_path / "a.tar").read_bytes()
    with tarfile.open(tmp_path / "a.tar") as tar:
        assert "secret" not in tar.getnames()


def test_a_backup_for_a_key_opens_with_that_key_alone(made: Office, tmp_path: Path) -> None:
    own, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    for name, identity in (("own", own), ("other", other)):
        (tmp_path / name).write_text(f"# khóa\n{identity}\n")
    file = tmp_path / "a.tar.age"
    made.run("backup", str(file), "--recipient", str(own.to_public()))
    assert b"department.yaml" not in file.read_bytes()
    assert pyrage.decrypt(file.read_bytes(), [own]).startswith(b"ledger.sqlite3")
    restored(made, file, tmp_path, "--identity", str(tmp_path / "other"), code=DOCUMENT)
    restored(made, file, tmp_path, code=DOCUMENT)
    assert not (tmp_path / "restored").exists()
    restored(made, file, tmp_path, "--identity", str(tmp_path / "own")).run("verify")


def test_a_backup_under_a_passphrase_opens_with_it_alone(
    made: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGHOP_BACKUP_PASSPHRASE", PHRASE)
    file = tmp_path / "a.tar.age"
    made.run("backup", str(file), "--encrypt")
    assert b"department.yaml" not in file.read_bytes()
    monkeypatch.setenv("TONGHOP_BACKUP_PASSPHRASE", "sai")
    restored(made, file, tmp_path, code=DOCUMENT)
    monkeypatch.setenv("TONGHOP_BACKUP_PASSPHRASE", PHRASE)
    restored(made, file, tmp_path).run("verify")


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_backup_that_was_cut_or_changed_is_refused_and_leaves_nothing(
    made: Office, tmp_path: Path, encrypted: bool
) -> None:
    own = pyrage.x25519.Identity.generate()
    (tmp_path / "own").write_text(str(own))
    file = tmp_path / "a"
    made.run("backup", str(file), *(("--recipient", str(own.to_public())) if encrypted else ()))
    octets = file.read_bytes()
    flipped = bytearray(octets)
    flipped[len(octets) // 2] ^= 1
    for spoiled in (octets[: len(octets) // 2], octets[:-20_000], bytes(flipped), b"", b"khong phai"):
        file.write_bytes(spoiled)
        restored(made, file, tmp_path, "--identity", str(tmp_path / "own"), code=DOCUMENT)
    assert {path.name for path in tmp_path.iterdir()} == {"a", "own"}


def test_a_backup_with_names_that_lead_elsewhere_is_refused(made: Office, tmp_path: Path) -> None:
    for name in ("../x", "/etc/x", "archive/../../x", "bin/x"):
        with tarfile.open(tmp_path / "evil.tar", "w") as tar:
            tar.addfile(tarfile.TarInfo(name))
        restored(made, tmp_path / "evil.tar", tmp_path, code=DOCUMENT)
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        link = tarfile.TarInfo("regime/x")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    restored(made, tmp_path / "evil.tar", tmp_path, code=DOCUMENT)
    assert not (tmp_path / "restored").exists()


def test_neither_backup_nor_restore_writes_over_anything(made: Office, tmp_path: Path) -> None:
    file = tmp_path / "a.tar"
    made.run("backup", str(file))
    made.run("backup", str(file), code=DOCUMENT)
    made.run("restore", str(file), code=DOCUMENT)
    made.run("verify")
    made.run("backup", str(tmp_path))
    assert list(tmp_path.glob("tonghop-*.tar"))


def test_a_damaged_message_is_backed_up_and_told(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    archive_id = office.deliver(report_mail("binh-minh"), "2023-06-01T08:00")
    office.take_in()
    path = office.home / "archive" / archive_id[:2] / archive_id
    path.write_bytes(b"x" + path.read_bytes()[1:])
    assert archive_id in office.run("backup", str(tmp_path / "a.tar"), code=1).out


def test_mail_that_waited_is_held_after_a_restore(tmp_path: Path) -> None:
    office, _ = after_round(tmp_path)
    office.run("remind", "--queue")
    office.run("backup", str(tmp_path / "a.tar"))
    back = restored(office, tmp_path / "a.tar", tmp_path)
    assert {mail.state.value for mail in inside(back, lambda opened: opened.ledger.outbox())} == {"held"}
    back.run("verify")


@pytest.fixture(scope="module")
def server() -> Any:
    with running_dovecot() as running:
        yield running


def test_a_backup_taken_while_a_daemon_takes_mail_in_is_whole(
    tmp_path: Path, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = make_office(tmp_path)
    mailbox(office, server.port, "sao-luu")
    units = ("binh-minh", "dong-tam", "hoa-lac", "y-te")
    for number in range(40):
        server.append(
            "sao-luu",
            report_mail(units[number % 4], figures(number + 1)),
            date=f"01-Jun-2023 08:{number:02d}:00 +0700",
        )
    taken = []
    with daemon(office, "--once"):
        until(lambda: office.ledger_file.exists() and (office.home / "archive").exists())
        for number in range(4):
            path = tmp_path / f"{number}.tar"
            if office.spawn("backup", str(path)).returncode == 0:
                taken.append(path)
        until(lambda: len(office.listed("messages")) == 40, 120)
    assert taken
    monkeypatch.setenv("TONGHOP_PASSWORD", SECRET["TONGHOP_PASSWORD"])
    for number, path in enumerate(taken):
        back = Office(tmp_path / f"back{number}", office.mail)
        back.run("restore", str(path))
        back.run("verify", code=0 if _recorded_all(back) else 1)
        back.run("poll")
        back.run("verify")
        assert len(back.listed("messages")) == 40
        assert back.listed("status", *WHERE) == office.listed("status", *WHERE)


def _recorded_all(office: Office) -> bool:
    """Messages that came between the snapshot of the ledger and the archive are still to be taken in."""
    flaws = office.spawn("verify", "--json").stdout
    assert '"message_extra"' in flaws or '"flaws": []' in flaws
    return '"flaws": []' in flaws


def test_a_ledger_on_postgresql_is_backed_up_and_restored_into_an_empty_database(tmp_path: Path) -> None:
    with private_postgres() as server:
        office = make_office(tmp_path)
        office.settings(f"database_url: {server.new_database()}\n")
        round_of_mail(office)
        office.take_in()
        office.run("consolidate", *WHERE)
        before = shown(office)
        office.run("backup", str(tmp_path / "a.tar"))
        restored(office, tmp_path / "a.tar", tmp_path, code=5)  # the database named there is not empty
        settings = office.home / "settings.yaml"
        settings.write_text(f"database_url: {server.new_database()}\n")
        _with_settings(tmp_path / "a.tar", settings.read_bytes())
        back = restored(office, tmp_path / "a.tar", tmp_path)
        back.run("verify")
        assert shown(back) == before
        back.run("remind", "--queue")  # new rows are numbered after those that were brought


def _with_settings(file: Path, octets: bytes) -> None:
    """The backup with other settings, as an officer makes it who restores elsewhere."""
    import hashlib
    import io
    import json

    with tarfile.open(file) as tar:
        members = {entry.name: tar.extractfile(entry).read() for entry in tar}  # type: ignore[union-attr]
    members["settings.yaml"] = octets
    manifest = json.loads(members.pop("manifest.json"))
    manifest["files"]["settings.yaml"]["sha256"] = hashlib.sha256(octets).hexdigest()
    members["manifest.json"] = json.dumps(manifest).encode()
    with tarfile.open(file, "w") as tar:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
