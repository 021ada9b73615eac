"""Every sentence shown to a person, by key, in Vietnamese or English.

The sentences stand in `templates/wording/<area>.<language>.yaml`, one flat mapping a file; the key
"findings.total_not_parts" is the entry `total_not_parts` of `findings.vi.yaml`. An entry may hold
`{name}` places that are filled from keyword arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML

LANGUAGES = ("vi", "en")


class UnknownWordingError(KeyError):
    """No sentence of that key; the catalogue and the code have parted."""


class Wording:
    """The sentences of one language; English falls back on Vietnamese where it has none."""

    def __init__(self, language: str = "vi", own: Mapping[str, str] | None = None) -> None:
        """Read the catalogue; the department's `own` sentences win (`own_wording.department_wording`)."""
        self.language = language
        self._sentences = dict(_shipped("vi"))
        if language != "vi":
            self._sentences.update(_shipped(language))
        self.own = dict(own or {})  #: the sentences the department worded itself, by key
        self._sentences.update(self.own)

    def __call__(self, key: str, /, **places: object) -> str:
        """The sentence of that key with its places filled.

        Raises:
            UnknownWordingError: the catalogue has no such key.

        """
        sentence = self.sentence(key)
        return sentence.format_map(_Places(places)) if "{" in sentence else sentence

    def sentence(self, key: str) -> str:
        """The sentence of that key as it is written, its places open.

        Raises:
            UnknownWordingError: the catalogue has no such key.

        """
        if key not in self._sentences:
            raise UnknownWordingError(key)
        return self._sentences[key]

    def has(self, key: str) -> bool:
        """Whether the catalogue has that key."""
        return key in self._sentences

    def keys(self) -> frozenset[str]:
        """All keys of the catalogue."""
        return frozenset(self._sentences)


class _Places(dict[str, object]):
    """A place nobody filled shows as "…", so that a sentence never fails to appear."""

    def __missing__(self, key: str) -> str:
        return "…"


@cache
def _shipped(language: str) -> dict[str, str]:
    folder = files("templates") / "wording"
    sentences: dict[str, str] = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(f".{language}.yaml"):
            sentences.update(_sentences_of(entry.name, entry.read_text("utf-8")))
    return sentences


def area_of(name: str) -> str:
    """What the keys of a file of that name begin with: "findings" of "findings.tables.vi.yaml"."""
    return name.split(".", 1)[0]


def _sentences_of(name: str, text: str) -> dict[str, str]:
    area = area_of(name)
    entries = YAML(typ="safe").load(text) or {}
    return {f"{area}.{key}": str(sentence).strip() for key, sentence in entries.items()}
