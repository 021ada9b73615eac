"""What all tests share, and those in a browser: Chromium, and a desk on a copy of an office made once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.hands import Hand
    from tests.offices import KeptReaders
    from tests.web import Served

# How long an example takes is the machine's affair, which is crowded as a rule.
settings.register_profile(
    "crowded", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("crowded")

#: Coverage is asked of the pure modules, by their own tests. Elsewhere the tracer would cost half the time.
MEASURED = ("test_config_", "test_ledger_", "test_intake_", "test_consolidate_")
#: What takes longest begins, so that no worker is left alone with it in the end.
LONGEST = (
    "test_intake_scan.py",
    "test_desk_web_browser.py",
    "test_crash.py",
    "test_faults_disk.py",
    "test_desk_web_hands_browser.py",
    "test_desk_web_hands_office_browser.py",
    "test_desk_web_large.py",
    "test_intake_office.py",
    "test_end_to_end.py",
    "test_desk_replies.py",
    "test_corpus.py",
    "test_desk_backup.py",
    "test_intake_pictures.py",
    "test_unseen_reports.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; whatever else in the order it was found."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


@pytest.fixture(scope="module", autouse=True)
def _measured(request: pytest.FixtureRequest) -> Iterator[None]:
    """Coverage is counted in the modules that are asked for it; a worker has one counter beneath another."""
    if request.path.name.startswith(MEASURED):
        yield
        return
    stopped: list[Coverage] = []
    while (counting := Coverage.current()) is not None:
        counting.stop()
        stopped.append(counting)
    yield
    for counting in reversed(stopped):
        counting.start()


@pytest.fixture(scope="session")
def _kept_readers() -> Iterator[KeptReaders]:
    from tests.offices import KeptReaders

    readers = KeptReaders()
    yield readers
    readers.close()


@pytest.fixture(scope="module", autouse=True)
def _readers(request: pytest.FixtureRequest) -> Iterator[None]:
    """The desk's tests read by processes that stay: to start them is proved, and paid for, elsewhere."""
    if not request.path.name.startswith(("test_desk_", "test_faults")):
        yield
        return
    from desk.office import Office

    kept = request.getfixturevalue("_kept_readers")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Office, "open_pool", lambda _office: kept)
        yield


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


@pytest.fixture(scope="module")
def page_worked_by(desk: Served, browser: Browser) -> Iterator[Callable[[str], Page]]:
    """The page of the desk that a hand works; one for a whole module, for a new one costs a second."""
    pages: dict[str, Page] = {}

    def of(hand: str) -> Page:
        if hand not in pages:
            pages[hand] = desk.page(browser, java_script_enabled="without" not in hand)
        return pages[hand]

    yield of
    for page in pages.values():
        page.context.close()


@pytest.fixture(params=["mouse", "keyboard", "mouse without scripts"])
def hand(request: pytest.FixtureRequest, page_worked_by: Callable[[str], Page]) -> Iterator[Hand]:
    """A page of the desk, worked by the mouse, by the keyboard alone, and where no script runs."""
    from tests.hands import Hand

    page = page_worked_by(request.param)
    yield Hand(page, request.param == "keyboard")
    page.goto("about:blank")
