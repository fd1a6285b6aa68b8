"""The cases as programs: reading them, asking the SDK about them, and making other programs out of them.

A program is a case's JSON (README.md has its form). Every function here that changes a program gives a new one.
"""

from __future__ import annotations

import copy
import json
import pathlib
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Json = Any
Program = dict[str, Json]
Result = dict[str, Json]
Path = tuple[str | int, ...]

HERE = pathlib.Path(__file__).parent
# The SDK's image where none is given. It depends on the Python that runs it, so the programs always write it out.
DEFAULT_IMAGE = "ghcr.io/flyteorg/flyte:py3.11-v2.12.1"
# An image for where an image is not what a refusal is about.
ANY_IMAGE = "img:1"
# A template with nothing in it, which makes the SDK serialise a pod where it would serialise a container.
EMPTY_TEMPLATE = "__empty"


@dataclass(frozen=True)
class Source:
    """A committed case."""

    name: str
    about: str | None
    case: Program


def sources() -> Iterator[Source]:
    """All committed cases, in order."""
    for path in sorted((HERE / "cases").glob("*.json")):
        content = json.loads(path.read_text())
        yield Source(path.stem, content["about"], content["case"])
    for line in (HERE / "cases" / "random.jsonl").read_text().splitlines():
        case = json.loads(line)
        yield Source(case["id"], None, case)


class Sdk:
    """The real SDK behind `oracle.py`, and its stored answers."""

    def __init__(self, python: str | None, store: pathlib.Path) -> None:
        self.store = store
        self.answers: dict[str, Result] = {}
        self.process: subprocess.Popen[str] | None = None
        if store.exists():
            for line in store.read_text().splitlines():
                answer = json.loads(line)
                self.answers[json.dumps(answer["case"])] = answer["expect"]
        if python is not None:
            command = [python, str(HERE / "oracle.py"), "batch", "-"]
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, program: Program) -> Result:
        """What the SDK makes of a program."""
        question = json.dumps(program)
        if question not in self.answers:
            self.answers[question] = self.run(question)
        return self.answers[question]

    def run(self, question: str) -> Result:
        """Asks the process."""
        if self.process is None or self.process.stdin is None or self.process.stdout is None:
            raise SystemExit(f"{self.store} has no answer to {question[:200]}; give --python")
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        answer: Result = json.loads(self.process.stdout.readline())["expect"]
        return answer

    def close(self) -> None:
        """Ends the process, and keeps what it said."""
        if self.process is None:
            return
        self.process.communicate()
        lines = (json.dumps({"case": json.loads(question), "expect": answer}, ensure_ascii=False) + "\n"
                 for question, answer in self.answers.items())
        self.store.write_text("".join(lines))


# ------------------------------------------------------------------------------------------------ looking around


def environments(program: Program) -> list[Json]:
    """The environments, in order."""
    return program.get("environments") or []


def overrides(program: Program) -> list[Json]:
    """The overrides, in order."""
    return program.get("overrides") or []


def tasks(program: Program) -> Iterator[tuple[str, Json, Json]]:
    """Every task: its full name, its environment and itself."""
    for environment in environments(program):
        for task in environment.get("tasks", []):
            yield f"{environment['name']}.{task['name']}", environment, task


def runs_command(task: Json) -> bool:
    """Whether a task runs a command, rather than a Python function."""
    return "command" in task or "args" in task


def chain(program: Program, variant: str) -> list[Json]:
    """The overrides that lead to a variant, the variant's own first. Unknown ones end it."""
    known = {override["as"]: override for override in overrides(program)}
    found = [known[variant]]
    while found[-1]["task"].startswith("@") and found[-1]["task"][1:] in known:
        found.append(known[found[-1]["task"][1:]])
    return found


def task_of(program: Program, variant: str) -> str:
    """The full name of the task that a variant comes from in the end."""
    return str(chain(program, variant)[-1]["task"])


def layers(program: Program, name: str) -> list[Json]:
    """The settings that a task (`env.task`) or variant (`@variant`) is made of, the most specific first."""
    above = chain(program, name[1:]) if name.startswith("@") else []
    full_name = above[-1]["task"] if above else name
    own = [[task, environment] for found, environment, task in tasks(program) if found == full_name]
    return above + (own[0] if own else [])


def effective(program: Program, name: str, setting: str, *, own: bool = True) -> Json:
    """A setting of a task or variant as the SDK resolves it: the first layer that says something true-ish."""
    for layer in layers(program, name)[0 if own else 1:]:
        value = layer.get(setting)
        if value or setting == "reusable" and value == {}:  # The default policy is one.
            return value
    return None


def uses(program: Program) -> list[str]:
    """The templates that something uses."""
    places = [*environments(program), *(task for _, _, task in tasks(program)), *overrides(program)]
    return [place["pod_template"] for place in places if isinstance(place.get("pod_template"), str)]


# ------------------------------------------------------------------------------------------- as the language says


def settle(program: Program, base: Result) -> Program:
    """The program as `.flyteenv` says it: the defaults that the language does not have are written out, and what
    only Python has (types of inputs, values that count as not given) is left out."""
    settled = copy.deepcopy(program)
    for name, template in (settled.get("templates") or {}).items():
        settle_template(template, base["templates"].get(name))
    for environment in environments(settled):
        if environment.get("image", "auto") == "auto":
            environment["image"] = DEFAULT_IMAGE
        drop_none(environment, but="image")
        for task in environment.get("tasks", []):
            drop_none(task)
            for key in ("inputs", "outputs", "returns"):
                task.pop(key, None)
            if runs_command(task) and environment["image"] is None:
                task.setdefault("image", DEFAULT_IMAGE)
    for override in overrides(settled):
        drop_none(override)
        drop_ignored(settled, override)
    return settled


def settle_template(template: Json, made: Json | None) -> None:
    """`from_spec` chooses the primary's name; the language has it written. Where it fails, it stays, to fail again."""
    if made is not None and template.pop("from_spec", False) and made["primary_container_name"] != "primary":
        template["primary_container_name"] = made["primary_container_name"]


def drop_none(settings: Json, but: str | None = None) -> None:
    """Python's None stands for "not given"."""
    for key in [key for key, value in settings.items() if value is None and key != but]:
        del settings[key]


def drop_ignored(program: Program, override: Json) -> None:
    """An empty value in an override is "not given" to the SDK, while `=` replaces. Where the two differ, it goes.
    What a pool shares the SDK refuses on a reusable task even where it is empty, so there it stays."""
    name = f"@{override['as']}"
    keys = ["retries", "timeout", "short_name", "queue"]
    if not isinstance(effective(program, name, "reusable"), dict):
        keys += ["resources", "env_vars", "secrets", "service_account"]
    for key in keys:
        if key in override and not override[key] and effective(program, name, key, own=False):
            del override[key]


# --------------------------------------------------------------------------------------- as the SDK is asked for it


def for_facts(program: Program) -> Program:
    """What to ask for everything beside the pod: a command task has the policy of its environment handed to it."""
    asked = copy.deepcopy(program)
    for _, environment, task in tasks(asked):
        if runs_command(task) and "reusable" in environment:
            task["reusable"] = environment["reusable"]
    return asked


def for_pods(program: Program) -> Program:
    """What to ask for the pods: every task has an inline template, an empty one where it has none or a named one."""
    asked = copy.deepcopy(program)
    asked["templates"] = (asked.get("templates") or {}) | {EMPTY_TEMPLATE: {}}
    for environment in environments(asked):
        if not isinstance(environment.get("pod_template"), str):
            environment["pod_template"] = EMPTY_TEMPLATE
    for place in [*(task for _, _, task in tasks(asked)), *overrides(asked)]:
        if isinstance(place.get("pod_template"), dict):
            place["pod_template"] = EMPTY_TEMPLATE
    return asked


# ----------------------------------------------------------------------------------------------- parts of programs


def part(program: Program, kept_tasks: set[str], kept_variants: set[str], *, unused: bool) -> Program:
    """The program with these tasks and variants only, and what they need. `unused` keeps templates that nothing in
    the whole program uses."""
    smaller = copy.deepcopy(program)
    for environment in environments(smaller):
        prefix = f"{environment['name']}."
        if "tasks" in environment:
            environment["tasks"] = [task for task in environment["tasks"] if prefix + task["name"] in kept_tasks]
    kept_environments = closure(smaller, {environment["name"] for environment in environments(smaller)
                                          if environment.get("tasks")})
    if "environments" in smaller:
        smaller["environments"] = [found for found in environments(smaller) if found["name"] in kept_environments]
    for environment in environments(smaller):
        if not environment.get("tasks") and environment.get("reusable"):
            # Only a dependency of others here; the language refuses the two together, the SDK does not.
            environment.pop("pod_template", None)
    if "overrides" in smaller:
        smaller["overrides"] = [found for found in overrides(smaller) if found["as"] in kept_variants]
    used_before, used_now = uses(program), uses(smaller)
    if "templates" in smaller:
        smaller["templates"] = {
            name: template for name, template in (smaller["templates"] or {}).items()
            if name in used_now or unused and name not in used_before
        }
    return without_empty(smaller)


def closure(program: Program, names: set[str]) -> set[str]:
    """The environments of these names and all that they depend on."""
    known = {environment["name"]: environment for environment in environments(program)}
    waiting, found = list(names), set()
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            found.add(name)
            waiting += known[name].get("depends_on") or []
    return found


def without_empty(program: Program) -> Program:
    """Takes empty sections away."""
    sections = ("templates", "environments", "overrides")
    return {key: value for key, value in program.items() if value or key not in sections}


def place_of_error(program: Program, where: str) -> Program:
    """The part of a program that an error while defining comes from, and one user of it where it is a template."""
    kind, _, name = where.partition(":")
    if kind == "template":
        return user_of_template(program, name)
    full_names = [
        found for found, environment, _ in tasks(program)
        if (environment["name"] if kind == "environment" else found) == name
    ]
    return part(program, set(full_names[:1]), set(), unused=False)


def user_of_template(program: Program, name: str) -> Program:
    """The template and the first task, or variant, that has it."""
    for full_name, _, _ in tasks(program):
        if effective(program, full_name, "pod_template") == name:
            return part(program, {full_name}, set(), unused=False)
    for override in overrides(program):
        if override.get("pod_template") == name:
            return part(program, {task_of(program, override["as"])}, variants_to(program, override["as"]), unused=False)
    return {"id": program["id"], "templates": {name: program["templates"][name]}}


def variants_to(program: Program, variant: str) -> set[str]:
    """The variant and those that it is made from."""
    return {override["as"] for override in chain(program, variant)}


def shrink(program: Program, still: Callable[[Program], bool]) -> Program:
    """The program with everything taken away that a refusal does not need. Greedy, from the outside in."""
    smaller = program
    while True:
        found = next((candidate for candidate in smaller_programs(smaller) if still(candidate)), None)
        if found is None:
            return smaller
        smaller = found


def smaller_programs(program: Program) -> Iterator[Program]:
    """The program with one thing less each."""
    for path in removable(program):
        candidate = copy.deepcopy(program)
        inner: Json = candidate
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]
        yield without_empty(candidate)


def removable(program: Program) -> Iterator[Path]:
    """The paths of what can be taken away. What says how a task or container is meant stays: its image, its primary's
    name, what it runs."""
    for index, override in enumerate(overrides(program)):
        yield ("overrides", index)
        yield from setting_paths(("overrides", index), override, {"task", "as"})
    for index, environment in enumerate(environments(program)):
        yield ("environments", index)
        yield from setting_paths(("environments", index), environment, {"name", "image", "tasks"})
        for inner, task in enumerate(environment.get("tasks", [])):
            path = ("environments", index, "tasks", inner)
            yield path
            yield from setting_paths(path, task, {"name", "image", "async", "command", "args"})
    for name, template in (program.get("templates") or {}).items():
        yield ("templates", name)
        yield from (("templates", name, key) for key in template if key != "primary_container_name")
        for key, value in (template.get("pod_spec") or {}).items():
            yield from pod_spec_paths(("templates", name, "pod_spec", key), value)


def setting_paths(path: Path, settings: Json, stays: set[str]) -> Iterator[Path]:
    """Settings, and what is in those that have parts."""
    for key, value in settings.items():
        if key not in stays:
            yield (*path, key)
            yield from ((*path, key, part) for part in (value if isinstance(value, dict) else ()))


def pod_spec_paths(path: Path, value: Json) -> Iterator[Path]:
    """A field of a pod spec, and what its containers and volumes have."""
    yield path
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield (*path, index)
            if isinstance(item, dict):
                yield from ((*path, index, key) for key in item if key != "name")


def slug(name: str) -> str:
    """A name as part of a file's name."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", name)
