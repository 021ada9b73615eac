"""The letter of urging: to whom it goes and what it asks."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import docx
import pytest

from config.wording import Wording
from consolidate.writers.chase_letter import NoUnitToUrgeError, units_to_urge, write_chase_letter
from ledger.records import ObligationState
from tests.consolidated import DUE, consolidation, units, with_states
from tests.decree30 import faults

if TYPE_CHECKING:
    from consolidate.consolidation import Consolidation

WORDS = Wording()
MISSING = ObligationState.MISSING


def missing(count: int) -> Consolidation:
    return with_states({unit.id: MISSING for unit in units()[:count]})


def paragraphs(district: Consolidation, new_due: date | None = None) -> list[str]:
    content = write_chase_letter(district, WORDS, new_due=new_due).content
    return [p.text for p in docx.Document(io.BytesIO(content)).paragraphs if p.text]


def test_a_few_units_are_addressed_by_name() -> None:
    written = paragraphs(consolidation())
    assert written[:4] == [
        "Kính gửi:",
        "- UBND xã Cẩm Lạc;",
        "- UBND xã Cẩm Ngãi;",
        "- Trung tâm Bồi dưỡng chính trị và Trường Năng khiếu thể dục thể thao liên xã phía Đông.",
    ]


def test_one_unit_is_addressed_on_the_same_line_and_spoken_to() -> None:
    written = paragraphs(missing(1))
    assert written[0] == "Kính gửi: UBND thị trấn Cầu Đá"
    text = " ".join(written)
    assert "vẫn chưa nhận được báo cáo của UBND thị trấn Cầu Đá." in text
    assert "đề nghị UBND thị trấn Cầu Đá khẩn trương gửi báo cáo" in text


def test_before_the_due_moment_the_letter_blames_nobody() -> None:
    early = replace(missing(1), as_of=DUE - timedelta(days=2))
    text = " ".join(paragraphs(early))
    assert "chưa nhận được báo cáo của UBND thị trấn Cầu Đá." in text
    assert not any(word in text for word in ("Tuy nhiên", "quá thời hạn", "khẩn trương", "vẫn chưa"))


def test_the_letter_is_copied_only_to_whom_the_department_names() -> None:
    def recipients(district: Consolidation) -> list[str]:
        document = docx.Document(io.BytesIO(write_chase_letter(district, WORDS).content))
        [cell] = [t.rows[0].cells[0] for t in document.tables if "Nơi nhận" in t.rows[0].cells[0].text]
        return [p.text for p in cell.paragraphs[1:] if p.text]

    district = missing(1)
    assert recipients(district) == ["- Như trên;", "- Lưu: VT, LĐVL."]
    named = replace(district.regime.department, letter_copies=("Chủ tịch UBND huyện",))
    copied = replace(district, regime=replace(district.regime, department=named))
    assert recipients(copied) == ["- Như trên;", "- Chủ tịch UBND huyện;", "- Lưu: VT, LĐVL."]


@pytest.mark.parametrize(("count", "annexed"), [(8, False), (9, True)])
def test_more_than_eight_units_are_listed_apart(count: int, annexed: bool) -> None:
    written = paragraphs(missing(count))
    assert ("Kính gửi: Các cơ quan, đơn vị (theo danh sách kèm theo)" in written) is annexed
    assert ("DANH SÁCH CÁC CƠ QUAN, ĐƠN VỊ CHƯA GỬI BÁO CÁO" in written) is annexed


def test_the_annexed_list_holds_every_unit_once() -> None:
    content = write_chase_letter(missing(40), WORDS).content
    table = docx.Document(io.BytesIO(content)).tables[-1]
    named = [row.cells[1].text for row in table.rows if row.cells[0].text.isdigit()]
    assert named == [unit.name for unit in units()[:40]]
    assert faults(content, "letter") == []


def test_a_deadline_asked_for_in_words_that_count_its_day_names_that_day() -> None:
    asked = replace(consolidation().period, due_text="chậm nhất ngày 09/6")
    assert "huyện Thượng Ngàn chậm nhất ngày 09/6/2024." in " ".join(
        paragraphs(replace(consolidation(), period=asked))
    )


def test_the_letter_states_duty_moment_and_way() -> None:
    text = " ".join(paragraphs(consolidation()))
    assert "Theo Văn bản số 77/UBND-LĐVL ngày 08/01/2024" in text
    assert "về Phòng Lao động và Việc làm huyện Thượng Ngàn trước ngày 10/6/2024." in text
    assert "đến 16 giờ 30 phút ngày 12/6/2024, đã quá thời hạn nêu trên" in text
    assert "báo cáo của 03 cơ quan, đơn vị có tên nêu trên." in text
    assert "qua hộp thư điện tử tonghop@thuongngan.example" in text
    assert text.endswith("./.")


def test_the_new_day_is_left_for_the_pen_or_given() -> None:
    assert "trước ngày …/…/2024." in " ".join(paragraphs(consolidation()))
    assert "trước ngày 20/6/2024." in " ".join(paragraphs(consolidation(), date(2024, 6, 20)))


def test_the_subject_stands_below_the_number() -> None:
    document = docx.Document(io.BytesIO(write_chase_letter(consolidation(), WORDS).content))
    left = [p.text for p in document.tables[0].rows[1].cells[0].paragraphs]
    assert left[0].endswith("/UBND-LĐVL")
    assert left[1] == (
        "V/v đôn đốc gửi báo cáo kết quả công tác an toàn lao động và việc làm của lao động nữ "
        "6 tháng đầu năm 2024"
    )


def test_a_unit_with_an_extension_is_not_urged_with_the_overdue() -> None:
    district = consolidation()
    changed = tuple(
        replace(s, due=DUE + timedelta(days=10)) if s.unit.id == "x08" else s for s in district.standings
    )
    assert [s.unit.id for s in units_to_urge(replace(district, standings=changed))] == ["x07", "p20"]


def test_before_the_due_moment_nobody_is_called_overdue() -> None:
    early = replace(consolidation(), as_of=DUE - timedelta(days=2))
    assert "quá thời hạn" not in " ".join(paragraphs(early))
    assert len(units_to_urge(early)) == 3


def test_units_that_wait_for_our_own_staff_are_not_written_to() -> None:
    with pytest.raises(NoUnitToUrgeError):
        write_chase_letter(with_states({"x01": ObligationState.NEEDS_REVIEW}), WORDS)


def test_a_mailbox_or_telephone_that_is_not_known_leaves_no_hole() -> None:
    district = consolidation()
    bare = replace(district.regime.department, mailbox="", phone="", contact="")
    text = " ".join(paragraphs(replace(district, regime=replace(district.regime, department=bare))))
    assert "qua hộp thư" not in text
    assert "()" not in text
    assert "đề nghị thông báo lại để kiểm tra, đối chiếu." in text


def test_the_same_consolidation_gives_the_same_bytes() -> None:
    assert write_chase_letter(consolidation(), WORDS) == write_chase_letter(consolidation(), Wording())


@pytest.mark.parametrize("count", [3, 20])
def test_villages_and_branches_of_a_commune_are_no_offices_and_have_no_seal(count: int) -> None:
    one = missing(count)
    commune = replace(one.regime.department, level="commune", issuer="UBND xã Thượng Ngàn")
    text = " ".join(paragraphs(replace(one, regime=replace(one.regime, department=commune))))
    assert "cơ quan, đơn vị" not in text.lower()
    assert "đóng dấu" not in text
    assert "bản có chữ ký, kèm tệp văn bản" in text
