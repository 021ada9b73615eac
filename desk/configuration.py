"""Whether the files an open office was made from are still those on the disk.

An officer changes units, deadlines or the sending of mail while the daemon runs, in the desk or in an
editor. What was read before must not go on being obeyed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from config.settings import FILE as SETTINGS_FILE

if TYPE_CHECKING:
    from config.settings import Settings

#: Of each file: name, size, when changed, which file it is.
Print = tuple[tuple[str, int, int, int], ...]


def print_of(settings: Settings) -> Print:
    """Changes when a file of the configuration does: the settings, the regime, the own templates."""
    folders = (settings.regime, settings.home / "templates")
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return tuple(_print_of_file(path) for path in (settings.home / SETTINGS_FILE, *files))


def _print_of_file(path: Path) -> tuple[str, int, int, int]:
    try:
        at = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return (str(path), -1, -1, -1)
    return (str(path), at.st_size, at.st_mtime_ns, at.st_ino)
