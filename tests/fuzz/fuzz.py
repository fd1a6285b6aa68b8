#!/usr/bin/env python3
"""Runs a target of the fuzzer: makes its first texts of those that the tests have, then runs cargo-fuzz on it.

    tests/fuzz/fuzz.py TARGET [SECONDS]

Needs a nightly toolchain and cargo-fuzz. What the fuzzer finds and what it keeps lies below target/fuzz. Ends with the
fuzzer's exit status; prints how many texts it ran.
"""

import hashlib
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "fuzz"
LONGEST = 16_384
SOURCES = ("tests/cases", "tests/gallery", "tests/format", "tests/crashes", "tests/sdk", "examples")
DATA = ("tests/import", "tests/cases", "tests/crashes/import", "tests/crashes/params", "examples")
ENDINGS = {
    "parse": (SOURCES, {".flyteenv"}),
    "format": (SOURCES, {".flyteenv"}),
    "compile": (SOURCES, {".flyteenv"}),
    "import": (DATA, {".yaml", ".json"}),
    "params": (DATA, {".yaml", ".json", ".toml"}),
}


def texts(target):
    """The texts that a target begins with."""
    folders, endings = ENDINGS[target]
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            # Programs at the limits of a build are slow on purpose.
            if path.is_file() and path.suffix in endings and "limits" not in path.parts:
                yield path.read_bytes()
        if target == "compile":
            for project in sorted((ROOT / folder).rglob("*.d")):
                yield joined(project)


def joined(project):
    """All files of a folder in one text, as the law of `compile` reads them."""
    parts = []
    for path in sorted(project.rglob("*")):
        if path.is_file():
            parts.append(b"#@ %s\n" % str(path.relative_to(project)).encode() + path.read_bytes())
    return b"\n".join(parts)


def seed(target):
    """Writes the first texts, each under its digest, and gives their folder."""
    folder = WORK / "seeds" / target
    folder.mkdir(parents=True, exist_ok=True)
    for text in texts(target):
        if len(text) <= LONGEST:
            (folder / hashlib.sha256(text).hexdigest()[:32]).write_bytes(text)
    return folder


def main():
    target = sys.argv[1]
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    corpus = WORK / "corpus" / target
    found = WORK / "found" / target
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    # There is no unsafe code to sanitise; without a sanitiser the bounds of memory are those of a build.
    command = ["cargo", "+nightly", "fuzz", "run", "--fuzz-dir", "tests/fuzz", "--sanitizer", "none"]
    command += ["--target-dir", str(WORK), target, str(corpus), str(seed(target)), "--"]
    command += ["-dict=tests/fuzz/flyteenv.dict", "-timeout=10", "-rss_limit_mb=600", f"-max_len={LONGEST}"]
    command += [f"-max_total_time={seconds}", f"-artifact_prefix={found}/", "-print_final_stats=1", "-verbosity=1"]
    environment = {**os.environ, "CARGO_TERM_COLOR": "never"}
    sys.exit(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode)


if __name__ == "__main__":
    main()
