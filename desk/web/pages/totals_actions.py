"""What is done from Tổng hợp: a draft is made, a period frozen, a difference explained, a file taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.reports import Figure, Sex
from desk.decisions_on_dues import explain, withdraw_explanation
from desk.errors import UnknownNameError
from desk.freezing import require_freezable, unfreeze
from desk.settled import settled_findings
from desk.totals_export import BOOK, EXPORTS, WantedTable, written_table
from desk.web.call import POST, Call, Route
from desk.web.downloads import saved
from desk.web.pages.totals_head import PATH, asked_head, chosen_of
from desk.wishes import WishKind, ask
from ledger.freezing import freeze_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.web.periods import Chosen

#: Seconds that a request waits for a table: in a small office it is there by then.
SHORTLY = 2.0


def make_issue(call: Call) -> Response:
    """Have the documents written."""
    chosen = chosen_of(call)
    if freeze_of(call.office.ledger.decisions(), chosen.report.id, chosen.period.id) is not None:
        return call.go(PATH, ky=chosen.value, notice="issue_frozen")
    return _asked_for(call, chosen, WishKind.ISSUE)


def freeze_period(call: Call) -> Response:
    """Chốt."""
    chosen, reason = chosen_of(call), call.form.get("reason", "")
    require_freezable(call.office, chosen.report.id, chosen.period.id, reason)
    return _asked_for(call, chosen, WishKind.FREEZE, reason)


def unfreeze_period(call: Call) -> Response:
    """Hủy chốt."""
    chosen = chosen_of(call)
    unfreeze(call.office, chosen.report.id, chosen.period.id, call.form.get("reason", ""))
    return call.go(PATH, ky=chosen.value, notice="unfrozen")


def explain_figure(call: Call) -> Response:
    """Keep why a figure differs so much from an earlier one."""
    chosen, form = chosen_of(call), call.form
    figure = _figure_named(call)
    with call.office.ledger.snapshot():
        head = asked_head(call)
        found = settled_findings(call.office.ledger, head.shown)[0] if head.shown else ()
    unit, report, period = form.get("unit", ""), chosen.report.id, chosen.period.id
    explain(call.office, unit, report, period, found, figure, form.get("reason", ""))
    return call.go(f"{PATH}/kiem-tra", ky=chosen.value, notice="explained")


def withdraw(call: Call) -> Response:
    """Take back what was said of a figure."""
    chosen, unit = chosen_of(call), call.form.get("unit", "")
    figure = _figure_named(call)
    withdraw_explanation(call.office, unit, chosen.report.id, chosen.period.id, figure, call.reason)
    return call.go(f"{PATH}/kiem-tra", ky=chosen.value, notice="explanation_withdrawn")


def _figure_named(call: Call) -> Figure:
    """The figure that a form names.

    Raises:
        UnknownNameError: there is no such sex.
    """
    sex = call.form.get("sex", "")
    if sex not in set(Sex):
        raise UnknownNameError("desk.unknown_choice", name=sex, known=", ".join(Sex))
    return Figure(call.form.get("indicator", ""), Sex(sex))


def _asked_for(call: Call, chosen: Chosen, kind: WishKind, reason: str = "") -> Response:
    """Record what is asked for; the page shows how it goes."""
    wish = ask(call.office, kind, chosen.report.id, chosen.period.id, reason)
    return call.go(PATH, ky=chosen.value, viec=str(wish.number))


def document(call: Call) -> Response:
    """A document of an issue, exactly as it was issued."""
    chosen = chosen_of(call)
    made = next(
        (
            each
            for each in call.office.ledger.issue_heads(chosen.report.id, chosen.period.id)
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
    """Everything the page shows, as a workbook, or one table of it as CSV: at once where it is written.

    A short while is waited for it; one that takes longer is awaited on the page.
    """
    table = call.query.get("bang", "") or BOOK
    if table not in {*EXPORTS, BOOK}:
        raise UnknownNameError("desk.unknown_choice", name=table, known=", ".join(EXPORTS))
    content, chosen = _table(call, table)
    if content is None:
        call.desk.follow_up.wait(SHORTLY)
        content, chosen = _table(call, table)
    if content is None:
        return call.go(PATH, ky=chosen.value, tep=table)
    name = f"TongHop_{chosen.report.id}_{chosen.period.id}"
    return saved(content, f"{name}.xlsx" if table == BOOK else f"{name}_{table}.csv")


def _table(call: Call, table: str) -> tuple[bytes | None, Chosen]:
    """The table as it is written; where it is not, or no longer holds, it is asked for."""
    with call.office.ledger.snapshot():
        head = asked_head(call)
        report, period = head.chosen.report.id, head.chosen.period.id
        wanted = WantedTable(report, period, table, call.say.language)
        is_current = head.shown is not None and head.shown.is_current
        content = written_table(call.office.ledger, wanted) if is_current else None
    if content is None and not head.trouble:
        call.desk.follow_up.write(wanted)
    return content, head.chosen


ROUTES = (
    Route(f"{PATH}/xuat", export),
    Route(f"{PATH}/van-ban/{{issue}}/{{file}}", document),
    Route(f"{PATH}/lap", make_issue, method=POST),
    Route(f"{PATH}/chot", freeze_period, method=POST),
    Route(f"{PATH}/huy-chot", unfreeze_period, method=POST),
    Route(f"{PATH}/giai-trinh", explain_figure, method=POST),
    Route(f"{PATH}/bo-giai-trinh", withdraw, method=POST),
)
