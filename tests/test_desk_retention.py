"""What the rule of keeping lets go, what it never does, and that the home stays sound without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import CONFIGURATION
from desk.upkeep.retention import NO_REPORT, Span, months_before, removable, retain
from ledger.records import RETIRED, MessageClass, MessageState
from tests.builders_ledger import archive_id, full_outcome, item
from tests.builders_ledger import outcome as made_outcome
from tests.offices import PERIOD, REPORT, Office, address, inside, make_office, note, round_of_mail
from tests.web import served_office

WHERE = ("-r", REPORT, "-k", PERIOD)
LATER = "2025-07-01T09:00:00+07:00"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A round of two years ago, with an issue, and mail that was no report."""
    office = make_office(tmp_path)
    round_of_mail(office)
    spam = note("ban@hang.example", "Khuyến mại", "Giảm giá 50%", headers={"List-Unsubscribe": "<x>"})
    office.deliver(spam, "2023-06-02T11:00")
    office.take_in()
    office.run("consolidate", *WHERE)
    return replace(office, now=LATER)


def ids_of(office: Office, *words: str) -> list[str]:
    office.settings("retention: {no_report_months: 12}\n")
    found: list[str] = office.listed("retain", *words)["messages"]
    return found


def shown(office: Office) -> list[Any]:
    return [office.listed(*words, *WHERE) for words in (("values",), ("status",), ("findings",))]


def test_without_a_rule_nothing_is_removed_and_the_officer_is_told_which_to_set(office: Office) -> None:
    assert "no_report_months" in office.run("retain", code=CONFIGURATION).err
    office.settings("retention: {no_report_months: 6}\n")
    office.run("retain", code=CONFIGURATION)


def test_a_dry_run_tells_and_changes_nothing(office: Office) -> None:
    before = inside(office, lambda opened: (opened.ledger.last_event(), opened.archive.ids()))
    told = ids_of(office, "--dry-run")
    assert told
    assert all(office.message(one)["state"] == "set_aside" for one in told)
    assert inside(office, lambda opened: (opened.ledger.last_event(), opened.archive.ids())) == before


def test_what_is_removed_leaves_its_line_and_the_home_sound(office: Office, tmp_path: Path) -> None:
    figures = shown(office)
    told = ids_of(office, "--dry-run")
    heads = inside(office, lambda opened: opened.ledger.message_heads(told)).values()
    gone = ids_of(office)
    assert shown(office) == figures
    events = inside(office, lambda opened: opened.ledger.history(event=RETIRED))
    assert {event.subject: event.detail["rule"] for event in events} == dict.fromkeys(
        gone, "no_report_months: 12"
    )
    assert all(event.detail["size"] > 0 for event in events)
    assert not set(gone) & set(inside(office, lambda opened: opened.archive.ids()))
    left = repr(inside(office, lambda opened: opened.ledger.messages()))
    assert heads
    assert not [one for one in heads if one.from_address in left or one.subject in left]
    office.run("verify")
    assert office.listed("rebuild")["differences"] == []
    office.run("rebuild", "--replace")
    office.run("verify")
    assert shown(office) == figures
    office.run("backup", str(tmp_path / "a.tar"))
    restored = replace(office, home=tmp_path / "restored")
    restored.run("restore", str(tmp_path / "a.tar"))
    restored.run("verify")
    assert ids_of(restored) == ids_of(office) == []


def test_a_removal_cut_off_before_the_disk_is_ended_by_the_next_run(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_given: object) -> None:
        raise KeyboardInterrupt

    told = ids_of(office, "--dry-run")
    with monkeypatch.context() as patch:
        patch.setattr("ledger.archive.Archive.remove", cut)
        with office.opened() as opened, pytest.raises(KeyboardInterrupt):
            retain(opened)
    office.run("verify")
    assert ids_of(office) == []  # nothing more goes, but what lay there is gone
    assert not set(told) & set(inside(office, lambda opened: opened.archive.ids()))
    office.run("verify")


def test_a_message_that_is_gone_is_never_read_again(office: Office) -> None:
    gone = ids_of(office)
    inside(office, lambda opened: opened.ledger.read_again(gone))
    assert inside(office, lambda opened: opened.ledger.unread()) == ()


def test_the_desk_says_that_it_was_removed_by_rule(office: Office) -> None:
    gone = ids_of(office)[0]
    with served_office(office) as desk:
        page = desk.client().get(f"/thu/{gone}").text
    assert "Đã xoá theo quy định" in page
    assert f"/thu/{gone}/goc" not in page


def test_mail_of_a_period_that_was_due_too_lately_stays(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    asked = note(address("y-te"), "Cảm ơn", "Cảm ơn các đồng chí.")  # set aside as no report
    kept = office.deliver(asked, "2023-06-02T09:00")
    office.take_in()
    near, past = (replace(office, now=f"2024-06-{day}T09:00:00+07:00") for day in ("04", "07"))
    assert kept not in ids_of(near)  # more than a year old, but its period was due a day less than that ago
    assert kept in ids_of(past)


# -- the rule itself ------------------------------------------------------------------------------------

CUTOFF = datetime(2030, 1, 1, tzinfo=UTC)
moments = st.datetimes(datetime(2028, 1, 1), datetime(2032, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
spans = st.builds(Span, moments, st.none() | moments, st.booleans())
rarely = st.sampled_from([False, False, False, False, True])
messages = st.builds(
    lambda arrival, kind, state, thread, asks, submits: replace(
        (full_outcome if submits else made_outcome)("a"),
        arrival=arrival,
        message_class=kind,
        state=state,
        thread=thread,
        review=(item("a"),) if asks else (),
    ),
    moments,
    st.sampled_from([*MessageClass, *sorted(NO_REPORT) * 12]),
    st.sampled_from([*MessageState, *[MessageState.SET_ASIDE] * 30]),
    st.sampled_from([(), (), (), (), ("<x@y.example>",)]),
    rarely,
    rarely,
)


@given(messages, st.lists(spans, max_size=3), st.sampled_from(["", "", "", archive_id("a")]))
def test_nothing_that_a_period_a_person_or_a_mail_of_ours_still_needs_ever_goes(
    message: Any, periods: list[Span], named: str
) -> None:
    goes = removable([message], periods, named, CUTOFF)
    wanted = (
        message.state is not MessageState.SET_ASIDE
        or message.message_class not in NO_REPORT
        or bool(message.submissions or message.review or message.thread)
        or message.arrival >= CUTOFF
        or message.archive_id in named
    )
    for span in periods:
        still_asked = not span.is_frozen and (span.due is None or span.due >= CUTOFF)
        wanted |= still_asked and message.arrival >= span.opens
    assert goes == ([] if wanted else [message])


@pytest.mark.parametrize(
    ("moment", "months", "before"),
    [
        ("2025-03-31", 1, "2025-02-28"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2025-01-15", 13, "2023-12-15"),
        ("2025-12-31", 24, "2023-12-31"),
    ],
)
def test_months_are_counted_by_the_calendar(moment: str, months: int, before: str) -> None:
    given_day = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    found = months_before(given_day, months)
    assert (found.date().isoformat(), given_day - found > timedelta(27)) == (before, True)
