#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A path to the peer whose MTU is smaller in the middle: the router there says
# so, datagrams become shorter, none is fragmented, and the tables are the same.
# A smaller MTU can be configured, with which routers need say nothing.
#
#   r1 sync1 ------ mid ------ sync1 r2
#   10.8.1.1  1500      900/1300     10.8.2.1
#   fd08:1::1                        fd08:2::1
#
# Fails if datagrams are as long as the first link carries, or are fragmented.
. "$(dirname "$0")/lib.sh"

# pairing A B: r1 and r2, of these addresses, begin anew.
pairing() {
	local r
	for r in r1 r2; do
		fs $r node del
	done
	fs r1 node set id 1
	fs r2 node set id 2
	fs r1 peer add r2 id 2 $key dead 10 link local "$1" remote "$2"
	fs r2 peer add r1 id 1 $key dead 10 link local "$2" remote "$1"
	fs r1 group add 1 peer r2
	fs r2 group add 1 peer r1
	fs r1 group set 1 role active
	fs r2 group set 1 role standby
	await 10 is up peer r1 r2 state
} 2> /dev/null

# snmp NAMESPACE COUNTER: of IPv4 or IPv6.
snmp() { n "$1" nstat -asz "$2" | awk -v name="$2" '$1 == name { print $2 }'; }

fragments() { echo $(($(snmp r2 IpReasmReqds) + $(snmp r2 Ip6ReasmReqds))); }
# packets NAME: that r2 counted.
packets() {
	n r2 nft list table inet lengths | sed -n "s/.*counter packets \([0-9]*\).*\"$1\".*/\1/p"
}

plan 15
topology
netns mid
cable r1 sync1 mid left
cable r2 sync1 mid right
n mid sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ips mid <<- END
	addr add 10.8.1.2/24 dev left
	addr add 10.8.2.2/24 dev right
	addr add fd08:1::2/64 dev left
	addr add fd08:2::2/64 dev right
	link set left up
	link set right mtu 1300 up
END
for i in 1 2; do
	ips r$i <<- END
		addr add 10.8.$i.1/24 dev sync1
		addr add fd08:$i::1/64 dev sync1
		link set sync1 up
		route add 10.8.0.0/16 via 10.8.$i.2
		route add fd08::/16 via fd08:$i::2
	END
done
load
take r1

check "over IPv6, with 1300 in the middle" pairing fd08:1::1 fd08:2::1
n client "$here/burst.py" 10.2.0.2 20000 400
check "the standby is told of all flows" await 20 told
fs r1 resync peer r2 full
check "the MTU is found out" await 10 is 1300 peer r1 r2 mtu
check "and verifies" fs r1 verify peer r2 timeout 60
check "by datagrams that were too long" sh -c \
	"ip netns exec mid nstat -asz Ip6OutFragFails Icmp6OutPktTooBigs Ip6InTooBigErrors |
	awk '{ sum += \$2 } END { exit !sum }'"

n mid ip link set right mtu 900
check "over IPv4, with 900" pairing 10.8.1.1 10.8.2.1
n client "$here/burst.py" 10.2.0.2 20400 400
check "the standby is told of all flows" await 20 told
fs r1 resync peer r2 full
check "the MTU is found out" await 10 is 900 peer r1 r2 mtu
check "and verifies" fs r1 verify peer r2 timeout 60
check "nothing was fragmented" is 0 fragments

fs r1 peer set r2 mtu 600
check "a smaller one is configured" await 5 is 600 peer r1 r2 mtu
n r2 nft -f - <<- END
	table inet lengths {
		chain input {
			type filter hook input priority 0;
			udp dport 3790 meta length > 600 counter comment "long"
			udp dport 3790 meta length 501-600 counter comment "full"
		}
	}
END
fs r1 resync peer r2 full
check "all is told in such pieces" fs r1 wait-synced timeout 60
check "which were filled" at_least 5 packets full
check "none is longer" is 0 packets long
check "nothing was fragmented either" is 0 fragments
finish
