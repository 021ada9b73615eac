"""Thiết lập, by an HTTP client: every change, who may make it, and what is refused."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from config.editing import units_as
from config.loader import load_regime
from config.regime import Regime
from config.secrets import secret
from config.units import Address, Unit
from config.units_sheet import COLUMNS, write_units
from consolidate.reminders import USUAL_LADDER
from desk.web.accounts import Role
from tests.offices import UNITS, Office, make_office, round_of_mail
from tests.smtp_server import running_smtp
from tests.web import PASSWORD, Client, Served, served_office

HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Served]:
    with served_office(make_office(tmp_path)) as served:
        yield served


def later(desk: Served) -> Client:
    """A client whose password was given too long ago to change anything of weight."""
    client = desk.client()
    desk.clock.now += timedelta(minutes=11)
    return client


def regime_of(desk: Served) -> Regime:
    return load_regime(desk.office.home / "regime")


def fields_of(html: str, action: str) -> dict[str, str]:
    """What a browser would send with the form of that action, as it stands."""
    from html import unescape

    (form,) = re.findall(
        rf'<form[^>]*method="post" action="{re.escape(action)}"[^>]*>(.*?)</form>', html, re.DOTALL
    )
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        told = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if told.get("type") in {"checkbox", "radio"} and " checked" not in tag:
            continue
        if "name" in told:
            found[told["name"]] = unescape(told.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found[name] = unescape(text)
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        values = re.findall(r'<option value="([^"]*)"( selected)?', options)
        found[name] = unescape(next((value for value, chosen in values if chosen), values[0][0]))
    return {name: value for name, value in found.items() if name != "form_token"}


def changed(desk: Served, page: str, /, **fields: str) -> Any:
    """Open the page, change these fields, give the password, save."""
    return changed_by(desk.client(), page, **fields)


def changed_by(client: Client, page: str, /, **fields: str) -> Any:
    """The same, by somebody."""
    sent = fields_of(client.get(page).text, page) | {"confirm_password": PASSWORD} | fields
    return client.send_form(page, **sent)


# -- who may ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "field", "value"),
    [
        ("/thiet-lap/gui-thu", "mode", "send"),
        ("/thiet-lap/don-vi", "r0c1", "UBND xã Mới"),
        ("/thiet-lap/lich", "nghi", "02/01/2026"),
        ("/thiet-lap/co-quan", "issuer", "Cơ quan khác"),
        ("/thiet-lap/bao-cao/bdg", "short_name", "Khác"),
        ("/thiet-lap/hop-thu", "mailbox_host", "khac.example"),
        ("/thiet-lap/mau-thu/don-doc-1", "loi", "Xin chào"),
    ],
)
def test_without_the_password_nothing_is_changed(desk: Served, page: str, field: str, value: str) -> None:
    before = {path: path.read_bytes() for path in desk.office.home.rglob("*.[cy][sa]*") if path.is_file()}
    client = later(desk)
    for password in ("", "mat khau khac han"):
        answer = changed_by(client, page, **{field: value, "confirm_password": password})
        assert answer.status_code == 403
        assert value in answer.text  # what was typed is not lost
    assert {path: path.read_bytes() for path in before} == before
    assert changed_by(desk.client(Role.READER), page, **{field: value}).status_code == 403
    assert {path: path.read_bytes() for path in before} == before
    again = fields_of(answer.text, page)
    answer = client.send_form(page, **again | {"confirm_password": PASSWORD})
    assert answer.status_code != 403


# -- the calendar, sending, reports ----------------------------------------------------------------------


def test_days_are_added_and_the_history_names_who(desk: Served) -> None:
    answer = changed(desk, "/thiet-lap/lich", nghi="02/01/2026\n30/4/2026", lam_bu="10/01/2026")
    assert answer.headers["location"] == "/thiet-lap/lich?notice=settings_saved"
    policy = regime_of(desk).calendar
    assert len(policy.extra_holidays) == 2
    assert len(policy.working_days) == 1
    history = desk.client().get("/thiet-lap/lich-su").text
    assert "Lò Thị Mai" in history
    assert "Lịch làm việc" in history


def test_a_day_that_is_none_is_told_with_its_text(desk: Served) -> None:
    answer = changed(desk, "/thiet-lap/lich", nghi="31/02/2026")
    assert answer.status_code == 422
    assert "31/02/2026" in answer.text
    assert "calendar.extra_holidays" in answer.text


def test_the_policy_of_sending_is_changed_key_by_key(desk: Served) -> None:
    answer = changed(
        desk, "/thiet-lap/gui-thu", mode="approve", daily_cap="90", leaders="ld@songmay.example",
        buoc1="don-doc-2", ngay1="4", sao1="1", receipts="1",
    )  # fmt: skip
    assert "settings_saved" in answer.headers["location"]
    policy = regime_of(desk).sending
    assert (policy.mode, policy.daily_cap, policy.leaders) == ("approve", 90, ("ld@songmay.example",))
    assert [(s.id, s.working_days, s.copy_second) for s in policy.steps] == [
        ("don-doc-1", 1, False),
        ("don-doc-2", 4, True),
    ]
    text = (desk.office.home / "regime" / "department.yaml").read_text("utf-8")
    assert "hourly_cap" not in text  # what was left alone is not written


def test_the_ladder_that_is_climbed_is_shown_where_the_office_wrote_none_and_is_not_emptied(
    tmp_path: Path,
) -> None:
    office = make_office(tmp_path)
    file = office.home / "regime" / "department.yaml"
    own = "  steps:\n    - {id: don-doc-1, working_days: 1}\n"
    assert own in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace(own, ""), "utf-8")
    with served_office(office) as desk:
        shown = re.findall(r'name="ngay\d" value="(-?\d+)"', desk.client().get("/thiet-lap/gui-thu").text)
        assert shown == [str(step.working_days) for step in USUAL_LADDER]
        assert "settings_saved" in changed(desk, "/thiet-lap/gui-thu", daily_cap="90").headers["location"]
        assert regime_of(desk).sending.steps == ()
        none = changed(desk, "/thiet-lap/gui-thu", buoc0="", buoc1="", buoc2="")
        assert none.status_code == 422
        assert "Phải có ít nhất một lần nhắc" in none.text


@pytest.mark.parametrize(
    ("field", "value"), [("daily_cap", "nhiều"), ("hours", "25:00-26:00"), ("mode", "x")]
)
def test_a_policy_that_cannot_be_is_refused(desk: Served, field: str, value: str) -> None:
    answer = changed(desk, "/thiet-lap/gui-thu", **{field: value})
    assert answer.status_code == 422
    assert f"sending.{field}" in answer.text
    assert regime_of(desk).sending.daily_cap == 150


def test_saving_without_a_change_changes_nothing(desk: Served) -> None:
    text = (desk.office.home / "regime" / "department.yaml").read_bytes()
    pages = ("co-quan", "gui-thu", "lich", "bao-cao/bdg", "don-vi")
    for page in (f"/thiet-lap/{each}" for each in pages):
        answer = changed(desk, page)
        assert "settings_same" in answer.headers["location"], page
    assert (desk.office.home / "regime" / "department.yaml").read_bytes() == text


def test_a_deadline_is_changed_and_another_wording_of_it_refused(desk: Served) -> None:
    page = "/thiet-lap/bao-cao/bdg"
    assert "settings_saved" in changed(desk, page, due0="trước ngày 10/6", paused="1").headers["location"]
    report = regime_of(desk).report("bdg")
    assert report.period_rules[0].due_text == "trước ngày 10/6"
    assert report.ladder is not None
    assert report.ladder.paused
    answer = changed(desk, page, due1="khi nào cũng được")
    assert answer.status_code == 422
    assert "periods[2].due" in answer.text


def test_two_officers_do_not_overwrite_each_other(desk: Served) -> None:
    page = "/thiet-lap/lich"
    client = desk.client()
    opened = fields_of(client.get(page).text, page)
    changed(desk, page, nghi="02/01/2026")
    answer = client.send_form(page, **opened | {"lam_bu": "10/01/2026", "confirm_password": PASSWORD})
    assert answer.status_code == 422
    assert "vừa được người khác thay đổi" in answer.text


def test_a_change_is_looked_at_and_taken_back(desk: Served) -> None:
    changed(desk, "/thiet-lap/gui-thu", mode="off")
    client = desk.client()
    (number,) = re.findall(r"/thiet-lap/lich-su/(\d+)", client.get("/thiet-lap/lich-su").text)
    page = f"/thiet-lap/lich-su/{number}"
    assert "mode: preview" in client.get(page).text
    assert client.send_form(page, confirm_password="sai").status_code == 403
    assert client.send_form(page, confirm_password=PASSWORD).status_code == 303
    assert regime_of(desk).sending.mode == "preview"
    assert client.get("/thiet-lap/lich-su/999999").status_code == 422


# -- the office itself -----------------------------------------------------------------------------------

OFFICE_PAGE = "/thiet-lap/co-quan"


def department_file(desk: Served) -> Path:
    return desk.office.home / "regime" / "department.yaml"


def test_the_office_is_named_anew_and_what_stands_around_stays(desk: Served) -> None:
    file = department_file(desk)
    text = file.read_text("utf-8")
    file.write_text(text.replace("  place:", "  # địa danh\n  place:"), "utf-8")
    answer = changed(
        desk, OFFICE_PAGE, name="Phòng Nội vụ  huyện Sông Mây", phone="0207123456", archive_line=" ",
        copies="Như trên\r\nChủ tịch, các Phó Chủ tịch\r\n\r\n",
        signatory_titles="TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH",
    )  # fmt: skip
    assert answer.headers["location"] == f"{OFFICE_PAGE}?notice=settings_saved"
    department = regime_of(desk).department
    assert (department.name, department.phone) == ("Phòng Nội vụ huyện Sông Mây", "0207123456")
    assert department.copies == ("Như trên", "Chủ tịch, các Phó Chủ tịch")
    assert department.signatory_titles == ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")
    assert department.archive_line == "VT"
    now = file.read_text("utf-8")
    assert "  # địa danh\n  place: Sông Mây\n" in now
    assert "letter_copies" not in now  # what was left alone is not written
    client = desk.client()
    assert "Phòng Nội vụ huyện Sông Mây" in client.get("/thiet-lap").text
    (number,) = re.findall(r"/thiet-lap/lich-su/(\d+)", client.get("/thiet-lap/lich-su").text)
    client.send_form(f"/thiet-lap/lich-su/{number}", confirm_password=PASSWORD)
    assert regime_of(desk).department.name == "Phòng Lao động huyện Sông Mây"


@pytest.mark.parametrize(
    ("fields", "field", "told"),
    [
        ({"name": " "}, "name", "Tên đầy đủ: không được để trống."),
        ({"mailbox": "hop thu"}, "mailbox", "Địa chỉ thư nhận báo cáo: “hop thu” không phải là địa chỉ thư"),
        ({"loai1_plural": ""}, "loai1_plural", "Loại đơn vị 2, Gọi chung: không được để trống."),
        ({"level": "x"}, "level", "Cấp của cơ quan: “x” không phải"),
        (
            {"loai0_name": "", "loai0_plural": "", "loai0_addressed_as": ""},
            "unit_kinds",
            "Loại đơn vị: “xã” đang có 4 đơn vị nên không bỏ được.",
        ),
    ],
)
@pytest.mark.parametrize("way", ["", "/thu"])
def test_a_fault_of_the_office_is_told_at_its_field(
    desk: Served, fields: dict[str, str], field: str, told: str, way: str
) -> None:
    before, client = department_file(desk).read_bytes(), desk.client()
    sent = fields_of(client.get(OFFICE_PAGE).text, OFFICE_PAGE) | {"issuer": "Đã gõ"} | fields
    answer = client.send_form(OFFICE_PAGE + way, **sent, confirm_password=PASSWORD)
    assert answer.status_code == 422
    assert told in answer.text
    assert f'id="{field}-fault"' in answer.text
    assert fields_of(answer.text, OFFICE_PAGE)["issuer"] == "Đã gõ"
    assert department_file(desk).read_bytes() == before


def test_a_kind_is_renamed_with_its_units_and_another_added(desk: Served) -> None:
    sheet = desk.office.home / "regime" / "units.csv"
    write_units(UNITS, sheet, regime_of(desk).unit_kinds)
    assert ",xã," in sheet.read_text("utf-8-sig")
    answer = changed(
        desk, OFFICE_PAGE, loai0_name="phường", loai0_level="commune", loai2_name="Trường học",
        loai2_plural="các trường", loai2_addressed_as="nhà trường",
    )  # fmt: skip
    assert "settings_saved" in answer.headers["location"]
    regime = regime_of(desk)
    assert [(kind.id, kind.name) for kind in regime.unit_kinds] == [
        ("commune", "phường"), ("department", "cơ quan"), ("truong-hoc", "Trường học"),
    ]  # fmt: skip
    assert regime.units == UNITS
    client = desk.client()
    for number in re.findall(r"/thiet-lap/lich-su/(\d+)", client.get("/thiet-lap/lich-su").text):
        client.send_form(f"/thiet-lap/lich-su/{number}", confirm_password=PASSWORD)
        if regime_of(desk).kind("commune").name == "xã":
            break
    assert (regime_of(desk).kind("commune").name, regime_of(desk).units) == ("xã", UNITS)


def test_two_kinds_of_one_name_are_refused(desk: Served) -> None:
    answer = changed(desk, OFFICE_PAGE, loai2_name="Xã", loai2_plural="các xã", loai2_addressed_as="quý xã")
    assert answer.status_code == 422
    assert "loại đơn vị “Xã” được khai hai lần" in answer.text


def test_another_area_is_tried_on_past_mail_before_it_is_saved(desk: Served) -> None:
    client = desk.client()
    sent = fields_of(client.get(OFFICE_PAGE).text, OFFICE_PAGE) | {"area": "huyện Suối Xa"}
    answer = client.send_form(f"{OFFICE_PAGE}/thu", **sent)
    assert answer.status_code == 200
    assert "Chưa lưu gì." in answer.text
    assert regime_of(desk).department.area == "huyện Sông Mây"
    carried = fields_of(answer.text, OFFICE_PAGE)
    answer = client.send_form(OFFICE_PAGE, **carried | {"confirm_password": PASSWORD})
    assert "settings_saved" in answer.headers["location"]
    assert regime_of(desk).department.area == "huyện Suối Xa"


# -- units -----------------------------------------------------------------------------------------------


def test_a_unit_is_changed_and_another_added(desk: Served) -> None:
    row = len(UNITS)
    answer = changed(desk, "/thiet-lap/don-vi", **{
        "r3c5": "vanthu@suoidau.example; cá nhân: mo@suoidau.example (Hà Thị Mơ)",
        f"r{row}c0": "tan-lap", f"r{row}c1": "UBND xã Tân Lập", f"r{row}c2": "xã",
    })  # fmt: skip
    assert "settings_saved" in answer.headers["location"]
    regime = regime_of(desk)
    assert [each.address for each in regime.unit("suoi-dau").addresses] == [
        "vanthu@suoidau.example",
        "mo@suoidau.example",
    ]
    assert regime.units[-1] == Unit("tan-lap", "UBND xã Tân Lập", "commune")
    assert regime.units[:3] == UNITS[:3]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"r0c5": "khong phai dia chi"}, "địa chỉ thư"),
        ({"r0c1": ""}, "binh-minh, cột “tên”"),
        ({"r1c2": "làng"}, "UBND xã Đồng Tâm, cột “loại”"),
        ({"r7c0": "y-te", "r7c1": "Phòng Y tế khác", "r7c2": "cơ quan"}, "đã dùng cho đơn vị khác"),
        ({"r0c0": "ten-khac"}, "Mã của một đơn vị không đổi"),
        ({"r7c0": "xa-la", "r7c1": "UBND xã Bình Minh", "r7c2": "xã"}, "Bình Minh"),
    ],
)
def test_a_faulty_row_is_named_and_nothing_is_saved(desk: Served, fields: dict[str, str], told: str) -> None:
    answer = changed(desk, "/thiet-lap/don-vi", **fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert regime_of(desk).units == UNITS


def sheet(*rows: list[str], heading: tuple[str, ...] = COLUMNS) -> bytes:
    book = openpyxl.Workbook()
    for row in (list(heading), *rows):
        book.worksheets[0].append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def look(desk: Served, content: bytes, name: str = "don vi.xlsx") -> Any:
    return desk.client().send_form("/thiet-lap/don-vi/nhap", files={"bang": (name, content)})


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_sheet_goes_out_and_comes_back_the_same(desk: Served, kind: str) -> None:
    answer = desk.client().get(f"/thiet-lap/don-vi/tai-ve?dang={kind}")
    assert "attachment" in answer.headers["content-disposition"]
    assert "không có gì để lưu" in look(desk, answer.content, f"a.{kind}").text


def test_a_sheet_is_shown_before_it_is_saved_and_units_it_leaves_out_stay(desk: Served) -> None:
    units = (UNITS[0], Unit("moi", HOSTILE + "xã", "commune", addresses=(Address("m@x.example"),)))
    kinds = regime_of(desk).unit_kinds
    shown = look(desk, units_as("units.xlsx", units, kinds))
    assert shown.status_code == 200
    assert HOSTILE not in shown.text
    assert "6 đơn vị không có trong tệp được giữ nguyên" in shown.text
    assert regime_of(desk).units == UNITS
    fields = fields_of(shown.text, "/thiet-lap/don-vi/nhap/luu")
    client = later(desk)
    assert client.send_form("/thiet-lap/don-vi/nhap/luu", **fields).status_code == 403
    answer = client.send_form("/thiet-lap/don-vi/nhap/luu", **fields | {"confirm_password": PASSWORD})
    assert answer.headers["location"].startswith("/thiet-lap/don-vi?notice=settings_saved")
    assert regime_of(desk).units == (*UNITS, units[1])


def test_faults_of_a_sheet_are_named_by_row_and_column(desk: Served) -> None:
    shown = look(desk, sheet(["a b", "Xã A", "xã"], ["b", "", "xã"], ["c", "Xã C", "tỉnh"]))
    assert shown.status_code == 422
    for told in ("dòng 2, cột “mã”", "dòng 3, cột “tên”", "dòng 4, cột “loại”"):
        assert told[0].upper() + told[1:] in shown.text or told in shown.text


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.xlsx"),
        (b"PK\x03\x04 hong", "a.xlsx"),
        (b"MZ\x90", "a.exe"),
        (b"\xff\xfe\x00", "a.csv"),
        (b"a" * 100_000, "../../regime/units.csv"),
    ],
)
def test_what_is_no_sheet_is_told_and_harms_nothing(desk: Served, content: bytes, name: str) -> None:
    assert look(desk, content, name).status_code == 422
    assert regime_of(desk).units == UNITS


def test_a_cell_in_the_last_corner_of_a_sheet_is_refused_at_once(desk: Served) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["XFD1048576"] = "x"
    stream = io.BytesIO()
    book.save(stream)
    assert look(desk, stream.getvalue()).status_code == 422


def test_large_tables_are_paged_and_searched_without_accents(tmp_path: Path) -> None:
    units = tuple(Unit(f"xa-{n}", f"UBND xã Đồng {n:03d}", "commune") for n in range(120))
    with served_office(make_office(tmp_path, units)) as desk:
        client = desk.client()
        assert client.get("/thiet-lap/don-vi").text.count('ma" value="xa-') == 40
        assert 'value="xa-119"' in client.get("/thiet-lap/don-vi?trang=3").text
        found = client.get("/thiet-lap/don-vi?q=dong+077").text
        assert found.count('ma" value="xa-') == 1
        page = "/thiet-lap/don-vi"
        sent = fields_of(found, page) | {"r0c1": "UBND xã Đổi Tên", "confirm_password": PASSWORD}
        assert client.send_form(page, **sent).status_code == 303
        assert regime_of(desk).unit("xa-77").name == "UBND xã Đổi Tên"
        assert len(regime_of(desk).units) == 120


# -- mail account ----------------------------------------------------------------------------------------


def test_a_password_of_the_environment_is_said_to_be_there_and_not_kept_twice(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGHOP_PASSWORD", "tu-may")
    client = desk.client()
    assert "biến môi trường TONGHOP_PASSWORD" in client.get("/thiet-lap/hop-thu").text
    answer = client.send_form("/thiet-lap/hop-thu/mat-khau", ten="password", bi_mat="khac-han")
    assert answer.status_code == 422
    assert "không có tác dụng nên không được giữ" in answer.text
    assert not (desk.office.home / "secret").exists()


def test_a_password_goes_in_and_never_comes_out(desk: Served) -> None:
    client = desk.client()
    told = {"ten": "password", "bi_mat": "abcd efgh ijkl", "confirm_password": PASSWORD}
    refused = client.send_form("/thiet-lap/hop-thu/mat-khau", **told | {"confirm_password": "sai"})
    assert refused.status_code == 403
    assert "abcd efgh" not in refused.text
    assert secret("password", desk.office.home, {}) is None
    assert client.send_form("/thiet-lap/hop-thu/mat-khau", **told).status_code == 303
    found = secret("password", desk.office.home, {})
    assert found is not None
    assert found.reveal() == "abcd efgh ijkl"
    assert (desk.office.home / "secret").stat().st_mode & 0o077 == 0
    assert f"lưu trong tệp {desk.office.home / 'secret'}" in client.get("/thiet-lap/hop-thu").text
    for page in ("/thiet-lap/hop-thu", "/nhat-ky", "/thiet-lap/lich-su"):
        assert "abcd efgh" not in client.get(page).text
    bad = {"ten": "../x", "bi_mat": "x", "confirm_password": PASSWORD}
    assert client.send_form("/thiet-lap/hop-thu/mat-khau", **bad).status_code == 422


def test_the_account_is_written_and_the_rest_of_the_file_stays(desk: Served) -> None:
    desk.office.settings("# của tôi\nofficer: Lò Thị Mai\n")
    answer = changed(
        desk, "/thiet-lap/hop-thu", mailbox_host="imap.songmay.example", mailbox_user="p@songmay.example",
        mailbox_folders="inbox\n=Báo cáo", mailbox_start="01/01/2023",
    )  # fmt: skip
    assert "settings_saved" in answer.headers["location"]
    text = (desk.office.home / "settings.yaml").read_text("utf-8")
    assert text.startswith("# của tôi\nofficer: Lò Thị Mai\n")
    assert "smtp" not in text
    wrong = changed(desk, "/thiet-lap/hop-thu", mailbox_port="chín")
    assert wrong.status_code == 422
    assert "mailbox.port" in wrong.text
    gone = changed(desk, "/thiet-lap/hop-thu", mailbox_host="", mailbox_user="")
    assert "settings_saved" in gone.headers["location"]
    assert "mailbox" not in (desk.office.home / "settings.yaml").read_text("utf-8")


def test_the_connection_is_tried_and_told_in_a_sentence(desk: Served) -> None:
    with running_smtp() as server:
        settings = server.settings()
        desk.office.settings(
            f"smtp:\n  host: {settings.host}\n  user: {settings.user}\n  port: {settings.port}\n"
            f"  encryption: {settings.encryption.value}\n  ca_file: {settings.ca_file}\n"
        )
        client = desk.client()
        for password, told in (
            (server.password, "Đăng nhập được máy chủ gửi thư"),
            ("sai", "từ chối đăng nhập"),
        ):
            given = {"ten": "smtp_password", "bi_mat": password, "confirm_password": PASSWORD}
            assert client.send_form("/thiet-lap/hop-thu/mat-khau", **given).status_code == 303
            answer = client.send_form("/thiet-lap/hop-thu/kiem-tra")
            assert answer.status_code == 200
            assert told in answer.text
        assert server.mails == []


# -- letters ---------------------------------------------------------------------------------------------


def test_a_letter_is_previewed_saved_and_set_back(desk: Served) -> None:
    page = "/thiet-lap/mau-thu/don-doc-1"
    client = desk.client()
    words = f"Kính gửi: {{{{ addressee }}}}\n\n{HOSTILE} Đề nghị gửi {{{{ the_reports }}}}."
    shown = client.send_form(f"{page}/xem-thu", loi=words)
    assert "Đề nghị gửi báo cáo nêu trên" in shown.text
    assert HOSTILE not in shown.text
    assert "settings_saved" in changed(desk, page, loi=words).headers["location"]
    assert (desk.office.home / "templates/mail/don-doc-1.txt").read_text("utf-8") == words + "\n"
    assert "đã sửa" in client.get("/thiet-lap/mau-thu").text
    assert "settings_saved" in changed(desk, page, viec="mac_dinh").headers["location"]
    assert not (desk.office.home / "templates/mail/don-doc-1.txt").exists()


@pytest.mark.parametrize("words", ["{{ cycler.__init__ }}", "{% if x %}", "{{ ten_la }}", ""])
def test_words_that_cannot_be_used_are_told_and_not_saved(desk: Served, words: str) -> None:
    page = "/thiet-lap/mau-thu/don-doc-1"
    assert "Lời thư này chưa dùng được" in desk.client().send_form(f"{page}/xem-thu", loi=words).text
    assert changed(desk, page, loi=words).status_code == 422
    assert not (desk.office.home / "templates").exists()


def test_a_letter_spoiled_outside_the_browser_is_shown_with_its_fault(desk: Served) -> None:
    own = desk.office.home / "templates/mail/don-doc-1.txt"
    own.parent.mkdir(parents=True)
    own.write_bytes("Kính gửi".encode("utf-16"))
    assert "don-doc-1" in desk.client().get("/thiet-lap/mau-thu").text
    assert "không được lưu theo mã UTF-8" in desk.client().get("/thiet-lap/mau-thu/don-doc-1").text
    own.write_text("{{ number }}", "utf-8")  # a fact of receipts alone
    assert "dòng 1" in desk.client().get("/thiet-lap/mau-thu/don-doc-1").text


def test_there_is_no_letter_outside_the_folder(desk: Served) -> None:
    for name in ("..%2F..%2Fsettings", "khong-co"):
        assert desk.client().get(f"/thiet-lap/mau-thu/{name}").status_code in {404, 422}


# -- trying ----------------------------------------------------------------------------------------------


def round_office(folder: Path) -> Office:
    office = make_office(folder)
    round_of_mail(office)
    office.take_in()
    return office


def test_settings_are_tried_on_the_mail_that_came_and_saved_from_there(tmp_path: Path) -> None:
    with served_office(round_office(tmp_path)) as desk:
        client = desk.client()
        page = "/thiet-lap/don-vi"
        sent = fields_of(client.get(page).text, page) | {"r3c5": "ban@rieng.example"}
        answer = client.send_form(f"{page}/thu", **sent)
        assert answer.status_code == 200
        assert "ban@rieng.example" in answer.text
        assert "1 thư sẽ có kết quả khác" in answer.text
        assert regime_of(desk).units == UNITS
        saved = client.send_form(page, **fields_of(answer.text, page) | {"confirm_password": PASSWORD})
        assert "settings_saved" in saved.headers["location"]
        assert regime_of(desk).unit("suoi-dau").addresses == (Address("ban@rieng.example"),)
        assert client.send_form("/thiet-lap/lich/thu", nghi="hôm nào").status_code == 422


# -- reports as a workbook -------------------------------------------------------------------------------


WORKBOOK = "/thiet-lap/bao-cao/nhap"


def reports_book(desk: Served, *rows: tuple[str, dict[str, str]]) -> bytes:
    """The workbook as the desk gives it, further rows filled in below."""
    answer = desk.client().get("/thiet-lap/bao-cao/tai-ve")
    assert "attachment" in answer.headers["content-disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    for sheet, cells in rows:
        page = book[sheet]
        row, columns = page.max_row + 1, [cell.value for cell in page[1]]
        for column, text in cells.items():
            page.cell(row, columns.index(column) + 1).value = text
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def looked_at(desk: Served, content: bytes, name: str = "chế độ.xlsx") -> Any:
    return desk.client().send_form(WORKBOOK, files={"bang": (name, content)})


POVERTY = (
    "Báo cáo",
    {
        "tên báo cáo": "Báo cáo công tác giảm nghèo" + HOSTILE,
        "tên ngắn": "Giảm nghèo",
        "đơn vị phải nộp": "xã",
        "kỳ": "quý",
        "hạn nộp": "trước ngày 20 tháng cuối quý",
    },
)


def test_the_workbook_of_reports_comes_back_without_a_change(desk: Served) -> None:
    assert "không có gì để lưu" in looked_at(desk, reports_book(desk)).text


def test_a_report_is_added_by_a_workbook_and_only_with_the_password(desk: Served) -> None:
    shown = looked_at(desk, reports_book(desk, POVERTY))
    assert shown.status_code == 200
    assert HOSTILE not in shown.text
    assert "trước ngày 20 tháng cuối quý" in shown.text
    assert [report.id for report in regime_of(desk).reports] == ["bdg"]
    fields = fields_of(shown.text, f"{WORKBOOK}/luu")
    client = later(desk)
    assert client.send_form(f"{WORKBOOK}/luu", **fields).status_code == 403
    answer = client.send_form(f"{WORKBOOK}/luu", **fields | {"confirm_password": PASSWORD})
    assert answer.headers["location"].startswith("/thiet-lap/bao-cao?notice=settings_saved")
    assert [report.short_name for report in regime_of(desk).reports] == ["BĐG", "Giảm nghèo"]
    assert "Giảm nghèo" in client.get("/thiet-lap/bao-cao/giam-ngheo").text


def test_a_workbook_is_tried_on_past_mail_before_it_is_saved(desk: Served) -> None:
    fields = fields_of(looked_at(desk, reports_book(desk, POVERTY)).text, f"{WORKBOOK}/luu")
    answer = desk.client().send_form(f"{WORKBOOK}/luu/thu", **fields)
    assert answer.status_code == 200
    assert "Chưa lưu gì" in answer.text
    assert [report.id for report in regime_of(desk).reports] == ["bdg"]


def test_a_deadline_that_may_be_meant_otherwise_is_saved_only_when_confirmed(desk: Served) -> None:
    half = (POVERTY[0], POVERTY[1] | {"kỳ": "6 tháng", "hạn nộp": "trước ngày 10/7"})
    shown = looked_at(desk, reports_book(desk, half)).text
    assert "không thu 6 tháng cuối năm" in shown
    assert re.search(r"6 tháng đầu năm \d+: nộp đến hết ngày 09/07", shown)
    fields = {name: text for name, text in fields_of(shown, f"{WORKBOOK}/luu").items() if name != "xac_nhan"}
    answer = desk.client().send_form(f"{WORKBOOK}/luu", **fields, confirm_password=PASSWORD)
    assert answer.status_code == 422
    assert "Chưa đánh dấu xác nhận" in answer.text
    answer = desk.client().send_form(f"{WORKBOOK}/luu", **fields, xac_nhan="1", confirm_password=PASSWORD)
    assert answer.headers["location"].startswith("/thiet-lap/bao-cao?notice=settings_saved")


def test_kinds_of_unit_in_a_workbook_are_the_administrators(desk: Served) -> None:
    content = reports_book(desk, ("Loại đơn vị", {"tên loại": "trường"}))
    shown = desk.client(Role.OFFICER).send_form(WORKBOOK, files={"bang": ("a.xlsx", content)})
    assert (shown.status_code, "chỉ người quản trị" in shown.text) == (422, True)
    fields = fields_of(looked_at(desk, content).text, f"{WORKBOOK}/luu") | {"confirm_password": PASSWORD}
    assert desk.client(Role.OFFICER).send_form(f"{WORKBOOK}/luu", **fields).status_code == 422
    assert "truong" not in {kind.id for kind in regime_of(desk).unit_kinds}
    desk.client().send_form(f"{WORKBOOK}/luu", **fields)
    assert "truong" in {kind.id for kind in regime_of(desk).unit_kinds}


def test_faults_of_a_workbook_are_named_by_sheet_row_and_column(desk: Served) -> None:
    wrong = (POVERTY[0], POVERTY[1] | {"kỳ": "tuần"})
    shown = looked_at(desk, reports_book(desk, wrong, ("Chỉ tiêu", {"chỉ tiêu": "Hộ nghèo"})))
    assert shown.status_code == 422
    assert "trang “Báo cáo”, dòng 4, cột “kỳ”" in shown.text
    assert "trang “Chỉ tiêu”, dòng 9, cột “đơn vị tính”" in shown.text


@pytest.mark.parametrize(
    ("content", "name"), [(b"", "a.xlsx"), (b"PK\x03\x04 hong", "a.xlsx"), (b"ma,ten", "a.csv")]
)
def test_what_is_no_workbook_is_told_and_harms_nothing(desk: Served, content: bytes, name: str) -> None:
    assert looked_at(desk, content, name).status_code == 422
    assert (
        desk.client().send_form(f"{WORKBOOK}/luu", noi_dung="&&", confirm_password=PASSWORD).status_code
        == 422
    )
    assert [report.id for report in regime_of(desk).reports] == ["bdg"]
