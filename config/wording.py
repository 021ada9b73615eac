"""Every sentence shown to a person, by key, in Vietnamese or English.

The sentences stand in `templates/wording/<area>.<language>.yaml`, one flat mapping a file; the key
"findings.total_not_parts" is the entry `total_not_parts` of `findings.vi.yaml`. An entry may hold
`{name}` places that are filled from keyword arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from ruamel.yaml import YAML

LANGUAGES = ("vi", "en")


class UnknownWordingError(KeyError):
    """No sentence of that key; the catalogue and the code have parted."""


class SentenceKey(str):
    """What fills a place of a sentence and is itself a sentence of the catalogue, by its key."""

    __slots__ = ()


class Wording:
    """The sentences of one language; English falls back on Vietnamese where it has none."""

    def __init__(self, language: str = "vi", own: Mapping[str, str] | None = None) -> None:
        """Take the catalogue; the department's `own` sentences win (`own_wording.department_wording`)."""
        self.language = language
        self.own = dict(own or {})  #: the sentences the department worded itself, by key
        self._languages = dict.fromkeys((language, "vi"))
        self._said = dict(self.own)

    def __call__(self, key: str, /, **places: object) -> str:
        """The sentence of that key with its places filled.

        Raises:
            UnknownWordingError: the catalogue has no such key.

        """
        sentence = self.sentence(key)
        if "{" not in sentence:
            return sentence
        told = {
            name: self(place) if isinstance(place, SentenceKey) else place for name, place in places.items()
        }
        return sentence.format_map(_Places(told))

    def sentence(self, key: str) -> str:
        """The sentence of that key as it is written, its places open.

        Raises:
            UnknownWordingError: the catalogue has no such key.

        """
        if not self.has(key):
            raise UnknownWordingError(key)
        return self._said[key]

    def has(self, key: str) -> bool:
        """Whether the catalogue has that key."""
        if key not in self._said:
            areas = (_area(language, area_of(key)) for language in self._languages)
            self._said |= next(({key: area[key]} for area in areas if key in area), {})
        return key in self._said

    def keys(self) -> frozenset[str]:
        """All keys of the catalogue."""
        return frozenset(self.own).union(*map(_shipped, self._languages))


class _Places(dict[str, object]):
    """A place nobody filled shows as "…", so that a sentence never fails to appear."""

    def __missing__(self, key: str) -> str:
        return "…"


def _shipped(language: str) -> dict[str, str]:
    """The whole catalogue of one language."""
    return {key: sentence for area in _areas(language) for key, sentence in _area(language, area).items()}


@cache
def _area(language: str, area: str) -> dict[str, str]:
    """The sentences of one area, read when the first is said: to read all takes longer than most commands."""
    sentences: dict[str, str] = {}
    for file in _areas(language).get(area, ()):
        entries = YAML(typ="safe").load(file.read_text("utf-8")) or {}
        sentences |= {f"{area}.{key}": str(sentence).strip() for key, sentence in entries.items()}
    return sentences


@cache
def _areas(language: str) -> dict[str, list[Traversable]]:
    """The files of one language by their area."""
    areas: dict[str, list[Traversable]] = {}
    folder = files("templates") / "wording"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(f".{language}.yaml"):
            areas.setdefault(area_of(file.name), []).append(file)
    return areas


def area_of(name: str) -> str:
    """What a key, or the name of a file, begins with: "findings" of "findings.tables.vi.yaml"."""
    return name.split(".", 1)[0]
