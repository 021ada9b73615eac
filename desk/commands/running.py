"""What every command runs in: its home folder and clock, errors as sentences, names and moments as typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from config.days import read_moment
from desk.commands.options import say

if TYPE_CHECKING:
    from config.reports import Period, ReportDefinition
    from consolidate.consolidation import Consolidation
    from desk.office import Office
    from desk.web.desk import Desk

_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class World:
    """What the words before the command chose."""

    home: Path
    language: str
    clock: Callable[[], datetime]
    fixed: datetime | None  #: what the clock tells for ever, where a test stops it
    who: str


def world_of(context: typer.Context) -> World:
    """The world a command was called in."""
    world = context.find_object(World)
    assert world is not None
    return world


@contextmanager
def opened_office(context: typer.Context, actor: str = "") -> Iterator[Office]:
    """The office of the home folder; its errors end the command with their sentence."""
    from desk.office import open_office

    world = world_of(context)
    opened = open_office(world.home, world.language, world.clock, actor or world.who, world.who)
    with spoken(), opened as office:
        yield office


@contextmanager
def opened_desk(context: typer.Context) -> Iterator[Desk]:
    """The desk in the browser, not yet serving; its errors end the command with their sentence."""
    from desk.web.beside import FollowUpBeside
    from desk.web.desk import Desk

    world = world_of(context)
    beside = FollowUpBeside(world.home, world.fixed)
    with spoken(), closing(Desk(world.home, world.clock, follow_up=lambda _office: beside)) as opened:
        yield opened


@contextmanager
def spoken() -> Iterator[None]:
    """Every error of ours becomes its sentence and exit code; a fault of the program stays a traceback."""
    from config.errors import ConfigError
    from consolidate.errors import ConsolidateError
    from desk.errors import DeskError, exit_code, sentence_of
    from intake.errors import IntakeError
    from ledger.errors import LedgerError

    try:
        yield
    except (ConfigError, ConsolidateError, DeskError, IntakeError, LedgerError) as error:
        _tell(sentence_of(error, say))
        raise typer.Exit(exit_code(error)) from error
    except BrokenPipeError:
        raise  # whoever read our output has gone away: the command line knows what to do
    except OSError as error:
        _tell(sentence_of(error, say))
        raise typer.Exit(exit_code(error)) from error


def _tell(sentence: str) -> None:
    """Say why a command ends; a full disk may not take that line either, and the exit code still tells."""
    with suppress(OSError):
        typer.echo(sentence, err=True)


def moment_of(text: str | None, office: Office) -> datetime:
    """A moment a person typed, in the department's zone; now without words.

    A day alone means its beginning.
    """
    if text is None:
        return office.clock()
    moment = read_moment(text)
    if moment is None:
        from desk.errors import UnknownNameError

        raise UnknownNameError("desk.bad_moment", text=text)
    return moment if moment.tzinfo else moment.replace(tzinfo=office.regime.timezone)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command was asked to look at."""

    office: Office
    as_of: datetime
    periods: Sequence[tuple[ReportDefinition, Period]]

    def consolidations(self) -> Iterator[Consolidation]:
        """Each of the periods as it stood at the moment."""
        from desk.work import consolidation_of

        return (consolidation_of(self.office, *known, self.as_of) for known in self.periods)


@contextmanager
def asked_of(
    context: typer.Context, report: str | None, period: str | None, as_of: str | None, unit: str | None = None
) -> Iterator[Asked]:
    """The office of the home folder, the moment and the periods as typed; a unit is refused if unknown."""
    from desk.work import chosen_periods

    with opened_office(context) as office:
        require_known(unit, office)
        moment = moment_of(as_of, office)
        yield Asked(office, moment, chosen_periods(office, report, period, moment))


def choice_of(text: str | None, kind: type[_Choice]) -> _Choice | None:
    """The member of a closed list that a person typed; nothing without words."""
    return None if text is None else member_of(text, kind)


def member_of(text: str, kind: type[_Choice]) -> _Choice:
    """The member of a closed list that a person typed.

    Raises:
        UnknownNameError: the list has no such member.

    """
    try:
        return kind(text)
    except ValueError:
        from desk.errors import UnknownNameError

        known = ", ".join(str(member) for member in kind)
        raise UnknownNameError("desk.unknown_choice", name=text, known=known) from None


def require_known(unit: str | None, office: Office) -> None:
    """Refuse a unit that was named and is none of the department's.

    Raises:
        UnknownNameError: there is no such unit.

    """
    from desk.recording import require_unit

    if unit is not None:
        require_unit(office, unit)
