"""The files of a regime's folder as pydantic models; each turns into its frozen dataclass.

Keys are those of the dataclasses in `regime`, `reports` and `units`, which say what they mean; only the
differences are explained here. An unknown key is a fault, never ignored.
"""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
)
from pydantic_core import PydanticCustomError

from config.calendar import boundary_parts, read_due
from config.checks import CODE
from config.days import plain_day, read_day
from config.errors import UnreadableDueError
from config.kinds import EVERY
from config.regime import LEVELS, CalendarPolicy, Department, UnitKind
from config.reports import (
    Aggregation,
    Figure,
    Grade,
    Indicator,
    PeriodKind,
    PeriodRule,
    RatioRule,
    Section,
    SectionRole,
    Sex,
    Weekend,
)
from config.sending import ChaseStep, Hours, Ladder, SendingMode, SendingPolicy
from config.spelling import plain_key

if TYPE_CHECKING:
    from config.due import DueText

_ID = re.compile(r"[^\W_][\w.-]*")
_HOURS = re.compile(r"(\d{1,2}:\d{2})-(\d{1,2}:\d{2})")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_SHARED_FILE = re.compile(r"[\w-]+\.yaml")
_WHO_COUNTS_PERSONS = frozenset({"người", "lượt người", "trẻ", "học sinh", "đại biểu"})


def _read_day(value: object) -> object:
    value = plain_day(value)
    if isinstance(value, str):
        day = read_day(value)
        if day is None:
            raise PydanticCustomError("config_bad_day", "no day", {"text": value})
        return day
    if not isinstance(value, date):
        raise PydanticCustomError("config_bad_day", "no day", {"text": str(value)})
    return value


def _require(pattern: re.Pattern[str], code: str) -> AfterValidator:
    def check(text: str) -> str:
        if not pattern.fullmatch(text):
            raise PydanticCustomError(code, "not written so", {"text": text})
        return text

    return AfterValidator(check)


def _readable_due(text: str) -> str:
    if text.strip():
        try:
            read_due(text)
        except UnreadableDueError:
            raise PydanticCustomError("config_unreadable_due", "no deadline", {"text": text}) from None
    return text.strip()


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise PydanticCustomError("config_unknown_timezone", "no such zone", {"text": name})
    return name


def _boundary(text: str) -> str:
    if text and boundary_parts(text) is None:
        raise PydanticCustomError("config_bad_boundary", "no such day", {"text": text})
    return text


def _filled(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("config_empty_text", "empty")
    return text.strip()


def _address_or_nothing(text: str) -> str:
    if text.strip() and not _ADDRESS.fullmatch(text.strip()):
        raise PydanticCustomError("config_bad_mail_address", "no address", {"text": text})
    return text.strip()


def _kinds(value: object) -> object:
    """Reads "all" as every kind there is, whenever it was added."""
    is_every = isinstance(value, str) and plain_key(value) in _EVERY_WORDS
    return frozenset({EVERY}) if is_every else value


def _hours(value: object) -> object:
    """Reads "07:30-17:00" as `Hours`; an empty span is none. A day may end at 24:00 (ISO 8601)."""
    if isinstance(value, Hours):
        return value
    match = _HOURS.fullmatch(str(value).replace(" ", "").replace("–", "-"))
    try:
        begin, end = (_time_of_day(part.zfill(5)) for part in match.groups()) if match else (None, None)
    except ValueError:
        begin = end = None
    if begin is None or end is None or begin >= end:
        raise PydanticCustomError("config_bad_hours", "no hours", {"text": str(value)})
    return Hours(begin, end)


def _time_of_day(text: str) -> time:
    return time.max if text == "24:00" else time.fromisoformat(text)


Day = Annotated[date, BeforeValidator(_read_day)]
Id = Annotated[str, _require(_ID, "config_bad_id")]
Code = Annotated[str, _require(CODE, "config_bad_code")]
SharedFile = Annotated[str, _require(_SHARED_FILE, "config_bad_shared_file")]
MailAddress = Annotated[str, _require(_ADDRESS, "config_bad_mail_address")]
HoursText = Annotated[Hours, BeforeValidator(_hours)]
Text = Annotated[str, AfterValidator(_filled)]
Due = Annotated[str, AfterValidator(_readable_due)]
Kinds = Annotated[frozenset[str], BeforeValidator(_kinds)]
Boundary = Annotated[str, AfterValidator(_boundary)]


class Strict(BaseModel):
    """A model that knows all its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# department.yaml


class DepartmentModel(Strict):
    """`department:` of department.yaml."""

    name: Text
    short_name: Text
    level: Literal["commune", "district", "province", "ministry"]
    area: Text
    place: Text
    parent_authority: str = ""
    issuer: Text
    symbol: Text
    letter_symbol: Text
    mailbox: Annotated[str, AfterValidator(_address_or_nothing)] = ""
    recipients: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    letter_copies: tuple[str, ...] = ()
    archive_line: str = "VT"
    signatory_titles: tuple[str, ...] = ()
    signatory_name: str = ""
    contact: str = ""
    phone: str = ""

    def build(self) -> Department:
        """The department as the rest of the program knows it."""
        return Department(**self.model_dump())


_LEVELS_BY_NAME = {
    "province": frozenset({"province", "tinh", "thanh pho truc thuoc trung uong"}),
    "district": frozenset({"district", "huyen", "quan", "thi xa", "thanh pho thuoc tinh"}),
    "commune": frozenset({"commune", "township", "ward", "xa", "thi tran", "phuong", "dac khu", "cap xa"}),
    "village": frozenset(
        {
            "village",
            "hamlet",
            "thon",
            "ban",
            "ap",
            "xom",
            "buon",
            "to dan pho",
            "khu pho",
            "chi bo",
            "chi hoi",
        }
    ),
    "institution": frozenset({"school", "truong", "truong hoc"}),
}
#: "Thành phố" is of a province when a ministry asks, of a district when a province does.
_CITIES = {"ministry": "province", "province": "district"}
_EVERY_WORDS = frozenset({"all", "tat ca"})
_AND = re.compile(r"[,;/]|\bvà\b")


def _level_told(name: str, department_level: str) -> str:
    """The level that a kind's name tells: "xã, phường" is one, "xã và cơ quan" is none."""
    told = {_level_of(plain_key(part), department_level) for part in _AND.split(name)}
    return told.pop() if len(told) == 1 else ""


def _level_of(key: str, department_level: str) -> str:
    if key in {"city", "thanh pho"}:
        return _CITIES.get(department_level, "")
    return next((level for level, known in _LEVELS_BY_NAME.items() if key in known), "")


class UnitKindModel(Strict):
    """One entry of `unit_kinds:`."""

    id: Id
    name: Text
    plural: Text
    addressed_as: Text
    level: Literal["institution", "village", "commune", "district", "province", ""] = ""

    def build(self, department_level: str = "") -> UnitKind:
        """The kind as the rest of the program knows it.

        A level that is not stated is told by the name ("xã", "thôn"). Other kinds are offices beside the
        collecting one, which speak of its area at most.
        """
        names = (self.name, re.sub(r"[-_]", " ", self.id))
        told = next(filter(None, (_level_told(name, department_level) for name in names)), "")
        offices = department_level if department_level in LEVELS else ""
        return UnitKind(**self.model_dump() | {"level": self.level or told or offices})


class CalendarModel(Strict):
    """`calendar:` of department.yaml: days beyond weekends and public holidays."""

    extra_holidays: frozenset[Day] = frozenset()
    working_days: frozenset[Day] = frozenset()

    def build(self) -> CalendarPolicy:
        """The policy as the rest of the program knows it."""
        return CalendarPolicy(self.extra_holidays, self.working_days)


class ChaseStepModel(Strict):
    """One entry of `steps:`; `template` is the id unless given."""

    id: Id
    working_days: int = Field(ge=-60, le=250)
    template: str = ""
    copy_second: bool = False
    to_leaders: bool = False

    def build(self) -> ChaseStep:
        """The rung as the rest of the program knows it."""
        template = self.template or self.id
        return ChaseStep(self.id, self.working_days, template, self.copy_second, self.to_leaders)


class LadderModel(Strict):
    """`chase:` of a report. `hours` is "08:00-11:30"."""

    steps: tuple[ChaseStepModel, ...] = Field(default=(), max_length=20)
    most_mails: PositiveInt = 6
    paused: bool = False
    hours: HoursText | None = None

    def build(self) -> Ladder:
        """The ladder as the rest of the program knows it."""
        return Ladder(tuple(step.build() for step in self.steps), self.most_mails, self.paused, self.hours)


class SendingModel(Strict):
    """`sending:` of department.yaml. `hours` is "07:30-17:00"."""

    mode: SendingMode = SendingMode.PREVIEW
    steps: tuple[ChaseStepModel, ...] = Field(default=(), max_length=20)
    daily_cap: PositiveInt = 150
    hourly_cap: PositiveInt = 60
    seconds_between: float = Field(default=5.0, ge=0)
    hours: HoursText = Hours()
    most_mails: PositiveInt = 6
    leaders: tuple[MailAddress, ...] = ()
    digest_to: tuple[MailAddress, ...] = ()
    report_to: tuple[MailAddress, ...] = ()
    receipts: bool = False
    unit_daily_cap: PositiveInt = 3
    thread_cap: PositiveInt = 5

    def build(self) -> SendingPolicy:
        """The policy as the rest of the program knows it."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return SendingPolicy(**fields | {"steps": tuple(step.build() for step in self.steps)})


class DepartmentFile(Strict):
    """department.yaml."""

    id: Id
    department: DepartmentModel
    timezone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Ho_Chi_Minh"
    unit_kinds: tuple[UnitKindModel, ...] = Field(min_length=1)
    calendar: CalendarModel = CalendarModel()
    sending: SendingModel = SendingModel()
    trusted_authserv_id: str = ""
    accept_unauthenticated: bool = True

    def zone(self) -> ZoneInfo:
        """The time zone that arrival times are read in."""
        return ZoneInfo(self.timezone)


# reports/*.yaml and the shared files beside them


class FigureModel(Strict):
    """An indicator and a sex, in a ratio."""

    indicator: Code
    sex: Sex = Sex.TOTAL

    def build(self) -> Figure:
        """The figure as the rest of the program knows it."""
        return Figure(self.indicator, self.sex)


class RatioModel(Strict):
    """`ratio:` of an indicator."""

    numerator: FigureModel
    denominator: FigureModel
    factor: Decimal = Field(default=Decimal(100), gt=0)
    decimals: int = Field(default=2, ge=0, le=6)
    least_denominator: Decimal = Field(default=Decimal(0), ge=0)

    def build(self) -> RatioRule:
        """The rule as the rest of the program knows it."""
        return RatioRule(
            self.numerator.build(),
            self.denominator.build(),
            self.factor,
            self.decimals,
            self.least_denominator,
        )


class IndicatorModel(Strict):
    """One row of the annex. `scope` names a set of kinds that the report spells out in `scopes`."""

    code: Code
    label: Text
    unit_of_measure: Text
    sexes: tuple[Sex, ...] = (Sex.TOTAL,)
    aggregation: Aggregation = Aggregation.SUM
    group: str = ""
    synonyms: tuple[Text, ...] = ()
    reported_by: frozenset[str] = frozenset()
    scope: str = ""
    ratio: RatioModel | None = None

    def build(self, reported_by: frozenset[str], *, split_by_sex: bool) -> Indicator:
        """The indicator as the rest of the program knows it."""
        return Indicator(
            code=self.code,
            label=self.label,
            unit_of_measure=self.unit_of_measure,
            sexes=tuple(Sex) if split_by_sex and self.counts_persons() else self.sexes,
            aggregation=self.aggregation,
            group=self.group,
            synonyms=self.synonyms,
            reported_by=reported_by,
            ratio=self.ratio.build() if self.ratio else None,
        )

    def counts_persons(self) -> bool:
        """Whether men and women can be told apart in the figure."""
        if self.aggregation in {Aggregation.RATIO, Aggregation.COUNT}:
            return False
        return Sex.FEMALE in self.sexes or self.unit_of_measure in _WHO_COUNTS_PERSONS


class SectionModel(Strict):
    """One heading of the outline."""

    id: Text
    title: Text
    keywords: tuple[Text, ...] = ()
    role: SectionRole = SectionRole.RESULTS
    indicators: tuple[Code, ...] = ()

    def build(self, codes: frozenset[str] | None = None) -> Section:
        """The section as the rest of the program knows it, its indicators only those of `codes`."""
        indicators = tuple(code for code in self.indicators if codes is None or code in codes)
        return Section(self.id, self.title, self.keywords, self.role, indicators)


class CheckModel(Strict):
    """One or several rules between figures, see `checks`."""

    id: Id
    rule: Text
    grade: Grade = Grade.ERROR


class PeriodModel(Strict):
    """How the periods of one kind come about, or, with `from` and `to`, one period of its own.

    `due` is the deadline in the letter's words; empty or absent: not stated yet. `data_from` and
    `data_to` are "15/12-1" (day/month, year offset) for what comes back every year, whole days for
    what happens once.
    """

    kind: PeriodKind
    id: Annotated[str, _require(re.compile(r"|[^\W_][\w.-]*"), "config_bad_id")] = ""
    name: str = ""
    due: Due = ""
    due_year_offset: int = Field(default=0, ge=-1, le=1)
    weekend: Weekend = Weekend.STRICT
    grace_days: int = Field(default=0, ge=0, le=60)
    opens_days_before: int = Field(default=30, ge=0, le=400)
    data_from: Boundary = ""
    data_to: Boundary = ""
    from_day: Day | None = Field(default=None, alias="from")
    to_day: Day | None = Field(default=None, alias="to")
    number: NonNegativeInt = Field(default=0, le=12)
    first_year: NonNegativeInt = Field(default=0, le=9998)
    last_year: NonNegativeInt = Field(default=0, le=9998)

    def due_text(self) -> DueText | None:
        """The deadline as read, None when it is not stated."""
        return read_due(self.due) if self.due else None

    def build(self) -> PeriodRule:
        """The rule as the rest of the program knows it.

        A deadline with a year ("trước ngày 8/6/2022") holds for that year only.
        """
        due = self.due_text()
        only_year = due.year - self.due_year_offset if due and due.year else 0
        return PeriodRule(
            kind=self.kind,
            due_text=self.due,
            due_month=due.month if due else 0,
            due_day=due.day if due else 0,
            due_inclusive=bool(due and due.inclusive),
            due_year_offset=self.due_year_offset,
            weekend=self.weekend,
            grace_days=self.grace_days,
            opens_days_before=self.opens_days_before,
            data_from=self.data_from,
            data_to=self.data_to,
            first_year=self.first_year or only_year,
            last_year=self.last_year or only_year,
            number=self.number,
            due_from_start=bool(due and due.from_start),
            id=self.id,
            name=self.name,
        )


class SharedParts(Strict):
    """A file that several reports share: indicators with their rules, or an outline."""

    indicators: tuple[IndicatorModel, ...] = ()
    checks: tuple[CheckModel, ...] = ()
    outline: tuple[SectionModel, ...] = ()


class ReportFile(Strict):
    """reports/*.yaml.

    `indicators_from` and `outline_from` name shared files; `only` picks codes out of the shared
    indicators, in the order of the annex; `split_by_sex` asks for men and women of every figure that
    counts persons; `owed_by_kinds: all` means every kind there is; `scopes` says which kinds a scope of
    the shared indicators stands for.
    """

    id: Id
    name: Text
    short_name: Text
    topics: tuple[Text, ...] = ()
    ordered_by: str = ""
    superior_order: str = ""
    outline_required: bool = False
    owed_by_kinds: Kinds = frozenset()
    owed_by_units: frozenset[str] = frozenset()
    indicators_from: SharedFile | None = None
    only: tuple[Code, ...] = ()
    scopes: dict[str, frozenset[str]] = {}
    split_by_sex: bool = False
    indicators: tuple[IndicatorModel, ...] = ()
    indicators_by_kind: dict[str, frozenset[Code]] = {}
    outline_from: SharedFile | None = None
    outline: tuple[SectionModel, ...] = ()
    checks: tuple[CheckModel, ...] = ()
    chase: LadderModel | None = None
    periods: tuple[PeriodModel, ...] = Field(min_length=1)
