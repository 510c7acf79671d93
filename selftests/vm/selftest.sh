#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# selftest.sh - does the runner itself tell the truth?  (TAP)
#
#   selftest.sh [qemu|lab|uml]...      default: all
set -eu

here=$(cd "${0%/*}" && pwd)
dir=$(mktemp -d "${TMPDIR:-/tmp}/flowsync-selftest.XXXXXX")
trap 'rm -rf "$dir"' EXIT
count=0 failed=0

# check NAME COMMAND...: one TAP line.
check() {
	local name=$1
	shift
	count=$((count + 1))
	if "$@" >"$dir/log" 2>&1; then
		echo "ok $count - $name"
	else
		failed=1
		echo "not ok $count - $name"
		sed 's/^/# /' "$dir/log"
	fi
}

# status WANT COMMAND...: its output goes on to our output.
status() {
	local want=$1 got=0
	shift
	"$@" || got=$?
	[ "$got" = "$want" ] || { echo "status $got, not $want"; return 1; }
}

# prints TEXT COMMAND...: succeeds, and prints just that on standard output.
prints() {
	local want=$1 got
	shift
	got=$("$@") || return 1
	[ "$got" = "$want" ] || { echo "printed '$got', not '$want'"; return 1; }
}

# complains WANT TEXT COMMAND...: ends with WANT and says TEXT.
complains() {
	local want=$1 text=$2 got=0 said
	shift 2
	said=$("$@" 2>&1) || got=$?
	echo "$said"
	[ "$got" = "$want" ] || { echo "status $got, not $want"; return 1; }
	grep -q -- "$text" <<<"$said" || { echo "no '$text'"; return 1; }
}

# every_runner COMMAND...: what run and run-uml have in common.
every_runner() {
	check "${1##*/}: status and arguments" status 42 \
		"$@" bash -c '[ "$1" = "a b" ] && exit 42' x 'a b'
	check "${1##*/}: standard output alone" prints 'the one line' \
		"$@" bash -c 'echo other >&2; echo the one line'
	check "${1##*/}: variables" variables "$@"
	check "${1##*/}: a complaint in the log" complains 120 'kmsg: .*WARNING: planted' \
		"$@" bash -c 'echo "WARNING: planted" >/dev/kmsg'
	check "${1##*/}: time is up" complains 124 'time is up' \
		"$@" -t 4 sleep 60
	check "${1##*/}: results" results "$@"
	check "${1##*/}: the host's files are safe" harmless "$@"
	check "${1##*/}: conntrack, nft and namespaces" "$@" bash -ec '
		modprobe -a nf_conntrack nf_nat veth
		ip netns add a
		ip netns exec a nft add table inet t
		ip netns exec a conntrack -L
		unshare -Urn true'
}

variables() {
	local -x FLOWSYNC_SELFTEST='x  y' V=1 OTHER=z
	prints 'x  y 1 none' "$@" \
		bash -c 'echo "$FLOWSYNC_SELFTEST $V ${OTHER-none}"'
}

results() {
	"$1" -o "$dir/out" "${@:2}" bash -c 'echo 1 >$OUT/result; echo 2' &&
		grep -q 1 "$dir/out/result" && grep -q 2 "$dir/out/stdout" &&
		grep -q 'Linux version' "$dir/out/kmsg"
}

harmless() {
	echo before >"$dir/file"
	"$@" bash -c 'echo after >"$1"; grep -q after "$1"' x "$dir/file" &&
		grep -q before "$dir/file"
}

test_qemu() {
	every_runner "$here/run"
	check "run: panic" complains 121 'Kernel panic' \
		"$here/run" bash -c 'echo c >/proc/sysrq-trigger; sleep 60'
	check "run: two processors" prints 2 "$here/run" nproc
	check "run: counting instructions" prints 1 \
		env FLOWSYNC_ICOUNT=1 "$here/run" nproc
}

test_uml() {
	every_runner "$here/run-uml"
	check "run-uml: virtual time" prints 'an hour' timeout 60 \
		"$here/run-uml" -T bash -c 'sleep 3600; echo an hour'
	check "run-uml: a module" test_module
	found leak 'leak: .*do_init_module'
	found use-after-free 'KASAN: use-after-free'
	found bounds 'KASAN: slab-out-of-bounds'
	found shift 'UBSAN: shift-out-of-bounds'
	found sleep 'sleeping function called'
	found lock-order 'possible circular locking'
	found rcu 'suspicious RCU usage'
}

# A module without a bug, first.
test_module() {
	cp -r "$here/selftest-bugs" "$dir/bugs" &&
		make -C "$("$here/uml-build" --umldir)" ARCH=um M="$dir/bugs" &&
		"$here/run-uml" bash -c 'insmod "$1" && rmmod bugs && insmod "$1"' \
			x "$dir/bugs/bugs.ko"
}

# found BUG REPORT: the sanitizer in charge says so.
found() {
	check "run-uml: finds $1" complains 120 "$2" \
		"$here/run-uml" insmod "$dir/bugs/bugs.ko" "bug=$1"
}

test_lab() {
	. "$here/lab.sh"
	lab_init "$dir/lab"
	trap 'lab_stop_all; rm -rf "$dir"' EXIT
	lab_cable sync one two
	lab_cable lan one two lan0 lan1

	check "lab: two machines" both
	check "lab: status" status 42 lab_exec one 'exit 42'
	check "lab: output" prints 'lan1 up' lab_exec two \
		'ip link set lan1 up && echo lan1 up'
	address one 1
	address two 2
	check "lab: a cable" ping_two
	check "lab: commands side by side" side_by_side
	check "lab: an answer takes less than a second" status 0 timely
	lab_unplug sync
	check "lab: unplugged" status 1 ping_two
	lab_plug sync
	check "lab: plugged in" ping_two
	lab_freeze two
	check "lab: frozen" status 1 ping_two
	check "lab: frozen machines do not answer" status 124 lab_exec -t 2 two true
	lab_thaw two
	check "lab: thawed" ping_two
	lab_cut two
	check "lab: cut" status 1 ping_two
	check "lab: dead machines do not answer" status 121 lab_exec two true
	check "lab: start again" lab_start two
	address two 2
	check "lab: the same cable" ping_two
	check "lab: clean logs" lab_kmsg_check
	lab_exec two 'echo "BUG: planted" >/dev/kmsg'
	check "lab: a complaint in the log" complains 1 'BUG: planted' lab_kmsg_check
	lab_cut two
	check "lab: and after the cut too" complains 1 'BUG: planted' lab_kmsg_check
	lab_stop_all
}

both() {
	local first
	lab_start one & first=$!
	lab_start two
	wait $first
}

address() {
	lab_exec "$1" "ip address add 192.0.2.$2/24 dev sync; ip link set sync up"
}

ping_two() { lab_exec one 'ping -q -c 3 -i 0.2 -W 1 192.0.2.2'; }

side_by_side() {
	local slow
	lab_exec one 'sleep 2; echo slow' >"$dir/slow" & slow=$!
	prints quick lab_exec one 'echo quick' && [ ! -s "$dir/slow" ] &&
		wait $slow && grep -q slow "$dir/slow"
}

timely() {
	local start=${EPOCHREALTIME//[!0-9]/}
	lab_exec one true && [ $((${EPOCHREALTIME//[!0-9]/} - start)) -lt 1000000 ]
}

[ $# -gt 0 ] || set -- qemu lab uml
echo "TAP version 13"
for part; do
	"test_$part"
done
echo "1..$count"
exit $failed
