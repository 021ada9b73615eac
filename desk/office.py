"""The wiring: one home folder -> settings, regime, archive, ledger. The world is built here and nowhere else.

A home folder holds `settings.yaml`, `regime/` (what the department decides), `archive/` (the raw mail),
the ledger, `decisions.jsonl`, `templates/` (the department's own wording, may be absent), `outputs/` and
`cache/` (page pictures; may be deleted at any time).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from config.calendar import period_by_id
from config.loader import load_regime
from config.own_wording import department_wording
from config.secrets import secret
from config.settings import Authentication, Encryption, Settings, load_settings
from config.wording import Wording
from desk.configuration import Print, print_of
from desk.errors import HomeNotFoundError, NoMailboxError
from desk.mailing.letters import Stationery
from ledger.archive import Archive
from ledger.references import reference_key
from ledger.store import Ledger

if TYPE_CHECKING:
    from datetime import date

    from config.regime import Regime
    from config.reports import Period, ReportDefinition
    from intake.mailbox.imap import AccessToken, AppPassword, ImapSettings
    from intake.mailbox.interface import CountedMailbox
    from intake.sandbox.pool import ReaderPool
    from ledger.records import Issue, IssueHead, ReportFile

DECISIONS = "decisions.jsonl"
#: The catalogues whose sentences stand in documents; the words of pages and of mail change none of them.
WORDS_OF_DOCUMENTS = ("consolidate", "documents", "findings*", "reasons", "terms*")
#: How long the scans and photos of one message may take to recognise; a page takes three or four.
RECOGNITION_SECONDS = 240.0
#: Octets of data of a process that decodes and straightens pictures, one at a time: with its programs 512 MB.
PICTURE_DATA = 448 << 20


@dataclass(frozen=True, slots=True)
class Office:
    """One department's installation, opened."""

    settings: Settings
    regime: Regime
    archive: Archive
    ledger: Ledger
    wording: Wording  #: of the interface
    document_wording: Wording  #: of documents and mail: always Vietnamese
    clock: Callable[[], datetime]
    #: Asks somebody to judge again what a decision has put among the unread; None: who decides does it.
    later: Callable[[], None] | None = None
    configuration: Print = ()  #: of the files this was made from

    @property
    def is_current(self) -> bool:
        """Whether the configuration is still the one this was opened with."""
        return print_of(self.settings) == self.configuration

    @property
    def templates(self) -> Path:
        """Where the department's own text templates of documents lie, when it keeps any."""
        return self.settings.home / "templates" / "documents"

    def texts(self) -> tuple[tuple[str, str], ...]:
        """Name and SHA-256 of every text documents are written with: those shipped, and the department's own.

        The department's templates are read at every use, its words once when the office is opened; both as
        the writers have them.
        """
        folder = self.templates
        files = sorted(folder.rglob("*.txt"))
        templates = [(file.relative_to(folder).as_posix(), sha256_of(file.read_bytes())) for file in files]
        own = self.document_wording.own
        words = [(key, sha256_of(own[key].encode())) for key in sorted(own)]
        return (*shipped_texts(), *templates, *words)

    @property
    def account(self) -> str:
        """The stable name of the mailbox in the archive."""
        mailbox = self.settings.mailbox
        return (mailbox.account or mailbox.user) if mailbox else ""

    @property
    def start(self) -> date | None:
        """The day from which mail is looked at; older mail is left alone."""
        return self.settings.mailbox.start if self.settings.mailbox else None

    def period(self, report: ReportDefinition, period_id: str) -> Period | None:
        """The period of that id, None when the report has none."""
        return period_by_id(report, self.regime.timezone, self.regime.calendar, period_id)

    def mark(self, account: str, folder: str) -> tuple[int, int] | None:
        """How far a folder was read."""
        return self.ledger.folder_mark(account, folder)

    def stationery(self) -> Stationery:
        """What the department's mails are written with."""
        home = self.settings.home
        return Stationery(self.regime, self.document_wording, reference_key(home), home / "templates")

    def open_pool(self) -> ReaderPool:
        """The reading processes, one for each core up to two."""
        from intake.sandbox.pool import ReaderPool

        return ReaderPool(processes=min(2, os.cpu_count() or 1))

    @property
    def open_slow_pool(self) -> Callable[[], ReaderPool] | None:
        """Reading processes that recognise scans as well; None where Tesseract is not installed."""
        from intake.extractors.interface import Limits
        from intake.extractors.scan import is_installed
        from intake.sandbox.pool import ReaderPool

        limits = Limits(recognition=RECOGNITION_SECONDS, seconds=RECOGNITION_SECONDS + 30, data=PICTURE_DATA)
        return (lambda: ReaderPool(processes=1, limits=limits)) if is_installed() else None

    def open_picture_pool(self) -> ReaderPool:
        """Reading processes that draw pages for the desk; scans are recognised where that is installed."""
        from intake.extractors.interface import Limits
        from intake.extractors.scan import is_installed
        from intake.sandbox.pool import ReaderPool

        recognition = RECOGNITION_SECONDS if is_installed() else 0.0
        limits = Limits(recognition=recognition, seconds=RECOGNITION_SECONDS + 30, data=PICTURE_DATA)
        return ReaderPool(processes=min(2, os.cpu_count() or 1), limits=limits)

    def open_mailbox(self) -> CountedMailbox:
        """The mailbox of the settings, not yet connected.

        Raises:
            NoMailboxError: the settings name none, or no secret was entered.
        """
        from intake.mailbox.imap import ImapMailbox

        return ImapMailbox(*self.mailbox_access())

    def mailbox_access(self) -> tuple[ImapSettings, AppPassword | AccessToken]:
        """How the mailbox of the settings is reached, and with which secret.

        Raises:
            NoMailboxError: the settings name none, or no secret was entered.
        """
        from intake.mailbox.imap import AccessToken, AppPassword, ImapSettings

        mailbox = self.settings.mailbox
        if mailbox is None:
            raise NoMailboxError("desk.no_mailbox", home=str(self.settings.home))
        token = mailbox.authentication is Authentication.XOAUTH2
        name = "oauth_token" if token else "password"
        found = secret(name, self.settings.home)
        if found is None:
            raise NoMailboxError("desk.no_secret", name=f"TONGHOP_{name.upper()}")
        return (
            ImapSettings(
                account=self.account,
                host=mailbox.host,
                user=mailbox.user,
                port=mailbox.port,
                tls=mailbox.encryption is not Encryption.NONE,
                ca_file=mailbox.ca_file,
                timezone=self.regime.timezone,
                junk="junk" in mailbox.folders,
                also=tuple(folder[1:] for folder in mailbox.folders if folder.startswith("=")),
            ),
            AccessToken(found.reveal) if token else AppPassword(found.reveal()),
        )

    def outputs_of(self, issue: Issue | IssueHead) -> Path:
        """The folder of one issue's documents."""
        return self.settings.outputs / issue.report / issue.period / f"{issue.number:02d}"

    def has_outputs(self, issue: Issue) -> bool:
        """Whether every document of the issue lies there as it was written."""
        return all(self.output(issue, name) is not None for name, _sha256 in issue.files)

    def output(self, issue: Issue | IssueHead, name: str) -> bytes | None:
        """One document of the issue as it was written; None when it is gone or no longer the same."""
        sha256 = dict(issue.files)[name]
        try:
            content = (self.outputs_of(issue) / name).read_bytes()
        except OSError:
            return None
        return content if sha256_of(content) == sha256 else None

    def write_outputs(self, issue: Issue, files: Sequence[ReportFile]) -> None:
        """Write the documents of an issue; each appears whole, by rename."""
        folder = self.outputs_of(issue)
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            temporary = folder / f".{file.name}.part"
            with temporary.open("wb") as stream:
                stream.write(file.content)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(folder / file.name)

    @staticmethod
    def sha256(file: ReportFile) -> str:
        """The fingerprint of a produced document."""
        return sha256_of(file.content)


@cache
def shipped_texts() -> tuple[tuple[str, str], ...]:
    """Name and SHA-256 of the templates and words of documents that come with the program."""
    folder = Path(str(files("templates")))
    paths = [path for path in (folder / "documents").rglob("*") if path.is_file()]
    paths += [path for area in WORDS_OF_DOCUMENTS for path in (folder / "wording").glob(f"{area}.vi.yaml")]
    return tuple((f"shipped/{path.relative_to(folder).as_posix()}", sha256_of(path.read_bytes()))
                 for path in sorted(paths))  # fmt: skip


@contextmanager
def open_office(
    home: Path,
    language: str | None = None,
    clock: Callable[[], datetime] | None = None,
    actor: str = "",
    officer: str = "",
    read_regime: Callable[[Path], Regime] = load_regime,
) -> Iterator[Office]:
    """Open an installation and close it afterwards.

    Args:
        home: the folder.
        language: of the interface, that of the settings unless given.
        clock: tells the time.
        actor: who the history names.
        officer: who decides, the officer of the settings unless given.
        read_regime: reads the regime; one that is to be mended may be read as far as it can be.

    Raises:
        HomeNotFoundError: the folder holds no installation.
        ConfigError, LedgerError: as named.
    """
    settings = load_settings(home)
    configuration = print_of(settings)  # before the rest is read: a change meanwhile is seen afterwards
    settings = replace(settings, officer=officer or settings.officer)
    if not settings.regime.is_dir():
        raise HomeNotFoundError("desk.no_home", home=str(home))
    regime = read_regime(settings.regime)
    now = clock or (lambda: datetime.now(UTC))
    settings.archive.mkdir(parents=True, exist_ok=True)
    ledger = Ledger.open(
        settings.database_url,
        actor or settings.officer or "tonghop",
        now,
        decisions_journal=settings.home / DECISIONS,
    )
    own_words = settings.home / "templates" / "wording"
    with ledger:
        yield Office(
            settings=settings,
            regime=regime,
            archive=Archive(settings.archive),
            ledger=ledger,
            wording=department_wording(language or settings.language, own_words),
            document_wording=department_wording("vi", own_words),
            clock=now,
            configuration=configuration,
        )


def renewed(office: Office) -> Office:
    """The same office under the configuration as it stands now; archive and ledger stay where they are.

    Raises:
        ConfigError: the configuration cannot be used.
    """
    old = office.settings
    read = load_settings(old.home)
    configuration = print_of(read)
    settings = replace(read, archive=old.archive, database_url=old.database_url, officer=old.officer)
    own_words = old.home / "templates" / "wording"
    return replace(
        office,
        settings=settings,
        regime=load_regime(settings.regime),
        wording=department_wording(office.wording.language, own_words),
        document_wording=department_wording("vi", own_words),
        configuration=configuration,
    )


def sha256_of(content: bytes) -> str:
    """The fingerprint of a file's bytes, in hex."""
    return hashlib.sha256(content).hexdigest()
