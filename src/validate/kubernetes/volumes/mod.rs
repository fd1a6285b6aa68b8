//! The volumes of a pod.
//!
//! In: a pod. Out: faults, and [`Volumes`], which mounts refer to. Always: a volume has one source, the first in the order of the
//! API server, and that alone is looked at; a volume with a fault is none that a mount could refer to, and its mounts are not told.
//! Source: `ValidateVolumes` and `validateVolumeSource` in validation.go, `dropImageVolumes` in pkg/api/pod/util.go, and
//! pkg/api/pod/warnings.go. Not here: the sources, each family of which has a module. What `<pod>-<volume>` would come to is not
//! looked at either: Flyte names the pod.

mod claims;
mod disks;
mod downward;
pub mod files;
mod local;
mod network;
mod overlaps;
mod projected;
mod removed;
mod signers;
mod unused;

use k8s_openapi::api::core::v1::Volume;
use rustc_hash::FxHashMap;

use super::formats::{dns_label, listed};
use super::paths::{known_as, label, required};
use super::{Pod, mounts};
use crate::diagnostics::code::kubernetes as codes;
use crate::diagnostics::suggest::closest;
use crate::validate::fault::{Fault, Faults, MOST_COMPARED, Reason};
use crate::validate::literal;
use crate::validate::path::{At, Path};

/// The volumes of a pod by name.
#[derive(Debug, Default)]
pub struct Volumes<'p> {
    by_name: FxHashMap<&'p str, Named<'p>>,
    /// The volume that no container names, where there is one alone: a wrong name was probably meant for it.
    spare: Option<&'p str>,
    /// A name that several mounts have for the spare volume, which is nearly called so: the slip is in the volume then.
    misspelt: Option<(&'p str, usize)>,
}

/// How many names are listed in a message.
const MOST_LISTED: usize = 8;

/// What a name stands for.
#[derive(Debug, Clone, Copy)]
pub enum Named<'p> {
    /// A volume without a fault, and which one it is.
    Volume(&'p Volume, usize),
    /// A volume with a fault.
    Broken,
    /// A volume that the server drops together with its mounts.
    Dropped,
}

impl<'p> Volumes<'p> {
    /// What a name stands for.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Named<'p>> {
        self.by_name.get(name).copied()
    }

    /// The fault of `name` at `at`, which names no volume that is right; `who` has it.
    #[must_use]
    pub fn unknown(&self, name: &str, who: &str, at: &At<'_>) -> Fault {
        if let Some((_, index)) = self.misspelt.filter(|(meant, _)| *meant == name) {
            return self.called_otherwise(name, index, at);
        }
        let message = format!("the pod has no volume `{name}`, which {who} names");
        let names = self.by_name.keys().copied().filter(|_| self.by_name.len() <= MOST_COMPARED);
        let similar = closest(name, names);
        // What is wrong with a volume is told there.
        let broken = similar.is_some_and(|similar| matches!(self.get(similar), Some(Named::Broken)));
        let fault = Fault::refused(codes::UNKNOWN_VOLUME, Reason::NotFound, at, message)
            .echo(name.is_empty() || broken || self.by_name.contains_key(name))
            .note("a container has volumes of its pod, and finds them by their names");
        match (similar, self.spare) {
            (Some(similar), _) => self.near(similar, fault).did_you_mean(name, similar, true),
            (None, Some(spare)) => fault
                .note(self.there_are())
                .help(format!("did you mean `{spare}`, which no container uses yet?"))
                .suggest(format!("write `{spare}`"), literal::text(spare)),
            (None, None) => declare(fault.note(self.there_are()), name),
        }
    }

    /// The fault of the volume `index`, which what names it at `at` and elsewhere calls `name`.
    fn called_otherwise(&self, name: &str, index: usize, at: &At<'_>) -> Fault {
        let written = self.spare.unwrap_or_default();
        let root = At::root();
        let spec = root.field("spec");
        let list = spec.field("volumes");
        let message = format!("the volume `{written}` is called `{name}` wherever it is used");
        Fault::refused(codes::UNKNOWN_VOLUME, Reason::NotFound, &list.index(index).field("name"), message)
            .field(at.path().to_string())
            .other(at, "as here")
            .note("a container has volumes of its pod, and finds them by their names")
            .did_you_mean(written, name, true)
    }

    /// Points at the volume of a name.
    fn near(&self, name: &str, fault: Fault) -> Fault {
        let Some(Named::Volume(_, index)) = self.get(name) else { return fault };
        let root = At::root();
        let (spec, label) = (root.field("spec"), "this volume has nearly that name");
        fault.other(&spec.field("volumes").index(index).field("name"), label)
    }

    /// Which volumes the pod has, for a message.
    fn there_are(&self) -> String {
        if self.by_name.len() > MOST_LISTED {
            return format!("none of its {} volumes has this name", self.by_name.len());
        }
        let mut names: Vec<&str> = self.by_name.keys().copied().filter(|name| !name.is_empty()).collect();
        names.sort_unstable();
        match names.len() {
            0 => "the pod has no volumes at all".to_owned(),
            1 => format!("its only volume is {}", listed(&names)),
            _ => format!("its volumes are {}", listed(&names)),
        }
    }
}

/// How many further places of a name are pointed at.
const MOST_PLACES: usize = 3;

/// Of all that name one volume that there is not, the first tells for the others: it is one volume that is missing.
pub fn together(faults: &mut Faults) {
    let mut firsts: FxHashMap<String, usize> = FxHashMap::default();
    let mut others: Vec<(usize, Path)> = Vec::new();
    for (index, fault) in faults.iter_mut().enumerate() {
        if fault.code != codes::UNKNOWN_VOLUME || fault.echo {
            continue;
        }
        let Some(first) = firsts.get(&fault.message) else {
            firsts.insert(fault.message.clone(), index);
            continue;
        };
        fault.echo = true;
        others.push((*first, fault.at.clone()));
    }
    for (first, at) in others {
        let Some(fault) = faults.get_mut(first) else { continue };
        // Where the volume itself is at fault, it is one place for all.
        if fault.at == at {
            continue;
        }
        fault.replacement.iter_mut().for_each(|replacement| replacement.also.push(at.clone()));
        // One of them may be the volume of nearly that name.
        if fault.others.len() <= MOST_PLACES {
            fault.others.push((at, "and here".to_owned()));
        }
    }
}

/// Says how a volume of a name is declared, and offers the simplest one.
fn declare(fault: Fault, name: &str) -> Fault {
    let fault = fault.help(format!(
        "declare it in `pod_spec`: `volumes {} {{ … }}`, with `emptyDir {{}}` for an empty folder, or with \
         `persistentVolumeClaim {{ claimName = \"…\" }}`, `secret {{ secretName = \"…\" }}` or \
         `configMap {{ name = \"…\" }}`",
        literal::key(name)
    ));
    if dns_label(name).is_some() {
        return fault;
    }
    let entry = format!("volumes {} {{ emptyDir {{}} }}", literal::key(name));
    fault.insert(format!("declare `{name}` as an empty folder"), &At::root().field("spec"), entry)
}

/// Checks the volumes at `at`.
pub fn check<'p>(pod: &Pod<'p>, at: &At<'_>, faults: &mut Faults) -> Volumes<'p> {
    let mut volumes = Volumes::default();
    let mut dropped = 0;
    for (index, volume) in pod.spec.volumes.iter().flatten().enumerate() {
        let name = volume.name.as_str();
        if volume.image.is_some() && !pod.features.image_volume {
            volumes.by_name.insert(name, Named::Dropped);
            dropped += 1;
            continue;
        }
        let (here, before) = (at.index(index), faults.len());
        check_one(pod, volume, &volumes, at, &here, faults);
        if dropped > 0 {
            known_as(faults, before, &here, &at.index(index - dropped).path().to_string());
        }
        let sound = faults.iter().skip(before).all(|fault| fault.reason.is_none());
        let named = if sound { Named::Volume(volume, index) } else { Named::Broken };
        let known = volumes.by_name.entry(name).or_insert(named);
        if sound && matches!(known, Named::Broken) {
            *known = named;
        }
    }
    let used = unused::used(pod);
    volumes.spare = unused::spare(pod, &used);
    volumes.misspelt = unused::misspelt(pod, &volumes, &used);
    unused::check(pod, &volumes, &used, at, faults);
    volumes
}

fn check_one(pod: &Pod<'_>, volume: &Volume, volumes: &Volumes<'_>, list: &At<'_>, at: &At<'_>, faults: &mut Faults) {
    let mut sources = Sources { first: None, at, faults };
    check_sources(pod, volume, &mut sources);
    if sources.first.is_none() {
        let fault = Fault::found(codes::VOLUME_WITHOUT_SOURCE, at, "a volume that does not say what it is")
            .relation()
            .note("Kubernetes takes it for an empty folder, which is gone when the pod has ended")
            .insert("say that it is an empty folder", at, "emptyDir {}");
        faults.push(
            fault.help("write `emptyDir {}` where that is meant, or what it is, such as `persistentVolumeClaim { … }`"),
        );
    }
    let name = volume.name.as_str();
    required(name, "a volume", "name", at, faults);
    if !name.is_empty() {
        faults.extend(label(name, "a volume", &at.field("name")).map(|mut fault| {
            mounts::each_of(pod, name, |at| fault.also(at));
            fault.surely(name)
        }));
    }
    if let Some(Named::Volume(_, first)) = volumes.get(name) {
        let message = format!("the pod has two volumes `{name}`");
        let fault = Fault::refused(codes::VOLUME_TWICE, Reason::Duplicate, &at.field("name"), message);
        let other = list.index(first);
        faults.push(
            fault
                .here("the second of this name")
                .other(&other.field("name"), "the first of them")
                .note("a mount finds its volume by the name, so Kubernetes takes each name once in a pod")
                .help("give one of them another name and mount it under that, or take one of them out"),
        );
    }
}

/// Goes through the sources of a volume.
struct Sources<'a> {
    first: Option<&'static str>,
    at: &'a At<'a>,
    faults: &'a mut Faults,
}

impl Sources<'_> {
    /// Looks at a source, if there is one.
    fn source<T>(&mut self, name: &'static str, source: Option<&T>, check: impl FnOnce(&T, &At<'_>, &mut Faults)) {
        let Some(source) = source else { return };
        let at = self.at.field(name);
        let Some(first) = self.first else {
            self.first = Some(name);
            check(source, &at, self.faults);
            return;
        };
        let message = format!("the volume has two sources, `{first}` and `{name}`");
        let fault = Fault::forbidden(codes::SEVERAL_VOLUME_SOURCES, &at, message)
            .here("another source")
            .other(&self.at.field(first), "this is its source already")
            .note("Kubernetes fills a volume from one source alone");
        let fault = fault.help(format!(
            "take one of them away (`{first} = null` where it is inherited), or make it a volume of its own"
        ));
        self.faults.push(match name {
            // The server spells these two otherwise here, and only here.
            "cephfs" => fault.field(self.at.field("cephFS").path().to_string()),
            "downwardAPI" => fault.field(self.at.field("downwarAPI").path().to_string()),
            _ => fault,
        });
    }
}

/// Looks at all sources in the order of the API server.
fn check_sources(pod: &Pod<'_>, volume: &Volume, to: &mut Sources<'_>) {
    let name = volume.name.as_str();
    to.source("emptyDir", volume.empty_dir.as_ref(), |it, at, faults| local::empty_dir(pod, it, at, faults));
    to.source("hostPath", volume.host_path.as_ref(), local::host_path);
    to.source("gitRepo", volume.git_repo.as_ref(), removed::git_repo);
    to.source("gcePersistentDisk", volume.gce_persistent_disk.as_ref(), disks::gce);
    to.source("awsElasticBlockStore", volume.aws_elastic_block_store.as_ref(), disks::aws);
    to.source("secret", volume.secret.as_ref(), files::secret);
    to.source("nfs", volume.nfs.as_ref(), network::nfs);
    to.source("iscsi", volume.iscsi.as_ref(), network::iscsi);
    if let Some(iscsi) = &volume.iscsi {
        to.faults.extend(network::iscsi_with_name(iscsi, name, to.at));
    }
    to.source("glusterfs", volume.glusterfs.as_ref(), removed::glusterfs);
    to.source("flocker", volume.flocker.as_ref(), removed::flocker);
    to.source("persistentVolumeClaim", volume.persistent_volume_claim.as_ref(), claims::persistent);
    to.source("rbd", volume.rbd.as_ref(), removed::rbd);
    to.source("cinder", volume.cinder.as_ref(), disks::cinder);
    to.source("cephfs", volume.cephfs.as_ref(), removed::cephfs);
    to.source("quobyte", volume.quobyte.as_ref(), removed::quobyte);
    to.source("downwardAPI", volume.downward_api.as_ref(), |it, at, faults| downward::volume(pod, it, at, faults));
    to.source("fc", volume.fc.as_ref(), network::fibre_channel);
    to.source("flexVolume", volume.flex_volume.as_ref(), network::flex);
    to.source("configMap", volume.config_map.as_ref(), files::config_map);
    to.source("azureFile", volume.azure_file.as_ref(), disks::azure_file);
    to.source("vsphereVolume", volume.vsphere_volume.as_ref(), disks::vsphere);
    to.source("photonPersistentDisk", volume.photon_persistent_disk.as_ref(), removed::photon);
    to.source("portworxVolume", volume.portworx_volume.as_ref(), disks::portworx);
    to.source("azureDisk", volume.azure_disk.as_ref(), disks::azure_disk);
    to.source("storageos", volume.storageos.as_ref(), removed::storageos);
    to.source("projected", volume.projected.as_ref(), |it, at, faults| projected::check(pod, it, at, faults));
    to.source("scaleIO", volume.scale_io.as_ref(), removed::scale_io);
    to.source("csi", volume.csi.as_ref(), claims::csi);
    to.source("ephemeral", volume.ephemeral.as_ref(), |it, at, faults| claims::ephemeral(pod, it, at, faults));
    to.source("image", volume.image.as_ref(), local::image);
}
