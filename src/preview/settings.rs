//! How Flyte is configured: what the cluster file sets, and what Flyte has where it sets nothing.
//!
//! In: a cluster file, or none. Out: values with their origin, which is the key of the configuration.

use ecow::{EcoString, eco_format};

use super::tree::{Kind, Origin, Place, Scalar, Source, Tree};
use crate::cluster::{Cluster, entries};
use crate::data::Node;
use crate::flyte::platform::{self, DeviceClass};

/// Flyte's configuration.
#[derive(Clone, Copy)]
pub struct Settings<'c> {
    /// What is known of the cluster.
    pub cluster: Option<&'c Cluster>,
}

/// How Flyte treats a class of accelerators; source: `getAcceleratorConfig` in `pod_helper.go`.
pub struct Accelerators<'c> {
    /// The resource that a container asks for.
    pub resource: EcoString,
    /// The label of nodes that have the device.
    pub device_label: EcoString,
    /// The label of nodes that are partitioned so.
    pub partition_label: EcoString,
    /// The pod template of the class, with its key in the configuration.
    pub template: Option<(&'c Node, EcoString)>,
}

impl<'c> Settings<'c> {
    fn node(self, key: &str) -> Option<&'c Node> {
        self.cluster?.config.get(key)
    }

    /// The value of a key that has none by itself.
    pub fn get(self, key: &str) -> Option<Tree> {
        self.node(key).map(|node| Tree::of_node(node, &Source::Platform(key.into())))
    }

    /// The value of a key that has one by itself.
    pub fn text_or(self, key: &str, default: &str) -> Tree {
        self.get(key).unwrap_or_else(|| Tree::text(&Origin::platform(key), default))
    }

    /// The text of a key, unless it is empty.
    pub fn text(self, key: &str) -> Option<Tree> {
        self.get(key).filter(|tree| !tree.is_zero())
    }

    /// Whether a key is set to `true`.
    pub fn truth(self, key: &str) -> bool {
        self.get(key).is_some_and(|tree| tree.kind == Kind::Scalar(Scalar::Bool(true)))
    }

    /// The entries of a key that is a map, in the order of their names.
    pub fn map(self, key: &str) -> Vec<(EcoString, Tree)> {
        let tree = self.get(key);
        tree.iter().flat_map(Tree::entries).map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// The items of a key that is a list.
    pub fn list(self, key: &str) -> Vec<Tree> {
        self.get(key).map(|tree| tree.items().to_vec()).unwrap_or_default()
    }

    /// The annotations of every pod.
    pub fn annotations(self) -> Vec<(EcoString, Tree)> {
        const KEY: &str = "default-annotations";
        if self.node(KEY).is_some() {
            return self.map(KEY);
        }
        let own = platform::DEFAULT_ANNOTATIONS.iter();
        own.map(|(name, value)| (EcoString::from(*name), Tree::text(&Origin::platform(KEY), *value))).collect()
    }

    /// What nodes call a device.
    pub fn device(self, device: &str) -> EcoString {
        let wanted = device.to_uppercase();
        let known = match self.node("accelerator-devices") {
            Some(node) => entries(node)
                .iter()
                .find(|(key, _)| key.text == wanted.as_str())
                .and_then(|(_, name)| crate::cluster::text(name)),
            None => platform::DEVICES.iter().find(|(name, _)| *name == wanted).map(|(_, name)| *name),
        };
        known.unwrap_or(device).into()
    }

    /// How a class of accelerators is treated; without a class, as any GPU.
    pub fn accelerators(self, class: Option<&str>) -> Accelerators<'c> {
        let global =
            |key: &str, default: &str| self.text(key).unwrap_or_else(|| Tree::text(&Origin::platform(key), default));
        let text = |tree: Tree| EcoString::from(tree.as_str().unwrap_or_default());
        let mut found = Accelerators {
            resource: text(global("gpu-resource-name", platform::GPU_RESOURCE)),
            device_label: text(global("gpu-device-node-label", platform::DEVICE_LABEL)),
            partition_label: text(global("gpu-partition-size-node-label", platform::PARTITION_LABEL)),
            template: None,
        };
        let Some(class) = class else { return found };
        match self.node(CLASSES) {
            Some(node) => {
                let own = entries(node).iter().find(|(key, _)| key.text.to_uppercase() == class);
                if let Some((_, own)) = own {
                    found.configure(own, class);
                }
            }
            None => {
                if let Some(class) = platform::DEVICE_CLASSES.iter().find(|known| known.name == class) {
                    found.default_to(class);
                }
            }
        }
        found
    }

    /// The resources of all accelerators; source: `getAllAcceleratorResourceNames` in `utils.go`.
    pub fn accelerator_resources(self) -> Vec<EcoString> {
        let mut all = vec![self.accelerators(None).resource];
        match self.node(CLASSES) {
            Some(node) => {
                let named = entries(node).iter().filter_map(|(_, class)| crate::cluster::field(class, "resource-name"));
                all.extend(named.filter_map(crate::cluster::text).map(EcoString::from));
            }
            None => all.extend(platform::DEVICE_CLASSES.iter().map(|class| EcoString::from(class.resource))),
        }
        all.retain(|name| !name.is_empty());
        all.sort();
        all.dedup();
        all
    }

    /// The namespace of tasks.
    pub fn namespace(self) -> Tree {
        let own = self.cluster.and_then(|cluster| cluster.namespace.as_ref());
        own.map_or_else(
            || Tree::symbol(&Origin::platform("where the task runs"), "namespace"),
            |node| Tree::of_node(node, &Source::Platform("namespace".into())),
        )
    }

    /// The service account of tasks that name none.
    pub fn service_account(self) -> Option<Tree> {
        let node = self.cluster?.service_account.as_ref()?;
        Some(Tree::of_node(node, &Source::Platform("service-account".into())))
    }
}

/// The key of the classes of accelerators.
const CLASSES: &str = "accelerator-device-classes";

impl<'c> Accelerators<'c> {
    fn default_to(&mut self, class: &DeviceClass) {
        self.resource = class.resource.into();
        for (own, set) in
            [(class.device_label, &mut self.device_label), (class.partition_label, &mut self.partition_label)]
        {
            if let Some(own) = own {
                *set = own.into();
            }
        }
    }

    fn configure(&mut self, own: &'c Node, class: &str) {
        for (key, set) in [
            ("resource-name", &mut self.resource),
            ("device-node-label", &mut self.device_label),
            ("partition-size-node-label", &mut self.partition_label),
        ] {
            let text = crate::cluster::field(own, key).and_then(crate::cluster::text);
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                *set = text.into();
            }
        }
        let template =
            crate::cluster::field(own, "pod-template").and_then(|node| crate::cluster::field(node, "template"));
        let spec = template.and_then(|template| crate::cluster::field(template, "spec"));
        self.template = spec.map(|spec| (spec, eco_format!("{CLASSES}.{class}.pod-template")));
    }
}

/// Says where a value that Flyte takes over from another field was written.
pub fn because(of: &Tree, why: &str) -> Origin {
    let place = if matches!(of.origin.place, Place::Cluster(_)) { of.origin.place.clone() } else { Place::Nowhere };
    Origin { source: Source::Platform(why.into()), place }
}
