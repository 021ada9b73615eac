"""What went wrong with a line to a server: a sentence a person can act on rather than a library's words."""

from __future__ import annotations

import socket
import ssl
from imaplib import IMAP4
from smtplib import SMTPNotSupportedError, SMTPServerDisconnected
from typing import Final

from config.wording import SentenceKey

_FAULTS: Final[tuple[tuple[type[BaseException], str], ...]] = (  # the narrower kind first
    (ssl.SSLCertVerificationError, "line.certificate"),
    (ssl.SSLError, "line.tls"),
    (socket.gaierror, "line.no_host"),
    (ConnectionRefusedError, "line.not_listening"),
    (TimeoutError, "line.silent"),
    (SMTPNotSupportedError, "line.not_offered"),
    (ConnectionError, "line.closed"),
    (SMTPServerDisconnected, "line.closed"),
    (OSError, "line.broken"),
    (IMAP4.abort, "line.closed"),
)
_OTHER_NAME: Final = frozenset({62, 64})  #: X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
_WRAPPERS: Final = (IMAP4.abort, SMTPServerDisconnected)


def line_fault(error: BaseException) -> SentenceKey | None:
    """The sentence for a fault of the line; None: the server said something that should be told instead."""
    if isinstance(error, IMAP4.abort) and "socket error" not in str(error):
        return None  # BYE and the server's reason
    cause = _system_error(error)
    if isinstance(cause, ssl.SSLCertVerificationError) and cause.verify_code in _OTHER_NAME:
        return SentenceKey("line.certificate_name")
    return next((SentenceKey(key) for kind, key in _FAULTS if isinstance(cause, kind)), None)


def _system_error(error: BaseException) -> BaseException:
    """The system's own error where a library put words of its own around it."""
    while isinstance(error, _WRAPPERS) and isinstance(error.__context__, (OSError, IMAP4.abort)):
        error = error.__context__
    return error
