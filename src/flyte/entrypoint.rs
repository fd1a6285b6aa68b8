//! The arguments with which Flyte's own entrypoint runs a Python function.
//!
//! In: the function and the build's context. Out: the container's arguments. Source: `container_args` of the SDK's
//! `AsyncFunctionTaskTemplate`. Not here: tasks that run a command.

/// What a build knows that its sources do not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The version of the tasks; without one, it is a digest of the sources.
    pub version: Option<String>,
    /// Where the code bundle is; one whose path ends in `.pkl.gz` or `.pkl` is a pickled function, any other an archive of
    /// sources.
    pub code_bundle: Option<String>,
    /// Where the code bundle is unpacked.
    pub code_destination: Option<String>,
}

/// A Python function, as `module:name`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function<'a> {
    /// Its module, with dots.
    pub module: &'a str,
    /// Its name in the module.
    pub name: &'a str,
}

impl<'a> Function<'a> {
    /// Reads `module:name`. The name is a Python identifier; a module is loaded by its name, which may begin with a digit.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (module, name) = text.split_once(':')?;
        let is_part = |part: &str| !part.is_empty() && part.chars().all(|c| c == '_' || c.is_alphanumeric());
        let readable = is_identifier(name) && module.split('.').all(is_part);
        readable.then_some(Self { module, name })
    }
}

/// Whether Python takes the text for a name.
#[must_use]
pub fn is_identifier(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next().is_some_and(|c| c == '_' || c.is_alphabetic());
    first && characters.all(|c| c == '_' || c.is_alphanumeric())
}

/// Whether Python reserves the word, so that no function can have it for its name. Source: `keyword.kwlist`.
#[must_use]
pub fn is_keyword(text: &str) -> bool {
    const KEYWORDS: &[&str] = &[
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
        "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
        "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ];
    KEYWORDS.contains(&text)
}

/// Whether a code bundle is a pickled function. Source: `extract_code_bundle` in `task_serde.py`.
fn is_pickled(uri: &str) -> bool {
    let path = uri.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    [".pkl.gz", ".pkl"].iter().any(|ending| path.ends_with(ending))
}

/// The arguments of the primary container that runs `function`.
#[must_use]
pub fn arguments(function: Function<'_>, version: &str, context: &Context) -> Vec<String> {
    let mut arguments: Vec<&str> = vec![
        "a0",
        "--inputs",
        "{{.input}}",
        "--outputs-path",
        "{{.outputPrefix}}",
        "--version",
        version,
        "--raw-data-path",
        "{{.rawOutputDataPrefix}}",
        "--checkpoint-path",
        "{{.checkpointOutputPrefix}}",
        "--prev-checkpoint",
        "{{.prevCheckpointPrefix}}",
        "--run-name",
        "{{.runName}}",
        "--name",
        "{{.actionName}}",
        "--run-start-time",
        "{{.runStartTime}}",
    ];
    let pickled = context.code_bundle.as_deref().is_some_and(is_pickled);
    if let Some(bundle) = &context.code_bundle {
        let destination = context.code_destination.as_deref().unwrap_or(".");
        arguments.extend([if pickled { "--pkl" } else { "--tgz" }, bundle, "--dest", destination]);
    }
    if !pickled {
        let resolver = "flyte._internal.resolvers.default.DefaultTaskResolver";
        arguments.extend(["--resolver", resolver, "mod", function.module, "instance", function.name]);
    }
    arguments.into_iter().map(str::to_owned).collect()
}
