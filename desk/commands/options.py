"""The words of a command line: its language, and the options and arguments that several commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from config.wording import LANGUAGES, Wording


def language_of(words: Sequence[str]) -> str:
    """The language of the interface: --lang anywhere on the line, TONGHOP_LANGUAGE, Vietnamese."""
    for place, word in enumerate(words):
        chosen = word.partition("=")[2] if word.startswith("--lang=") else ""
        if word == "--lang" and place + 1 < len(words):
            chosen = words[place + 1]
        if chosen in LANGUAGES:
            return chosen
    wanted = os.environ.get("TONGHOP_LANGUAGE", "")
    return wanted if wanted in LANGUAGES else "vi"


#: Chosen before the line is parsed: the help of every command is a sentence of the catalogue.
say = Wording(language_of(sys.argv))

ReportName = Annotated[str | None, typer.Option("--report", "-r", help=say("cli.opt_report"))]
PeriodName = Annotated[str | None, typer.Option("--period", "-k", help=say("cli.opt_period"))]
UnitName = Annotated[str | None, typer.Option("--unit", "-u", help=say("cli.opt_unit"))]
AsOf = Annotated[str | None, typer.Option("--as-of", help=say("cli.opt_as_of"))]
AsJson = Annotated[bool, typer.Option("--json", help=say("cli.opt_json"))]
Reason = Annotated[str, typer.Option("--reason", help=say("cli.opt_reason"))]

TheUnit = Annotated[str, typer.Argument(help=say("cli.arg_unit"))]
TheMessage = Annotated[str, typer.Argument(help=say("cli.arg_message"))]
