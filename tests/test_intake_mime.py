from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from intake.extractors.interface import Limits
from intake.mail.headers import decoded_words, fields_of, mailer_of, parameters_of
from intake.mail.mime import Leaf, parse_mail, read_carefully, read_leaves
from tests.builders import docx, mail, raw_mail, zip_of

SAMPLE = Path(__file__).parents[2] / "shared" / "sample"


def sender(value: str | bytes) -> tuple[str, tuple[str, ...]]:
    octets = value if isinstance(value, bytes) else value.encode()
    mailer = mailer_of(fields_of(b"From: " + octets + b"\r\n\r\n"))
    return mailer.address, mailer.defects


@pytest.mark.parametrize(
    "value",
    [
        "Lan <Lan@Xa.example.vn>",
        "lan@xa.example.vn",
        "<lan@xa.example.vn>",
        '"Lan, văn thư" <lan@xa.example.vn>',
        "lan@xa.example.vn (Lan)",
        "lan@xa.example.vn <lan@xa.example.vn>",
        "=?UTF-8?B?VsSDbiB0aMaw?=\r\n <lan@xa.example.vn>",
    ],
)
def test_one_honest_address_is_read_without_defect(value: str) -> None:
    assert sender(value) == ("lan@xa.example.vn", ())


@pytest.mark.parametrize(
    ("value", "defect"),
    [
        ("unit@xa.example.vn <attacker@evil.example>", "malformed"),
        ("lan@xa.example.vn, tam@xa.example.vn", "several_addresses"),
        ("a <lan@xa.example.vn> <tam@xa.example.vn>", "malformed"),
        ("Nhóm: lan@xa.example.vn;", "malformed"),
        ("lan", "malformed"),
        ("lan@xa.example.vn\0@evil.example", "malformed"),
    ],
)
def test_a_from_that_two_programs_may_read_differently_gives_no_address(value: str, defect: str) -> None:
    address, defects = sender(value)
    if defect == "malformed" and ":" in value:
        assert defect in defects
    else:
        assert (address, defect in defects) == ("", True)


def test_two_from_fields_give_no_address() -> None:
    mailer = mailer_of(fields_of(b"From: a@xa.example.vn\r\nFrom: b@xa.example.vn\r\n\r\n"))
    assert (mailer.address, mailer.defects) == ("", ("several_from",))


@pytest.mark.parametrize(
    "value",
    [
        '"xa@huyen.example.vn" <attacker@evil.example>',
        "=?utf-8?q?xa=40huyen=2Eexample=2Evn_=3Cxa=40huyen=2Eexample=2Evn=3E?= <attacker@evil.example>",
    ],
)
def test_a_display_name_that_shows_another_address_is_a_defect(value: str) -> None:
    assert sender(value) == ("attacker@evil.example", ("name_is_address",))


def test_no_from_is_a_defect() -> None:
    assert mailer_of(fields_of(b"Subject: x\r\n\r\n")).defects == ("no_from",)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"=?UTF-8?Q?B=C3?= =?UTF-8?Q?=A1o?= c=?UTF-8?B?w6E=?=o", "Báo cáo"),
        (b"=?UTF-8?B?QsOhbw?= =?utf-8?b?IGPDoW8=?=", "Báo cáo"),
        ("Báo cáo".encode(), "Báo cáo"),
        ("Báo cáo".encode("cp1258"), "Báo cáo"),
        (b"Re: =?us-ascii?Q?a?= b =?us-ascii?Q?c?=", "Re: a b c"),
        (b"=?iso-8859-1?B?QsOhbyBjw6Fv?=", "Báo cáo"),
        (b"=?no-such-charset?Q?abc?=", "abc"),
    ],
)
def test_a_subject_is_decoded_however_it_is_mangled(body: bytes, text: str) -> None:
    assert decoded_words(body) == text


@pytest.mark.parametrize(
    "body",
    [
        b"attachment; filename*0*=UTF-8''B%C3%A1o%20c; filename*1*=%C3%A1o.docx",
        b"attachment; filename*0*=UTF-8''B%C3%A1o%20c%C3; filename*1*=%A1o.docx",
        b"attachment; filename*0*=UTF-8''B%C3%A1o%20c%C; filename*1*=3%A1o.docx",
        b"attachment; filename*1*=%A1o.docx; filename*0*=UTF-8''B%C3%A1o%20c%C3",
        b"attachment; filename*=utf-8''B%C3%A1o%20c%C3%A1o.docx; filename=Bao.docx",
        b'attachment; filename="=?UTF-8?B?QsOhbyBjw6FvLmRvY3g=?="',
        'attachment; filename="Báo cáo.docx"; size=3'.encode(),
        "attachment; filename=Báo cáo.docx".encode(),
    ],
)
def test_a_file_name_is_decoded_however_it_is_mangled(body: bytes) -> None:
    assert parameters_of(body).parameters["filename"] == "Báo cáo.docx"


def test_a_name_cut_inside_a_character_is_read_by_the_careful_reader() -> None:
    octets = raw_mail(
        "From: a@xa.example.vn\nMIME-Version: 1.0\nContent-Type: application/octet-stream\n"
        "Content-Disposition: attachment; filename*0*=UTF-8''B%C3; filename*1*=%A1o.bin\n"
        "Content-Transfer-Encoding: base64",
        "YWJj",
    )
    parsed = parse_mail(octets, Limits())
    assert parsed.second_reader
    assert [(leaf.name, leaf.content) for leaf in parsed.files] == [("Báo.bin", b"abc")]


def test_stray_octets_in_base64_do_not_lose_the_file() -> None:
    octets = raw_mail(
        "From: a@xa.example.vn\nMIME-Version: 1.0\nContent-Type: application/octet-stream; name=a.bin\n"
        "Content-Disposition: attachment\nContent-Transfer-Encoding: base64",
        "YW\x01Jj!\nZGVm\n",
    )
    assert [leaf.content for leaf in parse_mail(octets, Limits()).files] == [b"abcdef"]


def test_a_uuencoded_file_becomes_a_file_and_leaves_the_text() -> None:
    octets = raw_mail("From: a@xa.example.vn", "Kính gửi\nbegin 644 bc.bin\n#86)C\n`\nend\nXin cảm ơn\n")
    parsed = parse_mail(octets, Limits())
    assert [(leaf.name, leaf.content) for leaf in parsed.files] == [("bc.bin", b"abc")]
    assert parsed.text.split() == ["Kính", "gửi", "Xin", "cảm", "ơn"]


def test_two_content_types_are_a_defect_and_both_views_are_shown() -> None:
    octets = raw_mail(
        "From: a@xa.example.vn\nMIME-Version: 1.0\nContent-Type: text/plain\n"
        "Content-Type: multipart/mixed; boundary=x",
        "--x\nContent-Type: text/plain\n\nchữ\n"
        "--x\nContent-Disposition: attachment; filename=a.txt\n\nsố\n--x--\n",
    )
    parsed = parse_mail(octets, Limits())
    assert parsed.second_reader
    assert "duplicate_content_type" in parsed.defects


def test_a_missing_closing_boundary_keeps_the_file_and_is_noted() -> None:
    whole = mail(files=[("a.bin", b"0123456789" * 30)])
    cut = whole[: whole.rindex(b"--=-")]
    parsed = parse_mail(cut, Limits())
    assert "no_closing_boundary" in parsed.defects
    assert [leaf.content for leaf in parsed.files] == [b"0123456789" * 30]


def test_text_without_declared_charset_is_read_as_vietnamese() -> None:
    assert (
        parse_mail(raw_mail("From: a@xa.example.vn", "Kết quả thực hiện"), Limits()).text
        == "Kết quả thực hiện"
    )


def test_a_wrong_charset_label_does_not_garble_utf8() -> None:
    head = (
        "From: a@xa.example.vn\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit"
    )
    assert parse_mail(raw_mail(head, "Kết quả thực hiện"), Limits()).text == "Kết quả thực hiện"


def test_html_only_mail_is_read_as_lines_without_scripts() -> None:
    head = "From: a@xa.example.vn\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit"
    html = (
        "<style>p{}</style><p>Số buổi:<br>12</p><script>x</script><a href='https://a.example/f?id=1'>tệp</a>"
    )
    parsed = parse_mail(raw_mail(head, html), Limits())
    assert parsed.text.split("\n") == ["Số buổi:", "12", "tệp"]
    assert parsed.links == ("https://a.example/f?id=1",)


@pytest.mark.parametrize(
    "quoted",
    [
        "Vào Th 5, 1 thg 6, 2023 vào lúc 08:00 Phòng mẫu <p@huyen.example.vn> đã viết:\n> thư cũ",
        "Vào Th 5, 1 thg 6, 2023 vào lúc 08:00 Phòng mẫu\n<p@huyen.example.vn> đã viết:\n\n> thư cũ",
        "On Thu, Jun 1, 2023 at 8:00 AM P <p@huyen.example.vn> wrote:\n> thư cũ",
        "-----Original Message-----\nFrom: p\nthư cũ",
        "Từ: Phòng mẫu <p@huyen.example.vn>\nĐã gửi: 01/06/2023\nChủ đề: x\n\nthư cũ",
        "---------- Forwarded message ---------\nTừ: p@huyen.example.vn\nthư cũ",
        "-- \nthư cũ",
        "> thư cũ",
    ],
)
def test_own_text_leaves_out_what_others_wrote(quoted: str) -> None:
    parsed = parse_mail(mail(text=f"Xã gửi lại.\n\n{quoted}\n"), Limits())
    assert parsed.own_text == "Xã gửi lại."
    assert "thư cũ" in parsed.text


def test_an_answer_below_the_quoted_lines_is_kept() -> None:
    text = "Vào 1/6/2023, Phòng mẫu <p@huyen.example.vn> đã viết:\n> câu hỏi\n\nTrả lời: 12 người."
    assert parse_mail(mail(text=text), Limits()).own_text == "Trả lời: 12 người."


def test_the_head_of_an_inline_forward_is_recorded() -> None:
    text = (
        "Xin chuyển.\n\n---------- Forwarded message ---------\nTừ: Xã Mẫu <xa@mau.example.vn>\n"
        "Date: Thu, 1 Jun 2023 08:00:00 +0700\nSubject: Báo cáo quý\nTo: <b@huyen.example.vn>\n\nNội dung"
    )
    [head] = parse_mail(mail(text=text), Limits()).forwarded
    assert (head.sender_address, head.sender_name, head.subject, head.inline) == (
        "xa@mau.example.vn", "Xã Mẫu", "Báo cáo quý", True,
    )  # fmt: skip
    assert head.date is not None


def test_a_reply_is_not_taken_for_a_forward() -> None:
    text = "Vâng.\n\nTừ: Phòng <p@huyen.example.vn>\nĐã gửi: 01/06/2023\nChủ đề: Đôn đốc\n"
    assert parse_mail(mail(subject="Re: Đôn đốc", text=text), Limits()).forwarded == ()


@pytest.mark.parametrize(
    "octets", [b"", b"\0" * 50, b"From: ", b"Content-Type: multipart/mixed\r\n\r\n--\r\n"]
)
def test_any_octets_give_a_mail(octets: bytes) -> None:
    parse_mail(octets, Limits())


def test_hundreds_of_nested_multiparts_are_survived() -> None:
    octets = b"From: a@xa.example.vn\r\n"
    for number in range(600):
        octets += b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (number, number)
    assert parse_mail(octets + b"\r\nx", Limits()).defects


def comparable(leaves: tuple[Leaf, ...]) -> list[tuple[str, str, bytes]]:
    return [
        (
            leaf.content_type,
            unicodedata.normalize("NFC", leaf.name),
            leaf.content.replace(b"\r\n", b"\n").strip(),
        )
        for leaf in leaves
        if not leaf.content_type.startswith("message/")
    ]


def own_mails() -> list[bytes]:
    return [
        mail(),
        mail(html="<p>Kính gửi</p>"),
        mail(files=[("Báo cáo số 1.docx", docx("a")), ("b.zip", zip_of({"c.txt": "d"}))]),
        mail(html="<p>x</p>", files=[("t" * 150 + ".bin", b"\0\1")]),
        mail(files=[(unicodedata.normalize("NFD", "Biểu mẫu.bin"), b"x")]),
    ]


def test_fast_and_careful_reader_see_the_same_mail() -> None:
    samples = [path.read_bytes() for path in sorted(SAMPLE.glob("*/messages/*.eml"))]
    for octets in own_mails() + samples:
        assert comparable(read_leaves(octets)[0]) == comparable(read_carefully(octets)[0])
