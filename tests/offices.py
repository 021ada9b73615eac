"""A small invented department with its home folder, the mail its units write, and the program run on it.

    office = make_office(tmp_path)
    office.deliver(report_mail("binh-minh"), "2023-06-01T08:00")
    office.take_in()
    office.listed("messages")

Everything is invented. The program is run in this process by its own command line; `Office.spawn` runs
it as a process of its own where a test needs one.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from config.loader import load_regime
from config.regime import Regime
from config.units import Address, Unit
from config.units_sheet import write_units
from desk.cli import app
from desk.office import Office as OpenOffice
from desk.office import open_office
from intake.extractors.interface import Limits
from intake.judging.context import Archived
from intake.judging.judgement import judge
from intake.mail.files import read_message
from intake.mail.messages import RawMessage, ReadMessage, Sighting
from intake.pipeline import Intake, Judged, Memory
from intake.sandbox.pool import ReaderPool, ReadingFailure
from ledger.archive import Archive, archive_id_of
from ledger.records import Decision, MessageOutcome
from ledger.store import Ledger
from tests.builders import docx, mail

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT.parent / "shared" / "sample"
NOW = "2023-06-07T09:00:00+07:00"  #: a Wednesday, two days after the deadline
PERIOD = "2023-H1"
REPORT = "bdg"
SERVER = "mx.songmay.example"  #: the receiving server whose findings count
MAILBOX = "phongld@songmay.example"

DEPARTMENT = f"""\
id: song-may
department:
  name: Phòng Lao động huyện Sông Mây
  short_name: Phòng LĐ huyện Sông Mây
  level: district
  area: huyện Sông Mây
  place: Sông Mây
  issuer: UBND huyện Sông Mây
  symbol: BC-UBND
  letter_symbol: UBND-LĐ
  mailbox: {MAILBOX}
unit_kinds:
  - {{id: commune, name: xã, plural: các xã, addressed_as: Ủy ban nhân dân xã}}
  - {{id: department, name: cơ quan, plural: các cơ quan, addressed_as: quý cơ quan}}
sending:
  mode: preview
  steps:
    - {{id: don-doc-1, working_days: 1}}
trusted_authserv_id: {SERVER}
"""

REPORT_FILE = """\
id: bdg
name: Báo cáo kết quả công tác bình đẳng giới
short_name: BĐG
topics: [bình đẳng giới, BĐG]
owed_by_kinds: [commune, department]
outline:
  - {id: I, title: Kết quả thực hiện, keywords: [kết quả thực hiện]}
  - {id: II, title: Khó khăn, keywords: [khó khăn, hạn chế], role: difficulties}
  - {id: III, title: Kiến nghị, keywords: [kiến nghị, đề xuất], role: proposals}
indicators:
  - {code: B1, label: Số buổi tuyên truyền, unit_of_measure: buổi}
  - {code: B2, label: Số lượt người tham dự, unit_of_measure: lượt người, sexes: [total, female]}
  - {code: B3, label: Số lao động được tạo việc làm, unit_of_measure: người, sexes: [total, female]}
  - {code: B4, label: Cán bộ công chức, unit_of_measure: người, sexes: [total, female], aggregation: snapshot}
  - {code: B5, label: Số vụ bạo lực gia đình, unit_of_measure: vụ}
  - {code: B6, label: Số mô hình câu lạc bộ, unit_of_measure: mô hình}
  - code: B4R
    label: Tỷ lệ nữ cán bộ công chức
    unit_of_measure: "%"
    aggregation: ratio
    ratio: {numerator: {indicator: B4, sex: female}, denominator: {indicator: B4}}
periods:
  - {kind: half_year, number: 1, due: trước ngày 05/6}
  - {kind: year, due: trước ngày 05/12}
"""

UNITS = (
    Unit(
        "binh-minh",
        "UBND xã Bình Minh",
        "commune",
        addresses=(Address("vanthu@binhminh.example"),),
        phone="0912000001",
    ),
    Unit(
        "dong-tam",
        "UBND xã Đồng Tâm",
        "commune",
        addresses=(Address("vanthu@dongtam.example"),),
        phone="0912000002",
    ),
    Unit("hoa-lac", "UBND xã Hòa Lạc", "commune", addresses=(Address("vanthu@hoalac.example"),)),
    Unit("suoi-dau", "UBND xã Suối Dâu", "commune"),
    Unit("y-te", "Phòng Y tế huyện Sông Mây", "department", addresses=(Address("yte@songmay.example"),)),
    Unit(
        "van-hoa",
        "Phòng Văn hóa huyện Sông Mây",
        "department",
        addresses=(Address("chung@songmay.example", "shared"),),
    ),
    Unit(
        "the-thao",
        "Trung tâm Thể thao huyện Sông Mây",
        "department",
        addresses=(Address("chung@songmay.example", "shared"),),
    ),
)
BY_ID = {unit.id: unit for unit in UNITS}
_HEADS = {
    "binh-minh": "ỦY BAN NHÂN DÂN\nXÃ BÌNH MINH",
    "dong-tam": "ỦY BAN NHÂN DÂN\nXÃ ĐỒNG TÂM",
    "hoa-lac": "ỦY BAN NHÂN DÂN\nXÃ HÒA LẠC",
    "suoi-dau": "ỦY BAN NHÂN DÂN\nXÃ SUỐI DÂU",
    "y-te": "UBND HUYỆN SÔNG MÂY\nPHÒNG Y TẾ",
    "van-hoa": "UBND HUYỆN SÔNG MÂY\nPHÒNG VĂN HÓA",
    "the-thao": "UBND HUYỆN SÔNG MÂY\nTRUNG TÂM THỂ THAO",
}
_NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"
_ROWS = (
    ("B1", "Số buổi tuyên truyền", "buổi"),
    ("B2", "Số lượt người tham dự", "lượt người"),
    ("B3", "Số lao động được tạo việc làm", "người"),
    ("B4", "Cán bộ công chức", "người"),
    ("B5", "Số vụ bạo lực gia đình", "vụ"),
    ("B6", "Số mô hình câu lạc bộ", "mô hình"),
)
Figures = Mapping[str, tuple[str, str]]


# -- what a unit writes ---------------------------------------------------------------------------------


def at(text: str) -> datetime:
    """A moment on the department's clock, unless the text says whose."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=HANOI)


def figures(seed: int = 1, **changes: tuple[str, str]) -> dict[str, tuple[str, str]]:
    """(total, female) of each indicator; another seed gives figures that share none."""
    made = {
        "B1": (str(10 + seed), ""),
        "B2": (str(400 + 10 * seed), str(200 + 7 * seed)),
        "B3": (str(60 + 3 * seed), str(20 + 2 * seed)),
        "B4": (str(30 + seed), str(11 + seed)),
        "B5": (str(1 + seed), ""),
        "B6": (str(3 + seed), ""),
    }
    return made | changes


def figure_table(given: Figures) -> list[list[str]]:
    """The annex with a head in words and one row for each indicator that is given."""
    rows = [["STT", "Chỉ tiêu", "ĐVT", "Tổng số", "Trong đó: Nữ"]]
    told = [(label, measure, given[code]) for code, label, measure in _ROWS if code in given]
    return rows + [[str(n), label, measure, *pair] for n, (label, measure, pair) in enumerate(told, 1)]


def letter(
    unit: str,
    given: Figures | None = None,
    *,
    title: str = "Kết quả công tác bình đẳng giới 6 tháng đầu năm 2023",
    head: str = "",
    kind: str = "BÁO CÁO",
    more: Sequence[str] = (),
    table: bool = True,
    day: str = "ngày 01 tháng 6 năm 2023",
    number: str = "    /BC-UBND",
) -> bytes:
    """The report of a unit as a Word document in the layout offices use."""
    head = head or _HEADS[unit]
    place = BY_ID[unit].name.rpartition(" xã ")[2] if unit in BY_ID else "Sông Mây"
    place = "Sông Mây" if place.startswith(("Phòng", "Trung")) else place
    body = [figure_table(figures() if given is None else given)] if table else []
    return docx(
        [[head, _NATION], [f"Số: {number}", f"{place}, {day}"]],
        kind,
        title,
        "I. KẾT QUẢ THỰC HIỆN",
        *body,
        *more,
    )


def verified(sender: str, result: str = "pass") -> dict[str, str]:
    """The finding of the receiving server on a sender's address."""
    domain = sender.rpartition("@")[2].rstrip(">")
    return {"Authentication-Results": f"{SERVER}; dmarc={result} header.from={domain}"}


def note(
    sender: str,
    subject: str,
    text: str,
    *files: tuple[str, bytes],
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> bytes:
    """A mail whose sender the receiving server vouches for, unless `headers` say otherwise."""
    identity = hashlib.sha256(repr((sender, subject, text, files, headers)).encode()).hexdigest()[:16]
    return mail(
        sender=sender,
        to=MAILBOX,
        subject=subject,
        text=text,
        files=files,
        headers=verified(sender) if headers is None else headers,
        message_id=f"<{identity}@don-vi.example>",
        **more,
    )


def report_mail(
    unit: str,
    given: Figures | None = None,
    *,
    sender: str = "",
    subject: str = "Báo cáo bình đẳng giới 6 tháng đầu năm 2023",
    text: str = "Kính gửi Phòng, đơn vị gửi báo cáo.",
    name: str = "bao cao.docx",
    headers: Mapping[str, str] | None = None,
    **letter_words: Any,
) -> bytes:
    """A unit's report from its own address as a Word document."""
    document = letter(unit, given, **letter_words)
    return note(sender or address(unit), subject, text, (name, document), headers=headers)


def address(unit: str) -> str:
    """The first registered address of a unit."""
    return BY_ID[unit].addresses[0].address


# -- the home folder and the program --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ran:
    """How one run of the command line ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What was printed, as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Office:
    """A home folder, and the folder of mail that is imported into it."""

    home: Path
    mail: Path
    now: str = NOW

    @property
    def ledger_file(self) -> Path:
        """The ledger's file."""
        return self.home / "tonghop.sqlite3"

    def deliver(self, octets: bytes, arrival: str) -> str:
        """Lay a mail into the folder, arrived at that moment; returns its archive id."""
        archive_id = archive_id_of(octets)
        manifest = self.mail / "manifest.json"
        content = json.loads(manifest.read_text("utf-8")) if manifest.exists() else {"messages": []}
        name = f"{len(content['messages']) + 1:03d}.eml"
        (self.mail / name).write_bytes(octets)
        content["messages"].append({"file": name, "internaldate": at(arrival).isoformat()})
        manifest.write_text(json.dumps(content), "utf-8")
        return archive_id

    def words(self, *words: str) -> list[str]:
        """The words of a command line on this home."""
        return ["--home", str(self.home), "--clock", self.now, "--who", "Lò Thị Mai", *words]

    def run(self, *words: str, code: int = 0) -> Ran:
        """Run a command in this process; it must end with that code and without a traceback."""
        result = CliRunner().invoke(app, self.words(*words))
        told = f"{words}: {result.exit_code}\n{result.output}"
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
        assert result.exit_code == code, told
        return Ran(result.exit_code, result.stdout, result.stderr)

    def listed(self, *words: str) -> Any:
        """The JSON that a command prints."""
        return self.run(*words, "--json").json

    def take_in(self, *words: str) -> Any:
        """Import the folder of mail."""
        return self.listed("import", str(self.mail), "--arrivals", str(self.mail / "manifest.json"), *words)

    def import_command(self) -> list[str]:
        """The words of the import, for `spawn`."""
        return self.words("import", str(self.mail), "--arrivals", str(self.mail / "manifest.json"), "--json")

    def spawn(self, *words: str, env: Mapping[str, str] | None = None, clock: bool = True) -> Spawned:
        """Run a command as a process of its own."""
        given = self.words(*words) if clock else ["--home", str(self.home), *words]
        return spawn(given, env)

    def message(self, archive_id: str) -> Any:
        """One message as `messages --json` shows it."""
        (found,) = [m for m in self.listed("messages") if m["archive_id"] == archive_id]
        return found

    def states(self, *words: str) -> dict[str, str]:
        """The state of each unit in the half-year report."""
        (view,) = self.listed("status", "-r", REPORT, "-k", PERIOD, *words)
        return {row["unit"]: row["state"] for row in view["obligations"]}

    def standing(self, unit: str) -> Any:
        """One obligation of the half-year report as `status --json` shows it."""
        (view,) = self.listed("status", "-r", REPORT, "-k", PERIOD)
        return next(row for row in view["obligations"] if row["unit"] == unit)

    def value(self, unit: str, indicator: str, sex: str = "total") -> Any:
        """One figure of the half-year report, None where there is none."""
        listed = self.listed("values", "-r", REPORT, "-k", PERIOD, "-u", unit)
        return next((v for v in listed if (v["indicator"], v["sex"]) == (indicator, sex)), None)

    def question(self, archive_id: str) -> str:
        """The id of the one open question about a message."""
        (item,) = [q for q in self.listed("review") if q["message"] == archive_id]
        return str(item["id"])

    def opened(self) -> Any:
        """The office opened in this process, for `with`."""
        return open_office(self.home, clock=lambda: at(self.now))

    def settings(self, text: str) -> None:
        """Write settings.yaml."""
        (self.home / "settings.yaml").write_text(text, "utf-8")


Spawned = subprocess.CompletedProcess[str]


def spawn(words: Sequence[str], env: Mapping[str, str] | None = None) -> Spawned:
    """Run `tonghop` as a process and wait for it."""
    return subprocess.run(
        command(words), capture_output=True, text=True, check=False, env=environment(env), timeout=120
    )


def command(words: Sequence[str]) -> list[str]:
    """`tonghop` as a process."""
    return [sys.executable, "-m", "desk", *words]


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of such a process: this checkout, no keyring, no colours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TONGHOP_")}
    keyring = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", "NO_COLOR": "1"}
    return {**kept, **keyring, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **(changes or {})}


def make_office(folder: Path, units: Sequence[Unit] = UNITS, **files: str) -> Office:
    """A home folder with the invented regime; `files` replace department.yaml or the report by stem."""
    home, mail_folder = folder / "home", folder / "mail"
    write_regime(home / "regime", units, **files)
    mail_folder.mkdir(parents=True)
    return Office(home, mail_folder)


def write_regime(
    folder: Path, units: Sequence[Unit] = UNITS, *, department: str = DEPARTMENT, report: str = REPORT_FILE
) -> None:
    """The regime's files."""
    (folder / "reports").mkdir(parents=True)
    (folder / "department.yaml").write_text(department, "utf-8")
    (folder / "reports" / "bdg.yaml").write_text(report, "utf-8")
    write_units(tuple(units), folder / "units.csv")


def round_of_mail(office: Office) -> dict[str, str]:
    """A small round: two on time, one late, one held, one question, one newsletter; ids by what they are."""
    deliver = office.deliver
    held = report_mail("suoi-dau", figures(4), sender="ban@rieng.example")
    return {
        "first": deliver(report_mail("binh-minh", figures(1)), "2023-06-01T08:00"),
        "second": deliver(report_mail("dong-tam", figures(2)), "2023-06-04T20:00"),
        "held": deliver(held, "2023-06-03T10:00"),
        "late": deliver(report_mail("hoa-lac", figures(3)), "2023-06-05T07:30"),
        "question": deliver(
            note(address("y-te"), "Hỏi về báo cáo", "Cho em hỏi hạn nộp báo cáo là khi nào ạ?"),
            "2023-06-02T09:00",
        ),
        "newsletter": deliver(
            note("tin@bao.example", "Bản tin", "Tin tuần", headers={"List-Id": "<tin.bao.example>"}),
            "2023-06-02T10:00",
        ),
    }


def after_round(folder: Path, department: str = DEPARTMENT) -> tuple[Office, dict[str, str]]:
    """An office that has taken the small round in, copied from one that did so once; ids by what they are."""
    made, ids = _after_round(department)
    return copied(made, folder), dict(ids)


@cache
def _after_round(department: str) -> tuple[Office, dict[str, str]]:
    office = make_office(kept_folder(), department=department)
    ids = round_of_mail(office)
    office.take_in()
    return office, ids


def copied(made: Office, folder: Path) -> Office:
    """A copy of an office that was made once, for a test to work on."""
    shutil.copytree(made.home.parent, folder, dirs_exist_ok=True)
    return replace(made, home=folder / "home", mail=folder / "mail")


def kept_folder() -> Path:
    """A folder that lasts as long as this process."""
    folder = Path(tempfile.mkdtemp(prefix="tonghop-vong-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


# -- judging one mail after another, without processes ---------------------------------------------------


class Bench:
    """Judges mails in the order they are given, as the pipeline does, reading them in this process."""

    def __init__(self, folder: Path, units: Sequence[Unit] = UNITS, **changes: Any) -> None:
        write_regime(folder / "regime", units)
        self.regime: Regime = replace(load_regime(folder / "regime"), **changes)
        self.ledger = Ledger.open(f"sqlite:///{folder / 'bench.sqlite3'}", "ban", lambda: at(NOW))
        self._memory = Memory(self.regime, self.ledger)
        self._uid = 0

    def judged(self, octets: bytes, arrival: str = "2023-06-01T08:00", **archived: Any) -> MessageOutcome:
        """The outcome of one mail, given those before it."""
        known = Archived(archive_id_of(octets), at(arrival), len(octets), **archived)
        outcome = judge(known, read_here(octets), self._memory.context(known))
        self._keep(known, outcome)
        return outcome

    def outcome_of(self, octets: bytes, message: ReadMessage) -> MessageOutcome:
        """What a mail that was read so comes to; nothing of it is kept."""
        known = Archived(archive_id_of(octets), at("2023-06-01T08:00"), len(octets))
        return judge(known, message, self._memory.context(known))

    def decide(self, kind: str, octets: bytes, item: str = "", **choice: str) -> None:
        """Record a decision about a mail or a question of it; later judgements are made in its light."""
        target = {"message": archive_id_of(octets)} | ({"item": item} if item else {})
        self.ledger.decide(Decision(0, at(NOW), "Lò Thị Mai", kind, target, choice))
        self._memory = Memory(self.regime, self.ledger)

    def _keep(self, known: Archived, outcome: MessageOutcome) -> None:
        self._uid += 1
        sighting = Sighting("ban", "INBOX", 1, self._uid)
        self.ledger.record_batch([(sighting, known.archive_id, known.arrival, known.size)], None)
        self.ledger.record([outcome])
        self._memory.learn(Judged(outcome, None))


def read_here(octets: bytes) -> ReadMessage:
    """A message read in this process: the reader without its pool."""
    return read_message(octets, Limits())


class ReadHere(ReaderPool):
    """The pool's reading without its processes: the same reader, in this process, in order."""

    def __init__(self) -> None:
        super().__init__(processes=0)

    def __enter__(self) -> Self:
        return self

    def read(self, jobs: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, ReadMessage | ReadingFailure]]:
        return ((name, read_here(octets)) for name, octets in jobs)


class KeptReaders(ReaderPool):
    """Reading processes that are started once and serve whoever asks, one after another."""

    def __enter__(self) -> Self:
        return super().__enter__() if self._threads is None else self

    def __exit__(self, *_ended: object) -> None:
        """They stay for the next."""

    def close(self) -> None:
        """End them."""
        super().__exit__(None, None, None)


class Post:
    """An archive and a ledger that mail is delivered into and taken in from, in whatever order."""

    def __init__(self, folder: Path, units: Sequence[Unit] = UNITS) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        write_regime(folder / "regime", units)
        self.folder = folder
        self.regime: Regime = load_regime(folder / "regime")
        self.archive = Archive(folder / "archive")
        self.ledger = Ledger.open(f"sqlite:///{folder / 'post.sqlite3'}", "thu", lambda: at(NOW))
        self.delivered = 0

    def deliver(self, octets: bytes, arrival: str) -> str:
        """Archive and record one mail; returns its archive id."""
        self.delivered += 1
        sighting = Sighting("thu", "INBOX", 1, self.delivered)
        archive_id = self.archive.keep(octets, at(arrival), sighting)
        self.ledger.record_batch([(sighting, archive_id, at(arrival), len(octets))], None)
        return archive_id

    def take_in(self) -> list[MessageOutcome]:
        """Everything unread, judged."""
        return list(Intake(self.regime, self.archive, self.ledger, ReadHere).run())

    def decide(self, kind: str, archive_id: str, item: str = "", **choice: str) -> None:
        """Record a decision about a message and judge it again in its light."""
        target = {"message": archive_id} | ({"item": item} if item else {})
        self.ledger.decide(Decision(0, at(NOW), "Lò Thị Mai", kind, target, choice))
        self.ledger.read_again([archive_id])
        self.take_in()


# -- two ledgers side by side -----------------------------------------------------------------------------


def facts(ledger: Ledger) -> dict[str, Any]:
    """Everything a ledger knows that follows from mail, whatever account it came from."""
    return {
        "outcomes": {outcome.archive_id: outcome for outcome in ledger.messages()},
        "submissions": sorted(ledger.submissions(), key=repr),
        "questions": sorted(ledger.review_items(), key=repr),
        "obligations": [ledger.obligations(*period) for period in ledger.periods()],
        "sightings": sum(count.sightings for count in ledger.counts()),
        "unread": ledger.unread(),
    }


def raws(mails: Iterable[tuple[bytes, str]], account: str = "hop-thu") -> list[RawMessage]:
    """Mails as a mailbox would hand them over."""
    return [
        RawMessage(octets, at(arrival), Sighting(account, "INBOX", 1, uid))
        for uid, (octets, arrival) in enumerate(mails, 1)
    ]


def inside(office: Office, look: Callable[[OpenOffice], Any]) -> Any:
    """What a look into the opened office finds."""
    with office.opened() as opened:
        return look(opened)


def command_line() -> TyperGroup:
    """The program's commands as they are parsed."""
    commands = get_command(app)
    assert isinstance(commands, TyperGroup)
    return commands


def every_command(group: TyperGroup | None = None, *path: str) -> Iterator[tuple[str, Any]]:
    """Every command by the words that call it, groups too: "desk account add"."""
    for name, command in (group or command_line()).commands.items():
        yield " ".join((*path, name)), command
        if isinstance(command, TyperGroup):
            yield from every_command(command, *path, name)
