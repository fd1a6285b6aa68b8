#!/usr/bin/env python3
"""Proves `flytec build --emit python` with the real Flyte 2 SDK.

    prove.py --flytec BINARY            holds everything to proven.json
    prove.py --flytec BINARY --write    writes proven.json

For every accepted program of `tests/sdk/fixtures` and for the examples, the module is written, loaded, and used as people use it: each
function that the program names is defined in a file of its own module and declared by the decorator that the module has for
it, and each variant is made by its function. What the SDK serialises must be the pod that `flytec build` writes, field for
field; of a fixture, what the SDK says beside the pod must be what is in the fixture, which comes of the SDK as well. Tasks
that the command leaves out must be the only ones that are missing.

The digest of each module that was proven goes into proven.json, so that `cargo test --test python` holds the same without Python.
"""

from __future__ import annotations

import os

# The SDK reads the surroundings when it is imported: take away whatever could colour a result.
for _name in list(os.environ):
    if _name.startswith(("FLYTE", "_F_", "UNION", "_U_")):
        del os.environ[_name]
os.environ["FLYTE_DISABLE_SENTRY"] = "1"
os.environ["LOG_LEVEL"] = "50"

import argparse
import dataclasses
import hashlib
import importlib.machinery
import inspect
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import types
from typing import Any

import flyte
from flyte._deploy import plan_deploy
from flyte._environment import _ENVIRONMENT_REGISTRY
from flyte._internal.runtime.task_serde import translate_task_to_wire
from flyte.models import CodeBundle, SerializationContext
from google.protobuf.json_format import MessageToDict

Json = Any
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PROVEN = HERE / "proven.json"
FIXTURES = ROOT / "tests" / "sdk" / "fixtures"
FILE_NAME = "flyte_environments.py"
# What is left out is told by warnings, which a project may have made errors.
OPTIONS = ["--task-version", "flytec-version", "-W", "W2201"]

# A program: the folder that the command runs in, and its arguments.
Program = tuple[pathlib.Path, list[str]]


class Difference(Exception):
    """Something that is not as it must be."""


def programs() -> dict[str, Program]:
    """The programs, by the names that they have in proven.json."""
    found: dict[str, Program] = {}
    unreadable = {line.split(":")[0] for line in (FIXTURES.parent / "refused_by_kubernetes").read_text().splitlines()}
    for path in sorted(FIXTURES.glob("*.json")):
        expected = json.loads(path.read_text())
        if not expected.get("refused") and path.stem not in unreadable:
            source = path.with_suffix(".flyteenv").relative_to(ROOT)
            found[f"fixtures/{path.stem}"] = (ROOT, [str(source), *expected["arguments"]])
    for path in sorted((ROOT / "examples" / "guide").iterdir()):
        if path.is_dir():
            found[f"guide/{path.name}"] = (ROOT, [str(path.relative_to(ROOT))])
    for stage in ("dev", "prod"):
        arguments = ["teams", f"stages/{stage}.flyteenv", "--params", f"stages/{stage}.yaml"]
        found[f"monorepo/{stage}"] = (ROOT / "examples" / "monorepo", arguments)
    return found


# ------------------------------------------------------------------------------------------------------ flytec


def flytec(binary: pathlib.Path, program: Program, arguments: list[str]) -> tuple[str, list[Json]]:
    """Runs a build; gives its output and its messages."""
    folder, of_program = program
    command = [str(binary), "build", *of_program, *OPTIONS, *arguments, "--message-format", "json", "-q"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise Difference(f"{' '.join(command)}: {done.stderr}")
    return done.stdout, [json.loads(line) for line in done.stderr.splitlines()]


def names_of(messages: list[Json], code: str) -> list[str]:
    """The things that messages of a code are about: what stands between their first backquotes."""
    return sorted(message["message"].split("`")[1] for message in messages if message["code"] == code)


# ------------------------------------------------------------------------------------------------------ the SDK


def load(name: str, path: pathlib.Path, source: str, **given: Any) -> types.ModuleType:
    """A module out of its source, as if it had been imported from the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    module = types.ModuleType(name)
    module.__file__ = str(path)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None, origin=str(path))
    module.__dict__.update(given)
    sys.modules[name] = module
    exec(compile(source, str(path), "exec"), module.__dict__)
    return module


def declared(module: types.ModuleType) -> tuple[dict[str, str], dict[str, str]]:
    """The decorators and the makers of variants, by what they say that they make."""
    tasks, variants = {}, {}
    for name, value in vars(module).items():
        documentation = inspect.getdoc(value) if inspect.isfunction(value) else None
        if documentation and (found := re.fullmatch(r"Make `.*` the task `(.*)`\.", documentation)):
            tasks[found[1]] = name
        if documentation and (found := re.fullmatch(r"Make the variant `(.*)` of its task\.", documentation)):
            variants[found[1]] = name
    return tasks, variants


def define(root: pathlib.Path, unique: str, module: types.ModuleType, entries: list[Json]) -> dict[str, Any]:
    """The tasks and variants, made with the module, by their names."""
    decorators, variants = declared(module)
    environments = {value.name: name for name, value in vars(module).items() if isinstance(value, flyte.TaskEnvironment)}
    for at, entry in enumerate(entries):
        if "variant" in entry:
            continue
        place, function = entry["task_template"]["function"].split(":")
        decorator = decorators.get(entry["name"]) or f"{environments[entry['environment']]}.task"
        asynchronous = "async " if entry["task_template"].get("async", True) else ""
        source = f"@environments.{decorator}\n{asynchronous}def {function}() -> None:\n    pass\n"
        path = root / (place.replace(".", "/") + ".py")
        load(f"{unique}.{at}.{place}", path, source, environments=module)
    registered = {env.name: env for env in vars(module).values() if isinstance(env, flyte.TaskEnvironment)}
    plan_deploy(*registered.values())
    made = {}
    for entry in entries:
        # What is deployed is what the environment knows of.
        task = registered[entry["environment"]].tasks[f"{entry['environment']}.{entry['task']}"]
        made[entry["name"]] = getattr(module, variants[entry["name"]])(task) if "variant" in entry else task
    return made


def context(root: pathlib.Path, expected: Json) -> SerializationContext:
    """What the SDK knows of a deployment."""
    arguments = expected.get("arguments", [])
    options = dict(zip(arguments[::2], arguments[1::2], strict=True))
    bundle = None
    if uri := options.get("--code-bundle"):
        kind = "pkl" if uri.split("?")[0].endswith(".pkl") or "pkl" in uri.rsplit("/", 1)[-1] else "tgz"
        given = {kind: uri, "computed_version": expected["code_bundle_version"]}
        bundle = CodeBundle(**given, **({"destination": options["--code-dest"]} if "--code-dest" in options else {}))
    return SerializationContext(
        project="flytec-project",
        domain="flytec-domain",
        org="flytec-org",
        version="flytec-version",
        input_path="{{.input}}",
        output_path="{{.outputPrefix}}",
        code_bundle=bundle,
        root_dir=root,
    )


def wire(task: Any, serialization: SerializationContext) -> Json:
    """The message of a task as proto3 JSON."""
    return MessageToDict(translate_task_to_wire(task, serialization))


def with_pod(task: Any) -> Any:
    """The task with a pod: where it has no template in itself, with an empty one."""
    if isinstance(task.pod_template, flyte.PodTemplate):
        return task
    return dataclasses.replace(task, pod_template=flyte.PodTemplate())


# --------------------------------------------------------------------------------------------------- comparing


def same(what: str, ours: Json, theirs: Json) -> None:
    """Both as JSON, numbers as doubles."""
    ours, theirs = canonical(ours), canonical(theirs)
    if ours != theirs:
        raise Difference(f"{what}\n  flytec: {ours}\n  SDK:    {theirs}")


def canonical(value: Json) -> str:
    """JSON in one form."""
    return json.dumps(doubles(value), sort_keys=True, ensure_ascii=False)


def doubles(value: Json) -> Json:
    """The value with every number as a double."""
    if isinstance(value, dict):
        return {name: doubles(field) for name, field in value.items()}
    if isinstance(value, list):
        return [doubles(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def pod_of(message: Json) -> Json:
    """The pod, with the primary's name, which the SDK leaves to the task's config."""
    template = message["taskTemplate"]
    return template["k8sPod"] | {"primaryContainerName": template["config"]["primary_container_name"]}


def facts_of(task: Any, message: Json, message_with_pod: Json, expected: Json) -> Json:
    """What the SDK says beside the pod, as fixtures have it."""
    template = message["taskTemplate"]
    metadata, environment = template["metadata"], task.parent_env()
    version = expected["discovery_version"]
    return {
        "environment": message["environment"]["name"],
        "description": environment.description,
        "depends_on": [other.name for other in environment.depends_on],
        "short_name": message["shortName"],
        "type": template["type"],
        "pod_template_name": metadata.get("podTemplateName"),
        "queue": task.queue,
        "interruptible": metadata.get("interruptible"),
        "security_context": template.get("securityContext"),
        "extended_resources": template.get("extendedResources"),
        "retries": metadata["retries"],
        "timeout": metadata.get("timeout"),
        "timeouts": metadata.get("timeouts"),
        "discoverable": metadata.get("discoverable", False),
        "cache_serializable": metadata.get("cacheSerializable", False),
        "cache_ignore_input_vars": metadata.get("cacheIgnoreInputVars", []),
        "cache_max_age": metadata.get("cacheMaxAge"),
        # Without a version of its own it is a digest of Python source.
        "discovery_version": None if version is None else metadata.get("discoveryVersion"),
        "generates_deck": metadata["generatesDeck"],
        "debuggable": metadata.get("debuggable", False),
        "is_entrypoint": metadata.get("isEntrypoint", False),
        "code_bundle_uri": metadata.get("codeBundleUri"),
        "reuse_policy": template.get("reusePolicy"),
        "custom": template.get("custom"),
        "custom_with_pod": message_with_pod["taskTemplate"].get("custom"),
    }


def prove(binary: pathlib.Path, name: str, program: Program, written: pathlib.Path) -> Json:
    """Proves one program; gives its entry of proven.json."""
    expected: Json = {}
    if name.startswith("fixtures/"):
        expected = json.loads((FIXTURES / f"{name.removeprefix('fixtures/')}.json").read_text())
    text, messages = flytec(binary, program, ["--emit", "python", "-o", "-"])
    left_out = names_of(messages, "W2201")
    registered = len(_ENVIRONMENT_REGISTRY)
    with tempfile.TemporaryDirectory() as temporary:
        root = pathlib.Path(temporary).resolve()
        flytec(binary, program, ["-o", str(root / "pods")])
        entries = json.loads((root / "pods" / "manifest.json").read_text())["pods"]
        unknown = set(left_out) - {entry["name"] for entry in entries}
        if unknown:
            raise Difference(f"left out, and not there: {unknown}")
        entries = [entry for entry in entries if entry["name"] not in left_out]
        unique = re.sub(r"\W", "_", name)
        (written / f"{unique}.py").write_text(text)
        module = load(f"{unique}_environments", root / FILE_NAME, text)
        here = context(root, expected)
        for task_name, task in define(root, unique, module, entries).items():
            file = next(entry["file"] for entry in entries if entry["name"] == task_name)
            as_it_is, as_pod = wire(task, here), wire(with_pod(task), here)
            same(f"the pod of {task_name}", json.loads((root / "pods" / file).read_text()), pod_of(as_pod))
            if facts := expected.get("facts", {}).get(task_name):
                same(f"the facts of {task_name}", facts, facts_of(task, as_it_is, as_pod, facts))
    del _ENVIRONMENT_REGISTRY[registered:]
    folder = program[0].relative_to(ROOT)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {
        "folder": str(folder),
        "arguments": [*program[1], *OPTIONS],
        "module": digest,
        "proven": [entry["name"] for entry in entries],
        "left_out": left_out,
    }


def check_style(written: pathlib.Path) -> None:
    """The modules as a formatter and a linter of Python see them, where there is one."""
    try:
        import ruff  # noqa: F401
    except ImportError:
        return
    for command in (["format", "--check", "--diff"], ["check", "--select", "F,E4,E7,E9,I,UP", "--ignore", "E741", "--target-version", "py310"]):
        whole = [sys.executable, "-m", "ruff", *command, "--isolated", "."]
        done = subprocess.run(whole, cwd=written, capture_output=True)
        if done.returncode != 0:
            raise Difference((done.stdout + done.stderr).decode())


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flytec", type=pathlib.Path, required=True)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("names", nargs="*", help="only these programs")
    arguments = parser.parse_args()
    binary, found, failed = arguments.flytec.resolve(), {}, 0
    with tempfile.TemporaryDirectory() as written:
        for name, program in programs().items():
            if arguments.names and name not in arguments.names:
                continue
            try:
                found[name] = prove(binary, name, program, pathlib.Path(written))
            except Exception as error:
                failed += 1
                print(f"{name}: {type(error).__name__}: {error}")
        try:
            check_style(pathlib.Path(written))
        except Difference as difference:
            failed += 1
            print(difference)
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    if arguments.write and not failed and not arguments.names:
        PROVEN.write_text(text)
    elif not failed and not arguments.names and PROVEN.read_text() != text:
        failed += 1
        print("proven.json is out of date: run this with --write, and read what changes")
    proven = sum(len(entry["proven"]) for entry in found.values())
    left_out = sum(len(entry["left_out"]) for entry in found.values())
    print(f"{len(found)} modules, {proven} tasks and variants proven, {left_out} left out, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
