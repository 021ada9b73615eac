"""Answers about texts are kept, so many and of none that is long."""

from __future__ import annotations

from config.remembered import LONGEST, remembered


def test_a_text_is_asked_about_once() -> None:
    asked: list[str] = []
    fold = remembered(8)(lambda text: asked.append(text) or text.lower())  # type: ignore[func-returns-value]
    assert [fold("Nữ"), fold("Nữ"), fold("Nam")] == ["nữ", "nữ", "nam"]
    assert asked == ["Nữ", "Nam"]


def test_of_more_texts_than_it_may_keep_the_oldest_are_forgotten() -> None:
    asked: list[str] = []
    fold = remembered(2)(lambda text: asked.append(text) or text)  # type: ignore[func-returns-value]
    for text in ("a", "b", "c", "a"):
        fold(text)
    assert asked == ["a", "b", "c", "a"]


def test_a_long_text_that_is_kept_takes_the_room_of_several() -> None:
    asked: list[str] = []
    fold = remembered(4, longest=1_000)(lambda text: asked.append(text) or text)  # type: ignore[func-returns-value]
    for text in ("a", "b" * 300, "c", "b" * 300, "a"):
        fold(text)
    assert asked == ["a", "b" * 300, "c", "a"]


def test_questions_about_any_number_of_texts_are_kept_as_well() -> None:
    asked: list[tuple[str, ...]] = []

    @remembered(8)
    def joined(*texts: str) -> str:
        asked.append(texts)
        return "".join(texts)

    assert [joined("a", "b"), joined("a", "b"), joined("ab")] == ["ab"] * 3
    assert asked == [("a", "b"), ("ab",)]


def test_what_is_long_is_answered_and_never_kept() -> None:
    asked: list[str] = []

    @remembered(8)
    def together(one: str, other: str) -> str:
        asked.append(one + other)
        return one + other

    long = "a" * LONGEST
    told = [
        together(*texts) for texts in ((long, ""), (long, ""), (long, "b"), (long, "b"), ("b" + long, ""))
    ]
    assert told == [long, long, f"{long}b", f"{long}b", f"b{long}"]
    assert asked == told[1:]


def test_one_long_text_is_never_kept() -> None:
    asked: list[str] = []
    fold = remembered(8)(lambda text: asked.append(text) or text)  # type: ignore[func-returns-value]
    long = "a" * (LONGEST + 1)
    assert [fold(long), fold(long)] == [long, long]
    assert asked == [long, long]
