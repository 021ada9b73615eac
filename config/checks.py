"""The language of rules between figures, in Vietnamese or English words (pure).

    rules      = rule { ";" rule }
    rule       = comparison [ ("implies" | "thì" | "kéo theo") comparison ] , "nếu" | "if" may lead
    comparison = sum ("<=" | "≤" | ">=" | "≥" | "=") sum
    sum        = part { "+" part } , a constant may be taken away: "- 1"
    part       = number | code [ "." ] [ "total" | "tổng" | "male" | "nam" | "female" | "nữ" ]

"CT02.total <= CT01.total; nếu TT01 = 0 thì TT02.tổng = 0"
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from config.errors import UnreadableCheckError
from config.reports import Check, Comparison, Figure, Grade, Sex, Term
from config.spelling import plain_key, tidy

if TYPE_CHECKING:
    from collections.abc import Iterator

CODE = re.compile(r"[^\W\d_]\w*")  #: how an indicator's code is written: a letter, then letters and digits

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:[.,]\d+)?)|(?P<word>[^\W\d_]\w*)|(?P<sign><=|>=|==|[≤≥=;.+-])|(?P<other>\S))"
)
_OPERATORS = {"<=": "<=", "≤": "<=", ">=": ">=", "≥": ">=", "=": "=", "==": "="}
_SEXES = {
    "total": Sex.TOTAL,
    "tong": Sex.TOTAL,
    "chung": Sex.TOTAL,
    "male": Sex.MALE,
    "nam": Sex.MALE,
    "trai": Sex.MALE,
    "female": Sex.FEMALE,
    "nu": Sex.FEMALE,
    "gai": Sex.FEMALE,
}
_IF = {"neu", "if"}
_IMPLIES = {"implies", "thi", "then"}


def parse_checks(text: str, check_id: str, grade: Grade = Grade.ERROR) -> tuple[Check, ...]:
    """The rules of `text`; several have the ids "id.1", "id.2"..., one has `check_id` itself.

    Raises:
        UnreadableCheckError: with the position of the first fault, from 1.

    """
    source = tidy(text)
    reader = _Reader(source)
    rules = []
    while not reader.at_end():
        start = reader.next.position
        condition, claim = reader.rule()
        rules.append((source[start - 1 : reader.next.position - 1].strip(" ;"), condition, claim))
        reader.separator()
    if not rules:
        raise reader.fault("check_expected_figure")
    return tuple(
        Check(check_id if len(rules) == 1 else f"{check_id}.{number}", rule, claim, condition, grade)
        for number, (rule, condition, claim) in enumerate(rules, 1)
    )


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  #: number, word, sign, other or end
    text: str
    position: int  #: from 1

    @property
    def key(self) -> str:
        return plain_key(self.text) if self.kind == "word" else self.text


class _Reader:
    """Walks over the tokens of one text, one ahead."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self.next = next(self._tokens)

    def at_end(self) -> bool:
        return self.next.kind == "end"

    def fault(self, reason: str) -> UnreadableCheckError:
        return UnreadableCheckError(self._text, self.next.position, reason, self.next.text)

    def rule(self) -> tuple[Comparison | None, Comparison]:
        conditional = self._take_word(_IF)
        first = self._comparison()
        if self._take_word({"keo"}):
            if not self._take_word({"theo"}):
                raise self.fault("check_unexpected")
            return first, self._comparison()
        if self._take_word(_IMPLIES):
            return first, self._comparison()
        if conditional:
            raise self.fault("check_expected_then")
        return None, first

    def separator(self) -> None:
        if self.at_end():
            return
        if self.next.text != ";":
            raise self.fault("check_unexpected")
        while self.next.text == ";":
            self._take()

    def _comparison(self) -> Comparison:
        left = self._sum()
        operator = _OPERATORS.get(self.next.text)
        if operator is None:
            raise self.fault("check_expected_operator")
        self._take()
        return Comparison(left, operator, self._sum())

    def _sum(self) -> Term:
        figures: list[Figure] = []
        constant = Decimal(0)
        sign = Decimal(-1) if self._take_sign("-") else Decimal(1)
        while True:
            if self.next.kind == "number":
                constant += sign * Decimal(self._take().text.replace(",", "."))
            elif self.next.kind == "word" and self.next.key not in _IF | _IMPLIES and sign > 0:
                figures.append(self._figure())
            else:
                raise self.fault("check_expected_number" if sign < 0 else "check_expected_figure")
            if self.next.text not in {"+", "-"}:
                return Term(tuple(figures), constant)
            sign = Decimal(-1) if self._take().text == "-" else Decimal(1)

    def _figure(self) -> Figure:
        code = self._take().text
        if self._take_sign("."):
            if self.next.kind != "word" or self.next.key not in _SEXES:
                raise self.fault("check_expected_sex")
            return self._sexed(code)
        return self._sexed(code) if self.next.key in _SEXES else Figure(code)

    def _sexed(self, code: str) -> Figure:
        sex = _SEXES[self._take().key]
        if sex is Sex.TOTAL:
            self._take_word({"so"})  # "tổng số"
        return Figure(code, sex)

    def _take_word(self, keys: set[str]) -> bool:
        found = self.next.kind == "word" and self.next.key in keys
        if found:
            self._take()
        return found

    def _take_sign(self, sign: str) -> bool:
        found = self.next.text == sign
        if found:
            self._take()
        return found

    def _take(self) -> _Token:
        token = self.next
        self.next = next(self._tokens)
        return token


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        yield _Token(kind, match[kind], match.start(kind) + 1)
    yield _Token("end", "", len(text) + 1)
