#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: time left of what is in the shadow | runs as at the origin, to a second; once that is dead it stands still for as long as ``node set keep`` says
#
# Lifetimes on the standby follow those of the active. A connection that became
# live on r2, when a packet came that way, lives there as long as packets pass r1,
# though none of them changes anything that is told. A timeout that is set by hand
# on r1 reaches the shadow, up and down. What r2 is told of a connection that has been
# idle is what it has left; the next packet, which changes nothing else, gives it its
# whole time again there too. So it is with a router that comes back.
#
# An idle one runs down in r2's shadow as it does on r1, to the second, and after the
# cut r2 gives it what it had left there; if that has to wait for a person, time can be
# made to stand still. One packet, of which nothing else is told, is not lost with the
# datagram that says so.
#
# Fails if only changes of state are told: the connection on r2 runs out. Or if time
# stands still in the shadow, or what is told of a packet is told once.
. "$(dirname "$0")/lib.sh"

entry() { n r2 conntrack -L -p udp --orig-port-src 20000 2> /dev/null | grep -q .; }

# shadow_time PORT [ROUTER]: seconds that its shadow, or r2's, gives the flow.
shadow_time() {
	fs "${2:-r2}" flow show shadow | sed -nE "s/.* ([0-9]+)s 10\\.1\\.0\\.2:$1 .*/\\1/p"
}
# All of the tuple: with less, conntrack -U finds the entry and cannot set it.
set_timeout() {
	n r1 conntrack -U -p udp -s 10.1.0.2 -d 10.2.0.2 --sport 30000 \
		--dport 9 -t "$1"
}
below() { [ "$("${@:2}")" -lt "$1" ]; }
# left ROUTER: seconds that its connection has.
left() { n "$1" conntrack -L -p udp --orig-port-src 31000 2> /dev/null | awk '{ print $3 }'; }
aged() { [ $((SECONDS - since)) -ge "$1" ]; }

# What is shown of the shadow is rounded up, and what conntrack shows down.
runs_down() {
	local before there after

	before=$(left r1)
	there=$(shadow_time 31000)
	after=$(left r1)
	echo "$before, then $after on r1, $there in the shadow"
	[ "$there" -ge "$after" ] && [ "$there" -le $((before + 2)) ]
}
stands_still() {
	local before

	before=$(shadow_time 31000)
	since=$SECONDS
	await 10 aged 4
	is "$before" shadow_time 31000
}
# Both are cut off, and have what they had.
as_much() {
	local there here

	there=$(left r2)
	here=$(left r1)
	echo "$here on r1, $there on r2"
	[ $((there - here)) -ge -1 ] && [ $((there - here)) -le 1 ]
}
# r2 notes how long r1's datagrams are while there is nothing to say, and of those that
# come then the first that is longer, or shorter, is lost.
note_lengths() {
	n r2 nft "add table inet lost
		add set inet lost plain { typeof udp length; flags dynamic; }
		add chain inet lost input { type filter hook input priority 0; }
		add rule inet lost input udp dport 3790 add @plain { udp length }"
}
lose_first() {
	n r2 nft "flush chain inet lost input
		add rule inet lost input udp dport 3790 udp length != @plain \
			limit rate 1/hour burst 1 packets counter drop"
}
lost() {
	n r2 nft list chain inet lost input |
		sed -n 's/.* counter packets \([0-9]*\).*/\1/p'
}

dead=50
plan 20
topology
for r in r1 r2; do
	n $r sysctl -qw net.netfilter.nf_conntrack_udp_timeout=15
done
check "r1 and r2 hear each other" pair
take r1
n client "$here/burst.py" 10.2.0.2 20000 1
check "r2 is told of a flow" await 5 told
leave r1
take r2
n client "$here/burst.py" 10.2.0.2 20000 1
check "a packet makes it live on r2" await 5 entry
leave r2
take r1
bg client python3 -c '
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 20000))
while True:
    try:
        s.sendto(b"x", ("10.2.0.2", 9))
    except OSError:
        pass
    time.sleep(0.3)
'
client=$!
since=$SECONDS
await 60 aged 20
check "it lives on there while packets pass r1" entry
check "for r1 said so" at_least 1 stat r2 rx_alive
kill $client

for r in r1 r2; do
	n $r sysctl -qw net.netfilter.nf_conntrack_udp_timeout=300
done
n client "$here/burst.py" 10.2.0.2 30000 1
await 5 at_least 100 shadow_time 30000
retimed=$(stat r1 walk_retimed)
set_timeout 3000
check "a longer timeout reaches the standby" await 20 at_least 2900 shadow_time 30000
check "it was found by the walk" at_least $((retimed + 1)) stat r1 walk_retimed
set_timeout 100
check "and a shorter one" await 20 below 101 shadow_time 30000

for r in r1 r2; do
	n $r sysctl -qw net.netfilter.nf_conntrack_udp_timeout=40
done
n client "$here/burst.py" 10.2.0.2 31000 1
await 5 at_least 39 shadow_time 31000
await 20 below 33 left r1
fs r1 resync peer r2 full
check "what is left of an idle one is told" await 10 below 34 shadow_time 31000
n client "$here/burst.py" 10.2.0.2 31000 1
check "a packet gives it its time again" at_least 39 left r1
check "at the standby too" await 5 at_least 39 shadow_time 31000
check "the tables are the same" fs r1 verify peer r2 timeout 60

await 20 below 36 left r1
note_lengths
await 30 below 25 left r1
check "an idle one runs down there as well" runs_down
lose_first
n client "$here/burst.py" 10.2.0.2 31000 1
check "what is said of a packet is lost" await 5 is 1 lost
check "and said again" await 5 at_least 37 shadow_time 31000
n r2 nft delete table inet lost
await 30 below 33 left r1
check "it runs down" runs_down
cut r1
fs r2 node set keep 60
await 10 is down peer r2 r1 state
check "after the cut it stands still for as long as is configured" stands_still
fs r2 node set keep 0
fs r2 group set 1 role active
await 10 is 0 node r2 shadow
check "what becomes live has what it has on r1" as_much

# r1 comes back, and is told of what is idle by then.
for r in r1 r2; do
	n $r sysctl -qw net.netfilter.nf_conntrack_udp_timeout=47
done
leave r1
take r2
n client "$here/burst.py" 10.2.0.2 31000 1
await 20 below 43 left r2
uncut r1
fs r1 group set 1 role standby
check "who comes back is told what is left" await 20 below 44 shadow_time 31000 r1
n client "$here/burst.py" 10.2.0.2 31000 1
check "and a packet gives it its time again there" await 5 at_least 46 shadow_time 31000 r1
finish
