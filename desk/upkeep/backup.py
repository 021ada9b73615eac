"""`tonghop backup` and `restore`: a home in one file, whole, while the daemon goes on.

The file is a tar, its last member `manifest.json` with the SHA-256 of every other: a file that was cut has
no manifest and is refused. What is read, in this order, so that nothing refers to what is not there:

1. the ledger, one snapshot; 2. the decisions journal, which may only know more than the ledger;
3. the names of the archived messages; 4. the journal of sightings, which knows all of these;
5. the messages and everything else. What arrived meanwhile is taken in at the next start.

Encrypted with age (https://age-encryption.org/v1) for a recipient's key, or for a passphrase: then the
file begins with a key of its own, armored and locked with the passphrase. The program `age` opens both.
Secrets (the file `secret`, the keyring) are never in a backup. The key that signs the Message-IDs of our
mail is: it opens nothing, and without it no answer to a mail of before would be known as one.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from config.settings import Settings, load_settings
from desk.errors import DOCUMENT, DeskError, HomeNotFoundError
from desk.office import DECISIONS
from ledger import history
from ledger.archive import Archive
from ledger.copying import copy_from_file, copy_to_file
from ledger.database import connect_engine, sqlite_file
from ledger.errors import SchemaTooNewError
from ledger.migrations import knows_step, step_reached
from ledger.records import Delivery, OutboxState
from ledger.references import FILE as REFERENCE_KEY
from ledger.store import Ledger

if TYPE_CHECKING:
    from _typeshed import SupportsRead

MANIFEST = "manifest.json"
FORMAT = 1
LEDGER = "ledger.sqlite3"
JOURNAL = "archive/sightings.journal"
RESTORED = "restored"  #: the event that marks a ledger as brought back
_SETTINGS = "settings.yaml"
_FOLDERS = ("regime", "templates", "outputs")
_ARMOR_BEGIN, _ARMOR_END = b"-----BEGIN AGE ENCRYPTED FILE-----", b"-----END AGE ENCRYPTED FILE-----\n"
_AGE = b"age-encryption.org/"
_CHUNK = 1 << 20
_LONGEST_KEY = 4096
_LONGEST_MANIFEST = 1 << 30


class BackupError(DeskError):
    """A backup cannot be written, or is not what it must be."""

    code = DOCUMENT


@dataclass(frozen=True, slots=True)
class Lock:
    """How a backup is encrypted: for keys (age1…), or for a passphrase; neither: not at all."""

    recipients: tuple[str, ...] = ()
    passphrase: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Key:
    """How a backup is opened: asked for only when the file wants it."""

    identity: Path | None = None
    passphrase: Callable[[], str] = field(default=lambda: "", repr=False)


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What was written, and which messages were damaged on disk already."""

    path: Path
    files: int
    bytes: int
    damaged: tuple[str, ...]
    events: int
    head: str  #: SHA-256 of the last event, which `verify --end` takes


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back, from when, and how many waiting mails are held until the officer looks."""

    files: int
    made_at: str
    held: int


# ------------------------------------------------------------------------------------------ writing


def backup(home: Path, target: Path, lock: Lock, now: datetime) -> BackedUp:
    """Write the home into one new file; `target` may be a folder.

    Raises:
        HomeNotFoundError: the folder holds no installation.
        BackupError: the file is there already, or a recipient's key is none.
        ConfigError, LedgerError, OSError: as named.

    """
    settings = load_settings(home)
    file = sqlite_file(settings.database_url)
    if not settings.regime.is_dir() or (file is not None and not file.exists()):
        raise HomeNotFoundError("desk.no_home", home=str(home))
    path = _named(target, lock, now)
    part, copy = path.with_name(f".{path.name}.part"), path.with_name(f".{path.name}.ledger")
    try:
        copy_to_file(settings.database_url, copy)
        with part.open("xb") as out:
            part.chmod(0o600)
            with _locking(out, lock) as stream, tarfile.open(fileobj=stream, mode="w|") as tar:
                packed = _Packed(tar)
                end = _pack(packed, settings, copy, now)
            out.flush()
            os.fsync(out.fileno())
            size = out.tell()
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
        copy.unlink(missing_ok=True)
    return BackedUp(path, len(packed.files), size, tuple(packed.damaged), *end)


def _named(target: Path, lock: Lock, now: datetime) -> Path:
    ending = ".tar.age" if lock.recipients or lock.passphrase else ".tar"
    path = target / f"tonghop-{now:%Y%m%d-%H%M%S}{ending}" if target.is_dir() else target
    if path.exists():
        raise BackupError("desk.backup_there", path=str(path))
    return path


class _Packed:
    """A tar being written, with what the manifest will say."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.files: dict[str, dict[str, Any]] = {}
        self.damaged: list[str] = []

    def add(self, name: str, stream: IO[bytes], size: int) -> str:
        """Add so many bytes under that name; their SHA-256."""
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        hashing = _Hashing(stream)
        self.tar.addfile(entry, hashing)
        self.files[name] = {"sha256": hashing.sha256, "size": size}
        return hashing.sha256

    def add_bytes(self, name: str, octets: bytes) -> None:
        """Add a small file as it was read."""
        self.add(name, io.BytesIO(octets), len(octets))

    def add_file(self, name: str, path: Path) -> str:
        """Add a file that nobody writes to any more; its SHA-256."""
        with path.open("rb") as stream:
            return self.add(name, stream, os.fstat(stream.fileno()).st_size)


class _Hashing:
    """A stream whose bytes are counted into a hash as they are read."""

    def __init__(self, stream: SupportsRead[bytes]) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """So many bytes."""
        octets = self._stream.read(size)
        self._hash.update(octets)
        return octets

    @property
    def sha256(self) -> str:
        """Of all that was read."""
        return self._hash.hexdigest()


def _pack(packed: _Packed, settings: Settings, ledger: Path, now: datetime) -> tuple[int, str]:
    """Add everything, the manifest last; number and hash of the last event of the packed history."""
    if (settings.home / _SETTINGS).exists():
        packed.add_file(_SETTINGS, settings.home / _SETTINGS)
    packed.add_file(LEDGER, ledger)
    if (settings.home / REFERENCE_KEY).exists():
        packed.add_file(REFERENCE_KEY, settings.home / REFERENCE_KEY)
    if (settings.home / DECISIONS).exists():
        packed.add_bytes(DECISIONS, _whole_lines(settings.home / DECISIONS))
    archive_ids = Archive(settings.archive).ids()
    journal = settings.archive / "sightings.journal"
    if journal.exists():
        packed.add_bytes(JOURNAL, _whole_lines(journal))
    for archive_id in archive_ids:
        within = f"{archive_id[:2]}/{archive_id}"
        if packed.add_file(f"archive/{within}", settings.archive / within) != archive_id:
            packed.damaged.append(archive_id)
    for name, folder in _folders(settings).items():
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not file.is_symlink() and not file.name.endswith(".part"):
                packed.add_bytes(f"{name}/{file.relative_to(folder).as_posix()}", file.read_bytes())
    schema, end = _standing_of(ledger)
    manifest = {
        "format": FORMAT,
        "program": version("tonghop"),
        "made_at": now.isoformat(),
        "schema": schema,
        "history": {"events": end[0], "head": end[1]},
        "files": packed.files.copy(),
    }
    packed.add_bytes(MANIFEST, json.dumps(manifest, indent=1).encode())
    return end


def _folders(settings: Settings) -> dict[str, Path]:
    places = (settings.regime, settings.home / "templates", settings.outputs)
    return dict(zip(_FOLDERS, places, strict=True))


def _whole_lines(path: Path) -> bytes:
    """A journal up to its last whole line; somebody may be writing the next."""
    octets = path.read_bytes()
    return octets[: octets.rfind(b"\n") + 1]


def _standing_of(ledger: Path) -> tuple[str, tuple[int, str]]:
    engine = connect_engine(f"sqlite:///{ledger}")
    try:
        with engine.connect() as connection:
            return step_reached(connection), history.end(connection)
    finally:
        engine.dispose()


# ------------------------------------------------------------------------------------------ reading


def restore(source: Path, home: Path, key: Key, clock: Callable[[], datetime]) -> Restored:
    """Bring a home back from a backup into a folder that is not there or empty.

    Everything is unpacked beside the home and held against the manifest before anything appears under its
    name. Mails that waited to be sent are held: since the backup they may have gone out.

    Raises:
        BackupError: the home is not empty, or the file is cut, changed, or not to be opened with that key.
        SchemaTooNewError: a later version of the program wrote it.
        ConfigError, LedgerError, OSError: as named.

    """
    home = home.absolute()
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise BackupError("desk.restore_not_empty", home=str(home))
    stage = home.with_name(f".{home.name}.restoring")
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True, mode=0o700)
    try:
        with source.open("rb") as stream:
            manifest = _unpacked(stream, stage, key)
        _put_in_place(stage, home)
        os.sync()
        stage.rename(home)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    held = _hold_waiting_mails(home, manifest["made_at"], clock)
    return Restored(len(manifest["files"]), manifest["made_at"], held)


def _unpacked(stream: IO[bytes], stage: Path, key: Key) -> dict[str, Any]:
    try:
        with _unlocked(stream, key) as opened, tarfile.open(fileobj=opened, mode="r|") as tar:
            found, manifest = _extracted(tar, stage)
    except (tarfile.TarError, EOFError) as error:
        raise BackupError("desk.backup_damaged", detail=str(error)) from error
    _check(manifest, found)
    return manifest


def _extracted(tar: tarfile.TarFile, stage: Path) -> tuple[dict[str, str], dict[str, Any]]:
    found: dict[str, str] = {}
    manifest: dict[str, Any] = {}
    for member in tar:
        stream = tar.extractfile(member) if member.isreg() else None
        if stream is None or not _is_ours(member.name):
            raise BackupError("desk.backup_damaged", detail=member.name)
        if member.name == MANIFEST:
            manifest = json.loads(stream.read(_LONGEST_MANIFEST))
            continue
        path = stage / member.name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        hashing = _Hashing(stream)
        with path.open("xb") as out:
            shutil.copyfileobj(hashing, out, _CHUNK)
        path.chmod(0o600)
        found[member.name] = hashing.sha256
    return found, manifest


def _is_ours(name: str) -> bool:
    """A backup may come from anywhere: names lead nowhere but into the home."""
    parts = PurePosixPath(name).parts
    if ".." in parts or name.startswith("/") or "\\" in name:
        return False
    alone = {_SETTINGS, REFERENCE_KEY, LEDGER, DECISIONS, MANIFEST}
    return name in alone or (len(parts) > 1 and parts[0] in {"archive", *_FOLDERS})


def _check(manifest: Mapping[str, Any], found: Mapping[str, str]) -> None:
    if manifest.get("format") != FORMAT:
        raise BackupError("desk.backup_cut")
    told = {name: entry["sha256"] for name, entry in manifest["files"].items()}
    wrong = sorted(name for name in told.keys() | found.keys() if told.get(name) != found.get(name))
    if wrong:
        raise BackupError("desk.backup_damaged", detail=", ".join(wrong[:5]))
    if not knows_step(manifest["schema"]):
        raise SchemaTooNewError(
            f"the backup is at step {manifest['schema']}, which this program does not know"
        )


def _put_in_place(stage: Path, home: Path) -> None:
    """Move each part where the settings of the backup want it: within the home, or at a path of its own."""
    settings = load_settings(stage)
    database = sqlite_file(settings.database_url)
    wanted: dict[str, Path | None] = {
        "regime": settings.regime,
        "archive": settings.archive,
        "outputs": settings.outputs,
        LEDGER: database,
    }
    outside = [path for path in wanted.values() if path is not None and not path.is_relative_to(stage)]
    for path in outside:
        if path.exists() and (path.is_file() or any(path.iterdir())):
            raise BackupError("desk.restore_not_empty", home=str(path))
    for name, place in wanted.items():
        if place is not None and (stage / name).exists() and stage / name != place:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(stage / name, place)
    if database is None:
        copy_from_file(stage / LEDGER, settings.database_url)
        (stage / LEDGER).unlink()
    if home.exists():
        home.rmdir()


def _hold_waiting_mails(home: Path, made_at: str, clock: Callable[[], datetime]) -> int:
    settings = load_settings(home)
    with Ledger.open(settings.database_url, "restore", clock, decisions_journal=home / DECISIONS) as ledger:
        ledger.recover_outbox()
        waiting = ledger.outbox((OutboxState.QUEUED,))
        for mail in waiting:
            ledger.mark(Delivery(mail.id, clock(), OutboxState.HELD, RESTORED))
        ledger.note(RESTORED, "ledger", {"made_at": made_at, "held": len(waiting)})
    return len(waiting)


# ------------------------------------------------------------------------------------------ age


@contextmanager
def _locking(out: IO[bytes], lock: Lock) -> Iterator[IO[bytes]]:
    """A stream whose bytes go encrypted to `out`."""
    if not lock.recipients and not lock.passphrase:
        yield out
        return
    import pyrage

    if lock.recipients:
        recipients = [_recipient(text) for text in lock.recipients]
    else:
        own = pyrage.x25519.Identity.generate()
        out.write(pyrage.passphrase.encrypt(str(own).encode(), lock.passphrase, armored=True))
        recipients = [own.to_public()]
    with _piped(lambda inner: pyrage.encrypt_io(inner, out, recipients), "r") as stream:
        yield stream


def _recipient(text: str) -> Any:
    import pyrage

    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise BackupError("desk.bad_recipient", text=text) from error


@contextmanager
def _unlocked(stream: IO[bytes], key: Key) -> Iterator[IO[bytes]]:
    """The tar within a file, whether it is encrypted or not."""
    start = stream.read(len(_ARMOR_BEGIN))
    stream.seek(0)
    if not start.startswith((_AGE, _ARMOR_BEGIN)):
        yield stream
        return
    import pyrage

    try:
        identities = _identities(stream, key, armored=start == _ARMOR_BEGIN)
        with _piped(lambda inner: pyrage.decrypt_io(stream, inner, identities), "w") as opened:
            yield opened
    except (pyrage.DecryptError, pyrage.IdentityError, pyrage.RecipientError) as error:
        raise BackupError("desk.backup_key", detail=str(error)) from error


def _identities(stream: IO[bytes], key: Key, *, armored: bool) -> Sequence[Any]:
    import pyrage

    if armored:
        head = stream.read(_LONGEST_KEY)
        end = head.find(_ARMOR_END) + len(_ARMOR_END)
        stream.seek(end)
        lines = pyrage.passphrase.decrypt(head[:end], key.passphrase()).decode()
    elif key.identity is None:
        raise BackupError("desk.backup_wants_identity")
    else:
        lines = key.identity.read_text("utf-8")
    wanted = (line.strip() for line in lines.splitlines())
    return [pyrage.x25519.Identity.from_str(line) for line in wanted if line.startswith("AGE-SECRET-KEY")]


@contextmanager
def _piped(work: Callable[[IO[bytes]], object], inner_mode: str) -> Iterator[IO[bytes]]:
    """Run `work` on one end of a pipe in a thread of its own, and give the other end.

    age pulls what it encrypts and tar pushes what it packs; the pipe lets both have their way.
    """
    reading, writing = os.pipe()
    inner, outer = (reading, writing) if inner_mode == "r" else (writing, reading)
    failed: list[BaseException] = []

    def run() -> None:
        with os.fdopen(inner, f"{inner_mode}b") as stream:
            try:
                work(stream)
            except BaseException as error:  # noqa: BLE001 - told by the thread that waits
                failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        with os.fdopen(outer, "wb" if inner_mode == "r" else "rb") as stream:
            yield stream
            if inner_mode == "w":
                stream.read()  # what stands behind the tar's end is authenticated too
    except (BrokenPipeError, tarfile.TarError, EOFError):
        thread.join()
        if not failed:
            raise
    thread.join()
    if failed:
        raise failed[0]
