"""Thiết lập: what is set, what is still lacking, and who changed what."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff
from typing import TYPE_CHECKING

from config.errors import InvalidConfigurationError
from config.loader import missing_before_use
from desk.mailing.letters import MailTemplateError
from desk.settings_changes import (
    SettingsChange,
    changes,
    content_of,
    take_back,
    version_before,
)
from desk.web.call import POST, Call, Right, Route
from desk.web.settings_forms import PATH, refused, sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response

    from desk.office import Office

NAVIGATION = ("settings", PATH)
HISTORY = f"{PATH}/lich-su"
_MOST_LINES = 400  #: of a difference
#: Sheets are shown by their rows; a workbook's octets tell a reader nothing.
_READABLE = (".yaml", ".csv", ".txt")


@dataclass(frozen=True, slots=True)
class Overview:
    """The first page."""

    lacking: tuple[str, ...]
    department: str
    units: int
    reports: int
    mode: str
    mailbox: str
    latest: SettingsChange | None


@dataclass(frozen=True, slots=True)
class History:
    """Who changed what."""

    changes: tuple[SettingsChange, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """One change: the lines that would change back."""

    change: SettingsChange
    lines: tuple[tuple[str, str], ...]  #: ("-", "+" or " ", and the line)
    is_readable: bool
    faults: tuple[str, ...] = ()


def show(call: Call) -> Response:
    """The first page."""
    office = call.office
    today = office.clock().astimezone(office.regime.timezone).date()
    mailbox = office.settings.mailbox
    latest = changes(office)
    view = Overview(
        lacking=(*sentences(missing_before_use(office.regime, today), call.say), *_lacking_of_mail(call)),
        department=office.regime.department.name,
        units=len(office.regime.units_on(today)),
        reports=len(office.regime.reports),
        mode=str(office.regime.sending.mode),
        mailbox=mailbox.user if mailbox else "",
        latest=latest[0] if latest else None,
    )
    return call.page("settings.html", view)


def _lacking_of_mail(call: Call) -> Iterator[str]:
    """What the mailbox still needs."""
    if call.office.settings.mailbox is None:
        yield call.say("web.lacking_mailbox")
    if not call.office.regime.trusted_authserv_id:
        yield call.say("web.lacking_server")


def history(call: Call) -> Response:
    """The changes, latest first."""
    return call.page("settings_history.html", History(changes(call.office)))


def look(call: Call) -> Response:
    """One change, and what taking it back would do."""
    return call.page("settings_change.html", _looked(call))


def back(call: Call) -> Response:
    """Bring back what stood there before."""
    number = _found(call).number
    try:
        done = take_back(call.office, number, call.say("web.taken_back", number=number))
    except InvalidConfigurationError as error:
        faults = sentences(error.problems, call.say)
        return refused(call, "settings_change.html", _looked(call, faults))
    except MailTemplateError as error:
        faults = (call.say(error.key, **error.places),)
        return refused(call, "settings_change.html", _looked(call, faults))
    return call.go(HISTORY, notice="settings_saved" if done else "settings_same")


ROUTES = (
    Route(PATH, show),
    Route(HISTORY, history),
    Route(f"{HISTORY}/{{number}}", look),
    # It may bring back another mail account, or let mail go out.
    Route(f"{HISTORY}/{{number}}", back, method=POST, right=Right.ADMINISTRATOR, confirm=True),
)


def _found(call: Call) -> SettingsChange:
    from desk.errors import UnknownNameError

    number = call.places["number"]
    found = next((each for each in changes(call.office) if str(each.number) == number), None)
    if found is None:
        raise UnknownNameError("web.no_such_change", number=number)
    return found


def _looked(call: Call, faults: tuple[str, ...] = ()) -> Looked:
    found = _found(call)
    is_readable = found.file.endswith(_READABLE)
    lines = _lines(call.office, found) if is_readable else ()
    return Looked(found, lines, is_readable, faults)


def _lines(office: Office, found: SettingsChange) -> tuple[tuple[str, str], ...]:
    """From what stands now to what stood before that change."""
    now = content_of(office, found.file)
    before = version_before(office, found)
    differing = list(unified_diff(_text(now), _text(before), n=1, lineterm=""))[2:]
    return tuple((line[:1], line[1:]) for line in differing[:_MOST_LINES] if not line.startswith("@@"))


def _text(content: bytes | None) -> list[str]:
    return (content or b"").decode("utf-8-sig", "replace").splitlines()
