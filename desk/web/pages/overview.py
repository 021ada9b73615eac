"""Kỳ báo cáo: the period at a glance, now or at any past moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from config.spelling import accented_key, is_accented, plain_key
from desk.errors import UnknownNameError, sentence_of
from desk.standing import Kept, PeriodStanding, period_standing
from desk.views import counts_of, rates_of
from desk.web.call import Call, Right, Route
from desk.web.charts import Strip, strip
from desk.web.periods import Chosen, chosen_period, read_moment
from ledger.records import ObligationState

if TYPE_CHECKING:
    from starlette.responses import Response

    from config.regime import UnitKind
    from config.units import Unit
    from consolidate.consolidation import UnitStanding

PATH = "/ky-bao-cao"
NAVIGATION = ("overview", PATH)
#: What wants the officer first.
STATES = (
    ObligationState.NEEDS_REVIEW,
    ObligationState.MISSING,
    ObligationState.LATE,
    ObligationState.ON_TIME,
    ObligationState.EXEMPT,
)
SORTS = ("state", "sheet", "name", "arrival", "kept")
#: Earlier periods shown on a line.
KEPT = 8
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the board is narrowed to, as typed."""

    words: str
    kind: str
    state: str
    sort: str


@dataclass(frozen=True, slots=True)
class Row:
    """One unit on the board."""

    standing: UnitStanding
    kind: str  #: its name
    kept: tuple[Kept, ...]  #: the last periods, oldest first
    on_time: int  #: how many of them were kept on time
    extended: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """The page."""

    chosen: Chosen | None
    as_of: datetime
    is_past: bool  #: a moment was asked for, so that nothing changes by itself
    fault: str
    filter: Filter
    kinds: tuple[UnitKind, ...] = ()
    states: tuple[ObligationState, ...] = STATES
    counts: dict[str, int] | None = None
    rates: dict[str, float | None] | None = None
    strip: Strip | None = None
    rows: tuple[Row, ...] = ()
    mark: str = ""  #: of the state of the ledger that is shown


def show(call: Call) -> Response:
    """The page."""
    return call.page("overview.html", overview_of(call))


def renewed(call: Call) -> Response:
    """The page again when something has happened since `mark`; nothing while it has not."""
    if call.query.get("mark") == _mark(call):
        return call.nothing_new()
    return show(replace(call, path=PATH))


def home(call: Call) -> Response:
    """The page one comes in by."""
    return call.go(PATH, **call.query)


ROUTES = (
    Route("/", home),
    Route(PATH, show),
    Route(f"{PATH}/moi", renewed, by_itself=True, right=Right.READER),
)


def overview_of(call: Call) -> Overview:
    """What the page shows for a call."""
    office = call.office
    moment, fault = _moment(call)
    now = office.clock()
    page = Overview(None, moment or now, moment is not None, fault, _filter(call))
    with office.ledger.snapshot():
        chosen = chosen_period(call)
        mark = _mark(call)
        if chosen is None:
            return replace(page, mark=mark)
        stood = period_standing(office, chosen.report, chosen.period, page.as_of)
    counts = counts_of(stood.standings)
    zone = office.regime.timezone
    return replace(
        page,
        chosen=chosen,
        kinds=office.regime.unit_kinds,
        counts=counts,
        rates=rates_of(counts),
        strip=strip(stood.standings, chosen.period.opens, chosen.period.due, page.as_of, zone),
        rows=tuple(_sorted(_rows(call, stood, page.filter), page.filter.sort)),
        mark=mark,
    )


def _mark(call: Call) -> str:
    """Changes with every event, and when a due moment passes: at least each hour."""
    return f"{call.office.ledger.last_event()}-{call.office.clock():%Y%m%d%H}"


def _moment(call: Call) -> tuple[datetime | None, str]:
    try:
        return read_moment(call.query.get("luc", ""), call.office), ""
    except UnknownNameError as error:
        return None, sentence_of(error, call.say)


def _filter(call: Call) -> Filter:
    sort = call.query.get("xep", "")
    return Filter(
        words=call.query.get("q", "").strip()[:200],
        kind=call.query.get("loai", ""),
        state=call.query.get("tt", ""),
        sort=sort if sort in SORTS else SORTS[0],
    )


def _rows(call: Call, stood: PeriodStanding, wanted: Filter) -> list[Row]:
    kinds = {kind.id: kind.name for kind in call.office.regime.unit_kinds}
    return [
        _row(standing, stood, kinds)
        for standing in stood.standings
        if wanted.kind in {"", standing.unit.kind}
        and wanted.state in {"", standing.state.value}
        and is_named(wanted.words, standing.unit)
    ]


def is_named(words: str, unit: Unit) -> bool:
    """Whether a unit is meant by what somebody typed, with marks or without."""
    if not words:
        return True
    key = accented_key if is_accented(words) else plain_key
    return any(key(words) in key(name) for name in (unit.name, *unit.aliases))


def _row(standing: UnitStanding, stood: PeriodStanding, kinds: dict[str, str]) -> Row:
    kept = stood.kept.get(standing.unit.id, ())[-KEPT:]
    return Row(
        standing=standing,
        kind=kinds.get(standing.unit.kind, standing.unit.kind),
        kept=kept,
        on_time=sum(each.state is ObligationState.ON_TIME for each in kept),
        extended=standing.due != stood.period.due,
    )


def _sorted(rows: list[Row], sort: str) -> list[Row]:
    """The rows in the order asked for; what is alike stays in the order of the units sheet."""
    if sort == "state":
        order = {state: place for place, state in enumerate(STATES)}
        return sorted(rows, key=lambda row: order[row.standing.state])
    if sort == "name":
        return sorted(rows, key=lambda row: plain_key(row.standing.unit.name))
    if sort == "arrival":
        return sorted(rows, key=lambda row: row.standing.first_valid or NEVER)
    if sort == "kept":
        return sorted(rows, key=lambda row: row.on_time / len(row.kept) if row.kept else 1.0)
    return rows
