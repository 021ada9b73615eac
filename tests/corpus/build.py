"""A whole acceptance set: who sends what, in which shape, with which faults, and the truth of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from tests.corpus import children, files, gender, poverty
from tests.corpus.figures import draw, redraw
from tests.corpus.grids import Grid, Style, Told, draw_style, lay_out
from tests.corpus.mails import Attached, Mail, octets
from tests.corpus.plan import Counted, Sender, SetPlan
from tests.corpus.prose import Frame, Letter, letter, sentences_of
from tests.corpus.spelling import bare, slug
from tests.corpus.truth import Entry, Truth, reporters

PLANS = {plan.name: plan for plan in (poverty.PLAN, children.PLAN, gender.PLAN)}

_BODIES = (
    "{unit} gửi báo cáo theo yêu cầu. Trân trọng!",
    "Kính gửi Phòng,\n{unit} xin gửi báo cáo như file đính kèm.\nTrân trọng cảm ơn.",
    "Em gửi báo cáo của {unit} ạ.",
    "",
    "Gửi chị tổng hợp giúp em.\n--\nSent from my iPhone",
)
Figures = dict[tuple[str, str], Decimal]


@dataclass(slots=True)
class Package:
    """The files of one report, or its text where there is none, and what they say."""

    files: list[Attached]
    told: list[Told]
    narrative: list[tuple[str, list[str]]]
    features: tuple[str, ...]
    body: str = ""
    zipped: bool = False


def write_set(name: str, seed: int, folder: Path, *, office: bool = True, senders: int = 0) -> None:
    """Write the acceptance set `name` into `folder`.

    Without `office` no file goes through LibreOffice; `senders` is how many units send anything, 0 for all.
    """
    maker = _Maker(PLANS[name], Random(f"{name} {seed}"), senders)
    maker.make()
    _write(maker.plan, maker.truth, maker.shared, folder, office)


class _Maker:
    """Casts the dice for one set."""

    def __init__(self, plan: SetPlan, rng: Random, senders: int) -> None:
        self.plan = plan
        self._senders = senders or len(plan.units)
        self.truth = Truth(plan)
        self.shared: list[tuple[str, tuple[str, ...]]] = []
        self._rng = rng
        self._numbers = count(rng.randint(0, 40))
        self._styles = count(rng.randint(0, 11))
        self._seconds = count(1)

    # -- who does what ---------------------------------------------------------------------------------

    def make(self) -> None:
        """All mails of the set."""
        units = list(self.plan.units)
        self._rng.shuffle(units)
        del units[self._senders :]
        special: list[Callable[[Sender], None]] = [
            self._corrected,
            self._supplemented,
            self._duplicated,
            self._in_two_mails,
            self._other_units_name,
            self._last_years_report,
            self._last_years_title,
            self._empty_form,
            self._broken_file,
            self._behind_link,
            self._unregistered,
            self._contradicting,
            self._unequal_parts,
            self._late,
            self._two_reports,
            self._forged,
            self._asked_again,
        ]
        self._rng.shuffle(special)
        fitting = [unit for unit in units if unit.kind in ("commune", "township", "village")]
        chosen = dict(zip((u.id for u in fitting), special[: max(4, len(fitting) // 2)], strict=False))
        plain = [unit for unit in units if unit.id not in chosen]
        missing = plain.pop() if len(plain) > 4 else None
        together = [unit for unit in plain if unit.kind in ("commune", "village")][:2]
        for unit in units:
            if unit is missing or unit in together:
                continue
            chosen.get(unit.id, self._plain)(unit)
        if len(together) == 2:
            self._two_units(*together)
        self._noise()

    def _plain(self, unit: Sender) -> None:
        figures = draw(self._rng, self.plan.asked_of(unit.kind))
        package = self._package(unit, figures)
        personal = bool(unit.personal) and self._rng.random() < 0.4
        mail = self._mail(unit, package, personal=personal)
        if not package.zipped and package.files and self._rng.random() < 0.08:
            mail.forwarded_by = (unit.official, unit.name)
        self._book(mail, unit, package)

    def _late(self, unit: Sender) -> None:
        package = self._package(unit, draw(self._rng, self.plan.asked_of(unit.kind)))
        hours = self._rng.choice((1, 30, 24 * 8))
        mail = self._mail(unit, package, self.plan.due + timedelta(hours=hours))
        self._book(mail, unit, package, features=("late",))

    def _corrected(self, unit: Sender) -> None:
        asked = self.plan.asked_of(unit.kind)
        figures = draw(self._rng, asked)
        first = self._package(unit, figures, shape="table")
        early = self._early()
        self._book(self._mail(unit, first, early), unit, first, features=("later_corrected",))
        for counted in self._rng.sample(asked, 3):
            if not counted.at_most and figures[counted.code, "t"]:
                figures |= redraw(self._rng, counted, figures)
        second = self._package(unit, figures, shape="table")
        mail = self._mail(unit, second, early + timedelta(days=2))
        mail.subject = self._rng.choice(
            ("Gửi lại báo cáo thay thế - {unit}", "{unit}: báo cáo chính thức thay thế bản trước")
        ).format(unit=unit.short)
        mail.body = f"{unit.name} gửi lại báo cáo, thay thế báo cáo đã gửi trước đây."
        for key in [key for key in self.truth.values if key[0] == unit.id]:
            del self.truth.values[key]
        self._book(mail, unit, second, "correction", ("report",), features=("correction_replaces",))

    def _supplemented(self, unit: Sender) -> None:
        asked = self.plan.asked_of(unit.kind)
        figures = draw(self._rng, asked)
        first = self._package(unit, figures, shape="table", blank=False)
        early = self._early()
        self._book(self._mail(unit, first, early), unit, first, features=("later_supplemented",))
        fitting = [
            c for c in asked if not c.at_most and not c.nil_with and figures[c.code, "t"] and not c.money
        ]
        counted = self._rng.choice([c for c in fitting if not any(d.at_most == c.code for d in asked)])
        changed = redraw(self._rng, counted, figures)
        style = replace(
            draw_style(self._rng, self.plan, 0),
            words="label",
            hand="plain",
            foreign=0,
            ratios=False,
            sections=False,
            blank=0.0,
        )
        grid, told = lay_out(self._rng, self.plan, [counted], figures | changed, style)
        made = letter(
            self._rng, self.plan, unit, self._frame(unit, prefix="Đính chính số liệu báo cáo "), [], [grid]
        )
        package = Package([self._word(unit, made, "dinh chinh")], told, [], ("supplement",))
        mail = self._mail(unit, package, early + timedelta(days=1))
        mail.subject = f"Đính chính báo cáo - {unit.short}"
        mail.body = f"{unit.name} xin đính chính số liệu như văn bản kèm theo, các số liệu khác giữ nguyên."
        self._book(mail, unit, package, "correction", ("report",), features=("correction_supplements",))

    def _duplicated(self, unit: Sender) -> None:
        package = self._package(unit, draw(self._rng, self.plan.asked_of(unit.kind)), shape="table")
        early = self._early()
        self._book(self._mail(unit, package, early), unit, package, features=("later_duplicated",))
        again = self._mail(unit, package, early + timedelta(hours=5))
        self._enter(again, "duplicate", ("report",), ((unit.id, False),), features=("duplicate",))

    def _in_two_mails(self, unit: Sender) -> None:
        asked = self.plan.asked_of(unit.kind)
        figures = draw(self._rng, asked)
        made = letter(self._rng, self.plan, unit, self._frame(unit), [])
        first = Package([self._word(unit, made)], [], made.narrative, ("letter_first",))
        early = self._early()
        mail = self._mail(unit, first, early)
        self._book(mail, unit, first, "report", ("part_of_report",), features=("split",))
        second = self._package(unit, figures, shape="book")
        mail = self._mail(unit, second, early + timedelta(minutes=40))
        mail.subject = f"{unit.short} gửi tiếp biểu số liệu {self._period()}"
        mail.body = "Gửi tiếp biểu số liệu kèm báo cáo đã gửi lúc trước."
        self._book(mail, unit, second, "part_of_report", ("report",), features=("split",))

    def _other_units_name(self, unit: Sender) -> None:
        others = [other for other in self.plan.units if other.kind == unit.kind and other.id != unit.id]
        stranger = self._rng.choice(others)
        package = self._package(stranger, draw(self._rng, self.plan.asked_of(unit.kind)), shape="table")
        mail = self._mail(unit, replace_body(package, "Gửi Phòng báo cáo."))
        mail.subject = f"Báo cáo {self._period()}"
        self._held(mail, unit, package, "unit_conflict", "wrong_unit_in_document")

    def _last_years_report(self, unit: Sender) -> None:
        asked = self.plan.asked_of(unit.kind)
        frame = self._frame(unit, last_year=True)
        package = self._package(unit, draw(self._rng, asked), shape="sentences", frame=frame)
        mail = self._mail(unit, package)
        mail.subject = f"Báo cáo của {unit.short}"
        self._held(mail, unit, package, "period_conflict", "last_years_report")

    def _last_years_title(self, unit: Sender) -> None:
        asked = self.plan.asked_of(unit.kind)
        frame = replace(self._frame(unit, last_year=True), day=self._day())
        package = self._package(unit, draw(self._rng, asked), shape="letter_and_book", frame=frame)
        mail = self._mail(unit, package)
        mail.subject = f"{unit.short} gửi báo cáo {self._period()}"
        self._book(
            mail,
            unit,
            package,
            review="optional",
            reasons=("title_of_last_year",),
            features=("last_years_title",),
        )

    def _empty_form(self, unit: Sender) -> None:
        asked = self.plan.asked_of(unit.kind)
        style = replace(draw_style(self._rng, self.plan, 0), foreign=0, ratios=False)
        grid, _ = lay_out(self._rng, self.plan, asked, draw(self._rng, asked), style)
        for row in grid.rows[grid.head :]:
            for column, name in enumerate(style.columns):
                if name not in ("stt", "label", "unit"):
                    row[column] = None
        package = Package([Attached("bieu mau.xlsx", files.xlsx_by_openpyxl([grid]))], [], [], ("empty",))
        mail = self._mail(unit, package)
        self._enter(
            mail,
            "report",
            ("unreadable",),
            ((unit.id, "needs_review"),),
            "required",
            ("empty_form",),
            ("empty_form",),
        )

    def _broken_file(self, unit: Sender) -> None:
        package = self._package(unit, draw(self._rng, self.plan.asked_of(unit.kind)), shape="table")
        kept = package.files[0].content
        broken = Package([Attached(package.files[0].name, kept[: len(kept) // 2])], [], [], ("truncated",))
        mail = self._mail(unit, broken)
        mail.subject = f"{unit.short} gửi báo cáo {self._period()}: {self.plan.report_name.lower()}"
        self._enter(
            mail,
            "unreadable",
            ("report",),
            ((unit.id, "needs_review"),),
            "required",
            ("corrupt_file",),
            ("truncated",),
        )

    def _behind_link(self, unit: Sender) -> None:
        mail = self._mail(unit, Package([], [], [], ("link",)))
        mail.subject = f"{self.plan.report_name} {unit.short}"
        mail.body = (
            "Do tệp lớn nên đơn vị gửi qua đường dẫn: https://drive.google.com/file/d/1aBcD/view Trân trọng."
        )
        self._enter(
            mail,
            "link_only",
            (),
            ((unit.id, "needs_review"),),
            "required",
            ("content_behind_link",),
            ("link_only",),
        )

    def _unregistered(self, unit: Sender) -> None:
        package = self._package(unit, draw(self._rng, self.plan.asked_of(unit.kind)), shape="letter_and_book")
        mail = self._mail(unit, package)
        mail.address, mail.name = f"{slug(unit.place)}.moi2024@gmail.com", "Cán bộ mới"
        self._book(
            mail,
            unit,
            package,
            review="optional",
            reasons=("sender_unregistered",),
            features=("unregistered_clear",),
        )

    def _contradicting(self, unit: Sender) -> None:
        asked = self.plan.asked_of(unit.kind)
        figures = draw(self._rng, asked)
        counted = self._rng.choice(
            [c for c in asked if figures[c.code, "t"] and not c.money and c.sexes == "t"]
        )
        other = figures | {(counted.code, "t"): figures[counted.code, "t"] + 1}
        said, _ = sentences_of(self._rng, [counted], other, self.plan)
        style = replace(
            draw_style(self._rng, self.plan, next(self._styles)), blank=0.0, hand="plain", words="label"
        )
        grid, told = lay_out(self._rng, self.plan, asked, figures, style)
        made = letter(
            self._rng,
            self.plan,
            unit,
            self._frame(unit),
            [s for s in said if s[1] not in self.plan.wording.comparisons],
            [grid],
        )
        told = [
            replace(t, status="review", review="required", reason="conflict_in_submission")
            if (t.code, t.sex) == (counted.code, "t")
            else t
            for t in told
        ]
        package = Package([self._word(unit, made)], told, made.narrative, ("letter_and_table_disagree",))
        self._book(self._mail(unit, package), unit, package)

    def _unequal_parts(self, unit: Sender) -> None:
        asked = self.plan.asked_of(unit.kind)
        figures = draw(self._rng, asked)
        counted = self._rng.choice([c for c in asked if c.sexes == "tmf" and figures[c.code, "t"] > 1])
        wrong = figures | {(counted.code, "m"): figures[counted.code, "m"] + 1}
        style = replace(draw_style(self._rng, self.plan, 0), blank=0.0, hand="plain", words="label")
        grid, told = lay_out(self._rng, self.plan, asked, wrong, style)
        told = [
            replace(t, status="review", review="required", reason="sum_mismatch")
            if t.code == counted.code
            else t
            for t in told
        ]
        package = Package(
            [Attached("bieu.xlsx", files.xlsx_by_openpyxl([grid]))], told, [], ("sum_mismatch",)
        )
        mail = self._mail(unit, package)
        mail.subject = f"{unit.short} gửi {self.plan.report_name.lower()}"
        self._book(mail, unit, package)

    def _two_reports(self, unit: Sender) -> None:
        package = self._package(unit, draw(self._rng, self.plan.asked_of(unit.kind)), shape="table")
        mail = self._mail(unit, package)
        mail.files = [*mail.files, self._other_document(unit)]
        mail.subject = f"{unit.short} gửi 02 báo cáo"
        self._book(mail, unit, package, features=("also_sends_other_report",))

    def _forged(self, unit: Sender) -> None:
        package = self._package(unit, draw(self._rng, self.plan.asked_of(unit.kind)), shape="table")
        mail = self._mail(unit, package)
        mail.verdict = self._rng.choice(("fail", "forged"))
        self._enter(
            mail, "spoof", (), ((unit.id, False),), "required", ("dmarc_fail",), (f"spoof_{mail.verdict}",)
        )

    def _asked_again(self, unit: Sender) -> None:
        package = self._package(unit, draw(self._rng, self.plan.asked_of(unit.kind)))
        mail = self._mail(unit, package, self.plan.due + timedelta(days=4))
        mail.subject = f"Re: V/v đôn đốc {self.plan.report_name.lower()}"
        quoted = (
            f"\n\nVào ngày thứ Hai, {self.plan.department['name']} <{self.plan.mailbox}> đã viết:\n"
            "> Đề nghị các đơn vị chưa gửi báo cáo khẩn trương gửi về Phòng."
        )
        mail.body = (mail.body or "Đơn vị gửi báo cáo ạ.") + quoted
        self._book(mail, unit, package, features=("reply_to_chase",))

    def _two_units(self, first: Sender, second: Sender) -> None:
        address = f"{slug(first.place)}.{slug(second.place)}.vp@gmail.com"
        self.shared.append((address, (first.id, second.id)))
        packages = [
            self._package(unit, draw(self._rng, self.plan.asked_of(unit.kind)), shape="letter_and_table")
            for unit in (first, second)
        ]
        mail = self._mail(first, packages[0])
        mail.address, mail.name = address, "Văn phòng"
        mail.files = [file for package in packages for file in package.files]
        mail.subject = f"Báo cáo của {first.short} và {second.short}"
        mail.body = "Gửi Phòng báo cáo của hai đơn vị."
        self._enter(
            mail, "report", (), ((first.id, True), (second.id, True)), features=("two_units_in_one_mail",)
        )
        for unit, package in zip((first, second), packages, strict=True):
            self._tell(mail, unit, package)

    # -- mail that is no report of ours ------------------------------------------------------------------

    def _noise(self) -> None:
        units = [unit for unit in self.plan.units if unit.kind != "department"]
        for wanted, subject, body in self.plan.wording.others:
            unit = self._rng.choice(units)
            mail = self._mail(unit, Package([], [], [], ()))
            mail.subject, mail.body = subject, body
            review = "optional" if wanted == "question" else "no"
            if "kế hoạch như đính kèm" in body:
                mail.files = [self._scheme(unit)]
            also = ("other_report",) if mail.files else ()
            self._enter(mail, wanted, also, (), review, ("not_a_report",), (wanted,))
        for number in range(len(self.plan.wording.other_topics)):
            unit = self._rng.choice(units)
            mail = self._mail(unit, Package([self._other_document(unit, number)], [], [], ()))
            mail.subject = self.plan.wording.other_topics[number][1]
            self._enter(mail, "other_report", ("other",), (), "no", ("other_topic",), ("other_topic",))
        self._strangers()

    def _strangers(self) -> None:
        unit = self._rng.choice(units_with_letterhead(self.plan))
        figures = draw(self._rng, self.plan.asked_of(unit.kind))
        foreign = replace(unit, issuer=("UBND HUYỆN BẮC TRẠCH", *unit.issuer[1:]), name=unit.name)
        package = self._package(foreign, figures, shape="letter_and_table")
        mail = self._mail(unit, package)
        mail.address, mail.name = f"{slug(unit.place)}@bactrach.gov.vn", unit.name
        mail.subject = f"{unit.name}, huyện Bắc Trạch gửi báo cáo {self._period()}"
        if len(unit.issuer) > 1 and unit.kind in ("commune", "township"):
            self._enter(
                mail, "other_report", ("report", "other"), (), "optional", ("other_district",), ("homonym",)
            )
        nobody = replace(unit, issuer=("ỦY BAN NHÂN DÂN XÃ",), place="", name="Đơn vị", short="đơn vị")
        package = self._package(nobody, figures, shape="letter_and_table")
        mail = self._mail(unit, replace_body(package, "Gửi báo cáo."))
        mail.address, mail.name, mail.subject = "hoa.tim.1990@gmail.com", "Hoa Tím", "bao cao"
        self._enter(
            mail,
            "report",
            ("unreadable", "other_report", "other"),
            (),
            "required",
            ("unit_unknown",),
            ("anonymous",),
        )
        self._machines()

    def _machines(self) -> None:
        empty = Package([], [], [], ())
        unit = self.plan.units[0]
        auto = self._mail(unit, empty)
        auto.subject, auto.body = "Trả lời tự động: Đôn đốc báo cáo", "Tôi đang nghỉ phép, sẽ trả lời sau."
        auto.headers = {"Auto-Submitted": "auto-replied"}
        self._enter(auto, "auto_reply", features=("auto_reply",))
        spam = self._mail(unit, empty)
        spam.address, spam.name = "khuyenmai@sieuthi-giare.example.com", "Siêu thị giá rẻ"
        spam.subject, spam.body = (
            "Giảm giá 50% toàn bộ nội thất",
            "Mua ngay hôm nay, nhận quà liền tay! https://sieuthi-giare.example.com",
        )
        self._enter(spam, "spam", features=("spam",))
        bulk = self._mail(unit, empty)
        bulk.address, bulk.name = "bantin@thongtin.example.org", "Bản tin pháp luật"
        bulk.subject, bulk.body = "Bản tin pháp luật số 31", "Các văn bản mới có hiệu lực trong tháng."
        bulk.headers = {"List-Unsubscribe": "<https://thongtin.example.org/u>", "Precedence": "bulk"}
        self._enter(bulk, "other", ("spam",), features=("newsletter",))

    def _other_document(self, unit: Sender, number: int = 0) -> Attached:
        title, name = self.plan.wording.other_topics[number]
        frame = replace(self._frame(unit), title=title.format(period=self._period()))
        said = [
            (
                next(iter(self.plan.wording.groups)),
                "Đã thực hiện 12 nội dung theo kế hoạch, chi 35 triệu đồng.",
            )
        ]
        made = letter(self._rng, self.plan, unit, frame, said)
        return Attached(f"{name}.docx", files.docx_by_library(made.parts))

    def _scheme(self, unit: Sender) -> Attached:
        frame = replace(
            self._frame(unit), title=self.plan.report_name.replace("Báo cáo kết quả", "Thực hiện")
        )
        made = letter(self._rng, self.plan, unit, frame, [])
        for part in made.parts:
            if part.text == "BÁO CÁO":
                part.text = "KẾ HOẠCH"
            part.text = part.text.replace("báo cáo", "kế hoạch").replace("Báo cáo", "Kế hoạch")
            for row in part.grid.rows if part.grid else ():
                row[:] = [cell.replace("/BC-", "/KH-") if isinstance(cell, str) else cell for cell in row]
        return Attached("Ke hoach.docx", files.docx_by_library(made.parts))

    # -- the files of a report ---------------------------------------------------------------------------

    def _package(
        self,
        unit: Sender,
        figures: Figures,
        shape: str = "",
        frame: Frame | None = None,
        *,
        blank: bool = True,
    ) -> Package:
        """The files of one report, in the shape asked for or the next in turn."""
        shapes = (
            "table", "book", "sentences", "letter_and_book", "letter_and_table", "hand_table", "body",
            "hand_book", "office_table", "sheets", "office_book", "zip", "hidden_sheet", "letter_repeats",
        )  # fmt: skip
        shape = shape or shapes[next(self._numbers) % len(shapes)]
        asked = self.plan.asked_of(unit.kind)
        frame = frame or self._frame(unit)
        if shape in ("sentences", "body"):
            return self._in_sentences(unit, asked, figures, frame, shape)
        style = draw_style(self._rng, self.plan, next(self._styles))
        if not blank:
            style = replace(style, blank=0.0)
        if shape == "sheets":
            return self._in_sheets(unit, asked, figures, style)
        grid, told = lay_out(self._rng, self.plan, asked, figures, style)
        features = (
            shape,
            f"columns_{'_'.join(style.columns)}",
            f"words_{style.words}",
            f"hand_{style.hand}",
            f"numbers_{style.numbers}",
            f"money_{style.money}",
            f"sub_{style.sub_rows[0]}",
        )
        if shape in ("book", "hand_book", "office_book", "hidden_sheet"):
            return self._in_book(unit, grid, told, shape, features)
        if shape in ("letter_and_book", "zip"):
            made = letter(self._rng, self.plan, unit, frame, [])
            book = Attached(f"{self._file(unit)} bieu.xlsx", files.xlsx_by_xlsxwriter([grid]))
            return Package(
                [self._word(unit, made), book], told, made.narrative, features, zipped=shape == "zip"
            )
        said: list[tuple[str, str]] = []
        if shape == "letter_repeats":
            written = {t.code for t in told if t.status == "reported"}
            repeated = [c for c in asked if c.code in written][:6]
            said, more = sentences_of(self._rng, repeated, figures, self.plan)
            told = [
                *told,
                *(
                    t
                    for t in more
                    if (t.code, t.sex) not in {(o.code, o.sex) for o in told if o.status == "reported"}
                ),
            ]
        made = letter(self._rng, self.plan, unit, frame, said, [grid])
        return Package([self._word(unit, made, shape=shape)], told, made.narrative, features)

    def _in_sentences(
        self, unit: Sender, asked: Sequence[Counted], figures: Figures, frame: Frame, shape: str
    ) -> Package:
        said, told = sentences_of(self._rng, asked, figures, self.plan, drop=0.05)
        made = letter(self._rng, self.plan, unit, frame, said)
        if shape == "body":
            return Package([], told, made.narrative, (shape,), body=_as_body(made))
        return Package([self._word(unit, made)], told, made.narrative, (shape,))

    def _in_sheets(self, unit: Sender, asked: Sequence[Counted], figures: Figures, style: Style) -> Package:
        groups = list(dict.fromkeys(counted.group for counted in asked))
        cut = len(groups) // 2 or 1
        grids, told = [], []
        for number, own in enumerate((groups[:cut], groups[cut:]), 1):
            part = [counted for counted in asked if counted.group in own]
            if part:
                grid, said = lay_out(
                    self._rng, self.plan, part, figures, replace(style, sections=False), f"Biểu {number}"
                )
                grid.above = (unit.name.upper(), f"{self.plan.report_name.upper()} ({number})")
                grids.append(grid)
                told += said
        return Package(
            [Attached(f"{self._file(unit)}.xlsx", files.xlsx_by_openpyxl(grids))], told, [], ("sheets",)
        )

    def _in_book(
        self, unit: Sender, grid: Grid, told: list[Told], shape: str, features: tuple[str, ...]
    ) -> Package:
        grid.above = (unit.name.upper(), f"BIỂU SỐ LIỆU KÈM THEO {self.plan.report_name.upper()}")
        grids = [grid]
        if shape == "hidden_sheet":
            old = Grid("Năm trước", [list(row) for row in grid.rows], hidden=True)
            for row in old.rows[grid.head :]:
                row[:] = [cell + 3 if isinstance(cell, int) else cell for cell in row]
            grids = [old, grid]
        writers = {"book": files.xlsx_by_xlsxwriter, "hand_book": files.xlsx_by_hand}
        content = writers.get(shape, files.xlsx_by_openpyxl)(grids)
        away = "ods" if shape == "office_book" else ""
        return Package([Attached(f"{self._file(unit)}.xlsx", content, away)], told, [], features)

    def _word(self, unit: Sender, made: Letter, suffix: str = "", shape: str = "") -> Attached:
        by_hand = shape == "hand_table" or self._rng.random() < 0.25
        content = files.docx_by_hand(self._rng, made.parts) if by_hand else files.docx_by_library(made.parts)
        away = "odt" if shape == "office_table" else ""
        return Attached(f"{self._file(unit)}{' ' + suffix if suffix else ''}.docx", content, away)

    # -- small parts ---------------------------------------------------------------------------------------

    def _frame(self, unit: Sender, *, last_year: bool = False, prefix: str = "") -> Frame:
        wording = self.plan.wording
        period = wording.last_period if last_year else self._period()
        title = self._rng.choice(wording.title).format(period=period)
        if last_year:
            title = title.replace("2025", "2024")
        day = self._day()
        if last_year:
            day = day - timedelta(days=364)
        if prefix:
            title = prefix + title[0].lower() + title[1:]
        return Frame(unit.issuer, unit.place, day, self._rng.randint(20, 400), title, period)

    def _day(self) -> date:
        return (self.plan.due - timedelta(days=self._rng.randint(2, 8))).date()

    def _period(self) -> str:
        return self._rng.choice(self.plan.wording.period)

    def _file(self, unit: Sender) -> str:
        return self._rng.choice(self.plan.wording.file).format(unit=bare(unit.short))

    def _early(self) -> datetime:
        return self.plan.due - timedelta(days=self._rng.randint(4, 9), minutes=self._rng.randint(1, 600))

    def _mail(
        self, unit: Sender, package: Package, arrival: datetime | None = None, *, personal: bool = False
    ) -> Mail:
        arrival = arrival or self.plan.due - timedelta(minutes=self._rng.randint(3, 60 * 24 * 9))
        arrival += timedelta(seconds=next(self._seconds))
        subject = self._rng.choice(self.plan.wording.subject).format(unit=unit.short, period=self._period())
        body = package.body or self._rng.choice(_BODIES).format(unit=unit.name)
        address = unit.personal if personal and unit.personal else unit.official
        return Mail(
            arrival,
            address,
            unit.person if personal else unit.name,
            bare(subject) if self._rng.random() < 0.25 else subject,
            body,
            list(package.files),
            html=self._rng.random() < 0.15 and not package.body,
            zip_name="bao cao.zip" if package.zipped else "",
        )

    def _book(
        self, mail: Mail, unit: Sender, package: Package, wanted: str = "report", also: tuple[str, ...] = (),
        review: str = "no", reasons: tuple[str, ...] = (), features: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self._enter(mail, wanted, also, ((unit.id, True),), review, reasons, (*features, *package.features))
        self._tell(mail, unit, package, **({"review": "optional"} if review == "optional" else {}))

    def _held(self, mail: Mail, unit: Sender, package: Package, reason: str, feature: str) -> None:
        self._enter(mail, "report", (), ((unit.id, "needs_review"),), "required", (reason,), (feature,))
        self._tell(mail, unit, package, status="pending_review", review="optional")

    def _tell(self, mail: Mail, unit: Sender, package: Package, **over: str) -> None:
        self.truth.tell(unit.id, package.told, mail, **over)
        if not over.get("status"):
            self.truth.derive_zeros(unit.id, self.plan.asked_of(unit.kind), mail)
            self.truth.narrative += [
                {
                    "unit": unit.id,
                    "report": self.plan.report_id,
                    "section": section,
                    "sentences": said,
                    "mail": mail,
                }
                for section, said in package.narrative
            ]

    def _enter(
        self,
        mail: Mail,
        wanted: str,
        also: tuple[str, ...] = (),
        units: tuple[tuple[str, bool | str], ...] = (),
        review: str = "no",
        reasons: tuple[str, ...] = (),
        features: tuple[str, ...] = (),
    ) -> None:
        self.truth.entries.append(Entry(mail, wanted, also, units, review, reasons, features))


def replace_body(package: Package, body: str) -> Package:
    """The package with another text of its mail."""
    return replace(package, body=body)


def units_with_letterhead(plan: SetPlan) -> list[Sender]:
    """The units whose letterhead names a place of its own."""
    return [unit for unit in plan.units if unit.kind in ("commune", "village")]


def _as_body(made: Letter) -> str:
    lines = [part.text for part in made.parts if part.grid is None and part.text]
    frames = [part.grid for part in made.parts if part.grid is not None]
    issuer = frames[0].rows[0][0] if len(frames) > 1 else ""
    return "\n".join([str(issuer), *lines] if issuer else lines)


# -- the set on disk -----------------------------------------------------------------------------------------


def _write(
    plan: SetPlan, truth: Truth, shared: Sequence[tuple[str, tuple[str, ...]]], folder: Path, office: bool
) -> None:
    (folder / "messages").mkdir(parents=True, exist_ok=True)
    mails = sorted((entry.mail for entry in truth.entries), key=lambda mail: mail.arrival)
    if office:
        _through_office(mails)
    listed = []
    for number, mail in enumerate(mails, 1):
        mail.n = f"{number:04}"
        content = octets(mail, plan.mailbox, list(_attachments(mail)))
        (folder / "messages" / f"{mail.n}.eml").write_bytes(content)
        listed.append(
            {
                "n": mail.n,
                "file": f"messages/{mail.n}.eml",
                "uid": 100 + number,
                "internaldate": f"{mail.arrival.astimezone(UTC):%d-%b-%Y %H:%M:%S} +0000",
                "folder": "INBOX",
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
    _dump(folder / "manifest.json", {"mailbox": plan.mailbox, "messages": listed})
    _dump(folder / "regime.json", _regime(plan, shared))
    _dump(folder / "truth.json", truth.written())


def _dump(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")


def _attachments(mail: Mail) -> Iterator[Attached]:
    if mail.zip_name and mail.files:
        yield Attached(mail.zip_name, files.zipped({file.name: file.content for file in mail.files}))
    else:
        yield from mail.files


def _through_office(mails: Sequence[Mail]) -> None:
    for ending, away in (("docx", "odt"), ("xlsx", "ods")):
        wanted = {
            f"{n}.{ending}": file
            for n, file in enumerate(f for m in mails for f in m.files)
            if file.away == away
        }
        made = files.round_trips({name: file.content for name, file in wanted.items()}, away)
        for name, content in made.items():
            wanted[name].content = content


def _regime(plan: SetPlan, shared: Sequence[tuple[str, tuple[str, ...]]]) -> dict[str, Any]:
    return {
        "set": plan.name,
        "department": plan.department,
        "mailbox": plan.mailbox,
        "mail": {"trusted_authserv_id": "mx.google.com"},
        "timezone": "Asia/Ho_Chi_Minh",
        "ordered_by": f"Công văn của {plan.department['parent_authority']}",
        "units": [_unit(unit, shared) for unit in plan.units],
        "reports": [
            {
                "id": plan.report_id,
                "name": plan.report_name,
                "period": {"id": plan.period_id, "from": plan.period_from, "to": plan.period_to},
                "opens": plan.opens.isoformat(),
                "due_text": plan.due_text,
                "due_before": plan.due.isoformat(),
                "units": [unit.id for unit in plan.units],
                "indicators": {kind: list(codes) for kind, codes in plan.by_kind.items()},
                "outline": [{"id": number, "title": title} for number, title in plan.outline],
            }
        ],
        "indicators": [
            *(_indicator(plan, counted) for counted in plan.indicators),
            *map(_ratio, plan.ratios),
        ],
        "validation_rules": [{"id": rule, "rule": text, "severity": "review"} for rule, text in plan.rules],
    }


def _unit(unit: Sender, shared: Sequence[tuple[str, tuple[str, ...]]]) -> dict[str, Any]:
    addresses = [{"address": unit.official, "role": "official"}]
    if unit.personal:
        addresses.append({"address": unit.personal, "role": "personal", "person": unit.person})
    addresses += [{"address": address, "role": "shared"} for address, owners in shared if unit.id in owners]
    return {
        "id": unit.id,
        "name": unit.name,
        "kind": unit.kind,
        "addresses": addresses,
        "aliases": list(unit.aliases),
    }


_SEX_NAMES = {"t": "total", "m": "male", "f": "female"}


def _indicator(plan: SetPlan, counted: Counted) -> dict[str, Any]:
    return {
        "code": counted.code,
        "group": counted.group,
        "label": counted.label,
        "unit": counted.unit,
        "sex": [_SEX_NAMES[sex] for sex in counted.sexes],
        "aggregation": {"type": counted.kind},
        "reported_by": list(reporters(plan, counted)),
        "aliases": list(counted.aliases),
    }


def _ratio(ratio: Any) -> dict[str, Any]:
    sides = {
        side: {"code": code, "sex": sex}
        for side, (code, sex) in (("numerator", ratio.numerator), ("denominator", ratio.denominator))
    }
    return {
        "code": ratio.code,
        "group": "",
        "label": ratio.label,
        "unit": ratio.unit,
        "sex": ["total"],
        "aggregation": {"type": "ratio", **sides, "factor": ratio.factor, "decimals": 2},
        "reported_by": [],
    }
