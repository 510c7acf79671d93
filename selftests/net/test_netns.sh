#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Namespaces go away whenever they like: with a node in them, with peers that
# are heard, as active, with flows and traffic. Twelve nodes in twelve namespaces
# hear each other in pairs; half of them are deleted, then the module is unloaded
# under the other half. conntrack waits for every reference to an entry before
# it lets a namespace go: one too many shows as a namespace that never ends.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

entries() { awk '/^nf_conntrack / { print $2 }' /proc/slabinfo; }

plan 7
topology
check "r1 and r2 hear each other" pair
take r1
serve
check "flows of every kind" open_flows
check "r2 is told" await 20 told
many() {
	local i a b
	for i in 1 2 3 4 5 6; do
		a=a$i b=b$i
		netns $a $b
		cable $a sync $b sync
		ip -n $a addr add 10.9.0.1/24 dev sync
		ip -n $b addr add 10.9.0.2/24 dev sync
		ip -n $a link set sync up
		ip -n $b link set sync up
		fs $a node set id 1 && fs $b node set id 2 || return 1
		fs $a peer add b id 2 $key link local 10.9.0.1 remote 10.9.0.2
		fs $b peer add a id 1 $key link local 10.9.0.2 remote 10.9.0.1
		fs $a group add 1 peer b && fs $a group set 1 role active
		fs $b group add 1 peer a
	done
	for i in 1 2 3 4 5 6; do
		await 20 is up peer a$i b state && await 10 is up peer b$i a state ||
			return 1
	done
}
check "six more pairs" many
for i in 1 2 3; do
	ip netns del a$i
	ip netns del b$i
done
# r1 goes with flows, while the client pings through it.
bg client ping -q -i 0.02 10.2.0.2 > /dev/null
ip netns del r1
check "r2 notices that r1 is gone" await 20 is down peer r2 r1 state
check "the others still hear each other" is up peer a4 b state
check "unloaded with all that configured" unload
finish
