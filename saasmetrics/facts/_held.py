"""Outputs of the fold that lie on disk, as one output: nothing of them is in memory until it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from saasmetrics.definitions.fingerprint import letters
from saasmetrics.facts._fold import SCHEMAS, Folded
from saasmetrics.messages import refuse
from saasmetrics.store import Chunk

Pairs = list[tuple[int, int]]  # number of a rule in a table, and in this run
FINER = {"daily": ("usage",)}  # the same rows with the user: as good


@dataclass(kw_only=True)
class Held(Folded):
    """What was folded before, and whatever this run folds beside it."""

    once: Callable[[str, str, Callable[[], pl.DataFrame]], Chunk]  # of a store
    uses: dict[str, list[tuple[Chunk, Pairs]]] = field(default_factory=dict)

    def add(self, path: str, held: Mapping[str, Mapping[str, Chunk]], asked: Mapping[str, Mapping[str, Sequence[int]]]) -> None:
        """One file of events: which table holds which piece of which output."""
        sizes: dict[str, float] = {}
        for output, pieces in held.items():
            used: dict[str, tuple[Chunk, Pairs]] = {}
            for piece, chunk in pieces.items():
                if piece in asked[output]:
                    used.setdefault(chunk.about["file"], (chunk, []))[1].extend((chunk.about["pieces"][piece], number) for number in asked[output][piece])
                    sizes[chunk.about["folded"]] = chunk.about["size"]
            self._use(output, used.values())
        self.size += sum(sizes.values())
        if self.size > 2**62:
            refuse("SM313", "amounts too large to add up exactly", path)

    def take(self, name: str) -> pl.LazyFrame:
        """One output, read where it is used."""
        uses = self.uses.pop(name, [])
        if name == "firsts" and len(uses) > 1:
            key = letters([name, [(chunk.about["sha256"], sorted(pairs)) for chunk, pairs in uses]])
            kept = table([self.once(key, f"{name} of all", lambda: firsts(_joined(name, uses)))], SCHEMAS[name])
        else:
            kept = _joined(name, uses)
        return pl.concat([super().take(name), kept])

    def _use(self, output: str, used: Iterable[tuple[Chunk, Pairs]]) -> None:
        for chunk, pairs in used:
            there = [(rule, number) for rule, number in pairs if rule in chunk.about["found"]]
            if there:
                self.rules.update(number for _, number in there)
                self.uses.setdefault(output, []).append((chunk, there))


def table(chunks: Iterable[Chunk], schema: Mapping[str, Any]) -> pl.LazyFrame:
    """Tables one after the other."""
    listed = list(chunks)
    paths = [chunk.path for chunk in listed if chunk.frame is None]
    frames = [chunk.frame.lazy() for chunk in listed if chunk.frame is not None]
    scanned = [pl.scan_parquet(paths, glob=False, use_statistics=False)] if paths else []
    typed = [frame.select(pl.col(name).cast(dtype) for name, dtype in schema.items()) for frame in (*scanned, *frames)]
    return pl.concat([pl.LazyFrame(schema=schema), *typed])


def placed(chunks: Sequence[Chunk], schema: Mapping[str, Any]) -> pl.LazyFrame:
    """Tables one after the other, with the `place` of each, read in one go."""
    places = pl.LazyFrame({"path": [str(chunk.path) for chunk in chunks], "place": range(len(chunks))}, schema={"path": pl.String, "place": pl.Int32})
    paths = sorted({chunk.path for chunk in chunks if chunk.frame is None})
    scanned = [pl.scan_parquet(paths, glob=False, use_statistics=False, include_file_paths="path").join(places, on="path")] if paths else []
    loose = [chunk.frame.lazy().with_columns(place=pl.lit(at, pl.Int32)) for at, chunk in enumerate(chunks) if chunk.frame is not None]
    return pl.concat([pl.LazyFrame(schema={**schema, "place": pl.Int32}), *(frame.select(*schema, "place") for frame in (*scanned, *loose))])


def firsts(days: pl.LazyFrame) -> pl.DataFrame:
    """The first times that follow from `daily`, `usage` or those of many files: a table of their own is far quicker to read."""
    return days.group_by("account", "rule").agg(pl.col("first_at").min()).collect(engine="streaming")


def _joined(name: str, uses: Iterable[tuple[Chunk, Pairs]]) -> pl.LazyFrame:
    """Tables of one output or a finer one, with the rules of this run."""
    alike: dict[tuple[str, tuple[tuple[int, int], ...]], list[Chunk]] = {}
    for chunk, pairs in uses:
        alike.setdefault((chunk.about["output"], tuple(sorted(pairs))), []).append(chunk)
    found = [_numbered(table(chunks, SCHEMAS[name]), pairs, chunks) for (_, pairs), chunks in alike.items()]
    return pl.concat([pl.LazyFrame(schema=SCHEMAS[name]), *(frame.select([*SCHEMAS[name]]) for frame in found)])


def _numbered(frame: pl.LazyFrame, pairs: Sequence[tuple[int, int]], chunks: Sequence[Chunk]) -> pl.LazyFrame:
    """With the numbers that the rules have in this run, and without the rules that are not asked for."""
    if all(there == here for there, here in pairs) and all({*chunk.about["found"]} == {there for there, _ in pairs} for chunk in chunks):
        return frame
    numbers = pl.LazyFrame(pairs, schema={"rule": pl.Int16, "here": pl.Int16}, orient="row")
    return frame.join(numbers, on="rule").drop("rule").rename({"here": "rule"})
