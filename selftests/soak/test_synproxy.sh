#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: SYN proxy: offsets of sequence numbers and timestamps | of IPv4 and IPv6; new ones within 10 s
#
# A SYN proxy on the routers answers clients itself, and opens the connection to the
# server when the client is there. From then on each segment's sequence number and
# timestamp differ between both sides. They go on through r2, which has never seen the
# handshakes. (Packets of the proxy's own handshake with the server come from the
# router, so such a connection is found by the search of all of conntrack.)
. "$(dirname "$0")/../net/lib.sh"

modprobe -a nft_synproxy nf_synproxy_core 2> /dev/null

plan 9
topology
for r in r1 r2; do
	n $r sysctl -qw net.ipv4.tcp_syncookies=2 net.ipv4.tcp_timestamps=1
	n $r nft -f - <<- END || skip_all "no SYN proxy here"
		table inet proxy {
			chain raw {
				type filter hook prerouting priority raw;
				iifname lan0 tcp dport 7 tcp flags & (fin | syn | rst | ack) == syn notrack
			}
			chain forward {
				type filter hook forward priority -5;
				iifname lan0 tcp dport 7 ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp sack-perm
			}
		}
	END
done
check "r1 and r2 hear each other" pair
take r1
bg server tcphold serve 7
await 20 n server sh -c 'ss -Hltn sport = 7 | grep -q .'
check "TCP over IPv4, by proxy" hold four client tcphold -t 25 open 20 10.2.0.2 7
check "TCP over IPv6, by proxy" hold six client tcphold -t 25 open 20 fd02::2 7
both_told() { is 40 node r1 flows && told; }
check "r2 is told of all" await 30 both_told
check "they carry data" carry four six
cut r1
no_luck r2
take r2
check "they carry data through r2, asked for by packets" carry four six
check "all of them" is 40 stat r2 install_packet
fs r2 group set 1 role active
check "and by r2's own proxy" carry four six
check "its conntrack refused nothing" is 0 stat r2 install_error
finish
