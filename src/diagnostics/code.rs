//! The registry of diagnostic codes: the one list that `explain`, suppression and the tests hang on.
//!
//! In: nothing. Out: a [`Code`] for every fault. Always: ids are unique and never used again for something else; `E` is an
//! error, `W` a warning; the first two digits are the family. Not here: messages, which are made where the fault is found.

pub mod kubernetes;

use super::Severity;

/// A stable name for one kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Code {
    /// As users see it: `E0301`.
    pub id: &'static str,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// What it means, with an example that fails and one that passes, as Markdown: `docs/diagnostics/CODE.md`.
    pub page: &'static str,
}

impl Code {
    /// What the letter of the id says.
    #[must_use]
    pub fn severity(self) -> Severity {
        if self.id.starts_with('W') { Severity::Warning } else { Severity::Error }
    }

    /// Its page, for reading: without what the tests read behind the fences of its programs.
    #[must_use]
    pub fn explanation(self) -> String {
        let line = |line: &str| {
            let fence = line.strip_prefix("```").and_then(|words| words.split(' ').next());
            fence.map_or_else(|| format!("{line}\n"), |language| format!("```{language}\n"))
        };
        self.page.lines().map(line).collect()
    }

    /// What codes are listed by: the family and the number, whatever the severity.
    #[must_use]
    pub fn number(self) -> &'static str {
        self.id.get(1..).unwrap_or_default()
    }

    /// The two digits of its family.
    #[must_use]
    pub fn family(self) -> &'static str {
        self.id.get(1..3).unwrap_or_default()
    }

    /// Whether it is a fault of the text that is certain, whatever else is wrong on the line.
    #[must_use]
    pub fn is_precise(self) -> bool {
        [COLON_FOR_EQUALS, BAD_ESCAPE, BAD_NUMBER, MISSING_CLOSE, MISSING_OPEN, STRAY_CLOSE, NESTING_TOO_DEEP]
            .contains(&self)
    }

    /// Whether it says that something was left out, which no other fault says.
    #[must_use]
    pub fn is_bound(self) -> bool {
        [NESTING_TOO_DEEP, LINE_TOO_BROKEN, TOO_MANY_ERRORS].contains(&self)
    }

    /// Whether it is about the text alone.
    #[must_use]
    pub fn is_syntax(self) -> bool {
        self.family() == "01"
    }
}

/// The families: their two digits, and what they are about.
pub const FAMILIES: &[(&str, &str)] = &[
    ("01", "Syntax"),
    ("02", "Names"),
    ("03", "Types"),
    ("04", "Templates and the primary container"),
    ("05", "Reuse"),
    ("06", "Overrides"),
    ("07", "What a task runs and asks for"),
    ("08", "Imports, parameters and other files"),
    ("09", "The bounds of a build"),
    ("10", "Kubernetes: the pod and its metadata"),
    ("11", "Kubernetes: containers"),
    ("12", "Kubernetes: resources"),
    ("13", "Kubernetes: volumes"),
    ("14", "Kubernetes: mounts"),
    ("15", "Kubernetes: security"),
    ("16", "Kubernetes: scheduling"),
    ("17", "Kubernetes: out of date or of no effect"),
    ("18", "Flyte's cluster"),
    ("19", "Versions of Kubernetes"),
    ("20", "Pod Security Standards"),
    ("21", "Style: what a source says to the compiler"),
    ("22", "Python: what Flyte's SDK cannot be told"),
    ("99", "The compiler itself"),
];

/// The codes of a family, in their order.
#[must_use]
pub fn of_family(family: &str) -> Vec<Code> {
    let mut codes: Vec<Code> = ALL.iter().copied().filter(|code| code.family() == family).collect();
    codes.sort_by_key(|code| code.number());
    codes
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $title:literal;)*) => {
        $($(#[$doc])* #[doc = $title] pub const $name: Code = Code {
            id: $id,
            title: $title,
            page: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/diagnostics/", $id, ".md")),
        };)*

        /// The codes of this list, in its order.
        const LIST: &[Code] = &[$($name),*];
    };
}
use codes;

/// Every code there is.
pub const ALL: &[Code] = &joined::<{ LIST.len() + kubernetes::CODES.len() }>(LIST, kubernetes::CODES);

/// Two lists as one; `N` is the length of both together.
const fn joined<const N: usize>(first: &[Code], second: &[Code]) -> [Code; N] {
    let mut all = [INTERNAL; N];
    let mut at = 0;
    while at < N {
        // Either `at` is within the first list, or the rest of it is within the second.
        all[at] = if at < first.len() { first[at] } else { second[at - first.len()] };
        at += 1;
    }
    all
}

codes! {
    // 01: syntax
    UNEXPECTED_TEXT = "E0101", "text that belongs to nothing";
    MISSING_CLOSE = "E0102", "a bracket that is never closed";
    STRAY_CLOSE = "E0103", "a closing bracket that closes nothing";
    MISSING_VALUE = "E0104", "a key without a value";
    MISSING_SEPARATOR = "E0105", "two things on one line with nothing between them";
    UNTERMINATED_STRING = "E0106", "a string that does not end";
    BAD_ESCAPE = "E0107", "an escape that strings do not know";
    BAD_TEXT_BLOCK = "E0108", "a text block that is laid out wrongly";
    BAD_NUMBER = "E0109", "a number that cannot be read";
    MISSING_NAME = "E0110", "a declaration without a name";
    MISSING_BODY = "E0111", "a declaration without a body";
    NESTING_TOO_DEEP = "E0112", "brackets nested too deep";
    COLON_FOR_EQUALS = "E0113", "`:` where `=` belongs";
    NOT_UTF8 = "E0114", "a file that is not UTF-8";
    SOURCE_TOO_LARGE = "E0115", "a file that is too large";
    MISPLACED = "E0116", "a declaration or setting in the wrong place";
    MISSING_OPEN = "E0118", "a block or list that is never opened";
    MISSING_OPERATION = "E0119", "a key with neither `=` nor a block";
    RESERVED_WORD = "E0120", "a word of the language where a name belongs";
    MISSING_TYPE = "E0121", "a parameter without a type";
    LINE_TOO_BROKEN = "E0122", "a line that is not read to its end";

    // 02: names
    BAD_ENVIRONMENT_NAME = "E0201", "an environment name of the wrong form";
    BAD_TASK_NAME = "E0202", "a task name that is no Python identifier";
    BAD_TEMPLATE_NAME = "E0203", "a template name of the wrong form";
    BAD_VARIANT_NAME = "E0204", "a variant name of the wrong form";
    DUPLICATE_DECLARATION = "E0205", "a name that is declared twice";
    UNKNOWN_TEMPLATE = "E0206", "a template that is not declared";
    UNKNOWN_ENVIRONMENT = "E0207", "an environment that is not declared";
    UNKNOWN_TASK = "E0208", "a task or variant that is not declared";
    DEPENDENCY_CYCLE = "E0209", "environments that depend on themselves";
    NAMES_CUT_ALIKE = "E0210", "two names that the wire cuts to the same";
    NAME_IS_CUT = "W0211", "a name or text that the wire cuts";
    UNKNOWN_NAME = "E0212", "a name that means nothing here";
    OVERRIDE_RING = "E0213", "variants that override each other in a ring";

    BAD_NAME = "E0214", "a name that nothing could refer to";
    UNKNOWN_MEMBER = "E0215", "a name that an imported file does not have";
    CONSTANT_RING = "E0216", "constants that are made of each other in a ring";
    EXTENDS_RING = "E0217", "declarations that extend each other in a ring";
    UNUSED_CONSTANT = "W0218", "a constant that nothing uses";
    UNUSED_PARAMETER = "W0219", "a parameter that nothing reads";
    UNUSED_IMPORT = "W0220", "an import that nothing uses";
    DEAD_VALUE = "W0221", "a value that a later layer always overrules";
    IDLE_OVERRIDE = "W0222", "an override of something that is not built";
    CASE_ALONE = "W0223", "two names that differ in case alone";

    // 03: types
    UNKNOWN_FIELD = "E0301", "a field that does not exist";
    WRONG_TYPE = "E0302", "a value of the wrong type";
    MISSING_FIELD = "E0303", "a required field that is missing";
    SET_TWICE = "E0304", "a key that is set twice in one block";
    BAD_QUANTITY = "E0305", "a quantity that Kubernetes cannot read";
    BAD_DURATION = "E0306", "a duration that cannot be read";
    BAD_KEYWORD = "E0307", "a word that is not one of those allowed";
    OUT_OF_RANGE = "E0308", "a number outside its bounds";
    NOT_MERGEABLE = "E0309", "a block where nothing can be merged";
    NOT_A_LIST = "E0310", "`+=` on something that is no list";
    NO_SUCH_LABEL = "E0311", "a label on something whose elements have none";
    LABEL_CONFLICT = "E0312", "a label that its own element contradicts";
    BAD_TIME = "E0313", "a moment that is not RFC 3339";
    NOT_COMPARABLE = "E0314", "a comparison of things that cannot be compared";
    NO_SUCH_PART = "E0315", "a part that a value does not have";
    BAD_CALL = "E0316", "a call with the wrong arguments";
    UNKNOWN_TYPE = "E0317", "a type that there is not";
    NOT_A_LOOP = "E0318", "a loop over something that has no elements";
    NO_TEXT = "E0319", "a value in a string that has no text";
    UNTYPED_LABEL = "E0320", "a label where nothing says what it labels";

    // 04: templates and the primary container
    NO_PRIMARY = "E0401", "a pod spec without its primary container";
    TWO_PRIMARIES = "E0402", "two containers with the primary name";
    CAPABILITY_CONFLICT = "E0403", "a helper that contradicts the template";
    MERGE_INTO_NAMED = "E0404", "a block over a template that lives on the cluster";
    UNUSED_TEMPLATE = "W0405", "a template that nothing uses";
    REPLACED_COMMAND = "W0406", "a command that the task replaces";
    TEMPLATE_IMAGE_WINS = "W0407", "an image that a template's silently wins over";
    VARIABLE_SET_TWICE = "W0408", "an environment variable of which Kubernetes takes the last";
    TOO_MANY_BASES = "E0409", "declarations that extend each other too often";

    // 05: reuse
    REUSE_WITH_TEMPLATE = "E0501", "a reusable environment with a pod template";
    REUSE_OVERRIDE = "E0502", "an override of what a pool shares";
    REUSE_POLICY = "E0503", "a reuse policy out of its bounds";
    REUSE_NEEDS_ASYNC = "E0504", "concurrent reuse of a synchronous function";
    REUSE_STARVATION = "W0505", "a pool of one that can wait for itself";
    REUSE_OF_NOTHING = "W0508", "a pool without replicas";
    REUSE_OF_COMMAND = "W0507", "a command in a reusable environment";
    REUSE_ASYNC_UNSTATED = "W0506", "concurrent reuse of a function that is not said to be async";

    // 06: overrides
    OVERRIDE_CLASH = "E0601", "two overrides of one setting";
    NOT_OVERRIDABLE = "E0602", "a setting that no override may change";
    CONTAINER_TASK_OVERRIDE = "E0603", "a variant of a task that runs a command";

    // 07: what a task runs and asks for
    NOTHING_TO_RUN = "E0701", "a task that says nothing to run";
    FUNCTION_AND_COMMAND = "E0702", "a task with both a function and a command";
    BAD_FUNCTION = "E0703", "a function that is not `module:name`";
    MISSING_IMAGE = "E0704", "a task without an image";
    BAD_ACCELERATOR = "E0705", "an accelerator that Flyte does not know";
    BAD_PARTITION = "E0706", "a partition that the accelerator does not have";
    REQUEST_OVER_LIMIT = "E0707", "a range that runs backwards";
    BAD_SECRET = "E0708", "a secret that Flyte cannot provide";
    BAD_RETRIES = "E0709", "a retry strategy that Flyte refuses";
    BAD_CACHE = "E0710", "a cache policy that Flyte refuses";
    NEGATIVE = "E0711", "a negative amount";
    NEGATIVE_TIMEOUT = "W0714", "a timeout that is negative";
    BAD_VARIABLE = "E0713", "an environment variable without a proper name";
    DEPRECATED_ACCELERATOR = "W0712", "an old spelling of an accelerator";

    // 08: imports, parameters and other files
    UNREADABLE_FILE = "E0801", "a file that cannot be read";
    OUTSIDE_ROOT = "E0802", "a path that leads out of the project";
    IMPORT_RING = "E0803", "files that import each other in a ring";
    MISSING_PARAMETER = "E0804", "a parameter that is given no value";
    UNKNOWN_PARAMETER = "E0805", "a value for a parameter that there is not";
    BAD_PARAMETER = "E0806", "a value that its parameter does not take";
    BAD_DATA = "E0807", "a YAML, JSON or TOML file that cannot be understood";
    DUPLICATE_DATA_KEY = "E0808", "a key that a data file gives twice";
    IDLE_VALUE = "W0809", "a value in a file for a parameter that this build does not have";
    UNKNOWN_SETTING = "E0810", "a setting that `flytec.toml` does not have";
    BAD_SETTING = "E0811", "a value that a setting of `flytec.toml` does not take";
    IDLE_SETTING = "W0812", "a setting for an environment that this build does not have";
    LEFT_OUT = "W0813", "a part of an imported document that no task has";
    NO_POD = "E0814", "an imported document without a pod";

    // 09: the bounds of a build
    TOO_MUCH = "E0901", "more than one build may make";
    TOO_DEEP = "E0902", "values nested too deep";
    TOO_MANY_ERRORS = "E0903", "more errors than are told";

    // 18: the cluster
    NO_CLUSTER_TEMPLATE = "E1801", "a pod template that the cluster does not have";
    CLUSTER_TEMPLATE_WINS = "W1802", "a value that the cluster's pod template does not give way to";
    DROPPED_CONTAINER = "W1822", "a container of the cluster's pod template that Flyte drops";
    BAD_CLUSTER_DOCUMENT = "E1831", "a document that a cluster file cannot have";
    CLUSTER_TEMPLATE_TWICE = "E1832", "a pod template that a cluster file gives twice";
    UNKNOWN_CLUSTER_KEY = "W1833", "a key that Flyte's configuration does not have";
    NO_DEFAULT_TEMPLATE = "W1834", "a default pod template that the cluster file lacks";

    // 19: what the cluster's version of Kubernetes has
    NOT_IN_VERSION = "E1901", "a field or word that this Kubernetes version does not have";
    DROPPED = "W1902", "a field that the cluster drops, as a feature gate is off";
    NEEDS_GATE = "E1903", "a field or word that the cluster refuses, as a feature gate is off";

    // 21: what a source says to the compiler
    IDLE_ALLOWANCE = "W2101", "an allowance that allows nothing";
    BAD_ALLOWANCE = "W2102", "a comment to the compiler that it does not understand";

    // 22: Python
    PYTHON_LEAVES_OUT = "W2201", "a task that the Python module does not have";
    PYTHON_CANNOT = "E2202", "an environment that the Python module cannot have";

    // 99: the compiler itself
    INTERNAL = "E9901", "a fault of the compiler";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_family_and_a_number_of_its_own() {
        let listed: Vec<Code> = FAMILIES.iter().flat_map(|(family, _)| of_family(family)).collect();
        assert_eq!(listed.len(), ALL.len());
        assert!(listed.windows(2).all(|pair| pair[0].number() < pair[1].number()), "two codes have one number");
    }
}
