"""The demo's story: one round of reports, mail by mail, and what each must become.

The expectations are this module's own knowledge of what it wrote; the program is never asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from tools.demo_envelope import VIETNAM, Envelope, message_id
from tools.demo_files import Block, Text, archive, bomb, docx, locked, scan, xlsx
from tools.demo_letters import (
    FEMALE_FIRST,
    LINES,
    PERIOD,
    REGIME_SEXES,
    TWO_ROWS,
    Cell,
    Form,
    Line,
    annex,
    counted,
    empty_annex,
    grid,
    head_of_sheet,
    letterhead,
    report,
    sections,
    signature,
    title,
    worded_zero,
)
from tools.demo_units import REPORTERS, Figures, Reporter, commune_figures, department_figures

MAILBOX = "phongldsd@gmail.com"  #: the address the shipped regime names; nothing is ever sent
DUE = datetime(2024, 6, 5, tzinfo=VIETNAM)
_SPOKEN = ("QL01", "TT01", "TT02")  #: what every letter tells in sentences
_MEASURED = "Biểu số liệu.xlsx"


@dataclass(frozen=True, slots=True)
class Fate:
    """What a mail must become. `counts`: yes, held (a person must release it), either, or no."""

    kind: str
    state: str
    counts: str = "no"
    role: str = ""
    also_kinds: tuple[str, ...] = ()
    also_states: tuple[str, ...] = ()


BOOKED = Fate("report", "booked", "yes", "first")
HELD = Fate("report", "review", "held")
UNREADABLE = Fate("unreadable", "review", "held", also_kinds=("report",))
SPOOF = Fate("spoof", "review")
OTHER = Fate("other", "set_aside")
OTHER_REPORT = Fate("other_report", "set_aside", also_kinds=("other",))


@dataclass(frozen=True, slots=True)
class Post:
    """One mail of the round."""

    envelope: Envelope
    fate: Fate
    shows: str  #: what the mail was made to show
    units: tuple[str, ...] = ()
    table: Mapping[str, Figures] = field(default_factory=dict)  #: unit -> figures that stand in cells
    spoken: Mapping[str, Figures] = field(default_factory=dict)  #: unit -> figures told in sentences only
    doubtful: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: indicators nobody may state
    folder: str = "INBOX"


def posts() -> list[Post]:
    """Every mail, in order of arrival."""
    told = (
        *_plain(),
        *_odd_forms(),
        *_several(),
        *_doubtful(),
        *_closed(),
        *_strangers(),
        *_late(),
        *_no_reports(),
    )
    return sorted(told, key=lambda post: post.envelope.arrival)


# ------------------------------------------------------------------ making one mail


def _at(text: str) -> datetime:
    """Reads "24/5 08:12" or "24/5 08:12:30", on the department's clock."""
    day, clock = text.split()
    date, month = map(int, day.split("/"))
    hour, minute, second = map(int, f"{clock}:00".split(":")[:3])
    return datetime(2024, month, date, hour, minute, second, tzinfo=VIETNAM)


def _mail(unit: str, arrival: str, files: Sequence[tuple[str, bytes]] = (), **more: str) -> Envelope:
    who = REPORTERS[unit]
    auth = "spf" if who.address.endswith(("@chithiet.example", "@thienke.example")) else "pass"
    own = f"UBND {who.name}" if who.name.startswith(("xã ", "thị trấn ")) else who.name
    return Envelope(
        sender=more.get("sender", who.address),
        to=MAILBOX,
        subject=more.get("subject", f"{own} gửi báo cáo bình đẳng giới {PERIOD}"),
        text=more.get(
            "text", f"{own} gửi báo cáo công tác bình đẳng giới và VSTBPN {PERIOD}.\nTrân trọng./.\n"
        ),
        arrival=_at(arrival),
        name=more.get("name", who.person if who.role != "official" and who.person else own),
        auth=more.get("auth", auth),
        files=tuple(files),
        key=more.get("key", ""),
    )


def _number(unit: str) -> str:
    return str(20 + sum(map(ord, unit)) % 70)


def _day(arrival: str) -> str:
    return arrival.split(maxsplit=1)[0]


def _standing(figures: Figures, form: Form, lines: Sequence[Line] = LINES) -> Figures:
    """The figures of the regime that stand in an annex of this form."""
    hidden = form.leave_out | form.blank
    return {
        (line.code, sex): figures[line.code, sex]
        for line in lines
        for sex in REGIME_SEXES[line.code]
        if line.code not in hidden and (line.code, sex) in figures
    }


def _spoken(figures: Figures) -> Figures:
    """What the sentences of a letter tell."""
    return {
        (code, sex): figure
        for (code, sex), figure in figures.items()
        if code in _SPOKEN and sex != "male"
    }  # fmt: skip


_USUAL = Form()


def _word(unit: str, day: str, figures: Figures, form: Form = _USUAL, **more: str) -> bytes:
    """A letter with its annex, as a Word document."""
    rows = annex(figures, form)
    return docx(report(REPORTERS[unit], _number(unit), day, figures, rows, **more))


def _whole(
    unit: str,
    arrival: str,
    name: str,
    shows: str,
    form: Form = _USUAL,
    fate: Fate = BOOKED,
    **more: str,
) -> Post:
    """The usual case: one Word document with letter and annex."""
    figures = commune_figures(unit)
    content = _word(unit, _day(arrival), figures, form)
    return Post(
        _mail(unit, arrival, [(name, content)], **more),
        fate,
        shows,
        (unit,),
        table={unit: _standing(figures, form)},
        spoken={unit: _spoken(figures)},
    )


def _sheet(unit: str, figures: Figures, form: Form, *, head: bool) -> bytes:
    rows: list[list[Cell]] = head_of_sheet(REPORTERS[unit], 3 + len(form.columns)) if head else []
    if not head:
        rows = [[f"PHỤ LỤC SỐ LIỆU BÌNH ĐẲNG GIỚI {PERIOD.upper()}"], []]
    return xlsx({"Biểu": [*rows, *annex(figures, replace(form, numbers=True))]})


# ------------------------------------------------------------------ reports as they should be


def _plain() -> Iterator[Post]:
    yield _whole("sd-x-trung-yen", "23/5 09:14", "BC BĐG 6 tháng 2024 Trung Yên.docx", "docx with table")
    yield _alone(
        "sd-tt-son-duong", "24/5 15:40", "Bieu BDG TT Son Duong.xlsx", "xlsx with letterhead", head=True
    )
    yield _alone(
        "sd-x-tan-trao", "25/5 20:05", _MEASURED, "xlsx without letterhead, personal address", head=False
    )
    yield _pair("sd-x-phuc-ung", "29/5 10:31", "docx and xlsx")
    yield _packed()
    yield _misnamed()
    yield _department()
    yield _women_union()
    yield _front()
    yield _whole("sd-x-hao-phu", "30/5 16:22", "Bao cao BDG.docx", "docx with table; forged later")


def _alone(unit: str, arrival: str, name: str, shows: str, *, head: bool) -> Post:
    figures = commune_figures(unit)
    content = _sheet(unit, figures, Form(), head=head)
    standing = _standing(figures, Form())
    return Post(_mail(unit, arrival, [(name, content)]), BOOKED, shows, (unit,), table={unit: standing})


def _letter(unit: str, arrival: str, figures: Figures) -> bytes:
    return docx(report(REPORTERS[unit], _number(unit), _day(arrival), figures))


def _pair(unit: str, arrival: str, shows: str) -> Post:
    figures = commune_figures(unit)
    files = [
        ("Báo cáo BĐG 6 tháng.docx", _letter(unit, arrival, figures)),
        ("Phụ lục số liệu.xlsx", _sheet(unit, figures, Form(), head=True)),
    ]
    told = {unit: _spoken(figures)}
    return Post(_mail(unit, arrival, files), BOOKED, shows, (unit,), {unit: _standing(figures, Form())}, told)


def _packed() -> Post:
    pair = _pair("sd-x-vinh-loi", "28/5 08:47", "zip of docx and xlsx")
    packed = archive({f"BDG Vinh Loi/{name}": content for name, content in pair.envelope.files})
    return replace(pair, envelope=replace(pair.envelope, files=(("BDG Vinh Loi.zip", packed),)))


def _misnamed() -> Post:
    pair = _pair("sd-x-thuong-am", "28/5 14:09", "docx named .doc, xlsx named .xls")
    (_, letter), (_, sheet) = pair.envelope.files
    files = (("bao cao bdg thuong am.doc", letter), ("phu luc thuong am.xls", sheet))
    return replace(pair, envelope=replace(pair.envelope, files=files))


def _department() -> Post:
    unit = "sd-noi-vu"
    figures = department_figures(unit)
    blocks = _department_letter(unit, "27/5", figures)
    envelope = _mail(unit, "27/5 11:02", [("BC cong tac BDG Phong Noi vu.docx", docx(blocks))])
    return Post(
        envelope, BOOKED, "department, figures in sentences", (unit,), spoken={unit: _spoken(figures)}
    )


def _department_letter(unit: str, day: str, figures: Figures) -> list[Block]:
    who = REPORTERS[unit]
    kept = {key: figure for key, figure in figures.items() if key[1] != "male"}
    return [
        letterhead(who, f"{_number(unit)}/BC", day),
        *title(),
        Text("Kính gửi: Phòng Lao động - Thương binh và Xã hội huyện Sơn Dương"),
        *sections(who, kept),
        signature(who),
    ]


def _women_union() -> Post:
    unit = "sd-hoi-lhpn"
    figures = {key: figure for key, figure in department_figures(unit).items() if key[0] in _SPOKEN}
    text = (
        "Kính gửi: Phòng Lao động - Thương binh và Xã hội huyện\n\n"
        f"Hội Liên hiệp Phụ nữ huyện Sơn Dương báo cáo kết quả công tác bình đẳng giới và vì sự tiến bộ của "
        f"phụ nữ {PERIOD} như sau:\n\n"
        "I. KẾT QUẢ THỰC HIỆN\n"
        f"Hội đã ban hành {counted(figures['QL01', 'total'])} văn bản chỉ đạo các cơ sở hội.\n"
        f"Đã tổ chức {counted(figures['TT01', 'total'])} buổi tuyên truyền về bình đẳng giới với "
        f"{counted(figures['TT02', 'total'])} lượt người tham dự, trong đó nữ "
        f"{counted(figures['TT02', 'female'])} lượt người.\n\n"
        "II. KHÓ KHĂN\nMột số hội viên đi làm ăn xa nên khó tập hợp.\n\n"
        "III. PHƯƠNG HƯỚNG\nDuy trì sinh hoạt các câu lạc bộ hiện có.\n\n"
        "Trên đây là báo cáo của Hội Liên hiệp Phụ nữ huyện./.\n"
        "TM. BAN THƯỜNG VỤ\nCHỦ TỊCH\nTạ Thị Hồng Lê\n"
    )
    return Post(
        _mail(unit, "28/5 16:55", text=text),
        BOOKED,
        "report in the body only",
        (unit,),
        spoken={unit: figures},
    )


def _front() -> Post:
    unit = "sd-mttq"
    figures = department_figures(unit)
    lines = tuple(line for line in LINES if line.code in _SPOKEN)
    who = REPORTERS[unit]
    form = Form(groups=False)
    blocks = _department_letter(unit, "31/5", figures)
    blocks += [Text("BIỂU SỐ LIỆU KÈM THEO", bold=True, align="center"), grid(annex(figures, form, lines))]
    return Post(
        _mail(unit, "31/5 09:33", [("BC BĐG Mặt trận.docx", docx(blocks))], name=who.person),
        BOOKED,
        "department with a short table",
        (unit,),
        table={unit: _standing(figures, form, lines)},
        spoken={unit: _spoken(figures)},
    )


# ------------------------------------------------------------------ good reports in odd forms


def _odd_forms() -> Iterator[Post]:
    unit = "sd-x-luong-thien"
    yield _whole(unit, "28/5 19:20", "Bao cao BDG Luong Thien.docx", "annex with a two-row heading", TWO_ROWS)
    unit = "sd-x-tu-thinh"
    yield _whole(unit, "29/5 07:58", "BC_BDG_Tu_Thinh.docx", "female column before male", FEMALE_FIRST)
    unit = "sd-x-cap-tien"
    yield _whole(unit, "29/5 09:05", "BÁO CÁO BĐG.docx", "money in nghìn đồng", Form(thousand=True))
    yield _zeros()


def _zeros() -> Post:
    unit = "sd-x-hop-thanh"
    nothing = {
        ("GD01", "total"), ("GD03", "total"), ("GD03", "male"), ("GD03", "female"),
        ("GD06", "total"), ("GD06", "male"), ("GD06", "female"), ("QL02a", "total"),
    }  # fmt: skip
    zeros = {key: Decimal(0) for key in nothing}
    figures = dict(commune_figures(unit)) | zeros
    form = Form(write=worded_zero, groups=False)
    content = _word(unit, "29/5", figures, form)
    return Post(
        _mail(
            unit, "29/5 15:15", [("bc bdg hop thanh.docx", content)], subject="bc bdg 6 thang dau nam 2024"
        ),
        BOOKED,
        "zero written as a word",
        (unit,),
        table={unit: _standing(figures, form)},
        spoken={unit: _spoken(figures)},
    )


# ------------------------------------------------------------------ several mails or units


def _several() -> Iterator[Post]:
    unit = "sd-x-dong-tho"
    yield _whole(unit, "30/5 08:20", "Bao cao BDG Dong Tho.docx", "report that is replaced later")
    yield _replacement(unit)
    yield from _supplemented("sd-x-khang-nhat")
    yield from _twice("sd-x-hop-hoa")
    yield from _in_two_mails("sd-x-quyet-thang")
    yield _two_communes()


def _replacement(unit: str) -> Post:
    figures = commune_figures(unit, edition=2)
    note = f"Báo cáo này thay thế Báo cáo số {_number(unit)}/BC-UBND ngày 30/5/2024 của UBND xã Đông Thọ."
    rows = annex(figures, Form())
    content = docx(report(REPORTERS[unit], "97", "6/6", figures, rows, note=note))
    envelope = _mail(
        unit,
        "6/6 14:48",
        [("BC BDG Dong Tho (thay the).docx", content)],
        subject=f"UBND xã Đông Thọ gửi báo cáo BĐG {PERIOD} (bản thay thế)",
        text="UBND xã Đông Thọ gửi lại báo cáo bình đẳng giới, thay thế báo cáo đã gửi ngày 30/5/2024.\n",
    )
    return Post(
        envelope,
        Fate("correction", "booked", "yes", "replacement"),
        "replacement",
        (unit,),
        {unit: _standing(figures, Form())},
        {unit: _spoken(figures)},
    )


def _supplemented(unit: str) -> Iterator[Post]:
    form = Form(blank=frozenset({"KT03"}))
    yield _whole(unit, "30/5 10:02", "BC BĐG xã Kháng Nhật.docx", "report with a row left blank", form)
    figures = commune_figures(unit)
    trained = tuple(line for line in LINES if line.code == "KT03")
    blocks: list[Block] = [
        letterhead(REPORTERS[unit], "91/BC-UBND", "7/6"),
        *title("Bổ sung số liệu công tác bình đẳng giới và vì sự tiến bộ của phụ nữ"),
        Text("UBND xã Kháng Nhật bổ sung số liệu lao động được đào tạo nghề còn thiếu trong báo cáo đã gửi:"),
        grid(annex(figures, Form(groups=False), trained)),
        signature(REPORTERS[unit]),
    ]
    envelope = _mail(
        unit,
        "7/6 09:11",
        [("Bo sung so lieu dao tao nghe.docx", docx(blocks))],
        subject=f"Bổ sung số liệu báo cáo bình đẳng giới {PERIOD}",
        text="UBND xã Kháng Nhật gửi bổ sung số liệu đào tạo nghề, các số liệu khác giữ nguyên.\n",
    )
    fate = Fate("correction", "booked", "yes", "supplement")
    yield Post(envelope, fate, "supplement of one row", (unit,), {unit: _standing(figures, Form(), trained)})


def _twice(unit: str) -> Iterator[Post]:
    first = _whole(unit, "30/5 14:36", "Báo cáo bình đẳng giới.docx", "report that comes twice")
    yield first
    again = replace(
        first.envelope,
        arrival=_at("31/5 07:50"),
        subject=f"Fwd: {first.envelope.subject}",
        text="Xã gửi lại phòng khi thư trước chưa đến ạ.\n",
    )
    yield Post(
        again, Fate("duplicate", "booked", role="duplicate", also_states=("set_aside",)), "duplicate", (unit,)
    )


def _in_two_mails(unit: str) -> Iterator[Post]:
    figures = commune_figures(unit)
    letter = docx(report(REPORTERS[unit], _number(unit), "30/5", figures))
    yield Post(
        _mail(
            unit,
            "30/5 16:40",
            [("BC BDG Quyet Thang.docx", letter)],
            subject=f"UBND xã Quyết Thắng gửi báo cáo BĐG {PERIOD} (thư 1/2)",
            text="Xã gửi báo cáo lời, biểu số liệu gửi ở thư sau.\n",
        ),
        replace(BOOKED, also_kinds=("part_of_report",)),
        "first of two mails",
        (unit,),
        spoken={unit: _spoken(figures)},
    )
    yield Post(
        _mail(
            unit,
            "30/5 16:52",
            [("Bieu so lieu BDG Quyet Thang.xlsx", _sheet(unit, figures, Form(), head=True))],
            subject=f"UBND xã Quyết Thắng gửi biểu số liệu BĐG {PERIOD} (thư 2/2)",
            text="Xã gửi tiếp biểu số liệu kèm theo báo cáo đã gửi ở thư trước.\n",
        ),
        Fate("part_of_report", "booked", "yes", "part", also_kinds=("report",)),
        "second of two mails",
        (unit,),
        {unit: _standing(figures, Form())},
    )


def _two_communes() -> Post:
    units = ("sd-x-van-son", "sd-x-hong-lac")
    figures = {unit: commune_figures(unit) for unit in units}
    files = [(f"BC BĐG {REPORTERS[unit].name}.docx", _word(unit, "31/5", figures[unit])) for unit in units]
    envelope = _mail(
        units[0],
        "31/5 10:25",
        files,
        name="Phan Thị Gấm",
        subject=f"Báo cáo BĐG {PERIOD} của xã Vân Sơn và xã Hồng Lạc",
        text="Em gửi phòng báo cáo của hai xã Vân Sơn, Hồng Lạc. Em phụ trách chung cả hai xã.\n",
    )
    standing = {unit: _standing(figures[unit], Form()) for unit in units}
    told = {unit: _spoken(figures[unit]) for unit in units}
    return Post(envelope, BOOKED, "one address and one mail for two communes", units, standing, told)


# ------------------------------------------------------------------ what a person must look at


def _doubtful() -> Iterator[Post]:
    yield _wrong_name()
    yield _last_year()
    yield _empty()
    yield _percentages()
    yield _wrong_sum()
    yield _two_truths()


def _wrong_name() -> Post:
    """Đồng Quý copied its neighbour's file and left the letterhead and the signature as they were."""
    unit = "sd-x-dong-quy"
    borrowed = REPORTERS["sd-x-tam-da"]
    who = Reporter(borrowed.id, borrowed.name, REPORTERS[unit].address, person=REPORTERS[unit].person)
    figures = commune_figures(unit)
    content = docx(report(who, "44", "31/5", figures, annex(figures, Form())))
    envelope = _mail(unit, "31/5 15:07", [("Bao cao BDG.docx", content)])
    return Post(envelope, HELD, "another commune's name in letterhead and text", (unit,))


def _last_year() -> Post:
    unit = "sd-x-tan-thanh"
    figures = commune_figures(unit)
    content = _word(unit, "31/5", figures, Form(), period="6 tháng đầu năm 2023")
    envelope = _mail(
        unit, "31/5 16:18", [("BC BDG Tan Thanh.docx", content)], subject="Báo cáo BĐG xã Tân Thanh"
    )
    fate = replace(HELD, counts="either", also_states=("booked",))
    standing = {unit: _standing(figures, Form())}
    return Post(envelope, fate, "title of last year", (unit,), standing, {unit: _spoken(figures)})


def _empty() -> Post:
    unit = "sd-x-van-phu"
    rows = [*head_of_sheet(REPORTERS[unit]), *empty_annex(Form(numbers=True))]
    envelope = _mail(unit, "1/6 09:40", [("Bieu BDG Van Phu.xlsx", xlsx({"Biểu": rows}))])
    return Post(envelope, HELD, "empty form", (unit,))


def _percentages() -> Post:
    """The political rows give nothing but a share of women."""
    unit = "sd-x-chi-thiet"
    figures = commune_figures(unit)
    political = ("CT01", "CT02", "CT03", "CT04", "CT06")
    form = Form(leave_out=frozenset(political))
    shares = [["STT", "Chỉ tiêu", "Tỷ lệ nữ (%)"]]
    for number, line in enumerate((line for line in LINES if line.code in political), 1):
        share = figures[line.code, "female"] * 100 / figures[line.code, "total"]
        shares.append([str(number), line.label, f"{share:.1f}".replace(".", ",")])
    blocks = report(REPORTERS[unit], _number(unit), "1/6", figures, annex(figures, form))
    blocks += [Text("Biểu 2: Tỷ lệ nữ tham gia lãnh đạo, quản lý", bold=True), grid(shares)]
    envelope = _mail(unit, "1/6 11:13", [("BC BĐG Chi Thiết.docx", docx(blocks))])
    return Post(
        envelope,
        BOOKED,
        "percentages without figures",
        (unit,),
        {unit: _standing(figures, form)},
        {unit: _spoken(figures)},
        {unit: political},
    )


def _wrong_sum() -> Post:
    unit = "sd-x-dong-loi"
    figures = dict(commune_figures(unit))
    written = figures | {("KT02", "male"): figures["KT02", "male"] + 7}
    content = _word(unit, "2/6", written)
    good = {key: figure for key, figure in _standing(figures, Form()).items() if key[0] != "KT02"}
    envelope = _mail(unit, "2/6 20:44", [("bao cao bdg dong loi.docx", content)])
    told = {unit: _spoken(figures)}
    return Post(
        envelope,
        BOOKED,
        "men and women do not make the total",
        (unit,),
        {unit: good},
        told,
        {unit: ("KT02",)},
    )


def _two_truths() -> Post:
    unit = "sd-x-thien-ke"
    figures = commune_figures(unit)
    spoken = dict(figures) | {("TT01", "total"): figures["TT01", "total"] + 3}
    blocks = report(REPORTERS[unit], _number(unit), "2/6", spoken, annex(figures, Form()))
    good = {key: figure for key, figure in _standing(figures, Form()).items() if key[0] != "TT01"}
    told = {key: figure for key, figure in _spoken(figures).items() if key[0] != "TT01"}
    envelope = _mail(unit, "2/6 21:30", [("BC BDG Thien Ke.docx", docx(blocks))])
    return Post(
        envelope, BOOKED, "text and table differ", (unit,), {unit: good}, {unit: told}, {unit: ("TT01",)}
    )


# ------------------------------------------------------------------ what cannot be opened


def _closed() -> Iterator[Post]:
    fate = replace(UNREADABLE, also_kinds=("report", "unreadable"))
    unit = "sd-x-phu-luong"
    yield Post(_mail(unit, "3/6 08:06", [("Scan0007.pdf", scan())]), fate, "scan only", (unit,))
    unit = "sd-x-ninh-lai"
    sheet = ("Bieu BDG Ninh Lai.xlsx", locked())
    yield Post(_mail(unit, "3/6 09:37", [sheet]), fate, "workbook with a password", (unit,))
    unit = "sd-x-dai-phu"
    whole = _word(unit, "3/6", commune_figures(unit))
    cut = ("BC BĐG Đại Phú.docx", whole[: len(whole) * 3 // 5])
    yield Post(_mail(unit, "3/6 10:50", [cut]), fate, "truncated docx", (unit,))
    unit = "sd-x-son-nam"
    packed = ("Bao cao BDG Son Nam.zip", bomb())
    yield Post(_mail(unit, "3/6 13:45", [packed]), fate, "zip bomb", (unit,))
    unit = "sd-giao-duc-dao-tao"
    text = (
        "Phòng Giáo dục và Đào tạo gửi báo cáo bình đẳng giới 6 tháng đầu năm 2024 tại đường dẫn:\n"
        "https://drive.google.com/file/d/1DemoDemoDemoDemoDemoDemoDemoDemo/view?usp=sharing\n"
    )
    fate = Fate("link_only", "review", "held")
    yield Post(_mail(unit, "4/6 10:12", text=text), fate, "Drive link only", (unit,))


# ------------------------------------------------------------------ strangers and forgeries


def _strangers() -> Iterator[Post]:
    yield _forged()
    yield _forged_results()
    yield _borrowed_name()
    yield _unknown_clear()
    yield _unknown()


def _forged() -> Post:
    unit = "sd-x-hao-phu"
    figures = commune_figures(unit, edition=3)
    envelope = _mail(
        unit,
        "3/6 22:31",
        [("Bao cao thay the.docx", _word(unit, "3/6", figures))],
        subject="Báo cáo thay thế - xã Hào Phú",
        text="Đề nghị phòng dùng báo cáo này thay thế báo cáo đã gửi.\n",
        auth="fail",
    )
    return Post(envelope, SPOOF, "forged sender: DMARC fails", (unit,))


def _forged_results() -> Post:
    unit = "sd-x-tam-da"
    envelope = _mail(
        unit,
        "4/6 02:17",
        [("BC BDG Tam Da.docx", _word(unit, "3/6", commune_figures(unit, edition=3)))],
        auth="fail",
    )
    domain = envelope.sender.partition("@")[2]
    claim = (
        f"mx.google.com;\n       dkim=pass header.i=@{domain} header.s=default;\n       spf=pass "
        f"(google.com: domain of {envelope.sender} designates 203.0.113.9 as permitted sender) "
        f"smtp.mailfrom={envelope.sender};\n       dmarc=pass (p=QUARANTINE dis=NONE) header.from={domain}"
    )
    below = (("Authentication-Results", claim),)
    return Post(replace(envelope, below=below), SPOOF, "forged second Authentication-Results", (unit,))


def _borrowed_name() -> Post:
    unit = "sd-x-truong-sinh"
    figures = commune_figures(unit, edition=3)
    envelope = _mail(
        unit,
        "4/6 03:05",
        [("Bao cao BDG.docx", _word(unit, "3/6", figures))],
        name=f"{REPORTERS[unit].address}",
        sender="vanthu.bcbdg24@mail.example",
    )
    return Post(envelope, SPOOF, "a registered address as display name", (unit,))


def _unknown_clear() -> Post:
    unit = "sd-ttyt"
    figures = department_figures(unit)
    content = docx(_department_letter(unit, "4/6", figures))
    envelope = _mail(
        unit,
        "4/6 08:33",
        [("BC BDG TTYT.docx", content)],
        sender="buoi.ttyt88@mail.example",
        name="Lò Thị Bưởi",
    )
    fate = replace(HELD, counts="either", also_states=("booked",))
    told = {unit: _spoken(figures)}
    return Post(envelope, fate, "unknown address, clear letterhead", (unit,), spoken=told)


def _unknown() -> Post:
    figures = commune_figures("nobody")
    sheet = xlsx({"Sheet1": annex(figures, Form(numbers=True))})
    envelope = Envelope(
        sender="caube.mua.thu@mail.example",
        to=MAILBOX,
        subject="gửi báo cáo BĐG 6 tháng đầu năm 2024",
        text="Em gửi phòng ạ.\n",
        arrival=_at("4/6 09:29"),
        name="Thu Trang",
        files=(("bao cao.xlsx", sheet),),
    )
    return Post(envelope, HELD, "unknown address, no name anywhere")


# ------------------------------------------------------------------ late


def _late() -> Iterator[Post]:
    unit = "sd-tu-phap"
    figures = department_figures(unit)
    content = docx(_department_letter(unit, "4/6", figures))
    envelope = _mail(unit, "4/6 23:58:10", [("BC BDG Phong Tu phap.docx", content)])
    yield Post(envelope, BOOKED, "two minutes before the deadline", (unit,), spoken={unit: _spoken(figures)})
    unit = "sd-x-truong-sinh"
    yield _whole(unit, "5/6 00:06", "BC BĐG Trường Sinh.docx", "six minutes late")
    yield _whole("sd-x-tam-da", "18/6 15:26", "Bao cao BDG Tam Da.docx", "two weeks late")


# ------------------------------------------------------------------ no reports


def _no_reports() -> Iterator[Post]:
    yield _newsletter()
    yield _spam()
    yield _invitation()
    yield _question()
    yield _poverty()
    yield _thanks()
    yield _away()
    own = _own_copy()
    yield Post(own, OTHER, "own copy of a chase-up")
    yield _bounce(own)
    yield _plan()


def _newsletter() -> Post:
    envelope = Envelope(
        sender="bantin@vanban.example",
        to=MAILBOX,
        subject="Bản tin chính sách mới tuần 21/2024",
        text="Các chính sách có hiệu lực từ tháng 6/2024. Nếu không muốn nhận bản tin, bấm hủy đăng ký.\n",
        arrival=_at("20/5 06:02"),
        name="Bản tin Văn bản",
        headers=(
            ("List-Id", "Ban tin <bantin.vanban.example>"),
            ("List-Unsubscribe", "<mailto:huy@vanban.example>"),
            ("Precedence", "bulk"),
        ),
    )
    return Post(envelope, OTHER, "newsletter")


def _spam() -> Post:
    envelope = Envelope(
        sender="vaynhanh@khuyenmai.example",
        to=MAILBOX,
        subject="Duyệt vay 200 triệu trong 15 phút, không cần thế chấp!!!",
        text="Lãi suất ưu đãi chỉ hôm nay. Gọi ngay để nhận quà.\n",
        arrival=_at("24/5 03:41"),
        name="Tài chính Siêu Tốc",
    )
    return Post(envelope, Fate("spam", "set_aside", also_kinds=("other",)), "spam", folder="[Gmail]/Spam")


def _invitation() -> Post:
    who = REPORTERS["sd-vp-hdnd-ubnd"]
    blocks: list[Block] = [
        letterhead(who, "118/GM-UBND", "21/5"),
        Text("GIẤY MỜI", bold=True, align="center"),
        Text("Họp rà soát tiến độ các chương trình an sinh xã hội", align="center"),
        Text("Thời gian: 08 giờ 00, ngày 27/5/2024. Địa điểm: Phòng họp số 2, UBND huyện."),
        Text("Thành phần: Trưởng phòng Lao động - Thương binh và Xã hội, đại diện các cơ quan liên quan."),
        signature(who),
    ]
    envelope = _mail(
        "sd-vp-hdnd-ubnd",
        "21/5 16:10",
        [("Giay moi 118.docx", docx(blocks))],
        subject="Giấy mời họp rà soát tiến độ các chương trình an sinh xã hội",
        text="Văn phòng HĐND và UBND huyện gửi giấy mời họp.\n",
    )
    return Post(envelope, OTHER, "invitation")


def _question() -> Post:
    envelope = _mail(
        "sd-x-tu-thinh",
        "22/5 10:27",
        subject="Hỏi về mẫu biểu báo cáo bình đẳng giới",
        text="Phòng cho xã hỏi báo cáo 6 tháng lần này có dùng mẫu biểu mới không ạ? Xã xin cảm ơn.\n",
    )
    return Post(envelope, Fate("question", "set_aside", also_states=("review",)), "question")


def _poverty() -> Post:
    unit = "sd-x-binh-yen"
    who = REPORTERS[unit]
    blocks: list[Block] = [
        letterhead(who, "36/BC-UBND", "27/5"),
        *title("Kết quả thực hiện Chương trình mục tiêu quốc gia giảm nghèo bền vững"),
        Text("I. KẾT QUẢ THỰC HIỆN", bold=True),
        Text("Đầu năm xã có 143 hộ nghèo, 88 hộ cận nghèo; đến nay có 19 hộ đăng ký thoát nghèo."),
        grid(
            [
                ["STT", "Chỉ tiêu", "ĐVT", "Số lượng"],
                ["1", "Hộ nghèo", "hộ", "143"],
                ["2", "Hộ cận nghèo", "hộ", "88"],
            ]
        ),
        signature(who),
    ]
    envelope = _mail(
        unit,
        "27/5 15:32",
        [("BC giam ngheo 6T Binh Yen.docx", docx(blocks))],
        subject=f"UBND xã Bình Yên gửi báo cáo giảm nghèo {PERIOD}",
        text=f"UBND xã Bình Yên gửi báo cáo công tác giảm nghèo {PERIOD}.\n",
    )
    return Post(envelope, OTHER_REPORT, "report on another subject", (unit,))


def _thanks() -> Post:
    envelope = _mail(
        "sd-x-cap-tien",
        "4/6 11:20",
        subject=f"Re: Đôn đốc báo cáo bình đẳng giới {PERIOD}",
        text="Xã đã nhận được thông tin, cảm ơn phòng nhiều ạ.\n",
    )
    return Post(envelope, OTHER, "thanks")


def _away() -> Post:
    envelope = _mail(
        "sd-tai-chinh-ke-hoach",
        "4/6 14:03",
        subject=f"Trả lời tự động: Đôn đốc báo cáo bình đẳng giới {PERIOD}",
        text="Tôi đi công tác đến hết ngày 07/6/2024. Việc gấp xin liên hệ văn thư phòng.\n",
    )
    headers = (("Auto-Submitted", "auto-replied"), ("X-Autoreply", "yes"))
    return Post(
        replace(envelope, headers=headers, return_path=""), Fate("auto_reply", "set_aside"), "automatic reply"
    )


def _own_copy() -> Envelope:
    return Envelope(
        sender=MAILBOX,
        to=MAILBOX,
        subject=f"Đôn đốc báo cáo bình đẳng giới {PERIOD}",
        text="Đề nghị các đơn vị chưa gửi báo cáo khẩn trương gửi về Phòng để tổng hợp.\n",
        arrival=_at("4/6 07:45"),
        name="Phòng LĐ-TB&XH huyện Sơn Dương",
    )


def _bounce(own: Envelope) -> Post:
    lost = REPORTERS["sd-x-minh-thanh"].address
    envelope = Envelope(
        sender="mailer-daemon@googlemail.com",
        to=MAILBOX,
        subject="Delivery Status Notification (Failure)",
        text=f"Your message wasn't delivered to {lost} because the address couldn't be found.\n",
        arrival=_at("4/6 07:46"),
        name="Mail Delivery Subsystem",
        auth="null",
        return_path="",
        headers=(("Auto-Submitted", "auto-replied"), ("X-Failed-Recipients", lost)),
        report=(
            (
                "message/delivery-status",
                (
                    "Reporting-MTA: dns; googlemail.com\nArrival-Date: Mon, 03 Jun 2024 17:45:02 -0700\n\n"
                    f"Final-Recipient: rfc822; {lost}\nAction: failed\nStatus: 5.1.1\n"
                    "Diagnostic-Code: smtp; 550-5.1.1 The account that you tried to reach does not exist."
                ),
            ),
            (
                "message/rfc822",
                (
                    f"From: {MAILBOX}\nTo: {lost}\nSubject: Don doc bao cao\nMessage-ID: {message_id(own)}\n"
                    "MIME-Version: 1.0\nContent-Type: text/plain\n\n(khong co noi dung)"
                ),
            ),
        ),
    )
    return Post(envelope, Fate("bounce", "set_aside"), "bounce")


def _plan() -> Post:
    unit = "sd-x-trung-yen"
    blocks: list[Block] = [
        letterhead(REPORTERS[unit], "52/KH-UBND", "10/6"),
        Text("KẾ HOẠCH", bold=True, align="center"),
        Text("Triển khai Tháng hành động phòng, chống bạo lực gia đình năm 2024", bold=True, align="center"),
        Text("I. MỤC ĐÍCH, YÊU CẦU", bold=True),
        Text("Nâng cao nhận thức của người dân về bình đẳng giới và phòng, chống bạo lực gia đình."),
        Text("II. NỘI DUNG", bold=True),
        Text("Tổ chức 06 buổi truyền thông tại các thôn trong tháng 6/2024, mỗi buổi khoảng 50 người."),
        signature(REPORTERS[unit]),
    ]
    envelope = _mail(
        unit,
        "10/6 09:54",
        [("KH thang hanh dong PCBLGD 2024.docx", docx(blocks))],
        subject="Kế hoạch triển khai Tháng hành động phòng, chống bạo lực gia đình năm 2024",
        text="UBND xã Trung Yên gửi kế hoạch để phòng theo dõi.\n",
    )
    return Post(envelope, OTHER, "plan")
