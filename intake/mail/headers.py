"""Header fields from raw octets: folded lines, encoded words, parameters, addresses.

Mail programs in use mangle all of it: encoded words cut inside a character, RFC 2231 values cut inside
a %XX, raw UTF-8 or cp1258 octets, names encoded twice. The octets of neighbouring pieces are therefore
joined first and decoded afterwards. Addresses are read strictly, because what a library repairs a
forger can use: `From: unit@a <attacker@b>`.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
import unicodedata
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

from intake.extractors.plain import decoded
from intake.mail.messages import Mailer

_MOST_OCTETS: Final = 256 << 10  #: of the head that is looked at
_LONGEST: Final = 8_000  #: characters of one decoded field
_LONGEST_MAILBOX: Final = 2_000  #: octets of a name with its address; what is longer is neither
_SHORT: Final = 300  #: octets of a field that is remembered
_FIELD: Final = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n|\r\r")
_FOLDING: Final = re.compile(rb"\r\n(?![ \t])|(?<!\r)\n(?![ \t])|\r(?![\n \t])")
_LINE_END: Final = re.compile(rb"[\r\n]+")
_ENCODED_WORD: Final = re.compile(rb"=\?([^?\s]{1,60})\?([BbQq])\?([^?\s]*(?: [^?\s]+)*)\?=")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_PARAMETER: Final = re.compile(
    rb";\s*([^\s=;*]+)(?:\*(\d{1,3}))?(\*)?\s*=\s*(\"(?:[^\"\\]|\\.)*\"?|[^;]*)", re.DOTALL
)
_ADDR_SPEC: Final = re.compile(r"[^\s@<>()\[\]\\,;:\"]+@[^\s@<>()\[\]\\,;:\"]+\.[^\s@<>()\[\]\\,;:\".]+")
_LOCAL_PART: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")


class Field(NamedTuple):
    """One header field: name in lower case, body as octets, unfolded."""

    name: str
    body: bytes


def fields_of(octets: bytes) -> tuple[Field, ...]:
    """The fields of the head of a message, in order, whatever its line ends."""
    octets = octets.lstrip(b"\r\n")[:_MOST_OCTETS]
    end = _HEAD_END.search(octets)
    head = octets[: end.start()] if end else octets
    fields: list[Field] = []
    for line in _FOLDING.split(head):
        match = _FIELD.fullmatch(line)
        if match:
            fields.append(Field(match[1].decode("ascii").lower(), _LINE_END.sub(b"", match[2]).strip()))
    return tuple(fields)


def bodies(fields: tuple[Field, ...], name: str) -> list[bytes]:
    """The bodies of all fields of that name, topmost first."""
    return [field.body for field in fields if field.name == name]


def first_text(fields: tuple[Field, ...], name: str) -> str:
    """The decoded body of the topmost field of that name, empty when there is none."""
    found = bodies(fields, name)
    return decoded_words(found[0]) if found else ""


def decoded_words(body: bytes) -> str:
    """Unstructured text with its encoded words decoded (RFC 2047), one line, no control characters."""
    if b"=?" not in body:
        return one_line(decoded(body))
    pieces: list[str] = []
    waiting: tuple[str, bytes] = ("", b"")
    position = 0
    for match in _ENCODED_WORD.finditer(body):
        between = body[position : match.start()]
        position = match.end()
        charset = match[1].decode("ascii", "replace").partition("*")[0]
        content = _word_octets(match[2], match[3])
        if waiting[0] == charset.lower() and not between.strip():
            waiting = (waiting[0], waiting[1] + content)
            continue
        pieces.append(_flushed(waiting))
        # White space between two encoded words belongs to the encoding and is dropped.
        if between.strip() or not pieces[-1]:
            pieces.append(decoded(between))
        waiting = (charset.lower(), content)
    pieces += [_flushed(waiting), decoded(body[position:])]
    return one_line("".join(pieces))


def _word_octets(encoding: bytes, content: bytes) -> bytes:
    if encoding in b"Qq":
        return quopri.decodestring(content.replace(b"_", b" "))
    # Some programs leave the padding out, some add white space.
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", content)
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % 4))
    except binascii.Error:
        return base64.b64decode(letters[: len(letters) // 4 * 4])


def _flushed(waiting: tuple[str, bytes]) -> str:
    return decoded(waiting[1], waiting[0]) if waiting[1] else ""


def one_line(text: str) -> str:
    """NFC, control characters as one blank, of bounded length."""
    return unicodedata.normalize("NFC", _CONTROL.sub(" ", text[:_LONGEST])).strip()


class Parameters(NamedTuple):
    """A structured field body: its value in lower case and its parameters, decoded."""

    value: str
    parameters: dict[str, str]


def parameters_of(body: bytes) -> Parameters:
    """Reads Content-Type or Content-Disposition (RFC 2045, 2183, 2231), also where they are mangled."""
    return _short_parameters(body) if len(body) <= _SHORT else _parameters(body)


@lru_cache(maxsize=256)
def _short_parameters(body: bytes) -> Parameters:
    """The same for a field that comes again with every mail of the same program."""
    return _parameters(body)


def _parameters(body: bytes) -> Parameters:
    value, _, rest = body.partition(b";")
    pieces: dict[str, list[tuple[int, bool, bytes]]] = {}
    for match in _PARAMETER.finditer(b";" + rest):
        name = match[1].decode("ascii", "replace").lower()
        pieces.setdefault(name, []).append(
            (int(match[2]) if match[2] else -1, match[3] is not None, _unquoted(match[4]))
        )
    decoded_parameters = {name: _joined(parts) for name, parts in pieces.items()}
    return Parameters(value.decode("ascii", "replace").strip().lower(), decoded_parameters)


def _unquoted(value: bytes) -> bytes:
    value = value.strip()
    if not value.startswith(b'"'):
        return value
    value = value[1:-1] if value.endswith(b'"') and len(value) > 1 else value[1:]
    return re.sub(rb"\\(.)", rb"\1", value, flags=re.DOTALL)


def _joined(parts: list[tuple[int, bool, bytes]]) -> str:
    """The value of one parameter from its numbered, percent-encoded or plain pieces."""
    numbered = sorted((part for part in parts if part[0] >= 0), key=lambda part: part[0])
    extended = [part for part in parts if part[0] < 0 and part[1]]
    chosen = extended[:1] or numbered or parts[:1]
    if not any(is_extended for _, is_extended, _ in chosen):
        return decoded_words(b"".join(content for _, _, content in chosen))
    # Joined before the %XX are undone: some programs cut in the middle of one.
    joined = b"".join(content for _, _, content in chosen)
    charset, first, rest = joined.partition(b"'")
    language, second, text = rest.partition(b"'")
    if not first or not second or b"%" in charset + language:
        charset, text = b"", joined
    return one_line(decoded(unquote_to_bytes(text), charset.decode("ascii", "replace")))


def mailer_of(fields: tuple[Field, ...]) -> Mailer:
    """Who claims to write, read strictly: one From field with one address, else a defect.

    Defects: no_from, several_from, several_addresses, malformed, name_is_address (the display name
    shows another address than the real one).
    """
    found = bodies(fields, "from")
    if not found or not found[0].strip():
        return Mailer(defects=("no_from",))
    mailboxes, clean = _mailboxes(found[0])
    # RFC 6854 allows a group here, programs of units do not write one.
    clean = clean and b":" not in _mask_quoted(_without_comments(found[0]))
    defects: list[str] = ["several_from"] if len(found) > 1 else []
    if not clean:
        defects.append("malformed")
    if len(mailboxes) != 1:
        name = mailboxes[0][0] if mailboxes else decoded_words(found[0])
        defects.append("several_addresses" if mailboxes else "malformed")
        return Mailer(name=name, defects=tuple(dict.fromkeys(defects)))
    name, address = mailboxes[0]
    if any(shown.lower() != address for shown in _ADDR_SPEC.findall(name)):
        defects.append("name_is_address")
    if len(found) > 1 or not clean:
        return Mailer(name=name, defects=tuple(defects))
    return Mailer(address, name, address.rpartition("@")[2], tuple(defects))


def addresses_of(fields: tuple[Field, ...], name: str) -> tuple[str, ...]:
    """The addresses of all fields of that name, lower case; what is no address is left out."""
    found = [_mailboxes(body)[0] for body in bodies(fields, name)]
    return tuple(dict.fromkeys(address for mailboxes in found for _, address in mailboxes))


def _mailboxes(body: bytes) -> tuple[tuple[tuple[str, str], ...], bool]:
    """(display name, address) of every mailbox of an address list, and whether all of it was well formed.

    RFC 5322 section 3.4: mailbox = [phrase] "<" addr-spec ">" / addr-spec. Encoded words are decoded
    only after the structure is read, so that no name can bring its own brackets.
    """
    return _short_mailboxes(body) if len(body) <= _SHORT else _read_mailboxes(body)


@lru_cache(maxsize=512)
def _short_mailboxes(body: bytes) -> tuple[tuple[tuple[str, str], ...], bool]:
    """The same for the offices that write again and again, and for the one they write to."""
    return _read_mailboxes(body)


def _read_mailboxes(body: bytes) -> tuple[tuple[tuple[str, str], ...], bool]:
    mailboxes: list[tuple[str, str]] = []
    clean = b"\0" not in body
    for item in _split_list(body):
        mailbox = _mailbox(item)
        if mailbox is not None:
            mailboxes.append(mailbox)
        elif item.strip():
            clean = False
    return tuple(mailboxes), clean


def _mailbox(item: bytes) -> tuple[str, str] | None:
    if len(item) > _LONGEST_MAILBOX:
        return None  # looking for the end of its quotes would take the square of its length
    text = _without_comments(item).strip()
    outside = _mask_quoted(text)
    if outside.count(b"<") == 0 and outside.count(b">") == 0:
        address = _addr_spec(text)
        return (_comment(item), address) if address else None
    opening = outside.find(b"<")
    if outside.count(b"<") != 1 or outside.count(b">") != 1 or not outside.endswith(b">"):
        return None
    address = _addr_spec(text[opening + 1 : -1])
    # A bare "@" before the bracket makes programs disagree which of the two is the address; many
    # programs write the same address twice, which is harmless.
    if b"@" in outside[:opening] and _addr_spec(text[:opening]) != address:
        return None
    return (decoded_words(_phrase(text[:opening])), address) if address else None


def _addr_spec(octets: bytes) -> str:
    """A lower-case address with its domain in ASCII, empty when the octets are none."""
    text = octets.strip().decode("utf-8", "replace")
    local, at, domain = text.rpartition("@")
    local = local[1:-1] if re.fullmatch(r'"[^"\\@]+"', local) else local
    try:
        domain = domain.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    valid = at and _LOCAL_PART.fullmatch(local) and re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain)
    return f"{local.lower()}@{domain}" if valid else ""


def _phrase(octets: bytes) -> bytes:
    """A display name without its quotes."""
    text = octets.strip()
    return _unquoted(text) if text.startswith(b'"') else re.sub(rb'"((?:[^"\\]|\\.)*)"', rb"\1", text)


def _mask_quoted(text: bytes) -> bytes:
    """The same length, with what stands in quotes made harmless."""
    return re.sub(rb'"(?:[^"\\]|\\.)*"', lambda match: b"_" * len(match[0]), text, flags=re.DOTALL)


def _split_list(body: bytes) -> list[bytes]:
    """Splits at commas outside quotes, brackets and comments; a group "name: a, b;" gives its members."""
    if not any(sign in body for sign in (b",", b";", b":")):
        return [body]
    items: list[bytes] = []
    current = bytearray()
    comment = 0
    quoted = angle = escaped = False
    for octet in body:
        sign = bytes((octet,))
        if escaped:
            escaped = False
        elif sign == b"\\":
            escaped = True
        elif sign == b'"' and not comment:
            quoted = not quoted
        elif not quoted:
            comment += (sign == b"(") - (sign == b")" and comment > 0)
            angle = (angle or sign == b"<") and sign != b">" if not comment else angle
            if not comment and not angle and sign in b",;:":
                if sign != b":":
                    items.append(bytes(current))
                current.clear()
                continue
        current += sign
    return [*items, bytes(current)]


def _without_comments(item: bytes) -> bytes:
    """Comments, also nested, taken out; quoted strings are kept as they are."""
    if b"(" not in item:
        return item
    kept = bytearray()
    depth = 0
    quoted = escaped = False
    for octet in item:
        sign = bytes((octet,))
        if not escaped and sign == b'"' and not depth:
            quoted = not quoted
        if not quoted and not escaped:
            if sign == b"(":
                depth += 1
            if not depth:
                kept += sign
            if sign == b")" and depth:
                depth -= 1
        elif not depth:
            kept += sign
        escaped = sign == b"\\" and not escaped
    return bytes(kept)


def _comment(item: bytes) -> str:
    """The old form `a@b (Name)`."""
    match = re.search(rb"\(([^()]*)\)", item)
    return decoded_words(match[1]) if match else ""


def date_of(fields: tuple[Field, ...]) -> datetime | None:
    """The sender's Date, aware; None when it is absent, malformed or out of all range."""
    found = bodies(fields, "date")
    try:
        parsed = parsedate_tz(found[0].decode("ascii", "replace")) if found else None
        if parsed is None:
            return None
        zone = timezone(timedelta(seconds=parsed[9] or 0))
        return datetime(*parsed[:6], tzinfo=zone)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
