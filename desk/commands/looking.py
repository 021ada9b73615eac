"""Looking: who has reported, what came and how it ended, what was read from it and where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk.commands.options import AsJson, AsOf, PeriodName, ReportName, TheMessage, UnitName, say
from desk.commands.output import answer, dump, tell, terminal
from desk.commands.running import asked_of, choice_of, moment_of, opened_office, require_known

if TYPE_CHECKING:
    from desk.tables import Printer

app = typer.Typer()


@app.command(help=say("cli.status"))
def status(
    context: typer.Context,
    report: ReportName = None,
    period: PeriodName = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    from desk.views import status_view
    from desk.work import periods_not_looked_at

    with asked_of(context, report, period, as_of) as asked:
        views = [status_view(each, say) for each in asked.consolidations()]

        def show(printer: Printer) -> None:
            for view in views:
                printer.status(view)
            if not views:
                printer.no_period(periods_not_looked_at(asked.office, report, asked.as_of))

        answer(views, as_json, show)


@app.command(help=say("cli.messages"))
def messages(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help=say("cli.opt_state"))] = None,
    kind: Annotated[str | None, typer.Option("--class", help=say("cli.opt_class"))] = None,
    unit: UnitName = None,
    as_json: AsJson = False,
) -> None:
    from desk.views import messages_view
    from ledger.records import MessageClass, MessageState

    with opened_office(context) as office:
        require_known(unit, office)
        found = office.ledger.messages(
            state=choice_of(state, MessageState), message_class=choice_of(kind, MessageClass), unit=unit
        )
        views = messages_view(found, office.ledger.delivered_again(), office.regime.timezone, say)
        answer(views, as_json, lambda printer: printer.messages(views, office.regime))


@app.command(help=say("cli.review"))
def review(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help=say("cli.opt_all"))] = False,
    as_json: AsJson = False,
) -> None:
    from desk.views import review_view

    with opened_office(context) as office, office.ledger.snapshot():
        outcomes = {outcome.archive_id: outcome for outcome in office.ledger.messages()}
        views = [
            review_view(item, outcomes.get(item.archive_id), office.regime.timezone, say)
            for item in office.ledger.review_items(open_only=not every)
        ]
        answer(views, as_json, lambda printer: printer.review(views, office.regime))


@app.command(help=say("cli.values"))
def values(
    context: typer.Context,
    report: ReportName = None,
    period: PeriodName = None,
    unit: UnitName = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    from desk.freezing import standing_issue
    from desk.views import beside_frozen, value_view
    from desk.work import shown_values

    with asked_of(context, report, period, as_of, unit) as asked:
        office, views = asked.office, []
        for known, consolidation in zip(asked.periods, asked.consolidations(), strict=True):
            stands = standing_issue(office, *known, asked.as_of)
            found = [value_view(held, consolidation) for held in shown_values(office, consolidation, unit)]
            views += beside_frozen(found, stands)
            if stands and not as_json:
                tell(say("cli.values_frozen", period=known[1].name, number=stands.number))
        answer(views, as_json, lambda printer: printer.values(views, office.regime))


@app.command(help=say("cli.findings"))
def findings(
    context: typer.Context,
    report: ReportName = None,
    period: PeriodName = None,
    unit: UnitName = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    from desk.views import finding_views

    with asked_of(context, report, period, as_of, unit) as asked:
        views = [
            view
            for consolidation in asked.consolidations()
            for view in finding_views(consolidation.findings, say)
            if unit in (None, view["unit"])
        ]
        answer(views, as_json, lambda printer: printer.findings(views, asked.office.regime))


@app.command(help=say("cli.trace"))
def trace(
    context: typer.Context,
    indicator: Annotated[str, typer.Argument(help=say("cli.arg_indicator"))],
    sex: Annotated[str, typer.Option(help=say("cli.opt_sex"))] = "total",
    unit: UnitName = None,
    report: ReportName = None,
    period: PeriodName = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    from desk.trace import trace_of

    with opened_office(context) as office:
        require_known(unit, office)
        view = trace_of(office, indicator, sex, report, period, moment_of(as_of, office), unit)
        if as_json:
            dump(view)
            return
        printer = terminal()
        if view["frozen"]:
            tell(say("cli.total_frozen", number=view["frozen"], now=view["now"]["value"]))
        printer.totals([view["total"]])
        printer.values(view["values"], office.regime)
        for message in view["messages"]:
            told = (message[name] for name in ("arrival", "sender", "subject"))
            tell("  ".join((message["archive_id"][:8], *told)))
            for sentence in message["put_right"]:
                tell(f"  {sentence}")


@app.command(help=say("cli.explain"))
def explain(
    context: typer.Context,
    message: TheMessage,
    as_json: AsJson = False,
) -> None:
    from desk.explaining import explanation
    from desk.explanation_lines import explanation_lines

    with opened_office(context) as office:
        view = explanation(office, message)
        if as_json:
            dump(view)
        else:
            printer = terminal()
            printer.lines(explanation_lines(view, office.regime, printer.wording))


@app.command(help=say("cli.picture"))
def picture(
    context: typer.Context,
    message: TheMessage,
    to: Annotated[Path, typer.Option("--to", help=say("cli.opt_to"))] = Path("pictures"),
    as_json: AsJson = False,
) -> None:
    from desk.picture_files import write_pictures

    with opened_office(context) as office:
        views = write_pictures(office, message, to)
        if as_json:
            dump(list(views))
            return
        for view in views:
            sex = say(f"terms.sex_{view['sex']}").lower() if view["indicator"] else ""
            figure = " ".join(filter(None, (view["indicator"], sex)))
            tell("  ".join(filter(None, (view["file"], figure, view["path"], view["sentence"]))))
