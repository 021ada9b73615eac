"""Mail coming in: the mailbox read once, a folder taken in, and the daemon."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desk.commands.options import AsJson, say
from desk.commands.output import dump, progress, tell, unsaid
from desk.commands.running import opened_desk, opened_office

if TYPE_CHECKING:
    from desk.office import Office

app = typer.Typer()


@app.command(help=say("cli.poll"))
def poll(context: typer.Context, as_json: AsJson = False) -> None:
    from desk.work import adopt, clear_up, fetch

    with opened_office(context) as office:
        clear_up(office)
        mailbox = office.open_mailbox()
        try:
            fetched = fetch(office, mailbox, office.account)
        finally:
            mailbox.close()
        adopt(office)
        _take_in(office, len(fetched.new), fetched.notes, as_json=as_json)


@app.command("import", help=say("cli.import"))
def import_(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help=say("cli.arg_path"))],
    arrivals: Annotated[Path | None, typer.Option(help=say("cli.opt_arrivals"))] = None,
    as_json: AsJson = False,
) -> None:
    from desk.work import adopt, clear_up, fetch
    from intake.mailbox.local import open_local

    with opened_office(context) as office:
        clear_up(office)
        account = f"import:{path.resolve()}"
        mailbox = open_local(path, arrivals, account=account, zone=office.regime.timezone)
        fetched = fetch(office, mailbox, account)
        adopt(office)
        _take_in(office, len(fetched.new), fetched.notes, as_json=as_json)


@app.command(help=say("cli.run"))
def run(
    context: typer.Context, once: Annotated[bool, typer.Option(help=say("cli.opt_once"))] = False
) -> None:
    from desk.daemon import Daemon
    from desk.upkeep.log import logging_to, under_systemd
    from ledger.lock import only_daemon

    # The journal of systemd gets the same lines as the file; a person gets sentences.
    telling = unsaid if under_systemd() else tell
    with (
        opened_office(context, actor="daemon") as office,
        only_daemon(office.settings.database_url) as lock,
        logging_to(office.settings.home / "logs"),
        nullcontext() if once else _desk_beside(context),
    ):
        Daemon(office, telling, lock).run(once=once)


def _take_in(office: Office, new: int, notes: tuple[Any, ...], *, as_json: bool) -> None:
    from desk.work import recognise, take_in

    ended: Counter[str] = Counter()
    total = len(office.ledger.unread())
    for outcome in progress(take_in(office), total, quiet=as_json):
        ended[outcome.state.value] += 1
    scans = sum(1 for _outcome in progress(recognise(office), 1, quiet=True))
    counts = {state: ended[state] for state in ("booked", "review", "set_aside", "failed")}
    if as_json:
        told = {"new": new, "read": sum(counts.values()), **counts, "recognised": scans}
        dump(told | {"notes": [note.code for note in notes]})
        return
    tell(say("cli.taken_in", new=new, **counts))
    if scans:
        tell(say("cli.recognised", count=scans))
    for note in notes:
        tell("  " + say(f"mailbox.note_{note.code}", uid=note.uid, **note.parameters))


@contextmanager
def _desk_beside(context: typer.Context) -> Iterator[None]:
    """The desk served by the daemon's process. One that cannot be served does not stop the daemon."""
    from desk.errors import DeskError, sentence_of
    from desk.web.serving import introduce, served

    with ExitStack() as stack:
        desk = stack.enter_context(opened_desk(context))
        try:
            stack.enter_context(served(desk, tell))
        except DeskError as error:
            tell(sentence_of(error, say))
        if sys.stdout.isatty():
            introduce(desk, tell)
        elif not desk.accounts.has_officer():
            # What a service prints is kept in a log: no place for a password.
            tell(say("web.no_account"))
        yield
