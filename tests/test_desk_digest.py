"""The officer's morning page: a quiet day, a busy one, and one with trouble."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desk.mailing import digest
from desk.mailing.chasing import chase
from desk.mailing.digest import digest_lines
from desk.upkeep.doctor import Examined
from ledger.records import Delivery, OutboxState
from tests.offices import BY_ID, DEPARTMENT, Office, address, at, figures, make_office, note, report_mail

BROKEN = ("bao cao.docx", b"PK\x03\x04 hong")
SENDING = DEPARTMENT.replace("mode: preview", "mode: send")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return replace(make_office(tmp_path, department=SENDING), now="2023-06-06T10:00:00+07:00")


def lines(office: Office) -> list[str]:
    with office.opened() as opened:
        return digest_lines(opened, chase(opened, queue=False, send=False))


def test_a_quiet_day_is_told_in_words_without_a_row_of_noughts(office: Office) -> None:
    assert lines(replace(office, now="2023-03-06T10:00:00+07:00")) == [
        "BẢN TIN BÁO CÁO NGÀY 06/3/2023",
        "Trong 24 giờ qua không có thư đến.",
        "Không có việc cần xem.",
        "Trong 24 giờ qua không có thư gửi đi.",
    ]


def test_a_period_is_told_from_the_day_somebody_is_chased_for_it(office: Office) -> None:
    told = lines(office)
    assert told[3].startswith("BĐG, 6 tháng đầu năm 2023: 07 đơn vị phải gửi, đã nhận 0 ")
    assert told[4].startswith("Chưa gửi: UBND xã Bình Minh; ")
    assert "Thư không đến được, đề nghị gọi điện: UBND xã Suối Dâu." in told


def test_only_what_was_booked_is_called_booked(office: Office) -> None:
    office.deliver(report_mail("binh-minh", figures(1)), "2023-06-06T08:00")
    office.deliver(note(address("y-te"), "Báo cáo bình đẳng giới", "Gửi.", BROKEN), "2023-06-06T08:40")
    office.take_in()
    told = lines(office)
    assert told[1:3] == [
        "Trong 24 giờ qua có 02 thư đến, trong đó 01 thư có báo cáo đã được ghi nhận.",
        "Có 01 việc cần xem.",
    ]
    assert "Đối chiếu sổ theo dõi, thư mục INBOX: khớp, 2 thư (1 đã ghi nhận, 1 cần xem)." in told


def test_what_waits_is_counted_as_the_work_list_counts_it(office: Office) -> None:
    office.deliver(report_mail("binh-minh", figures(1, B2=("100", "300"))), "2023-06-06T08:00")
    office.take_in()
    assert len(office.listed("review")) > 1
    assert "Có 01 việc cần xem." in lines(office)


def test_a_letter_that_cannot_be_written_is_told_to_hold_up_its_own_kind(office: Office) -> None:
    own = office.home / "templates" / "mail" / "tiep-nhan.txt"
    own.parent.mkdir(parents=True)
    own.write_text("Kính gửi:\n{{ 1 / 0 }}\n", "utf-8")
    (told,) = (line for line in lines(office) if "tiep-nhan.txt" in line)
    assert told.startswith("Chưa soạn được thư theo một mẫu, các thư khác vẫn gửi: Không dùng được mẫu thư")
    assert "“mail/tiep-nhan.txt”: lỗi ở dòng 2" in told
    (own.parent / "_khung.html").write_text("{{ nobody_knows }}", "utf-8")
    (held,) = (line for line in lines(office) if "_khung.html" in line)
    assert held.startswith("Chưa gửi được thư: Không dùng được mẫu thư “mail/_khung.html”")


def test_what_went_is_told_by_how_it_fared(office: Office) -> None:
    office.deliver(note("tin@bao.example", "Bản tin", "Tin tuần"), "2023-05-20T10:00")
    office.take_in()
    office.run("remind", "--queue")
    ways = (["sent"], ["sent"], ["sent", "bounced"], ["held"])
    with office.opened() as opened:
        for mail, way in zip(opened.ledger.outbox(), ways, strict=False):
            opened.ledger.claim(mail.id, lambda _mail: True)
            for state in map(OutboxState, way):
                opened.ledger.mark(Delivery(mail.id, at("2023-06-06T09:00"), state, "250 OK"))
    told = lines(office)
    assert "Thư đi trong 24 giờ qua: đã gửi 02, bị trả lại 01." in told
    assert "Có 01 thư chờ cán bộ duyệt hoặc đang tạm giữ." in told


def test_who_is_to_be_telephoned_is_told_with_the_number(tmp_path: Path) -> None:
    unit = replace(BY_ID["suoi-dau"], phone="0912 000 004")
    office = make_office(tmp_path, [unit], department=SENDING)
    assert lines(office)[-1].endswith("gọi điện: UBND xã Suối Dâu (0912 000 004).")


def test_a_fault_of_the_installation_stands_in_the_page(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Examined("disk", "fault", "Ổ đĩa chỉ còn 0.1 GB.")
    monkeypatch.setattr(digest, "glance", lambda _home, _say: [full, replace(full, state="warning")])
    assert lines(office).count("Cần xử lý: Ổ đĩa chỉ còn 0.1 GB.") == 1
