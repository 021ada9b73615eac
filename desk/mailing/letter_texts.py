"""The templates of letters, for the officer to read, word anew, try, and set back.

What is written in the browser is run by the program, so it may only name the facts of a letter, choose
between words, repeat them for each of several, and include the shared parts; and it runs in a sandbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, TemplateSyntaxError, nodes

from config.calendar import midnight
from config.spelling import tidy
from config.units import Unit
from consolidate.reminders import ladder_of
from consolidate.writers.phrases import capital, day, due, moment, small
from desk.errors import UnknownNameError
from desk.mailing.letters import MailTemplateError, addressee
from desk.mailing.mail_html import own_frame

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from desk.office import Office

LONGEST = 12_000  #: characters of a template
#: In the order a round goes through them; those that others include stand last.
ORDER = (
    "nhac-truoc-han", "don-doc-1", "don-doc-2", "danh-sach-lanh-dao", "hoan-thanh", "tiep-nhan",
    "chua-mo-duoc", "tra-lai", "gui-bao-cao", "gui-du-thao", "ban-tin",
    "_kinh-gui", "_danh-sach", "_cach-gui", "_ket",
)  # fmt: skip
#: The facts each letter has, beside those that all have; a letter of a step of its own has a reminder's.
_REMINDER = frozenset(
    ["addressee", "addressed", "unit", "ordered_by", "items", "the_reports", "figures", "as_of",
     "reminded_on"]
)  # fmt: skip
_ANSWER = frozenset(["addressee", "addressed", "number", "arrival", "files"])
_RECEIPT = _ANSWER | {"items", "whole", "faults", "more_faults", "unopened"}
_LEADERS = frozenset(["report", "count", "rows", "due", "as_of"])
_DELIVERY = frozenset(["report", "number", "as_of", "files", "attached", "folder"])
FACTS = {
    "nhac-truoc-han": _REMINDER,
    "don-doc-1": _REMINDER,
    "don-doc-2": _REMINDER,
    "danh-sach-lanh-dao": _LEADERS,
    "hoan-thanh": _RECEIPT,
    "tiep-nhan": _RECEIPT,
    "chua-mo-duoc": _ANSWER | {"subject", "unopened"},
    "tra-lai": _ANSWER | {"subject", "reports", "reason_lines"},
    "gui-bao-cao": _DELIVERY,
    "gui-du-thao": _DELIVERY,
    "ban-tin": frozenset({"lines"}),
}
#: Facts that may say nothing, as they are then; so that both sides of a choice are tried.
_NOTHING: dict[str, object] = {
    "ordered_by": "", "figures": False, "reminded_on": "", "files": [], "whole": False, "faults": [],
    "more_faults": "12", "unopened": [], "reports": [], "attached": False,
}  # fmt: skip
#: What a wording may be made of.
_PLAIN = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem,
    nodes.If, nodes.CondExpr, nodes.For, nodes.Include, nodes.Filter, nodes.Slice, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Test,
)  # fmt: skip
_FILTERS = frozenset({"join", "lower", "upper", "capitalize", "length", "default", "first", "last", "trim"})
#: What the example of a letter says of the deadline, and how many days from today that is.
_DEADLINE_SAID = {
    "nhac-truoc-han": ("item_upcoming", 3),
    "hoan-thanh": ("booked_on_time", 3),
    "tiep-nhan": ("booked_on_time", 3),
}
_MOST_LOOPS = 2  #: one within the other


@dataclass(frozen=True, slots=True)
class LetterText:
    """One template as it is in use."""

    name: str
    text: str
    is_own: bool  #: the department worded it itself

    @property
    def is_part(self) -> bool:
        """Whether other letters include it."""
        return _is_part(self.name)


def letter_texts(office: Office) -> tuple[LetterText, ...]:
    """Every template, in the order of `ORDER`; those of the department's own making last."""
    names = {path.stem for path in _own_folder(office).glob("*.txt")}
    return tuple(letter_text(office, name) for name in (*ORDER, *sorted(names - set(ORDER))))


def letter_text(office: Office, name: str) -> LetterText:
    """One template.

    Raises:
        UnknownNameError: there is none of that name.
    """
    own = {path.stem: path for path in _own_folder(office).glob("*.txt")}
    if name in own:
        # Of what is not UTF-8 as much as can be shown; `faults_of` tells that it is in use nowhere.
        return LetterText(name, own[name].read_text("utf-8-sig", "replace"), is_own=True)
    if name not in ORDER:
        raise UnknownNameError("web.no_such_letter", name=name)
    return LetterText(name, shipped_text(name), is_own=False)


def shipped_text(name: str) -> str:
    """The wording that came with the program; "" when there is none."""
    path = files("templates") / "mail" / f"{name}.txt"
    return path.read_text("utf-8") if name in ORDER else ""


def require_letter(office: Office, name: str, text: str) -> None:
    """Refuse a wording that no letter could be written with.

    Raises:
        MailTemplateError: it is too long, broken, or asks for a fact that letters do not have.
    """
    if len(text) > LONGEST:
        raise MailTemplateError("web.letter_too_long", most=str(LONGEST))
    _require_plain(name, text)
    example(office, name, text)
    tried = [each for each in ORDER if not _is_part(each)] if _is_part(name) else [name]
    for each in tried:  # who includes it must go on working
        _try(office, each, {name: text})


def faults_of(office: Office, name: str = "") -> tuple[MailTemplateError, ...]:
    """What is wrong with a letter as it is in use, or with any and with their HTML frame; each told once."""
    letters = [letter.name for letter in letter_texts(office) if not letter.is_part]
    faults: dict[str, MailTemplateError] = {}
    for each in [name] if name else letters:
        try:
            _try(office, each, {})
        except MailTemplateError as error:
            faults.setdefault(str(error), error)
    try:
        if not name:
            own_frame(office.stationery().overrides)
    except MailTemplateError as error:
        faults.setdefault(str(error), error)
    return tuple(faults.values())


def _try(office: Office, name: str, instead: Mapping[str, str]) -> None:
    """Write a letter to a unit of each kind, once with all there is to say and once with as little as may be.

    Raises:
        MailTemplateError: one of them cannot be written.
    """
    stationery = office.stationery()
    for kind in office.regime.unit_kinds:
        unit = Unit(kind.id, f"{tidy(kind.name)} Mẫu", kind.id)
        facts = example_facts(office, unit)
        if not _is_part(name):
            known = FACTS.get(name, _LEADERS if _is_to_leaders(office, name) else _REMINDER)
            facts = {fact: said for fact, said in facts.items() if fact in known}
        little = {fact: said for fact, said in _NOTHING.items() if fact in facts}
        stationery.render((name,), facts, instead)
        if not _is_part(name):
            stationery.render((name,), facts | little, instead)


def _is_to_leaders(office: Office, name: str) -> bool:
    """Whether a step of the department's own sends that letter to its leaders."""
    ladders = [ladder_of(office.regime, report) for report in office.regime.reports]
    return any(step.to_leaders and step.template == name for ladder in ladders for step in ladder.steps)


def example(office: Office, name: str, text: str | None = None) -> str:
    """A letter as a unit would get it, made of invented facts; with a wording that is not yet in use.

    Raises:
        MailTemplateError: the template cannot be used.
    """
    facts = example_facts(office, name=name)
    return office.stationery().render((name,), facts, {} if text is None else {name: text})


def example_facts(office: Office, unit: Unit | None = None, name: str = "") -> dict[str, object]:
    """Every fact that some letter names, of the unit, else the department's first, and its first report.

    What is said of the report's deadline is what the letter of that name would say.
    """
    regime, wording, now = office.regime, office.document_wording, office.clock()
    unit = unit or next(iter(regime.units), None)
    kind = regime.kind(unit.kind) if unit else regime.unit_kinds[0]
    report = regime.reports[0]
    reported = tidy(report.name)
    today = now.astimezone(regime.timezone).date()
    key, days = _DEADLINE_SAID.get(name, ("item_overdue", -2))
    told_due = due(midnight(today + timedelta(days=days), regime.timezone), regime.timezone, wording)
    said = wording(f"outgoing.{key}", name=capital(reported), due=told_due, days="03")
    return {
        "addressee": addressee(unit, kind) if unit else tidy(kind.addressed_as),
        "addressed": tidy(kind.addressed_as),
        "unit": tidy(unit.name) if unit else "",
        "ordered_by": tidy(report.ordered_by),
        "items": [said],
        "the_reports": wording("outgoing.the_report"),
        "figures": True,
        "as_of": moment(now, regime.timezone, wording),
        "reminded_on": day(today - timedelta(days=3)),
        "report": small(reported),
        "count": "01",
        "rows": [
            {"name": tidy(unit.name) if unit else "", "phone": tidy(unit.phone) if unit else "", "days": "03"}
        ],
        "due": told_due,
        "number": "01",
        "arrival": moment(now, regime.timezone, wording),
        "files": ["bao-cao.docx"],
        "unopened": [wording("outgoing.advice_encrypted", file="bieu-so-lieu.xls")],
        "whole": True,
        "faults": [wording("web.example_fault").rstrip(".; ")],
        "more_faults": "",
        "subject": reported,
        "reports": [small(reported)],
        "reason_lines": [wording("web.example_fault")],
        "attached": True,
        "folder": "outputs",
        "lines": [wording("web.example_line"), wording("web.example_line")],
    }


def _require_plain(name: str, text: str) -> None:
    """Refuse whatever could run long or reach beyond the facts: calls, settings, macros, deep loops."""
    try:
        tree = Environment().parse(text)  # noqa: S701 - parsed, never rendered
    except TemplateSyntaxError as error:
        detail = f"{error.message} ({error.lineno})"
        raise MailTemplateError("web.letter_broken", name=name, detail=detail) from error
    _require_plain_nodes(name, tree, 0)


def _require_plain_nodes(name: str, node: nodes.Node, loops: int) -> None:
    loops += isinstance(node, nodes.For)
    is_plain = (
        isinstance(node, _PLAIN)
        and loops <= _MOST_LOOPS
        and (not isinstance(node, nodes.Filter) or node.name in _FILTERS)
        and (not isinstance(node, nodes.For) or not node.recursive)
        and (not isinstance(node, nodes.Include) or _includes_a_part(name, node))
    )
    if not is_plain:
        detail = type(node).__name__.lower()
        raise MailTemplateError("web.letter_not_plain", name=name, detail=detail)
    for child in node.iter_child_nodes():
        _require_plain_nodes(name, child, loops)


def _includes_a_part(name: str, node: nodes.Include) -> bool:
    asked = node.template
    wanted = asked.value if isinstance(asked, nodes.Const) else ""
    return not _is_part(name) and wanted in {f"mail/{part}.txt" for part in ORDER if _is_part(part)}


def _is_part(name: str) -> bool:
    return name.startswith("_")


def _own_folder(office: Office) -> Path:
    return office.settings.home / "templates" / "mail"
