"""Setting an office up: its home folder, the demo, the password, and what is still missing."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from config.errors import InvalidRegimeError
from desk.commands.options import AsJson, say
from desk.commands.output import MARKS, dump, tell, terminal
from desk.commands.running import spoken, world_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desk.office import Office

app = typer.Typer()


@app.command(help=say("cli.init"))
def init(
    context: typer.Context,
    regime: Annotated[str | None, typer.Argument(help=say("cli.arg_regime"))] = None,
) -> None:
    from desk.commands.setup_lines import deadline_lines
    from desk.home import make_home

    world = world_of(context)
    with spoken():
        made = make_home(world.home, regime)
        for line in deadline_lines(made.taken) if made.taken else ():
            tell(line)
        tell(say("cli.init_done" if made.new else "cli.init_there", home=str(world.home)))
        if made.missing:
            tell(say("cli.init_missing"))
        for problem in made.missing:
            tell(f"- {problem.sentence(say)}")
        tell(say("cli.init_next", home=str(world.home)))


@app.command(help=say("cli.sheet"))
def sheet(
    context: typer.Context,
    workbook: Annotated[Path | None, typer.Argument(help=say("cli.arg_workbook"))] = None,
    to: Annotated[Path | None, typer.Option("--to", help=say("cli.opt_sheet_to"))] = None,
    save: Annotated[bool, typer.Option("--save", help=say("cli.opt_sheet_save"))] = False,
    yes: Annotated[bool, typer.Option("--yes", help=say("cli.opt_sheet_yes"))] = False,
) -> None:
    from desk.commands.setup_lines import setup_lines
    from desk.setup_workbook import looked_at, take_setup

    if (workbook is None) == (to is None):
        raise typer.BadParameter(say("cli.sheet_one_of"))
    if to is not None:
        _write_sheet(context, to)
        return
    assert workbook is not None
    with _office_to_mend(context) as office:
        taken = looked_at(office, workbook)
        if taken.problems:
            raise InvalidRegimeError(taken.problems)
        for line in setup_lines(taken):
            tell(line)
        if not taken.changes:
            tell(say("cli.sheet_same"))
        elif not save:
            tell(say("cli.sheet_not_saved"))
        elif yes or not taken.is_to_be_confirmed or typer.confirm(say("cli.sheet_ask_save")):
            take_setup(office, taken, workbook.name)
            tell(say("cli.sheet_saved"))
        else:
            tell(say("cli.sheet_not_saved"))


def _write_sheet(context: typer.Context, path: Path) -> None:
    """The settings in use; where there are none yet, an empty workbook to begin with."""
    from config.settings import load_settings
    from config.setup_export import write_setup

    home = world_of(context).home
    with spoken():
        folder = load_settings(home).regime if (home / "settings.yaml").is_file() else home / "regime"
        is_there = folder.is_dir()
        write_setup(folder if is_there else None, path)
    key = "cli.sheet_written" if is_there else "cli.sheet_written_blank"
    tell(say(key, path=str(path), home=str(home)))


@contextmanager
def _office_to_mend(context: typer.Context) -> Iterator[Office]:
    """The office, though its files may not agree with one another: the workbook may mend that."""
    from config.loader import readable_regime
    from desk.office import open_office

    world = world_of(context)
    opened = open_office(
        world.home, world.language, world.clock, world.who, world.who, read_regime=readable_regime
    )
    with spoken(), opened as office:
        yield office


@app.command(help=say("cli.demo"))
def demo(context: typer.Context) -> None:
    from desk.demo import run_demo

    world = world_of(context)
    with spoken():
        run_demo(world.home, terminal())


@app.command(help=say("cli.password"))
def password(
    context: typer.Context,
    outgoing: Annotated[bool, typer.Option("--outgoing", help=say("cli.opt_outgoing"))] = False,
) -> None:
    from config.secrets import FILE, PASSWORD, SMTP_PASSWORD, Keeper, Secret, store_secret
    from desk.errors import HomeNotFoundError

    world = world_of(context)
    with spoken():
        if not world.home.is_dir():
            raise HomeNotFoundError("desk.no_home", home=str(world.home))
        # Asked for, never an argument: the command line is seen by others and kept in a history.
        entered = typer.prompt(say("cli.ask_password"), hide_input=True, err=True)
        keeper = store_secret(SMTP_PASSWORD if outgoing else PASSWORD, Secret(entered.strip()), world.home)
        words = "cli.password_kept_in_keyring" if keeper is Keeper.KEYRING else "cli.password_kept"
        tell(say(words, path=str(world.home / FILE)))


@app.command(help=say("cli.doctor"))
def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    from desk.errors import ATTENTION, DONE
    from desk.upkeep.doctor import examine

    world = world_of(context)
    found = examine(world.home, say)
    if as_json:
        dump([{"part": one.part, "state": one.state, "sentence": one.sentence} for one in found])
    else:
        for one in found:
            tell(f"{MARKS[one.state]} {say(f'web.part_{one.part}')}: {one.sentence}")
    raise typer.Exit(ATTENTION if any(one.state == "fault" for one in found) else DONE)
