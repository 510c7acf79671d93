#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module is loaded, configured and unloaded 20 times while traffic passes:
# every second time the nodes are deleted first, else it is unloaded as it is.
# Nobody's connection notices, and no memory stays behind: after the first round
# and after the last one, without traffic, the kernel's caches of objects are
# compared. A leak of one object in a round is 19 more of it at the end. (What
# kernel messages there are, the machine's runner judges.)
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

rounds=20

# memory: objects in use, of each cache that the module or its flows use.
memory() {
	local cache
	n r1 conntrack -F 2> /dev/null
	n r2 conntrack -F 2> /dev/null
	for cache in /sys/kernel/slab/*; do
		case ${cache##*/} in
		nf_conntrack|kmalloc-*)
			echo 1 > "$cache/shrink"
			echo "${cache##*/} $(sed 's/ .*//' "$cache/objects")" \
				"$(cat "$cache/objs_per_slab")" ;;
		esac
	done 2> /dev/null
	echo "percpu $(awk '/Percpu/ { print $2 }' /proc/meminfo) 0"
}

# quiet: entries are freed a grace period after their end.
quiet() {
	[ "$(cat /sys/kernel/slab/nf_conntrack/objects 2> /dev/null |
		sed 's/ .*//')" = "${1:-0}" ]
}

reload() {
	pair || return 1
	carries tcp || return 1
	if [ $(($1 % 2)) = 1 ]; then
		fs r1 node del && fs r2 node del || return 1
	fi
	unload
}

reload_all() {
	local i
	for ((i = 2; i <= rounds; i++)); do
		reload "$i" || { echo "in round $i"; return 1; }
	done
}

traffic() {
	bg client ping -q -i 0.05 10.2.0.2 > "$TMP/ping4"
	ping4=$!
	bg client ping -q -i 0.05 fd02::2 > "$TMP/ping6"
	ping6=$!
	hold tcp client tcphold open 20 10.2.0.2 7
}

no_traffic() {
	release tcp
	kill -INT $ping4 $ping6
	wait $ping4 $ping6
	rm "$TMP"/tcp.*
}

# The last one may have been under way when ping was told to stop.
all_answered() {
	awk '/packets transmitted/ { print; seen++; if ($1 - $4 > 1) bad = 1 }
		END { exit bad || seen != 2 }' "$TMP/ping4" "$TMP/ping6"
}

# A slab that a processor is using counts as full, so that two slabs are noise:
# what is small enough to hide in them is left to the debugging kernel's kmemleak.
grown() {
	awk -v rounds=$rounds 'NR == FNR { was[$1] = $2; next }
		$2 - was[$1] >= rounds - 1 + 2 * $3 { print "grown:", $1, was[$1], $2; bad = 1 }
		END { exit bad }' "$1" "$2"
}

plan 6
topology
take r1
serve
traffic
check "load, configure and unload under traffic" reload 1
no_traffic
memory > "$TMP/memory1"
traffic
check "$((rounds - 1)) times more" reload_all
check "the connections never noticed" carries tcp
no_traffic
check "no echo request was lost" all_answered
memory > "$TMP/memory2"
if [ -e /sys/kernel/debug/kmemleak ]; then
	# User-mode Linux itself keeps some 32 octets for every few processes.
	ok "no memory stays behind # SKIP kmemleak judges this kernel"
else
	check "no memory stays behind" grown "$TMP/memory1" "$TMP/memory2"
fi
check_not "the module is gone" grep -q '^flowsync ' /proc/modules
finish
