"""Setting an office up: its home folder, the demo, the password, and what is still missing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desk.commands.options import AsJson, say
from desk.commands.output import MARKS, dump, tell, terminal
from desk.commands.running import opened_office, spoken, world_of

app = typer.Typer()


@app.command(help=say("cli.init"))
def init(
    context: typer.Context,
    regime: Annotated[str | None, typer.Argument(help=say("cli.arg_regime"))] = None,
) -> None:
    from desk.home import make_home

    world = world_of(context)
    with spoken():
        made = make_home(world.home, regime)
        tell(say("cli.init_done" if made.new else "cli.init_there", home=str(world.home)))
        for problem in made.missing:
            tell(f"- {problem.sentence(say)}")


@app.command(help=say("cli.sheet"))
def sheet(
    context: typer.Context,
    workbook: Annotated[Path | None, typer.Argument(help=say("cli.arg_workbook"))] = None,
    to: Annotated[Path | None, typer.Option("--to", help=say("cli.opt_sheet_to"))] = None,
    save: Annotated[bool, typer.Option("--save", help=say("cli.opt_sheet_save"))] = False,
) -> None:
    from desk.setup_workbook import take_setup, write_setup

    if (workbook is None) == (to is None):
        raise typer.BadParameter(say("cli.sheet_one_of"))
    with opened_office(context) as office:
        if to is not None:
            write_setup(office, to)
            tell(say("cli.sheet_written", path=str(to)))
            return
        assert workbook is not None
        taken = take_setup(office, workbook, save=save)
        for unit in taken.units:
            tell(say("cli.sheet_unit", name=unit.name))
        for row in taken.reports.changes:
            what = ", ".join(f"{column}: {after or '–'}" for column, _, after in row.cells)
            tell(f"- {row.report}, {row.sheet} {row.row}: {what}")
        same = not taken.units and not taken.reports.changes
        tell(say("cli.sheet_same" if same else "cli.sheet_saved" if save else "cli.sheet_not_saved"))


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
