"""Answers to FETCH: what is read here is what the library reads, and all else is left to it."""

from __future__ import annotations

import random
from itertools import permutations
from typing import Any

import pytest
from imapclient.exceptions import ProtocolError
from imapclient.response_parser import parse_fetch_response

from intake.mailbox.answers import plainly_read
from intake.mailbox.imap import _zoned

ZONES = (b"-0330", b"+0000", b"-0000", b"+1400")
SIZE, ARRIVED, GMAIL = (
    b"RFC822.SIZE 2048",
    b'INTERNALDATE " 5-Feb-2024 08:30:59 +0700"',
    b"X-GM-MSGID 1278455344230334",
)
ITEMS = (b"UID 7", SIZE, ARRIVED, GMAIL)
PLAIN = (
    [b"1 (" + b" ".join(items) + b")" for items in permutations(ITEMS)],
    [b"1 (UID 7 " + ARRIVED.replace(b"+0700", zone) + b")" for zone in ZONES],
    [(b"1 (UID 7 BODY[] {5}", b"a)b\r\n"), b")", (b"2 (BODY[HEADER] {0}", b""), b" UID 8)"],
    [b"1 (UID 7 RFC822.SIZE 1)", b"2 (UID 8 RFC822.SIZE 2)", b"3 (UID 7 RFC822.SIZE 3)"],
)  # fmt: skip
OTHERWISE: tuple[list[Any], ...] = (
    [b"1 (UID 7 FLAGS (\\Seen))"],
    [b"1 (UID 7 RFC822.SIZE 12 INTERNALDATE NIL)"],
    [b'1 (UID 7 INTERNALDATE "31-Feb-2024 08:30:59 +0700")'],
    [b'1 (UID 7 INTERNALDATE "01-Feb-2024 08:30:59 +2300")'],
    [b"1 (UID 7 BODY[] NIL)"],
    [b'1 (UID 7 BODY[] "a")'],
    [(b"1 (UID 7 BODY[] {1}", b"a"), b" FLAGS (\\Seen))"],
    [(b"1 (UID 7 BODY[] {1}", b"a"), (b" BODY[HEADER] {1}", b"a"), b")"],
    [(b"1 (UID 7 BODY[] {1}", b"a")],
    [b"1 (RFC822.SIZE 12)"],
    [b"1 (uid 7 rfc822.size 12)"],
    [None],
)


def by_library(answer: list[Any]) -> dict[int, dict[bytes, Any]]:
    """What the library reads, moments as they are used and without the place in the folder."""
    found = parse_fetch_response(answer, normalise_times=False)
    return {uid: as_used({k: v for k, v in items.items() if k != b"SEQ"}) for uid, items in found.items()}


def as_used(items: dict[bytes, Any]) -> dict[bytes, Any]:
    return items | {b"INTERNALDATE": _zoned(items.get(b"INTERNALDATE"))}


def without_uid(answer: list[Any]) -> dict[int, dict[bytes, Any]] | None:
    read = plainly_read(answer)
    if read is None:
        return None
    return {uid: as_used({k: v for k, v in items.items() if k != b"UID"}) for uid, items in read.items()}


@pytest.mark.parametrize("answer", PLAIN)
def test_a_plain_answer_says_what_the_library_reads_in_it(answer: list[Any]) -> None:
    assert without_uid(answer) == by_library(answer)


@pytest.mark.parametrize("answer", OTHERWISE)
def test_any_other_answer_is_left_to_the_library(answer: list[Any]) -> None:
    assert plainly_read(answer) is None


def test_a_garbled_answer_is_never_read_otherwise_than_by_the_library() -> None:
    chance, read = random.Random(7), 0
    for _ in range(3000):
        line = bytearray(b"1 (" + b" ".join(chance.sample(ITEMS, 4)) + b")")
        for _ in range(chance.randint(1, 3)):
            line[chance.randrange(len(line))] = chance.choice(b' 0159()"+-:{}[]AJabnUID')
        answer = [bytes(line)]
        if (plain := without_uid(answer)) is not None:
            read += 1
            try:
                assert plain == by_library(answer)
            except ProtocolError:
                pytest.fail(f"the library refuses {answer}")
    assert read > 50
