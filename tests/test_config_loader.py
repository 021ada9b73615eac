"""Every way a regime's folder can be wrong is named with its file, its place and what is accepted."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from config.calendar import period_by_id
from config.errors import InvalidRegimeError, Problem, RegimeFolderNotFoundError
from config.loader import load_regime, missing_before_use
from config.reports import Aggregation, Figure, Grade, Section, Sex
from config.schema import SendingModel, UnitKindModel
from config.wording import Wording

if TYPE_CHECKING:
    from pathlib import Path

    from config.regime import Regime

DEPARTMENT = """\
id: lung-van
department:
  name: Phòng Việc làm huyện Lũng Vân
  short_name: Phòng VL
  level: district
  area: huyện Lũng Vân
  place: Lũng Vân
  issuer: UBND huyện Lũng Vân
  symbol: BC-UBND
  letter_symbol: UBND-VL
  mailbox: vieclam@lungvan.example
unit_kinds:
  - {id: commune, name: xã, plural: các xã, addressed_as: Ủy ban nhân dân xã}
  - {id: department, name: cơ quan, plural: các cơ quan, addressed_as: quý cơ quan}
"""
UNITS = """\
mã,tên,loại,mã GSO,tên khác,địa chỉ thư,từ ngày,đến ngày,đơn vị kế tục
x-doi-che,UBND xã Đồi Chè,xã,01234,xã Đồi Chè,doiche@lungvan.example,,,
x-bai-say,UBND xã Bãi Sậy,xã,01237,xã Bãi Sậy,baisay@lungvan.example,,,
p-noi-chinh,Phòng Nội chính,cơ quan,,,,,,
"""
REPORT = """\
id: viec-lam
name: Báo cáo kết quả công tác giải quyết việc làm
short_name: Việc làm
owed_by_kinds: [commune]
indicators:
  - {code: VL01, label: Lao động có việc làm, unit_of_measure: người, sexes: [total, male, female]}
  - {code: VL02, label: Lao động qua đào tạo, unit_of_measure: người, aggregation: snapshot}
  - code: VL01R
    label: Tỷ lệ nữ
    unit_of_measure: "%"
    aggregation: ratio
    ratio: {numerator: {indicator: VL01, sex: female}, denominator: {indicator: VL01}}
checks:
  - {id: dao-tao, rule: "VL02 <= VL01.total", grade: warning}
outline:
  - {id: I, title: Kết quả, indicators: [VL01]}
periods:
  - {kind: half_year, due: trước ngày 10/6}
  - {kind: year, due: chậm nhất ngày 10/12}
"""
THE_REPORT = "reports/viec-lam.yaml"
VIETNAMESE = Wording("vi")


def a_folder(path: Path, **files: str) -> Path:
    (path / "reports").mkdir(exist_ok=True)
    (path / "department.yaml").write_text(files.get("department", DEPARTMENT), "utf-8")
    (path / "units.csv").write_text(files.get("units", UNITS), "utf-8")
    (path / "reports" / "viec-lam.yaml").write_text(files.get("report", REPORT), "utf-8")
    return path


def loaded(path: Path, **files: str) -> Regime:
    return load_regime(a_folder(path, **files))


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(InvalidRegimeError) as caught:
        load_regime(folder)
    return caught.value.problems


def the_problem(path: Path, **files: str) -> Problem:
    (problem,) = problems_of(a_folder(path, **files))
    return problem


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("kind", "name", "stated", "level"),
    [
        ("commune", "xã", "", "commune"),
        ("k1", "Tổ dân phố", "", "village"),
        ("to-dan-pho", "tổ", "", "village"),
        ("k2", "trường học", "", "institution"),
        ("tram", "trạm y tế", "commune", "commune"),
        ("k3", "chi nhánh", "", "district"),
    ],
)
def test_a_kind_of_unit_answers_for_the_area_that_is_stated_or_that_its_name_tells(
    tmp_path: Path, kind: str, name: str, stated: str, level: str
) -> None:
    entry = f"{{id: {kind}, name: {name}, plural: các đơn vị, addressed_as: quý đơn vị, level: '{stated}'}}"
    old = DEPARTMENT[DEPARTMENT.index("  - {id: commune") :].splitlines()[0]
    department = changed(DEPARTMENT, old, f"  - {entry}")
    units = UNITS.replace(",xã,", f",{name},")
    regime = loaded(
        tmp_path, department=department, units=units, report=changed(REPORT, "[commune]", f"[{kind}]")
    )
    assert regime.kind(kind).level == level


@pytest.mark.parametrize(
    ("department", "name", "level"),
    [
        ("ministry", "tỉnh", "province"),
        ("ministry", "tỉnh, thành phố", "province"),
        ("ministry", "bộ, ngành", ""),
        ("province", "huyện", "district"),
        ("province", "thành phố", "district"),
        ("province", "thành phố thuộc tỉnh", "district"),
        ("ministry", "thành phố trực thuộc trung ương", "province"),
        ("province", "xã, phường, đặc khu", "commune"),
        ("province", "sở, ban, ngành", "province"),
        ("commune", "chi hội", "village"),
        ("commune", "ngành", "commune"),
        ("district", "xã và cơ quan", "district"),
    ],
)
def test_who_is_asked_by_a_province_or_a_ministry_speaks_of_its_own_area(
    department: str, name: str, level: str
) -> None:
    kind = UnitKindModel(id="k1", name=name, plural=f"các {name}", addressed_as="quý cơ quan")
    assert kind.build(department).level == level


def test_a_sound_folder_becomes_a_regime(tmp_path: Path) -> None:
    regime = loaded(tmp_path)
    report = regime.report("viec-lam")
    assert [unit.id for unit in regime.units] == ["x-doi-che", "x-bai-say", "p-noi-chinh"]
    assert regime.unit("p-noi-chinh").kind == "department"
    assert report.topics == ("giải quyết việc làm", "GQVL")
    assert report.indicator("VL01").sexes == (Sex.TOTAL, Sex.MALE, Sex.FEMALE)
    assert report.indicator("VL02").aggregation is Aggregation.SNAPSHOT
    ratio = report.indicator("VL01R").ratio
    assert ratio is not None
    assert (ratio.numerator, ratio.factor) == (Figure("VL01", Sex.FEMALE), Decimal(100))
    assert [(check.id, check.grade) for check in report.checks] == [("dao-tao", Grade.WARNING)]
    assert report.outline == (Section("I", "Kết quả", indicators=("VL01",)),)
    period = period_by_id(report, regime.timezone, regime.calendar, "2023-Y")
    assert period is not None
    assert period.due is not None
    assert period.due.isoformat() == "2023-12-11T00:00:00+07:00"


def test_there_must_be_a_folder(tmp_path: Path) -> None:
    with pytest.raises(RegimeFolderNotFoundError):
        load_regime(tmp_path / "khong-co")


def test_an_empty_folder_names_all_that_is_missing(tmp_path: Path) -> None:
    codes = [problem.code for problem in problems_of(tmp_path)]
    assert codes == ["missing_file", "no_units_file", "no_reports"]


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    folder = a_folder(
        tmp_path,
        department=changed(DEPARTMENT, "level: district", "level: huyện"),
        units=changed(UNITS, "Đồi Chè,xã,", "Đồi Chè,xa2,"),
        report=changed(REPORT, "due: trước ngày 10/6", "due: trước tháng 6"),
    )
    found = {(problem.file, problem.code) for problem in problems_of(folder)}
    assert {("department.yaml", "not_one_of"), ("reports/viec-lam.yaml", "unreadable_due")} <= found


UNIT_FAULTS = [
    ("Bãi Sậy,xã,01237", "Bãi Sậy,xa2,01237", "unknown_kind", (3, "loại")),
    ("x-bai-say", "x-doi-che", "duplicate_id", (3, "mã")),
    ("xã Bãi Sậy,bai", "Xã  ĐỒI CHÈ,bai", "alias_names_two_units", (3, "tên khác")),
    ("01237", "1234", "duplicate_gso_code", (3, "mã GSO")),
    ("baisay@", "DoiChe@", "address_of_two_units", (3, "địa chỉ thư")),
    ("baisay@", "a@b.vn;a@b.vn;baisay@", "address_twice", (3, "địa chỉ thư")),
    ("baisay@", "dùng chung: doiche@", "address_of_two_units", (3, "địa chỉ thư")),
    ("baisay@lungvan.example,,,", "b@c.vn,,30/6/2024,x-la", "unknown_successor", (3, "đơn vị kế tục")),
    ("baisay@lungvan.example,,,", "b@c.vn,,,x-doi-che", "successor_without_end", (3, "đến ngày")),
    ("baisay@lungvan.example,,,", "b@c.vn,31/6/2024,,", "bad_day", (3, "từ ngày")),
]


@pytest.mark.parametrize(("old", "new", "code", "where"), UNIT_FAULTS)
def test_a_fault_among_units_names_its_row_and_column(
    tmp_path: Path, old: str, new: str, code: str, where: tuple[int, str]
) -> None:
    problem = the_problem(tmp_path, units=changed(UNITS, old, new))
    assert (problem.file, problem.code, (problem.row, problem.column)) == ("units.csv", code, where)


def test_a_row_left_out_hides_no_fault_of_the_others_and_makes_none(tmp_path: Path) -> None:
    units = changed(UNITS, "Phòng Nội chính,cơ quan,", "Phòng Nội chính,khác,")
    units = changed(units, "baisay@lungvan.example,,,", "doiche@lungvan.example,,30/6/2024,p-noi-chinh")
    found = [problem.code for problem in problems_of(a_folder(tmp_path, units=units))]
    assert found == ["unknown_kind", "address_of_two_units"]


def test_an_address_that_both_units_call_shared_is_fine(tmp_path: Path) -> None:
    units = changed(UNITS, "doiche@", "dùng chung: chung@")
    assert loaded(tmp_path, units=changed(units, "baisay@", "dùng chung: chung@"))


def test_a_name_may_pass_to_a_unit_that_begins_when_the_first_has_ended(tmp_path: Path) -> None:
    row = "x-doi-che-2025,UBND xã Đồi Chè,xã,01234,xã Đồi Chè,,01/7/2025,,\n"
    units = changed(UNITS, "doiche@lungvan.example,,,", "doiche@lungvan.example,,30/6/2025,x-doi-che-2025")
    regime = loaded(tmp_path, units=units + row)
    assert "x-doi-che-2025" not in {unit.id for unit in regime.units_on(date(2025, 6, 30))}
    assert "x-doi-che" not in {unit.id for unit in regime.units_on(date(2025, 7, 1))}
    a_folder(tmp_path, units=units + row.replace("01/7/2025", "30/6/2025"))
    assert {problem.code for problem in problems_of(tmp_path)} == {
        "alias_names_two_units",
        "duplicate_gso_code",
    }


DEPARTMENT_FAULTS = [
    ("  place: Lũng Vân", "  plase: Lũng Vân", "unknown_key_near", ("department.plase", 7)),
    ("level: district", "level: huyện", "not_one_of", ("department.level", 5)),
    ("id: lung-van", "id: lũng vân", "bad_id", ("id", 1)),
    ("id: lung-van", "id: 2023", "needs_text", ("id", 1)),
    ("id: lung-van", "id: lung-van\ntimezone: Asia/Hanoi", "unknown_timezone", ("timezone", 2)),
    ("unit_kinds:", "sending: {daily_cap: 0}\nunit_kinds:", "out_of_range", ("sending.daily_cap", 12)),
    (
        "unit_kinds:",
        "calendar:\n  extra_holidays: [31/02/2023]\nunit_kinds:",
        "bad_day",
        ("calendar.extra_holidays[1]", 13),
    ),
    ("{id: department,", "{id: commune,", "duplicate_kind", ("unit_kinds[2].id", 14)),
    (
        "{id: department, name: cơ quan",
        "{id: department, name: Xã",
        "duplicate_kind",
        ("unit_kinds[2].name", 14),
    ),
]


@pytest.mark.parametrize(("old", "new", "code", "where"), DEPARTMENT_FAULTS)
def test_a_fault_of_the_department_names_its_key_and_line(
    tmp_path: Path, old: str, new: str, code: str, where: tuple[str, int]
) -> None:
    folder = a_folder(tmp_path, department=changed(DEPARTMENT, old, new))
    found = [
        (problem.code, (problem.key, problem.line))
        for problem in problems_of(folder)
        if problem.file == "department.yaml" and problem.code != "missing_key"
    ]
    assert found == [(code, where)]


YEARLY = "kind: year, due: chậm nhất ngày 10/12"
FEMALE = "indicator: VL01, sex: female"
NUMERATOR = "indicators[3].ratio.numerator"
REPORT_FAULTS = [
    ("short_name: Việc làm", "short_name: Việc làm\nperiod: x", "unknown_key_near", "period"),
    ("owed_by_kinds: [commune]", "owed_by_kinds: [ward]", "unknown_kind_id", "owed_by_kinds"),
    ("owed_by_kinds: [commune]", "owed_by_units: [x-la]", "unknown_unit", "owed_by_units"),
    ("owed_by_kinds: [commune]", "ordered_by: Công văn", "nobody_owes", ""),
    ("code: VL01R", "code: vl01", "duplicate_code", "indicators[3].code"),
    ("code: VL02", "code: 2.1", "needs_text", "indicators[2].code"),
    ("code: VL02", "code: VL-02", "bad_code", "indicators[2].code"),
    ("Lao động qua đào tạo", "Lao động CÓ việc làm", "duplicate_label", "indicators[2].label"),
    (FEMALE, "indicator: VL09", "unknown_indicator", NUMERATOR),
    (FEMALE, "indicator: VL02, sex: female", "sex_not_asked", NUMERATOR),
    (FEMALE, "indicator: VL01R", "figure_is_ratio", NUMERATOR),
    ("    aggregation: ratio\n", "", "ratio_needs_parts", "indicators[3].aggregation"),
    ("VL02 <= VL01.total", "VL03 <= VL01.total", "check_unknown_indicator", "checks"),
    ("VL02 <= VL01.total", "VL02.nữ <= VL01.total", "check_sex_not_asked", "checks"),
    ("VL02 <= VL01.total", "VL02 < VL01.total", "unreadable_check", "checks[1].rule"),
    ("[VL01]}", "[VL07]}", "unknown_indicator", "outline[1].indicators[1]"),
    ("due: trước ngày 10/6", "due: 10/6", "unreadable_due", "periods[1].due"),
    ("due: trước ngày 10/6", "due: trước ngày 10/12", "period_needs_number", "periods[1].due"),
    ("due: chậm nhất ngày 10/12", "due: trước ngày 10/01", "due_far_from_data", "periods[2].due"),
    (YEARLY, "kind: half_year", "period_twice", "periods[2]"),
    (YEARLY, "kind: half", "not_one_of", "periods[2].kind"),
    (YEARLY, "kind: month, due: trước ngày 10/12", "period_needs_number", "periods[2].due"),
    (YEARLY, "kind: year, due: trước ngày 5 hằng tháng", "due_not_of_kind", "periods[2].due"),
    (YEARLY, "kind: quarter, number: 5", "bad_period_number", "periods[2].number"),
    (YEARLY, "kind: one_off, id: a, name: a", "period_needs_days", "periods[2]"),
    (YEARLY, "kind: campaign, id: a, name: a", "campaign_needs_days", "periods[2]"),
    (YEARLY, "kind: year, from: 01/01/2023", "own_days_not_here", "periods[2].from"),
    (YEARLY, "kind: year, data_from: 32/1", "bad_boundary", "periods[2].data_from"),
    (YEARLY, "kind: year, data_to: 01/1-1", "ends_before_start", "periods[2].data_to"),
]


@pytest.mark.parametrize(("old", "new", "code", "key"), REPORT_FAULTS)
def test_a_fault_of_a_report_names_its_key(tmp_path: Path, old: str, new: str, code: str, key: str) -> None:
    problem = the_problem(tmp_path, report=changed(REPORT, old, new))
    assert (problem.file, problem.code, problem.key) == ("reports/viec-lam.yaml", code, key)
    assert problem.line > 0 or not key


def test_a_fault_is_told_in_vietnamese_with_what_is_accepted(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, units=changed(UNITS, "Bãi Sậy,xã,", "Bãi Sậy,xa2,"))
    assert problem.sentence(VIETNAMESE) == (
        "units.csv, dòng 3, cột “loại”: “xa2” không phải là một trong các loại đơn vị "
        "xã (commune), cơ quan (department)."
    )


def test_a_key_written_twice_is_named_with_its_line(tmp_path: Path) -> None:
    problems = problems_of(a_folder(tmp_path, report=REPORT + "name: hai lần\n"))
    assert [(problem.code, problem.line > 0) for problem in problems] == [("duplicate_key", True)]


@pytest.mark.parametrize("text", ["id: [", "- a\n- b\n", "", "id: \tx: y\n"])
def test_a_file_that_is_no_mapping_is_a_fault(tmp_path: Path, text: str) -> None:
    files = {problem.file for problem in problems_of(a_folder(tmp_path, report=text))}
    assert files == {"reports/viec-lam.yaml"}


def test_two_reports_of_one_id_are_a_fault(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    (folder / "reports" / "z.yaml").write_text(REPORT, "utf-8")
    assert [problem.code for problem in problems_of(folder)] == ["duplicate_report"]


def test_two_units_files_are_a_fault(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    (folder / "units.xlsx").write_bytes(b"")
    assert [problem.code for problem in problems_of(folder)] == ["two_units_files"]


SHARED = """\
indicators:
  - {code: A1, label: Cuộc họp, unit_of_measure: cuộc, scope: rong}
  - {code: A2, label: Lượt người, unit_of_measure: lượt người, sexes: [total, female], scope: hep}
checks:
  - {id: a, rule: "A2 >= A1"}
outline:
  - {id: I, title: Kết quả, indicators: [A1, A2]}
"""
SHARING = """\
id: hop
name: Báo cáo hội họp
short_name: Họp
owed_by_kinds: [commune]
indicators_from: chung.yaml
outline_from: chung.yaml
scopes: {rong: [commune, department], hep: [commune]}
periods:
  - {kind: year}
"""


def a_sharing_folder(path: Path, report: str = SHARING, shared: str = SHARED) -> Path:
    folder = path / "huyen"
    folder.mkdir()
    (path / "_shared").mkdir()
    (path / "_shared" / "chung.yaml").write_text(shared, "utf-8")
    return a_folder(folder, report=report)


def test_reports_may_share_indicators_and_outline(tmp_path: Path) -> None:
    report = load_regime(a_sharing_folder(tmp_path)).report("hop")
    assert report.indicator("A1").reported_by == {"commune", "department"}
    assert [indicator.code for indicator in report.asked_of("department")] == ["A1"]
    assert report.outline[0].indicators == ("A1", "A2")
    assert [check.id for check in report.checks] == ["a"]


def test_a_report_may_pick_some_shared_indicators(tmp_path: Path) -> None:
    report = load_regime(a_sharing_folder(tmp_path, SHARING + "only: [A2]\n")).report("hop")
    assert [indicator.code for indicator in report.indicators] == ["A2"]
    assert report.outline[0].indicators == ("A2",)
    assert report.checks == ()


def test_a_report_may_ask_for_men_and_women_of_every_figure_of_persons(tmp_path: Path) -> None:
    report = load_regime(a_sharing_folder(tmp_path, SHARING + "split_by_sex: true\n")).report("hop")
    assert report.indicator("A2").sexes == (Sex.TOTAL, Sex.MALE, Sex.FEMALE)
    assert report.indicator("A1").sexes == (Sex.TOTAL,)


def test_the_regimes_own_shared_file_comes_first(tmp_path: Path) -> None:
    folder = a_sharing_folder(tmp_path)
    (folder / "_shared").mkdir()
    own = SHARED.replace("Cuộc họp", "Phiên họp")
    (folder / "_shared" / "chung.yaml").write_text(own, "utf-8")
    assert load_regime(folder).report("hop").indicator("A1").label == "Phiên họp"


@pytest.mark.parametrize(
    ("report", "shared", "file", "code"),
    [
        (SHARING.replace("rong: [commune, department], ", ""), SHARED, "_shared/chung.yaml", "unknown_scope"),
        (SHARING.replace("[commune, department]", "[ward]"), SHARED, THE_REPORT, "unknown_kind_id"),
        (SHARING.replace("from: chung", "from: khac", 2), SHARED, "_shared/khac.yaml", "missing_file"),
        (SHARING.replace("from: chung", "from: ../chung", 1), SHARED, THE_REPORT, "bad_shared_file"),
        (SHARING + "only: [A9, A1, A2]\n", SHARED, THE_REPORT, "unknown_indicator"),
        (SHARING, SHARED.replace("label", "lable", 1), "_shared/chung.yaml", "unknown_key_near"),
    ],
)
def test_a_fault_of_sharing_names_its_file(
    tmp_path: Path, report: str, shared: str, file: str, code: str
) -> None:
    problems = problems_of(a_sharing_folder(tmp_path, report, shared))
    assert (file, code) in {(problem.file, problem.code) for problem in problems}


def test_a_period_of_its_own_has_its_due_moment(tmp_path: Path) -> None:
    days = "from: 01/01/2022, to: 31/5/2022, due: chậm nhất ngày 10/6/2022"
    period = f"{{kind: one_off, id: ra-soat, name: rà soát, {days}}}"
    regime = loaded(tmp_path, report=changed(REPORT, "{kind: year, due: chậm nhất ngày 10/12}", period))
    found = period_by_id(regime.reports[0], regime.timezone, regime.calendar, "ra-soat")
    assert found is not None
    assert found.due is not None
    assert found.due.isoformat() == "2022-06-11T00:00:00+07:00"


def test_a_deadline_with_a_year_holds_for_that_year_only(tmp_path: Path) -> None:
    regime = loaded(tmp_path, report=changed(REPORT, "trước ngày 10/6", "trước ngày 8/6/2022"))
    ids = ("2022-H1", "2023-H1")
    found = [period_by_id(regime.reports[0], regime.timezone, regime.calendar, one) for one in ids]
    assert [period is not None for period in found] == [True, False]


def test_a_regime_is_parsed_again_only_where_its_text_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    parse = YAML.load

    def watched(yaml: YAML, text: str) -> Any:
        parsed.append(text)
        return parse(yaml, text)

    monkeypatch.setattr(YAML, "load", watched)
    first = loaded(tmp_path)
    parsed.clear()
    assert load_regime(tmp_path) == first
    assert parsed == []
    other = changed(REPORT, "name: ", "name: Sửa đổi ")
    assert loaded(tmp_path, report=other).reports[0].name.startswith("Sửa đổi ")
    assert parsed == [other]


def test_what_is_missing_before_use_is_said(tmp_path: Path) -> None:
    regime = loaded(tmp_path, report=changed(REPORT, "due: trước ngày 10/6", 'due: ""'))
    found = missing_before_use(regime, date(2023, 6, 1))
    assert [problem.code for problem in found] == ["deadline_not_stated", "units_without_address"]
    assert "phải nhập hạn nộp trước khi sử dụng" in found[0].sentence(VIETNAMESE)
    assert "Phòng Nội chính" in found[1].sentence(VIETNAMESE)


@pytest.mark.parametrize(
    ("text", "last"), [("07:30-17:00", "16:59:59.999999"), ("0:00-24:00", "23:59:59.999999")]
)
def test_hours_end_before_their_end_and_a_day_at_24(text: str, last: str) -> None:
    hours = SendingModel.model_validate({"hours": text}).hours
    moment = datetime.combine(date(2031, 6, 5), time.fromisoformat(last))
    assert hours.hold(moment)
    assert not hours.hold(moment + timedelta(microseconds=1)) or text == "0:00-24:00"
    assert str(hours) == text.rjust(11, "0")
