"""Files that came beside the mailbox: a scan of paper, a photo by Zalo, a download from the document system.

They are put into a message made by us, from the department's own address, with the officer who handed them
in as its author and the moment they were received as its arrival. So they are kept, read within the same
limits, booked, followed to their cells and rebuilt as any mail is. The booking is the officer's decision.
"""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from desk.decisions_on_dues import received
from desk.errors import RefusedReceiptError
from desk.office import Office
from desk.recording import obligation_named
from desk.work import settle, take_in
from intake.mail.files import safe_name
from intake.mail.messages import Sighting
from ledger.archive import archive_id_of
from ledger.records import Decision, MessageOutcome, MessageState, ObligationKey, Role

ACCOUNT = "by-hand"  #: of the sightings: no mailbox showed these messages
UID_VALIDITY = 1
#: Domains that no mail ever comes from (RFC 2606), where the department has no address of its own.
_NOWHERE = "phong@noi-bo.invalid"


@dataclass(frozen=True, slots=True)
class HandedFile:
    """One file as somebody chose it; its name is only ever shown."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What came for one obligation, when and how."""

    unit: str
    report: str | None
    period: str | None
    files: tuple[HandedFile, ...]
    at: datetime
    channel: str  #: one of `desk.decisions_on_dues.CHANNELS`
    reason: str = ""
    role: str = ""  #: what it does for what came before; empty: what it says itself
    nil: bool = False  #: said that there is nothing to report: no file goes with that


@dataclass(frozen=True, slots=True)
class Taken:
    """How it ended: the decision, and what the message came to; None while it is being read."""

    decision: Decision
    outcome: MessageOutcome | None


def hand_in(office: Office, handed: HandedIn) -> Taken:
    """Archive the files as one message, book it to the obligation, and read it, or have it read.

    The bytes are on disk before anything is decided, so that a crash loses nothing: done again, the same
    files at the same moment are the same message.

    Raises:
        UnknownNameError: there is no such unit, report, period, channel or role.
        RefusedReceiptError: a file is empty, the moment has not come, or it is booked already.
        ArchiveWriteError: the disk refused; nothing is booked.
    """
    target = obligation_named(office, handed.unit, handed.report, handed.period)
    choice: dict[str, object] = target | received(office, handed.at, handed.channel)
    if handed.role:
        choice["role"] = Role(handed.role).value
    _require_files(handed)
    octets = as_message(office, target, handed)
    archive_id = archive_id_of(octets)
    _require_new(office, archive_id, ObligationKey(**target))
    sighting = _sighting(office, handed.channel)
    office.archive.keep(octets, handed.at, sighting)
    who = office.settings.officer or office.regime.department.short_name
    aim = {"message": archive_id}
    decision = office.ledger.decide(
        Decision(0, office.clock(), who, "assign", aim, dict(choice), handed.reason)
    )
    mark = (sighting.account, sighting.folder, sighting.uid_validity, sighting.uid)
    if not office.ledger.record_batch([(sighting, archive_id, handed.at, len(octets))], mark):
        office.ledger.read_again([archive_id], f"decision {decision.number}")
    if office.later is not None:  # it is among the unread: whoever reads next reads it
        office.later()
        return Taken(decision, None)
    for _outcome in take_in(office):
        pass
    settle(office)
    return Taken(decision, office.ledger.message(archive_id))


def contradictions(outcome: MessageOutcome, key: ObligationKey) -> tuple[str, ...]:
    """What a message says of itself against the obligation a person booked it to: "unit", "period".

    Only where nothing in it speaks for what was chosen: a letter that names several is in doubt anyway.
    """
    chosen = {"unit": key.unit, "period": key.period}
    return tuple(
        about
        for about, wanted in chosen.items()
        if (said := {each.points_to for each in outcome.evidence if each.about == about} - {""})
        and wanted not in said
    )


def as_message(office: Office, target: dict[str, str], handed: HandedIn) -> bytes:
    """The files as a mail of our own (RFC 5322); the same files at the same moment give the same bytes.

    Its words name no unit and no period and hold no figure: they would be read as evidence, and what the
    files say against the officer's choice would go unseen.
    """
    say, regime = office.document_wording, office.regime
    mail = EmailMessage(policy=SMTP)
    author = office.settings.officer or regime.department.short_name
    own = regime.department.mailbox or _NOWHERE
    mail["From"] = Address(_one_line(author), addr_spec=own)
    mail["To"] = Address(addr_spec=own)
    mail["Date"] = format_datetime(handed.at)
    mail["Subject"] = say("desk.by_hand_subject", channel=say(f"web.code_{handed.channel}"))
    seal = _seal(target, handed)
    mail["Message-ID"] = f"<{seal}@by-hand.invalid>"
    mail.set_content(say("desk.by_hand_text"))
    for number, file in enumerate(handed.files, 1):
        name = safe_name(file.name) or f"tep-{number}"
        media = mimetypes.guess_type(name)[0] or "application/octet-stream"
        kind, _, subtype = media.partition("/")
        if kind in {"text", "message", "multipart"}:  # as bytes: what it is, the reader finds out
            kind, subtype = "application", "octet-stream"
        mail.add_attachment(file.content, kind, subtype, filename=name)
    mail.set_boundary(f"=_{seal}")
    return mail.as_bytes()


def _seal(target: dict[str, str], handed: HandedIn) -> str:
    """What makes this message this one: its obligation, moment and files."""
    digest = hashlib.sha256("\0".join([*target.values(), handed.at.isoformat(), handed.channel]).encode())
    for file in handed.files:
        digest.update(hashlib.sha256(file.content).digest())
    return digest.hexdigest()[:40]


def _sighting(office: Office, channel: str) -> Sighting:
    seen = office.mark(ACCOUNT, channel)
    return Sighting(ACCOUNT, channel, UID_VALIDITY, seen[1] + 1 if seen else 1)


def _require_files(handed: HandedIn) -> None:
    if handed.nil:
        raise RefusedReceiptError("desk.nil_with_file")
    for file in handed.files:
        if not file.content:
            raise RefusedReceiptError("desk.file_empty", name=safe_name(file.name))


def _require_new(office: Office, archive_id: str, key: ObligationKey) -> None:
    known = office.ledger.message(archive_id)
    booked = known is not None and known.state is not MessageState.SET_ASIDE
    if known and booked and any(each.key == key and each.accepted for each in known.submissions):
        raise RefusedReceiptError("desk.handed_in_already")


def _one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
