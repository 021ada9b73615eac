"""Each unit gets exactly the mails the ladder says, whatever its temper and however often we are killed."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.mailing.proof import proof
from desk.office import open_office
from ledger.records import OutboxState
from tests.dovecot import running_dovecot
from tests.half_year import TEMPERS, World, actors, expected, run, ticks, went
from tests.smtp_server import running_smtp

#: `make half-year` sets these: six months, sixty units, fifty kills.
MONTHS = [int(month) for month in os.environ.get("HALF_YEAR_MONTHS", "1").split(",")]
UNITS = int(os.environ.get("HALF_YEAR_UNITS", str(len(TEMPERS))))
KILLS = int(os.environ.get("HALF_YEAR_KILLS", "3"))


@pytest.fixture
def world() -> Iterator[World]:
    with running_dovecot() as mailbox, running_smtp() as server:
        yield World(mailbox, server, actors(UNITS))


@pytest.mark.timeout(3600)
def test_each_unit_gets_exactly_the_mails_the_ladder_says(tmp_path: Path, world: World) -> None:
    home = run(tmp_path, world, MONTHS, kills=KILLS).home
    assert went(world) == expected(world.people, MONTHS)
    assert all(count == 1 for count in Counter(str(each["Message-ID"]) for each in world.log).values())
    _ledger_and_proof_sheets_agree_with_the_servers_log(home, world)


def _ledger_and_proof_sheets_agree_with_the_servers_log(home: Path, world: World) -> None:
    logged = {str(each["Message-ID"]).strip() for each in world.log}
    with open_office(home, clock=lambda: ticks(MONTHS)[-1]) as office:
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
