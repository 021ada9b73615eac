"""The outbox worked through, on a real ledger and a real SMTP server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.secrets import Secret
from config.sending import SendingMode, SendingPolicy
from desk.mailing.outbox import (
    AWAITING_APPROVAL,
    DAY,
    GIVE_UP,
    Guard,
    awaiting_approval,
    hold_unapproved,
    preview,
    queue_mails,
    send_due,
    withdraw,
)
from desk.mailing.sender import SmtpSender
from ledger.records import Delivery, OutboxState, OutgoingMessage
from ledger.store import Ledger
from tests.builders_consolidate import DEPARTMENT, HANOI
from tests.builders_ledger import NOW, mail
from tests.smtp_server import LOST, SmtpServer, running_smtp

SEND = SendingPolicy(mode="send", seconds_between=3.0)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    with Ledger.open(f"sqlite:///{tmp_path / 'so.sqlite3'}", "daemon", clock) as opened:
        yield opened


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with running_smtp() as running:
        yield running


def owed(_mail: OutgoingMessage) -> bool:
    return True


def run(
    ledger: Ledger,
    server: SmtpServer,
    clock: Clock,
    policy: SendingPolicy = SEND,
    still_owed: Callable[[OutgoingMessage], bool] = owed,
    pause: Callable[[float], object] = lambda _seconds: None,
) -> tuple[OutgoingMessage, ...]:
    with SmtpSender(server.settings(), Secret(server.password), DEPARTMENT, HANOI, clock) as sender:
        return send_due(ledger, sender, policy, still_owed, clock, pause)


def states(ledger: Ledger) -> list[OutboxState]:
    return [each.state for each in ledger.outbox()]


def one_mail(unit: str, **more: Any) -> OutgoingMessage:
    return mail(unit, **more)


def test_a_step_is_queued_once_however_often_it_is_asked_for(ledger: Ledger) -> None:
    assert len(queue_mails(ledger, [one_mail("a"), one_mail("b")])) == 2
    assert queue_mails(ledger, [one_mail("a"), one_mail("b")]) == ()
    assert len(preview(ledger)) == 2


def test_a_mail_to_nobody_is_not_queued(ledger: Ledger) -> None:
    assert queue_mails(ledger, [one_mail("a", to=())]) == ()
    assert preview(ledger) == ()


def test_a_queued_mail_is_sent_once_however_often_the_outbox_is_worked_through(
    ledger: Ledger, server: SmtpServer, clock: Clock
) -> None:
    queue_mails(ledger, [one_mail("a")])
    assert [each.state for each in run(ledger, server, clock)] == [OutboxState.SENT]
    assert run(ledger, server, clock) == ()
    assert len(server.mails) == 1
    assert ledger.outbox()[0].sent_at == NOW.astimezone(UTC)


@pytest.mark.parametrize("mode", ["off", "preview"])
def test_nothing_is_sent_unless_the_department_says_send(
    ledger: Ledger, server: SmtpServer, clock: Clock, mode: str
) -> None:
    queue_mails(ledger, [one_mail("a")])
    assert run(ledger, server, clock, replace(SEND, mode=mode)) == ()
    assert (server.mails, states(ledger)) == ([], [OutboxState.QUEUED])


def test_a_report_that_came_in_the_meantime_cancels_its_chase(
    ledger: Ledger, server: SmtpServer, clock: Clock
) -> None:
    queue_mails(ledger, [one_mail("a"), one_mail("b")])
    run(ledger, server, clock, still_owed=lambda each: each.unit != "a")
    assert states(ledger) == [OutboxState.CANCELLED, OutboxState.SENT]
    assert [taken.recipients for taken in server.mails] == [("van-phong@b.example",)]


def test_a_mail_found_in_sending_is_uncertain_and_never_sent_again(
    ledger: Ledger, server: SmtpServer, clock: Clock
) -> None:
    (queued,) = queue_mails(ledger, [one_mail("a")])
    ledger.claim(queued.id, owed)  # and the program died here
    run(ledger, server, clock)
    run(ledger, server, clock)
    assert (states(ledger), server.mails) == ([OutboxState.UNCERTAIN], [])


def test_a_line_lost_after_the_text_is_not_followed_by_a_second_mail(
    ledger: Ledger, server: SmtpServer, clock: Clock
) -> None:
    queue_mails(ledger, [one_mail("a")])
    server.on_data = LOST
    run(ledger, server, clock)
    server.on_data = ""
    run(ledger, server, clock)
    assert (states(ledger), len(server.mails)) == ([OutboxState.UNCERTAIN], 1)


def test_a_program_that_dies_while_sending_leaves_the_mail_uncertain(
    ledger: Ledger, server: SmtpServer, clock: Clock
) -> None:
    class Dying:
        slow_down = False

        def send(self, outgoing: OutgoingMessage) -> Delivery:
            raise KeyboardInterrupt(outgoing.id)

    queue_mails(ledger, [one_mail("a")])
    with pytest.raises(KeyboardInterrupt):
        send_due(ledger, Dying(), SEND, owed, clock, lambda _seconds: None)
    run(ledger, server, clock)
    assert (states(ledger), server.mails) == ([OutboxState.UNCERTAIN], [])


def test_a_lasting_refusal_ends_the_mail_and_the_next_one_goes(
    ledger: Ledger, server: SmtpServer, clock: Clock
) -> None:
    queue_mails(ledger, [one_mail("a"), one_mail("b")])
    server.on_rcpt = {"van-phong@a.example": "550 5.1.1 khong co"}
    run(ledger, server, clock)
    assert states(ledger) == [OutboxState.REFUSED, OutboxState.SENT]


def test_a_passing_refusal_is_tried_again_later_and_later(
    ledger: Ledger, server: SmtpServer, clock: Clock
) -> None:
    queue_mails(ledger, [one_mail("a")])
    server.on_data = "451 4.3.0 thu lai sau"
    tried = []
    for minute in range(400):
        clock.now = NOW + timedelta(minutes=minute)
        if run_without_connecting_for_nothing(ledger, server, clock):
            tried.append(minute)
    assert tried == [0, 5, 15, 35, 75, 145, 215, 285, 355]
    server.on_data = ""
    clock.now = NOW + timedelta(minutes=425)
    run(ledger, server, clock)
    assert states(ledger) == [OutboxState.SENT]


def run_without_connecting_for_nothing(
    ledger: Ledger, server: SmtpServer, clock: Clock
) -> tuple[OutgoingMessage, ...]:
    sender = SmtpSender(server.settings(), Secret(server.password), DEPARTMENT, HANOI, clock)
    handled = send_due(ledger, sender, SEND, owed, clock, lambda _seconds: None)
    sender._hang_up()
    return handled


def test_a_server_that_asks_for_a_pause_gets_one(ledger: Ledger, server: SmtpServer, clock: Clock) -> None:
    queue_mails(ledger, [one_mail("a"), one_mail("b"), one_mail("c")])
    server.on_mail = "421 4.7.0 cham lai"
    assert len(run(ledger, server, clock)) == 1
    assert states(ledger) == [OutboxState.QUEUED] * 3


def test_the_daily_cap_counts_what_went_in_the_last_24_hours(
    ledger: Ledger, server: SmtpServer, clock: Clock
) -> None:
    queue_mails(ledger, [one_mail(unit) for unit in "abcde"])
    capped = replace(SEND, daily_cap=2)
    assert len(run(ledger, server, clock, capped)) == 2
    clock.now = NOW + DAY - timedelta(minutes=1)
    assert run(ledger, server, clock, capped) == ()
    clock.now = NOW + DAY
    assert len(run(ledger, server, clock, capped)) == 2
    assert len(server.mails) == 4


def test_a_mail_that_may_have_gone_counts_to_the_daily_cap(
    ledger: Ledger, server: SmtpServer, clock: Clock
) -> None:
    queue_mails(ledger, [one_mail("a"), one_mail("b")])
    (lost, other) = ledger.outbox()
    ledger.claim(lost.id, owed)
    ledger.mark(Delivery(lost.id, NOW, OutboxState.UNCERTAIN, "timeout"))
    capped = replace(SEND, daily_cap=1)
    assert run(ledger, server, clock, capped) == ()
    clock.now = NOW + DAY
    assert [mail.id for mail in run(ledger, server, clock, capped)] == [other.id]


def test_drafts_the_officer_sent_herself_hold_up_no_new_draft(ledger: Ledger, clock: Clock) -> None:
    queue_mails(ledger, [one_mail("a"), one_mail("b")])
    (first, _) = ledger.outbox()
    ledger.claim(first.id, owed)
    for state in (OutboxState.DRAFTED, OutboxState.SENT):
        ledger.mark(Delivery(first.id, NOW, state, ""))

    class Lays(SmtpSender):
        """Lays each mail as a draft, and asks no server."""

        def send(self, outgoing: OutgoingMessage) -> Delivery:
            return Delivery(outgoing.id, clock(), OutboxState.DRAFTED, "drafted")

    with running_smtp() as server:
        sender = Lays(server.settings(), Secret(server.password), DEPARTMENT, HANOI, clock)
        policy = replace(SEND, mode=SendingMode.DRAFTS, daily_cap=1)
        send_due(ledger, sender, policy, owed, clock, lambda _seconds: None)
    assert states(ledger) == [OutboxState.SENT, OutboxState.DRAFTED]


def test_a_mail_that_may_have_gone_in_this_round_counts_in_it(ledger: Ledger, clock: Clock) -> None:
    queue_mails(ledger, [one_mail("a"), one_mail("b")])
    tried: list[str] = []

    class LosesTheAnswer(SmtpSender):
        """The real sender with a line that is lost after the text; it does not ask for a pause."""

        def send(self, outgoing: OutgoingMessage) -> Delivery:
            tried.append(outgoing.unit)
            return Delivery(outgoing.id, clock(), OutboxState.UNCERTAIN, "timeout")

    with running_smtp() as server:
        sender = LosesTheAnswer(server.settings(), Secret(server.password), DEPARTMENT, HANOI, clock)
        send_due(ledger, sender, replace(SEND, daily_cap=1), owed, clock, lambda _seconds: None)
    assert tried == ["a"]


def test_a_clock_that_was_a_year_ahead_holds_up_no_mail_for_a_year(
    ledger: Ledger, server: SmtpServer, clock: Clock
) -> None:
    queue_mails(ledger, [one_mail("a"), one_mail("b"), one_mail("c")])
    clock.now = NOW + timedelta(days=365)
    server.on_rcpt = {"van-phong@b.example": "450 4.2.0 doi it phut"}
    capped = replace(SEND, daily_cap=1)
    assert len(run(ledger, server, clock, capped)) == 1
    assert len(run(ledger, server, clock, replace(SEND, daily_cap=2))) == 2  # b is put off, c goes
    server.on_rcpt = {}
    clock.now = NOW
    assert [mail.unit for mail in run(ledger, server, clock, capped)] == ["b"]
    clock.now = NOW - timedelta(hours=2)  # a little back is no new day
    queue_mails(ledger, [one_mail("d")])
    assert run(ledger, server, clock, capped) == ()


def test_hours_that_end_and_sending_turned_off_in_the_pause_are_heeded_before_the_next_mail(
    ledger: Ledger, server: SmtpServer, clock: Clock
) -> None:
    queue_mails(ledger, [one_mail("a"), one_mail("b")])
    pauses: list[float] = []
    with SmtpSender(server.settings(), Secret(server.password), DEPARTMENT, HANOI, clock) as sender:
        send_due(ledger, sender, SEND, owed, clock, pauses.append, lambda _mail: not pauses)
    assert (states(ledger), len(server.mails)) == ([OutboxState.SENT, OutboxState.QUEUED], 1)


def test_what_was_queued_before_each_mail_must_be_approved_is_held_until_it_is(ledger: Ledger) -> None:
    (early, let_go) = queue_mails(ledger, [one_mail("a"), one_mail("b")])
    own = queue_mails(ledger, [one_mail("", kind="digest"), one_mail("c", kind="return")])
    ledger.hold(let_go.id, AWAITING_APPROVAL)
    ledger.approve(let_go.id)
    hold_unapproved(ledger)
    assert [mail.id for mail in awaiting_approval(ledger)] == [early.id]
    assert [mail.id for mail in preview(ledger)] == [let_go.id, *(mail.id for mail in own)]
    ledger.approve(early.id)
    hold_unapproved(ledger)
    assert awaiting_approval(ledger) == ()


def test_mails_go_out_with_a_pause_between_them(ledger: Ledger, server: SmtpServer, clock: Clock) -> None:
    queue_mails(ledger, [one_mail(unit) for unit in "abc"])
    pauses: list[float] = []
    run(ledger, server, clock, pause=pauses.append)
    assert pauses == [3.0, 3.0]


def test_a_letter_that_waited_too_long_is_taken_back_to_be_written_anew(ledger: Ledger) -> None:
    queue_mails(ledger, [one_mail("a"), one_mail("b", kind="receipt")])
    withdraw(ledger, owed, NOW + GIVE_UP)
    assert states(ledger) == [OutboxState.QUEUED] * 2
    withdraw(ledger, owed, NOW + GIVE_UP + timedelta(seconds=1))
    assert states(ledger) == [OutboxState.CANCELLED, OutboxState.QUEUED]


def test_a_preview_changes_nothing(ledger: Ledger) -> None:
    queue_mails(ledger, [one_mail("a")])
    before = ledger.history()
    assert [each.unit for each in preview(ledger)] == ["a"]
    assert ledger.history() == before


@pytest.mark.parametrize(
    ("mails", "units", "asks"),
    [
        (5, 5, False),
        (6, 9, True),
        (6, 10, False),
        (30, 51, False),
        (31, 51, True),
        (51, 400, True),
        (50, 400, False),
    ],
)
def test_a_large_run_needs_a_persons_word(mails: int, units: int, asks: bool) -> None:
    assert Guard().asks(mails, units) is asks
