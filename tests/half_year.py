"""A simulated half-year of correspondence: units of every temper, a real mailbox, a real SMTP server.

The department runs in a process of its own (`python -m tests.half_year …`) that walks through the working
days by a clock of its own, and may be killed at any moment: started again, it goes on at the tick it had
not finished. The world outside stays: Dovecot, and the SMTP server, which files a copy of what it takes
into Sent as providers do, and answers for the units.
"""

from __future__ import annotations

import math
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path
from typing import TYPE_CHECKING

from imapclient import IMAPClient

from config.calendar import add_working_days, is_working_day
from config.regime import CalendarPolicy
from config.units import Address, Unit
from ledger.records import MORNING_ISSUED, Decision
from ledger.references import FILE as REFERENCE_KEY
from tests.builders import docx, mail
from tests.dovecot import PASSWORD as MAILBOX_PASSWORD
from tests.dovecot import SENT, Dovecot
from tests.offices import DEPARTMENT, HANOI, MAILBOX, ROOT, figure_table, figures, verified, write_regime
from tests.smtp_server import PASSWORD, SmtpServer, Taken

if TYPE_CHECKING:
    from desk.office import Office

TEMPERS = (
    "early", "on_time", "late", "silent", "out_of_office", "bouncing", "refused", "claiming", "correcting",
    "forwarding", "robot",
)  # fmt: skip
RUNGS = (("nhac-truoc-han", -3), ("don-doc-1", 1), ("don-doc-2", 4))
LEADERS_RUNG, LEADERS = ("bao-cao-lanh-dao", 7), "lanh-dao@songmay.example"
TICKS = (clock_time(7, 30), clock_time(8, 0), clock_time(14, 0))
DUE_DAY = 15
USER = "nua-nam"
ON_ITS_WAY = "Dang-den"  #: answers of the units before the moment they arrive
CALENDAR = CalendarPolicy()

_DEPARTMENT = (
    DEPARTMENT.partition("sending:")[0]
    + f"""\
sending:
  mode: send
  receipts: true
  seconds_between: 0
  hourly_cap: 1000
  daily_cap: 1000
  leaders: [{LEADERS}]
  steps:
    - {{id: nhac-truoc-han, working_days: -3}}
    - {{id: don-doc-1, working_days: 1}}
    - {{id: don-doc-2, working_days: 4}}
    - {{id: bao-cao-lanh-dao, working_days: 7, template: danh-sach-lanh-dao, to_leaders: true}}
trusted_authserv_id: mx.songmay.example
"""
)
_REPORT = """\
id: thang
name: Báo cáo công tác bình đẳng giới
short_name: BĐG tháng
topics: [bình đẳng giới, BĐG]
owed_by_kinds: [commune]
indicators:
  - {code: B1, label: Số buổi tuyên truyền, unit_of_measure: buổi}
  - {code: B2, label: Số lượt người tham dự, unit_of_measure: lượt người, sexes: [total, female]}
  - {code: B3, label: Số lao động được tạo việc làm, unit_of_measure: người, sexes: [total, female]}
periods:
  - {kind: month, due: trước ngày 15 tháng sau, opens_days_before: 20}
"""
_NAMES = (
    "An", "Bình", "Cát", "Dương", "Đại", "Giang", "Hải", "Khê", "Lâm", "Minh", "Ngọc", "Phú",
)  # fmt: skip
_SECOND = ("Sơn", "Thủy", "Điền", "Lộc", "Trạch")


@dataclass(frozen=True, slots=True)
class Actor:
    """One unit and how it behaves."""

    unit: Unit
    temper: str
    number: int

    @property
    def address(self) -> str:
        """Where it writes from and is written to."""
        return self.unit.addresses[0].address


@dataclass(frozen=True, slots=True)
class Planned:
    """A mail that a unit sends whatever it is told."""

    at: datetime
    octets: bytes
    message_id: str
    actor: Actor
    month: int
    first: bool


def actors(count: int) -> tuple[Actor, ...]:
    """So many units, tempers in turn, each with a name of its own."""
    names = [f"{first} {second}" for second in _SECOND for first in _NAMES]
    made = []
    for number in range(count):
        address = Address(f"vanthu@xa{number:02}.example")
        unit = Unit(f"xa-{number:02}", f"UBND xã {names[number]}", "commune", addresses=(address,))
        made.append(Actor(unit, TEMPERS[number % len(TEMPERS)], number))
    return tuple(made)


def last_day(month: int) -> date:
    """The last day on time for the report of that month of 2023: the 14th of the next."""
    return date(2023, month + 1, DUE_DAY - 1)


def rung_day(month: int, working_days: int) -> date:
    """The working day a rung falls on."""
    return add_working_days(last_day(month), working_days, CALENDAR)


def handed_in(actor: Actor, month: int) -> datetime | None:
    """When the first report of that month arrives; None: never."""
    days = {"early": -6, "correcting": -6, "robot": -2, "on_time": -2, "late": 2}.get(actor.temper)
    if days is None:
        return None
    return datetime.combine(rung_day(month, days), clock_time(9, actor.number % 60), HANOI)


def plan(people: Sequence[Actor], months: Sequence[int]) -> tuple[Planned, ...]:
    """Every report, in order of arrival."""
    found = []
    for actor in people:
        for month in months:
            at = handed_in(actor, month)
            if at is None:
                continue
            found.append(_report(actor, month, at, first=True))
            if actor.temper == "correcting":
                found.append(_report(actor, month, at + timedelta(days=1), first=False))
    return tuple(sorted(found, key=lambda each: (each.at, each.message_id)))


def _report(actor: Actor, month: int, at: datetime, *, first: bool) -> Planned:
    kind = "" if first else " (thay thế)"
    title = f"Kết quả công tác bình đẳng giới tháng {month} năm 2023"
    seed = actor.number * 10 + month + (0 if first else 3)
    given = {code: pair for code, pair in figures(seed).items() if code in {"B1", "B2", "B3"}}
    place = actor.unit.name.removeprefix("UBND xã ")
    document = docx(
        [[f"ỦY BAN NHÂN DÂN\nXÃ {place.upper()}", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
         [f"Số: {month}/BC", f"{place}, ngày {at.day:02} tháng {at.month} năm 2023"]],
        "BÁO CÁO", title, figure_table(given),
    )  # fmt: skip
    identity = f"<bc-{actor.unit.id}-{month}-{int(first)}@xa.example>"
    octets = mail(
        sender=actor.address,
        to=MAILBOX,
        subject=f"{title}{kind}",
        text=f"Kính gửi Phòng, xã gửi báo cáo{kind}.",
        files=[(f"Bao cao thang {month}{' thay the' if kind else ''}.docx", document)],
        headers=verified(actor.address),
        message_id=identity,
    )
    return Planned(at, octets, identity, actor, month, first)


# -- the world outside ----------------------------------------------------------------------------------


@dataclass(slots=True)
class World:
    """The mail system around the department."""

    mailbox: Dovecot
    server: SmtpServer
    people: tuple[Actor, ...]
    log: list[EmailMessage] = field(default_factory=list)  #: every mail the server took, in order

    def begin(self) -> None:
        """Make the folders, and let the server answer for the units."""
        with self.mailbox.client(USER) as client:
            client.create_folder(SENT)
            client.create_folder(ON_ITS_WAY)
        refusing = (each.address for each in self.people if each.temper == "refused")
        self.server.on_rcpt = dict.fromkeys(refusing, "550 5.1.1 khong co nguoi nhan")
        self.server.taken = self._taken

    def _taken(self, taken: Taken) -> None:
        """A provider's copy in Sent, and the answer of whoever got it."""
        message = BytesParser(policy=SMTP).parsebytes(taken.content)
        assert isinstance(message, EmailMessage)
        self.log.append(message)
        self.mailbox.append(USER, taken.content, folder=SENT)
        actor = next((each for each in self.people if each.address in taken.recipients), None)
        if actor is not None:
            answer = _answer(actor, message, taken.content)
            if answer is not None:
                at = message["Date"].datetime + timedelta(minutes=1)
                self.mailbox.append(USER, answer, folder=ON_ITS_WAY, date=f"{at:%d-%b-%Y %H:%M:%S %z}")


def _answer(actor: Actor, ours: EmailMessage, octets: bytes) -> bytes | None:
    """What the unit's side sends back at once."""
    identity = str(ours["Message-ID"]).strip()
    mark = identity.strip("<>").partition("@")[0]
    if actor.temper == "bouncing":
        return _bounce(actor, identity)
    words = {
        "out_of_office": ("Trả lời tự động: vắng mặt", "Tôi nghỉ phép đến hết tuần."),
        "claiming": ("Re: đôn đốc", "Xã đã gửi báo cáo hôm qua rồi ạ."),
        "forwarding": ("Fwd: thư của Phòng", "Chuyển tiếp để biết."),
        "robot": (f"Re: {ours['Subject']}", "Hệ thống đã tiếp nhận thư của quý cơ quan."),
    }.get(actor.temper)
    if words is None:
        return None
    headers = {**verified(actor.address), "In-Reply-To": identity}
    if actor.temper == "out_of_office":
        headers["Auto-Submitted"] = "auto-replied"
    forwarded = [octets] if actor.temper == "forwarding" else []
    return mail(
        sender=actor.address, to=MAILBOX, subject=words[0], text=words[1], headers=headers,
        forwarded=forwarded, message_id=f"<tl-{mark}@xa.example>",
    )  # fmt: skip


def _bounce(actor: Actor, identity: str) -> bytes:
    lines = [
        "From: MAILER-DAEMON@mx.songmay.example", f"To: {MAILBOX}", "Return-Path: <>",
        "Subject: Undelivered Mail Returned to Sender", f"Message-ID: <dsn-{identity.strip('<>')}>",
        "MIME-Version: 1.0", 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', "",
        "--b", "Content-Type: text/plain", "", f"<{actor.address}>: host said: 550 5.1.1 khong co", "",
        "--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.songmay.example", "",
        f"Final-Recipient: rfc822; {actor.address}", "Action: failed", "Status: 5.1.1", "",
        "--b", "Content-Type: text/rfc822-headers", "", f"Message-ID: {identity}", "", "--b--", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


# -- the department, in a process of its own ------------------------------------------------------------


def make_home(home: Path, world: World) -> None:
    """The home folder of the simulated department; every one signs its mail with the same key."""
    home.mkdir(parents=True)
    (home / REFERENCE_KEY).write_bytes(b"k" * 32)
    units = [each.unit for each in world.people]
    write_regime(home / "regime", units, department=_DEPARTMENT, report=_REPORT)
    smtp = world.server.settings()
    (home / "settings.yaml").write_text(
        f"mailbox:\n  host: 127.0.0.1\n  user: {USER}\n  port: {world.mailbox.port}\n"
        "  encryption: none\n  allow_plain_on_loopback: true\n  start: 20/01/2023\n"
        f"smtp:\n  host: {smtp.host}\n  user: {smtp.user}\n  port: {smtp.port}\n"
        f"  encryption: tls\n  ca_file: {smtp.ca_file}\n",
        "utf-8",
    )


def ticks(months: Sequence[int]) -> tuple[datetime, ...]:
    """The moments the department works at: three a working day, until after the last rung."""
    day, end = rung_day(months[0], -8), rung_day(months[-1], LEADERS_RUNG[1] + 1)
    found = []
    while day <= end:
        if is_working_day(day, CALENDAR):
            found += [datetime.combine(day, at, HANOI) for at in TICKS]
        day += timedelta(days=1)
    return tuple(found)


def walk(home: Path, people: Sequence[Actor], months: Sequence[int], mailbox: int) -> None:
    """Work through the ticks from the first unfinished one on, as the daemon does each of them."""
    from desk.mailing.chasing import chase
    from desk.mailing.correspondence import correspond
    from desk.mailing.outbox import Guard
    from desk.office import open_office
    from desk.work import fetch, take_in

    moments, planned, finished = ticks(months), plan(people, months), home / "finished"
    now = [moments[0]]
    bold = Guard(most_mails=100_000, most_share=1.0)
    with open_office(home, clock=lambda: now[0], actor="daemon") as office:
        box = office.open_mailbox()
        first = int(finished.read_text()) if finished.exists() else 0
        last = {rung_day(month, LEADERS_RUNG[1] + 1): month for month in months}
        for number in range(first, len(moments)):
            now[0] = moments[number]
            since = moments[number - 1] if number else datetime.min.replace(tzinfo=HANOI)
            _deliver(mailbox, [each for each in planned if since < each.at <= now[0]], now[0])
            fetch(office, box, office.account)
            for _outcome in take_in(office):
                pass
            if now[0].time() == TICKS[0]:
                _issue(office, now[0])
                chase(office, queue=True, send=True, guard=bold, pause=_no_pause, at_any_hour=False)
            correspond(office, pause=_no_pause)
            if now[0].time() == TICKS[-1] and (month := last.get(now[0].date())) is not None:
                _receive_on_paper(office, people, month, now[0])
            part = finished.with_suffix(".part")
            part.write_text(str(number + 1))
            part.replace(finished)
        box.close()


def _issue(office: Office, now: datetime) -> None:
    """The documents of every period past its due moment, as the daemon writes them, once each morning."""
    from desk.work import current_periods, issue

    today = now.date().isoformat()
    if office.ledger.history(subject=today, event=MORNING_ISSUED):
        return
    for report, period in current_periods(office):
        if period.due is not None and period.due <= now:
            issue(office, report, period, now)
    office.ledger.note(MORNING_ISSUED, today)


def _receive_on_paper(office: Office, people: Sequence[Actor], month: int, now: datetime) -> None:
    """The officer books what a silent unit brought at last, once however often she is cut off."""
    for actor in people:
        target = {"unit": actor.unit.id, "report": "thang", "period": f"2023-M{month:02}"}
        known = any(decision.target == target for decision in office.ledger.decisions("receive"))
        if actor.temper == "silent" and not known:
            choice = {"channel": "paper", "received_at": now.isoformat()}
            office.ledger.decide(Decision(0, now, "Lò Thị Mai", "receive", target, choice))


def _no_pause(_seconds: float) -> None:
    """The clock is ours."""


def _deliver(port: int, due: Sequence[Planned], now: datetime) -> None:
    """Put the units' mail into the mailbox, each once however often the program is killed.

    Answers come when their moment has come, however soon after a kill the program looks again.
    """
    with IMAPClient("127.0.0.1", port=port, ssl=False) as client:
        client.normalise_times = False
        client.login(USER, MAILBOX_PASSWORD)
        arriving = [(each.octets, each.message_id, each.at) for each in due]
        for octets, message_id, at in arriving + _answers_by(client, now):
            client.select_folder("INBOX", readonly=True)
            if not client.search(["HEADER", "Message-ID", message_id.strip("<>")]):
                client.append("INBOX", octets, msg_time=at)


def _answers_by(client: IMAPClient, now: datetime) -> list[tuple[bytes, str, datetime]]:
    client.select_folder(ON_ITS_WAY, readonly=True)
    found = client.fetch(client.search(), ["INTERNALDATE"])
    came = sorted(uid for uid, item in found.items() if item[b"INTERNALDATE"] <= now)
    whole = client.fetch(came, ["BODY.PEEK[]", "INTERNALDATE"]) if came else {}
    answers = ((whole[uid][b"BODY[]"], whole[uid][b"INTERNALDATE"]) for uid in came)
    return [
        (octets, str(BytesParser(policy=SMTP).parsebytes(octets)["Message-ID"]).strip(), at)
        for octets, at in answers
    ]


@dataclass(frozen=True, slots=True)
class Walked:
    """How a simulation went: the department's home folder, and how often it was killed."""

    home: Path
    kills: int


def run(folder: Path, world: World, months: Sequence[int], kills: int = 0, seed: int = 1) -> Walked:
    """The whole simulation; the department is killed at most so many times on its way."""
    folder.mkdir(parents=True, exist_ok=True)
    home = folder / "home"
    make_home(home, world)
    world.begin()
    chance = random.Random(seed)
    words = [sys.executable, "-m", "tests.half_year", str(home), str(world.mailbox.port)]
    words += [str(len(world.people)), *map(str, months)]
    environment = os.environ | {
        "TONGHOP_PASSWORD": MAILBOX_PASSWORD,
        "TONGHOP_SMTP_PASSWORD": PASSWORD,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    for killed in range(kills + 1):
        with (folder / "log").open("ab") as log:
            process = subprocess.Popen(
                words, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        if killed < kills and _killed_on_its_way(process, chance):
            time.sleep(0.3)  # what the server had in hand, it finishes
            continue
        assert process.wait() == 0, (folder / "log").read_text("utf-8", "replace")[-3000:]
        break
    return Walked(home, killed)


def _killed_on_its_way(process: subprocess.Popen[bytes], chance: random.Random) -> bool:
    """Kill a process after so much work of its own, told in CPU time: a busy machine changes nothing.

    Start-up takes nearly a second, a tick less than half of one, and a little while of the clock is added
    for what it waits for: moments of all kinds are met. False: it had ended before.
    """
    work = chance.uniform(0.7, 3.0)
    while process.poll() is None and _cpu_seconds(process.pid) < work:
        time.sleep(0.01)
    time.sleep(chance.uniform(0.0, 0.2))
    if process.poll() is not None:
        return False
    os.killpg(process.pid, signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def _cpu_seconds(pid: int) -> float:
    """The CPU time of a process and of its children that have ended (proc(5): utime to cstime)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return math.inf
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


# -- what must come out ---------------------------------------------------------------------------------


def expected(people: Sequence[Actor], months: Sequence[int]) -> Counter[tuple[str, str]]:
    """How many mails of each kind each unit gets, told by the ladder and the tempers alone."""
    found: Counter[tuple[str, str]] = Counter()
    for actor in people:
        for month in months:
            at = handed_in(actor, month)
            for step, days in RUNGS:
                morning = datetime.combine(rung_day(month, days), TICKS[0], HANOI)
                if at is None or at > morning:
                    found[actor.unit.id, step] += 1
            receipts = {"correcting": 2}.get(actor.temper, 1) if at is not None else 0
            found[actor.unit.id, "receipt"] += receipts
        if actor.temper in {"bouncing", "refused"}:  # one mail shows that the address is dead
            for step, _days in RUNGS:
                del found[actor.unit.id, step]
            if actor.temper == "bouncing":
                found[actor.unit.id, RUNGS[0][0]] = 1
        if (
            actor.temper == "claiming"
        ):  # it answers the first that it has sent: nobody urges it before a person looked
            for step, _days in RUNGS[1:]:
                del found[actor.unit.id, step]
    found["", LEADERS_RUNG[0]] = len(months)
    return +found


def went(world: World) -> Counter[tuple[str, str]]:
    """How many mails of each kind each unit got, by the server's log."""
    found: Counter[tuple[str, str]] = Counter()
    for message in world.log:
        step, unit = str(message["Message-ID"]).strip(" <").split(".")[:2]
        found["" if unit == "x" else unit, step] += 1
    return found


def main() -> None:
    """The department's side of the simulation."""
    home, port, count, *months = sys.argv[1:]
    walk(Path(home), actors(int(count)), [int(month) for month in months], int(port))


if __name__ == "__main__":
    main()
