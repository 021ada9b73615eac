"""A disk that fails, takes no more names or is read-only; a process that may open no more files.

The faults are the system's own: calls that strace makes fail, small file systems in memory, limits of a
process. Afterwards, with the fault gone, `audit` is clean: nothing lost, nothing doubled.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desk.errors import DOCUMENT, LEDGER
from tests.dovecot import Dovecot
from tests.offices import Office, Spawned, command, environment, make_office, raws, report_mail
from tests.test_desk_daemon import SECRET, mailbox
from tests.test_faults import UNITS, polled, whole
from tests.test_faults import office as office  # noqa: PLC0414 - the fixtures of the same faults
from tests.test_faults import server as server  # noqa: PLC0414

#: `make crash` sets this: every call is made to fail once, else a few of them.
WHOLE_SWEEP = bool(os.environ.get("CRASH_KILLS"))


def started(office: Office, *words: str, before: Callable[[], None] | None = None) -> Spawned:
    """The program as a process of its own; it may refuse, it may not fall over."""
    ran = subprocess.run(
        command(office.words(*words)),
        env=environment(SECRET),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        preexec_fn=before,
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran


# -- calls that fail ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def strace() -> str:
    program = shutil.which("strace")
    if program is None:
        pytest.skip("NOT PROVED HERE: failing disks, because strace is not installed")
    tried = subprocess.run([program, "-qq", "-o", "/dev/null", "true"], check=False, capture_output=True)
    if tried.returncode:
        pytest.skip("NOT PROVED HERE: failing disks, because this system lets no process be traced")
    return program


@pytest.mark.parametrize(
    ("calls", "error", "step"),
    [
        ("fsync,fdatasync", "EIO", 5),
        ("rename,renameat,renameat2,mkdir,mkdirat", "EIO", 8),
        ("write,pwrite64", "ENOSPC", 50),
    ],
    ids=["sync", "names", "writes"],
)
def test_a_disk_that_fails_at_any_call_acknowledges_nothing_that_is_not_on_it(
    office: Office, server: Dovecot, strace: str, calls: str, error: str, step: int
) -> None:
    """The n-th call fails, for n from 1 until a look into the mailbox needs fewer calls than that."""
    mailbox(office, server.port, "loi")
    refused = 0
    for number in range(1, 400, 1 if WHOLE_SWEEP else step):
        trace = office.home.parent / "trace"
        inject = ["-e", f"trace={calls}", "-e", f"inject={calls}:error={error}:when={number}"]
        ran = subprocess.run(
            [strace, "-f", "--seccomp-bpf", "-qq", "-o", str(trace), *inject,
             *command(office.words("poll", "--json"))],
            env=environment(SECRET), capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert "Traceback" not in ran.stderr, ran.stderr
        assert ran.returncode in {0, LEDGER, DOCUMENT}, ran.stderr
        refused += ran.returncode != 0
        if "INJECTED" not in trace.read_text():
            break
    assert refused > 1
    assert polled(office) == 0
    whole(office)
    assert list((office.home / "archive" / "tmp").iterdir()) == []


# -- small and read-only file systems -----------------------------------------------------------------------


def _mount(*words: str) -> None:
    done = subprocess.run(["mount", *words], check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"NOT PROVED HERE: small and read-only disks, because mount refuses: {done.stderr}")


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file system of its own, in memory."""
    monkeypatch.setenv("TONGHOP_PASSWORD", SECRET["TONGHOP_PASSWORD"])
    folder = tmp_path / "disk"
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_disk_without_names_left_is_told_and_goes_on_when_there_are_some(
    small: Path, server: Dovecot
) -> None:
    office = make_office(small)
    mailbox(office, server.port, "loi")
    disk = os.statvfs(small)
    used = disk.f_files - disk.f_ffree
    for free in (0, 2, 4, 7):
        _mount("-o", f"remount,nr_inodes={used + free}", str(small))
        ran = started(office, "poll")
        assert ran.returncode in {LEDGER, DOCUMENT}
        assert "No space left" in ran.stderr or "dung lượng" in ran.stderr
    _mount("-o", "remount,nr_inodes=0", str(small))
    assert polled(office) == 0
    whole(office)


def test_a_disk_that_turned_read_only_is_told_by_every_command_and_loses_nothing(
    small: Path, server: Dovecot
) -> None:
    office = make_office(small)
    mailbox(office, server.port, "loi")
    assert polled(office) == 0
    _mount("-o", "remount,ro", str(small))
    for words in (("poll",), ("run", "--once"), ("status",)):
        ran = started(office, *words)
        assert (ran.returncode, "quyền ghi" in ran.stderr) == (LEDGER, True), (words, ran.stderr)
    examined = started(office, "doctor")
    assert examined.returncode == 1
    assert f"Không ghi được vào {office.home}" in examined.stdout
    _mount("-o", "remount,rw", str(small))
    assert polled(office) == 0
    whole(office)


@pytest.mark.parametrize("most", [8, 10, 12, 14])
def test_a_process_that_may_open_no_more_files_says_so_and_loses_nothing(
    office: Office, server: Dovecot, most: int
) -> None:
    mailbox(office, server.port, "loi")
    limit = (most, most)
    ran = started(office, "poll", before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, limit))
    assert ran.returncode in {0, LEDGER, DOCUMENT}
    assert ran.returncode == 0 or ran.stderr.strip()
    assert most > 8 or ran.returncode != 0
    assert polled(office) == 0
    whole(office)


# -- what a kill left behind --------------------------------------------------------------------------------


def test_a_message_archived_before_a_kill_is_booked_though_the_server_no_longer_has_it(
    office: Office, server: Dovecot
) -> None:
    mailbox(office, server.port, "trong")
    unit = UNITS[0]
    with office.opened() as opened:
        opened.archive.keep_all(raws([(report_mail(unit), "2023-06-01T08:00")]))
        (opened.archive.folder / "tmp" / "half").write_bytes(b"half a mess")
    assert polled(office) == 0
    assert office.states()[unit] == "on_time"
    assert list((office.home / "archive" / "tmp").iterdir()) == []


@pytest.mark.parametrize("words", [("poll",), ("run", "--once")], ids=" ".join)
def test_a_home_whose_archive_is_gone_takes_no_mail_into_an_empty_one(
    office: Office, server: Dovecot, words: tuple[str, ...]
) -> None:
    user = words[0]
    mailbox(office, server.port, user)
    server.append(user, report_mail(UNITS[0]), date="02-Jun-2023 08:00:00 +0700")
    assert polled(office) == 0
    (office.home / "archive").rename(office.home / "moved")
    server.append(user, report_mail(UNITS[1]), date="03-Jun-2023 08:00:00 +0700")
    ran = started(office, *words)
    assert (ran.returncode, str(office.home / "archive") in ran.stderr) == (LEDGER, True)
    assert not any(path.is_file() and len(path.name) == 64 for path in (office.home / "archive").rglob("*"))
