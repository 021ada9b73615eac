"""Mail after mail into a daemon whose line is faulty: `python -m tools.soak SECONDS [SEED [MAILS_A_SECOND]]`.

A real mailbox behind a line that is cut, drips, falls silent or leaves words out, another fault every half
minute; every fifth mail is damaged at random. At the end the faults stop, the daemon takes in what is left,
`audit` holds the mailbox against archive and ledger, and the daemon's memory over the time is printed: all
that is resident, and what of it is its own and no file's.
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
from contextlib import suppress
from itertools import count
from pathlib import Path
from statistics import median

from tests.dovecot import PASSWORD, Dovecot, line_to, running_dovecot
from tests.fuzzing import TARGETS
from tests.offices import UNITS, Office, command, environment, figures, make_office, note, report_mail
from tools.fuzz import damaged

USER = "lau-dai"
EVERY = 30.0  #: seconds a fault lasts
FAULTS = ("none", "cut", "drip", "silent", "left out", "none")
SENDERS = tuple(unit.id for unit in UNITS if unit.addresses)
SHARE = 0.3  #: of the pieces the server says meet the fault
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
        office = make_office(Path(folder))
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
            memory = _delivered(server, daemon, chance, seconds, rate)
            weather.over = True
            found = _settled(office, secret, daemon)
        finally:
            daemon.terminate()
            daemon.wait(30)
        _print(found, memory, weather.seen, line.connections)
        return bool(found["flaws"]) or not _is_balanced(found)


def _delivered(
    server: Dovecot, daemon: subprocess.Popen[str], chance: random.Random, seconds: float, rate: float
) -> list[list[tuple[int, int]]]:
    """Deliver for so long; the daemon's memory in KiB by the minute, as often as a mail was delivered."""
    broken = damaged(TARGETS["mail"], chance)
    memory: list[list[tuple[int, int]]] = []
    began = time.monotonic()
    for number in count():
        passed = time.monotonic() - began
        if passed >= seconds:
            break
        assert daemon.poll() is None, "the daemon ended"
        with suppress(AssertionError):  # what no mail server takes
            server.append(USER, _mail(number, next(broken)), date="01-Jun-2023 08:00:00 +0700")
        memory += [[] for _ in range(int(passed / 60) + 1 - len(memory))]
        memory[-1].append(_resident(daemon.pid))
        time.sleep(max(0.0, began + (number + 1) / rate - time.monotonic()))
    return memory


def _mail(number: int, broken: bytes) -> bytes:
    head = f"X-Number: {number}\r\n".encode()
    unit = SENDERS[number % len(SENDERS)]
    match number % 5:
        case 0:
            return head + broken.replace(b"\0", b"0")
        case 1:
            return head + note("tin@bao.example", f"Bản tin {number}", "Tin trong ngày")
    return head + report_mail(
        unit, figures(number % 50), subject=f"Báo cáo BĐG 6 tháng đầu năm 2023, lần {number}"
    )


def _resident(process: int) -> tuple[int, int]:
    """What is resident, and what of it belongs to no file."""
    status = Path(f"/proc/{process}/status").read_text()
    told = {line.partition(":")[0]: line.split()[1] for line in status.splitlines() if line.endswith("kB")}
    return int(told["VmRSS"]), int(told["RssAnon"])


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
    for what, which in (("resident", 0), ("its own", 1)):
        minutes = [int(median(taken[which] for taken in minute)) // 1024 for minute in memory if minute]
        sys.stdout.write(f"memory of the daemon by the minute, {what}, MB: {minutes}\n")
    sys.stdout.write(f"faults: {dict(seen)}; connections: {connections}\n")
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    words = [float(word) for word in sys.argv[1:]]
    sys.exit(main(words[0], *map(int, words[1:2] or [os.getpid()]), *words[2:]))
