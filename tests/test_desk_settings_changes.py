"""Settings changed from the desk: nothing faulty is kept, the old is, and everything is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from config.editing import edited
from config.errors import InvalidConfigurationError
from config.loader import load_regime
from config.wording import Wording
from config.yaml_files import Location
from desk.errors import UnknownNameError, sentence_of
from desk.mailing.chasing import chase
from desk.mailing.correspondence import correspond
from desk.mailing.deliveries import queue_digest
from desk.mailing.letter_texts import (
    FACTS,
    example,
    faults_of,
    letter_text,
    letter_texts,
    require_letter,
    shipped_text,
)
from desk.mailing.letters import MailTemplateError, Stationery
from desk.office import Office
from desk.settings_changes import (
    ChangedMeanwhileError,
    change,
    change_several,
    changes,
    content_of,
    letter_file,
    mark_of,
    regime_file,
    take_back,
)
from desk.trying import try_regime
from tests.offices import DEPARTMENT, ReadHere, after_round, figures, make_office, report_mail, round_of_mail

FILE = regime_file("department.yaml")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with make_office(tmp_path).opened() as opened:
        yield opened


def approving(office: Office) -> bytes:
    text = (content_of(office, FILE) or b"").decode()
    return edited(text, {("sending", "mode"): "approve"}).encode()


def test_a_change_is_written_recorded_and_the_old_kept(office: Office) -> None:
    old = content_of(office, FILE)
    assert change(office, FILE, approving(office), summary="gửi thư")
    assert load_regime(office.settings.regime).sending.mode == "approve"
    (made,) = changes(office)
    assert (made.file, made.summary) == (FILE, "gửi thư")
    assert (office.settings.home / "settings-history" / made.kept).read_bytes() == old


def test_taking_back_brings_the_old_back_and_is_a_change_too(office: Office) -> None:
    old = content_of(office, FILE)
    change(office, FILE, approving(office))
    assert take_back(office, changes(office)[0].number)
    assert content_of(office, FILE) == old
    assert take_back(office, changes(office)[0].number)
    assert load_regime(office.settings.regime).sending.mode == "approve"
    assert len(changes(office)) == 3


def test_a_faulty_file_changes_nothing(office: Office) -> None:
    old = content_of(office, FILE)
    for wrong in (b"sending: [", approving(office).replace(b"approve", b"ngay"), b""):
        with pytest.raises(InvalidConfigurationError):
            change(office, FILE, wrong)
    assert content_of(office, FILE) == old
    assert changes(office) == ()


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(office: Office) -> None:
    mark = mark_of(content_of(office, FILE))
    change(office, FILE, approving(office), mark=mark)
    with pytest.raises(ChangedMeanwhileError):
        change(office, FILE, approving(office).replace(b"approve", b"off"), mark=mark)
    assert load_regime(office.settings.regime).sending.mode == "approve"


def test_the_same_again_is_no_change(office: Office) -> None:
    assert not change(office, FILE, content_of(office, FILE))
    assert changes(office) == ()


def test_only_recorded_changes_can_be_taken_back(office: Office) -> None:
    with pytest.raises(UnknownNameError):
        take_back(office, 99)


# -- letters ---------------------------------------------------------------------------------------------


def test_every_shipped_letter_can_be_tried_on_the_example(office: Office) -> None:
    for letter in letter_texts(office):
        require_letter(office, letter.name, letter.text)


def test_the_example_of_a_letter_says_of_the_deadline_what_the_letter_would(office: Office) -> None:
    shown = {
        name: example(office, name) for name in ("nhac-truoc-han", "don-doc-1", "hoan-thanh", "tiep-nhan")
    }
    assert [name for name, text in shown.items() if "quá hạn" in text] == ["don-doc-1"]
    assert [name for name, text in shown.items() if "đúng thời hạn (" in text] == ["hoan-thanh", "tiep-nhan"]
    assert ".." not in "".join(shown.values())


def test_a_letter_worded_anew_is_in_use_until_it_is_set_back(office: Office) -> None:
    wanted = "Kính gửi: {{ addressee }}\n\nĐề nghị gửi {{ the_reports }}.\n"
    change(office, letter_file("don-doc-1"), wanted.encode())
    assert letter_text(office, "don-doc-1").text == wanted
    assert letter_text(office, "don-doc-1").is_own
    change(office, letter_file("don-doc-1"), None)
    assert letter_text(office, "don-doc-1").text == shipped_text("don-doc-1")


@pytest.mark.parametrize(
    "text",
    [
        "{{ nobody_knows }}",
        "{% if items %}",
        "{{ ''.__class__ }}",
        "{{ items.append(1) }}",
        "{{ range(100000000) | join }}",
        "{% set a = 'x' %}{{ a ~ a }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for a in items %}{% for b in items %}{% for c in items %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% include 'mail/don-doc-2.txt' %}",
        "{% include 'settings.yaml' %}",
        "{{ addressee | center(100000000) }}",
        "{{ 'x' * 100000000 }}",
        "   ",
        "x" * 20_000,
        "{{ 1 / 0 }}",
        "{{ number }}",  # a fact of receipts
        "{% if not reminded_on %}{{ khong_co }}{% endif %}Lời.",
        "{% if figures %}Lời.{% endif %}",
    ],
)
def test_a_letter_that_could_not_be_written_or_does_more_than_write_is_refused(
    office: Office, text: str
) -> None:
    with pytest.raises(MailTemplateError):
        change(office, letter_file("don-doc-1"), text.encode())
    assert not letter_text(office, "don-doc-1").is_own


def test_a_part_that_would_break_the_letters_around_it_is_refused(office: Office) -> None:
    with pytest.raises(MailTemplateError):
        change(office, letter_file("_ket"), b"{{ collector }} {{ reminded_on.year }}")
    with pytest.raises(MailTemplateError):
        change(office, letter_file("_ket"), b"{% include 'mail/_ket.txt' %}")


@pytest.mark.parametrize(
    ("name", "octets", "told"),
    [
        ("don-doc-1.txt", b"{{ khong_co }}", "khong_co"),
        ("don-doc-1.txt", b"{{ 1 / 0 }}", "don-doc-1.txt"),
        ("tiep-nhan.txt", b"L\xe0", "tiep-nhan.txt"),
        ("rieng.txt", b"", "rieng.txt"),
        ("_ket.txt", b"{% if addressed == addressee %}", "_ket.txt"),
        ("_khung.html", b"<p>{{ subject }}</p>", "_khung.html"),
        ("_khung.html", "ữ".encode("utf-16"), "_khung.html"),
    ],
)
def test_each_spoiled_file_among_the_own_letters_is_told_once(
    office: Office, name: str, octets: bytes, told: str
) -> None:
    assert faults_of(office) == ()
    folder = office.settings.home / "templates" / "mail"
    folder.mkdir(parents=True)
    (folder / name).write_bytes(octets)
    (fault,) = faults_of(office)
    assert told in sentence_of(fault, Wording())


def test_a_step_to_the_leaders_of_the_departments_own_is_tried_with_the_list(tmp_path: Path) -> None:
    made = make_office(
        tmp_path,
        department=DEPARTMENT.replace(
            "working_days: 1}",
            "working_days: 1}\n    - {id: ds, working_days: 9, template: rieng, to_leaders: true}",
        ),
    )
    folder = made.home / "templates" / "mail"
    folder.mkdir(parents=True)
    (folder / "rieng.txt").write_text("{% for row in rows %}{{ row.name }}{% endfor %}\n", "utf-8")
    with made.opened() as opened:
        assert faults_of(opened) == ()


def test_what_a_letter_is_tried_with_is_what_it_gets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    got: dict[str, set[str]] = {}
    render = Stationery.render

    def noted(self: Stationery, names: Sequence[str], facts: Mapping[str, object]) -> str:
        got.setdefault(names[0], set()).update(facts)
        return render(self, names, facts)

    monkeypatch.setattr(Stationery, "render", noted)
    sending = "mode: approve\n  receipts: true\n  digest_to: [can-bo@songmay.example]"
    made = make_office(tmp_path, department=DEPARTMENT.replace("mode: preview", sending))
    made.deliver(report_mail("binh-minh", figures(1)), "2023-06-07T08:00")
    made.take_in()
    with made.opened() as opened:
        correspond(opened)
        chase(opened, queue=True, send=False)
        queue_digest(opened, ["Bản tin", "Dòng"])
    assert {"don-doc-1", "ban-tin"} < set(got)
    assert {"hoan-thanh", "tiep-nhan"} & set(got)
    assert got == {name: FACTS.get(name, FACTS["don-doc-1"]) for name in got}


# -- what other settings would change --------------------------------------------------------------------


def test_a_trial_tells_which_mail_would_end_otherwise_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_office(tmp_path)
    sent = round_of_mail(made)
    made.deliver(report_mail("binh-minh", sender="khac@binhminh.example"), "2023-06-01T09:00")
    made.take_in()
    with made.opened() as office:
        monkeypatch.setattr(type(office), "open_pool", lambda _self: ReadHere())
        before = office.ledger.last_event()
        units = tuple(unit for unit in office.regime.units if unit.id != "suoi-dau")
        proposed = replace(office.regime, units=units)
        trial = try_regime(office, proposed)
        assert (trial.asked, trial.judged) == (7, 7)
        assert sent["held"] in {each.archive_id for each in trial.differences}
        assert sent["first"] not in {each.archive_id for each in trial.differences}
        assert try_regime(office, office.regime).differences == ()
        assert try_regime(office, proposed, most=2).asked == 2
        assert office.ledger.last_event() == before


def test_a_trial_ends_when_its_time_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = after_round(tmp_path)
    ticks = iter(range(1000))
    with made.opened() as office:
        monkeypatch.setattr(type(office), "open_pool", lambda _self: ReadHere())
        trial = try_regime(office, office.regime, seconds=3, clock=lambda: next(ticks))
    assert 0 < trial.judged < trial.asked


def test_files_that_belong_together_are_replaced_together_or_not_at_all(office: Office) -> None:
    report = regime_file("reports/bdg.yaml")
    text = (content_of(office, report) or b"").decode()
    renamed = edited(text, {("short_name",): "Bình đẳng giới"}).encode()
    with pytest.raises(InvalidConfigurationError):
        change_several(office, {report: renamed, FILE: b"id: x"})
    assert content_of(office, report) == text.encode()
    assert change_several(office, {report: renamed, FILE: approving(office)})
    assert [each.file for each in changes(office)] == [report, FILE][::-1]


def test_a_report_that_was_added_is_not_taken_away_again(office: Office) -> None:
    report = regime_file("reports/moi.yaml")
    text = (content_of(office, regime_file("reports/bdg.yaml")) or b"").decode()
    other: dict[Location, object] = {("id",): "moi", ("name",): "Giảm nghèo", ("topics",): ["giảm nghèo"]}
    assert change(office, report, edited(text, other).encode())
    with pytest.raises(UnknownNameError) as told:
        take_back(office, changes(office)[0].number)
    assert "đến năm" in sentence_of(told.value, Wording())
    assert content_of(office, report) is not None
