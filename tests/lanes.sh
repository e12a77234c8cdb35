# Sourced by tests/run and tests/lint: runs named lanes one after another and keeps count.
# shellcheck shell=bash
#
# A lane is a function. It fails by returning non-zero; what it counts it adds with "count".

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
results=$root/build/test
mkdir -p "$results"
cd "$root" || exit 1

passed=0 failed=0 skipped=0
failed_lanes=()

# count PASSED FAILED SKIPPED
count() {
	passed=$((passed + $1))
	failed=$((failed + $2))
	skipped=$((skipped + $3))
}

# lane NAME: runs the function lane_NAME. A lane that fails without a failed test to show counts as one.
lane() {
	local name=$1 start=$SECONDS failed_before=$failed
	printf '\n=== %s\n' "$name"
	if ! "lane_$name"; then
		failed_lanes+=("$name")
		[ "$failed" -gt "$failed_before" ] || count 0 1 0
	elif [ "$failed" -gt "$failed_before" ]; then
		failed_lanes+=("$name")
	fi
	printf -- '--- %s: %d s\n' "$name" "$((SECONDS - start))"
}

# lanes USUAL... -- WANTED...: runs the wanted ones (the usual if none is named), prints the totals, sets the exit status.
lanes() {
	local usual=()
	while [ "$1" != -- ]; do
		usual+=("$1")
		shift
	done
	shift
	local name wanted=("$@")
	[ ${#wanted[@]} -gt 0 ] || wanted=("${usual[@]}")
	for name in "${wanted[@]}"; do
		if ! declare -F "lane_$name" >/dev/null; then
			echo "no lane $name; there are: $(declare -F | sed -n 's/^declare -f lane_//p' | xargs)" >&2
			exit 2
		fi
	done
	for name in "${wanted[@]}"; do
		lane "$name"
	done
	echo
	[ ${#failed_lanes[@]} = 0 ] || echo "failed: ${failed_lanes[*]}"
	[ -z "${TOTALS_FILE:-}" ] || echo "$passed $failed $skipped" >"$TOTALS_FILE"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ]
}
