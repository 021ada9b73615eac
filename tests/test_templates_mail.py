"""Every mail, for every kind of unit of every shipped regime, as text, as octets and as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email import policy
from email.parser import BytesParser
from importlib.resources import files
from pathlib import Path

import pytest

from config.calendar import periods_of
from config.loader import load_regime
from config.regime import Regime, UnitKind
from config.reports import ReportDefinition
from config.sending import ChaseStep
from config.shipped import copy_regime, shipped_regimes
from config.units import Unit
from config.wording import Wording
from consolidate.reminders import LeadersList, OpenItem, Reminder
from consolidate.writers.phrases import capital, small
from desk.mailing.letters import Stationery, addressee, compose, compose_list, item_name
from desk.mailing.sender import build_mime
from ledger.records import ObligationKey, OutgoingMessage
from tests.builders_consolidate import HANOI, PERIOD

WORDING = Wording()
BEFORE = datetime(2023, 5, 31, 8, tzinfo=HANOI)
DUE = datetime(2023, 6, 5, tzinfo=HANOI)  #: invented, also where a regime leaves the day open
AFTER = datetime(2023, 6, 12, 8, tzinfo=HANOI)
RUNGS = {"nhac-truoc-han": (-3, BEFORE), "don-doc-1": (1, AFTER), "don-doc-2": (4, AFTER)}
FILES = ["Báo cáo bình đẳng giới 6 tháng.docx", f"{'Phu luc so lieu ' * 4}(lan 2).xlsx"]
FAULT = (
    "bao cao.docx, bảng 2, hàng 3, cột 5: số nữ (340) lớn hơn tổng số (100); "
    "đề nghị kiểm tra lại số liệu của chỉ tiêu này"
)
ADVICE = ("damaged", "encrypted", "empty", "too_large", "refused", "waits")
UNOPENED = [WORDING(f"outgoing.advice_{each}", file=FILES[1]) for each in ADVICE]


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of unit of one regime, and a unit of it."""

    regime: Regime
    kind: UnitKind
    unit: Unit

    @property
    def stationery(self) -> Stationery:
        return Stationery(self.regime, WORDING, b"khoa thu")

    def items(self, most: int) -> tuple[OpenItem, ...]:
        """Open reports of the unit, due at the invented moment."""
        owed = [each for each in self.regime.reports if self.kind.id in each.owed_by_kinds]
        return tuple(self._item(each) for each in (owed or self.regime.reports)[:most])

    def _item(self, report: ReportDefinition) -> OpenItem:
        regime = self.regime
        around = periods_of(
            report, regime.timezone, regime.calendar, DUE.date(), DUE.date().replace(year=2026)
        )
        period = around[0] if around else PERIOD  # one that a letter asks for when it comes
        return OpenItem(ObligationKey(self.unit.id, report.id, period.id), report, period, DUE)


def chases(case: Case) -> Iterator[tuple[str, OutgoingMessage]]:
    for name, (days, now) in RUNGS.items():
        for many in (1, 3):
            for before in {None, now.replace(day=2) if now == AFTER else None}:
                reminder = Reminder(
                    case.unit,
                    ChaseStep(name, days, name),
                    case.items(many),
                    ("vt@xa.example",),
                    reminded=before,
                )
                yield f"{name}-{many}-{bool(before)}", compose(case.stationery, reminder, now)
    (item,) = case.items(1)
    step = ChaseStep("lanh-dao", 7, "danh-sach-lanh-dao", to_leaders=True)
    missing = LeadersList(item.report, item.period, step, (item,), (case.unit,))
    yield "danh-sach-lanh-dao", compose_list(case.stationery, missing, ("ld@phong.example",), AFTER)


def answers(case: Case) -> Iterator[tuple[str, OutgoingMessage]]:
    """Mails whose facts come from a message or an issue; the same shapes as `desk.mailing.replies` gives."""
    (item,) = case.items(1)
    name = item_name(item.report, item.period, WORDING)
    booked = [
        WORDING("outgoing.booked_late", name=capital(name), due="trước ngày 05/6/2023", days="02"),
        WORDING("outgoing.booked_again", name=capital(name), role=WORDING("outgoing.role_supplement")),
    ]
    facts: dict[str, object] = {
        "addressee": addressee(case.unit, case.kind), "addressed": case.kind.addressed_as,
        "number": "3F2A9C41", "arrival": "08 giờ 05 phút ngày 06/6/2023",
        "as_of": "07 giờ 30 phút ngày 07/6/2023",
        "items": booked, "files": FILES, "unopened": UNOPENED, "whole": True, "faults": [FAULT, FAULT],
        "more_faults": "03",
        "subject": "Báo cáo BĐG 6 tháng đầu năm", "reports": [small(name)], "report": small(name),
        "reason_lines": ["Thiếu biểu số 02.", "Bản gửi chưa có chữ ký."],
        "attached": True, "folder": "outputs/bdg",
        "lines": ["Bản tin ngày 07/6/2023", "Có 03 thư mới.", FAULT],
    }  # fmt: skip
    least = {
        "whole": False, "files": [], "unopened": UNOPENED[:1], "faults": [], "more_faults": "",
        "reports": [], "attached": False,
    }  # fmt: skip
    subjects = {
        "hoan-thanh": "subject_complete", "tiep-nhan": "subject_receipt", "tra-lai": "subject_return",
        "chua-mo-duoc": "subject_unread", "gui-bao-cao": "subject_report",
        "gui-du-thao": "subject_draft", "ban-tin": "subject_digest",
    }  # fmt: skip
    for template, key in subjects.items():
        words = {"reports": small(name), "report": small(name), "number": "01", "day": "07/6/2023"}
        subject = WORDING(f"outgoing.{key}", **words)
        for told in (facts, facts | least):
            text = case.stationery.render((template,), told)
            identity = case.stationery.message_id(template, case.unit.id, (str(told is facts),))
            yield (
                f"{template}-{told is facts}",
                OutgoingMessage(
                    "x", "x", case.unit.id, (), ("vt@xa.example",), (), subject, text, identity, AFTER
                ),
            )


def cases(folder: Path) -> Iterator[Case]:
    for name in shipped_regimes():
        regime = load_regime(copy_regime(name, folder / name))
        full = replace(
            regime.department, contact="Lò Thị Mai", phone="0270 123 456", mailbox="phong@huyen.example"
        )
        regime = replace(regime, department=full)
        for kind in regime.unit_kinds:
            unit = next(each for each in regime.units if each.kind == kind.id)
            yield Case(regime, kind, unit)


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Case, OutgoingMessage]]:
    folder = tmp_path_factory.mktemp("regimes")
    return [
        (f"{case.regime.id}/{case.kind.id}/{name}", case, mail)
        for case in cases(folder)
        for written in (chases(case), answers(case))
        for name, mail in written
    ]


Mails = list[tuple[str, Case, OutgoingMessage]]


def test_every_template_is_walked(mails: Mails) -> None:
    shipped = {
        path.name[:-4] for path in (files("templates") / "mail").iterdir() if path.name.endswith(".txt")
    }
    walked = {name.rpartition("/")[2] for name, _, _ in mails}
    wanted = {name for name in shipped if not name.startswith("_")}
    assert {each for each in wanted if not any(name.startswith(each) for name in walked)} == set()
    assert len({case.regime.id for _, case, _ in mails}) == 4


def test_every_line_fits_and_nothing_is_left_open_or_doubled(mails: Mails) -> None:
    for name, _, mail in mails:
        lines = mail.text.split("\n")
        assert max(map(len, lines)) < 78, name
        assert lines[-1] == "", name
        assert lines[-2].strip(), name
        assert not any(line != line.rstrip() for line in lines), name
        assert "\n\n\n" not in mail.text, name
        assert not re.search(r"(?<=\S)  +", mail.text), name
        assert not re.search(
            r"None|undefined|[{}]|\s[,.;:](?:\s|$)|[,;:]{2}|\.\.", mail.text + mail.subject
        ), name
        assert not re.search(r"[\"']", mail.text), name  # the quotes of Vietnamese letters are curly


def test_a_letter_greets_says_its_matter_and_ends_as_offices_do(mails: Mails) -> None:
    own = ("ban-tin", "gui-du-thao")  # to our own staff
    for name, case, mail in mails:
        if name.rpartition("/")[2].startswith(own):
            continue
        text = " ".join(mail.text.split())
        assert text.startswith("Kính gửi: "), name
        assert "./." in text, name
        assert case.regime.department.name in text, name
        assert mail.subject.startswith("V/v "), name


def test_the_octets_say_what_was_written(mails: Mails) -> None:
    for name, case, mail in mails:
        octets = build_mime(mail, case.regime.department, case.regime.timezone)
        read = BytesParser(policy=policy.default).parsebytes(octets)
        assert read["Subject"] == mail.subject, name
        assert octets.isascii(), name
        foldable = [line for line in octets.split(b"\r\n") if not line.startswith(b"Message-ID: ")]
        assert max(map(len, foldable)) <= 78, name
        plain, page = read.get_body(("plain",)), read.get_body(("html",))
        assert plain is not None, name
        assert page is not None, name
        assert plain.get_content().replace("\r\n", "\n") == mail.text, name
        shown = re.sub(r"<[^>]*>", " ", page.get_content().partition("<body")[2].partition(">")[2])
        words = re.sub(r"(?m)^- ", "", mail.text).split()
        assert shown.replace("&amp;", "&").split() == words, name
