#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The virtual addresses may reach r2 before its promotion does: a packet that
# belongs to a flow which r2 was told of installs that flow on the spot, while
# r2 is still standby, from whichever side it comes. It must not be installed
# by the walk: that begins with the promotion, and finds what no packet asked
# for.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

plan $((12 + flow_points))
topology
check "r1 and r2 hear each other" pair
take r1
serve
check "flows of every kind through r1" open_flows
hold idle client tcphold open 2 10.2.0.2 7
hold first client tcphold open 2 10.2.0.2 7
hold ufirst client udphold -i 9000 open fd02::2 7

# The server's programs have the next lines, but do not answer them yet: the
# first packet that r2 sees of these flows is the server's.
await 20 told
server_pids=$(pgrep -f 'hold serve 7')
kill -STOP $server_pids
echo >&"${hold_in[first]}"
echo >&"${hold_in[ufirst]}"
arrived() {
	[ "$(n server ss -Hnatu "sport = 7" | awk '$1 != "LISTEN" && $3 > 0' | wc -l)" = 3 ]
}
check "two lines and a datagram wait at the server" await 20 arrived
check "r2 is told of all flows" await 20 told
cut r1
no_luck r2
take r2
kill -CONT $server_pids
check "TCP goes on where the server speaks first" answer first
check "UDP goes on where the server speaks first" answer ufirst
check "r2 is still standby" is standby group r2 role
flows_carry "while r2 is standby"
check "packets installed them" is $((flows + 3)) stat r2 install_packet
check "the walk has not begun" is 0 stat r2 install_walk
fs r2 group set 1 role active
check "after the promotion nothing is left in the shadow" await 20 is 0 node r2 shadow
check "the walk installed what no packet had asked for" is 2 stat r2 install_walk
check "which carries data too" carries idle
finish
