//! What the things weigh that a build makes, in bytes, so that its bounds are bounds of memory.
//!
//! In: nothing. Out: weights of values, of their trails, and of declarations. Always: a weight is at least what the thing takes until
//! the end of the build, with what the allocator and growing lists add. Not here: what is left of the bounds (`budget`).

use ecow::EcoString;

use crate::value::trail::Step;
use crate::value::{Entry, List, Object, Value};

/// What a counted reference and the allocator add to a thing that is shared.
const SHARED: usize = 32;

/// One element of a list: what it is, and half of that again, for lists grow by their double.
pub const ELEMENT: usize = size_of::<Value>() * 3 / 2;

/// A list without its elements.
pub const LIST: usize = size_of::<List>() + SHARED + 16;

/// One entry of an object, with its place in the index.
pub const ENTRY: usize = (size_of::<Entry>() + size_of::<EcoString>() + 24) * 3 / 2;

/// One entry of an object that is copied: it has no room for more until one is added, and what it says is read as a setting.
pub const COPY: usize = (size_of::<Entry>() + size_of::<EcoString>() + 24) * 5 / 4 + 2 * size_of::<EcoString>();

/// An object without its entries.
pub const OBJECT: usize = size_of::<Object>() + SHARED;

/// A range with its ends.
pub const RANGE: usize = 2 * size_of::<Value>() + SHARED;

/// One thing that happened to a value, which its trail keeps.
pub const STEP: usize = size_of::<Step>() + SHARED;

/// A declaration that loops have made, with what names mean around it.
pub const DECLARATION: usize = 300;

/// An environment, besides its declaration: what it is resolved to, its layer and its facts.
pub const ENVIRONMENT: usize = 1_200;

/// A task or variant, besides its declaration: what it is resolved to, its layer, its settings and its workload.
pub const TASK: usize = 1_100;

/// A text of so many bytes; a short one stands in its value.
#[must_use]
pub const fn text(bytes: usize) -> usize {
    /// How long a text is that needs no memory of its own.
    const SHORT: usize = 15;
    if bytes > SHORT { bytes + SHARED } else { 0 }
}
