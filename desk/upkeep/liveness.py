"""Whether the installation does its work. Asked often, so nothing here opens a mailbox or the archive."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from desk.upkeep.doctor import Examined, disk_state
from desk.upkeep.heartbeat import last_beat
from ledger.lock import daemon_runs

if TYPE_CHECKING:
    from config.wording import Wording
    from desk.office import Office

#: A daemon that has not looked for this many of its own intervals is told of.
MISSED_LOOKS = 3


def is_well(office: Office) -> bool:
    """Whether mail is being looked for and could be written down.

    Raises:
        LedgerError: the ledger cannot be asked.
    """
    office.ledger.last_event()
    daemon, look = daemon_state(office, office.wording)
    stale = look.state == "warning" and last_beat(office.settings.home) is not None
    disk = disk_state(office.settings, office.wording)
    return not stale and "fault" not in {daemon.state, look.state, disk.state}


def daemon_state(office: Office, say: Wording) -> tuple[Examined, Examined]:
    """Whether the daemon runs, and how its last look went."""
    runs = daemon_runs(office.settings.database_url)
    key = "web.daemon_on" if runs else "web.daemon_off"
    return Examined("daemon", "well" if runs else "fault", say(key)), _look(office, say)


def _look(office: Office, say: Wording) -> Examined:
    last = last_beat(office.settings.home)
    if last is None:
        return Examined("look", "warning", say("web.look_never"))
    at = f"{last.looked_at.astimezone(office.regime.timezone):%H:%M %d/%m/%Y}"
    if last.trouble:
        return Examined("look", "fault", say("web.look_failed", at=at, trouble=last.trouble))
    mailbox = office.settings.mailbox
    limit = timedelta(seconds=MISSED_LOOKS * (mailbox.poll_seconds if mailbox else 600))
    is_old = office.clock() - last.looked_at > limit
    state, key = ("warning", "web.look_old") if is_old else ("well", "web.look_well")
    return Examined("look", state, say(key, at=at))
