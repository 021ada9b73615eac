"""`decide`: what only a person may settle, recorded as a decision."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk.commands.options import PeriodName, Reason, ReportName, TheUnit, UnitName, say
from desk.commands.output import tell
from desk.commands.running import choice_of, moment_of, opened_office

if TYPE_CHECKING:
    from desk.office import Office
    from ledger.records import Decision

app = typer.Typer(help=say("cli.decide"), no_args_is_help=True)

Item = Annotated[str, typer.Argument(help=say("cli.arg_item"))]


@app.command("accept", help=say("cli.decide_accept"))
def decide_accept(
    context: typer.Context,
    item: Item,
    unit: UnitName = None,
    report: ReportName = None,
    period: PeriodName = None,
    role: Annotated[str | None, typer.Option(help=say("cli.opt_role"))] = None,
    learn: Annotated[bool, typer.Option("--learn/--no-learn", help=say("cli.opt_learn"))] = True,
    remember: Annotated[bool, typer.Option("--remember", help=say("cli.opt_remember"))] = False,
    reason: Reason = "",
) -> None:
    from desk.decisions import accept

    with opened_office(context) as office:
        made = accept(
            office,
            item,
            unit=unit,
            report=report,
            period=period,
            role=role,
            reason=reason,
            learn=learn,
            remember=remember,
        )
        _tell_decided(office, made)


@app.command("set-aside", help=say("cli.decide_set_aside"))
def decide_set_aside(
    context: typer.Context,
    item: Item,
    kind: Annotated[str, typer.Option("--class", help=say("cli.opt_class"))] = "other",
    reason: Reason = "",
) -> None:
    from desk.decisions import set_aside

    with opened_office(context) as office:
        _tell_decided(office, set_aside(office, item, kind, reason))


@app.command("value", help=say("cli.decide_value"))
def decide_value(
    context: typer.Context,
    item: Item,
    figure: Annotated[str, typer.Argument(help=say("cli.arg_figure"))],
    reason: Reason = "",
) -> None:
    from desk.decisions import set_value

    with opened_office(context) as office:
        _tell_decided(office, set_value(office, item, figure, reason))


@app.command("link", help=say("cli.decide_link"))
def decide_link(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help=say("cli.arg_address"))],
    unit: TheUnit,
    since: Annotated[str | None, typer.Option("--from", help=say("cli.opt_since"))] = None,
    reason: Reason = "",
) -> None:
    from desk.decisions import link

    with opened_office(context) as office:
        _tell_decided(office, link(office, address, unit, since, reason))


@app.command("receive", help=say("cli.decide_receive"))
def decide_receive(
    context: typer.Context,
    unit: TheUnit,
    report: ReportName = None,
    period: PeriodName = None,
    at: Annotated[str | None, typer.Option("--at", help=say("cli.opt_at"))] = None,
    channel: Annotated[str, typer.Option(help=say("cli.opt_channel"))] = "paper",
    nil: Annotated[bool, typer.Option("--nil", help=say("cli.opt_nil"))] = False,
    files: Annotated[list[Path] | None, typer.Option("--file", help=say("cli.opt_files"))] = None,
    reason: Reason = "",
) -> None:
    from desk.by_hand import HandedFile, HandedIn, hand_in
    from desk.decisions_on_dues import receive

    with opened_office(context) as office:
        when = moment_of(at, office)
        if files:
            given = tuple(HandedFile(path.name, path.read_bytes()) for path in files)
            handed = HandedIn(unit, report, period, given, when, channel, reason, nil=nil)
            _tell_decided(office, hand_in(office, handed).decision)
        else:
            _tell_decided(office, receive(office, unit, report, period, when, channel, reason, nil=nil))


@app.command("exempt", help=say("cli.decide_exempt"))
def decide_exempt(
    context: typer.Context,
    unit: TheUnit,
    reason: Reason,
    report: ReportName = None,
    period: PeriodName = None,
) -> None:
    from desk.decisions_on_dues import exempt

    with opened_office(context) as office:
        _tell_decided(office, exempt(office, unit, report, period, reason))


@app.command("explain", help=say("cli.decide_explain"))
def decide_explain(
    context: typer.Context,
    unit: TheUnit,
    indicator: Annotated[str, typer.Argument(help=say("cli.arg_indicator"))],
    reason: Reason,
    sex: Annotated[str, typer.Option(help=say("cli.opt_sex"))] = "total",
    report: ReportName = None,
    period: PeriodName = None,
) -> None:
    from config.reports import Figure, Sex
    from desk.decisions_on_dues import explain
    from desk.recording import obligation_named
    from desk.work import chosen_periods, consolidation_of

    with opened_office(context) as office:
        named = obligation_named(office, unit, report, period)
        ((definition, known),) = chosen_periods(office, named["report"], named["period"], office.clock())
        found = consolidation_of(office, definition, known, office.clock()).findings
        figure = Figure(indicator, choice_of(sex, Sex) or Sex.TOTAL)
        _tell_decided(office, explain(office, unit, definition.id, known.id, found, figure, reason))


@app.command("extend", help=say("cli.decide_extend"))
def decide_extend(
    context: typer.Context,
    unit: TheUnit,
    due: Annotated[str, typer.Argument(help=say("cli.arg_due"))],
    reason: Reason,
    report: ReportName = None,
    period: PeriodName = None,
) -> None:
    from desk.decisions_on_dues import extend

    with opened_office(context) as office:
        _tell_decided(office, extend(office, unit, report, period, moment_of(due, office), reason))


@app.command("freeze", help=say("cli.decide_freeze"))
def decide_freeze(
    context: typer.Context,
    reason: Reason,
    report: ReportName = None,
    period: PeriodName = None,
) -> None:
    from desk.freezing import freeze

    with opened_office(context) as office:
        made = freeze(office, report, period, reason)
        _tell_decided(office, made)
        tell(say("cli.frozen", number=made.choice["issue"]))


@app.command("unfreeze", help=say("cli.decide_unfreeze"))
def decide_unfreeze(
    context: typer.Context,
    reason: Reason,
    report: ReportName = None,
    period: PeriodName = None,
) -> None:
    from desk.freezing import unfreeze

    with opened_office(context) as office:
        _tell_decided(office, unfreeze(office, report, period, reason))


@app.command("reopen", help=say("cli.decide_reopen"))
def decide_reopen(context: typer.Context, item: Item, reason: Reason = "") -> None:
    from desk.taking_back import reopen

    with opened_office(context) as office:
        _tell_decided(office, reopen(office, item, reason))


def _tell_decided(office: Office, decision: Decision) -> None:
    from desk.views import moment, short

    at = short(moment(decision.at, office.regime.timezone))
    tell(say("cli.decided", number=decision.number, at=at))
