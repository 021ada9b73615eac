"""Counts what went wrong in silence, what was found, and what was asked without need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_REPORTS = ("report", "correction", "part_of_report")
_FREE = ("pending_review", "image_only", "out_of_scope", "derivable", "review")
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures of one set. Lists name every single case, so that a failing test tells which."""

    wrong_messages: tuple[str, ...]  #: booked in silence though wrong, or though a person had to see them
    wrong_values: tuple[str, ...]
    wrong_states: tuple[str, ...]
    wrong_classes: tuple[str, ...]
    missed_messages: tuple[str, ...]  #: reports neither booked nor asked about
    needless_questions: tuple[str, ...]  #: mails with a report asked about without need
    unread: tuple[str, ...]  #: figures that stand readable in a document and were not read for certain
    messages: int
    reports: int
    found: Mapping[str, tuple[int, int]] = field(default_factory=dict)  #: table, sentence: read, readable

    def recall(self, kind: str) -> float:
        """The share of readable figures read for certain; 1 where there was none."""
        read, readable = self.found.get(kind, (0, 0))
        return read / readable if readable else 1.0

    @property
    def classified(self) -> float:
        """The share of mails of the right class."""
        return 1 - len(self.wrong_classes) / self.messages

    @property
    def asked(self) -> float:
        """The share of report mails asked about without need."""
        return len(self.needless_questions) / self.reports if self.reports else 0.0

    @property
    def wrong(self) -> tuple[str, ...]:
        """Everything that was wrong and not asked about."""
        return (*self.wrong_messages, *self.wrong_values, *self.wrong_states)


def count(truth: Mapping[str, Any], predicted: Mapping[str, Any]) -> Counts:
    """Compare predictions in the form of `tests.score.predict` with a set's truth."""
    messages = {message["n"]: message for message in predicted["messages"]}
    judged = [(wanted, messages[wanted["n"]]) for wanted in truth["messages"]]
    reports = [pair for pair in judged if pair[0]["class"] in _REPORTS and pair[0]["review"] == "no"]
    values = {_key(value): value for value in predicted["values"]}
    ratios = {ratio[0] for ratio in truth["ratio_defs"]}
    true_values = {_key(value): value for value in truth["values"]}
    asked_about = {n for n, message in messages.items() if message["needs_review"]}
    return Counts(
        wrong_messages=tuple(_wrong_messages(judged)),
        wrong_values=tuple(_wrong_values(true_values, values, ratios, asked_about)),
        wrong_states=tuple(_wrong_states(truth, predicted)),
        wrong_classes=tuple(
            f"{wanted['n']} {wanted['class']} -> {got['class']} {wanted['features']}"
            for wanted, got in judged
            if got["class"] not in (wanted["class"], *wanted["also_accepted_class"])
        ),
        missed_messages=tuple(
            f"{wanted['n']} {wanted['features']}"
            for wanted, got in judged
            if any(match["counts"] for match in wanted["matches"])
            and not got["matches"]
            and not got["needs_review"]
        ),
        needless_questions=tuple(
            f"{wanted['n']} {wanted['features']}" for wanted, got in reports if got["needs_review"]
        ),
        unread=tuple(_unread(true_values, values)),
        messages=len(judged),
        reports=len(reports),
        found=_found(true_values, values),
    )


def _key(value: Mapping[str, Any]) -> Key:
    return value["unit"], value["indicator"], value["sex"]


def _same(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and abs(one - other) < max(1e-6, 1e-9 * abs(other))


def _wrong_messages(judged: list[tuple[dict[str, Any], dict[str, Any]]]) -> Iterator[str]:
    for wanted, got in judged:
        if got["needs_review"] or got["class"] not in _REPORTS or not got["matches"]:
            continue
        booked = {(match["unit"], match["report"]) for match in got["matches"]}
        right = {
            (match["unit"], match["report"])
            for match in wanted["matches"]
            if match["counts"] is True or (match["counts"] and wanted["review"] == "optional")
        }
        if wanted["class"] == "duplicate":
            right |= {(match["unit"], match["report"]) for match in wanted["matches"]}
        if booked - right or wanted["review"] == "required":
            yield f"{wanted['n']} {wanted['class']} {wanted['features']} booked {sorted(booked - right)}"


def _wrong_values(
    true_values: dict[Key, dict[str, Any]],
    values: dict[Key, dict[str, Any]],
    ratios: set[str],
    asked_about: set[str],
) -> Iterator[str]:
    for key, got in values.items():
        if got["needs_review"] or got["value"] is None or key[1] in ratios:
            continue
        wanted = true_values.get(key)
        if wanted is None:
            yield f"{key}: {got['value']}, not reported"
            continue
        right = _same(got["value"], wanted["value"])
        waits = wanted["status"] == "pending_review" and wanted["sources"][0]["message"] in asked_about
        if not right or (wanted["status"] in ("review", "pending_review") and not waits):
            source = wanted["sources"][0]
            what = f"{wanted['status']}; {source['message']} {source['where']}"
            yield f"{key}: {got['value']} for {wanted['value']} ({what})"


def _wrong_states(truth: Mapping[str, Any], predicted: Mapping[str, Any]) -> Iterator[str]:
    given = {(s["report"], s["as_of"], s["unit"]): s["state"] for s in predicted["unit_states"]}
    for block in truth["unit_states"]:
        for wanted in block["states"]:
            got = given.get((block["report"], block["as_of"], wanted["unit"]), "")
            sure = got in ("on_time", "late", "missing")
            if sure and got not in (wanted["state"], *wanted["also_accepted"]):
                yield f"{wanted['unit']} at {block['as_of']}: {got} for {wanted['state']}"


def _readable(true_values: dict[Key, dict[str, Any]]) -> Iterator[tuple[Key, dict[str, Any], str]]:
    for key, wanted in true_values.items():
        if wanted["status"] == "reported":
            yield key, wanted, wanted["sources"][0]["where"].split()[0].rstrip(":")


def _read(wanted: dict[str, Any], got: dict[str, Any] | None) -> bool:
    if got is None:
        return False
    if got["needs_review"]:
        return bool(wanted["review"] == "optional")
    return _same(got["value"], wanted["value"])


def _unread(true_values: dict[Key, dict[str, Any]], values: dict[Key, dict[str, Any]]) -> Iterator[str]:
    for key, wanted, _ in _readable(true_values):
        got = values.get(key)
        if not _read(wanted, got):
            source = wanted["sources"][0]
            how = "nothing" if got is None else f"{got['value']}{' asked' if got['needs_review'] else ''}"
            there = f"{source['text']!r}; {source['where']}"
            yield f"{source['message']} {key}: {how} for {wanted['value']} ({there})"


def _found(
    true_values: dict[Key, dict[str, Any]], values: dict[Key, dict[str, Any]]
) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for key, wanted, kind in _readable(true_values):
        read, readable = found.get(kind, (0, 0))
        found[kind] = (read + _read(wanted, values.get(key)), readable + 1)
    return found
