//! Reading a manifest back, as far as the next build needs it.
//!
//! In: bytes. Out: the files that they name, each with its digest; nothing where the bytes are no manifest. Always: what is not
//! needed is stepped over and never kept, because a manifest has a thousand values for each ten files.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::Written;

/// What a manifest names.
#[must_use]
pub fn written(manifest: &[u8]) -> Option<Vec<Written>> {
    serde_json::from_slice(manifest).ok().map(|Named(files)| files)
}

struct Named(Vec<Written>);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Top)
    }
}

struct Top;

impl<'de> Visitor<'de> for Top {
    type Value = Named;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a manifest")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named, A::Error> {
        let (mut version, mut pods) = (None, Vec::new());
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "manifest_version" => version = Some(map.next_value::<IgnoredAny>()?),
                "pods" => pods = map.next_value()?,
                _ => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        version.map(|_| Named(pods)).ok_or_else(|| Error::missing_field("manifest_version"))
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Pod)
    }
}

struct Pod;

impl<'de> Visitor<'de> for Pod {
    type Value = Written;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("what a manifest says of a pod")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Written, A::Error> {
        let (mut file, mut sha256) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "file" => file = Some(map.next_value()?),
                "sha256" => sha256 = Some(map.next_value()?),
                _ => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        let file = file.ok_or_else(|| Error::missing_field("file"))?;
        Ok(Written { file, sha256: sha256.unwrap_or_default() })
    }
}
