"""Files of our own making, handed out to be saved."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

_HEADERS = {"Content-Security-Policy": "sandbox; default-src 'none'"}


def saved(content: bytes, name: str) -> Response:
    """Octets to be saved under a name and never shown (RFC 6266, 8187)."""
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": disposition, **_HEADERS}
    return Response(content, media_type="application/octet-stream", headers=headers)
