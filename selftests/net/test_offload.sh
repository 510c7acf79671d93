#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: connections in a software flowtable | yes
#
# Both routers pass established connections through a flowtable: their packets no
# longer come by conntrack's hooks, windows stand still, and the entries live for a
# day. They stay on r2 for longer than their own time, are installed there as
# ordinary ones, with that time, and r2's own flowtable takes them up.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

modprobe -a nf_flow_table nf_flow_table_inet nft_flow_offload 2> /dev/null

offloaded() {
	local family
	for family in ipv4 ipv6; do
		n "$1" conntrack -L -f $family 2> /dev/null
	done | grep -c OFFLOAD || :
}
# Each exchange may be the one that puts the connections into the flowtable.
in_flowtable() { carry tcp4 tcp6 udp4 && is 3 offloaded "$1"; }
longest() {
	n "$1" conntrack -L -p udp 2> /dev/null | awk '{ print $3 }' | sort -n | tail -n 1
}
at_most() { [ "$("${@:2}")" -le "$1" ]; }

plan 14
topology
for r in r1 r2; do
	n $r sysctl -qw net.netfilter.nf_conntrack_udp_timeout=10 \
		net.netfilter.nf_conntrack_udp_timeout_stream=10
	n $r nft -f - <<- END || skip_all "no flowtables here"
		table inet router {
			flowtable fast {
				hook ingress priority 0
				devices = { lan0, wan0 }
			}
		}
		insert rule inet router forward meta l4proto { tcp, udp } ct state established flow add @fast
	END
done
check "r1 and r2 hear each other" pair
take r1
serve
check "TCP over IPv4" hold tcp4 client tcphold open 1 10.2.0.2 7
check "TCP over IPv6" hold tcp6 client tcphold open 1 fd02::2 7
check "UDP" hold udp4 client udphold open 10.2.0.2 7
check "they are in r1's flowtable" await 10 in_flowtable r1
end=$((SECONDS + 12))
while [ $SECONDS -lt $end ]; do
	carry tcp4 tcp6 udp4 > /dev/null
	read -r -t 1 <> <(:)
done
check "they are still, after their time" is 3 offloaded r1
check "r2 has them all the time" is 3 node r2 shadow
cut r1
no_luck r2
fs r2 group set 1 role active
check "r2 installs them" await 5 is 0 node r2 shadow
check "not as offloaded" is 0 offloaded r2
check "with their own time, not a day" at_most 10 longest r2
take r2
check "they carry data" carry tcp4 tcp6 udp4
check "r2's flowtable takes them up" await 10 in_flowtable r2
check "and they go on" carry tcp4 tcp6 udp4
check "nothing was refused" is 0 stat r2 install_error
finish
