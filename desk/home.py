"""Making a home folder: a regime to start from and a settings file to fill in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from config.errors import Problem
from config.loader import load_regime, missing_before_use
from config.shipped import copy_regime, shipped_regimes
from desk.errors import UnknownNameError
from ledger.references import reference_key

SETTINGS = "settings.yaml"


@dataclass(frozen=True, slots=True)
class MadeHome:
    """What was made, and what must be filled in before use."""

    new: bool
    missing: tuple[Problem, ...]


def make_home(home: Path, regime: str | None) -> MadeHome:
    """Make an installation; one that is there is left as it is.

    Raises:
        UnknownNameError: no regime was named and none is there.
        ConfigError: the regime is not shipped, or the one there is faulty.
    """
    folder = home / "regime"
    new = not (folder / "department.yaml").is_file()
    if new:
        if regime is None:
            raise UnknownNameError("desk.name_a_regime", known=", ".join(shipped_regimes()))
        home.mkdir(parents=True, exist_ok=True)
        copy_regime(regime, folder)
    reference_key(home)  # what it signs is answered for years: it is made before the first mail
    settings = home / SETTINGS
    if not settings.exists():
        settings.write_text((files("templates") / "settings.yaml").read_text("utf-8"), "utf-8")
    today = datetime.now(UTC).date()
    return MadeHome(new, missing_before_use(load_regime(folder), today))
