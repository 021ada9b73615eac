"""The HTML beside the plain text of a mail: the same words, for readers on a phone. Pure.

It is made from the text alone, so that a mail edited in the outbox says the same in both. Every word is
escaped; there are no pictures, links, scripts or remote parts.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

_BLANK = re.compile(r"\n\s*\n")
_ITEM = "- "


def html_of(text: str, subject: str) -> str:
    """The mail's text as a small HTML page: paragraphs, lists, and lines that stand alone kept apart."""
    return _frame().render(subject=subject, blocks=_blocks(text))


def _blocks(text: str) -> list[tuple[str, list[str]]]:
    """("list", items), ("lines", lines kept apart) or ("paragraph", [one text])."""
    return [_block(part.strip("\n").split("\n")) for part in _BLANK.split(text.strip())]


def _block(lines: list[str]) -> tuple[str, list[str]]:
    if all(line.startswith((_ITEM, "  ")) for line in lines) and lines[0].startswith(_ITEM):
        return "list", _items(lines)
    if any(len(line) > _FOLDED_FROM for line in lines[:-1]):
        return "paragraph", [" ".join(line.strip() for line in lines)]
    return "lines", [line.strip() for line in lines]


#: A line that is not the last of its block and shorter than this was ended by its writer, not by folding.
_FOLDED_FROM = 55


def _items(lines: list[str]) -> list[str]:
    items: list[str] = []
    for line in lines:
        if line.startswith(_ITEM):
            items.append(line.removeprefix(_ITEM).strip())
        else:
            items[-1] = f"{items[-1]} {line.strip()}"
    return items


@cache
def _frame() -> Template:
    source = (files("templates") / "mail" / "_khung.html").read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source)
