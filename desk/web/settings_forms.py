"""What the pages of settings share: a proposed file, saved after the password, or tried on past mail."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from config.editing import tried_regime
from config.errors import InvalidConfigurationError
from desk.errors import DeskError
from desk.mailing.letters import MailTemplateError
from desk.settings_changes import ChangedMeanwhileError, change_several, content_of, mark_of
from desk.trying import SECONDS, Trial, try_regime
from desk.web.confirming import PASSWORD_FIELD, TOKEN_FIELD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from config.errors import Problem
    from config.wording import Wording
    from desk.office import Office
    from desk.web.call import Call

PATH = "/thiet-lap"
#: A whole sheet of units may come with a form.
LARGE = 4 * 1024 * 1024
_NOT_CARRIED = {PASSWORD_FIELD, TOKEN_FIELD}
_trying = threading.Lock()


class TrialRunsError(DeskError):
    """Somebody tries settings already; one trial takes all reading processes."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it is shown: what stands in its fields, and what is wrong."""

    fields: Mapping[str, str]
    mark: str  #: of the file it was made from
    faults: tuple[str, ...] = ()
    by_field: Mapping[str, str] = field(default_factory=dict)  #: what is wrong, beside the field it is in


@dataclass(frozen=True, slots=True)
class Proposed:
    """A file as a form proposes it."""

    file: str
    content: bytes | None
    summary: str = ""  #: for the history


@dataclass(frozen=True, slots=True)
class TrialView:
    """The page of a trial: what would change, and the form to save it after all."""

    trial: Trial
    saved_at: str  #: where the form goes
    back: str
    carried: tuple[tuple[str, str], ...]
    units: Mapping[str, str] = field(default_factory=dict)  #: names by id
    reports: Mapping[str, str] = field(default_factory=dict)
    seconds: int = int(SECONDS)


Show = Callable[[tuple[str, ...]], "Response"]


def mark_now(office: Office, file: str) -> str:
    """The mark of a file as it stands."""
    return mark_of(content_of(office, file))


def save(call: Call, proposed: Proposed, show: Show, back: str) -> Response:
    """Save what is proposed; `show` shows the form again with its faults."""
    return save_several(call, {proposed.file: proposed.content}, proposed.summary, show, back)


def save_several(
    call: Call, contents: Mapping[str, bytes | None], summary: str, show: Show, back: str
) -> Response:
    """Save files that belong together, by their names and what they are to hold."""
    mark = call.form.get("dau")
    try:
        done = change_several(call.office, contents, mark=mark or None, summary=summary)
    except InvalidConfigurationError as error:
        return show(sentences(error.problems, call.say))
    except (ChangedMeanwhileError, MailTemplateError) as error:
        return show((call.say(error.key, **error.places),))
    return call.go(back, notice="settings_saved" if done else "settings_same")


def tried(call: Call, proposed: Proposed, show: Show, back: str) -> Response:
    """Show what the proposed settings would make of the latest mail; nothing is saved."""
    assert proposed.content is not None
    return tried_several(call, {proposed.file: proposed.content}, show, back)


def tried_several(call: Call, contents: Mapping[str, bytes | None], show: Show, back: str) -> Response:
    """The same of files that belong together."""
    if not _trying.acquire(blocking=False):
        raise TrialRunsError("web.trial_runs")
    try:
        files = {name.removeprefix("regime/"): content for name, content in contents.items()}
        with tried_regime(call.office.settings.regime, files) as regime:
            trial = try_regime(call.office, regime)
    except InvalidConfigurationError as error:
        return show(sentences(error.problems, call.say))
    finally:
        _trying.release()
    carried = tuple(pair for pair in call.form.items() if pair[0] not in _NOT_CARRIED)
    names = {unit.id: unit.name for unit in (*call.office.regime.units, *regime.units)}
    reports = {report.id: report.short_name for report in regime.reports}
    saved_at = call.path.removesuffix("/thu")
    return call.page("settings_trial.html", TrialView(trial, saved_at, back, carried, names, reports))


def sentences(problems: Sequence[Problem], say: Wording) -> tuple[str, ...]:
    """Each fault as its sentence."""
    return tuple(problem.sentence(say) for problem in problems)


def refused(call: Call, template: str, view: object) -> Response:
    """A form shown again because something in it is wrong."""
    return call.page(template, view, HTTPStatus.UNPROCESSABLE_ENTITY)


def lines_of(text: str) -> list[str]:
    """The filled lines of a field with one value a line; commas and semicolons part values too."""
    parts = text.replace(";", "\n").replace(",", "\n").splitlines()
    return [part.strip() for part in parts if part.strip()]
