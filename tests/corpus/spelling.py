"""Vietnamese letters without their marks, for addresses, file names and hasty typing."""

from __future__ import annotations

import re
import unicodedata


def bare(text: str) -> str:
    """The text without any mark: "xã Nà Pảng" becomes "xa Na Pang"."""
    parted = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in parted if not unicodedata.combining(letter))


def slug(text: str) -> str:
    """Small letters and digits alone."""
    return re.sub(r"[^a-z0-9]", "", bare(text).lower())
