"""Whose report an exhibit is: what it says of its origin against the mail it came by. Pure."""

from __future__ import annotations

import re
from itertools import pairwise

from config.spelling import accented_key, plain_key
from intake.evidence.inner_bodies import inner_body
from intake.evidence.statements import LONGEST_NOTE, Case, Exhibit
from intake.evidence.subjects import reports_named
from intake.evidence.unit_names import place_named
from intake.evidence.weights import best_guess, evidence, strongly_named
from ledger.records import Evidence

_OWN_KINDS = frozenset({"letterhead", "sheet_title", "self_naming", "annex_reference", "signature"})
#: What speaks of the unit where no letterhead does; against the sender it holds the mail.
_SAYING = frozenset({"subject", "file_name", "place_line", "signature", "forwarded_sender", "mail_signature"})
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
_HELPS = re.compile(r"\b(?:gui|nop|chuyen|bao cao|lam) (?:giup|ho|thay|dum|gium)(?P<whom>(?: \w+){1,12})")
#: The committee or council above an office, and its area: "HUYỆN ỦY X", "UBND TỈNH X"; by `accented_key`.
_AREA_ABOVE = re.compile(
    r"^((?:huyện|tỉnh|thành|thị|quận) ủy (?!viên).+)$"
    r"|(?:ủy ban nhân dân|uy ban nhan dan|ubnd) ((?:tỉnh|tinh|thành phố|thanh pho|tp|huyện|huyen|quận|quan"
    r"|thị xã|thi xa|xã|xa|phường|phuong|thị trấn|thi tran|đặc khu|dac khu) .+)$"
)


def unit_evidence(case: Case, exhibit: Exhibit) -> list[Evidence]:
    """All that points to a unit: what the document says, and the mail around it."""
    return [*_own_evidence(case, exhibit), *_mail_evidence(case, exhibit)]


def _own_evidence(case: Case, exhibit: Exhibit) -> list[Evidence]:
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
            for unit in _single(case.units.fully_in(claim.text))
            if not case.units.names_a_part(claim.text)
        )
    found.extend(
        evidence("unit", unit, "letterhead", exhibit.superior, exhibit.file)
        for unit in _single(case.units.fully_in(exhibit.superior))
        if exhibit.issuer and all(_OFFICE_OF.match(claim.text) for claim in exhibit.issuer)
    )
    found.extend(
        evidence("unit", unit, "letterhead", f"{exhibit.superior} {claim.text}", claim.place)
        for claim in exhibit.issuer
        for unit in _single(_of_area_above(case, claim.text, exhibit.superior))
        if not case.units.fully_in(claim.text)
    )
    found.extend(
        evidence("unit", unit, "named_in_title", text, exhibit.file)
        for text in dict.fromkeys((exhibit.title, *exhibit.sheet_titles))
        for unit in case.units.fully_in(text)[:3]
    )
    found.extend(
        evidence("unit", unit, "named_in_title", text, exhibit.file)
        for text in exhibit.sheets
        for unit in case.units.only_in(text)[:3]
    )
    found.extend(
        evidence("unit", unit, "place_line", exhibit.place_name, exhibit.file)
        for unit in _single(case.units.only_in(exhibit.place_name))
    )
    found.extend(
        evidence("unit", unit, "signature", claim.text, claim.place or exhibit.file)
        for claim in exhibit.signed_for
        for unit in _single(case.units.fully_in(claim.text))
    )
    # "45/BC-PNV": an abbreviation the roster has among the unit's other names.
    office = exhibit.symbol.partition("-")[2]
    found.extend(
        evidence("unit", unit, "document_number", exhibit.symbol, exhibit.file)
        for unit in _single(case.units.only_in(office))
    )
    return found


def _of_area_above(case: Case, issuer: str, superior: str) -> tuple[str, ...]:
    """The unit that an office is with the area of the council above it: "UBND TỈNH X / SỞ Y TẾ"."""
    area = _AREA_ABOVE.search(accented_key(superior))
    if area is None:
        return ()
    of_area = area[1] or area[2]
    full = (f"{issuer} {of_area}", f"{issuer} ubnd {of_area}")  # "UBND TỈNH X / VĂN PHÒNG"
    named = [one for name in full for one in case.units.named_in(name)]
    told = (unit for one in named if one.position == 0 and not one.bare for unit in one.units)
    return tuple(dict.fromkeys(told))


def _mail_evidence(case: Case, exhibit: Exhibit) -> list[Evidence]:
    """What the mail around it says."""
    envelope = case.envelope
    found: list[Evidence] = []
    if envelope.sender_trusted:
        kind = "sender_address" if len(envelope.sender_units) == 1 else "shared_address"
        found += [evidence("unit", u, kind, envelope.sender_address) for u in envelope.sender_units]
    for kind, text in (
        ("subject", envelope.subject),
        *(("file_name", name) for name in (exhibit.file, *exhibit.packed_in)),
        ("body", envelope.body),
        ("display_name", envelope.sender_name),
    ):
        found += [evidence("unit", unit, kind, text) for unit in case.units.only_in(text)[:3]]
    signed = case.units.fully_in(envelope.signed)
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


def _single(units: tuple[str, ...]) -> tuple[str, ...]:
    """A claim that fits several units names none of them surely."""
    return units if len(units) == 1 else ()


def decide_unit(case: Case, exhibit: Exhibit, items: list[Evidence]) -> tuple[str, list[str]]:
    """The unit proposed on that evidence, and why nobody may book it unasked."""
    own = [item for item in items if item.kind in _OWN_KINDS]
    named = strongly_named(own, "unit")
    senders = case.envelope.sender_units if case.envelope.sender_trusted else ()
    if any(case.units.names_a_part(claim.text) for claim in (*exhibit.issuer, *exhibit.sheet_issuer)):
        return best_guess(items, "unit"), ["letterhead_of_part"]
    if case.units.names_foreign_area(" ".join((exhibit.superior, *(c.text for c in exhibit.issuer)))):
        return (named[0] if named else ""), ["foreign_area"]
    signed = {item.points_to for item in own if item.kind == "signature"}
    if len(named) > 1 or (named and not signed.issubset(named)):
        return best_guess(items, "unit") or named[0], ["unit_conflict"]
    titled = {item.points_to for item in items if item.kind == "named_in_title"}
    unit, doubts = (
        _decide_named(case, named[0], senders, titled, exhibit)
        if named
        else _decide_by_words(case, exhibit, items, senders)
    )
    if not doubts and _binds_another(case, exhibit, unit):
        doubts = ["several_letters"]
    return unit, doubts or (["of_a_part"] if parts_named(case, exhibit, unit) else [])


def parts_named(case: Case, exhibit: Exhibit, unit: str) -> list[Evidence]:
    """The bodies inside the unit whose report it is by its title; by the mail, where no head stands."""
    words = [("named_in_title", text) for text in (exhibit.title, *exhibit.sheet_titles)]
    if not any(map(case.units.fully_in, (claim.text for claim in exhibit.issuer))):
        words += [("file_name", exhibit.file), ("subject", case.envelope.subject)]
    own = case.units.name_of(unit)
    told = [
        (kind, part)
        for kind, text in words
        if (part := inner_body(text, own, is_own=unit in case.units.fully_in(text)))
    ]
    return [evidence("unit", "", kind, part, exhibit.file) for kind, part in told]


def _decide_by_words(
    case: Case, exhibit: Exhibit, items: list[Evidence], senders: tuple[str, ...]
) -> tuple[str, list[str]]:
    """Whose a document is that names no unit as its own, and whether words around it say otherwise."""
    unit, doubts = _decide_unnamed(case, exhibit, items, senders)
    names = (case.envelope.subject, exhibit.file, *exhibit.packed_in, exhibit.title)
    words = (*names, *exhibit.sheet_titles, *exhibit.sheets)
    told = (*words, *(claim.text for claim in exhibit.sheet_issuer), *_whom_it_helps(case))
    text = " | ".join(told)
    if not doubts and (any(map(case.units.names_several, words)) or _is_said_to_be_of_several(case)):
        return unit, ["unit_conflict"]
    if not doubts and (others := case.units.offices_of_other_areas(text, unit)):
        return (others[0] if len(others) == 1 else unit), ["unit_conflict"]
    return unit, [*doubts, *(["former_unit"] if _is_of_former(case, exhibit, unit) else [])]


def _decide_named(
    case: Case, unit: str, senders: tuple[str, ...], titled: set[str], exhibit: Exhibit
) -> tuple[str, list[str]]:
    if unit not in senders:
        return unit, ["sender_contradicts" if senders else "sender_unregistered"]
    # A school's title may name its commune; one commune's title naming another is another's report.
    others = bool(titled) and unit not in titled and case.units.are_areas(unit, *titled)
    titles = " | ".join((exhibit.title, *exhibit.sheet_titles))
    others = others or bool(case.units.offices_of_other_areas(titles, unit))
    placed = case.units.only_in(exhibit.place_name)
    others = others or (bool(placed) and unit not in placed and case.units.are_areas(unit, *placed))
    if others:
        return unit, ["unit_conflict"]
    of_former = _names_former(case, (exhibit.title, *exhibit.sheet_titles, *exhibit.sheets), unit)
    return unit, ["former_unit"] if of_former else []


def _binds_another(case: Case, exhibit: Exhibit, unit: str) -> bool:
    """Whether a second letter in the same file is another unit's, or reports on something else."""
    issuers = [one for letter in exhibit.bound for one in case.units.fully_in(letter.text)]
    titles = (exhibit.title, *(letter.place for letter in exhibit.bound))
    own, *others = [{named.report for named in reports_named(title, case.reports)} for title in titles]
    return any(one != unit for one in issuers) or any(other - own for other in others)


def _is_of_former(case: Case, exhibit: Exhibit, unit: str) -> bool:
    """Whether mail from the box of a merged unit names that unit still: it may bring its part alone."""
    words = (case.envelope.subject, exhibit.file, exhibit.title, *exhibit.sheet_titles, *exhibit.sheets)
    return _names_former(case, (*words, *(claim.text for claim in exhibit.sheet_issuer)), unit)


def _names_former(case: Case, words: tuple[str, ...], unit: str) -> bool:
    """Whether words name some, and not all, of the units that a unit was made of."""
    own = case.units.place_of(unit)
    told = plain_key(" ".join(words))
    places = {place_named(name) for name in case.envelope.formerly} - {"", own}
    named = {place for place in places if f" {place} " in f" {told} "}
    return bool(named) and not (len(named) > 1 and named == places)


def _decide_unnamed(
    case: Case, exhibit: Exhibit, items: list[Evidence], senders: tuple[str, ...]
) -> tuple[str, list[str]]:
    behalf = _said_to_be_of(case)
    outside = {item.points_to for item in items if item.kind in _SAYING} | behalf
    issuer = " ".join(claim.text for claim in exhibit.issuer or exhibit.sheet_issuer)
    form = not exhibit.issuer and case.units.names_own_area(issuer)  # our own, with a row for each unit
    others = not form and any(_is_of_others(case, issuer, unit) for unit in senders)
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


def _is_of_others(case: Case, issuer: str, unit: str) -> bool:
    return case.units.is_body_beside(issuer, unit) or case.units.is_another_place(issuer, unit)


def _said_to_be_of(case: Case) -> set[str]:
    """The units whose report the mail says it brings: "gửi giúp xã Bình Minh", "báo cáo của xã ..."."""
    note = case.envelope.body[:LONGEST_NOTE]
    words = plain_key(note).split()
    return {
        unit
        for mention in case.units.named_in(note)
        if not mention.bare and _ON_BEHALF_OF.search(" ".join(words[: mention.position]))
        for unit in mention.units
    }


def _whom_it_helps(case: Case) -> list[str]:
    """The words behind "gửi giúp", "nộp hộ": whose report the mail brings, however that one is called."""
    return [found["whom"] for found in _HELPS.finditer(plain_key(case.envelope.body[:LONGEST_NOTE]))]


def _is_said_to_be_of_several(case: Case) -> bool:
    """Whether the mail says that it brings the report of two units: "của xã A và xã B"."""
    note = case.envelope.body[:LONGEST_NOTE]
    words = plain_key(note).split()
    return any(
        not first.bare
        and _ON_BEHALF_OF.search(" ".join((*words[: first.position], "")).rstrip())
        and set(first.units).isdisjoint(second.units)
        and words[first.position + len(first.text.split()) : second.position] in ([], ["va"])
        for first, second in pairwise(case.units.named_in(note))
    )
