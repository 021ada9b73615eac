"""The HTML beside a mail, and the frame a department may keep of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.wording import Wording
from desk.mailing.letters import MailTemplateError, folded
from desk.mailing.mail_html import html_of, own_frame
from desk.mailing.outgoing import dispatch
from ledger.records import OutboxState, OutgoingMessage
from tests.offices import DEPARTMENT, at, make_office

BLOCKS = """\
{% for kind, lines in blocks %}{% for line in lines %}<p>{{ line }}</p>
{% endfor %}{% endfor %}"""
BROKEN = {
    "asks for a fact there is none of": BLOCKS + "{{ khong_co }}",
    "is no template": "{% for %}",
    "divides by nothing": BLOCKS + "{{ 1 / 0 }}",
    "leaves the words out": "<p>{{ subject }}</p>",
    "says them twice": BLOCKS + BLOCKS,
    "escapes nothing": BLOCKS.replace("{{ line }}", "{{ line | safe }}"),
    "loads a picture": BLOCKS + '<img src="https://noi-khac.example/x.png">',
    "runs a program": BLOCKS + "<script>1</script>",
    "loads a style": BLOCKS + "<style>@import 'x.css';</style>",
    "links to elsewhere": BLOCKS + '<a href="https://noi-khac.example">x</a>',
}

WRITTEN = "2023-06-06T08:00"


def keep(templates: Path, source: str | bytes) -> Path:
    """A frame of the department's own; returns the folder of its templates."""
    (templates / "mail").mkdir(parents=True)
    octets = source if isinstance(source, bytes) else source.encode()
    (templates / "mail" / "_khung.html").write_bytes(octets)
    return templates


def test_the_departments_own_frame_wins(tmp_path: Path) -> None:
    assert own_frame(tmp_path) is None
    assert own_frame(None) is None
    frame = own_frame(keep(tmp_path, '<div class="cq">' + BLOCKS + "</div>"))
    page = html_of("Kính gửi: A & B\n\n- Mục một\n", "V/v thử", frame)
    shown = '<div class="cq"><p>Kính gửi: A &amp; B</p> <p>Mục một</p> </div>'
    assert " ".join(page.split()) == shown
    assert "<ul" in html_of("- Mục một\n", "V/v thử")  # others keep the frame that is shipped


def test_the_mark_that_notepad_begins_a_frame_with_is_no_part_of_the_page(tmp_path: Path) -> None:
    frame = own_frame(keep(tmp_path, b"\xef\xbb\xbf<!DOCTYPE html>" + BLOCKS.encode()))
    assert html_of("Kính gửi\n", "V/v", frame).startswith("<!DOCTYPE html>")


def test_lines_of_a_signature_stay_apart_however_long_the_name_of_the_office() -> None:
    name = "Phòng Lao động - Thương binh và Xã hội thành phố Thái Nguyên"
    long = f"{name}, tỉnh Thái Nguyên (bộ phận tổng hợp báo cáo)"
    for office in (name, long):
        signature = f"{office}\nĐiện thoại: 0208 123 456\nThư điện tử: phong@thainguyen.example\n"
        page = html_of(folded(f"Trân trọng./.\n\n{signature}"), "V/v")
        assert f"{office}<br>\nĐiện thoại: 0208 123 456<br>\nThư điện tử: phong@" in page


@given(
    st.lists(
        st.sampled_from(
            [
                "Đề",
                "nghị",
                "gửi",
                "báo",
                "cáo",
                "trước",
                "ngày",
                "05/6/2023",
                "-",
                "không",
                "quá",
                "20",
                "MB,",
                "lần",
                "2",
            ]
        )
    )
)
def test_a_paragraph_is_joined_again_where_it_was_folded(words: list[str]) -> None:
    text = " ".join(words).strip("- ")
    if text:
        assert f">{text}</p>" in html_of(folded(text), "V/v")


def test_a_file_name_longer_than_a_phone_is_wide_is_broken() -> None:
    assert "overflow-wrap:anywhere" in html_of("- BAO_CAO_KET_QUA_CONG_TAC_BINH_DANG_GIOI_2023.docx\n", "V/v")


@pytest.mark.parametrize("source", [*BROKEN.values(), b"\xff\xfe"], ids=[*BROKEN, "is no text"])
def test_a_frame_that_does_not_just_show_the_words_is_refused_with_a_sentence(
    tmp_path: Path, source: str | bytes
) -> None:
    keep(tmp_path, source)
    with pytest.raises(MailTemplateError) as refused:
        own_frame(tmp_path)
    assert "_khung.html" in Wording()(refused.value.key, **refused.value.places)


def test_with_a_frame_that_is_refused_no_mail_is_taken_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = OutgoingMessage(
        "chase", "x", "dong-tam", (), ("a@b.example",), (), "V/v", "Lời.\n", "<x@y.example>", at(WRITTEN)
    )
    office = make_office(tmp_path, department=DEPARTMENT.replace("mode: preview", "mode: send"))
    office.settings("smtp:\n  host: smtp.songmay.example\n  user: phong\n")
    monkeypatch.setenv("TONGHOP_SMTP_PASSWORD", "x")
    keep(office.home / "templates", "{% for %}")
    with office.opened() as opened:
        opened.ledger.queue(mail)
        with pytest.raises(MailTemplateError):
            dispatch(opened, lambda _mail: True, at_any_hour=True)
        assert [each.state for each in opened.ledger.outbox()] == [OutboxState.QUEUED]
