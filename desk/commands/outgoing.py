"""`outbox`: outgoing mail, and what an officer does with it before it leaves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk.commands.options import AsJson, Reason, TheMessage, UnitName, say
from desk.commands.output import dump, tell, terminal
from desk.commands.running import choice_of, opened_office, require_known

if TYPE_CHECKING:
    from ledger.records import OutgoingMessage

app = typer.Typer(help=say("cli.outbox"), no_args_is_help=True)

MailNumber = Annotated[int, typer.Argument(help=say("cli.arg_mail"))]


@app.command("list", help=say("cli.outbox_list"))
def outbox_list(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help=say("cli.opt_mail_state"))] = None,
    unit: UnitName = None,
    as_json: AsJson = False,
) -> None:
    from desk.views import outgoing_view
    from ledger.records import OutboxState

    with opened_office(context) as office:
        wanted = choice_of(state, OutboxState)
        require_known(unit, office)
        mails = office.ledger.outbox() if wanted is None else office.ledger.outbox((wanted,))
        views = [outgoing_view(m, office.regime.timezone) for m in mails if unit in (None, m.unit)]
        if as_json:
            dump(views)
        else:
            terminal().outbox(views, office.regime)


@app.command("show", help=say("cli.outbox_show"))
def outbox_show(context: typer.Context, mail: MailNumber, as_json: AsJson = False) -> None:
    from desk.mailing.outbox_actions import mail_file
    from desk.views import mail_file_view, short

    with opened_office(context) as office:
        view = mail_file_view(mail_file(office, mail), office.regime.timezone, say)
        if as_json:
            dump(view)
            return
        terminal().outbox([view], office.regime)
        tell(view["text"])
        for event in view["events"]:
            tell("  ".join(filter(None, (short(event["at"]), event["who"], event["what"], event["why"]))))


@app.command("approve", help=say("cli.outbox_approve"))
def outbox_approve(
    context: typer.Context,
    mails: Annotated[list[int] | None, typer.Argument(help=say("cli.arg_mail"))] = None,
    every: Annotated[bool, typer.Option("--all", help=say("cli.opt_all_awaiting"))] = False,
) -> None:
    from desk.mailing.outbox import awaiting_approval
    from desk.mailing.outbox_actions import approve

    with opened_office(context) as office:
        batch = [mail.id for mail in awaiting_approval(office.ledger)] if every else []
        approved = approve(office, dict.fromkeys((*(mails or ()), *batch)))
        tell(say("cli.outbox_approved", count=len(approved)))


@app.command("return", help=say("cli.outbox_return"))
def outbox_return(
    context: typer.Context,
    message: TheMessage,
    reason: Reason,
) -> None:
    from desk.decisions import return_to_unit

    with opened_office(context) as office:
        _tell_state(return_to_unit(office, message, reason))


@app.command("deliver", help=say("cli.outbox_deliver"))
def outbox_deliver(
    context: typer.Context,
    report: Annotated[str, typer.Option("--report", "-r", help=say("cli.opt_report"))],
    period: Annotated[str, typer.Option("--period", "-k", help=say("cli.opt_period"))],
) -> None:
    from desk.mailing.deliveries import deliver_report

    with opened_office(context) as office:
        _tell_state(deliver_report(office, report, period))


@app.command("hold", help=say("cli.outbox_hold"))
def outbox_hold(context: typer.Context, mail: MailNumber, reason: Reason = "") -> None:
    from desk.mailing.outbox_actions import hold

    with opened_office(context) as office:
        _tell_state(hold(office, mail, reason))


@app.command("cancel", help=say("cli.outbox_cancel"))
def outbox_cancel(context: typer.Context, mail: MailNumber, reason: Reason = "") -> None:
    from desk.mailing.outbox_actions import cancel

    with opened_office(context) as office:
        _tell_state(cancel(office, mail, reason))


@app.command("edit", help=say("cli.outbox_edit"))
def outbox_edit(
    context: typer.Context,
    mail: MailNumber,
    subject: Annotated[str | None, typer.Option(help=say("cli.opt_subject"))] = None,
    text: Annotated[Path | None, typer.Option(help=say("cli.opt_text_file"))] = None,
) -> None:
    from desk.mailing.outbox_actions import edit

    with opened_office(context) as office:
        words = text.read_text("utf-8") if text is not None else None
        _tell_state(edit(office, mail, subject=subject, text=words))


def _tell_state(mail: OutgoingMessage) -> None:
    tell(say("cli.outbox_now", id=mail.id, state=say(f"cli.outbox_{mail.state.value}")))
