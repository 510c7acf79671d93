#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Lifetimes on the standby follow those of the active. A connection that became
# live on r2, when a packet came that way, lives there as long as packets pass r1,
# though none of them changes anything that is told. A timeout that is set by hand
# on r1 reaches the shadow, up and down. What r2 is told of a connection that has been
# idle is what it has left; the next packet, which changes nothing else, gives it its
# whole time again there too.
#
# Fails if only changes of state are told: the connection on r2 runs out.
. "$(dirname "$0")/lib.sh"

entry() { n r2 conntrack -L -p udp --orig-port-src 20000 2> /dev/null | grep -q .; }

# shadow_time PORT: seconds that r2's shadow gives the flow.
shadow_time() {
	fs r2 flow show shadow | sed -nE "s/.* ([0-9]+)s 10\\.1\\.0\\.2:$1 .*/\\1/p"
}
# All of the tuple: with less, conntrack -U finds the entry and cannot set it.
set_timeout() {
	n r1 conntrack -U -p udp -s 10.1.0.2 -d 10.2.0.2 --sport 30000 \
		--dport 9 -t "$1"
}
below() { [ "$("${@:2}")" -lt "$1" ]; }
left() { n r1 conntrack -L -p udp --orig-port-src 31000 2> /dev/null | awk '{ print $3 }'; }
aged() { [ $((SECONDS - since)) -ge "$1" ]; }

plan 12
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
since=$SECONDS
await 60 aged 20
check "it lives on there while packets pass r1" entry
check "for r1 said so" at_least 1 stat r2 rx_alive

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
await 20 below 33 left
fs r1 resync peer r2 full
check "what is left of an idle one is told" await 10 below 34 shadow_time 31000
n client "$here/burst.py" 10.2.0.2 31000 1
check "a packet gives it its time again" at_least 39 left
check "at the standby too" await 5 at_least 39 shadow_time 31000
check "the tables are the same" fs r1 verify peer r2 timeout 60
finish
