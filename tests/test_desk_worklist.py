"""The work list: what is asked first, and which tasks are clear enough to be accepted together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desk.worklist import Task, Urgency, WorkList, clean_tasks, work_list
from tests.offices import (
    Office,
    address,
    figures,
    inside,
    make_office,
    note,
    report_mail,
    verified,
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return make_office(tmp_path)


def listed(office: Office) -> WorkList:
    found: WorkList = inside(office, work_list)
    return found


def clean(office: Office) -> tuple[Task, ...]:
    found: tuple[Task, ...] = inside(office, lambda one: clean_tasks(one, work_list(one).tasks))
    return found


def strange(unit: str, seed: int, sender: str, **more: Any) -> bytes:
    return report_mail(unit, figures(seed), sender=sender, **more)


def test_what_is_most_pressing_comes_first_and_of_those_what_came_first(office: Office) -> None:
    asking = note(address("y-te"), "Hỏi", "Cho em hỏi hạn nộp báo cáo?")
    forged = strange("van-hoa", 2, "chung@songmay.example", headers=verified("chung@songmay.example", "fail"))
    claiming = note(address("binh-minh"), "Báo cáo", "Xã đã gửi báo cáo hôm qua rồi ạ.")
    office.deliver(asking, "2023-06-01T08:00")
    office.deliver(claiming, "2023-06-01T08:30")
    office.deliver(report_mail("hoa-lac", figures(3, B3=("1,234", "20"))), "2023-06-01T09:00")
    office.deliver(strange("suoi-dau", 4, "b@rieng.example"), "2023-06-02T08:00")
    office.deliver(strange("dong-tam", 5, "a@rieng.example"), "2023-06-01T10:00")
    office.deliver(forged, "2023-06-03T08:00")
    office.take_in()
    found = listed(office)
    assert [task.urgency for task in found.tasks] == [
        Urgency.SUSPECT,
        Urgency.REPORT,
        Urgency.REPORT,
        Urgency.CLAIM,
        Urgency.FIGURES,
        Urgency.QUESTION,
    ]
    assert [task.proposed("unit") for task in found.tasks[1:3]] == ["dong-tam", "suoi-dau"]
    before, after = found.beside(found.tasks[1])
    assert (before, after) == (found.tasks[0], found.tasks[2])


@pytest.mark.parametrize(
    ("unit", "more", "is_clear"),
    [
        ("suoi-dau", {}, True),
        ("suoi-dau", {"subject": "Báo cáo bình đẳng giới xã Hòa Lạc"}, False),
        ("suoi-dau", {"headers": {}}, False),
        ("suoi-dau", {"head": " "}, False),
    ],
    ids=["all agrees", "another unit is named", "nobody vouches for the sender", "no letterhead"],
)
def test_a_case_is_clear_only_when_nothing_but_the_address_is_new(
    office: Office, unit: str, more: dict[str, Any], is_clear: bool
) -> None:
    office.deliver(strange(unit, 4, "ban@rieng.example", **more), "2023-06-02T08:00")
    office.take_in()
    assert listed(office).tasks
    assert bool(clean(office)) is is_clear


def test_a_report_whose_figures_are_at_fault_is_not_clear(office: Office) -> None:
    wrong = figures(4, B2=("100", "300"))
    office.deliver(report_mail("suoi-dau", wrong, sender="ban@rieng.example"), "2023-06-02T08:00")
    office.take_in()
    assert len(listed(office).tasks) == 1
    assert clean(office) == ()


def test_an_address_that_writes_for_two_units_is_clear_for_neither(office: Office) -> None:
    office.deliver(strange("suoi-dau", 4, "ban@rieng.example"), "2023-06-02T08:00")
    office.deliver(strange("dong-tam", 5, "ban@rieng.example"), "2023-06-02T09:00")
    office.take_in()
    assert len(listed(office).tasks) == 2
    assert clean(office) == ()


def test_a_second_report_of_a_unit_that_has_reported_is_not_clear(office: Office) -> None:
    office.deliver(report_mail("dong-tam", figures(4)), "2023-06-01T08:00")
    office.deliver(strange("dong-tam", 5, "ban@rieng.example"), "2023-06-02T09:00")
    office.take_in()
    assert len(listed(office).tasks) == 1
    assert clean(office) == ()
