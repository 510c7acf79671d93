#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: ends of connections | within a second or so
#
# The standby forgets what has ended, whichever way it ended, within 2 seconds:
# closed by its ends and then timed out, timed out alone, deleted by hand, all
# flushed. (On a busy machine that may take longer: of three in a row two count.) What
# it wrongly kept it would later give to somebody else's packets. A live connection goes
# as well, whether a packet made it live there, or it is from when the router was active:
# who deletes a connection on the active wants no packet of it to pass any router.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

# on_r2 PATTERN: r2's shadow has such a flow.
on_r2() { fs r2 flow show shadow | grep -q -- "$1"; }

# live ROUTER PORT: it has a connection from there.
live() { n "$1" conntrack -L -p tcp --orig-port-src "$2" 2> /dev/null | grep -q .; }
delete() { n "$1" conntrack -D -p tcp --orig-port-src "$2" > /dev/null 2>&1; }

# quickly: how many of three connections, deleted one after the other, leave r2 within
# two seconds each.
quickly() {
	local port since quick=0
	for port in 41011 41012 41013; do
		since=${EPOCHREALTIME/./}
		delete r1 $port
		await 20 is $((--left)) node r2 shadow
		[ $((${EPOCHREALTIME/./} - since)) -gt 2000000 ] || quick=$((quick + 1))
	done
	echo $quick
}

plan 17
topology
check "r1 and r2 hear each other" pair
take r1
serve
hold closed client tcphold -p 41001 open 1 10.2.0.2 7
hold deleted client tcphold -p 41002 open 1 10.2.0.2 7
hold flushed client tcphold -p 41003 open 1 fd02::2 7
n r1 sysctl -qw net.netfilter.nf_conntrack_udp_timeout=2 \
	net.netfilter.nf_conntrack_udp_timeout_stream=2
hold timed client udphold -p 41004 open 10.2.0.2 7
check "r2 is told of four flows" await 20 is 4 node r2 shadow
release timed
timed_out() { not on_r2 :41004; }
check "what timed out is gone" await 20 timed_out
n r1 sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_time_wait=2
release closed
check "what its ends closed is seen to close" await 20 on_r2 'TIME_WAIT.*:41001'
check "and is gone after that" await 20 is 2 node r2 shadow
delete r1 41002
check "what was deleted by hand is gone" await 20 is 1 node r2 shadow
hold quick client tcphold -p 41011 open 3 10.2.0.2 7
await 20 is 4 node r2 shadow
left=4
check "each within two seconds" at_least 2 quickly
n r1 conntrack -F > /dev/null 2>&1
check "what was flushed is gone" await 20 is 0 node r2 shadow
check "r1 has no flow left either" is 0 node r1 flows
check "r2 was told of each end" is 7 stat r2 shadow_delete

hold strayed client tcphold -p 41021 open 1 10.2.0.2 7
await 20 told
leave r1
take r2
check "packets pass the standby, where the connection is live then" carry strayed
leave r2
take r1
check "it is" live r2 41021
delete r1 41021
check "what was deleted at its origin is so there" await 20 not live r2 41021
hold kept client tcphold -p 41022 open 1 10.2.0.2 7
await 20 told
leave r1
fs r1 group set 1 role standby
fs r2 group set 1 role active
take r2
check "r2 is active, and has the connection" carry kept
check "so has r1, which was" live r1 41022
delete r2 41022
check "what was deleted on r2 is so on r1" await 20 not live r1 41022
check "counted" is "1 1" eval 'echo $(stat r2 install_ended) $(stat r1 install_ended)'
finish
