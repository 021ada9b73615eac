from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.documents import FileKind, ReadState
from intake.errors import ReaderClosedError
from intake.extractors.interface import Limits
from intake.mail.messages import ReadMessage
from intake.sandbox import pool as workers_pool
from intake.sandbox.lots import is_light, lots_of
from intake.sandbox.pool import ReaderPool, ReadingFailure, _Process
from intake.sandbox.wire import packed, unpacked
from tests.builders import docx, mail, xlsx, zip_of
from tests.offices import read_here

if TYPE_CHECKING:
    from collections.abc import Iterator

BOOK = xlsx({"Biểu": [["STT", "Số"], [1, 5.5]]})
GOOD = mail(files=[("bc.docx", docx("BÁO CÁO", [["a", "b"]], "Hết")), ("b.xlsx", BOOK)])
# Half a million elements: honest octets that take seconds.
SLOW = mail(subject="Chậm", files=[("a.html", b"<html>" + b"<p><b>x</b></p>" * 250_000)])


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The kinds of jobs that reading processes are given, in order."""
    asked: list[bytes] = []
    exchange = _Process.exchange

    def noted(self: _Process, letter: bytes, octets: bytes, seconds: float) -> object:
        asked.append(letter)
        return exchange(self, letter, octets, seconds)

    monkeypatch.setattr(_Process, "exchange", noted)
    return asked


def test_results_come_in_order_and_equal_a_reading_in_process() -> None:
    jobs = [(str(number), mail(subject=f"Số {number}", files=[("b.xlsx", BOOK)])) for number in range(12)]
    with ReaderPool() as pool:
        results = list(pool.read(jobs))
    assert results == [(name, read_here(octets)) for name, octets in jobs]


def test_light_mails_are_read_in_lots_and_nothing_is_read_otherwise_for_it(letters: list[bytes]) -> None:
    light = [(str(number), mail(subject=f"Số {number}")) for number in range(40)]
    jobs = [*light[:20], ("heavy", GOOD), *light[20:]]
    with ReaderPool(1) as pool:
        results = list(pool.read(jobs))
    assert results == [(name, read_here(octets)) for name, octets in jobs]
    assert letters == [b"B", b"F", b"B"]


def test_a_lot_whose_process_dies_is_read_mail_by_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = _Process.exchange

    def dies(self: _Process, letter: bytes, octets: bytes, seconds: float) -> object:
        if letter == b"B":
            os.kill(self.pid, signal.SIGKILL)
        return exchange(self, letter, octets, seconds)

    monkeypatch.setattr(_Process, "exchange", dies)
    jobs = [(str(number), mail(subject=f"Số {number}")) for number in range(3)]
    with ReaderPool(1) as pool:
        assert list(pool.read(jobs)) == [(name, read_here(octets)) for name, octets in jobs]


@pytest.mark.parametrize("answered", [[], [read_here(GOOD)]])
def test_a_lot_is_taken_from_a_process_only_whole(
    monkeypatch: pytest.MonkeyPatch, answered: list[ReadMessage]
) -> None:
    exchange = _Process.exchange

    def short(self: _Process, letter: bytes, octets: bytes, seconds: float) -> object:
        return answered if letter == b"B" else exchange(self, letter, octets, seconds)

    monkeypatch.setattr(_Process, "exchange", short)
    jobs = [(str(number), mail(subject=f"Số {number}")) for number in range(2)]
    with ReaderPool(1) as pool:
        assert list(pool.read(jobs)) == [(name, read_here(octets)) for name, octets in jobs]


@given(st.lists(st.sampled_from([GOOD, mail(), mail(text="a" * 40_000)]), max_size=120))
def test_lots_keep_every_job_in_its_order(octets: list[bytes]) -> None:
    jobs = [(str(number), each) for number, each in enumerate(octets)]
    lots = list(lots_of(jobs))
    assert [job for lot in lots for job in lot] == jobs
    assert all(len(lot) == 1 or all(is_light(each) for _, each in lot) for lot in lots)


def test_a_message_travels_unchanged() -> None:
    message = read_here(GOOD)
    assert isinstance(message, ReadMessage)
    assert unpacked(packed(message)) == message


def test_nothing_but_a_message_is_unpacked() -> None:
    with pytest.raises(msgspec.DecodeError):
        unpacked(msgspec.msgpack.encode({"os": "system"}))


def test_jobs_are_taken_only_a_few_ahead() -> None:
    taken: list[int] = []

    def jobs() -> Iterator[tuple[str, bytes]]:
        for number in range(50):
            taken.append(number)
            yield str(number), GOOD

    with ReaderPool(1) as pool:
        next(pool.read(jobs()))
        assert len(taken) < 10


def test_a_message_that_overruns_its_time_is_listed_and_the_next_is_read() -> None:
    with ReaderPool(1, Limits(seconds=0.4)) as pool:
        (_, slow), (_, good) = pool.read([("slow", SLOW), ("good", GOOD)])
    assert isinstance(slow, ReadingFailure)
    assert (slow.state, slow.detail) == (ReadState.OVERRAN, "time")
    assert slow.message is not None
    assert (slow.message.headers.subject, slow.message.files[0].state) == ("Chậm", ReadState.OVERRAN)
    assert good == read_here(GOOD)


def test_a_message_that_overruns_its_memory_is_listed_and_the_next_is_read() -> None:
    large = zip_of({"a.bin": b"\0" * (150 << 20)})
    limits = Limits(memory=260 << 20, unpacked=1 << 30, ratio=10**6)
    with ReaderPool(1, limits) as pool:
        (_, failed), (_, good) = pool.read([("large", mail(files=[("a.zip", large)])), ("good", GOOD)])
    assert isinstance(failed, ReadingFailure)
    assert failed.state is ReadState.OVERRAN
    assert failed.message is not None
    assert isinstance(good, ReadMessage)


def test_a_result_above_its_bound_is_not_handed_over() -> None:
    with ReaderPool(1, Limits(result_octets=2_000)) as pool:
        [(_, failed)] = pool.read([("x", mail(files=[("a.txt", b"dong\n" * 5_000)]))])
    assert isinstance(failed, ReadingFailure)
    assert failed.state is ReadState.TOO_LARGE


def test_a_killed_process_is_replaced_and_its_message_read() -> None:
    with ReaderPool(1) as pool:
        list(pool.read([("a", GOOD)]))
        process = pool._idle.get()
        os.kill(process.pid, signal.SIGKILL)
        pool._idle.put(process)
        [(_, result)] = pool.read([("b", GOOD)])
    assert result == read_here(GOOD)


def test_a_stopped_process_is_killed_with_its_group() -> None:
    with ReaderPool(1, Limits(seconds=1)) as pool:
        process = pool._idle.get()
        os.kill(process.pid, signal.SIGSTOP)
        pool._idle.put(process)
        (_, stopped), (_, good) = pool.read([("a", GOOD), ("b", GOOD)])
        assert process._popen.returncode == -signal.SIGKILL
    assert isinstance(stopped, ReadingFailure)
    assert good == read_here(GOOD)


def test_what_took_all_its_time_is_not_tried_again(letters: list[bytes]) -> None:
    with ReaderPool(1, Limits(seconds=0.4)) as pool:
        list(pool.read([("slow", SLOW)]))
    assert letters == [b"F", b"L"]


def test_of_a_mail_that_cannot_even_be_listed_the_head_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = _Process.exchange

    def fails(self: _Process, letter: bytes, octets: bytes, seconds: float) -> object:
        if letter in (b"F", b"L"):
            os.kill(self.pid, signal.SIGABRT)
        return exchange(self, letter, octets, seconds)

    monkeypatch.setattr(_Process, "exchange", fails)
    with ReaderPool(1) as pool:
        [(_, result)] = pool.read([("a", mail(subject="Báo cáo"))])
    assert isinstance(result, ReadingFailure)
    assert result.message is not None
    assert result.message.headers.subject == "Báo cáo"
    assert [(file.kind, file.state) for file in result.message.files] == [
        (FileKind.MESSAGE, ReadState.CRASHED)
    ]


def test_a_pool_that_is_left_waits_for_no_reading_under_way() -> None:
    """Whoever stops the program does not wait for the slowest mail of all to overrun its time."""
    jobs = iter([("1", GOOD), ("2", mail(subject="Đang đọc"))])
    with ReaderPool(1, Limits(seconds=40)) as pool:
        results = pool.read(jobs)
        process = pool._idle.get()
        pool._idle.put(process)
        os.kill(process.pid, signal.SIGSTOP)
        threading.Thread(target=lambda: next(results, None), daemon=True).start()
        while not pool._busy:
            time.sleep(0.01)
        began = time.monotonic()
    assert time.monotonic() - began < 20
    assert not Path(f"/proc/{process.pid}").exists()


def test_no_process_is_left_behind() -> None:
    with ReaderPool(2) as pool:
        processes = [pool._free() for _ in range(2)]
        for process in processes:
            pool._idle.put(process)
    assert all(process._popen.returncode is not None for process in processes)
    assert not any(Path(process._folder.name).exists() for process in processes)


def test_a_process_is_started_only_where_no_other_becomes_free_for_longer_than_that_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with ReaderPool(2) as pool:
        monkeypatch.setattr(workers_pool, "_WORTH_A_PROCESS", 60.0)
        list(pool.read((str(n), GOOD) for n in range(12)))
        assert pool._idle.qsize() == 1
        monkeypatch.setattr(workers_pool, "_WORTH_A_PROCESS", 0.05)
        assert pool._free() is not pool._free()


def test_the_process_sees_no_secret_and_an_empty_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOX_PASSWORD", "bi-mat")
    with ReaderPool(1) as pool:
        process = pool._idle.get()
        environment = Path(f"/proc/{process.pid}/environ")
        folder = [entry.name for entry in Path(process._folder.name).iterdir()]
        secret = environment.read_bytes() if os.access(environment, os.R_OK) else b""
        pool._idle.put(process)
    assert b"bi-mat" not in secret
    assert folder == ["stderr"]


def test_the_confining_layers_hold() -> None:
    with ReaderPool(1) as pool:
        assert {"memory", "descriptors", "file_size", "no_core", "no_new_privileges"} <= set(pool.layers)


def test_a_confined_process_reaches_no_network_where_the_system_permits() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = (
            "import socket\nfrom intake.sandbox.worker import confine\n"
            "from intake.extractors.interface import Limits\n"
            "held = 'no_network' in confine(Limits())\n"
            f"try: socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 2); reached = True\n"
            "except OSError: reached = False\n"
            "print(held, reached)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() in (["True", "False"], ["False", "True"])


def test_a_pool_outside_its_block_is_refused() -> None:
    with pytest.raises(ReaderClosedError):
        list(ReaderPool(1).read([("a", GOOD)]))
