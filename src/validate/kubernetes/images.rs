//! Images of containers.
//!
//! In: a container. Out: faults, and a warning where no registry could have an image of that name. Source: `validateContainerCommon`
//! and `validateContainerOnlyForPod` in validation.go, which look at hardly anything; what a reference may be is said by
//! `ParseNormalizedNamed` in github.com/distribution/reference, by which nodes read it. Not here: whether there is such an image.

use k8s_openapi::api::core::v1::Container;

use super::defaults;
use crate::diagnostics::code::kubernetes as code;
use crate::diagnostics::suggest::same_letters;
use crate::validate::fault::{Fault, Faults};
use crate::validate::flyte::placeholders::is_replaced;
use crate::validate::literal;
use crate::validate::path::At;

/// What a name has at most, with its registry, in bytes: `NameTotalLengthMax`.
const NAME_LENGTH: usize = 255;
/// What a tag has at most, in bytes.
const TAG_LENGTH: usize = 128;

/// Checks the image of the container at `at`.
pub fn check(container: &Container, at: &At<'_>, faults: &mut Faults) {
    let at = at.field("image");
    let Some(image) = defaults::given(container.image.as_deref()) else {
        let message = match container.name.as_str() {
            "" => "a container has no image".to_owned(),
            name => format!("container `{name}` has no image"),
        };
        let fault = Fault::required(code::CONTAINER_WITHOUT_IMAGE, &at, message)
            .note(
                "a task's image goes into its primary container alone, and Kubernetes starts no container without one",
            )
            .help("add `image = \"…\"`, such as `image = \"busybox:1.37\"`");
        faults.push(fault);
        return;
    };
    let trimmed = image.trim();
    if trimmed.len() != image.len() {
        let fault = Fault::invalid(code::IMAGE_WITH_BLANKS, &at, "an image cannot have blanks around its name")
            .note("Kubernetes gives the text to the container runtime as it stands, and no registry has such an image");
        faults.push(match malformed(trimmed) {
            None => {
                let fault = fault.help(format!("write `{trimmed}`"));
                fault.replace("take the blanks away", literal::text(trimmed))
            }
            Some(_) => fault,
        });
        return;
    }
    // What could not be read was told where the text was.
    if image.contains(char::REPLACEMENT_CHARACTER) {
        return;
    }
    if let Some(wrong) = malformed(image).filter(|_| !is_replaced(image)) {
        let fault = Fault::found(code::BAD_IMAGE_REFERENCE, &at, format!("`{image}` is not the name of an image"))
            .here(wrong)
            .note("Kubernetes takes it, but no node can pull it: the pod waits with `InvalidImageName`");
        faults.push(match meant(image) {
            Some(better) => {
                let fault = fault.help(format!("did you mean `{better}`?"));
                let write = format!("write `{better}`");
                let text = literal::text(&better);
                // A blank may stand where something is missing.
                let sure = same_letters(image, &better) && !image.contains(char::is_whitespace);
                if sure { fault.replace(write, text) } else { fault.suggest(write, text) }
            }
            None if image.contains(VARIABLES) => {
                fault.help("write it out, or take it from a name of this language: `\"ghcr.io/acme/train:${tag}\"`")
            }
            None => fault.help("write `registry/path/name:tag` or `registry/path/name@sha256:digest`"),
        });
    }
}

/// What stands around variables and gaps to be filled, in one language or another.
const VARIABLES: [char; 5] = ['$', '{', '}', '<', '>'];

/// Sites that show images and sources to people; nodes pull nothing from them.
const PAGES: &[&str] = &["hub.docker.com/", "github.com/", "gitlab.com/"];

/// The reference that was probably meant: without the beginning of a URL and without blanks, with its path in lower case, or with a tag
/// behind `:`.
fn meant(image: &str) -> Option<String> {
    let bare = image.split_once("://").map_or(image, |(_, rest)| rest).trim_end_matches('/');
    let bare = bare.chars().filter(|c| !c.is_whitespace()).collect::<String>().replace("//", "/");
    if PAGES.iter().any(|page| bare.starts_with(page)) {
        let shown = bare.strip_prefix("hub.docker.com/")?;
        let name = shown.strip_prefix("r/").or_else(|| shown.strip_prefix("_/"))?;
        return malformed(name).is_none().then(|| name.to_owned());
    }
    let name = split_tag(bare.split('@').next().unwrap_or_default()).0;
    let lower = format!("{}{}", name.to_lowercase(), bare.get(name.len()..).unwrap_or_default());
    [bare.clone(), lower].into_iter().find(|better| malformed(better).is_none()).or_else(|| tag_as_path(&bare))
}

/// What is wrong with a reference to an image, in a few words.
fn malformed(image: &str) -> Option<String> {
    if image.contains(VARIABLES) {
        return Some("nothing is filled in here".to_owned());
    }
    let (rest, digest) = match image.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (image, None),
    };
    let (name, tag) = split_tag(rest);
    let (registry, path) = split_registry(name);
    if image.contains("://") {
        return Some("a URL is no image: leave out what is before the registry".to_owned());
    }
    if let Some(wrong) = digest.and_then(bad_digest).or_else(|| tag.and_then(bad_tag)) {
        return Some(wrong);
    }
    if let Some(wrong) = registry.and_then(bad_registry).or_else(|| bad_path(path)) {
        return Some(wrong);
    }
    (name.len() > NAME_LENGTH).then(|| format!("it has more than {NAME_LENGTH} characters before its tag"))
}

/// The name, and the tag behind its last colon, which is not that of a port.
fn split_tag(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (text, None),
    }
}

/// The registry, where the first part of the name can be one: `splitDockerDomain`.
fn split_registry(name: &str) -> (Option<&str>, &str) {
    match name.split_once('/') {
        Some((first, path)) if is_registry(first) => (Some(first), path),
        _ => (None, name),
    }
}

fn is_registry(first: &str) -> bool {
    first.contains(['.', ':']) || first == "localhost" || first.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn bad_digest(digest: &str) -> Option<String> {
    let hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match digest.split_once(':') {
        Some(("sha256", hex))
            if hex.len() != 64 || !hexadecimal(hex) || hex.bytes().any(|b| b.is_ascii_uppercase()) =>
        {
            Some("a digest by `sha256` has 64 hexadecimal digits, in lower case".to_owned())
        }
        Some((algorithm, hex)) if algorithm.is_empty() || hex.len() < 32 || !hexadecimal(hex) => {
            Some("a digest is an algorithm, `:` and hexadecimal digits".to_owned())
        }
        Some(_) => None,
        None => Some("what follows `@` is a digest, such as `sha256:…`".to_owned()),
    }
}

fn bad_tag(tag: &str) -> Option<String> {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    if tag.is_empty() {
        return Some("nothing follows its `:`".to_owned());
    }
    if tag.len() > TAG_LENGTH {
        return Some(format!("its tag has {} characters, and {TAG_LENGTH} are allowed", tag.len()));
    }
    (tag.starts_with(['.', '-']) || !tag.bytes().all(inner))
        .then(|| format!("its tag `{tag}` is not made of letters, digits, `_`, `.` and `-`"))
}

fn bad_registry(registry: &str) -> Option<String> {
    let (host, port) = match registry.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (registry, None),
    };
    if port.is_some_and(|port| port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit())) {
        return Some(format!("the port of its registry `{registry}` is no number"));
    }
    let address = host.starts_with('[') && host.ends_with(']');
    let label = |part: &str| {
        let inner = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        !part.is_empty() && inner && !part.starts_with('-') && !part.ends_with('-')
    };
    (!address && !host.split('.').all(label)).then(|| format!("its registry `{registry}` is no host"))
}

fn bad_path(path: &str) -> Option<String> {
    let bad = path.split('/').find(|part| !is_path_part(part))?;
    Some(if bad.is_empty() {
        "a part of its name is empty".to_owned()
    } else if bad.bytes().any(|byte| byte.is_ascii_uppercase()) {
        format!("`{bad}` in its name has capital letters")
    } else {
        format!(
            "`{bad}` in its name is not made of lower-case letters and digits with `.`, `_`, `__` or `-` between them"
        )
    })
}

/// Letters and digits, with separators between them: `pathComponent`.
fn is_path_part(part: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separator = |text: &str| matches!(text, "." | "_" | "__") || text.bytes().all(|byte| byte == b'-');
    part.starts_with(plain) && part.ends_with(plain) && part.split(plain).all(separator)
}

/// A reference whose tag was written as if it were a part of the name's digest: `name@tag`.
fn tag_as_path(image: &str) -> Option<String> {
    let (name, tag) = image.split_once('@')?;
    let better = format!("{name}:{tag}");
    (!tag.contains(':') && malformed(&better).is_none()).then_some(better)
}
