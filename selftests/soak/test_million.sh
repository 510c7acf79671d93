#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A million connections on r1, and in r2's shadow. `flow show -j` streams them, a
# line for each: what the controller and the kernel take for it does not depend on
# how many there are. `show` answers as it does with none, and while they stream.
#
# FLOWSYNC_FLOWS=n is how many.
. "$(dirname "$0")/../net/lib.sh"

FLOWS=${FLOWSYNC_FLOWS:-1000000}
PATH=$top/build/bench:$PATH
MOST_KB=8192	# of memory, for the controller, and for the kernel

# memory: of the kernel's small objects and pages, which streaming might take.
memory() { awk '/^(Slab|VmallocUsed|PageTables):/ { n += $2 } END { print n }' /proc/meminfo; }

# took COMMAND...: how long it takes, in ms.
took() {
	local start=${EPOCHREALTIME/./}
	"$@" > /dev/null || return
	echo $(((${EPOCHREALTIME/./} - start) / 1000))
}

shows() { took within "$1" flowsyncctl show; }

# quietly ROUTER: the least of a few.
quietly() {
	local _

	for _ in 1 2 3 4 5; do
		shows "$1"
	done | sort -n | head -n 1
}

# stream ROUTER TABLE: all of it; $lines of them, $peak kB of the controller, $grown
# kB of the kernel, and the $longest that "show" took meanwhile, in ms.
stream() {
	local before pid now ms round=0 end=$((SECONDS + 3000))

	lines=0 peak=0 grown=0 longest=0
	before=$(memory)
	within "$1" flowsyncctl -j flow show "$2" > >(wc -l > "$TMP/lines") &
	pid=$!
	while [ -r /proc/$pid/status ] && [ $SECONDS -lt $end ]; do
		now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' /proc/$pid/status 2> /dev/null)
		[ "${now:-0}" -le "$peak" ] || peak=$now
		now=$(($(memory) - before))
		[ $now -le $grown ] || grown=$now
		# Looking must not take the processor from what is looked at.
		if [ $((round++ % 8)) = 0 ]; then
			ms=$(shows "$1")
			[ "$ms" -le $longest ] || longest=$ms
		fi
		read -r -t 0.5 <> <(:) || true
	done
	wait $pid || return
	await 20 test -s "$TMP/lines"
	lines=$(cat "$TMP/lines")
	[ "$peak" -gt 0 ]
}

# streams ROUTER TABLE: a test point for each promise.
streams() {
	check "$1 streams its $2 table" stream "$1" "$2"
	note "$lines lines; controller $peak kB, kernel $grown kB; show within $longest ms"
	check "each flow is a line" [ "$lines" -ge "$FLOWS" ]
	check "the controller takes no more than $MOST_KB kB" [ "$peak" -le $MOST_KB ]
	check "nor does the kernel" [ "$grown" -le $MOST_KB ]
	# The only processor has other things to do.
	check "\"show\" answers meanwhile" [ "$longest" -le $((10 * few + 1000)) ]
}

plan 15
topology
sysctl -qw net.netfilter.nf_conntrack_max=4194304 net.netfilter.nf_conntrack_buckets=262144
check "r1 and r2 hear each other" pair
few=$(quietly r1)
check "$FLOWS connections" n r1 meter fill 10.1.2.0 10.2.1.0 $FLOWS 10.2.0.1
check "r1 learns them" await 1200 at_least $FLOWS node r1 flows
check "r2 is told of them" await 1800 at_least $FLOWS node r2 shadow
await 60 is 0 peer r1 r2 dirty
many=$(quietly r1)
note "show: $few ms with none, $many ms with $FLOWS"
check "\"show\" answers as it did with none" [ "$many" -le $((3 * few + 300)) ]
streams r1 local
streams r2 shadow
finish
