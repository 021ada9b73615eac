"""The steps in order: archived messages in, outcomes in the ledger, one line for each.

A batch never stops for one message, and every message ends booked, in review, set aside or failed.
Messages are judged in order of arrival; what arrives out of order makes the later ones be judged again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from config.calendar import counting_day, period_by_id, periods_of
from config.regime import Regime
from config.reports import Period
from config.units import Unit
from intake.documents import FileKind, ReadState
from intake.evidence.unit_names import UnitIndex
from intake.judging.context import Archived, Context
from intake.judging.judgement import ANSWERED_BY_WHAT_COMES, RESTING_ON_WHAT_CAME, judge
from intake.judging.settlement import is_telling, may_tell_of_its_time
from intake.mail.messages import ReadMessage
from intake.sandbox.pool import ReaderPool, ReadingFailure
from ledger.archive import Archive
from ledger.errors import ArchiveError
from ledger.obligations import obligations_of, received_by_hand
from ledger.our_mail import OurMail
from ledger.records import (
    CAME_SINCE,
    FETCH_DOUBT,
    RECOGNITION,
    AttachmentRecord,
    Decision,
    MessageClass,
    MessageOutcome,
    MessageState,
    ObligationKey,
    OutgoingMessage,
    ReviewItem,
    Submission,
    SubmissionIntent,
)
from ledger.store import Ledger
from ledger.taught import effective_regime

_PICTURES = (FileKind.PDF, FileKind.IMAGE)
#: Outcomes are written together, so that one synced commit serves many messages: of so many octets, and
#: so many messages, at most.
BATCH_OCTETS = 3_000_000
BATCH = 200
#: Periods are looked for this far back: a report more than two years late is a question anyway.
LOOK_BACK = timedelta(days=800)
LOOK_AHEAD = timedelta(days=430)
#: So many Message-IDs of a thread are looked up, those it names first.
MOST_THREAD = 50
#: So many obligations are remembered with what came for them; what came for others is asked again.
MOST_KEYS = 2_000
#: So many fingerprints of a batch are looked up one by one; for more, all that stand are read at once.
FEW_PRINTS = 8
#: A message is judged again at most so often when earlier ones keep turning up.
MOST_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Intake:
    """Reads what the archive holds and the ledger has no outcome for."""

    regime: Regime
    archive: Archive
    ledger: Ledger
    open_pool: Callable[[], ReaderPool]
    junk_ids: frozenset[str] = field(default_factory=frozenset)
    open_slow_pool: Callable[[], ReaderPool] | None = None  #: reads scans too; None: nothing to do so with
    reference_key: bytes = b""  #: what our own Message-IDs are signed with; empty: no answer is evidence

    def run(self) -> Iterator[MessageOutcome]:
        """Take in everything unread; yields each outcome once it is in the ledger."""
        for _round in range(MOST_ROUNDS):
            unread = self.ledger.unread()
            if not unread:
                return
            scans = self._recognised() if self.open_slow_pool else frozenset()
            yield from self._read_by(self.open_pool, [one for one in unread if one[0] not in scans])
            if self.open_slow_pool is not None:
                yield from self._read_by(self.open_slow_pool, [one for one in unread if one[0] in scans])

    def recognise(self, most: int | None = None) -> Iterator[MessageOutcome]:
        """Read scans and photos that wait for a person, at most so many messages; slow, and never in the way.

        What is recognised only proposes: the message stays a question.
        """
        if self.open_slow_pool is None:
            return
        for archive_id in self.unrecognised()[:most]:
            # In this order: cut off between the two, the message is only asked for once more.
            self.ledger.read_again([archive_id], RECOGNITION)
            self.ledger.note(RECOGNITION, archive_id)
        yield from self.run()

    def unrecognised(self) -> tuple[str, ...]:
        """The messages with scans or photos that recognition was not tried on.

        Those that wait, by arrival; then what came by hand: booked already, its figures are asked about.
        """
        tried = self._recognised()
        waiting = tuple(
            outcome.archive_id
            for outcome in self.ledger.messages(state=MessageState.REVIEW)
            if outcome.archive_id not in tried
            and outcome.message_class is not MessageClass.SPOOF
            and any(map(_is_unread_picture, outcome.attachments))
        )
        by_hand = {
            str(decision.target["message"])
            for decision in self.ledger.decisions()
            if decision.kind == "assign" and "channel" in decision.choice
        }
        return (*waiting, *self.ledger.booked_with_files(by_hand - tried, _PICTURES, ReadState.NOT_YET))

    def _recognised(self) -> frozenset[str]:
        return frozenset(event.subject for event in self.ledger.history(event=RECOGNITION))

    def _read_by(
        self, open_pool: Callable[[], ReaderPool], unread: Sequence[tuple[str, datetime]]
    ) -> Iterator[MessageOutcome]:
        if unread:
            with open_pool() as pool:
                yield from self._take_in(unread, pool)

    def _take_in(self, unread: Sequence[tuple[str, datetime]], pool: ReaderPool) -> Iterator[MessageOutcome]:
        memory = Memory(self.regime, self.ledger, self.reference_key)
        for batch in self._batches(unread):
            going = frozenset(self.ledger.begin_attempts([archive_id for archive_id, _ in batch]))
            arrivals = {archive_id: arrival for archive_id, arrival in batch if archive_id in going}
            with self.ledger.snapshot():
                before = self.ledger.messages_by_id(arrivals)
                judged = [
                    self._judged(self._archived(archive_id, arrivals, size, memory), read, memory, before)
                    for archive_id, size, read in self._read(arrivals, pool)
                ]
            self._note_stumbles(judged)
            changed = frozenset(self.ledger.record([one.outcome for one in judged]))
            disturbed = memory.disturbed_by([one for one in judged if one.outcome.archive_id in changed])
            if disturbed:
                cause = next(one.outcome.archive_id for one in judged if one.outcome.archive_id in changed)
                self.ledger.read_again(disturbed, "what they were judged by has changed", cause)
            overtaken = memory.overtaken([one.outcome for one in judged])
            if overtaken:
                self.ledger.read_again(overtaken, "a decision was made meanwhile")
            memory.written()
            yield from (one.outcome for one in judged)

    def _batches(self, unread: Sequence[tuple[str, datetime]]) -> Iterator[list[tuple[str, datetime]]]:
        """In order of arrival; a message whose reading once failed goes alone, so that it harms no other."""
        waiting = self.ledger.waiting([archive_id for archive_id, _arrival in unread])
        batch: list[tuple[str, datetime]] = []
        weight = 0
        for entry in unread:
            attempts, size = waiting[entry[0]]
            alone = attempts > 0
            if batch and (alone or len(batch) == BATCH or weight + size > BATCH_OCTETS):
                yield batch
                batch, weight = [], 0
            batch.append(entry)
            weight += size
            if alone:
                yield batch
                batch, weight = [], 0
        if batch:
            yield batch

    def _read(
        self, arrivals: dict[str, datetime], pool: ReaderPool
    ) -> Iterator[tuple[str, int, ReadMessage | ReadingFailure]]:
        sizes: dict[str, int] = {}
        lost: dict[str, ReadingFailure] = {}

        def jobs() -> Iterator[tuple[str, bytes]]:
            for archive_id in arrivals:
                try:
                    octets = self.archive.read(archive_id)
                except ArchiveError as error:
                    if self.archive.is_empty():
                        raise  # the folder is not there: no fault of this message
                    lost[archive_id] = ReadingFailure(ReadState.CRASHED, type(error).__name__)
                    continue
                sizes[archive_id] = len(octets)
                yield archive_id, octets

        for archive_id, read in pool.read(jobs()):
            yield archive_id, sizes[archive_id], read
        for archive_id, failure in lost.items():
            yield archive_id, 0, failure

    def _archived(
        self, archive_id: str, arrivals: Mapping[str, datetime], size: int, memory: Memory
    ) -> Archived:
        doubt = memory.fetch_doubt(archive_id)
        return Archived(archive_id, arrivals[archive_id], size, archive_id in self.junk_ids, doubt)

    def _judged(
        self,
        archived: Archived,
        read: ReadMessage | ReadingFailure,
        memory: Memory,
        known: Mapping[str, MessageOutcome],
    ) -> Judged:
        before = known.get(archived.archive_id)
        message = read.message if isinstance(read, ReadingFailure) else read
        if message is None:
            assert isinstance(read, ReadingFailure)
            # What was read once stands when it cannot be read again.
            return Judged(before or _unread(archived, read), before)
        try:
            judged = Judged(judge(archived, message, memory.context(archived)), before)
        except Exception as error:  # noqa: BLE001 - a mail nobody foresaw must not stop those behind it
            failure = ReadingFailure(ReadState.CRASHED, repr(error)[:200])
            judged = Judged(before or _unread(archived, failure), before, failure.detail)
        memory.learn(judged)
        return judged

    def _note_stumbles(self, judged: Iterable[Judged]) -> None:
        for one in judged:
            if one.error:
                self.ledger.note("judging_failed", one.outcome.archive_id, {"error": one.error})


@dataclass(frozen=True, slots=True)
class Judged:
    """A message judged, and what stood in the ledger for it before; None: it was never judged."""

    outcome: MessageOutcome
    before: MessageOutcome | None
    error: str = ""  #: what the judge stumbled over

    @property
    def intents(self) -> tuple[SubmissionIntent, ...]:
        """What it handed in before and hands in now."""
        return (*(self.before.submissions if self.before else ()), *self.outcome.submissions)


def _speaking(units: Iterable[tuple[Unit, tuple[str, ...]]], day: date) -> dict[str, tuple[str, ...]]:
    """The addresses of units, each with the ids it speaks for on that day."""
    found: dict[str, tuple[str, ...]] = {}
    for unit, ids in units:
        for address in {known.address for known in unit.addresses_on(day)} - {""}:
            found[address] = tuple(dict.fromkeys((*found.get(address, ()), *ids)))
    return found


class Memory:
    """What is known while messages are judged one after another: the ledger, and what is not yet in it."""

    def __init__(self, regime: Regime, ledger: Ledger, reference_key: bytes = b"") -> None:
        self._ledger = ledger
        self._reference_key = reference_key
        self._decisions = ledger.decisions()
        self._heard = max((decision.number for decision in self._decisions), default=0)
        self._regime = effective_regime(regime, self._decisions)
        self._by_hand = received_by_hand(self._decisions)
        self._by_key: dict[ObligationKey, list[Submission]] = {}
        self._by_print: dict[str, list[Submission]] = {}  #: of what is not yet in the ledger
        self._prints_asked = 0  #: in this batch
        self._prints: frozenset[str] | None = None  #: that stand in the ledger while this batch is judged
        self._unwritten: set[str] = set()
        self._learned: set[str] = set()
        self._heard_from: dict[tuple[str, str], frozenset[str]] = {}
        self._indices: dict[frozenset[str], UnitIndex] = {}
        self._indexed: tuple[date, UnitIndex] | None = None  #: of the day last asked about
        self._fetch_doubts = {
            event.subject: str(event.detail.get("code", "")) for event in ledger.history(event=FETCH_DOUBT)
        }
        self._owing: dict[tuple[str, str], frozenset[str]] = {}
        self._periods: dict[tuple[str, date], tuple[Period, ...]] = {}
        self._years: dict[tuple[str, int], tuple[tuple[date, Period], ...]] = {}
        self._addresses = frozenset(a.address for unit in self._regime.units for a in unit.addresses)
        self._senders: tuple[date, dict[str, tuple[str, ...]]] | None = None  #: of the day last asked about
        self._about: dict[str, list[Decision]] = {}
        for decision in self._decisions:
            if decision.kind != "value" and isinstance(about := decision.target.get("message"), str):
                self._about.setdefault(about, []).append(decision)

    def context(self, archived: Archived) -> Context:
        """What is known when this message is judged."""
        day = archived.arrival.astimezone(self._regime.timezone).date()
        return Context(
            regime=self._regime,
            units=self._index(day),
            periods={report.id: self._opened(report.id, archived.arrival) for report in self._regime.reports},
            owes=self._owes,
            earlier=lambda key: self._earlier(key, archived),
            twins=lambda fingerprint: self._twins(fingerprint, archived),
            addresses=self._addresses,
            senders=self._senders_on(day),
            decisions=tuple(self._about.get(archived.archive_id, ())),
            came_since=lambda key: self._came_since(key, archived),
            answered=self._answered,
        )

    def _answered(self, thread: Sequence[str]) -> OutgoingMessage | None:
        thread = thread[:MOST_THREAD]
        mails = self._ledger.outgoing_with(thread) if thread else ()
        return OurMail(mails, self._reference_key).answered(thread)

    def fetch_doubt(self, archive_id: str) -> str:
        """What the mailbox noted against the message when it was fetched."""
        return self._fetch_doubts.get(archive_id, "")

    def learn(self, judged: Judged) -> None:
        """Remember what a message hands in, in the place of what it did, before it stands in the ledger."""
        outcome = judged.outcome
        self._learned.add(outcome.archive_id)
        self._unwritten.add(outcome.archive_id)
        for key in {intent.key for intent in judged.intents}:
            known = self._known(key)
            known[:] = [s for s in known if s.archive_id != outcome.archive_id]
        for intent in outcome.submissions:
            submission = _submission(outcome, intent)
            known = self._known(intent.key)
            known.append(submission)
            known.sort(key=_order)
            if intent.fingerprint:
                self._by_print.setdefault(intent.fingerprint, []).append(submission)

    def written(self) -> None:
        """What was learned stands in the ledger now: from there it is asked again, as far as it is wanted."""
        self._by_print.clear()
        self._prints_asked, self._prints = 0, None
        self._unwritten.clear()
        self._heard_from.clear()
        for key in list(self._by_key)[:-MOST_KEYS]:
            del self._by_key[key]

    def disturbed_by(self, changed: Sequence[Judged]) -> tuple[str, ...]:
        """Messages judged in an earlier run that would be judged otherwise now.

        They arrived after one of these for the same obligation, or with the same figures, so telling that
        two units cannot share them by chance; or they brought no report, and why rests on what had come.
        """
        prints = {intent.fingerprint for judged in changed for intent in judged.intents}
        alike: dict[str, list[Submission]] = {}
        for found in self._ledger.receipts_with_fingerprints(filter(may_tell_of_its_time, prints)):
            alike.setdefault(found.fingerprint, []).append(found)
        disturbed = {
            later.archive_id
            for judged in changed
            for intent in judged.intents
            for later in (*self._known(intent.key), *alike.get(intent.fingerprint, ()))
            if (later.key.unit == intent.key.unit or is_telling(intent.fingerprint))
            and _order(later) > (judged.outcome.arrival, judged.outcome.archive_id)
        }
        disturbed |= self._reportless_after(changed)
        return tuple(sorted(disturbed - self._learned | self._asking_before(changed)))

    def _asking_before(self, changed: Sequence[Judged]) -> set[str]:
        """Earlier mails without a report, of units of which one has come since, or comes no longer."""
        units: dict[date, set[str]] = {}
        for one in changed:
            day = one.outcome.arrival.astimezone(self._regime.timezone).date()
            units.setdefault(day, set()).update(i.key.unit for i in one.intents if i.accepted)
        addresses = {
            address
            for day, counted in units.items()
            for address, speaks_for in (self._senders_on(day) if counted else {}).items()
            if not counted.isdisjoint(speaks_for)
        }
        taken_back = any(
            i.accepted and i not in one.outcome.submissions for one in changed for i in one.intents
        )
        return set(asking(self._ledger, sorted(addresses), answered=taken_back)) if addresses else set()

    def _reportless_after(self, changed: Sequence[Judged]) -> set[str]:
        """Later mails of the units concerned that were judged by what the unit had handed in before them."""
        first: dict[str, tuple[datetime, str]] = {}
        for judged in changed:
            moment = (judged.outcome.arrival, judged.outcome.archive_id)
            for intent in judged.intents:
                first[intent.key.unit] = min(first.get(intent.key.unit, moment), moment)
        if not first:
            return set()
        later = self._ledger.heads_since(min(arrival for arrival, _ in first.values()))
        return {
            archive_id
            for archive_id, head in later.items()
            if not RESTING_ON_WHAT_CAME.isdisjoint(head.reasons)
            for unit in self._senders_on(head.arrival.astimezone(self._regime.timezone).date()).get(
                head.from_address, ()
            )
            if unit in first and (head.arrival, archive_id) > first[unit]
        }

    def overtaken(self, outcomes: Sequence[MessageOutcome]) -> tuple[str, ...]:
        """Messages just written that were judged without a decision made meanwhile, perhaps about them.

        Asked after the writing: whoever decides later puts the message among the unread after it.
        """
        newer = [d for d in self._ledger.decisions() if d.number > self._heard and d.kind != "value"]
        aims = {decision.target.get("message") for decision in newer}
        written = (outcome.archive_id for outcome in outcomes)
        # One about an address or an obligation may be about any of them.
        return tuple(id_ for id_ in written if id_ in aims or None in aims)

    def _index(self, day: date) -> UnitIndex:
        if self._indexed is None or self._indexed[0] != day:
            self._indexed = day, self._index_of([unit for unit in self._regime.units if unit.exists_on(day)])
        return self._indexed[1]

    def _index_of(self, units: Sequence[Unit]) -> UnitIndex:
        living = frozenset(unit.id for unit in units)
        if living not in self._indices:
            self._indices[living] = UnitIndex(units, self._regime.department.area)
        return self._indices[living]

    def _senders_on(self, day: date) -> dict[str, tuple[str, ...]]:
        """The units each address speaks for on that day; mail comes by arrival, so one day is kept.

        The mailbox of a unit that was merged away is still written from, by who took its place; one that
        is entered for a living unit speaks for that alone.
        """
        if self._senders is None or self._senders[0] != day:
            regime = self._regime
            gone = [unit for unit in regime.units if unit.ended_before(day)]
            heirs = ((unit, regime.heirs_on(unit.id, day)) for unit in gone)
            own = ((unit, (unit.id,)) for unit in regime.units_on(day))
            self._senders = day, _speaking(heirs, day) | _speaking(own, day)
        return self._senders[1]

    def _opened(self, report_id: str, arrival: datetime) -> tuple[Period, ...]:
        """The report's periods that had opened by then, oldest first."""
        day = arrival.astimezone(self._regime.timezone).date()
        around = self._around(report_id, day)
        return around[: bisect_right(around, arrival, key=lambda period: period.opens)]

    def _around(self, report_id: str, day: date) -> tuple[Period, ...]:
        """The report's periods that mail of that day may be about, by the day they open."""
        if (report_id, day) not in self._periods:
            first, last = day - LOOK_BACK, day + LOOK_AHEAD
            of_year = self._around_year(report_id, day.year)
            self._periods[report_id, day] = tuple(one for counts, one in of_year if first <= counts <= last)
        return self._periods[report_id, day]

    def _around_year(self, report_id: str, year: int) -> tuple[tuple[date, Period], ...]:
        """The same for any day of a year, each with the day it is counted by."""
        if (report_id, year) not in self._years:
            regime = self._regime
            first = date(max(year, date.min.year + 3), 1, 1) - LOOK_BACK
            last = date(min(year, date.max.year - 2), 12, 31) + LOOK_AHEAD
            found = periods_of(regime.report(report_id), regime.timezone, regime.calendar, first, last)
            found = tuple(sorted(found, key=lambda period: period.opens))
            self._years[report_id, year] = tuple((counting_day(one, regime.timezone), one) for one in found)
        return self._years[report_id, year]

    def _owes(self, key: ObligationKey) -> bool:
        spot = (key.report, key.period)
        if spot not in self._owing:
            report = self._regime.report(key.report)
            period = period_by_id(report, self._regime.timezone, self._regime.calendar, key.period)
            owed = obligations_of(self._regime, report, period, self._decisions) if period else ()
            self._owing[spot] = frozenset(obligation.key.unit for obligation in owed)
        return key.unit in self._owing[spot]

    def _known(self, key: ObligationKey) -> list[Submission]:
        if key not in self._by_key:
            handed_in = (
                self._ledger.submissions(key.report, key.period, key.unit) if self._has_written(key) else ()
            )
            self._by_key[key] = list(handed_in)
        return self._by_key[key]

    def _has_written(self, key: ObligationKey) -> bool:
        """Whether the ledger holds anything for it: asked once for all units of a report and period."""
        spot = (key.report, key.period)
        if spot not in self._heard_from:
            self._heard_from[spot] = self._ledger.units_heard_from(*spot)
        return key.unit in self._heard_from[spot]

    def _earlier(self, key: ObligationKey, archived: Archived) -> tuple[Submission, ...]:
        before = (archived.arrival, archived.archive_id)
        return tuple(s for s in self._known(key) if _order(s) < before)

    def _came_since(self, key: ObligationKey, archived: Archived) -> bool:
        moment = (archived.arrival, archived.archive_id)
        return key in self._by_hand or any(s.accepted and _order(s) > moment for s in self._known(key))

    def _twins(self, fingerprint: str, archived: Archived) -> tuple[Submission, ...]:
        # Rows of messages that were judged anew are not in the ledger before their batch is.
        standing = self._ledger.receipts_with_fingerprint(fingerprint) if self._stands(fingerprint) else ()
        found = [
            *(s for s in standing if s.archive_id not in self._unwritten),
            *self._by_print.get(fingerprint, ()),
        ]
        before = (archived.arrival, archived.archive_id)
        return tuple(s for s in found if s.accepted and _order(s) < before)

    def _stands(self, fingerprint: str) -> bool:
        """Whether the ledger may hold something with that fingerprint."""
        self._prints_asked += 1
        if self._prints_asked > FEW_PRINTS and self._prints is None:
            self._prints = self._ledger.fingerprints()
        return self._prints is None or fingerprint in self._prints


def asking(ledger: Ledger, addresses: Sequence[str], *, answered: bool = True) -> tuple[str, ...]:
    """The mails from these addresses with a question that a report answers; also where one has `answered`."""
    states = (MessageState.REVIEW, *((MessageState.SET_ASIDE,) if answered else ()))
    found = (ledger.heads_from(addresses, state) for state in states)
    return tuple(
        archive_id
        for heads in found
        for archive_id, head in heads.items()
        if not (ANSWERED_BY_WHAT_COMES | {CAME_SINCE}).isdisjoint(head.reasons)
    )


def _is_unread_picture(file: AttachmentRecord) -> bool:
    return file.kind in _PICTURES and file.state == ReadState.NOT_YET


def _order(submission: Submission) -> tuple[datetime, str]:
    return submission.arrival, submission.archive_id


def _submission(outcome: MessageOutcome, intent: SubmissionIntent) -> Submission:
    return Submission(
        outcome.archive_id,
        outcome.arrival,
        intent.key,
        intent.role,
        intent.accepted,
        intent.values,
        intent.sections,
        intent.findings,
        intent.fingerprint,
        intent.files,
        intent.document,
    )


def _unread(archived: Archived, failure: ReadingFailure) -> MessageOutcome:
    """A message that stopped its reading process: kept, shown, and never in anybody's way."""
    reason = "file_overran" if failure.state is ReadState.OVERRAN else "reading_failed"
    item = ReviewItem(
        id=f"f{archived.archive_id[:11]}", kind="message", archive_id=archived.archive_id, question=reason
    )
    return MessageOutcome(
        archive_id=archived.archive_id,
        message_id="",
        from_address="",
        from_name="",
        subject="",
        arrival=archived.arrival,
        date_claimed=None,
        size=archived.size,
        message_class=MessageClass.UNREADABLE,
        state=MessageState.FAILED,
        reasons=(reason,),
        verdict={},
        review=(item,),
    )
