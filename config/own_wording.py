"""The department's own sentences, in `templates/wording` of its home folder: checked before any is used.

A sentence with a place that nobody fills would go out with a hole in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import TYPE_CHECKING

from config.errors import InvalidWordingError, Problem
from config.wording import LANGUAGES, Wording, area_of
from config.yaml_files import YamlFile, read_yaml

if TYPE_CHECKING:
    from pathlib import Path


def department_wording(language: str, folder: Path) -> Wording:
    """The sentences of a language, those in the department's own folder first.

    Raises:
        InvalidWordingError: a file there cannot be read, or a sentence not be said.

    """
    own: dict[str, str] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob(f"*.{language}.yaml")):
        file, faults = read_yaml(path, f"templates/wording/{path.name}")
        problems += faults or (_problems(file, area_of(path.name)) if file else ())
        if file and not problems:
            own |= {f"{area_of(path.name)}.{key}": str(said).strip() for key, said in file.content.items()}
    if problems:
        raise InvalidWordingError(problems)
    return Wording(language, own)


def _problems(file: YamlFile, area: str) -> Iterator[Problem]:
    if not isinstance(file.content, Mapping):
        yield file.problem("needs_mapping", (), text=file.name)
        return
    for key, said in file.content.items():
        code, places = _fault(f"{area}.{key}", said)
        if code:
            yield file.problem(code, (str(key),), **places)


def _fault(key: str, said: object) -> tuple[str, dict[str, str]]:
    """What is wrong with a sentence, an entry of the catalogue; "" when nothing is."""
    if not isinstance(said, str):
        return "needs_text", {"text": str(said)}
    if not said.strip():
        return "blank_sentence", {}
    used = _places_of(said)
    if used is None:
        return "unmatched_braces", {}
    known = _known_places(key)
    strange = used - known
    if strange:
        accepted = ", ".join(f"{{{name}}}" for name in sorted(known)) or "–"
        return "unknown_place", {"name": min(strange), "accepted": accepted}
    return "", {}


def _places_of(said: str) -> set[str] | None:
    """The places of a sentence; None: its braces do not match, or ask for more than a name."""
    if "{" not in said:  # said as it stands
        return set()
    try:
        parts = [part for part in Formatter().parse(said) if part[1] is not None]
    except ValueError:
        return None
    if any(spec or conversion for _, _, spec, conversion in parts):
        return None
    return {name for _, name, _, _ in parts if name is not None}


def _known_places(key: str) -> set[str]:
    """What the program fills in: the places that the shipped sentence has in some language."""
    shipped = [wording for wording in map(Wording, LANGUAGES) if wording.has(key)]
    return {name for wording in shipped for name in _places_of(wording.sentence(key)) or ()}
