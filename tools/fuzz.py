"""Fuzzing for as long as one likes: `python -m tools.fuzz TARGET SECONDS [FOLDER]`.

Damages whole inputs at random, or under the guidance of coverage where atheris is installed (it is not among
our dependencies). An input that raises, or takes longer than it may, is kept in FOLDER under its SHA-256.
"""

from __future__ import annotations

import random
import sys
import time
import traceback
from collections.abc import Iterator
from hashlib import sha256
from importlib import import_module
from pathlib import Path

from tests.fuzzing import TARGETS, Target

LONGEST = 5.0
"""Seconds of the processor that one input may take."""


def main(name: str, seconds: float, folder: Path) -> int:
    """Fuzzes one target and gives the number of inputs kept."""
    target = TARGETS[name]
    folder.mkdir(parents=True, exist_ok=True)
    tried = kept = 0
    end = time.monotonic() + seconds
    for octets in damaged(target, random.Random()):  # noqa: S311 - any damage will do
        if time.monotonic() > end:
            break
        tried += 1
        fault = fault_of(target, octets)
        if fault:
            kept += 1
            (folder / f"{name}-{sha256(octets).hexdigest()[:16]}").write_bytes(octets)
            sys.stderr.write(f"{name}: {fault}\n")
    sys.stdout.write(f"{name}: {tried} inputs, {kept} kept\n")
    return kept


def fault_of(target: Target, octets: bytes) -> str:
    """What is wrong with how an input is read, empty when nothing is."""
    began = time.process_time()
    try:
        target.read(octets)
    except Exception:  # noqa: BLE001 - that is what is looked for
        return traceback.format_exc()
    took = time.process_time() - began
    return f"{took:.1f} s" if took > LONGEST else ""


def damaged(target: Target, chance: random.Random) -> Iterator[bytes]:
    """Whole inputs with a few faults of the kinds disks, lines and attackers make, without end."""
    while True:
        octets = bytearray(chance.choice(target.seeds))
        for _ in range(chance.randint(1, 6)):
            _damage(octets, chance)
        yield bytes(octets)


def _damage(octets: bytearray, chance: random.Random) -> None:
    place, length = chance.randrange(len(octets) + 1), chance.randint(1, 64)
    match chance.randrange(6):
        case 0:
            octets[place : place + 1] = bytes((chance.randrange(256),))
        case 1:
            del octets[place : place + length]
        case 2:
            octets[place:place] = octets[place : place + length] * chance.randint(1, 50)
        case 3:
            octets[place:place] = chance.randbytes(length)
        case 4:
            octets[place : place + 4] = chance.choice((b"\xff\xff\xff\x7f", b"\0\0\0\0", b"9999", b"-1\0\0"))
        case _:
            del octets[place:]


def _guided(name: str, rest: list[str]) -> None:
    """Under atheris; `rest` are the options of libFuzzer, such as -max_total_time=600."""
    atheris = import_module("atheris")
    atheris.instrument_all()
    atheris.Setup([sys.argv[0], *rest], TARGETS[name].read)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1] == "--atheris":
        _guided(sys.argv[2], sys.argv[3:])
    else:
        where = Path(sys.argv[3]) if len(sys.argv) > 3 else Path("fuzz-kept")  # noqa: PLR2004
        sys.exit(bool(main(sys.argv[1], float(sys.argv[2]), where)))
