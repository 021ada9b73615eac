"""The reports sheet written: the reports of a regime as rows that `reports_sheet` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.kinds import EVERY
from config.reports import Figure, RatioRule, Section, Sex, Weekend
from config.reports_columns import (
    AGGREGATIONS,
    COLUMNS,
    DUE_YEARS,
    GRADES,
    INDICATORS,
    OUTLINE,
    PERIOD_KEYS,
    PERIODS,
    RATIO_KEYS,
    REPORTS,
    ROLES,
    RULES,
    SEXES,
    WEEKENDS,
    one_word_each,
    word_for,
)
from config.wording import Wording
from config.workbooks import cell_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from config.regime import Regime
    from config.reports import ReportDefinition
    from config.schema import PeriodModel, ReportFile


def report_tables(
    reports: Iterable[tuple[ReportFile, ReportDefinition]], regime: Regime
) -> dict[str, list[list[str]]]:
    """The four sheets, as `read_reports` reads them; shared lists stand there as they result."""
    tables: dict[str, list[list[str]]] = {sheet: [list(columns)] for sheet, columns in COLUMNS.items()}
    kinds = {kind.id: kind.name for kind in regime.unit_kinds}
    for model, report in reports:
        tables[REPORTS] += _report_rows(model, report, regime)
        tables[INDICATORS] += [[report.id, *row] for row in _indicator_rows(report, kinds)]
        tables[RULES] += [[report.id, c.id, c.text, word_for(GRADES, c.grade)] for c in report.checks]
        tables[OUTLINE] += [[report.id, *_section_cells(section)] for section in report.outline]
    return tables


def guide_sheet() -> dict[str, tuple[Sequence[Sequence[str]], Sequence[int]]]:
    """The sheet that says how the others are filled in, with its widths."""
    words = Wording()
    accepted = {
        "periods": ", ".join(one_word_each(PERIODS)),
        "aggregations": ", ".join(one_word_each(AGGREGATIONS)),
        "grades": ", ".join(one_word_each(GRADES)),
        "roles": ", ".join(one_word_each(ROLES)),
        "weekends": ", ".join(one_word_each(WEEKENDS)),
        "years": ", ".join(one_word_each(DUE_YEARS)),
    }
    guide = [line.partition(": ") for line in words("config.guide", **accepted).splitlines()]
    rows = [(head, *text.partition(" | ")[::2]) for head, _, text in guide]
    return {words("config.guide_sheet"): (rows, (34, 90, 70))}


def _report_rows(model: ReportFile, report: ReportDefinition, regime: Regime) -> list[list[str]]:
    owners = [kind.name for kind in regime.unit_kinds if kind.id in report.owed_by_kinds]
    owners += sorted(report.owed_by_kinds - {kind.id for kind in regime.unit_kinds})
    owners += [unit.id for unit in regime.units if unit.id in report.owed_by_units]
    if EVERY in model.owed_by_kinds:
        owners = ["tất cả"]
    head = {
        "mã": report.id,
        "tên báo cáo": report.name,
        "tên ngắn": report.short_name,
        "đơn vị phải nộp": "; ".join(owners),
        "văn bản yêu cầu": report.ordered_by,
        "văn bản cấp trên": report.superior_order,
        "từ khóa nhận biết": "; ".join(model.topics),
    }
    rows = [_period_cells(period) for period in model.periods]
    rows[0] = head | rows[0]
    return [[row.get(column, "") for column in COLUMNS[REPORTS]] for row in rows]


def _period_cells(period: PeriodModel) -> dict[str, str]:
    values = period.model_dump(by_alias=True)
    unset = type(period)(kind=period.kind).model_dump(by_alias=True)
    cells = {
        column: cell_text(values[key]) for column, key in PERIOD_KEYS.items() if values[key] != unset[key]
    }
    cells["kỳ"] = word_for(PERIODS, (period.kind, period.number))
    if period.weekend is not Weekend.STRICT:
        cells["hạn trùng ngày nghỉ"] = word_for(WEEKENDS, period.weekend)
    if period.due_year_offset:
        cells["hạn thuộc năm"] = word_for(DUE_YEARS, period.due_year_offset)
    cells["số liệu từ"] = cell_text(period.from_day) or period.data_from
    cells["số liệu đến"] = cell_text(period.to_day) or period.data_to
    return cells


def _indicator_rows(report: ReportDefinition, kinds: Mapping[str, str]) -> Iterable[list[str]]:
    for each in report.indicators:
        ratio, sexes = each.ratio, [word_for(SEXES, sex) for sex in each.sexes]
        parts = [_figure_text(ratio.numerator), _figure_text(ratio.denominator)] if ratio else ["", ""]
        plain = RatioRule(Figure(""), Figure(""))
        yield [
            each.code,
            each.label,
            each.unit_of_measure,
            "" if sexes == ["tổng"] else "chỉ nữ" if sexes == ["nữ"] else "; ".join(sexes),
            word_for(AGGREGATIONS, each.aggregation),
            each.group,
            "; ".join(each.synonyms),
            "; ".join(name for kind, name in kinds.items() if kind in each.reported_by),
            *parts,
            *(
                str(value) if ratio and (value := getattr(ratio, key)) != getattr(plain, key) else ""
                for key in RATIO_KEYS.values()
            ),
        ]


def _section_cells(section: Section) -> list[str]:
    keywords, indicators = "; ".join(section.keywords), "; ".join(section.indicators)
    return [section.id, section.title, keywords, word_for(ROLES, section.role), indicators]


def _figure_text(figure: Figure) -> str:
    return figure.indicator + ("" if figure.sex is Sex.TOTAL else f".{word_for(SEXES, figure.sex)}")
