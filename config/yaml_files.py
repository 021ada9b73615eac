"""YAML with line numbers, checked against a pydantic model, every fault as a `Problem`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from rapidfuzz import process
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from config.errors import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)
Location = tuple[int | str, ...]

_TYPES = {
    "string_type": "text",
    "int_type": "whole_number",
    "int_parsing": "whole_number",
    "int_from_float": "whole_number",
    "bool_type": "yes_no",
    "bool_parsing": "yes_no",
    "decimal_type": "number",
    "decimal_parsing": "number",
    "float_type": "number",
    "float_parsing": "number",
    "list_type": "list",
    "tuple_type": "list",
    "frozen_set_type": "list",
    "dict_type": "mapping",
    "model_type": "mapping",
    "model_attributes_type": "mapping",
}
_RANGES = {"greater_than_equal", "greater_than", "less_than_equal", "less_than"}


@dataclass(frozen=True, slots=True)
class YamlFile:
    """What a YAML file holds, with the lines its keys stand on."""

    name: str
    content: Any  #: mappings and lists of ruamel.yaml, which know their lines; looked at, never changed

    def line(self, location: Location) -> int:
        """The line from 1 of a key path, or of the nearest thing around it; 0 where none is known."""
        node, line = self.content, 0
        for step in location:
            here = _line_of_step(node, step)
            if here is None:
                break
            line = here + 1
            node = node[step]
        return line

    def problem(self, code: str, location: Location, **parameters: str) -> Problem:
        """A fault at that key path."""
        return Problem(
            code, self.name, key=key_path(location), line=self.line(location), parameters=parameters
        )


def read_yaml(path: Path, name: str) -> tuple[YamlFile | None, tuple[Problem, ...]]:
    """The content of a file, or why it cannot be read; `name` is how problems call the file."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return None, (Problem("missing_file", name),)
    except (OSError, UnicodeDecodeError) as error:
        return None, (Problem("unreadable_file", name, parameters={"reason": type(error).__name__}),)
    return parse_yaml(text, name)


def parse_yaml(text: str, name: str) -> tuple[YamlFile | None, tuple[Problem, ...]]:
    """The same of text that stands in no file yet."""
    try:
        return YamlFile(name, _parsed(text)), ()
    except YAMLError as error:
        return None, (_syntax_problem(error, name),)


# Reports share their indicators, and a regime is read again whenever something of it may have changed.
@lru_cache(maxsize=64)
def _parsed(text: str) -> Any:
    content = YAML(typ="rt").load(text)
    return {} if content is None else content


def checked(file: YamlFile, model: type[Model]) -> tuple[Model | None, tuple[Problem, ...]]:
    """The content as the model, or every fault in it."""
    try:
        return model.model_validate(file.content), ()
    except ValidationError as error:
        return None, tuple(_problem(file, model, details) for details in _innermost(error.errors()))


def _innermost(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    # A list whose entries are at fault is also called too short; the entries say why.
    around = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
    return [error for error in errors if error["type"] != "too_short" or error["loc"] not in around]


def key_path(location: Location) -> str:
    """A path as people write it, counted from 1: ("periods", 0, "due") is "periods[1].due"."""
    path = ""
    for step in location:
        path += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def _syntax_problem(error: YAMLError, name: str) -> Problem:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    detail = (error.problem or "") if isinstance(error, MarkedYAMLError) else ""
    code = "duplicate_key" if "duplicate key" in detail else "yaml_syntax"
    return Problem(
        code, name, line=mark.line + 1 if mark else 0, parameters={"detail": detail.split("\n")[0]}
    )


def _line_of_step(node: Any, step: int | str) -> int | None:
    marks = getattr(node, "lc", None)
    if marks is None:
        return None
    try:
        line = marks.key(step)[0] if isinstance(node, Mapping) else marks.item(step)[0]
    except (KeyError, IndexError, TypeError):
        return None
    return int(line)


def _problem(file: YamlFile, model: type[BaseModel], details: ErrorDetails) -> Problem:  # noqa: PLR0911 - a table
    location: Location = tuple(details["loc"])
    kind = details["type"]
    context = {key: str(value) for key, value in details.get("ctx", {}).items()}
    if kind == "extra_forbidden":
        return _unknown_key(file, model, location)
    if kind == "missing":
        return file.problem("missing_key", location[:-1], name=str(location[-1]))
    if kind in {"enum", "literal_error"}:
        accepted = context.get("expected", "").replace("'", "").replace(" or ", ", ")
        return file.problem("not_one_of", location, text=_shown(details["input"]), accepted=accepted)
    if kind == "too_short":
        return file.problem("empty_list", location)
    if kind in _TYPES:
        return file.problem(f"needs_{_TYPES[kind]}", location, text=_shown(details["input"]))
    if kind in _RANGES:
        return file.problem("out_of_range", location, text=_shown(details["input"]), **_bounds(context))
    if kind.startswith("config_"):
        return file.problem(kind.removeprefix("config_"), location, **context)
    return file.problem("not_accepted", location, text=_shown(details["input"]), detail=details["msg"])


def _bounds(context: Mapping[str, str]) -> dict[str, str]:
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    return {"accepted": ", ".join(f"{sign} {context[key]}" for key, sign in signs.items() if key in context)}


def _unknown_key(file: YamlFile, model: type[BaseModel], location: Location) -> Problem:
    accepted = _accepted_keys(model, location[:-1])
    name = str(location[-1])
    near = [found[0] for found in process.extract(name, accepted, limit=3, score_cutoff=60)]
    return file.problem(
        "unknown_key_near" if near else "unknown_key",
        location,
        name=name,
        near=", ".join(near),
        accepted=", ".join(accepted),
    )


def _accepted_keys(model: type[BaseModel], location: Sequence[int | str]) -> list[str]:
    for step in location:
        if isinstance(step, str) and step in model.model_fields:
            model = _model_inside(model.model_fields[step].annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_inside(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_inside(part))), None)


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - one line of a terminal
