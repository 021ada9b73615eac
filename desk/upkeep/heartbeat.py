"""How the daemon fares, in `daemon.json` of the home folder: written at each look, read by the desk.

No event of the history: a look every ten minutes that brought nothing is no news.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "daemon.json"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The daemon's last look into the mailbox."""

    looked_at: datetime
    trouble: str = ""  #: the sentence told of a look that failed


def beat(home: Path, heartbeat: Heartbeat) -> None:
    """Write down the last look; the file appears whole, by rename."""
    temporary = home / f".{FILE}.{os.getpid()}.part"
    said = asdict(heartbeat) | {"looked_at": heartbeat.looked_at.isoformat()}
    temporary.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    temporary.replace(home / FILE)


def last_beat(home: Path) -> Heartbeat | None:
    """The daemon's last look; None when it never looked, or the file is none of ours."""
    try:
        said: Mapping[str, str] = json.loads((home / FILE).read_text("utf-8"))
        return Heartbeat(datetime.fromisoformat(said["looked_at"]), str(said["trouble"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
