"""The office of a home folder as it is now: opened again when a file it was made from has changed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from config.settings import load_settings
from desk.configuration import Print, print_of
from desk.office import Office, open_office
from ledger.database import sqlite_file

if TYPE_CHECKING:
    from config.settings import Settings


class CurrentOffice:
    """Gives the office; from any thread. No old configuration is ever shown, and none is read twice."""

    def __init__(self, home: Path, clock: Callable[[], datetime]) -> None:
        """Open the office.

        Raises:
            ConfigError, HomeNotFoundError, LedgerError: as `open_office`.
        """
        self._home = home
        self._clock = clock
        self._settings: Settings = load_settings(home)
        self._opening = threading.Lock()
        self._open = ExitStack()
        self._print: Print = ()
        self._office: Office | None = None
        self()

    def __call__(self) -> Office:
        """The office, of everybody who looks at the desk.

        Raises:
            ConfigError, LedgerError: as `open_office`.
        """
        with self._opening:
            if self._office is None or _print_of(self._settings) != self._print:
                opened = ExitStack()
                office = opened.enter_context(open_office(self._home, clock=self._clock, actor="desk"))
                # Connections still in use are closed when they are given back.
                self._open.close()
                self._open, self._office = opened, office
                self._print = _print_of(self._settings)  # opening may have made the ledger's file
            return self._office

    def close(self) -> None:
        """Let go of it."""
        self._open.close()


def _print_of(settings: Settings) -> Print:
    """Changes when the configuration does, or when another ledger takes the place of this one."""
    found = print_of(settings)
    ledger = sqlite_file(settings.database_url)
    if ledger is None or not ledger.exists():
        return found
    return (*found, (ledger.name, 0, 0, ledger.stat().st_ino))
