"""Changing a file of the configuration from the desk: comments, order and line breaks of the rest stay."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from config.loader import SHARED, UNITS_FILES, load_regime
from config.regime import Regime, UnitKind
from config.settings import FILE, Settings, load_settings
from config.units import Unit
from config.units_sheet import write_units
from config.yaml_files import Location

#: A value that is taken out of the file, so that what holds without it holds again.
REMOVED = object()
_FAR = 4096  #: characters: no line is broken by us


def edited(text: str, changes: Mapping[Location, object]) -> str:
    """The YAML with some of its values replaced; the same text when all of them stand there already.

    Args:
        text: the file.
        changes: plain values (text, number, yes or no, lists and mappings of them) by key path; a
            mapping on the way that is not there is made.
    """
    yaml = _writer()
    content = yaml.load(text)
    content = CommentedMap() if content is None else content
    changed = [_change(content, location, value) for location, value in changes.items()]
    if not any(changed):
        return text
    stream = io.StringIO()
    yaml.dump(content, stream)
    head = text if content.ca.comment is None and not yaml.load(text) else ""
    return head + stream.getvalue()


@contextmanager
def tried_regime(folder: Path | None, files: Mapping[str, bytes | None]) -> Iterator[Regime]:
    """The regime of a folder as it would be with some files replaced; the folder itself is not touched.

    Args:
        folder: the regime's; None: there is none yet.
        files: what each is to hold; None takes it away.

    Raises:
        InvalidRegimeError: it would have faults; the problems name the files as they are in the folder.
    """
    with tempfile.TemporaryDirectory(prefix="tonghop-") as temporary:
        copy = Path(temporary) / (folder.name if folder else "regime")
        if folder is None:
            copy.mkdir()
        else:
            shutil.copytree(folder, copy)
            if (folder.parent / SHARED).is_dir() and not (folder / SHARED).is_dir():
                shutil.copytree(folder.parent / SHARED, copy.parent / SHARED)
        put_files(copy, files)
        yield load_regime(copy)


def put_files(folder: Path, files: Mapping[str, bytes | None]) -> None:
    """Write files of a regime's folder, or take them away."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(content)


def require_settings(content: bytes) -> Settings:
    """The settings a file of that content would give, in no home of its own.

    Raises:
        InvalidSettingsError: it would have faults.
    """
    with tempfile.TemporaryDirectory(prefix="tonghop-") as temporary:
        (Path(temporary) / FILE).write_bytes(content)
        return load_settings(Path(temporary))


def units_file(folder: Path) -> str:
    """The name of the sheet of units in a regime's folder."""
    return next((name for name in UNITS_FILES if (folder / name).is_file()), UNITS_FILES[0])


def units_as(name: str, units: Sequence[Unit], kinds: Sequence[UnitKind]) -> bytes:
    """The octets of a sheet of units of that name.

    Raises:
        UnitsSheetCannotHoldUnitError: a unit holds text that the sheet would change.
    """
    with tempfile.TemporaryDirectory(prefix="tonghop-") as temporary:
        path = Path(temporary) / Path(name).name
        write_units(units, path, kinds)
        return path.read_bytes()


def _writer() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _FAR
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _change(content: CommentedMap, location: Location, value: object) -> bool:
    node: Any = content
    for step in location[:-1]:
        inner = node[step] if isinstance(step, int) else node.get(step)
        if inner is None:
            if value is REMOVED:
                return False
            node[step] = inner = CommentedMap()
        node = inner
    return _put(node, location[-1], value)


def _put(node: Any, key: int | str, value: object) -> bool:
    """Set one entry; whether that changed anything."""
    known = key in node if isinstance(node, Mapping) else isinstance(key, int) and key < len(node)
    if value is REMOVED:
        if known:
            del node[key]
        return known
    before = node[key] if known else None
    if known and before == value:
        return False
    if isinstance(value, list) and isinstance(before, CommentedSeq):
        if before and not value and (tokens := _below(before, len(before) - 1)):
            node[key] = _new(value)
            node.ca.items[key] = [None, None, tokens[0], None]
            return True
        return _put_list(before, value)
    if isinstance(value, dict) and isinstance(before, CommentedMap):
        return _put_mapping(before, value)
    if known or not isinstance(node, CommentedSeq):
        node[key] = _new(value)
    else:
        node.append(_new(value))
    return True


def _put_list(before: CommentedSeq, value: Sequence[object]) -> bool:
    """Entry by entry, so that the comments of those that stay are kept."""
    length = len(before)
    changed = [_put(before, at, each) for at, each in enumerate(value)]
    if value and len(value) != length:
        _move_comment(before, length - 1, len(value) - 1)
    del before[len(value) :]
    return any(changed) or len(value) < length


def _move_comment(entries: CommentedSeq, last: int, new_last: int) -> None:
    if tokens := _below(entries, last):
        entries.ca.items[new_last] = tokens
        del entries.ca.items[last]


def _below(entries: CommentedSeq, at: int) -> list[Any] | None:
    """The comment below the last entry: it speaks of the key that follows, but ruamel.yaml hangs it here."""
    tokens = entries.ca.items.get(at)
    return tokens if tokens and tokens[0] and tokens[0].value.startswith("\n") else None


def _put_mapping(before: CommentedMap, value: Mapping[str, object]) -> bool:
    gone = [key for key in before if key not in value]
    for key in gone:
        del before[key]
    changed = [_put(before, key, each) for key, each in value.items()]
    return any(changed) or bool(gone)


def _new(value: object) -> object:
    """A list stands on one line, and so does each mapping in a list."""
    if isinstance(value, dict):
        made = CommentedMap(value)
        made.fa.set_flow_style()
        return made
    if isinstance(value, list):
        several = CommentedSeq([_new(each) for each in value])
        if not any(isinstance(each, dict) for each in value):
            several.fa.set_flow_style()
        return several
    return value
