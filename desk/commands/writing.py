"""Writing: the consolidated report, the chase-up mails, and the proof that a unit was reminded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desk.commands.options import AsJson, AsOf, PeriodName, ReportName, TheUnit, say
from desk.commands.output import dump, tell, terminal
from desk.commands.running import asked_of, opened_office

app = typer.Typer()


@app.command(help=say("cli.consolidate"))
def consolidate(
    context: typer.Context,
    report: ReportName = None,
    period: PeriodName = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    from desk.views import issue_view
    from desk.work import issue, periods_not_looked_at

    with asked_of(context, report, period, as_of) as asked:
        office, moment = asked.office, asked.as_of
        views = [issue_view(issue(office, *known, moment), office) for known in asked.periods]
        if as_json:
            dump(views[0] if len(views) == 1 else views)
            return
        printer = terminal()
        for view in views:
            printer.issue(view)
        if not views:
            printer.no_period(periods_not_looked_at(office, report, moment))


@app.command(help=say("cli.remind"))
def remind(
    context: typer.Context,
    queue: Annotated[bool, typer.Option("--queue", help=say("cli.opt_queue"))] = False,
    send: Annotated[bool, typer.Option("--send", help=say("cli.opt_send"))] = False,
    confirm: Annotated[bool, typer.Option("--confirm", help=say("cli.opt_confirm"))] = False,
    show: Annotated[bool, typer.Option("--show", help=say("cli.opt_show"))] = False,
    as_json: AsJson = False,
) -> None:
    from desk.mailing.chasing import chase

    with opened_office(context) as office:
        chased = chase(office, queue=queue or send, send=send, confirmed=confirm)
        if as_json:
            dump(chased.view())
            return
        printer = terminal()
        printer.outbox(chased.view()["mails"], office.regime)
        for mail in chased.view()["mails"] if show else ():
            printer.console.rule(mail["subject"], align="left")
            tell(mail["text"])
        for unit in chased.view()["without_address"]:
            tell(say("cli.no_address", unit=unit["name"], phone=unit["phone"] or "–"))
        for unit in chased.view()["in_hand"]:
            tell(say("cli.in_hand", unit=unit["name"]))
        for told in chased.view()["unproven"]:
            tell(say("cli.unproven_bounce", address=told["address"], message=told["message"][:12]))
        if chased.sentence():
            tell(chased.sentence())
        tell(say(f"cli.remind_{chased.mode}", count=len(chased.view()["mails"])))


@app.command(help=say("cli.proof"))
def proof(
    context: typer.Context,
    unit: TheUnit,
    report: ReportName = None,
    period: PeriodName = None,
    docx: Annotated[Path | None, typer.Option(help=say("cli.opt_docx"))] = None,
    as_json: AsJson = False,
) -> None:
    from desk.mailing.proof import proof as proof_of
    from desk.mailing.proof import proof_docx, proof_view

    with opened_office(context) as office:
        sheets = proof_of(office, unit, report, period)
        views = [proof_view(sheet, office) for sheet in sheets]
        if as_json:
            dump(views)
            return
        printer = terminal()
        for view in views:
            printer.proof(view)
        if not views:
            printer.line("proof.nothing")
        for sheet in sheets if docx is not None else ():
            assert docx is not None
            file = proof_docx(sheet, office)
            docx.mkdir(parents=True, exist_ok=True)
            (docx / file.name).write_bytes(file.content)
            tell(say("cli.proof_written", path=str(docx / file.name)))
