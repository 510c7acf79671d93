#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: tuples of shadow flows are never given to new ones | yes
#
# A NAT tuple is never owned twice. Two clients use one source port towards one
# server. The first one's connection is in r2's shadow, so r2's conntrack does
# not know it when the second one's arrives: unless the shadow is asked, that
# gets the same translation, and the answers go to the wrong client.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

plan 9
topology
ip -n client addr add 10.1.0.3/24 dev eth0
check "r1 and r2 hear each other" pair
take r1
serve
check "the first client's connection, through r1" \
	hold first client tcphold -s 10.1.0.2 -p 45000 open 1 10.2.0.2 7
check "r2 is told" await 20 told
cut r1
take r2
check "r2 has it in the shadow only" is 1 node r2 shadow
check "the second client's, from the same port, through r2" \
	hold second client tcphold -s 10.1.0.3 -p 45000 open 1 10.2.0.2 7
check "its first choice was found to be owned" at_least 1 stat r2 new_tuple_owned
check "the first one goes on" carries first
check "so does the second" carries second
check "they are translated to two ports" is 2 sh -c \
	"ip netns exec r2 conntrack -L -p tcp --reply-port-src 7 2> /dev/null |
	grep -o 'sport=7 dport=[0-9]*' | sort -u | wc -l"
finish
