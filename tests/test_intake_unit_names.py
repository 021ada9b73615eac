from __future__ import annotations

import pytest

from config.units import Unit
from intake.evidence.unit_names import UnitIndex

UNITS = (
    Unit("a", "UBND xã Bình Minh", "commune"),
    Unit("b", "UBND xã Hợp Hòa", "commune", aliases=("xã Hợp Tiến Cũ",)),
    Unit("c", "UBND xã Hợp Hoa", "commune"),
    Unit("t", "UBND thị trấn Sông Lô", "township"),
    Unit("y", "Phòng Y tế huyện Sông Lô", "department"),
    Unit("n", "Phòng Nội vụ huyện Sông Lô", "department"),
    Unit("p", "Hội Liên hiệp Phụ nữ huyện Sông Lô", "department", aliases=("Hội LHPN huyện",)),
    Unit("van", "UBND xã Vân Sơn", "commune"),
    Unit("vawn", "UBND xã Văn Sơn", "commune"),
)
INDEX = UnitIndex(UNITS, "huyện Sông Lô")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("ỦY BAN NHÂN DÂN XÃ BÌNH MINH", "a"),
        ("Uỷ ban nhân dân xã Bình Minh", "a"),
        ("UBND xa Binh Minh gui bao cao", "a"),
        ("BC BĐG xã Hợp Hoà", "b"),
        ("Báo cáo của xã Hợp Tiến Cũ", "b"),
        ("UBND thị trấn Sông Lô", "t"),
        ("TT Sông Lô gửi báo cáo", "t"),
        ("PHÒNG Y TẾ", "y"),
        ("Phòng Nội vụ huyện Sông Lô", "n"),
        ("Hội LHPN huyện", "p"),
        ("HỘI LIÊN HIỆP PHỤ NỮ HUYỆN SÔNG LÔ", "p"),
        ("BC Binh Minh.docx", "a"),
    ],
)
def test_names_are_found_in_every_usual_form(text: str, unit: str) -> None:
    assert INDEX.only_in(text) == (unit,)


def test_the_area_itself_is_no_unit() -> None:
    assert INDEX.only_in("UBND huyện Sông Lô") == ()


def test_names_that_differ_in_a_mark_stay_apart_when_marks_are_typed() -> None:
    assert INDEX.only_in("UBND xã Vân Sơn") == ("van",)
    assert INDEX.only_in("UBND xã Văn Sơn") == ("vawn",)
    assert INDEX.only_in("UBND xã Hợp Hoa") == ("c",)


def test_a_name_without_marks_that_fits_two_units_names_both() -> None:
    assert set(INDEX.only_in("UBND xa Van Son")) == {"van", "vawn"}


def test_a_near_name_is_a_suggestion_and_never_a_match() -> None:
    assert INDEX.only_in("UBND xã Bình Mịnh") == ()
    assert "a" in INDEX.suggestions("UBND xã Bình Mịnh")


def test_two_units_in_one_text_are_both_found() -> None:
    assert INDEX.only_in("Em gửi báo cáo của xã Bình Minh và xã Hợp Hòa ạ") == ("a", "b")


def test_full_names_outrank_bare_places() -> None:
    assert INDEX.only_in("Phòng Y tế, Bình Minh, ngày 02 tháng 6") == ("y",)


def test_a_letterhead_of_another_district_is_foreign() -> None:
    assert INDEX.names_foreign_area("UBND HUYỆN YÊN BÌNH\nUBND XÃ BÌNH MINH")
    assert not INDEX.names_foreign_area("UBND HUYỆN SÔNG LÔ\nPHÒNG Y TẾ")
    assert not INDEX.names_foreign_area("HUYỆN ĐOÀN SÔNG LÔ")


def test_a_unit_is_known_only_while_it_exists() -> None:
    from datetime import date

    merged = (Unit("old", "UBND xã Cũ Kỹ", "commune", valid_to=date(2019, 12, 31)),)
    assert UnitIndex(merged, "huyện Sông Lô", date(2020, 1, 1)).only_in("UBND xã Cũ Kỹ") == ()
    assert UnitIndex(merged, "huyện Sông Lô", date(2019, 12, 31)).only_in("UBND xã Cũ Kỹ") == ("old",)


def test_a_field_of_work_called_social_is_no_foreign_commune() -> None:
    index = UnitIndex((Unit("v", "Ban Văn hóa - Xã hội xã Khe Lau", "sector"),), "xã Khe Lau")
    assert not index.names_foreign_area("XÃ KHE LAU\nBAN VĂN HÓA - XÃ HỘI")
    assert index.names_foreign_area("UBND XÃ KHE LÂU\nTHÔN BẢN CÁ")


def test_a_former_name_kept_as_an_alias_names_the_unit_that_bears_the_new_one() -> None:
    units = (
        Unit("moi", "UBND xã Tân Lập", "commune", aliases=("UBND xã Khe Lau",)),
        Unit("ben", "UBND xã Khe Lâu", "commune"),
    )
    index = UnitIndex(units, "huyện Sông Lô")
    assert index.only_in("ỦY BAN NHÂN DÂN XÃ KHE LAU") == ("moi",)
    assert index.only_in("ỦY BAN NHÂN DÂN XÃ KHE LÂU") == ("ben",)


@pytest.mark.parametrize(
    "name",
    [
        "HỘI NÔNG DÂN XÃ BÌNH MINH",
        "ĐẢNG ỦY XÃ BÌNH MINH",
        "TRAM Y TE XA BINH MINH",
        "BCH ĐOÀN TNCS HỒ CHÍ MINH THỊ TRẤN SÔNG LÔ",
        "PHÒNG Y TẾ CHI NHÁNH PHÍA BẮC",
        "UBND XÃ BÌNH MINH THÔN 3",
        "ỦY BAN NHÂN DÂN XÃ BÌNH MINH BẢN NẶM",
    ],
)
def test_a_body_or_a_branch_inside_a_unit_is_not_the_unit(name: str) -> None:
    assert INDEX.names_a_part(name)


@pytest.mark.parametrize(
    "name",
    [
        "ỦY BAN NHÂN DÂN XÃ BÌNH MINH",
        "BAN VÌ SỰ TIẾN BỘ CỦA PHỤ NỮ XÃ BÌNH MINH",
        "PHÒNG VĂN HÓA - XÃ HỘI XÃ BÌNH MINH",
        "HỘI ĐỒNG NHÂN DÂN XÃ BÌNH MINH",
        "UBND XÃ BÌNH MINH BAN CHỈ ĐẠO",
        "BAN CHẤP HÀNH HỘI LHPN HUYỆN",
        "PHÒNG Y TẾ",
    ],
)
def test_an_office_of_the_council_and_a_registered_body_are_units(name: str) -> None:
    assert not INDEX.names_a_part(name)


@pytest.mark.parametrize(
    ("name", "another"),
    [
        ("ỦY BAN NHÂN DÂN XÃ LŨNG PÙ", True),
        ("UBND THỊ TRẤN MỸ LỘC", True),
        ("ỦY BAN NHÂN DÂN XÃ BÌNH MNIH", False),
        ("ỦY BAN NHÂN DÂN HUYỆN BÌNH MINH", True),
        ("UBND THỊ XÃ BÌNH MINH", True),
        ("PHÒNG VĂN HÓA - XÃ HỘI", False),
        ("BAN CHỈ ĐẠO", False),
    ],
)
def test_a_commune_nobody_has_entered_is_no_misspelling(name: str, another: bool) -> None:
    assert INDEX.is_another_place(name, "a") is another
