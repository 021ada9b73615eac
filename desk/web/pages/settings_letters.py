"""Thiết lập: the letters as they are worded, tried on an example, worded anew, set back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from desk.errors import sentence_of
from desk.mailing.letter_texts import (
    LetterText,
    example,
    faults_of,
    letter_text,
    letter_texts,
    require_letter,
    shipped_text,
)
from desk.mailing.letters import MailTemplateError
from desk.settings_changes import letter_file
from desk.web.call import POST, Call, Route
from desk.web.settings_forms import PATH, Form, Proposed, mark_now, refused, save

if TYPE_CHECKING:
    from starlette.responses import Response

LETTERS = f"{PATH}/mau-thu"


@dataclass(frozen=True, slots=True)
class LetterView:
    """The page of one letter."""

    letter: LetterText
    form: Form
    example: str  #: as a unit would get it; "" when the wording cannot be used


def show(call: Call) -> Response:
    """The list."""
    return call.page("settings_letters.html", letter_texts(call.office))


def show_one(call: Call) -> Response:
    """One letter with an example."""
    letter = letter_text(call.office, call.places["name"])
    faults = tuple(sentence_of(fault, call.say) for fault in faults_of(call.office, letter.name))
    form = Form({"loi": letter.text}, mark_now(call.office, letter_file(letter.name)), faults)
    return call.page("settings_letter.html", _view(call, letter, form))


def save_one(call: Call) -> Response:
    """Another wording, or the one that came with the program."""
    name = letter_text(call.office, call.places["name"]).name
    proposed = Proposed(letter_file(name), _wanted(call, name), name)
    return save(call, proposed, partial(_again, call), f"{LETTERS}/{name}")


def preview(call: Call) -> Response:
    """An example with the wording typed; nothing is saved."""
    letter = letter_text(call.office, call.places["name"])
    fault = ""
    try:
        require_letter(call.office, letter.name, _typed(call))
    except MailTemplateError as error:
        fault = call.say(error.key, **error.places)
    form = Form({"loi": _typed(call)}, call.form.get("dau", ""), (fault,) if fault else ())
    return call.page("settings_letter.html", _view(call, letter, form))


ROUTES = (
    Route(LETTERS, show),
    Route(f"{LETTERS}/{{name}}", show_one),
    Route(f"{LETTERS}/{{name}}", save_one, method=POST, confirm=True),
    Route(f"{LETTERS}/{{name}}/xem-thu", preview, method=POST, changes=False),
)


def _typed(call: Call) -> str:
    """A browser ends lines by CR LF; files of ours by LF, the last one too."""
    text = call.form.get("loi", "").replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    return f"{text}\n"


def _wanted(call: Call, name: str) -> bytes | None:
    """None takes the department's own wording away: so does typing what was shipped."""
    is_shipped = call.form.get("viec") == "mac_dinh" or _typed(call) == shipped_text(name)
    return None if is_shipped and shipped_text(name) else _typed(call).encode()


def _again(call: Call, faults: tuple[str, ...]) -> Response:
    letter = letter_text(call.office, call.places["name"])
    form = Form({"loi": _typed(call)}, call.form.get("dau", ""), faults)
    return refused(call, "settings_letter.html", _view(call, letter, form))


def _view(call: Call, letter: LetterText, form: Form) -> LetterView:
    try:
        require_letter(call.office, letter.name, form.fields["loi"])
        shown = example(call.office, letter.name, form.fields["loi"])
    except MailTemplateError:
        shown = ""
    return LetterView(letter, form, shown)
