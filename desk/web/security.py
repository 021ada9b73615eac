"""What holds for every request, whatever the page: hosts, headers, sizes, and where a request came from.

The rules are those of OWASP ASVS 5.0, chapters 3 and 4. Pages hold no script and no style of their own,
so that the policy needs no exception: text from a hostile mail that got into a page could do nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ONE_YEAR = "max-age=31536000"
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


class BodyTooLargeError(Exception):
    """A request is larger than its route takes."""


class Guarded:
    """Answers only to its own host names, and puts the headers on every answer."""

    def __init__(self, app: ASGIApp, names: Iterable[str], *, https: bool) -> None:
        self._app = app
        self._names = frozenset(name.lower() for name in (*names, *LOOPBACK_NAMES))
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._guard(MutableHeaders(scope=message))
            await send(message)

        if host_name(Headers(scope=scope).get("host", "")) in self._names:
            await self._app(scope, receive, send_guarded)
        else:
            await PlainTextResponse("unknown host", 421)(scope, receive, send_guarded)

    def _guard(self, headers: MutableHeaders) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("Cache-Control", "no-store")
        if self._https:
            headers["Strict-Transport-Security"] = ONE_YEAR


def host_name(host: str) -> str:
    """The name of a Host header without its port."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdigit() else host.lower()


def is_own_request(headers: Headers) -> bool:
    """Whether a page of ours sent the request, as far as the browser tells (Fetch Metadata, Origin).

    A browser that sends neither header is refused. Since our pages tell nobody where they are
    (`no-referrer`), a browser sends "null" as the Origin of their forms: that says nothing by itself, and
    passes only beside a Sec-Fetch-Site that no page can set.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if origin is not None and origin != "null":
        is_ours = urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
        return is_ours and site in {None, "same-origin"}
    return site == "same-origin"


def own_path(text: str) -> str:
    """The path of ours to go on to after signing in; "/" when the text is anything else."""
    parts = urlsplit(text)
    is_ours = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()
    return text if is_ours and not parts.scheme and not parts.netloc and "\\" not in text else "/"


def limited(receive: Receive, most: int) -> Receive:
    """`receive` that stops after that many octets of body.

    Raises:
        BodyTooLargeError: when the body goes on.
    """
    left = most

    async def receive_limited() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise BodyTooLargeError
        return message

    return receive_limited
