from __future__ import annotations

import pytest

from config.topics import topics_of


@pytest.mark.parametrize(
    ("name", "topics"),
    [
        (
            "Báo cáo kết quả công tác bình đẳng giới và vì sự tiến bộ của phụ nữ 6 tháng đầu năm 2023",
            ("bình đẳng giới", "vì sự tiến bộ của phụ nữ", "BĐG", "VSTBPN"),
        ),
        ("BÁO CÁO TÌNH HÌNH THỰC HIỆN CÔNG TÁC GIẢM NGHÈO NĂM 2021", ("giảm nghèo",)),
        ("Báo cáo công tác phòng, chống cháy nổ quý III năm 2024", ("phòng, chống cháy nổ", "PCCN")),
        ("Báo cáo trẻ em quý II, phương hướng nhiệm vụ quý III", ("trẻ em",)),
        ("Báo cáo định kỳ tháng 5 về an toàn lao động", ("an toàn lao động", "ATLĐ")),
        ("Báo cáo kết quả năm 2023", ()),
        ("Báo cáo kết quả Tháng an toàn giao thông năm 2023", ("tháng an toàn giao thông", "TATGT")),
        ("Báo cáo tổng kết năm học 2022-2023", ("năm học 2022-2023",)),
    ],
)
def test_the_subject_is_what_is_left_of_the_name(name: str, topics: tuple[str, ...]) -> None:
    assert topics_of(name) == topics


def test_no_topic_is_the_first_half_of_a_phrase_joined_by_a_comma() -> None:
    assert "phòng" not in topics_of("Báo cáo phòng, chống mua bán người và tệ nạn xã hội")
