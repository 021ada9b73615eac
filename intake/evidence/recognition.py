"""Whose report a message carries, which report it is, and for which period. Pure.

Each readable document (or the body, when the report is typed there) is an `Exhibit` with what it claims
about itself. Evidence is gathered from the exhibit, the mail around it and the calendar; agreeing strong
evidence books, anything else is a doubt with a proposal for a person. Files nobody can read yet are
exhibits that claim nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from config.reports import Period, PeriodKind, ReportDefinition
from config.spelling import accented_key, plain_key, tidy
from intake.evidence.cut_offs import CutOff, closes, contradict, is_too_early
from intake.evidence.inner_bodies import inner_body
from intake.evidence.irregular import irregular_times, is_special
from intake.evidence.period_words import NamedPeriod, periods_named, several_periods
from intake.evidence.sheet_periods import is_series, period_of_sheet
from intake.evidence.subjects import hands_in, names_a_subject, reports_named
from intake.evidence.unit_names import UnitIndex, place_named
from intake.evidence.weights import best_guess, evidence, strongly_named
from ledger.records import DocumentName, Evidence, ObligationKey

#: A letter of one of these types is handed in as a report; annexes and forms come without a type.
REPORT_TYPES = frozenset({"bao cao", "phu luc", "bieu", "bieu mau", ""})
#: Letters that units also report by, or send a report under; only a person tells which they are.
COVERS = frozenset({"cong van", "phieu gui", "phieu chuyen", "phieu bao", "to trinh"})
#: An annex is ours when at least this share of its rows, and this many rows, are rows the report asks for.
FORM_SHARE = 0.5
FORM_ROWS = 3
#: How long after its due moment a period may still be handed in while a newer one of its kind is open.
LATE_WINDOW = timedelta(days=150)
LATE_WINDOW_OF_A_MONTH = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class Claim:
    """Words of an exhibit that say something of its origin, and where they stand."""

    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One document of a message and what it says of itself. `number` is its place in the message."""

    number: int
    file: str
    readable: bool
    recognised: bool = False  #: read from a picture: it proposes, a person accepts
    issuer: tuple[Claim, ...] = ()  #: letterhead of a letter, superior line apart
    superior: str = ""
    sheet_issuer: tuple[Claim, ...] = ()  #: the issuer cell above a table
    self_naming: tuple[Claim, ...] = ()
    annex_reference: tuple[Claim, ...] = ()
    place_name: str = ""
    symbol: str = ""  #: of the document's number: "BC-UBND"
    document: DocumentName | None = None  #: None where the number is blank, or stands in a picture
    signed_for: tuple[Claim, ...] = ()  #: in whose name it is signed
    type_title: str = ""  #: plain key: "bao cao", "ke hoach"; empty when none stands there
    title: str = ""  #: trích yếu
    sheet_titles: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()  #: names of the sheets that are shown
    opening: str = ""
    closing: str = ""  #: "Trên đây là báo cáo …"
    dated: date | None = None  #: of the place-and-date line
    cut_offs: tuple[CutOff, ...] = ()  #: days up to which it says its figures were counted
    form_rows: dict[str, int] = field(default_factory=dict)  #: report -> rows its labels matched
    form_share: dict[str, float] = field(default_factory=dict)  #: report -> share of the rows that matched
    is_blank: bool = False  #: a form of whose rows none is filled in
    unmarked: bool = False  #: a list typed without marks, which a person accepts

    @property
    def is_letter(self) -> bool:
        """Whether it has the head of an administrative letter."""
        return bool(self.type_title or self.issuer)


@dataclass(frozen=True, slots=True)
class Envelope:
    """The mail around the exhibits."""

    arrival: datetime
    subject: str
    body: str  #: own text, without quoted mail
    sender_units: tuple[str, ...]  #: units the address speaks for that day
    sender_address: str
    sender_name: str
    sender_trusted: bool  #: the provider's verdict lets the address count
    signed: str = ""  #: the lines its sender signs with
    file_names: tuple[str, ...] = ()
    forwarded_addresses: tuple[str, ...] = ()
    forwarded_units: tuple[str, ...] = ()  #: units whose addresses the forwarded heads name
    formerly: tuple[str, ...] = ()  #: names of the units, gone by that day, that the sender's came of
    answered: tuple[ObligationKey, ...] = ()  #: what our signed mail spoke of that the unit itself answers
    owing: tuple[
        ObligationKey, ...
    ] = ()  #: what the sender's units have not handed in of what is now collected


@dataclass(frozen=True, slots=True)
class Match:
    """What one group of exhibits belongs to. Booked only when `doubts` is empty."""

    unit: str
    report: str
    period: str
    exhibits: tuple[int, ...]
    evidence: tuple[Evidence, ...]
    doubts: tuple[str, ...] = ()  #: codes of the wording catalogue


@dataclass(frozen=True, slots=True)
class Recognition:
    """The matches of a message, and the exhibits that are something else."""

    matches: tuple[Match, ...]
    other_reports: tuple[int, ...] = ()  #: reports on another subject
    other_letters: tuple[int, ...] = ()  #: plans, invitations, notices
    blank_forms: tuple[int, ...] = ()  #: forms that somebody sent to be filled in


def recognise(
    envelope: Envelope,
    exhibits: Sequence[Exhibit],
    reports: Sequence[ReportDefinition],
    units: UnitIndex,
    periods: dict[str, tuple[Period, ...]],
) -> Recognition:
    """Match every exhibit to unit, report and period.

    Args:
        envelope: the mail around them.
        exhibits: its documents, unreadable ones too.
        reports: what the department asks for.
        units: the curated names of the units.
        periods: for each report its periods that had opened when the mail arrived, oldest first.
    """
    recogniser = _Recogniser(envelope, tuple(exhibits), tuple(reports), units, periods)
    return recogniser.run()


class _Recogniser:
    """The exhibits of one message, looked at together: they vouch for one another."""

    def __init__(
        self,
        envelope: Envelope,
        exhibits: tuple[Exhibit, ...],
        reports: tuple[ReportDefinition, ...],
        units: UnitIndex,
        periods: dict[str, tuple[Period, ...]],
    ) -> None:
        self._envelope = envelope
        self._exhibits = exhibits
        self._reports = reports
        self._units = units
        self._periods = periods

    def run(self) -> Recognition:
        other_letters = tuple(
            e.number
            for e in self._exhibits
            if e.readable and e.type_title not in REPORT_TYPES and not self._may_report(e)
        )
        other_reports = tuple(
            e.number for e in self._exhibits if e.number not in other_letters and self._is_other_report(e)
        )
        ours = [e for e in self._exhibits if e.number not in other_letters and e.number not in other_reports]
        if ours and all(map(self._is_form_to_fill_in, ours)):
            forms = tuple(e.number for e in ours)
            return Recognition((), other_reports, other_letters, forms)
        foreign = bool(other_letters or other_reports)
        matches = self._grouped([match for e in ours if (match := self._match(e, foreign)) is not None])
        if not matches:
            mistaken = [e for e in self._exhibits if e.number in other_reports and self._is_sent_as_ours(e)]
            matches = self._grouped(match for e in mistaken if (match := self._match(e, foreign=False)))
        if not matches:
            silent = [e for e in ours if e.readable and (not foreign or any(e.form_rows.values()))]
            matches = self._grouped(self._match_silent(e) for e in silent) if self._envelope.owing else []
        return Recognition(tuple(matches), other_reports, other_letters)

    # -- which report -------------------------------------------------------------------------------

    def _may_report(self, exhibit: Exhibit) -> bool:
        """Whether a letter without the title of a report hands one in: "V/v báo cáo kết quả …"."""
        if exhibit.type_title not in COVERS or not self._envelope.sender_units:
            return False
        named = reports_named(exhibit.title, self._reports) or not names_a_subject(exhibit.title)
        return bool(named) and hands_in(exhibit.title)

    def _is_other_report(self, exhibit: Exhibit) -> bool:
        """A letter whose own title names a subject that is not ours, and whose rows are not ours.

        "BÁO CÁO 6 tháng đầu năm 2023" names none, and may be ours.
        """
        if not exhibit.readable or not names_a_subject(exhibit.title):
            return False
        return not reports_named(exhibit.title, self._reports) and not _fitting_forms(exhibit)

    def _is_form_to_fill_in(self, exhibit: Exhibit) -> bool:
        """Whether it is an empty form from somebody who is no unit and names none: it asks for a report."""
        words = (self._envelope.subject, self._envelope.body, exhibit.file, exhibit.title)
        told = (*words, *(claim.text for claim in (*exhibit.issuer, *exhibit.sheet_issuer)))
        if not exhibit.is_blank or self._envelope.sender_units or self._envelope.forwarded_units:
            return False
        said = plain_key(f"{self._envelope.subject} {self._envelope.body}")
        return not any(map(self._units.fully_in, told)) and _ASKS_FOR_REPORTS.search(said) is not None

    def _is_sent_as_ours(self, exhibit: Exhibit) -> bool:
        """Whether the mail of a unit that owes a report names it, and the file turns out to be another."""
        owed = {key.report for key in self._envelope.owing}
        subject = "" if ANSWERING.match(self._envelope.subject) else self._envelope.subject
        named = {one.report for text in (subject, exhibit.file) for one in reports_named(text, self._reports)}
        return not owed.isdisjoint(named)

    def _report_evidence(self, exhibit: Exhibit) -> list[Evidence]:
        found = [
            *self._reports_in(exhibit.title, "title", exhibit.file),
            *(
                item
                for title in exhibit.sheet_titles
                for item in self._reports_in(title, "sheet_title", exhibit.file)
            ),
            *self._reports_in(self._envelope.subject, "subject"),
            *self._reports_in(exhibit.file, "file_name"),
            *self._reports_in(self._envelope.body, "body"),
        ]
        found.extend(
            evidence("report", report, "form", f"{exhibit.form_rows[report]}", exhibit.file)
            for report in _fitting_forms(exhibit)
        )
        return found + self._answered_reports({item.points_to for item in found})

    def _answered_reports(self, named: set[str]) -> list[Evidence]:
        """The reports that the answered mail spoke of, where nothing in this mail says otherwise.

        People answer whatever mail lies uppermost: words of their own always outweigh it.
        """
        spoken = dict.fromkeys(key.report for key in self._envelope.answered)
        told = [each for each in spoken if not named or each in named]
        return [evidence("report", each, "answer", self._envelope.subject) for each in told]

    def _reports_in(self, text: str, kind: str, place: str = "") -> list[Evidence]:
        return [
            evidence("report", named.report, kind, named.phrase, place)
            for named in reports_named(text, self._reports)
        ]

    def _decide_report(self, exhibit: Exhibit, items: list[Evidence]) -> tuple[str, list[str]]:
        titled = [item for item in items if item.kind == "title"]
        strong = strongly_named(titled, "report") or strongly_named(items, "report")
        if len(strong) == 1:
            doubts = ["report_unknown"] if self._is_woven_in(exhibit.title) else []
            return strong[0], [*doubts, *(["not_periodic"] if self._is_special(exhibit, strong[0]) else [])]
        if len(strong) > 1:
            named = _named_of_one_form(items, strong)
            return (named, []) if named else (self._by_best(items, strong), ["report_conflict"])
        guess = best_guess(items, "report")
        worded = any(item.points_to == guess and item.kind != "answer" for item in items)
        if worded and (not exhibit.readable or not exhibit.is_letter):
            # A companion without words of its own is what the mail says it is.
            return guess, []
        return guess, ["report_unknown"]

    def _is_woven_in(self, title: str) -> bool:
        """Whether a title names our subject as woven into another: "giảm nghèo, lồng ghép bình đẳng giới"."""
        before, woven, _ = tidy(title).lower().partition("lồng ghép")
        return bool(woven) and names_a_subject(before) and not reports_named(before, self._reports)

    def _is_special(self, exhibit: Exhibit, report: str) -> bool:
        """Whether a document calls itself a report on one event or theme, where a regular one is asked.

        Decree 09/2019/NĐ-CP, Article 3, parts báo cáo định kỳ from chuyên đề and đột xuất.
        """
        if not any(period.kind not in _ONCE for period in self._periods.get(report, ())):
            return False
        asked = next(one for one in self._reports if one.id == report)
        return is_special((exhibit.title, *exhibit.sheet_titles), exhibit.file, asked.name, asked.topics)

    @staticmethod
    def _by_best(items: list[Evidence], among: tuple[str, ...]) -> str:
        guess = best_guess(items, "report")
        return guess if guess in among else among[0]

    # -- whose report -------------------------------------------------------------------------------

    def _own_unit_evidence(self, exhibit: Exhibit) -> list[Evidence]:
        """What the document itself says."""
        found: list[Evidence] = []
        for kind, claims in (
            ("letterhead", exhibit.issuer),
            ("sheet_title", exhibit.sheet_issuer),
            ("self_naming", exhibit.self_naming),
            ("annex_reference", exhibit.annex_reference),
        ):
            found.extend(
                evidence("unit", unit, kind, claim.text, claim.place or exhibit.file)
                for claim in claims
                for unit in self._single(self._units.fully_in(claim.text))
                if not self._units.names_a_part(claim.text)
            )
        found.extend(
            evidence("unit", unit, "letterhead", exhibit.superior, exhibit.file)
            for unit in self._single(self._units.fully_in(exhibit.superior))
            if exhibit.issuer and all(_OFFICE_OF.match(claim.text) for claim in exhibit.issuer)
        )
        found.extend(
            evidence("unit", unit, "letterhead", f"{exhibit.superior} {claim.text}", claim.place)
            for claim in exhibit.issuer
            for unit in self._single(self._of_area_above(claim.text, exhibit.superior))
            if not self._units.fully_in(claim.text)
        )
        found.extend(
            evidence("unit", unit, "named_in_title", text, exhibit.file)
            for text in dict.fromkeys((exhibit.title, *exhibit.sheet_titles))
            for unit in self._units.fully_in(text)[:3]
        )
        found.extend(
            evidence("unit", unit, "named_in_title", text, exhibit.file)
            for text in exhibit.sheets
            for unit in self._units.only_in(text)[:3]
        )
        found.extend(
            evidence("unit", unit, "place_line", exhibit.place_name, exhibit.file)
            for unit in self._single(self._units.only_in(exhibit.place_name))
        )
        found.extend(
            evidence("unit", unit, "signature", claim.text, claim.place or exhibit.file)
            for claim in exhibit.signed_for
            for unit in self._single(self._units.fully_in(claim.text))
        )
        # "45/BC-PNV": an abbreviation the roster has among the unit's other names.
        office = exhibit.symbol.partition("-")[2]
        found.extend(
            evidence("unit", unit, "document_number", exhibit.symbol, exhibit.file)
            for unit in self._single(self._units.only_in(office))
        )
        return found

    def _of_area_above(self, issuer: str, superior: str) -> tuple[str, ...]:
        """The unit that an office is with the area of the council above it: "UBND TỈNH X / SỞ Y TẾ"."""
        area = _AREA_ABOVE.search(accented_key(superior))
        if area is None:
            return ()
        of_area = area[1] or area[2]
        full = (f"{issuer} {of_area}", f"{issuer} ubnd {of_area}")  # "UBND TỈNH X / VĂN PHÒNG"
        named = [one for name in full for one in self._units.named_in(name)]
        told = (unit for one in named if one.position == 0 and not one.bare for unit in one.units)
        return tuple(dict.fromkeys(told))

    def _mail_unit_evidence(self, exhibit: Exhibit) -> list[Evidence]:
        """What the mail around it says."""
        envelope = self._envelope
        found: list[Evidence] = []
        if envelope.sender_trusted:
            kind = "sender_address" if len(envelope.sender_units) == 1 else "shared_address"
            found += [evidence("unit", u, kind, envelope.sender_address) for u in envelope.sender_units]
        for kind, text in (
            ("subject", envelope.subject),
            ("file_name", exhibit.file),
            ("body", envelope.body),
            ("display_name", envelope.sender_name),
        ):
            found += [evidence("unit", unit, kind, text) for unit in self._units.only_in(text)[:3]]
        signed = self._units.fully_in(envelope.signed)
        found += [evidence("unit", unit, "mail_signature", envelope.signed) for unit in signed]
        found += [
            evidence("unit", unit, "forwarded_sender", ", ".join(envelope.forwarded_addresses))
            for unit in envelope.forwarded_units
        ]
        found += [
            evidence("unit", unit, "answer", envelope.subject)
            for unit in dict.fromkeys(key.unit for key in envelope.answered)
        ]
        return found

    @staticmethod
    def _single(units: tuple[str, ...]) -> tuple[str, ...]:
        """A claim that fits several units names none of them surely."""
        return units if len(units) == 1 else ()

    def _decide_unit(self, exhibit: Exhibit, items: list[Evidence]) -> tuple[str, list[str]]:
        own = [item for item in items if item.kind in _OWN_KINDS]
        named = strongly_named(own, "unit")
        senders = self._envelope.sender_units if self._envelope.sender_trusted else ()
        if any(self._units.names_a_part(claim.text) for claim in (*exhibit.issuer, *exhibit.sheet_issuer)):
            return best_guess(items, "unit"), ["letterhead_of_part"]
        if self._units.names_foreign_area(" ".join((exhibit.superior, *(c.text for c in exhibit.issuer)))):
            return (named[0] if named else ""), ["foreign_area"]
        signed = {item.points_to for item in own if item.kind == "signature"}
        if len(named) > 1 or (named and not signed.issubset(named)):
            return best_guess(items, "unit") or named[0], ["unit_conflict"]
        titled = {item.points_to for item in items if item.kind == "named_in_title"}
        unit, doubts = (
            self._decide_named(named[0], senders, titled, exhibit)
            if named
            else self._decide_by_words(exhibit, items, senders)
        )
        return unit, doubts or (["of_a_part"] if self._parts_named(exhibit, unit) else [])

    def _parts_named(self, exhibit: Exhibit, unit: str) -> list[Evidence]:
        """The bodies inside the unit whose report it is by its title; by the mail, where no head stands."""
        words = [("named_in_title", text) for text in (exhibit.title, *exhibit.sheet_titles)]
        if not any(map(self._units.fully_in, (claim.text for claim in exhibit.issuer))):
            words += [("file_name", exhibit.file), ("subject", self._envelope.subject)]
        own = self._units.name_of(unit)
        told = [
            (kind, part)
            for kind, text in words
            if (part := inner_body(text, own, is_own=unit in self._units.fully_in(text)))
        ]
        return [evidence("unit", "", kind, part, exhibit.file) for kind, part in told]

    def _decide_by_words(
        self, exhibit: Exhibit, items: list[Evidence], senders: tuple[str, ...]
    ) -> tuple[str, list[str]]:
        """Whose a document is that names no unit as its own, and whether words around it say otherwise."""
        unit, doubts = self._decide_unnamed(exhibit, items, senders)
        words = (self._envelope.subject, exhibit.file, exhibit.title, *exhibit.sheet_titles, *exhibit.sheets)
        text = " | ".join((*words, *(claim.text for claim in exhibit.sheet_issuer)))
        if not doubts and (any(map(self._units.names_several, words)) or self._is_said_to_be_of_several()):
            return unit, ["unit_conflict"]
        if not doubts and (others := self._units.offices_of_other_areas(text, unit)):
            return (others[0] if len(others) == 1 else unit), ["unit_conflict"]
        return unit, [*doubts, *(["former_unit"] if self._is_of_former(exhibit, unit) else [])]

    def _decide_named(
        self, unit: str, senders: tuple[str, ...], titled: set[str], exhibit: Exhibit
    ) -> tuple[str, list[str]]:
        if unit not in senders:
            return unit, ["sender_contradicts" if senders else "sender_unregistered"]
        # A school's title may name its commune; one commune's title naming another is another's report.
        others = bool(titled) and unit not in titled and self._units.are_areas(unit, *titled)
        titles = " | ".join((exhibit.title, *exhibit.sheet_titles))
        others = others or bool(self._units.offices_of_other_areas(titles, unit))
        placed = self._units.only_in(exhibit.place_name)
        others = others or (bool(placed) and unit not in placed and self._units.are_areas(unit, *placed))
        return unit, ["unit_conflict"] if others else []

    def _is_of_former(self, exhibit: Exhibit, unit: str) -> bool:
        """Whether mail from the box of a merged unit names that unit still: it may bring its part alone."""
        own = self._units.place_of(unit)
        words = (self._envelope.subject, exhibit.file, exhibit.title, *exhibit.sheet_titles, *exhibit.sheets)
        told = plain_key(" ".join((*words, *(claim.text for claim in exhibit.sheet_issuer))))
        places = {place_named(name) for name in self._envelope.formerly} - {"", own}
        named = {place for place in places if f" {place} " in f" {told} "}
        return bool(named) and not (len(named) > 1 and named == places)

    def _decide_unnamed(
        self, exhibit: Exhibit, items: list[Evidence], senders: tuple[str, ...]
    ) -> tuple[str, list[str]]:
        behalf = self._said_to_be_of()
        outside = {item.points_to for item in items if item.kind in _SAYING} | behalf
        issuer = " ".join(claim.text for claim in exhibit.issuer or exhibit.sheet_issuer)
        form = not exhibit.issuer and self._units.names_own_area(issuer)  # our own, with a row for each unit
        others = not form and any(self._is_of_others(issuer, unit) for unit in senders)
        headed = exhibit.is_letter and any(not _LEFT_BLANK.search(c.text) for c in exhibit.issuer)
        if others or (headed and not outside.issuperset(senders)):
            # A letterhead that names no registered unit is somebody else's letter until a person says so.
            return best_guess(items, "unit"), ["letterhead_unknown"]
        said = outside | {item.points_to for item in items if item.kind == "named_in_title"}
        meant = next((each for each in (behalf, said) if len(each) == 1), None)
        if len(senders) == 1:
            if said and senders[0] not in said:
                return (next(iter(meant)) if meant else senders[0]), ["unit_conflict"]
            return senders[0], []
        if len(senders) > 1:
            chosen = [unit for unit in senders if unit in said]
            if len(chosen) == 1:
                return chosen[0], []
            return (next(iter(meant)) if meant else best_guess(items, "unit")), ["shared_address"]
        guess = best_guess(items, "unit")
        return guess, ["sender_unregistered" if guess else "unit_unknown"]

    def _is_of_others(self, issuer: str, unit: str) -> bool:
        return self._units.is_body_beside(issuer, unit) or self._units.is_another_place(issuer, unit)

    def _said_to_be_of(self) -> set[str]:
        """The units whose report the mail says it brings: "gửi giúp xã Bình Minh", "báo cáo của xã ..."."""
        note = self._envelope.body[:_LONGEST_NOTE]
        words = plain_key(note).split()
        return {
            unit
            for mention in self._units.named_in(note)
            if not mention.bare and _ON_BEHALF_OF.search(" ".join(words[: mention.position]))
            for unit in mention.units
        }

    def _is_said_to_be_of_several(self) -> bool:
        """Whether the mail says that it brings the report of two units: "của xã A và xã B"."""
        note = self._envelope.body[:_LONGEST_NOTE]
        words = plain_key(note).split()
        return any(
            not first.bare
            and _ON_BEHALF_OF.search(" ".join((*words[: first.position], "")).rstrip())
            and set(first.units).isdisjoint(second.units)
            and words[first.position + len(first.text.split()) : second.position] in ([], ["va"])
            for first, second in pairwise(self._units.named_in(note))
        )

    # -- which period -------------------------------------------------------------------------------

    def _decide_period(self, exhibit: Exhibit, report: str) -> tuple[str, list[str], list[Evidence]]:
        periods = self._periods.get(report, ())
        if not periods:
            return "", ["no_period_open"], []
        current = period_collected(periods, self._envelope.arrival)
        items = [evidence("period", current.id, "calendar", current.name)]
        named: dict[str, tuple[str, ...]] = {}
        for kind, texts in (
            ("title", (exhibit.title,)),
            ("sheet_title", exhibit.sheet_titles),
            ("opening", (exhibit.opening,)),
            ("subject", (self._envelope.subject,)),
            ("file_name", (exhibit.file,)),
            ("body", (self._envelope.body,)),
        ):
            found, unknown = _periods_in(texts, periods, self._envelope.arrival)
            items += [evidence("period", period.id, kind, words) for period, words in found]
            named[kind] = tuple(dict.fromkeys((*(period.id for period, _ in found), *unknown)))
        titles = (exhibit.title, *exhibit.sheet_titles)
        if irregular := _irregular(titles, periods):
            named |= {"title": (f"?{irregular}",), "sheet_title": (), "opening": ()}
            items.append(evidence("period", "", "title", irregular, exhibit.file))
        else:
            named["title"] = _as_titled(titles, periods, named)
        if _speaks_of_each(self._envelope.subject, named, periods, self._envelope.arrival):
            named["subject"] = ()
        if ANSWERING.match(self._envelope.subject):
            named["subject"] = named["subject"] if not any(named[k] for k in _STRONG_PERIODS) else ()
        answered = self._answered_period(report, periods)
        named = _of_asked_sheet(exhibit.sheets, named, periods, self._envelope.arrival, answered or current)
        chosen, doubts = _choose_period(named, answered or current)
        if answered is not None and answered.id == chosen:
            items.append(evidence("period", answered.id, "answer", answered.name))
        chosen = self._checked_against_calendar(chosen, periods, doubts)
        if not doubts:
            chosen = _checked_against_cut_offs(chosen, periods, exhibit, doubts, is_named=any(named.values()))
        if not doubts and _is_dated_too_early(exhibit, periods, chosen):
            doubts.append("date_contradicts")
        if closed := self._closed_for_another(exhibit, periods, chosen):
            items.append(evidence("period", closed.id, "closing", exhibit.closing, exhibit.file))
            doubts += [] if doubts else ["period_conflict"]
        items += _cut_off_evidence(exhibit, periods, chosen)
        return chosen, doubts, [*items, *_date_evidence(exhibit, periods, chosen)]

    def _closed_for_another(
        self, exhibit: Exhibit, periods: tuple[Period, ...], chosen: str
    ) -> Period | None:
        """The other period a report says at its end to be for; the year of a half in hand is not open yet."""
        found, _ = _periods_in((exhibit.closing,), periods, self._envelope.arrival)
        return next((period for period, _ in found if period.id != chosen), None)

    def _answered_period(self, report: str, periods: Sequence[Period]) -> Period | None:
        """The one period that the answered mail spoke of for the report; None: none, or several."""
        spoken = {key.period for key in self._envelope.answered if key.report == report}
        found = [period for period in periods if period.id in spoken]
        return found[0] if len(spoken) == 1 and found else None

    def _checked_against_calendar(self, chosen: str, periods: tuple[Period, ...], doubts: list[str]) -> str:
        """A past period may come late, but not that late while a newer one is being collected."""
        period = next((period for period in periods if period.id == chosen), None)
        if period is None:
            return periods[-1].id if doubts else chosen
        newer = any(other.opens > period.opens for other in periods)
        if newer and period.due is not None and self._envelope.arrival - period.due > late_window(period):
            doubts.append("period_contradicts_calendar")
            # The year of the report before, left standing: the same part of a later year is proposed.
            part = period.id.partition("-")[2]
            same = [
                one.id for one in periods if one.id.partition("-")[2] == part and one.opens > period.opens
            ]
            return same[-1] if part and same else chosen
        return chosen

    # -- together -----------------------------------------------------------------------------------

    def _match(self, exhibit: Exhibit, foreign: bool) -> Match | None:
        reports = self._report_evidence(exhibit)
        worded = any(item.kind != "answer" for item in reports)
        if not worded and not self._worth_asking(exhibit, foreign):
            return None
        report, doubts = self._decide_report(exhibit, reports)
        units = [*self._own_unit_evidence(exhibit), *self._mail_unit_evidence(exhibit)]
        unit, unit_doubts = self._decide_unit(exhibit, units)
        doubts += unit_doubts
        if "of_a_part" in unit_doubts:
            units += self._parts_named(exhibit, unit)
        if _OF_THE_LETTERHEAD.intersection(unit_doubts):
            told = " ".join(claim.text for claim in exhibit.issuer or exhibit.sheet_issuer)
            head = f"{exhibit.superior} {told}".strip()
            units.append(evidence("unit", "", "letterhead", head, exhibit.file))
        period, periods = "", list[Evidence]()
        if report:
            period, period_doubts, periods = self._decide_period(exhibit, report)
            doubts += period_doubts
        if not exhibit.readable:
            doubts.append("not_readable")
        elif exhibit.recognised:
            doubts.append("scan_only")
        if exhibit.type_title in COVERS:
            doubts.append("reports_by_letter")
        if exhibit.unmarked:
            doubts.append("without_marks")
        if self._is_draft(exhibit):
            doubts.append("draft")
        items = sorted((*units, *reports, *periods), key=lambda item: (item.about, -item.weight))
        return Match(unit, report, period, (exhibit.number,), tuple(items), tuple(dict.fromkeys(doubts)))

    def _is_draft(self, exhibit: Exhibit) -> bool:
        """Whether a letter without its number, or one sent for comments, is called a draft."""
        subject = "" if ANSWERING.match(self._envelope.subject) else plain_key(self._envelope.subject)
        said = f"{subject} {plain_key(self._envelope.body[:_LONGEST_NOTE])}"
        if _ON_TRIAL.search(said):
            return True
        if not any(map(_DRAFT.search, (plain_key(exhibit.file), plain_key(exhibit.title), subject))):
            return False
        return exhibit.document is None or _FOR_COMMENTS.search(said) is not None

    def _match_silent(self, exhibit: Exhibit) -> Match:
        """A file that names no report, from a unit that owes some: a person is asked which it is.

        Where the unit owes but one, that one is proposed.
        """
        units = [*self._own_unit_evidence(exhibit), *self._mail_unit_evidence(exhibit)]
        unit, unit_doubts = self._decide_unit(exhibit, units)
        owed = {key.report for key in self._envelope.owing}
        reports = [evidence("report", each, "owed", exhibit.file, exhibit.file) for each in sorted(owed)]
        report = best_guess(reports, "report")
        period, period_doubts, periods = self._decide_period(exhibit, report) if report else ("", [], [])
        doubts = [
            "unnamed_file",
            *unit_doubts,
            *period_doubts,
            *(["scan_only"] if exhibit.recognised else []),
        ]
        items = sorted((*units, *reports, *periods), key=lambda item: (item.about, -item.weight))
        return Match(unit, report, period, (exhibit.number,), tuple(items), tuple(dict.fromkeys(doubts)))

    def _worth_asking(self, exhibit: Exhibit, foreign: bool) -> bool:
        """An exhibit that names no report of ours is asked about unless the mail explains it.

        A lost report is worse than a question: a file nobody could read from a registered unit, or a
        table with our rows, goes to a person.
        """
        if foreign:
            return False
        if not exhibit.readable:
            return bool(self._envelope.sender_units) or _speaks_of_reporting(self._envelope, exhibit)
        return max(exhibit.form_rows.values(), default=0) >= FORM_ROWS

    def _grouped(self, matches: Iterable[Match]) -> list[Match]:
        """Exhibits of one unit, report and period are one submission; companions follow their letter."""
        matches = list(matches)
        plain = [match for match in matches if not _UNSURE_READING & set(match.doubts)]
        matches = [self._companion_of(match, plain) for match in matches]
        matches = [_in_the_period_named(match, matches) for match in matches]
        groups: dict[tuple[str, str, str], Match] = {}
        for match in matches:
            key = (match.unit, match.report, match.period)
            before = groups.get(key)
            groups[key] = match if before is None else _joined(before, match)
        return list(groups.values())

    def _companion_of(self, match: Match, plain: list[Match]) -> Match:
        """A picture, an unreadable file or a covering letter beside a file of the unit raises no question.

        From an address of several units a file that names none may be the other unit's whole report.
        """
        nameless = not match.unit and len(self._envelope.sender_units) < _SEVERAL
        lead = next((other for other in plain if nameless or other.unit == match.unit), None)
        if lead is None or not _UNSURE_READING & set(match.doubts):
            return match
        return replace(match, unit=lead.unit, report=lead.report, period=lead.period, doubts=lead.doubts)


#: Doubts of a file that nobody could read, that was read from a picture, or that only goes with another.
_UNSURE_READING = frozenset({"not_readable", "scan_only", "reports_by_letter"})
_SEVERAL = 2
#: What speaks of the unit where no letterhead does; against the sender it holds the mail.
_SAYING = frozenset({"subject", "file_name", "place_line", "signature", "forwarded_sender", "mail_signature"})
#: Doubts whose letterhead is shown, though it speaks for no unit.
_OF_THE_LETTERHEAD = frozenset({"letterhead_unknown", "letterhead_of_part", "foreign_area"})
#: An office or board of the council above it in the letterhead: "UBND XÃ X / PHÒNG VĂN HÓA - XÃ HỘI".
_OFFICE_OF = re.compile(
    r"\W*(?:(?:ban|phòng) (?:văn hóa|văn hoá|vì sự tiến bộ|lao động|bảo vệ|chỉ đạo)|văn phòng|bộ phận)\b",
    re.IGNORECASE,
)
#: A template's head in which nobody has written the name: "ỦY BAN NHÂN DÂN XÃ ……".
_LEFT_BLANK = re.compile(
    r"^\W*(?:ủy ban nhân dân|uỷ ban nhân dân|ubnd) (?:xã|phường|thị trấn|huyện|quận|thị xã|tỉnh)[\s.…_]*$",
    re.IGNORECASE,
)
#: Right before the name of the unit; after normalisation.
_ON_BEHALF_OF = re.compile(
    r"\b(?:(?:giup|ho|thay|thay mat|dum|gium)(?: (?:cho|bac|chu|co|anh|chi|em|ong|ba|dong chi|d c|can bo"
    r"|truong|van phong|vp|ben))*|(?:bao cao|bc|so lieu|bieu|file|tep)(?: cua)?|^cua)$"
)
#: The committee or council above an office, and its area: "HUYỆN ỦY X", "UBND TỈNH X"; by `accented_key`.
_AREA_ABOVE = re.compile(
    r"^((?:huyện|tỉnh|thành|thị|quận) ủy (?!viên).+)$"
    r"|(?:ủy ban nhân dân|uy ban nhan dan|ubnd) ((?:tỉnh|tinh|thành phố|thanh pho|tp|huyện|huyen|quận|quan"
    r"|thị xã|thi xa|xã|xa|phường|phuong|thị trấn|thi tran|đặc khu|dac khu) .+)$"
)
_LONGEST_NOTE = 600
_DRAFT = re.compile(r"\b(?:du thao|ban nhap)\b")
_ON_TRIAL = re.compile(r"\b(?:(?:dien|lam|gui) thu|xem (?:\w+ ){0,3}(?:dung|duoc|on) (?:chua|khong))\b")
_FOR_COMMENTS = re.compile(r"\b(?:gop y|xin y kien|cho y kien|tham gia y kien|xem truoc|duyet)\b")
#: What a form is sent with: "gửi mẫu biểu", "theo đề cương", "đề nghị các đơn vị báo cáo".
_ASKS_FOR_REPORTS = re.compile(
    r"\b(?:mau|bieu mau|de cuong|huong dan|de nghi|yeu cau|trien khai|thuc hien che do|v v bao cao)\b"
)
_OWN_KINDS = frozenset({"letterhead", "sheet_title", "self_naming", "annex_reference", "signature"})


#: Where a document names its own period.
_OWN_PERIOD_KINDS = frozenset({"title", "sheet_title", "opening", "file_name"})


def _names_its_period(match: Match) -> bool:
    return any(item.about == "period" and item.kind in _OWN_PERIOD_KINDS for item in match.evidence)


def _in_the_period_named(match: Match, matches: Sequence[Match]) -> Match:
    """A file that names no period is for the one that the other files of its unit and report name."""
    if _names_its_period(match):
        return match
    beside = [other for other in matches if (other.unit, other.report) == (match.unit, match.report)]
    named = {other.period for other in beside if _names_its_period(other)}
    return replace(match, period=named.pop()) if len(named) == 1 else match


def _fitting_forms(exhibit: Exhibit) -> tuple[str, ...]:
    """The reports whose rows make up the exhibit's tables; only the best where several fit."""
    fitting = {
        report: rows
        for report, rows in exhibit.form_rows.items()
        if rows >= FORM_ROWS and exhibit.form_share.get(report, 0.0) >= FORM_SHARE
    }
    most = max(fitting.values(), default=0)
    return tuple(report for report, rows in fitting.items() if rows == most)


def _named_of_one_form(items: Iterable[Evidence], strong: tuple[str, ...]) -> str:
    """The one report that words name, where the rows fit each of several that ask the same; "" else."""
    items = [item for item in items if item.points_to in strong]
    form = {item.points_to for item in items if item.kind == "form"}
    named = {item.points_to for item in items if item.kind not in ("form", "answer")}
    return named.pop() if len(named) == 1 and form == set(strong) else ""


def late_window(period: Period) -> timedelta:
    """How long after its due moment a period may still be handed in while a newer one is collected."""
    return LATE_WINDOW_OF_A_MONTH if period.kind is PeriodKind.MONTH else LATE_WINDOW


def period_collected(periods: Sequence[Period], arrival: datetime) -> Period:
    """The period of a report that names none: the newest opened one whose figures can be known by then.

    The next month opens the day after the last one's deadline; what comes late that day is no report on it.
    """
    day = arrival.astimezone(periods[-1].opens.tzinfo).date()
    return next((period for period in reversed(periods) if not is_too_early(day, period)), periods[-1])


def _periods_in(
    texts: Iterable[str], periods: tuple[Period, ...], arrival: datetime
) -> tuple[list[tuple[Period, str]], list[str]]:
    """The periods a text names among those known, and markers for names that fit none of them."""
    found: list[tuple[Period, str]] = []
    unknown: list[str] = []
    kinds = {period.kind for period in periods}
    for text in texts:
        for name in _leading(periods_named(text), kinds):
            period = _resolved(name, periods, arrival)
            if period is None:
                unknown.append(f"?{name.text}")
            else:
                found.append((period, name.text))
    return found, unknown


def periods_spoken_of(subject: str, periods: tuple[Period, ...], arrival: datetime) -> frozenset[str]:
    """The periods a subject says it brings, where it names several: "báo cáo tháng 3 và tháng 4"."""
    if ANSWERING.match(subject):
        return frozenset()
    told = [name for name in periods_named(subject) if not name.cited and not name.planned]
    meant = {period.id for name in told if (period := _resolved(name, periods, arrival)) is not None}
    return frozenset(meant) if len(meant) > 1 else frozenset()


def _speaks_of_each(
    subject: str, named: dict[str, tuple[str, ...]], periods: tuple[Period, ...], arrival: datetime
) -> bool:
    """Whether a subject names the document's own period among several: "báo cáo tháng 3 và tháng 4"."""
    told = [name for name in periods_named(subject) if not name.cited and not name.planned]
    meant = {period.id for name in told if (period := _resolved(name, periods, arrival)) is not None}
    return len(meant) > 1 and any(period in meant for kind in _STRONG_PERIODS for period in named[kind])


def _of_asked_sheet(
    sheets: Sequence[str],
    named: dict[str, tuple[str, ...]],
    periods: tuple[Period, ...],
    arrival: datetime,
    current: Period,
) -> dict[str, tuple[str, ...]]:
    """What is named, without the sheets of other periods where each sheet is for a period of its own.

    It is the one that the first words beside the sheets name; where none do, the one collected now.
    """
    if not is_series(sheets):
        return named
    of_sheets = [found for name in sheets if (found := period_of_sheet(name)) is not None]
    series = {period.id for name in of_sheets if (period := _resolved(name, periods, arrival)) is not None}
    words = next((named[kind] for kind in _BESIDE_SHEETS if named[kind]), (current.id,))
    # Sheets of parts of the year on which nothing is reported name no period that is known.
    told = {(one.kind, one.number) for one in of_sheets}
    others = [one for kind in _STRONG_PERIODS for one in named[kind] if one not in series]
    explained = all({(n.kind, n.number) for n in periods_named(one.lstrip("?"))} <= told for one in others)
    if len(words) > 1 or words[0] not in series or not explained:
        return named
    return named | dict.fromkeys(_STRONG_PERIODS, ()) | {"sheet_title": words}


def _leading(names: Sequence[NamedPeriod], kinds: set[PeriodKind]) -> list[NamedPeriod]:
    """The period a text is about: the first of a kind the report has, a part of a year before a year.

    "6 tháng đầu năm, phương hướng 6 tháng cuối năm 2023" is about the first half, and the year at the
    end is its year; "thực hiện kế hoạch năm 2023, 6 tháng đầu năm" is about the half year as well.
    """
    told = [name for name in names if not name.cited and not name.planned]
    fitting = [name for name in told if name.kind in kinds]
    part = [name for name in fitting if name.kind is not PeriodKind.YEAR]
    lead = next(iter(part or fitting), None)
    if lead is None:
        return []
    if lead.year is None:
        year = next((name.year for name in names if name.year is not None and not name.cited), None)
        lead = replace(lead, year=year)
    return [lead]


def _resolved(name: NamedPeriod, periods: tuple[Period, ...], arrival: datetime) -> Period | None:
    told = [p for p in periods if p.kind is name.kind and name.year in (None, p.year)]
    same = [period for period in told if _same_number(name, period)]
    if name.year is not None:
        return next(iter(same), None)
    return same[-1] if same and arrival - same[-1].opens < timedelta(days=366) else None


def _same_number(name: NamedPeriod, period: Period) -> bool:
    if not name.number:
        return True
    digits = "".join(letter for letter in period.id.rsplit("-", 1)[-1] if letter.isdigit())
    return digits == "" or int(digits) == name.number


#: What names the period in the document itself, best first.
_STRONG_PERIODS = ("title", "sheet_title", "opening")
#: What tells which sheet of a workbook with one for each period is asked about, best first.
_BESIDE_SHEETS = ("subject", "file_name", "body")
_ONCE = frozenset({PeriodKind.CAMPAIGN, PeriodKind.ONE_OFF})
#: A subject that may be the words of another mail.
ANSWERING = re.compile(r"\s*(?:re|fwd?|tr|tl)\s*:", re.IGNORECASE)
#: "số liệu đến tháng 5/2023" names a day, and no month that is reported on.
_UP_TO = re.compile(r"\b(?:đến|tới|từ|hết|cuối|đầu)(?:\s+(?:hết|cuối))?\s*$", re.IGNORECASE)


def _irregular(titles: Sequence[str], periods: Sequence[Period]) -> str:
    """The words by which titles are about a week or several years where regular periods are asked, or ""."""
    if _ONCE.intersection(period.kind for period in periods):
        return ""
    return next(iter(irregular_times(titles)), "")


def _as_titled(
    titles: Sequence[str], periods: Sequence[Period], named: dict[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """The periods that titles name, with a marker where they name only other kinds, or several at once."""
    told = named["title"]
    if not any(named[kind] for kind in _STRONG_PERIODS):
        told = _of_other_kinds(titles, periods)
    return (*told, *(f"?{title}" for title in titles if several_periods(title)))


def _of_other_kinds(titles: Iterable[str], periods: Sequence[Period]) -> tuple[str, ...]:
    """A marker where titles name a period only of kinds the report has not: half a year for a month."""
    kinds = {period.kind for period in periods}
    if kinds & _ONCE:
        return ()
    named = [(title, name) for title in titles for name in periods_named(title)]
    told = [
        name
        for title, name in named
        if not (name.cited or name.planned or _UP_TO.search(title[: name.position]))
    ]
    return (f"?{told[0].text}",) if told and not any(name.kind in kinds for name in told) else ()


def _choose_period(named: dict[str, tuple[str, ...]], current: Period) -> tuple[str, list[str]]:
    strong = tuple(dict.fromkeys(period for kind in _STRONG_PERIODS for period in named[kind]))
    weak = tuple(dict.fromkeys((*named["subject"], *named["file_name"], *named["body"])))
    if len(strong) > 1:
        known = [period for period in strong if not period.startswith("?")]
        chosen = current.id if current.id in known or not known else known[0]
        return chosen, ["period_conflict"]
    if strong:
        if strong[0].startswith("?"):
            return current.id, ["period_unknown"]
        others = {p for kind in ("subject", "file_name") for p in named[kind] if not p.startswith("?")}
        # Last period's title left standing is the commonest slip of all.
        chosen = current.id if current.id in others else strong[0]
        return (chosen, ["period_conflict"]) if others - {strong[0]} else (strong[0], [])
    if len(weak) > 1:
        return current.id, ["period_conflict"]
    if weak:
        return (weak[0], []) if not weak[0].startswith("?") else (current.id, ["period_unknown"])
    return current.id, []


def _checked_against_cut_offs(
    chosen: str, periods: tuple[Period, ...], exhibit: Exhibit, doubts: list[str], *, is_named: bool
) -> str:
    """What a report says of the day of its figures may hold a period, and propose one nothing else names."""
    period = next((period for period in periods if period.id == chosen), None)
    if period is None or not contradict(exhibit.cut_offs, period):
        return chosen
    doubts.append("cut_off_contradicts")
    fitting = [one.id for one in periods if any(c.of_report and closes(c, one) for c in exhibit.cut_offs)]
    return chosen if is_named or not fitting else fitting[-1]


def _cut_off_evidence(exhibit: Exhibit, periods: tuple[Period, ...], chosen: str) -> list[Evidence]:
    """The days of the figures, each for the period it fits; of a single figure only what fits the chosen."""
    told: dict[tuple[str, date], str] = {}
    for cut_off in exhibit.cut_offs:
        fitting = [period.id for period in periods if closes(cut_off, period)]
        if chosen in fitting or cut_off.of_report:
            points_to = chosen if chosen in fitting else fitting[-1] if fitting else ""
            told.setdefault((points_to, cut_off.last), cut_off.text)
    return [evidence("period", to, "cut_off", text, exhibit.file) for (to, _), text in told.items()]


def _is_dated_too_early(exhibit: Exhibit, periods: tuple[Period, ...], chosen: str) -> bool:
    """Whether the letter bears a day on which nobody could know the figures of the period."""
    period = next((period for period in periods if period.id == chosen), None)
    return period is not None and exhibit.dated is not None and is_too_early(exhibit.dated, period)


def _date_evidence(exhibit: Exhibit, periods: tuple[Period, ...], chosen: str) -> list[Evidence]:
    """The day of the letter, for the chosen period where it fits, else for the one collected that day."""
    if exhibit.dated is None:
        return []
    then = [period.id for period in periods if period.opens.date() <= exhibit.dated]
    early = _is_dated_too_early(exhibit, periods, chosen)
    points_to = chosen if not early else then[-1] if then else ""
    return [evidence("period", points_to, "date", f"{exhibit.dated:%d/%m/%Y}", exhibit.file)]


def _speaks_of_reporting(envelope: Envelope, exhibit: Exhibit) -> bool:
    words = plain_key(f"{envelope.subject} {envelope.body} {exhibit.file}")
    return any(word in f" {words} " for word in (" bao cao ", " bc ", " bieu ", " so lieu "))


def _joined(first: Match, second: Match) -> Match:
    return replace(
        first,
        exhibits=(*first.exhibits, *second.exhibits),
        evidence=tuple(dict.fromkeys((*first.evidence, *second.evidence))),
        doubts=tuple(dict.fromkeys((*first.doubts, *second.doubts))),
    )
