"""Where something stands when photos of pages were read as one document: in which photo, and where in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from msgspec import structs

from intake.documents import Paragraph, Table
from intake.places import where_cell, where_paragraphs
from ledger.records import Finding, Place

Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of one photo, and where it went."""

    photo: str
    own: Block
    joined: Block  #: the block of the joined document that holds it
    shift: int = 0  #: rows by which those of a table moved down


@dataclass(frozen=True, slots=True)
class PhotoPlaces:
    """By the place in the joined document, the photo and the place in it."""

    cells: dict[str, tuple[str, str]]
    paragraphs: dict[int, tuple[str, int]]  #: by number in the joined document

    @classmethod
    def of(cls, pieces: Iterable[Piece]) -> PhotoPlaces:
        """From the blocks of the photos and the blocks of the joined document they became a part of."""
        cells: dict[str, tuple[str, str]] = {}
        paragraphs: dict[int, tuple[str, int]] = {}
        for piece in pieces:
            own, block, photo = piece.own, piece.joined, piece.photo
            if isinstance(own, Table) and isinstance(block, Table):
                cells.setdefault(block.name, (photo, own.name))
                for cell in own.cells:
                    there = structs.replace(cell, row=cell.row + piece.shift)
                    cells.setdefault(where_cell(block, there), (photo, where_cell(own, cell)))
            elif isinstance(own, Paragraph) and isinstance(block, Paragraph):
                paragraphs[block.number] = (photo, own.number)
        return cls(cells, paragraphs)

    def own(self, place: Place) -> Place:
        """The place in its photo; of a stretch over several photos, in the one where it begins."""
        if place.where in self.cells:
            photo, where = self.cells[place.where]
            return replace(place, file=photo, where=where)
        first, last = _stretch(place.where, max(self.paragraphs, default=0))
        if first not in self.paragraphs or last not in self.paragraphs:
            return place
        photo, begins = self.paragraphs[first]
        ends_in, ends = self.paragraphs[last]
        if ends_in != photo:  # up to the last paragraph of the photo it begins in
            ends = max(number for name, number in self.paragraphs.values() if name == photo)
        return replace(place, file=photo, where=where_paragraphs(begins, ends))

    def own_finding(self, finding: Finding) -> Finding:
        """The finding with its place, and the places its sentence speaks of, in their photos."""
        place = self.own(finding.place) if finding.place else None
        told = {
            name: ", ".join(self.cells[text]) if name.endswith("_place") and text in self.cells else text
            for name, text in finding.parameters.items()
        }
        return replace(finding, place=place, parameters=told)


def _stretch(where: str, most: int) -> tuple[int, int]:
    """The first and last number of a place in words ("đoạn 3", "đoạn 3–7"); (0, 0) when it is none."""
    words = where.replace("–", " ").split()
    numbers = [int(word) for word in words if word.isdigit() and len(word) <= len(str(most))]
    if not numbers or where != where_paragraphs(numbers[0], numbers[-1]):
        return 0, 0
    return numbers[0], numbers[-1]
