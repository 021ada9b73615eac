"""How a command speaks: sentences and tables on the terminal, JSON where it was asked for."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

import typer

from desk.commands.options import say

if TYPE_CHECKING:
    from desk.tables import Printer
    from desk.views import View

_Item = TypeVar("_Item")

#: Before what was found well, doubtful or wrong.
MARKS = {"well": "✓", "warning": "!", "fault": "✗"}


def tell(sentence: str) -> None:
    """A line on standard output."""
    typer.echo(sentence)


def unsaid(_sentence: str) -> None:
    """Nobody watches."""


def dump(view: object) -> None:
    """A view as JSON, and nothing else, on standard output."""
    typer.echo(json.dumps(view, ensure_ascii=False, indent=1))


def answer(views: Sequence[View], as_json: bool, show: Callable[[Printer], None]) -> None:
    """Views as JSON where it was asked for, else as `show` prints them."""
    if as_json:
        dump(views)
    else:
        show(terminal())


def terminal() -> Printer:
    """The printer of tables, in the language of the interface."""
    from desk.tables import Printer

    return Printer(say)


def progress(items: Iterator[_Item], total: int, *, quiet: bool = False) -> Iterator[_Item]:
    """A bar on long work when a person watches."""
    if quiet or total == 0 or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, say("cli.reading"), total=total, console=Console(stderr=True))
