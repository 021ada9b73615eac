"""Tổng hợp: the totals of a period, back to each unit's figure and its place; issues, and freezing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from config.reports import Figure, Grade, Indicator, Sex
from config.spelling import accented_key, is_accented, plain_key
from consolidate.totals import number_text
from desk.errors import UnknownNameError
from desk.figures import PeriodFigures, StandingFigure, stated_values
from desk.freezing import freeze, unfreeze
from desk.views import finding_views, reason
from desk.web.call import POST, Call, Route
from desk.web.downloads import saved
from desk.web.periods import Chosen, chosen_period
from desk.web.totals_export import EXPORTS, export_csv, export_xlsx
from desk.work import issue, shown_values
from ledger.freezing import freezes_of
from ledger.records import Certainty, Method

if TYPE_CHECKING:
    from starlette.responses import Response

    from consolidate.consolidation import Consolidation, UnitStanding, UnitValue
    from desk.views import View
    from ledger.records import Decision, Issue, MessageOutcome, Place, Value

PATH = "/tong-hop"
NAVIGATION = ("totals", PATH)
FILTERS = ("", "changed", "doubtful", "missing")
#: Of one issue's changes; the rest stands in the workbook.
MOST_CHANGES = 200


@dataclass(frozen=True, slots=True)
class Numbers:
    """How the page writes numbers: as its language does."""

    language: str

    def __call__(self, number: Decimal | str | None) -> str:
        """14.405,5 in Vietnamese, 14,405.5 in English; empty for None."""
        text = number_text(None if number is None or number == "" else Decimal(number))
        return text if self.language == "vi" else text.translate(str.maketrans(",.", ".,"))

    def signed(self, number: Decimal | None) -> str:
        """With its sign: +5, −3; 0 without."""
        if number is None:
            return ""
        return ("+" if number > 0 else "−" if number < 0 else "") + self(abs(number))

    def percent(self, number: Decimal | None) -> str:
        """To one digit, with its sign."""
        return "" if number is None else self.signed(number.quantize(Decimal("0.1"), ROUND_HALF_UP)) + "%"


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator with its figures."""

    indicator: Indicator
    heading: str  #: of the group it begins; empty within one
    figures: tuple[StandingFigure, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A document of an issue."""

    number: int  #: its place among the documents of the issue, from 1
    name: str
    kind: str  #: word of the catalogue; empty where the name tells nothing


@dataclass(frozen=True, slots=True)
class Head:
    """What stands over every tab: the period, its last issue with documents, and whether it is frozen."""

    chosen: Chosen
    shown: PeriodFigures
    documents: tuple[Document, ...]
    names: Mapping[str, str]  #: of units
    text: Numbers


@dataclass(frozen=True, slots=True)
class Totals:
    """The page."""

    head: Head | None
    rows: tuple[Row, ...] = ()
    sexes: tuple[Sex, ...] = ()  #: the columns
    words: str = ""
    filter: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong or odd in the figures."""

    head: Head | None
    findings: tuple[View, ...] = ()
    messages: Mapping[tuple[str, str], str] | None = None


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One issue with what changed since the one before."""

    issue: Issue
    documents: tuple[Document, ...]
    changes: tuple[Mapping[str, Any], ...]
    more: int  #: changes that are not shown


@dataclass(frozen=True, slots=True)
class Issues:
    """Every issue of a period, and what was decided about freezing it."""

    head: Head | None
    issues: tuple[IssueRow, ...] = ()
    freezes: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitFigure:
    """What one unit gave for a figure, and whether it counts."""

    unit: str  #: name
    unit_id: str
    standing: UnitStanding | None
    state: str  #: counted, doubtful, outside, missing, exempt
    figure: Figure
    held: UnitValue | None
    measure: str = ""
    reason: str = ""  #: why it is doubtful, in words
    stood: Decimal | None = None  #: in the issue a frozen period stands as, where that is another
    is_new: bool = False  #: it counts now and did not in that issue, or another one did

    @property
    def value(self) -> Value | None:
        """The figure."""
        return self.held.value if self.held else None


@dataclass(frozen=True, slots=True)
class FigurePage:
    """One figure of the department, unit by unit."""

    chosen: Chosen
    shown: StandingFigure
    parts: tuple[tuple[Figure, str, tuple[UnitFigure, ...]], ...]  #: a ratio has two, others one
    frozen: bool
    text: Numbers


# -- views -----------------------------------------------------------------------------------------------


def show(call: Call) -> Response:
    """The totals."""
    with call.office.ledger.snapshot():
        head = _head(call)
    if head is None:
        return call.page("totals.html", Totals(None))
    words, wanted = call.query.get("q", "").strip()[:200], call.query.get("loc", "")
    rows = _rows(head.shown.figures, _wanted(words, wanted if wanted in FILTERS else ""))
    used = {figure.sex for figure in head.shown.figures}
    sexes = tuple(sex for sex in Sex if sex in used)
    return call.page("totals.html", Totals(head, rows, sexes, words, wanted))


def findings(call: Call) -> Response:
    """Faults, warnings and notes, gravest first."""
    with call.office.ledger.snapshot():
        head = _head(call, compared=True)
        if head is None:
            return call.page("totals_findings.html", Findings(None))
        found = finding_views(head.shown.consolidation, call.say)
    grade = call.query.get("muc", "")
    kept = tuple(one for one in found if grade not in set(Grade) or one["grade"] == grade)
    return call.page("totals_findings.html", Findings(head, kept, _mails(head.shown.consolidation)))


def issues(call: Call) -> Response:
    """Every issue with its documents and its list of changes; the freezes."""
    ledger = call.office.ledger
    with ledger.snapshot():
        head = _head(call)
        if head is None:
            return call.page("totals_issues.html", Issues(None))
        report, period = head.chosen.report.id, head.chosen.period.id
        made, decided = ledger.issues(report, period), ledger.decisions()
    rows = tuple(_issue_row(each, call) for each in reversed(made))
    freezes = tuple(reversed(freezes_of(decided, report, period)))
    return call.page("totals_issues.html", Issues(head, rows, freezes))


def figure(call: Call) -> Response:
    """One figure unit by unit, each with its place in the original."""
    with call.office.ledger.snapshot():
        chosen = _chosen(call)
        office = call.office
        shown = call.desk.figures.of(office, chosen.report, chosen.period)
        pending = shown_values(office, shown.consolidation, None)
    standing = _asked(call, shown)
    rule = standing.indicator.ratio
    figures = (rule.numerator, rule.denominator) if rule else (Figure(standing.indicator.code, standing.sex),)
    parts = tuple(
        (each, _label(chosen, each), _of_units(call, shown, pending, each, standing.indicator))
        for each in figures
    )
    page = FigurePage(chosen, standing, parts, shown.frozen is not None, Numbers(call.say.language))
    return call.page("totals_figure.html", page)


def original(call: Call) -> Response:
    """On to the place of a unit's figure in the mail it came by."""
    with call.office.ledger.snapshot():
        chosen = _chosen(call)
        office = call.office
        live = call.desk.figures.of(office, chosen.report, chosen.period).consolidation
        held = _held(call, shown_values(office, live, call.query.get("dv", "")))
        outcome = office.ledger.message(held.archive_id) if held.archive_id else None
    if outcome is None:
        raise UnknownNameError("web.no_mail_behind")
    return call.go(f"/thu/{outcome.archive_id}/xem", so=spot_of(outcome, held))


def make_issue(call: Call) -> Response:
    """Write the documents."""
    chosen = _chosen(call)
    made = issue(call.office, chosen.report, chosen.period, call.office.clock())
    told = "issued" if made.new else "issue_frozen" if made.freeze else "issue_unchanged"
    return call.go(PATH, ky=chosen.value, notice=told)


def freeze_period(call: Call) -> Response:
    """Chốt."""
    chosen = _chosen(call)
    freeze(call.office, chosen.report.id, chosen.period.id, call.form.get("reason", ""))
    return call.go(PATH, ky=chosen.value, notice="frozen")


def unfreeze_period(call: Call) -> Response:
    """Hủy chốt."""
    chosen = _chosen(call)
    unfreeze(call.office, chosen.report.id, chosen.period.id, call.form.get("reason", ""))
    return call.go(PATH, ky=chosen.value, notice="unfrozen")


def document(call: Call) -> Response:
    """A document of an issue, exactly as it was issued."""
    chosen = _chosen(call)
    made = next(
        (
            each
            for each in call.office.ledger.issues(chosen.report.id, chosen.period.id)
            if str(each.number) == call.places["issue"]
        ),
        None,
    )
    names = dict(enumerate((name for name, _sha256 in made.files), 1)) if made else {}
    asked = call.places["file"]
    name = names.get(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 4 else None  # noqa: PLR2004
    if made is None or name is None:
        raise UnknownNameError("desk.unknown_item", name=f"{call.places['issue']}/{asked}")
    content = call.office.output(made, name)
    if content is None:
        raise UnknownNameError("web.document_gone", name=name)
    return saved(content, f"{made.number:02d}_{name}")


def export(call: Call) -> Response:
    """Everything the page shows, as a workbook, or one table of it as CSV."""
    chosen = _chosen(call)
    office = call.office
    with office.ledger.snapshot():
        shown = call.desk.figures.of(office, chosen.report, chosen.period, compared=True)
        made = office.ledger.issues(chosen.report.id, chosen.period.id)
    name = f"{chosen.report.id}_{chosen.period.id}"
    table = call.query.get("bang", "")
    if table:
        if table not in EXPORTS:
            raise UnknownNameError("desk.unknown_choice", name=table, known=", ".join(EXPORTS))
        return saved(export_csv(table, shown, made, call.say), f"TongHop_{name}_{table}.csv")
    return saved(export_xlsx(shown, made, call.say), f"TongHop_{name}.xlsx")


ROUTES = (
    Route(PATH, show),
    Route(f"{PATH}/kiem-tra", findings),
    Route(f"{PATH}/lan-lap", issues),
    Route(f"{PATH}/chi-tieu", figure),
    Route(f"{PATH}/ban-goc", original),
    Route(f"{PATH}/xuat", export),
    Route(f"{PATH}/van-ban/{{issue}}/{{file}}", document),
    Route(f"{PATH}/lap", make_issue, method=POST),
    Route(f"{PATH}/chot", freeze_period, method=POST),
    Route(f"{PATH}/huy-chot", unfreeze_period, method=POST),
)


# -- what they are made of -------------------------------------------------------------------------------


def _chosen(call: Call) -> Chosen:
    """The period a call is about.

    Raises:
        UnknownNameError: nothing is collected yet, or not for that period.
    """
    chosen = chosen_period(call)
    if chosen is None:
        raise UnknownNameError("desk.unknown_period", name=call.query.get("ky", ""))
    return chosen


def _head(call: Call, *, compared: bool = False) -> Head | None:
    office = call.office
    chosen = chosen_period(call)
    if chosen is None:
        return None
    shown = call.desk.figures.of(office, chosen.report, chosen.period, compared=compared)
    names = {unit.id: unit.name for unit in office.regime.units}
    documents = _documents(shown.last, call)
    return Head(chosen, shown, documents, names, Numbers(call.say.language))


def _documents(made: Issue | None, call: Call) -> tuple[Document, ...]:
    files = made.files if made else ()
    return tuple(Document(n, name, _kind(name, call)) for n, (name, _sha256) in enumerate(files, 1))


#: What the documents are, by the words their names are made of.
_KINDS = {
    "documents.report_file": "web.document_report",
    "consolidate.annex_file": "web.document_annex",
    "documents.texts_file": "web.document_texts",
    "documents.chase_file_docx": "web.document_chase",
    "documents.letter_file": "web.document_letter",
}


def _kind(name: str, call: Call) -> str:
    wording = call.office.document_wording
    for key, kind in _KINDS.items():
        if wording.has(key) and name.partition("_")[0] == wording(key).partition("_")[0]:
            return call.say(kind)
    return ""


def _wanted(words: str, wanted: str) -> Callable[[Indicator, tuple[StandingFigure, ...]], bool]:
    key = accented_key if is_accented(words) else plain_key

    def is_wanted(indicator: Indicator, figures: tuple[StandingFigure, ...]) -> bool:
        named = key(words) in key(f"{indicator.code} {indicator.label}") if words else True
        states = {
            "changed": any(figure.now for figure in figures),
            "doubtful": any(figure.doubtful for figure in figures),
            "missing": any(figure.missing for figure in figures),
        }
        return named and states.get(wanted, True)

    return is_wanted


def _rows(
    figures: tuple[StandingFigure, ...], is_wanted: Callable[[Indicator, tuple[StandingFigure, ...]], bool]
) -> tuple[Row, ...]:
    """One row for each indicator, in the order of the annex."""
    grouped: dict[str, list[StandingFigure]] = {}
    for each in figures:
        grouped.setdefault(each.indicator.code, []).append(each)
    rows: list[Row] = []
    group = ""
    for of_it in grouped.values():
        indicator = of_it[0].indicator
        if not is_wanted(indicator, tuple(of_it)):
            continue
        rows.append(Row(indicator, indicator.group if indicator.group != group else "", tuple(of_it)))
        group = indicator.group
    return tuple(rows)


def _issue_row(made: Issue, call: Call) -> IssueRow:
    shown = made.changes[:MOST_CHANGES]
    return IssueRow(made, _documents(made, call), shown, len(made.changes) - len(shown))


def _asked(call: Call, shown: PeriodFigures) -> StandingFigure:
    """The figure a call asks for, the first one unless named."""
    code, sex = call.query.get("ct", ""), call.query.get("gioi", "")
    for each in shown.figures:
        if code in {"", each.indicator.code} and sex in {"", each.sex.value}:
            return each
    raise UnknownNameError("desk.unknown_indicator", name=code, sex=sex)


def _label(chosen: Chosen, asked: Figure) -> str:
    return chosen.report.indicator(asked.indicator).label


def _of_units(
    call: Call, shown: PeriodFigures, values: list[UnitValue], asked: Figure, of: Indicator
) -> tuple[UnitFigure, ...]:
    """What every unit gave for one figure, in the order of the units sheet; what is missing too."""
    live = shown.consolidation
    given = {held.unit: held for held in values if Figure(held.value.indicator, held.value.sex) == asked}
    standings = {standing.unit.id: standing for standing in live.standings}
    stood = stated_values(shown.frozen.issue if shown.frozen else None)
    owing = {unit for total in live.totals if total.indicator is of for unit in total.missing}
    found = []
    for unit in live.regime.units:
        held, standing = given.get(unit.id), standings.get(unit.id)
        if held is None and unit.id not in owing and (unit.id, asked) not in stood:
            continue
        state = _state(held, standing)
        counts = held.value.value if held and state == "counted" else None
        before = stood.get((unit.id, asked))
        is_new = shown.frozen is not None and counts != before
        reason = _reason(call, held)
        measure = live.report.indicator(asked.indicator).unit_of_measure
        row = UnitFigure(unit.name, unit.id, standing, state, asked, held, measure, reason, before, is_new)
        found.append(row)
    return tuple(found)


def _state(held: UnitValue | None, standing: UnitStanding | None) -> str:
    if held is None:
        return "exempt" if standing is not None and standing.exempt else "missing"
    if not held.in_scope:
        return "outside"
    return "doubtful" if held.value.certainty is Certainty.DOUBTFUL else "counted"


def _reason(call: Call, held: UnitValue | None) -> str:
    """Why a figure does not count yet."""
    if held is None or held.value.certainty is not Certainty.DOUBTFUL:
        return ""
    said = reason(held.value.reason, call.say)
    # A sentence with places wants what is not kept here: the question on the work list says it whole.
    is_whole = said != held.value.reason and "…" not in said
    return said if is_whole else call.say("web.figure_in_doubt")


def _held(call: Call, values: list[UnitValue]) -> UnitValue:
    wanted = (call.query.get("dv", ""), call.query.get("ct", ""), call.query.get("gioi", ""))
    for held in values:
        if (held.unit, held.value.indicator, held.value.sex.value) == wanted:
            return held
    raise UnknownNameError("desk.unknown_indicator", name=wanted[1], sex=wanted[2])


def spot_of(outcome: MessageOutcome, held: UnitValue) -> str:
    """Where a figure stands among what a message handed in: "submission.value", from 0; empty: nowhere.

    A figure that was worked out of two (men = total - women) stands where the first of them does.
    """
    same = [
        (f"{first}.{second}", value)
        for first, intent in enumerate(outcome.submissions)
        for second, value in enumerate(intent.values)
        if intent.key.unit == held.unit and value.indicator == held.value.indicator
    ]
    exact = [spot for spot, value in same if value.sex is held.value.sex]
    derived = held.value.method is Method.DERIVED
    there = [spot for spot, value in same if derived and _begins(held.value.place, value.place)]
    return next(iter((*exact, *there)), "")


def _begins(derived: Place, place: Place) -> bool:
    return derived.file == place.file and derived.where.startswith(place.where)


def _mails(live: Consolidation) -> dict[tuple[str, str], str]:
    """The message a unit's figure came by, by unit and indicator."""
    return {(held.unit, held.value.indicator): held.archive_id for held in live.values if held.archive_id}
