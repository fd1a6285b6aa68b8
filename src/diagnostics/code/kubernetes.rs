//! The codes of what is checked on finished pods: families 10 to 17 are the rules of Kubernetes' API server.
//!
//! In: nothing. Out: a [`Code`] for every rule. Always: as in the [registry](super).

use super::Code;

super::codes! {
    // 10: the pod and its metadata
    BAD_LABEL_KEY = "E1001", "a key that no label can have";

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
    BAD_DNS_LABEL = "E1301", "a name that is no DNS label";
    BAD_DNS_SUBDOMAIN = "E1302", "a name that is no DNS subdomain";
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

    // 17: out of date, or of no effect
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

    // 20: the Pod Security Standards
}

/// Every code of this list.
pub const CODES: &[Code] = LIST;
