"""What came back in answer to our own mail: returned mail, automatic replies, claims, questions, reports.

An answer lands on the obligations of the mail it answers when it names that mail's signed Message-ID and
comes from the unit that was written to. A mail system's bounce need only name the signed Message-ID: that
is what nobody can make up. What any other bounce says of an address is believed only when it follows
closely on a mail of ours to that address and our provider has proved that its own mail system, or that of
the address, wrote it. The rest is shown and marks nothing: a forged one could silence a unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from config.regime import Regime
from consolidate.reminders import dead_addresses
from desk.office import Office
from ledger.our_mail import OurMail
from ledger.records import (
    ADDRESS_DEAD,
    MAIL_SYSTEM,
    Delivery,
    MessageClass,
    MessageOutcome,
    MessageState,
    ObligationKey,
    OutboxState,
    OutgoingMessage,
)
from ledger.references import reference_key
from ledger.taught import effective_regime

RETURNED = "returned_by_server"
#: Servers try for up to five days before they give a mail back (RFC 5321, 4.5.4.1).
GIVEN_BACK_WITHIN = timedelta(days=5)
#: Google's own mail system writes under its second name.
_OTHER_NAMES = {"googlemail.com": "gmail.com"}
_WENT = (OutboxState.SENT, OutboxState.UNCERTAIN, OutboxState.DRAFTED)


class AnswerKind(StrEnum):
    """What an answer is."""

    REPORT = "report"  #: something was booked from it
    CLAIMS_SENT = "claims_sent"  #: "đã gửi hôm qua": shown beside what the ledger says
    QUESTION = "question"
    AUTO_REPLY = "auto_reply"  #: out of office
    BOUNCE = "bounce"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Answer:
    """One message that answers one of our mails."""

    archive_id: str
    arrival: datetime
    sender: str
    subject: str
    kind: AnswerKind
    mail: OutgoingMessage  #: what it answers
    keys: tuple[ObligationKey, ...]  #: the obligations that mail speaks of
    waits: bool  #: a person has still to look at it


@dataclass(frozen=True, slots=True)
class Returned:
    """What one bounce says of one registered address."""

    archive_id: str
    arrival: datetime
    address: str
    proven: bool  #: it can be believed; otherwise it is shown and marks nothing


def answers(office: Office, unit: str | None = None) -> tuple[Answer, ...]:
    """Every answer to our mail, of one unit or of all, by arrival."""
    ledger = office.ledger
    with ledger.snapshot():
        regime = effective_regime(office.regime, ledger.decisions())
        mails = ledger.outbox()
        outcomes = ledger.messages(answering=True)
    return answers_in(regime, outcomes, mails, reference_key(office.settings.home), unit)


def answers_in(
    regime: Regime,
    outcomes: Iterable[MessageOutcome],
    mails: Sequence[OutgoingMessage],
    key: bytes,
    unit: str | None = None,
) -> tuple[Answer, ...]:
    """The answers among these messages. Pure."""
    ours = OurMail((mail for mail in mails if mail.unit and unit in (None, mail.unit)), key)
    found = ((outcome, ours.answered(outcome.thread)) for outcome in outcomes)
    return tuple(
        _answer(outcome, mail)
        for outcome, mail in found
        if mail is not None and (_is_bounce(outcome) or _is_from(regime, mail.unit, outcome))
    )


def note_returned(office: Office) -> tuple[OutgoingMessage, ...]:
    """Bring bounces to the mails they return; the mails that now stand as bounced.

    Only lasting ones (5.x.x), and only when none of those a mail is addressed to is left: what came back from
    a copy alone, or from one address of two, has reached its unit.
    """
    went = office.ledger.outbox(_WENT)
    if not went:
        return ()
    ours = OurMail(went, reference_key(office.settings.home))
    returned: dict[int, dict[str, MessageOutcome]] = defaultdict(dict)
    for outcome in office.ledger.messages(message_class=MessageClass.BOUNCE, answering=True):
        for address in _said_dead(outcome):
            mail = ours.returned(outcome.thread, address)
            if mail is not None:
                returned[mail.id][address.lower()] = outcome
    return tuple(
        office.ledger.mark(_bounced(mail, returned[mail.id]))
        for mail in went
        if mail.id in returned
        and {each.lower() for each in mail.to} <= returned[mail.id].keys() | dead_addresses([mail])
    )


def _bounced(mail: OutgoingMessage, by: Mapping[str, MessageOutcome]) -> Delivery:
    """That a mail came back, at the moment its last bounce arrived."""
    arrival = max(outcome.arrival for outcome in by.values())
    return Delivery(mail.id, arrival, OutboxState.BOUNCED, f"{RETURNED}: {', '.join(by)}")


def returned_addresses(office: Office, among: Collection[str] | None = None) -> tuple[Returned, ...]:
    """What bounces say of the units' addresses, or of those named, by arrival; and what can be believed.

    Read from outcomes and outbox at every use, so that a rebuilt ledger says the same.
    """
    ledger, mailbox = office.ledger, office.regime.department.mailbox
    with ledger.snapshot():
        bounces = ledger.messages(message_class=MessageClass.BOUNCE)
        said = [(outcome, address) for outcome in bounces for address in _said_dead(outcome)]
        named = [each for each in said if among is None or each[1] in among]
        ours = OurMail(ledger.outbox() if named else (), reference_key(office.settings.home))
    return tuple(
        Returned(outcome.archive_id, outcome.arrival, address, _is_proven(outcome, address, ours, mailbox))
        for outcome, address in named
    )


def _is_proven(outcome: MessageOutcome, address: str, ours: OurMail, mailbox: str) -> bool:
    """It returns a signed mail that went to the address, or a proved mail system says so just after one."""
    if ours.returned(outcome.thread, address) is not None:
        return True
    speaks = _is_from_their_system(outcome, address, mailbox)
    return speaks and ours.wrote_to(address, outcome.arrival, GIVEN_BACK_WITHIN)


def _is_from_their_system(outcome: MessageOutcome, address: str, mailbox: str) -> bool:
    """Whether the mail system of our own provider or of the address wrote it, proved by the provider."""
    verdict = outcome.verdict
    proved = verdict.get("verdict") == "pass" and MAIL_SYSTEM in verdict
    houses = (_domain(address), _domain(mailbox), verdict.get("authserv", "").lower())
    return proved and any(_is_one_house(_domain(outcome.from_address), each) for each in houses)


def _domain(address: str) -> str:
    domain = address.rpartition("@")[2].lower()
    return _OTHER_NAMES.get(domain, domain)


def _is_one_house(one: str, other: str) -> bool:
    """Whether two hosts or domains are the same, or one lies within the other."""
    return one == other or f".{one}".endswith(f".{other}") or f".{other}".endswith(f".{one}")


def _said_dead(outcome: MessageOutcome) -> tuple[str, ...]:
    return tuple(each.parameters["address"] for each in outcome.findings if each.code == ADDRESS_DEAD)


def _is_from(regime: Regime, unit_id: str, outcome: MessageOutcome) -> bool:
    """Whether a unit's own address wrote it, and nobody found it forged."""
    unit = next((each for each in regime.units if each.id == unit_id), None)
    day = outcome.arrival.astimezone(regime.timezone).date()
    known = unit is not None and any(
        each.address == outcome.from_address.lower() for each in unit.addresses_on(day)
    )
    return known and outcome.message_class is not MessageClass.SPOOF


def _is_bounce(outcome: MessageOutcome) -> bool:
    return outcome.message_class is MessageClass.BOUNCE


def _answer(outcome: MessageOutcome, mail: OutgoingMessage) -> Answer:
    return Answer(
        outcome.archive_id,
        outcome.arrival,
        outcome.from_address,
        outcome.subject,
        _kind(outcome),
        mail,
        mail.keys,
        outcome.state in {MessageState.REVIEW, MessageState.FAILED},
    )


def _kind(outcome: MessageOutcome) -> AnswerKind:
    if outcome.submissions:
        return AnswerKind.REPORT
    if "claims_sent" in outcome.reasons:
        return AnswerKind.CLAIMS_SENT
    same = {
        MessageClass.QUESTION: AnswerKind.QUESTION,
        MessageClass.AUTO_REPLY: AnswerKind.AUTO_REPLY,
        MessageClass.BOUNCE: AnswerKind.BOUNCE,
    }
    return same.get(outcome.message_class, AnswerKind.OTHER)
