"""Every sentence shown to a person, by key, in Vietnamese or English.

The sentences stand in `templates/wording/<area>.<language>.yaml`, one flat mapping a file; the key
"findings.total_not_parts" is the entry `total_not_parts` of `findings.vi.yaml`. An entry may hold
`{name}` places that are filled from keyword arguments.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ruamel.yaml import YAML

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGES = ("vi", "en")


class UnknownWordingError(KeyError):
    """No sentence of that key; the catalogue and the code have parted."""


class Wording:
    """The sentences of one language; English falls back on Vietnamese where it has none."""

    def __init__(self, language: str = "vi", overrides: Path | None = None) -> None:
        """Read the catalogue; files of the same names in `overrides` (the department's own) win."""
        self.language = language
        self._sentences = dict(_shipped("vi"))
        if language != "vi":
            self._sentences.update(_shipped(language))
        self.own: dict[str, str] = {}  #: the sentences the department worded itself, by key
        if overrides is not None and overrides.is_dir():
            for path in sorted(overrides.glob(f"*.{language}.yaml")):
                self.own.update(_sentences_of(path.name, path.read_text("utf-8")))
        self._sentences.update(self.own)

    def __call__(self, key: str, /, **places: object) -> str:
        """The sentence of that key with its places filled.

        Raises:
            UnknownWordingError: the catalogue has no such key.

        """
        try:
            sentence = self._sentences[key]
        except KeyError:
            raise UnknownWordingError(key) from None
        return sentence.format_map(_Places(places)) if "{" in sentence else sentence

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


def _sentences_of(name: str, text: str) -> dict[str, str]:
    area = name.split(".", 1)[0]
    entries = YAML(typ="safe").load(text) or {}
    return {f"{area}.{key}": str(sentence).strip() for key, sentence in entries.items()}
