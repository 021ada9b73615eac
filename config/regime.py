"""A regime: one department, its units, its reports, and how it wants them handled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from config.reports import ReportDefinition
from config.sending import SendingPolicy
from config.units import Unit

#: What a unit may answer for, from its own persons to the whole province.
LEVELS = ("institution", "village", "commune", "district", "province")


@dataclass(frozen=True, slots=True)
class UnitKind:
    """A kind of unit and how letters speak to it."""

    id: str  #: commune
    name: str  #: xã
    plural: str  #: các xã
    addressed_as: str  #: how a letter addresses one of them: "Ủy ban nhân dân xã", or "quý cơ quan"
    level: str = ""  #: the widest area its figures may be of, a key of `LEVELS`; empty: any


@dataclass(frozen=True, slots=True)
class Department:
    """The office that collects, as its letters name it (Decree 30/2020/NĐ-CP, Appendix I)."""

    name: str  #: Phòng Lao động - Thương binh và Xã hội huyện Sơn Dương
    short_name: str
    level: str  #: district, commune, province, ministry
    area: str  #: huyện Sơn Dương
    place: str  #: địa danh: Sơn Dương
    parent_authority: str  #: the line above the issuer, empty for an Ủy ban nhân dân
    issuer: str  #: who issues the consolidated report: UBND huyện Sơn Dương, or the office
    symbol: str  #: BC-UBND
    letter_symbol: str  #: UBND-LĐTBXH
    mailbox: str
    recipients: tuple[str, ...] = ()  #: Kính gửi of the consolidated report
    copies: tuple[str, ...] = ()  #: Nơi nhận of the consolidated report
    letter_copies: tuple[str, ...] = ()  #: Nơi nhận of the urging letter, besides "Như trên"
    archive_line: str = "VT"
    signatory_titles: tuple[str, ...] = ()  #: TM. ỦY BAN NHÂN DÂN, KT. CHỦ TỊCH, PHÓ CHỦ TỊCH
    signatory_name: str = ""
    contact: str = ""  #: who units may call, shown in mails
    phone: str = ""


@dataclass(frozen=True, slots=True)
class TaughtWording:
    """How units call one indicator of a report, as an officer confirmed it: these words and no others."""

    report: str
    indicator: str
    wording: str
    decision: int  #: the number of the decision that taught it


@dataclass(frozen=True, slots=True)
class CalendarPolicy:
    """Days that are no working days, beyond weekends and the public holidays of Vietnam."""

    extra_holidays: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()  #: Saturdays worked in exchange (hoán đổi)


@dataclass(frozen=True)
class Regime:
    """Everything one department decided, read from its folder."""

    id: str
    department: Department
    timezone: ZoneInfo
    unit_kinds: tuple[UnitKind, ...]
    units: tuple[Unit, ...]
    reports: tuple[ReportDefinition, ...]
    calendar: CalendarPolicy = field(default_factory=CalendarPolicy)
    sending: SendingPolicy = field(default_factory=SendingPolicy)
    trusted_authserv_id: str = ""  #: whose Authentication-Results counts (RFC 8601 section 5)
    accept_unauthenticated: bool = True  #: a known address whose domain publishes nothing
    taught: tuple[TaughtWording, ...] = ()  #: by decisions, never by the folder

    def unit(self, unit_id: str) -> Unit:
        """The unit of that id.

        Raises:
            KeyError: the regime has no such unit.
        """
        return self._units_by_id[unit_id]

    @cached_property
    def _units_by_id(self) -> dict[str, Unit]:
        return {unit.id: unit for unit in reversed(self.units)}

    def units_on(self, day: date) -> tuple[Unit, ...]:
        """The units that exist on that day. Names and GSO codes name one unit only among these."""
        return tuple(unit for unit in self.units if unit.exists_on(day))

    def heirs_on(self, unit_id: str, day: date) -> tuple[str, ...]:
        """Who stands in a unit's place on that day: itself, its successors, theirs; nobody before it begins.

        A successor founded after a gap stands there too: otherwise nobody would.

        Raises:
            KeyError: the regime has no such unit.
        """
        return tuple(dict.fromkeys(self._heirs(unit_id, day, frozenset())))

    def _heirs(self, unit_id: str, day: date, seen: frozenset[str]) -> Iterator[str]:
        unit = self.unit(unit_id)
        if unit.exists_on(day) or (seen and not unit.ended_before(day)):
            yield unit.id
        elif unit.ended_before(day):
            for successor in unit.successors:
                if successor not in seen:  # a circle ends
                    yield from self._heirs(successor, day, seen | {unit_id})

    def report(self, report_id: str) -> ReportDefinition:
        """The report of that id.

        Raises:
            KeyError: the regime has no such report.
        """
        for report in self.reports:
            if report.id == report_id:
                return report
        raise KeyError(report_id)

    def kind(self, kind_id: str) -> UnitKind:
        """The kind of unit of that id.

        Raises:
            KeyError: the regime has no such kind.
        """
        for kind in self.unit_kinds:
            if kind.id == kind_id:
                return kind
        raise KeyError(kind_id)
