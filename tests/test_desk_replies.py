"""Receipts and returned reports: who gets one, what it says, and who never does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from config.units import Address
from desk.mailing.answers import AnswerKind, answers, note_returned, returned_addresses
from desk.mailing.chasing import still_needed
from desk.mailing.correspondence import correspond
from desk.mailing.replies import UNREAD, receipts_due
from ledger.records import Delivery, OutboxState, OutgoingMessage
from ledger.references import is_signed, reference_key
from tests.offices import (
    BY_ID,
    DEPARTMENT,
    REPORT_FILE,
    SERVER,
    Office,
    address,
    at,
    figures,
    letter,
    make_office,
    note,
    report_mail,
    verified,
)

SENDING = DEPARTMENT.replace("mode: preview", "mode: send\n  receipts: true")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return replace(make_office(tmp_path, department=SENDING), now="2023-06-07T09:00:00+07:00")


def receipts(office: Office, *, queue: bool = False) -> list[OutgoingMessage]:
    with office.opened() as opened:
        due = receipts_due(opened).mails
        if queue:
            for mail in due:
                opened.ledger.queue(mail)
        return list(due)


def test_a_report_in_order_is_thanked_for_in_its_own_thread(office: Office) -> None:
    office.deliver(report_mail("binh-minh", figures(1)), "2023-06-06T08:00")
    office.take_in()
    (receipt,) = receipts(office)
    assert (receipt.kind, receipt.to, receipt.unit) == ("receipt", (address("binh-minh"),), "binh-minh")
    assert receipt.subject.startswith("V/v đã tiếp nhận đầy đủ báo cáo kết quả công tác bình đẳng giới")
    assert receipt.answers.endswith("@don-vi.example>")
    said = " ".join(receipt.text.split())
    assert "Kính gửi: Ủy ban nhân dân xã Bình Minh" in said
    assert "gửi chậm 02 ngày so với thời hạn trước ngày 05/6/2023" in said
    assert "bao cao.docx" in said
    assert max(map(len, receipt.text.splitlines())) < 78


def test_a_faulty_figure_is_named_with_its_place(office: Office) -> None:
    wrong = figures(1, B2=("100", "340"))
    office.deliver(report_mail("binh-minh", wrong), "2023-06-06T08:00")
    office.take_in()
    (receipt,) = receipts(office)
    said = " ".join(receipt.text.split())
    assert "bao cao.docx, bảng 2, hàng 3, cột 5: " in said
    assert "chỉ tiêu “Số lượt người tham dự”: số nữ (340) lớn hơn tổng số (100)" in said
    assert receipt.subject.startswith("V/v tiếp nhận")


def test_a_report_without_figures_is_not_thanked_for_as_whole_but_asked_for_them(office: Office) -> None:
    said = "Xã đã tổ chức tuyên truyền về bình đẳng giới tại các thôn."
    words_alone = ("bao cao.docx", letter("binh-minh", table=False, more=(said,)))
    mail = note(address("binh-minh"), "Báo cáo bình đẳng giới 6 tháng đầu năm 2023", "Xã gửi.", words_alone)
    office.deliver(mail, "2023-06-06T08:00")
    office.take_in()
    (receipt,) = receipts(office)
    assert receipt.subject.startswith("V/v tiếp nhận báo cáo")
    assert "chưa có số liệu theo biểu; đề nghị gửi bổ sung" in " ".join(receipt.text.split())


def test_a_broken_receipt_holds_up_its_own_kind_alone(office: Office) -> None:
    office.deliver(report_mail("binh-minh", figures(1)), "2023-06-06T08:00")
    office.deliver(report_mail("dong-tam", figures(2, B2=("100", "340"))), "2023-06-06T08:00")
    office.take_in()
    own = office.home / "templates" / "mail" / "hoan-thanh.txt"
    own.parent.mkdir(parents=True)
    own.write_text("{{ nobody_knows }}", "utf-8")
    with office.opened() as opened:
        round_ = correspond(opened)
        assert [mail.unit for mail in opened.ledger.outbox()] == ["dong-tam"]
    assert [fault.places["name"] for fault in round_.faults] == ["mail/hoan-thanh.txt"]
    assert round_.note is not None  # it came to sending, for which there is no server here
    own.unlink()
    assert [mail.unit for mail in receipts(office)] == ["binh-minh"]


def test_a_receipt_that_waited_for_days_or_is_true_no_more_is_not_sent(office: Office) -> None:
    office.deliver(report_mail("binh-minh", figures(1)), "2023-06-06T08:00")
    office.take_in()
    (receipt,) = receipts(office, queue=True)
    for days, needed in ((14, True), (15, False)):
        with replace(office, now=f"2023-06-{7 + days:02}T08:59:00+07:00").opened() as opened:
            assert still_needed(opened, receipt) is needed
    (message,) = office.listed("messages")
    office.run("decide", "set-aside", message["archive_id"][:8])
    office.take_in()
    with office.opened() as opened:
        assert not still_needed(opened, receipt)


def with_file(name: str, content: bytes, *more: tuple[str, bytes]) -> bytes:
    """A report of Hòa Lạc with such a file, and others beside it."""
    subject = "Báo cáo bình đẳng giới 6 tháng đầu năm 2023"
    return note(address("hoa-lac"), subject, "Xã gửi báo cáo.", (name, content), *more)


BROKEN = ("bao cao.docx", b"PK\x03\x04 hong")


def test_a_report_nobody_can_open_is_answered_at_once_with_what_to_send_instead(office: Office) -> None:
    office.deliver(with_file(*BROKEN), "2023-06-06T08:00")
    office.take_in()
    (advice,) = receipts(office, queue=True)
    said = " ".join(advice.text.split())
    assert (advice.kind, advice.unit, advice.subject) == (UNREAD, "hoa-lac", "V/v đề nghị gửi lại báo cáo")
    assert "chưa mở được báo cáo: - bao cao.docx: tệp bị hỏng, không mở được, đề nghị kiểm tra" in said
    assert "đã tiếp nhận" not in said
    assert office.states()["hoa-lac"] != "on_time"
    assert receipts(office) == []
    with office.opened() as opened:
        assert still_needed(opened, advice)
    (message,) = office.listed("messages")
    office.run("decide", "set-aside", message["archive_id"][:8])
    office.take_in()
    with office.opened() as opened:
        assert not still_needed(opened, advice)


def test_a_link_is_answered_with_the_wish_for_a_file(office: Office) -> None:
    text = "Xã gửi báo cáo bình đẳng giới: https://drive.google.com/file/d/abc"
    office.deliver(note(address("hoa-lac"), "Báo cáo bình đẳng giới", text), "2023-06-06T08:00")
    office.take_in()
    (advice,) = receipts(office)
    assert "đề nghị gửi báo cáo dưới dạng tệp đính kèm" in " ".join(advice.text.split())
    assert "https" not in advice.text


@pytest.mark.parametrize("unproved", ["unknown address", "forged", "robot"])
def test_nobody_else_is_told_that_a_file_cannot_be_opened(office: Office, unproved: str) -> None:
    sender = "la@mat.example" if unproved == "unknown address" else address("hoa-lac")
    headers = verified(sender, "fail" if unproved == "forged" else "pass")
    headers |= {"Auto-Submitted": "auto-generated"} if unproved == "robot" else {}
    words = "Báo cáo bình đẳng giới 6 tháng đầu năm 2023"
    office.deliver(note(sender, words, "Gửi Phòng.", BROKEN, headers=headers), "2023-06-06T08:00")
    office.take_in()
    assert receipts(office) == []


def test_a_booked_report_with_a_broken_annex_is_received_and_the_annex_asked_for(office: Office) -> None:
    office.deliver(with_file("bao cao.docx", letter("hoa-lac"), ("bieu.xlsx", BROKEN[1])), "2023-06-06T08:00")
    office.take_in()
    (receipt,) = receipts(office)
    said = " ".join(receipt.text.split())
    assert receipt.kind == "receipt"
    assert "Tệp chưa đọc được: - bieu.xlsx: tệp bị hỏng" in said
    assert "đầy đủ" not in said + receipt.subject


def test_what_only_adds_is_not_called_a_whole_report(office: Office) -> None:
    office.deliver(report_mail("binh-minh", figures(1)), "2023-06-01T08:00")
    more = letter("binh-minh", figures(1), kind="BÁO CÁO BỔ SUNG")
    text = "Xã gửi bổ sung biểu số liệu báo cáo bình đẳng giới 6 tháng đầu năm 2023"
    office.deliver(
        note(address("binh-minh"), "Bổ sung báo cáo", text, ("bo sung.docx", more)), "2023-06-06T09:40"
    )
    office.take_in()
    (receipt,) = receipts(office)
    said = " ".join(receipt.text.split())
    assert "(bản bổ sung, đính chính)" in said
    assert "đầy đủ" not in said + receipt.subject


def test_a_report_without_some_figure_that_is_asked_is_not_called_a_whole_one(office: Office) -> None:
    given = {code: pair for code, pair in figures(1).items() if code != "B5"}
    office.deliver(report_mail("binh-minh", given), "2023-06-06T08:00")
    office.take_in()
    (receipt,) = receipts(office)
    said = " ".join(receipt.text.split())
    assert "đã tiếp nhận thư của" in said
    assert "Cảm ơn sự phối hợp" in said
    assert "đầy đủ" not in said + receipt.subject


@pytest.mark.parametrize("asked", [True, False])
def test_missing_sections_are_told_where_the_outline_binds(tmp_path: Path, asked: bool) -> None:
    outline = "outline_required: true\noutline:" if asked else "outline:"
    report = REPORT_FILE.replace("outline:", outline)
    office = replace(
        make_office(tmp_path, department=SENDING, report=report), now="2023-06-07T09:00:00+07:00"
    )
    more = ("Tổ chức 12 buổi tuyên truyền.", "II. KHÓ KHĂN", "Kinh phí còn hạn hẹp.")
    office.deliver(report_mail("binh-minh", more=more), "2023-06-06T08:00")
    office.take_in()
    (receipt,) = receipts(office)
    told = "- Báo cáo không có các mục theo đề cương: III. Kiến nghị." in " ".join(receipt.text.split())
    assert told is asked


def test_a_mail_with_several_reports_is_received_under_their_number(tmp_path: Path) -> None:
    monthly = (
        REPORT_FILE.replace("id: bdg", "id: tre-em")
        .replace("bình đẳng giới, BĐG", "trẻ em")
        .replace("công tác bình đẳng giới", "công tác trẻ em")
        .replace("short_name: BĐG", "short_name: TE")
    )
    office = replace(make_office(tmp_path, department=SENDING), now="2023-06-07T09:00:00+07:00")
    (office.home / "regime" / "reports" / "tre-em.yaml").write_text(monthly, "utf-8")
    second = letter("hoa-lac", figures(2), title="Kết quả công tác trẻ em 6 tháng đầu năm 2023")
    office.deliver(
        with_file("bao cao bdg.docx", letter("hoa-lac", figures(1)), ("bao cao tre em.docx", second)),
        "2023-06-06T08:00",
    )
    office.take_in()
    (receipt,) = receipts(office)
    assert receipt.subject == "V/v đã tiếp nhận đầy đủ 02 báo cáo"
    assert " ".join(receipt.text.split()).count("gửi chậm 02 ngày") == 2


ROBOTS: list[Mapping[str, str]] = [
    {"Auto-Submitted": "auto-generated"},
    {"Auto-Submitted": "auto-replied; owner=x"},
    {"Precedence": "bulk"},
    {"List-Id": "<danh-sach.example>"},
    {"X-Auto-Response-Suppress": "All"},
    {"Return-Path": "<>"},
    {"Reply-To": "nguoi-khac@noi-khac.example"},
]


@pytest.mark.parametrize("robot", ROBOTS, ids=lambda each: next(iter(each)))
def test_a_report_that_a_program_mailed_gets_no_receipt(office: Office, robot: Mapping[str, str]) -> None:
    headers = {**verified(address("binh-minh")), **robot}
    office.deliver(report_mail("binh-minh", figures(1), headers=headers), "2023-06-06T08:00")
    office.take_in()
    assert receipts(office) == []


def test_that_a_person_says_no_program_wrote_it_is_believed(office: Office) -> None:
    headers = {**verified(address("binh-minh")), "Auto-Submitted": "no"}
    office.deliver(report_mail("binh-minh", figures(1), headers=headers), "2023-06-06T08:00")
    office.take_in()
    assert len(receipts(office)) == 1


def test_an_unknown_or_unproved_sender_gets_no_receipt(office: Office) -> None:
    office.deliver(report_mail("binh-minh", figures(1), sender="la@mat.example"), "2023-06-06T08:00")
    forged = {"Authentication-Results": f"{SERVER}; dmarc=fail header.from=dongtam.example"}
    office.deliver(report_mail("dong-tam", figures(2), headers=forged), "2023-06-06T08:10")
    office.take_in()
    assert receipts(office) == []


def test_a_message_gets_one_receipt_and_old_mail_none(office: Office) -> None:
    office.deliver(report_mail("binh-minh", figures(1)), "2023-06-01T08:00")  # read days later
    office.deliver(report_mail("dong-tam", figures(2)), "2023-06-06T08:00")
    office.take_in()
    assert [mail.unit for mail in receipts(office, queue=True)] == ["dong-tam"]
    assert receipts(office) == []


def test_two_programs_in_one_thread_end_after_one_more_mail(office: Office) -> None:
    """A robot that sends a report for each of our receipts, and hides that it is one."""
    for number in range(8):
        with office.opened() as opened:
            ours = opened.ledger.outbox()
        headers = dict(verified(address("binh-minh")))
        if ours:
            headers["In-Reply-To"] = ours[-1].message_id
        text = f"Kính gửi Phòng, đơn vị gửi báo cáo lần {number}."
        given = figures(number + 1)
        office.deliver(
            report_mail("binh-minh", given, text=text, headers=headers), f"2023-06-06T08:{number:02}"
        )
        office.take_in()
        receipts(office, queue=True)
    with office.opened() as opened:
        assert len(opened.ledger.outbox()) == 1


def test_an_officer_asks_for_a_correction_in_her_own_words(office: Office) -> None:
    office.deliver(report_mail("binh-minh", figures(1)), "2023-06-06T08:00")
    office.take_in()
    (message,) = office.listed("messages")
    office.run("outbox", "return", message["archive_id"][:8], "--reason", "Thiếu biểu 2\nChưa có chữ ký")
    with office.opened() as opened:
        (mail,) = opened.ledger.outbox()
    assert (mail.state, mail.kind) == (OutboxState.QUEUED, "return")
    assert "- Thiếu biểu 2\n- Chưa có chữ ký" in mail.text
    assert mail.subject.startswith("V/v đề nghị bổ sung, hoàn thiện")
    office.run("decide", "reopen", "1", "--reason", "Đơn vị đã gọi điện")
    with office.opened() as opened:
        (mail,) = opened.ledger.outbox()
    assert (mail.state, mail.server_reply) == (OutboxState.CANCELLED, "return_taken_back")
    assert office.message(message["archive_id"])["state"] == "booked"


# -- what comes back ------------------------------------------------------------------------------------


def reminded(office: Office) -> OutgoingMessage:
    """The reminder to Đồng Tâm, sent."""
    office.deliver(note("tin@bao.example", "Bản tin", "Tin tuần"), "2023-05-20T10:00")
    office.take_in()
    office.run("remind", "--queue")
    with office.opened() as opened:
        mail = next(m for m in opened.ledger.outbox() if m.unit == "dong-tam")
        opened.ledger.claim(mail.id, lambda _mail: True)
        opened.ledger.mark(Delivery(mail.id, at("2023-06-07T09:00"), OutboxState.SENT, "250 OK"))
        sent: OutgoingMessage = opened.ledger.outgoing(mail.id)
    return sent


def found(office: Office) -> list[tuple[str, AnswerKind]]:
    with office.opened() as opened:
        return [(each.mail.unit, each.kind) for each in answers(opened)]


def answering(office: Office, reference: str, text: str, *, sender: str = "", **more: str) -> None:
    headers = {**verified(sender or address("dong-tam")), "In-Reply-To": reference, **more}
    office.deliver(
        note(sender or address("dong-tam"), "Re: V/v đôn đốc", text, headers=headers), "2023-06-07T10:00"
    )
    replace(office, now="2023-06-07T11:00:00+07:00").take_in()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Xã đã gửi báo cáo hôm qua rồi ạ.", AnswerKind.CLAIMS_SENT),
        ("Cho hỏi biểu mẫu lấy ở đâu?", AnswerKind.QUESTION),
        ("Xã đã nhận được, sẽ gửi sớm.", AnswerKind.OTHER),
    ],
)
def test_an_answer_of_the_unit_lands_on_what_the_mail_was_about(
    office: Office, text: str, kind: AnswerKind
) -> None:
    mail = reminded(office)
    answering(office, mail.message_id, text)
    assert found(office) == [("dong-tam", kind)]


def test_that_it_was_sent_is_asked_about_and_its_unit_stays_missing(office: Office) -> None:
    mail = reminded(office)
    answering(office, mail.message_id, "Xã đã gửi báo cáo hôm qua rồi ạ.")
    (item,) = office.listed("review")
    assert item["question"]["code"] == "claims_sent"
    assert "thư rác" in item["question"]["sentence"]
    assert office.states()["dong-tam"] == "missing"


def test_an_out_of_office_note_is_shown_for_the_unit_and_asks_nobody(office: Office) -> None:
    mail = reminded(office)
    answering(office, mail.message_id, "Tôi nghỉ phép.", **{"Auto-Submitted": "auto-replied"})
    assert found(office) == [("dong-tam", AnswerKind.AUTO_REPLY)]
    assert office.listed("review") == []


def test_a_forged_reference_and_a_stranger_land_nowhere(office: Office) -> None:
    mail = reminded(office)
    local, _, domain = mail.message_id.partition("@")
    answering(office, f"{local[:-1]}{'0' if local[-1] != '0' else '1'}@{domain}", "Đã gửi rồi.")
    answering(office, mail.message_id, "Đã gửi rồi, xem hộp thư.", sender="la@mat.example")
    assert found(office) == []


def test_references_are_signed_with_a_key_that_only_its_owner_reads(office: Office) -> None:
    mail = reminded(office)
    key = reference_key(office.home)
    assert (office.home / "reference.key").stat().st_mode & 0o777 == 0o600
    assert is_signed(mail.message_id, key)
    assert not is_signed(mail.message_id, b"khoa khac")


def bounce(mail: OutgoingMessage, status: str = "5.1.1", *, headers_only: bool = False) -> bytes:
    """A delivery status notification as Postfix writes it (RFC 3464): no In-Reply-To of its own."""
    returned = "text/rfc822-headers" if headers_only else "message/rfc822"
    lines = [
        "From: MAILER-DAEMON@mx.songmay.example", "To: phongld@songmay.example", "Return-Path: <>",
        "Subject: Undelivered Mail Returned to Sender", "Message-ID: <1@mx.songmay.example>",
        "MIME-Version: 1.0", 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', "",
        "--b", "Content-Type: text/plain", "", f"<{mail.to[0]}>: host said: 550 {status} khong co", "",
        "--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.songmay.example", "",
        f"Final-Recipient: rfc822; {mail.to[0]}", "Action: failed", f"Status: {status}", "",
        "--b", f"Content-Type: {returned}", "", f"Message-ID: {mail.message_id}", "Subject: V/v", "", "",
        "--b--", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize("headers_only", [False, True])
def test_a_returned_mail_is_bounced_and_its_unit_is_telephoned(office: Office, headers_only: bool) -> None:
    mail = reminded(office)
    office.deliver(bounce(mail, headers_only=headers_only), "2023-06-07T09:05")
    later = replace(office, now="2023-06-07T10:00:00+07:00")
    later.take_in()
    with later.opened() as opened:
        (returned,) = note_returned(opened)
        assert note_returned(opened) == ()
    assert (returned.id, returned.state) == (mail.id, OutboxState.BOUNCED)
    view: Any = replace(office, now="2023-06-08T09:00:00+07:00").listed("remind")
    assert "dong-tam" in [unit["unit"] for unit in view["without_address"]]


COPY = "can-bo@dong-tam.example"


def test_a_copy_that_comes_back_leaves_its_mail_sent_and_its_unit_written_to(tmp_path: Path) -> None:
    second = Address(COPY, "personal")
    known = [
        replace(unit, addresses=(*unit.addresses, second)) if unit.id == "dong-tam" else unit
        for unit in BY_ID.values()
    ]
    department = SENDING.replace("working_days: 1}", "working_days: 1, copy_second: true}")
    office = replace(make_office(tmp_path, known, department=department), now="2023-06-07T09:00:00+07:00")
    mail = reminded(office)
    assert mail.cc == (COPY,)
    office.deliver(bounce(replace(mail, to=mail.cc)), "2023-06-07T09:05")
    later = replace(office, now="2023-06-07T10:00:00+07:00")
    later.take_in()
    with later.opened() as opened:
        assert note_returned(opened) == ()
        assert opened.ledger.outgoing(mail.id).state is OutboxState.SENT
        assert [each.address for each in returned_addresses(opened) if each.proven] == [COPY]
    assert silenced(chased_later(office)) == []


def test_a_delay_notice_and_a_bounce_of_mail_we_never_wrote_change_nothing(office: Office) -> None:
    mail = reminded(office)
    office.deliver(bounce(mail, "4.4.7").replace(b"550 ", b"450 "), "2023-06-07T09:05")
    office.deliver(bounce(replace(mail, message_id="<bia-dat@ke-gian.example>")), "2023-06-07T09:06")
    later = replace(office, now="2023-06-07T10:00:00+07:00")
    later.take_in()
    with later.opened() as opened:
        assert note_returned(opened) == ()


def chased_later(office: Office, day: str = "2023-06-08") -> Any:
    """What reminding would do the next morning."""
    later = replace(office, now=f"{day}T09:00:00+07:00")
    later.take_in()
    return later.listed("remind")


def silenced(view: Any) -> list[str]:
    """The units to be telephoned, but for the one that has no address at all."""
    return [unit["unit"] for unit in view["without_address"] if unit["unit"] != "suoi-dau"]


FORGED = {
    "of no mail of ours": "<bia-dat@ke-gian.example>",
    "with a made-up signature": f"<don-doc-1.dong-tam.{'1' * 16}.{'2' * 16}@tonghop.songmay.example>",
}


@pytest.mark.parametrize("reference", FORGED.values(), ids=FORGED)
def test_a_forged_bounce_silences_no_unit_and_is_shown(office: Office, reference: str) -> None:
    told = OutgoingMessage(
        "chase", "x", "dong-tam", (), (address("dong-tam"),), (), "", "", reference, at("2023-05-20T08:00")
    )
    office.deliver(bounce(told), "2023-06-07T09:05")
    view = chased_later(office)
    assert silenced(view) == []
    assert "dong-tam" in [mail["unit"] for mail in view["mails"]]
    assert [each["address"] for each in view["unproven"]] == [address("dong-tam")]


def test_a_bounce_of_another_units_mail_silences_no_unit(office: Office) -> None:
    """Who got a mail of ours knows its Message-ID, and may name another unit beside it."""
    mail = reminded(office)
    office.deliver(bounce(replace(mail, to=(address("binh-minh"),))), "2023-06-07T09:05")
    view = chased_later(office)
    assert silenced(view) == []
    assert [each["address"] for each in view["unproven"]] == [address("binh-minh")]
    with office.opened() as opened:
        assert note_returned(opened) == ()


JUST_AFTER, OURS, THEIRS = "2023-06-07T09:05", "mx.songmay.example", "dongtam.example"
NULL = "Return-Path: <>"
NAMELESS = [
    # arrival, the server's finding, who writes, return path, believed
    (JUST_AFTER, "pass", f"MAILER-DAEMON@{OURS}", NULL, True),
    (JUST_AFTER, "pass", f"postmaster@{THEIRS}", NULL, True),
    (JUST_AFTER, "pass", f"mailer-daemon@mail.{THEIRS}", NULL, True),
    (JUST_AFTER, "none", f"MAILER-DAEMON@{OURS}", NULL, False),  # nobody has proved who wrote it
    (JUST_AFTER, "fail", f"MAILER-DAEMON@{OURS}", NULL, False),
    (JUST_AFTER, "", f"MAILER-DAEMON@{OURS}", NULL, False),
    (JUST_AFTER, "pass", "postmaster@ke-gian.example", NULL, False),  # proved, and nobody's mail system
    (JUST_AFTER, "pass", f"postmaster@x{THEIRS}", NULL, False),
    (JUST_AFTER, "pass", f"vanthu@{THEIRS}", NULL, False),  # a person of the house
    (JUST_AFTER, "pass", f"postmaster@{THEIRS}", f"Return-Path: <vanthu@{THEIRS}>", False),
    ("2023-06-07T08:55", "pass", f"postmaster@{THEIRS}", NULL, False),  # before our mail went
    ("2023-06-12T09:05", "pass", f"postmaster@{THEIRS}", NULL, False),  # so long no server tries
]


@pytest.mark.parametrize(("arrival", "verdict", "writer", "path", "believed"), NAMELESS)
def test_a_bounce_without_our_message_id_is_believed_only_of_a_proved_mail_system_just_after_our_mail(
    office: Office, arrival: str, verdict: str, writer: str, path: str, believed: bool
) -> None:
    mail = reminded(office)
    domain = writer.rpartition("@")[2]
    found = f"Authentication-Results: {SERVER}; dmarc={verdict} header.from={domain}\r\n" if verdict else ""
    nameless = bounce(replace(mail, message_id="<khong-ro@mx.songmay.example>"))
    nameless = nameless.replace(b"MAILER-DAEMON@mx.songmay.example", writer.encode(), 1)
    office.deliver(found.encode() + nameless.replace(NULL.encode(), path.encode()), arrival)
    view = chased_later(office, "2023-06-13")
    assert ("dong-tam" in silenced(view)) is believed
    with office.opened() as opened:
        shown = [each.address for each in returned_addresses(opened) if not each.proven]
        assert note_returned(opened) == ()  # without its Message-ID no mail of ours is called bounced
    assert shown == ([] if believed else [address("dong-tam")])


def test_googles_mail_system_speaks_for_its_own_addresses_under_its_other_name(tmp_path: Path) -> None:
    unit = replace(BY_ID["dong-tam"], addresses=(Address("xadongtam@gmail.com"),))
    department = SENDING.replace(SERVER, "mx.google.com")
    office = replace(make_office(tmp_path, [unit], department=department), now="2023-06-07T09:00:00+07:00")
    mail = reminded(office)
    nameless = bounce(replace(mail, message_id="<khong-ro@mail.gmail.com>"))
    writer = b"mailer-daemon@googlemail.com"
    found = b"Authentication-Results: mx.google.com; dmarc=pass header.from=googlemail.com\r\n"
    office.deliver(found + nameless.replace(b"MAILER-DAEMON@mx.songmay.example", writer, 1), JUST_AFTER)
    assert silenced(chased_later(office)) == ["dong-tam"]


def test_what_bounces_say_is_the_same_after_a_rebuild(office: Office) -> None:
    mail = reminded(office)
    office.deliver(bounce(mail), "2023-06-07T09:05")
    office.deliver(
        bounce(replace(mail, to=(address("binh-minh"),), message_id="<x@y.example>")), "2023-06-07T09:06"
    )
    before = chased_later(office)
    rebuilt = replace(office, now="2023-06-08T09:00:00+07:00").listed("rebuild", "--replace")
    assert rebuilt["differences"] == []
    after = chased_later(office)
    assert (silenced(after), after["unproven"]) == (silenced(before), before["unproven"])
    assert silenced(after) == ["dong-tam"]


@pytest.mark.parametrize(
    ("sender", "forged", "heard"), [("", False, True), ("", True, False), ("binh-minh", False, False)]
)
def test_an_answer_to_our_mail_is_evidence_from_the_unit_it_went_to_alone(
    office: Office, sender: str, forged: bool, heard: bool
) -> None:
    mail = reminded(office)
    local, _, domain = mail.message_id.partition("@")
    reference = f"{local[:-1]}{'0' if local[-1] != '0' else '1'}@{domain}" if forged else mail.message_id
    by = address(sender or "dong-tam")
    headers = {**verified(by), "In-Reply-To": reference}
    office.deliver(
        report_mail(sender or "dong-tam", figures(2), sender=by, headers=headers), "2023-06-07T10:00"
    )
    later = replace(office, now="2023-06-07T11:00:00+07:00")
    later.take_in()
    with later.opened() as opened:
        (outcome,) = [each for each in opened.ledger.messages() if each.from_address == by]
    answered = [item for item in outcome.evidence if item.kind == "answer"]
    assert {item.about for item in answered} == ({"unit", "report", "period"} if heard else set())
    assert later.listed("rebuild")["differences"] == []
