//! What a cluster brings to a pod, from one file: its pod templates, and how Flyte is configured there.
//!
//! In: the text of a cluster file. Out: [`Cluster`], and what is wrong with the file. Always: values are of the types that
//! Kubernetes and Flyte read there (see [`read`]), each at the place where it was written; what was reported is left out.
//! Not here: reading the file, and what becomes of a pod (`preview`).

pub mod config;
pub mod containers;
mod documents;
mod read;
mod words;

use ecow::EcoString;

pub use self::words::ambiguous;

use self::config::Config;
use crate::data::{Key, Node};
use crate::diagnostics::Diagnostics;
use crate::source::{FileId, SourceMap, Span};

/// The namespace in which Flyte looks for a template that the task's own namespace lacks, where the file names none.
///
/// Source: Flyte's chart installs the executor in it; the executor gives its own namespace to its store of templates.
const DEFAULT_NAMESPACE: &str = "flyte";

/// What one file says of a cluster.
#[derive(Debug)]
pub struct Cluster {
    /// The file.
    pub file: FileId,
    /// The pod templates, in the order of the file.
    pub templates: Vec<PodTemplate>,
    /// How Flyte is configured.
    pub config: Config,
    /// The namespace that tasks run in, where the file names it.
    pub namespace: Option<Node>,
    /// The namespace in which Flyte looks for templates next.
    pub default_namespace: EcoString,
    /// The service account of tasks that name none.
    pub service_account: Option<Node>,
}

/// A Kubernetes `v1` `PodTemplate`.
#[derive(Debug)]
pub struct PodTemplate {
    /// Its name.
    pub name: Key,
    /// Its namespace, where the file names it; without one it may be in any.
    pub namespace: Option<EcoString>,
    /// The metadata that its pods get.
    pub metadata: Option<Node>,
    /// The pod spec.
    pub spec: Node,
}

impl PodTemplate {
    /// As messages show it: `namespace/name`.
    #[must_use]
    pub fn full_name(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{namespace}/{}", self.name.text),
            None => self.name.text.to_string(),
        }
    }
}

/// What a name of a template means on a cluster.
#[derive(Debug)]
pub enum Found<'c> {
    /// This template.
    One(&'c PodTemplate),
    /// Any of these, since the file does not say which namespace tasks run in.
    Several(Vec<&'c PodTemplate>),
    /// None.
    Nothing,
}

impl Cluster {
    fn new(file: FileId) -> Self {
        Self {
            file,
            templates: Vec::new(),
            config: Config::default(),
            namespace: None,
            default_namespace: DEFAULT_NAMESPACE.into(),
            service_account: None,
        }
    }

    /// The template that Flyte takes for a name.
    ///
    /// Source: `LoadOrDefault` in Flyte's `pod_template_store.go`: that of the task's namespace, else that of the default one.
    /// A template without a namespace is taken where neither has one.
    #[must_use]
    pub fn find(&self, name: &str) -> Found<'_> {
        let named = || self.templates.iter().filter(|template| template.name.text == name);
        let of = |namespace: Option<&str>| named().find(|template| template.namespace.as_deref() == namespace);
        let own = self.namespace.as_ref().and_then(text);
        if let Some(own) = own.and_then(|own| of(Some(own))) {
            return Found::One(own);
        }
        if self.namespace.is_none() {
            let others: Vec<_> = named().collect();
            if others.len() > 1 {
                return Found::Several(others);
            }
            return others.first().map_or(Found::Nothing, |only| Found::One(only));
        }
        of(Some(&self.default_namespace)).or_else(|| of(None)).map_or(Found::Nothing, Found::One)
    }

    /// The names of all templates.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.templates.iter().map(|template| template.name.text.as_str())
    }
}

/// Reads a cluster file, which is in the map.
pub fn read(file: FileId, sources: &SourceMap, diagnostics: &mut Diagnostics) -> Cluster {
    let mut cluster = Cluster::new(file);
    match crate::data::documents(file, &sources.get(file).text) {
        Ok(nodes) => {
            for node in &nodes {
                documents::document(node, &mut cluster, diagnostics);
            }
            if nodes.is_empty() {
                diagnostics.push(words::nothing(Span::new(file, 0..0)));
            }
            default_template(&cluster, diagnostics);
        }
        Err(faults) => diagnostics.extend(faults),
    }
    cluster
}

/// Reports a default template that the file lacks, or of which it does not say whose it is. Flyte goes on without one that is
/// not there, which is hardly ever meant.
fn default_template(cluster: &Cluster, diagnostics: &mut Diagnostics) {
    let Some(node) = cluster.config.get(config::DEFAULT_TEMPLATE) else { return };
    let Some(name) = text(node).filter(|name| !name.is_empty()) else { return };
    match cluster.find(name) {
        Found::One(_) => {}
        Found::Several(all) => diagnostics.push(ambiguous(node.span, name, &all)),
        Found::Nothing => diagnostics.push(words::no_default_template(node.span, name, cluster.names())),
    }
}

/// The text of a value that is one.
#[must_use]
pub fn text(node: &Node) -> Option<&str> {
    match &node.kind {
        crate::data::Kind::String(text) => Some(text),
        _ => None,
    }
}

/// The value of a field of a map.
#[must_use]
pub fn field<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    entries(node).iter().find(|(key, _)| key.text == name).map(|(_, value)| value)
}

/// The entries of a map; none of anything else.
#[must_use]
pub fn entries(node: &Node) -> &[(Key, Node)] {
    match &node.kind {
        crate::data::Kind::Map(entries) => entries,
        _ => &[],
    }
}

/// The items of a list; none of anything else.
#[must_use]
pub fn items(node: &Node) -> &[Node] {
    match &node.kind {
        crate::data::Kind::List(items) => items,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::source::SourceMap;

    /// What is said of a file, each with what it is said of.
    fn said(text: &str) -> (Cluster, Vec<(String, String)>) {
        let sources = SourceMap::new(vec![("f".to_owned(), text.to_owned())]);
        let file = sources.ids().next().unwrap();
        let mut diagnostics = Diagnostics::default();
        let cluster = read(file, &sources, &mut diagnostics);
        let said = diagnostics.finish(&sources).into_iter();
        let said = said.map(|said| (sources.text(said.span().unwrap()).to_owned(), said.message));
        (cluster, said.collect())
    }

    /// As viper and mapstructure read it for Flyte; see [`read::Way::Flyte`].
    #[test]
    fn configuration_is_read_as_flyte_reads_it() {
        let (cluster, said) = said(
            "plugins:
  k8s:
    default-labels: {Team: a, Example.com/Team: b}
    default-env-vars:
    - AWS_REGION: eu
      RETRIES: 5
    - DEBUG: true
    default-cpus: 2
    inject-finalizer: \"true\"
    default-pod-security-context: {runAsUser: \"1000\"}
    default-tolerations: {key: one}
",
        );
        assert_eq!(said, []);
        let texts = |key: &str| {
            let entries = entries(cluster.config.get(key).unwrap()).iter();
            entries.map(|(key, value)| format!("{}={}", key.text, text(value).unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(texts("default-labels"), ["team=a", "Example.com/Team=b"]);
        assert_eq!(texts("default-env-vars"), ["AWS_REGION=eu", "RETRIES=5", "DEBUG=1"]);
        assert_eq!(cluster.config.text("default-cpus"), Some("2"));
        let kind = |key: &str| cluster.config.get(key).unwrap().kind.clone();
        assert_eq!(kind("inject-finalizer"), crate::data::Kind::Bool(true));
        let user = field(cluster.config.get("default-pod-security-context").unwrap(), "runAsUser").unwrap();
        assert_eq!(user.kind, crate::data::Kind::Int(1000));
        assert_eq!(items(cluster.config.get("default-tolerations").unwrap()).len(), 1);
    }

    #[test]
    fn a_later_document_wins() {
        let (cluster, said) =
            said("plugins: {k8s: {default-cpus: 1, default-memory: 1Gi}}\n---\nplugins: {k8s: {default-cpus: 2}}\n");
        assert_eq!(said, []);
        assert_eq!(cluster.config.text("default-cpus"), Some("2"));
        assert_eq!(cluster.config.text("default-memory"), Some("1Gi"));
    }

    /// Every table has its keys in the order in which they are searched.
    #[test]
    fn every_key_of_the_tables_is_found() {
        let mut tables = vec![&config::K8S, &documents::POD_TEMPLATE_SPEC];
        while let Some(table) = tables.pop() {
            for entry in table.fields {
                assert!(table.field(entry.name).is_some(), "{} of {}", entry.name, table.name);
                if let crate::schema::Type::Map(crate::schema::Type::Object(inner)) = entry.ty {
                    tables.push(inner);
                }
            }
        }
    }

    /// Parts of cluster files: texts made of them come further than random characters do.
    const PARTS: &[&str] = &[
        "kind: PodTemplate\n",
        "kind: List\n",
        "metadata: {name: a}\n",
        "metadata:\n",
        "  name: b\n",
        "template:\n",
        "  spec:\n",
        "    containers:\n",
        "    - name: default\n",
        "      image: x\n",
        "      tty: true\n",
        "items:\n",
        "- kind: PodTemplate\n",
        "  metadata: {name: c}\n",
        "  template: {spec: {containers: []}}\n",
        "plugins:\n",
        "  k8s:\n",
        "    default-cpus: 1\n",
        "    default-cpus: [x]\n",
        "    default-labels:\n",
        "    - a: b\n",
        "    default-pod-template-name: a\n",
        "flyte: {namespace: x}\n",
        "---\n",
        "null\n",
        "- \n",
        "{}\n",
        "x: &a [*a]\n",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_panics_and_every_place_is_in_it(parts in prop::collection::vec(select(PARTS), 0..20)) {
            said(&parts.concat());
        }
    }
}
