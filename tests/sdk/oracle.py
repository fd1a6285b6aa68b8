#!/usr/bin/env python3
"""Makes expected results with the real Flyte 2 SDK.

    oracle.py run   [FILE|-]    one case as JSON        -> one result as JSON
    oracle.py batch [FILE|-]    one case on each line   -> one line {"case": ..., "expect": ...} for each
    oracle.py info              the versions that the results come from

A case is a small program in neutral JSON (templates, environments with tasks, overrides); README.md has its form.
No rule of Flyte stands in here: a case is turned into calls of `flyte.TaskEnvironment`, `@env.task`,
`flyte.PodTemplate`, `flyte.extras.ContainerTask`, `task.override` and the value classes, and what the SDK serialises
is printed as proto3 JSON.
"""

from __future__ import annotations

import os
import sys

# The SDK reads the surroundings when it is imported: take away whatever could colour a result.
for _name in list(os.environ):
    if _name.startswith(("FLYTE", "_F_", "UNION", "_U_")):
        del os.environ[_name]
os.environ["HOME"] = os.environ.get("ORACLE_HOME", os.path.join(os.path.expanduser("~"), ".flyte-oracle"))
os.environ["FLYTE_DISABLE_SENTRY"] = "1"
os.environ["LOG_LEVEL"] = "50"

import contextlib
import importlib.machinery
import importlib.metadata
import itertools
import json
import keyword
import pathlib
import re
import shutil
import tempfile
import types
import weakref
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import flyte
import flyte.extras
import flyte.io
import kubernetes.client
from flyte._deploy import plan_deploy
from flyte._environment import _ENVIRONMENT_REGISTRY
from flyte._image import Image
from flyte._internal.image_cache import ImageCache
from flyte._internal.runtime.task_serde import translate_task_to_wire
from flyte._resources import AMD_GPU, APPLE_SILICON, GPU, HABANA_GAUDI, TPU, Device, Neuron
from flyte.models import CodeBundle, SerializationContext
from google.protobuf.json_format import MessageToDict

Json = Any
Case = dict[str, Json]

CONTEXT = {
    "project": "flytec-project",
    "domain": "flytec-domain",
    "org": "flytec-org",
    "version": "flytec-version",
    "input_path": "{{.input}}",
    "output_path": "{{.outputPrefix}}",
}

DEVICES: dict[str, Callable[..., Device]] = {
    "GPU": GPU,
    "TPU": TPU,
    "NEURON": Neuron,
    "AMD_GPU": AMD_GPU,
    "HABANA_GAUDI": HABANA_GAUDI,
    "APPLE_SILICON": APPLE_SILICON,
}
PYTHON_TYPES = {"int": int, "str": str, "float": float, "bool": bool, "file": flyte.io.File, "dir": flyte.io.Dir}
HELPERS = ["allow_fuse", "allow_nested_sandboxing", "termination_grace_period"]
CONSTRUCTOR_FIELDS = ["primary_container_name", "labels", "annotations"]
TEMPLATE_FIELDS = {*CONSTRUCTOR_FIELDS, "pod_spec", "from_spec", "helpers_order", *HELPERS}
# What a command task in an environment is given of it; `ContainerTask` itself inherits nothing.
INHERITED = [
    "image", "resources", "env_vars", "secrets", "service_account", "pod_template", "interruptible", "queue", "cache",
]
DURATION_UNITS = {"days", "hours", "minutes", "seconds", "milliseconds", "microseconds"}


class OracleCaseError(Exception):
    """The case is unusable as it is; the SDK was not asked."""


class OracleUnknownName(OracleCaseError):
    """The case refers to something that it does not declare, which in Python is a NameError."""


# ------------------------------------------------------------------------------------------- JSON out of the SDK


def whole_numbers(value: Json) -> Json:
    """Turns whole doubles into ints, so that a Struct's 600.0 prints as 600."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, list):
        return [whole_numbers(item) for item in value]
    if isinstance(value, dict):
        return {key: whole_numbers(item) for key, item in value.items()}
    return value


def message_json(message: Any) -> Json:
    """A protobuf message as proto3 JSON."""
    return whole_numbers(MessageToDict(message))


def error_json(error: Exception, root: pathlib.Path, where: str, stage: str) -> Json:
    """An exception of the SDK, without what differs between two runs."""
    text = re.sub(r"0x[0-9a-f]{6,}", "0x<ADDR>", str(error).replace(str(root), "<ROOT>"))
    return {"type": type(error).__name__, "message": text, "stage": stage, "where": where}


# ------------------------------------------------------------------------------------------------ values into it


def pod_spec_of(value: Json) -> Any:
    """Plain JSON as the Kubernetes client's typed pod spec."""
    return kubernetes.client.ApiClient().deserialize(json.dumps(value), "V1PodSpec", "application/json")


def lost_paths(given: Json, kept: Json, path: str = "") -> list[str]:
    """The paths of `given` that did not come through the Kubernetes client unchanged."""
    if isinstance(given, dict) and isinstance(kept, dict):
        lost = []
        for key, value in given.items():
            below = f"{path}.{key}" if path else key
            if value is not None:  # Nulls always go.
                lost += lost_paths(value, kept[key], below) if key in kept else [below]
        return lost
    if isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        pairs = enumerate(zip(given, kept, strict=True))
        return [found for index, (a, b) in pairs for found in lost_paths(a, b, f"{path}[{index}]")]
    return [] if given == kept and type(given) is type(kept) else [path]


def tuple_of(value: Json) -> Any:
    """JSON has no tuples: a list stands for one."""
    return tuple(value) if isinstance(value, list) else value


def duration(value: Json) -> Any:
    """`{"seconds": 90}` is a timedelta; everything else goes through as it is."""
    if isinstance(value, dict) and set(value) <= DURATION_UNITS:
        return timedelta(**value)
    return value


def device(value: Json) -> Any:
    """An accelerator: through the SDK's function for its class, or (`raw`) straight into `Device`."""
    if not isinstance(value, dict):
        return tuple_of(value)
    fields = dict(value)
    if fields.pop("raw", False):
        return Device(**fields)
    return DEVICES[fields.pop("device_class", "GPU")](**fields)


def resources(value: Json) -> Any:
    """`flyte.Resources`."""
    if not isinstance(value, dict):
        return value
    return flyte.Resources(**{key: device(item) if key == "gpu" else tuple_of(item) for key, item in value.items()})


def secret(value: Json) -> Any:
    """`flyte.Secret`, or the text that the SDK makes one of."""
    if not isinstance(value, dict):
        return value
    fields = dict(value)
    if isinstance(fields.get("mount"), str):
        fields["mount"] = pathlib.Path(fields["mount"])
    return flyte.Secret(**fields)


def secrets(value: Json) -> Any:
    """One secret or a list of them."""
    return [secret(item) for item in value] if isinstance(value, list) else secret(value)


def reuse_policy(value: Json) -> Any:
    """`flyte.ReusePolicy`."""
    if not isinstance(value, dict):
        return value
    convert = {"replicas": tuple_of, "idle_ttl": duration, "scaledown_ttl": duration}
    return flyte.ReusePolicy(**{key: convert.get(key, lambda item: item)(item) for key, item in value.items()})


def timeout(value: Json) -> Any:
    """`flyte.Timeout`, a timedelta or a number."""
    if isinstance(value, dict) and set(value) <= {"max_runtime", "max_queued_time", "deadline"}:
        return flyte.Timeout(**{key: duration(item) for key, item in value.items()})
    return duration(value)


def backoff(value: Json) -> Any:
    """`flyte.Backoff`, with numbers for seconds."""
    if not isinstance(value, dict):
        return value
    fields = dict(value)
    for key in ("base", "cap"):
        if isinstance(fields.get(key), (int, float)):
            fields[key] = timedelta(seconds=fields[key])
        elif key in fields:
            fields[key] = duration(fields[key])
    return flyte.Backoff(**fields)


def retries(value: Json) -> Any:
    """`flyte.RetryStrategy` or a number."""
    if not isinstance(value, dict):
        return value
    return flyte.RetryStrategy(**{key: backoff(item) if key == "backoff" else item for key, item in value.items()})


def cache(value: Json) -> Any:
    """`flyte.Cache` or a word."""
    if not isinstance(value, dict):
        return value
    convert = {"ignored_inputs": tuple_of, "max_age": duration}
    return flyte.Cache(**{key: convert.get(key, lambda item: item)(item) for key, item in value.items()})


def image(value: Json) -> Any:
    """A URI, or `{"ref_name": ...}`."""
    if isinstance(value, dict) and set(value) == {"ref_name"}:
        return Image.from_ref_name(value["ref_name"])
    return value


CONVERTERS: dict[str, Callable[[Json], Any]] = {
    "cache": cache,
    "image": image,
    "include": tuple_of,
    "resources": resources,
    "retries": retries,
    "reusable": reuse_policy,
    "secrets": secrets,
    "timeout": timeout,
}

# ------------------------------------------------------------------------------------------------------ one case


class Run:
    """One case on its way through the SDK."""

    def __init__(self, case: Case, number: int) -> None:
        self.case = case
        self.number = number
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="flytec_oracle_"))
        self.where = "case"
        self.modules: list[str] = []
        self.errors: list[Json] = []
        self.templates: dict[str, flyte.PodTemplate] = {}
        self.environments: dict[str, flyte.TaskEnvironment] = {}
        self.environment_list: list[flyte.TaskEnvironment] = []
        self.tasks: dict[str, Any] = {}
        self.variants: dict[str, Any] = {}
        self.out: dict[str, Json] = {
            "id": case.get("id"), "verdict": "ok", "templates": {}, "tasks": {}, "variants": {},
        }

    def go(self) -> Json:
        """Everything; leaves nothing behind in the process."""
        registered = len(_ENVIRONMENT_REGISTRY)
        here = pathlib.Path.cwd()
        try:
            os.chdir(self.root)
            if self.define():
                self.plan()
                self.override()
                self.serialise()
            self.report_templates()
        finally:
            os.chdir(here)
            for module in self.modules:
                sys.modules.pop(module, None)
            del _ENVIRONMENT_REGISTRY[registered:]
            shutil.rmtree(self.root, ignore_errors=True)
        if self.errors:
            self.out |= {"verdict": "error", "stage": self.errors[0]["stage"], "errors": self.errors}
        return self.out

    def fail(self, error: Exception, where: str, stage: str) -> Json:
        """Notes an error, and gives the entry of what failed."""
        found = error_json(error, self.root, where, stage)
        self.errors.append(found)
        return {"verdict": "error", "stage": stage, "error": found}

    # --------------------------------------------------------------------------------------------- definitions

    def define(self) -> bool:
        """All declarations, in order. An error ends it, as an exception ends the import of a module."""
        try:
            for name, fields in (self.case.get("templates") or {}).items():
                self.where = f"template:{name}"
                self.templates[name] = self.template(fields)
            later: list[tuple[str, str]] = []
            for fields in self.case.get("environments") or []:
                self.where = f"environment:{fields.get('name')}"
                if fields.get("container_mode") == "from_task":
                    self.environment_from_task(fields)
                else:
                    self.environment(fields, later)
            for name, dependency in later:
                self.where = f"environment:{name}"
                self.environments[name].add_dependency(self.environment_named(dependency))
        except Exception as error:
            self.fail(error, self.where, "define")
            return False
        return True

    def template(self, fields: Json) -> flyte.PodTemplate:
        """A `PodTemplate` with its helpers called on it."""
        if set(fields) - TEMPLATE_FIELDS:
            raise OracleCaseError(f"unknown template fields {sorted(set(fields) - TEMPLATE_FIELDS)}")
        given = {key: fields[key] for key in CONSTRUCTOR_FIELDS if key in fields}
        spec = fields.get("pod_spec")
        typed = None if spec is None else pod_spec_of(spec)
        if fields.get("from_spec"):
            template = flyte.PodTemplate.from_spec(typed, **given)
        else:
            template = flyte.PodTemplate(**given, **({"pod_spec": typed} if "pod_spec" in fields else {}))
        for helper in fields.get("helpers_order", HELPERS):
            if helper in fields:
                template = self.helper(template, helper, fields[helper])
        return template

    @staticmethod
    def helper(template: flyte.PodTemplate, name: str, value: Json) -> flyte.PodTemplate:
        """One helper of `PodTemplate`."""
        if name == "termination_grace_period":
            return template.with_termination_grace_period(duration(value))
        if value is False:
            return template
        return getattr(template, name)(**value) if isinstance(value, dict) else getattr(template, name)()

    def pod_template(self, value: Json) -> Any:
        """The name of a template of the case, or `{"named": ...}` for one on the cluster."""
        if isinstance(value, str):
            if value not in self.templates:
                raise OracleUnknownName(f"template {value!r} is not defined")
            return self.templates[value]
        if isinstance(value, dict) and set(value) == {"named"}:
            return value["named"]
        return value

    def converted(self, fields: Json, *without: str) -> dict[str, Any]:
        """Settings as keyword arguments. Those that the SDK does not know go through, for its own TypeError."""
        convert = CONVERTERS | {"pod_template": self.pod_template}
        return {
            key: convert[key](value) if key in convert and value is not None else value
            for key, value in fields.items()
            if key not in without
        }

    def environment_named(self, name: str) -> flyte.TaskEnvironment:
        """An environment that the case has declared."""
        if name not in self.environments:
            raise OracleUnknownName(f"environment {name!r} is not defined")
        return self.environments[name]

    def environment(self, fields: Json, later: list[tuple[str, str]]) -> None:
        """A `TaskEnvironment` with its tasks. What it depends on and is declared below it comes `later`."""
        given = self.converted(fields, "tasks", "module", "container_mode", "depends_on")
        if "depends_on" in fields:
            names = fields["depends_on"] or []
            given["depends_on"] = [self.environments[name] for name in names if name in self.environments]
            later += [(fields["name"], name) for name in names if name not in self.environments]
        environment = flyte.TaskEnvironment(**given)
        self.environment_list.append(environment)
        self.environments[fields["name"]] = environment
        functions = self.functions(fields, [task for task in fields.get("tasks", []) if not runs_command(task)])
        for task_fields in fields.get("tasks", []):
            self.where = f"task:{fields['name']}.{task_fields.get('name')}"
            if runs_command(task_fields):
                task = self.container_task(fields, task_fields)
                environment._tasks[task.name] = task  # What `TaskEnvironment.from_task` does.
                task.parent_env = weakref.ref(environment)
                task.parent_env_name = environment.name
            else:
                settings = self.converted(task_fields, "name", "async", "inputs", "returns")
                function = next(functions)
                task = environment.task(**settings)(function) if settings else environment.task(function)
            self.tasks[task.name] = task

    def environment_from_task(self, fields: Json) -> None:
        """`TaskEnvironment.from_task`: names have no prefix, and the environment gives nothing."""
        tasks = []
        for task_fields in fields.get("tasks", []):
            self.where = f"task:{task_fields.get('name')}"
            tasks.append(self.container_task({}, task_fields, prefixed=False))
        self.where = f"environment:{fields['name']}"
        dependencies = [self.environment_named(name) for name in fields.get("depends_on", [])]
        environment = flyte.TaskEnvironment.from_task(fields["name"], *tasks, depends_on=dependencies or None)
        self.environment_list.append(environment)
        self.environments[environment.name] = environment
        self.tasks |= {task.name: task for task in tasks}

    def container_task(self, environment: Json, fields: Json, *, prefixed: bool = True) -> Any:
        """A `ContainerTask`, with the environment's settings handed to it under its own."""
        inherited = {key: environment[key] for key in INHERITED if environment.get(key) is not None}
        given = {"image": "auto"} | self.converted(inherited)
        given |= self.converted(fields, "name", "async", "args", "command", "inputs", "outputs")
        given["name"] = f"{environment['name']}.{fields['name']}" if prefixed else fields["name"]
        given["command"] = fields.get("command", [])
        if "args" in fields:
            given["arguments"] = fields["args"]
        for key in ("inputs", "outputs"):
            if key in fields:
                given[key] = {name: PYTHON_TYPES[word] for name, word in fields[key].items()}
        return flyte.extras.ContainerTask(**given)

    def functions(self, environment: Json, tasks: list[Json]) -> Iterator[types.FunctionType]:
        """Writes a module with one function for each task, loads it, and gives the functions in their order."""
        if not tasks:
            return iter(())
        name = environment.get("module") or re.sub(r"[^0-9A-Za-z_]", "_", str(environment["name"])) or "_"
        source = "from flyte.io import Dir, File\n\n\n" + "\n".join(self.function(environment, task) for task in tasks)
        path = self.root / (name.replace(".", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
        unique = f"_flytec_oracle_{self.number}.{name}"
        module = types.ModuleType(unique)
        module.__file__ = str(path)
        module.__spec__ = importlib.machinery.ModuleSpec(unique, None, origin=str(path))
        found: list[types.FunctionType] = []

        class Recorder(dict[str, Any]):
            """The module's names, which also remembers a function that a later one of its name hides."""

            def __setitem__(self, key: str, value: Any) -> None:
                if isinstance(value, types.FunctionType):
                    found.append(value)
                super().__setitem__(key, value)

        names = Recorder()
        exec(compile(source, str(path), "exec"), module.__dict__, names)
        module.__dict__.update(names)
        sys.modules[unique] = module
        self.modules.append(unique)
        return iter(found)

    def function(self, environment: Json, task: Json) -> str:
        """The source of one task's function."""
        name = task["name"]
        self.where = f"task:{environment['name']}.{name}"
        if not (isinstance(name, str) and name.isidentifier() and not keyword.iskeyword(name)):
            compile(f"def {name}() -> None:\n    pass\n", "<task name>", "exec")  # Python's own SyntaxError.
            raise OracleCaseError(f"task name {name!r} is not a Python identifier")
        words = {"file": "File", "dir": "Dir", None: "None"}
        inputs = ", ".join(f"{key}: {words.get(word, word)}" for key, word in (task.get("inputs") or {}).items())
        returns = words.get(task.get("returns"), task.get("returns"))
        return f"{'async ' if task.get('async', True) else ''}def {name}({inputs}) -> {returns}:\n    pass\n\n"

    # ------------------------------------------------------------------------------------- plan, override, wire

    def plan(self) -> None:
        """The order of deployment, which is where the SDK finds cycles."""
        try:
            if self.environment_list:
                plan_deploy(*self.environment_list)
        except Exception as error:
            self.fail(error, "plan_deploy", "plan")

    def override(self) -> None:
        """All variants, in order. One that fails leaves the others alone."""
        for fields in self.case.get("overrides") or []:
            name = fields["as"]
            try:
                base = self.base(fields["task"])
                self.variants[name] = base.override(**self.converted(fields, "task", "as"))
            except Exception as error:
                self.out["variants"][name] = self.fail(error, f"override:{name}", "override")

    def base(self, reference: str) -> Any:
        """What an override is of: `env.task`, or `@variant`."""
        known, name = (self.variants, reference[1:]) if reference.startswith("@") else (self.tasks, reference)
        if name not in known:
            raise OracleUnknownName(f"task {reference!r} is not defined")
        return known[name]

    def serialise(self) -> None:
        """Every task and variant as the message that the SDK sends."""
        context = self.context()
        for name, task in self.tasks.items():
            self.out["tasks"][name] = self.entry(task, context, f"task:{name}")
        for name, task in self.variants.items():
            self.out["variants"][name] = self.entry(task, context, f"variant:{name}")

    def context(self) -> SerializationContext:
        """What the SDK knows of a deployment: `CONTEXT`, and what the case says otherwise."""
        given: dict[str, Any] = dict(CONTEXT)
        extra = dict(self.case.get("context") or {})
        for key, make in (("code_bundle", CodeBundle), ("image_cache", ImageCache)):
            if key in extra:
                fields = extra.pop(key)
                given[key] = make(**fields) if fields is not None else None
        given["root_dir"] = None if extra.pop("no_root_dir", False) else self.root
        return SerializationContext(**(given | extra))

    def entry(self, task: Any, context: SerializationContext, where: str) -> Json:
        """One task on the wire, and the settings of it that are not."""
        try:
            spec = translate_task_to_wire(task, context)
        except Exception as error:
            return self.fail(error, where, "serialise")
        environment = task.parent_env() if task.parent_env else None
        return {
            "verdict": "ok",
            "task_spec": message_json(spec),
            "attrs": {
                "queue": task.queue,
                "environment": environment.name if environment else None,
                "environment_description": environment.description if environment else None,
                "depends_on": [other.name for other in environment.depends_on] if environment else None,
            },
        }

    def report_templates(self) -> None:
        """What became of each template's primary name and pod spec."""
        for name, template in self.templates.items():
            self.out["templates"][name] = {"primary_container_name": template.primary_container_name}
            spec = self.case["templates"][name].get("pod_spec")
            if spec is not None:
                with contextlib.suppress(Exception):
                    kept = kubernetes.client.ApiClient().sanitize_for_serialization(pod_spec_of(spec))
                    self.out["templates"][name]["lost"] = sorted(lost_paths(spec, kept))


def runs_command(task: Json) -> bool:
    """Whether a task runs a command, rather than a Python function."""
    return "command" in task or "args" in task


_numbers = itertools.count()


def run_case(case: Case) -> Json:
    """A case's result, with sorted keys."""
    return json.loads(json.dumps(Run(case, next(_numbers)).go(), sort_keys=True))


def info() -> Json:
    """What made the results."""
    packages = ("flyte", "flyteidl2", "kubernetes", "protobuf", "pydantic")
    versions = {name: importlib.metadata.version(name) for name in packages}
    return versions | {"python": sys.version.split()[0], "context": CONTEXT}


def text_of(path: str) -> str:
    """A file, or what comes in."""
    return sys.stdin.read() if path == "-" else pathlib.Path(path).read_text()


def lines_of(path: str) -> Iterator[str]:
    """The lines of a file, or of what comes in, as they come."""
    return iter(sys.stdin.readline, "") if path == "-" else iter(text_of(path).splitlines())


def main(arguments: list[str]) -> int:
    """The command line."""
    command, path = [*arguments, "", ""][:2]
    if command == "info":
        print(json.dumps(info(), indent=1))
    elif command == "run":
        print(json.dumps(run_case(json.loads(text_of(path or "-"))), ensure_ascii=False, indent=1))
    elif command == "batch":
        for line in lines_of(path or "-"):
            case = json.loads(line)
            print(json.dumps({"case": case, "expect": run_case(case)}, ensure_ascii=False), flush=True)
    else:
        print(__doc__)
        return 0 if command in ("", "-h", "--help") else 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
