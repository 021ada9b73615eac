"""The log tells what was done and never who wrote what; a full disk costs lines and not the work."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import desk.upkeep.log
from desk.upkeep.log import LOG, logging_to
from tests.dovecot import Dovecot, running_dovecot
from tests.offices import ROOT, command, environment, make_office, report_mail
from tests.test_desk_daemon import SECRET, mailbox

UNIT = ROOT / "scripts" / "systemd" / "tonghop.service"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with running_dovecot() as running:
        yield running


def lines(folder: Path) -> list[Any]:
    files = sorted(folder.glob("tonghop.jsonl*"), reverse=True)
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def test_a_full_run_is_logged_without_secret_sender_or_subject(tmp_path: Path, server: Dovecot) -> None:
    office = make_office(tmp_path)
    mailbox(office, server.port, "nhat-ky")
    server.append("nhat-ky", report_mail("binh-minh"), date="01-Jun-2023 08:00:00 +0700")
    ran = office.spawn("run", "--once", env=SECRET)
    assert (ran.returncode, ran.stderr) == (0, "")
    logged = lines(office.home / "logs")
    assert {"daemon.booked", "daemon.proof", "daemon.digest"} <= {line["event"] for line in logged}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", line["at"]) for line in logged)
    whole = "".join(path.read_text("utf-8") for path in (office.home / "logs").iterdir())
    for word in (SECRET["TONGHOP_PASSWORD"], "vanthu@binhminh.example", "bình đẳng giới", "Kính gửi"):
        assert word not in whole
        assert json.dumps(word)[1:-1] not in whole


def test_the_secret_is_in_no_file_of_the_home_and_in_nothing_said(tmp_path: Path, server: Dovecot) -> None:
    office = make_office(tmp_path)
    mailbox(office, server.port, "bi-mat")
    server.append("bi-mat", report_mail("binh-minh"), date="01-Jun-2023 08:00:00 +0700")
    ran = [office.spawn(*words, env=SECRET) for words in (("run", "--once"), ("doctor",), ("audit",))]
    ran.append(office.spawn("poll", env={"TONGHOP_PASSWORD": "sai-mat-khau-nay"}))
    secrets = (SECRET["TONGHOP_PASSWORD"], "sai-mat-khau-nay")
    for secret in secrets:
        assert not any(secret in one.stdout + one.stderr for one in ran)
        assert not any(secret.encode() in p.read_bytes() for p in office.home.rglob("*") if p.is_file())


def test_the_log_is_turned_over_and_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.upkeep.log, "LARGEST", 2_000)
    with logging_to(tmp_path):
        for number in range(500):
            LOG.info("daemon.booked", extra={"places": {"count": number}})
    files = list(tmp_path.iterdir())
    assert len(files) == desk.upkeep.log.KEPT + 1
    assert all(file.stat().st_size <= 2_000 for file in files)
    assert lines(tmp_path)[-1]["places"] == {"count": 499}


def test_words_of_a_server_cannot_write_a_line_of_their_own(tmp_path: Path) -> None:
    with logging_to(tmp_path):
        LOG.info("mailbox.connection_error", extra={"places": {"detail": 'x\r\n{"event": "forged"}\u2028'}})
    (line,) = (tmp_path / "tonghop.jsonl").read_bytes().splitlines()
    assert json.loads(line)["event"] == "mailbox.connection_error"


def test_an_error_is_logged_by_kind_and_place_without_its_words(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="thân thư"), logging_to(tmp_path):
        raise ValueError("thân thư của đơn vị")
    (line,) = lines(tmp_path)
    assert (line["error"], line["level"]) == ("ValueError", "error")
    assert "test_desk_log.py" in line["where"][-1]
    assert "thân" not in json.dumps(line, ensure_ascii=False)


def test_a_disk_that_takes_no_more_lines_does_not_stop_the_work() -> None:
    with logging_to(Path("/dev/full")):  # a folder cannot be made there
        LOG.info("daemon.booked")
    handler = desk.upkeep.log._Enduring("/dev/full", delay=True)
    handler.handle(logging.LogRecord("tonghop", logging.INFO, "", 0, "x" * 100_000, None, None))
    handler.close()


def test_under_systemd_the_journal_gets_the_lines_and_no_sentence(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    with (tmp_path / "journal").open("w") as journal:
        seen = os.fstat(journal.fileno())
        stream = {"JOURNAL_STREAM": f"{seen.st_dev}:{seen.st_ino}"}
        words = command(office.words("run", "--once"))
        ran = subprocess.run(
            words, stderr=journal, stdout=subprocess.PIPE, env=environment(stream), check=True, timeout=120
        )
    assert ran.stdout == b""
    events = [json.loads(line)["event"] for line in (tmp_path / "journal").read_text().splitlines()]
    assert "daemon.digest" in events


def _analyze(*words: str) -> subprocess.CompletedProcess[str]:
    assert shutil.which("systemd-analyze"), "apt-get install systemd: the service file is checked with it"
    return subprocess.run(
        ["systemd-analyze", *words], capture_output=True, text=True, check=False, timeout=60
    )


def test_the_service_file_is_sound_and_hardened(tmp_path: Path) -> None:
    service = tmp_path / "tonghop.service"
    # 10 is the worst, 0 the best; below 2.0 systemd calls a unit well protected.
    service.write_text(UNIT.read_text("utf-8"))
    rated = _analyze("security", "--offline=true", "--threshold=20", str(service))
    assert rated.returncode == 0, rated.stdout
    here = UNIT.read_text("utf-8").replace("/opt/tonghop/.venv/bin/tonghop run", f"{sys.executable} -V")
    service.write_text(re.sub("(?m)^(User|Group)=.*\n", "", here))  # the account is made when it is installed
    checked = _analyze("verify", "--man=no", str(service))
    assert (checked.returncode, [e for e in checked.stderr.splitlines() if "tonghop" in e]) == (0, [])
