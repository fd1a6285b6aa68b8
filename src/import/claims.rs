//! The volumes that a `StatefulSet` makes of its claims.
//!
//! In: the spec of its pods, and its `volumeClaimTemplates`. Out: the spec with a volume for each of them. Always: a volume has a claim of its
//! own, made with its pod and deleted with it, for a task has no pod whose claim it could keep; as in Kubernetes, the volume of a
//! claim stands for one of the same name. Not here: what is said of it.

use std::collections::BTreeSet;

use crate::data::{Key, Kind, Node};

use super::nodes::{entries, entry, items, text, value};

/// The spec with the volumes of these claims.
pub fn with_volumes(spec: &Node, claims: &Node) -> Node {
    let made: Vec<Node> = items(claims).iter().filter_map(volume).collect();
    let names: BTreeSet<&str> = made.iter().filter_map(name).collect();
    let old = value(spec, "volumes").map(items).unwrap_or_default();
    let kept = old.iter().filter(|volume| name(volume).is_none_or(|name| !names.contains(name)));
    let volumes: Vec<Node> = kept.chain(&made).cloned().collect();
    let mut fields = entries(spec).to_vec();
    let place = entry(spec, "volumes").map_or(claims.span, |(key, _)| key.span);
    fields.retain(|(key, _)| key.text != "volumes");
    fields.push((Key { text: "volumes".into(), span: place }, Node { span: claims.span, kind: Kind::List(volumes) }));
    Node { span: spec.span, kind: Kind::Map(fields) }
}

fn name(volume: &Node) -> Option<&str> {
    value(volume, "name").and_then(text)
}

/// The volume of a claim; nothing where it has no name.
fn volume(claim: &Node) -> Option<Node> {
    let metadata = value(claim, "metadata")?;
    let name = entry(metadata, "name").filter(|(_, name)| text(name).is_some())?;
    let told = ["labels", "annotations"].iter().filter_map(|key| entry(metadata, key));
    let told: Vec<(Key, Node)> = told.map(|(key, node)| (key.clone(), node.clone())).collect();
    let mut template = Vec::new();
    if let Some((key, _)) = entry(claim, "metadata").filter(|_| !told.is_empty()) {
        template.push((key.clone(), Node { span: metadata.span, kind: Kind::Map(told) }));
    }
    template.extend(entry(claim, "spec").map(|(key, spec)| (key.clone(), spec.clone())));
    let inside = |key: &str, fields: Vec<(Key, Node)>| {
        let key = Key { text: key.into(), span: claim.span };
        vec![(key, Node { span: claim.span, kind: Kind::Map(fields) })]
    };
    let mut fields = vec![(name.0.clone(), name.1.clone())];
    fields.extend(inside("ephemeral", inside("volumeClaimTemplate", template)));
    Some(Node { span: claim.span, kind: Kind::Map(fields) })
}
