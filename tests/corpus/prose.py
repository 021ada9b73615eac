"""Sentences, headings and the frame of a letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random

from tests.corpus.figures import Figures
from tests.corpus.grids import Grid, Told
from tests.corpus.plan import Counted, Sender, SetPlan
from tests.corpus.writing import grouped, money_words, padded

_DIFFICULTIES = (
    "Khó khăn, vướng mắc",
    "Tồn tại, hạn chế và nguyên nhân",
    "Những mặt còn hạn chế",
    "Khó khăn, tồn tại",
)
_PLANS = (
    "Phương hướng, nhiệm vụ thời gian tới",
    "Nhiệm vụ trọng tâm kỳ tới",
    "Giải pháp trong thời gian tới",
)
_PROPOSALS = ("Kiến nghị, đề xuất", "Đề xuất, kiến nghị với cấp trên", "Ý kiến đề nghị")
_RESULTS = ("Kết quả đạt được", "Kết quả thực hiện", "Tình hình thực hiện nhiệm vụ")
_OPENINGS = (
    "Thực hiện chế độ thông tin báo cáo, {unit} báo cáo kết quả như sau:",
    "Căn cứ đề nghị của {department}, {unit} xin báo cáo một số nội dung sau:",
    "{unit} tổng hợp kết quả thực hiện, cụ thể:",
)
_CLOSINGS = (
    "Trên đây là báo cáo của {unit}./.",
    "Trên đây là kết quả thực hiện của {unit}, kính gửi {department} tổng hợp./.",
    "{unit} trân trọng báo cáo./.",
)
_ROMANS = ("I", "II", "III", "IV", "V", "VI", "VII")


@dataclass(slots=True)
class Part:
    """A paragraph, or a table when `grid` is set."""

    text: str = ""
    bold: bool = False
    centred: bool = False
    grid: Grid | None = None
    frame: bool = False  #: the grid is a frame without borders: letterhead or signature


@dataclass(slots=True)
class Letter:
    """A report as a letter: its parts and what they say."""

    parts: list[Part] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    narrative: list[tuple[str, list[str]]] = field(default_factory=list)  #: section id, sentences


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the text."""

    issuer: tuple[str, ...]
    place: str
    day: date
    number: int
    title: str
    period: str


def sentences_of(
    rng: Random, asked: Sequence[Counted], figures: Figures, plan: SetPlan, drop: float = 0.0
) -> tuple[list[tuple[str, str]], list[Told]]:
    """A sentence for each indicator as (group, sentence), and what they say."""
    told: list[Told] = []
    written: list[tuple[str, str]] = []
    for counted in asked:
        if rng.random() < drop:
            continue
        sentence, sexes = _sentence(rng, counted, figures)
        written.append((counted.group, sentence))
        told += _told(counted, sexes, figures, sentence)
        if rng.random() < 0.12:
            written.append((counted.group, rng.choice(plan.wording.comparisons)))
    return written, told


def _sentence(rng: Random, counted: Counted, figures: Figures) -> tuple[str, str]:
    """A sentence and the sexes it names."""
    total = figures[counted.code, "t"]
    if total == 0:
        if counted.nil:
            return counted.nil, "t"
        template = next((t for t in counted.said if "{f}" not in t), counted.said[0])
    else:
        template = rng.choice(counted.said)
    values = {sex: _number(rng, counted, figures[counted.code, sex]) for sex in counted.sexes}
    return template.format(**values), "".join(sex for sex in "tmf" if "{" + sex + "}" in template)


def _number(rng: Random, counted: Counted, value: Decimal) -> str:
    if counted.money:
        return money_words(rng, value, counted.unit) if value else "0 đồng"
    if value == 0:
        return rng.choice(("0", "00"))
    return padded(value) if rng.random() < 0.8 else grouped(value)


def _told(counted: Counted, sexes: str, figures: Figures, sentence: str) -> list[Told]:
    told = [Told(counted.code, s, figures[counted.code, s], f"sentence: {sentence}", s) for s in sexes]
    rest = [sex for sex in counted.sexes if sex not in sexes]
    total = figures[counted.code, "t"]
    if total == 0 or {"t", "f"} <= set(sexes) or {"t", "m"} <= set(sexes):
        reason = "total is 0" if total == 0 else "total - other sex"
        told += [
            Told(counted.code, s, figures[counted.code, s], "", "", "derivable", "optional", reason)
            for s in rest
        ]
    return told


def letter(
    rng: Random,
    plan: SetPlan,
    unit: Sender,
    frame: Frame,
    sentences: Sequence[tuple[str, str]],
    grids: Sequence[Grid] = (),
) -> Letter:
    """A whole report: frame, results under headings, the closing sections, signature, annexes."""
    made = Letter()
    names = {"unit": _name(unit), "department": plan.department["short"]}
    made.parts += _head(rng, frame)
    made.parts.append(Part(rng.choice(_OPENINGS).format(**names)))
    marks = rng.choice((_ROMANS, tuple("1234567"), tuple("ABCDEFG")))
    sections = [(rng.choice(_RESULTS), _results(rng, plan, sentences)), *_closing_sections(rng, plan, made)]
    for mark, (title, parts) in zip(marks, sections, strict=False):
        shown = title.upper() if marks[0] == "A" else title
        made.parts += [Part(f"{mark}. {shown}", bold=True), *parts]
    made.parts.append(Part(rng.choice(_CLOSINGS).format(**names)))
    made.parts += _signature(rng, unit)
    for number, grid in enumerate(grids, 1):
        title = f"PHỤ LỤC {_ROMANS[number - 1]}" if len(grids) > 1 else "PHỤ LỤC SỐ LIỆU"
        made.parts += [
            Part(title, bold=True, centred=True),
            Part(f"(Kèm theo Báo cáo số {frame.number}/BC của {_name(unit)})", centred=True),
        ]
        made.parts.append(Part(grid=grid))
    return made


def _name(unit: Sender) -> str:
    return unit.name if unit.kind != "department" else unit.short


def _results(rng: Random, plan: SetPlan, sentences: Sequence[tuple[str, str]]) -> list[Part]:
    parts: list[Part] = []
    groups = list(dict.fromkeys(group for group, _ in sentences))
    listed = rng.random() < 0.4
    for number, group in enumerate(groups, 1):
        parts.append(Part(f"{number}. {rng.choice(plan.wording.groups[group])}", bold=True))
        said = [sentence for own, sentence in sentences if own == group]
        parts += [Part(f"- {one}") for one in said] if listed else [Part(" ".join(said))]
    return parts or [Part("Số liệu cụ thể theo biểu kèm theo.")]


def _closing_sections(rng: Random, plan: SetPlan, made: Letter) -> list[tuple[str, list[Part]]]:
    ids = [section for section, _ in plan.outline][-3:]
    wording = plan.wording
    pools = (wording.difficulties, wording.plans, wording.proposals)
    titles = (_DIFFICULTIES, _PLANS, _PROPOSALS)
    sections = []
    for section, pool, title in zip(ids, pools, titles, strict=True):
        chosen = rng.sample(pool, min(len(pool), rng.randint(1, 2)))
        made.narrative.append((section, chosen))
        sections.append(
            (rng.choice(title), [Part(f"- {one}" if rng.random() < 0.5 else one) for one in chosen])
        )
    if rng.random() < 0.3:
        sections[1], sections[2] = sections[2], sections[1]
    return sections


def _head(rng: Random, frame: Frame) -> list[Part]:
    day = frame.day
    where = f"{frame.place}, ngày {day.day:02} tháng {day.month} năm {day.year}"
    number = f"Số: {frame.number}/BC-UBND" if rng.random() < 0.8 else "Số:       /BC-UBND"
    motto = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"
    if rng.random() < 0.75:
        grid = Grid("frame", [["\n".join(frame.issuer), motto], [number, where]])
        head = [Part(grid=grid, frame=True)]
    else:
        head = [
            *(Part(line, bold=True) for line in frame.issuer),
            Part(number),
            *(Part(m, centred=True) for m in motto.split("\n")),
            Part(where, centred=True),
        ]
    return [*head, Part("BÁO CÁO", bold=True, centred=True), Part(frame.title, bold=True, centred=True)]


def _signature(rng: Random, unit: Sender) -> list[Part]:
    signer = unit.person or rng.choice(("Lê Văn Cảnh", "Phạm Thu Hà", "Hà Văn Thoại", "Bùi Thị Nết"))
    head = {
        "village": "TRƯỞNG THÔN",
        "sector": "THỦ TRƯỞNG ĐƠN VỊ",
        "department": "THỦ TRƯỞNG",
    }.get(unit.kind, "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH")
    receivers = "Nơi nhận:\n- Như trên;\n- Lưu: VT."
    return [Part(grid=Grid("frame", [[receivers, f"{head}\n\n{signer}"]]), frame=True)]
