"""Answers to FETCH as servers commonly give them, each read by one expression.

The library takes every answer apart letter by letter, which is most of what fetching costs. Read here are
answers that hold nothing but what is named below; where one holds anything else or is garbled, all that
came with it is left to the library. Either way the same comes out.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from imaplib import IMAP4
from typing import TYPE_CHECKING, Any, Final

from imapclient.response_parser import parse_fetch_response

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imapclient import IMAPClient

Items = dict[bytes, Any]
_MONTHS: Final = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_MOMENT: Final = (
    rb"([ 0-3]\d)-(" + b"|".join(_MONTHS) + rb")-((?:19|20)\d\d) "
    rb"(\d\d):(\d\d):(\d\d) ([+-])(0\d|1[0-4])([0-5]\d)"
)
_ITEM: Final = rb'(?:(UID|RFC822\.SIZE|X-GM-MSGID) (\d{1,20})|INTERNALDATE "' + _MOMENT + rb'")'
_ITEMS: Final = re.compile(_ITEM)
_LISTED: Final = re.compile(rb"\d+ \(" + _ITEM + rb"(?: " + _ITEM + rb")*\)")
_BEFORE: Final = re.compile(rb"\d+ \((?:UID (\d{1,20}) )?(BODY\[(?:HEADER)?\]) \{\d+\}")
_AFTER: Final = re.compile(rb"(?: UID (\d{1,20}))?\)")


def fetched(session: IMAPClient, uids: Iterable[int], items: Sequence[str]) -> dict[int, Mapping[bytes, Any]]:
    """What `IMAPClient.fetch` gives: of each message asked for that is still there, its items by name.

    Raises:
        IMAP4.error, ProtocolError: the server refuses, or what it says cannot be understood.

    """
    asked = list(uids)
    if not asked:
        return {}
    inner = session._imap  # noqa: SLF001 - the library's own way to the answer as it came
    kind, answer = inner.uid("FETCH", ",".join(map(str, asked)), f"({' '.join(items)})")
    if kind != "OK":
        raise IMAP4.error(f"fetch failed: {answer}")
    found = plainly_read(answer)
    if found is None:
        found = dict(parse_fetch_response(answer, normalise_times=False))
    return {uid: found[uid] for uid in asked if uid in found}


def plainly_read(answer: Sequence[bytes | tuple[bytes, bytes] | None]) -> dict[int, Items] | None:
    """An answer as imaplib gives it, items by UID; None: the library must read it."""
    found: dict[int, Items] = {}
    parts = iter(answer)
    try:
        for part in parts:
            items = _with_octets(*part, next(parts)) if isinstance(part, tuple) else _listed(part)
            found.setdefault(items[b"UID"], {}).update(items)
    except (_OtherwiseError, StopIteration, KeyError, ValueError):
        return None
    return found


class _OtherwiseError(Exception):
    """The answer is not one of the plain ones."""


def _with_octets(before: bytes, octets: bytes, after: object) -> Items:
    head = _BEFORE.fullmatch(before)
    tail = _AFTER.fullmatch(after) if isinstance(after, bytes) else None
    if head is None or tail is None:
        raise _OtherwiseError
    return {b"UID": int(head[1] or tail[1] or ""), head[2]: octets}


def _listed(line: bytes | None) -> Items:
    if line is None or _LISTED.fullmatch(line) is None:
        raise _OtherwiseError
    return dict(map(_item, _ITEMS.findall(line)))


def _item(groups: tuple[bytes, ...]) -> tuple[bytes, Any]:
    name, number, *moment = groups
    return (name, int(number)) if name else (b"INTERNALDATE", _moment(*moment))


def _moment(
    day: bytes, month: bytes, year: bytes, hour: bytes, minute: bytes, second: bytes,
    sign: bytes, zone_hours: bytes, zone_minutes: bytes,
) -> datetime:  # fmt: skip
    zone = _zone(sign, zone_hours, zone_minutes)
    date = int(year), _MONTHS.index(month) + 1, int(day)
    return datetime(*date, int(hour), int(minute), int(second), tzinfo=zone)


@lru_cache(maxsize=64)
def _zone(sign: bytes, hours: bytes, minutes: bytes) -> timezone:
    apart = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-apart if sign == b"-" else apart) if apart else UTC
