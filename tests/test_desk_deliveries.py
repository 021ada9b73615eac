"""The digest and the draft report by mail, and the report to further recipients once it is approved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desk.mailing.chasing import still_needed
from desk.mailing.sender import build_mime
from ledger.records import OutboxState, OutgoingMessage
from tests.offices import DEPARTMENT, Office, figures, make_office, report_mail

NAMED = DEPARTMENT.replace(
    "mode: preview", "mode: approve\n  digest_to: [can-bo@songmay.example]\n  report_to: [so@tinh.example]"
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = replace(make_office(tmp_path, department=NAMED), now="2023-06-07T07:30:00+07:00")
    made.deliver(report_mail("binh-minh", figures(1)), "2023-06-01T08:00")
    made.take_in()
    return made


def outbox(office: Office, kind: str) -> list[OutgoingMessage]:
    with office.opened() as opened:
        return [mail for mail in opened.ledger.outbox() if mail.kind == kind]


def test_digest_and_draft_reach_the_officer_each_once_without_asking_her_first(office: Office) -> None:
    office.run("run", "--once")
    office.run("run", "--once")
    (digest,), (draft,) = outbox(office, "digest"), outbox(office, "delivery")
    assert (digest.to, digest.state) == (("can-bo@songmay.example",), OutboxState.QUEUED)
    assert digest.subject == "Bản tin báo cáo ngày 07/6/2023"
    said = " ".join(digest.text.split())
    assert "Chưa nộp: " in said or "Chưa gửi: " in said
    assert "UBND xã Đồng Tâm" in said
    assert max(map(len, (digest.text + draft.text).splitlines())) < 78
    with office.opened() as opened:
        outputs, regime = opened.settings.outputs, opened.regime
    octets = build_mime(draft, regime.department, regime.timezone, outputs=outputs)
    assert octets.count(b"Content-Disposition: attachment") == len(draft.files) >= 4


def test_the_digest_of_a_day_gone_by_is_not_sent(office: Office) -> None:
    office.run("run", "--once")
    (digest,) = outbox(office, "digest")
    for now, needed in (("2023-06-07T16:00:00+07:00", True), ("2023-06-08T07:30:00+07:00", False)):
        with replace(office, now=now).opened() as opened:
            assert still_needed(opened, digest) is needed


def test_others_get_the_report_only_when_an_officer_says_so_and_once(office: Office) -> None:
    office.run("run", "--once")
    assert outbox(office, "report") == []
    office.run("outbox", "deliver", "-r", "bdg", "-k", "2023-H1")
    (report,) = outbox(office, "report")
    assert (report.to, report.state) == (("so@tinh.example",), OutboxState.QUEUED)
    told = office.run("outbox", "deliver", "-r", "bdg", "-k", "2023-H1", code=6)
    assert "đã được gửi trước đó" in told.err


def test_where_mail_does_not_go_no_digest_is_queued(tmp_path: Path) -> None:
    office = replace(
        make_office(tmp_path, department=NAMED.replace("mode: approve", "mode: preview")),
        now="2023-06-07T07:30:00+07:00",
    )
    office.run("run", "--once")
    assert outbox(office, "digest") == []
