//! Lists: by their keys where Kubernetes has some, else as texts are compared, line by line.

use serde_json::Value;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{Changes, Path, Shape, Step};

impl Changes {
    pub(super) fn list(&mut self, path: &Path, shape: Shape, old: &[Value], new: &[Value]) {
        let (element, key) = shape.elements();
        match key.and_then(|key| Some((keys(old, key)?, keys(new, key)?))) {
            Some((old_keys, new_keys)) => self.keyed(path, element, (old, &old_keys), (new, &new_keys)),
            None => self.sequence(path, element, old, new),
        }
    }

    fn keyed(
        &mut self,
        path: &Path,
        element: Shape,
        (old, old_keys): (&[Value], &[String]),
        (new, new_keys): (&[Value], &[String]),
    ) {
        let place = |keys: &[String], key: &String| keys.iter().position(|known| known == key);
        for (at, (value, key)) in new.iter().zip(new_keys).enumerate() {
            let below = path.and(Step::Element(key.clone(), at));
            match place(old_keys, key).and_then(|at| old.get(at)) {
                Some(before) => self.value(&below, element, before, value),
                None => self.push(below, None, Some(value)),
            }
        }
        for (at, (value, key)) in old.iter().zip(old_keys).enumerate().filter(|(_, (_, key))| !new_keys.contains(key)) {
            self.push(path.and(Step::Element(key.clone(), at)), Some(value), None);
        }
        let shared = |keys: &[String], others: &[String]| -> Vec<Value> {
            keys.iter().filter(|key| others.contains(key)).map(|key| Value::from(key.as_str())).collect()
        };
        let (before, after) = (shared(old_keys, new_keys), shared(new_keys, old_keys));
        if before != after {
            self.push(path.and(Step::Order), Some(&Value::Array(before)), Some(&Value::Array(after)));
        }
    }

    fn sequence(&mut self, path: &Path, element: Shape, old: &[Value], new: &[Value]) {
        // Values have no order, which the comparison needs; their text has.
        let texts = |values: &[Value]| values.iter().map(ToString::to_string).collect::<Vec<_>>();
        for operation in capture_diff_slices(Algorithm::Myers, &texts(old), &texts(new)) {
            let (old_range, new_range) = (operation.old_range(), operation.new_range());
            if matches!(operation, DiffOp::Equal { .. }) {
                continue;
            }
            let pairs = old_range.len().min(new_range.len());
            for (old_at, new_at) in old_range.clone().zip(new_range.clone()) {
                if let (Some(before), Some(after)) = (old.get(old_at), new.get(new_at)) {
                    self.value(&path.and(Step::Index(new_at)), element, before, after);
                }
            }
            for at in old_range.skip(pairs) {
                self.push(path.and(Step::Index(at)), old.get(at), None);
            }
            for at in new_range.skip(pairs) {
                self.push(path.and(Step::Index(at)), None, new.get(at));
            }
        }
    }
}

/// What tells the elements of a list apart, if each has it and no two the same.
fn keys(list: &[Value], key: &str) -> Option<Vec<String>> {
    let text = |value: &Value| match value.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let keys: Vec<String> = list.iter().map(text).collect::<Option<_>>()?;
    let mut sorted: Vec<&String> = keys.iter().collect();
    sorted.sort();
    sorted.windows(2).all(|pair| pair.first() != pair.last()).then_some(keys)
}
