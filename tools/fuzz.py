"""Fuzzing for as long as one likes: `python -m tools.fuzz [--atheris] TARGET SECONDS [FOLDER]`.

Damages whole inputs at random, or with `--atheris` under the guidance of coverage, where atheris is installed
(it is not among our dependencies). An input that raises, or takes longer than it may, is kept in FOLDER under
its SHA-256, and the search goes on. What covers something new stands beside it for the next run.
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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fuzzing import Target

LONGEST = 5.0
"""Seconds of the processor that one input may take."""
GUIDED_BY = [
    "intake",
    "config.spelling",
    "tnefparse",
    "olefile",
    "compressed_rtf",
    "email",
    "html",
    "imapclient",
]
"""Modules whose branches lead the search: what reads outside bytes in Python."""


def main(name: str, seconds: float, folder: Path) -> int:
    """Fuzzes one target and gives the number of inputs kept."""
    target = _target(name)
    folder.mkdir(parents=True, exist_ok=True)
    tried = kept = 0
    end = time.monotonic() + seconds
    for octets in damaged(target, random.Random()):  # noqa: S311 - any damage will do
        if time.monotonic() > end:
            break
        tried += 1
        kept += _is_kept(name, target, octets, folder)
    sys.stdout.write(f"{name}: {tried} inputs, {kept} kept\n")
    return kept


def _is_kept(name: str, target: Target, octets: bytes, folder: Path) -> bool:
    fault = fault_of(target, octets)
    if fault:
        (folder / f"{name}-{sha256(octets).hexdigest()[:16]}").write_bytes(octets)
        sys.stderr.write(f"{name}: {fault}\n")
    return bool(fault)


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


def guided(name: str, seconds: float, folder: Path) -> None:
    """Fuzzes one target as atheris leads, which ends the process."""
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=GUIDED_BY):
        target = _target(name)
    corpus = folder / f"corpus-{name}"
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in target.seeds:
        (corpus / sha256(seed).hexdigest()).write_bytes(seed)
    longest = 2 * max(map(len, target.seeds))
    options = [f"-max_total_time={seconds:.0f}", f"-max_len={longest}", f"-artifact_prefix={folder}/{name}-"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], lambda octets: _kept_on(name, target, octets, folder))
    atheris.Fuzz()


def _target(name: str) -> Target:
    from tests.fuzzing import TARGETS  # here, so that the readers are watched from their first line on

    return TARGETS[name]


def _kept_on(name: str, target: Target, octets: bytes, folder: Path) -> None:
    _is_kept(name, target, octets, folder)  # libFuzzer takes nothing but None


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--atheris"]
    where = Path(words[2]) if len(words) > 2 else Path("fuzz-kept")  # noqa: PLR2004
    if "--atheris" in sys.argv:
        guided(words[0], float(words[1]), where)
    else:
        sys.exit(bool(main(words[0], float(words[1]), where)))
