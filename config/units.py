"""Reporting units: names, addresses and successors, each with the dates it holds for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Address:
    """A mail address that speaks for a unit, with the days it does so (both ends inclusive)."""

    address: str  #: lower-case addr-spec
    role: str = "official"  #: official, personal or shared
    person: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the address spoke for its unit on that day (both ends inclusive)."""
        return _between(self.valid_from, day, self.valid_to)


@dataclass(frozen=True, slots=True)
class Unit:
    """One reporting unit (đơn vị báo cáo). Its id never changes; all else has dates or is an alias."""

    id: str
    name: str  #: as the unit signs itself: "UBND xã Trung Yên", "Phòng Nội vụ"
    kind: str  #: commune, township, department, branch...: a key of the department's `unit_kinds`
    gso_code: str = ""  #: five digits, text, leading zero kept
    aliases: tuple[str, ...] = ()  #: short, unaccented and former names
    addresses: tuple[Address, ...] = ()
    phone: str = ""
    contact: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[str, ...] = ()

    def exists_on(self, day: date) -> bool:
        """Whether the unit existed on that day (both ends inclusive)."""
        return _between(self.valid_from, day, self.valid_to)

    def ended_before(self, day: date) -> bool:
        """Whether the unit was gone by that day."""
        return self.valid_to is not None and self.valid_to < day

    def addresses_on(self, day: date) -> tuple[Address, ...]:
        """The addresses that spoke for the unit on that day, in the order of the sheet."""
        return tuple(address for address in self.addresses if address.valid_on(day))


def _between(first: date | None, day: date, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)
