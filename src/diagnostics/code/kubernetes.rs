//! The codes of what is checked on finished pods: families 10 to 17 are the rules of Kubernetes' API server.
//!
//! In: nothing. Out: a [`Code`] for every rule. Always: as in the [registry](super).

use super::Code;

super::codes! {
    // 10: the pod and its metadata
    BAD_LABEL_KEY = "E1001", "a key that no label can have";

    // 11: containers

    // 12: resources

    // 13: volumes

    // 14: mounts and devices

    // 15: security
    BAD_USER_ID = "E1501", "a number that no user or group has";
    BAD_SECURITY_WORD = "E1502", "a word that a security context does not know";
    UNMASKED_PROC = "E1503", "all of `/proc` for users of the node";
    ESCALATION_CONFLICT = "E1504", "privileges for a container that may gain none";
    SHARED_PROCESSES_OF_NODE = "E1505", "processes that are shared with each other and with the node";
    BAD_SYSCTL_NAME = "E1506", "a name that no setting of the kernel has";
    DUPLICATE_SYSCTL = "E1507", "a setting of the kernel that is given twice";
    SYSCTL_OF_NODE = "E1508", "a setting of the kernel that would be the node's";
    UNNAMED_PROFILE = "E1509", "a profile of the node that is not named";
    IDLE_PROFILE = "E1510", "the name of a profile that is not used";
    BAD_PROFILE_PATH = "E1511", "a path or name that no profile has";
    WINDOWS_FIELD_ON_LINUX = "E1512", "an option of Windows in a pod for Linux";
    LINUX_FIELD_ON_WINDOWS = "E1513", "an option of Linux in a pod for Windows";
    UNKNOWN_OS = "E1514", "an operating system that pods do not know";
    BAD_CREDENTIAL_SPEC = "E1515", "a GMSA credential spec that there cannot be";
    BAD_WINDOWS_USER = "E1516", "a name that no user of Windows has";
    HOST_PROCESS_DIFFERS = "E1517", "a container and its pod that differ on `hostProcess`";
    HOST_PROCESS_IN_PART = "E1518", "a pod with only some processes of the host";
    HOST_PROCESS_WITHOUT_NETWORK = "E1519", "processes of the host without its network";

    // 16: scheduling

    // 17: out of date, or of no effect
    ODD_CAPABILITY = "W1760", "a capability that container runtimes may not know";
    ROOT_AS_NON_ROOT = "W1761", "root in a container that may not run as root";
    UNSAFE_SYSCTL = "W1762", "a setting of the kernel that nodes refuse";

    // 18: what a Flyte cluster does with it

    // 20: the Pod Security Standards
    STANDARD_HOST_NAMESPACES = "E2001", "baseline: a namespace of the node";
    STANDARD_PRIVILEGED = "E2002", "baseline: a privileged container";
    STANDARD_CAPABILITIES = "E2003", "baseline and restricted: a capability beyond those allowed";
    STANDARD_HOST_PATH = "E2004", "baseline: a volume of the node";
    STANDARD_HOST_PORT = "E2005", "baseline: a port of the node";
    STANDARD_PROBE_HOST = "E2006", "baseline: a probe or hook that asks another host";
    STANDARD_APP_ARMOR = "E2007", "baseline: a container without `AppArmor`";
    STANDARD_SELINUX = "E2008", "baseline: an `SELinux` label beyond those allowed";
    STANDARD_PROC_MOUNT = "E2009", "baseline and restricted: all of `/proc`";
    STANDARD_SECCOMP = "E2010", "baseline: a container without seccomp";
    STANDARD_SYSCTL = "E2011", "baseline: a setting of the kernel beyond those allowed";
    STANDARD_HOST_PROCESS = "E2012", "baseline: a process of the host";
    STANDARD_VOLUME_TYPE = "E2020", "restricted: a volume of a kind that is not allowed";
    STANDARD_ESCALATION = "E2021", "restricted: a container that may gain privileges";
    STANDARD_NON_ROOT = "E2022", "restricted: a container that may run as root";
    STANDARD_ROOT_USER = "E2023", "restricted: a container that runs as root";
    STANDARD_NO_SECCOMP = "E2024", "restricted: a container without a seccomp profile";
    STANDARD_KEPT_CAPABILITIES = "E2025", "restricted: a container that keeps its capabilities";
}

/// Every code of this list.
pub const CODES: &[Code] = LIST;
