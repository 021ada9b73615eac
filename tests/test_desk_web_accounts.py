"""Accounts, passwords, and how often they may be tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from desk.web.accounts import (
    ONE_TIME,
    TRIES_OF_ACCOUNT,
    TRIES_OF_ADDRESS,
    TRIES_OF_PAIR,
    WINDOW,
    AccountError,
    Accounts,
    Role,
    password_fault,
)
from desk.web.sessions import Sessions
from desk.web.store import open_store
from tests.offices import NOW, at
from tests.web import PASSWORD, QUICK, Clock, served_round


@dataclass(frozen=True)
class Door:
    accounts: Accounts
    sessions: Sessions
    clock: Clock

    def may(self, password: str, address: str = "10.0.0.1", name: str = "mai") -> bool:
        return self.accounts.sign_in(name, password, address).account is not None

    def waits(self, address: str, name: str = "mai") -> bool:
        return self.accounts.sign_in(name, "sai", address).wait


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    clock = Clock(at(NOW))
    store = open_store(tmp_path)
    accounts = Accounts(store, clock, QUICK)
    once = accounts.add("mai", "Lò Thị Mai", Role.OFFICER)
    account = accounts.find("mai")
    assert account is not None
    assert accounts.change_password(account, once, PASSWORD) == ""
    yield Door(accounts, Sessions(store, clock), clock)
    store.close()


def test_there_is_no_account_until_one_is_made(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    assert Accounts(store, lambda: at(NOW), QUICK).all() == ()
    store.close()


def test_a_one_time_password_ends_and_must_be_changed(door: Door) -> None:
    once = door.accounts.add("sen", "Sen", Role.READER)
    found = door.accounts.sign_in("sen", once, "10.0.0.1").account
    assert found is not None
    assert found.must_change
    door.clock.now += ONE_TIME
    assert not door.may(once, name="sen")


def test_a_name_is_taken_once_whatever_its_case(door: Door) -> None:
    with pytest.raises(AccountError):
        door.accounts.add(" MAI ", "", Role.READER)
    for name in ("", "   ", "x" * 65):
        with pytest.raises(AccountError):
            door.accounts.add(name, "", Role.READER)


def test_a_disabled_account_is_out_at_once_and_a_reset_lets_it_in_again(door: Door) -> None:
    account = door.accounts.find("mai")
    assert account is not None
    token = door.sessions.begin(account, "10.0.0.1")
    door.accounts.disable("mai")
    assert door.sessions.find(token) is None
    assert not door.may(PASSWORD)
    assert door.may(door.accounts.reset("mai"))


def test_a_new_password_ends_every_session_and_needs_the_old_one(door: Door) -> None:
    account = door.accounts.find("mai")
    assert account is not None
    token = door.sessions.begin(account, "10.0.0.1")
    assert door.accounts.change_password(account, "sai", "mot cau rat dai va kho doan 77")
    assert door.sessions.find(token) is not None
    assert door.accounts.change_password(account, PASSWORD, PASSWORD) == "web.password_same"
    assert door.accounts.change_password(account, PASSWORD, "mot cau rat dai va kho doan 77") == ""
    assert door.sessions.find(token) is None
    assert not door.may(PASSWORD)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("ngan qua", "web.password_short"),
        ("x" * 1025, "web.password_long"),
        ("123456789012", "web.password_weak"),
        ("aaaaaaaaaaaaaa", "web.password_weak"),
        ("qwertyuiopas", "web.password_weak"),
        ("password1234", "web.password_weak"),
        ("songmay songmay", "web.password_weak"),
        ("tonghoptonghop", "web.password_weak"),
        ("bốn con trâu ăn cỏ trên đê", ""),
        ("x7!Kq" * 20, ""),
    ],
)
def test_passwords_that_are_guessed_first_are_refused(password: str, fault: str) -> None:
    assert password_fault(password, ("songmay", "Phòng LĐ huyện Sông Mây")) == fault


def test_who_guesses_at_one_account_waits_and_may_try_again_later(door: Door) -> None:
    for _ in range(TRIES_OF_PAIR):
        assert not door.waits("10.0.0.9")
    assert door.waits("10.0.0.9")
    assert not door.may(PASSWORD, "10.0.0.9")
    door.clock.now += WINDOW + timedelta(seconds=1)
    assert door.may(PASSWORD, "10.0.0.9")


def test_who_guesses_at_many_accounts_from_one_address_waits(door: Door) -> None:
    for number in range(TRIES_OF_ADDRESS):
        assert not door.waits("10.0.0.9", f"nguoi-{number}")
    assert door.waits("10.0.0.9", "nguoi-khac")


def test_an_outsider_cannot_shut_out_the_officer_from_where_she_works(door: Door) -> None:
    assert door.may(PASSWORD, "10.0.0.1")
    for number in range(TRIES_OF_ACCOUNT):
        door.accounts.sign_in("mai", "sai", f"203.0.113.{number}")
    assert door.waits("203.0.113.99")
    assert door.may(PASSWORD, "10.0.0.1")
    assert not door.may(PASSWORD, "10.0.0.2")


def test_an_unknown_name_costs_a_hash_like_a_known_one(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    whole = Accounts._fits

    def counted(self: Accounts, hashed: str, given: str) -> bool:
        tried.append(given)
        return whole(self, hashed, given)

    monkeypatch.setattr(Accounts, "_fits", counted)
    door.accounts.sign_in("khong-co", "a", "10.0.0.1")
    door.accounts.sign_in("mai", "b", "10.0.0.1")
    for _ in range(TRIES_OF_PAIR):
        door.accounts.sign_in("mai", "c", "10.0.0.1")
    assert len(tried) == 2 + TRIES_OF_PAIR


def test_sign_ins_are_audited_without_passwords(door: Door) -> None:
    door.may(PASSWORD)
    door.may("mat-khau-sai")
    events = [(row.account, row.event) for row in door.accounts.audit()]
    assert events[:2] == [("mai", "wrong"), ("mai", "signed_in")]
    assert "mat-khau-sai" not in repr(door.accounts.audit())


def test_a_newcomer_reaches_nothing_before_the_password_is_changed(tmp_path: Path) -> None:
    with served_round(tmp_path) as desk:
        once = desk.desk.accounts.add("sen", "Sen", Role.OFFICER)
        client = desk.client(None)
        answer = client.send_form("/dang-nhap", name="sen", password=once)
        first = answer.cookies[desk.desk.cookie]
        assert client.get("/ky-bao-cao").headers["location"] == "/tai-khoan"
        wrong = client.send_form("/tai-khoan", old=once, new=PASSWORD, again=PASSWORD + "x")
        assert wrong.status_code == 422
        done = client.send_form("/tai-khoan", old=once, new=PASSWORD, again=PASSWORD)
        assert done.status_code == 303
        assert desk.desk.sessions.find(first) is None
        assert client.get("/ky-bao-cao").status_code == 200


def test_signing_in_tells_nothing_about_who_has_an_account(tmp_path: Path) -> None:
    with served_round(tmp_path) as desk:
        desk.client()
        said = [
            desk.client(None).send_form("/dang-nhap", name=name, password="sai").text.replace(name, "")
            for name in ("administrator-thu", "khong-co-ai")
        ]
        assert said[0] == said[1]
        assert "không đúng" in said[0]
