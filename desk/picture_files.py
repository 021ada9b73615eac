"""The pages of a message's files and the cut-outs of its values, written into a folder to be looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from desk.errors import UnknownNameError
from desk.pictures import PageCount, Pictures, open_pictures, sentence_of
from desk.views import View
from intake.documents import ReadState
from intake.pictures import NoPicture, PagePicture

if TYPE_CHECKING:
    from desk.office import Office
    from ledger.records import AttachmentRecord, MessageOutcome, Value

_UNOPENED = frozenset({ReadState.CONTAINER.value, ReadState.DECORATION.value})


def write_pictures(office: Office, message: str, folder: Path) -> Iterator[View]:
    """Write a message's pictures as PNG and tell of each as it is written.

    A view has "file", "page", "indicator", "sex", "path" and "sentence"; without a picture there is no
    path, and the sentence says why.

    Raises:
        UnknownNameError: there is no such message.
        OSError: the folder cannot be written.

    """
    outcome = office.ledger.message(message)
    if outcome is None:
        raise UnknownNameError("desk.unknown_item", name=message)
    folder.mkdir(parents=True, exist_ok=True)
    with open_pictures(office) as pictures:
        for number, file in enumerate(outcome.attachments, 1):
            if file.state not in _UNOPENED:
                yield from _pages(office, pictures, outcome, file, folder / f"{number:02d}")
        for value in (value for intent in outcome.submissions for value in intent.values):
            piece = pictures.cutout(outcome, value.place) if value.place.file else NoPicture("no_mark")
            name = re.sub(r"[^0-9A-Za-z.-]", "_", f"{value.indicator}-{value.sex.value}")
            yield _written(office, folder / f"{name}.png", piece, value.place.file, value=value)


def _pages(
    office: Office, pictures: Pictures, outcome: MessageOutcome, file: AttachmentRecord, stem: Path
) -> Iterator[View]:
    counted = pictures.count(outcome, file.sha256)
    if not isinstance(counted, PageCount):
        yield _written(office, stem, counted, file.name)
        return
    for number in range(1, counted.count + 1):
        page = pictures.page(outcome, file.sha256, number)
        path = stem.with_name(f"{stem.name}-{number:02d}.png")
        yield _written(office, path, page, file.name, number=number)


def _written(
    office: Office,
    path: Path,
    picture: PagePicture | NoPicture,
    file: str,
    *,
    number: int | None = None,
    value: Value | None = None,
) -> View:
    sentence = None
    if isinstance(picture, NoPicture):
        sentence = sentence_of(picture, office.wording)
    else:
        path.write_bytes(picture.png)
    return {
        "file": file,
        "page": number,
        "indicator": value.indicator if value else None,
        "sex": value.sex.value if value else None,
        "path": None if sentence else str(path),
        "sentence": sentence,
    }
