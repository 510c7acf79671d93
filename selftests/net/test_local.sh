#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The router's own connections, from it and to it, end with it: they are not
# replicated, neither as they begin nor by the walk that looks for what was
# there before. Those it forwards are.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

plan 7
topology
take r1
serve
bg r1 tcphold serve 9
check "a connection of the router, from before" hold early r1 tcphold open 1 10.2.0.2 7
check "r1 and r2 hear each other" pair
check "a connection of the router" hold own r1 tcphold open 1 fd02::2 7
check "a connection to the router" hold to client tcphold open 1 10.1.0.1 9
check "a forwarded connection" hold through client tcphold -p 41000 open 1 10.2.0.2 7
await 20 told
# The walk's search for what is not in the table comes with a promotion.
fs r1 group set 1 role standby
fs r1 group set 1 role active
check "r2 is told of one flow" await 20 is 1 node r2 shadow
check "which is the forwarded one" sh -c \
	"ip netns exec r2 flowsyncctl flow show shadow | grep -q '10.1.0.2:41000'"
finish
