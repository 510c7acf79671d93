#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The only sync cable is cut for a while: both routers become active and have the
# addresses, the neighbours follow whoever said so last. When the cable is back one
# of them stays, the same one by both accounts, and what passed either of them, or
# was opened meanwhile, goes on.

. "$(dirname "$0")/../ha/lib.sh"

CONNECTIONS=100
BYTES=$((12 << 20))
SILENCE=30

both() { is active group r1 role && is active group r2 role; }

one() {
	is standby group r1 role && is active group r2 role &&
		holds r2 && ! holds r1
}

# split SECONDS: that long after both were active, the cable is whole again.
split() {
	lab_unplug sync
	await 30 both && await 20 holds r2 &&
		nap "$1" && lab_plug sync
}

plan 13
ha_init
must "three machines start" ha_boot
must "the pair is up: r1 active" ha_pair
must "$CONNECTIONS connections open" edge hold $CONNECTIONS 60
must "a download begins" eval 'edge pace 1mbit && ha_download $BYTES $SILENCE && ha_moves'
check "r2 has been told of every flow" await 10 told
no_luck r1
check "the sync cable is cut: both become active" split 3
check "it is back: r2, promoted last, stays, and r1 gives the addresses up" await 30 one
check "the download gets on" ha_moves
check "every connection carries data" edge carry
luck r1
check "r1 is told of everything" await 30 is 1 peer r2 r1 complete
check "r1 has the flows that r2 has" await 30 told r2 r1
edge pace 64mbit
check "the download ends with the right sum" eval 'await 60 edge "done" && edge stop && ha_whole'
check "no kernel complained" lab_kmsg_check
finish
