"""From a message that was read to everything that is written about it. Pure but for what it is handed.

The order of the questions: is it mail a machine wrote; may its sender be believed; whose report is it,
which, for which period; what does it say; what does it do for an obligation already answered; and what
did a person decide about it. A person outranks all the rest.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from config.regime import Regime
from config.reports import Period
from config.spelling import plain_key
from intake.checks import check_values
from intake.documents import ReadFile, ReadState
from intake.exhibits import ReadExhibit, exhibits_of, figures_of
from intake.messages import ReadMessage
from intake.reading import combine
from intake.recognition import Envelope, Exhibit, Match, Recognition, recognise
from intake.screening import screen
from intake.sender import SenderResult, look_alike, sender_verdict
from intake.settlement import Announced, Handed, announced, fingerprint, is_telling, role_of
from intake.subjects import reports_named
from intake.unit_names import UnitIndex
from ledger.records import (
    AttachmentRecord,
    Certainty,
    Decision,
    Finding,
    MessageClass,
    MessageOutcome,
    MessageState,
    ObligationKey,
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
    twins: Callable[[str], Sequence[Submission]]  #: submissions of other messages with this fingerprint
    decisions: tuple[Decision, ...] = ()  #: about this message, oldest first


#: Notes of the mailbox after which only part of the message is there, or its arrival is not known.
_INCOMPLETE = ("too_large", "possibly_incomplete")
_TIMELESS = ("arrival_unknown", "arrival_from_file")
#: Reasons that make a mail suspect of forgery rather than merely unclear.
_FORGERY = ("sender_fail", "display_name_mismatch", "look_alike", "from_unclear")
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
        put_aside = self._decided("set_aside")
        if put_aside is not None and self._latest_decision() is put_aside:
            wanted = MessageClass(put_aside.choice.get("class", MessageClass.OTHER))
            return self._written(wanted, MessageState.SET_ASIDE, ("decided",))
        if self._archived.fetch_doubt in _INCOMPLETE and not self._released():
            return self._asked(MessageClass.UNREADABLE, "fetched_in_part")
        screened = screen(self._message, self._regime.department.mailbox)
        forged = self._forgery()
        if screened is not None and not (forged and screened.rule == "own_mail"):
            return self._written(screened.message_class, MessageState.SET_ASIDE, (screened.rule,))
        exhibits = exhibits_of(self._message, self._reports)
        recognition = self._recognised(exhibits)
        if forged and not self._released():
            return self._suspect(forged, recognition)
        matches = self._with_decisions(recognition.matches)
        if not matches:
            return self._no_report(recognition)
        return self._report(exhibits, matches)

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
        if not self._sender_units() and look_alike(self._message.headers.sender.address, self._known()):
            reasons.append("look_alike")
        return tuple(reasons)

    def _sender_units(self) -> tuple[str, ...]:
        day = self._archived.arrival.astimezone(self._regime.timezone).date()
        address = self._message.headers.sender.address
        return tuple(
            unit.id
            for unit in self._regime.units_on(day)
            if address and any(known.address == address for known in unit.addresses_on(day))
        )

    def _known(self) -> frozenset[str]:
        return frozenset(a.address for unit in self._regime.units for a in unit.addresses)

    def _sender_trusted(self) -> bool:
        result = self._verdict.result
        if result is SenderResult.NONE:
            return self._regime.accept_unauthenticated
        unchecked = "not_configured" in self._verdict.reasons
        return result is SenderResult.PASS or (result is SenderResult.UNKNOWN and unchecked)

    # -- what it is ---------------------------------------------------------------------------------

    def _recognised(self, exhibits: Sequence[ReadExhibit]) -> Recognition:
        return recognise(
            self._envelope(),
            [read.exhibit for read in exhibits],
            self._reports,
            self._context.units,
            self._context.periods,
        )

    def _envelope(self) -> Envelope:
        headers, forwarded = self._message.headers, self._message.forwarded
        addresses = tuple(head.sender_address for head in forwarded if head.sender_address)
        owners = tuple(
            unit.id for unit in self._regime.units if any(a.address in addresses for a in unit.addresses)
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
        )

    def _suspect(self, forged: tuple[str, ...], recognition: Recognition) -> MessageOutcome:
        """Nothing of a mail that may be forged is booked; what it pretends to be is shown."""
        known = self._sender_units() or "display_name_mismatch" in forged or "look_alike" in forged
        if not known and not recognition.matches:
            # Nobody's address was used and no report is claimed: ordinary junk.
            return self._written(MessageClass.SPAM, MessageState.SET_ASIDE, ("spam", *forged))
        match = next(iter(recognition.matches), None)
        item = self._question(forged[0], match)
        evidence = match.evidence if match else ()
        return self._written(
            MessageClass.SPOOF, MessageState.REVIEW, forged, review=(item,), evidence=evidence
        )

    # -- no report ----------------------------------------------------------------------------------

    def _no_report(self, recognition: Recognition) -> MessageOutcome:  # noqa: PLR0911 - a list of questions
        if recognition.other_reports:
            return self._written(MessageClass.OTHER_REPORT, MessageState.SET_ASIDE, ("other_report",))
        if recognition.other_letters:
            return self._written(MessageClass.OTHER, MessageState.SET_ASIDE, ("other_letter",))
        if self._shares_link():
            return self._asked(MessageClass.LINK_ONLY, "link_only", self._behind_link())
        unopened = [file for file in self._files() if file.state in _FILE_REASONS]
        if unopened:
            return self._asked(MessageClass.UNREADABLE, _FILE_REASONS[unopened[0].state])
        if self._asks():
            return self._asked(MessageClass.QUESTION, "question")
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

    def _is_stray(self) -> bool:
        """From nobody we know, no public office, and neither about reporting nor about any unit."""
        headers = self._message.headers
        if self._sender_units() or headers.sender.domain.endswith("gov.vn"):
            return False
        text = f"{headers.subject} {self._message.own_text}"
        named = any(not mention.bare for mention in self._context.units.named_in(text))
        words = f" {plain_key(text)} "
        return not named and not any(word in words for word in _REPORTING_WORDS)

    # -- reports ------------------------------------------------------------------------------------

    def _report(self, exhibits: Sequence[ReadExhibit], matches: Sequence[Match]) -> MessageOutcome:
        by_number = {read.exhibit.number: read for read in exhibits}
        told = self._announced(exhibits)
        handed = [self._handed(match, by_number, told) for match in matches]
        submissions = tuple(s for one in handed if (s := one.intent) is not None)
        review = tuple(item for one in handed for item in one.review)
        doubts = tuple(dict.fromkeys(doubt for one in handed for doubt in one.doubts))
        held = any(one.doubts for one in handed)
        return self._written(
            self._class_of(handed, submissions),
            MessageState.REVIEW if held else MessageState.BOOKED,
            doubts or tuple(dict.fromkeys(_ROLE_REASONS[s.role] for s in submissions)),
            submissions=submissions,
            review=review,
            evidence=tuple(item for match in matches for item in match.evidence),
        )

    def _announced(self, exhibits: Sequence[ReadExhibit]) -> Announced:
        return announced(
            self._message.headers.subject,
            self._message.own_text,
            [file.name for file in self._files()],
            [read.exhibit.title for read in exhibits],
        )

    def _class_of(self, handed: Sequence[_HandedIn], submissions: Sequence[SubmissionIntent]) -> MessageClass:
        roles = {submission.role for submission in submissions}
        if any(one.unopened for one in handed) and all(one.unopened for one in handed):
            return MessageClass.UNREADABLE
        if roles == {Role.DUPLICATE}:
            return MessageClass.DUPLICATE
        if roles and roles <= {Role.PART}:
            return MessageClass.PART_OF_REPORT
        if roles & {Role.REPLACEMENT, Role.SUPPLEMENT}:
            return MessageClass.CORRECTION
        return MessageClass.REPORT

    def _handed(self, match: Match, by_number: dict[int, ReadExhibit], told: Announced) -> _HandedIn:
        reads = [by_number[number] for number in match.exhibits]
        doubts = list(match.doubts)
        if not self._sender_trusted() and not self._released():
            doubts.append("sender_unverified")
        if self._archived.fetch_doubt in _TIMELESS:
            doubts.append("arrival_uncertain")
        if "not_readable" in doubts:
            doubts = [*self._why_unread(reads), *(d for d in doubts if d != "not_readable")]
        unopened = bool(reads) and all(r.file is not None and r.file.state in _UNOPENED for r in reads)
        if not (match.unit and match.report and match.period):
            return _HandedIn(None, tuple(doubts), (self._question(_first(doubts), match),), unopened)
        key = ObligationKey(match.unit, match.report, match.period)
        figures = self._figures(reads, match)
        doubts += self._content_doubts(key, figures)
        files = tuple(r.file.sha256 for r in reads if r.file is not None)
        handed = Handed(frozenset(files), figures.fingerprint, figures.values, figures.sections, told)
        role, role_doubts = role_of(handed, self._context.earlier(key))
        if role is Role.DUPLICATE:
            doubts = [doubt for doubt in doubts if doubt not in ("twin_figures", "empty_form")]
        doubts += role_doubts
        decided = self._released()
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

    def _why_unread(self, reads: Iterable[ReadExhibit]) -> list[str]:
        return [
            _FILE_REASONS.get(read.file.state, "not_readable")
            for read in reads
            if read.file is not None and read.document is None
        ]

    def _figures(self, reads: Sequence[ReadExhibit], match: Match) -> _Figures:
        report = self._regime.report(match.report)
        kind = self._regime.unit(match.unit).kind
        period = next((p for p in self._context.periods[match.report] if p.id == match.period), None)
        read = [figures_of(one, report, kind, period) for one in reads if one.document is not None]
        values, conflicts = combine(*(one.tables for one in read), *(one.sentences for one in read))
        percentages = [given for one in read for given in one.percentages]
        checked, findings = check_values(values, report, kind, percentages)
        sections = tuple(section for one in read for section in one.sections)
        found = tuple(finding for one in read for finding in one.findings)
        return _Figures(
            values=checked,
            sections=sections,
            findings=(*found, *conflicts, *findings),
            fingerprint=fingerprint(checked, sections),
            empty_form=any(one.empty_form for one in read) and not checked,
        )

    def _content_doubts(self, key: ObligationKey, figures: _Figures) -> list[str]:
        doubts = []
        if not self._context.owes(key):
            doubts.append("not_owed")
        if figures.empty_form:
            doubts.append("empty_form")
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
        for finding in findings:
            same = finding.place == value.place or finding.parameters.get("indicator") == value.indicator
            if finding.code == value.reason and same:
                words |= finding.parameters
                break
        return words | {"place": f"{value.place.file}, {value.place.where}", "text": value.place.text}

    # -- what a person decided ----------------------------------------------------------------------

    def _latest_decision(self) -> Decision | None:
        kinds = ("set_aside", "accept", "assign", "reopen")
        return next((d for d in reversed(self._context.decisions) if d.kind in kinds), None)

    def _decided(self, kind: str) -> Decision | None:
        return next((d for d in reversed(self._context.decisions) if d.kind == kind), None)

    def _released(self) -> Decision | None:
        """The decision that lets this message count, unless a later one took it back."""
        latest = self._latest_decision()
        return latest if latest is not None and latest.kind in ("accept", "assign") else None

    def _with_decisions(self, matches: tuple[Match, ...]) -> tuple[Match, ...]:
        decision = self._released()
        if decision is None:
            return matches
        choice = decision.choice
        if not matches:
            exhibits = tuple(range(len(self._files()) + 1))
            matches = (Match("", "", "", (), ()),) if exhibits else ()
        return tuple(
            replace(
                match,
                unit=choice.get("unit") or match.unit,
                report=choice.get("report") or match.report,
                period=choice.get("period") or match.period,
                doubts=(),
            )
            for match in (matches if not choice.get("unit") else matches[:1] or matches)
        )

    # -- writing ------------------------------------------------------------------------------------

    def _question(self, reason: str, match: Match | None) -> ReviewItem:
        key = None
        if match is not None and match.unit and match.report and match.period:
            key = ObligationKey(match.unit, match.report, match.period)
        proposal = (
            {"unit": match.unit, "report": match.report, "period": match.period} if match is not None else {}
        )
        named = (match.unit, match.report, match.period) if match is not None else ("", "", "")
        return ReviewItem(
            id=_item_id("message", self._archived.archive_id, *named),
            kind="message",
            archive_id=self._archived.archive_id,
            question=reason,
            parameters={"subject": self._message.headers.subject},
            proposal=proposal,
            key=key,
        )

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
            verdict=self._verdict.as_record(),
            attachments=tuple(map(_attachment, self._message.files)),
            thread=tuple(filter(None, (headers.in_reply_to, *headers.references))),
            **more,  # type: ignore[arg-type]
        )


@dataclass(frozen=True, slots=True)
class _Figures:
    values: tuple[Value, ...]
    sections: tuple[SectionText, ...]
    findings: tuple[Finding, ...]
    fingerprint: str
    empty_form: bool


@dataclass(frozen=True, slots=True)
class _HandedIn:
    intent: SubmissionIntent | None
    doubts: tuple[str, ...]
    review: tuple[ReviewItem, ...]
    unopened: bool


_ROLE_REASONS = {
    Role.FIRST: "booked",
    Role.PART: "part",
    Role.REPLACEMENT: "replacement",
    Role.SUPPLEMENT: "supplement",
    Role.DUPLICATE: "duplicate",
}


def _first(doubts: Sequence[str]) -> str:
    return doubts[0] if doubts else "report_unknown"


def _attachment(file: ReadFile) -> AttachmentRecord:
    return AttachmentRecord(
        file.name, file.path, file.kind.value, file.size, file.sha256, file.state.value, file.detail
    )


def _item_id(*parts: object) -> str:
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:12]
