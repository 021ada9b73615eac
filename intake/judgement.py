"""From a message that was read to everything that is written about it. Pure but for what it is handed.

The order of the questions: is it mail a machine wrote; may its sender be believed; whose report is it,
which, for which period; what does it say; what does it do for an obligation already answered; and what
did a person decide about it. A person outranks all the rest.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, partial

from config.regime import Regime
from config.reports import Grade, Period, ReportDefinition
from config.spelling import accented_key, plain_key
from intake.documents import ReadFile, ReadState
from intake.evidence.cut_offs import is_too_early
from intake.evidence.exhibits import Figures, ReadExhibit, exhibits_of, figures_of
from intake.evidence.handing_in import hands_in
from intake.evidence.recognition import (
    ANSWERING,
    FORM_ROWS,
    LATE_WINDOW,
    Envelope,
    Exhibit,
    Match,
    Recognition,
    period_collected,
    recognise,
)
from intake.evidence.replaced import replaced_in
from intake.evidence.subjects import reports_named
from intake.evidence.unit_names import UnitIndex
from intake.figures.cell_figures import PROPOSED_SUMS
from intake.figures.checks import check_values
from intake.figures.place_tables import is_place
from intake.figures.reading import combine
from intake.figures.taught import TaughtNames
from intake.mail.bounces import dead_recipients
from intake.mail.messages import ReadMessage
from intake.mail.screening import is_of_mail_system, screen, unanswerable
from intake.mail.sender import SenderResult, look_alike, sender_verdict
from intake.settlement import Announced, Handed, announced, fingerprint, is_telling, role_of
from ledger.records import (
    ADDRESS_DEAD,
    MAIL_SYSTEM,
    AttachmentRecord,
    Certainty,
    Decision,
    Finding,
    MessageClass,
    MessageOutcome,
    MessageState,
    Method,
    ObligationKey,
    OutgoingMessage,
    ReviewItem,
    Role,
    SectionText,
    Submission,
    SubmissionIntent,
    Value,
)


@dataclass(frozen=True, slots=True)
class Archived:
    """What the archive knows of a message before anyone reads it."""

    archive_id: str
    arrival: datetime
    size: int
    junk: bool = False
    fetch_doubt: str = ""  #: code of what was wrong with the fetch: too_large, arrival_unknown...


@dataclass(frozen=True, slots=True)
class Context:
    """What is known when a message is judged."""

    regime: Regime
    units: UnitIndex
    periods: dict[str, tuple[Period, ...]]  #: per report those opened when the mail arrived, oldest first
    owes: Callable[[ObligationKey], bool]
    earlier: Callable[[ObligationKey], Sequence[Submission]]  #: that arrived before this message
    addresses: frozenset[str]  #: of all units, whenever they spoke for them
    senders: Mapping[str, tuple[str, ...]]  #: the units each address speaks for on the day of arrival
    twins: Callable[[str], Sequence[Submission]]  #: submissions of other messages with this fingerprint
    decisions: tuple[Decision, ...] = ()  #: about this message, oldest first
    answered: Callable[[Sequence[str]], OutgoingMessage | None] = lambda _thread: None
    """Our own signed mail that a thread of Message-IDs names first."""


#: An answer is evidence so long after our mail; older threads are taken up for other things.
ANSWERED_WITHIN = timedelta(days=45)
#: Notes of the mailbox after which only part of the message is there, or its arrival is not known.
_INCOMPLETE = ("too_large", "possibly_incomplete")
_TIMELESS = ("arrival_unknown", "arrival_from_file")
_FILE_REASONS = {
    ReadState.NOT_YET: "not_yet_format",
    ReadState.DAMAGED: "file_damaged",
    ReadState.ENCRYPTED: "file_encrypted",
    ReadState.EMPTY: "file_empty",
    ReadState.TOO_LARGE: "file_too_large",
    ReadState.TOO_DEEP: "file_too_large",
    ReadState.BOMB: "file_bomb",
    ReadState.REFUSED: "file_refused",
    ReadState.OVERRAN: "file_overran",
    ReadState.CRASHED: "file_overran",
}
_UNOPENED = (ReadState.DAMAGED, ReadState.ENCRYPTED, ReadState.BOMB, ReadState.EMPTY, ReadState.TOO_LARGE)
_SHARES = (
    "drive.google.com",
    "docs.google.com",
    "1drv.ms",
    "onedrive.live.com",
    "sharepoint.com",
    "dropbox.com",
    "mediafire.com",
    "fshare.vn",
    "icloud.com",
    "we.tl",
    "wetransfer.com",
    "mega.nz",
)
_ASKING = re.compile(
    r"\b(?:xin (?:mau|bieu|file|hoi|y kien|huong dan|lui|gia han|hoan|phep|so dien thoai|dia chi)"
    r"|(?:cho|em|xin|can|muon) hoi|hoi (?:ve|dia chi|thoi han|han|mau|so lieu|cach)"
    r"|(?:duoc|phai|dung|can|co) khong|the nao|bao gio|khi nao|o dau|bao nhieu"
    r"|(?:co|can) (?:phai|duoc|can) .{1,80} khong|de nghi .{0,60}(?:cho biet|huong dan|tra loi|giai dap)"
    r"|huong dan giup|lui thoi han|gia han)\b"
)
#: "Xã đã gửi báo cáo hôm qua", "đã nộp từ tuần trước", "gửi rồi": after normalisation.
_SENT_BEFORE = re.compile(
    r"(?<!chua )\b(?:da|vua|moi) (?:duoc )?(?:gui|nop|chuyen|bao cao)\b(?! (?:chua|khong)\b)(?!.{0,40}\?)"
    r"|(?<!\bchi )(?<!\banh )(?<!\bphong )\b(?:gui|nop) (?:\w+ ){0,3}roi\b"
)
_NOTHING_TO_REPORT = re.compile(r"\b(?:khong|chua) (?:co )?(?:phat sinh|xay ra|phat hien|ghi nhan)\b")
#: The same of the whole report, not of one figure ("không phát sinh vụ bạo lực nào" is one).
_NIL = re.compile(
    r"\b(?:khong|chua) (?:co )?(?:noi dung |so lieu )?phat sinh"
    r"(?= *$| (?:noi dung|so lieu|gi|bao cao|a|trong ky|ky nay|tran trong|kinh|em cam on|xin cam on)\b)"
)
_MOST_NIL_WORDS = 80  #: more than a line or two is a report in the mail itself
_IS_A_REPORT = re.compile(
    r"(?!(?:re|fw|fwd|tr) )(?!.*\b(?:de nghi|nhac|yeu cau|huong dan|mau|ve viec|hop|moi|tap huan|lich"
    r"|cong van|thong bao|xac nhan|da nhan|cam on)\b).*\b(?:bao cao|bc)\b"
)
#: A stranger who sells speaks of reports too: "khóa học lập báo cáo, giảm giá". With its marks.
_SELLING = re.compile(
    r"\b(?:giảm giá|khuyến m[ãạ]i|báo giá|chiết khấu|khóa học|mua \w+ tặng \w+|đăng ký ngay|hotline)\b"
)
#: What a telephone writes below every mail.
_SENT_FROM = re.compile(
    r"^\W*(?:(?:được )?gửi từ|sent from|nhận outlook|get outlook|yahoo mail)\b.{0,60}$",
    re.IGNORECASE | re.MULTILINE,
)
_HANDING_SUBJECT = re.compile(r"\b(?:bao cao|bc|gui|nop|bieu|so lieu|file|tep|van ban)\b")
#: Reasons that rest on what a unit had handed in by then.
RESTING_ON_WHAT_CAME = frozenset(
    {"no_file", "nil_report", "claims_sent", "thanks", "unnamed_file", "period_unnamed", "empty_mail"}
)
#: Doubts of a content that has come before.
_NOT_OF_A_DUPLICATE = ("twin_figures", "empty_form", "nothing_of_report")
#: Evidence of a period that no word names.
_TIMES = frozenset({"calendar", "date"})
_REPORTING_WORDS = (" bao cao ", " bc ", " bieu ", " so lieu ")


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

    def outcome(self) -> MessageOutcome:
        put_aside = self._put_aside()
        if put_aside is not None:
            wanted = MessageClass(put_aside.choice.get("class", MessageClass.OTHER))
            return self._written(wanted, MessageState.SET_ASIDE, ("decided",))
        unsafe = None if self._is_released() else self._unsafe()
        if unsafe is not None:
            return unsafe
        claims = self._claims()
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
            file_names=tuple(file.name for file in self._message.files),
            forwarded_addresses=addresses,
            forwarded_units=owners,
            answered=self._answered_keys(),
            owing=tuple(key for unit in self._sender_units() for key in self._owing(unit)),
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
        item = self._question(forged[0], match)
        evidence = match.evidence if match else ()
        return self._written(
            MessageClass.SPOOF, MessageState.REVIEW, forged, review=(item,), evidence=evidence
        )

    # -- no report ----------------------------------------------------------------------------------

    def _no_report(self) -> MessageOutcome:
        if self._recognition.other_reports:
            return self._written(MessageClass.OTHER_REPORT, MessageState.SET_ASIDE, ("other_report",))
        if self._recognition.other_letters:
            return self._written(MessageClass.OTHER, MessageState.SET_ASIDE, ("other_letter",))
        if self._shares_link():
            return self._asked(MessageClass.LINK_ONLY, "link_only", self._behind_link())
        unopened = [file for file in self._files() if file.state in _FILE_REASONS]
        if unopened:
            return self._asked(MessageClass.UNREADABLE, _FILE_REASONS[unopened[0].state])
        return self._told_in_words() or self._nothing_to_do()

    def _told_in_words(self) -> MessageOutcome | None:
        """What a mail without a report says that a person must answer, None when it says nothing such."""
        if self._claims_sent():
            return self._asked(MessageClass.QUESTION, "claims_sent")
        if self._asks():
            return self._asked(MessageClass.QUESTION, "question")
        if self._reports_nothing():
            return self._asked(MessageClass.REPORT, "nil_report", self._behind_link())
        if self._forgot_the_file():
            return self._asked(MessageClass.UNREADABLE, "no_file", self._behind_link())
        if self._is_empty():
            return self._asked(MessageClass.UNREADABLE, "empty_mail", self._behind_link())
        return None

    def _nothing_to_do(self) -> MessageOutcome:
        if self._is_stray():
            return self._written(MessageClass.SPAM, MessageState.SET_ASIDE, ("spam",))
        reason = "thanks" if self._sender_units() else "superior"
        return self._written(MessageClass.OTHER, MessageState.SET_ASIDE, (reason,))

    def _asked(self, message_class: MessageClass, reason: str, match: Match | None = None) -> MessageOutcome:
        item = self._question(reason, match)
        evidence = match.evidence if match else ()
        return self._written(message_class, MessageState.REVIEW, (reason,), review=(item,), evidence=evidence)

    def _behind_link(self) -> Match | None:
        """What the mail says the file behind its link is, so that the question names the obligation."""
        unseen = Exhibit(number=0, file="", readable=False)
        found = recognise(
            self._envelope(), [unseen], self._reports, self._context.units, self._context.periods
        )
        return next(iter(found.matches), None)

    def _files(self) -> tuple[ReadFile, ...]:
        return tuple(f for f in self._message.files if f.state is not ReadState.DECORATION)

    def _shares_link(self) -> bool:
        shared = any(share in link for link in self._message.links for share in _SHARES)
        return shared and not self._files() and (bool(self._sender_units()) or self._speaks_of_reports())

    def _speaks_of_reports(self) -> bool:
        text = f"{self._message.headers.subject} {self._message.own_text}"
        words = f" {plain_key(text)} "
        return bool(reports_named(text, self._reports)) or any(word in words for word in _REPORTING_WORDS)

    def _asks(self) -> bool:
        text = f"{self._message.headers.subject}\n{self._message.own_text}"
        asking = "?" in text or _ASKING.search(plain_key(text)) is not None
        return asking and not self._files() and (bool(self._sender_units()) or self._speaks_of_reports())

    def _claims_sent(self) -> bool:
        """A unit says that its report went before, but none has come, nor does one come with this mail."""
        said = f" {plain_key(self._message.own_text)} "
        if self._files() or _SENT_BEFORE.search(said) is None:
            return False
        return any(not self._has_handed_in(unit) for unit in self._sender_units())

    def _reports_nothing(self) -> bool:
        """A unit that still owes says in a line, without a file, that it has nothing to report."""
        said = plain_key(self._message.own_text)
        if self._files() or len(said.split()) > _MOST_NIL_WORDS or not self._speaks_of_reports():
            return False
        owing = any(not self._has_settled(unit) for unit in self._sender_units())
        return owing and _NIL.search(said) is not None

    def _forgot_the_file(self) -> bool:
        """A unit hands something in that it still owes, but neither a file nor figures have come with it."""
        if self._files() or all(self._has_settled(unit) for unit in self._sender_units()):
            return False
        subject, said = self._message.headers.subject, plain_key(self._message.own_text)
        headed = not self._is_answer() and bool(reports_named(subject, self._reports))
        headed = headed and _IS_A_REPORT.match(plain_key(subject)) is not None
        handing = hands_in(self._message.own_text) or (not self._is_answer() and hands_in(subject))
        nothing = self._speaks_of_reports() and _NOTHING_TO_REPORT.search(said) is not None
        return headed or handing or nothing

    def _is_empty(self) -> bool:
        """A unit that still owes sends a mail of its own with neither text nor file."""
        said = _SENT_FROM.sub(" ", self._message.own_text)
        if self._files() or self._is_answer() or plain_key(said):
            return False
        subject = plain_key(self._message.headers.subject)
        named = not subject or _HANDING_SUBJECT.search(subject) is not None
        return named and any(not self._has_settled(unit) for unit in self._sender_units())

    def _is_answer(self) -> bool:
        """Whether the subject may be another's words."""
        return bool(self._thread) or ANSWERING.match(self._message.headers.subject) is not None

    def _has_handed_in(self, unit: str) -> bool:
        """Whether something has come of all the unit owes for the periods now collected, held or not."""
        owed = self._owed_now(unit)
        return bool(owed) and all(self._context.earlier(key) for key in owed)

    def _has_settled(self, unit: str) -> bool:
        """Whether all the unit owes for the periods now collected has come and counts."""
        return bool(self._owed_now(unit)) and not self._owing(unit)

    def _owing(self, unit: str) -> tuple[ObligationKey, ...]:
        """What the unit owes for the periods now collected and nothing that counts has come of."""
        return tuple(filter(self._still_owes, self._owed_now(unit)))

    def _owed_now(self, unit: str) -> tuple[ObligationKey, ...]:
        opened = [(report, periods) for report, periods in self._context.periods.items() if periods]
        now = [(report, period_collected(periods, self._archived.arrival).id) for report, periods in opened]
        return tuple(key for spot in now if self._context.owes(key := ObligationKey(unit, *spot)))

    def _is_stray(self) -> bool:
        """From nobody we know, no public office, and neither about reporting nor about any unit."""
        headers = self._message.headers
        if self._sender_units() or headers.sender.domain.endswith("gov.vn"):
            return False
        text = f"{headers.subject} {self._message.own_text}"
        named = any(not mention.bare for mention in self._context.units.named_in(text))
        words = f" {plain_key(text)} "
        sells = _SELLING.search(accented_key(text)) is not None and not self._files()
        return not named and (sells or not any(word in words for word in _REPORTING_WORDS))

    # -- reports ------------------------------------------------------------------------------------

    def _report(self, claims: Sequence[_Claim]) -> MessageOutcome:
        by_number = {read.exhibit.number: read for read in self._exhibits}
        told = self._announced(self._exhibits)
        handed = [self._handed(claim, by_number, told) for claim in claims]
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
            [file.name for file in self._files()],
            [read.exhibit.title for read in exhibits],
        )

    def _replaces(self, reads: Sequence[ReadExhibit], match: Match, earlier: Sequence[Submission]) -> bool:
        """Whether a document says which report it replaces, and that one may be among the earlier ones.

        A report of another unit, one dated after all that has come, or before its figures could be counted,
        is none of them.
        """
        named = [found for read in reads if read.document and (found := replaced_in(read.document))]
        last = max((b.arrival.astimezone(self._regime.timezone).date() for b in earlier), default=None)
        period = self._opened(match)
        return any(
            last is not None
            and not set(self._context.units.fully_in(one.issuer)) - {match.unit}
            and (one.dated is None or one.dated <= last)
            and not (one.dated and period and is_too_early(one.dated, period))
            for one in named
        )

    def _opened(self, match: Match) -> Period | None:
        """The period of a match; None where a person chose one that had not opened."""
        return next((p for p in self._context.periods[match.report] if p.id == match.period), None)

    def _perhaps_the_senders(self, handed: Sequence[_HandedIn]) -> tuple[SubmissionIntent, ...]:
        """What a unit sent under another unit's letterhead may be its own: it is not missing until asked."""
        senders = self._sender_units()
        named = [one.intent.key for one in handed if one.intent and "sender_contradicts" in one.doubts]
        keys = dict.fromkeys(replace(key, unit=unit) for key in named for unit in senders)
        taken = {one.intent.key for one in handed if one.intent}
        own = [key for key in keys if key not in taken and self._context.owes(key)]
        return tuple(SubmissionIntent(key, Role.FIRST, accepted=False) for key in own if len(senders) == 1)

    @staticmethod
    def _class_of(handed: Sequence[_HandedIn]) -> MessageClass:
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

    def _handed(self, claim: _Claim, by_number: dict[int, ReadExhibit], told: Announced) -> _HandedIn:
        match, decided = claim.match, claim.decision
        reads = [by_number[number] for number in match.exhibits]
        doubts = [*match.doubts, *([] if decided else self._doubts_of_the_mail())]
        if "not_readable" in doubts:
            doubts = [*self._why_unread(reads), *(d for d in doubts if d != "not_readable")]
        unopened = bool(reads) and all(r.file is not None and r.file.state in _UNOPENED for r in reads)
        if not (match.unit and match.report and match.period):
            return _HandedIn(None, tuple(doubts), (self._question(_first(doubts), match),), unopened)
        key = ObligationKey(match.unit, match.report, match.period)
        figures = self._figures(reads, match)
        if decided and decided.choice.get("channel"):
            figures = replace(figures, values=_unseen(figures.values))
        doubts += self._content_doubts(key, figures)
        doubts = doubts or self._unsaid(match, reads, figures)
        files = tuple(r.file.sha256 for r in reads if r.file is not None)
        earlier = self._context.earlier(key)
        if not told and self._replaces(reads, match, earlier):
            told = Announced.REPLACEMENT
        handed = Handed(frozenset(files), figures.fingerprint, figures.values, figures.sections, told)
        role, role_doubts = role_of(handed, earlier)
        if role is Role.DUPLICATE:
            doubts = [doubt for doubt in doubts if doubt not in _NOT_OF_A_DUPLICATE]
            doubts += ["period_again"] if self._is_of_an_earlier_period(match) else []
        doubts += role_doubts
        role = Role(decided.choice["role"]) if decided and decided.choice.get("role") else role
        doubts = [] if decided else list(dict.fromkeys(doubts))
        intent = SubmissionIntent(
            key,
            role,
            not doubts,
            figures.values,
            figures.sections,
            figures.findings,
            figures.fingerprint,
            files,
        )
        review = (self._question(doubts[0], match),) if doubts else self._value_questions(key, figures)
        return _HandedIn(intent, tuple(doubts), review, unopened)

    def _doubts_of_the_mail(self) -> list[str]:
        """What holds everything in this mail that no person has released."""
        doubts = list(self._forgery())
        if not self._sender_trusted():
            doubts.append("sender_unverified")
        if self._archived.fetch_doubt in _INCOMPLETE:
            doubts.append("fetched_in_part")
        if self._archived.fetch_doubt in _TIMELESS:
            doubts.append("arrival_uncertain")
        return doubts

    def _why_unread(self, reads: Iterable[ReadExhibit]) -> list[str]:
        return [
            _FILE_REASONS.get(read.file.state, "not_readable")
            for read in reads
            if read.file is not None and read.document is None
        ]

    def _names_only(self, unit: str, text: str) -> bool:
        # In full: a village may bear the name of its commune.
        return self._context.units.fully_in(text) == (unit,) and not is_place(text)

    def _figures(self, reads: Sequence[ReadExhibit], match: Match) -> _Figures:
        report = self._regime.report(match.report)
        kind = self._regime.kind(self._regime.unit(match.unit).kind)
        period = self._opened(match)
        told = [one for one in reads if not one.exhibit.recognised] or reads  # a picture repeats its file
        taught = TaughtNames.of(report, self._regime.taught)
        is_own = partial(self._names_only, match.unit)
        read = [
            figures_of(one, report, kind.id, period, taught, kind.level, is_own)
            for one in told
            if one.document is not None
        ]
        values, conflicts = combine(*(one.tables for one in read), *(one.sentences for one in read))
        percentages = [given for one in read for given in one.percentages]
        # Men that a row gives though only women are asked count nowhere, but must agree with the rest.
        beside = [value for one in read for value in one.beside]
        everything, findings = check_values((*values, *beside), report, kind.id, percentages)
        checked = everything[: len(values)]
        sections = tuple(section for one in read for section in one.sections)
        found = tuple(f for one in read for f in one.findings if not _is_answered(f, checked))
        return _Figures(
            values=checked,
            sections=sections,
            findings=(*found, *conflicts, *findings, *_unwritten(report, read)),
            fingerprint=fingerprint(checked, sections),
            empty_form=any(one.empty_form for one in read) and not checked,
            wrong_form=not checked and not percentages and _brings_another_form(report, kind.id, found),
        )

    def _unsaid(self, match: Match, reads: Sequence[ReadExhibit], figures: _Figures) -> list[str]:
        """The doubt about a report that tells too little of itself, though nothing speaks against it."""
        if self._may_be_overdue(match):
            return ["period_unnamed"]
        return ["nothing_of_report"] if self._holds_nothing(reads, figures, match.report) else []

    def _may_be_overdue(self, match: Match) -> bool:
        """Whether nothing names the period, and the unit still owes the report on the one before as well."""
        if any(item.about == "period" and item.kind not in _TIMES for item in match.evidence):
            return False
        opened = self._context.periods[match.report]
        chosen = self._opened(match)
        before = [p for p in opened if chosen and p.kind is chosen.kind and p.opens < chosen.opens][-1:]
        return any(
            period.due is not None
            and timedelta() <= self._archived.arrival - period.due <= LATE_WINDOW
            and self._still_owes(ObligationKey(match.unit, match.report, period.id))
            for period in before
        )

    def _is_of_an_earlier_period(self, match: Match) -> bool:
        """Whether the unit owes the report for the period now collected, and this is an older one."""
        if any(item.about == "period" and item.kind == "answer" for item in match.evidence):
            return False
        now = [key for key in self._owing(match.unit) if key.report == match.report]
        opened, chosen = self._context.periods[match.report], self._opened(match)
        later = {period.id for period in opened if chosen and period.opens > chosen.opens}
        return any(key.period in later for key in now)

    @staticmethod
    def _holds_nothing(reads: Sequence[ReadExhibit], figures: _Figures, report: str) -> bool:
        """Whether files that could be read hold neither figure nor text of the report, nor are titled so."""
        readable = [read.exhibit for read in reads if read.document is not None]
        spoken = any(one.type_title or one.issuer or one.form_rows.get(report) for one in readable)
        return bool(readable) and not (spoken or figures.values or figures.sections or figures.empty_form)

    def _still_owes(self, key: ObligationKey) -> bool:
        """Whether the unit owes it and nothing that counts has come of it."""
        return self._context.owes(key) and not any(s.accepted for s in self._context.earlier(key))

    def _content_doubts(self, key: ObligationKey, figures: _Figures) -> list[str]:
        doubts = []
        if not self._context.owes(key):
            doubts.append("not_owed")
        if figures.empty_form:
            doubts.append("empty_form")
        elif figures.wrong_form and not any(s.accepted and s.values for s in self._context.earlier(key)):
            doubts.append("wrong_form")
        if is_telling(figures.fingerprint):
            others = [s for s in self._context.twins(figures.fingerprint) if s.key != key]
            if any(s.key.unit == key.unit for s in others):
                doubts.append("previous_period")
            elif others:
                doubts.append("twin_figures")
        return doubts

    def _value_questions(self, key: ObligationKey, figures: _Figures) -> tuple[ReviewItem, ...]:
        return tuple(
            ReviewItem(
                id=_item_id("value", self._archived.archive_id, key, value.indicator, value.sex.value),
                kind="value",
                archive_id=self._archived.archive_id,
                question=value.reason or "value_doubtful",
                parameters=self._words_of(value, figures.findings, key.report),
                proposal={"value": None if value.value is None else str(value.value)},
                key=key,
                indicator=value.indicator,
                sex=value.sex.value,
            )
            for value in figures.values
            if value.certainty is Certainty.DOUBTFUL
        )

    def _words_of(self, value: Value, findings: Iterable[Finding], report: str) -> dict[str, str]:
        """What the question about a figure says: the places of the finding that raised it."""
        label = self._regime.report(report).indicator(value.indicator).label
        words = {"label": label, "indicator_label": label, "text": value.place.text}
        raised = [finding for finding in findings if finding.code == value.reason]
        here = [finding for finding in raised if finding.place == value.place]
        about = [finding for finding in raised if finding.parameters.get("indicator") == value.indicator]
        for finding in (*here, *about)[:1]:
            words |= finding.parameters
        return words | {"place": f"{value.place.file}, {value.place.where}", "text": value.place.text}

    # -- what a person decided ----------------------------------------------------------------------

    @cached_property
    def _spoken(self) -> tuple[Decision, ...]:
        """What was decided about where this message belongs, oldest first."""
        kinds = ("set_aside", "accept", "assign", "reopen")
        about = (one for one in self._context.decisions if not one.target.get("indicator"))
        return tuple(decision for decision in about if decision.kind in kinds)

    def _put_aside(self) -> Decision | None:
        """The decision that none of this message counts."""
        standing = self._standing_decisions()
        if standing and all(one is not None and one.kind == "set_aside" for one in standing):
            return standing[-1]
        return None

    def _is_released(self) -> bool:
        """Whether a person lets something of this message count, or put a part of it aside."""
        return any(one is not None and one.kind != "reopen" for one in self._standing_decisions())

    def _standing_decisions(self) -> tuple[Decision | None, ...]:
        """The decision that stands on each match, or on the message where it has none."""
        if not self._spoken:
            return ()
        matches = self._recognition.matches
        return tuple(self._decision_on(match) for match in matches) if matches else (self._spoken[-1],)

    def _decision_on(self, match: Match) -> Decision | None:
        """The last word on this match: of those about it and those about the message as a whole."""
        return next((d for d in reversed(self._spoken) if self._concerns(d, match)), None)

    def _concerns(self, decision: Decision, match: Match) -> bool:
        item = str(decision.target.get("item") or "")
        return not item or len(self._recognition.matches) == 1 or item == self._question_id(match)

    def _claims(self) -> tuple[_Claim, ...]:
        """The matches as decided: put aside, let count as they are, or as somebody else's."""
        matches = self._recognition.matches
        if not matches:
            return self._claimed_by_decision()
        found: dict[tuple[str, str, str], _Claim] = {}
        for match in matches:
            decision = self._decision_on(match)
            if decision is not None and decision.kind == "set_aside":
                continue
            claim = _as_decided(match, decision)
            key = (claim.match.unit, claim.match.report, claim.match.period)
            found[key] = _together(found[key], claim) if key in found else claim
        return tuple(found.values())

    def _claimed_by_decision(self) -> tuple[_Claim, ...]:
        """What a person says a message is that the machine took for no report."""
        everything = Match("", "", "", tuple(read.exhibit.number for read in self._exhibits), ())
        claim = _as_decided(everything, self._spoken[-1] if self._spoken else None)
        named = claim.match.unit and claim.match.report and claim.match.period
        return (claim,) if named else ()

    # -- writing ------------------------------------------------------------------------------------

    def _question(self, reason: str, match: Match | None) -> ReviewItem:
        key = None
        if match is not None and match.unit and match.report and match.period:
            key = ObligationKey(match.unit, match.report, match.period)
        proposal = (
            {"unit": match.unit, "report": match.report, "period": match.period} if match is not None else {}
        )
        return ReviewItem(
            id=self._question_id(match),
            kind="message",
            archive_id=self._archived.archive_id,
            question=reason,
            parameters={"subject": self._message.headers.subject},
            proposal=proposal,
            key=key,
        )

    def _question_id(self, match: Match | None) -> str:
        named = (match.unit, match.report, match.period) if match is not None else ("", "", "")
        return _item_id("message", self._archived.archive_id, *named)

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


@dataclass(frozen=True, slots=True)
class _Figures:
    values: tuple[Value, ...]
    sections: tuple[SectionText, ...]
    findings: tuple[Finding, ...]
    fingerprint: str
    empty_form: bool
    wrong_form: bool  #: figures stand in rows, none of which the report asks for


@dataclass(frozen=True, slots=True)
class _Claim:
    """A match, and the decision that lets it count; None: the machine judges."""

    match: Match
    decision: Decision | None


def _brings_another_form(report: ReportDefinition, kind: str, findings: Iterable[Finding]) -> bool:
    """Whether figures are asked of this kind of unit, and came in rows that are all another form's."""
    unread = sum(finding.code == "unread_row" for finding in findings)
    return unread >= FORM_ROWS and bool(report.asked_of(kind))


def _unwritten(report: ReportDefinition, read: Sequence[Figures]) -> Iterator[Finding]:
    """The sections of the outline that nothing of a submission writes under, a whole chapter as one.

    Where the outline is only a custom, a table without a word is a report like any other.
    """
    told = any(one.sections for one in read)
    if not read or not (told or report.outline_required):
        return
    lacking = [each for each in report.outline if all(each.id in one.missing for one in read)]
    named = [each for each in lacking if not any(each.id.startswith(f"{other.id}.") for other in lacking)]
    if named:
        grade = Grade.WARNING if report.outline_required else Grade.NOTE
        sections = "; ".join(f"{each.id}. {each.title}" for each in named)
        yield Finding("sections_missing", grade, None, {"sections": sections})


def _as_decided(match: Match, decision: Decision | None) -> _Claim:
    if decision is None or decision.kind == "reopen":
        return _Claim(match, None)
    choice = decision.choice
    named = {name: choice.get(name) or getattr(match, name) for name in ("unit", "report", "period")}
    return _Claim(replace(match, **named, doubts=()), decision)


def _unseen(values: Iterable[Value]) -> tuple[Value, ...]:
    """The figures of what came by hand: it was booked before anybody saw what is recognised in it."""
    return tuple(
        replace(value, certainty=Certainty.DOUBTFUL, reason=value.reason or "recognised")
        if value.method is Method.OCR
        else value
        for value in values
    )


def _together(first: _Claim, second: _Claim) -> _Claim:
    """Two matches that a decision makes one submission; it counts when a person let either count."""
    match = replace(
        first.match,
        exhibits=(*first.match.exhibits, *second.match.exhibits),
        evidence=tuple(dict.fromkeys((*first.match.evidence, *second.match.evidence))),
        doubts=tuple(dict.fromkeys((*first.match.doubts, *second.match.doubts))),
    )
    return _Claim(match, first.decision or second.decision)


@dataclass(frozen=True, slots=True)
class _HandedIn:
    intent: SubmissionIntent | None
    doubts: tuple[str, ...]
    review: tuple[ReviewItem, ...]
    unopened: bool


#: Doubts about whose report it is.
_UNIT_DOUBTS = frozenset(
    {"sender_contradicts", "unit_conflict", "foreign_area", "letterhead_unknown", "unit_unknown"}
)
_ROLE_REASONS = {
    Role.FIRST: "booked",
    Role.PART: "part",
    Role.REPLACEMENT: "replacement",
    Role.SUPPLEMENT: "supplement",
    Role.DUPLICATE: "duplicate",
}


def _is_answered(finding: Finding, values: Iterable[Value]) -> bool:
    """Whether a sum that was only proposed is stated elsewhere, so that nobody need confirm it."""
    told = finding.parameters.get("indicator"), finding.parameters.get("sex")
    return finding.code in PROPOSED_SUMS and any(
        value.certainty is Certainty.CERTAIN and (value.indicator, value.sex.value) == told
        for value in values
    )


def _first(doubts: Sequence[str]) -> str:
    return doubts[0] if doubts else "report_unknown"


def _attachment(file: ReadFile) -> AttachmentRecord:
    return AttachmentRecord(
        file.name, file.path, file.kind.value, file.size, file.sha256, file.state.value, file.detail
    )


def _item_id(*parts: object) -> str:
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:12]
