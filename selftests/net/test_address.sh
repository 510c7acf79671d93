#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# flowsync-address: what the client believes, of where the virtual address is. It is
# told at once when a router takes it, and twice again, since nobody acknowledges
# that. A router that is relieved still holds the address for a moment: it is not to
# take the client back by saying again what it said a second or five ago.
#
# The topology is that of lib.sh; its lan only, with no flowsync.
. "$(dirname "$0")/lib.sh"

# hook EVENT ROUTER ADDRESS: as that router's daemon would run it.
hook() { n "$2" env FLOWSYNC_EVENT="$1" flowsync-address lan0 "$3"; }

# repeats ROUTER: it has something to say again.
repeats() {
	local pid

	for pid in $(ip netns pids "$1"); do
		[ "$(cat "/proc/$pid/comm" 2> /dev/null)" = flowsync-addres ] && return
	done
	return 1
}

# believes HARDWARE ADDRESS: the client does, of the address.
believes() { n client ip neighbour show "$2" dev eth0 | grep -q "lladdr $1"; }

# misled ADDRESS: the client takes it to be elsewhere.
misled() { n client ip neighbour replace "$1" lladdr 02:00:00:00:00:01 dev eth0 nud stale; }

hardware() { n "$1" ip -brief link show lan0 | awk '{ print $3 }'; }

plan 14
topology
r1=$(hardware r1) r2=$(hardware r2)

for address in 10.1.0.1/24 fd01::1/64; do
	at=${address%/*}
	misled $at
	check "r2 takes $at" hook become-active r2 $address
	check "the client believes that" await 10 believes "$r2" $at
	misled $at
	check "it is told again" await 10 believes "$r2" $at
	misled $at
	check "and once more" await 10 believes "$r2" $at
	await 20 not repeats r2

	hook become-active r2 $address
	: > "$TMP/beliefs"
	hook become-active r1 $address
	await 10 believes "$r1" $at
	bg client ip monitor neigh > "$TMP/beliefs"
	watch=$!
	check "r1 takes it from r2, which holds it still: the client believes r1" believes "$r1" $at
	check "neither has anything to say any more" eval 'await 20 not repeats r2 && await 20 not repeats r1'
	check "nobody told the client that it is at r2" eval "believes $r1 $at && kill -0 $watch && ! grep 'lladdr $r2' $TMP/beliefs"
	kill "$watch"
	hook become-standby r2 $address
	hook become-standby r1 $address
done
finish
