#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 500 translated TCP connections through r1, opened at once: all of them are on
# r2, and all carry data through it after r1 is cut off in the middle of their
# traffic. Then they end as connections do, and nothing of them is left.
#
# Nothing lives on by luck: conntrack on r2 does not pick up TCP in the middle,
# and what begins a connection is dropped there.
. "$(dirname "$0")/lib.sh"

plan 8
topology
check "r1 and r2 hear each other" pair
take r1
bg server tcphold serve 7
await 20 n server sh -c 'ss -Hltn sport = 7 | grep -q .'
check "500 connections through r1" hold many client tcphold -t 30 open 500 10.2.0.2 7
check "r2 is told of 500 flows" await 20 is 500 node r2 shadow
await 20 told
no_luck r2
# This line's packets are under way when the power goes.
echo >&"${hold_in[many]}"
cut r1
take r2
fs r2 group set 1 role active
check "what was under way arrives on all 500" answer many
check "all 500 carry data through r2" carries many
check "all 500 are installed" is 0 node r2 shadow
release many
n r2 sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_time_wait=1 \
	net.netfilter.nf_conntrack_tcp_timeout_close=1
closed() { [ "$(n r2 conntrack -L -p tcp --state ESTABLISHED 2> /dev/null | wc -l)" = 0 ]; }
check "they end on r2" await 20 closed
check "no packet of theirs was dropped for want of an entry" \
	sh -c 'ip netns exec r2 nft list chain inet luck forward | grep -q "packets 0 "'
finish
