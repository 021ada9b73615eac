"""The words by which a sheet names a kind of unit (pure)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.spelling import plain_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from config.regime import UnitKind

#: In `owed_by_kinds`: every kind there is, those added later too.
EVERY = "*"


def kind_words(kinds: Iterable[UnitKind], former: Iterable[UnitKind] = ()) -> dict[str, str]:
    """The id of a kind by the key of each of its words: plural, name and id.

    Args:
        kinds: those there are.
        former: what they were called before; a word that another kind bears now means that one.
    """
    kinds = tuple(kinds)
    ids = {kind.id for kind in kinds}
    known = (*(kind for kind in former if kind.id in ids), *kinds)
    words: dict[str, str] = {}
    for kind in known:
        words |= {plain_key(word): kind.id for word in (kind.plural, kind.name)}
    return words | {plain_key(kind.id): kind.id for kind in kinds}
