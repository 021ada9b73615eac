"""The Message-IDs of our own mail: signed, so that an answer finds what it answers, a forged one does not.

`<don-doc-1.binh-minh.3f2a….9c41…@tonghop.domain>`: step, unit, a digest of what the mail speaks of, and an
HMAC of the three under a key that stands in the home folder alone. The same mail has the same identity
whenever and wherever it is composed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from config.regime import Regime

FILE = "reference.key"
_KEY_LENGTH = 32
_DIGEST_LENGTH = 16  #: hex digits, 64 bits, of the digest and of the signature
_NOT_PLAIN = re.compile(r"[^a-z0-9-]+")
_OURS = re.compile(r"<?([a-z0-9-]+\.[a-z0-9-]+\.[0-9a-f]{16})\.([0-9a-f]{16})@tonghop\.[a-z0-9.-]+>?")


def reference_key(home: Path) -> bytes:
    """The key of that home folder, made where there is none, readable by its owner only."""
    path = home / FILE
    if not path.exists():
        _make_key(path)
    return path.read_bytes()


def message_id(regime: Regime, key: bytes, step: str, unit: str, about: Iterable[str]) -> str:
    """The signed Message-ID of a mail of that step to that unit; `about` says what it speaks of."""
    digest = hashlib.sha256("\n".join((regime.id, step, unit, *about)).encode()).hexdigest()
    local = f"{_plain(step)}.{_plain(unit)}.{digest[:_DIGEST_LENGTH]}"
    domain = regime.department.mailbox.rpartition("@")[2] or f"{_plain(regime.id)}.invalid"
    return f"<{local}.{_signature(local, key)}@tonghop.{domain.lower()}>"


def is_signed(reference: str, key: bytes) -> bool:
    """Whether a Message-ID was made with that key."""
    match = _OURS.fullmatch(reference.strip())
    return match is not None and hmac.compare_digest(match[2], _signature(match[1], key))


def _signature(local: str, key: bytes) -> str:
    return hmac.new(key, local.encode(), hashlib.sha256).hexdigest()[:_DIGEST_LENGTH]


def _plain(identifier: str) -> str:
    return _NOT_PLAIN.sub("-", identifier.lower()).strip("-") or "x"


def _make_key(path: Path) -> None:
    """Written whole under another name first: of two programs that begin at once, one key wins."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(_KEY_LENGTH))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(temporary, path)
    temporary.unlink()
