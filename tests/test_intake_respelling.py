from __future__ import annotations

import pytest

from intake.figures.respelling import _pairs, _respelled

KNOWN = _pairs(
    (
        "bình đẳng giới",
        "Số cuộc tuyên truyền",
        "hộ nghèo",
        "cán bộ",
        "căn bộ",
        "số người",
        "trong độ tuổi",
        "do nữ làm chủ",
    )
)


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("39 cuộc tuyên truyển về bình đằng giới", "39 cuộc tuyên truyền về bình đẳng giới"),
        ("BÌNH ĐĂNG GIỚI; Bình đăng giới", "BÌNH ĐẲNG GIỚI; Bình đẳng giới"),
        ("12 can bộ", "12 can bộ"),  # two words it may be
        ("hô, nghéo", "hộ, nghèo"),
        ("120 người, trong đó nữ 93 người", "120 người, trong đó nữ 93 người"),
        ("trong đô tuổi", "trong độ tuổi"),
        ("giới hạn 1.247 người", "giới hạn 1.247 người"),
        ("", ""),
    ],
)
def test_marks_misread_are_put_right_where_the_report_knows_one_such_pair_of_words(
    read: str, meant: str
) -> None:
    assert _respelled(read, KNOWN) == meant
