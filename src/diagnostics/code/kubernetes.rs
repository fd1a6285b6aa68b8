//! The codes of what is checked on finished pods: families 10 to 17 are the rules of Kubernetes' API server.
//!
//! In: nothing. Out: a [`Code`] for every rule. Always: as in the [registry](super).

use super::Code;

super::codes! {
    // 10: the pod and its metadata
    BAD_LABEL_KEY = "E1001", "a key that no label or taint can have";
    BAD_LABEL_VALUE = "E1002", "a value that no label or taint can have";
    BAD_ANNOTATION_KEY = "E1003", "a key that no annotation can have";
    ANNOTATIONS_TOO_LARGE = "E1004", "annotations that are too large together";
    MIRROR_POD = "E1005", "a pod that says it mirrors a file of its node";
    BAD_TOLERATIONS_ANNOTATION = "E1006", "an annotation that is no list of tolerations";
    BAD_DELETION_COST = "E1007", "a cost of deletion that is no whole number";
    BAD_PROFILE_ANNOTATION = "E1008", "an annotation that names no security profile";
    PROFILE_OF_NO_CONTAINER = "E1009", "an annotation for a container that there is not";
    PROFILE_CONFLICT = "E1010", "a security profile that differs between annotation and field";
    UNKNOWN_WORD = "E1011", "a word that a field of the pod does not know";
    BAD_ACTIVE_DEADLINE = "E1012", "a deadline that Kubernetes cannot count";
    NO_DNS_LABEL = "E1013", "a name that is no DNS label";
    NO_DNS_NAME = "E1014", "a name that is no DNS name";
    BAD_GATE_NAME = "E1015", "a name that no gate can have";
    DUPLICATE_GATE = "E1016", "a scheduling gate that is listed twice";
    NODE_BEHIND_GATES = "E1017", "a node for a pod that is not to be scheduled yet";
    HOSTNAME_OVERRIDE_CONFLICT = "E1018", "a hostname that two fields decide";
    HOSTNAME_TOO_LONG = "E1019", "a hostname that is too long for Linux";
    NO_IP = "E1020", "an address that is no IP address";
    NO_NAMESERVER = "E1021", "a pod that is to resolve names without a server";
    TOO_MANY_DNS_ENTRIES = "E1022", "more DNS settings than a resolver reads";
    NAMELESS_DNS_OPTION = "E1023", "a DNS option without a name";
    HOST_NAMESPACE_WITH_OWN_USERS = "E1024", "a namespace of the node together with users of the pod's own";
    CLAIM_SOURCE = "E1025", "a resource claim without exactly one source";
    DUPLICATE_CLAIM = "E1026", "two resource claims of one name";

    // 11: containers
    BAD_CONTAINER_NAME = "E1101", "a name that no container can have";
    CONTAINER_NAME_TWICE = "E1102", "two containers of one name";
    CONTAINER_WITHOUT_IMAGE = "E1103", "a container without an image";
    IMAGE_WITH_BLANKS = "E1104", "an image with blanks around it";
    BAD_PORT = "E1106", "a number that no port has";
    BAD_PORT_NAME = "E1107", "a name that no port can have";
    PORT_NAME_TWICE = "E1108", "two ports of one name in a container";
    NODE_PORT_TWICE = "E1109", "a port of the node that is taken twice";
    NODE_PORT_DIFFERS = "E1110", "a port of the node that cannot differ from the container's";
    BAD_CONTAINER_VARIABLE = "E1111", "a name that no environment variable can have";
    VARIABLE_WITHOUT_SOURCE = "E1112", "a reference to a value that does not say where it is";
    SEVERAL_SOURCES = "E1113", "a variable that takes its value from several places";
    BAD_POD_FIELD = "E1114", "a field of the pod that a container cannot be told";
    BAD_AMOUNT_NAME = "E1115", "an amount that a container cannot be told";
    BAD_DIVISOR = "E1116", "a unit in which a container cannot be told an amount";
    BAD_OBJECT_NAME = "E1117", "a name that no config map or secret can have";
    BAD_OBJECT_KEY = "E1118", "a key that no config map or secret can have";
    BAD_VARIABLE_FILE = "E1119", "a file of variables that cannot be reached";
    NO_HANDLER = "E1120", "a probe or hook that does nothing";
    SEVERAL_HANDLERS = "E1121", "a probe or hook that does two things";
    BAD_HEADER = "E1122", "a name that no HTTP header can have";
    BAD_SUCCESS_THRESHOLD = "E1123", "a probe that cannot count successes";
    BAD_PROBE_GRACE = "E1124", "a grace period that a probe cannot have";
    BAD_SLEEP = "E1125", "a hook that sleeps for a time that it cannot have";
    STOP_SIGNAL_WITHOUT_OS = "E1126", "a stop signal in a pod that does not name its system";
    NOT_FOR_INIT_CONTAINERS = "E1127", "a probe or hook of a container that runs to its end";
    RULES_WITHOUT_POLICY = "E1128", "restart rules that nothing asks for";
    RULES_OF_A_SIDECAR = "E1129", "restart rules of a container that always restarts";
    TOO_MANY_RULES = "E1130", "more restart rules or exit codes than are allowed";
    EPHEMERAL_CONTAINERS = "E1131", "a container that only a running pod can be given";

    // 12: resources
    BAD_RESOURCE_NAME = "E1201", "a resource that nobody can ask for";
    NEGATIVE_AMOUNT = "E1202", "an amount below zero";
    FRACTIONAL_COUNT = "E1203", "a part of what is only there as a whole";
    REQUEST_OVER_ITS_LIMIT = "E1204", "a request over its limit, of a container or pod";
    REQUEST_IS_NOT_LIMIT = "E1205", "a request that has to be its limit, and is not";
    MISSING_LIMIT = "E1206", "a request that needs a limit, and has none";
    BAD_HUGE_PAGES = "E1207", "an amount of large pages that is no number of pages";
    HUGE_PAGES_ALONE = "E1208", "large pages without CPU or memory";
    CLAIM_USED_TWICE = "E1209", "a resource claim that a container uses twice";
    UNKNOWN_CLAIM = "E1210", "a resource claim that the pod does not have";
    RESIZED_TWICE = "E1211", "two policies for resizing one resource";
    RESIZE_RESTARTS = "E1212", "a container that restarts to be resized in a pod that never restarts";
    POD_RESOURCES_ON_WINDOWS = "E1213", "resources of a whole pod with Windows";
    CLAIMS_OF_A_POD = "E1214", "resource claims of a whole pod";
    POD_REQUESTS_LESS = "E1215", "a pod that requests less than its containers";
    POD_LIMITS_LESS = "E1216", "a pod whose limit is less than that of its containers";
    LIMIT_OVER_POD = "E1217", "a container whose limit is over that of its pod";

    // 13: volumes
    VOLUME_TWICE = "E1303", "two volumes of one name";
    SEVERAL_VOLUME_SOURCES = "E1304", "a volume or a part of one with several sources";
    BAD_FILE_MODE = "E1305", "a mode that no file can have";
    PATH_GOES_UP = "E1306", "a path with `..`";
    PATH_IS_ABSOLUTE = "E1307", "a path that has to be relative";
    PATH_IS_RELATIVE = "E1308", "a path that has to be absolute";
    TWO_THINGS_SAID = "E1310", "a file that says two things";
    FILE_TWICE = "E1313", "one file of two sources";
    BAD_TRUST_BUNDLE = "E1314", "a trust bundle that cannot be found so";
    BAD_SIGNER_NAME = "E1315", "a name that no signer can have";
    BAD_CLAIM_METADATA = "E1316", "metadata that a claim made for a pod cannot have";
    ACCESS_OF_ONE_POD = "E1317", "access by one pod beside access by many";
    SIZE_OF_NOTHING = "E1318", "a claim without a size";
    BAD_DATA_SOURCE = "E1319", "something that a claim cannot be filled with";
    BAD_DISK_ADDRESS = "E1320", "an address of a disk that has the wrong form";
    BAD_ISCSI_NAME = "E1321", "a name that iSCSI does not know";
    TWO_WAYS_TO_A_DISK = "E1322", "a disk that is named in two ways";
    RESERVED_OPTION = "E1323", "an option in a domain of Kubernetes";

    // 14: mounts and devices
    UNKNOWN_VOLUME = "E1401", "a volume that the pod does not have";
    MOUNT_PATH_TWICE = "E1402", "two things at one path of a container";
    TWO_PARTS_OF_A_VOLUME = "E1403", "a mount of two parts of one volume";
    PROPAGATION_NEEDS_PRIVILEGE = "E1404", "mounts that go back to the node from a container without privileges";
    BAD_READ_ONLY = "E1405", "a mount that is read-only in depth and writable";
    MOUNT_AND_DEVICE = "E1406", "a volume that is a mount and a device";
    DEVICE_TWICE = "E1407", "one device twice";
    NO_BLOCK_DEVICE = "E1408", "a device of a volume that is none";
    DEVICES_OF_OTHER_USERS = "E1409", "devices in a pod with users of its own";

    // 15: security
    BAD_USER_ID = "E1501", "a number that no user or group has";
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
    NO_NODE_TERMS = "E1601", "a selector of nodes without terms";
    BAD_OPERATOR = "E1602", "an operator that a selector does not know";
    VALUES_OF_OPERATOR = "E1603", "values that do not go with the operator";
    BAD_NODE_FIELD = "E1604", "a field that nodes are not selected by";
    BAD_WEIGHT = "E1605", "a weight outside 1 to 100";
    NO_TOPOLOGY_KEY = "E1606", "an empty topology key";
    LABEL_KEYS_WITHOUT_SELECTOR = "E1607", "keys of labels beside no selector";
    LABEL_KEY_TWICE = "E1608", "a label that is selected by twice";
    TOLERATION_WITHOUT_KEY = "E1610", "a toleration without a key that compares";
    TOLERATION_VALUE = "E1611", "a value that does not go with the toleration's operator";
    TOLERATION_SECONDS = "E1612", "seconds for a taint that evicts nothing";
    COUNT_BELOW_ONE = "E1613", "a count of scheduling that is below 1";
    DUPLICATE_SPREAD = "E1614", "two spread constraints of one kind";
    MIN_DOMAINS_WITHOUT_FORCE = "E1615", "a number of domains for a constraint that forces nothing";

    // 17: out of date, or of no effect
    OLD_NODE_LABEL = "W1701", "a node label that was renamed";
    OLD_ANNOTATION = "W1702", "an annotation that a field has replaced";
    RESERVED_KEY = "W1703", "a key that is Kubernetes' own";
    DUPLICATE_HOST_ALIAS = "W1704", "two entries for one address";
    ODD_PULL_SECRET = "W1705", "a pull secret without a name, or named twice";
    NEGATIVE_GRACE = "W1706", "a grace period below zero";
    ODD_IP = "W1707", "an IP address in an unusual form";
    NO_SELECTOR = "W1708", "a missing selector, which selects nothing";
    NODE_BY_NAME = "W1709", "a node that is named, past the scheduler";
    OLD_SERVICE_ACCOUNT = "W1710", "the old name of the service account's field";
    GATE_THAT_STAYS = "W1711", "a scheduling gate that nothing opens";
    EMPTY_NODE_TERM = "W1712", "an empty term, which selects no node";
    NO_NUMBER_TO_COMPARE = "W1713", "a comparison with what is no number";
    DUPLICATE_TOLERATION = "W1714", "a toleration that is listed twice";
    NODE_DNS = "W1715", "a pod in the node's network that looks for the cluster's names";
    SET_BY_CLUSTER = "W1716", "a field that the cluster itself fills in";
    UNMATCHED_VALUE = "W1717", "a value to prefer that no label can have";
    SAME_PORT = "W1720", "a port that two entries list";
    HOST_IP_ALONE = "W1721", "an address of the node without a port of it";
    PORT_NAME_IN_TWO_CONTAINERS = "W1722", "a port name that two containers use";
    BAD_IMAGE_REFERENCE = "W1723", "an image that no registry could have";
    UNKNOWN_VARIABLE = "W1724", "a reference to a variable that there is not";
    RELATIVE_PATH = "W1725", "a path that has to be absolute";
    READS_INPUT = "W1726", "a container that waits for input";
    BAD_HOST_IP = "W1727", "an address that is none";
    NO_SUCH_CONTAINER = "W1728", "an amount of a container that there is not";
    NO_SUCH_PORT = "W1729", "the name of a port that the container does not have";
    UNREADABLE_VARIABLE = "W1731", "a variable that shells cannot read";
    ODD_CAPABILITY = "W1760", "a capability that container runtimes may not know";
    ROOT_AS_NON_ROOT = "W1761", "root in a container that may not run as root";
    UNSAFE_SYSCTL = "W1762", "a setting of the kernel that nodes refuse";
    VOLUME_WITHOUT_SOURCE = "W1740", "a volume that does not say what it is";
    UNUSED_VOLUME = "W1741", "a volume that no container uses";
    REMOVED_DRIVER = "W1742", "a driver that Kubernetes has removed";
    PATHS_OVERLAP = "W1743", "files that get in each other's way";
    FRACTIONAL_BYTES = "W1744", "a part of a byte";
    PROJECTION_OF_NOTHING = "W1745", "a source without content";
    BAD_MEDIUM = "W1746", "a medium that nodes do not have";
    MEDIUM_WITHOUT_PAGES = "W1747", "a folder in large pages in a pod without any";
    IMPOSSIBLE_NAME = "W1748", "a name that nothing can have";
    ODD_MOUNT_PATH = "W1749", "a mount path that means something else";
    SAME_MOUNT_PATH = "W1750", "two spellings of one mount path";
    UNKNOWN_VARIABLE_IN_PATH = "W1751", "a path with a variable that there is not";
    AMOUNT_WITHOUT_DIGIT = "W1752", "an amount without a number";
    OCTAL_DIGITS = "W1753", "a mode whose digits are those of an octal one";
    VALUE_OF_NO_NODE = "W1754", "a value that a label has on no node";
    NEARLY_A_RESOURCE = "W1755", "a resource whose name is nearly a known one";
    FEW_BYTES = "W1756", "an amount of bytes that nothing can run in";
    MANY_CORES = "W1757", "more cores than hardly any node has";

    // 18: what a Flyte cluster does with it
    WAITS_FOR_ALL = "W1803", "a task that waits for all containers of its pod";
    PRIMARY_ANNOTATION = "W1804", "an annotation that names another container as the primary one";
    STARTED_AGAIN = "W1805", "a task that Kubernetes starts again";
    DEFAULT_CONTAINER = "W1806", "a default container that there is not";
    LIMIT_BECOMES_ZERO = "W1807", "a request without a limit beside the primary container";
    REQUEST_BECOMES_ZERO = "W1808", "a limit without a request beside the primary container";
    ACCELERATORS_TWICE = "W1809", "accelerators of a task and a limit that is not theirs";
    RESERVED_VARIABLE = "W1810", "an environment variable that Flyte sets";
    REPLACED_PROBE = "W1811", "a probe that Flyte replaces";
    RESERVED_LABEL = "W1812", "a label that Flyte sets";
    IGNORED_FIELD = "W1813", "a field that Flyte sets";
    IGNORED_SERVICE_ACCOUNT = "W1814", "a service account that the pod spec's wins over";
    SECRET_VARIABLE = "W1815", "an environment variable that a secret takes";
    SECRET_MOUNT_TAKEN = "W1816", "a mount where secrets are";
    SHARED_MEMORY_TAKEN = "W1817", "a volume or mount in the way of shared memory";
    UNKNOWN_PLACEHOLDER = "W1818", "a placeholder that Flyte does not know";
    PLACEHOLDER_OUT_OF_PLACE = "W1819", "a placeholder where nothing is replaced";
    INEXACT_NUMBER = "W1820", "a number that the wire cannot hold";
    RESIZE_RESTARTS_IN_FLYTE = "W1821", "a container that Flyte lets nobody restart to resize it";

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
    STANDARD_NOT_HARDENED = "E2026", "restricted: a pod that says nothing of its security";
}

/// Every code of this list.
pub const CODES: &[Code] = LIST;
