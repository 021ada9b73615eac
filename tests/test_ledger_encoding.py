"""One value has one text, and every text can be stored."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ledger.encoding import clean, digest, from_json, to_json
from ledger.records import Evidence, ObligationKey

_LEAVES = (
    st.text(alphabet=st.characters())
    | st.integers()
    | st.booleans()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.datetimes(timezones=st.just(UTC))
    | st.builds(ObligationKey, st.text(), st.text(), st.text())
    | st.builds(Evidence, st.text(), st.text(), st.text(), st.integers(), st.text())
    | st.none()
)
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner), max_leaves=20
)


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


@given(_VALUES)
def test_the_text_is_that_which_hashes_of_older_ledgers_rest_on(value: object) -> None:
    plain = msgspec.to_builtins(value, str_keys=True, enc_hook=str)
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert to_json(value) == text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def test_moments_are_written_as_ledgers_before_wrote_them() -> None:
    moment = datetime(2023, 6, 4, 23, 59, 59, 123456, tzinfo=UTC).timestamp()
    assert to_json([moment, 0.0, 1e15, 0.5]) == "[1685923199.123456,0.0,1000000000000000.0,0.5]"


@given(_VALUES)
def test_a_text_is_read_back_as_the_standard_library_reads_it(value: object) -> None:
    text = json.dumps(msgspec.to_builtins(value, str_keys=True, enc_hook=str))
    assert from_json(text) == json.loads(text, parse_float=Decimal)
