"""The desk stays there for the officer, whoever holds connections or asks without end."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from desk.web import app
from desk.web.patience import MOST_KNOWN, Flood, PatientProtocol
from desk.web.serving import MOST_AT_ONCE
from tests.web import Client, Served, served_round


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(PatientProtocol, "head_seconds", 1.0)
    monkeypatch.setattr(app, "BODY_SECONDS", 1.0)
    with served_round(tmp_path) as found:
        yield found


def connected(desk: Served) -> socket.socket:
    port = int(desk.address.rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def closed_within(connection: socket.socket) -> bytes:
    """What is said until the other side closes; times out when it does not."""
    said = b""
    while part := connection.recv(65536):
        said += part
    return said


def test_a_head_that_never_ends_is_cut_off(desk: Served) -> None:
    for beginning in (b"", b"GET /dang-nhap HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: "):
        with connected(desk) as connection:
            connection.sendall(beginning)
            assert closed_within(connection) == b""


def test_a_second_head_that_never_ends_is_cut_off_too(desk: Served) -> None:
    with connected(desk) as connection:
        connection.sendall(b"GET /khong-co HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /dang-nhap HT")
        assert b" 404 " in closed_within(connection)


def test_a_body_that_never_ends_is_refused_and_changes_nothing(desk: Served) -> None:
    client = desk.client()
    head = (
        "POST /dang-xuat HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
        f"Cookie: {desk.desk.cookie}={client.token}\r\nContent-Length: 500\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\nform_token="
    )
    with connected(desk) as connection:
        connection.sendall(head.encode())
        assert b" 408 " in closed_within(connection)
    assert client.get("/ky-bao-cao").status_code == 200


def test_idle_connections_do_not_keep_the_officer_out_for_long(desk: Served) -> None:
    held = [connected(desk) for _ in range(MOST_AT_ONCE + 5)]
    try:
        deadline = time.monotonic() + 60
        while httpx.get(desk.url("/dang-nhap")).status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.2)
    finally:
        for connection in held:
            connection.close()


def test_who_asks_without_end_is_told_to_wait_and_others_are_not(desk: Served) -> None:
    desk.desk.flood = Flood(lambda: 0.0, at_once=5)
    client = desk.client()
    assert [client.get("/tai-khoan").status_code for _ in range(6)] == [200] * 5 + [429]
    assert client.get("/tai-khoan").headers["retry-after"] == "10"
    assert desk.client(None).get("/dang-nhap").status_code == 200


def test_another_cookie_at_each_request_is_one_address_all_the_same(desk: Served) -> None:
    desk.desk.flood = Flood(lambda: 0.0, at_once=5)
    for number in range(6):
        cookies = {desk.desk.cookie: f"invented-{number}"}
        status = httpx.get(desk.url("/dang-nhap"), cookies=cookies).status_code
    assert status == 429


def test_a_bucket_fills_again_and_memory_is_bounded() -> None:
    now = [0.0]
    flood = Flood(lambda: now[0], steady=1, at_once=2)
    assert [flood.takes("a") for _ in range(3)] == [True, True, False]
    now[0] += 1
    assert [flood.takes("a") for _ in range(2)] == [True, False]
    for number in range(MOST_KNOWN + 10):
        flood.takes(str(number))
    assert len(flood._buckets) == MOST_KNOWN


def test_what_an_error_says_cannot_write_a_line_of_the_log(
    desk: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    words = "\x1b[2J\r\nfault 0000" + "0000\u202e"

    def break_down(*_args: object) -> None:
        raise RuntimeError(words)

    monkeypatch.setattr(desk.desk.sessions, "find", break_down)
    answer = Client(desk, "x").get("/ky-bao-cao")
    number = re.search(r"Số lỗi: (\w+)", answer.text)
    assert number is not None
    record = next(record for record in caplog.records if number[1] in record.getMessage())
    assert "00000000" not in caplog.text
    assert "RuntimeError" in record.getMessage()
    assert record.getMessage().replace("\n", "").isprintable()
    assert not any(record.exc_info for record in caplog.records)
