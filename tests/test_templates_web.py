"""The words of the desk: the same in both languages, none missing, none left over."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, nodes
from ruamel.yaml import YAML

import templates

ROOT = Path(templates.__file__).parent
CODE = (ROOT.parent / "desk").rglob("*.py")
#: Words asked for by a key that is put together: "web.nav_" and the page's name.
PUT_TOGETHER = (
    "actor_",
    "nav_", "role_", "language_", "sort_", "part_", "audit_",
    "event_", "detail_", "code_", "notice_", "refused_", "tab_", "mode_", "letter_", "period_kind_",
    "secret_", "sending_", "mail_part_", "mail_nothing_", "mail_queue_",
    "mail_head_", "answer_", "role_of_", "reason_", "aside_", "urgency_", "did_", "return_",
    "totals_", "why_", "figure_", "only_", "many_", "sheet_", "column_", "wish_",
    "department_", "department_level_", "kind_", "kind_level_",
)  # fmt: skip


def words(language: str) -> dict[str, str]:
    return dict(YAML(typ="safe").load((ROOT / "wording" / f"web.{language}.yaml").read_text("utf-8")))


def test_both_languages_have_the_same_words_with_the_same_places() -> None:
    vietnamese, english = words("vi"), words("en")
    assert list(vietnamese) == list(english)
    for key, sentence in vietnamese.items():
        assert sorted(re.findall(r"{\w+}", sentence)) == sorted(re.findall(r"{\w+}", english[key])), key


def test_every_word_a_page_asks_for_is_there_and_none_is_left_over() -> None:
    pages = "".join(path.read_text("utf-8") for path in (ROOT / "pages").glob("*.html"))
    asked = set(re.findall(r"[\"']web\.([a-z_]+)[\"']", pages + "".join(p.read_text("utf-8") for p in CODE)))
    asked -= set(PUT_TOGETHER)
    there = set(words("vi"))
    assert asked <= there
    assert {key for key in there - asked if not key.startswith(PUT_TOGETHER)} == set()


def test_no_template_of_a_page_switches_escaping_off() -> None:
    for path in (ROOT / "pages").glob("*.html"):
        tree = Environment(autoescape=True).parse(path.read_text("utf-8"))
        assert not [found.name for found in tree.find_all(nodes.Filter) if found.name in {"safe", "xmlattr"}]
        assert not list(tree.find_all(nodes.ScopedEvalContextModifier))
        assert "style=" not in path.read_text("utf-8")
        assert not re.search(r"<script(?! src=)", path.read_text("utf-8"))
