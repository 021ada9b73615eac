"""`tonghop verify`: whether anything was changed behind the program's back, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from config.settings import Settings, load_settings
from config.wording import Wording
from desk.errors import HomeNotFoundError
from desk.office import DECISIONS, sha256_of
from ledger.archive import Archive
from ledger.database import sqlite_file
from ledger.errors import DamagedLedgerError
from ledger.history import NOTHING_BEFORE
from ledger.store import Ledger
from ledger.verification import UNREADABLE, Flaw, Verified


def verify_home(home: Path, clock: Callable[[], datetime], ends: Sequence[str] = ()) -> Verified:
    """Look at archive, journals, ledger and issued documents; nothing is changed.

    `ends` are hashes of the history that somebody noted: each must be one of its events still.
    The configuration is not needed: a home whose regime is faulty can be looked at.

    Raises:
        HomeNotFoundError: the folder holds no ledger.
        InvalidSettingsError, SchemaTooNewError, LedgerBusyError: as named.

    """
    settings = load_settings(home)
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        raise HomeNotFoundError("desk.no_home", home=str(home))
    archive = Archive(settings.archive)
    try:
        with Ledger.open(settings.database_url, "verify", clock) as ledger:
            found = ledger.verify(archive, home / DECISIONS, ends)
            documents = tuple(_documents(ledger, settings))
    except (DamagedLedgerError, *UNREADABLE) as error:
        flaws = tuple(Flaw("message_changed", one) for one in archive.damaged())
        damaged = Flaw("database_damaged", "", {"detail": str(error)})
        return Verified(len(archive.ids()), 0, NOTHING_BEFORE, (damaged, *flaws))
    flaws = (*found.flaws, *documents, *_sign_ins(home))
    return Verified(found.messages, found.events, found.head, flaws)


def _documents(ledger: Ledger, settings: Settings) -> Iterator[Flaw]:
    """Issued documents that are gone or no longer what was issued."""
    for report, period in ledger.periods():
        for issue in ledger.issues(report, period):
            folder = settings.outputs / report / period / f"{issue.number:02d}"
            for name, sha256 in issue.files:
                path = folder / name
                where = path.relative_to(settings.outputs).as_posix()
                if not path.is_file():
                    yield Flaw("document_missing", where)
                elif sha256_of(path.read_bytes()) != sha256:
                    yield Flaw("document_changed", where)


def _sign_ins(home: Path) -> Iterator[Flaw]:
    """Events of the audit of sign-ins that were changed, taken out or put in."""
    from desk.web import audit
    from desk.web.store import FILE, open_store

    if not (home / FILE).exists():
        return
    store = open_store(home)
    try:
        with store.reading() as connection:
            yield from (Flaw("sign_in_changed", str(number)) for number in audit.broken(connection))
    finally:
        store.close()


def sentence(flaw: Flaw, say: Wording) -> str:
    """What a person is told of a flaw."""
    return say(f"verify.{flaw.code}", where=flaw.where, **flaw.places)


def view(found: Verified, say: Wording) -> dict[str, Any]:
    """For `verify --json`."""
    flaws = [{"code": one.code, "where": one.where, "sentence": sentence(one, say)} for one in found.flaws]
    return {"messages": found.messages, "events": found.events, "head": found.head, "flaws": flaws}
