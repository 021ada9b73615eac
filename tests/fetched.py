"""What a mailbox fetched, in short: the batches of a folder, their octets and their notes."""

from __future__ import annotations

from datetime import date

from intake.mailbox.interface import FetchBatch, FolderMark, Mailbox, WatchedFolder

INBOX = WatchedFolder("INBOX")


def everything(
    mailbox: Mailbox,
    seen: FolderMark | None = None,
    cut_off: date | None = None,
    folder: WatchedFolder = INBOX,
) -> list[FetchBatch]:
    return list(mailbox.fetch(folder, seen, cut_off))


def octets(batches: list[FetchBatch]) -> list[bytes]:
    return [message.octets for batch in batches for message in batch.messages]


def codes(batches: list[FetchBatch]) -> list[str]:
    return [note.code for batch in batches for note in batch.notes]
