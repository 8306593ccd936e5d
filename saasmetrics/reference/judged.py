"""How each part of a score is judged, as its table says (`## Judged`): a line each, which may go on indented."""

from __future__ import annotations

import re

from saasmetrics.catalog import Room

HEADING = "How each is judged"


def judged(room: Room) -> dict[str, str]:
    """Signal or part → the rule."""
    lines = re.sub(r"\n +", " ", room.sections.get("Judged", "")).splitlines()
    return dict(line.split(None, 1) for line in lines)
