"""Files of the configuration changed from the desk: what was not touched stays as it was."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from config.editing import REMOVED, edited, require_settings, tried_regime
from config.errors import InvalidRegimeError, InvalidSettingsError
from config.loader import load_regime
from config.shipped import copy_regime, shipped_regimes

DEPARTMENT = """\
# của Phòng
sending:
  mode: preview   # chưa gửi
  steps:
    # nhắc trước
    - {id: nhac-truoc-han, working_days: -3}
    - {id: don-doc-1, working_days: 1}
calendar:
  # theo thông báo
  extra_holidays: []
"""


def test_comments_and_order_survive_a_change() -> None:
    changed = edited(
        DEPARTMENT,
        {("sending", "mode"): "approve", ("calendar", "extra_holidays"): ["02/01/2026"]},
    )
    assert changed == DEPARTMENT.replace("mode: preview ", "mode: approve ").replace(
        "  extra_holidays: []\n", "  extra_holidays:\n    - 02/01/2026\n"
    )


def test_entries_of_a_list_are_changed_in_place_added_and_dropped() -> None:
    steps = [{"id": "nhac-truoc-han", "working_days": -5}, {"id": "x", "working_days": 9, "to_leaders": True}]
    changed = edited(DEPARTMENT, {("sending", "steps"): steps})
    assert "    # nhắc trước\n    - {id: nhac-truoc-han, working_days: -5}\n" in changed
    assert "    - {id: x, working_days: 9, to_leaders: true}\n" in changed
    assert "don-doc-1" not in edited(DEPARTMENT, {("sending", "steps"): steps[:1]})


@pytest.mark.parametrize("value", [["a"], ["a", "b", "c"], []])
def test_what_stands_below_a_list_stays_below_it(value: list[str]) -> None:
    text = "copies:\n  - a\n  - b\n# what the archive keeps\narchive: VT\n"
    assert "\n# what the archive keeps\narchive: VT\n" in (now := edited(text, {("copies",): value}))
    assert YAML(typ="safe").load(now) == {"copies": value, "archive": "VT"}


def test_a_change_that_changes_nothing_gives_the_same_text() -> None:
    odd = "a:   1\nb: [ 2,3 ]\n"
    assert edited(odd, {("a",): 1, ("b",): [2, 3], ("c", "d"): REMOVED}) == odd


def test_a_file_of_comments_alone_keeps_them() -> None:
    shipped = (files("templates") / "settings.yaml").read_text("utf-8")
    changed = edited(
        shipped, {("mailbox", "host"): "imap.songmay.example", ("mailbox", "user"): "p@x.example"}
    )
    assert changed.startswith(shipped)
    assert require_settings(changed.encode()).mailbox is not None
    again = edited(changed, {("mailbox", "port"): 1993})
    assert again.startswith(shipped.rstrip("\n"))
    assert "imap.songmay.example" in again


@pytest.mark.parametrize("name", shipped_regimes())
def test_every_shipped_file_comes_through_a_change_line_by_line(name: str) -> None:
    with as_file(files("config") / "regimes" / name) as folder:
        for path in folder.rglob("*.yaml"):
            text = path.read_text("utf-8")
            assert edited(text, {("zz",): 1}).splitlines() == [*text.rstrip("\n").splitlines(), "zz: 1"]


def test_a_regime_is_tried_without_touching_its_folder(tmp_path: Path) -> None:
    folder = copy_regime("son-duong", tmp_path / "regime")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    text = (folder / "department.yaml").read_text("utf-8")
    wanted = edited(text, {("sending", "mode"): "approve"})
    with tried_regime(folder, {"department.yaml": wanted.encode()}) as tried:
        assert tried.sending.mode == "approve"
    assert load_regime(folder).sending.mode == "preview"
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_faulty_regime_is_told_with_its_key(tmp_path: Path) -> None:
    folder = copy_regime("son-duong", tmp_path / "regime")
    text = (folder / "department.yaml").read_text("utf-8")
    wanted = edited(text, {("sending", "hours"): "sáng"})
    with (
        pytest.raises(InvalidRegimeError) as caught,
        tried_regime(folder, {"department.yaml": wanted.encode()}),
    ):
        pass
    assert [(each.file, each.key) for each in caught.value.problems] == [("department.yaml", "sending.hours")]


def test_faulty_settings_are_refused() -> None:
    with pytest.raises(InvalidSettingsError):
        require_settings(b"mailbox: {host: x}\n")
