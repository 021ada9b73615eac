"""What a competent person writes in an afternoon: imaplib, email, openpyxl, python-docx, sqlite3.

One FETCH a message, every cell into a table, totals into a workbook. No unit or period that is misnamed, no
old or scanned file, no archive, no evidence, no second run. The honest peer of the main job's speed.

    python -m tools.bench.naive PORT USER PASSWORD FOLDER
"""

from __future__ import annotations

import email
import email.policy
import imaplib
import io
import json
import re
import sqlite3
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import docx
import openpyxl

_SCHEMA = """PRAGMA journal_mode=WAL;
CREATE TABLE message(id INTEGER PRIMARY KEY, mid TEXT UNIQUE, sender TEXT, subject TEXT, date TEXT);
CREATE TABLE attachment(id INTEGER PRIMARY KEY, message_id INT, name TEXT, unit TEXT, period TEXT, total INT);
CREATE TABLE cell(attachment_id INT, tab TEXT, r INT, c INT, value TEXT);"""
Tables = list[tuple[str, list[list[Any]]]]


def read(name: str, data: bytes) -> Tables:
    """Every table of a Word file, every sheet of a workbook."""
    if name.endswith(".docx"):
        found = docx.Document(io.BytesIO(data)).tables
        return [
            (str(n), [[cell.text for cell in row.cells] for row in table.rows])
            for n, table in enumerate(found)
        ]
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return [(sheet.title, [[cell.value for cell in row] for row in sheet.iter_rows()]) for sheet in book]


def total(tables: Tables) -> int:
    """The sum of the column of figures, where it always stands."""
    for _, rows in tables:
        for place, row in enumerate(rows):
            if "Chỉ tiêu" in row:
                return sum(int(str(line[3]).replace(".", "")) for line in rows[place + 1 :] if line[3])
    return 0


def main(port: int, user: str, password: str, folder: Path) -> None:
    """Read the mailbox into a database and write the totals."""
    ledger = sqlite3.connect(folder / "naive.sqlite3")
    ledger.executescript(_SCHEMA)
    server = imaplib.IMAP4("127.0.0.1", port)
    server.login(user, password)
    server.select("INBOX", readonly=True)
    count = figures = 0
    for uid in server.uid("SEARCH", "ALL")[1][0].split():
        raw = server.uid("FETCH", uid.decode(), "(BODY.PEEK[])")[1][0][1]
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        figures += _keep(ledger, message)
        ledger.commit()
        count += 1
    server.logout()
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    query = "SELECT unit, period, SUM(total) FROM attachment GROUP BY unit, period ORDER BY unit, period"
    for row in ledger.execute(query):
        sheet.append(row)
    book.save(folder / "naive.xlsx")
    print(json.dumps({"messages": count, "total": figures}))


def _keep(ledger: sqlite3.Connection, message: EmailMessage) -> int:
    row = (message["Message-ID"], str(message["From"]), str(message["Subject"]), str(message["Date"]))
    kept = ledger.execute("INSERT INTO message(mid, sender, subject, date) VALUES(?, ?, ?, ?)", row).lastrowid
    unit = re.search(r"@xa(\d+)\.", row[1])
    period = re.search(r"tháng (\d+)/(\d+)", row[2])
    figures = 0
    for part in message.iter_attachments():
        tables = read(part.get_filename() or "", bytes(part.get_content()))
        figures += (found := total(tables))
        booked = (kept, part.get_filename(), unit and unit[1], period and period[0], found)
        attachment = ledger.execute(
            "INSERT INTO attachment(message_id, name, unit, period, total) VALUES(?, ?, ?, ?, ?)", booked
        ).lastrowid
        cells = (
            (attachment, name, r, c, str(value))
            for name, rows in tables
            for r, row in enumerate(rows)
            for c, value in enumerate(row)
            if value not in (None, "")
        )
        ledger.executemany("INSERT INTO cell VALUES(?, ?, ?, ?, ?)", cells)
    return figures


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4]))
