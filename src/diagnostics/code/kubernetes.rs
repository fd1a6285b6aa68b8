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
    BAD_POD_WORD = "E1011", "a word that a field of the pod does not know";
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
    BAD_OVERHEAD = "E1027", "an overhead that no container could ask for";

    // 11: containers

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
    SEVERAL_SOURCES = "E1304", "a volume or a part of one with several sources";
    BAD_FILE_MODE = "E1305", "a mode that no file can have";
    PATH_GOES_UP = "E1306", "a path with `..`";
    PATH_IS_ABSOLUTE = "E1307", "a path that has to be relative";
    PATH_IS_RELATIVE = "E1308", "a path that has to be absolute";
    BAD_FIELD_OF_POD = "E1309", "a field that a file cannot say of its pod";
    TWO_THINGS_SAID = "E1310", "a file that says two things";
    BAD_RESOURCE_OF_CONTAINER = "E1311", "a resource that a file cannot say of a container";
    BAD_DIVISOR = "E1312", "a unit that a resource is not counted in";
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

    // 16: scheduling
    NO_NODE_TERMS = "E1601", "a selector of nodes without terms";
    BAD_OPERATOR = "E1602", "an operator that a selector does not know";
    VALUES_OF_OPERATOR = "E1603", "values that do not go with the operator";
    BAD_NODE_FIELD = "E1604", "a field that nodes are not selected by";
    BAD_WEIGHT = "E1605", "a weight outside 1 to 100";
    NO_TOPOLOGY_KEY = "E1606", "an empty topology key";
    LABEL_KEYS_WITHOUT_SELECTOR = "E1607", "keys of labels beside no selector";
    LABEL_KEY_TWICE = "E1608", "a label that is selected by twice";
    BAD_SCHEDULING_WORD = "E1609", "a word that scheduling does not know";
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
    FILE_OF_NO_CONTAINER = "W1753", "a file about a container that there is not";

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

    // 20: the Pod Security Standards
}

/// Every code of this list.
pub const CODES: &[Code] = LIST;
