#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tests of failover can fail: without flowsync, TCP through r1 dies with r1,
# though r2 has the same rules and takes the addresses over; and where r2 lets
# nothing begin, as in those tests, so does everything else.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

plan 6
topology
take r1
serve
hold tcp4 client tcphold -t 2 open 1 10.2.0.2 7
hold tcp6 client tcphold -t 2 open 1 fd02::2 7
hold udp4 client udphold -t 1 open 10.2.0.2 7
check "flows pass through r1" carry tcp4 tcp6 udp4
cut r1
take r2
check_not "TCP over IPv4 is lost" carries tcp4
check_not "TCP over IPv6 is lost" carries tcp6
check "though new connections pass through r2" hold new client tcphold open 1 10.2.0.2 7
no_luck r2
n r2 conntrack -F 2> /dev/null
check_not "UDP is lost where nothing may begin" carries udp4
check_not "ping is lost where nothing may begin" ping4
finish
