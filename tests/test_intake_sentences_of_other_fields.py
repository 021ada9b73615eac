"""Sentences of reports on children, schools, the poor and branches of a union, as their clerks write them."""

from __future__ import annotations

import pytest

from config.reports import Aggregation, Indicator, ReportDefinition, SectionRole, Sex
from intake.figures.outline import NarrativeLine
from intake.figures.sentences import read_sentences
from ledger.records import Certainty

BOTH = (Sex.TOTAL, Sex.MALE, Sex.FEMALE)
WOMEN = (Sex.TOTAL, Sex.FEMALE)
ALL_THERE_ARE = Aggregation.SNAPSHOT


def _report(topic: str, *indicators: Indicator) -> ReportDefinition:
    return ReportDefinition("r", "Báo cáo", "BC", (topic,), indicators, (), ())


CHILDREN = _report(
    "công tác trẻ em",
    Indicator("T1", "Tổng số trẻ em dưới 16 tuổi", "trẻ em", BOTH, aggregation=ALL_THERE_ARE),
    Indicator("T2", "Trẻ em có hoàn cảnh đặc biệt", "trẻ em", BOTH, aggregation=ALL_THERE_ARE),
    Indicator("T3", "Trẻ em dưới 6 tuổi được cấp thẻ BHYT", "trẻ em", aggregation=ALL_THERE_ARE),
)
POOR = _report(
    "hộ nghèo, hộ cận nghèo",
    Indicator("N1", "Tổng số hộ dân cư", "hộ", synonyms=("tổng số hộ toàn xã",), aggregation=ALL_THERE_ARE),
    Indicator("N2", "Số hộ nghèo", "hộ", aggregation=ALL_THERE_ARE),
    Indicator("N3", "Số hộ cận nghèo", "hộ", aggregation=ALL_THERE_ARE),
    Indicator("N4", "Số hộ thoát nghèo", "hộ"),
    Indicator("N5", "Kinh phí hỗ trợ nhà ở", "triệu đồng"),
    Indicator("N6", "Diện tích đất sản xuất được hỗ trợ", "ha"),
    Indicator("N7", "Số gạo cứu đói", "kg"),
)
AID = _report(
    "trợ giúp xã hội",
    Indicator("A1", "Đối tượng hưởng trợ cấp hằng tháng", "người", WOMEN, aggregation=ALL_THERE_ARE),
    Indicator("A2", "Kinh phí chi trả trợ cấp hằng tháng", "triệu đồng"),
    Indicator("A3", "Số lượt người được trợ giúp đột xuất", "lượt người"),
)
SCHOOL = _report(
    "thống kê đầu năm học",
    Indicator("S1", "Số lớp", "lớp", aggregation=ALL_THERE_ARE),
    Indicator("S2", "Tổng số học sinh", "học sinh", WOMEN, aggregation=ALL_THERE_ARE),
    Indicator("S3", "Học sinh dân tộc thiểu số", "học sinh", WOMEN, aggregation=ALL_THERE_ARE),
)


def _figures(report: ReportDefinition, text: str) -> dict[str, str]:
    line = NarrativeLine("I", SectionRole.RESULTS, text, "BC.docx", 7)
    letters = {Sex.TOTAL: "", Sex.FEMALE: " nữ", Sex.MALE: " nam"}
    return {
        value.indicator + letters[value.sex]: f"{value.value:f}"
        for value in read_sentences([line], report)
        if value.value is not None and value.certainty is Certainty.CERTAIN
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Có 1.320 trẻ em dưới 16 tuổi, trong đó trẻ em có hoàn cảnh đặc biệt: 41 em (trai: 23; gái: 18).",
            {"T1": "1320", "T2": "41", "T2 nam": "23", "T2 nữ": "18"},
        ),
        (
            "Toàn xã có 1.320 trẻ em dưới 16 tuổi, trong đó trẻ em người Dao 200 em (nam 120 em, nữ 80 em).",
            {"T1": "1320"},
        ),
        (
            "Toàn xã có 1.320 trẻ em dưới 16 tuổi, trong đó 12% là trẻ em dân tộc thiểu số (nữ 80 em).",
            {"T1": "1320"},
        ),
    ],
)
def test_boys_and_girls_of_a_part_are_none_of_the_whole(text: str, expected: dict[str, str]) -> None:
    assert _figures(CHILDREN, text) == expected


@pytest.mark.parametrize(
    ("report", "text", "expected"),
    [
        (
            AID,
            "Toàn xã có 268 đối tượng hưởng trợ cấp hằng tháng, nữ 151 người.",
            {"A1": "268", "A1 nữ": "151"},
        ),
        (AID, "Kinh phí chi trả trợ cấp hàng tháng là 561.600.000 đồng.", {"A2": "561.6"}),
        (AID, "Hằng tháng có 12 lượt người được trợ giúp đột xuất.", {}),
    ],
)
def test_words_of_promises_and_means_are_no_obstacle_where_an_indicator_is_named_by_them(
    report: ReportDefinition, text: str, expected: dict[str, str]
) -> None:
    assert _figures(report, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Có 11 hộ thoát nghèo, trong đó thôn Mé 04 hộ, thôn Nà 07 hộ.", {"N4": "11"}),
        ("Trong đó thôn Mé có 04 hộ thoát nghèo.", {}),
        ("Kinh phí hỗ trợ nhà ở là 300 triệu đồng, bình quân 62,5 triệu đồng/nhà.", {"N5": "300"}),
        ("Bình quân 62,5 triệu đồng kinh phí hỗ trợ nhà ở cho mỗi hộ.", {}),
        ("Toàn xã còn 52 hộ cận nghèo.", {"N3": "52"}),
    ],
)
def test_villages_and_means_behind_a_whole_leave_the_whole(text: str, expected: dict[str, str]) -> None:
    assert _figures(POOR, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Diện tích đất sản xuất được hỗ trợ là 3,5 ha.", {"N6": "3.5"}),
        ("Diện tích đất sản xuất được hỗ trợ 12,75ha.", {"N6": "12.75"}),
        ("Diện tích đất sản xuất được hỗ trợ 800 m2.", {"N6": "0.08"}),
        ("Số gạo cứu đói: 1,5 tấn.", {"N7": "1500"}),
        ("Diện tích đất sản xuất được hỗ trợ cho 05 hộ.", {}),
    ],
)
def test_weights_and_areas_are_read_with_their_decimals_in_the_measure_asked_for(
    text: str, expected: dict[str, str]
) -> None:
    assert _figures(POOR, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Toàn trường có 18 lớp với 561 học sinh (nữ 270 em), trong đó học sinh dân tộc thiểu số 84 em.",
            {"S1": "18", "S2": "561", "S2 nữ": "270", "S3": "84"},
        ),
        ("Nhà trường tổ chức 02 lớp với 40 học sinh.", {}),
    ],
)
def test_pupils_joined_to_the_classes_of_a_whole_school_are_all_there_are(
    text: str, expected: dict[str, str]
) -> None:
    assert _figures(SCHOOL, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Diện tích đất sản xuất được hỗ trợ là 3,5 ha, kinh phí 200 triệu đồng.", {"N6": "3.5"}),
        ("Hỗ trợ sửa 05 nhà ở cho hộ nghèo, kinh phí 300 triệu đồng.", {"N5": "300"}),
    ],
)
def test_money_is_of_what_it_was_spent_on(text: str, expected: dict[str, str]) -> None:
    assert _figures(POOR, text) == expected


@pytest.mark.parametrize("new", ["tăng mới", "mới được hưởng", "tăng thêm"])
def test_who_came_to_a_stock_is_not_all_of_it(new: str) -> None:
    assert _figures(AID, f"Có 12 đối tượng hưởng trợ cấp hằng tháng {new}.") == {}


@pytest.mark.parametrize(
    "text",
    [
        "Có 50 hộ được vay vốn, trong đó 35 hộ nghèo.",
        "Trong năm tặng quà cho 50 hộ, trong đó: 35 hộ nghèo; 15 hộ cận nghèo.",
        "Có 15 hộ được hỗ trợ, gồm: 10 hộ nghèo, 5 hộ cận nghèo.",
        "Cấp phát gạo, trong đó hộ nghèo 8 hộ, hộ cận nghèo 4 hộ.",
        "Trong 12 hộ được khảo sát có 5 hộ nghèo.",
        "Mô hình có 12 hộ nghèo tham gia.",
    ],
)
def test_those_among_others_are_not_all_there_are(text: str) -> None:
    assert _figures(POOR, text) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Toàn xã có 1.200 hộ, trong đó 84 hộ nghèo.", {"N1": "1200", "N2": "84"}),
        ("Kết quả rà soát 1.200 hộ, trong đó: hộ nghèo 84 hộ; hộ cận nghèo 40 hộ.", {"N2": "84", "N3": "40"}),
        ("Số hộ nghèo: 84/1.200 hộ, chiếm 7%.", {"N2": "84"}),
        ("Toàn xã có 84/1.200 hộ nghèo, chiếm 7%.", {"N2": "84"}),
        ("Số hộ thoát nghèo: 66/60 hộ, đạt 110%.", {"N4": "66"}),
        ("Có 12/84 hộ nghèo tham gia dự án.", {}),
        ("Tập huấn cho 66/84 hộ nghèo.", {}),
    ],
)
def test_parts_of_all_there_are_and_the_upper_number_of_a_fraction_count(
    text: str, expected: dict[str, str]
) -> None:
    assert _figures(POOR, text) == expected


CAMPAIGN = _report(
    "công tác Hội",
    Indicator("H1", "Số hộ đạt tiêu chí 5 không 3 sạch", "hộ", aggregation=ALL_THERE_ARE),
    Indicator("H2", "Số trẻ là con thứ 3 trở lên", "trẻ", synonyms=("sinh con thứ 3 trở lên",)),
    Indicator("H3", "Chiều dài đoạn đường tự quản", "km", synonyms=("đường phụ nữ tự quản",)),
    Indicator("H4", "Lệ phí chứng thực thu được", "nghìn đồng", synonyms=("lệ phí chứng thực",)),
    Indicator("H5", "Số đơn kiến nghị, phản ánh", "đơn"),
    Indicator("H6", "Số đơn khiếu nại", "đơn"),
    Indicator("H7", "Số trường hợp đăng ký khai sinh", "trường hợp", WOMEN, synonyms=("khai sinh",)),
    Indicator("H8", "Số người được tiếp", "người", synonyms=("người được tiếp",)),
    Indicator("H9", "Tổng số lượt tiếp công dân", "lượt"),
    Indicator("H10", "Số công trình thanh niên", "công trình"),
    Indicator("H11", "Giá trị công trình thanh niên", "triệu đồng"),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Số hộ đạt tiêu chí 5 không, 3 sạch: 61 hộ.", {"H1": "61"}),
        ("Sinh con thứ 3 trở lên: 02 trẻ.", {"H2": "2"}),
        ("1/ Đường phụ nữ tự quản: 1,2km", {"H3": "1.2"}),
        ("2.1 Chiều dài đoạn đường tự quản 3,4 km", {"H3": "3.4"}),
        ("3 Chiều dài đoạn đường tự quản: 3,4 km", {"H3": "3.4"}),
        ("Lệ phí chứng thực: 4.365.000đ.", {"H4": "4365"}),
        ("Tổng số có 08 đơn khiếu nại, 36 đơn kiến nghị, phản ánh.", {"H5": "36", "H6": "8"}),
        ("Số đơn kiến nghị, phản ánh: 12 đơn.", {"H5": "12"}),
        ("Hộ tịch: khai sinh 33 trường hợp (nữ 15).", {"H7": "33", "H7 nữ": "15"}),
        ("Đã tiếp 12 lượt tiếp công dân với 15 người được tiếp.", {"H8": "15", "H9": "12"}),
        ("Thực hiện 05 công trình thanh niên trị giá 120 triệu đồng.", {"H10": "5", "H11": "120"}),
    ],
)
def test_names_with_numbers_commas_and_women_in_them_are_read_and_numbers_of_the_list_are_not(
    text: str, expected: dict[str, str]
) -> None:
    assert _figures(CAMPAIGN, text) == expected


FOOD = _report(
    "công tác y tế",
    Indicator("F1", "Số cơ sở thực phẩm được kiểm tra", "cơ sở", synonyms=("kiểm tra cơ sở thực phẩm",)),
    Indicator("F2", "Số cơ sở thực phẩm vi phạm", "cơ sở"),
    Indicator("F3", "Sản lượng lúa", "tấn"),
    Indicator("F4", "Diện tích gieo cấy lúa", "ha"),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Đã kiểm tra 18 cơ sở thực phẩm, trong đó phát hiện 02 cơ sở vi phạm, nhắc nhở 02 cơ sở.",
            {"F1": "18", "F2": "2"},
        ),
        ("Đã kiểm tra 18 cơ sở thực phẩm, trong đó 02 cơ sở sản xuất bún.", {"F1": "18"}),
        (
            "Diện tích gieo cấy lúa là 188,4 ha, năng suất bình quân 58 tạ/ha, sản lượng lúa 1.092,7 tấn.",
            {"F3": "1092.7", "F4": "188.4"},
        ),
    ],
)
def test_a_part_is_named_by_the_whole_and_its_own_words_and_a_yield_hides_nothing(
    text: str, expected: dict[str, str]
) -> None:
    assert _figures(FOOD, text) == expected


FILES = _report(
    "cải cách hành chính",
    Indicator("D1", "Tổng số hồ sơ tiếp nhận", "hồ sơ"),
    Indicator("D2", "Số hồ sơ nộp trực tuyến", "hồ sơ"),
    Indicator("D3", "Số cơ sở tôn giáo", "cơ sở", aggregation=ALL_THERE_ARE),
    Indicator("D4", "Số tín đồ tôn giáo", "người", synonyms=("tín đồ",), aggregation=ALL_THERE_ARE),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Tổng số hồ sơ tiếp nhận: 1.245 hồ sơ (trong đó hồ sơ nộp trực tuyến 980 hồ sơ, đạt 78,7%).",
            {"D1": "1245", "D2": "980"},
        ),
        ("Tổng số hồ sơ tiếp nhận: 1.245 hồ sơ (trong đó hồ sơ giấy 265 hồ sơ).", {"D1": "1245"}),
        ("Đã trả 40 kết quả (trong đó hồ sơ nộp trực tuyến 12 hồ sơ).", {}),
    ],
)
def test_brackets_tell_a_part_by_its_whole_name(text: str, expected: dict[str, str]) -> None:
    assert _figures(FILES, text) == expected


TRAFFIC = _report(
    "an toàn giao thông",
    Indicator("G1", "Số vụ tai nạn giao thông", "vụ"),
    Indicator("G2", "Số người chết do tai nạn giao thông", "người", WOMEN),
    Indicator("G3", "Số người bị thương do tai nạn giao thông", "người"),
    Indicator("G4", "Số tiền phạt nộp Kho bạc", "triệu đồng"),
    Indicator("G5", "Số buổi tuyên truyền về an toàn giao thông", "buổi"),
    Indicator("G6", "Số lượt người dự tuyên truyền", "lượt người", WOMEN, synonyms=("lượt người tham dự",)),
)
JOBS = _report(
    "việc làm",
    Indicator("J1", "Số lao động được tạo việc làm", "người"),
    Indicator("J2", "Số lao động đi làm việc ở nước ngoài", "người"),
)
MERIT = _report(
    "người có công",
    Indicator("M1", "Số người có công hưởng trợ cấp", "người", WOMEN, aggregation=ALL_THERE_ARE),
    Indicator("M2", "Số thương binh", "người", WOMEN, aggregation=ALL_THERE_ARE),
    Indicator("M3", "Số bệnh binh", "người", aggregation=ALL_THERE_ARE),
    Indicator("M4", "Số thân nhân liệt sĩ", "người", aggregation=ALL_THERE_ARE),
    Indicator("M5", "Số hồ sơ tiếp nhận", "hồ sơ"),
    Indicator("M6", "Số hồ sơ đã giải quyết", "hồ sơ"),
    Indicator("M7", "Số người cao tuổi được mừng thọ", "người", WOMEN, synonyms=("mừng thọ",)),
    Indicator("M8", "Dư nợ ủy thác", "triệu đồng", aggregation=ALL_THERE_ARE),
    Indicator("M9", "Số hộ vay vốn", "hộ", aggregation=ALL_THERE_ARE),
)


@pytest.mark.parametrize(
    ("report", "text", "expected"),
    [
        (
            TRAFFIC,
            "Xảy ra 03 vụ tai nạn giao thông, làm chết 01 người (nam), bị thương 04 người.",
            {"G1": "3", "G2": "1", "G2 nữ": "0", "G3": "4"},
        ),
        (
            TRAFFIC,
            "Ngoài ra, xã phối hợp với Đoàn Thanh niên tổ chức 07 buổi tuyên truyền cho 645 lượt người.",
            {"G5": "7", "G6": "645"},
        ),
        (TRAFFIC, "Số tiền phạt nộp Kho bạc Nhà nước là 58 triệu 750 nghìn đồng.", {"G4": "58.75"}),
        (TRAFFIC, "Số tiền phạt nộp Kho bạc: 1 tỷ 240,5 triệu đồng.", {"G4": "1240.5"}),
        (
            MERIT,
            "Xã có 54 người có công hưởng trợ cấp, gồm 18 thương binh; 6 bệnh binh; 14 thân nhân liệt sĩ",
            {"M1": "54", "M2": "18", "M3": "6", "M4": "14"},
        ),
        (
            MERIT,
            "Tiếp nhận 07 hồ sơ, đã giải quyết 06 hồ sơ, đang xem xét 01 hồ sơ.",
            {"M5": "7", "M6": "6"},
        ),
        (MERIT, "Mừng thọ cho 67 cụ, trong đó cụ bà 40.", {"M7": "67", "M7 nữ": "40"}),
        (MERIT, "Dư nợ ủy thác đạt 15,32 tỷ đồng cho 312 hộ vay vốn.", {"M8": "15320", "M9": "312"}),
        (POOR, "Kinh phí hỗ trợ nhà ở 65/120 triệu đồng được giao.", {"N5": "65"}),
        (JOBS, "Tạo việc làm cho 35 LĐ; đưa 12 LĐ đi làm việc ở nước ngoài.", {"J1": "35", "J2": "12"}),
        (
            TRAFFIC,
            "Tổ chức và cử cán bộ tham gia 03 buổi tuyên truyền về an toàn giao thông cho 210 lượt người.",
            {"G5": "3", "G6": "210"},
        ),
        (
            TRAFFIC,
            "Xảy ra 05 vụ tai nạn giao thông (01 vụ lật xe, 04 vụ va chạm), trong quý không có người chết.",
            {"G1": "5"},
        ),
    ],
)
def test_plain_verbs_companions_and_fields_before_a_number_narrow_nothing(
    report: ReportDefinition, text: str, expected: dict[str, str]
) -> None:
    assert _figures(report, text) == expected


@pytest.mark.parametrize(
    ("report", "text", "expected"),
    [
        (TRAFFIC, "Xảy ra 02 vụ tai nạn giao thông do rượu bia, 01 vụ do tốc độ.", {}),
        (TRAFFIC, "Xảy ra 03 vụ tai nạn giao thông; 01 vụ đuối nước, làm chết 02 người.", {"G1": "3"}),
        (TRAFFIC, "Giải quyết 02 vụ tai nạn giao thông.", {}),
        (TRAFFIC, "Cử cán bộ tham gia 03 buổi tuyên truyền về an toàn giao thông tại huyện.", {}),
        (TRAFFIC, "Số tiền phạt nộp Kho bạc là 12 tỷ 450.", {}),
        (
            MERIT,
            "Tặng quà 40 người có công hưởng trợ cấp, gồm: 18 thương binh; 6 bệnh binh; 14 thân nhân liệt sĩ",
            {},
        ),
        (POOR, "Hội Phụ nữ phối hợp với Công an xã tuyên truyền cho 45 hộ nghèo.", {}),
        (POOR, "Mô hình có sự tham gia của 25 hộ nghèo.", {}),
        (JOBS, "Hai năm qua đã tạo việc làm cho 300 lao động.", {}),
        (JOBS, "Trong 3 năm gần đây tạo việc làm cho 450 lao động.", {}),
        (JOBS, "Trong năm qua tạo việc làm cho 150 lao động.", {"J1": "150"}),
        (JOBS, "Họp bàn tạo việc làm có 02 LĐ Đảng ủy.", {}),
        (JOBS, "Tham gia hội nghị tạo việc làm có 03 LĐ phòng và 12 chuyên viên.", {}),
        (POOR, "Kinh phí hỗ trợ nhà ở từ ngân sách là 5 triệu đồng cho hội nghị triển khai.", {}),
        (POOR, "Hỗ trợ nhà ở: có 12 hộ nghèo.", {}),
        (POOR, "Mời 45 hộ nghèo.", {}),
        (POOR, "Ban Vì người nghèo thôn Mé có 12 hộ nghèo.", {}),
    ],
)
def test_some_of_them_are_never_taken_for_all(
    report: ReportDefinition, text: str, expected: dict[str, str]
) -> None:
    assert _figures(report, text) == expected
