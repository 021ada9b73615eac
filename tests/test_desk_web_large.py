"""The desk of a large office: 600 units, ten periods, 40 indicators. Bounds are processor time."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from desk.chasing import chase
from desk.work import settle
from tests.large_office import large_office
from tests.offices import Office
from tests.web import Served, costs, served_office

UNITS = 600


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return large_office(tmp_path_factory.mktemp("office"), UNITS)


@pytest.fixture(scope="module")
def desk(office: Office) -> Iterator[Served]:
    with served_office(office) as found:
        found.client().get("/thu-di/den-luot")  # what is read once: the holidays, the templates
        yield found


def spent(desk: Served, path: str) -> float:
    """Seconds of processor time that a page costs, at best of two."""
    client, found = desk.client(), []
    for _ in range(2):
        begun = time.process_time()
        assert client.get(path).status_code == 200, path
        found.append(time.process_time() - begun)
    return min(found)


@pytest.mark.parametrize(
    "path",
    [
        "/ky-bao-cao",
        "/ky-bao-cao?luc=2023-06-03T12:00&q=xa&xep=kept",
        "/viec-can-xem",
        "/viec-can-xem/ro-rang",
        "/don-vi",
        "/don-vi/xa-5",
        "/thu-di",
        "/thu-di/den-luot",
        "/thiet-lap/don-vi",
        "/nhat-ky",
    ],
)
def test_a_page_of_six_hundred_units_costs_little(desk: Served, path: str) -> None:
    assert spent(desk, path) < 0.5 * costs()


def test_settling_reads_no_figure(office: Office) -> None:
    with office.opened() as opened:
        settle(opened)
        begun = time.process_time()
        settle(opened)
        assert time.process_time() - begun < 1.0 * costs()


def test_hundreds_of_letters_that_wait_are_looked_through_at_once(office: Office) -> None:
    with office.opened() as opened:
        begun = time.process_time()
        queued = chase(opened, queue=True, send=False).mails
        again = chase(opened, queue=True, send=False).mails
        assert time.process_time() - begun < 2.0 * costs()
    assert len(queued) == len(again) == UNITS // 20
