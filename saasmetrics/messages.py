"""Every error and warning: its code, its remedy, the exit code it leads to. Rules of good definition say theirs themselves."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, NamedTuple, NoReturn
from unicodedata import category

OK, FINDINGS, USAGE, INPUT, OUTPUT, BUG = 0, 1, 2, 3, 4, 5

INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}

UNDER_WAY: list[str] = []  # what a terminal shows until something else is said

Severity = Literal["error", "warning", "note"]


class Code(NamedTuple):
    """What one code means: the exit it leads to, its title and what to do about it."""

    exit: int
    title: str
    remedy: str


CODES: dict[str, Code] = {
    # the definition file
    "SM101": Code(USAGE, "definition file cannot be opened", "give it with -c FILE, name it saasmetrics.yml, or let `saasmetrics init` write one"),
    "SM102": Code(USAGE, "not valid YAML", "mend the line named; indent with spaces, quote texts that hold `: ` or ` #`"),
    "SM103": Code(USAGE, "YAML feature not allowed", "write the value out: no anchors, aliases, merge keys or tags"),
    "SM104": Code(USAGE, "key written twice", "remove one of the two"),
    "SM105": Code(USAGE, "definition file too large or too deep", "a definition stays under 256 KiB, 10,000 values and 32 levels"),
    "SM110": Code(USAGE, "unknown key", "check the spelling against `saasmetrics schema`"),
    "SM111": Code(USAGE, "required key missing", "add the key"),
    "SM112": Code(USAGE, "value not allowed here", "see the message for what fits"),
    "SM113": Code(USAGE, "refers to something that is not defined", "define it, or correct the name"),
    "SM114": Code(USAGE, "not allowed: code or path trickery", "conditions are structured; paths are plain files"),
    "SM115": Code(USAGE, "remote paths are not followed", "copy the files here, or pass --allow-remote"),
    "SM122": Code(FINDINGS, "worth a second look", "see the message"),
    "SM130": Code(USAGE, "wrong use of the command", "see --help"),
    "SM131": Code(USAGE, "the table lacks an input", "declare the source it names in the definition file"),
    "SM132": Code(USAGE, "no such account", "give an id as it stands in the accounts table or the events; internal accounts are left out"),
    "SM133": Code(USAGE, "a library is not installed", "install the extra that the message names"),
    "SM134": Code(USAGE, "no SQL has the same meaning", "give the column a type that has, in a view of the database, or export the events as Parquet"),
    "SM141": Code(FINDINGS, "a score is worth less than asked", "see `saasmetrics backtest`: mend the signals that add nothing, or ask for less"),
    # what the data say about the definition
    "SM201": Code(FINDINGS, "event never occurs in the data", "correct the name, or remove it from the definition"),
    "SM202": Code(INPUT, "no event of a rule that everything depends on", "correct the name in the definition file"),
    # the lock
    "SM680": Code(FINDINGS, "there is no lock", "run `saasmetrics lock` and commit its file"),
    "SM681": Code(FINDINGS, "another meaning than in the lock", "undo it, or tell why under changes: with the next revision, then run `saasmetrics lock`"),
    "SM682": Code(FINDINGS, "the lock is older than the definition", "run `saasmetrics lock` and commit its file"),
    "SM683": Code(FINDINGS, "other numbers than in the lock", "find out what moved them; then run `saasmetrics lock`"),
    "SM684": Code(FINDINGS, "numbers not compared", "lock on data that stay as they are, such as a committed sample"),
    "SM685": Code(FINDINGS, "computed by other code than in the lock", "compare the numbers with --data; then run `saasmetrics lock`"),
    # inputs
    "SM301": Code(INPUT, "no such input", "check the path; patterns are relative to the definition file"),
    "SM302": Code(INPUT, "input cannot be read", "check permissions and the file's kind"),
    "SM303": Code(INPUT, "input truncated or corrupt", "export the file again"),
    "SM304": Code(INPUT, "not the format its reader expects", "declare format:, separator: or encoding: for the source"),
    "SM305": Code(INPUT, "column missing", "map it under sources.<name>.columns; it needs one name in all files of a source"),
    "SM306": Code(INPUT, "column ambiguous", "rename one of them in the export"),
    "SM307": Code(INPUT, "malformed line", "mend the line, or allow some with --max-reject N"),
    "SM308": Code(INPUT, "not UTF-8", "declare encoding:, or export as UTF-8"),
    "SM309": Code(INPUT, "time unreadable", "declare time: {format, unit, zone} for the source"),
    "SM310": Code(INPUT, "time without a zone", "declare timezone:, or time: {zone: …} for the source"),
    "SM311": Code(INPUT, "time out of range", "declare time: {unit: s|ms|us} for numbers; mend other rows, or allow some with --max-reject N"),
    "SM312": Code(INPUT, "files of one source disagree", "export them alike"),
    "SM313": Code(INPUT, "amount unreadable", "write plain decimals such as 1234.50; of 1.234,50 declare decimal: ',' for the source; a credit below 0 is of kind one_time, a fall in what is paid needs shape: movements"),
    "SM314": Code(INPUT, "row contradicts itself", "mend the row in the export"),
    "SM315": Code(INPUT, "no rows", "check the export, or pass --allow-empty"),
    "SM316": Code(INPUT, "key occurs twice", "one row for each key: mend the export"),
    "SM317": Code(INPUT, "yes or no unreadable", "write true or false, or leave it empty"),
    "SM318": Code(INPUT, "none of the words that fit", "write one of the words named, or leave it empty"),
    "SM319": Code(INPUT, "the database does not answer as it should", "see its own words; check --remote and what its user may read"),
    "SM320": Code(OK, "rows left out", "see the row ledger"),
    "SM321": Code(OK, "worth knowing about the data", "see the message"),
    "SM322": Code(OK, "files passed over", "see the message; --strict lets it pass"),
    "SM323": Code(OK, "rows that are no recurring revenue", "see the message; --strict lets it pass"),
    # outputs and the environment
    "SM401": Code(OUTPUT, "cannot write the output", "check space and permission; the old file is as it was"),
    "SM402": Code(OUTPUT, "input changed while being read", "run again when the export has finished"),
    "SM501": Code(BUG, "internal error", "please report it with the command and the message"),
}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, at its place."""

    code: str
    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    severity: Severity = "error"

    @property
    def place(self) -> str:
        """`file:line:column`, as far as it is known."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)

    @property
    def exit(self) -> int:
        return CODES[self.code].exit

    def __str__(self) -> str:
        return f"{self.place}: {self.code} {self.message}" if self.place else f"{self.code} {self.message}"


class Refused(Exception):
    """The run cannot go on; carries every problem found and the exit code they lead to."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = tuple(problems)

    @property
    def exit(self) -> int:
        return max((problem.exit for problem in self.problems if problem.severity == "error"), default=USAGE) or USAGE


def refuse(code: str, message: str, file: str | None = None, line: int | None = None, column: int | None = None) -> NoReturn:
    """Stop with one problem."""
    raise Refused([Problem(code, message, file, line, column)])


def noun(count: int, one: str) -> str:
    """The word after a number: 1 account, 2 accounts."""
    return one if count == 1 else f"{one}s"


def counted(count: int, one: str) -> str:
    """The number with its word."""
    return f"{count} {noun(count, one)}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` — did you mean 'x'?`, or nothing when no known word is near."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6) or [k for k in known if k.casefold().strip() == word.casefold().strip()]
    return f" — did you mean '{near[0]}'?" if near else ""


def clean(text: str) -> str:
    """Text from data made safe for a terminal: control, bidi and other invisible characters are shown escaped."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c.encode("unicode_escape").decode() if category(c) in INVISIBLE else c for c in text)


def say(text: str) -> None:
    """One line on stderr; a closed stderr is no reason to fail."""
    passed()
    with suppress(OSError, ValueError, AttributeError):
        print(clean(text), file=sys.stderr, flush=True)


def under_way(text: str) -> None:
    """What is being done: on a terminal it gives way to whatever is said next, elsewhere it is a line."""
    if not (sys.stderr and sys.stderr.isatty()):
        say(f"… {text}")
        return
    from shutil import get_terminal_size

    passed()
    UNDER_WAY.append(clean(f"… {text}")[: max(get_terminal_size().columns - 1, 0)])
    with suppress(OSError, ValueError):
        print(UNDER_WAY[-1], end="", file=sys.stderr, flush=True)


def passed() -> None:
    """What was being done is shown no longer."""
    while UNDER_WAY:
        with suppress(OSError, ValueError, AttributeError):
            print(f"\r{' ' * len(UNDER_WAY.pop())}\r", end="", file=sys.stderr, flush=True)


def guarded(job: Callable[[], Any]) -> None:
    """Run and leave with the right code; never a traceback."""
    _hold_stderr()
    signal.signal(signal.SIGTERM, _terminated)
    try:
        job()
    except Refused as refused:
        report(refused.problems)
        raise SystemExit(refused.exit) from None
    except KeyboardInterrupt:
        say("interrupted")
        raise SystemExit(130) from None
    except BrokenPipeError:
        _leave_quietly()
    except MemoryError:
        _stop("SM401", "out of memory; see `memory` in the README", OUTPUT)
    except OSError as error:
        _stop("SM401", f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), OUTPUT)
    except BaseException as error:  # an engine panic is no Exception
        if isinstance(error, SystemExit):
            raise
        _unexpected(error)
    finally:
        passed()


def report(problems: tuple[Problem, ...]) -> None:
    """Every problem with its place, and what to do about each kind once."""
    for problem in problems:
        say(f"{'warning: ' if problem.severity == 'warning' else ''}{problem}")
    for code in dict.fromkeys(problem.code for problem in problems if problem.severity == "error"):
        say(f"  {code}: {CODES[code].remedy}. More: saasmetrics explain {code}")


def _unexpected(error: BaseException) -> NoReturn:
    if os.environ.get("SAASMETRICS_TRACEBACK"):
        raise error
    text = str(error).splitlines()[0] if str(error) else ""
    _stop("SM501", f"{type(error).__name__}: {text}", BUG)


def _stop(code: str, message: str, status: int) -> NoReturn:
    say(f"{code} {message}")
    say(f"  {code}: {CODES[code].remedy}")
    raise SystemExit(status) from None


def _hold_stderr() -> None:
    """A closed stderr leads nowhere; left closed, the next file opened would get its number."""
    try:
        os.fstat(2)
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        if nowhere != 2:
            os.close(nowhere)


def _terminated(*_: object) -> NoReturn:
    raise SystemExit(143)


def _leave_quietly() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)
