"""Whatever the ledger raises, an officer can be told in Vietnamese."""

from __future__ import annotations

import pytest

from config.wording import LANGUAGES, Wording
from ledger import errors
from ledger.outbox import _MAY_BECOME
from ledger.store import ARRIVAL_UNKNOWN, READING_FAILED

EVERY = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.LedgerError)
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_every_error_has_a_sentence(kind: type[errors.LedgerError], language: str) -> None:
    assert Wording(language)(kind.key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_machine_gave_up_and_every_event_of_a_mail_has_a_sentence(language: str) -> None:
    wording = Wording(language)
    states = {state.value for after in _MAY_BECOME.values() for state in after}
    for code in (READING_FAILED, ARRIVAL_UNKNOWN, *(f"event_mail_{state}" for state in states)):
        assert wording(f"ledger.{code}")


def test_the_places_of_a_sentence_are_filled_from_the_error() -> None:
    error = errors.AnotherDaemonRunsError("taken", pid="4711", host="may-chu")
    said = Wording()(error.key, **error.places)
    assert "4711" in said
    assert "may-chu" in said
