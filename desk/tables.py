"""Views as tables on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from textwrap import wrap

from rich.console import Console
from rich.table import Table
from rich.text import Text

from config.regime import Regime
from config.reports import Period, ReportDefinition, with_period
from config.wording import Wording
from desk.views import View, mail_name, short

_SIGNS = {
    "on_time": ("●", "green"),
    "late": ("◐", "yellow"),
    "missing": ("○", "red"),
    "needs_review": ("?", "magenta"),
    "exempt": ("–", "dim"),
    "booked": ("●", "green"),
    "review": ("?", "magenta"),
    "set_aside": ("·", "dim"),
    "failed": ("✕", "red"),
}


#: Columns of one line: the width of those that are folded, never cut, and how the others share what is left.
_WIDTHS = {"id": 8, "number": 4, "item": 12, "arrived": 15, "result": 22, "state": 12, "step": 14}
_SHARES = {"from": 2, "subject": 3, "to": 2}
_FRAME = 3  # a column's border and padding
_ROOM_FOR_FIGURES = 120  #: columns of a terminal below which a table of figures breaks every word
_LONGEST_TEXT = 60


class Printer:
    """Writes views to a console in one language."""

    def __init__(self, wording: Wording, console: Console | None = None) -> None:
        self._say = wording
        self.console = console or Console(highlight=False)

    @property
    def wording(self) -> Wording:
        """The sentences of the interface."""
        return self._say

    @property
    def language(self) -> str:
        """The language of the interface."""
        return self._say.language

    def heading(self, key: str, **places: object) -> None:
        """A rule across the page with a title."""
        self.console.rule(self._say(key, **places), align="left")

    def issue(self, view: View) -> None:
        """The documents of an issue, and what changed since the one before."""
        key = "cli.issued" if view["new"] else "cli.issue_frozen" if view["frozen"] else "cli.issue_unchanged"
        self.line(key, number=view["number"], folder=view["folder"], **(view["frozen"] or {}))
        for name in view["files"]:
            self.console.print(f"  {name}", markup=False)
        for change in view["changes"]:
            shown = {name: "–" if value is None else value for name, value in change.items()}
            self.console.print("  " + self._say("cli.change", **shown), markup=False)
        for moved in view["since_frozen"]:
            shown = {name: "–" if value is None else value for name, value in moved.items()}
            self.console.print("  " + self._say("cli.moved", **shown), markup=False)

    def line(self, key: str, **places: object) -> None:
        """One sentence of the catalogue."""
        self.console.print(self._say(key, **places), markup=False)

    def no_period(self, opened: Sequence[tuple[ReportDefinition, Period]]) -> None:
        """Nothing is collected: no period is open, or mail was never looked at since one opened."""
        for report, period in opened:
            self.line("cli.period_not_looked", report=report.short_name, period=period.name)
        self.line("cli.poll_first" if opened else "cli.no_period")

    def status(self, view: View) -> None:
        """A period: counts, then every obligation."""
        counts = view["counts"]
        self.console.rule(with_period(view["report_name"], view["period_name"]), align="left")
        due = short(view["due"]) or self._say("cli.due_not_stated")
        self.line("cli.status_head", as_of=short(view["as_of"]), due=due)
        if view["due_rule"]:
            self.console.print(view["due_rule"], markup=False)
        self.line("cli.status_counts", **counts)
        table = self._table("unit", "state", "arrived", "note")
        for row in view["obligations"]:
            table.add_row(
                row["name"], self._state(row["state"]), short(row["first_valid"]), self._standing_note(row)
            )
        self.console.print(table)

    def messages(self, views: Iterable[View], regime: Regime) -> None:
        """Messages, one line each: who, what about, and how it ended."""
        table = self._table("id", "arrived", "from", "subject", "result")
        for view in views:
            units = [view["unit"]] if view["unit"] else [match["unit"] for match in view["matches"]]
            known = ", ".join(unit_name(unit, regime) for unit in units)
            sign, style = _SIGNS[view["state"]]
            result = Text(f"{sign} " + self._say(f"terms.class_{view['class']}"), style=style)
            table.add_row(
                view["archive_id"][:8],
                short(view["arrival"]),
                known or view["sender"],
                view["subject"][:70],
                result,
            )
        self.console.print(table)
        self.line("cli.signs")

    def review(self, views: Sequence[View], regime: Regime) -> None:
        """Questions for a person."""
        if not views:
            self.line("cli.nothing_to_review")
            return
        table = self._table("item", "question", "proposal")
        for view in views:
            who = unit_name(view["unit"], regime) or view["sender"] or ""
            sex = self._say(f"terms.sex_{view['sex']}").lower() if view["sex"] else ""
            figure = " ".join(filter(None, (view["indicator"], sex)))
            told = filter(None, (who, view["period"], figure, view["text"]))
            table.add_row(view["id"], view["question"]["sentence"], " / ".join(told))
        self.console.print(table)

    def findings(self, views: Sequence[View], regime: Regime) -> None:
        """Faults, warnings and notes."""
        if not views:
            self.line("cli.no_findings")
            return
        table = self._table("grade", "unit", "finding", "place")
        for view in views:
            place = ", ".join(filter(None, (view["file"], view["place"])))
            grade = self._say(f"terms.grade_{view['grade']}")
            table.add_row(grade, unit_name(view["unit"], regime), view["sentence"], place)
        self.console.print(table)

    def lines(self, lines: Iterable[str]) -> None:
        """Lines of text, what is broken at the edge set in below its beginning."""
        for line in lines:
            hanging = " " * (len(line) - len(line.lstrip()) + 4)
            wrapped = wrap(line, max(self.console.width, 40), subsequent_indent=hanging) or [""]
            self.console.print("\n".join(wrapped), markup=False, soft_wrap=True)

    def values(self, views: Iterable[View], regime: Regime) -> None:
        """Figures with their places: a table where there is room for one, else lines below each unit."""
        if self.console.width < _ROOM_FOR_FIGURES:
            self.lines(self._value_lines(views, regime))
            return
        table = self._table("unit", "indicator", "sex", "value", "measure", "place", "text", "certainty")
        for view in views:
            source = view["source"]
            table.add_row(
                unit_name(view["unit"], regime),
                view["indicator"],
                self._say(f"terms.sex_{view['sex']}"),
                self._figure(view),
                view["unit_of_measure"],
                f"{source['file']}, {source['place']}",
                source["text"][:_LONGEST_TEXT],
                self._say(f"cli.certainty_{view['certainty']}"),
            )
        self.console.print(table)

    def _value_lines(self, views: Iterable[View], regime: Regime) -> Iterator[str]:
        """Under the name of each unit its figures, and under each figure where it stands."""
        for unit, same in groupby(views, key=lambda view: view["unit"]):
            yield unit_name(unit, regime)
            for view in same:
                source = view["source"]
                name = f"{view['indicator']} {self._say('terms.sex_' + view['sex']).lower()}"
                certainty = self._say(f"cli.certainty_{view['certainty']}")
                yield f"  {name}: {self._figure(view) or '–'} {view['unit_of_measure']} ({certainty})"
                text = f" “{source['text'][:_LONGEST_TEXT]}”" if source["text"] else ""
                yield f"      {source['file']}, {source['place']}{text}"

    def _figure(self, view: View) -> str:
        """The figure; of a frozen period with what stands, where that is another."""
        now = "" if view["value"] is None else str(view["value"])
        frozen = view.get("frozen")
        if not frozen or frozen["value"] == view["value"]:
            return now
        stood = "–" if frozen["value"] is None else str(frozen["value"])
        return self._say("cli.figure_frozen", now=now, frozen=stood)

    def totals(self, views: Iterable[View]) -> None:
        """Figures of the department with their coverage."""
        table = self._table("indicator", "label", "sex", "value", "measure", "coverage")
        for view in views:
            table.add_row(
                view["indicator"],
                view["label"],
                self._say(f"terms.sex_{view['sex']}"),
                "" if view["value"] is None else str(view["value"]),
                view["unit_of_measure"],
                f"{view['n']}/{view['N']}",
            )
        self.console.print(table)

    def proof(self, view: View) -> None:
        """What was written to a unit about a report, and what became of it."""
        self.console.print(f"{view['name']} – {view['report_name']}")
        table = self._table("arrived", "result", "subject", "to", "why")
        for line in view["lines"]:
            told = (line["sentence"], line["what"], line["address"], line["detail"])
            table.add_row(short(line["at"]), *told)
        self.console.print(table)

    def outbox(self, views: Sequence[View], regime: Regime) -> None:
        """Mails that wait, with their text."""
        if not views:
            self.line("cli.outbox_empty")
            return
        table = self._table("number", "to", "step", "state")
        for view in views:
            table.add_row(
                str(view["id"] or ""),
                f"{unit_name(view['unit'], regime)} <{', '.join(view['to'])}>",
                mail_name(view["kind"], view["step"], self._say),
                self._say(f"cli.outbox_{view['state']}"),
            )
        self.console.print(table)

    def _state(self, state: str, family: str = "state") -> Text:
        sign, style = _SIGNS[state]
        return Text(f"{sign} {self._say(f'terms.{family}_{state}')}", style=style)

    def _standing_note(self, row: View) -> str:
        notes = []
        if row["exempt"]:
            notes.append(row["exempt"])
        if row["corrected"]:
            notes.append(self._say("cli.corrected"))
        if row["waiting"]:
            notes.append(self._say("cli.waiting", count=len(row["waiting"])))
        return "; ".join(notes)

    def _table(self, *columns: str) -> Table:
        table = Table(show_lines=False, header_style="bold")
        fixed = sum(_WIDTHS.get(column, 0) for column in columns)
        left = max(18, self.console.width - fixed - _FRAME * len(columns) - 1)
        shares = sum(_SHARES.get(column, 0) for column in columns)
        for column in columns:
            cut = column in _SHARES
            table.add_column(
                self._say(f"cli.column_{column}"),
                overflow="ellipsis" if cut else "fold",
                no_wrap=cut,
                width=left * _SHARES[column] // shares if cut else _WIDTHS.get(column),
            )
        return table


def unit_name(unit_id: str | None, regime: Regime) -> str:
    """The unit's name, the id where the regime no longer has it."""
    if not unit_id:
        return ""
    return next((unit.name for unit in regime.units if unit.id == unit_id), unit_id)
