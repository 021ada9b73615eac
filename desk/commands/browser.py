"""The desk in the browser served alone, and its accounts."""

from __future__ import annotations

import os
import sys
import webbrowser
from dataclasses import asdict
from typing import Annotated

import typer

from desk.commands.options import AsJson, say
from desk.commands.output import dump, tell
from desk.commands.running import member_of, opened_desk, spoken, world_of

app = typer.Typer(help=say("cli.desk"), invoke_without_command=True)
accounts = typer.Typer(help=say("cli.account"), no_args_is_help=True)
app.add_typer(accounts, name="account")

AccountName = Annotated[str, typer.Argument(help=say("cli.arg_account"))]


@app.callback(help=say("cli.desk"))
def desk(
    context: typer.Context, port: Annotated[int | None, typer.Option(help=say("cli.opt_port"))] = None
) -> None:
    if context.invoked_subcommand is not None:
        return
    from config.settings import load_settings
    from config.wording import Wording
    from desk.web.serving import serve, serve_first

    world = world_of(context)
    with spoken():
        is_made = load_settings(world.home).regime.is_dir()
        if not is_made:
            wording = Wording(world.language or say.language)
            serve_first(world.home, tell, wording, lambda: opened_desk(context), port, _look_at)
            return
    with opened_desk(context) as opened:
        serve(opened, tell, port)


def _look_at(address: str) -> None:
    """Open the browser of who sits at this computer; nobody does where there is no terminal or screen."""
    has_screen = os.name == "nt" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    if has_screen and sys.stdout.isatty():
        webbrowser.open(address)


@accounts.command("add", help=say("cli.account_add"))
def account_add(
    context: typer.Context,
    name: AccountName,
    shown_name: Annotated[str, typer.Option("--name", help=say("cli.opt_shown_name"))] = "",
    role: Annotated[str, typer.Option("--role", help=say("cli.opt_account_role"))] = "officer",
) -> None:
    from desk.web.accounts import Role

    with opened_desk(context) as opened:
        chosen = member_of(role, Role)
        password = opened.accounts.add(name, shown_name, chosen)
        tell(say("web.account_added", name=name, password=password))


@accounts.command("list", help=say("cli.account_list"))
def account_list(context: typer.Context, as_json: AsJson = False) -> None:
    with opened_desk(context) as opened:
        found = opened.accounts.all()
    if as_json:
        dump([asdict(one) for one in found])
        return
    for one in found:
        state = "web.account_disabled" if one.disabled else f"web.role_{one.role}"
        tell(f"{one.name}  {one.shown_name}  {say(state)}")


@accounts.command("role", help=say("cli.account_role"))
def account_role(
    context: typer.Context,
    name: AccountName,
    role: Annotated[str, typer.Argument(help=say("cli.opt_account_role"))],
) -> None:
    from desk.web.accounts import Role

    with opened_desk(context) as opened:
        chosen = member_of(role, Role)
        opened.accounts.appoint(name, chosen)
        tell(say("web.account_has_role", name=name, role=say(f"web.role_{chosen}")))


@accounts.command("reset", help=say("cli.account_reset"))
def account_reset(context: typer.Context, name: AccountName) -> None:
    with opened_desk(context) as opened:
        tell(say("web.account_added", name=name, password=opened.accounts.reset(name)))


@accounts.command("disable", help=say("cli.account_disable"))
def account_disable(context: typer.Context, name: AccountName) -> None:
    with opened_desk(context) as opened:
        opened.accounts.disable(name)
        tell(say("web.account_now_disabled", name=name))
