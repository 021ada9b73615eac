"""The daily proof: what the server counts in each watched folder is what the ledger accounts for.

    server = booked + waiting for a person + set aside + failed + being read + just come + unaccounted

Mails above the folder's mark came since the last look and are taken in at the next; what lies below it
and has no place in the ledger is named, mail by mail. Only listings are asked for, never a body.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from config.wording import Wording
from desk.office import Office
from desk.views import mail_reason
from intake.mailbox.interface import CountedMailbox, Heading, MailboxFolderError, WatchedFolder

#: So many mails nobody accounts for are named with sender and subject; of more only the number is told.
MOST_NAMED = 50
STATES = ("booked", "review", "set_aside", "failed")


@dataclass(frozen=True, slots=True)
class FolderProof:
    """One folder held against the ledger."""

    folder: str
    server: int
    states: dict[str, int]  #: of the four states a message ends in
    unread: int  #: archived, being read
    coming: int  #: above the mark: taken in at the next look
    unaccounted: tuple[int, ...]  #: UIDs below the mark the ledger does not know
    named: tuple[Heading, ...] = ()  #: the first of these, as the mailbox shows them
    refused: str = ""  #: what the server said when the folder could not be opened

    @property
    def balanced(self) -> bool:
        """Whether every mail on the server stands somewhere."""
        return not self.unaccounted and not self.refused


def prove(office: Office, mailbox: CountedMailbox) -> tuple[FolderProof, ...]:
    """Count every watched folder; a folder that cannot be opened does not stop the others.

    Raises:
        MailboxConnectionError, MailboxLoginRefusedError: as named.

    """
    return tuple(_proved(office, mailbox, folder) for folder in mailbox.folders())


def _proved(office: Office, mailbox: CountedMailbox, folder: WatchedFolder) -> FolderProof:
    try:
        listing = mailbox.listing(folder, office.start)
    except MailboxFolderError as error:
        return FolderProof(folder.name, 0, dict.fromkeys(STATES, 0), 0, 0, (), refused=error.places["detail"])
    known = office.ledger.standing_of_folder(office.account, folder.name, listing.uid_validity)
    mark = office.mark(office.account, folder.name)
    reached = mark[1] if mark and mark[0] == listing.uid_validity else 0
    there = Counter(known[uid] or "unread" for uid in listing.uids if uid in known)
    unknown = [uid for uid in listing.uids if uid not in known]
    lost = tuple(uid for uid in unknown if uid <= reached)
    return FolderProof(
        folder.name,
        server=len(listing.uids),
        states={state: there[state] for state in STATES},
        unread=there["unread"],
        coming=len(unknown) - len(lost),
        unaccounted=lost,
        named=mailbox.headings(folder, listing.uid_validity, lost[:MOST_NAMED]),
    )


def proof_lines(proofs: Sequence[FolderProof], say: Wording, zone: tzinfo) -> list[str]:
    """The proof in words, one line a folder and one for each mail nobody accounts for."""
    lines: list[str] = []
    for one in proofs:
        if one.refused:
            lines.append(
                say("digest.server_refused", folder=one.folder, detail=mail_reason(one.refused, say))
            )
            continue
        parts = parts_of({**one.states, "unread": one.unread, "coming": one.coming}, say)
        key = "digest.server_proof" if one.balanced else "digest.server_proof_broken"
        places = {"server": one.server, "lost": len(one.unaccounted), "parts": parts}
        lines.append(say(key, folder=one.folder, **places))
        lines += [_named(heading, say, zone) for heading in one.named]
    return lines


def parts_of(states: Mapping[str, int], say: Wording) -> str:
    """How many mails stand in each state, those in which none stands left out: "8 đã ghi nhận, 2 cần xem"."""
    told = [say(f"digest.part_{state}", count=count) for state, count in states.items() if count]
    return ", ".join(told) or say("digest.part_none")


def _named(heading: Heading, say: Wording, zone: tzinfo) -> str:
    at = f"{heading.arrival.astimezone(zone):%d/%m/%Y %H:%M}" if heading.arrival else "?"
    return say(
        "digest.unaccounted",
        uid=heading.uid,
        at=at,
        sender=heading.sender or "?",
        subject=heading.subject or "?",
    )


def proof_view(one: FolderProof) -> dict[str, Any]:
    """For JSON."""
    named = {heading.uid: heading for heading in one.named}
    return {
        "folder": one.folder,
        "server": one.server,
        **one.states,
        "unread": one.unread,
        "coming": one.coming,
        "unaccounted": [
            {
                "uid": uid,
                "sender": named[uid].sender if uid in named else None,
                "subject": named[uid].subject if uid in named else None,
            }
            for uid in one.unaccounted
        ],
        "refused": one.refused or None,
    }
