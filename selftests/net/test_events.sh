#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A good neighbour: conntrack -E on the active shows the same events with the
# module as without it. The same traffic runs twice through r1: first before the
# module is loaded, then with flowsync configured and r1 active; what conntrack
# -E prints must be equal but for timeouts. It would differ if flowsync
# took events from the cache, added some, or kept entries from being destroyed.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

# Flows begin, carry data, end, change and are deleted, one after the other.
traffic() {
	hold t client tcphold -p 41000 open 1 10.2.0.2 7
	carries t
	release t
	await 20 n r1 sh -c "conntrack -L -p tcp 2> /dev/null | grep -q TIME_WAIT"
	rm "$TMP"/t.*
	hold u client udphold -p 42000 open fd02::2 7
	carries u
	release u
	rm "$TMP"/u.*
	ping4
	ping6
	n r1 conntrack -U -p udp -f ipv6 --mark 7
	n r1 conntrack -D -p tcp --orig-port-src 41000
	n r1 conntrack -D -f ipv6 -p udp
	n r1 conntrack -F
} > /dev/null 2>&1

# watch FILE: run the traffic; what conntrack says meanwhile goes into the file,
# without timeouts, processes and without the traffic of flowsync itself.
watch() {
	local pid
	n r1 conntrack -E > "$1.raw" 2> "$1.err" < /dev/null &
	pid=$!
	# It listens when it sees this.
	await 20 marker "$1.raw"
	n r1 conntrack -F > /dev/null 2>&1
	traffic
	n r1 conntrack -I -p udp -s 1.1.1.2 -d 1.1.1.2 --sport 2 --dport 2 \
		-t 60 > /dev/null 2>&1
	await 20 grep -q '1\.1\.1\.2' "$1.raw"
	n r1 conntrack -D -s 1.1.1.2 > /dev/null 2>&1
	kill $pid
	wait $pid 2> /dev/null
	sed -E '/1\.1\.1\.|10\.9\.0\.|fd09|fe80/d; s/ (portid|progname)=[^ ]*//g
		s/^( *\[[A-Z]+\] [a-z0-9]+ +[0-9]+ )[0-9]+ /\1/' "$1.raw" > "$1"
}

marker() {
	n r1 conntrack -I -p udp -s 1.1.1.1 -d 1.1.1.1 --sport 1 --dport 1 -t 60
	n r1 conntrack -D -s 1.1.1.1
	grep -q '1\.1\.1\.1' "$1"
}

plan 5
topology
take r1
serve
watch "$TMP/without"
check "without flowsync there are events to compare" \
	at_least 15 sh -c "grep -c . '$TMP/without'"
check "r1 and r2 hear each other" pair
watch "$TMP/with"
check "with flowsync the events are the same" diff "$TMP/without" "$TMP/with"
check "r1 did replicate this traffic" at_least 4 stat r1 tx_checkpoints
check "and told of its end" await 20 is 0 node r2 shadow
finish
