"""Công văn đôn đốc: the letter to the units that have not reported, ready to sign."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from config.spelling import tidy
from consolidate.writers.chase_list import subtitle, units_to_chase
from consolidate.writers.document_parts import (
    address_to,
    annex_origin,
    docx_file,
    head_of,
    signature_of,
    year_of,
)
from consolidate.writers.document_templates import DocumentTemplates
from consolidate.writers.docx_layout import (
    BODY,
    CELL,
    CENTRE,
    TEXT_WIDTH,
    Style,
    add_annex_title,
    add_head,
    add_paragraph,
    add_signature,
    add_table,
    band_row,
    fill_row,
    new_document,
    new_section,
)
from consolidate.writers.phrases import as_of_words, day, days_late, due, small
from consolidate.writers.report_annexes import by_kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from docx.document import Document

    from config.regime import Department
    from config.wording import Wording
    from consolidate.consolidation import Consolidation, UnitStanding
    from ledger.records import ReportFile

MOST_ADDRESSED = 8  #: more units than these are addressed by an annexed list

_CENTRED = Style(size=12.0, align=CENTRE)
_WIDTHS = (567, 4196, 2154, TEXT_WIDTH - 6917)


class NoUnitToUrgeError(ValueError):
    """Every unit has reported, is exempt, or waits for our own staff; there is nobody to write to."""


def units_to_urge(consolidation: Consolidation) -> tuple[UnitStanding, ...]:
    """The units the letter goes to.

    Once some are overdue, those: a unit with an extension still running is not urged with them.
    Before the due moment, everyone who has sent nothing.
    """
    zone = consolidation.regime.timezone
    missing = units_to_chase(consolidation)
    overdue = tuple(s for s in missing if days_late(consolidation.as_of, s.due, zone) is not None)
    return overdue or missing


def write_chase_letter(
    consolidation: Consolidation,
    wording: Wording,
    *,
    new_due: date | None = None,
    overrides: Path | None = None,
) -> ReportFile:
    """The letter, its list annexed when it goes to more than eight units.

    Args:
        consolidation: whose missing units are urged.
        wording: the sentences of the department.
        new_due: the day the letter sets ("trước ngày …"); None leaves it for the pen.
        overrides: the department's own text templates.

    Raises:
        NoUnitToUrgeError: no unit is missing.

    """
    units = units_to_urge(consolidation)
    if not units:
        raise NoUnitToUrgeError(consolidation.period.id)
    document = new_document()
    department = consolidation.regime.department
    topic = wording("documents.letter_subject", report=small(subtitle(consolidation, wording)))
    head = head_of(department, department.letter_symbol, year_of(consolidation), wording, topic)
    add_head(document, head)
    listed_apart = len(units) > MOST_ADDRESSED
    names = [tidy(standing.unit.name) for standing in units]
    to = [wording(_of_level("letter_to_list", department))] if listed_apart else names
    address_to(document, to, wording)
    for text in _body(consolidation, wording, units, new_due, DocumentTemplates(overrides)):
        # A telephone number is not torn between two lines.
        whole = department.phone.replace(" ", "\u00a0")
        add_paragraph(document, text.replace(department.phone, whole) if whole else text, BODY)
    add_signature(document, signature_of(department, wording, department.letter_copies, answers=True))
    if listed_apart:
        _annex(document, units, consolidation, wording)
    return docx_file(document, "documents.letter_file", topic, consolidation, wording)


def _of_level(name: str, department: Department) -> str:
    """The words for those who report to a commune: its villages and branches are no offices (cơ quan)."""
    return f"documents.{name}_of_commune" if department.level == "commune" else f"documents.{name}"


def _body(
    consolidation: Consolidation,
    wording: Wording,
    units: Sequence[UnitStanding],
    new_due: date | None,
    templates: DocumentTemplates,
) -> tuple[str, ...]:
    department, zone = consolidation.regime.department, consolidation.regime.timezone
    overdue = days_late(consolidation.as_of, units[0].due, zone) is not None
    return templates.paragraphs(
        "letter/body.txt",
        ordered_by=tidy(consolidation.report.ordered_by),
        report=small(subtitle(consolidation, wording)),
        collector=department.name,
        level=department.level,
        issuer=department.issuer,
        due_text=_due_text(units, consolidation, wording),
        as_of=as_of_words(consolidation.as_of, zone, wording),
        count=len(units),
        unit=tidy(units[0].unit.name) if len(units) == 1 else "",
        overdue=overdue,
        listed_apart=len(units) > MOST_ADDRESSED,
        mailbox=department.mailbox,
        new_due=f"ngày {day(new_due)}" if new_due else "",
        year=str(year_of(consolidation)),
        contact=department.contact,
        phone=department.phone,
    )


def _due_text(units: Sequence[UnitStanding], consolidation: Consolidation, wording: Wording) -> str:
    """The day as the letter says it, with its year where all share one moment: "trước ngày 05/6/2023"."""
    return _common_due(units, consolidation, wording) or consolidation.period.due_text


def _common_due(units: Sequence[UnitStanding], consolidation: Consolidation, wording: Wording) -> str:
    """The due moment the units share; empty when they differ or none is set."""
    moments = {standing.due for standing in units}
    common = moments.pop() if len(moments) == 1 else None
    if common is None:
        return ""
    return due(common, consolidation.regime.timezone, wording, consolidation.period.due_text)


def _annex(
    document: Document, units: Sequence[UnitStanding], consolidation: Consolidation, wording: Wording
) -> None:
    new_section(document, landscape=False)
    department = consolidation.regime.department
    origin = annex_origin("documents.annex_of_letter", department.letter_symbol, consolidation, wording)
    add_annex_title(document, "", (wording(_of_level("letter_annex", department)),), origin)
    table = add_table(document, _WIDTHS, borders=True)
    styles = (_CENTRED, CELL, _CENTRED, _CENTRED)
    names = ("order", "unit", "due", "days_late")
    fill_row(table, _WIDTHS, [wording(f"documents.column_{n}") for n in names], styles, header=True)
    zone = consolidation.regime.timezone
    numbers = count(1)
    for kind, standings in by_kind(consolidation, units):
        band_row(table, _WIDTHS, kind, CELL)
        for standing in standings:
            days = days_late(consolidation.as_of, standing.due, zone)
            late = wording("documents.not_yet_due") if days is None else str(days)
            texts = (
                str(next(numbers)),
                tidy(standing.unit.name),
                due(standing.due, zone, wording, consolidation.period.due_text, short=True),
                late,
            )
            fill_row(table, _WIDTHS, texts, styles)
