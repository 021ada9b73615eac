"""The HTML beside the plain text of a mail: the same words, for readers on a phone. Pure.

It is made from the text alone, so that a mail edited in the outbox says the same in both. Every word is
escaped; there are no pictures, links, scripts or remote parts. The department may keep a frame of its own
in `templates/mail/_khung.html` of the home folder; one that leaves words out or does more than show them
is refused.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import escape

from consolidate.writers.document_templates import TEMPLATE_FAULTS
from desk.mailing.letters import MailTemplateError, is_folded, template_error

FRAME = "mail/_khung.html"
_BLANK = re.compile(r"\n\s*\n")
_ITEM = "- "


#: What a frame may not hold: programs, and whatever a mail reader would fetch or follow.
_MORE_THAN_WORDS = re.compile(
    r"<\s*(?:script|img|link|iframe|object|embed|form|base|a|svg|video|audio)\b|\bon\w+\s*=|\bsrc\s*="
    r"|\burl\s*\(|@import|http-equiv\s*=\s*[\"']?refresh",
    re.IGNORECASE,
)
#: A mail that has every kind of block, and signs that must be escaped.
_TRIAL = "Kính gửi: <b>A & B</b>\n\n- Mục <i>một</i>\n- Mục hai\n\nDòng một\nDòng “hai”\n"


def html_of(text: str, subject: str, frame: Template | None = None) -> str:
    """The mail's text as a small HTML page: paragraphs, lists, and lines that stand alone kept apart."""
    return (frame or _shipped_frame()).render(subject=subject, blocks=_blocks(text))


def own_frame(overrides: Path | None) -> Template | None:
    """The department's own frame, tried on a mail; None: it keeps none.

    Raises:
        MailTemplateError: it cannot be rendered, leaves words out, or holds more than words.

    """
    path = overrides / FRAME if overrides is not None else None
    if path is None or not path.is_file():
        return None
    try:
        frame = _compiled(path.read_text("utf-8-sig"))
        page = html_of(_TRIAL, "V/v thử <khung>", frame)
    except TEMPLATE_FAULTS as error:
        raise template_error(error, FRAME) from error
    if not _says_all(page):
        raise MailTemplateError("outgoing.frame_leaves_out", name=FRAME)
    if _MORE_THAN_WORDS.search(page):
        raise MailTemplateError("outgoing.frame_more_than_words", name=FRAME)
    return frame


def _says_all(page: str) -> bool:
    """Whether every line of the trial stands in the page once, in order, and escaped."""
    lines = [str(escape(line)) for _, lines in _blocks(_TRIAL) for line in lines]
    places = [page.find(line) for line in lines]
    return -1 not in places and places == sorted(places) and all(page.count(line) == 1 for line in lines)


def _blocks(text: str) -> list[tuple[str, list[str]]]:
    """("list", items), ("lines", lines kept apart) or ("paragraph", [one text])."""
    return [_block(part.strip("\n").split("\n")) for part in _BLANK.split(text.strip())]


def _block(lines: list[str]) -> tuple[str, list[str]]:
    if all(line.startswith((_ITEM, "  ")) for line in lines) and lines[0].startswith(_ITEM):
        return "list", _items(lines)
    whole = [lines[0].strip()]
    for before, line in pairwise(lines):
        if is_folded(before, line):
            whole[-1] = f"{whole[-1]} {line.strip()}"
        else:
            whole.append(line.strip())
    return ("lines" if len(whole) > 1 else "paragraph"), whole


def _items(lines: list[str]) -> list[str]:
    items: list[str] = []
    for line in lines:
        if line.startswith(_ITEM):
            items.append(line.removeprefix(_ITEM).strip())
        else:
            items[-1] = f"{items[-1]} {line.strip()}"
    return items


@cache
def _shipped_frame() -> Template:
    return _compiled((files("templates") / FRAME).read_text("utf-8"))


def _compiled(source: str) -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source)
