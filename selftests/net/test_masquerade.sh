#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: masquerading; the purge when the address goes | yes
#
# Masqueraded connections survive too. Masquerading takes the address that the
# router has at that moment; the virtual address is the only one it has on that
# side. On r2, told of them, they keep it. When r1 then loses the address, its
# kernel kills all its masqueraded entries: their end must not reach r2, which
# is active by then.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

plan 8
topology
for r in r1 r2; do
	ip -n $r addr flush dev wan0 scope global
	n $r nft "flush chain inet router postrouting
		add rule inet router postrouting oifname wan0 masquerade"
done
check "r1 and r2 hear each other" pair
take r1
serve
open() {
	hold tcp4 client tcphold open 2 10.2.0.2 7 &&
		hold tcp6 client tcphold open 2 fd02::2 7 &&
		hold udp4 client udphold open 10.2.0.2 7
}
check "masqueraded flows through r1" open
check "r2 is told of them" await 20 told
leave_later() { ip -n r1 addr flush dev wan0; ip -n r1 addr flush dev lan0; }
# The links between the routers stay: r1 can still speak to r2.
ip -n sw link set r1-lan down
ip -n sw link set r1-wan down
no_luck r2
take r2
fs r2 group set 1 role active
check "r2 installs them, unasked or for a packet that is repeated" await 20 is 5 installed r2
check "r1 yields to the later epoch" await 20 is standby group r1 role
leave_later
check "r1's kernel ends its entries" await 20 sh -c \
	"! ip netns exec r1 conntrack -L -p tcp 2> /dev/null | grep -q ."
check "they carry data through r2" carry tcp4 tcp6 udp4
check "r2 still has them all" is 5 node r2 flows
finish
