"""How a picture of a page was set straight, so that a place on the straight page is found in the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Straightening:
    """Turned by quarters, then rotated, then drawn out of a quadrangle. Lengths are pixels, y grows down."""

    width: float  #: of the picture as it came
    height: float
    turn: int = 0  #: degrees clockwise: 0, 90, 180 or 270
    angle: float = 0.0  #: degrees anticlockwise about the middle
    quad: tuple[float, ...] | None = (
        None  #: x and y of its corners: upper left, lower left, lower right, upper right
    )

    def origin(self, x: float, y: float) -> Point:
        """The point of the picture as it came that stands at (x, y) on the straight page."""
        for undo in (self._unwarped, self._unrotated, self._unturned):
            x, y = undo(x, y)
        return x, y

    @property
    def _turned_size(self) -> tuple[float, float]:
        return (self.height, self.width) if self.turn in (90, 270) else (self.width, self.height)

    def _unwarped(self, x: float, y: float) -> Point:
        if self.quad is None:
            return x, y
        width, height = self._turned_size
        return self._bilinear(self.quad[0::2], x / width, y / height), self._bilinear(
            self.quad[1::2], x / width, y / height
        )

    @staticmethod
    def _bilinear(corners: tuple[float, ...], across: float, down: float) -> float:
        upper_left, lower_left, lower_right, upper_right = corners
        left = upper_left + (lower_left - upper_left) * down
        right = upper_right + (lower_right - upper_right) * down
        return left + (right - left) * across

    def _unrotated(self, x: float, y: float) -> Point:
        width, height = self._turned_size
        x, y = x - width / 2, y - height / 2
        cosine, sine = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        return cosine * x - sine * y + width / 2, sine * x + cosine * y + height / 2

    def _unturned(self, x: float, y: float) -> Point:
        return turned_back(x, y, self.turn, self.width, self.height)


def turned_back(x: float, y: float, turn: int, width: float, height: float) -> Point:
    """Where a point of a picture turned clockwise by quarters was, when it was `width` by `height`."""
    if turn == 90:  # noqa: PLR2004 - quarters of a turn
        return y, height - x
    if turn == 180:  # noqa: PLR2004
        return width - x, height - y
    return (width - y, x) if turn == 270 else (x, y)  # noqa: PLR2004


def turned(x: float, y: float, turn: int) -> Point:
    """Where a point, given in shares of width and height, comes to stand in a picture turned clockwise."""
    if turn == 90:  # noqa: PLR2004
        return 1 - y, x
    if turn == 180:  # noqa: PLR2004
        return 1 - x, 1 - y
    return (y, 1 - x) if turn == 270 else (x, y)  # noqa: PLR2004
