"""Mail after mail into a daemon whose line is faulty: `python -m tools.soak SECONDS [SEED [MAILS_A_SECOND]]`.

A real mailbox behind a line that is cut, drips, falls silent or leaves words out, another fault every half
minute; every fifth mail is damaged at random, three of five are reports of sixty units, month after month. At
the end the faults stop, the daemon takes in what is left, `audit` holds the mailbox against archive and
ledger, and the memory over the time is printed: the daemon's share of what is resident, and that of all it
started with it.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from tests.dovecot import PASSWORD, Dovecot, line_to, running_dovecot
from tests.fuzzing import TARGETS
from tests.offices import Office, command, environment, note
from tools.bench.workload import make_regime, reports
from tools.fuzz import damaged

USER = "lau-dai"
EVERY = 30.0  #: seconds a fault lasts
FAULTS = ("none", "cut", "drip", "silent", "left out", "none")
SENDERS = 60  #: units
SHARE = 0.3  #: of the pieces the server says meet the fault
EACH_LOOK = 5.0  #: seconds between two looks at the memory
LONGEST_REST = 1_800  #: seconds in which what is left must be taken in


class Weather:
    """What befalls the line just now; `changed` is called for every piece that the server says."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._until = 0.0
        self.fault = "none"
        self.over = False
        self.seen: Counter[str] = Counter()

    def changed(self, _connection: int, octets: bytes) -> bytes | None:
        """The octets, fewer of them, none, or a broken line."""
        now = time.monotonic()
        if now > self._until:
            self.fault, self._until = self._chance.choice(FAULTS), now + EVERY
        fault = "none" if self.over or self._chance.random() > SHARE else self.fault
        self.seen[fault] += 1
        match fault:
            case "cut":
                return None
            case "drip":
                time.sleep(0.2)
            case "silent":
                return b""
            case "left out":
                place = self._chance.randrange(len(octets))
                return octets[:place] + octets[place + 8 :]
        return octets


def main(seconds: float, seed: int = 0, rate: float = 1.0) -> int:
    """Soak for so long and print how it went; 0 when nothing is lost or changed."""
    chance = random.Random(seed)  # noqa: S311 - any faults will do
    weather = Weather(chance)
    with (
        tempfile.TemporaryDirectory(prefix="tonghop-soak-") as folder,
        running_dovecot() as server,
        line_to(server.port, weather.changed) as line,
    ):
        mails = list(_mails(int(seconds * rate) + 1, chance))
        office = Office(Path(folder) / "home", Path(folder), (mails[-1][1] + timedelta(days=1)).isoformat())
        make_regime(office.home / "regime", SENDERS)
        office.settings(
            f"mailbox: {{host: 127.0.0.1, port: {line.port}, user: {USER}, encryption: none,"
            " allow_plain_on_loopback: true, poll_seconds: 15}\n"
        )
        secret = environment({"TONGHOP_PASSWORD": PASSWORD})
        with (office.home / "said").open("w") as log:
            daemon = subprocess.Popen(  # noqa: S603 - our own program
                command(office.words("run")), stdout=log, stderr=log, text=True, env=secret
            )
        try:
            memory = _delivered(server, daemon, mails, rate)
            weather.over = True
            found = _settled(office, secret, daemon)
        finally:
            daemon.terminate()
            daemon.wait(30)
        _print(found, memory, weather.seen, line.connections)
        return bool(found["flaws"]) or not _is_balanced(found)


def _mails(number: int, chance: random.Random) -> Iterator[tuple[bytes, datetime]]:
    """Mails in the order of their arrival."""
    broken = damaged(TARGETS["mail"], chance)
    sent = reports(number, SENDERS)
    last = next(sent)
    for each in range(number):
        head = f"X-Number: {each}\r\n".encode()
        match each % 5:
            case 0:
                yield head + next(broken).replace(b"\0", b"0"), last.arrival
            case 1:
                yield head + note("tin@bao.example", f"Bản tin {each}", "Tin trong ngày"), last.arrival
            case _:
                last = next(sent)
                yield head + last.octets, last.arrival


def _delivered(
    server: Dovecot, daemon: subprocess.Popen[str], mails: list[tuple[bytes, datetime]], rate: float
) -> list[list[tuple[int, int]]]:
    """Deliver so many a second; the memory in KiB by the minute, taken every five seconds."""
    memory: list[list[tuple[int, int]]] = []
    began = looked = time.monotonic()
    for number, (octets, arrival) in enumerate(mails):
        assert daemon.poll() is None, "the daemon ended"
        with suppress(AssertionError):  # what no mail server takes
            server.append(USER, octets, date=arrival.strftime("%d-%b-%Y %H:%M:%S %z"))
        now = time.monotonic()
        if now >= looked:
            looked = now + EACH_LOOK
            memory += [[] for _ in range(int((now - began) / 60) + 1 - len(memory))]
            memory[-1].append((_share(daemon.pid), sum(map(_share, _with_all_it_started(daemon.pid)))))
        time.sleep(max(0.0, began + (number + 1) / rate - time.monotonic()))
    return memory


def _with_all_it_started(process: int) -> Iterator[int]:
    """The process, those it started, and what they started."""
    yield process
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                yield from _with_all_it_started(int(child))


def _share(process: int) -> int:
    """KiB: its own pages, and of those it shares its part (PSS); nothing of one that has ended."""
    with suppress(OSError):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return 0


def _settled(office: Office, secret: dict[str, str], daemon: subprocess.Popen[str]) -> dict[str, object]:
    """What `audit` finds when the daemon has taken in all there is."""
    end = time.monotonic() + LONGEST_REST
    while True:
        ran = subprocess.run(  # noqa: S603 - our own program
            command(office.words("audit", "--json")), capture_output=True, text=True, env=secret, check=False
        )
        found: dict[str, object] = (
            json.loads(ran.stdout) if ran.stdout else {"folders": [], "flaws": [ran.stderr]}
        )
        if time.monotonic() > end or daemon.poll() is not None or _is_balanced(found):
            return found
        time.sleep(10)


def _is_balanced(found: dict[str, object]) -> bool:
    folders = found["folders"]
    assert isinstance(folders, list)
    left = sum(each["unread"] + each["coming"] + len(each["unaccounted"]) for each in folders)
    return bool(folders) and not left


def _print(
    found: dict[str, object], memory: list[list[tuple[int, int]]], seen: Counter[str], connections: int
) -> None:
    for what, which in (("the daemon", 0), ("with all it started", 1)):
        minutes = [int(median(taken[which] for taken in minute)) // 1024 for minute in memory if minute]
        sys.stdout.write(f"share of the memory by the minute, {what}, MB: {minutes}\n")
    sys.stdout.write(f"faults: {dict(seen)}; connections: {connections}\n")
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    words = [float(word) for word in sys.argv[1:]]
    sys.exit(main(words[0], *map(int, words[1:2] or [os.getpid()]), *words[2:]))
