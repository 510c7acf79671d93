#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What becomes of flows on the standby is returned to their origin: installed by
# a packet, refused since another connection has the tuple, or since conntrack is
# full. It arrives over a link that loses half of all datagrams; a standby that
# is full says so, and installs what it could not as soon as there is room,
# without a packet.
#
# Fails if a result is told once and lost, is of another flow than it happened
# to, if what found no room waits for a packet, or if a connection has to go for
# one that needs no room, since it has an entry.
. "$(dirname "$0")/lib.sh"

# results ROUTER RESULT COUNT: so many of its flows have this result at its peer.
results() {
	[ "$(fs "$1" -j flow show local | grep -o "\"install\":\"$2\"" | wc -l)" = "$3" ]
}

seen() { grep -q "\"event\":\"$1\"" "$TMP/events"; }
entries() { n r2 conntrack -L -p udp --orig-src 10.1.0.2 2> /dev/null; }
entry_count() { entries | grep -c .; }

# How many connections conntrack has ended to make room for another.
early_drops() {
	n r2 conntrack -S | grep -o ' early_drop=[0-9]*' |
		awk -F= '{ n += $2 } END { print n + 0 }'
}

plan 23
topology
check "r1 and r2 hear each other" pair
take r1
bg r2 flowsyncctl -j monitor > "$TMP/events"

n client "$here/burst.py" 10.2.0.2 20000 30
check "r2 is told of 30 flows" await 20 told
check "nothing was installed there" results r1 none 30

# Another connection has the reply tuple of one of them.
n r2 conntrack -I -p udp -s 10.2.0.2 -d 10.2.0.1 --sport 9 --dport 20000 -t 900 \
	> /dev/null 2>&1
for r in r1 r2; do
	n $r tc qdisc replace dev sync0 root netem loss 50%
done
leave r1
take r2
n client "$here/burst.py" 10.2.0.2 20000 10
# The tenth begins a new connection, from another port.
check "packets install nine on the standby" await 20 is 10 entry_count
check "the origin is told of them" await 30 results r1 installed 9
check "and that the tenth clashed" await 30 results r1 clash 1
check "it is that one" sh -c "ip netns exec r1 flowsyncctl flow show local |
	grep ':20000 ' | grep -q ' at r2 clash '"
check "the others are as they were" results r1 none 20
for r in r1 r2; do
	n $r tc qdisc del dev sync0 root
done
check "counted by result: installed" is 9 peer r1 r2 installed
check "and clash" is 1 peer r1 r2 clash
quiet() {
	local before
	before=$(stat r2 tx_results)
	await 1 false
	[ "$(stat r2 tx_results)" = "$before" ]
}
check "what was confirmed is not told again" await 20 quiet

# A full conntrack at the takeover. It has as few buckets as it can have, so that
# it finds something to end as soon as it is asked for room.
n r2 conntrack -D -p udp --orig-src 10.2.0.2 > /dev/null 2>&1
was=$(sysctl -n net.netfilter.nf_conntrack_max)
buckets=$(sysctl -n net.netfilter.nf_conntrack_buckets)
sysctl -qw net.netfilter.nf_conntrack_buckets=1
for port in $(seq 1 60); do
	n r2 conntrack -I -p udp -s 192.0.2.1 -d 192.0.2.2 --sport "$port" \
		--dport 9 -t 900 > /dev/null 2>&1
done
sysctl -qw net.netfilter.nf_conntrack_max="$(n r2 conntrack -C)"
check "the standby says that its conntrack is full" await 20 is full node r2 table
check "in an event too" await 20 seen table-full
check "its peer knows" await 20 is full peer r1 r2 table
drops=$(early_drops)
fs r2 group set 1 role active
check "after the takeover 21 flows are not installed" \
	await 20 is 21 group r2 install_left
check "the former origin is told so" await 30 at_least 21 peer r1 r2 full
check "they are kept, and say why" is 21 sh -c \
	"ip netns exec r2 flowsyncctl flow show shadow | grep -c ' install full '"
check "no connection had to go for those that have an entry" is "$drops" early_drops
sysctl -qw net.netfilter.nf_conntrack_max="$was"
sysctl -qw net.netfilter.nf_conntrack_buckets="$buckets"
check "with room they are installed, without a packet" await 20 is 30 entry_count
check "counted, but for the one that clashes" is 20 stat r2 install_retry
check "that there is room is reported" await 20 seen table-room
check "the peer knows" await 20 is room peer r1 r2 table
check "and holds all of them" await 20 told r2 r1
finish
