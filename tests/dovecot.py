"""A real Dovecot on loopback for tests, and a line to it that can be watched and made to fail.

    with running_dovecot() as server:
        server.append("donvi", message, date="04-Jun-2023 23:59:59 +0700")
        ImapMailbox(server.settings("donvi"), AppPassword(server.password))

Needs the program `dovecot` (Debian: dovecot-imapd). Every user exists, all with one password; folders
are Maildirs below `server.mail`. Started as root, mail belongs to uid and gid 5000, because Dovecot
refuses root; started by anyone else, to that person. A wrong password costs no waiting here.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from imapclient import IMAPClient

from intake.mailbox.imap import ImapSettings

PASSWORD = "mot-mat-khau-de-thu"
_VMAIL = 5000

_CONFIGURATION = """
base_dir = {base}/run
state_dir = {base}/run
log_path = {base}/log
listen = 127.0.0.1
protocols = imap
ssl = yes
ssl_cert = <{base}/server.pem
ssl_key = <{base}/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:{base}/mail/%u:INDEX={base}/index/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/home/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox "{junk}" {{
    auto = create
    special_use = \\Junk
  }}
  mailbox "{sent}" {{
    special_use = \\Sent
  }}
  mailbox "{drafts}" {{
    special_use = \\Drafts
  }}
  mailbox Spam {{
    auto = create
  }}
}}
{users}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""

_QUOTA = """
mail_plugins = quota
protocol imap {{
  mail_plugins = quota imap_quota
}}
plugin {{
  quota = count:Quota
  quota_vsizes = yes
  quota_rule = *:storage={quota}
  quota_grace = 0
}}
"""

_UNPRIVILEGED = """
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
"""

#: the name of the junk folder: only its attribute tells what it is for
JUNK = "Thư rác"
#: those of sent mail and of drafts, where a test makes them
SENT = "Thư đã gửi"
DRAFTS = "Thư nháp"


class DovecotMissingError(RuntimeError):
    """These tests speak to a real IMAP server, and there is none on this machine."""

    def __init__(self) -> None:
        super().__init__(
            "The program dovecot is missing: apt-get install --no-install-recommends dovecot-imapd"
        )


@dataclass(frozen=True, slots=True)
class Dovecot:
    """A running server. `authority` signed its certificate, which names localhost and 127.0.0.1."""

    base: Path
    port: int
    tls_port: int
    authority: Path
    pid: int
    password: str = PASSWORD

    @property
    def mail(self) -> Path:
        return self.base / "mail"

    def settings(self, user: str, **changes: Any) -> ImapSettings:
        """Settings for a user over plain loopback."""
        given: dict[str, Any] = {"account": user, "host": "127.0.0.1", "port": self.port, "tls": False}
        return ImapSettings(**(given | changes))

    @contextmanager
    def client(self, user: str) -> Iterator[IMAPClient]:
        """Another mail program at the same account, which may change things."""
        with IMAPClient("127.0.0.1", port=self.port, ssl=False) as client:
            client.login(user, self.password)
            client.normalise_times = False
            yield client

    def append(self, user: str, *messages: bytes, folder: str = "INBOX", date: str = "") -> None:
        """Deliver messages as they are; `date` is INTERNALDATE as the protocol writes it."""
        with self.client(user) as client:
            inner = client._imap
            for message in messages:
                name = client._normalise_folder(folder)
                kind, answer = inner.append(name, None, f'"{date}"' if date else None, message)
                assert kind == "OK", answer

    def listing(self, user: str) -> dict[str, bytes]:
        """Every message file of a user with its bytes; a file's name carries its flags."""
        found = sorted((self.mail / user).rglob("*"))
        kept = [path for path in found if path.is_file() and path.parent.name in {"cur", "new"}]
        return {str(path.relative_to(self.mail)): path.read_bytes() for path in kept}

    def stop(self) -> None:
        """End the server and every session at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        _until(lambda: not _answers(self.port), "dovecot did not stop")


@contextmanager
def running_dovecot(zone: str = "UTC", quota: str = "") -> Iterator[Dovecot]:
    """A server with a folder of its own that states arrival in the time of `zone`.

    Each account holds no more than `quota` ("40K") of mail, by Dovecot's own quota plugin.

    Not pytest's folder: the login process runs as another user and could not look into it, and
    paths of sockets are limited to about a hundred letters.
    """
    if shutil.which("dovecot", path=_path()) is None:
        raise DovecotMissingError
    base = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))
    server = None
    try:
        server = _start(base, zone, quota)
        yield server
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(base, ignore_errors=True)


def _path() -> str:
    return os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])


def _prepare(base: Path) -> None:
    base.chmod(0o755)
    for name in ("run", "mail", "home", "index"):
        (base / name).mkdir()
        if os.geteuid() == 0 and name != "run":
            os.chown(base / name, _VMAIL, _VMAIL)


def _start(base: Path, zone: str, quota: str) -> Dovecot:
    _prepare(base)
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    authority.cert_pem.write_to_path(base / "authority.pem")
    certificate.cert_chain_pems[0].write_to_path(base / "server.pem")
    certificate.private_key_pem.write_to_path(base / "server.key")
    port, tls_port = free_ports(2)
    limits = _QUOTA.format(quota=quota) if quota else ""
    (base / "dovecot.conf").write_text(_configuration(base, port, tls_port) + limits, "utf-8")
    command = ["dovecot", "-F", "-c", str(base / "dovecot.conf")]
    process = subprocess.Popen(
        command,
        env={"PATH": _path(), "TZ": zone},
        start_new_session=True,
        stderr=(base / "stderr").open("wb"),
    )
    said = base / "stderr"
    _until(lambda: _answers(port) or process.poll() is not None, "dovecot does not answer")
    assert process.poll() is None, f"dovecot did not start: {said.read_text('utf-8', 'replace')}"
    threading.Thread(target=process.wait, daemon=True).start()
    return Dovecot(base, port, tls_port, base / "authority.pem", process.pid)


def _configuration(base: Path, port: int, tls_port: int) -> str:
    root = os.geteuid() == 0
    users = "" if root else _UNPRIVILEGED.format(user=_name_of_user(), group=_name_of_group())
    return _CONFIGURATION.format(
        base=base,
        port=port,
        tls_port=tls_port,
        password=PASSWORD,
        uid=_VMAIL if root else os.getuid(),
        gid=_VMAIL if root else os.getgid(),
        junk=JUNK,
        sent=SENT,
        drafts=DRAFTS,
        users=users,
    )


def _name_of_user() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def _name_of_group() -> str:
    import grp

    return grp.getgrgid(os.getgid()).gr_name


def free_ports(number: int) -> list[int]:
    """Ports nobody listens on at this moment, all different."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as line:
        return bool(line.recv(1))
    return False


def _until(done: Callable[[], bool], otherwise: str, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(otherwise)
        time.sleep(0.02)


# ------------------------------------------------------------------ a line that can be watched


Fault = Callable[[int, bytes], bytes | None]


@dataclass(slots=True)
class Line:
    """A line to the server. `commands` are the client's, without tags, in order; logins are cut short.

    `fault(connection, octets)` may change what the server says on that connection, counted from 1;
    None breaks the line there. `bend` may change what the client says before the server hears it.
    """

    port: int
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    fault: Fault = lambda _, octets: octets
    bend: Callable[[bytes], bytes] = lambda octets: octets

    def verbs(self) -> list[str]:
        """The commands by their verbs: EXAMINE, UID FETCH."""
        words = [command.split() for command in self.commands]
        return [" ".join(word[: 2 if word[0] == "UID" else 1]) for word in words if word]


@contextmanager
def line_to(server_port: int, fault: Fault | None = None, *, host: str = "127.0.0.1") -> Iterator[Line]:
    """A listening port whose connections go to the server, watched."""
    listener = socket.create_server((host, 0))
    line = Line(listener.getsockname()[1])
    if fault is not None:
        line.fault = fault
    threading.Thread(target=_accept, args=(listener, line, server_port), daemon=True).start()
    try:
        yield line
    finally:
        listener.close()


def _accept(listener: socket.socket, line: Line, server_port: int) -> None:
    with suppress(OSError):
        while True:
            near, _ = listener.accept()
            line.connections += 1
            far = socket.create_connection(("127.0.0.1", server_port))
            number = line.connections
            for job in ((_carry_commands, near, far, line), (_carry_answers, far, near, line, number)):
                threading.Thread(target=_both_ends, args=job, daemon=True).start()


def _both_ends(carry: Callable[..., None], source: socket.socket, target: socket.socket, *more: Any) -> None:
    with suppress(OSError):
        carry(source, target, *more)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def _carry_commands(near: socket.socket, far: socket.socket, line: Line) -> None:
    while octets := near.recv(65536):
        line.commands += [_without_tag(text) for text in octets.decode("latin-1").splitlines() if text]
        far.sendall(line.bend(octets))


def _without_tag(text: str) -> str:
    words: Sequence[str] = text.split(" ", 1)
    command = words[-1]
    return "LOGIN" if command.upper().startswith("LOGIN") else command


def _carry_answers(far: socket.socket, near: socket.socket, line: Line, number: int) -> None:
    while octets := far.recv(1 << 20):
        changed = line.fault(number, octets)
        if changed is None:
            return
        near.sendall(changed)
