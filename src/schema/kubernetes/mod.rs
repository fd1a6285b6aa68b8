//! What Kubernetes 1.37 has words for below a pod spec, as static tables.
//!
//! In: nothing. Out: one [`Object`](super::Object) for each definition that a pod spec reaches, named as Kubernetes
//! names it. [`POD_SPEC`] leads to all the others; [`CONTAINER`] is here by name as well.
//! Always: names, types, `required` and the keys of lists are those of k8s-openapi, for the table is generated out of
//! it and `tests/kubernetes_schema.rs` fails where the two differ; `UPDATE=1 cargo test --test kubernetes_schema`
//! writes it anew. A list has a key exactly if k8s-openapi merges its elements by that field. Fields are in byte order,
//! as k8s-openapi writes them.
//! What of it older versions have, and what they have beside it, is in [`versions`].
//! Not here: the words that a string such as `imagePullPolicy` may be, bounds of numbers, and fields that exclude each
//! other, since the schema of Kubernetes does not say them; nor how maps and lists of scalars merge.

pub mod versions;

mod v1_37;

pub use v1_37::{CONTAINER, POD_SPEC};
