#!/usr/bin/env python3
"""Makes the fixtures: every case that the language can say, as `.flyteenv` text with what the real SDK makes of it.

    make.py --python VENV/bin/python     asks the SDK, and keeps its answers in results.jsonl
    make.py                              takes the answers from results.jsonl

README.md says how to set the venv up, and what a fixture looks like.
"""

from __future__ import annotations

import argparse
import copy
import json
import pathlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import limits
import program as programs
import text
from program import ANY_IMAGE, HERE, Json, Program, Result, Sdk, Source

FIXTURES = HERE / "fixtures"
NOT_EXPRESSIBLE = HERE / "not_expressible.md"
LONGEST_MESSAGE = 300


@dataclass
class Fixture:
    """One program, with what is expected of it."""

    name: str
    source: Source
    program: Program
    pods: dict[str, Json] | None = None
    facts: dict[str, Json] | None = None
    sdk_error: Json = None
    differs: str | None = None


@dataclass
class Made:
    """What came of all cases."""

    fixtures: list[Fixture] = field(default_factory=list)
    not_expressible: list[tuple[str, str, str]] = field(default_factory=list)


# ---------------------------------------------------------------------------------------------------- one case


def make_case(sdk: Sdk, source: Source, made: Made) -> None:
    """The fixtures of one case."""
    reason = limits.not_expressible(source.case)
    if reason is not None:
        made.not_expressible.append((source.name, "all of it", reason))
        return
    base = sdk.ask(source.case)
    program = programs.settle(source.case, base)
    result = sdk.ask(program)
    check_settled(source, base, result)
    if result.get("stage") == "define":
        error = result["errors"][0]
        smaller = programs.place_of_error(program, error["where"])
        made.fixtures.append(refused(sdk, source, smaller if has_error(sdk, smaller, error) else program, error))
    elif result.get("stage") == "plan":
        made.fixtures.append(refused(sdk, source, program, result["errors"][0]))
    else:
        split(sdk, source, program, made)


def check_settled(source: Source, base: Result, result: Result) -> None:
    """Writing a program as the language says it must not change what the SDK makes of it."""
    def essence(answer: Result) -> Json:
        entries = [*answer["tasks"].items(), *answer["variants"].items()]
        return [answer.get("errors"), [(name, pod_of(entry), custom_of(entry)) for name, entry in entries]]

    if essence(base) != essence(result):
        raise SystemExit(f"{source.name}: the SDK sees another program in what the language says")


def pod_of(entry: Json) -> Json:
    """The pod or container of a task on the wire."""
    template = entry.get("task_spec", {}).get("taskTemplate", {})
    return template.get("k8sPod") or template.get("container")


def custom_of(entry: Json) -> Json:
    """What a reusable task carries."""
    return entry.get("task_spec", {}).get("taskTemplate", {}).get("custom")


def split(sdk: Sdk, source: Source, program: Program, made: Made) -> None:
    """One fixture with all that is good, and one for each thing that is refused."""
    verdicts = {name: verdict(sdk, program, name) for name in names(program)}
    good = {name for name, (error, differs) in verdicts.items() if error is None and differs is None}
    good = {name for name in good if all(above in good for above in bases(program, name))}
    tasks_left = {name for name in good if not name.startswith("@")}
    if good or not verdicts:
        variants_left = {name[1:] for name in good - tasks_left}
        # What a random program does not use proves nothing.
        smaller = programs.part(program, tasks_left, variants_left, unused=source.about is not None)
        made.fixtures.append(accepted(sdk, source, smaller))
    seen: set[str] = set()
    for name, (error, differs) in verdicts.items():
        if name in good:
            continue
        bad_base = next((above for above in bases(program, name) if above in verdicts and above not in good), None)
        if bad_base is not None:
            made.not_expressible.append((source.name, f"`{name}`", f"it is made from `{bad_base}`, which is refused"))
            continue
        why = differs or f"{error['type']}: {error['message']}"
        if source.about is None and why in seen:
            continue  # A random program says the same thing often.
        seen.add(why)
        smaller = alone(program, name, tasks_left)
        only = list(verdicts) == [name]
        made.fixtures.append(refused(sdk, source, smaller, error, differs=differs, name=name, suffix=not only))


def names(program: Program) -> list[str]:
    """All tasks (`env.task`) and variants (`@variant`)."""
    full_names = dict.fromkeys(full_name for full_name, _, _ in programs.tasks(program))
    return [*full_names, *(f"@{override['as']}" for override in programs.overrides(program))]


def bases(program: Program, name: str) -> list[str]:
    """What a variant is made from: variants and a task, the nearest first."""
    if not name.startswith("@"):
        return []
    return [found["task"] for found in programs.chain(program, name[1:])]


def alone(program: Program, name: str, others: set[str]) -> Program:
    """A task or variant with what it needs. A variant of a task that does not exist stands beside those that do."""
    if not name.startswith("@"):
        return programs.part(program, {name}, set(), unused=False)
    task = programs.task_of(program, name[1:])
    known = {full_name for full_name, _, _ in programs.tasks(program)}
    kept = {task} if task in known else others
    return programs.part(program, kept, programs.variants_to(program, name[1:]), unused=False)


# ---------------------------------------------------------------------------------------------------- verdicts


def verdict(sdk: Sdk, program: Program, name: str) -> tuple[Json, str | None]:
    """The SDK's error for a task or variant, and why the language refuses it where the SDK does not."""
    found = entry(sdk.ask(program), name)
    if found["verdict"] == "error":
        return found["error"], None
    lost = {key: made.get("lost", []) for key, made in sdk.ask(program)["templates"].items()}
    return None, limits.difference(program, name, lost) or missing_image(sdk, program, name)


def entry(result: Result, name: str) -> Json:
    """The result of a task or variant."""
    return result["variants"][name[1:]] if name.startswith("@") else result["tasks"][name]


def missing_image(sdk: Sdk, program: Program, name: str) -> str | None:
    """The SDK lets an image be None, and then sends an empty one."""
    found = entry(sdk.ask(programs.for_pods(program)), name)
    primary = found["task_spec"]["taskTemplate"]["config"]["primary_container_name"]
    containers = pod_of(found)["podSpec"]["containers"]
    images = [container.get("image") for container in containers if container["name"] == primary]
    return None if all(images) else "an image is required"


def has_error(sdk: Sdk, program: Program, error: Json) -> bool:
    """Whether a program has this error, and no other."""
    errors = sdk.ask(program).get("errors") or []
    same = all(found["message"] == error["message"] and found["type"] == error["type"] for found in errors)
    return same and error["where"] in [found["where"] for found in errors]


def has_difference(sdk: Sdk, program: Program, name: str, differs: str) -> bool:
    """Whether the language refuses this part of a program, and the SDK nothing."""
    result = sdk.ask(program)
    if result["verdict"] == "error" or name not in names(program):
        return False
    return verdict(sdk, program, name) == (None, differs)


# ---------------------------------------------------------------------------------------------------- fixtures


def refused(
    sdk: Sdk, source: Source, program: Program, error: Json, *,
    differs: str | None = None, name: str = "", suffix: bool = False,
) -> Fixture:
    """A fixture that must not compile. A random one is made as small as it can be."""
    def still(smaller: Program) -> bool:
        if differs is None:
            return has_error(sdk, smaller, error)
        return has_difference(sdk, smaller, name, differs)

    program = with_image(program, still)
    if source.about is None:
        program = programs.shrink(program, still)
    shown = f"{source.name}--refused-{programs.slug(name.lstrip('@'))}" if suffix else source.name
    return Fixture(shown, source, program, sdk_error=short_error(error), differs=differs)


def with_image(program: Program, still: Callable[[Program], bool]) -> Program:
    """A program that is not refused for having no image, unless that is what it is about."""
    smaller = copy.deepcopy(program)
    for environment in programs.environments(smaller):
        if environment.get("image", "") is None:
            environment["image"] = ANY_IMAGE
    return smaller if still(smaller) else program


def short_error(error: Json) -> Json:
    """An error of the SDK without the endless lists in it."""
    if error is None or len(error["message"]) <= LONGEST_MESSAGE:
        return error
    return error | {"message": error["message"][:LONGEST_MESSAGE] + "…"}


def accepted(sdk: Sdk, source: Source, program: Program) -> Fixture:
    """A fixture that must compile to these pods."""
    as_pods, as_they_are = sdk.ask(programs.for_pods(program)), sdk.ask(programs.for_facts(program))
    pods, facts = {}, {}
    for name in names(program):
        shown = f"{programs.task_of(program, name[1:])}{'@' + name[1:]}" if name.startswith("@") else name
        pods[shown] = expected_pod(entry(as_pods, name))
        facts[shown] = expected_facts(program, name, entry(as_they_are, name), entry(as_pods, name))
    return Fixture(source.name, source, program, pods=pods, facts=facts)


def expected_pod(found: Json) -> Json:
    """The pod, with the primary's name, which the SDK's task path leaves to the task's config."""
    template = found["task_spec"]["taskTemplate"]
    return template["k8sPod"] | {"primaryContainerName": template["config"]["primary_container_name"]}


def expected_facts(program: Program, name: str, found: Json, with_pod: Json) -> Json:
    """What the SDK says of a task beside its pod. Messages are proto3 JSON as they are; null is absent."""
    spec, attributes = found["task_spec"], found["attrs"]
    template = spec["taskTemplate"]
    metadata = template["metadata"]
    cache = programs.effective(program, name, "cache")
    version = cache.get("version_override") if isinstance(cache, dict) else None
    return {
        "environment": spec["environment"]["name"],
        "description": attributes["environment_description"],
        "depends_on": attributes["depends_on"],
        "short_name": spec["shortName"],
        "type": template["type"],
        "pod_template_name": metadata.get("podTemplateName"),
        "queue": attributes["queue"],
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
        "discovery_version": version if metadata.get("discoveryVersion") == version else None,
        "generates_deck": metadata["generatesDeck"],
        "debuggable": metadata.get("debuggable", False),
        "is_entrypoint": metadata.get("isEntrypoint", False),
        "code_bundle_uri": metadata.get("codeBundleUri"),
        "reuse_policy": template.get("reusePolicy"),
        "custom": template.get("custom"),
        "custom_with_pod": custom_of(with_pod),
    }


# ------------------------------------------------------------------------------------------------------ writing


def content(fixture: Fixture) -> Json:
    """A fixture's JSON."""
    head = {
        "about": fixture.source.about,
        "case": fixture.source.case["id"],
        "arguments": limits.arguments(fixture.program),
    }
    bundle = (fixture.program.get("context") or {}).get("code_bundle")
    if bundle:
        head["code_bundle_version"] = bundle["computed_version"]
    if fixture.pods is None:
        return head | {"refused": True, "differs": fixture.differs, "sdk_error": fixture.sdk_error}
    return head | {"pods": fixture.pods, "facts": fixture.facts}


def write(fixture: Fixture) -> None:
    """A fixture's files."""
    path = FIXTURES / fixture.name
    path.with_name(f"{fixture.name}.flyteenv").write_text(text.render(fixture.program, merged=False))
    if fixture.pods is not None:
        path.with_name(f"{fixture.name}.merged.flyteenv").write_text(text.render(fixture.program, merged=True))
    path.with_name(f"{fixture.name}.json").write_text(pretty(content(fixture), "") + "\n")


def pretty(value: Json, indent: str) -> str:
    """JSON with everything on one line that fits on one."""
    on_one_line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or not value or len(indent) + len(on_one_line) <= text.WIDTH:
        return on_one_line
    deeper = indent + " "
    if isinstance(value, dict):
        keys = {key: json.dumps(key, ensure_ascii=False) for key in value}
        lines = [f"{deeper}{keys[key]}: {pretty(item, deeper)}" for key, item in value.items()]
        return "\n".join(["{", ",\n".join(lines), f"{indent}}}"])
    return "\n".join(["[", ",\n".join(f"{deeper}{pretty(item, deeper)}" for item in value), f"{indent}]"])


def write_not_expressible(made: Made) -> None:
    """The list of what is no fixture."""
    rows = [f"| {case} | {what} | {why} |" for case, what, why in made.not_expressible]
    head = ["# Not expressible", "", "What of the cases is no fixture, and why. Made by `make.py`.", ""]
    NOT_EXPRESSIBLE.write_text("\n".join([*head, "| case | what | why |", "|---|---|---|", *rows]) + "\n")


def summary(made: Made) -> Iterator[str]:
    """Counts."""
    kinds = Counter(
        "accepted" if fixture.pods is not None else "refused on purpose" if fixture.differs else "refused as by the SDK"
        for fixture in made.fixtures
    )
    yield from (f"{count:4} {kind}" for kind, count in sorted(kinds.items()))
    yield f"{sum(len(fixture.pods or {}) for fixture in made.fixtures):4} pods"
    yield f"{len(made.not_expressible):4} not expressible"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", help="the Python of a venv with the SDK")
    parser.add_argument("--results", type=pathlib.Path, default=HERE / "results.jsonl", help="the SDK's stored answers")
    options = parser.parse_args()
    sdk, made = Sdk(options.python, options.results), Made()
    for source in programs.sources():
        make_case(sdk, source, made)
    sdk.close()
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir()
    for fixture in made.fixtures:
        write(fixture)
    if len({fixture.name for fixture in made.fixtures}) != len(made.fixtures):
        raise SystemExit("two fixtures have one name")
    write_not_expressible(made)
    print("\n".join(summary(made)))


if __name__ == "__main__":
    main()
