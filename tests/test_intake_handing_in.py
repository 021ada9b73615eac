"""Whether the words of a mail hand something in, so that a mail without a file lacks one."""

from __future__ import annotations

import random

import pytest

from intake.evidence.handing_in import _clauses, _hands_in, hands_in


@pytest.mark.parametrize(
    "text",
    [
        "Xã gửi nhé, có gì gọi số 0900 000 001",
        "Em gửi chị ạ",
        "Gửi chị Mai ạ",
        "Em gởi file ạ",
        "Chị ơi em gửi nhé",
        "em chao chi. xa nop a",
        "Dạ xã Bình Minh gửi Phòng ạ.",
        "UBND xã Bình Minh kính gửi.",
        "Kính gửi Phòng\nXã chuyển chị bản scan.",
        "Xin gửi bản đã ký đóng dấu.",
        "Gửi chị Lan bản chính thức",
        "Em gửi lại, bản trước bị lỗi.",
        "Kèm theo đây ạ",
        "Tài liệu đính kèm.",
        "Xem tệp kèm theo.",
        "File em gửi ở dưới nhé",
        "Xã gửi báo cáo quý",
    ],
)
def test_a_unit_that_hands_something_in_is_heard_however_it_says_so(text: str) -> None:
    assert hands_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "Em cảm ơn chị ạ.",
        "em cảm ơn chị đã gửi ạ",
        "Em gửi lời cảm ơn tới các anh chị",
        "Xã xin gửi lời chúc mừng năm mới",
        "Kính gửi Phòng Văn hóa",
        "Gửi chị Lan,\nem nhận được rồi ạ",
        "Gửi anh Nam và các anh chị",
        "Xã gửi rồi chị nhé.",
        "Mai em gửi chị ạ",
        "Sáng mai xã nộp ạ",
        "Tuần sau xã gửi nhé",
        "Xã gửi sau ạ",
        "Vâng ạ, để em gửi",
        "Em chưa gửi được ạ",
        "Chị gửi em mẫu với ạ",
        "Nhờ chị gửi lại giúp em",
        "Em gửi yêu cầu cấp lại mật khẩu",
        "Xã đã nhận được file đính kèm",
        "Em mở file đính kèm không được",
        "Xã làm theo mẫu đính kèm của Phòng",
        "Phòng gửi công văn kèm theo xã đã nhận",
        "Được gửi từ điện thoại của tôi",
        "Có gì em gọi chị ạ",
        "Em gửi chị số điện thoại của xã ạ",
        "Xã chuyển trụ sở về địa chỉ mới",
        "Em chuyển công tác từ tháng 7 ạ",
    ],
)
def test_thanks_addresses_promises_and_wishes_hand_in_nothing(text: str) -> None:
    assert not hands_in(text)


_WORDS = (
    *("Xã", "Em", "gửi", "gởi", "nộp", "chuyển", "kèm theo", "đây", "file", "tệp", "văn bản", "bản scan"),
    *("ở dưới", "chị", "lại", "nhé", "ạ,", "ạ.", "; - ", "Gửi", "(kèm", "guI"),
)


def test_no_clause_that_hands_in_is_passed_over() -> None:
    chance, handed = random.Random(7), 0
    for _ in range(2_000):
        text = " ".join(chance.choices(_WORDS, k=chance.randint(1, 6)))
        if any(map(_hands_in, _clauses(text))):
            handed += 1
            assert hands_in(text), text
    assert handed > 300
