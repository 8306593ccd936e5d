"""Cells in words, of which only some are fixed."""

from __future__ import annotations


class Text:
    """What a cell in words has to say."""

    def fits(self, text: str | None) -> bool:
        raise NotImplementedError


class Says(Text):
    """A sentence that holds all of these; none given: there is no sentence."""

    def __init__(self, *parts: object) -> None:
        self.parts = [str(part) for part in parts]

    def fits(self, text: str | None) -> bool:
        return text is None if not self.parts else text is not None and all(part in text for part in self.parts)

    def __repr__(self) -> str:
        return f"a sentence with {', '.join(self.parts)}" if self.parts else "no sentence"


class Any(Text):
    """Words that nobody fixed; there are some."""

    def fits(self, text: str | None) -> bool:
        return bool(text)
