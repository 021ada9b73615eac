"""The paragraphs of a document, written by Jinja from `templates/documents`; plain text, no markup."""

from __future__ import annotations

import re
import traceback
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    DictLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from config.spelling import tidy
from consolidate.errors import DocumentTemplateError
from consolidate.writers.phrases import capital, counted, inside, listed, number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import CodeType

    from jinja2.bccache import Bucket

#: What a template may raise: it is a small program, and the department may have written it.
TEMPLATE_FAULTS = (
    TemplateError, ArithmeticError, AttributeError, LookupError, MemoryError, OSError, RecursionError,
    TypeError, ValueError,
)  # fmt: skip

_SPACE_BEFORE = re.compile(r"\s+([,.;:)])(?!/)")
_SPACE_AFTER = re.compile(r"\(\s+")
_DOUBLED = re.compile(r",\s*(?=[,.;)])")


class NotUtf8Error(TemplateError):
    """A template is not text in UTF-8; `name` is the file below the templates."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not UTF-8 text")
        self.name = name


class DocumentTemplates:
    """The text templates; a department's own file of the same name wins."""

    def __init__(self, overrides: Path | None = None) -> None:
        """Look in `overrides` first, where given, then among the shipped templates."""
        self._environment = text_environment("documents", overrides)
        self._environment.filters.update(
            counted=counted, number=number, capital=capital, listed=listed, inside=inside
        )

    def paragraphs(self, name: str, **facts: object) -> tuple[str, ...]:
        """The paragraphs of a template: a line with "¶" parts them, every other line end is a blank.

        Raises:
            DocumentTemplateError: the template is missing, broken, or asks for an unknown fact.

        """
        return self._written((name,), facts)

    def sentence(self, *names: str, **facts: object) -> str:
        """One paragraph, from the first of these templates that exists."""
        return " ".join(self._written(names, facts))

    def _written(self, names: tuple[str, ...], facts: dict[str, object]) -> tuple[str, ...]:
        try:
            text = self._environment.select_template(list(names)).render(facts)
        except TEMPLATE_FAULTS as error:
            detail = f"{type(error).__name__}: {error}"
            raise DocumentTemplateError(", ".join(names), detail) from error
        return tuple(filter(None, map(_smooth, text.split("¶"))))


def _smooth(text: str) -> str:
    """Blanks that template lines leave around punctuation taken away."""
    text = _SPACE_AFTER.sub("(", tidy(text))
    return _DOUBLED.sub("", _SPACE_BEFORE.sub(r"\1", text))


def text_environment(
    folder: str,
    overrides: Path | None,
    *,
    by_line: bool = False,
    instead: Mapping[str, str] | None = None,
) -> Environment:
    """Jinja over the shipped templates of a folder, the department's own files of the same names first.

    `by_line`: the lines of a template are lines of the text, those that hold only a block are none.
    `instead`: texts that win over all files, by name; what an officer tries out before it is kept.
    """
    shipped = FileSystemLoader(str(files("templates") / folder))
    own = [_OwnFiles(overrides)] if overrides is not None else []
    return ImmutableSandboxedEnvironment(  # texts are worded in the browser too
        loader=ChoiceLoader([DictLoader(dict(instead or {})), *own, shipped]),
        autoescape=False,  # the result is plain text, where nothing is markup
        undefined=StrictUndefined,
        trim_blocks=by_line,
        lstrip_blocks=by_line,
        keep_trailing_newline=by_line,
        bytecode_cache=_COMPILED_BY_LINE if by_line else _COMPILED,
    )


class _Compiled(BytecodeCache):
    """Templates compiled in this process, by their file and their text: each document is made of the same."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if len(self._kept) >= _MOST_COMPILED:  # somebody tries out one wording after another
            self._kept.clear()
        if bucket.code is not None:
            self._kept[bucket.key, bucket.checksum] = bucket.code


_MOST_COMPILED = 200
_COMPILED, _COMPILED_BY_LINE = _Compiled(), _Compiled()  # what they are compiled to is not the same


class _OwnFiles(FileSystemLoader):
    """Files of the department's own, from whatever editor: the mark that Notepad begins with is no text."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, encoding="utf-8-sig")

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        try:
            return super().get_source(environment, template)
        except UnicodeDecodeError as error:
            raise NotUtf8Error(template) from error


def place_of(error: BaseException, asked: str) -> tuple[str, int]:
    """The file and the line, from 1, that a template's fault stands in; 0: the line is not known.

    A letter includes others; `asked` is the one that was to be written.
    """
    if isinstance(error, TemplateSyntaxError):
        return error.name or asked, error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if frame.filename.endswith(".txt") or frame.filename == _UNSAVED]
    if not inside:
        return asked, 0
    name = asked if inside[-1].filename == _UNSAVED else "/".join(Path(inside[-1].filename).parts[-2:])
    return name, inside[-1].lineno or 0


_UNSAVED = "<template>"  #: Jinja's name for a text that is in no file
