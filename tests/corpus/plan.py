"""What a set is made from: units, indicators with the many ways of saying them, and the report asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SEXES = {"t": "total", "m": "male", "f": "female"}


@dataclass(frozen=True, slots=True)
class Counted:
    """One indicator, and how units word it. `sexes` is "t", "tf" or "tmf"."""

    code: str
    label: str
    unit: str
    sexes: str
    span: tuple[int, int]  #: lowest and highest plausible total
    aliases: tuple[str, ...] = ()  #: wordings the department has entered
    variants: tuple[str, ...] = ()  #: wordings it has not
    said: tuple[str, ...] = ()  #: sentences with {t}, {m}, {f}; money and its unit stand in {t}
    nil: str = ""  #: the sentence that says there was none
    kind: str = "sum"
    reported_by: tuple[str, ...] = ()  #: kinds of unit; empty: the first kinds of the set
    at_most: str = ""  #: code of the indicator it is a part of
    nil_with: str = ""  #: code of the indicator without which it is zero as well
    group: str = ""

    @property
    def money(self) -> bool:
        """Whether it is a sum of money."""
        return self.unit.endswith("đồng")


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio the department recomputes; sides are (code, sex)."""

    code: str
    label: str
    unit: str
    numerator: tuple[str, str]
    denominator: tuple[str, str]
    factor: int = 100


@dataclass(frozen=True, slots=True)
class Sender:
    """A reporting unit. `issuer` is what its letterhead prints, the superior line first."""

    id: str
    name: str
    kind: str
    short: str  #: as in running text: "xã Nà Pảng"
    issuer: tuple[str, ...]
    place: str
    official: str
    personal: str = ""
    person: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """How units title, head and tell this report."""

    title: tuple[str, ...]  #: the trích yếu, with {period}
    subject: tuple[str, ...]  #: subjects with {unit} and {period}
    period: tuple[str, ...]  #: ways to name the period
    last_period: str  #: the same period a year before
    now: tuple[str, ...]  #: column headings of the period
    before: tuple[str, ...]
    plan: tuple[str, ...]
    cumulative: tuple[str, ...]
    file: tuple[str, ...]  #: file names without ending, {unit} accentless
    groups: dict[str, tuple[str, ...]]  #: headings of the groups
    difficulties: tuple[str, ...]
    plans: tuple[str, ...]
    proposals: tuple[str, ...]
    foreign_rows: tuple[tuple[str, str], ...]  #: label and unit of rows nobody asked for
    comparisons: tuple[str, ...]  #: sentences whose numbers are not this period's figures
    others: tuple[tuple[str, str, str], ...]  #: class, subject, body of mail that is no report of ours
    other_topics: tuple[tuple[str, str], ...]  #: title and file name of reports on other subjects


@dataclass(frozen=True, slots=True)
class SetPlan:
    """One acceptance set before any die is cast."""

    name: str
    department: dict[str, str]
    mailbox: str
    report_id: str
    report_name: str
    period_id: str
    period_from: str
    period_to: str
    opens: datetime
    due: datetime
    due_text: str
    units: tuple[Sender, ...]
    indicators: tuple[Counted, ...]
    ratios: tuple[Ratio, ...]
    by_kind: dict[str, tuple[str, ...]]
    outline: tuple[tuple[str, str], ...]
    wording: Wording
    rules: tuple[tuple[str, str], ...] = field(default=())

    def asked_of(self, kind: str) -> tuple[Counted, ...]:
        """The indicators a unit of that kind reports, in the order of the form."""
        codes = self.by_kind[kind]
        return tuple(counted for counted in self.indicators if counted.code in codes)
