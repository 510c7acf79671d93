#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What becomes of traffic when two actives meet. While they could not hear each other
# connections were opened at both, and those that there were went on at either. Whoever
# stays takes over what only the other one has, and says which it cannot.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

roles() { echo "$(group r1 role) $(group r2 role)"; }
apart() {
	ip -n r1 link set sync0 down
	await 20 is down peer r1 r2 state && await 20 is down peer r2 r1 state
}
together() { ip -n r1 link set sync0 up; }

# to ROUTER: the addresses are its now, and no longer the other's.
to() {
	[ "$1" = r1 ] && leave r2 || leave r1
	take "$1"
}

plan 38
topology
ip -n client addr add 10.1.0.3/24 dev eth0
check "r1 and r2 hear each other" pair
take r1
serve
bg r2 flowsyncctl -j monitor >> "$TMP/events"
check "flows through r1" open_flows
check "r2 is told" await 20 told

check "they do not hear each other" apart
fs r2 group set 1 role active
check "both are active" is "active active" roles
check "connections are opened at r1" open_many newer 40 10.1.0.2 20000 10.2.0.2 7
check "and a flow of UDP" hold newudp client udphold -p 21000 open 10.2.0.2 7
check "and one that r2 will give another's translation" \
	hold lost client udphold -s 10.1.0.3 -p 30000 open 10.2.0.2 7
check "flows that both have carry data through r1" carry tcp4 udp4 dnat4 tcp6
to r2
check "and through r2" carry tcp4 udp6 udnat4 tcp6
check "connections are opened at r2" open_many later 20 10.1.0.2 22000 10.2.0.2 7
check "and the other one of that translation" \
	hold kept client udphold -s 10.1.0.2 -p 30000 open 10.2.0.2 7
no_luck r2
together
check "r2 stays, whose epoch is later" await 20 is "standby active" roles
check "it takes over what was opened at r1" await 20 at_least 41 stat r2 split_merged
check "r1 kept nothing that it was not asked for" is 0 stat r1 split_unasked
check "one has the tuple of another" is 1 stat r2 split_clash
check "which is reported, once, by its name" sh -c \
	"grep '\"event\":\"flow-lost\"' '$TMP/events' | grep -c 'src\":\"10.1.0.3\".*30000.*tuples' | grep -qx 1"
check "nothing else was lost" is 0 stat r2 split_failed
check "what was opened at r1 carries data through r2" carry ${many[newer]} newudp
check "what was opened at r2 does so still" carry ${many[later]} kept
flows_carry "through r2"
check "r1 is told of all that r2 has" await 20 told r2 r1
luck r2

# The one that is configured so stays, with windows as they were before packets went the
# other way.
fs r2 group set 1 on-split priority priority 200
before=$(stat r2 split_merged)
check "they are apart again" apart
fs r1 group set 1 role active
to r1
check "both are active again" is "active active" roles
check "all goes on at r1" carry ${many[newer]} ${many[later]} tcp4 tcp6 dnat4 dnat6
check "connections are opened there" open_many last 20 10.1.0.2 24000 10.2.0.2 7
together
check "r2 stays" await 20 is "standby active" roles
check "it takes over what was opened at r1" await 20 at_least $((before + 20)) stat r2 split_merged
no_luck r2
to r2
check "all that carries data through r2" \
	carry ${many[newer]} ${many[later]} ${many[last]} tcp4 tcp6 dnat4 dnat6
finish
