#!/usr/bin/env python3
"""Reads flytec's wire bytes with Flyte's own package, and compares them with flytec's JSON.

    read_wire.py --flytec BINARY                  all accepted programs of fixtures/, each built in both formats
    read_wire.py --flytec BINARY PROGRAM...       these sources or folders
    read_wire.py --wire FOLDER --json FOLDER      two folders that were built before

Every `.pb` must parse as `flyteidl2.core.K8sPod` without unknown fields; the message as JSON must be the `.json` of the same
pod, numbers as doubles; the `.json` must parse to the same message; and serialising it again, deterministically, must give
the same bytes. Exits with 1 where something differs.

Run it with a Python that has the package:

    python3 -m venv .venv
    .venv/bin/pip install flyteidl2==2.0.51 protobuf
    cargo build
    .venv/bin/python tests/sdk/read_wire.py --flytec target/debug/flytec
"""

from __future__ import annotations

import os

# The implementation in C sorts `imagePullPolicy` before `image`; this one sorts names as all other languages do.
os.environ["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = "python"

import argparse
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from flyteidl2.core.tasks_pb2 import K8sPod
from google.protobuf import json_format

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FIXTURES = HERE / "fixtures"


class Difference(Exception):
    """Something that is not as it must be."""


# ---------------------------------------------------------------------------------------------------- one pod


def check_pod(wire: bytes, text: bytes) -> None:
    """Holds one pod in both formats to what always holds."""
    message = K8sPod.FromString(wire)
    message.DiscardUnknownFields()
    if message.SerializeToString(deterministic=True) != wire:
        raise Difference("serialised again, the message has other bytes")
    ours, theirs = canonical(json.loads(text)), canonical(json_format.MessageToDict(message))
    if ours != theirs:
        raise Difference(f"the message is not the JSON\n  wire: {theirs}\n  json: {ours}")
    parsed = json_format.Parse(text, K8sPod())
    if parsed.SerializeToString(deterministic=True) != wire:
        raise Difference("parsed as a message, the JSON has other bytes")


def canonical(value: Any) -> str:
    """JSON in one form; unlike values of Python, `true` and `1` differ in it."""
    return json.dumps(doubles(value), sort_keys=True, ensure_ascii=False)


def doubles(value: Any) -> Any:
    """The value with every number as a double."""
    if isinstance(value, dict):
        return {name: doubles(field) for name, field in value.items()}
    if isinstance(value, list):
        return [doubles(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


# ------------------------------------------------------------------------------------------------ one program


def check_folders(wire: pathlib.Path, text: pathlib.Path) -> int:
    """Compares two built folders of one program; gives the number of pods."""
    wire_pods, text_pods = read_manifest(wire), read_manifest(text)
    if list(wire_pods) != list(text_pods):
        raise Difference(f"the folders hold different pods: {list(wire_pods)}, {list(text_pods)}")
    for name in wire_pods:
        try:
            check_pod(wire_pods[name], text_pods[name])
        except Difference as difference:
            raise Difference(f"{name}: {difference}") from None
    return len(wire_pods)


def read_manifest(folder: pathlib.Path) -> dict[str, bytes]:
    """The bytes of each pod, in the order of the manifest."""
    pods = {}
    for pod in json.loads((folder / "manifest.json").read_bytes())["pods"]:
        content = (folder / pod["file"]).read_bytes()
        if hashlib.sha256(content).hexdigest() != pod["sha256"]:
            raise Difference(f"{pod['file']} is not the file that the manifest tells of")
        pods[pod["name"]] = content
    return pods


def check_program(flytec: pathlib.Path, source: pathlib.Path, arguments: list[str]) -> int:
    """Builds one program in both formats and compares them; gives the number of pods."""
    with tempfile.TemporaryDirectory() as folder:
        wire, text = pathlib.Path(folder, "wire"), pathlib.Path(folder, "json")
        for target, form in ((wire, "proto"), (text, "json")):
            command = [flytec, "build", source, "-q", "-o", target, "--format", form, *arguments]
            built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            if built.returncode != 0:
                raise Difference(f"flytec ends with {built.returncode}\n{built.stderr}")
        return check_folders(wire, text)


def fixtures() -> Iterator[tuple[pathlib.Path, list[str]]]:
    """The accepted programs among the fixtures and their merged twins, with their arguments."""
    lines = (HERE / "refused_by_kubernetes").read_text().splitlines()
    refused = {line.split(":")[0] for line in lines if not line.startswith("#")}
    for path in sorted(FIXTURES.glob("*.json")):
        fixture = json.loads(path.read_bytes())
        if not fixture.get("refused") and path.stem not in refused:
            arguments = ["--task-version", "flytec-version", *fixture.get("arguments", [])]
            yield path.with_suffix(".flyteenv"), arguments
            yield path.with_suffix(".merged.flyteenv"), arguments


# -------------------------------------------------------------------------------------------------- the command


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flytec", type=pathlib.Path, metavar="BINARY", help="the command that builds")
    parser.add_argument("--wire", type=pathlib.Path, metavar="FOLDER", help="a folder built with --format proto")
    parser.add_argument("--json", type=pathlib.Path, metavar="FOLDER", help="the same program built with --format json")
    parser.add_argument(
        "programs", type=pathlib.Path, nargs="*", metavar="PROGRAM", help="sources or folders; all fixtures if none"
    )
    arguments = parser.parse_args()
    built = arguments.wire is not None and arguments.json is not None
    if built == (arguments.flytec is not None):
        parser.error("either --flytec, or both --wire and --json")
    if built:
        checks = [(str(arguments.wire), lambda: check_folders(arguments.wire, arguments.json))]
    else:
        flytec = arguments.flytec.resolve()
        programs = [(path.resolve(), []) for path in arguments.programs] or list(fixtures())
        checks = [(path.name, lambda path=path, more=more: check_program(flytec, path, more)) for path, more in programs]
    return report(checks)


def report(checks: list[tuple[str, Any]]) -> int:
    pods, faults = 0, 0
    for name, check in checks:
        try:
            pods += check()
        except Difference as difference:
            faults += 1
            print(f"{name}: {difference}", file=sys.stderr)
    print(f"{len(checks)} programs, {pods} pods, {faults} faults")
    return 1 if faults or not pods else 0


if __name__ == "__main__":
    sys.exit(main())
