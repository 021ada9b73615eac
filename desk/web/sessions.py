"""Sessions on the server: a random token in the cookie, its hash in the desk's database (ASVS 7).

A session is new at each sign-in, ends after thirty idle minutes, after twelve hours in any case, when
its owner signs out, changes the password or is disabled. What a page asks for by itself, to see whether
something changed, is no use of the session. For ten minutes after the password was given, changes of
weight are made without asking for it again.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, or_, select, update

from desk.web.accounts import Account, Role
from desk.web.store import accounts, sessions

if TYPE_CHECKING:
    from ledger.database import Database

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
CONFIRMED_FOR = timedelta(minutes=10)
LONGEST_BROWSER = 200  #: letters kept of how a browser calls itself
#: Use is written down at most this often: a page must not cost a transaction.
USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person: who, the token that every form of theirs carries, and the language chosen."""

    key: str  #: SHA-256 of the token
    id: str  #: what a page calls it
    account: Account
    form_token: str
    language: str  #: "" until chosen
    used_at: datetime
    confirmed_at: datetime  #: when the password was given last
    totp_offered: str = ""  #: a secret shown and not yet confirmed by a code


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session as its owner sees it among theirs."""

    id: str
    address: str
    browser: str
    began_at: datetime
    used_at: datetime
    is_this: bool


class Sessions:
    """The sessions of one desk."""

    def __init__(self, store: Database, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def begin(self, account: Account, address: str, language: str = "", browser: str = "") -> str:
        """Begin a session; the token for its cookie."""
        token, now = secrets.token_urlsafe(32), self._clock()
        row = {
            "token_sha256": _key(token),
            "id": secrets.token_hex(8),
            "account": account.name,
            "form_token": secrets.token_urlsafe(32),
            "language": language,
            "address": address,
            "browser": browser[:LONGEST_BROWSER],
            "began_at": now,
            "used_at": now,
            "confirmed_at": now,
        }
        over = or_(sessions.c.used_at <= now - IDLE, sessions.c.began_at <= now - LONGEST)
        with self._store.writing() as connection:
            connection.execute(delete(sessions).where(over))
            connection.execute(insert(sessions), row)
        return token

    def find(self, token: str) -> Session | None:
        """The session of that token, None when there is none or it is over."""
        now = self._clock()
        query = (
            select(sessions, accounts)
            .join(accounts, accounts.c.name == sessions.c.account)
            .where(
                sessions.c.token_sha256 == _key(token),
                sessions.c.used_at > now - IDLE,
                sessions.c.began_at > now - LONGEST,
                accounts.c.disabled.is_(False),
            )
        )
        with self._store.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        must_change = row.one_time_until is not None
        account = Account(
            row.name,
            row.shown_name,
            Role(row.role),
            must_change,
            second_factor=row.totp_secret is not None,
        )
        return Session(
            key=row.token_sha256,
            id=row.id,
            account=account,
            form_token=row.form_token,
            language=row.language,
            used_at=row.used_at,
            confirmed_at=row.confirmed_at,
            totp_offered=row.totp_offered or "",
        )

    def use(self, session: Session) -> None:
        """Note that a session is in use."""
        now = self._clock()
        if now - session.used_at >= USE_NOTED_EVERY:
            self._update(session, used_at=now)

    def is_confirmed(self, session: Session) -> bool:
        """Whether the password was given lately enough for a change of weight."""
        return self._clock() - session.confirmed_at < CONFIRMED_FOR

    def confirm(self, session: Session) -> str:
        """Note that the password was given; the session's new token (ASVS 7.2.4), its forms stay good."""
        token = secrets.token_urlsafe(32)
        self._update(session, token_sha256=_key(token), confirmed_at=self._clock())
        return token

    def speak(self, session: Session, language: str) -> None:
        """Choose the language of a session."""
        self._update(session, language=language)

    def offer(self, session: Session, secret: str | None) -> None:
        """Keep the secret of a second factor that a session is shown; None: no more."""
        self._update(session, totp_offered=secret)

    def all_of(self, session: Session) -> tuple[OwnSession, ...]:
        """The sessions of the one who owns this one, the latest used first."""
        now = self._clock()
        query = (
            select(sessions)
            .where(
                sessions.c.account == session.account.name,
                sessions.c.used_at > now - IDLE,
                sessions.c.began_at > now - LONGEST,
            )
            .order_by(sessions.c.used_at.desc(), sessions.c.id)
        )
        with self._store.reading() as connection:
            return tuple(
                OwnSession(
                    row.id,
                    row.address,
                    row.browser,
                    row.began_at,
                    row.used_at,
                    is_this=row.token_sha256 == session.key,
                )
                for row in connection.execute(query)
            )

    def end_other(self, session: Session, which: str = "") -> int:
        """End another session of the same owner, all others when none is named; how many ended."""
        of_owner = (sessions.c.account == session.account.name, sessions.c.token_sha256 != session.key)
        named = (sessions.c.id == which,) if which else ()
        with self._store.writing() as connection:
            return connection.execute(delete(sessions).where(*of_owner, *named)).rowcount

    def end(self, token: str) -> None:
        """End the session of that token."""
        with self._store.writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.token_sha256 == _key(token)))

    def _update(self, session: Session, **columns: object) -> None:
        with self._store.writing() as connection:
            connection.execute(
                update(sessions).where(sessions.c.token_sha256 == session.key).values(**columns)
            )


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
