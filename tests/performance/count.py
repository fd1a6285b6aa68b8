#!/usr/bin/env python3
"""What a compile costs, in instructions, against what record.json says.

In: a release build of flytec. Out: the instructions of building each program beside this file, 500 tasks of it, to standard output, as
callgrind counts them on one core. It fails where one has grown by more than 5%. With --update, the record is written instead. Counts of
another compiler, C library or processor are others: then this says so, and compares nothing.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
RECORD = HERE / "record.json"
PROGRAMS = ["flat", "layered"]
TASKS = 500
# How much a count may grow, as a part of the recorded one.
MOST = 0.05


def expanded(text: str) -> str:
    """The program that a text of sections stands for: what stands below `### each` is written for each task, `@` its number."""
    head, *rest = re.split(r"^### (.+)\n", text, flags=re.MULTILINE)
    sections = list(zip(rest[::2], rest[1::2]))
    tail = "".join(part for name, part in sections if name == "end")
    tasks = [(name, part) for name, part in sections if name != "end"]
    made = (
        part.replace("@", str(n))
        for n in range(TASKS)
        for name, part in tasks
        if name == "each" or n % 10 == 0
    )
    return head + "".join(made) + tail


def one_core() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def count(flytec: Path, name: str) -> int:
    """The instructions of building a program."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "platform.flyteenv").write_text((HERE / "platform.flyteenv").read_text())
        Path(folder, "main.flyteenv").write_text(expanded((HERE / f"{name}.txt").read_text()))
        command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", str(flytec)]
        command += ["build", "-q", "-A", "warnings", "--task-version", "v", "-o", "-", "main.flyteenv"]
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        run = subprocess.run(command, cwd=folder, env=environment, preexec_fn=one_core, capture_output=True, text=True)
    collected = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or collected is None:
        sys.exit(f"{name} cannot be counted:\n{run.stderr}")
    if run.stdout.count("\n") != TASKS:
        sys.exit(f"{name} does not build {TASKS} pods")
    return int(collected[1])


def surroundings() -> dict[str, str]:
    """What counts depend on beside the code."""
    first_line = lambda *command: subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")[0]
    return {
        "libc": " ".join(platform.libc_ver()),
        "machine": platform.machine(),
        "rustc": first_line("rustc", "--version"),
        "valgrind": first_line("valgrind", "--version"),
    }


def compared(recorded: dict[str, int], counted: dict[str, int]) -> bool:
    """Says what has changed, and whether nothing has grown too much."""
    good = True
    for name, now in counted.items():
        if name not in recorded:
            print(f"{name}: {now:,} instructions, not in the record")
            good = False
            continue
        change = now / recorded[name] - 1
        word = "too much" if change > MOST else "the record can be lowered" if change < -MOST else "fine"
        print(f"{name}: {now:,} instructions, {change:+.2%} of the record: {word}")
        good = good and change <= MOST
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flytec", type=Path, required=True, help="a release build")
    parser.add_argument("--update", action="store_true", help="write the record")
    arguments = parser.parse_args()
    around = surroundings()
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {"surroundings": None, "counts": {}}
    if not arguments.update and record["surroundings"] != around:
        print(f"NOT COMPARED: the record is of {record['surroundings']}, and this is {around}", file=sys.stderr)
        return
    counted = {name: count(arguments.flytec.resolve(), name) for name in PROGRAMS}
    good = compared(record["counts"], counted)
    if arguments.update:
        RECORD.write_text(json.dumps({"counts": counted, "surroundings": around}, indent=2, sort_keys=True) + "\n")
    elif not good:
        sys.exit(f"Make it faster, or say in the commit what it is for, with the record of `{Path(__file__).name} --update`.")


if __name__ == "__main__":
    main()
