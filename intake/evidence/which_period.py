"""Which period a report is for: its words, the mail's, its dates and the calendar. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from config.remembered import remembered
from config.reports import Period, PeriodKind
from intake.evidence.cut_offs import closes, contradict, is_too_early
from intake.evidence.irregular import irregular_times
from intake.evidence.period_words import NamedPeriod, periods_named, several_periods
from intake.evidence.sheet_periods import is_series, period_of_sheet
from intake.evidence.statements import ANSWERING, Case, Exhibit
from intake.evidence.weights import evidence
from ledger.records import Evidence

#: How long after its due moment a period may still be handed in while a newer one of its kind is open.
LATE_WINDOW = timedelta(days=150)
LATE_WINDOW_OF_A_MONTH = timedelta(days=62)
ONCE = frozenset({PeriodKind.CAMPAIGN, PeriodKind.ONE_OFF})
#: What names the period in the document itself, best first.
_STRONG_PERIODS = ("title", "sheet_title", "opening")
#: What tells which sheet of a workbook with one for each period is asked about, best first.
_BESIDE_SHEETS = ("subject", "file_name", "body")
#: "số liệu đến tháng 5/2023" names a day, and no month that is reported on.
_UP_TO = re.compile(r"\b(?:đến|tới|từ|hết|cuối|đầu)(?:\s+(?:hết|cuối))?\s*$", re.IGNORECASE)


def decide_period(case: Case, exhibit: Exhibit, report: str) -> tuple[str, list[str], list[Evidence]]:
    """The period proposed for a report, why nobody may book it unasked, and all that points to one."""
    periods = case.periods.get(report, ())
    if not periods:
        return "", ["no_period_open"], []
    current = period_collected(periods, case.envelope.arrival)
    named, items = _named_periods(case, exhibit, periods)
    items.insert(0, evidence("period", current.id, "calendar", current.name))
    answered = _answered_period(case, report, periods)
    named = _of_asked_sheet(exhibit.sheets, named, periods, case.envelope.arrival, answered or current)
    chosen, doubts = _choose_period(named, answered or current)
    if answered is not None and answered.id == chosen:
        items.append(evidence("period", answered.id, "answer", answered.name))
    chosen = _checked_against_calendar(case, chosen, periods, doubts)
    if not doubts:
        chosen = _checked_against_cut_offs(chosen, periods, exhibit, doubts, is_named=any(named.values()))
    if not doubts and _is_dated_too_early(exhibit, periods, chosen):
        doubts.append("date_contradicts")
    if closed := _closed_for_another(case, exhibit, periods, chosen):
        items.append(evidence("period", closed.id, "closing", exhibit.closing, exhibit.file))
        doubts += [] if doubts else ["period_conflict"]
    items += _cut_off_evidence(exhibit, periods, chosen)
    return chosen, doubts, [*items, *_date_evidence(exhibit, periods, chosen)]


def _named_periods(
    case: Case, exhibit: Exhibit, periods: tuple[Period, ...]
) -> tuple[dict[str, tuple[str, ...]], list[Evidence]]:
    """What each place of the document and the mail names; "?words" where no period known is meant."""
    items: list[Evidence] = []
    named: dict[str, tuple[str, ...]] = {}
    for kind, texts in (
        ("title", (exhibit.title,)),
        ("sheet_title", exhibit.sheet_titles),
        ("opening", (exhibit.opening,)),
        ("subject", (case.envelope.subject,)),
        ("file_name", (exhibit.file,)),
        ("body", (case.envelope.body,)),
    ):
        found, unknown = _periods_in(texts, periods, case.envelope.arrival)
        items += [evidence("period", period.id, kind, words) for period, words in found]
        named[kind] = tuple(dict.fromkeys((*(period.id for period, _ in found), *unknown)))
    titles = (exhibit.title, *exhibit.sheet_titles)
    if irregular := _irregular(titles, periods):
        named |= {"title": (f"?{irregular}",), "sheet_title": (), "opening": ()}
        items.append(evidence("period", "", "title", irregular, exhibit.file))
    else:
        named["title"] = _as_titled(titles, periods, named)
    if _speaks_of_each(case.envelope.subject, named, periods, case.envelope.arrival):
        named["subject"] = ()
    if ANSWERING.match(case.envelope.subject) and any(named[kind] for kind in _STRONG_PERIODS):
        named["subject"] = ()
    return named, items


def _closed_for_another(
    case: Case, exhibit: Exhibit, periods: tuple[Period, ...], chosen: str
) -> Period | None:
    """The other period a report says at its end to be for; the year of a half in hand is not open yet."""
    found, _ = _periods_in((exhibit.closing,), periods, case.envelope.arrival)
    return next((period for period, _ in found if period.id != chosen), None)


def _answered_period(case: Case, report: str, periods: Sequence[Period]) -> Period | None:
    """The one period that the answered mail spoke of for the report; None: none, or several."""
    spoken = {key.period for key in case.envelope.answered if key.report == report}
    found = [period for period in periods if period.id in spoken]
    return found[0] if len(spoken) == 1 and found else None


def _checked_against_calendar(case: Case, chosen: str, periods: tuple[Period, ...], doubts: list[str]) -> str:
    """A past period may come late, but not that late while a newer one is being collected."""
    period = next((period for period in periods if period.id == chosen), None)
    if period is None:
        return periods[-1].id if doubts else chosen
    newer = any(other.opens > period.opens for other in periods)
    if newer and period.due is not None and case.envelope.arrival - period.due > late_window(period):
        doubts.append("period_contradicts_calendar")
        # The year of the report before, left standing: the same part of a later year is proposed.
        part = period.id.partition("-")[2]
        same = [one.id for one in periods if one.id.partition("-")[2] == part and one.opens > period.opens]
        return same[-1] if part and same else chosen
    return chosen


def late_window(period: Period) -> timedelta:
    """How long after its due moment a period may still be handed in while a newer one is collected."""
    return LATE_WINDOW_OF_A_MONTH if period.kind is PeriodKind.MONTH else LATE_WINDOW


def period_collected(periods: Sequence[Period], arrival: datetime) -> Period:
    """The period of a report that names none: the newest opened one whose figures can be known by then.

    The next month opens the day after the last one's deadline; what comes late that day is no report on it.
    """
    day = arrival.astimezone(periods[-1].opens.tzinfo).date()
    return next((period for period in reversed(periods) if not is_too_early(day, period)), periods[-1])


def periods_spoken_of(subject: str, periods: tuple[Period, ...], arrival: datetime) -> frozenset[str]:
    """The periods a subject says it brings, where it names several: "báo cáo tháng 3 và tháng 4"."""
    if ANSWERING.match(subject):
        return frozenset()
    told = [name for name in periods_named(subject) if not name.cited and not name.planned]
    meant = {period.id for name in told if (period := _resolved(name, periods, arrival)) is not None}
    return frozenset(meant) if len(meant) > 1 else frozenset()


def _periods_in(
    texts: Iterable[str], periods: tuple[Period, ...], arrival: datetime
) -> tuple[list[tuple[Period, str]], list[str]]:
    """The periods a text names among those known, and markers for names that fit none of them."""
    found: list[tuple[Period, str]] = []
    unknown: list[str] = []
    kinds = {period.kind for period in periods}
    for text in texts:
        for name in _leading(periods_named(text), kinds):
            period = _resolved(name, periods, arrival)
            if period is None:
                unknown.append(f"?{name.text}")
            else:
                found.append((period, name.text))
    return found, unknown


def _speaks_of_each(
    subject: str, named: dict[str, tuple[str, ...]], periods: tuple[Period, ...], arrival: datetime
) -> bool:
    """Whether a subject names the document's own period among several: "báo cáo tháng 3 và tháng 4"."""
    told = [name for name in periods_named(subject) if not name.cited and not name.planned]
    meant = {period.id for name in told if (period := _resolved(name, periods, arrival)) is not None}
    return len(meant) > 1 and any(period in meant for kind in _STRONG_PERIODS for period in named[kind])


def _of_asked_sheet(
    sheets: Sequence[str],
    named: dict[str, tuple[str, ...]],
    periods: tuple[Period, ...],
    arrival: datetime,
    current: Period,
) -> dict[str, tuple[str, ...]]:
    """What is named, without the sheets of other periods where each sheet is for a period of its own.

    It is the one that the first words beside the sheets name; where none do, the one collected now.
    """
    if not is_series(sheets):
        return named
    of_sheets = [found for name in sheets if (found := period_of_sheet(name)) is not None]
    series = {period.id for name in of_sheets if (period := _resolved(name, periods, arrival)) is not None}
    words = next((named[kind] for kind in _BESIDE_SHEETS if named[kind]), (current.id,))
    # Sheets of parts of the year on which nothing is reported name no period that is known.
    told = {(one.kind, one.number) for one in of_sheets}
    others = [one for kind in _STRONG_PERIODS for one in named[kind] if one not in series]
    explained = all({(n.kind, n.number) for n in periods_named(one.lstrip("?"))} <= told for one in others)
    if len(words) > 1 or words[0] not in series or not explained:
        return named
    return named | dict.fromkeys(_STRONG_PERIODS, ()) | {"sheet_title": words}


def _leading(names: Sequence[NamedPeriod], kinds: set[PeriodKind]) -> list[NamedPeriod]:
    """The period a text is about: the first of a kind the report has, a part of a year before a year.

    "6 tháng đầu năm, phương hướng 6 tháng cuối năm 2023" is about the first half, and the year at the
    end is its year; "thực hiện kế hoạch năm 2023, 6 tháng đầu năm" is about the half year as well.
    """
    told = [name for name in names if not name.cited and not name.planned]
    fitting = [name for name in told if name.kind in kinds]
    part = [name for name in fitting if name.kind is not PeriodKind.YEAR]
    lead = next(iter(part or fitting), None)
    if lead is None:
        return []
    if lead.year is None:
        year = next((name.year for name in names if name.year is not None and not name.cited), None)
        lead = replace(lead, year=year)
    return [lead]


def _resolved(name: NamedPeriod, periods: tuple[Period, ...], arrival: datetime) -> Period | None:
    told = [p for p in periods if p.kind is name.kind and name.year in (None, p.year)]
    same = [period for period in told if _same_number(name, period)]
    if name.year is not None:
        return next(iter(same), None)
    return same[-1] if same and arrival - same[-1].opens < timedelta(days=366) else None


def _same_number(name: NamedPeriod, period: Period) -> bool:
    if not name.number:
        return True
    number = _number_in(period.id)
    return number is None or number == name.number


@remembered(1024)
def _number_in(period: str) -> int | None:
    """The number of a period among those of its year, by its id; None where it has none."""
    digits = "".join(letter for letter in period.rsplit("-", 1)[-1] if letter.isdigit())
    return int(digits) if digits else None


def _irregular(titles: Sequence[str], periods: Sequence[Period]) -> str:
    """The words by which titles are about a week or several years where regular periods are asked, or ""."""
    if ONCE.intersection(period.kind for period in periods):
        return ""
    return next(iter(irregular_times(titles)), "")


def _as_titled(
    titles: Sequence[str], periods: Sequence[Period], named: dict[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """The periods that titles name, with a marker where they name only other kinds, or several at once."""
    told = named["title"]
    if not any(named[kind] for kind in _STRONG_PERIODS):
        told = _of_other_kinds(titles, periods)
    return (*told, *(f"?{title}" for title in titles if several_periods(title)))


def _of_other_kinds(titles: Iterable[str], periods: Sequence[Period]) -> tuple[str, ...]:
    """A marker where titles name a period only of kinds the report has not: half a year for a month."""
    kinds = {period.kind for period in periods}
    if kinds & ONCE:
        return ()
    named = [(title, name) for title in titles for name in periods_named(title)]
    told = [
        name
        for title, name in named
        if not (name.cited or name.planned or _UP_TO.search(title[: name.position]))
    ]
    return (f"?{told[0].text}",) if told and not any(name.kind in kinds for name in told) else ()


def _choose_period(named: dict[str, tuple[str, ...]], current: Period) -> tuple[str, list[str]]:
    strong = tuple(dict.fromkeys(period for kind in _STRONG_PERIODS for period in named[kind]))
    weak = tuple(dict.fromkeys((*named["subject"], *named["file_name"], *named["body"])))
    if len(strong) > 1:
        known = [period for period in strong if not period.startswith("?")]
        chosen = current.id if current.id in known or not known else known[0]
        return chosen, ["period_conflict"]
    if strong:
        if strong[0].startswith("?"):
            return current.id, ["period_unknown"]
        others = {p for kind in ("subject", "file_name") for p in named[kind] if not p.startswith("?")}
        # Last period's title left standing is the commonest slip of all.
        chosen = current.id if current.id in others else strong[0]
        return (chosen, ["period_conflict"]) if others - {strong[0]} else (strong[0], [])
    if len(weak) > 1:
        return current.id, ["period_conflict"]
    if weak:
        return (weak[0], []) if not weak[0].startswith("?") else (current.id, ["period_unknown"])
    return current.id, []


def _checked_against_cut_offs(
    chosen: str, periods: tuple[Period, ...], exhibit: Exhibit, doubts: list[str], *, is_named: bool
) -> str:
    """What a report says of the day of its figures may hold a period, and propose one nothing else names."""
    period = next((period for period in periods if period.id == chosen), None)
    if period is None or not contradict(exhibit.cut_offs, period):
        return chosen
    doubts.append("cut_off_contradicts")
    fitting = [one.id for one in periods if any(c.of_report and closes(c, one) for c in exhibit.cut_offs)]
    return chosen if is_named or not fitting else fitting[-1]


def _cut_off_evidence(exhibit: Exhibit, periods: tuple[Period, ...], chosen: str) -> list[Evidence]:
    """The days of the figures, each for the period it fits; of a single figure only what fits the chosen."""
    told: dict[tuple[str, date], str] = {}
    for cut_off in exhibit.cut_offs:
        fitting = [period.id for period in periods if closes(cut_off, period)]
        if chosen in fitting or cut_off.of_report:
            points_to = chosen if chosen in fitting else fitting[-1] if fitting else ""
            told.setdefault((points_to, cut_off.last), cut_off.text)
    return [evidence("period", to, "cut_off", text, exhibit.file) for (to, _), text in told.items()]


def _is_dated_too_early(exhibit: Exhibit, periods: tuple[Period, ...], chosen: str) -> bool:
    """Whether the letter bears a day on which nobody could know the figures of the period."""
    period = next((period for period in periods if period.id == chosen), None)
    return period is not None and exhibit.dated is not None and is_too_early(exhibit.dated, period)


def _date_evidence(exhibit: Exhibit, periods: tuple[Period, ...], chosen: str) -> list[Evidence]:
    """The day of the letter, for the chosen period where it fits, else for the one collected that day."""
    if exhibit.dated is None:
        return []
    then = [period.id for period in periods if period.opens.date() <= exhibit.dated]
    early = _is_dated_too_early(exhibit, periods, chosen)
    points_to = chosen if not early else then[-1] if then else ""
    return [evidence("period", points_to, "date", f"{exhibit.dated:%d/%m/%Y}", exhibit.file)]
