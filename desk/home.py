"""Making a home folder: a regime to start from and a settings file to fill in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from config.editing import put_files
from config.errors import InvalidRegimeError, Problem, TargetFolderNotEmptyError
from config.loader import load_regime, missing_before_use
from config.setup_import import TakenSetup, taken_setup
from config.shipped import copy_regime, shipped_regimes
from desk.errors import UnknownNameError
from ledger.references import reference_key

SETTINGS = "settings.yaml"


@dataclass(frozen=True, slots=True)
class MadeHome:
    """What was made, and what must be filled in before use."""

    new: bool
    missing: tuple[Problem, ...]
    taken: TakenSetup | None = None  #: from a workbook


def make_home(home: Path, regime: str | None) -> MadeHome:
    """Make an installation of a shipped regime or a filled workbook; one that is there is left as it is.

    Raises:
        UnknownNameError: no regime was named and none is there.
        ConfigError: the regime is not shipped, the workbook or the regime that is there is faulty.
    """
    folder = home / "regime"
    new = not (folder / "department.yaml").is_file()
    taken = None
    if new:
        if regime is None:
            raise UnknownNameError("desk.name_a_regime", known=", ".join(shipped_regimes()))
        if Path(regime).suffix.lower() == ".xlsx":
            taken = _fill_from_workbook(Path(regime), folder)
        else:
            home.mkdir(parents=True, exist_ok=True)
            copy_regime(regime, folder)
    reference_key(home)  # what it signs is answered for years: it is made before the first mail
    settings = home / SETTINGS
    if not settings.exists():
        settings.write_text((files("templates") / "settings.yaml").read_text("utf-8"), "utf-8")
    today = datetime.now(UTC).date()
    return MadeHome(new, missing_before_use(load_regime(folder), today), taken)


def _fill_from_workbook(workbook: Path, folder: Path) -> TakenSetup:
    if folder.exists() and any(folder.iterdir()):
        raise TargetFolderNotEmptyError(folder)
    taken = taken_setup(None, workbook, datetime.now(UTC).date())
    if taken.problems:
        raise InvalidRegimeError(taken.problems)
    put_files(folder, taken.files)
    return taken
