from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import config
from config.wording import UnknownWordingError, Wording

CATALOGUE = Path(config.__file__).parent.parent / "templates" / "wording"
# The codes that config's own modules use, wherever a fault is made.
CODE = re.compile(
    r"(?:Problem|Fault|\bfault|\.report|_report|\.problem|PydanticCustomError)\(\s*\"(?:config_)?([a-z_]+)\""
    r"|code = \"([a-z_]+)\""
)


def entries(language: str) -> dict[str, str]:
    return dict(YAML(typ="safe").load((CATALOGUE / f"config.{language}.yaml").read_text("utf-8")))


def test_every_fault_of_config_has_a_sentence() -> None:
    sources = "".join(path.read_text("utf-8") for path in Path(config.__file__).parent.glob("*.py"))
    used = {first or second for first, second in CODE.findall(sources)}
    assert len(used) > 40
    assert used <= set(entries("vi"))


def test_both_languages_have_the_same_sentences_with_the_same_places() -> None:
    vietnamese, english = entries("vi"), entries("en")
    assert list(vietnamese) == list(english)
    for key, sentence in vietnamese.items():
        assert set(re.findall(r"{\w+}", english[key])) <= set(re.findall(r"{\w+}", sentence)), key


def test_places_are_filled_and_one_left_open_shows() -> None:
    wording = Wording()
    assert wording("config.place_line", number=14) == "dòng 14"
    assert wording("config.place_line") == "dòng …"


def test_a_sentence_nobody_wrote_is_an_error() -> None:
    with pytest.raises(UnknownWordingError):
        Wording()("config.khong_co")


def test_english_is_english() -> None:
    assert Wording("en")("config.place_line", number=14) == "line 14"


def test_the_departments_own_sentence_wins(tmp_path: Path) -> None:
    (tmp_path / "config.vi.yaml").write_text('place_line: "hàng {number}"\n', "utf-8")
    assert Wording("vi", tmp_path)("config.place_line", number=2) == "hàng 2"
