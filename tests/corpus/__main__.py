"""Write one set: `python -m tests.corpus SET SEED FOLDER [--no-office]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.corpus.build import PLANS, write_set

parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
parser.add_argument("set", choices=sorted(PLANS))
parser.add_argument("seed", type=int)
parser.add_argument("folder", type=Path)
parser.add_argument("--no-office", action="store_true", help="leave out the round trips through LibreOffice")
options = parser.parse_args()
write_set(options.set, options.seed, options.folder, office=not options.no_office)
