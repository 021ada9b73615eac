"""One value has one text, and every text can be stored."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ledger.encoding import clean, digest, from_json, to_json


def test_the_order_of_keys_makes_no_difference() -> None:
    assert digest({"a": 1, "b": {"c": 2, "d": 3}}) == digest({"b": {"d": 3, "c": 2}, "a": 1})


def test_fractions_never_become_floats() -> None:
    assert from_json('{"a": 0.10}') == {"a": Decimal("0.10")}
    assert to_json({"a": Decimal("0.10")}) == '{"a":"0.10"}'


@given(st.text(alphabet=st.characters()))
def test_any_text_becomes_one_that_both_databases_take(text: str) -> None:
    stored = clean(text)
    assert "\x00" not in stored
    stored.encode()
    assert clean(stored) == stored


def test_sound_text_stays_as_it_is() -> None:
    assert clean("Thư của xã 😀") == "Thư của xã 😀"


def test_nul_and_lone_surrogates_become_the_replacement_character() -> None:
    assert clean("a\x00b") == "a\ufffdb"
    assert clean("ư\udc80b") == "ư\ufffdb"


@given(st.recursive(st.text(alphabet=st.characters()) | st.integers() | st.none(), st.lists))
def test_any_value_has_a_text_that_utf_8_holds_and_no_nul(value: object) -> None:
    text = to_json(value)
    text.encode()
    assert "\x00" not in text
