"""What a unit reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from config.loader import load_regime
from config.regime import Regime, UnitKind
from config.sending import ChaseStep
from config.shipped import copy_regime, shipped_regimes
from config.units import Address, Unit
from config.wording import Wording
from consolidate.reminders import OpenItem, Reminder
from desk.mailing.letters import MailTemplateError, Stationery, addressee, compose, folded, item_name
from ledger.records import ObligationKey, OutgoingMessage
from tests.builders_consolidate import DUE, PERIOD, REPORT, at, regime

BEFORE = ChaseStep("nhac-truoc-han", -3, "nhac-truoc-han")
FIRST = ChaseStep("don-doc-1", 1, "don-doc-1")
SECOND = ChaseStep("don-doc-2", 4, "don-doc-2")
STEPS = (BEFORE, FIRST, SECOND)
UNIT = Unit("cao-phong", "UBND xã Cao Phong", "commune", addresses=(Address("vt@cao-phong.example"),))
OFFICE = Unit("kinh-te", "Phòng Kinh tế huyện Bình Sơn", "office")
MONTHLY = replace(REPORT, id="bc-thang", name="Báo cáo công tác tháng")
WORDING = Wording()
KEY = b"mot khoa de thu"


def department() -> Regime:
    made = regime((UNIT, OFFICE), replace(REPORT, ordered_by="Công văn số 12/UBND của UBND huyện Bình Sơn"))
    with_phone = replace(made.department, contact="Lò Thị Mai", phone="0270 123 456")
    return replace(made, department=with_phone)


def item(unit: Unit = UNIT, report: Any = None, due: datetime = DUE) -> OpenItem:
    report = report or department().reports[0]
    return OpenItem(ObligationKey(unit.id, report.id, PERIOD.id), report, PERIOD, due)


def mail(
    step: ChaseStep = FIRST,
    unit: Unit = UNIT,
    items: Sequence[OpenItem] = (),
    now: str = "2023-06-06T08:05",
    overrides: Path | None = None,
    of: Regime | None = None,
    **more: Any,
) -> OutgoingMessage:
    reminder = Reminder(unit, step, tuple(items) or (item(unit),), ("vt@cao-phong.example",), **more)
    return compose(Stationery(of or department(), WORDING, KEY, overrides), reminder, at(now))


def joined(text: str) -> str:
    """The text with folded lines joined again."""
    return " ".join(text.split())


def test_the_first_urging_reads_as_a_clerk_would_write_it() -> None:
    assert (
        mail().text
        == """\
Kính gửi: Ủy ban nhân dân xã Cao Phong

Theo Công văn số 12/UBND của UBND huyện Bình Sơn, Ủy ban nhân dân xã có
trách nhiệm gửi báo cáo. Đến 08 giờ 05 phút ngày 06/6/2023, Phòng Thử nghiệm
huyện Bình Sơn chưa nhận được báo cáo của Ủy ban nhân dân xã, cụ thể:

- Báo cáo công tác thử nghiệm 6 tháng đầu năm 2023: thời hạn trước
  ngày 05/6/2023, đã quá hạn 02 ngày.

Để bảo đảm tiến độ tổng hợp, đề nghị Ủy ban nhân dân xã khẩn trương gửi báo
cáo nêu trên.

Báo cáo gồm bản có chữ ký, đóng dấu kèm tệp văn bản và biểu số liệu, gửi về
hộp thư điện tử tonghop@example.vn. Đề nghị không đặt mật khẩu cho tệp; dung
lượng mỗi thư không quá 20 MB.

Trường hợp đã gửi báo cáo, đề nghị thông báo lại bằng cách trả lời thư này
hoặc gọi điện thoại số 0270 123 456 để kiểm tra, đối chiếu.

Trân trọng./.

Phòng Thử nghiệm huyện Bình Sơn
Người liên hệ: Lò Thị Mai
Điện thoại: 0270 123 456
Thư điện tử: tonghop@example.vn

(Thư này được soạn và gửi tự động từ phần mềm tổng hợp báo cáo; thư trả lời
do cán bộ phụ trách tiếp nhận.)
"""
    )


def test_the_reminder_before_the_due_day_accuses_nobody() -> None:
    reminding = mail(BEFORE, now="2023-05-31T08:00")
    assert reminding.subject == "V/v thời hạn gửi báo cáo công tác thử nghiệm 6 tháng đầu năm 2023"
    assert "quá hạn" not in reminding.text
    assert "đôn đốc" not in reminding.text + reminding.subject
    assert "thời hạn trước ngày 05/6/2023." in joined(reminding.text)


def test_the_second_urging_names_the_first_only_when_it_went() -> None:
    told = mail(SECOND, now="2023-06-08T08:00", reminded=at("2023-06-05T09:00"))
    assert told.subject.startswith("V/v tiếp tục đôn đốc gửi báo cáo")
    assert "Tiếp theo thư nhắc ngày 05/6/2023, đến 08 giờ 00 phút ngày 08/6/2023, Phòng" in joined(told.text)
    untold = mail(SECOND, now="2023-06-08T08:00")
    assert untold.subject.startswith("V/v đôn đốc gửi báo cáo")
    assert "thư nhắc" not in joined(untold.text)
    for urging in (told, untold):
        assert "để báo cáo lãnh đạo UBND huyện Bình Sơn" in joined(urging.text)


@pytest.mark.parametrize(
    ("name", "period", "said"),
    [
        ("Báo cáo năm 2023", "năm 2023", "Báo cáo năm 2023"),
        ("Báo cáo công tác", "6 tháng đầu năm 2023", "Báo cáo công tác 6 tháng đầu năm 2023"),
        ("Báo cáo Tháng hành động", "Tháng hành động năm 2023", "Báo cáo Tháng hành động năm 2023"),
        ("Báo cáo tháng", "tháng 5 năm 2023", "Báo cáo tháng 5 năm 2023"),
    ],
)
def test_a_report_and_its_period_say_nothing_twice(name: str, period: str, said: str) -> None:
    told = item_name(replace(REPORT, name=name), replace(PERIOD, name=period), WORDING)
    assert told == said


def test_every_open_report_is_named_with_its_own_due_moment() -> None:
    items = (item(), item(report=MONTHLY, due=at("2023-06-10T17:00")))
    urging = mail(items=items)
    assert urging.subject == "V/v đôn đốc gửi 02 báo cáo"
    text = joined(urging.text)
    first = (
        "- Báo cáo công tác thử nghiệm 6 tháng đầu năm 2023: "
        "thời hạn trước ngày 05/6/2023, đã quá hạn 02 ngày;"
    )
    second = "- Báo cáo công tác tháng 6 tháng đầu năm 2023: thời hạn trước 17 giờ 00 phút ngày 10/6/2023."
    assert f"{first} {second}" in text
    assert "các báo cáo nêu trên" in text
    assert "Thực hiện" not in text  # two letters asked, and neither for both
    assert urging.keys == (items[0].key, items[1].key)


def test_a_report_late_within_its_last_day_is_not_said_to_be_days_late() -> None:
    urging = mail(items=(item(due=at("2023-06-06T08:00")),))
    assert "ngày 06/6/2023, đã quá hạn." in joined(urging.text)


@pytest.mark.parametrize("step", STEPS)
def test_no_line_is_too_long_for_a_mail_program_and_no_place_is_left_open(step: ChaseStep) -> None:
    for unit in (UNIT, OFFICE):
        text = mail(step, unit, (item(unit), item(unit, MONTHLY)), reminded=at("2023-06-01T08:00")).text
        assert max(map(len, text.splitlines())) <= 78
        assert not any(line.startswith(("- Thương", ",", ".", ";", " -")) for line in text.splitlines())
        assert not {"{", "}", "…", "None"} & set(text)
        assert "None" not in text
        assert "  " not in text.replace("\n  ", "\n")


def test_every_letter_asks_for_no_password_names_the_size_and_offers_to_be_corrected() -> None:
    for step in STEPS:
        text = joined(mail(step).text)
        assert "Đề nghị không đặt mật khẩu cho tệp; dung lượng mỗi thư không quá 20 MB." in text
        assert "Trường hợp đã gửi báo cáo, đề nghị thông báo lại" in text
        assert "gửi về hộp thư điện tử tonghop@example.vn" in text


def test_a_dash_in_a_name_never_begins_a_line() -> None:
    for width in range(20, 77):
        text = folded("Phòng Lao động - Thương binh và Xã hội huyện Bình Sơn " * 3, width)
        assert not any(line.startswith("-") for line in text.splitlines()), width


def test_an_hour_is_never_parted_from_its_minutes() -> None:
    moment_ = "08 giờ 00 phút ngày 09/6/2026"
    for before in range(40, 76):
        lines = folded(f"{'x' * before} {moment_}, chưa nhận được báo cáo.").splitlines()
        assert any("08 giờ 00 phút" in line for line in lines)


def test_an_office_is_spoken_to_as_one() -> None:
    text = joined(mail(unit=OFFICE).text)
    assert text.startswith("Kính gửi: Phòng Kinh tế huyện Bình Sơn ")
    assert "chưa nhận được báo cáo của quý cơ quan" in text


@pytest.mark.parametrize(
    ("name", "kind", "addressed_as", "expected"),
    [
        ("UBND xã Cao Phong", "xã", "Ủy ban nhân dân xã", "Ủy ban nhân dân xã Cao Phong"),
        ("Ủy ban nhân dân xã Cao Phong", "xã", "Ủy ban nhân dân xã", "Ủy ban nhân dân xã Cao Phong"),
        ("xã Cao Phong", "xã", "Ủy ban nhân dân xã", "Ủy ban nhân dân xã Cao Phong"),
        ("UBND thị trấn Kim Tân", "thị trấn", "Ủy ban nhân dân thị trấn", "Ủy ban nhân dân thị trấn Kim Tân"),
        ("Thôn 3", "thôn", "đồng chí Trưởng thôn", "Đồng chí Trưởng thôn 3"),
        ("Hội Nông dân xã Cao Phong", "đoàn thể", "đoàn thể", "Hội Nông dân xã Cao Phong"),
        ("Cơ quan Thanh tra", "cơ quan", "quý cơ quan", "Cơ quan Thanh tra"),
        ("Trạm Y tế xã Cao Phong", "ngành", "đơn vị", "Trạm Y tế xã Cao Phong"),
    ],
)
def test_a_letter_is_addressed_as_offices_address_each_other(
    name: str, kind: str, addressed_as: str, expected: str
) -> None:
    assert addressee(Unit("x", name, "k"), UnitKind("k", kind, kind, addressed_as)) == expected


def test_a_commune_asks_its_hamlets_for_no_seal() -> None:
    commune = replace(department(), department=replace(department().department, level="commune"))
    assert "Báo cáo gồm bản có chữ ký kèm" in joined(mail(of=commune).text)
    assert "đóng dấu" not in mail(of=commune).text


def test_a_report_without_figures_asks_for_none() -> None:
    text = mail(items=(item(report=replace(REPORT, indicators=())),)).text
    assert "biểu số liệu" not in joined(text)


def test_a_message_id_is_fixed_by_what_the_mail_is_about() -> None:
    first = mail(now="2023-06-05T08:00")
    assert first.message_id == mail(now="2023-06-06T17:00").message_id
    assert first.message_id.startswith("<don-doc-1.cao-phong.")
    assert first.message_id.endswith("@tonghop.example.vn>")
    others = {
        mail(SECOND).message_id,
        mail(kind="chase-2").message_id,
        mail(items=(item(), item(report=MONTHLY))).message_id,
        mail(unit=OFFICE).message_id,
    }
    assert len(others | {first.message_id}) == 5


def test_a_message_id_needs_no_mailbox() -> None:
    without = replace(department(), department=replace(department().department, mailbox=""))
    assert mail(of=without).message_id.endswith("@tonghop.binh-son.invalid>")


def test_the_departments_own_template_wins(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "don-doc-1.txt").write_text("Gửi {{ addressee }}.\n", "utf-8")
    assert mail(overrides=tmp_path).text == "Gửi Ủy ban nhân dân xã Cao Phong.\n"


def test_a_step_of_the_departments_own_making_has_a_letter() -> None:
    assert mail(ChaseStep("lan-ba", 9, "lan-ba")).text == mail(FIRST).text
    assert (
        mail(ChaseStep("som", -9, "som"), now="2023-05-20T08:00").text
        == mail(BEFORE, now="2023-05-20T08:00").text
    )


def told_of(tmp_path: Path, name: str, template: str | bytes) -> str:
    """What the officer is told when a template of the department's own cannot be used."""
    (tmp_path / "mail").mkdir()
    octets = template if isinstance(template, bytes) else template.encode()
    (tmp_path / "mail" / name).write_bytes(octets)
    with pytest.raises(MailTemplateError) as broken:
        mail(overrides=tmp_path)
    return WORDING(broken.value.key, **broken.value.places)


@pytest.mark.parametrize(
    "template",
    ["{{ khong_co }}", "{% if %}", "{{ addressee.x.y }}", "{{ 1 / 0 }}", "{{ addressee + 1 }}",
     "{{ items[99] }}", "{% for n in range(10 ** 9) %}{% endfor %}",
     "{{ addressee.format(1) }}{{ '%d' % addressee }}", "{% include 'mail/don-doc-1.txt' %}"],
)  # fmt: skip
def test_a_broken_template_is_named_with_its_line(tmp_path: Path, template: str) -> None:
    told = told_of(tmp_path, "don-doc-1.txt", f"Kính gửi:\n{template}\n")
    assert "mail/don-doc-1.txt" in told
    assert "dòng 2" in told


def test_a_fault_in_a_part_is_told_of_the_part(tmp_path: Path) -> None:
    told = told_of(tmp_path, "_ket.txt", "Trân trọng./.\n\n{{ khong_co }}\n")
    assert "mail/_ket.txt”: lỗi ở dòng 3" in told


@pytest.mark.parametrize("name", ["don-doc-1.txt", "_ket.txt"])
@pytest.mark.parametrize("encoding", ["utf-16", "cp1258"])
def test_a_template_that_is_not_utf_8_is_told_with_how_to_save_it(
    tmp_path: Path, name: str, encoding: str
) -> None:
    told = told_of(tmp_path, name, "Đề nghị gửi báo cáo".encode(encoding, "replace") + b"\xff")
    assert f"mail/{name}" in told
    assert "UTF-8" in told


@pytest.mark.parametrize("template", ["", " \n\n", "{# ghi chú #}", "{% if not items %}x{% endif %}"])
def test_a_template_that_says_nothing_writes_no_empty_mail(tmp_path: Path, template: str) -> None:
    assert "mail/don-doc-1.txt" in told_of(tmp_path, "don-doc-1.txt", template)


def test_the_mark_that_notepad_begins_a_file_with_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    for name in ("_kinh-gui.txt", "don-doc-1.txt"):
        text = "Kính gửi: {{ addressee }}" if name[0] == "_" else "{% include 'mail/_kinh-gui.txt' %}"
        (tmp_path / "mail" / name).write_text(text, "utf-8-sig")
    assert mail(overrides=tmp_path).text == "Kính gửi: Ủy ban nhân dân xã Cao Phong\n"


def test_every_shipped_regime_has_letters_for_all_its_units_and_steps(tmp_path: Path) -> None:
    for name in shipped_regimes():
        copy_regime(name, tmp_path / name)
        shipped = load_regime(tmp_path / name)
        for unit in shipped.units:
            for step in shipped.sending.steps or STEPS:
                text = mail(step, unit, of=shipped).text
                assert max(map(len, text.splitlines())) <= 78, (unit.id, text)
                assert not text.startswith("Kính gửi: UBND"), text


#: What stands in mails, which are Vietnamese always.
SAID = ("outgoing.advice", "outgoing.booked", "outgoing.role", "outgoing.your_mail")


def test_both_languages_know_every_fault_of_sending() -> None:
    english = Wording("en")
    for key in sorted(WORDING.keys()):
        if key.startswith("outgoing.") and not key.startswith(
            ("outgoing.subject", "outgoing.item", "outgoing.the_report", "outgoing.several", *SAID)
        ):
            assert english(key) != WORDING(key), key
