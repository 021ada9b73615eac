"""Takes the screenshots of the README: `make screenshots`.

The desk is filled from the demo mailbox, whose people and figures are invented, and looked at by Chromium
at 1366 x 768. A page that the desk does not have yet is left out, and said so.
"""

from __future__ import annotations

import io
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from rich.console import Console

from config.wording import Wording
from desk.demo import NOW, run_demo
from desk.tables import Printer
from desk.web.accounts import Role
from desk.web.app import routes
from desk.web.desk import Desk
from desk.web.serving import served

if TYPE_CHECKING:
    from playwright.sync_api import Page

LARGEST = 150_000  #: octets of one picture
COLOURS = 128
PERSON = "Nguyễn Thị Hoa"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a page: its file's name, where it is, and what is clicked to get there."""

    name: str
    path: str
    first: str = ""  #: a link or button of the page that is followed, by CSS
    shows: str = "h1"  #: what must be there before the picture is taken, by CSS


PICTURES = (
    Picture("ky-bao-cao", "/ky-bao-cao?ky=binh-dang-gioi/2024-H1"),
    Picture(
        "viec-can-xem",
        "/viec-can-xem?ky=binh-dang-gioi/2024-H1",
        first="a.task:has-text('cần đối chiếu')",
        shows="#ban-goc image",
    ),
    Picture("tong-hop", "/tong-hop?ky=binh-dang-gioi/2024-H1", shows="table.figures"),
)


def main(folder: Path) -> int:
    """Write the pictures into the folder; how many were left out."""
    known = {route.path for route in routes()}
    left_out = [picture for picture in PICTURES if picture.path.partition("?")[0] not in known]
    for picture in left_out:
        sys.stderr.write(f"left out, the desk has no page {picture.path}\n")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, _looked_at(Path(home)) as (page, address):
        for picture in PICTURES:
            if picture not in left_out:
                (folder / f"{picture.name}.png").write_bytes(_taken(page, address, picture))
    return len(left_out)


@contextmanager
def _looked_at(home: Path) -> Iterator[tuple[Page, str]]:
    """A desk over the demo's home, and a browser in which an officer is signed in."""
    from playwright.sync_api import sync_playwright

    run_demo(home, Printer(Wording("vi"), Console(quiet=True)))
    desk = Desk(home, lambda: NOW)
    try:
        with served(desk, _nowhere, port=0) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
            token = _signed_in(desk)
            context.add_cookies([{"name": desk.cookie, "value": token, "url": address}])
            yield context.new_page(), address
            browser.close()
    finally:
        desk.close()


def _signed_in(desk: Desk) -> str:
    """The token of a session of somebody whose one-time password is changed."""
    once = desk.accounts.add("hoa", PERSON, Role.OFFICER)
    account = desk.accounts.find("hoa")
    assert account is not None
    assert not desk.accounts.change_password(account, once, secrets.token_urlsafe())
    return desk.sessions.begin(account, "127.0.0.1")


def _taken(page: Page, address: str, picture: Picture) -> bytes:
    page.goto(address + picture.path)
    if picture.first:
        page.locator(picture.first).first.click()
    page.locator(picture.shows).first.wait_for()
    page.wait_for_load_state("networkidle")
    return _small(page.screenshot())


def _small(png: bytes) -> bytes:
    """The same picture in few colours, as small as PNG gets.

    Raises:
        ValueError: it is still too large for a README.
    """
    out = io.BytesIO()
    few = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(out, "PNG", optimize=True)
    if len(out.getvalue()) > LARGEST:
        raise ValueError(f"the picture has {len(out.getvalue())} octets, more than {LARGEST}")
    return out.getvalue()


def _nowhere(_line: str) -> None:
    """What the desk says when it starts is not wanted here."""


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent.parent / "docs"))
