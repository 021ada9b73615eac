from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import config
from config.errors import InvalidWordingError
from config.own_wording import department_wording
from config.wording import LANGUAGES, UnknownWordingError, Wording, _area, _shipped

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


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_stands_twice_in_a_file_or_in_two_files_of_one_area(language: str) -> None:
    """Branches that each add a sentence are merged by union; of two under one key the last would win."""
    lines = [
        f"{path.name.split('.')[0]}.{key}"
        for path in CATALOGUE.glob(f"*.{language}.yaml")
        for key in re.findall(r"^(\w+):", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert [key for key, times in Counter(lines).items() if times > 1] == []
    assert set(lines) == set(_shipped(language))


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
    (tmp_path / "config.vi.yaml").write_text('place_line: "hàng {number}"\n', "utf-8-sig")
    assert department_wording("vi", tmp_path)("config.place_line", number=2) == "hàng 2"
    assert department_wording("en", tmp_path)("config.place_line", number=2) == "line 2"
    assert department_wording("vi", tmp_path / "khong-co").own == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('place_line: "hàng {so}"', "“so”"),
        ('place_line: "hàng {number"', "dấu ngoặc"),
        ('place_line: "hàng {number:03d}"', "dấu ngoặc"),
        ('place_line: "hàng {number!r}"', "dấu ngoặc"),
        ('place_line: "hàng {number.real}"', "“number.real”"),
        ('place_line: "hàng {}"', "“”"),
        ('place_line: "  "', "để trống"),
        ("place_line:", "phải là chữ"),
        ("place_line: 12", "phải là chữ"),
        ("place_line: [a, b]", "phải là chữ"),
        ("- hàng", "phải gồm"),
        ('place_line: "hàng', "YAML"),
        ('place_line: "a"\nplace_line: "b"', "hai lần"),
        (b"place_line: h\xe0ng", "UTF-8"),
    ],
)
def test_an_own_sentence_that_cannot_be_said_is_named_with_its_file(
    tmp_path: Path, text: str | bytes, told: str
) -> None:
    octets = text if isinstance(text, bytes) else f"# Lời riêng\n{text}\n".encode()
    (tmp_path / "config.vi.yaml").write_bytes(octets)
    with pytest.raises(InvalidWordingError) as refused:
        department_wording("vi", tmp_path)
    said = refused.value.report(Wording())
    assert "templates/wording/config.vi.yaml" in said
    assert told in said
    assert "…" not in said


def test_every_faulty_sentence_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "outgoing.vi.yaml").write_text('subject_urge: "{x}"\ndrafted: "{y}"\n', "utf-8")
    with pytest.raises(InvalidWordingError) as refused:
        department_wording("vi", tmp_path)
    assert [(problem.key, problem.line) for problem in refused.value.problems] == [
        ("subject_urge", 1),
        ("drafted", 2),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shipped_sentence_could_be_the_departments_own(tmp_path: Path, language: str) -> None:
    for path in CATALOGUE.glob(f"*.{language}.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert department_wording(language, tmp_path).own


def test_of_the_catalogue_only_what_is_spoken_of_is_read() -> None:
    _area.cache_clear()
    say = Wording("en")
    assert _area.cache_info().currsize == 0
    assert say("terms.state_late") == "late"
    assert _area.cache_info().currsize == 1
    assert not say.has("terms.khong_co")
    assert _area.cache_info().currsize == 2  # the Vietnamese of the area, to fall back on
