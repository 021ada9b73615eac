"""Đơn vị: the units, and one unit's file: what it owes, handed in and wrote; and what came by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import Response

from config.days import read_day
from config.reports import Grade, with_period
from consolidate.totals import number_text
from desk.by_hand import HandedFile, HandedIn, hand_in
from desk.decisions import link, set_aside
from desk.decisions_on_dues import CHANNELS, exempt, extend, receive
from desk.errors import RefusedReceiptError, UnknownNameError
from desk.mailing.proof import proof, proof_docx
from desk.recording import require_unit
from desk.standing import Kept, period_standing
from desk.taking_back import reopen
from desk.unit_file import Owed, UnitFile, Version, unit_file, versions_of
from desk.views import mail_reason, reason
from desk.web.call import POST, Call, Route
from desk.web.pages.overview import KEPT, is_named
from desk.web.periods import FIELD, Chosen, chosen_period, read_moment
from desk.web.timeliness import Timeliness, timeliness
from ledger.records import MessageState, ObligationKey, ObligationState, Role

if TYPE_CHECKING:
    from config.regime import UnitKind
    from config.units import Address, Unit
    from config.wording import Wording
    from consolidate.consolidation import UnitStanding
    from ledger.records import Decision, MessageOutcome, OutgoingMessage

PATH = "/don-vi"
NAVIGATION = ("units", PATH)
#: Octets of a form with files: encoded as mail they stay below what the reader takes of one message.
LARGEST_FORM = 40 << 20
#: Mails shown unless all are asked for.
LATEST = 30
ROLES = (Role.REPLACEMENT, Role.SUPPLEMENT)


@dataclass(frozen=True, slots=True)
class Row:
    """One unit of the list."""

    unit: Unit
    kind: str  #: its name
    addresses: tuple[Address, ...]  #: of today
    standing: UnitStanding | None  #: None: it does not owe the period
    kept: tuple[Kept, ...]  #: the last periods, oldest first
    on_time: int


@dataclass(frozen=True, slots=True)
class Units:
    """The list."""

    chosen: Chosen | None
    words: str
    kind: str
    kinds: tuple[UnitKind, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that came or went."""

    at: datetime
    came: MessageOutcome | None = None
    went: OutgoingMessage | None = None
    why: str = ""  #: of a mail that came, why it ended so; of one that went, what the server said


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as the page says it."""

    code: str
    grade: Grade
    sentence: str
    place: str  #: file and where in it; "" when it is about the whole


@dataclass(frozen=True, slots=True)
class Again:
    """The mails a decision is about, which are judged again because of it."""

    total: int
    left: int  #: not judged yet
    booked: int
    waiting: int  #: for a person


@dataclass(frozen=True, slots=True)
class UnitPage:
    """The page of one unit."""

    file: UnitFile
    kind: str
    chosen: Chosen | None
    owed: Owed | None  #: of the chosen period
    versions: tuple[Version, ...]  #: latest first
    chart: Timeliness | None
    mails: tuple[Mail, ...]  #: latest first
    hidden: int  #: mails not shown
    labels: dict[str, str]  #: of indicators, by code
    names: dict[str, str]  #: of report and period, by "report/period"
    told: dict[str, tuple[Told, ...]]  #: what was found in a version, worst first, by archive id
    now: datetime
    is_reading: bool = False  #: a file that came by hand is being read
    again: Again | None = None  #: what came of a decision just made
    channels: tuple[str, ...] = CHANNELS
    roles: tuple[Role, ...] = ROLES

    @staticmethod
    def number(value: Decimal) -> str:
        """A figure as Vietnamese writing has it."""
        return number_text(value)

    @staticmethod
    def moment(stated: str) -> datetime:
        """A moment as a decision keeps it."""
        return datetime.fromisoformat(stated)

    @staticmethod
    def day(stated: str) -> str:
        """A day as a decision keeps it, as it is written."""
        return f"{date.fromisoformat(stated):%d/%m/%Y}"


def show(call: Call) -> Response:
    """The list."""
    return call.page("units.html", units_of(call))


def show_one(call: Call) -> Response:
    """One unit."""
    return call.page("unit.html", page_of(call))


def renewed(call: Call) -> Response:
    """The same once what came by hand is read and mails are judged again; nothing while they are not."""
    page = page_of(call)
    if page.is_reading or (page.again is not None and page.again.left):
        return call.nothing_new()
    return replace(call, path=f"{PATH}/{_unit(call)}").page("unit.html", page)


def save_proof(call: Call) -> Response:
    """The proof sheet of reminders for the chosen period, as a file."""
    report, _, period = call.query.get(FIELD, "").partition("/")
    with call.office.ledger.snapshot():
        sheets = proof(call.office, _unit(call), report or None, period or None)
        if not sheets:
            raise UnknownNameError("desk.no_proof", unit=_unit(call))
        file = proof_docx(sheets[0], call.office)
    attached = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return Response(file.content, media_type=file.media_type, headers={"Content-Disposition": attached})


def take_receipt(call: Call) -> Response:
    """Book what came beside the mailbox: with its files, or as received alone."""
    office, (report, period) = call.office, _named_period(call)
    at = read_moment(call.form.get("luc", ""), office) or office.clock()
    channel, why = call.form.get("kenh", ""), call.reason
    nil, unit = "khong-phat-sinh" in call.form, _unit(call)
    files = tuple(HandedFile(each.name, each.content) for each in call.uploads.get("tep", ()))
    if not files:
        receive(office, unit, report, period, at, channel, why, nil=nil)
        return _back(call, "received")
    role = call.form.get("vai-tro", "")
    if role not in {"", *ROLES}:
        raise UnknownNameError("desk.unknown_choice", name=role, known=", ".join(ROLES))
    hand_in(office, HandedIn(unit, report, period, files, at, channel, why, role, nil))
    return _back(call, "file_received", "ban-nop")


def give_time(call: Call) -> Response:
    """Let the unit hand in until the end of a day."""
    report, period = _named_period(call)
    day = read_day(call.form.get("ngay", ""))
    if day is None:
        raise UnknownNameError("desk.bad_moment", text=call.form.get("ngay", ""))
    due = datetime.combine(day + timedelta(days=1), time(), call.office.regime.timezone)
    extend(call.office, _unit(call), report, period, due, _reason(call))
    return _back(call, "extended")


def free(call: Call) -> Response:
    """Free the unit from the period."""
    report, period = _named_period(call)
    exempt(call.office, _unit(call), report, period, _reason(call))
    return _back(call, "exempted")


def add_address(call: Call) -> Response:
    """Remember that an address speaks for the unit."""
    since, why = call.form.get("tu-ngay", "").strip(), call.reason
    made = link(call.office, call.form.get("dia-chi", ""), _unit(call), since or None, why)
    return _back(call, "linked", "dia-chi", made)


def take_back(call: Call) -> Response:
    """Take back one decision about the unit that still holds."""
    office, number = call.office, call.form.get("so", "")
    file = unit_file(office, _unit(call), office.clock())
    found = next((each for each in file.decided if str(each.decision.number) == number and each.holds), None)
    if found is None:
        raise UnknownNameError("desk.unknown_item", name=number)
    why = call.reason
    made = set_aside(office, found.message, "other", why) if found.message else reopen(office, number, why)
    return _back(call, "taken_back", "da-ghi", made)


ROUTES = (
    Route(PATH, show),
    Route(f"{PATH}/{{unit}}", show_one),
    Route(f"{PATH}/{{unit}}/moi", renewed, by_itself=True),
    Route(f"{PATH}/{{unit}}/minh-chung", save_proof),
    Route(f"{PATH}/{{unit}}/nhan", take_receipt, method=POST, most=LARGEST_FORM),
    Route(f"{PATH}/{{unit}}/gia-han", give_time, method=POST),
    Route(f"{PATH}/{{unit}}/mien", free, method=POST),
    Route(f"{PATH}/{{unit}}/dia-chi", add_address, method=POST),
    Route(f"{PATH}/{{unit}}/huy", take_back, method=POST),
)


# -- the list --------------------------------------------------------------------------------------------


def units_of(call: Call) -> Units:
    """What the list shows for a call."""
    office, words = call.office, call.query.get("q", "").strip()[:200]
    kind = call.query.get("loai", "")
    standing: dict[str, UnitStanding] = {}
    kept: dict[str, tuple[Kept, ...]] = {}
    with office.ledger.snapshot():
        chosen = chosen_period(call)
        if chosen is not None:
            stood = period_standing(office, chosen.report, chosen.period, office.clock(), KEPT)
            standing = {each.unit.id: each for each in stood.standings}
            kept = dict(stood.kept)
    kinds = {each.id: each.name for each in office.regime.unit_kinds}
    today = office.clock().astimezone(office.regime.timezone).date()
    rows = tuple(
        _row(unit, kinds, standing.get(unit.id), kept.get(unit.id, ()), today)
        for unit in office.regime.units
        if kind in {"", unit.kind} and is_named(words, unit)
    )
    return Units(chosen, words, kind, office.regime.unit_kinds, rows)


def _row(
    unit: Unit, kinds: dict[str, str], standing: UnitStanding | None, kept: tuple[Kept, ...], today: date
) -> Row:
    known = standing.unit if standing else unit  # with the addresses that people linked
    on_time = sum(each.state is ObligationState.ON_TIME for each in kept)
    return Row(known, kinds.get(unit.kind, unit.kind), known.addresses_on(today), standing, kept, on_time)


# -- one unit --------------------------------------------------------------------------------------------


def page_of(call: Call) -> UnitPage:
    """What a unit's page shows for a call."""
    office, unit_id, now = call.office, _unit(call), call.office.clock()
    with office.ledger.snapshot():
        chosen = chosen_period(call)
        file = unit_file(office, unit_id, now)
        versions: tuple[Version, ...] = ()
        if chosen is not None:
            key = ObligationKey(unit_id, chosen.report.id, chosen.period.id)
            versions = versions_of(office, key, file)
        by_hand = {each.message for each in file.decided if each.message}
        again = _again(call) if call.query.get("viec") else None
        is_reading = bool(by_hand) and any(unread in by_hand for unread, _ in office.ledger.unread())
    mails = _mails(call, file)
    shown = mails if call.query.get("thu") else mails[:LATEST]
    return UnitPage(
        file=file,
        kind=next((kind.name for kind in office.regime.unit_kinds if kind.id == file.unit.kind), ""),
        chosen=chosen,
        owed=_owed(file, chosen),
        versions=tuple(reversed(versions)),
        chart=_chart(file, chosen, now),
        mails=shown,
        hidden=len(mails) - len(shown),
        labels={each.code: each.label for each in chosen.report.indicators} if chosen else {},
        names={
            f"{each.report.id}/{each.period.id}": with_period(each.report.short_name, each.period.name, " ")
            for each in file.owed
        },
        told={each.submission.archive_id: _told(each, call.say) for each in versions},
        now=now,
        is_reading=is_reading,
        again=again,
    )


def _again(call: Call) -> Again | None:
    """How it stands with the mails that the decision the address names is about."""
    ledger, number = call.office.ledger, call.query.get("viec", "")
    decision = next((each for each in ledger.decisions() if str(each.number) == number), None)
    if decision is None or (about := _mails_about(decision)) is None:
        return None
    address, message = about
    mails = ledger.sent_from(address) if address else [message]
    left = {archive_id for archive_id, _ in ledger.unread()}.intersection(mails)
    states = Counter(head.state for head in ledger.message_heads(mails).values())
    return Again(len(mails), len(left), states[MessageState.BOOKED], states[MessageState.REVIEW])


def _mails_about(decision: Decision) -> tuple[str, str] | None:
    """The address or the message a decision aims at; None: neither."""
    found = str(decision.target.get("address", "")), str(decision.target.get("message", ""))
    return found if any(found) else None


def _told(version: Version, say: Wording) -> tuple[Told, ...]:
    """What the checks of a version found, each once, errors first."""
    found = (
        Told(
            each.code,
            each.grade,
            reason(each.code, say, each.parameters),
            f"{each.place.file}, {each.place.where}".strip(", ") if each.place else "",
        )
        for each in version.submission.findings
    )
    worst = (Grade.ERROR, Grade.WARNING, Grade.NOTE)
    return tuple(sorted(dict.fromkeys(found), key=lambda each: worst.index(each.grade)))


def _owed(file: UnitFile, chosen: Chosen | None) -> Owed | None:
    if chosen is None:
        return None
    wanted = (chosen.report.id, chosen.period.id)
    return next((each for each in file.owed if (each.report.id, each.period.id) == wanted), None)


def _chart(file: UnitFile, chosen: Chosen | None, now: datetime) -> Timeliness | None:
    """Of the periods of the chosen report that are due or that the unit kept before they were."""
    told = [
        each
        for each in file.owed
        if chosen is not None
        and each.report.id == chosen.report.id
        and (each.standing.first_valid or (each.standing.due is not None and each.standing.due <= now))
    ]
    return timeliness(told) if any(each.standing.first_valid for each in told) else None


def _mails(call: Call, file: UnitFile) -> tuple[Mail, ...]:
    came = (
        Mail(each.arrival, came=each, why=reason(each.reasons[0], call.say) if each.reasons else "")
        for each in file.came
    )
    went = (
        Mail(each.sent_at or each.queued_at, went=each, why=mail_reason(each.server_reply, call.say))
        for each in file.went
    )
    return tuple(sorted((*came, *went), key=lambda mail: mail.at, reverse=True))


# -- forms -----------------------------------------------------------------------------------------------


def _unit(call: Call) -> str:
    require_unit(call.office, call.places["unit"])
    return call.places["unit"]


def _named_period(call: Call) -> tuple[str, str]:
    report, _, period = call.form.get(FIELD, "").partition("/")
    return report, period


def _reason(call: Call) -> str:
    """Why an obligation is changed; never nothing.

    Raises:
        RefusedReceiptError: nothing is given.
    """
    why = call.reason
    if not why:
        raise RefusedReceiptError("desk.reason_needed")
    return why


def _back(call: Call, notice: str, anchor: str = "", decision: Decision | None = None) -> Response:
    """To the unit's page: to a part of it, or to its head where that tells what becomes of mails."""
    number = str(decision.number) if decision and _mails_about(decision) else ""
    response = call.go(f"{PATH}/{_unit(call)}", ky=call.form.get(FIELD, ""), viec=number, notice=notice)
    if anchor and not number:
        response.headers["location"] += f"#{anchor}"
    return response
