"""Who may use the desk: accounts, passwords and how often they may be tried (OWASP ASVS 5.0, chapter 6).

No account exists until one is made. A new account has a one-time password that ends after three days and
must be changed at the first sign-in. A password is kept as Argon2id. Whoever guesses waits: per account
and address, per address, and per account from addresses it never signed in from, so that an outsider
cannot shut out the officer. An answer never tells which part was wrong, and takes the same time.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, delete, func, insert, select, update

from config.spelling import plain_key
from desk.errors import DeskError
from desk.web import audit
from desk.web.second_factor import matching_step, new_recovery_codes, recovery_hash
from desk.web.store import LONGEST_NAME, accounts, recovery_codes, sessions, sign_ins

if TYPE_CHECKING:
    from ledger.database import Database

SHORTEST = 12
LONGEST = 1024  #: so that hashing is bounded
ONE_TIME = timedelta(days=3)
#: Of 0 to 4 (zxcvbn): 3 stands for more than 10^8 guesses.
LEAST_STRENGTH = 3
STRENGTH_LOOKS_AT = 72  #: letters; the estimate grows with the square of the length
#: No letters that are taken for one another when read aloud or from paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

WINDOW = timedelta(minutes=15)
TRIES_OF_PAIR = 5  #: wrong passwords for one account from one address within the window
TRIES_OF_ADDRESS = 20
TRIES_OF_ACCOUNT = 20  #: from addresses that never signed in to it
KNOWN_FOR = timedelta(days=90)

WRONG, SIGNED_IN, SIGNED_OUT = "wrong", "signed_in", "signed_out"
PASSWORD_GIVEN = "password_given"  # noqa: S105 - an event: the code is still asked for
RECOVERED = "recovery_used"  #: signed in by a recovery code
FACTOR_ON, FACTOR_OFF, CODES_RENEWED = "factor_on", "factor_off", "recovery_renewed"
SESSIONS_ENDED = "sessions_ended"
CONFIRMED = "confirmed"  #: the password was given once more before a change of weight
ADDED, RESET, DISABLED, CHANGED = "account_added", "password_reset", "account_disabled", "password_changed"
APPOINTED = "role_changed"


class Role(StrEnum):
    """What an account may do."""

    READER = "reader"  #: sees everything, changes nothing
    OFFICER = "officer"  #: does the work of a round
    ADMINISTRATOR = "administrator"  #: an officer who also sets the mail account and whether mail goes out

    @property
    def may_change(self) -> bool:
        """Whether anything of the office may be changed."""
        return self is not Role.READER

    @property
    def may_administer(self) -> bool:
        """Whether the mail account and sending may be changed."""
        return self is Role.ADMINISTRATOR


class AccountError(DeskError):
    """What was asked for an account cannot be done."""


@dataclass(frozen=True, slots=True)
class Account:
    """One person who may use the desk."""

    name: str
    shown_name: str  #: in the history
    role: Role
    must_change: bool  #: the password is the one-time one
    disabled: bool = False
    second_factor: bool = False  #: a code is asked for after the password


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a sign-in ended: the account, or none; `wait` when it was tried too often."""

    account: Account | None
    wait: bool = False


class Accounts:
    """The accounts of one desk."""

    def __init__(
        self, store: Database, clock: Callable[[], datetime], hasher: PasswordHasher | None = None
    ) -> None:
        self._store = store
        self._clock = clock
        self._hasher = hasher or PasswordHasher()  # Argon2id, RFC 9106's second choice: 64 MiB
        self._hashing = threading.BoundedSemaphore(2)  # a flood of sign-ins must not take the memory

    def all(self) -> tuple[Account, ...]:
        """Every account, by name."""
        with self._store.reading() as connection:
            return tuple(_account(row) for row in connection.execute(select(accounts).order_by("name")))

    def find(self, name: str) -> Account | None:
        """The account of that name."""
        with self._store.reading() as connection:
            row = connection.execute(_by_name(name)).first()
        return _account(row) if row else None

    def has_officer(self) -> bool:
        """Whether anybody may change something."""
        return any(known.role.may_change and not known.disabled for known in self.all())

    def add(self, name: str, shown_name: str, role: Role) -> str:
        """Make an account; its one-time password.

        Raises:
            AccountError: the name is taken or is no name.
        """
        key = _key(name)
        if not is_name(name):
            raise AccountError("web.account_bad_name", name=name)
        if self.find(key) is not None:
            raise AccountError("web.account_taken", name=key)
        password = _one_time()
        row = {
            "name": key,
            "shown_name": shown_name.strip() or key,
            "role": role.value,
            "password_hash": self._hasher.hash(password),
            "one_time_until": self._clock() + ONE_TIME,
            "disabled": False,
            "created_at": self._clock(),
        }
        with self._store.writing() as connection:
            connection.execute(insert(accounts), row)
            self._note(connection, key, "", ADDED)
        return password

    def reset(self, name: str) -> str:
        """Give an account a new one-time password, let it in again, without second factor; end its sessions.

        Raises:
            AccountError: there is no such account.
        """
        password = _one_time()
        self._change(
            name,
            RESET,
            password_hash=self._hasher.hash(password),
            one_time_until=self._clock() + ONE_TIME,
            disabled=False,
            totp_secret=None,
            totp_used=None,
        )
        return password

    def appoint(self, name: str, role: Role) -> None:
        """Give an account another role and end its sessions.

        Raises:
            AccountError: there is no such account.
        """
        self._change(name, APPOINTED, role=role.value)

    def disable(self, name: str) -> None:
        """Keep an account out and end its sessions.

        Raises:
            AccountError: there is no such account.
        """
        self._change(name, DISABLED, disabled=True)

    def change_password(self, account: Account, old: str, new: str, about: tuple[str, ...] = ()) -> str:
        """Change a password; "" when done, else the wording key of what is wrong. Sessions end.

        Args:
            account: whose.
            old: the password in use.
            new: the password wanted.
            about: words of the office that nobody should use as a password.
        """
        with self._store.reading() as connection:
            row = connection.execute(_by_name(account.name)).first()
        if row is None or not self._fits(row.password_hash, old):
            return "web.password_old_wrong"
        fault = password_fault(new, (account.name, account.shown_name, *about))
        if not fault and new == old:
            fault = "web.password_same"
        if not fault:
            self._change(account.name, CHANGED, password_hash=self._hasher.hash(new), one_time_until=None)
        return fault

    def sign_in(self, name: str, password: str, address: str) -> Attempt:
        """Try a password. Each answer takes as long as any other: a hash is computed in every case."""
        return self._try(name, password, address, SIGNED_IN)

    def confirm(self, account: Account, password: str, address: str) -> Attempt:
        """Try the password of somebody who is signed in, before a change of weight; guesses count alike."""
        return self._try(account.name, password, address, CONFIRMED)

    def _try(self, name: str, password: str, address: str, meant: str) -> Attempt:
        key = _key(name)[:LONGEST_NAME]
        now = self._clock()
        with self._store.reading() as connection:
            row = connection.execute(_by_name(key)).first()
            wait = _tried_too_often(connection, key, address, now)
        fits = self._fits(row.password_hash if row else self._nobodys, password)
        if wait:
            return Attempt(None, wait=True)
        may = row is not None and fits and not row.disabled and not _is_over(row.one_time_until, now)
        if may and row is not None and meant == SIGNED_IN and row.totp_secret:
            meant = PASSWORD_GIVEN
        with self._store.writing() as connection:
            self._note(connection, key, address, meant if may else WRONG)
        return Attempt(_account(row) if may else None)

    def give_code(self, name: str, code: str, address: str) -> Attempt:
        """Try a code of the second factor, or a recovery code, after the password was right."""
        now = self._clock()
        with self._store.writing() as connection:
            row = connection.execute(_by_name(name)).first()
            if _tried_too_often(connection, name, address, now):
                return Attempt(None, wait=True)
            event = self._taken(connection, row, code, now) if row and not row.disabled else WRONG
            self._note(connection, name, address, event)
        return Attempt(_account(row) if row and event != WRONG else None)

    def turn_factor_on(self, account: Account, secret: str, code: str, keep: str) -> tuple[str, ...]:
        """Ask for a code from now on, when `code` shows that the app has the secret; the recovery codes.

        Every session but the one of the key `keep` ends. Nothing changes and () comes back when the code
        does not fit.
        """
        step = matching_step(secret, code, self._clock(), None)
        if step is None:
            return ()
        with self._store.writing() as connection:
            changed = update(accounts).where(accounts.c.name == account.name)
            connection.execute(changed.values(totp_secret=secret, totp_used=step))
            other = (sessions.c.account == account.name, sessions.c.token_sha256 != keep)
            connection.execute(delete(sessions).where(*other))
            self._note(connection, account.name, "", FACTOR_ON)
            return _new_codes(connection, account.name)

    def turn_factor_off(self, account: Account) -> None:
        """Ask for no code from now on."""
        with self._store.writing() as connection:
            changed = update(accounts).where(accounts.c.name == account.name)
            connection.execute(changed.values(totp_secret=None, totp_used=None))
            _drop_codes(connection, account.name)
            self._note(connection, account.name, "", FACTOR_OFF)

    def renew_codes(self, account: Account) -> tuple[str, ...]:
        """New recovery codes; those of before are good no more."""
        with self._store.writing() as connection:
            self._note(connection, account.name, "", CODES_RENEWED)
            return _new_codes(connection, account.name)

    def codes_left(self, account: Account) -> int:
        """How many recovery codes are left."""
        with self._store.reading() as connection:
            count = select(func.count()).where(recovery_codes.c.account == account.name)
            return connection.execute(count).scalar_one()

    @staticmethod
    def _taken(connection: Connection, row: Any, code: str, now: datetime) -> str:
        """The event of a code given: taken as one of the app, as a recovery code, or wrong."""
        step = matching_step(row.totp_secret, code, now, row.totp_used) if row.totp_secret else None
        if step is not None:
            used = update(accounts).where(accounts.c.name == row.name).values(totp_used=step)
            connection.execute(used)
            return SIGNED_IN
        one = (recovery_codes.c.account == row.name, recovery_codes.c.code_sha256 == recovery_hash(code))
        return RECOVERED if connection.execute(delete(recovery_codes).where(*one)).rowcount else WRONG

    def note_ended(self, account: Account, address: str) -> None:
        """Record that somebody ended sessions of theirs."""
        with self._store.writing() as connection:
            self._note(connection, account.name, address, SESSIONS_ENDED)

    def note_sign_out(self, account: Account, address: str) -> None:
        """Record that somebody signed out."""
        with self._store.writing() as connection:
            self._note(connection, account.name, address, SIGNED_OUT)

    def audit(self, *, before: int | None = None, limit: int = 100) -> tuple[Any, ...]:
        """Rows (number, at, account, address, event) of sign-ins and changes of accounts, latest first."""
        with self._store.reading() as connection:
            return audit.latest(connection, before, limit)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe())

    def _fits(self, password_hash: str, password: str) -> bool:
        with self._hashing:
            try:
                return self._hasher.verify(password_hash, password[:LONGEST])
            except (VerifyMismatchError, InvalidHashError):
                return False

    def _change(self, name: str, event: str, **columns: object) -> None:
        key = _key(name)
        with self._store.writing() as connection:
            changed = connection.execute(update(accounts).where(accounts.c.name == key).values(**columns))
            if not changed.rowcount:
                raise AccountError("web.account_unknown", name=name)
            connection.execute(delete(sessions).where(sessions.c.account == key))
            if event == RESET:
                _drop_codes(connection, key)
            self._note(connection, key, "", event)

    def _note(self, connection: Connection, name: str, address: str, event: str) -> None:
        audit.note(connection, self._clock(), name, address, event)


def is_name(name: str) -> bool:
    """Whether an account may be called that."""
    return 0 < len(_key(name)) <= LONGEST_NAME


def password_fault(password: str, about: tuple[str, ...] = ()) -> str:
    """The wording key of what is wrong with a new password, "" when nothing is (ASVS 6.2).

    Any characters are taken. What stands in lists of leaked passwords, in `about`, or is typed along the
    keyboard is guessed first (zxcvbn).
    """
    if len(password) < SHORTEST:
        return "web.password_short"
    if len(password) > LONGEST:
        return "web.password_long"
    from zxcvbn import zxcvbn

    words = [
        part for text in ("tonghop", *about) for part in {text.lower(), *plain_key(text).split()} if part
    ]
    looked_at = password[:STRENGTH_LOOKS_AT]
    score = min(zxcvbn(text, user_inputs=words)["score"] for text in {looked_at, "".join(looked_at.split())})
    return "web.password_weak" if score < LEAST_STRENGTH else ""


def _tried_too_often(connection: Connection, name: str, address: str, now: datetime) -> bool:
    wrong = (sign_ins.c.event == WRONG, sign_ins.c.at > now - WINDOW)
    by_address, by_name = sign_ins.c.address == address, sign_ins.c.account == name

    def count(*conditions: Any) -> int:
        return connection.execute(select(func.count()).where(*conditions)).scalar_one()

    if count(*wrong, by_address, by_name) >= TRIES_OF_PAIR or count(*wrong, by_address) >= TRIES_OF_ADDRESS:
        return True
    is_known = (
        sign_ins.c.event.in_((SIGNED_IN, RECOVERED)),
        sign_ins.c.at > now - KNOWN_FOR,
        by_address,
        by_name,
    )
    return count(*wrong, by_name) >= TRIES_OF_ACCOUNT and not count(*is_known)


def _is_over(until: datetime | None, now: datetime) -> bool:
    return until is not None and until <= now


def _by_name(name: str) -> Any:
    return select(accounts).where(accounts.c.name == _key(name))


def _account(row: Any) -> Account:
    return Account(
        name=row.name,
        shown_name=row.shown_name,
        role=Role(row.role),
        must_change=row.one_time_until is not None,
        disabled=row.disabled,
        second_factor=row.totp_secret is not None,
    )


def _new_codes(connection: Connection, name: str) -> tuple[str, ...]:
    codes = new_recovery_codes()
    _drop_codes(connection, name)
    rows = [{"account": name, "code_sha256": recovery_hash(code)} for code in codes]
    connection.execute(insert(recovery_codes), rows)
    return codes


def _drop_codes(connection: Connection, name: str) -> None:
    connection.execute(delete(recovery_codes).where(recovery_codes.c.account == name))


def _key(name: str) -> str:
    return name.strip().lower()


def _one_time() -> str:
    """Sixteen letters in fours: 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
