//! The codes of what is checked on finished pods: families 10 to 17 are the rules of Kubernetes' API server.
//!
//! In: nothing. Out: a [`Code`] for every rule. Always: as in the [registry](super).

use super::Code;

super::codes! {
    // 10: the pod and its metadata
    BAD_LABEL_KEY = "E1001", "a key that no label can have";

    // 11: containers
    BAD_CONTAINER_NAME = "E1101", "a name that no container can have";
    CONTAINER_NAME_TWICE = "E1102", "two containers of one name";
    CONTAINER_WITHOUT_IMAGE = "E1103", "a container without an image";
    IMAGE_WITH_BLANKS = "E1104", "an image with blanks around it";
    UNKNOWN_CONTAINER_WORD = "E1105", "a word that a field of a container does not take";
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

    // 13: volumes

    // 14: mounts and devices

    // 15: security

    // 16: scheduling

    // 17: out of date, or of no effect
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
    PRIMARY_RESTARTS = "W1730", "a task that starts again whenever it ends";
    UNREADABLE_VARIABLE = "W1731", "a variable that shells cannot read";

    // 18: what a Flyte cluster does with it

    // 20: the Pod Security Standards
}

/// Every code of this list.
pub const CODES: &[Code] = LIST;
