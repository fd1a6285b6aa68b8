set -eu
echo "${HOME} {{.input}}"
