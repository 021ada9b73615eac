"""Upkeep: proving that nothing is lost or changed, keeping a copy, and making the ledger again."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from desk.commands.options import AsJson, say
from desk.commands.output import MARKS, dump, progress, tell
from desk.commands.running import opened_office, spoken, world_of

app = typer.Typer()


@app.command(help=say("cli.rebuild"))
def rebuild(
    context: typer.Context,
    replace: Annotated[bool, typer.Option("--replace", help=say("cli.opt_replace"))] = False,
    as_json: AsJson = False,
) -> None:
    from desk.upkeep.rebuilding import rebuild as rebuild_home

    world = world_of(context)
    with spoken():
        result = rebuild_home(world.home, world.clock, progress, replace_ledger=replace)
        if as_json:
            dump({"messages": result.messages, "differences": list(result.differences)})
        else:
            tell(say("cli.rebuilt", count=result.messages, differences=len(result.differences)))
            for difference in result.differences:
                tell(f"  {difference}")
        if result.differences:
            raise typer.Exit(1)


@app.command(help=say("cli.verify"))
def verify(
    context: typer.Context,
    end: Annotated[list[str] | None, typer.Option(help=say("cli.opt_end"), callback=_ends)] = None,
    as_json: AsJson = False,
) -> None:
    from desk.errors import ATTENTION, DONE
    from desk.upkeep.verifying import sentence, verify_home, view

    world = world_of(context)
    with spoken():
        found = verify_home(world.home, world.clock, end or ())
    if as_json:
        dump(view(found, say))
    else:
        for flaw in found.flaws:
            tell(f"{MARKS['fault']} {sentence(flaw, say)}")
        key = "verify.flawed" if found.flaws else "verify.sound"
        places = {"messages": found.messages, "events": found.events, "flaws": len(found.flaws)}
        tell(say(key, **places, head=found.head))
    raise typer.Exit(ATTENTION if found.flaws else DONE)


@app.command(help=say("cli.audit"))
def audit(context: typer.Context, as_json: AsJson = False) -> None:
    from desk.errors import ATTENTION, DONE
    from desk.upkeep.counting import proof_lines, proof_view, prove
    from desk.upkeep.verifying import sentence, verify_home, view

    world = world_of(context)
    with opened_office(context) as office:
        mailbox = office.open_mailbox()
        try:
            proofs = prove(office, mailbox)
        finally:
            mailbox.close()
        found = verify_home(world.home, world.clock)
        stock = office.ledger.stock()
        sound = not found.flaws and all(proof.balanced for proof in proofs)
        kept = {"ledger": stock.messages, "stateless": stock.stateless}
        if as_json:
            dump({"folders": [proof_view(proof) for proof in proofs], **kept, **view(found, say)})
        else:
            for line in proof_lines(proofs, say, office.regime.timezone):
                tell(line)
            for flaw in found.flaws:
                tell(f"{MARKS['fault']} {sentence(flaw, say)}")
            lost = sum(len(proof.unaccounted) for proof in proofs)
            server = sum(proof.server for proof in proofs)
            places = {"server": server, "archive": found.messages, "lost": lost, "flaws": len(found.flaws)}
            tell(say("cli.audited", **places, **kept))
            tell(say("cli.audited_sound" if sound else "cli.audited_broken"))
    raise typer.Exit(DONE if sound else ATTENTION)


@app.command(help=say("cli.retain"))
def retain(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("cli.opt_dry_run"))] = False,
    as_json: AsJson = False,
) -> None:
    from desk.upkeep.retention import due_to_go
    from desk.upkeep.retention import retain as let_go

    with opened_office(context) as office:
        found = due_to_go(office) if dry_run else let_go(office)
        if as_json:
            ids = [message.archive_id for message in found.messages]
            dump(
                {
                    "months": found.months,
                    "cutoff": found.cutoff.isoformat(),
                    "removed": not dry_run,
                    "messages": ids,
                }
            )
            return
        zone = office.regime.timezone
        for message in found.messages:
            told = (f"{message.arrival.astimezone(zone):%d/%m/%Y}", message.from_address, message.subject)
            tell("  " + " · ".join(told))
        key = "cli.would_retain" if dry_run else "cli.retained"
        places = {"count": len(found.messages), "months": found.months}
        tell(say(key, **places, day=f"{found.cutoff.astimezone(zone):%d/%m/%Y}"))


@app.command(help=say("cli.backup"))
def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(help=say("cli.arg_backup"))],
    recipient: Annotated[list[str] | None, typer.Option(help=say("cli.opt_recipient"))] = None,
    encrypt: Annotated[bool, typer.Option("--encrypt", help=say("cli.opt_encrypt"))] = False,
) -> None:
    from desk.errors import ATTENTION
    from desk.upkeep.backup import Lock
    from desk.upkeep.backup import backup as back_up

    world = world_of(context)
    with spoken():
        passphrase = _passphrase(confirm=True) if encrypt and not recipient else ""
        made = back_up(world.home, target, Lock(tuple(recipient or ()), passphrase), world.clock())
    tell(say("cli.backed_up", path=str(made.path), files=made.files, size=f"{made.bytes / 1e6:.1f}"))
    tell(say("cli.backed_up_end", number=made.events, sha256=made.head))
    for archive_id in made.damaged:
        tell(say("verify.message_changed", where=archive_id))
    if made.damaged:
        raise typer.Exit(ATTENTION)


@app.command(help=say("cli.restore"))
def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help=say("cli.arg_restore"))],
    identity: Annotated[Path | None, typer.Option(help=say("cli.opt_identity"))] = None,
) -> None:
    from desk.upkeep.backup import Key
    from desk.upkeep.backup import restore as bring_back
    from desk.views import short

    world = world_of(context)
    with spoken():
        key = Key(identity, lambda: _passphrase(confirm=False))
        back = bring_back(source, world.home, key, world.clock)
    made_at = short(datetime.fromisoformat(back.made_at).astimezone().isoformat())
    tell(say("cli.restored", home=str(world.home), files=back.files, made_at=made_at))
    tell(say("cli.restored_next", home=str(world.home), held=back.held))


def _ends(given: list[str] | None) -> list[str]:
    """Hashes of the history, in full or their first 16 digits."""
    if any(re.fullmatch(r"[0-9a-f]{16,64}", one) is None for one in given or ()):
        raise typer.BadParameter(say("cli.bad_end"))
    return given or []


def _passphrase(*, confirm: bool) -> str:
    """The passphrase of a backup: TONGHOP_BACKUP_PASSPHRASE, else asked for on the terminal."""
    given = os.environ.get("TONGHOP_BACKUP_PASSPHRASE", "")
    return given or str(
        typer.prompt(say("cli.passphrase"), hide_input=True, confirmation_prompt=confirm, err=True)
    )
