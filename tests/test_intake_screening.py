from __future__ import annotations

from dataclasses import replace

import pytest

from intake.mail.messages import Headers, Mailer, ReadMessage
from intake.mail.screening import screen
from ledger.records import MessageClass

MAILBOX = "phong@office.example"
PLAIN = Headers(
    message_id="<1@x>",
    sender=Mailer("xa@commune.example", "Xã", "commune.example"),
    reply_to=(),
    to=(MAILBOX,),
    subject="Báo cáo",
    date=None,
    in_reply_to="",
    references=(),
    return_path="xa@commune.example",
    auto_submitted="",
    precedence="",
    has_list_fields=False,
    content_type="multipart/mixed",
    report_type="",
    authentication_results=(),
)


def mail(**changes: object) -> ReadMessage:
    return ReadMessage(replace(PLAIN, **changes), "", "", ())  # type: ignore[arg-type]


def robot(address: str) -> Mailer:
    return Mailer(address, "", address.split("@")[1])


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        (mail(content_type="multipart/report", report_type="delivery-status"), "bounce"),
        (mail(sender=robot("mailer-daemon@mail.example"), return_path=""), "bounce"),
        (mail(auto_submitted="auto-replied"), "auto_reply"),
        (mail(subject="Trả lời tự động: V/v đôn đốc"), "auto_reply"),
        (mail(content_type="multipart/report", report_type="disposition-notification"), "read_receipt"),
        (mail(subject="Đã đọc: Đôn đốc gửi báo cáo quý II"), "read_receipt"),
        (mail(subject="Read: Don doc gui bao cao"), "read_receipt"),
        (mail(sender=robot(MAILBOX)), "own_mail"),
        (mail(has_list_fields=True), "bulk"),
        (mail(precedence="bulk"), "bulk"),
    ],
)
def test_mail_of_machines_is_told_by_a_named_rule(message: ReadMessage, rule: str) -> None:
    verdict = screen(message, MAILBOX)
    assert verdict is not None
    assert verdict.rule == rule


def test_auto_submitted_no_means_that_a_person_wrote_it() -> None:
    assert screen(mail(auto_submitted="no"), MAILBOX) is None


@pytest.mark.parametrize("subject", ["Đã đọc và gửi báo cáo", "Read me", "Đã gửi báo cáo: xã Lũng Vân"])
def test_words_of_a_person_are_no_notice_of_a_mail_program(subject: str) -> None:
    assert screen(mail(subject=subject), MAILBOX) is None


def test_ordinary_mail_passes() -> None:
    assert screen(mail(), MAILBOX) is None


def test_a_bounce_is_never_taken_for_a_report() -> None:
    verdict = screen(mail(content_type="multipart/report", report_type="delivery-status"), MAILBOX)
    assert verdict is not None
    assert verdict.message_class is MessageClass.BOUNCE
