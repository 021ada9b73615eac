"""The command line: `tonghop COMMAND`. Imports of heavy parts wait until a command needs them."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from config.wording import LANGUAGES, Wording

if TYPE_CHECKING:
    from desk.office import Office
    from desk.tables import Printer
    from desk.web.desk import Desk
    from ledger.records import OutgoingMessage


_Choice = TypeVar("_Choice", bound=StrEnum)
_Item = TypeVar("_Item")


def _language(words: list[str]) -> str:
    """The language of the interface: --lang anywhere on the line, TONGHOP_LANGUAGE, Vietnamese."""
    for place, word in enumerate(words):
        chosen = word.partition("=")[2] if word.startswith("--lang=") else ""
        if word == "--lang" and place + 1 < len(words):
            chosen = words[place + 1]
        if chosen in LANGUAGES:
            return chosen
    wanted = os.environ.get("TONGHOP_LANGUAGE", "")
    return wanted if wanted in LANGUAGES else "vi"


_say = Wording(_language(sys.argv))
app = typer.Typer(
    help=_say("cli.help"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
decide_app = typer.Typer(help=_say("cli.decide"), no_args_is_help=True)
app.add_typer(decide_app, name="decide")
desk_app = typer.Typer(help=_say("cli.desk"), invoke_without_command=True)
app.add_typer(desk_app, name="desk")
account_app = typer.Typer(help=_say("cli.account"), no_args_is_help=True)
desk_app.add_typer(account_app, name="account")
outbox_app = typer.Typer(help=_say("cli.outbox"), no_args_is_help=True)
app.add_typer(outbox_app, name="outbox")


@dataclass(frozen=True, slots=True)
class _World:
    """What the words before the command chose."""

    home: Path
    language: str
    clock: Callable[[], datetime]
    who: str


Report = Annotated[str | None, typer.Option("--report", "-r", help=_say("cli.opt_report"))]
PeriodName = Annotated[str | None, typer.Option("--period", "-k", help=_say("cli.opt_period"))]
AsJson = Annotated[bool, typer.Option("--json", help=_say("cli.opt_json"))]
AsOf = Annotated[str | None, typer.Option("--as-of", help=_say("cli.opt_as_of"))]
Reason = Annotated[str, typer.Option("--reason", help=_say("cli.opt_reason"))]
AccountName = Annotated[str, typer.Argument(help=_say("cli.arg_account"))]
UnitName = Annotated[str | None, typer.Option("--unit", "-u", help=_say("cli.opt_unit"))]


@app.callback()
def _before(
    context: typer.Context,
    home: Annotated[Path, typer.Option(envvar="TONGHOP_HOME", help=_say("cli.opt_home"))] = Path("tonghop"),
    lang: Annotated[str, typer.Option(help=_say("cli.opt_lang"))] = "",
    who: Annotated[str, typer.Option(envvar="TONGHOP_OFFICER", help=_say("cli.opt_who"))] = "",
    clock: Annotated[str, typer.Option(hidden=True)] = "",
) -> None:
    fixed = datetime.fromisoformat(clock) if clock else None
    context.obj = _World(
        home=home,
        language=lang if lang in LANGUAGES else _say.language,
        clock=(lambda: fixed) if fixed else (lambda: datetime.now(UTC)),
        who=who,
    )


# -- setting up ------------------------------------------------------------------------------------------


@app.command(help=_say("cli.init"))
def init(
    context: typer.Context,
    regime: Annotated[str | None, typer.Argument(help=_say("cli.arg_regime"))] = None,
) -> None:
    from desk.home import make_home

    world: _World = context.obj
    with _spoken():
        made = make_home(world.home, regime)
        _print(_say("cli.init_done" if made.new else "cli.init_there", home=str(world.home)))
        for problem in made.missing:
            _print(f"- {problem.sentence(_say)}")


@app.command(help=_say("cli.demo"))
def demo(context: typer.Context) -> None:
    from desk.demo import run_demo

    world: _World = context.obj
    with _spoken():
        run_demo(world.home, _printer())


@app.command(help=_say("cli.password"))
def password(
    context: typer.Context,
    outgoing: Annotated[bool, typer.Option("--outgoing", help=_say("cli.opt_outgoing"))] = False,
) -> None:
    from config.secrets import FILE, PASSWORD, SMTP_PASSWORD, Keeper, Secret, store_secret
    from desk.errors import HomeNotFoundError

    world: _World = context.obj
    with _spoken():
        if not world.home.is_dir():
            raise HomeNotFoundError("desk.no_home", home=str(world.home))
        # Asked for, never an argument: the command line is seen by others and kept in a history.
        entered = typer.prompt(_say("cli.ask_password"), hide_input=True, err=True)
        keeper = store_secret(SMTP_PASSWORD if outgoing else PASSWORD, Secret(entered.strip()), world.home)
        words = "cli.password_kept_in_keyring" if keeper is Keeper.KEYRING else "cli.password_kept"
        _print(_say(words, path=str(world.home / FILE)))


@app.command(help=_say("cli.doctor"))
def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    from desk.errors import ATTENTION, DONE
    from desk.upkeep.doctor import examine

    world: _World = context.obj
    found = examine(world.home, _say)
    if as_json:
        _dump([{"part": one.part, "state": one.state, "sentence": one.sentence} for one in found])
    else:
        for one in found:
            _print(f"{_MARKS[one.state]} {one.part}: {one.sentence}")
    raise typer.Exit(ATTENTION if any(one.state == "fault" for one in found) else DONE)


_MARKS = {"well": "✓", "warning": "!", "fault": "✗"}


# -- mail in ---------------------------------------------------------------------------------------------


@app.command(help=_say("cli.poll"))
def poll(context: typer.Context, as_json: AsJson = False) -> None:
    from desk.work import adopt, clear_up, fetch

    with _office(context) as office:
        clear_up(office)
        mailbox = office.open_mailbox()
        try:
            fetched = fetch(office, mailbox, office.account)
        finally:
            mailbox.close()
        adopt(office)
        _take_in(office, len(fetched.new), fetched.notes, as_json=as_json)


@app.command("import", help=_say("cli.import"))
def import_(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help=_say("cli.arg_path"))],
    arrivals: Annotated[Path | None, typer.Option(help=_say("cli.opt_arrivals"))] = None,
    as_json: AsJson = False,
) -> None:
    from desk.work import adopt, clear_up, fetch
    from intake.mailbox.local import open_local

    with _office(context) as office:
        clear_up(office)
        account = f"import:{path.resolve()}"
        mailbox = open_local(path, arrivals, account=account, zone=office.regime.timezone)
        fetched = fetch(office, mailbox, account)
        adopt(office)
        _take_in(office, len(fetched.new), fetched.notes, as_json=as_json)


def _take_in(office: Office, new: int, notes: tuple[Any, ...], *, as_json: bool) -> None:
    from collections import Counter

    from desk.work import recognise, take_in

    ended: Counter[str] = Counter()
    total = len(office.ledger.unread())
    for outcome in _progress(take_in(office), total, quiet=as_json):
        ended[outcome.state.value] += 1
    scans = sum(1 for _outcome in _progress(recognise(office), 1, quiet=True))
    counts = {state: ended[state] for state in ("booked", "review", "set_aside", "failed")}
    if as_json:
        told = {"new": new, "read": sum(counts.values()), **counts, "recognised": scans}
        _dump(told | {"notes": [note.code for note in notes]})
        return
    _print(_say("cli.taken_in", new=new, **counts))
    if scans:
        _print(_say("cli.recognised", count=scans))
    for note in notes:
        _print("  " + _say(f"mailbox.note_{note.code}", uid=note.uid, **note.parameters))


@app.command(help=_say("cli.run"))
def run(
    context: typer.Context, once: Annotated[bool, typer.Option(help=_say("cli.opt_once"))] = False
) -> None:
    from desk.daemon import Daemon
    from desk.upkeep.log import logging_to, under_systemd
    from ledger.lock import only_daemon

    # The journal of systemd gets the same lines as the file; a person gets sentences.
    say = _unsaid if under_systemd() else _print
    with (
        _office(context, actor="daemon") as office,
        only_daemon(office.settings.database_url),
        logging_to(office.settings.home / "logs"),
        nullcontext() if once else _desk_beside(context),
    ):
        Daemon(office, say).run(once=once)


# -- the desk in the browser -----------------------------------------------------------------------------


@desk_app.callback(help=_say("cli.desk"))
def desk(
    context: typer.Context, port: Annotated[int | None, typer.Option(help=_say("cli.opt_port"))] = None
) -> None:
    if context.invoked_subcommand is not None:
        return
    from desk.web.serving import serve

    with _desk(context) as opened:
        serve(opened, _print, port)


@account_app.command("add", help=_say("cli.account_add"))
def account_add(
    context: typer.Context,
    name: AccountName,
    shown_name: Annotated[str, typer.Option("--name", help=_say("cli.opt_shown_name"))] = "",
    role: Annotated[str, typer.Option("--role", help=_say("cli.opt_account_role"))] = "officer",
) -> None:
    from desk.web.accounts import Role

    with _desk(context) as opened:
        chosen = _choice(role, Role)
        assert chosen is not None
        password = opened.accounts.add(name, shown_name, chosen)
        _print(_say("web.account_added", name=name, password=password))


@account_app.command("list", help=_say("cli.account_list"))
def account_list(context: typer.Context, as_json: AsJson = False) -> None:
    with _desk(context) as opened:
        found = opened.accounts.all()
    if as_json:
        _dump([asdict(one) for one in found])
        return
    for one in found:
        state = "web.account_disabled" if one.disabled else f"web.role_{one.role}"
        _print(f"{one.name}  {one.shown_name}  {_say(state)}")


@account_app.command("role", help=_say("cli.account_role"))
def account_role(
    context: typer.Context,
    name: AccountName,
    role: Annotated[str, typer.Argument(help=_say("cli.opt_account_role"))],
) -> None:
    from desk.web.accounts import Role

    with _desk(context) as opened:
        chosen = _choice(role, Role)
        assert chosen is not None
        opened.accounts.appoint(name, chosen)
        _print(_say("web.account_has_role", name=name, role=_say(f"web.role_{chosen}")))


@account_app.command("reset", help=_say("cli.account_reset"))
def account_reset(context: typer.Context, name: AccountName) -> None:
    with _desk(context) as opened:
        _print(_say("web.account_added", name=name, password=opened.accounts.reset(name)))


@account_app.command("disable", help=_say("cli.account_disable"))
def account_disable(context: typer.Context, name: AccountName) -> None:
    with _desk(context) as opened:
        opened.accounts.disable(name)
        _print(_say("web.account_now_disabled", name=name))


@contextmanager
def _desk(context: typer.Context) -> Iterator[Desk]:
    from desk.web.desk import Desk

    world: _World = context.find_object(_World) or context.obj
    with _spoken(), closing(Desk(world.home, world.clock)) as opened:
        yield opened


@contextmanager
def _desk_beside(context: typer.Context) -> Iterator[None]:
    """The desk served by the daemon's process. One that cannot be served does not stop the daemon."""
    from desk.errors import DeskError, sentence_of
    from desk.web.serving import introduce, served

    with ExitStack() as stack:
        desk = stack.enter_context(_desk(context))
        try:
            stack.enter_context(served(desk, _print))
        except DeskError as error:
            _print(sentence_of(error, _say))
        if sys.stdout.isatty():
            introduce(desk, _print)
        elif (
            not desk.accounts.has_officer()
        ):  # what a service prints is kept in a log: no place for a password
            _print(_say("web.no_account"))
        yield


# -- looking ---------------------------------------------------------------------------------------------


@app.command(help=_say("cli.status"))
def status(
    context: typer.Context,
    report: Report = None,
    period: PeriodName = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    from desk.views import status_view
    from desk.work import chosen_periods, consolidation_of

    with _office(context) as office:
        moment = _moment(as_of, office)
        views = [
            status_view(consolidation_of(office, definition, known, moment))
            for definition, known in chosen_periods(office, report, period, moment)
        ]
        if as_json:
            _dump(views)
            return
        printer = _printer()
        for view in views:
            printer.status(view)
        if not views:
            printer.line("cli.no_period")


@app.command(help=_say("cli.messages"))
def messages(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help=_say("cli.opt_state"))] = None,
    kind: Annotated[str | None, typer.Option("--class", help=_say("cli.opt_class"))] = None,
    unit: UnitName = None,
    as_json: AsJson = False,
) -> None:
    from desk.decisions import require_unit
    from desk.views import messages_view
    from ledger.records import MessageClass, MessageState

    with _office(context) as office:
        if unit is not None:
            require_unit(office, unit)
        found = office.ledger.messages(
            state=_choice(state, MessageState), message_class=_choice(kind, MessageClass), unit=unit
        )
        views = messages_view(found, office.ledger.delivered_again(), office.regime.timezone, _say)
        if as_json:
            _dump(views)
        else:
            _printer().messages(views, office.regime)


@app.command(help=_say("cli.review"))
def review(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help=_say("cli.opt_all"))] = False,
    as_json: AsJson = False,
) -> None:
    from desk.views import review_view

    with _office(context) as office, office.ledger.snapshot():
        outcomes = {outcome.archive_id: outcome for outcome in office.ledger.messages()}
        views = [
            review_view(item, outcomes.get(item.archive_id), office.regime.timezone, _say)
            for item in office.ledger.review_items(open_only=not every)
        ]
        if as_json:
            _dump(views)
        else:
            _printer().review(views, office.regime)


@app.command(help=_say("cli.values"))
def values(
    context: typer.Context,
    report: Report = None,
    period: PeriodName = None,
    unit: UnitName = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    from desk.decisions import require_unit
    from desk.freezing import standing_issue
    from desk.views import beside_frozen, value_view
    from desk.work import chosen_periods, consolidation_of, shown_values

    with _office(context) as office:
        if unit is not None:
            require_unit(office, unit)
        moment = _moment(as_of, office)
        views = []
        for definition, known in chosen_periods(office, report, period, moment):
            consolidation = consolidation_of(office, definition, known, moment)
            stands = standing_issue(office, definition, known, moment)
            found = [value_view(held, consolidation) for held in shown_values(office, consolidation, unit)]
            views += beside_frozen(found, stands)
            if stands and not as_json:
                _print(_say("cli.values_frozen", period=known.name, number=stands.number))
        if as_json:
            _dump(views)
        else:
            _printer().values(views, office.regime)


@app.command(help=_say("cli.findings"))
def findings(
    context: typer.Context,
    report: Report = None,
    period: PeriodName = None,
    unit: UnitName = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    from desk.decisions import require_unit
    from desk.views import finding_views
    from desk.work import chosen_periods, consolidation_of

    with _office(context) as office:
        moment = _moment(as_of, office)
        if unit is not None:
            require_unit(office, unit)
        views = [
            view
            for definition, known in chosen_periods(office, report, period, moment)
            for view in finding_views(consolidation_of(office, definition, known, moment).findings, _say)
            if unit in (None, view["unit"])
        ]
        if as_json:
            _dump(views)
        else:
            _printer().findings(views, office.regime)


@app.command(help=_say("cli.trace"))
def trace(
    context: typer.Context,
    indicator: Annotated[str, typer.Argument(help=_say("cli.arg_indicator"))],
    sex: Annotated[str, typer.Option(help=_say("cli.opt_sex"))] = "total",
    unit: UnitName = None,
    report: Report = None,
    period: PeriodName = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    from desk.decisions import require_unit
    from desk.trace import trace_of

    with _office(context) as office:
        if unit is not None:
            require_unit(office, unit)
        view = trace_of(office, indicator, sex, report, period, _moment(as_of, office), unit)
        if as_json:
            _dump(view)
            return
        printer = _printer()
        if view["frozen"]:
            _print(_say("cli.total_frozen", number=view["frozen"], now=view["now"]["value"]))
        printer.totals([view["total"]])
        printer.values(view["values"], office.regime)
        for message in view["messages"]:
            told = (message[name] for name in ("arrival", "sender", "subject"))
            _print("  ".join((message["archive_id"][:8], *told)))


@app.command(help=_say("cli.explain"))
def explain(
    context: typer.Context,
    message: Annotated[str, typer.Argument(help=_say("cli.arg_message"))],
    as_json: AsJson = False,
) -> None:
    from desk.explaining import explanation
    from desk.explanation_lines import explanation_lines

    with _office(context) as office:
        view = explanation(office, message)
        if as_json:
            _dump(view)
        else:
            printer = _printer()
            printer.lines(explanation_lines(view, office.regime, printer.wording))


@app.command(help=_say("cli.picture"))
def picture(
    context: typer.Context,
    message: Annotated[str, typer.Argument(help=_say("cli.arg_message"))],
    to: Annotated[Path, typer.Option("--to", help=_say("cli.opt_to"))] = Path("pictures"),
    as_json: AsJson = False,
) -> None:
    from desk.picture_files import write_pictures

    with _office(context) as office:
        views = write_pictures(office, message, to)
        if as_json:
            _dump(list(views))
            return
        for view in views:
            figure = f"{view['indicator']} ({view['sex']})" if view["indicator"] else ""
            _print("  ".join(filter(None, (view["file"], figure, view["path"], view["sentence"]))))


# -- deciding --------------------------------------------------------------------------------------------

Item = Annotated[str, typer.Argument(help=_say("cli.arg_item"))]


@decide_app.command("accept", help=_say("cli.decide_accept"))
def decide_accept(
    context: typer.Context,
    item: Item,
    unit: UnitName = None,
    report: Report = None,
    period: PeriodName = None,
    role: Annotated[str | None, typer.Option(help=_say("cli.opt_role"))] = None,
    learn: Annotated[bool, typer.Option("--learn/--no-learn", help=_say("cli.opt_learn"))] = True,
    remember: Annotated[bool, typer.Option("--remember", help=_say("cli.opt_remember"))] = False,
    reason: Reason = "",
) -> None:
    from desk.decisions import accept

    with _office(context) as office:
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
        _tell(office, made)


@decide_app.command("set-aside", help=_say("cli.decide_set_aside"))
def decide_set_aside(
    context: typer.Context,
    item: Item,
    kind: Annotated[str, typer.Option("--class", help=_say("cli.opt_class"))] = "other",
    reason: Reason = "",
) -> None:
    from desk.decisions import set_aside

    with _office(context) as office:
        _tell(office, set_aside(office, item, kind, reason))


@decide_app.command("value", help=_say("cli.decide_value"))
def decide_value(
    context: typer.Context,
    item: Item,
    figure: Annotated[str, typer.Argument(help=_say("cli.arg_figure"))],
    reason: Reason = "",
) -> None:
    from desk.decisions import set_value

    with _office(context) as office:
        _tell(office, set_value(office, item, figure, reason))


@decide_app.command("link", help=_say("cli.decide_link"))
def decide_link(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help=_say("cli.arg_address"))],
    unit: Annotated[str, typer.Argument(help=_say("cli.arg_unit"))],
    since: Annotated[str | None, typer.Option("--from", help=_say("cli.opt_since"))] = None,
    reason: Reason = "",
) -> None:
    from desk.decisions import link

    with _office(context) as office:
        _tell(office, link(office, address, unit, since, reason))


@decide_app.command("receive", help=_say("cli.decide_receive"))
def decide_receive(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(help=_say("cli.arg_unit"))],
    report: Report = None,
    period: PeriodName = None,
    at: Annotated[str | None, typer.Option("--at", help=_say("cli.opt_at"))] = None,
    channel: Annotated[str, typer.Option(help=_say("cli.opt_channel"))] = "paper",
    nil: Annotated[bool, typer.Option("--nil", help=_say("cli.opt_nil"))] = False,
    files: Annotated[list[Path] | None, typer.Option("--file", help=_say("cli.opt_files"))] = None,
    reason: Reason = "",
) -> None:
    from desk.by_hand import HandedFile, HandedIn, hand_in
    from desk.decisions import receive

    with _office(context) as office:
        when = _moment(at, office)
        if files:
            given = tuple(HandedFile(path.name, path.read_bytes()) for path in files)
            handed = HandedIn(unit, report, period, given, when, channel, reason, nil=nil)
            _tell(office, hand_in(office, handed).decision)
        else:
            _tell(office, receive(office, unit, report, period, when, channel, reason, nil=nil))


@decide_app.command("exempt", help=_say("cli.decide_exempt"))
def decide_exempt(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(help=_say("cli.arg_unit"))],
    reason: Annotated[str, typer.Option("--reason", help=_say("cli.opt_reason"))],
    report: Report = None,
    period: PeriodName = None,
) -> None:
    from desk.decisions import exempt

    with _office(context) as office:
        _tell(office, exempt(office, unit, report, period, reason))


@decide_app.command("extend", help=_say("cli.decide_extend"))
def decide_extend(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(help=_say("cli.arg_unit"))],
    due: Annotated[str, typer.Argument(help=_say("cli.arg_due"))],
    reason: Annotated[str, typer.Option("--reason", help=_say("cli.opt_reason"))],
    report: Report = None,
    period: PeriodName = None,
) -> None:
    from desk.decisions import extend

    with _office(context) as office:
        _tell(office, extend(office, unit, report, period, _moment(due, office), reason))


@decide_app.command("freeze", help=_say("cli.decide_freeze"))
def decide_freeze(
    context: typer.Context,
    reason: Annotated[str, typer.Option("--reason", help=_say("cli.opt_reason"))],
    report: Report = None,
    period: PeriodName = None,
) -> None:
    from desk.freezing import freeze

    with _office(context) as office:
        made = freeze(office, report, period, reason)
        _tell(office, made)
        _print(_say("cli.frozen", number=made.choice["issue"]))


@decide_app.command("unfreeze", help=_say("cli.decide_unfreeze"))
def decide_unfreeze(
    context: typer.Context,
    reason: Annotated[str, typer.Option("--reason", help=_say("cli.opt_reason"))],
    report: Report = None,
    period: PeriodName = None,
) -> None:
    from desk.freezing import unfreeze

    with _office(context) as office:
        _tell(office, unfreeze(office, report, period, reason))


@decide_app.command("reopen", help=_say("cli.decide_reopen"))
def decide_reopen(context: typer.Context, item: Item, reason: Reason = "") -> None:
    from desk.decisions import reopen

    with _office(context) as office:
        _tell(office, reopen(office, item, reason))


def _tell(office: Office, decision: Any) -> None:
    from desk.views import moment

    _print(_say("cli.decided", number=decision.number, at=moment(decision.at, office.regime.timezone)))


# -- writing and sending ---------------------------------------------------------------------------------


@app.command(help=_say("cli.consolidate"))
def consolidate(
    context: typer.Context,
    report: Report = None,
    period: PeriodName = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    from desk.views import issue_view
    from desk.work import chosen_periods, issue

    with _office(context) as office:
        moment = _moment(as_of, office)
        views = [
            issue_view(issue(office, definition, known, moment), office)
            for definition, known in chosen_periods(office, report, period, moment)
        ]
        if as_json:
            _dump(views[0] if len(views) == 1 else views)
            return
        printer = _printer()
        for view in views:
            printer.issue(view)
        if not views:
            printer.line("cli.no_period")


@app.command(help=_say("cli.remind"))
def remind(
    context: typer.Context,
    queue: Annotated[bool, typer.Option("--queue", help=_say("cli.opt_queue"))] = False,
    send: Annotated[bool, typer.Option("--send", help=_say("cli.opt_send"))] = False,
    confirm: Annotated[bool, typer.Option("--confirm", help=_say("cli.opt_confirm"))] = False,
    show: Annotated[bool, typer.Option("--show", help=_say("cli.opt_show"))] = False,
    as_json: AsJson = False,
) -> None:
    from desk.mailing.chasing import chase

    with _office(context) as office:
        chased = chase(office, queue=queue or send, send=send, confirmed=confirm)
        if as_json:
            _dump(chased.view())
            return
        printer = _printer()
        printer.outbox(chased.view()["mails"], office.regime)
        for mail in chased.view()["mails"] if show else ():
            printer.console.rule(mail["subject"], align="left")
            _print(mail["text"])
        for unit in chased.view()["without_address"]:
            _print(_say("cli.no_address", unit=unit["name"], phone=unit["phone"] or "–"))
        for unit in chased.view()["in_hand"]:
            _print(_say("cli.in_hand", unit=unit["name"]))
        for told in chased.view()["unproven"]:
            _print(_say("cli.unproven_bounce", address=told["address"], message=told["message"][:12]))
        if chased.sentence():
            _print(chased.sentence())
        _print(_say(f"cli.remind_{chased.mode}", count=len(chased.view()["mails"])))


@app.command(help=_say("cli.proof"))
def proof(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(help=_say("cli.arg_unit"))],
    report: Report = None,
    period: PeriodName = None,
    docx: Annotated[Path | None, typer.Option(help=_say("cli.opt_docx"))] = None,
    as_json: AsJson = False,
) -> None:
    from desk.mailing.proof import proof as proof_of
    from desk.mailing.proof import proof_docx, proof_view

    with _office(context) as office:
        sheets = proof_of(office, unit, report, period)
        views = [proof_view(sheet, office) for sheet in sheets]
        if as_json:
            _dump(views)
            return
        printer = _printer()
        for view in views:
            printer.proof(view)
        if not views:
            printer.line("proof.nothing")
        for sheet in sheets if docx is not None else ():
            assert docx is not None
            file = proof_docx(sheet, office)
            docx.mkdir(parents=True, exist_ok=True)
            (docx / file.name).write_bytes(file.content)
            _print(_say("cli.proof_written", path=str(docx / file.name)))


MailNumber = Annotated[int, typer.Argument(help=_say("cli.arg_mail"))]


@outbox_app.command("list", help=_say("cli.outbox_list"))
def outbox_list(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help=_say("cli.opt_mail_state"))] = None,
    unit: UnitName = None,
    as_json: AsJson = False,
) -> None:
    from desk.decisions import require_unit
    from desk.views import outgoing_view
    from ledger.records import OutboxState

    wanted = _choice(state, OutboxState)
    with _office(context) as office:
        if unit is not None:
            require_unit(office, unit)
        mails = office.ledger.outbox() if wanted is None else office.ledger.outbox((wanted,))
        views = [outgoing_view(m, office.regime.timezone) for m in mails if unit in (None, m.unit)]
        if as_json:
            _dump(views)
        else:
            _printer().outbox(views, office.regime)


@outbox_app.command("show", help=_say("cli.outbox_show"))
def outbox_show(context: typer.Context, mail: MailNumber, as_json: AsJson = False) -> None:
    from desk.mailing.outbox_actions import mail_file
    from desk.views import mail_file_view

    with _office(context) as office:
        view = mail_file_view(mail_file(office, mail), office.regime.timezone, _say)
        if as_json:
            _dump(view)
            return
        _printer().outbox([view], office.regime)
        _print(view["text"])
        for event in view["events"]:
            _print("  ".join(filter(None, (event["at"], event["who"], event["what"], event["why"]))))


@outbox_app.command("approve", help=_say("cli.outbox_approve"))
def outbox_approve(
    context: typer.Context,
    mails: Annotated[list[int] | None, typer.Argument(help=_say("cli.arg_mail"))] = None,
    every: Annotated[bool, typer.Option("--all", help=_say("cli.opt_all_awaiting"))] = False,
) -> None:
    from desk.mailing.outbox import awaiting_approval
    from desk.mailing.outbox_actions import approve

    with _office(context) as office:
        batch = [mail.id for mail in awaiting_approval(office.ledger)] if every else []
        approved = approve(office, dict.fromkeys((*(mails or ()), *batch)))
        _print(_say("cli.outbox_approved", count=len(approved)))


@outbox_app.command("return", help=_say("cli.outbox_return"))
def outbox_return(
    context: typer.Context,
    message: Annotated[str, typer.Argument(help=_say("cli.arg_message"))],
    reason: Annotated[str, typer.Option("--reason", help=_say("cli.opt_reason"))],
) -> None:
    from desk.decisions import return_to_unit

    with _office(context) as office:
        _tell_mail(return_to_unit(office, message, reason))


@outbox_app.command("deliver", help=_say("cli.outbox_deliver"))
def outbox_deliver(
    context: typer.Context,
    report: Annotated[str, typer.Option("--report", "-r", help=_say("cli.opt_report"))],
    period: Annotated[str, typer.Option("--period", "-k", help=_say("cli.opt_period"))],
) -> None:
    from desk.mailing.deliveries import deliver_report

    with _office(context) as office:
        _tell_mail(deliver_report(office, report, period))


@outbox_app.command("hold", help=_say("cli.outbox_hold"))
def outbox_hold(context: typer.Context, mail: MailNumber, reason: Reason = "") -> None:
    from desk.mailing.outbox_actions import hold

    with _office(context) as office:
        _tell_mail(hold(office, mail, reason))


@outbox_app.command("cancel", help=_say("cli.outbox_cancel"))
def outbox_cancel(context: typer.Context, mail: MailNumber, reason: Reason = "") -> None:
    from desk.mailing.outbox_actions import cancel

    with _office(context) as office:
        _tell_mail(cancel(office, mail, reason))


@outbox_app.command("edit", help=_say("cli.outbox_edit"))
def outbox_edit(
    context: typer.Context,
    mail: MailNumber,
    subject: Annotated[str | None, typer.Option(help=_say("cli.opt_subject"))] = None,
    text: Annotated[Path | None, typer.Option(help=_say("cli.opt_text_file"))] = None,
) -> None:
    from desk.mailing.outbox_actions import edit

    with _office(context) as office:
        words = text.read_text("utf-8") if text is not None else None
        _tell_mail(edit(office, mail, subject=subject, text=words))


def _tell_mail(mail: OutgoingMessage) -> None:
    _print(_say("cli.outbox_now", id=mail.id, state=_say(f"cli.outbox_{mail.state.value}")))


@app.command(help=_say("cli.rebuild"))
def rebuild(
    context: typer.Context,
    replace: Annotated[bool, typer.Option("--replace", help=_say("cli.opt_replace"))] = False,
    as_json: AsJson = False,
) -> None:
    from desk.upkeep.rebuilding import rebuild as rebuild_home

    world: _World = context.obj
    with _spoken():
        result = rebuild_home(world.home, world.clock, _progress, replace_ledger=replace)
        if as_json:
            _dump({"messages": result.messages, "differences": list(result.differences)})
        else:
            _print(_say("cli.rebuilt", count=result.messages, differences=len(result.differences)))
            for difference in result.differences:
                _print(f"  {difference}")
        if result.differences:
            raise typer.Exit(1)


def _ends(given: list[str] | None) -> list[str]:
    """Hashes of the history, in full or their first 16 digits."""
    if any(re.fullmatch(r"[0-9a-f]{16,64}", one) is None for one in given or ()):
        raise typer.BadParameter(_say("cli.bad_end"))
    return given or []


@app.command(help=_say("cli.verify"))
def verify(
    context: typer.Context,
    end: Annotated[list[str] | None, typer.Option(help=_say("cli.opt_end"), callback=_ends)] = None,
    as_json: AsJson = False,
) -> None:
    from desk.errors import ATTENTION, DONE
    from desk.upkeep.verifying import sentence, verify_home, view

    world: _World = context.obj
    with _spoken():
        found = verify_home(world.home, world.clock, end or ())
    if as_json:
        _dump(view(found, _say))
    else:
        for flaw in found.flaws:
            _print(f"{_MARKS['fault']} {sentence(flaw, _say)}")
        key = "verify.flawed" if found.flaws else "verify.sound"
        places = {"messages": found.messages, "events": found.events, "flaws": len(found.flaws)}
        _print(_say(key, **places, head=found.head))
    raise typer.Exit(ATTENTION if found.flaws else DONE)


@app.command(help=_say("cli.audit"))
def audit(context: typer.Context, as_json: AsJson = False) -> None:
    from desk.errors import ATTENTION, DONE
    from desk.upkeep.counting import proof_lines, proof_view, prove
    from desk.upkeep.verifying import sentence, verify_home, view

    world: _World = context.obj
    with _office(context) as office:
        mailbox = office.open_mailbox()
        try:
            proofs = prove(office, mailbox)
        finally:
            mailbox.close()
        found = verify_home(world.home, world.clock)
        sound = not found.flaws and all(proof.balanced for proof in proofs)
        if as_json:
            _dump({"folders": [proof_view(proof) for proof in proofs], **view(found, _say)})
        else:
            for line in proof_lines(proofs, _say, office.regime.timezone):
                _print(line)
            for flaw in found.flaws:
                _print(f"{_MARKS['fault']} {sentence(flaw, _say)}")
            lost = sum(len(proof.unaccounted) for proof in proofs)
            server = sum(proof.server for proof in proofs)
            places = {"server": server, "archive": found.messages, "lost": lost, "flaws": len(found.flaws)}
            _print(_say("cli.audited", **places))
    raise typer.Exit(DONE if sound else ATTENTION)


@app.command(help=_say("cli.retain"))
def retain(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_say("cli.opt_dry_run"))] = False,
    as_json: AsJson = False,
) -> None:
    from desk.upkeep.retention import due_to_go
    from desk.upkeep.retention import retain as let_go

    with _office(context) as office:
        found = due_to_go(office) if dry_run else let_go(office)
        if as_json:
            ids = [message.archive_id for message in found.messages]
            _dump(
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
            _print("  " + " · ".join(told))
        key = "cli.would_retain" if dry_run else "cli.retained"
        places = {"count": len(found.messages), "months": found.months}
        _print(_say(key, **places, day=f"{found.cutoff.astimezone(zone):%d/%m/%Y}"))


@app.command(help=_say("cli.backup"))
def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(help=_say("cli.arg_backup"))],
    recipient: Annotated[list[str] | None, typer.Option(help=_say("cli.opt_recipient"))] = None,
    encrypt: Annotated[bool, typer.Option("--encrypt", help=_say("cli.opt_encrypt"))] = False,
) -> None:
    from desk.errors import ATTENTION
    from desk.upkeep.backup import Lock
    from desk.upkeep.backup import backup as back_up

    world: _World = context.obj
    with _spoken():
        passphrase = _passphrase(confirm=True) if encrypt and not recipient else ""
        made = back_up(world.home, target, Lock(tuple(recipient or ()), passphrase), world.clock())
    _print(_say("cli.backed_up", path=str(made.path), files=made.files, size=f"{made.bytes / 1e6:.1f}"))
    _print(_say("cli.backed_up_end", number=made.events, sha256=made.head))
    for archive_id in made.damaged:
        _print(_say("verify.message_changed", where=archive_id))
    if made.damaged:
        raise typer.Exit(ATTENTION)


@app.command(help=_say("cli.restore"))
def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help=_say("cli.arg_restore"))],
    identity: Annotated[Path | None, typer.Option(help=_say("cli.opt_identity"))] = None,
) -> None:
    from desk.upkeep.backup import Key
    from desk.upkeep.backup import restore as bring_back

    world: _World = context.obj
    with _spoken():
        key = Key(identity, lambda: _passphrase(confirm=False))
        back = bring_back(source, world.home, key, world.clock)
    _print(_say("cli.restored", home=str(world.home), files=back.files, made_at=back.made_at))
    _print(_say("cli.restored_next", home=str(world.home), held=back.held))


def _passphrase(*, confirm: bool) -> str:
    """The passphrase of a backup: TONGHOP_BACKUP_PASSPHRASE, else asked for on the terminal."""
    given = os.environ.get("TONGHOP_BACKUP_PASSPHRASE", "")
    return given or str(
        typer.prompt(_say("cli.passphrase"), hide_input=True, confirmation_prompt=confirm, err=True)
    )


# -- within ----------------------------------------------------------------------------------------------


@contextmanager
def _office(context: typer.Context, actor: str = "") -> Iterator[Office]:
    from desk.office import open_office

    world: _World = context.obj
    opened = open_office(world.home, world.language, world.clock, actor or world.who, world.who)
    with _spoken(), opened as office:
        yield office


@contextmanager
def _spoken() -> Iterator[None]:
    """Every error of ours becomes its sentence and exit code; a fault of the program stays a traceback."""
    from config.errors import ConfigError
    from consolidate.errors import ConsolidateError
    from desk.errors import DeskError, exit_code, sentence_of
    from intake.errors import IntakeError
    from ledger.errors import LedgerError

    try:
        yield
    except (ConfigError, ConsolidateError, DeskError, IntakeError, LedgerError) as error:
        typer.echo(sentence_of(error, _say), err=True)
        raise typer.Exit(exit_code(error)) from error
    except BrokenPipeError:
        raise  # whoever read our output has gone away: the command line knows what to do
    except OSError as error:
        typer.echo(sentence_of(error, _say), err=True)
        raise typer.Exit(exit_code(error)) from error


def _moment(text: str | None, office: Office) -> datetime:
    """A moment a person typed, in the department's zone; now without words.

    A day alone means its beginning.
    """
    if text is None:
        return office.clock()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        from desk.errors import UnknownNameError

        raise UnknownNameError("desk.bad_moment", text=text) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=office.regime.timezone)


def _choice(text: str | None, kind: type[_Choice]) -> _Choice | None:
    if text is None:
        return None
    try:
        return kind(text)
    except ValueError:
        from desk.errors import UnknownNameError

        known = ", ".join(str(member) for member in kind)
        raise UnknownNameError("desk.unknown_choice", name=text, known=known) from None


def _progress(items: Iterator[_Item], total: int, *, quiet: bool = False) -> Iterator[_Item]:
    """A bar on long work when a person watches."""
    if quiet or total == 0 or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, _say("cli.reading"), total=total, console=Console(stderr=True))


def _printer() -> Printer:
    from desk.tables import Printer

    return Printer(_say)


def _print(sentence: str) -> None:
    typer.echo(sentence)


def _unsaid(_sentence: str) -> None:
    """Nobody watches."""


def _dump(view: object) -> None:
    typer.echo(json.dumps(view, ensure_ascii=False, indent=1))


def main() -> NoReturn:
    """Run the command line; see `desk.errors` for the exit codes."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app(prog_name="tonghop")
    raise SystemExit(0)
