"""Programs as `.flyteenv` text, in two styles.

Plain: `pod_spec = { … }`, everything set with `=`. Merged: blocks and labelled blocks wherever they mean the same.
"""

from __future__ import annotations

import math
import re
from typing import Any

from program import Json, Program, effective, environments, overrides, runs_command, task_of, tasks

WIDTH = 100
INDENT = "  "
RESERVED = {"true", "false", "null", "if", "then", "else", "for", "in"}
BARE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
DURATION_UNITS = {"days", "hours", "minutes", "seconds"}

# Which lists have a key, and what their elements are: (kind of object, field) -> (key, kind of the elements).
KEYED_LISTS = {
    ("pod_spec", "containers"): ("name", "container"),
    ("pod_spec", "initContainers"): ("name", "container"),
    ("pod_spec", "volumes"): ("name", "other"),
    ("pod_spec", "imagePullSecrets"): ("name", "other"),
    ("pod_spec", "resourceClaims"): ("name", "other"),
    ("pod_spec", "schedulingGates"): ("name", "other"),
    ("pod_spec", "hostAliases"): ("ip", "other"),
    ("pod_spec", "topologySpreadConstraints"): ("topologyKey", "other"),
    ("container", "env"): ("name", "other"),
    ("container", "volumeMounts"): ("mountPath", "other"),
    ("container", "volumeDevices"): ("devicePath", "other"),
    ("container", "ports"): ("containerPort", "other"),
}
RANGES = {"cpu", "memory", "disk", "shm"}
# Settings that a block may set, where nothing is inherited that it would merge into.
BLOCKS = {"env_vars", "resources", "reusable"}
NOT_WRITTEN = {"name", "async", "command", "args", "tasks", "module", "as", "task"}


class Range(tuple[Json, Json]):
    """A pair that is written `a..b`."""


class Span(str):
    """A span of time as it is written: `1h30m`."""


class Reference(str):
    """The name of a declaration."""


# ------------------------------------------------------------------------------------------------------- values


def string(text: str) -> str:
    """A quoted string."""
    escaped = "".join(character(letter) for letter in text).replace("${", "\\${")
    return f'"{escaped}"'


def character(letter: str) -> str:
    """One character of a quoted string."""
    if letter in ESCAPES:
        return ESCAPES[letter]
    return letter if letter.isprintable() or ord(letter) >= 0xA0 else f"\\u{{{ord(letter):X}}}"


def name(text: str) -> str:
    """A name or a key, quoted where it has to be."""
    return text if BARE_NAME.fullmatch(text) and text not in RESERVED else string(text)


def scalar(value: Json) -> str:
    """A value that has no parts."""
    if isinstance(value, Reference):
        return name(value)
    if isinstance(value, Span):
        return str(value)
    if isinstance(value, str):
        return string(value)
    if isinstance(value, Range):
        return f"{scalar(value[0])}..{scalar(value[1])}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return repr(value)


def value_text(value: Json, indent: str) -> str:
    """A value; over several lines where one is too short."""
    on_one_line = inline(value)
    if len(indent) + len(on_one_line) <= WIDTH:
        return on_one_line
    deeper = indent + INDENT
    if isinstance(value, dict):
        lines = [f"{deeper}{name(key)} = {value_text(item, deeper)}" for key, item in value.items()]
        return "\n".join(["{", *lines, f"{indent}}}"])
    if isinstance(value, list):
        lines = [f"{deeper}{value_text(item, deeper)}," for item in value]
        return "\n".join(["[", *lines, f"{indent}]"])
    return on_one_line


def inline(value: Json) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        entries = ", ".join(f"{name(key)} = {inline(item)}" for key, item in value.items())
        return f"{{ {entries} }}" if entries else "{}"
    if isinstance(value, list):
        return f"[{', '.join(inline(item) for item in value)}]"
    return scalar(value)


# ------------------------------------------------------------------------------------------------------- blocks


def set_entry(key: str, value: Json, indent: str) -> list[str]:
    """`key = value`."""
    return [f"{indent}{name(key)} = {value_text(value, indent)}"]


def block(head: str, fields: Json, kind: str, indent: str) -> list[str]:
    """`head { … }`, each field in the way that merges."""
    if not fields:
        return [f"{indent}{head} {{}}"]
    lines = [line for key, value in fields.items() for line in merged_entry(key, value, kind, indent + INDENT)]
    if len(lines) == 1 and not lines[0].endswith(("{", "[")):
        short = f"{indent}{head} {{ {lines[0].strip()} }}"
        if len(short) <= WIDTH:
            return [short]
    return [f"{indent}{head} {{", *lines, f"{indent}}}"]


def merged_entry(key: str, value: Json, kind: str, indent: str) -> list[str]:
    """A field as a block, as labelled blocks, or where neither can be, with `=`."""
    if isinstance(value, dict):
        return block(name(key), value, "pod_spec" if key == "pod_spec" else "other", indent)
    label, kind_of_elements = KEYED_LISTS.get((kind, key), (None, "other"))
    if label is not None and has_labels(value, label):
        lines = []
        for element in value:
            rest = {field: item for field, item in element.items() if field != label}
            written = str(element[label]) if isinstance(element[label], int) else name(element[label])
            lines += block(f"{name(key)} {written}", rest, kind_of_elements, indent)
        return lines
    return set_entry(key, value, indent)


def has_labels(value: Json, label: str) -> bool:
    """Whether every element of a list has a label of its own."""
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        return False
    wanted = int if label == "containerPort" else str
    labels = [item.get(label) for item in value]
    return all(type(found) is wanted for found in labels) and len(set(labels)) == len(labels)


# ------------------------------------------------------------------------------------------------------ settings


def setting(key: str, value: Json) -> Json:
    """A setting's value as the language has it."""
    if key == "pod_template":
        return pod_template(value)
    if key == "reusable":
        return reusable(value)
    if key == "resources" and isinstance(value, dict):
        return {field: resource(field, item) for field, item in value.items()}
    if key == "depends_on":
        return [Reference(item) if name(item) == item else item for item in value]
    return spans(value) if key in ("timeout", "retries", "cache", "termination_grace_period") else value


def pod_template(value: Json) -> Json:
    """A template's name is a reference, a named one a string."""
    if isinstance(value, dict) and set(value) == {"named"}:
        return value["named"]
    return Reference(value) if isinstance(value, str) else value


def reusable(value: Json) -> Json:
    """A policy, `true` for the default one, `false` for none."""
    if value == "off":
        return False
    if value == {}:
        return True
    if not isinstance(value, dict):
        return value
    return {key: pair(item) if key == "replicas" else spans(item) for key, item in value.items()}


def resource(key: str, value: Json) -> Json:
    """One resource: pairs are ranges."""
    if key == "gpu" and isinstance(value, dict):
        return {field: item for field, item in value.items() if field != "raw"}
    return pair(value) if key in RANGES else value


def pair(value: Json) -> Json:
    """A list of two is a range."""
    return Range(value) if isinstance(value, list) and len(value) == 2 else value


def spans(value: Json) -> Json:
    """A value with its spans of time as literals."""
    if not isinstance(value, dict):
        return value
    if value and set(value) <= DURATION_UNITS:
        return Span(span(value))
    return {key: spans(item) for key, item in value.items()}


def span(parts: Json) -> str:
    """`{"minutes": 10}` is `10m`. Days, and several units, come out in hours, minutes and seconds."""
    if len(parts) == 1 and "days" not in parts:
        ((unit, amount),) = parts.items()
        return f"{amount}{unit[0]}"
    seconds = {"days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}
    left = math.fsum(amount * seconds[unit] for unit, amount in parts.items())
    text = ""
    for unit, length in (("h", 3600), ("m", 60)):
        whole, left = divmod(left, length)
        text += f"{int(whole)}{unit}" if whole else ""
    return text + (f"{left:g}s" if left or not text else "")


# -------------------------------------------------------------------------------------------------- declarations


def render(program: Program, *, merged: bool) -> str:
    """The whole file."""
    parts = [template(key, fields, merged) for key, fields in (program.get("templates") or {}).items()]
    parts += [environment(program, fields, merged) for fields in environments(program)]
    parts += [override(program, fields, merged) for fields in overrides(program)]
    return "\n".join("\n".join(lines) + "\n" for lines in parts)


def declaration(head: str, lines: list[str]) -> list[str]:
    """`head { … }` at the top level."""
    return [f"{head} {{", *lines, "}"] if lines else [f"{head} {{}}"]


def template(key: str, fields: Json, merged: bool) -> list[str]:
    """A template."""
    lines = []
    for field, value in fields.items():
        if field in ("from_spec", "helpers_order"):
            continue
        if merged and field in ("labels", "annotations", "pod_spec") and isinstance(value, dict):
            lines += merged_entry(field, value, "template", INDENT)
        else:
            lines += set_entry(field, setting(field, value), INDENT)
    return declaration(f"template {name(key)}", lines)


def environment(program: Program, fields: Json, merged: bool) -> list[str]:
    """An environment with its tasks."""
    # An image that is None is one that is not given.
    given = {key: value for key, value in fields.items() if not (key == "image" and value is None)}
    lines = settings(given, INDENT, blocks=BLOCKS if merged else set())
    for task_fields in fields.get("tasks", []):
        lines += ["", *task(program, fields, task_fields)] if lines else task(program, fields, task_fields)
    return declaration(f"environment {name(fields['name'])}", lines)


def settings(fields: Json, indent: str, blocks: set[str]) -> list[str]:
    """Settings, those in `blocks` as blocks."""
    lines = []
    for key, value in fields.items():
        if key in NOT_WRITTEN:
            continue
        written = setting(key, value)
        if key in blocks and isinstance(written, dict):
            lines += setting_block(key, written, indent)
        else:
            lines += set_entry(key, written, indent)
    return lines


def setting_block(key: str, fields: Json, indent: str) -> list[str]:
    """A setting as a block; what is in it is set."""
    lines = [line for field, value in fields.items() for line in set_entry(field, value, indent + INDENT)]
    return [f"{indent}{key} {{", *lines, f"{indent}}}"] if lines else [f"{indent}{key} {{}}"]


def task(program: Program, environment_fields: Json, fields: Json) -> list[str]:
    """A task inside its environment."""
    inner = INDENT + INDENT
    if runs_command(fields):
        # The SDK puts both into the container's arguments.
        runs = set_entry("args", [*fields.get("command", []), *fields.get("args", [])], inner)
    else:
        module = environment_fields.get("module") or re.sub(r"[^0-9A-Za-z_]", "_", environment_fields["name"])
        runs = set_entry("function", f"{module}:{fields['name']}", inner)
        runs += set_entry("async", fields.get("async", True), inner)
    lines = [*runs, *settings(fields, inner, blocks=set())]
    return [f"{INDENT}task {name(fields['name'])} {{", *lines, f"{INDENT}}}"]


def override(program: Program, fields: Json, merged: bool) -> list[str]:
    """A variant. A block would merge into what is inherited, so it stands only where nothing is."""
    variant = f"@{fields['as']}"
    blocks = {key for key in BLOCKS if merged and not effective(program, variant, key, own=False)}
    head = f"override {base_name(program, fields)} as {name(fields['as'])}"
    return declaration(head, settings(fields, "  ", blocks))


def base_name(program: Program, fields: Json) -> str:
    """`env.task`, or `env.task@variant` where a variant is overridden again."""
    above = fields["task"]
    suffix = ""
    if above.startswith("@"):
        suffix = f"@{name(above[1:])}"
        above = task_of(program, fields["as"])
    known = {full_name: (found["name"], inner["name"]) for full_name, found, inner in tasks(program)}
    parts: Any = known.get(above) or above.split(".", 1)
    return ".".join(name(piece) for piece in parts) + suffix
