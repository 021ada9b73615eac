"""The second factor: codes of an authenticator app (TOTP, RFC 6238) and recovery codes (ASVS 6.5).

A code is good for its own thirty seconds and those before and after, and is taken once. A recovery code
is random enough (50 bits) to be kept as its plain SHA-256, and is taken once too.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ISSUER = "tonghop"
RECOVERY_CODES = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
#: Time steps before and after the present one: clocks of telephones are a little off.
_TOLERATED = (0, -1, 1)
#: How long the second page of the sign-in waits for the code.
WAITS = timedelta(minutes=5)
MOST_WAITING = 200


def new_secret() -> str:
    """A secret of 160 bits, base32."""
    import pyotp

    return pyotp.random_base32()


def matching_step(secret: str, code: str, now: datetime, used: int | None) -> int | None:
    """The time step a code belongs to; None when it fits none, or one not later than the last `used`."""
    import pyotp

    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdigit()):
        return None
    totp = pyotp.TOTP(secret)
    for step in (totp.timecode(now) + tolerated for tolerated in _TOLERATED):
        if hmac.compare_digest(totp.generate_otp(step), typed) and (used is None or step > used):
            return step
    return None


def new_recovery_codes() -> tuple[str, ...]:
    """Codes for the day the telephone is lost, ten letters each."""
    return tuple("-".join(_letters(5) for _ in range(2)) for _ in range(RECOVERY_CODES))


def recovery_hash(code: str) -> str:
    """What is kept of a recovery code, however it is typed."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code as the path of an SVG of `size` squares a side, its quiet zone included."""

    size: int
    path: str


def qr_code(secret: str, name: str, office: str) -> QrCode:
    """What an authenticator app is shown (the otpauth address of a secret, under the account's name)."""
    import pyotp
    import segno

    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=f"{ISSUER} {office}".strip())
    rows = list(segno.make_qr(address, error="m").matrix_iter(border=4))
    squares = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return QrCode(len(rows), "".join(squares))


class HalfSignedIn:
    """Who has given the password and not yet the code: in memory, for five minutes."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._waiting: dict[str, tuple[str, datetime]] = {}
        self._lock = threading.Lock()

    def begin(self, name: str) -> str:
        """Wait for the code of the account of a name; a token that only its browser knows."""
        token, now = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            kept = {key: one for key, one in self._waiting.items() if one[1] > now}
            self._waiting = dict(list(kept.items())[-MOST_WAITING + 1 :])
            self._waiting[token] = (name, now + WAITS)
        return token

    def name(self, token: str) -> str:
        """The name of the account that a token stands for; "" when there is none, or it waited too long."""
        name, until = self._waiting.get(token, ("", self._clock()))
        return name if until > self._clock() else ""

    def end(self, token: str) -> None:
        """Wait no more."""
        with self._lock:
            self._waiting.pop(token, None)


def _letters(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))
