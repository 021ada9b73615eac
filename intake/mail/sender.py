"""Whether a sender is who the From field claims, as far as the receiving server could tell. Pure.

The only witness is the `Authentication-Results` field of our own provider (RFC 8601 section 5): the
topmost one whose authserv-id is the pinned one. Everything below it, and every other authserv-id,
may have been written by the sender and proves nothing; where such a field claims more than ours
found, that is noted.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import authres
import authres.dmarc
from rapidfuzz.distance import OSA

from config.remembered import remembered
from config.spelling import plain_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from intake.mail.messages import Headers, Mailer


class SenderResult(StrEnum):
    """What the receiving server's findings amount to."""

    PASS = "pass"  # noqa: S105  #: the From domain is proved, aligned
    NONE = "none"  #: the From domain publishes nothing that could prove or disprove it
    FAIL = "fail"  #: the From domain says that this mail is not its own
    UNKNOWN = "unknown"  #: nobody we trust has looked, or what they say cannot be tied to the From domain


@dataclass(frozen=True, slots=True)
class SenderVerdict:
    """The verdict on one message. `reasons` are codes, sentences under `mailbox.sender_<code>`."""

    result: SenderResult
    dmarc: str = ""  #: as the pinned server wrote it: pass, fail, none...; empty when it says nothing
    spf: str = ""
    dkim: str = ""  #: the most telling of several signatures
    aligned_domain: str = ""  #: the domain whose pass carries the verdict
    authserv_id: str = ""  #: who wrote the field that counted; empty when none did
    reasons: tuple[str, ...] = ()

    def as_record(self) -> dict[str, str]:
        """The verdict as flat text, for the ledger; empty entries are left out."""
        entries = {
            "verdict": str(self.result),
            "authserv": self.authserv_id,
            "dmarc": self.dmarc,
            "spf": self.spf,
            "dkim": self.dkim,
            "aligned": self.aligned_domain,
            "reasons": ",".join(self.reasons),
        }
        return {name: value for name, value in entries.items() if value}


#: defects of the From field, and the reason each is told as
FROM_DEFECTS: Final = {
    "no_from": "no_from",
    "several_from": "several_from",
    "several_addresses": "several_addresses",
    "malformed": "malformed_from",
    "name_is_address": "display_name_mismatch",
}
# With these there is no one From domain that a pass could be aligned with.
_NO_ONE_DOMAIN: Final = frozenset({"no_from", "several_from", "several_addresses", "malformed"})

# The library reads by repeated substitution; longer or more fields than servers write are not worth its time.
_LONGEST_FIELD: Final = 8_192
_MOST_FIELDS: Final = 20
_GRAMMAR: Final = authres.FeatureContext(authres.dmarc)


def sender_verdict(headers: Headers, trusted_authserv_id: str) -> SenderVerdict:
    """What the pinned server found out about the From domain of this message.

    `trusted_authserv_id` is compared without regard to case; empty means that none is configured.
    Never raises: a field that is no grammar gives `unknown` with a reason.
    """
    mailer = headers.sender
    defects = defect_reasons(mailer)
    pinned = trusted_authserv_id.strip().lower()
    if not pinned:
        return SenderVerdict(SenderResult.UNKNOWN, reasons=("not_configured", *defects))
    fields = [_read(body, pinned) for body in headers.authentication_results[:_MOST_FIELDS]]
    own = next((field for field in fields if field.authserv_id == pinned), None)
    verdict = _assess(own, mailer.domain) if own else _no_trusted_field()
    if verdict.result is SenderResult.PASS and _NO_ONE_DOMAIN.intersection(mailer.defects):
        verdict = replace(verdict, result=SenderResult.UNKNOWN, aligned_domain="")
    others = (field for field in fields if field is not own)
    forged = _claims_better(others, mailer.domain, verdict.result)
    noted = ("forged_authentication_results",) if forged else ()
    return replace(verdict, reasons=(*verdict.reasons, *noted, *defects))


def defect_reasons(mailer: Mailer) -> tuple[str, ...]:
    """The defects of the From field as reasons, and a display name that holds another address."""
    reasons = [FROM_DEFECTS.get(defect, defect) for defect in mailer.defects]
    if "display_name_mismatch" not in reasons and _names_another_address(mailer):
        reasons.append("display_name_mismatch")
    return tuple(dict.fromkeys(reasons))


def _names_another_address(mailer: Mailer) -> bool:
    named = re.findall(r"[^\s<>\"'(),;:@]+@[^\s<>\"'(),;:@]+\.[^\s<>\"'(),;:@]+", mailer.name)
    return any(address.lower().rstrip(".") != mailer.address for address in named)


# ------------------------------------------------------------------ one Authentication-Results field


@dataclass(frozen=True, slots=True)
class _Finding:
    """One result of one method, and the domain it speaks of."""

    method: str
    result: str
    domain: str


@dataclass(frozen=True, slots=True)
class _Field:
    """One field read by grammar. `findings` is None when it could not be read."""

    authserv_id: str
    findings: tuple[_Finding, ...] | None


@remembered(512, longest=1_000)
def _read(body: str, pinned: str) -> _Field:
    """One field body, unfolded and read by the grammar of RFC 8601 section 2.2."""
    text = re.sub(r"[\r\n]+(?=[ \t])|[\r\n]+", "", body).strip()
    header: Any = None
    if len(text) <= _LONGEST_FIELD and text.isascii():
        # Nested comments can exhaust the stack, and odd input raises from deep inside.
        with suppress(authres.AuthResError, RecursionError, ValueError, TypeError, AttributeError):
            header = _GRAMMAR.parse_value(text)
    if header is None:
        return _Field(_claimed_authserv_id(text, pinned), None)
    return _Field(header.authserv_id, tuple(_finding(result) for result in header.results))


def _claimed_authserv_id(text: str, pinned: str) -> str:
    """Whose field this unreadable one is. In doubt it is ours, so that a lower one never takes its place."""
    head = text.split(";", 1)[0].lower()
    return pinned if pinned in re.split(r"[^a-z0-9._-]+", head) else head.strip()


def _finding(result: Any) -> _Finding:
    value = str(result.result)
    match result.method:
        case "dkim":
            return _Finding("dkim", value, _domain(_property(result, "header", "d", "i")))
        case "spf":
            envelope = _property(result, "smtp", "mailfrom", "mail") or _property(result, "smtp", "helo")
            return _Finding("spf", "fail" if value == "hardfail" else value, _domain(envelope))
        case "dmarc":
            return _Finding("dmarc", value, _domain(_property(result, "header", "from")))
    return _Finding(str(result.method), value, "")


def _property(result: Any, kind: str, *names: str) -> str:
    """The first property of that kind and one of these names, in the order of the names."""
    for name in names:
        for entry in result.properties:
            if (entry.type, entry.name) == (kind, name) and entry.value:
                return str(entry.value)
    return ""


def _domain(address_or_domain: str) -> str:
    return _ascii_domain(address_or_domain.rpartition("@")[2])


def _ascii_domain(domain: str) -> str:
    lowered = domain.strip().rstrip(".").lower()
    with suppress(UnicodeError):
        return lowered.encode("idna").decode("ascii")
    return lowered


# ------------------------------------------------------------------ from findings to a verdict


def _assess(field: _Field, from_domain: str) -> SenderVerdict:
    """The verdict of one field on the From domain."""
    if field.findings is None:
        reasons = ("malformed_authentication_results",)
        return SenderVerdict(SenderResult.UNKNOWN, authserv_id=field.authserv_id, reasons=reasons)
    domain = _ascii_domain(from_domain)
    result, reason, aligned = _weigh(field.findings, domain)
    return SenderVerdict(
        result,
        dmarc=_most_telling(field.findings, "dmarc", domain),
        spf=_most_telling(field.findings, "spf", domain),
        dkim=_most_telling(field.findings, "dkim", domain),
        aligned_domain=aligned,
        authserv_id=field.authserv_id,
        reasons=(reason,),
    )


def _weigh(findings: tuple[_Finding, ...], domain: str) -> tuple[SenderResult, str, str]:
    """Result, reason and aligned domain. DMARC first, because it is the From domain's own rule."""
    dmarc = [finding for finding in findings if finding.method == "dmarc"]
    if any(finding.result == "fail" for finding in dmarc):
        return SenderResult.FAIL, "dmarc_fail", ""
    if any(finding.result == "pass" and finding.domain == domain != "" for finding in dmarc):
        return SenderResult.PASS, "dmarc_pass", domain
    own = [
        finding
        for finding in findings
        if finding.method in {"dkim", "spf"} and is_aligned(finding.domain, domain)
    ]
    for method in ("dkim", "spf"):
        for finding in own:
            if (finding.method, finding.result) == (method, "pass"):
                return SenderResult.PASS, f"{method}_aligned", finding.domain
    return _without_pass(own, findings, domain)


def _without_pass(
    own: list[_Finding], findings: tuple[_Finding, ...], domain: str
) -> tuple[SenderResult, str, str]:
    """Without an aligned pass: whether the From domain disowned the mail, said nothing, or was not asked."""
    said = {(finding.method, finding.result) for finding in own}
    # A softfail is the domain's word that the sending host is probably not its own: a person looks.
    for method, result in (("spf", "fail"), ("dkim", "fail"), ("spf", "softfail")):
        if (method, result) in said:
            return SenderResult.FAIL, f"{method}_{result}", ""
    if any(finding.result == "temperror" for finding in findings):
        return SenderResult.UNKNOWN, "temporary_error", ""
    if said:
        return SenderResult.NONE, "nothing_published", ""
    if any(finding.method in {"spf", "dkim"} and finding.domain for finding in findings):
        # Another domain vouches for itself. That is how a forged From travels past SPF.
        return SenderResult.UNKNOWN, "unaligned", ""
    if any(finding.method == "dmarc" and finding.domain == domain != "" for finding in findings):
        return SenderResult.NONE, "nothing_published", ""
    return SenderResult.UNKNOWN, "nothing_checked", ""


def _most_telling(findings: Iterable[_Finding], method: str, domain: str) -> str:
    """The result to show for a method: an aligned one before others, a pass before others."""
    own = [finding for finding in findings if finding.method == method]
    own.sort(key=lambda finding: (not is_aligned(finding.domain, domain), finding.result != "pass"))
    return own[0].result if own else ""


def _claims_better(fields: Iterable[_Field], domain: str, than: SenderResult) -> bool:
    """Whether a field that does not count claims a pass that ours does not give."""
    if than is SenderResult.PASS:
        return False
    return any(_assess(field, domain).result is SenderResult.PASS for field in fields)


def _no_trusted_field() -> SenderVerdict:
    return SenderVerdict(SenderResult.UNKNOWN, reasons=("no_trusted_field",))


# Second-level names of .vn under which strangers register (VNNIC): a shared ending, not a shared owner.
_SHARED_ENDINGS: Final = frozenset(
    f"{name}.vn"
    for name in [
        "ac",
        "biz",
        "com",
        "edu",
        "gov",
        "health",
        "id",
        "info",
        "int",
        "io",
        "ai",
        "name",
        "net",
        "org",
        "pro",
    ]
)


def is_aligned(domain: str, from_domain: str) -> bool:
    """Whether a domain that passed speaks for the From domain: the same, or one above the other.

    A shared ending (vn, gov.vn, com.vn) speaks for nobody below it.
    """
    if not domain or not from_domain:
        return False
    if domain == from_domain:
        return True
    upper, lower = sorted((domain, from_domain), key=len)
    return "." in upper and upper not in _SHARED_ENDINGS and lower.endswith(f".{upper}")


# ------------------------------------------------------------------ addresses made to look like others

# Letters of other scripts, and digits, that a reader takes for a Latin letter (after Unicode TR 39).
_HOMOGLYPHS: Final = str.maketrans(
    "аеорсухіјѕԁһԛԝԍкмтвнгαοερτυνικβ01|ıɡ",
    "aeopcyxijsdhqwgkmtbhraoeptuvikbolllg",
)
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))
# Below this a one-letter difference is nothing unusual between two honest people.
_SHORTEST_LOCAL_PART: Final = 6
# Local parts that every office has; the same one elsewhere says nothing.
_COMMON_LOCAL_PARTS: Final = frozenset(
    [
        "vanphong",
        "vanthu",
        "vanthuubnd",
        "hanhchinh",
        "lienhe",
        "thongtin",
        "contact",
        "office",
        "admin",
        "support",
        "banbientap",
    ]
)


def look_alike(address: str, known: Collection[str]) -> str | None:
    """The registered address that this one could be taken for, or None.

    None as well when the address is registered itself. A warning for the officer, never a booking:
    one letter more, less, other or swapped, a letter of another script, or the same name elsewhere.
    """
    folded_known = {registered.lower(): registered for registered in known}
    claimed = address.strip().lower()
    if "@" not in claimed or claimed in folded_known:
        return None
    for likeness in (_same_to_the_eye, _one_letter_apart, _same_name_elsewhere):
        for registered in sorted(folded_known):
            if likeness(claimed, registered):
                return folded_known[registered]
    return None


def _same_to_the_eye(claimed: str, registered: str) -> bool:
    return _skeleton(claimed) == _skeleton(registered)


def _one_letter_apart(claimed: str, registered: str) -> bool:
    local, domain = _parts(claimed)
    registered_local, registered_domain = _parts(registered)
    if domain == registered_domain:
        long_enough = min(len(local), len(registered_local)) >= _SHORTEST_LOCAL_PART
        return long_enough and _one_edit(local, registered_local)
    return local == registered_local and _one_edit(domain, registered_domain)


def _same_name_elsewhere(claimed: str, registered: str) -> bool:
    local, _ = _parts(claimed)
    registered_local, _ = _parts(registered)
    distinctive = len(local) >= _SHORTEST_LOCAL_PART and local not in _COMMON_LOCAL_PARTS
    return distinctive and local == registered_local


def _one_edit(left: str, right: str) -> bool:
    """One letter apart, two neighbours swapped included. Numbered series (…01, …02) are not."""
    if OSA.distance(left, right, score_cutoff=1) != 1:
        return False
    return re.sub(r"\d+", "#", left) != re.sub(r"\d+", "#", right)


def _parts(address: str) -> tuple[str, str]:
    local, _, domain = address.rpartition("@")
    return local, domain


def _skeleton(address: str) -> str:
    """What the eye keeps of an address: scripts, marks and lookalike letters folded, dots kept."""
    local, domain = _parts(address)
    text = unicodedata.normalize("NFKC", f"{local}@{_unicode_domain(domain)}").lower()
    letters = "".join(_plain_letter(letter) for letter in text)
    for pair, letter in _PAIRS:
        letters = letters.replace(pair, letter)
    return letters.replace("i", "l")


def _plain_letter(letter: str) -> str:
    """One letter as Latin without marks; signs stay."""
    latin = letter.translate(_HOMOGLYPHS)
    return plain_key(latin) if latin.isalpha() else latin


def _unicode_domain(domain: str) -> str:
    """The domain with its xn-- labels decoded; a label that is no punycode stays."""
    return ".".join(_unicode_label(label) for label in domain.split("."))


def _unicode_label(label: str) -> str:
    if label.startswith("xn--"):
        with suppress(UnicodeError):
            return label[4:].encode("ascii").decode("punycode")
    return label
