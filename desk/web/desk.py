"""The desk as it is served: the office it shows, its accounts and sessions, and its templates."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from config.own_wording import department_wording
from config.settings import SecondFactor, load_settings
from config.wording import LANGUAGES, Wording
from desk.current import CurrentOffice
from desk.office import Office
from desk.picture_cache import PictureCache
from desk.pictures import FOLDER, Pictures
from desk.web.accounts import Accounts
from desk.web.follow_up import FollowsUp, FollowUp
from desk.web.patience import Flood
from desk.web.rendering import Rendering
from desk.web.second_factor import HalfSignedIn
from desk.web.sessions import Sessions
from desk.web.store import open_store
from desk.wishes import waiting_wishes

if TYPE_CHECKING:
    from argon2 import PasswordHasher

    from config.settings import Settings
    from desk.web.accounts import Account


class Desk:
    """One desk over one home folder; safe to use from several threads."""

    def __init__(
        self,
        home: Path,
        clock: Callable[[], datetime],
        hasher: PasswordHasher | None = None,
        follow_up: Callable[[Callable[[], Office]], FollowsUp] = FollowUp,
    ) -> None:
        """Open the desk.

        Args:
            home: the folder.
            clock: tells the time.
            hasher: of passwords, Argon2 as the library advises unless given.
            follow_up: makes what follows up on the office it is given: a thread of this process unless told.

        Raises:
            ConfigError, HomeNotFoundError, LedgerError: as `open_office`.
        """
        self.home = home
        self.clock = clock
        self.settings: Settings = load_settings(home)
        self.changes = threading.Lock()  #: held while a form of ours changes something
        self._current = CurrentOffice(home, clock)
        self.follow_up = follow_up(self._current)
        self._wordings: tuple[Office | None, dict[str, Wording]] = (None, {})
        self.pictures = self._pictures()
        self._store = open_store(home)
        self.accounts = Accounts(self._store, clock, hasher)
        self.sessions = Sessions(self._store, clock)
        self.half_signed_in = HalfSignedIn(clock)
        self.flood = Flood(time.monotonic)
        self.rendering = Rendering()
        if waiting_wishes(self.office().ledger):  # left by a desk that died
            self.follow_up.wake()

    @property
    def https(self) -> bool:
        """Whether browsers speak TLS: to the proxy before us."""
        return self.settings.desk.behind_proxy

    def asks_for_factor(self, account: Account) -> bool:
        """Whether the settings make the second factor compulsory for an account."""
        wanted = self.settings.desk.second_factor
        return wanted is SecondFactor.EVERYBODY or (
            wanted is SecondFactor.OFFICERS and account.role.may_change
        )

    def lacks_factor(self, account: Account) -> bool:
        """Whether an account must set up its second factor before anything else."""
        return not account.second_factor and self.asks_for_factor(account)

    @property
    def cookie(self) -> str:
        """The session cookie's name; `__Host-` ties it to this very host and to TLS (RFC 6265bis)."""
        return "__Host-tonghop" if self.https else "tonghop"

    def office(self, actor: str = "", language: str = "") -> Office:
        """The office as it is now, for somebody: what they change goes under their name.

        Raises:
            ConfigError, LedgerError: as `open_office`.
        """
        office = self._current()
        if not actor:
            return office
        return replace(
            office,
            settings=replace(office.settings, officer=actor),
            ledger=office.ledger.under(actor),
            wording=self._wordings_of(office).get(language, office.wording),
            later=self.follow_up.wake,
        )

    def wording(self, language: str) -> Wording:
        """The words of the interface in a language; in that of the office when there is none such."""
        office = self.office()
        return self._wordings_of(office).get(language, office.wording)

    def close(self) -> None:
        """Let go of everything."""
        self.follow_up.close()
        self.pictures.close()
        self._current.close()
        self._store.close()

    def _pictures(self) -> Pictures:
        """The pictures of the archive, which stays where it is while the desk runs."""
        office = self.office()
        return Pictures(
            office.archive, PictureCache(self.home / FOLDER), lambda: self.office().open_picture_pool()
        )

    def _wordings_of(self, office: Office) -> dict[str, Wording]:
        """The words of every language, with the department's own: read once for an office."""
        read_for, found = self._wordings
        if read_for is not office:
            own_words = self.home / "templates" / "wording"
            found = {each: department_wording(each, own_words) for each in LANGUAGES}
            self._wordings = office, found  # together: another thread sees both or neither
        return found
