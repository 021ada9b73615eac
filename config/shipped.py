"""The regimes that come with the program, to be copied and made one's own."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from ruamel.yaml import YAML

from config.errors import TargetFolderNotEmptyError, UnknownShippedRegimeError
from config.loader import SHARED

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path


def shipped_regimes() -> tuple[str, ...]:
    """The names of the shipped regimes, in order."""
    return tuple(sorted(entry.name for entry in _folder().iterdir() if (entry / "department.yaml").is_file()))


def shipped_names() -> dict[str, str]:
    """The departments of the shipped regimes, by the regime's name."""
    heads = {name: (_folder() / name / "department.yaml").read_text("utf-8") for name in shipped_regimes()}
    return {name: str(YAML(typ="safe").load(head)["department"]["name"]) for name, head in heads.items()}


def copy_regime(name: str, target: Path) -> Path:
    """Copy a shipped regime, with the shared files it names, into an empty folder; returns the folder.

    Raises:
        UnknownShippedRegimeError: no regime of that name is shipped.
        TargetFolderNotEmptyError: the folder holds something already.

    """
    if name not in shipped_regimes():
        raise UnknownShippedRegimeError(name, shipped_regimes())
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise TargetFolderNotEmptyError(target)
    with as_file(_folder()) as folder:
        shutil.copytree(folder / name, target, dirs_exist_ok=True)
        for shared in sorted((folder / SHARED).glob("*.yaml")):
            if _is_named(shared.name, target):
                (target / SHARED).mkdir(exist_ok=True)
                shutil.copyfile(shared, target / SHARED / shared.name)
    return target


def _is_named(name: str, folder: Path) -> bool:
    return any(name in path.read_text("utf-8") for path in (folder / "reports").glob("*.yaml"))


def _folder() -> Traversable:
    return files("config") / "regimes"
