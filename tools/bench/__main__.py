"""`make bench`: a real Dovecot on loopback, the same mail by turns through tonghop, the script and the floor.

CPU seconds are those of a process and its children together; ratios are of CPU, because other work on the
machine changes wall time far more. Memory is the largest sum of proportional set sizes (PSS) of a process
tree, looked at ten times a second. With one round a figure is one measurement, else the median of the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.dovecot import PASSWORD, Dovecot, running_dovecot
from tools.bench import workload

ROOT = Path(__file__).resolve().parent.parent.parent
_VMAIL = 5000
_MAILBOX = "{host: 127.0.0.1, port: %d, user: %s, encryption: none, allow_plain_on_loopback: true}"
CLOCK = "2023-12-01T09:00:00+07:00"


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: seconds of CPU and of the wall, largest memory in MB, and what it printed."""

    cpu: float
    wall: float
    memory: float
    said: str


def main() -> None:
    """Run everything that is asked for and print the table."""
    asked = _arguments()
    with running_dovecot() as server, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bench = Bench(server, Path(folder))
        print(f"{platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        bench.reports(asked.mails, rounds=1, title=f"{asked.mails} reports")
        bench.reports(asked.part, rounds=asked.rounds, title=f"{asked.part} reports")
        bench.small(asked.small)
        for communes in asked.units:
            bench.consolidation(communes)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--mails", type=int, default=2000, help="reports of the one large round")
    parser.add_argument("--part", type=int, default=200, help="reports of the repeated rounds")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--small", type=int, default=20_000, help="plain mails")
    parser.add_argument("--units", type=int, nargs="*", default=[60, 600], help="units consolidated")
    return parser.parse_args()


class Bench:
    """A server, a folder for everything that is made, and the measurements."""

    def __init__(self, server: Dovecot, folder: Path) -> None:
        self.server = server
        self.folder = folder

    def reports(self, number: int, *, rounds: int, title: str) -> None:
        """Reports through all three, by turns."""
        user = f"reports-{title.partition(' ')[0]}-{rounds}-{len(list(self.server.mail.iterdir()))}"
        sent = list(workload.reports(number))
        self._deliver(user, iter(sent))
        total = sum(mail.total or 0 for mail in sent)
        found: dict[str, list[Measured]] = {"floor": [], "tonghop": [], "naive": []}
        for _ in range(rounds):
            for name, runs in found.items():
                runs.append(self._one(name, user, total))
        print(f"\n## {title}, {sum(len(mail.octets) for mail in sent) / 1e6:.1f} MB, {rounds} round(s)")
        _print(found, number)

    def _one(self, name: str, user: str, total: int) -> Measured:
        if name != "tonghop":
            measured = self._script(name, user)
            assert name == "floor" or json.loads(measured.said)["total"] == total, "the script read wrongly"
            return measured
        home = self._home(user, 60)
        measured = self._tonghop(home, "poll", "--json")
        told = json.loads(measured.said)
        added = sum(v["value"] or 0 for v in self._values(home))
        print(f"tonghop: {told}, figures {'all right' if added == total else f'{added} of {total}'}")
        unchanged = statistics.median(self._tonghop(home, "poll", "--json").wall for _ in range(3))
        verified = self._tonghop(home, "verify")
        print(f"an unchanged mailbox from the command line: {unchanged:.2f} s; verify: {verified.wall:.2f} s")
        shutil.rmtree(home)
        return measured

    def _values(self, home: Path) -> Iterator[dict[str, float]]:
        code = (
            "import sys, json; from pathlib import Path; from datetime import datetime, UTC\n"
            "from ledger.store import Ledger\n"
            "with Ledger.open(sys.argv[1], 'bench', lambda: datetime.now(UTC)) as ledger:\n"
            "    print(json.dumps([{'value': float(v.value.value or 0)} for v in ledger.values()]))"
        )
        url = f"sqlite:///{home / 'tonghop.sqlite3'}"
        done = subprocess.run([sys.executable, "-c", code, url], capture_output=True, check=True, cwd=ROOT)
        yield from json.loads(done.stdout)

    def small(self, number: int) -> None:
        """Plain mails through the floor and tonghop; then the same mailbox again, unchanged."""
        user = "small"
        size = self._deliver(user, workload.small(number))
        home = self._home(user, 60)
        found = {
            "floor": [self._script("floor", user)],
            "tonghop": [self._tonghop(home, "poll", "--json")],
        }
        print(f"\n## {number} plain mails, {size / 1e6:.1f} MB")
        _print(found, number)
        runs = [self._tonghop(home, "poll", "--json") for _ in range(5)]
        cpu, wall = (statistics.median(getattr(run, name) for run in runs) for name in ("cpu", "wall"))
        print(f"the same mailbox unchanged, process start included: {cpu:.2f} s CPU, {wall:.2f} s")
        shutil.rmtree(home)

    def consolidation(self, communes: int) -> None:
        """Report, annex and lists of one period of so many units."""
        user = f"units{communes}"
        self._deliver(user, workload.reports(communes, communes))
        home = self._home(user, communes)
        self._tonghop(home, "poll", "--json")
        period = f"{workload.YEAR}-M01"
        run = self._tonghop(home, "consolidate", "-r", "bdg", "-k", period)
        told = f"{run.cpu:.2f} s CPU, {run.wall:.2f} s, {run.memory:.0f} MB"
        print(f"\n## consolidation of {communes} units: {told}", flush=True)
        shutil.rmtree(home)

    def _deliver(self, user: str, sent: Iterator[workload.Sent]) -> int:
        owner = _VMAIL if os.geteuid() == 0 else None
        return workload.deliver(self.server.mail / user, sent, owner)

    def _home(self, user: str, communes: int) -> Path:
        home = Path(tempfile.mkdtemp(prefix="home-", dir=self.folder))
        workload.make_regime(home / "regime", communes)
        settings = "mailbox: " + _MAILBOX % (self.server.port, user) + "\n"
        (home / "settings.yaml").write_text(settings, "utf-8")
        return home

    def _tonghop(self, home: Path, *words: str) -> Measured:
        command = [sys.executable, "-m", "desk", "--home", str(home), "--clock", CLOCK, *words]
        return measure(command, TONGHOP_PASSWORD=PASSWORD, PYTHON_KEYRING_BACKEND=_NO_KEYRING)

    def _script(self, name: str, user: str) -> Measured:
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            words = [str(self.server.port), user, PASSWORD, folder]
            return measure([sys.executable, "-m", f"tools.bench.{name}", *words])


_NO_KEYRING = "keyring.backends.null.Keyring"
#: A program that is installed is compiled once: where Python may not keep that, each start would pay for it.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def measure(command: list[str], **environment: str) -> Measured:
    """Run a command to its end; it must succeed."""
    began = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**_ENVIRONMENT, **environment}
    )
    largest = [0.0]
    watch = threading.Thread(target=_watch, args=(process.pid, largest), daemon=True)
    watch.start()
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - began
    assert process.returncode == 0, f"{command}: {process.returncode}\n{said}"
    watch.join()
    return Measured(used.ru_utime + used.ru_stime, wall, largest[0], said)


def _watch(pid: int, largest: list[float]) -> None:
    while (now := _memory(pid)) > 0:
        largest[0] = max(largest[0], now)
        time.sleep(0.1)


def _memory(pid: int) -> float:
    """MB of a process and all below it; 0 when it is gone."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except OSError:
        return 0.0
    own = next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
    return own / 1024 + sum(_memory(int(child)) for child in children)


def _print(found: dict[str, list[Measured]], number: int) -> None:
    def middle(name: str, of: Callable[[Measured], float]) -> float:
        return statistics.median(of(run) for run in found[name])

    floor = middle("floor", lambda run: run.cpu)
    print("| program | CPU s | of the floor | wall s | mails/s | memory MB |\n|---|---|---|---|---|---|")
    for name in found:
        cpu, wall = middle(name, lambda run: run.cpu), middle(name, lambda run: run.wall)
        memory = middle(name, lambda run: run.memory)
        print(f"| {name} | {cpu:.1f} | {cpu / floor:.2f} | {wall:.1f} | {number / wall:.0f} | {memory:.0f} |")
    if "naive" in found:
        times = middle("naive", lambda run: run.cpu) / middle("tonghop", lambda run: run.cpu)
        print(f"tonghop is {times:.1f} times as fast as the script (CPU)", flush=True)


if __name__ == "__main__":
    main()
