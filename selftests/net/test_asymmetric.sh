#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: TCP and UDP whose directions pass two routers | the origin of the flow is told by the member that packets pass
#
# Asymmetric paths: what the client sends goes through r1, which is active, what the
# server sends through r2, the standby. Neither sees both halves, and both let through
# only what conntrack finds in order.
#
#	client --- lan --- r1 (10.1.0.1) --- wan ---> server
#	client <-- lan --- r2 (10.2.0.1) --- wan --- server
#
# The server answers after 50 ms, so that r2 mostly has a flow before its answer
# comes; in one part it does not.
. "$(dirname "$0")/lib.sh"

N=20

# entries ROUTER PATTERN: how many of its connections look like that, over IPv4.
entries() { n "$1" conntrack -L -f ipv4 2> /dev/null | grep -cE "$2" || :; }
# both PATTERN COUNT: on either router there are so many.
both() { [ "$(entries r1 "$1") $(entries r2 "$1")" = "$2 $2" ]; }
# short ROUTER PATTERN SECONDS: none of those has longer to live.
short() {
	[ "$(n "$1" conntrack -L -f ipv4 2> /dev/null | grep -E "$2" | awk '{ print $3 }' |
		sort -n | tail -n 1)" -le "$3" ]
}
# states ROUTER: its connections of TCP, without what differs by nature.
states() {
	n "$1" conntrack -L -f ipv4 -p tcp 2> /dev/null |
		sed -E 's/^(tcp +6) [0-9]+/\1/; s/ (mark|use|secctx)=[^ ]*//g' | sort
}
alike() { [ "$(states r1)" = "$(states r2)" ] && [ -n "$(states r1)" ]; }
slow() { n server tc qdisc replace dev eth0 root netem delay 50ms; }
quick() { n server tc qdisc del dev eth0 root; }
bulk() {
	local pid status
	bg client "$here/bulk.py" run 1000000 "$TMP/progress" 9 10.2.0.2 fd02::2 > "$TMP/bulk"
	pid=$!
	await 100 grep -q '4 of 4 right, 0 reset' "$TMP/bulk"
	status=$?
	cat "$TMP/bulk"
	kill $pid
	return $status
}
# diagnose: what the routers think of it.
diagnose() {
	local r
	for r in r1 r2; do
		n $r conntrack -L -f ipv4 -p tcp 2> /dev/null | head -n 30 | sed "s/^/# $r: /"
		n $r flowsyncctl stats show | grep -E 'advance|window|install|tuple' | sed "s/^/# $r: /"
		n $r nft list chain inet router forward | grep counter | sed "s/^/# $r: /"
	done
}
# reopen NAME: connections from the ports that "early" has.
reopen() { hold "$1" client tcphold -t 30 -s 10.1.0.2 -p 21000 open $N 10.2.0.2 7; }

plan 25
modprobe tcp_diag 2> /dev/null
topology
for r in r1 r2; do
	n $r sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_close=60
done
check "r1 and r2 hear each other" pair
ips r1 <<- END
	addr add 10.1.0.1/24 dev lan0
	addr add fd01::1/64 dev lan0
END
ips r2 <<- END
	addr add 10.2.0.1/24 dev wan0
	addr add fd02::1/64 dev wan0
END
bg server tcphold serve 7
bg server "$here/bulk.py" serve 9
bg server "$here/stream.py" serve 5000
await 10 n server sh -c 'ss -Hltn sport = 7 | grep -q . && ss -Hltn sport = 9 | grep -q .'

slow
check "connections open over IPv4" hold four client tcphold -t 30 open $N 10.2.0.2 7
check "and over IPv6" hold six client tcphold -t 30 open $N fd02::2 7
check "they carry data" carry four six
check "both routers find them established, and assured" await 10 both 'ESTABLISHED.*ASSURED' $N
[ $failures = 0 ] || diagnose
check "r1 heard of that from r2" at_least $N stat r1 rx_advances
check "their tables agree" await 10 alike
check "nothing of it is r2's own" is 0 node r2 flows
check "transfers in both directions come out right" bulk

quick
check "where the answer overtakes what r2 is told, it is sent again" reopen early
check "and they carry data" carry early
slow

# The client closes: its FINs pass r1, the server's r2.
release six
release four
closing='(FIN_WAIT|CLOSE_WAIT|LAST_ACK|TIME_WAIT)'
check "both see the connections close" await 15 eval \
	'both "ESTABLISHED.*dport=7 " $N && both "$closing.*dport=7 " $N'
check "r1 keeps them no longer than that" short r1 "$closing" 120
check "neither does r2" short r2 "$closing" 120

# A reset of the client's, and the same ports again: r2 has entries of the old ones.
n client ss -K dst 10.2.0.2 dport = 7 > /dev/null
check "a reset passes r1, and r2 hears of it" await 15 both 'CLOSE .* sport=21.*dport=7 ' $N
check "from the same ports they open again" reopen again
check "and carry data" carry again

# The server resets them while the routers do not hear each other: what r1 has of them,
# and told, is behind.
ip -n r1 link set sync0 down
n server ss -K dst 10.2.0.1 sport = 7 > /dev/null
check "a reset passes r2" await 10 is $N entries r2 'CLOSE .* sport=21'
ip -n r1 link set sync0 up
check "the routers hear each other again" await 20 eval 'is up peer r1 r2 state && told'
check "r2's are not moved back" is 0 entries r2 'ESTABLISHED.* sport=21'
check "nor kept longer" short r2 'CLOSE .* sport=21' 60
check "r1's follow r2's" await 10 is 0 entries r1 'ESTABLISHED.* sport=21'
check "and are kept no longer" short r1 'CLOSE .* sport=21' 60

# UDP: one question through r1, then answers only, through r2.
for r in r1 r2; do
	n $r sysctl -qw net.netfilter.nf_conntrack_udp_timeout=6 \
		net.netfilter.nf_conntrack_udp_timeout_stream=6
done
check "answers alone keep a flow of UDP alive" n client "$here/stream.py" take 10 6000 10.2.0.2 5000
check "on r1 too" is 1 entries r1 'udp.* sport=6000.*ASSURED'
finish
