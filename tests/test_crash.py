"""Killed again and again from mailbox to sent mail: the same ledger and documents, every mail sent once.

Each unit gets exactly the mails the ladder says, whatever its temper.
One half-year walk (tests/half_year.py) is undisturbed; others are killed at random moments of their work
until there were enough kills. Mailbox, mail server, units and clock are the same for all.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desk.mailing.proof import proof
from desk.mailing.uncertain import NOT_FOUND
from desk.office import open_office
from ledger.records import Issue, OutboxState
from tests.dovecot import running_dovecot
from tests.half_year import TEMPERS, World, actors, expected, run, ticks, went
from tests.offices import facts
from tests.smtp_server import running_smtp

#: `make crash` asks for two hundred kills, `make half-year` for six months and sixty units.
KILLS = int(os.environ.get("CRASH_KILLS", "5"))
MONTHS = [int(month) for month in os.environ.get("CRASH_MONTHS", "1").split(",")]
_CHASE_LIST = "DanhSachChuaGui"  #: in the names of the documents that say when a unit was last reminded
UNITS = int(os.environ.get("CRASH_UNITS", str(len(TEMPERS))))


@contextmanager
def world() -> Iterator[World]:
    """A mailbox, a mail server and the units, all new."""
    with running_dovecot() as mailbox, running_smtp() as server:
        yield World(mailbox, server, actors(UNITS))


def made(home: Path, months: Sequence[int], *, chase_lists: bool = True) -> dict[str, Any]:
    """All that follows from mail and decisions, and every document byte for byte by its hash."""
    with open_office(home, clock=lambda: ticks(months)[-1]) as office:
        ledger = office.ledger
        issues = [issue for period in ledger.periods() for issue in ledger.issues(*period)]
        found = facts(ledger) | {
            "issues": [
                (issue.report, issue.period, issue.number, _files(issue, chase_lists=chase_lists))
                for issue in issues
            ],
            "outputs": all(office.has_outputs(issue) for issue in issues),
            "decisions": [(each.kind, each.target, each.choice) for each in ledger.decisions()],
            "mails": sorted((each.message_id, each.state.value, each.text) for each in ledger.outbox()),
            "flaws": ledger.verify(office.archive).flaws,
        }
    assert found["outputs"]
    assert found["issues"]
    assert found["decisions"]
    assert found["flaws"] == ()
    return found


def differences(calm: Any, torn: Any, place: str = "") -> list[str]:
    """Where two results differ, each place with both values: readable beside hundreds of mails."""
    if type(calm) is not type(torn):
        return [f"{place}: {calm!r} / {torn!r}"]
    if isinstance(calm, dict):
        keys = {**calm, **torn}
        pairs = [(str(key), calm.get(key), torn.get(key)) for key in keys]
    elif isinstance(calm, list | tuple) and len(calm) == len(torn):
        pairs = [(str(number), *both) for number, both in enumerate(zip(calm, torn, strict=True))]
    else:
        return [] if calm == torn else [f"{place}: {calm!r} / {torn!r}"]
    return [line for key, one, other in pairs for line in differences(one, other, f"{place}/{key}")]


def _files(issue: Issue, *, chase_lists: bool) -> list[tuple[str, str]]:
    return [(name, digest) for name, digest in issue.files if chase_lists or _CHASE_LIST not in name]


def some_went_later(home: Path, months: Sequence[int]) -> bool:
    """Whether a kill between taking a mail up and its first word to the server put it off to a later look.

    The chase list then says, as it must, a later hour at which the unit was last reminded.
    """
    with open_office(home, clock=lambda: ticks(months)[-1]) as office:
        ledger = office.ledger
        attempts = (attempt for mail in ledger.outbox() for attempt in ledger.deliveries(mail.id))
        return any(attempt.reply == NOT_FOUND for attempt in attempts)


def ledger_and_proof_sheets_agree_with_the_log(home: Path, world: World, months: Sequence[int]) -> None:
    logged = {str(each["Message-ID"]).strip() for each in world.log}
    with open_office(home, clock=lambda: ticks(months)[-1]) as office:
        mails = office.ledger.outbox()
        states = Counter(mail.state for mail in mails)
        gone = {m.message_id for m in mails if m.state in {OutboxState.SENT, OutboxState.BOUNCED}}
        assert gone == logged
        bouncing = sum(actor.temper == "bouncing" for actor in world.people)
        assert states[OutboxState.BOUNCED] == bouncing
        assert states[OutboxState.REFUSED] == sum(actor.temper == "refused" for actor in world.people)
        assert not states[OutboxState.QUEUED] | states[OutboxState.UNCERTAIN] | states[OutboxState.SENDING]
        by_number = {mail.id: mail.message_id for mail in mails}
        for actor in world.people:
            lines = [line for sheet in proof(office, actor.unit.id) for line in sheet.lines]
            told = {by_number[line.mail] for line in lines if line.event == "sent"}
            assert told == {m.message_id for m in mails if m.unit == actor.unit.id} & logged | {
                m.message_id for m in mails if not m.unit and any(k.unit == actor.unit.id for k in m.keys)
            }
        assert office.ledger.broken_history() == ()


@pytest.mark.timeout(10_800)
def test_killed_anywhere_between_mailbox_and_sent_mail_it_ends_as_if_never_disturbed(tmp_path: Path) -> None:
    with world() as calm:
        home = run(tmp_path / "calm", calm, MONTHS).home
        assert went(calm) == expected(calm.people, MONTHS)
        ledger_and_proof_sheets_agree_with_the_log(home, calm, MONTHS)
    undisturbed = {lists: made(home, MONTHS, chase_lists=lists) for lists in (True, False)}
    killed, seed = 0, 0
    while killed < KILLS:
        with world() as torn:
            walked = run(tmp_path / str(seed), torn, MONTHS, kills=KILLS - killed, seed=seed)
            sent = Counter(str(each["Message-ID"]) for each in torn.log)
            assert set(sent.values()) == {1}, sent.most_common(3)
            assert went(torn) == expected(torn.people, MONTHS)
            ledger_and_proof_sheets_agree_with_the_log(walked.home, torn, MONTHS)
        lists = not some_went_later(walked.home, MONTHS)
        assert differences(undisturbed[lists], made(walked.home, MONTHS, chase_lists=lists)) == []
        assert walked.kills, "the machine finished before it could be killed"
        killed, seed = killed + walked.kills, seed + 1
    print(f"{killed} kills in {seed} walks")  # noqa: T201 - what was proved
