"""Any bytes at all: every reader of outside bytes answers, or refuses by name, in bounded time.

Found inputs are kept as examples beside the property they broke. The seeds are real files of each format,
whole and then damaged: a byte changed, a part cut out, doubled or put elsewhere.
"""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from intake.documents import ReadState
from intake.figures.numerals import read_number
from intake.mail.files import read_message
from tests.builders import mail, zip_of
from tests.fuzzing import FILES, LIMITS, TARGETS, WHOLE, read_head

LONGEST = 10.0
"""Seconds of the processor one damaged message may take; untouched seeds take hundredths."""


@st.composite
def damaged(draw: st.DrawFn, seeds: st.SearchStrategy[bytes]) -> bytes:
    """A seed with a few faults of the kinds disks, lines and attackers make."""
    octets = bytearray(draw(seeds))
    for _ in range(draw(st.integers(1, 5))):
        place, length = draw(st.integers(0, max(0, len(octets) - 1))), draw(st.integers(1, 64))
        match draw(st.sampled_from(("change", "cut", "double", "insert", "end"))):
            case "change":
                octets[place : place + 1] = draw(st.binary(min_size=1, max_size=1))
            case "cut":
                del octets[place : place + length]
            case "double":
                octets[place:place] = octets[place : place + length]
            case "insert":
                octets[place:place] = draw(st.binary(max_size=16))
            case _:
                del octets[place:]
    return bytes(octets)


bounded = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def _read(octets: bytes) -> None:
    began = time.process_time()
    message = read_message(octets, LIMITS)
    assert time.process_time() - began < LONGEST
    assert all(isinstance(file.state, ReadState) for file in message.files)


@bounded
@given(damaged(st.just(WHOLE)) | st.binary(max_size=400))
@example(b"")
@example(b"\x00" * 100)
def test_any_octets_are_read_or_refused_by_name(octets: bytes) -> None:
    _read(octets)


@bounded
@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_damaged_file_of_any_format_ends_in_a_state(name: str, data: st.DataObject) -> None:
    content = data.draw(damaged(st.just(FILES[name])))
    _read(mail(files=((name, content),)))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(damaged(st.just(WHOLE[:1500])) | st.binary(max_size=300))
def test_any_head_gives_fields_addresses_and_dates_or_none(octets: bytes) -> None:
    read_head(octets)


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_reader_of_outside_bytes_answers_or_refuses_by_name(name: str, data: st.DataObject) -> None:
    target = TARGETS[name]
    octets = data.draw(damaged(st.sampled_from(target.seeds)))
    began = time.process_time()
    target.read(octets)
    assert time.process_time() - began < LONGEST


def test_a_member_without_a_name_is_a_file_like_any() -> None:
    message = read_message(mail(files=(("a.zip", zip_of({"": "So buoi: 12"})),)), LIMITS)
    assert [file.state for file in message.files] == [ReadState.CONTAINER, ReadState.READ]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(max_size=40))
def test_any_text_is_a_number_or_none(text: str) -> None:
    found = read_number(text)
    assert found.value is None or found.value.is_finite()
