"""Which reports a text speaks of."""

from __future__ import annotations

import random

from config.reports import ReportDefinition
from config.spelling import plain_key
from intake.evidence.subjects import may_name, reports_named

_WORDS = (
    *("công tác", "CÔNG TÁC", "dân vận", "DÂN-VẬN", "dan van", "cong tac,", "bình đẳng", "giới", "binh dang"),
    *("gioi:", "khéo", "hoà giải", "hòa", "giải", "\n", "-"),
)


def test_a_text_that_names_no_report_has_no_line_that_names_one() -> None:
    topics = ("công tác dân vận", "bình đẳng giới"), ("hòa giải", "BĐG", "-")
    reports = [ReportDefinition(str(n), "", "", each, (), (), ()) for n, each in enumerate(topics)]
    chance, named = random.Random(7), 0
    for _ in range(2_000):
        text = " ".join(chance.choices(_WORDS, k=chance.randint(1, 14)))
        if any(reports_named(line, reports) for line in text.splitlines()):
            named += 1
            assert may_name(f" {plain_key(text)} ", reports), text
    assert named > 300
