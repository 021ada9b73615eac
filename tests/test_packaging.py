"""What leaves the house: the wheel holds its data and runs elsewhere, the pinned lists hold no address."""

from __future__ import annotations

import os
import re
import site
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("config", "ledger", "intake", "consolidate", "desk", "templates")


def run(*words: str | Path, cwd: Path, **environment: str) -> str:
    """The standard output of a command that must succeed."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd, capture_output=True, text=True, check=False, timeout=240,
        env={"PATH": os.environ["PATH"], "HOME": str(cwd), "PYTHONUTF8": "1", **environment},
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what git would hand out, so that no leftover of a build slips in."""
    source = tmp_path_factory.mktemp("source")
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in filter(None, listed.split("\0")):
        if not (ROOT / name).is_file():
            continue
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, source, cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel alone; third-party packages are borrowed, so nothing is downloaded."""
    folder = tmp_path_factory.mktemp("elsewhere")
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    (packages,) = (folder / "venv").glob("lib/python*/site-packages")
    options = ("--no-deps", "--no-index", "--disable-pip-version-check")
    here = ("--python", folder / "venv/bin/python")
    run(sys.executable, "-m", "pip", *here, "install", "-q", *options, wheel, cwd=folder)
    # A .pth line is only put at the end of the path: what the wheel brought comes first, and the
    # borrowed folder's own .pth files (an editable checkout) are not followed.
    borrowed = [path for path in site.getsitepackages() if Path(path).is_dir()]
    (packages / "borrowed.pth").write_text("\n".join(borrowed) + "\n", encoding="utf-8")
    return folder


def test_the_wheel_holds_every_data_file_of_templates_and_config(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        held = set(packed.namelist())
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in ("templates", "config")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not path.name.startswith(".")
    }
    assert wanted - held == set()


def test_the_wheel_holds_the_demo_mailbox_and_the_steps_of_the_schema(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        held = packed.namelist()
    assert sum(name.startswith("templates/demo/messages/") for name in held) >= 40  # as many as the story
    assert any(re.fullmatch(r"ledger/migrations/versions/\w+\.py", name) for name in held)


def test_the_wheel_brings_nothing_but_the_program(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        tops = {name.partition("/")[0] for name in packed.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_the_installed_program_is_the_wheels_own(elsewhere: Path) -> None:
    shown = run(
        elsewhere / "venv/bin/python", "-c", f"import {','.join(PACKAGES)}, desk.cli\n"
        f"for name in {PACKAGES!r}: print(__import__(name).__file__)",
        cwd=elsewhere,
    )  # fmt: skip
    assert all(line.startswith(str(elsewhere)) for line in shown.splitlines())


def test_the_installed_program_runs_the_demo_from_another_folder(elsewhere: Path) -> None:
    home = elsewhere / "thu"
    shown = run(elsewhere / "venv/bin/tonghop", "--home", home, "demo", cwd=elsewhere)
    assert "Thư mới: 52" in shown
    assert list(home.rglob("*.docx"))
    assert list(home.rglob("*.xlsx"))


# -- the pinned lists ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["build", "runtime", "dev"])
def test_a_pinned_list_names_versions_and_hashes_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert not re.search(r"https?:|file://|--(?:extra-)?index|--find-links|--trusted-host|@ ", text)
    entries = re.findall(r"(?m)^[A-Za-z0-9].*(?:\n\s.*)*", text)
    assert entries
    assert all(re.match(r"[a-z0-9._-]+(?:\[[a-z,]+\])?==\S+", entry) for entry in entries)
    assert all("--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize(("name", "groups"), [("runtime", ()), ("dev", ("dev",))])
def test_every_declared_dependency_is_pinned(name: str, groups: tuple[str, ...]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [*project["dependencies"], *(d for g in groups for d in project["optional-dependencies"][g])]
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    pinned = {normal(found) for found in re.findall(r"(?m)^([A-Za-z0-9._-]+)(?:\[.*\])?==", text)}
    asked = {normal(re.split(r"[\[>=<~! ;]", requirement)[0]) for requirement in declared}
    assert asked - pinned == set(), "run: make lock"


def normal(name: str) -> str:
    """A project's name as packagers compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_both_lists_pin_the_same_versions() -> None:
    def pins(name: str) -> dict[str, str]:
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        return dict(re.findall(r"(?m)^([a-z0-9._-]+)(?:\[.*\])?==(\S+)", text))

    development = pins("dev")
    for name, version in {**pins("runtime"), **pins("build")}.items():
        assert development[name] == version
