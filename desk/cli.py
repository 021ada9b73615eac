"""The command line `tonghop COMMAND`: the words before a command, and all commands put together."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from config.wording import LANGUAGES
from desk import stopping
from desk.commands import browser, deciding, looking, mail_in, outgoing, setting_up, upkeep, writing
from desk.commands.options import say
from desk.commands.running import World

#: Objects made between two looks for rings of dead ones, younger and older: hardly any stand in a ring,
#: and looking as often as Python does by itself was a tenth of the work of taking mail in.
_RINGS = (20_000, 20, 10)

app = typer.Typer(
    help=say("cli.help"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _module in (setting_up, mail_in, looking, writing, upkeep):
    app.add_typer(_module.app)
app.add_typer(deciding.app, name="decide")
app.add_typer(browser.app, name="desk")
app.add_typer(outgoing.app, name="outbox")


@app.callback()
def before(
    context: typer.Context,
    home: Annotated[Path, typer.Option(envvar="TONGHOP_HOME", help=say("cli.opt_home"))] = Path("tonghop"),
    lang: Annotated[str, typer.Option(help=say("cli.opt_lang"))] = "",
    who: Annotated[str, typer.Option(envvar="TONGHOP_OFFICER", help=say("cli.opt_who"))] = "",
    clock: Annotated[str, typer.Option(hidden=True)] = "",
) -> None:
    """Keep what the words before the command choose, for the command to find."""
    fixed = datetime.fromisoformat(clock) if clock else None
    context.obj = World(
        home=home,
        language=lang if lang in LANGUAGES else say.language,
        clock=(lambda: fixed) if fixed else (lambda: datetime.now(UTC)),
        fixed=fixed,
        who=who,
    )


def main() -> NoReturn:
    """Run the command line; see `desk.errors` for the exit codes."""
    gc.set_threshold(*_RINGS)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    stopping.heed()
    with suppress(stopping.ToldToStop):
        app(prog_name="tonghop")  # does not come back otherwise
    stopping.end()
