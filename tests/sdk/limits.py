"""Where the language and the SDK part: what cannot be written, and what the language refuses on purpose."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from program import Json, Program, effective, environments, layers, runs_command, tasks

DEFAULT_HELPERS = ["allow_fuse", "allow_nested_sandboxing", "termination_grace_period"]
# What the SDK's `@env.task` does not take, and a task of the language does.
ONLY_IN_THE_LANGUAGE = {"resources", "env_vars", "secrets", "image"}

QUANTITY = re.compile(r"\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?")
NAME_PART = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
PREFIX = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
ENV_NAME = re.compile(r"[ -<>-~]+")

# ---------------------------------------------------------------------------------------------- cannot be written


def not_expressible(program: Program) -> str | None:
    """Why a case is not a program of the language, or None."""
    return next(reasons_not_expressible(program), None)


def reasons_not_expressible(program: Program) -> Iterator[str]:
    """All reasons."""
    context = program.get("context") or {}
    if "image_cache" in context:
        yield "an image cache is part of a deployment of the SDK; flytec has none"
    if "no_root_dir" in context:
        yield "the root directory is part of a deployment of the SDK; flytec has none"
    for template in (program.get("templates") or {}).values():
        order = template.get("helpers_order", DEFAULT_HELPERS)
        if [helper for helper in DEFAULT_HELPERS if helper in order] != order:
            yield "helpers are fields, which have no order"
    for environment in environments(program):
        if environment.get("container_mode") == "from_task":
            yield "tasks of `TaskEnvironment.from_task` have no environment in their name; in the language all have"
        if isinstance(environment.get("image"), dict):
            yield "an image by reference name needs an image cache"
        if isinstance(environment.get("reusable"), dict) and None in environment["reusable"].values():
            yield "None is a value to the SDK; `null` takes an inherited value away, and is none"
    for _, _, task in tasks(program):
        if not runs_command(task) and ONLY_IN_THE_LANGUAGE & set(task):
            yield "a task of the language takes every setting of its environment, the SDK's decorator does not"


def arguments(program: Program) -> list[str]:
    """What the command line adds for the context of a case."""
    bundle = (program.get("context") or {}).get("code_bundle") or {}
    given = [("--code-bundle", bundle.get("tgz")), ("--code-dest", bundle.get("destination"))]
    return [word for flag, value in given if value is not None for word in (flag, value)]


# ------------------------------------------------------------------------------------------- refused on purpose


def difference(program: Program, name: str, lost: dict[str, list[str]]) -> str | None:
    """Why the language refuses a task or variant that the SDK takes, or None.

    `lost` says for each template which fields the Kubernetes client dropped."""
    return next(differences(program, name, lost), None)


def differences(program: Program, name: str, lost: dict[str, list[str]]) -> Iterator[str]:
    """All reasons."""
    found = layers(program, name)
    templates = [layer["pod_template"] for layer in found if layer.get("pod_template")]
    policy = effective(program, name, "reusable")
    if isinstance(policy, dict) and effective(program, name, "pod_template"):
        yield "reusable takes no pod_template"
    for template in templates:
        if isinstance(template, str):
            yield from (f"unknown field {path}" for path in lost.get(template, []))
            yield from template_faults(program["templates"][template])
    for layer in found:
        yield from settings_faults(layer)
        counted = Counter(task["name"] for task in layer.get("tasks", []))
        yield from (f"task {task!r} is declared twice" for task, times in counted.items() if times > 1)


def settings_faults(settings: Json) -> Iterator[str]:
    """What is wrong with the settings of one layer."""
    for key in settings.get("env_vars") or {}:
        yield from env_name_faults(key)
    resources = settings.get("resources")
    for key, value in (resources if isinstance(resources, dict) else {}).items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, bool):
                yield f"{key}: a boolean is not a number"
            elif isinstance(item, str) and key != "gpu" and not (key == "shm" and item == "auto"):
                yield from quantity_faults(key, item)


def template_faults(template: Json) -> Iterator[str]:
    """What is wrong with a template."""
    for key, value in (template.get("labels") or {}).items():
        yield from key_faults("label", key)
        if isinstance(value, str) and value and not (len(value) <= 63 and NAME_PART.fullmatch(value)):
            yield f"label value {value!r} is malformed"
    for key in template.get("annotations") or {}:
        yield from key_faults("annotation", key.lower())
    spec = template.get("pod_spec") or {}
    containers = [*(spec.get("initContainers") or []), *(spec.get("containers") or [])]
    counted = Counter(container["name"] for container in containers)
    yield from (f"container {name!r} is there twice" for name, times in counted.items() if times > 1)
    for container in containers:
        yield from container_faults(container)


def container_faults(container: Json) -> Iterator[str]:
    """What is wrong with a container."""
    for variable in container.get("env") or []:
        yield from env_name_faults(variable["name"])
    resources = container.get("resources") or {}
    for amounts in (resources.get("limits") or {}, resources.get("requests") or {}):
        for key, value in amounts.items():
            yield from quantity_faults(key, value)


def env_name_faults(name: str) -> Iterator[str]:
    """An environment variable's name, as Kubernetes 1.34 has it."""
    if not ENV_NAME.fullmatch(name):
        yield f"environment variable name {name!r} is malformed"


def quantity_faults(key: str, text: str) -> Iterator[str]:
    """A quantity, which no resource has less than none of."""
    if not QUANTITY.fullmatch(text):
        yield f"{key}: {text!r} is no quantity that can be asked for"


def key_faults(what: str, key: str) -> Iterator[str]:
    """The key of a label or annotation."""
    prefix, slash, name = key.rpartition("/")
    well_formed = len(name) <= 63 and NAME_PART.fullmatch(name)
    if not well_formed or slash and not (len(prefix) <= 253 and PREFIX.fullmatch(prefix)):
        yield f"{what} key {key!r} is malformed"
