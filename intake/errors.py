"""What can go wrong in the program while mail is taken in.

    IntakeError
    ├── MailboxError            the mailbox could not be used; its kinds stand in `intake.mailbox.interface`
    ├── ReadingError            a reading process could not do its work
    │   ├── ReaderNotStartedError
    │   └── ReaderClosedError
    └── ExtractionError         one file could not be read; always caught and turned into its ReadState
        ├── DamagedFileError
        ├── RefusedFileError
        ├── EncryptedFileError
        ├── FileTooLargeError
        ├── BombError
        ├── NotReadYetError
        ├── ConverterMissingError
        ├── ConversionOverranError
        └── ReaderLostError

Faults in the data are values (`ReadState`, `Finding`). An `ExtractionError` never leaves
`intake.mail.files`: it carries the state in which the file ends.
"""

from __future__ import annotations

from intake.documents import ReadState


class IntakeError(Exception):
    """Something the program needs for taking in mail did not work."""


class MailboxError(IntakeError):
    """The mailbox could not be used."""


class ReadingError(IntakeError):
    """A reading process could not do its work for a reason that lies in the installation."""


class ReaderNotStartedError(ReadingError):
    """A reading process did not start; `detail` is the end of what it wrote."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"The reading process did not start: {detail or 'it wrote nothing'}")


class ReaderClosedError(ReadingError):
    """A job was handed to a pool outside its `with` block."""

    def __init__(self) -> None:
        super().__init__("The pool of reading processes is closed: use it inside its `with` block")


class ExtractionError(IntakeError):
    """One file could not be read; `state` says how it ends, `detail` is for the log only."""

    state = ReadState.DAMAGED

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or type(self).__name__)
        self.detail = detail


class DamagedFileError(ExtractionError):
    """The file is not what its kind must be: cut off, or with broken parts."""


class RefusedFileError(ExtractionError):
    """The file holds what no honest file of its kind holds, and is not opened further."""

    state = ReadState.REFUSED


class EncryptedFileError(ExtractionError):
    """The file or the archive member is locked with a password."""

    state = ReadState.ENCRYPTED


class FileTooLargeError(ExtractionError):
    """The file holds more than is read of one file."""

    state = ReadState.TOO_LARGE


class BombError(ExtractionError):
    """The file unpacks to far more than it can honestly hold."""

    state = ReadState.BOMB


class NotReadYetError(ExtractionError):
    """The file is of a kind, or a picture packed in a way, that is not read here."""

    state = ReadState.NOT_YET


class ConverterMissingError(ExtractionError):
    """Reading the file takes a system program that is not installed here."""

    state = ReadState.NOT_YET


class ConversionOverranError(ExtractionError):
    """The program that converts the file did not end in time."""

    state = ReadState.OVERRAN


class ReaderLostError(ExtractionError):
    """The process that read this one file was ended, by its reader or at its limits."""

    state = ReadState.OVERRAN
