#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Several groups on a node. Each flow belongs to one, by mark, address or device;
# two routers are active in one group each and hold the other's flows; a failover of
# one group moves its flows and no others; who is no member of a group is told
# nothing of it.
#
#	client, server - r1, r2 as in lib.sh; and
#
#	client 10.1.0.3 -- virtual 10.1.0.4 lan0 - r2, then r1 - wan0 virtual 10.2.0.4
#	r1 sync1 10.9.1.1 ---- 10.9.1.3 sync1 r3
#
#	group 1: mark 0x30/0xf0     r1 active, r3 standby
#	group 2: from 10.1.0.2      r1 active, r2 standby
#	group 3: from 10.1.0.3      r2 active, r1 standby
#	group 4: through wan0       r1 active, r2 standby: what is left, IPv6
#
# Fails if a group is told to who is no member, is moved with another, or gets
# flows that are not its.
. "$(dirname "$0")/lib.sh"

third() {
	netns r3
	cable r1 sync1 r3 sync1
	ips r1 <<< "addr add 10.9.1.1/24 dev sync1"
	ips r3 <<< "addr add 10.9.1.3/24 dev sync1"
	up r1 sync1
	up r3 sync1
}

# The second client, with virtual addresses of its own.
second() {
	ips client <<- END
		addr add 10.1.0.3/24 dev eth0
		route add default via 10.1.0.4 table 7
		rule add from 10.1.0.3 table 7
	END
	local r
	for r in r1 r2; do
		n $r nft "insert rule inet router postrouting oifname wan0 ip saddr 10.1.0.3 snat ip to 10.2.0.4
			add chain inet router marks { type filter hook forward priority 5; }
			add rule inet router marks tcp dport 9 ct mark set 0x133"
	done
}

second_at() {
	ips "$1" <<- END
		addr add 10.1.0.4/24 dev lan0
		addr add 10.2.0.4/24 dev wan0
	END
	n "$1" arping -q -U -c 1 -I lan0 10.1.0.4
	n "$1" arping -q -U -c 1 -I wan0 10.2.0.4
}

# A machine that is short of processors must not look like a dead peer.
trio() {
	local r other
	load
	fs r1 node set id 1 name r1
	fs r2 node set id 2 name r2
	fs r3 node set id 3 name r3
	fs r1 peer add r2 id 2 $key dead 20 link local 10.9.0.1 remote 10.9.0.2
	fs r1 peer add r3 id 3 $key dead 20 link local 10.9.1.1 remote 10.9.1.3
	fs r2 peer add r1 id 1 $key dead 20 link local 10.9.0.2 remote 10.9.0.1
	fs r3 peer add r1 id 1 $key dead 20 link local 10.9.1.3 remote 10.9.1.1
	fs r1 group add 1 peer r3 match mark 0x30 mask 0xf0
	fs r3 group add 1 peer r1
	for r in r1 r2; do
		[ $r = r1 ] && other=r2 || other=r1
		fs $r group add 2 peer $other match src 10.1.0.2/32
		fs $r group add 3 peer $other match src 10.1.0.3/32
		fs $r group add 4 peer $other match dev wan0
	done
	for r in 1 2 4; do
		fs r1 group set $r role active
	done
	fs r3 group set 1 role standby
	fs r2 group set 2 role standby
	fs r1 group set 3 role standby
	fs r2 group set 3 role active
	fs r2 group set 4 role standby
	await 20 is up peer r1 r2 state && await 20 is up peer r1 r3 state
}

g() { n "$1" flowsyncctl -j group show "$2" | field "$3"; }
# flows ROUTER FIELD: of its groups 1 to 4.
flows() {
	local i
	for i in 1 2 3 4; do
		echo "$(g "$1" $i "$2")"
	done | xargs
}
has() { [ "$(flows "$1" "$2")" = "$3" ]; }

plan 25
topology
third
second
check "three nodes hear each other" trio
take r1
second_at r2
bg server tcphold serve 7
bg server tcphold serve 9
await 10 n server sh -c 'ss -Hltn sport = 7 | grep -q . && ss -Hltn sport = 9 | grep -q .'
hold marked client tcphold open 2 10.2.0.2 9
hold first client tcphold -s 10.1.0.2 open 3 10.2.0.2 7
hold other client tcphold -s 10.1.0.3 open 4 10.2.0.2 7
hold v6 client tcphold open 5 fd02::2 7

check "r1 has what is its, by mark, address and device" await 20 has r1 flows "2 3 0 5"
check "r2 is active for the second client" await 20 has r2 flows "0 4 0"
check "r1 holds what r2 is active for" await 20 is 4 g r1 3 shadow
check "r2 holds the two groups it is standby of" await 20 eval 'is 3 g r2 2 shadow && is 5 g r2 4 shadow'
check "r3 holds the group that it is a member of" await 20 is 2 node r3 shadow
check "and r2 nothing of that" is 8 node r2 shadow
check "both agree, by digest" eval 'fs r1 verify peer r2 timeout 30 && fs r2 verify peer r1 timeout 30'
check "so do r1 and r3" fs r1 verify peer r3 timeout 30
check "each flow is of one group" is "2 3 5" eval 'for i in 1 2 4; do
	n r1 flowsyncctl -j flow show local | grep -o "\"group\":$i," | wc -l; done | xargs'

# What no group wants is not replicated. What is in a group by a device stays.
fs r1 group set 4 match dev nothing0
n client "$here/burst.py" fd02::2 7000 3
check "a connection of no group is counted" await 10 at_least 3 stat r1 group_none
check "and not replicated" is 5 g r1 4 flows
fs r1 group set 4 match src 10.0.0.0/8
check "another match moves what was there" await 20 is 0 g r1 4 flows
fs r1 group set 4 match default
check "the default takes all that is left" await 30 is 8 g r1 4 flows
check "r2 is told of all that" await 20 is 8 g r2 4 shadow

# The first client's group alone goes to r2.
fs r1 group set 2 role standby
leave r1
no_luck r2
take r2
fs r2 group set 2 role active
check "r2 has the flows of that group now" await 20 eval 'is 3 g r2 2 flows && is 0 g r2 2 install_left'
check "and r1 those of the others still" has r1 flows "2 0 0 8"
check "r2 keeps what it is standby of" is 8 g r2 4 shadow
check "r1 holds that group, and the other" await 20 eval 'is 3 g r1 2 shadow && is 4 g r1 3 shadow'
check "the connections go on, through r2" carry first other
check "what is told after that is compared" eval 'fs r1 verify peer r2 timeout 30 && fs r2 verify peer r1 timeout 30'

# r1 dies: r2 is active in all that it was a member of.
cut r1
check "r2 misses r1" await 30 is down peer r2 r1 state
fs r2 group set 4 role active
check "r2 goes on for it" await 20 is 0 g r2 4 install_left
check "and is active in all three" is "3 4" eval 'echo "$(g r2 2 flows) $(g r2 3 flows)"'
check "everything goes on through r2" carry first other v6
finish
