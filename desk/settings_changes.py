"""Changing what the department decides, from the desk: tried first, the old kept, the change recorded.

A file is replaced as a whole, by rename, and only by one that loads without a fault. What stood there
before is kept in `settings-history/` of the home folder and can be brought back, which is a change too.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from config.editing import require_settings, tried_regime
from config.settings import FILE as SETTINGS
from desk.errors import CONFIGURATION, DeskError, UnknownNameError
from desk.mailing.letter_texts import require_letter
from desk.mailing.letters import template_error
from desk.office import Office

HISTORY = "settings-history"
CHANGED = "settings_changed"  #: the event; its subject is the file
REGIME = "regime"
LETTERS = "templates/mail"
_SHOWN = 50  #: changes that can be looked at and taken back


class ChangedMeanwhileError(DeskError):
    """Somebody else has changed the file since it was shown."""

    code = CONFIGURATION


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """One change as the history holds it."""

    number: int
    at: datetime
    who: str
    file: str
    kept: str  #: the version before, below the history's folder; "" when there was none
    summary: str


def regime_file(name: str) -> str:
    """How a file of the regime's folder is called here and in the history."""
    return f"{REGIME}/{name}"


def letter_file(name: str) -> str:
    """How the department's own wording of a letter is called here and in the history."""
    return f"{LETTERS}/{name}.txt"


def content_of(office: Office, file: str) -> bytes | None:
    """What the file holds; None when there is none."""
    path = _path(office, file)
    return path.read_bytes() if path.is_file() else None


def mark_of(content: bytes | None) -> str:
    """A short print of a content, by which a form knows what it was made from."""
    return hashlib.sha256(content or b"").hexdigest()[:16]


def mark_of_several(contents: Mapping[str, bytes | None]) -> str:
    """The mark of files that change together; of one file it is that file's."""
    return mark_of(b"".join(content or b"" for _, content in sorted(contents.items())))


def change(
    office: Office, file: str, content: bytes | None, *, mark: str | None = None, summary: str = ""
) -> bool:
    """Replace one file; whether that changed anything.

    Args:
        office: the installation; its ledger's actor is who the history names.
        file: `settings.yaml`, or one of `regime_file` or `letter_file`.
        content: the whole new file; None takes the file away.
        mark: of what the new content was made from; None: whatever stands there.
        summary: a few words for the history.

    Raises:
        InvalidConfigurationError, MailTemplateError: it would have faults; nothing was changed.
        ChangedMeanwhileError: the file is no longer the one of that mark.
    """
    return change_several(office, {file: content}, mark=mark, summary=summary)


def change_several(
    office: Office, contents: Mapping[str, bytes | None], *, mark: str | None = None, summary: str = ""
) -> bool:
    """Replace files that belong together, tried together: all of them or, when one is faulty, none.

    `mark` is that of all these files, see `mark_of_several`; for the rest see `change`.
    """
    before = {file: content_of(office, file) for file in contents}
    if mark is not None and mark != mark_of_several(before):
        raise ChangedMeanwhileError("web.changed_meanwhile")
    wanted = {file: content for file, content in contents.items() if content != before[file]}
    _require_good(office, wanted)
    for file, content in wanted.items():
        _replace(office, file, before[file], content, summary)
    return bool(wanted)


def _replace(office: Office, file: str, old: bytes | None, content: bytes | None, summary: str) -> None:
    kept = _keep(office, file, old) if old is not None else ""
    path = _path(office, file)
    if content is None:
        path.unlink()
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, content)
    office.ledger.note(CHANGED, file, {"kept": kept, "summary": summary})


def changes(office: Office) -> tuple[SettingsChange, ...]:
    """The latest changes, latest first."""
    return tuple(
        SettingsChange(
            event.number,
            event.at,
            event.actor,
            event.subject,
            str(event.detail.get("kept", "")),
            str(event.detail.get("summary", "")),
        )
        for event in office.ledger.latest_history(event=CHANGED, limit=_SHOWN)
    )


def take_back(office: Office, number: int, summary: str = "") -> bool:
    """Bring back what stood in the file before that change; whether that changed anything.

    Raises:
        UnknownNameError: there is no such change, or its old version is gone; or the report was new,
            and what has come for it would belong to nothing.
        InvalidConfigurationError, MailTemplateError: the old no longer fits the rest.
    """
    found = next((each for each in changes(office) if each.number == number), None)
    if found is None:
        raise UnknownNameError("web.no_such_change", number=str(number))
    content = version_before(office, found)
    if content is None and found.file.startswith(f"{REGIME}/"):
        raise UnknownNameError("web.new_report_stays")
    return change(office, found.file, content, summary=summary)


def version_before(office: Office, found: SettingsChange) -> bytes | None:
    """What stood in the file before the change; None: there was no file.

    Raises:
        UnknownNameError: the old version is gone.
    """
    if not found.kept:
        return None
    try:
        return (office.settings.home / HISTORY / found.kept).read_bytes()
    except FileNotFoundError:
        raise UnknownNameError("web.no_such_change", number=str(found.number)) from None


def _require_good(office: Office, contents: Mapping[str, bytes | None]) -> None:
    regime: dict[str, bytes | None] = {}
    for file, content in contents.items():
        if file == SETTINGS:
            require_settings(content or b"")
        elif file.startswith(f"{LETTERS}/"):
            if content is not None:
                require_letter(office, PurePosixPath(file).stem, _text(content, file))
        else:
            regime[file.removeprefix(f"{REGIME}/")] = content
    if regime:
        with tried_regime(office.settings.regime, regime):
            pass


def _text(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise template_error(error, file) from error


def _path(office: Office, file: str) -> Path:
    if file == SETTINGS or file.startswith(f"{LETTERS}/"):
        return office.settings.home / file
    return office.settings.regime / file.removeprefix(f"{REGIME}/")


def _keep(office: Office, file: str, content: bytes) -> str:
    moment = office.clock().astimezone(office.regime.timezone)
    kept = f"{moment:%Y%m%d-%H%M%S}-{mark_of(content)}/{file}"
    path = office.settings.home / HISTORY / kept
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, content)
    return kept


def _write(path: Path, content: bytes) -> None:
    """The whole file or none of it, whatever happens to the machine."""
    temporary = path.with_name(f".{path.name}.part")
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
