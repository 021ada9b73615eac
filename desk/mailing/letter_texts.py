"""The templates of letters, for the officer to read, word anew, try, and set back.

What is written in the browser is run by the program, so it may only name the facts of a letter, choose
between words, repeat them for each of several, and include the shared parts; and it runs in a sandbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, TemplateSyntaxError, nodes

from config.spelling import tidy
from consolidate.writers.phrases import day, due, moment
from desk.errors import UnknownNameError
from desk.mailing.letters import MailTemplateError, addressee

if TYPE_CHECKING:
    from pathlib import Path

    from desk.office import Office

LONGEST = 12_000  #: characters of a template
#: In the order a round goes through them; those that others include stand last.
ORDER = (
    "nhac-truoc-han", "don-doc-1", "don-doc-2", "danh-sach-lanh-dao", "hoan-thanh", "tiep-nhan",
    "chua-mo-duoc", "tra-lai", "gui-bao-cao", "gui-du-thao", "ban-tin",
    "_kinh-gui", "_danh-sach", "_cach-gui", "_ket",
)  # fmt: skip
#: What a wording may be made of.
_PLAIN = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem,
    nodes.If, nodes.CondExpr, nodes.For, nodes.Include, nodes.Filter, nodes.Slice, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Test,
)  # fmt: skip
_FILTERS = frozenset({"join", "lower", "upper", "capitalize", "length", "default", "first", "last", "trim"})
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
        return LetterText(name, own[name].read_text("utf-8"), is_own=True)
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
    if not example(office, name, text).strip():
        raise MailTemplateError("outgoing.nothing_to_edit")
    if _is_part(name):  # who includes it must go on working
        for other in ORDER:
            example(office, other, changed={name: text})


def example(office: Office, name: str, text: str | None = None, changed: dict[str, str] | None = None) -> str:
    """A letter as a unit would get it, made of invented facts; with a wording that is not yet in use.

    Raises:
        MailTemplateError: the template cannot be used.
    """
    instead = dict(changed or {}) | ({} if text is None else {name: text})
    return office.stationery().render((name,), example_facts(office), instead)


def example_facts(office: Office) -> dict[str, object]:
    """Every fact that some letter names, of the department's first unit and report."""
    regime, wording, now = office.regime, office.document_wording, office.clock()
    unit = next(iter(regime.units), None)
    kind = regime.kind(unit.kind) if unit else regime.unit_kinds[0]
    report = regime.reports[0]
    name = tidy(report.name)
    today = day(now.astimezone(regime.timezone).date())
    said = wording("outgoing.item_overdue", name=name, due=due(now, regime.timezone, wording), days="02")
    return {
        "addressee": addressee(unit, kind) if unit else tidy(kind.addressed_as),
        "addressed": tidy(kind.addressed_as),
        "unit": tidy(unit.name) if unit else "",
        "ordered_by": tidy(report.ordered_by),
        "items": [said],
        "the_reports": wording("outgoing.the_report"),
        "figures": True,
        "as_of": moment(now, regime.timezone, wording),
        "reminded_on": today,
        "report": name,
        "count": "01",
        "rows": [
            {"name": tidy(unit.name) if unit else "", "phone": tidy(unit.phone) if unit else "", "days": "02"}
        ],
        "due": due(now, regime.timezone, wording),
        "number": "01",
        "arrival": moment(now, regime.timezone, wording),
        "files": ["bao-cao.docx"],
        "unopened": [wording("outgoing.advice_encrypted", file="bieu-so-lieu.xls")],
        "whole": True,
        "faults": [wording("web.example_fault")],
        "more_faults": "",
        "subject": name,
        "reports": [name],
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
