"""The least any program must do for the same mail, with the fastest parts and no logic of ours.

Batched download, fast-mail-parser, SHA-256, one pass over document.xml by lxml, calamine, one row a message
and one JSON text of cells an attachment, fifty messages a commit. One process. For plain mails the same
without files.

    python -m tools.bench.floor PORT USER PASSWORD FOLDER
"""

from __future__ import annotations

import hashlib
import imaplib
import io
import json
import sqlite3
import sys
import zipfile
from pathlib import Path
from typing import Any

import fast_mail_parser
import python_calamine
from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SCHEMA = """PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
CREATE TABLE message(id INTEGER PRIMARY KEY, mid TEXT UNIQUE, sender TEXT, subject TEXT, date TEXT);
CREATE TABLE attachment(message_id INT, name TEXT, sha256 TEXT, cells TEXT);"""
_BATCH = 50


def word(data: bytes) -> list[Any]:
    """Paragraphs and cells in order."""
    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml"))
    found: list[Any] = []
    for element in root.iter(_W + "p", _W + "tc", _W + "t"):
        if element.tag == _W + "t":
            found[-1].append(element.text or "")
        else:
            found.append([])
    return found


def workbook(data: bytes) -> list[Any]:
    """All cells of all sheets."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]


def main(port: int, user: str, password: str, folder: Path) -> None:
    """Read the mailbox into a database."""
    ledger = sqlite3.connect(folder / "floor.sqlite3")
    ledger.executescript(_SCHEMA)
    server = imaplib.IMAP4("127.0.0.1", port)
    server.login(user, password)
    server.select("INBOX", readonly=True)
    uids = server.uid("SEARCH", "ALL")[1][0].split()
    for start in range(0, len(uids), _BATCH):
        asked = b",".join(uids[start : start + _BATCH]).decode()
        for item in server.uid("FETCH", asked, "(UID BODY.PEEK[])")[1]:
            if isinstance(item, tuple):
                _keep(ledger, item[1])
        ledger.commit()
    server.logout()
    print(json.dumps({"messages": len(uids)}))


def _keep(ledger: sqlite3.Connection, raw: bytes) -> None:
    mail = fast_mail_parser.parse_email(raw)
    row = (mail.headers["Message-ID"][0], mail.headers["From"][0], mail.subject, mail.date)
    kept = ledger.execute("INSERT INTO message(mid, sender, subject, date) VALUES(?, ?, ?, ?)", row).lastrowid
    for file in mail.attachments:
        cells = word(file.content) if file.filename.endswith(".docx") else workbook(file.content)
        text = json.dumps(cells, ensure_ascii=False, default=str)
        told = (kept, file.filename, hashlib.sha256(file.content).hexdigest(), text)
        ledger.execute("INSERT INTO attachment VALUES(?, ?, ?, ?)", told)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4]))
