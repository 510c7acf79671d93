#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# With the sync cable cut the group is moved to r2 and back to r1, which is told
# nothing: neither of what passed r2, nor that r2 was active. Its entries have been
# there all the time. All connections carry data after each move, with strict
# windows, and nothing that begins a connection is let through; and when the cable
# is whole again r2 is told of all of them.
#
# Fails if an active that comes back leaves its entries with their old windows; or if
# the stack of a router that has the addresses, but not yet the role, answers by a reset
# what conntrack finds invalid.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

# late: how many packets r1 dropped, not refused, that were for itself.
late() {
	n r1 nft list chain inet router input |
		sed -n 's/.*invalid counter packets \([0-9]*\).*/\1/p'
}

plan 9
topology
check "r1 and r2 hear each other" pair
take r1
serve
check "flows of every kind through r1" open_flows
check "r2 is told of all of them" await 20 is $flows node r2 shadow
cut_sync() { ip -n r1 link set sync0 down && await 20 is down peer r1 r2 state; }
check "the sync cable is cut" cut_sync
no_luck r1
no_luck r2
move r1 r2
check "all carry data through r2" carry $held
fs r2 group set 1 role standby
leave r2
take r1
ask $held
check "r1 has the addresses, and lets nothing pass that is ahead of its windows" \
	await 5 at_least 1 late
fs r1 group set 1 role active
check "it refuses nothing either: all carry data through r1 again" answers $held
ip -n r1 link set sync0 up
luck r1
check "r2 is told of all of them again" await 30 is 1 peer r1 r2 complete
check "and holds them" await 20 is "$(node r1 flows)" node r2 shadow
finish
