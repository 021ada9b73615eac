"""How the program and a reading process tell one message to the other from the next."""

from __future__ import annotations

import struct
from typing import Final

from intake.documents import ReadState

FRAME: Final = struct.Struct(">cI")
"""Before each message: the letter of a job or of its answer, and how many octets follow."""
LISTED_STATES: Final = (ReadState.OVERRAN, ReadState.CRASHED, ReadState.TOO_LARGE)
"""States a listed file may end in; a job L names one by its position."""
