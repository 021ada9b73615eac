"""Reports to the offices whose regimes are shipped, in hands nobody read before. As in `tests.clerks`.

Each was written from the habits of communes, its figures put down before any program read it: what is set aside
in brackets, results against a plan, women named by what they do, numbers in words, lines of dots. None needs
LibreOffice.
"""

# ruff: noqa: E501  # reports and tables are kept in the lines they were written in

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.builders import docx, docx_of, paragraph, table
from tests.clerks import _book
from tests.offices import note

_NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"
_GENDER = "Kết quả công tác bình đẳng giới và vì sự tiến bộ của phụ nữ"
_HALF = f"{_GENDER} 6 tháng đầu năm 2023"


@dataclass(frozen=True, slots=True)
class Written:
    """One mail to a shipped office; figures "total/female" or "total/male/female", "?" where not said."""

    name: str
    regime: str
    unit: str  #: how the unit's name ends
    figures: Mapping[str, str]
    file: tuple[str, Callable[[], bytes]] | None = None
    body: str = "Kính gửi Phòng báo cáo của đơn vị."
    subject: str = "Báo cáo"
    period: str = "2023-H1"
    arrival: str = "2023-06-02T09:00"
    sections: Mapping[str, str] | None = None  #: key sentences by the role of their section

    def mail(self, sender: str) -> bytes:
        """The mail as it arrives."""
        return note(sender, self.subject, self.body, *([(self.file[0], self.file[1]())] if self.file else []))


def _letter(
    place: str, *blocks: str | list[list[str]], title: str = _HALF, kind: str = "XÃ"
) -> Callable[[], bytes]:
    head = [
        [f"UBND HUYỆN SƠN DƯƠNG\nỦY BAN NHÂN DÂN {kind} {place.upper()}", _NATION],
        ["Số: 41/BC-UBND", f"{place}, ngày 01 tháng 6 năm 2023"],
    ]
    end = [["Nơi nhận:\n- UBND huyện;\n- Lưu: VT.", "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH"]]
    return lambda: docx(head, "BÁO CÁO", title, *blocks, end)


def _redacted() -> bytes:
    """A letter whose figure was changed with changes tracked, and whose documents are told in a text box."""
    head = "".join(
        map(paragraph, ("UBND HUYỆN SƠN DƯƠNG", "ỦY BAN NHÂN DÂN XÃ VĂN PHÚ", "BÁO CÁO", _HALF, "I. KẾT QUẢ"))
    )
    changed = (
        '<w:p><w:r><w:t xml:space="preserve">Xã đã tổ chức </w:t></w:r>'
        '<w:del w:id="1" w:author="a"><w:r><w:delText>12</w:delText></w:r></w:del>'
        '<w:ins w:id="2" w:author="a"><w:r><w:t>15</w:t></w:r></w:ins>'
        '<w:r><w:t xml:space="preserve"> buổi tuyên truyền với 1.350 lượt người tham dự, trong đó nữ 700 người.</w:t></w:r></w:p>'
    )
    box = paragraph("UBND xã đã ban hành 02 văn bản chỉ đạo về công tác bình đẳng giới.")
    shape = f"<w:p><w:r><w:pict><v:shape><v:textbox><w:txbxContent>{box}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    rows = table([["Chỉ tiêu", "Tổng số", "Nữ"], ["Đại biểu HĐND xã", "26", "8"]])
    return docx_of(head + changed + shape + rows)


SENT: tuple[Written, ...] = (
    Written(
        "women_in_rows_of_their_own", "son-duong", "xã Hợp Hòa",
        {"CT01": "14/3", "CT03": "22/7", "KT05": "96/21", "KT06": "138", "KT07": "12450", "QL03": "18.5", "QL03a": "15", "QL03c": "3.5"},
        ("Bieu so lieu.docx", _letter("Hợp Hòa", [
            ["Nội dung", "Số liệu 6 tháng đầu năm 2023", "Giải trình"],
            ["Ủy viên Ban Chấp hành Đảng bộ xã (người)", "14", "Nhiệm kỳ 2020-2025"], ["- Trong đó: Nữ", "3", ""],
            ["Đại biểu HĐND xã (người)", "22", "Nhiệm kỳ 2021-2026"], ["- Trong đó: Nữ", "7", ""],
            ["Tổng số hộ nghèo (hộ)", "96", ""], ["- Trong đó: Hộ do phụ nữ làm chủ hộ", "21", ""],
            ["Số hộ phụ nữ được vay vốn (hộ)", "138", ""],
            ["Dư nợ vốn vay ủy thác qua Hội LHPN (triệu đồng)", "12.450", ""],
            ["Tổng kinh phí thực hiện (triệu đồng)", "18,5", ""],
            ["+ Ngân sách nhà nước (triệu đồng)", "15", ""], ["+ Xã hội hóa (triệu đồng)", "3,5", ""],
        ])),
    ),
    Written(
        "women_named_in_rows_alone", "son-duong", "xã Tú Thịnh",
        {"CT01": "?/4", "CT03": "?/8", "KT05": "?/19"},
        ("nu.docx", _letter("Tú Thịnh", [
            ["TT", "Chỉ tiêu", "ĐVT", "Số lượng"], ["1", "Nữ tham gia cấp ủy", "người", "4"],
            ["2", "Nữ ĐBHĐND", "người", "8"], ["3", "Hộ nghèo do phụ nữ làm chủ hộ", "hộ", "19"],
        ])),
    ),
    Written(
        "results_against_plan_and_last_year", "son-duong", "xã Ninh Lai",
        {"KT02": "110/48", "KT03": "35/20", "KT05": "131/?", "GD01": "1", "TT01": "10", "TT02": "950/?", "TT04b": "600", "QL02a": "2"},
        ("BC.docx", _letter(
            "Ninh Lai", "I. KẾT QUẢ ĐẠT ĐƯỢC",
            "Số lao động được giải quyết việc làm là 110 người (nữ 48 người), đạt 55% kế hoạch giao (200 người), tăng 15 người so với cùng kỳ năm 2022 (95 người).",
            "Số lao động được đào tạo nghề đạt 35 người, trong đó: nữ 20 người; bằng 116,7% so với 6 tháng đầu năm 2022.",
            "Toàn xã hiện còn 131 hộ nghèo, chiếm 6,8% tổng số hộ; giảm 24 hộ so với cuối năm 2022.",
            "Số vụ bạo lực gia đình xảy ra là 01 vụ, giảm 01 vụ so với 6 tháng đầu năm 2022.",
            "Đã tổ chức 10 cuộc tuyên truyền, vượt 02 cuộc so với kế hoạch, thu hút 950 lượt người tham dự (cùng kỳ là 870 lượt người); cấp phát 600 tờ rơi.",
            "UBND xã tổ chức 02 cuộc kiểm tra, giám sát tại các thôn, đạt 100% kế hoạch.",
            "II. KHÓ KHĂN", "Do địa bàn rộng nên công tác tuyên truyền gặp khó khăn.",
            "III. NHIỆM VỤ 6 THÁNG CUỐI NĂM", "Phấn đấu giải quyết việc làm cho 200 lao động; tổ chức 20 cuộc tuyên truyền.",
        )),
        sections={"difficulties": "Do địa bàn rộng nên", "plans": "Phấn đấu giải quyết việc làm"},
    ),
    Written(
        "targets_before_results", "tuan-giao", "xã Chiềng Sinh",
        {"GD01": "2", "TT01": "7", "TT02": "533/?", "KT03": "60/28"},
        ("cs.docx", lambda: docx(
            "ỦY BAN NHÂN DÂN", "XÃ CHIỀNG SINH", _NATION, "BÁO CÁO", "Kết quả thực hiện công tác bình đẳng giới 6 tháng đầu năm 2023",
            "I. MỤC TIÊU, CHỈ TIÊU KẾ HOẠCH NĂM 2023",
            "Phấn đấu đào tạo nghề cho 120 lao động; tổ chức 15 cuộc tuyên truyền; giảm số vụ bạo lực gia đình xuống dưới 03 vụ.",
            "Ban hành 04 văn bản chỉ đạo.",
            "II. KẾT QUẢ THỰC HIỆN 6 THÁNG ĐẦU NĂM",
            "- Chỉ tiêu 1: Đào tạo nghề: 60/120 lao động, đạt 50% kế hoạch; trong đó nữ 28 lao động.",
            "- Chỉ tiêu 2: Tổ chức tuyên truyền được 07/15 cuộc, đạt 46,7% kế hoạch, với 533 lượt người tham dự.",
            "- Chỉ tiêu 3: Số vụ bạo lực gia đình: 02 vụ (mục tiêu: dưới 03 vụ).",
        )),
    ),
    Written(
        "numbers_in_words", "tuan-giao", "xã Mường Mùn",
        {"TT01": "20", "TT02": "1200/?", "GD08": "2", "GD10a": "3", "GD01": "0", "QL01": "5", "CT03": "23/7"},
        ("MM.docx", lambda: docx(
            "ỦY BAN NHÂN DÂN", "XÃ MƯỜNG MÙN", _NATION, "BÁO CÁO", "Kết quả thực hiện công tác bình đẳng giới 6 tháng đầu năm 2023", "I. KẾT QUẢ THỰC HIỆN",
            "Đã ban hành năm văn bản chỉ đạo thực hiện công tác bình đẳng giới.",
            "Tổ chức hai mươi buổi tuyên truyền cho 1.200 lượt người nghe.",
            "Xã có hai địa chỉ tin cậy tại cộng đồng. Trong kỳ không xảy ra vụ bạo lực gia đình nào. Phát hiện ba cặp tảo hôn.",
            "Đại biểu HĐND xã có 23 (hai mươi ba) đại biểu, trong đó nữ 07 (bảy) đại biểu.",
        )),
    ),
    Written(
        "asides_in_brackets", "son-duong", "xã Tam Đa",
        {"CT01": "15/3", "CT06": "19/7", "GD03": "2/0/2", "GD06": "2/?", "TT03": "16", "KT07": "16200"},
        ("tam da.docx", _letter(
            "Tam Đa", "I. KẾT QUẢ",
            "- Tổng số cấp ủy viên Đảng bộ xã nhiệm kỳ 2020 - 2025: 15 đồng chí (nữ: 03 đồng chí, chiếm 20%);",
            "- Cán bộ, công chức xã: 19 người (gồm 10 cán bộ, 09 công chức); nữ 07 người;",
            "- Có 02 nạn nhân bạo lực gia đình (đều là nữ); 02 nạn nhân được tư vấn, hỗ trợ, đạt 100%;",
            "- Đài truyền thanh xã đã phát 16 tin, bài (mỗi tuần phát 02 lần) về bình đẳng giới;",
            "- Dư nợ vốn vay ủy thác qua Hội LHPN xã đạt 16,2 tỷ đồng với 06 tổ tiết kiệm và vay vốn.",
        )),
    ),
    Written(
        "long_clauses", "son-duong", "xã Thượng Ấm",
        {"GD01": "4", "GD03": "5/1/4", "GD05": "4/4/0", "GD06": "5/?", "GD07": "4", "GD08": "12", "GD09": "3", "TT01": "14", "TT02": "1860/1010", "KT05": "88/?"},
        ("TS.docx", _letter(
            "Thượng Ấm", "I. KẾT QUẢ THỰC HIỆN",
            "Theo số liệu tổng hợp của Công an xã tính đến ngày 31/5/2023, trên địa bàn xã xảy ra 04 vụ bạo lực gia đình, làm 05 nạn nhân bạo lực (01 nam, 04 nữ); số người gây bạo lực là 04 người, đều là nam giới.",
            "Cả 05 nạn nhân được tư vấn, hỗ trợ kịp thời; 04 người gây bạo lực được tư vấn, xử lý theo quy định.",
            "Hiện nay, xã đang duy trì hoạt động của 12 địa chỉ tin cậy tại cộng đồng đặt tại nhà văn hóa 12 thôn, 03 câu lạc bộ gia đình phát triển bền vững.",
            "Ngày 08/3/2023, nhân kỷ niệm Ngày Quốc tế Phụ nữ, Hội LHPN xã tổ chức tọa đàm với 120 đại biểu; tính chung 6 tháng toàn xã tổ chức 14 cuộc tuyên truyền, thu hút 1.860 lượt người tham dự, trong đó nữ 1.010 lượt người.",
            "Số hộ nghèo đầu năm là 102 hộ, đến nay còn 88 hộ nghèo.",
        )),
    ),
    Written(
        "shares_and_companies", "son-duong", "xã Đông Thọ",
        {"CT01": "15/4", "CT03": "24/?", "CT06": "20/8", "KT04": "15/4", "KT06": "96", "TT02": "820/?"},
        ("DT.docx", _letter(
            "Đông Thọ", "I. KẾT QUẢ",
            "Tỷ lệ nữ tham gia cấp ủy nhiệm kỳ 2020-2025 là 04/15 đồng chí, đạt 26,7%. HĐND xã có 24 đại biểu; tỷ lệ nữ đạt 33,3%.",
            "Hiện có 08 nữ cán bộ, công chức trên tổng số 20 cán bộ, công chức xã.",
            "Trên địa bàn xã có 15 doanh nghiệp, hợp tác xã, trong đó có 04 doanh nghiệp do nữ làm giám đốc. Có 96 hộ phụ nữ được vay vốn ưu đãi từ Ngân hàng CSXH.",
            "Công tác tuyên truyền được đẩy mạnh, thu hút trên 820 lượt người tham dự.",
        )),
    ),
    Written(
        "lines_of_dots", "son-duong", "xã Quyết Thắng",
        {"TT01": "12", "TT02": "1025/?", "GD01": "1", "GD08": "9", "KT03": "40/22", "QL02a": "1"},
        ("QT.docx", _letter(
            "Quyết Thắng", "I. KẾT QUẢ THỰC HIỆN", "1. Số cuộc tuyên truyền\t........................... 12 cuộc",
            "2. Số lượt người tham dự\t.......................... 1.025 lượt người", "3. Số vụ bạo lực gia đình\t.................... 01 vụ",
            "4. Số địa chỉ tin cậy tại cộng đồng ………………… 09 điểm", "5. Số lao động được đào tạo nghề\t............... 40 người (nữ 22 người)",
            "6. Số cuộc kiểm tra, giám sát ____________ 01 cuộc",
        )),
    ),
    Written(
        "two_kinds_of_documents_and_meetings", "son-duong", "xã Đông Lợi",
        {"TT01": "8", "TT02": "600/?", "KT05": "95/?", "GD01": "3", "GD02a": "1", "GD02b": "2", "GD07d": "1", "GD07a": "2"},
        body=(
            "Kính gửi: Phòng LĐTBXH huyện\nUBND xã Đông Lợi báo cáo công tác bình đẳng giới 6 tháng đầu năm 2023 như sau:\n"
            "1. Ban hành 02 kế hoạch và 01 công văn chỉ đạo.\n"
            "2. Tổ chức 05 lớp tập huấn cho 200 người, tổ chức 08 cuộc tuyên truyền cho 600 lượt người.\n"
            "3. Toàn xã có 5.120 nhân khẩu, 1.288 hộ, trong đó có 95 hộ nghèo, 120 hộ cận nghèo.\n"
            "4. Trong 6 tháng có 03 vụ bạo lực gia đình, trong đó bạo lực tinh thần 01 vụ, bạo lực thân thể 02 vụ; đã xử phạt vi phạm hành chính 01 người, góp ý, phê bình 02 người.\n"
            "Trân trọng."
        ),
        subject="UBND xã Đông Lợi báo cáo bình đẳng giới 6 tháng đầu năm 2023",
    ),
    Written(
        "short_months_beside_a_plan", "son-duong", "thị trấn Sơn Dương",
        {"CT03": "29/11", "KT02": "88/40", "KT03": "45/20", "TT01": "13"},
        ("so lieu.xlsx", lambda: _book({"S": [
            ["UBND THỊ TRẤN SƠN DƯƠNG"], ["KẾT QUẢ THỰC HIỆN CÁC CHỈ TIÊU BÌNH ĐẲNG GIỚI 6 THÁNG ĐẦU NĂM 2023"], [],
            ["TT", "Chỉ tiêu", "ĐVT", "KH 2023", "TH 6T/2023", "Trong đó nữ", "Tỷ lệ TH/KH (%)"],
            [1, "Đại biểu HĐND thị trấn", "người", 29, 29, 11, 100], [2, "Lao động được giải quyết việc làm", "người", 160, 88, 40, 55],
            [3, "Lao động được đào tạo nghề", "người", 90, 45, 20, 50], [4, "Số cuộc tuyên truyền", "cuộc", 24, 13, None, "54,2"],
        ]})),
    ),
    Written(
        "changes_tracked_and_a_text_box", "son-duong", "xã Văn Phú",
        {"TT01": "15", "TT02": "1350/700", "QL01": "2", "CT03": "26/8"},
        ("VP.docx", _redacted),
    ),
)  # fmt: skip
