"""From a message that was read to everything that is written about it. Pure but for what it is handed.

The order of the questions: is it mail a machine wrote; may its sender be believed; whose report is it,
which, for which period; what does it say; what does it do for an obligation already answered; and what
did a person decide about it. A person outranks all the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from weakref import proxy

from config.reports import Grade
from config.spelling import plain_key
from intake.documents import ReadFile
from intake.evidence.exhibits import ReadExhibit, exhibits_of
from intake.evidence.recognition import Match, Recognition, recognise
from intake.evidence.statements import ANSWERING, Envelope, Exhibit
from intake.evidence.which_period import periods_spoken_of
from intake.judging.claims import Claim, Decided
from intake.judging.context import Archived, Context
from intake.judging.handed_in import FILE_REASONS, HandedIn, HandingIn, opened_in_part, reason_of
from intake.judging.owed import Owed
from intake.judging.questions import Questions
from intake.judging.settlement import Announced, announced
from intake.judging.unreported import UnreportedMail, files_of, is_withdrawing
from intake.mail.bodies import signature_of
from intake.mail.bounces import dead_recipients
from intake.mail.messages import ReadMessage
from intake.mail.screening import is_of_mail_system, screen, unanswerable
from intake.mail.sender import SenderResult, look_alike, sender_verdict
from ledger.records import (
    ADDRESS_DEAD,
    CAME_SINCE,
    MAIL_SYSTEM,
    AttachmentRecord,
    Finding,
    MessageClass,
    MessageOutcome,
    MessageState,
    ObligationKey,
    Role,
    SubmissionIntent,
)

#: An answer is evidence so long after our mail; older threads are taken up for other things.
ANSWERED_WITHIN = timedelta(days=45)
#: Notes of the mailbox after which only part of the message is there, or its arrival is not known.
_INCOMPLETE = ("too_large", "possibly_incomplete")
_TIMELESS = ("arrival_unknown", "arrival_from_file")
#: Reasons that rest on what a unit had handed in by then.
RESTING_ON_WHAT_CAME = frozenset(
    {
        "no_file", "nil_report", "claims_sent", "thanks", "unnamed_file", "period_unnamed", "empty_mail",
        "promised",
    }
)  # fmt: skip
#: What a mail without a file is asked about until the report has come; then its question answers itself.
#: A file that came, be it an empty form, is looked at by a person.
ANSWERED_BY_WHAT_COMES = frozenset({"no_file", "empty_mail", "claims_sent"})
#: Doubts of what a unit sent that another unit may have written.
_ANOTHER_UNITS = frozenset({"sender_contradicts", "unit_conflict"})
#: Doubts about whose report it is.
_UNIT_DOUBTS = frozenset(
    {
        "sender_contradicts", "unit_conflict", "foreign_area", "letterhead_unknown", "letterhead_of_part",
        "former_unit", "unit_unknown",
    }
)  # fmt: skip
#: By `plain_key`, in the title of a letter.
_ASKING_LETTER = re.compile(
    r"\b(?:xin lui|lui thoi han|gia han|xin hoan|xin cham|nop cham|de nghi huong dan|xin huong dan"
    r"|xin y kien (?:ve |viec )*(?:bao cao|so lieu|bieu))\b"
)
_ROLE_REASONS = {
    Role.FIRST: "booked",
    Role.PART: "part",
    Role.REPLACEMENT: "replacement",
    Role.SUPPLEMENT: "supplement",
    Role.DUPLICATE: "duplicate",
}


def judge(archived: Archived, message: ReadMessage, context: Context) -> MessageOutcome:
    """Everything that is to be written about one message."""
    judge_ = _Judge(archived, message, context)
    return judge_.outcome()


class _Judge:
    """One message being judged; every question is a small method."""

    def __init__(self, archived: Archived, message: ReadMessage, context: Context) -> None:
        self._archived = archived
        self._message = message
        self._context = context
        self._regime = context.regime
        self._verdict = sender_verdict(message.headers, self._regime.trusted_authserv_id)
        self._reports = self._regime.reports
        self._owed = Owed(context, archived.arrival)
        self._questions = Questions(archived.archive_id, message.headers.subject, self._regime)
        # Not by a reference of its own: in a ring, all that was read would wait for the garbage collector.
        this = proxy(self)
        self._decided = Decided(
            context.decisions,
            matches=lambda: this._recognition.matches,  # noqa: SLF001 - itself
            exhibits=lambda: tuple(read.exhibit.number for read in this._exhibits),  # noqa: SLF001 - itself
            id_of=self._questions.id_of,
        )

    def outcome(self) -> MessageOutcome:
        put_aside = self._decided.put_aside()
        if put_aside is not None:
            wanted = MessageClass(put_aside.choice.get("class", MessageClass.OTHER))
            return self._written(wanted, MessageState.SET_ASIDE, ("decided",))
        unsafe = None if self._decided.is_released() else self._unsafe()
        if unsafe is not None:
            return unsafe
        claims = self._decided.claims()
        return self._report(claims) if claims else self._no_report()

    def _unsafe(self) -> MessageOutcome | None:
        """The outcome of mail that is no report by its head, or whose head may lie; None: read on."""
        if self._archived.fetch_doubt in _INCOMPLETE:
            return self._asked(MessageClass.UNREADABLE, "fetched_in_part")
        screened = screen(self._message, self._regime.department.mailbox)
        forged = self._forgery()
        if screened is not None and not (forged and screened.rule == "own_mail"):
            return self._written(
                screened.message_class,
                MessageState.SET_ASIDE,
                (screened.rule,),
                findings=self._dead_addresses(screened.message_class),
            )
        return self._suspect(forged) if forged else None

    # -- the sender ---------------------------------------------------------------------------------

    def _forgery(self) -> tuple[str, ...]:
        """Why the sender may not be who the mail says."""
        defects = set(self._message.headers.sender.defects)
        reasons = []
        if self._verdict.result is SenderResult.FAIL:
            reasons.append("sender_fail")
        if "name_is_address" in defects:
            reasons.append("display_name_mismatch")
        if defects & {"several_from", "several_addresses", "malformed"}:
            reasons.append("from_unclear")
        address = self._message.headers.sender.address
        if not self._sender_units() and look_alike(address, self._context.addresses):
            reasons.append("look_alike")
        return tuple(reasons)

    def _dead_addresses(self, message_class: MessageClass) -> tuple[Finding, ...]:
        """What a returned mail says of the units' addresses, so that nobody writes there again."""
        if message_class is not MessageClass.BOUNCE:
            return ()
        dead = dead_recipients(self._message, self._context.addresses)
        return tuple(Finding(ADDRESS_DEAD, Grade.WARNING, None, {"address": one}) for one in dead)

    def _sender_units(self) -> tuple[str, ...]:
        return self._context.senders.get(self._message.headers.sender.address, ())

    def _sender_trusted(self) -> bool:
        result = self._verdict.result
        if result is SenderResult.NONE:
            return self._regime.accept_unauthenticated
        unchecked = "not_configured" in self._verdict.reasons
        return result is SenderResult.PASS or (result is SenderResult.UNKNOWN and unchecked)

    # -- what it is ---------------------------------------------------------------------------------

    @cached_property
    def _exhibits(self) -> tuple[ReadExhibit, ...]:
        return exhibits_of(self._message, self._reports)

    @cached_property
    def _recognition(self) -> Recognition:
        if not self._exhibits:  # as in most mail
            return Recognition(())
        return recognise(
            self._envelope(),
            [read.exhibit for read in self._exhibits],
            self._reports,
            self._context.units,
            self._context.periods,
        )

    def _envelope(self) -> Envelope:
        headers, forwarded = self._message.headers, self._message.forwarded
        addresses = tuple(head.sender_address for head in forwarded if head.sender_address)
        owners = tuple(
            unit.id
            for unit in (self._regime.units if addresses else ())
            if any(known.address in addresses for known in unit.addresses)
        )
        return Envelope(
            arrival=self._archived.arrival,
            subject=" ".join((headers.subject, *(head.subject for head in forwarded if head.inline))),
            body=self._message.own_text,
            sender_units=self._sender_units(),
            sender_address=headers.sender.address,
            sender_name=headers.sender.name,
            sender_trusted=self._sender_trusted(),
            signed=signature_of(self._message.text),
            file_names=tuple(file.name for file in self._message.files),
            forwarded_addresses=addresses,
            forwarded_units=owners,
            formerly=self._formerly(),
            answered=self._answered_keys(),
            owing=tuple(key for unit in self._sender_units() for key in self._owed.owing(unit)),
        )

    def _formerly(self) -> tuple[str, ...]:
        """The names of the units, gone by now, whose address the sender's was or whose successor it is."""
        address = self._message.headers.sender.address
        day = self._archived.arrival.astimezone(self._regime.timezone).date()
        return tuple(
            unit.name
            for unit in self._regime.units
            if unit.ended_before(day)
            and (
                any(known.address == address for known in unit.addresses)
                or not set(unit.successors).isdisjoint(self._sender_units())
            )
        )

    @cached_property
    def _thread(self) -> tuple[str, ...]:
        headers = self._message.headers
        return tuple(filter(None, (headers.in_reply_to, *headers.references, *self._message.returned)))

    def _answered_keys(self) -> tuple[ObligationKey, ...]:
        """What our mail spoke of that this one answers, when the unit it went to answers from its address."""
        mail = self._context.answered(self._thread)
        if mail is None or not self._sender_trusted() or mail.unit not in self._sender_units():
            return ()
        fresh = mail.queued_at <= self._archived.arrival <= mail.queued_at + ANSWERED_WITHIN
        return tuple(key for key in mail.keys if key.unit == mail.unit) if fresh else ()

    def _suspect(self, forged: tuple[str, ...]) -> MessageOutcome:
        """Nothing of a mail that may be forged is booked; what it pretends to be is shown."""
        known = self._sender_units() or "display_name_mismatch" in forged or "look_alike" in forged
        matches = self._recognition.matches
        if not known and not matches:
            # Nobody's address was used and no report is claimed: ordinary junk.
            return self._written(MessageClass.SPAM, MessageState.SET_ASIDE, ("spam", *forged))
        match = next(iter(matches), None)
        item = self._questions.about(forged[0], match)
        evidence = match.evidence if match else ()
        return self._written(
            MessageClass.SPOOF, MessageState.REVIEW, forged, review=(item,), evidence=evidence
        )

    # -- no report ----------------------------------------------------------------------------------

    def _no_report(self) -> MessageOutcome:
        told = self._told_by_files()
        if told is not None:
            return told
        mail = UnreportedMail(
            self._message,
            self._sender_units(),
            self._owed,
            self._reports,
            self._context.units,
            is_answer=self._is_answer(),
        )
        if mail.shares_link():
            return self._asked(MessageClass.LINK_ONLY, "link_only", self._behind_link())
        unopened = [file for file in files_of(self._message) if file.state in FILE_REASONS]
        if unopened:
            return self._asked(MessageClass.UNREADABLE, reason_of(unopened[0]))
        return self._told_in_words(mail) or self._nothing_to_do(mail)

    def _told_by_files(self) -> MessageOutcome | None:
        """What files say that are no reports of ours, None when there are none such."""
        if self._recognition.other_reports:
            return self._written(MessageClass.OTHER_REPORT, MessageState.SET_ASIDE, ("other_report",))
        if self._recognition.blank_forms:
            return self._written(MessageClass.OTHER, MessageState.SET_ASIDE, ("blank_form",))
        if self._recognition.other_letters and self._asks_by_letter():
            return self._asked(MessageClass.QUESTION, "question")
        if self._recognition.other_letters:
            return self._written(MessageClass.OTHER, MessageState.SET_ASIDE, ("other_letter",))
        return None

    def _asks_by_letter(self) -> bool:
        """Whether a letter of a unit asks for more time or for guidance: "V/v xin lùi thời hạn …"."""
        letters = self._recognition.other_letters
        titles = [read.exhibit.title for read in self._exhibits if read.exhibit.number in letters]
        return bool(self._sender_units()) and any(_ASKING_LETTER.search(plain_key(one)) for one in titles)

    def _told_in_words(self, mail: UnreportedMail) -> MessageOutcome | None:
        """What a mail without a report says that a person must answer, None when it says nothing such."""
        told = (
            (mail.withdraws, MessageClass.QUESTION, "withdraws", True),
            (mail.claims_sent, MessageClass.QUESTION, "claims_sent", True),
            (mail.asks, MessageClass.QUESTION, "question", False),
            (mail.reports_nothing, MessageClass.REPORT, "nil_report", True),
            (mail.forgot_the_file, MessageClass.UNREADABLE, "no_file", True),
            (mail.is_empty, MessageClass.UNREADABLE, "empty_mail", True),
        )
        for says, message_class, reason, of_a_report in told:
            if says():
                match = self._behind_link() if of_a_report else None
                answered = reason in ANSWERED_BY_WHAT_COMES and self._came_since(match)
                return self._answered(reason) if answered else self._asked(message_class, reason, match)
        if mail.promises():
            return self._written(MessageClass.OTHER, MessageState.SET_ASIDE, ("promised",))
        return None

    def _came_since(self, match: Match | None) -> bool:
        return self._owed.came_since(match, self._sender_units())

    def _answered(self, *asked: str) -> MessageOutcome:
        """A mail that brought nothing, and whose report has come since."""
        return self._written(MessageClass.OTHER, MessageState.SET_ASIDE, (CAME_SINCE, *asked))

    def _nothing_to_do(self, mail: UnreportedMail) -> MessageOutcome:
        if mail.is_stray():
            return self._written(MessageClass.SPAM, MessageState.SET_ASIDE, ("spam",))
        reason = "thanks" if self._sender_units() else "superior"
        return self._written(MessageClass.OTHER, MessageState.SET_ASIDE, (reason,))

    def _asked(self, message_class: MessageClass, reason: str, match: Match | None = None) -> MessageOutcome:
        item = self._questions.about(reason, match)
        if reason == "claims_sent":  # nothing has come: what it is about is still missing
            item = replace(item, key=None, proposal=item.proposal | {"period": ""} if match else {})
        evidence = match.evidence if match else ()
        return self._written(message_class, MessageState.REVIEW, (reason,), review=(item,), evidence=evidence)

    def _behind_link(self) -> Match | None:
        """What the mail says the file behind its link is, so that the question names the obligation."""
        unseen = Exhibit(number=0, file="", readable=False)
        found = recognise(
            self._envelope(), [unseen], self._reports, self._context.units, self._context.periods
        )
        return next(iter(found.matches), None)

    def _is_answer(self) -> bool:
        """Whether the subject may be another's words."""
        return bool(self._thread) or ANSWERING.match(self._message.headers.subject) is not None

    # -- reports ------------------------------------------------------------------------------------

    def _report(self, claims: Sequence[Claim]) -> MessageOutcome:
        by_number = {read.exhibit.number: read for read in self._exhibits}
        told = self._announced(self._exhibits)
        handing = HandingIn(self._context, self._owed, self._questions)
        of_mail = [*self._doubts_of_the_mail(), *self._lacking_a_period(claims)]
        of_mail += [] if told else self._withdrawing(claims)
        handed = [
            handing.handed(claim, [by_number[number] for number in claim.match.exhibits], told, of_mail)
            for claim in claims
        ]
        submissions = tuple(s for one in handed if (s := one.intent) is not None)
        submissions += self._perhaps_the_senders(handed)
        review = tuple(item for one in handed for item in one.review)
        doubts = tuple(dict.fromkeys(doubt for one in handed for doubt in one.doubts))
        held = any(one.doubts for one in handed)
        return self._written(
            self._class_of(handed),
            MessageState.REVIEW if held else MessageState.BOOKED,
            doubts or tuple(dict.fromkeys(_ROLE_REASONS[s.role] for s in submissions)),
            submissions=submissions,
            review=review,
            evidence=tuple(item for claim in claims for item in claim.match.evidence),
        )

    def _announced(self, exhibits: Sequence[ReadExhibit]) -> Announced:
        return announced(
            self._message.headers.subject,
            self._message.own_text,
            [file.name for file in files_of(self._message)],
            [read.exhibit.title for read in exhibits],
        )

    def _perhaps_the_senders(self, handed: Sequence[HandedIn]) -> tuple[SubmissionIntent, ...]:
        """What a unit sent under another unit's name may be its own: it is not missing until asked."""
        senders = self._sender_units()
        named = [one.intent.key for one in handed if one.intent and _ANOTHER_UNITS & set(one.doubts)]
        keys = dict.fromkeys(replace(key, unit=unit) for key in named for unit in senders)
        taken = {one.intent.key for one in handed if one.intent}
        own = [key for key in keys if key not in taken and self._context.owes(key)]
        return tuple(SubmissionIntent(key, Role.FIRST, accepted=False) for key in own if len(senders) == 1)

    def _withdrawing(self, claims: Sequence[Claim]) -> list[str]:
        """The doubt about a mail that takes back what came before, and does not say that it replaces it."""
        keys = [ObligationKey(c.match.unit, c.match.report, c.match.period) for c in claims]
        came = any(self._context.earlier(key) for key in keys)
        taken_back = came and is_withdrawing(self._message.headers.subject, self._message.own_text)
        return ["withdraws"] if taken_back else []

    def _lacking_a_period(self, claims: Sequence[Claim]) -> list[str]:
        """The doubt about a mail that names several periods of a report and brings not all that are owed."""
        subject, arrival = self._message.headers.subject, self._archived.arrival
        brought = {(c.match.unit, c.match.report, c.match.period) for c in claims}
        lacking = any(
            (unit, report, period) not in brought
            and self._owed.still_owes(ObligationKey(unit, report, period))
            for unit, report, _ in brought
            for period in periods_spoken_of(subject, self._context.periods.get(report, ()), arrival)
        )
        return ["period_lacking"] if lacking else []

    @staticmethod
    def _class_of(handed: Sequence[HandedIn]) -> MessageClass:
        # A mail in doubt about whose report it brings corrects nobody's yet.
        roles = {s.role for one in handed if (s := one.intent) and not _UNIT_DOUBTS & set(one.doubts)}
        if any(one.unopened for one in handed) and all(one.unopened for one in handed):
            return MessageClass.UNREADABLE
        if roles == {Role.DUPLICATE}:
            return MessageClass.DUPLICATE
        if roles and roles <= {Role.PART}:
            return MessageClass.PART_OF_REPORT
        if roles & {Role.REPLACEMENT, Role.SUPPLEMENT}:
            return MessageClass.CORRECTION
        return MessageClass.REPORT

    def _doubts_of_the_mail(self) -> list[str]:
        """What holds everything in this mail that no person has released."""
        doubts = list(self._forgery())
        if not self._sender_trusted():
            doubts.append("sender_unverified")
        if self._archived.fetch_doubt in _INCOMPLETE:
            doubts.append("fetched_in_part")
        if self._archived.fetch_doubt in _TIMELESS:
            doubts.append("arrival_uncertain")
        return [*doubts, *opened_in_part(files_of(self._message))]

    # -- writing ------------------------------------------------------------------------------------

    def _answerable(self) -> dict[str, str]:
        """Why no receipt goes to this sender, and whether a mail system writes; nothing of people."""
        headers = self._message.headers
        reason = unanswerable(headers, self._regime.department.mailbox)
        system = {MAIL_SYSTEM: "yes"} if is_of_mail_system(headers) else {}
        return ({"no_answer": reason} if reason else {}) | system

    def _written(
        self,
        message_class: MessageClass,
        state: MessageState,
        reasons: tuple[str, ...],
        **more: object,
    ) -> MessageOutcome:
        headers = self._message.headers
        reasons = (*reasons, *(("junk_folder",) if self._archived.junk else ()))
        return MessageOutcome(
            archive_id=self._archived.archive_id,
            message_id=headers.message_id,
            from_address=headers.sender.address,
            from_name=headers.sender.name,
            subject=headers.subject,
            arrival=self._archived.arrival,
            date_claimed=headers.date,
            size=self._archived.size,
            message_class=message_class,
            state=state,
            reasons=reasons,
            verdict=self._verdict.as_record() | self._answerable(),
            attachments=tuple(map(_attachment, self._message.files)),
            thread=self._thread,
            **more,  # type: ignore[arg-type]
        )


def _attachment(file: ReadFile) -> AttachmentRecord:
    return AttachmentRecord(
        file.name, file.path, file.kind.value, file.size, file.sha256, file.state.value, file.detail
    )
