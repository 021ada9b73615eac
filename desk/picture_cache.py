"""Drawn pages kept on disk: bounded, readable by the owner only, and of no loss when it is deleted."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MOST_OCTETS: Final = 512 << 20
_NAME: Final = re.compile(r"[0-9a-f]{64}\.[0-9a-z]{1,12}")
_TEMPORARY: Final = ".part-"
_SPARE: Final = 0.8  #: of the bound that is left when the oldest have gone


@dataclass(frozen=True, slots=True)
class PictureCache:
    """Octets by name in one folder. Names are 64 hex digits, a dot and a short word.

    Several processes may use one folder: a file appears whole, by rename, and one that has gone is a miss.
    A disk that is full or refuses is no fault either: then nothing is kept.
    """

    folder: Path
    most: int = MOST_OCTETS

    def get(self, name: str) -> bytes | None:
        """What is kept under a name, and now counts as used; None when nothing is."""
        path = self._path(name)
        try:
            octets = path.read_bytes()
        except OSError:
            return None
        with suppress(OSError):
            os.utime(path)
        return octets

    def put(self, entries: Mapping[str, bytes]) -> None:
        """Keep these; what was used least lately goes when there is too much."""
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name, octets in entries.items():
                self._write(self._path(name), octets)
            self._prune()

    def _path(self, name: str) -> Path:
        assert _NAME.fullmatch(name), "names are made here, never taken from mail"
        return self.folder / name[:2] / name

    def _write(self, path: Path, octets: bytes) -> None:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=_TEMPORARY, dir=path.parent)  # mode 0600
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(octets)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise

    def _prune(self) -> None:
        kept = sorted(self._entries())
        left = sum(size for _, size, _ in kept)
        if left <= self.most:
            return
        for _, size, path in kept:
            path.unlink(missing_ok=True)
            left -= size
            if left <= self.most * _SPARE:
                return

    def _entries(self) -> Iterator[tuple[int, int, Path]]:
        """When each file was used last, its size, and where it is; what a killed process left as well."""
        for fan in self.folder.iterdir():
            for path in fan.iterdir() if fan.is_dir() else ():
                with suppress(OSError):
                    told = path.stat()
                    yield told.st_mtime_ns, told.st_size, path
