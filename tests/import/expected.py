"""What Kubernetes' own client for Python makes of the manifests beside this file.

    python -m venv .venv
    .venv/bin/pip install kubernetes==37.0.2 PyYAML==6.0.4
    .venv/bin/python tests/import/expected.py > tests/import/expected.json

The client reads each pod spec into its own types and writes it again: values of another type are refused, unknown fields and nulls are gone.
What it does not do is done here, as the API server would: amounts that are numbers are texts, whole numbers that are written as floats are
whole, resources of a container that say nothing are none, and a StatefulSet makes a volume of each of its claims.
"""

import json
import pathlib
import re

import yaml
from kubernetes import client

AMOUNTS = ["limits", "requests", "sizeLimit", "overhead", "divisor"]
HERE = pathlib.Path(__file__).parent
WORKLOADS = ["DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet", "Rollout"]
TEMPLATES = {
    "PodTemplate": ["template"],
    "CronJob": ["spec.jobTemplate.spec.template"],
    "Service": ["spec.template"],
    "RayCluster": ["spec.headGroupSpec.template", "spec.workerGroupSpecs.*.template"],
    "PyTorchJob": ["spec.pytorchReplicaSpecs.Master.template", "spec.pytorchReplicaSpecs.Worker.template"],
    "JobSet": ["spec.replicatedJobs.*.template.spec.template"],
    "ClusterServingRuntime": [""],
} | {kind: ["spec.template"] for kind in WORKLOADS}


class Loader(yaml.SafeLoader):
    """YAML 1.1 as Go reads it: `1e9` is a number without a dot, and a date is a text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[0-9]+(\.[0-9]+)?[eE][-+]?[0-9]+$"), list("0123456789"))


def documents(path):
    text = path.read_text()
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    if path.suffix == ".json":
        return [json.loads(text)]
    return list(yaml.load_all(text, Loader=Loader))


def at(value, path):
    """The values at a path; `*` is every item of a list."""
    step, _, rest = path.partition(".")
    if not step:
        return [value]
    inner = value if step == "*" else [value[step]] if step in value else []
    return [found for one in inner for found in at(one, rest)]


def specs(document, kind=None):
    kind = document.get("kind", kind)
    if kind and kind.endswith("List"):
        return [spec for item in document["items"] for spec in specs(item, kind.removesuffix("List"))]
    if kind is None:
        return [document]
    if kind == "Pod":
        return [document["spec"]]
    found = [template["spec"] for path in TEMPLATES.get(kind, []) for template in at(document, path) if "spec" in template]
    if kind == "StatefulSet":
        return [with_claims(spec, document["spec"].get("volumeClaimTemplates") or []) for spec in found]
    return [spec for spec in found if "containers" in spec]


def with_claims(spec, claims):
    made = [volume(claim) for claim in claims]
    names = {one["name"] for one in made}
    kept = [one for one in spec.get("volumes") or [] if one["name"] not in names]
    return {**spec, "volumes": kept + made} if made else spec


def volume(claim):
    told = {key: claim["metadata"][key] for key in ("labels", "annotations") if claim["metadata"].get(key)}
    template = {"spec": claim["spec"]} | ({"metadata": told} if told else {})
    return {"name": claim["metadata"]["name"], "ephemeral": {"volumeClaimTemplate": template}}


def texts(value):
    if isinstance(value, dict):
        return {key: texts(inner) for key, inner in value.items()}
    return value if isinstance(value, str) else str(value)


def whole(value):
    if isinstance(value, dict):
        return {key: texts(whole(inner)) if key in AMOUNTS else whole(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def read(spec):
    spec = whole(spec)
    for container in spec["containers"]:
        # A controller gives the only container a name; flytec gives it the one that Flyte has for such.
        container.setdefault("name", "primary")
    api = client.ApiClient()
    spec = api.sanitize_for_serialization(api.deserialize(json.dumps(spec), "V1PodSpec", "application/json"))
    for container in spec["containers"] + spec.get("initContainers", []):
        if container.get("resources") == {}:
            del container["resources"]
    return spec


def main():
    paths = sorted(path for path in HERE.rglob("*") if path.suffix in (".yaml", ".json", ".jsonl"))
    paths = [path for path in paths if path.name != "expected.json"]
    found = {
        path.relative_to(HERE).as_posix(): [read(spec) for document in documents(path) if document for spec in specs(document)]
        for path in paths
    }
    print(json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False))


main()
