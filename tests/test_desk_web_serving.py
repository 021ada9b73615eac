"""Serving the desk: alone and beside the daemon, the first account, settings, stopping."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from config.errors import InvalidSettingsError
from config.settings import load_settings
from desk.web.accounts import Accounts, Role
from desk.web.store import open_store
from tests.offices import NOW, Office, at, command, environment, make_office
from tests.test_desk_daemon import seconds_to_stop
from tests.web import PASSWORD, QUICK, Clock, served_office, served_round


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(office: Office, *words: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command(["--home", str(office.home), *words]),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment({"PYTHONUNBUFFERED": "1"}),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def told_until_started(process: subprocess.Popen[str]) -> str:
    """What a daemon says until it has begun its work, and listens to signals."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "Đã bắt đầu" in line:
            return said
    raise AssertionError(f"it never started: {said}")


def answered(port: int) -> bool:
    """Whether the sign-in page comes within half a minute."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            return "Đăng nhập" in httpx.get(f"http://127.0.0.1:{port}/dang-nhap").text
        except httpx.TransportError:
            time.sleep(0.1)
    return False


def test_the_first_start_prints_a_one_time_password_and_it_stops_within_five_seconds(tmp_path: Path) -> None:
    office, port = make_office(tmp_path), free_port()
    with running(office, "desk", "--port", str(port)) as process:
        assert answered(port)
        assert seconds_to_stop(process) < 5
        said, _errors = process.communicate()
    found = re.search(r"Tên đăng nhập: (\S+)\nMật khẩu dùng một lần.*: (\S+)", said)
    assert found is not None, said
    store = open_store(office.home)
    attempt = Accounts(store, Clock(at("2023-06-07T09:00"))).sign_in(found[1], found[2], "127.0.0.1")
    store.close()
    assert attempt.account is not None
    assert attempt.account.role is Role.ADMINISTRATOR
    assert attempt.account.must_change


def test_the_daemon_serves_the_desk_and_writes_no_password_into_a_log(tmp_path: Path) -> None:
    office, port = make_office(tmp_path), free_port()
    office.settings(f"desk:\n  port: {port}\n")
    with running(office, "run") as process:
        said = told_until_started(process)
        assert answered(port)
        assert seconds_to_stop(process) < 5
        _rest, errors = process.communicate()
    assert process.returncode == 0, errors
    assert "tonghop desk account add" in said
    assert "một lần" not in said


def test_a_port_that_is_taken_is_a_sentence_and_does_not_stop_the_daemon(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        office.settings(f"desk:\n  port: {port}\n")
        assert str(port) in office.run("desk", code=6).err
        with running(office, "run") as process:
            said = told_until_started(process)
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
    assert str(port) in said


def test_accounts_are_made_listed_reset_and_disabled_from_the_command_line(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    once = office.run("desk", "account", "add", "sen", "--name", "Sen", "--role", "reader").out
    assert re.search(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", once)
    (account,) = office.listed("desk", "account", "list")
    assert account == {
        "name": "sen", "shown_name": "Sen", "role": "reader", "must_change": True, "disabled": False,
        "second_factor": False,
    }  # fmt: skip
    assert office.run("desk", "account", "reset", "sen").out != once
    office.run("desk", "account", "disable", "sen")
    assert "đã khóa" in office.run("desk", "account", "list").out
    assert "khong-co" in office.run("desk", "account", "reset", "khong-co", code=6).err
    assert office.run("desk", "account", "add", "mai", "--role", "vua", code=6).err


@pytest.mark.parametrize("text", ["desk: {host: 0.0.0.0}", "desk: {host: 192.168.1.9, port: 80}"])
def test_the_desk_is_not_opened_to_a_network_in_the_clear(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.yaml").write_text(text, "utf-8")
    with pytest.raises(InvalidSettingsError):
        load_settings(tmp_path, {})


def test_settings_of_the_desk_come_from_file_and_environment(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("desk: {behind_proxy: true, names: [bao-cao.example]}", "utf-8")
    settings = load_settings(tmp_path, {"TONGHOP_DESK_HOST": "10.0.0.7", "TONGHOP_DESK_PORT": "9000"}).desk
    assert (settings.host, settings.port, settings.names) == ("10.0.0.7", 9000, ("bao-cao.example",))


def test_behind_a_proxy_the_cookie_is_tied_to_the_host_and_to_tls(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    office.settings("desk:\n  behind_proxy: true\n  names: [bao-cao.example]\n")
    with served_office(office) as desk:
        desk.client()
        sent = {
            "Host": "bao-cao.example",
            "Origin": "https://bao-cao.example",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "198.51.100.7",
        }
        told = {"name": "administrator-thu", "password": "sai"}
        answer = httpx.post(desk.url("/dang-nhap"), data=told, headers=sent)
        assert answer.status_code == 403
        assert desk.desk.accounts.audit()[0].address == "198.51.100.7"
        assert "max-age" in answer.headers["strict-transport-security"]
        answer = httpx.post(desk.url("/dang-nhap"), data=told | {"password": PASSWORD}, headers=sent)
        assert answer.headers["set-cookie"].startswith("__Host-tonghop=")
        assert "Secure" in answer.headers["set-cookie"]


def test_another_ledger_in_the_place_of_this_one_is_seen_at_once(tmp_path: Path) -> None:
    with served_round(tmp_path) as desk:
        client = desk.client()
        before = desk.desk.office().ledger.last_event()
        desk.office.run("rebuild", "--replace")
        assert client.get("/ky-bao-cao").status_code == 200  # still signed in
        assert desk.desk.office().ledger.last_event() != before


def test_the_desks_own_files_are_its_owners_alone(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    Accounts(store, lambda: at(NOW), QUICK).add("mai", "", Role.OFFICER)
    for path in tmp_path.iterdir():
        assert not path.stat().st_mode & 0o077, path
    store.close()
