#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: TCP, UDP, ICMP and ICMPv6 echo | yes
#: source and destination translation, IPv4 and IPv6 | yes
#
# The main promise: connections of every kind through r1 go on through r2 when
# r1 is cut off, translated as they were. r2 is promoted, and the walk installs
# all it was told of before a packet asks. Then r1 comes back, is told of
# everything as the new standby, and takes over in turn.
#
# Nothing lives on by luck: r2 lets nothing through that begins a connection,
# and conntrack does not pick up TCP in the middle.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

plan $((9 + 2 * flow_points))
topology
check "r1 and r2 hear each other" pair
take r1
serve
check "flows of every kind through r1" open_flows
check "r2 is told of them" await 20 told
translated r1 > "$TMP/r1"
cut r1
check "r2 notices that r1 is silent" await 20 is down peer r2 r1 state
no_luck r2
fs r2 group set 1 role active
check "the walk installs all of them" await 20 is 0 node r2 shadow
check "r2 counts $flows installed by the walk" is $flows stat r2 install_walk
translated r2 > "$TMP/r2"
check "r2 translates them as r1 did" diff "$TMP/r1" "$TMP/r2"
take r2
flows_carry "through r2"

# The return. r1 still believes that it is active, until it hears of the later
# epoch.
leave r1
uncut r1
check "r1 becomes standby and is told of all" await 20 told r2 r1
cut r2
no_luck r1
n r1 conntrack -F 2> /dev/null
fs r1 group set 1 role active
check "r1 installs all of them" await 20 is $flows stat r1 install_walk
take r1
flows_carry "through r1 again"
finish
