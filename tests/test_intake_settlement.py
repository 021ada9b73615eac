from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from config.reports import Sex
from intake.judging.settlement import Announced, Handed, announced, fingerprint, is_telling, role_of
from ledger.records import ObligationKey, Place, Role, SectionText, Submission, Value

KEY = ObligationKey("u", "r", "2024-H1")
PLACE = Place("tệp.docx", "đoạn 1")


def values(**figures: int) -> tuple[Value, ...]:
    return tuple(Value(code, Sex.TOTAL, Decimal(number), "người", PLACE) for code, number in figures.items())


def told(text: str = "Khó khăn") -> tuple[SectionText, ...]:
    return (SectionText("III", text, PLACE),)


def earlier(
    figures: tuple[Value, ...] = (),
    sections: tuple[SectionText, ...] = (),
    *,
    accepted: bool = True,
    files: tuple[str, ...] = ("f1",),
) -> Submission:
    key = fingerprint(figures, sections)
    moment = datetime(2024, 6, 1, tzinfo=UTC)
    return Submission("m1", moment, KEY, Role.FIRST, accepted, figures, sections, (), key, files)


def handed(
    figures: tuple[Value, ...] = (),
    sections: tuple[SectionText, ...] = (),
    says: Announced = Announced.NOTHING,
    files: tuple[str, ...] = ("f2",),
) -> Handed:
    return Handed(frozenset(files), fingerprint(figures, sections), figures, sections, says)


def test_the_first_accepted_message_is_the_first() -> None:
    assert role_of(handed(values(A=1)), ()) == (Role.FIRST, ())
    assert role_of(handed(values(A=1)), (earlier(accepted=False),)) == (Role.FIRST, ())


def test_the_same_file_again_is_a_duplicate() -> None:
    assert role_of(handed(values(A=1), files=("f1",)), (earlier(values(A=1)),))[0] is Role.DUPLICATE


def test_the_same_figures_in_another_file_are_a_duplicate() -> None:
    assert role_of(handed(values(A=1, B=2)), (earlier(values(A=1, B=2)),))[0] is Role.DUPLICATE


def test_an_announced_replacement_replaces() -> None:
    new = handed(values(A=9), says=Announced.REPLACEMENT)
    assert role_of(new, (earlier(values(A=1)),)) == (Role.REPLACEMENT, ())


def test_an_announced_supplement_adds() -> None:
    new = handed(values(A=9), says=Announced.SUPPLEMENT)
    assert role_of(new, (earlier(values(A=1)),)) == (Role.SUPPLEMENT, ())


def test_a_supplement_without_anything_before_it_is_the_first() -> None:
    assert role_of(handed(values(A=9), says=Announced.SUPPLEMENT), ()) == (Role.FIRST, ())


def test_the_table_after_the_letter_is_a_part() -> None:
    assert role_of(handed(values(A=1)), (earlier(sections=told()),)) == (Role.PART, ())


def test_the_letter_after_the_table_is_a_part() -> None:
    assert role_of(handed(sections=told()), (earlier(values(A=1)),)) == (Role.PART, ())


def test_other_figures_without_a_word_are_asked_about() -> None:
    assert role_of(handed(values(A=2)), (earlier(values(A=1)),)) == (Role.REPLACEMENT, ("second_version",))


@pytest.mark.parametrize(
    ("subject", "body", "said"),
    [
        ("Báo cáo thay thế BĐG 6 tháng", "", Announced.REPLACEMENT),
        ("bao cao thay the xa X", "", Announced.REPLACEMENT),
        ("Báo cáo BĐG", "Em gửi lại báo cáo ạ, bản trước sai số liệu", Announced.REPLACEMENT),
        ("Bổ sung số liệu BĐG", "", Announced.SUPPLEMENT),
        ("Đính chính báo cáo", "", Announced.SUPPLEMENT),
        ("Báo cáo BĐG", "Xã gửi bổ sung biểu số liệu", Announced.SUPPLEMENT),
        ("Báo cáo BĐG", "Có gì thiếu em sẽ gửi lại ạ", Announced.NOTHING),
        ("Báo cáo BĐG", "Nếu cần bổ sung đề nghị báo lại", Announced.NOTHING),
        ("Báo cáo kết quả bổ nhiệm cán bộ nữ", "", Announced.NOTHING),
        ("Báo cáo BĐG và đề nghị bổ sung kinh phí", "", Announced.NOTHING),
        ("Báo cáo BĐG", "Xã xin bổ sung thêm cộng tác viên trong năm tới", Announced.NOTHING),
        ("Báo cáo bổ sung mục III", "", Announced.SUPPLEMENT),
    ],
)
def test_what_the_sender_announces(subject: str, body: str, said: Announced) -> None:
    assert announced(subject, body, (), ()) is said


def test_a_thin_form_is_no_fingerprint_of_a_unit() -> None:
    assert not is_telling(fingerprint(values(A=0, B=0, C=1), ()))
    rich = values(**{f"I{number}": number + 1 for number in range(9)})
    assert is_telling(fingerprint(rich, ()))
