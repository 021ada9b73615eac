"""Templates and assets: what turns a view into HTML, and what the browser fetches once.

Every place of a template is escaped, and a name that nobody gave is an error, not an empty string. An
asset's address holds the hash of its content, so that a browser keeps it for ever and never shows an old one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, is_undefined, pass_environment

from config.decimals import vietnamese_number
from config.due import due_rule
from config.reports import period_beside, with_period
from config.wording import LANGUAGES
from desk.views import document_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from config.wording import Wording

ASSETS = "/assets"
#: So many findings of one cause are said once, and unfolded for who asks.
MANY = 3
_KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file the browser fetches: where, what it is, and its octets."""

    path: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A page in the bar at the top; `key` names its words `web.nav_<key>`."""

    key: str
    path: str


class Rendering:
    """The templates of the pages."""

    def __init__(self) -> None:
        self.navigation: tuple[NavigationItem, ...] = ()
        self._templates = Environment(
            loader=PackageLoader("templates", "pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.globals["asset"] = lambda name: self.assets[name].path
        self._templates.globals["languages"] = LANGUAGES
        self._templates.globals["link"] = link
        self._templates.filters["alike"] = alike
        self._templates.filters["doubtful_first"] = doubtful_first
        self._templates.filters["by_indicator"] = by_indicator
        self._templates.filters["as_written"] = as_written
        self._templates.globals["due_rule"] = due_rule
        self._templates.globals["period_beside"] = period_beside
        self._templates.globals["with_period"] = with_period
        self._templates.globals["document_words"] = document_words

    @cached_property
    def assets(self) -> dict[str, Asset]:
        """Every asset by its name."""
        folder = files("templates") / "assets"
        return {
            entry.name: _asset(entry.name, entry.read_bytes())
            for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
            if entry.name.rpartition(".")[2] in _KINDS
        }

    def render(self, template: str, say: Wording, zone: ZoneInfo, view: Any, call: object) -> str:
        """The HTML of a template, which knows the request it answers as `call`; moments in `zone`."""

        def moment(at: datetime | None, form: str = "%H:%M %d/%m/%Y") -> str:
            return "" if at is None else at.astimezone(zone).strftime(form)

        return self._templates.get_template(template).render(
            call=call, say=say, view=view, navigation=self.navigation, moment=moment
        )

    def render_bare(self, template: str, say: Wording, view: Any) -> str:
        """The HTML of a template that needs neither an office nor anybody signed in."""
        return self._templates.get_template(template).render(say=say, view=view)


@pass_environment
def alike(environment: Environment, found: Sequence[Any]) -> list[list[Any]]:
    """What is of one cause and grade together where it is many, each other alone, in their order.

    What is found has a `code`, and a `grade` where it is graded.
    """
    groups: dict[tuple[str, str], list[Any]] = {}
    for one in found:
        groups.setdefault(_cause(environment, one), []).append(one)
    made: list[list[Any]] = []
    for one in found:
        group = groups[_cause(environment, one)]
        if len(group) < MANY:
            made.append([one])
        elif one is group[0]:
            made.append(group)
    return made


def doubtful_first(values: Sequence[Mapping[str, Any]]) -> list[tuple[int, Mapping[str, Any]]]:
    """The figures of a report with the number of each, those a person must look at before the others."""
    return sorted(enumerate(values), key=lambda one: one[1]["certainty"] != "doubtful")


def by_indicator(values: Sequence[Mapping[str, Any]]) -> list[tuple[str, dict[str, list[tuple[int, Any]]]]]:
    """The figures of a report, a row for each indicator: by sex, each with its number; doubts first."""
    rows: dict[str, dict[str, list[tuple[int, Any]]]] = {}
    for at, one in doubtful_first(values):
        rows.setdefault(one["indicator"], {}).setdefault(one["sex"], []).append((at, one))
    return list(rows.items())


def as_written(value: float | None) -> str:
    """A figure as reports write it, "4.108"; nothing where none could be read."""
    return "" if value is None else vietnamese_number(Decimal(str(value)))


def _cause(environment: Environment, one: Any) -> tuple[str, str]:
    grade = environment.getattr(one, "grade")
    return str(environment.getattr(one, "code")), "" if is_undefined(grade) else str(grade)


def link(path: str, *kept: Any, **changes: object) -> str:
    """A path with a query: what `kept` (mappings) holds, with changes; empty ones are left out."""
    query = {name: value for mapping in kept for name, value in mapping.items()} | changes
    asked = urlencode({name: str(value) for name, value in query.items() if value not in {None, ""}})
    return f"{path}?{asked}" if asked else path


def _asset(name: str, content: bytes) -> Asset:
    stem, _, ending = name.rpartition(".")
    sha256 = hashlib.sha256(content).hexdigest()[:16]
    return Asset(f"{ASSETS}/{stem}.{sha256}.{ending}", _KINDS[ending], content)
