//! What the language has words for: the types of every field, as static tables.
//!
//! In: nothing. Out: [`Type`], [`Object`] and [`Field`], and the tables made of them: [`language`] for the declarations
//! of `.flyteenv`, [`kubernetes`] for the pod spec (generated out of k8s-openapi).
//! Always: fields of an object are sorted by name, so that [`Object::field`] can search by halves.
//! Not here: spans, diagnostics, values. The tables say what may stand somewhere, never what does.

pub mod kubernetes;
pub mod language;
pub mod spelling;
pub mod units;

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub enum Type {
    /// `true` or `false`.
    Bool,
    /// A whole number between the bounds, both included.
    Int {
        /// The smallest value allowed.
        min: i64,
        /// The largest value allowed.
        max: i64,
    },
    /// A number with or without a fraction.
    Float,
    /// Text.
    String,
    /// One of a closed list of words, written as a string.
    Keyword(&'static [&'static str]),
    /// A Kubernetes quantity such as `500m` or `2Gi`; its text is kept as it was written.
    Quantity,
    /// A quantity, or the word `auto`.
    QuantityOrAuto,
    /// A number of CPU cores: a quantity or a plain number.
    Cores,
    /// A span of time such as `90s` or `1h30m`; a plain whole number counts seconds.
    Duration,
    /// A whole number or a string, as Kubernetes' probe ports.
    IntOrString,
    /// A moment, as RFC 3339 text.
    Time,
    /// Anything that JSON can say.
    Any,
    /// A value or a range `a..b` of such values.
    Range(&'static Type),
    /// A list. Where `key` is given, its elements are told apart by that field, as in Kubernetes' strategic merge patch.
    List {
        /// The type of each element.
        element: &'static Type,
        /// The field whose value is the label of an element.
        key: Option<&'static str>,
    },
    /// A map from any name to values of one type.
    Map(&'static Type),
    /// An object with known fields.
    Object(&'static Object),
    /// An object, or the value of one of its fields alone: `retries = 3` is `retries { count = 3 }`.
    Shorthand(&'static Object, &'static str),
    /// A list, or its only element.
    OneOrMany(&'static Type),
    /// A value of whichever of these types has its form; the forms never overlap.
    OneOf(&'static [Type]),
    /// A pod template: a reference to a template of the program, the fields of one, or the name of one on the cluster.
    PodTemplate,
    /// A reference to an environment of the program.
    Environment,
}

/// An object with known fields.
#[derive(Debug)]
pub struct Object {
    /// What messages call it: `Container`, `environment`.
    pub name: &'static str,
    /// Its fields, sorted by name.
    pub fields: &'static [Field],
}

/// One field of an [`Object`].
#[derive(Debug)]
pub struct Field {
    /// As it is written.
    pub name: &'static str,
    /// What its value may be.
    pub ty: Type,
    /// Whether an object without it is refused.
    pub required: bool,
}

impl Object {
    /// The field of this name, or one that an older version of Kubernetes has: whether the version at hand has it, `check` says.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        match self.fields.binary_search_by(|field| field.name.cmp(name)) {
            Ok(at) => self.fields.get(at),
            Err(_) => kubernetes::versions::retired(self.name, name),
        }
    }
}
