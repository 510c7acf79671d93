#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a controller decides by: each node knows the other's role, priority and
# whether it was told of all flows; a handover is asked for, reported on the other
# side, and taken back when nobody there does anything.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

# said ROUTER PEER WORD: the peer says that of group 1, by what ROUTER knows.
said() {
	n "$1" flowsyncctl -j peer show "$2" |
		grep -q "\"groups\":\[{\"id\":1,[^]]*\"standing\":\[[^]]*\"$3\""
}

# holds ROUTER: it knows all flows of the active.
holds() { n "$1" flowsyncctl group show 1 | grep -qw holds; }

told_role() {
	n "$1" flowsyncctl -j peer show "$2" |
		grep -q "\"groups\":\[{\"id\":1,\"role\":\"$3\",\"priority\":$4,\"epoch\":$5,"
}

seen() { grep -q "\"$1\"" "$TMP/events"; }

hand_over() { fs r1 group handover 1 to r2 timeout 2; }

plan 17
topology
check "r1 and r2 hear each other" pair
check "r1 knows what r2 is" await 20 told_role r1 r2 standby 100 1
check "r2 knows what r1 is" await 20 told_role r2 r1 active 100 1
check "r2 was told of all there is, by what r1 knows" await 20 is 1 peer r1 r2 complete
check "and by what r2 knows" await 20 said r2 r1 complete
check "so it holds the group" await 20 holds r2
fs r1 group set 1 priority 7
check "r2 hears of another priority" await 20 told_role r2 r1 active 7 1

: > "$TMP/events"
bg r2 flowsyncctl -j monitor >> "$TMP/events"
listens() { fs r2 group set 1 role init; fs r2 group set 1 role standby; seen group-role; }
check "r2 listens" await 20 listens
check_not "a handover that nobody carries out fails" hand_over
check "r2 was asked" seen handover
check "r1 is active still" is active group r1 role
check "and asks no more" await 20 not said r2 r1 handover

cut r1
check "r1 is silent" await 20 is down peer r2 r1 state
check "r2 holds what r1 told it before" holds r2
check "r1 knows that r2 is told nothing" await 20 is 0 peer r1 r2 complete
check_not "a peer that is down is asked nothing" hand_over
fs r2 node del
fs r2 node set id 2
fs r2 peer add r1 id 1 $key link local 10.9.0.2 remote 10.9.0.1
fs r2 group add 1 peer r1
check_not "a node that begins anew holds nothing" holds r2
finish
