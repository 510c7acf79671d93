#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# flowsync leaves alone what is not its own. A namespace without a node sees
# nothing of it; the setting of conntrack's events is as it was once the node is
# gone, unless somebody else changed it meanwhile; a flow that an nft flowtable
# carries past the hooks is replicated, and goes on through a router that has
# no flowtable.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

events() { n "$1" sysctl -n net.netfilter.nf_conntrack_events; }

plan 10
topology
n sw sysctl -qw net.netfilter.nf_conntrack_events=0 2> /dev/null
n r1 sysctl -qw net.netfilter.nf_conntrack_events=0
before=$(n client sysctl -n net.netfilter.nf_conntrack_events)
flowtable() {
	n r1 nft "add flowtable inet router fast { hook ingress priority 0; devices = { lan0, wan0 }; }" &&
		n r1 nft "insert rule inet router forward ct state established flow add @fast"
}
offload=
flowtable 2> /dev/null && offload=1
check "r1 and r2 hear each other" pair
check "a node switches conntrack's events on" is 1 events r1
check "in its namespace only" is "$before" events client
take r1
serve
hold tcp client tcphold open 2 10.2.0.2 7
carries tcp
carries tcp
if [ $offload ]; then
	check "the flowtable carries flows" at_least 1 sh -c \
		"ip netns exec r1 conntrack -L 2> /dev/null | grep -c OFFLOAD"
else
	ok "the flowtable carries flows # SKIP this kernel has none"
fi
check "r2 is told of them" await 20 told
cut r1
no_luck r2
take r2
fs r2 group set 1 role active
check "they go on through r2" carries tcp
fs r1 node del
check "events are as they were" is 0 events r1
n r2 sysctl -qw net.netfilter.nf_conntrack_events=2
fs r2 node del
check "what somebody else set stays" is 2 events r2
check "r2 keeps its connections without flowsync" carries tcp
check "no namespace has a hook left" unload
finish
