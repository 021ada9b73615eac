"""What one claim hands in for its obligation, and what speaks against counting it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from config.reports import Aggregation
from intake.documents import FileKind, ReadState
from intake.evidence.cut_offs import is_too_early
from intake.evidence.replaced import replaced_in
from intake.evidence.statements import COVERS
from intake.judging.report_figures import ReportFigures, read_figures, unseen
from intake.judging.settlement import Announced, Handed, is_telling, role_of, tells_of_its_time
from ledger.records import ObligationKey, ReviewItem, Role, SubmissionIntent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from config.regime import Regime
    from intake.documents import ReadFile
    from intake.evidence.exhibits import ReadExhibit
    from intake.evidence.recognition import Match
    from intake.evidence.replaced import Replaced
    from intake.judging.claims import Claim
    from intake.judging.context import Context
    from intake.judging.owed import Owed
    from intake.judging.questions import Questions
    from ledger.records import DocumentName, Finding, Submission

FILE_REASONS = {
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
_ARCHIVES = (FileKind.ARCHIVE, FileKind.ZIP)
_UNOPENED = (ReadState.DAMAGED, ReadState.ENCRYPTED, ReadState.BOMB, ReadState.EMPTY, ReadState.TOO_LARGE)
#: Doubts of a content that has come before.
_NOT_OF_A_DUPLICATE = ("twin_figures", "empty_form", "nothing_of_report")


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One claim handed in: what is written of it, or only what is asked."""

    intent: SubmissionIntent | None
    doubts: tuple[str, ...]
    review: tuple[ReviewItem, ...]
    unopened: bool


class HandingIn:
    """The reports of one message being handed in, one claim after the other."""

    def __init__(self, context: Context, owed: Owed, questions: Questions) -> None:
        self._context = context
        self._regime: Regime = context.regime
        self._owed = owed
        self._questions = questions

    def handed(
        self, claim: Claim, reads: Sequence[ReadExhibit], told: Announced, doubts_of_mail: Sequence[str]
    ) -> HandedIn:
        """What the documents of a claim do for its obligation; `doubts_of_mail` hold what nobody released."""
        match, decided = claim.match, claim.decision
        doubts = [*match.doubts, *(() if decided else doubts_of_mail)]
        if "not_readable" in doubts:
            doubts = [*_why_unread(reads), *(d for d in doubts if d != "not_readable")]
        unopened = bool(reads) and all(r.file is not None and r.file.state in _UNOPENED for r in reads)
        if not (match.unit and match.report and match.period):
            return HandedIn(None, tuple(doubts), (self._questions.about(_first(doubts), match),), unopened)
        key = ObligationKey(match.unit, match.report, match.period)
        figures = read_figures(reads, match, self._owed.opened(match), self._regime, self._context.units)
        if decided and decided.choice.get("channel"):
            figures = replace(figures, values=unseen(figures.values))
        doubts += self._content_doubts(key, figures)
        doubts = doubts or self._unsaid(match, reads, figures)
        files = tuple(r.file.sha256 for r in reads if r.file is not None)
        role, role_doubts = self._role(reads, match, figures, files, told)
        if role is Role.DUPLICATE and not (doubts or self._has_counted(key)):
            # The same waits for a person, sent by somebody or some way that is in doubt; this counts alone.
            role = Role.FIRST
        if role is Role.DUPLICATE:
            doubts = [doubt for doubt in doubts if doubt not in _NOT_OF_A_DUPLICATE]
            doubts += ["period_again"] if self._owed.is_of_an_earlier_period(match) else []
        role = Role(decided.choice["role"]) if decided and decided.choice.get("role") else role
        doubts = [] if decided else list(dict.fromkeys((*doubts, *role_doubts)))
        intent = SubmissionIntent(
            key,
            role,
            not doubts,
            figures.values,
            figures.sections,
            self._beside_what_came(figures.findings, key)
            if "replaces_another" in doubts
            else figures.findings,
            figures.fingerprint,
            files,
            _name_of(reads),
        )
        if doubts:
            return HandedIn(intent, tuple(doubts), (self._questions.about(doubts[0], match),), unopened)
        asked = self._questions.of_values(key, figures.values, figures.findings)
        return HandedIn(intent, (), asked, unopened)

    def _role(
        self,
        reads: Sequence[ReadExhibit],
        match: Match,
        figures: ReportFigures,
        files: Sequence[str],
        told: Announced,
    ) -> tuple[Role, tuple[str, ...]]:
        """What it is to the reports of its obligation that came before, and what is in doubt about that."""
        earlier = self._context.earlier(ObligationKey(match.unit, match.report, match.period))
        named = tuple(found for read in reads if read.document and (found := replaced_in(read.document)))
        if not told and self._replaces(named, match, earlier):
            told = Announced.REPLACEMENT
        handed = Handed(
            files=frozenset(files),
            fingerprint=figures.fingerprint,
            values=figures.values,
            sections=figures.sections,
            announced=told,
            document=_name_of(reads),
            replaces=named,
        )
        return role_of(handed, earlier)

    def _beside_what_came(self, findings: Sequence[Finding], key: ObligationKey) -> tuple[Finding, ...]:
        """The findings, with the names of the reports that came beside the one it says it replaces."""
        known = [before.document for before in self._context.earlier(key) if before.accepted]
        came = "; ".join(dict.fromkeys(map(_told, filter(None, known))))
        return tuple(
            replace(one, code="replaces_another_document", parameters=one.parameters | {"came": came})
            if one.code == "replaces_document"
            else one
            for one in findings
        )

    def _has_counted(self, key: ObligationKey) -> bool:
        return any(before.accepted for before in self._context.earlier(key))

    def _replaces(self, named: Sequence[Replaced], match: Match, earlier: Sequence[Submission]) -> bool:
        """Whether a document says which report it replaces, and that one may be among the earlier ones.

        A report of another unit, one dated after all that has come, or before its figures could be counted,
        is none of them.
        """
        last = max((b.arrival.astimezone(self._regime.timezone).date() for b in earlier), default=None)
        period = self._owed.opened(match)
        return any(
            last is not None
            and not set(self._context.units.fully_in(one.issuer)) - {match.unit}
            and (one.dated is None or one.dated <= last)
            and not (one.dated and period and is_too_early(one.dated, period))
            for one in named
        )

    def _unsaid(self, match: Match, reads: Sequence[ReadExhibit], figures: ReportFigures) -> list[str]:
        """The doubt about a report that tells too little of itself, though nothing speaks against it."""
        if self._owed.may_be_overdue(match):
            return ["period_unnamed"]
        return ["nothing_of_report"] if self._holds_nothing(reads, figures, match.report) else []

    @staticmethod
    def _holds_nothing(reads: Sequence[ReadExhibit], figures: ReportFigures, report: str) -> bool:
        """Whether files that could be read hold neither figure nor text of the report, nor are titled so."""
        readable = [read.exhibit for read in reads if read.document is not None]
        spoken = any(one.type_title or one.issuer or one.form_rows.get(report) for one in readable)
        return bool(readable) and not (spoken or figures.values or figures.sections or figures.empty_form)

    def _content_doubts(self, key: ObligationKey, figures: ReportFigures) -> list[str]:
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
        elif self._tells_of_its_time(key, figures):
            own = [s for s in self._context.twins(figures.fingerprint) if s.key.unit == key.unit]
            if any(s.key.report == key.report and s.key != key for s in own):
                doubts.append("previous_period")
        return doubts

    def _tells_of_its_time(self, key: ObligationKey, figures: ReportFigures) -> bool:
        asked = self._regime.report(key.report).indicators
        flowing = {one.code for one in asked if one.aggregation is Aggregation.SUM}
        return tells_of_its_time(figures.values, flowing)


def reason_of(file: ReadFile) -> str:
    """Why a file was not read."""
    if file.state is ReadState.NOT_YET and file.kind in _ARCHIVES:
        return "packed_otherwise"
    return FILE_REASONS.get(file.state, "not_readable")


def opened_in_part(files: Sequence[ReadFile]) -> list[str]:
    """Why of an archive some files were read and others may be missing: an annex, the second half."""
    return [
        reason_of(archive)
        for archive in files
        if archive.kind in _ARCHIVES
        and archive.state in FILE_REASONS
        and any(file.document is not None and archive.name in file.path for file in files)
    ]


def _why_unread(reads: Iterable[ReadExhibit]) -> list[str]:
    return [reason_of(read.file) for read in reads if read.file is not None and read.document is None]


def _name_of(reads: Sequence[ReadExhibit]) -> DocumentName | None:
    """The name of the report, or of the letter it came with where it bears none itself."""
    named = [read.exhibit for read in reads if read.exhibit.document]
    reports = [one for one in named if one.type_title not in COVERS]
    return next((one.document for one in (*reports, *named)), None)


def _told(document: DocumentName) -> str:
    return f"{document.number} ({document.dated:%d/%m/%Y})" if document.dated else document.number


def _first(doubts: Sequence[str]) -> str:
    return doubts[0] if doubts else "report_unknown"
