"""What every writer of a document is: a consolidation and words in, a file out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from config.wording import Wording
    from consolidate.consolidation import Consolidation
    from ledger.records import ReportFile


class Writer(Protocol):
    """Writes one document. The same consolidation gives the same bytes: no clock, no host, no network."""

    def __call__(self, consolidation: Consolidation, wording: Wording) -> ReportFile:
        """The document as a file with its name and media type."""
        ...
