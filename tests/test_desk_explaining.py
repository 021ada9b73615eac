"""`tonghop explain`: a person knows why in ten seconds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.builders import docx_of, paragraph, table, xlsx
from tests.offices import Office, address, figure_table, figures, letter, make_office, note, report_mail
from tests.web import served_office

SUBJECT = "Báo cáo bình đẳng giới 6 tháng đầu năm 2023"
_OLD = "B¸o c¸o kÕt qu¶ c«ng t¸c b×nh ®¼ng giíi, h\xad\xedng dÉn"
OLD_LETTER = docx_of(
    paragraph("ỦY BAN NHÂN DÂN\nXÃ BÌNH MINH")
    + paragraph("BÁO CÁO")
    + paragraph("Kết quả công tác bình đẳng giới 6 tháng đầu năm 2023")
    + paragraph(_OLD, run_properties='<w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/>')
    + table(figure_table(figures()))
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return make_office(tmp_path)


def taken_in(office: Office, octets: bytes) -> str:
    message = office.deliver(octets, "2023-06-01T08:00")
    office.take_in()
    return message


def explained(office: Office, octets: bytes) -> list[str]:
    """The lines that tell of a mail, those broken at the edge put together again."""
    out = office.run("explain", taken_in(office, octets)[:10]).out
    return re.sub(r"\n {4,}(?! *B\d)", " ", out).splitlines()


def shown_weights(office: Office, octets: bytes) -> dict[str, list[int]]:
    """The weights of the evidence as they are shown, by what it is about."""
    told = [line.strip().partition(": ") for line in explained(office, octets) if " ← " in line]
    return {about: [int(w) for w in re.findall(r"\((\d+)\)(?=;|$)", line)] for about, _, line in told}


def test_the_first_lines_tell_who_sent_what_and_how_it_ended(office: Office) -> None:
    lines = explained(office, report_mail("binh-minh", number="17/BC-UBND"))
    assert lines[1:6] == [
        f"Người gửi: {address('binh-minh')}",
        f"Tiêu đề: {SUBJECT}",
        "Tệp: bao cao.docx (đã đọc)",
        "",
        "● Báo cáo: Đã ghi nhận báo cáo.",
    ]
    assert lines[6] == (
        "  Tính cho UBND xã Bình Minh: Báo cáo kết quả công tác bình đẳng giới, kỳ 6 tháng đầu năm 2023"
        " (bản nộp đầu tiên)"
    )
    assert lines[7] == "  Văn bản: số 17/BC-UBND ngày 01/6/2023 [bao cao.docx, bảng 1, hàng 2, cột 1]"
    assert re.fullmatch(r"Thư [0-9a-f]{8}, nhận lúc 01/6/2023 08:00", lines[0])


def test_each_of_unit_report_and_period_is_one_line_with_its_reasons_heaviest_first(office: Office) -> None:
    lines = explained(office, report_mail("binh-minh"))
    unit, report, period = lines[lines.index("") + 5 :][:3]
    assert unit.startswith(
        "  Đơn vị: UBND xã Bình Minh ← địa chỉ gửi đã đăng ký “vanthu@binhminh.example” (60); "
    )
    assert report.startswith("  Báo cáo: BĐG ← ")
    assert period.startswith("  Kỳ: 6 tháng đầu năm 2023 ← ")
    for line in (unit, report, period):
        weights = [int(weight) for weight in re.findall(r"\((\d+)\)(?=;|$)", line)]
        assert weights == sorted(weights, reverse=True)


def test_a_letterhead_of_nobody_on_the_roster_is_told_among_the_reasons(office: Office) -> None:
    lines = explained(office, report_mail("binh-minh", head="ỦY BAN NHÂN DÂN\nXÃ LŨNG PÙ"))
    assert (
        "  Đơn vị: không có trong danh sách ← tên cơ quan ban hành “ỦY BAN NHÂN DÂN XÃ LŨNG PÙ” (50)" in lines
    )


WITHOUT_THE_HEAVIEST = {
    "Đơn vị": report_mail("binh-minh", sender="la@mat.example"),
    "Báo cáo": report_mail("binh-minh", title="Kết quả công tác 6 tháng đầu năm 2023"),
    "Kỳ": report_mail("binh-minh", title="Kết quả công tác bình đẳng giới"),
}


@pytest.mark.parametrize("about", WITHOUT_THE_HEAVIEST)
def test_without_its_heaviest_evidence_an_answer_is_shown_as_less_certain(tmp_path: Path, about: str) -> None:
    whole = shown_weights(make_office(tmp_path / "du"), report_mail("binh-minh"))
    less = shown_weights(make_office(tmp_path / "thieu"), WITHOUT_THE_HEAVIEST[about])
    assert max(less[about]) < max(whole[about])
    assert sum(less[about]) < sum(whole[about])


def test_without_the_address_the_answer_is_a_proposal_and_no_booking(office: Office) -> None:
    ended = explained(office, WITHOUT_THE_HEAVIEST["Đơn vị"])[5:7]
    assert ended[0].startswith("? Báo cáo: Địa chỉ gửi chưa có trong danh sách.")
    assert ended[1].startswith("  Chưa tính, chờ cán bộ: UBND xã Bình Minh: ")


def test_the_page_of_a_mail_shows_the_weights_that_are_left(office: Office) -> None:
    message = taken_in(office, WITHOUT_THE_HEAVIEST["Đơn vị"])
    with served_office(office) as desk:
        page = desk.client().get(f"/thu/{message}").text
    of_unit = re.findall(r"<tr><td>[Đđ]ơn vị</td>.*?</tr>", page, re.DOTALL)
    weights = [int(found) for row in of_unit for found in re.findall(r'<td class="number"[^>]*>(\d+)<', row)]
    assert weights == [50, 15]


def test_every_figure_stands_beside_its_indicator_with_its_cell(office: Office) -> None:
    lines = explained(office, report_mail("binh-minh", figures(B3=("1,234", "20"))))
    assert "  bao cao.docx:" in lines
    assert "    B2 Số lượt người tham dự: 410, nữ 207 lượt người [bảng 2, hàng 3, cột 4]" in lines
    assert "    B3 Số lao động được tạo việc làm: – (?), nữ 20 người [bảng 2, hàng 4, cột 4]" in lines
    assert "Số liệu đã đọc: 9, trong đó 1 số liệu cần xem, có dấu (?)" in lines


def test_what_is_doubtful_for_the_same_reason_in_one_row_is_told_once(office: Office) -> None:
    given = figure_table(figures(1, B2=("1,234", "1,111")))
    book = xlsx({"Biểu": [["BIỂU SỐ LIỆU BÌNH ĐẲNG GIỚI 6 THÁNG ĐẦU NĂM 2023"], *given]})
    lines = explained(office, note(address("binh-minh"), SUBJECT, "Gửi Phòng.", ("bieu.xlsx", book)))
    (fault,) = [line for line in lines if line.startswith("  Lỗi:")]
    assert fault.endswith("(và 1 số liệu nữa như vậy)")


def test_a_mail_nobody_can_open_tells_so_beside_the_file(office: Office) -> None:
    broken = letter("binh-minh")[:900]
    lines = explained(office, note(address("binh-minh"), SUBJECT, "Gửi Phòng.", ("bao cao.docx", broken)))
    assert "Tệp: bao cao.docx (tệp hỏng)" in lines
    (ended,) = [line for line in lines if line.startswith("?")]
    assert "Tệp đính kèm bị hỏng, không mở được. Đề nghị đơn vị gửi lại." in ended


def test_text_put_right_from_an_old_encoding_is_shown_as_it_stood_and_as_it_is_read(office: Office) -> None:
    mail = note(address("binh-minh"), SUBJECT, "Gửi Phòng.", ("bao cao.docx", OLD_LETTER))
    (told,) = [line for line in explained(office, mail) if "bảng mã cũ" in line]
    assert told.startswith("  Ghi chú: Văn bản dùng bảng mã cũ TCVN3 (ABC), đã chuyển sang Unicode để đọc:")
    assert "“B¸o c¸o" in told
    assert "đọc là “Báo cáo" in told
    (message,) = office.listed("messages")
    with served_office(office) as desk:
        assert "bảng mã cũ TCVN3 (ABC)" in desk.client().get(f"/thu/{message['archive_id']}").text
    (asked,) = office.listed("trace", "B1")["messages"]
    assert [words for words in asked["put_right"] if "đọc là “Báo cáo" in words] == asked["put_right"] != []
    assert "đọc là “Báo cáo" in " ".join(office.run("trace", "B1").out.split())


def test_beside_the_place_of_a_figure_stands_that_its_file_was_put_right_and_beside_another_not(
    office: Office,
) -> None:
    old, plain = ("bao cao.docx", OLD_LETTER), ("khac.docx", letter("dong-tam", figures(2)))
    ids = [
        taken_in(office, note(address("binh-minh"), SUBJECT, "Gửi Phòng.", old)),
        taken_in(office, note(address("dong-tam"), SUBJECT, "Gửi Phòng.", plain)),
    ]
    with served_office(office) as desk:
        client = desk.client()
        pages = [client.get(f"/thu/{message}/xem?so=0.0").text for message in ids]
        assert "đọc là" not in client.get(f"/thu/{ids[0]}/xem").text
    assert ["bảng mã cũ TCVN3 (ABC)" in page for page in pages] == [True, False]
