"""Thư đi: what is about to go, exactly as it would go; what went, and what came of it.

Nothing is sent from here. What is approved leaves within a minute, by the daemon, within hours and budgets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from email import policy as mail_policy
from email.parser import BytesParser
from http import HTTPStatus
from typing import TYPE_CHECKING

from config.sending import SendingMode
from desk.errors import DeskError, UnknownNameError
from desk.mailing.answers import Answer, answers
from desk.mailing.chasing import Chased, chase
from desk.mailing.outbox import AWAITING_APPROVAL, left_to_send
from desk.mailing.outbox_actions import MailFile, approve, cancel, edit, hold, mail_file, seal
from desk.mailing.outgoing import hindrance, is_within_hours
from desk.mailing.sender import UnsafeMailError, build_mime
from desk.views import mail_name, mail_reason, reason
from desk.web.call import POST, Call, Route
from ledger.records import OutboxState

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.office import Office
    from ledger.records import OutgoingMessage

PATH = "/thu-di"
NAVIGATION = ("outbox", PATH)
PAGE = 100  #: mails on a page
LARGE = 512 * 1024
WAITING = (OutboxState.HELD,)
#: The parts of the page, and the states each shows.
PARTS: dict[str, tuple[OutboxState, ...]] = {
    "duyet": WAITING,
    "cho": (OutboxState.QUEUED, OutboxState.SENDING),
    "gui": (OutboxState.SENT, OutboxState.DRAFTED),
    "loi": (OutboxState.REFUSED, OutboxState.UNCERTAIN, OutboxState.BOUNCED),
    "huy": (OutboxState.CANCELLED,),
}
#: Colour and sign of a state, as `parts.html` has them.
LOOKS = {
    OutboxState.QUEUED: "exempt",
    OutboxState.HELD: "needs_review",
    OutboxState.SENDING: "exempt",
    OutboxState.SENT: "well",
    OutboxState.DRAFTED: "well",
    OutboxState.REFUSED: "fault",
    OutboxState.UNCERTAIN: "warning",
    OutboxState.BOUNCED: "fault",
    OutboxState.CANCELLED: "exempt",
}


class NothingChosenError(DeskError):
    """No mail was chosen."""


@dataclass(frozen=True, slots=True)
class Row:
    """One mail of the list."""

    mail: OutgoingMessage
    unit: str  #: name
    look: str
    state: str  #: in words
    kind: str
    why: str
    answers: tuple[Answer, ...] = ()

    @property
    def seal(self) -> str:
        """Of the words as they are shown."""
        return seal(self.mail)


@dataclass(frozen=True, slots=True)
class OutboxView:
    """The list."""

    rows: tuple[Row, ...]
    part: str
    counts: dict[str, int]
    mode: str
    hindrance: str
    left: int  #: that the budgets of day and hour let go
    parts: tuple[str, ...] = tuple(PARTS)
    older: int | None = None

    @property
    def is_batch(self) -> bool:
        """Whether what is shown may be approved."""
        return self.part == "duyet"


@dataclass(frozen=True, slots=True)
class MailView:
    """One mail: its head and text as they go onto the wire, what became of it, who did what."""

    row: Row
    head: tuple[tuple[str, str], ...]
    file: MailFile
    attempts: tuple[tuple[object, str, str, str], ...]  #: moment, look, state, reply
    events: tuple[tuple[object, str, str, str], ...]  #: moment, who, what, why
    can_edit: bool
    can_approve: bool
    can_hold: bool
    can_cancel: bool
    is_uncertain: bool
    waits_for_hours: bool
    fault: str = ""
    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class DueView:
    """What would go now."""

    rows: tuple[Row, ...]
    new: int  #: that are not in the outbox yet
    chased: Chased
    mode: str
    faults: tuple[str, ...] = ()  #: templates whose letters could not be written, in words


# -- looking ---------------------------------------------------------------------------------------------


def show(call: Call) -> Response:
    """The list."""
    return call.page("outbox.html", _outbox(call))


def show_one(call: Call) -> Response:
    """One mail."""
    return call.page("outbox_mail.html", _mail(call))


def show_due(call: Call) -> Response:
    """What would go now: who is to be reminded, who to be telephoned."""
    chased = chase(call.office, queue=False, send=False)
    rows = tuple(_row(call, mail) for mail in chased.mails)
    new = sum(1 for mail in chased.mails if not mail.id)
    faults = tuple(call.say(fault.key, **fault.places) for fault in chased.faults)
    mode = str(call.office.regime.sending.mode)
    return call.page("outbox_due.html", DueView(rows, new, chased, mode, faults))


# -- doing -----------------------------------------------------------------------------------------------


def queue_due(call: Call) -> Response:
    """Lay what is due into the outbox; where each is approved, it waits for that."""
    chase(call.office, queue=True, send=False)
    part = "duyet" if call.office.regime.sending.mode == SendingMode.APPROVE else "cho"
    return call.go(PATH, phan=part, notice="mail_queued")


def approve_chosen(call: Call) -> Response:
    """Let the chosen mails go, all or none."""
    chosen = call.chosen.get("thu", ())
    if not chosen:
        raise NothingChosenError("web.mail_none_chosen")
    seen = dict(_seen(each) for each in chosen)
    approve(call.office, seen, {number: words for number, words in seen.items() if words})
    return call.go(PATH, phan="cho", notice="mail_approved")


def approve_one(call: Call) -> Response:
    """Let one mail go; of one nobody knows whether it went, the person says that it goes again."""
    mail = call.office.ledger.outgoing(_asked(call))
    if mail.state is OutboxState.UNCERTAIN and not call.form.get("gui_lai"):
        return _refused(call, call.say("web.mail_say_again"))
    approve(call.office, [mail.id], {mail.id: call.form.get("da_xem") or seal(mail)})
    return call.go(f"{PATH}/{mail.id}", notice="mail_approved")


def hold_one(call: Call) -> Response:
    """Keep a mail back."""
    mail = hold(call.office, _asked(call), call.form.get("ly_do", ""))
    return call.go(f"{PATH}/{mail.id}", notice="mail_held")


def cancel_one(call: Call) -> Response:
    """Take a mail back for good."""
    mail = cancel(call.office, _asked(call), call.form.get("ly_do", ""))
    return call.go(f"{PATH}/{mail.id}", notice="mail_cancelled")


def edit_one(call: Call) -> Response:
    """Other words for a mail that waits."""
    subject, text = call.form.get("tieu_de", ""), call.form.get("noi_dung", "").replace("\r\n", "\n")
    try:
        mail = edit(call.office, _asked(call), subject=subject, text=text)
    except (UnsafeMailError, UnknownNameError) as error:
        return _refused(call, call.say(error.key, **error.places))
    return call.go(f"{PATH}/{mail.id}", notice="mail_edited")


ROUTES = (
    Route(PATH, show),
    Route(f"{PATH}/duyet", approve_chosen, method=POST, confirm=True),
    Route(f"{PATH}/den-luot", show_due),
    Route(f"{PATH}/den-luot", queue_due, method=POST),
    Route(f"{PATH}/{{mail}}", show_one),
    Route(f"{PATH}/{{mail}}/duyet", approve_one, method=POST),
    Route(f"{PATH}/{{mail}}/giu", hold_one, method=POST),
    Route(f"{PATH}/{{mail}}/huy", cancel_one, method=POST),
    Route(f"{PATH}/{{mail}}/sua", edit_one, method=POST, most=LARGE),
)


# -- the views -------------------------------------------------------------------------------------------


def _outbox(call: Call) -> OutboxView:
    office = call.office
    with office.ledger.snapshot():
        mails = office.ledger.outbox()
        note = hindrance(office)
        left = left_to_send(office.ledger, office.regime.sending, office.clock())
    counts = {part: sum(mail.state in states for mail in mails) for part, states in PARTS.items()}
    part = _part(call.query.get("phan", ""), counts)
    shown = _in_order([mail for mail in mails if mail.state in PARTS[part]], part)
    before = _cursor(call.query.get("truoc", ""))
    page = [mail for mail in shown if before is None or part in {"duyet", "cho"} or mail.id < before]
    is_long = part not in {"duyet", "cho"} and len(page) > PAGE
    page = page[:PAGE] if is_long else page
    answered = _answers(office) if part in {"gui", "loi"} and page else {}
    return OutboxView(
        rows=tuple(_row(call, mail, answered.get(mail.id, ())) for mail in page),
        part=part,
        counts=counts,
        mode=str(office.regime.sending.mode),
        hindrance=call.say(note.key, **note.places) if note else "",
        left=max(0, left),
        older=page[-1].id if is_long else None,
    )


def _part(asked: str, counts: dict[str, int]) -> str:
    """The part asked for; else the first that wants a person, and what was sent when none does."""
    if asked in PARTS:
        return asked
    return next((part for part in ("duyet", "loi", "cho") if counts[part]), "gui")


def _in_order(mails: list[OutgoingMessage], part: str) -> list[OutgoingMessage]:
    """What waits in the order it goes; what is over from the last."""
    return mails if part in {"duyet", "cho"} else mails[::-1]


def _answers(office: Office, unit: str | None = None) -> dict[int, tuple[Answer, ...]]:
    found: dict[int, tuple[Answer, ...]] = {}
    for answer in answers(office, unit):
        found[answer.mail.id] = (*found.get(answer.mail.id, ()), answer)
    return found


def _row(call: Call, mail: OutgoingMessage, answered: tuple[Answer, ...] = ()) -> Row:
    regime, say = call.office.regime, call.say
    units = {unit.id: unit.name for unit in regime.units}
    awaits = mail.state is OutboxState.HELD and mail.server_reply == AWAITING_APPROVAL
    state = "web.mail_state_awaiting" if awaits else f"cli.outbox_{mail.state.value}"
    why = "" if awaits else mail_reason(mail.server_reply, say)
    name = units.get(mail.unit, mail.unit) or say("web.mail_to_us")
    return Row(mail, name, LOOKS[mail.state], say(state), mail_name(mail.kind, mail.step, say), why, answered)


def _mail(call: Call, fault: str = "") -> MailView:
    office, say = call.office, call.say
    file = mail_file(office, _asked(call))
    mail = file.mail
    went = mail.state in {*PARTS["gui"], *PARTS["loi"]}
    answered = _answers(office, mail.unit).get(mail.id, ()) if went and mail.unit else ()
    waits = mail.state in {OutboxState.HELD, OutboxState.QUEUED}
    is_uncertain = mail.state is OutboxState.UNCERTAIN
    return MailView(
        row=_row(call, mail, answered),
        head=_head(office, mail),
        file=file,
        attempts=tuple(
            (each.at, LOOKS[each.state], say(f"cli.outbox_{each.state.value}"), mail_reason(each.reply, say))
            for each in file.deliveries
        ),
        events=tuple(
            (
                event.at,
                event.actor,
                reason(f"event_{event.event}", say),
                mail_reason(str(event.detail.get("reply", "")), say),
            )
            for event in file.events
        ),
        can_edit=waits,
        can_approve=mail.state is OutboxState.HELD or is_uncertain,
        can_hold=mail.state is OutboxState.QUEUED,
        can_cancel=waits or is_uncertain,
        is_uncertain=is_uncertain,
        waits_for_hours=mail.state is OutboxState.QUEUED
        and not is_within_hours(office.regime, mail, office.clock()),
        fault=fault,
        subject=call.form.get("tieu_de", mail.subject),
        text=call.form.get("noi_dung", mail.text),
    )


#: The fields of the head a person wants to see.
_HEAD = {
    "From": "from",
    "To": "to",
    "Cc": "cc",
    "Reply-To": "reply_to",
    "Subject": "subject",
}


def _head(office: Office, mail: OutgoingMessage) -> tuple[tuple[str, str], ...]:
    """The head as it goes onto the wire, read back from the octets; empty when they cannot be made."""
    smtp = office.settings.smtp
    try:
        octets = build_mime(
            replace(mail, files=()),
            office.regime.department,
            zone=office.regime.timezone,
            sender=smtp.sender if smtp else "",
            sender_name=smtp.sender_name if smtp else "",
        )
    except UnsafeMailError:
        return ()
    read = BytesParser(policy=mail_policy.default).parsebytes(octets, headersonly=True)
    return tuple((word, str(read[name])) for name, word in _HEAD.items() if read[name])


def _refused(call: Call, fault: str) -> Response:
    return call.page("outbox_mail.html", _mail(call, fault), HTTPStatus.UNPROCESSABLE_ENTITY)


def _asked(call: Call) -> int:
    return _number(call.places["mail"])


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 12:  # noqa: PLR2004 - fits a database's integer
        raise UnknownNameError("outgoing.unknown_mail", id=text[:40])
    return int(text)


def _seen(chosen: str) -> tuple[int, str]:
    """A mail that was chosen, and the seal of its words as they stood on the page."""
    number, _, words = chosen.partition(":")
    return _number(number), words


def _cursor(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None  # noqa: PLR2004 - as above
