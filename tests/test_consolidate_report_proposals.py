"""Which proposals of the units are the department's own business."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consolidate.writers.report_passages import Gathered
from consolidate.writers.report_proposals import parted_by_addressee
from tests.consolidated import department


def is_own(text: str) -> bool:
    others, own = parted_by_addressee([Gathered(text, ("xã A",))], department())
    assert len(others) + len(own) == 1
    return bool(own)


@pytest.mark.parametrize(
    "text",
    [
        "Đề nghị huyện mở lớp bồi dưỡng nghiệp vụ",
        "Đề nghị UBND huyện bố trí kinh phí riêng",
        "Kiến nghị với Ủy ban nhân dân huyện Thượng Ngàn hỗ trợ kinh phí",
        "Đề nghị Phòng cấp thêm tờ gấp",
        "Đề nghị Phòng Lao động và Việc làm huyện Thượng Ngàn tổ chức tập huấn",
        "Đề nghị UBND huyện, Phòng LĐ&VL quan tâm hướng dẫn",
        "Trong thời gian tới, đề nghị lãnh đạo huyện quan tâm",
    ],
)
def test_what_is_asked_of_the_own_area_is_the_departments_business(text: str) -> None:
    assert is_own(text)


@pytest.mark.parametrize(
    "text",
    [
        "Đề nghị Sở Lao động và Việc làm mở lớp tập huấn",
        "Đề nghị tỉnh, huyện bố trí kinh phí",
        "Đề nghị huyện, tỉnh bố trí kinh phí",
        "Đề nghị UBND huyện và các sở, ngành hỗ trợ",
        "Đề nghị cấp trên bố trí kinh phí",
        "Đề nghị bố trí kinh phí cho huyện vùng cao",
        "Đề nghị Huyện ủy quan tâm",
        "Cần có thêm kinh phí tuyên truyền",
        "Đề nghị huyện mở lớp tập huấn; đề nghị Sở cấp tài liệu",
    ],
)
def test_what_may_concern_the_superior_stays_in_the_report_to_it(text: str) -> None:
    assert not is_own(text)


def test_a_commune_that_collects_settles_what_is_asked_of_the_commune() -> None:
    name = "UBND xã Bản Mới"
    commune = replace(
        department(), name=name, short_name=name, issuer=name, level="commune", area="xã Bản Mới"
    )
    asked = [Gathered("Đề nghị xã cấp loa", ("thôn 1",)), Gathered("Đề nghị huyện cấp loa", ("thôn 1",))]
    others, own = parted_by_addressee(asked, commune)
    assert ([one.text for one in others], [one.text for one in own]) == (
        ["Đề nghị huyện cấp loa"],
        ["Đề nghị xã cấp loa"],
    )
