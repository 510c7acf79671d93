#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Three routers: r1 is active, r2 and r3 are standbys. Two fail: at the same moment,
# and the second one when it has just taken over. What passes them goes on through
# the third; those that return are told of everything, unaided. At each moment when
# all is quiet exactly one of those that live is active and has the addresses.

. "$(dirname "$0")/../ha/lib.sh"

CONNECTIONS=100
BYTES=$((64 << 20))
SILENCE=30

trio() {
	ha_join 3 && ha_join 2 && ha_join 1 && await 30 heard r1 r2 &&
		await 30 heard r1 r3 && await 30 heard r2 r3 && await 30 alone r1
}

plan 19
ha_init 3
must "four machines start" ha_boot
must "r1 is active, r2 and r3 are standbys" trio
must "$CONNECTIONS connections open" edge hold $CONNECTIONS 60
must "a download begins" eval 'edge pace 1mbit && ha_download $BYTES $SILENCE && ha_moves'
check "r2 and r3 have been told of every flow" told_all r1 r2 r3
no_luck r3
lab_cut r1
lab_cut r2
check "r1 and r2 lose power at once: r3 is active" await 60 alone r3
check "all goes on through r3" carries_on
luck r3

must "r1 and r2 come back" eval 'ha_reboot 1 && ha_reboot 2'
check "r3 stays active" eval 'await 30 heard r1 r3 && await 30 heard r2 r3 && await 20 alone r3'
check "both are told of every flow, unaided" told_all r3 r1 r2
no_luck r1
no_luck r2
lab_cut r3
check "r3 loses power: r1, which comes first, becomes active" await 60 is active group r1 role
lab_cut r1
check "and loses power itself, before anything else: r2 is active" await 60 alone r2
check "all goes on through r2" carries_on
luck r2

must "r1 and r3 come back" eval 'ha_reboot 1 && ha_reboot 3'
check "r2 stays active" eval 'await 30 heard r1 r2 && await 30 heard r3 r2 && await 20 alone r2'
check "both are told of every flow" told_all r2 r1 r3
check "r2 hands over to r3" eval 'n r2 flowsyncctl group handover 1 to r3 timeout 30 && await 30 alone r3'
check "all goes on through r3" carries_on
check "no kernel complained" lab_kmsg_check
edge stop
finish
