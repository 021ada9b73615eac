"""What can be wrong with a configuration, each fault with its place and what is accepted there.

ConfigError
├── InvalidConfigurationError      all faults found, as `Problem`s
│   ├── InvalidRegimeError
│   ├── InvalidSettingsError
│   └── InvalidWordingError
├── RegimeFolderNotFoundError
├── UnknownShippedRegimeError
├── TargetFolderNotEmptyError
├── UnitsSheetCannotHoldUnitError
├── UnreadableCheckError           with the position of the fault in the rule
├── UnreadableDueError
├── SecretFileReadableByOthersError
├── SecretStandsInEnvironmentError
└── UnsafeSecretNameError
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from config.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in what the department entered: where it stands and what is accepted there."""

    code: str  #: entry of the catalogue `config`
    file: str  #: file name inside the folder: "units.csv", "reports/bdg.yaml"
    key: str = ""  #: key path in a YAML file: "periods[1].due"
    line: int = 0  #: line from 1 in a YAML file, 0 where there is none
    row: int = 0  #: row from 1 in a sheet, the heading row being 1
    column: str = ""  #: heading of the column
    parameters: dict[str, str] = field(default_factory=dict)
    sheet: str = ""  #: title of the sheet in a workbook of several
    cell: str = ""  #: its address in a workbook, as Excel names it: "F4"

    def place(self, wording: Wording) -> str:
        """The place in words: "units.csv, dòng 14, cột “loại”"."""
        parts = [self.file] if self.file else []
        if self.sheet:
            parts.append(wording("config.place_sheet", name=self.sheet))
        if self.row or self.line:
            parts.append(wording("config.place_line", number=self.row or self.line))
        if self.column:
            named = "place_cell" if self.cell else "place_column"
            parts.append(wording(f"config.{named}", name=self.column, cell=self.cell))
        if self.key:
            parts.append(wording("config.place_key", name=self.key))
        return ", ".join(parts)

    def sentence(self, wording: Wording) -> str:
        """Place and fault as one line for the officer."""
        sentence = wording(f"config.{self.code}", **self.parameters)
        place = self.place(wording)
        return f"{place}: {sentence}" if place else sentence[0].upper() + sentence[1:]


class ConfigError(Exception):
    """Something the department entered cannot be used."""


class InvalidConfigurationError(ConfigError):
    """The configuration has faults; all of them are in `problems`."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.report(Wording()))

    def report(self, wording: Wording) -> str:
        """All faults, one a line."""
        return "\n".join(problem.sentence(wording) for problem in self.problems)


class InvalidRegimeError(InvalidConfigurationError):
    """The regime's folder has faults and is not used."""


class InvalidSettingsError(InvalidConfigurationError):
    """settings.yaml or a variable of the environment has faults and is not used."""


class InvalidWordingError(InvalidConfigurationError):
    """The department's own sentences have faults and are not used."""


class _SentenceError(ConfigError):
    """An error whose text is one entry of the catalogue."""

    code = ""

    def __init__(self, **places: object) -> None:
        self.places = places
        super().__init__(self.sentence(Wording()))

    def sentence(self, wording: Wording) -> str:
        """The error as one sentence for the officer."""
        return wording(f"config.{self.code}", **self.places)


class RegimeFolderNotFoundError(_SentenceError):
    """There is no regime folder at that place."""

    code = "regime_folder_not_found"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(folder=folder)


class UnknownShippedRegimeError(_SentenceError):
    """No regime of that name is shipped."""

    code = "unknown_shipped_regime"

    def __init__(self, name: str, accepted: Sequence[str]) -> None:
        super().__init__(name=name, accepted=", ".join(accepted))


class TargetFolderNotEmptyError(_SentenceError):
    """A regime is copied into an empty folder only, so that no work is overwritten."""

    code = "target_folder_not_empty"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder=folder)


class UnitsSheetCannotHoldUnitError(_SentenceError):
    """A unit holds text that would come back from the sheet changed."""

    code = "units_sheet_cannot_hold"

    def __init__(self, unit_id: str) -> None:
        self.unit_id = unit_id
        super().__init__(unit=unit_id)


class UnreadableCheckError(_SentenceError):
    """A rule between figures cannot be read; `position` counts from 1 in `text`."""

    code = "unreadable_check"

    def __init__(self, text: str, position: int, reason: str, found: str) -> None:
        self.text = text
        self.position = position
        self.reason = reason  #: entry of the catalogue: check_expected_figure...
        self.found = found
        super().__init__(text=text, position=position)

    def sentence(self, wording: Wording) -> str:
        """Position and reason, with what is accepted there."""
        reason = wording(f"config.{self.reason}", found=self.found)
        return wording(f"config.{self.code}", text=self.text, position=self.position, reason=reason)


class UnreadableDueError(_SentenceError):
    """A deadline is written in a way that leaves the day, or on which side of it, open."""

    code = "unreadable_due"

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(text=text)


class SecretFileReadableByOthersError(_SentenceError):
    """The file of secrets may be read by others than its owner and is refused."""

    code = "secret_file_readable"

    def __init__(self, path: Path, mode: int) -> None:
        self.path = path
        super().__init__(path=path, mode=f"{mode:04o}")


class SecretStandsInEnvironmentError(_SentenceError):
    """The environment gives the secret: another one entered would not be heard."""

    code = "secret_in_environment"

    def __init__(self, variable: str) -> None:
        super().__init__(name=variable)


class UnsafeSecretNameError(_SentenceError):
    """A secret's name is a plain word, so that it can stand in the environment and in the file."""

    code = "unsafe_secret_name"

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
