"""Clocks: wall time, the processor time of all threads of this process, and its largest resident set until then."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Time:
    """Seconds, and megabytes."""

    wall: float = 0.0
    cpu: float = 0.0
    peak: float = 0.0
    parts: dict[str, dict[str, float]] = field(default_factory=dict)


@contextmanager
def timed() -> Iterator[Time]:
    """What happens inside is measured."""
    told, wall, cpu = Time(), time.perf_counter(), time.process_time()
    yield told
    told.wall, told.cpu = time.perf_counter() - wall, time.process_time() - cpu
    told.peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
