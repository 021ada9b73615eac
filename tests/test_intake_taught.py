from __future__ import annotations

import pytest

from config.regime import TaughtWording
from config.reports import Indicator, ReportDefinition, Sex
from intake.documents import Cell, Document, Table
from intake.figures.labels import LabelIndex
from intake.figures.table_notes import TableReading
from intake.figures.tables import read_tables
from intake.figures.taught import Refusal, TaughtNames, why_not_taught
from ledger.records import Certainty

ALL = (Sex.TOTAL, Sex.MALE, Sex.FEMALE)
INDICATORS = (
    Indicator("A", "Số cây xanh trồng dọc đường làng", "cây"),
    Indicator("B", "Số cây xanh chăm sóc ở trường học", "cây"),
    Indicator("C", "Đội viên bảo vệ rừng ở thôn bản", "người", ALL),
)
REPORT = ReportDefinition("cay", "Báo cáo trồng cây", "TC", ("trồng cây",), INDICATORS, (), ())
INDEX = LabelIndex(INDICATORS)
HEAD = ("STT", "Chỉ tiêu", "ĐVT", "Tổng số", "Nữ")


def taught(**wordings: str) -> TaughtNames:
    known = (TaughtWording("cay", code, wording, 7) for code, wording in wordings.items())
    return TaughtNames(tuple(known))


def read(names: TaughtNames, *rows: tuple[str, ...]) -> TableReading:
    cells = (
        Cell(number, column, text)
        for number, row in enumerate((HEAD, *rows))
        for column, text in enumerate(row)
        if text
    )
    table = Table("1", tuple(cells), len(rows) + 1, len(HEAD))
    return read_tables(Document((table,)), "bieu.docx", REPORT, "commune", taught=names)


def certain(reading: TableReading) -> dict[tuple[str, str], int]:
    sure = (value for value in reading.values if value.certainty is Certainty.CERTAIN)
    return {(value.indicator, value.sex.value): int(value.value or 0) for value in sure}


def test_a_row_in_the_taught_words_is_the_indicator_and_says_by_which_decision() -> None:
    reading = read(taught(C="Lực lượng giữ rừng"), ("1", "2. Lực lượng giữ rừng", "người", "12", "5"))
    assert certain(reading) == {("C", "total"): 12, ("C", "female"): 5}
    (finding,) = reading.findings
    assert (finding.code, finding.parameters["decision"]) == ("row_by_wording", "7")


def test_women_in_a_row_of_their_own_follow_the_taught_name_above_them() -> None:
    rows = (("1", "Lực lượng giữ rừng", "người", "12"), ("", "Trong đó: nữ", "", "5"))
    assert certain(read(taught(C="Lực lượng giữ rừng"), *rows)) == {("C", "total"): 12, ("C", "female"): 5}


@pytest.mark.parametrize(
    "label", ["Lực lượng giữ rừng mới", "Lực lượng", "Giữ rừng lực lượng", "Lực lượng giữ rùng"]
)
def test_other_words_than_those_taught_stay_unread(label: str) -> None:
    reading = read(taught(C="Lực lượng giữ rừng"), ("1", label, "người", "12"))
    assert (reading.values, [finding.code for finding in reading.findings]) == ((), ["unread_row"])


def test_the_taught_words_without_their_marks_are_the_same_words() -> None:
    assert certain(read(taught(C="Lực lượng giữ rừng"), ("1", "Luc luong giu rung", "người", "12")))


def test_without_marks_two_taught_wordings_of_two_indicators_settle_nothing() -> None:
    names = taught(A="Hàng cây bán", B="Hàng cây bạn")
    assert names.match("Hàng cây bán") is not None
    assert names.match("Hang cay ban") is None


def test_a_name_of_the_report_outranks_what_was_taught() -> None:
    names = taught(B="Số cây xanh trồng dọc đường làng")
    assert certain(read(names, ("1", "Số cây xanh trồng dọc đường làng", "cây", "8"))) == {("A", "total"): 8}


def test_a_row_left_blank_reads_as_before_whatever_was_taught() -> None:
    blank = ("1", "Lực lượng giữ rừng", "người", "", "")
    assert read(taught(C="Lực lượng giữ rừng"), blank) == read(TaughtNames(), blank)


def test_a_wording_of_an_indicator_the_report_no_longer_asks_for_is_forgotten() -> None:
    gone = TaughtWording("cay", "Z", "Lực lượng giữ rừng", 7)
    elsewhere = TaughtWording("rung", "C", "Lực lượng giữ rừng", 8)
    assert TaughtNames.of(REPORT, (gone, elsewhere)).match("Lực lượng giữ rừng") is None


@pytest.mark.parametrize(
    ("wording", "refusal"),
    [
        pytest.param("Số người", Refusal.SAYS_TOO_LITTLE, id="one word that counts"),
        pytest.param("Trong đó: nữ", Refusal.SAYS_TOO_LITTLE, id="a sex"),
        pytest.param("Tổng cộng", Refusal.SAYS_TOO_LITTLE, id="a sum"),
        pytest.param("Tỷ lệ đội viên giữ rừng", Refusal.SAYS_TOO_LITTLE, id="a rate"),
        pytest.param("Số cây xanh trồng dọc đường làng", Refusal.IS_ANOTHERS, id="another's label"),
        pytest.param("so cay xanh trong doc duong lang", Refusal.IS_ANOTHERS, id="without its marks"),
        pytest.param("Dọc đường làng trồng cây xanh", Refusal.IS_ANOTHERS, id="in another order"),
        pytest.param("Số cây xanh trồngdọc đường làng", Refusal.IS_ANOTHERS, id="with a typing fault"),
        pytest.param("Hàng cây bóng mát", Refusal.TAUGHT_OTHERWISE, id="taught for another"),
        pytest.param("bóng mát: hang cay", Refusal.TAUGHT_OTHERWISE, id="taught, but for marks and order"),
    ],
)
def test_a_wording_that_is_not_one_indicators_is_refused(wording: str, refusal: Refusal) -> None:
    refused = why_not_taught(wording, "B", INDEX, taught(A="Hàng cây bóng mát"))
    assert refused is not None
    assert refused == (refusal, "" if refusal is Refusal.SAYS_TOO_LITTLE else "A")


@pytest.mark.parametrize("wording", ["Cây xanh chăm sóc", "Số cây xanh chăm sóc ở trường học", "Cây ở sân"])
def test_a_wording_nobody_else_has_may_be_taught(wording: str) -> None:
    assert why_not_taught(wording, "B", INDEX, taught(A="Hàng cây bóng mát")) is None
