"""`demo`: the nine numbers of a made-up accounting product, with its exports and its definition file to play with.

The generator and the definition stand in `examples/` and `configs/` of the project; an installed package carries both.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from saasmetrics.messages import refuse, say

PACKAGE = Path(__file__).parent.parent
NEXT = (
    ("activation", "who reached first value, how fast, and what stops the others"), ("retention cohorts", "who stays"),
    ("churn-risk accounts -n 10", "who drifts away, and why"), ("expansion accounts -n 10", "who is ready to grow"), ("explain activation.rate", "how a number is defined"),
)  # fmt: skip


def demo(*, output: str, force: bool, color: Any) -> None:
    """Make the data in a folder, print the starter, say what else to try there."""
    from saasmetrics.commands.starter import starter

    home = Path(output)
    if home.exists() and not force:
        refuse("SM130", f"{output} is there already; --force makes its data anew, -o FOLDER takes another")
    config = _made(home)
    given = {"as_of": None, "where": (), "max_reject": 0, "strict": False, "allow_empty": False, "allow_remote": False, "verify": False, "store": False, "quiet": True, "verbose": False}
    starter(config=config, limit=None, format="table", output=None, raw=False, color=color, **given)
    say("")
    say(f"The data and their definition file are in {home}/. Go on there: cd {home}")
    for command, what in NEXT:
        say(f"  saasmetrics {command}".ljust(40) + what)


def _made(home: Path) -> Path:
    """The definition file, with its data beside it."""
    examples, template = _sources()
    config = home / "saasmetrics.yml"
    (home / "data").mkdir(parents=True, exist_ok=True)
    config.write_bytes(template.read_bytes())
    command = [sys.executable, str(examples / "generate.py"), str(config), "--out", str(home / "data" / "accounting")]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PACKAGE.parent), *filter(None, sys.path)])}
    done = subprocess.run(command, env=env, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        refuse("SM501", f"the example data could not be made: {done.stderr.strip().splitlines()[-1:]}")
    return config


def _sources() -> tuple[Path, Path]:
    """The generator and the definition: in the package when it is installed, else in the project."""
    for examples, template in ((PACKAGE / "examples", PACKAGE / "examples" / "accounting.yaml"), (PACKAGE.parent / "examples", PACKAGE.parent / "configs" / "accounting.yaml")):
        if (examples / "generate.py").is_file() and template.is_file():
            return examples, template
    refuse("SM501", "this installation has no example data")
