"""What the tests in a browser share: Chromium, and a desk on a copy of an office that was made once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.hands import Hand
    from tests.web import Served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    from tests.web import chromium

    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A desk on an office after a small round of mail; a module that wants another has its own."""
    from tests.web import served_round

    with served_round(tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture(params=["mouse", "keyboard", "mouse without scripts"])
def hand(request: pytest.FixtureRequest, desk: Served, browser: Browser) -> Iterator[Hand]:
    """A page of the desk, worked by the mouse, by the keyboard alone, and where no script runs."""
    from tests.hands import Hand

    page = desk.page(browser, java_script_enabled="without" not in request.param)
    yield Hand(page, request.param == "keyboard")
    page.context.close()
