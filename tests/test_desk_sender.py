"""What goes over the wire, to a real SMTP server on loopback."""

from __future__ import annotations

import hashlib
import re
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.regime import Department
from config.secrets import Secret
from config.settings import Authentication, Encryption
from config.wording import Wording
from consolidate.reminders import dead_addresses
from desk.errors import DeskError
from desk.mailing.sender import (
    SmtpInsecureError,
    SmtpLoginError,
    SmtpSender,
    SmtpUnreachableError,
    UnsafeMailError,
    _dotted,
    build_mime,
    header_text,
)
from desk.views import mail_reason
from ledger.records import Delivery, OutboxState, OutgoingMessage
from tests.builders_consolidate import DEPARTMENT, HANOI
from tests.builders_ledger import mail
from tests.dovecot import free_ports
from tests.smtp_server import LOST, PASSWORD, TOKEN, USER, SmtpServer, running_smtp

NOW = datetime(2031, 6, 6, 1, 30, tzinfo=UTC)
INJECTION = "V/v đôn đốc =?UTF-8?Q?=0A?=Bcc: ke-gian@xa.example"
WORDS = ("V/v", "đôn đốc", "gửi", "Báo cáo", "quý III,", "Ủy ban", "(LĐ-TB&XH)", '"15"', "2031", "=", "?")
SUBJECT = (
    "V/v đôn đốc gửi báo cáo kết quả công tác nước sạch và vệ sinh môi trường nông thôn 6 tháng đầu năm 2031"
)


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with running_smtp() as running:
        yield running


def letter(**more: Any) -> OutgoingMessage:
    return mail(**{"id": 7, "subject": SUBJECT, "text": "Kính gửi: Ủy ban nhân dân xã Đồi Chè\n", **more})


def sender_to(server: SmtpServer, secret: str = PASSWORD, **changes: Any) -> SmtpSender:
    seconds = {
        name: changes.pop(name) for name in ("answer_seconds", "last_answer_seconds") if name in changes
    }
    return SmtpSender(server.settings(**changes), Secret(secret), DEPARTMENT, HANOI, lambda: NOW, **seconds)


def sent_through(server: SmtpServer, outgoing: OutgoingMessage, **changes: Any) -> Delivery:
    with sender_to(server, **changes) as sender:
        return sender.send(outgoing)


def read(octets: bytes) -> EmailMessage:
    return BytesParser(policy=SMTP).parsebytes(octets)


# -- the octets -----------------------------------------------------------------------------------------


def test_a_mail_on_the_wire_says_that_a_program_wrote_it(server: SmtpServer) -> None:
    delivery = sent_through(server, letter())
    assert delivery == Delivery(7, NOW, OutboxState.SENT, "250 2.0.0 da nhan")
    (taken,) = server.mails
    message = read(taken.content)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert "Precedence" not in message
    assert message["Message-ID"] == "<doi-che-don-doc-1@vidu.example>"
    assert message["Subject"] == SUBJECT
    assert message["From"].addresses[0].addr_spec == USER
    assert message["Reply-To"].addresses[0].addr_spec == DEPARTMENT.mailbox
    assert message["Date"].datetime == letter().queued_at
    assert plain(message).replace("\r\n", "\n") == "Kính gửi: Ủy ban nhân dân xã Đồi Chè\n"
    assert (taken.sender, taken.recipients) == (USER, ("van-phong@doi-che.example",))


def plain(message: EmailMessage) -> str:
    """The words of a mail as a program without HTML shows them."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_the_html_beside_the_text_says_the_same_and_takes_no_markup_from_it() -> None:
    text = "Kính gửi: Ủy ban\n\n- Báo cáo <b>quý</b>\n  I & II;\n- Báo cáo năm.\n\nTrân trọng./.\n"
    message = read(build_mime(letter(text=text), DEPARTMENT, HANOI))
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    html = message.get_body(("html",))
    assert html is not None
    shown = html.get_content()
    assert "<li>Báo cáo &lt;b&gt;quý&lt;/b&gt; I &amp; II;</li>" in shown.replace("\r\n", "\n")
    assert not re.search(r"https?:|<(?:img|script|a|link)\b", shown)


def test_an_answer_names_what_it_answers_and_says_that_it_is_one() -> None:
    answer = letter(about="a" * 64, answers="<bao-cao@xa.example>", thread=("<dau@xa.example>", "khong phai"))
    message = read(build_mime(answer, DEPARTMENT, HANOI))
    assert message["In-Reply-To"] == "<bao-cao@xa.example>"
    assert message["References"] == "<dau@xa.example> <bao-cao@xa.example>"
    assert message["Auto-Submitted"] == "auto-replied"


@pytest.mark.parametrize(
    "answered", ["", "<a@b.example>\r\nBcc: c@d.example", "a@b", "<" + "a" * 300 + "@b.vn>"]
)
def test_what_is_no_message_id_is_not_answered_by_name(answered: str) -> None:
    message = read(build_mime(letter(about="a" * 64, answers=answered), DEPARTMENT, HANOI))
    assert "In-Reply-To" not in message
    assert "Bcc" not in message


def test_a_file_goes_with_its_name_and_only_as_it_was_when_the_mail_was_queued(tmp_path: Path) -> None:
    (tmp_path / "Báo cáo.docx").write_bytes(b"PK mot van ban")
    sha256 = hashlib.sha256(b"PK mot van ban").hexdigest()
    carrying = letter(files=(("Báo cáo.docx", sha256),))
    octets = build_mime(carrying, DEPARTMENT, HANOI, outputs=tmp_path)
    assert octets == build_mime(carrying, DEPARTMENT, HANOI, outputs=tmp_path)
    (part,) = read(octets).iter_attachments()
    assert (part.get_filename(), part.get_payload(decode=True)) == ("Báo cáo.docx", b"PK mot van ban")
    (tmp_path / "Báo cáo.docx").write_bytes(b"PK mot van ban khac")
    with pytest.raises(UnsafeMailError):
        build_mime(carrying, DEPARTMENT, HANOI, outputs=tmp_path)


def test_a_mail_is_from_the_mailbox_when_no_other_sender_is_named() -> None:
    message = read(build_mime(letter(), DEPARTMENT, HANOI))
    assert message["From"].addresses[0].addr_spec == DEPARTMENT.mailbox
    assert message["From"].addresses[0].display_name == DEPARTMENT.short_name
    assert "Reply-To" not in message


def test_the_date_is_told_in_the_zone_of_the_department(server: SmtpServer) -> None:
    zone = ZoneInfo("Asia/Tokyo")
    with SmtpSender(server.settings(), Secret(PASSWORD), DEPARTMENT, zone, lambda: NOW) as sender:
        sender.send(letter())
    told = read(server.mails[0].content)["Date"].datetime
    assert told == letter().queued_at
    assert told.utcoffset() == zone.utcoffset(NOW)


def test_the_same_mail_gives_the_same_octets_in_lines_any_server_takes() -> None:
    octets = build_mime(letter(), DEPARTMENT, HANOI)
    assert octets == build_mime(letter(), DEPARTMENT, HANOI)
    assert max(map(len, octets.split(b"\r\n"))) <= 78
    assert octets.isascii()


def test_a_subject_cannot_write_a_header_of_its_own(server: SmtpServer) -> None:
    sent_through(server, letter(subject=INJECTION))
    message = read(server.mails[0].content)
    assert "Bcc" not in message
    assert b"\nbcc" not in server.mails[0].content.lower()
    assert server.mails[0].recipients == ("van-phong@doi-che.example",)
    assert "ke-gian@xa.example" in message["Subject"]


@given(st.text(max_size=400))
@settings(max_examples=300, deadline=None)
def test_no_subject_changes_who_gets_a_mail(subject: str) -> None:
    try:
        octets = build_mime(letter(subject=subject), DEPARTMENT, HANOI)
    except UnsafeMailError:
        return
    head = octets.partition(b"\r\n\r\n")[0].decode("ascii")
    names = [line.partition(":")[0] for line in head.split("\r\n") if line[:1] not in " \t"]
    assert names == [
        "Content-Type", "MIME-Version", "From", "To", "Subject", "Date",
        "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
    ]  # fmt: skip


@given(
    st.lists(
        st.sampled_from(WORDS),
        min_size=1,
        max_size=40,
    )
)
@settings(max_examples=200, deadline=None)
def test_a_vietnamese_subject_arrives_as_it_was_written(words: list[str]) -> None:
    subject = header_text(" ".join(words))
    octets = build_mime(letter(subject=subject), DEPARTMENT, HANOI)
    raw = octets.partition(b"Subject: ")[2].partition(b"\r\nDate")[0].decode("ascii")
    assert read(octets)["Subject"] == subject
    # Another reader than the one that wrote it: the old decoder of single words.
    assert str(make_header(decode_header(raw.replace("\r\n", "")))) == subject


@pytest.mark.parametrize(
    "address",
    ["", "khong-phai-dia-chi", "a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "<a@b.example>",
     "a@b", "=?utf-8?q?a?=@b.example\n", "Tên <a@b.example>"],
)  # fmt: skip
def test_what_is_no_address_is_not_sent_to(server: SmtpServer, address: str) -> None:
    with pytest.raises(UnsafeMailError):
        build_mime(letter(to=(address,)), DEPARTMENT, HANOI)
    delivery = sent_through(server, letter(to=(address,)))
    assert (delivery.state, server.mails) == (OutboxState.REFUSED, [])


@pytest.mark.parametrize("message_id", ["", "<a@b>\r\nBcc: c@d.example", "<a b@c>", "a@b"])
def test_a_message_id_is_one_or_nothing_is_sent(message_id: str) -> None:
    with pytest.raises(UnsafeMailError):
        build_mime(letter(message_id=message_id), DEPARTMENT, HANOI)


def test_a_long_message_id_stays_on_its_line() -> None:
    long = "<don-doc-1." + "van-phong-hoi-dong-nhan-dan-" * 4 + ".0123456789abcdef@tonghop.vidu.example>"
    assert f"\r\nMessage-ID: {long}\r\n".encode() in build_mime(letter(message_id=long), DEPARTMENT, HANOI)


def test_a_mail_without_recipient_is_not_written() -> None:
    with pytest.raises(UnsafeMailError):
        build_mime(letter(to=()), DEPARTMENT, HANOI)


def test_a_line_that_is_one_point_ends_no_mail(server: SmtpServer) -> None:
    sent_through(server, letter(text="Trước\n.\n..\nsau\n"))
    assert plain(read(server.mails[0].content)).split() == ["Trước", ".", "..", "sau"]


def test_points_at_the_beginning_of_lines_are_doubled() -> None:
    assert _dotted(b".a\r\nb.\r\n.") == b"..a\r\nb.\r\n..\r\n.\r\n"


@pytest.mark.parametrize("text", [INJECTION, "=?=?x?=?=", "==??", "a\r\nBcc: b\x00\u2028c", "=\x00?"])
def test_header_text_holds_nothing_a_reader_could_decode(text: str) -> None:
    cleaned = header_text(text)
    assert "=?" not in cleaned
    assert cleaned.isprintable()


# -- the server's answers -------------------------------------------------------------------------------


def test_a_passing_refusal_leaves_the_mail_for_later(server: SmtpServer) -> None:
    server.on_data = "451 4.3.0 thu lai sau"
    delivery = sent_through(server, letter())
    assert (delivery.state, delivery.reply) == (OutboxState.QUEUED, "451 4.3.0 thu lai sau")


def test_a_lasting_refusal_of_the_recipient_makes_the_address_dead(server: SmtpServer) -> None:
    server.on_rcpt = {"van-phong@doi-che.example": "550 5.1.1 khong co hop thu nay"}
    delivery = sent_through(server, letter())
    assert delivery.state is OutboxState.REFUSED
    assert dead_addresses([letter(server_reply=delivery.reply)]) == {"van-phong@doi-che.example"}


def test_a_lasting_refusal_of_the_text_says_nothing_of_the_address(server: SmtpServer) -> None:
    server.on_data = "554 5.7.1 noi dung bi tu choi"
    delivery = sent_through(server, letter())
    assert delivery.state is OutboxState.REFUSED
    assert not dead_addresses([letter(server_reply=delivery.reply)])


def test_one_recipient_of_two_is_enough_and_the_other_is_named(server: SmtpServer) -> None:
    server.on_rcpt = {"cu@doi-che.example": "550 5.1.1 khong con dung"}
    delivery = sent_through(server, letter(to=("cu@doi-che.example", "moi@doi-che.example")))
    assert delivery.state is OutboxState.SENT
    assert server.mails[0].recipients == ("moi@doi-che.example",)
    assert dead_addresses([letter(server_reply=delivery.reply)]) == {"cu@doi-che.example"}


def test_greylisting_is_waited_out(server: SmtpServer) -> None:
    server.on_rcpt = {"van-phong@doi-che.example": "450 4.2.0 doi it phut"}
    delivery = sent_through(server, letter())
    assert delivery.state is OutboxState.QUEUED
    server.on_rcpt = {}
    assert sent_through(server, letter()).state is OutboxState.SENT


@pytest.mark.parametrize(
    "answer", ["421 4.7.0 cham lai", "550 5.4.5 Daily user sending limit exceeded", "454 4.7.0 qua nhieu"]
)
def test_a_limit_of_the_account_pauses_everything_and_refuses_nothing(
    server: SmtpServer, answer: str
) -> None:
    server.on_mail = answer
    with sender_to(server) as sender:
        assert sender.send(letter()).state is OutboxState.QUEUED
        assert sender.slow_down


def test_a_refused_mail_does_not_disturb_the_next(server: SmtpServer) -> None:
    server.on_rcpt = {"mot@doi-che.example": "550 5.1.1 khong co"}
    with sender_to(server) as sender:
        first = sender.send(letter(to=("mot@doi-che.example",)))
        second = sender.send(letter(to=("hai@doi-che.example",)))
    assert (first.state, second.state) == (OutboxState.REFUSED, OutboxState.SENT)
    assert [taken.recipients for taken in server.mails] == [("hai@doi-che.example",)]
    assert server.connections == 1


@pytest.mark.parametrize("where", ["on_mail", "on_data_command"])
def test_a_line_lost_before_the_text_leaves_the_mail_queued(server: SmtpServer, where: str) -> None:
    setattr(server, where, LOST)
    delivery = sent_through(server, letter())
    assert (delivery.state, server.mails) == (OutboxState.QUEUED, [])
    assert mail_reason(delivery.reply, Wording()) == "máy chủ ngắt kết nối giữa chừng"


def test_a_line_lost_after_the_text_leaves_the_mail_uncertain(server: SmtpServer) -> None:
    server.on_data = LOST
    delivery = sent_through(server, letter())
    assert delivery.state is OutboxState.UNCERTAIN
    assert len(server.mails) == 1  # it had gone: sending it again would have been the second time


def test_a_line_closed_between_two_mails_is_opened_again(server: SmtpServer) -> None:
    with sender_to(server) as sender:
        assert sender.send(letter()).state is OutboxState.SENT
        assert sender._line is not None
        sock = sender._line.sock
        assert sock is not None
        sock.shutdown(socket.SHUT_RDWR)
        assert sender.send(letter()).state is OutboxState.SENT
    assert (len(server.mails), server.connections) == (2, 2)


@pytest.mark.parametrize("answer", ["502 5.5.1 khong co lenh nay", "421 4.3.2 dong may", LOST])
def test_a_server_that_does_not_forget_a_refused_mail_costs_the_next_one_nothing(
    server: SmtpServer, answer: str
) -> None:
    server.on_rcpt = {"mot@doi-che.example": "550 5.1.1 khong co"}
    server.on_command["RSET"] = answer
    with sender_to(server) as sender:
        first = sender.send(letter(to=("mot@doi-che.example",)))
        second = sender.send(letter(to=("hai@doi-che.example",)))
    assert (first.state, "550 5.1.1" in first.reply) == (OutboxState.REFUSED, True)
    assert second.state is OutboxState.SENT
    assert [taken.recipients for taken in server.mails] == [("hai@doi-che.example",)]


@pytest.mark.parametrize("answer", ["421 4.3.2 dong may", "500 la lenh gi", LOST])
def test_how_a_server_says_goodbye_changes_no_mail(server: SmtpServer, answer: str) -> None:
    server.on_command["QUIT"] = answer
    assert sent_through(server, letter()).state is OutboxState.SENT
    assert len(server.mails) == 1


UNIT, COPY = "vt@doi-che.example", "ct@doi-che.example"


@pytest.mark.parametrize("answer", ["550 5.1.1 khong co", "450 4.2.0 doi it phut"])
def test_a_mail_whose_copy_alone_is_refused_has_gone_and_the_copy_is_named(
    server: SmtpServer, answer: str
) -> None:
    server.on_rcpt = {COPY: answer}
    delivery = sent_through(server, letter(to=(UNIT,), cc=(COPY,)))
    assert delivery.state is OutboxState.SENT  # again would be twice for the unit
    assert [taken.recipients for taken in server.mails] == [(UNIT,)]
    assert dead_addresses([letter(server_reply=delivery.reply)]) == ({COPY} if answer[0] == "5" else set())


@pytest.mark.parametrize(
    ("answer", "state", "told"),
    [
        ("550 5.1.1 khong co", OutboxState.REFUSED, "không nhận thư (550 5.1.1 khong co)"),
        ("450 4.2.0 doi it phut", OutboxState.QUEUED, "tạm thời chưa nhận thư (450 4.2.0 doi it phut)"),
    ],
)
def test_a_mail_its_unit_does_not_take_has_not_gone_and_nobody_gets_a_copy(
    server: SmtpServer, answer: str, state: OutboxState, told: str
) -> None:
    server.on_rcpt = {UNIT: answer}
    outgoing = letter(to=(UNIT,), cc=(COPY,))
    with sender_to(server) as sender:
        delivery = sender.send(outgoing)
        assert (delivery.state, server.mails, sender.slow_down) == (state, [], False)
        server.on_rcpt = {}
        assert sender.send(outgoing).state is OutboxState.SENT  # as after the wait
    assert [taken.recipients for taken in server.mails] == [(UNIT, COPY)]
    assert dead_addresses([letter(server_reply=delivery.reply)]) == ({UNIT} if answer[0] == "5" else set())
    sentence = mail_reason(delivery.reply, Wording("vi"))
    assert sentence == f"Địa chỉ {UNIT} {told}; chưa gửi bản sao đến {COPY}"


# -- the line -------------------------------------------------------------------------------------------


def test_starttls_carries_the_login_and_the_mail() -> None:
    with running_smtp(Encryption.STARTTLS) as server:
        assert sent_through(server, letter()).state is OutboxState.SENT
        assert server.logins == [USER]


def test_a_server_that_does_not_offer_starttls_hears_no_password() -> None:
    with running_smtp(Encryption.STARTTLS, offer_starttls=False) as server:
        with pytest.raises(SmtpUnreachableError):
            sent_through(server, letter())
        assert (server.logins, server.mails) == ([], [])


@pytest.mark.parametrize(
    ("encryption", "verb", "answer", "fault", "told"),
    [
        (Encryption.TLS, "EHLO", "421 4.3.2 dong may", SmtpUnreachableError, ""),
        (Encryption.TLS, "EHLO", "554 5.7.1 khong tiep", SmtpUnreachableError, ""),
        (Encryption.TLS, "EHLO", LOST, SmtpUnreachableError, ""),
        (Encryption.STARTTLS, "EHLO", LOST, SmtpUnreachableError, ""),
        (Encryption.STARTTLS, "STARTTLS", "454 4.7.0 chua san sang", SmtpUnreachableError, "454"),
        (Encryption.STARTTLS, "STARTTLS", "502 5.5.1 khong co", SmtpUnreachableError, "502"),
        (Encryption.STARTTLS, "STARTTLS", LOST, SmtpUnreachableError, ""),
        (Encryption.TLS, "AUTH", "454 4.7.0 tam thoi", SmtpUnreachableError, "454 4.7.0"),
        (Encryption.TLS, "AUTH", "421 4.7.0 qua nhieu", SmtpUnreachableError, "421 4.7.0"),
        (Encryption.TLS, "AUTH", "432 4.7.12 doi mat khau", SmtpUnreachableError, "432"),
        (Encryption.TLS, "AUTH", LOST, SmtpUnreachableError, ""),
        (Encryption.TLS, "AUTH", "535 5.7.8 sai", SmtpLoginError, "535 5.7.8"),
        (Encryption.TLS, "AUTH", "534 5.7.9 can mat khau ung dung", SmtpLoginError, "534 5.7.9"),
    ],
)
def test_a_greeting_that_fails_is_told_and_no_password_or_mail_is_given_away(
    encryption: Encryption, verb: str, answer: str, fault: type[DeskError], told: str
) -> None:
    with running_smtp(encryption) as server:
        server.on_command[verb] = answer
        with pytest.raises(fault) as failed:
            sent_through(server, letter())
        said = Wording()(failed.value.key, **failed.value.places)
        assert (server.logins, server.mails) == ([], [])
    assert told in said
    assert PASSWORD not in said
    assert "Thư vẫn ở danh sách chờ gửi" in said
    assert "Error" not in said
    assert "SMTP" not in said


def test_a_server_that_is_not_there_is_told_in_words_a_clerk_knows(server: SmtpServer) -> None:
    changes: dict[str, dict[str, Any]] = {
        "port": {"port": free_ports(1)[0]},
        "name": {"host": "khong-co.invalid"},
        "trust": {"ca_file": None},
    }
    said = {}
    for name, changed in changes.items():
        with pytest.raises(SmtpUnreachableError) as failed:
            sent_through(server, letter(), **changed)
        said[name] = Wording()(failed.value.key, **failed.value.places)
    assert "máy chủ không nhận kết nối ở cổng này" in said["port"]
    assert "không tìm thấy máy chủ có tên này" in said["name"]
    assert "chứng chỉ của máy chủ không đáng tin cậy" in said["trust"]


def test_a_certificate_of_another_name_is_refused() -> None:
    with running_smtp(name="may-khac.example") as server:
        with pytest.raises(SmtpUnreachableError):
            sent_through(server, letter())
        assert server.logins == []


def test_a_certificate_nobody_vouches_for_is_refused(server: SmtpServer) -> None:
    with pytest.raises(SmtpUnreachableError):
        sent_through(server, letter(), ca_file=None)
    assert server.logins == []


def test_an_open_line_is_for_loopback_alone() -> None:
    with running_smtp(Encryption.NONE) as server:
        assert sent_through(server, letter()).state is OutboxState.SENT
        for changes in ({"allow_plain_on_loopback": False}, {"host": "thu.example"}):
            with pytest.raises(SmtpInsecureError):
                sent_through(server, letter(), **changes)


def test_a_wrong_password_is_a_fault_of_its_own_and_is_not_shown(server: SmtpServer) -> None:
    with pytest.raises(SmtpLoginError) as refused:
        sent_through(server, letter(), secret="mat-khau-cu")
    assert "mat-khau-cu" not in str(refused.value)
    assert len(server.logins) == 1  # one try, for a second could lock the account


def test_a_token_logs_in_where_passwords_are_not_used(server: SmtpServer) -> None:
    delivery = sent_through(server, letter(), secret=TOKEN, authentication=Authentication.XOAUTH2)
    assert delivery.state is OutboxState.SENT
    assert server.logins == [f"user={USER}|auth=Bearer {TOKEN}||"]


def test_a_token_that_has_expired_is_a_refused_login(server: SmtpServer) -> None:
    with pytest.raises(SmtpLoginError):
        sent_through(server, letter(), secret="ya29.cu", authentication=Authentication.XOAUTH2)


def test_nobody_listening_is_said_in_one_sentence() -> None:
    with running_smtp() as server:
        settings_of_it = server.settings()
    with (
        pytest.raises(SmtpUnreachableError),
        SmtpSender(settings_of_it, Secret("x"), DEPARTMENT, HANOI, lambda: NOW),
    ):
        pass


def test_a_department_without_mailbox_or_sender_sends_nothing() -> None:
    nameless = Department("Phòng", "Phòng", "district", "", "", "", "", "", "", mailbox="")
    with pytest.raises(UnsafeMailError):
        build_mime(letter(), nameless, HANOI)


def test_a_server_too_slow_to_answer_leaves_the_mail_uncertain_not_queued(server: SmtpServer) -> None:
    server.taken = lambda _mail: time.sleep(1.5)  # it has the mail, and says so too late
    with SmtpSender(
        server.settings(),
        Secret(server.password),
        DEPARTMENT,
        HANOI,
        lambda: NOW,
        answer_seconds=1.0,
        last_answer_seconds=0.3,
    ) as sender:
        delivery = sender.send(letter())
    assert (delivery.state, len(server.mails)) == (OutboxState.UNCERTAIN, 1)
