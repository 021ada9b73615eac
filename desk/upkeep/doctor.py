"""Every outside part looked at, with what to do in plain words."""

from __future__ import annotations

import email.policy
import os
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from importlib.metadata import version
from pathlib import Path

from config.errors import ConfigError
from config.loader import load_regime, missing_before_use
from config.secrets import FILE as SECRET_FILE
from config.secrets import secret
from config.settings import Authentication, Settings, load_settings
from config.wording import Wording
from desk.errors import DeskError, sentence_of
from intake.errors import IntakeError
from ledger.errors import LedgerError

#: An access token that was stored so many days ago is likely to have ended.
TOKEN_DAYS = 6
#: Below this much free space new mail is not taken in safely.
LEAST_FREE = 500_000_000
#: Mail so far in the future tells of a clock that is behind; servers differ by seconds.
CLOCK_DRIFT = timedelta(minutes=5)
TOOLS = (("soffice", "libreoffice"), ("tesseract", "tesseract"))  #: program, and its words


#: What looking at a part may raise: each is told of that part, and the others are looked at.
_REFUSALS = (ConfigError, DeskError, IntakeError, LedgerError, OSError)


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found of one part: `state` is well, warning or fault."""

    part: str
    state: str
    sentence: str


def examine(home: Path, say: Wording) -> list[Examined]:
    """Look at each part in turn; a part that cannot be looked at is a finding, never an error."""
    found = [_python(say)]
    try:
        settings = load_settings(home)
    except (ConfigError, OSError) as error:
        return [*found, Examined("settings", "fault", sentence_of(error, say))]
    found += [disk_state(settings, say), *_regime(settings, say), _readers(say), _holidays(say)]
    if settings.regime.is_dir():  # else the folder is no installation, and looking must not make it one
        found += [_ledger(settings, say), _clock(settings, say), mailbox_state(settings, say)]
        found += [smtp_state(settings, say), *_token(settings, say)]
        found += _letters(settings, say)
    found += [_tool(name, key, say) for name, key in TOOLS]
    return found


def glance(home: Path, say: Wording) -> list[Examined]:
    """What can be told at once, without opening a mailbox, a ledger or a reading process."""
    try:
        settings = load_settings(home)
    except (ConfigError, OSError) as error:
        return [Examined("settings", "fault", sentence_of(error, say))]
    found = [_python(say), disk_state(settings, say), *_regime(settings, say), _holidays(say)]
    return [*found, *(_tool(name, key, say) for name, key in TOOLS)]


def _python(say: Wording) -> Examined:
    name = ".".join(map(str, sys.version_info[:3]))
    # Before 3.11.10 a header value could write further headers (CVE-2024-6923); we guard, but say so.
    guarded = hasattr(email.policy.Policy, "verify_generated_headers")
    key = "doctor.python_well" if guarded else "doctor.python_old"
    return Examined("python", "well" if guarded else "warning", say(key, version=name))


def disk_state(settings: Settings, say: Wording) -> Examined:
    """Whether the home can be written, and has room for a day's mail."""
    folder = settings.home if settings.home.exists() else settings.home.parent
    if not os.access(folder, os.W_OK):
        return Examined("disk", "fault", say("doctor.disk_read_only", folder=str(folder)))
    free = shutil.disk_usage(folder).free
    state, key = ("well", "doctor.disk_well") if free > LEAST_FREE else ("fault", "doctor.disk_full")
    told = f"{free / 1e9:.1f}"
    return Examined("disk", state, say(key, free=told.replace(".", ",") if say.language == "vi" else told))


def _regime(settings: Settings, say: Wording) -> list[Examined]:
    if not settings.regime.is_dir():
        return [Examined("regime", "fault", say("desk.no_home", home=str(settings.home)))]
    try:
        regime = load_regime(settings.regime)
    except _REFUSALS as error:
        return [Examined("regime", "fault", sentence_of(error, say))]
    day = datetime.now(UTC).astimezone(regime.timezone).date()
    lacking = missing_before_use(regime, day)
    if lacking:
        return [Examined("regime", "warning", problem.sentence(say)) for problem in lacking]
    return [Examined("regime", "well", say("doctor.regime_well", units=len(regime.units)))]


def _ledger(settings: Settings, say: Wording) -> Examined:
    from ledger.archive import Archive
    from ledger.store import Ledger

    try:
        with Ledger.open(settings.database_url, "doctor", lambda: datetime.now(UTC)) as ledger:
            counts = ledger.counts()
            broken = ledger.broken_history()
            missing = ledger.missing_from(Archive(settings.archive)) if settings.archive.is_dir() else ()
    except _REFUSALS as error:
        return Examined("ledger", "fault", sentence_of(error, say))
    if broken or missing:
        return Examined(
            "ledger", "fault", say("doctor.ledger_damaged", broken=len(broken), missing=len(missing))
        )
    total = sum(count.sightings for count in counts)
    return Examined("ledger", "well", say("doctor.ledger_well", count=total))


def _readers(say: Wording) -> Examined:
    from intake.sandbox.pool import ReaderPool

    try:
        with ReaderPool(processes=1):
            return Examined("readers", "well", say("doctor.readers_well"))
    except _REFUSALS as error:
        return Examined("readers", "fault", say("doctor.readers_fault", detail=str(error)))


def mailbox_state(settings: Settings, say: Wording) -> Examined:
    """Whether the mailbox can be opened: signs in, lists the folders, changes nothing."""
    if settings.mailbox is None:
        return Examined("mailbox", "warning", say("desk.no_mailbox", home=str(settings.home)))
    try:
        if all(secret(name, settings.home) is None for name in ("password", "oauth_token")):
            return Examined("mailbox", "fault", say("desk.no_secret", name="TONGHOP_PASSWORD"))
    except _REFUSALS as error:
        return Examined("mailbox", "fault", sentence_of(error, say))
    from desk.office import open_office

    try:
        with open_office(settings.home, actor="doctor") as office:
            mailbox = office.open_mailbox()
            try:
                folders = mailbox.folders()
            finally:
                mailbox.close()
    except _REFUSALS as error:
        return Examined("mailbox", "fault", sentence_of(error, say))
    names = ", ".join(folder.name for folder in folders)
    return Examined("mailbox", "well", say("doctor.mailbox_well", folders=names))


def smtp_state(settings: Settings, say: Wording) -> Examined:
    """The outgoing server is spoken to as far as the login; nothing is sent."""
    if settings.smtp is None:
        return Examined("smtp", "warning", say("doctor.smtp_none"))
    from desk.mailing.outgoing import smtp_secret
    from desk.mailing.sender import SmtpSender
    from desk.office import open_office

    try:
        with open_office(settings.home, actor="doctor") as office:
            found, regime = smtp_secret(office), office.regime
            if found is None:
                return Examined("smtp", "fault", say("doctor.smtp_no_secret"))
            with SmtpSender(settings.smtp, found, regime.department, regime.timezone, office.clock):
                return Examined("smtp", "well", say("doctor.smtp_well", host=settings.smtp.host))
    except _REFUSALS as error:
        return Examined("smtp", "fault", sentence_of(error, say))


def _letters(settings: Settings, say: Wording) -> list[Examined]:
    """Every letter written to a made-up unit of each kind, with the department's own words and templates."""
    from desk.mailing.letter_texts import faults_of
    from desk.office import open_office

    try:
        with open_office(settings.home, actor="doctor") as office:
            faults, unheeded = faults_of(office), sorted(set(office.document_wording.own) - Wording().keys())
    except _REFUSALS as error:
        return [Examined("letters", "fault", sentence_of(error, say))]
    found = [Examined("letters", "fault", sentence_of(fault, say)) for fault in faults]
    if unheeded:
        names = ", ".join(unheeded)
        found.append(Examined("letters", "warning", say("doctor.words_unheeded", names=names)))
    return found or [Examined("letters", "well", say("doctor.letters_well"))]


def _clock(settings: Settings, say: Wording) -> Examined:
    """Held against the mail server's clock: mail cannot have arrived in the future.

    A clock that is ahead cannot be told from a quiet day.
    """
    from desk.mailing.chasing import CLOCK_SLACK
    from ledger.store import Ledger

    now = datetime.now(UTC)
    try:
        zone = load_regime(settings.regime).timezone
        with Ledger.open(settings.database_url, "doctor", lambda: now) as ledger:
            latest = max((outcome.arrival for outcome in ledger.messages()), default=now)
    except _REFUSALS as error:
        return Examined("clock", "warning", sentence_of(error, say))
    if latest - now <= CLOCK_DRIFT:
        return Examined("clock", "well", say("doctor.clock_well", now=_moment(now, zone)))
    told = say("doctor.clock_behind", now=_moment(now, zone), arrived=_moment(latest, zone))
    return Examined("clock", "fault" if latest - now > CLOCK_SLACK else "warning", told)


def _moment(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%H:%M %d/%m/%Y}"


def _token(settings: Settings, say: Wording) -> list[Examined]:
    """How old a stored OAuth token is: Google ends those of an app in testing after seven days."""
    users = [one for one in (settings.mailbox, settings.smtp) if one is not None]
    file = settings.home / SECRET_FILE
    if not any(one.authentication is Authentication.XOAUTH2 for one in users) or not file.exists():
        return []
    days = int((datetime.now(UTC).timestamp() - file.stat().st_mtime) // 86_400)
    state = "warning" if days >= TOKEN_DAYS else "well"
    return [Examined("token", state, say(f"doctor.token_{state}", days=days))]


def _holidays(say: Wording) -> Examined:
    import holidays

    year = date.today().year  # noqa: DTZ011 - the year is enough
    known = len(holidays.country_holidays("VN", years=year))
    state, key = ("well", "doctor.holidays_well") if known else ("warning", "doctor.holidays_missing")
    return Examined("holidays", state, say(key, year=year, version=version("holidays")))


def _tool(name: str, key: str, say: Wording) -> Examined:
    from intake.extractors.scan import is_installed

    path = shutil.which(name)
    if path is None:
        return Examined(key, "warning", say(f"doctor.{key}_missing"))
    if name == "tesseract" and not is_installed():
        return Examined(key, "warning", say("doctor.tesseract_without_vietnamese"))
    return Examined(key, "well", say("doctor.tool_well", path=path))
