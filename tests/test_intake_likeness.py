from __future__ import annotations

import pytest

from config.reports import Indicator
from intake.figures.labels import LabelIndex
from intake.figures.likeness import Likeness, LikenessIndex

INDICATORS = (
    Indicator("G1", "Số câu lạc bộ sinh hoạt định kỳ", "CLB"),
    Indicator("G2", "Số buổi truyền thông, tọa đàm về an toàn giao thông", "buổi"),
    Indicator("G3", "Số vụ tai nạn giao thông đường bộ được tiếp nhận", "vụ"),
    Indicator("G4", "Số vụ tai nạn giao thông đường bộ được giải quyết", "vụ"),
    Indicator("G5", "Số lái xe vi phạm nồng độ cồn bị xử phạt", "người"),
    Indicator("G6", "Số tập thể được biểu dương, tặng quà", "tập thể"),
    Indicator("G7", "Số cá nhân được biểu dương, tặng quà", "người"),
    Indicator("G8", "Kinh phí huy động mua mũ bảo hiểm", "triệu đồng"),
    Indicator("G10", "Kinh phí ngân sách mua mũ bảo hiểm", "triệu đồng"),
    Indicator("G9", "Số tuyến đường tự quản", "tuyến"),
)
INDEX = LikenessIndex(LabelIndex(INDICATORS, topics=("an toàn giao thông",)))


@pytest.mark.parametrize(
    ("label", "code", "measure"),
    [
        ("CLB duy trì sinh hoạt hằng tháng, định kỳ", "G1", "CLB"),
        ("Số buổi truyền thông cho học viên", "G2", "buổi"),
        ("Số buổi truyền thông về an toàn giao thông, phòng chống đuối nước cho trẻ", "G2", "buổi"),
        ("Lái xe bị xử phạt do nồng độ cồn", "G5", "người"),
        ("Nguồn vận động mua mũ bảo hiểm", "G8", "triệu đồng"),
        ("Đoạn đường, tuyến đường tự quản xanh", "G9", "tuyến"),
    ],
)
def test_words_that_stand_together_in_both_speak_for_an_indicator(
    label: str, code: str, measure: str
) -> None:
    assert INDEX.judge(label, code, measure) >= Likeness.WEAK


@pytest.mark.parametrize(
    ("label", "code", "measure"),
    [
        pytest.param("Số vụ tai nạn đường bộ đã giải quyết", "G3", "vụ", id="opposite deeds"),
        pytest.param("Số vụ tai nạn giao thông đường bộ chưa tiếp nhận", "G3", "vụ", id="not"),
        pytest.param("Số tập thể được biểu dương, tặng quà", "G7", "người", id="another counted"),
        pytest.param("Lái xe nồng độ cồn trên 0,4", "G5", "người", id="a number"),
        pytest.param("Lái xe nữ vi phạm nồng độ cồn bị xử phạt", "G5", "người", id="one sex"),
        pytest.param("Lai xe nu vi pham nong do con bi xu phat", "G5", "người", id="one sex, no marks"),
        pytest.param("So vu tai nan duong bo da giai quyet", "G3", "vụ", id="opposite deeds, no marks"),
        pytest.param("Xử lý nồng nàn, độ dốc, cồn cát", "G5", "người", id="the same syllables apart"),
        pytest.param("Số buổi họp tổng kết", "G2", "buổi", id="nothing but the measure"),
        pytest.param("An toàn giao thông", "G2", "buổi", id="nothing but the subject"),
        pytest.param("", "G2", "buổi", id="nothing"),
    ],
)
def test_what_turns_the_count_or_says_nothing_of_it_speaks_for_no_indicator(
    label: str, code: str, measure: str
) -> None:
    assert INDEX.judge(label, code, measure) is Likeness.NONE


@pytest.mark.parametrize(
    ("label", "code", "measure"),
    [
        pytest.param(
            "Lái xe là đoàn viên vi phạm nồng độ cồn bị xử phạt", "G5", "người", id="a part of them"
        ),
        pytest.param("Lũy kế lái xe vi phạm nồng độ cồn bị xử phạt", "G5", "người", id="another time"),
        pytest.param(
            "Lái xe vi phạm nồng độ cồn gây tai nạn bỏ trốn khỏi hiện trường",
            "G5",
            "người",
            id="another deed",
        ),
        pytest.param("Kinh phí mua mũ bảo hiểm", "G8", "triệu đồng", id="as much another"),
        pytest.param("Nguon van dong mua mu bao hiem", "G8", "triệu đồng", id="words without their marks"),
        pytest.param("Tuyen duong tu quan", "G9", "tuyến", id="all its words without their marks"),
        pytest.param("Số vụ tai nạn giao thông đường bộ", "G3", "vụ", id="two of one measure"),
    ],
)
def test_a_narrower_or_a_wider_name_is_no_more_than_a_question(label: str, code: str, measure: str) -> None:
    assert INDEX.judge(label, code, measure) is Likeness.WEAK


RISKS = LikenessIndex(
    LabelIndex(
        (
            Indicator("N1", "Học sinh bỏ học giữa chừng", "em"),
            Indicator("N2", "Người bị bạo hành ở gia đình", "người"),
            Indicator("N3", "Cặp vợ chồng tảo hôn ở thôn", "cặp"),
            Indicator("N4", "Sân chơi thể thao công cộng", "điểm"),
        ),
        (),
    )
)


@pytest.mark.parametrize(
    ("label", "code", "measure"),
    [
        ("Học sinh có nguy cơ bỏ học giữa chừng", "N1", "em"),
        ("Người gây bạo hành ở gia đình", "N2", "người"),
        ("Cặp vợ chồng ly hôn ở thôn", "N3", "cặp"),
        ("Sân chơi thể thao công cộng xuống cấp", "N4", "điểm"),
    ],
)
def test_one_word_that_makes_another_count_is_never_settled_by_the_form(
    label: str, code: str, measure: str
) -> None:
    assert RISKS.judge(label, code, measure) is not Likeness.STRONG


KNOWN = LikenessIndex(
    LabelIndex(
        (
            Indicator("V1", "Số tổ hòa giải phòng ngừa tranh chấp", "tổ"),
            Indicator("V2", "Dư nợ vốn vay ưu đãi", "triệu đồng"),
            Indicator(
                "V3", "Số người được trợ giúp, tư vấn", "người", synonyms=("Người được trợ giúp pháp lý",)
            ),
            Indicator("V4", "Số buổi kiểm tra", "buổi"),
        ),
        ("hòa giải ở cơ sở",),
    )
)


@pytest.mark.parametrize(
    ("label", "code", "measure", "grade"),
    [
        ("Các tổ phòng ngừa tranh chấp trong kỳ", "V1", "tổ", Likeness.STRONG),
        ("Số tổ hòa giải ở cơ sở phòng ngừa tranh chấp", "V1", "tổ", Likeness.STRONG),
        ("Tổ hòa giải phòng ngừa tranh chấp đất đai", "V1", "tổ", Likeness.WEAK),
        ("Số người đã được trợ giúp pháp lý", "V3", "người", Likeness.STRONG),
        ("Số người tham gia được trợ giúp, tư vấn", "V3", "người", Likeness.STRONG),
        ("Số người được trợ giúp pháp luật", "V3", "người", Likeness.WEAK),
        pytest.param("Dư nợ vốn vay kiểm tra", "V2", "triệu đồng", Likeness.WEAK, id="another's word"),
    ],
)
def test_one_word_the_indicator_does_not_know_keeps_a_row_a_question(
    label: str, code: str, measure: str, grade: Likeness
) -> None:
    assert KNOWN.judge(label, code, measure) is grade
