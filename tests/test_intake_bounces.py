from __future__ import annotations

from dataclasses import replace

import pytest

from intake.mail.bounces import dead_recipients
from intake.mail.messages import ReadMessage
from tests.test_intake_screening import mail

REGISTERED = frozenset({"xa@commune.example", "y.te@district.example"})


def returned(text: str, *other: tuple[str, str]) -> ReadMessage:
    return replace(mail(content_type="multipart/report", other=other), text=text)


@pytest.mark.parametrize(
    "text",
    [
        "550 5.1.1 <xa@commune.example>: Recipient address rejected: User unknown",
        "Final-Recipient: rfc822; XA@commune.example\nAction: failed\nStatus: 5.1.1",
        "Thư không gửi được đến xa@commune.example.\nCâu trả lời: 550 5.1.1 tài khoản không tồn tại",
    ],
)
def test_a_lasting_refusal_makes_the_address_dead(text: str) -> None:
    assert dead_recipients(returned(text), REGISTERED) == ("xa@commune.example",)


def test_a_passing_refusal_makes_nobody_dead() -> None:
    text = "451 4.3.0 <xa@commune.example>: try again later"
    assert dead_recipients(returned(text), REGISTERED) == ()


def test_the_header_of_the_provider_names_the_recipient() -> None:
    message = returned("Status: 5.1.1", ("x-failed-recipients", "y.te@district.example"))
    assert dead_recipients(message, REGISTERED) == ("y.te@district.example",)


def test_an_address_that_is_nobodys_is_not_told() -> None:
    assert dead_recipients(returned("550 5.1.1 <ai.do@other.example>"), REGISTERED) == ()
