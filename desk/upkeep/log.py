"""What the daemon did, as JSON lines: in `logs/tonghop.jsonl` of the home, and for the journal of systemd.

A line holds a moment, a level, the key of a sentence and what fills its places: numbers, folders, paths,
the words of a server. No body, no subject, no sender, no secret. The file is turned over at 5 MB and five
old ones are kept. A disk that takes no more lines never stops the work.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, Any

LOG = logging.getLogger("tonghop")
FILE = "tonghop.jsonl"
LARGEST = 5_000_000
KEPT = 5


class JsonLines(logging.Formatter):
    """One line of JSON for a record: `at`, `level`, `event`, `pid`, and the places of the sentence."""

    def format(self, record: logging.LogRecord) -> str:
        """The line. JSON escapes what could end it: a server's words cannot write a second one."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "pid": record.process,
        }
        if record.exc_info and record.exc_info[0] is not None:
            line |= _where(record.exc_info[0], record.exc_info[1])
        places = getattr(record, "places", {})
        return json.dumps(line | {"places": places} if places else line, ensure_ascii=True, default=str)


def _where(kind: type[BaseException], error: BaseException | None) -> dict[str, Any]:
    """The kind of an error and the way to it; not its words, which may repeat a mail."""
    frames = traceback.extract_tb(error.__traceback__ if error else None)
    return {"error": kind.__name__, "where": [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames]}


class _Enduring(RotatingFileHandler):
    """A file that takes what it can: a full or failing disk costs lines, never the work."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Nothing: the line is lost, and the next one is tried as if nothing had been."""


class _Journal(logging.StreamHandler[IO[str]]):
    """The standard error of a service, which systemd carries into its journal."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Nothing: see `_Enduring`."""


def under_systemd() -> bool:
    """Whether standard error goes to the journal of systemd (systemd.exec(5), JOURNAL_STREAM)."""
    try:
        seen = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return False
    return os.environ.get("JOURNAL_STREAM", "") == f"{seen.st_dev}:{seen.st_ino}"


@contextmanager
def logging_to(folder: Path) -> Iterator[None]:
    """Log into that folder while the block runs, and into the journal where there is one.

    An error that ends the block is logged by its kind and place.
    """
    handlers = _handlers(folder)
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
    for handler in handlers:
        handler.setFormatter(JsonLines())
        LOG.addHandler(handler)
    try:
        yield
    except Exception:
        LOG.exception("daemon.failed")
        raise
    finally:
        for handler in handlers:
            LOG.removeHandler(handler)
            handler.close()


def _handlers(folder: Path) -> list[logging.Handler]:
    handlers: list[logging.Handler] = [_Journal()] if under_systemd() else []
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return handlers  # the home itself cannot be written: the archive says so, in a sentence
    path = folder / FILE
    return [*handlers, _Enduring(path, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8", delay=True)]
