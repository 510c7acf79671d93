#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Ten million datagrams (FLOWSYNC_COUNT=n; up to 7,000 a second are sent) that no peer
# sent, from the peer's own address and port, beside live sync:
#
#   r3 ---- 10.9.3.3 | 10.9.3.2 ---- r2 ---- sync0 10.9.0.2 | 10.9.0.1 ---- r1
#                                                       as if from r1: the forger
#
# random; recorded in this session, in the one before and in that of another peer, as
# they were, cut, with bits flipped, with another number and payload, with the header
# of one and the payload of another. None is accepted: each is counted under a
# reason, and the sum of the reasons is what was sent. Tables and their digests are
# what they were, no link was silent, no session ended, and flows that change and
# begin meanwhile are told.
. "$(dirname "$0")/../net/lib.sh"
. "$here/flows.sh"

count=${FLOWSYNC_COUNT:-10000000}
seed=${FLOWSYNC_SEED:-20261121}

reasons="rx_badlen rx_badmagic rx_badversion rx_badchannel rx_badvalue \
rx_mandatory rx_badauth rx_badsession rx_badpeer rx_badnode rx_replay rx_old \
rx_limited rx_handshakes"

# refused: how many r2 has not taken; rx_handshakes are hellos that were recorded,
# which are looked at and come to nothing, as nobody rekeys meanwhile.
refused() {
	local reason sum=0 all
	all=$(n r2 flowsyncctl -j stats show)
	for reason in $reasons; do
		sum=$((sum + $(field "$reason" <<< "$all")))
	done
	echo $sum
}

by_reason() {
	local reason all
	all=$(n r2 flowsyncctl -j stats show)
	for reason in $reasons; do
		echo "$reason $(field "$reason" <<< "$all")"
	done
}

# shadow: what r2 holds, but for the time left and what was last said.
shadow() { fs r2 flow show shadow | sed -E 's/ [0-9]+s / /; s/ op [0-9]+//' | sort; }

# kept: what it held before, it holds, and nothing else is said of it.
kept() {
	shadow > "$TMP/now"
	comm -13 "$TMP/now" "$TMP/shadow" > "$TMP/missing"
	cat "$TMP/missing"
	[ ! -s "$TMP/missing" ]
}

capture() {
	n r2 spray capture 3790 "$TMP/$1.0" "$TMP/$1.1" "$TMP/$1.2" &
	captures=$!
}

starts() {
	local n=$1 other=$((3 - $1))
	fs r$n node set id $n name r$n
	fs r$n peer add r$other id $other $key rekey 86400 dead 30 \
		link local 10.9.0.$n remote 10.9.0.$other
	fs r$n group add 1 peer r$other
	fs r$n group set 1 role $2
}

both_up() { await 30 is up peer r1 r2 state && await 30 is up peer r2 r1 state; }

plan 17
topology
netns r3
cable r3 sync0 r2 sync3
# What is idle must not end before the last of them is sent.
for r in r1 r2; do
	n $r sysctl -qw net.netfilter.nf_conntrack_udp_timeout=86400 \
		net.netfilter.nf_conntrack_udp_timeout_stream=86400 \
		net.netfilter.nf_conntrack_icmp_timeout=86400 \
		net.netfilter.nf_conntrack_icmpv6_timeout=86400
done
ip -n r3 addr add 10.9.3.3/24 dev sync0
ip -n r2 addr add 10.9.3.2/24 dev sync3
up r3 sync0
up r2 sync3
load
take r1
serve

# The session before.
capture before
starts 1 active
starts 2 standby
check "r1 and r2 hear each other" both_up
check "there are flows" open_flows
check "r2 is told of them" await 30 told
check "a session is recorded" wait $captures
fs r1 group del 1
fs r1 node del
# Another peer, with another key.
(umask 077 && flowsyncctl genkey > "$TMP/other")
n r2 spray capture 3790 "$TMP/other.0" &
captures=$!
fs r2 peer add r3 id 3 key-file "$TMP/other" rekey 86400 dead 30 \
	link local 10.9.3.2 remote 10.9.3.3 dev sync3
fs r3 node set id 3 name r3
fs r3 peer add r2 id 2 key-file "$TMP/other" rekey 86400 dead 30 \
	link local 10.9.3.3 remote 10.9.3.2 dev sync0
check "so is one with another peer" wait $captures
await 10 is up peer r2 r3 state
# This one.
capture now
starts 1 active
check "r1 comes with a new session" both_up
carry $held > /dev/null
check "r2 is told again" await 30 told
check "which is recorded too" wait $captures
check "the tables are the same" fs r1 verify peer r2 timeout 60
bg r2 flowsyncctl -j monitor > "$TMP/events"
session=$(peer r2 r1 session)
shadow > "$TMP/shadow"
by_reason > "$OUT/before"
before=$(refused)

note "seed $seed"
started=$(date +%s)
n r1 spray mix 10.9.0.1 10.9.0.2 3790 "$count" "$seed" 1 \
	"$TMP"/before.[012] "$TMP"/now.[012] "$TMP/other.0" > "$TMP/sent" &
forger=$!
# Sync goes on beside it.
rounds=0 bad=0
while kill -0 $forger 2> /dev/null; do
	carry $held > "$TMP/carried" || bad=$((bad + 1))
	n client "$here/burst.py" 10.2.0.2 $((20000 + rounds % 400 * 50)) 20
	await 30 told || bad=$((bad + 1))
	rounds=$((rounds + 1))
	await 5 not kill -0 $forger
done
wait $forger
note "$count in $(($(date +%s) - started)) s, $rounds rounds beside"
check "flows changed and began beside it, and were told in time" \
	[ "$rounds" -gt 0 -a "$bad" = 0 ]
check "all were sent" is "$count" cat "$TMP/sent"
by_reason > "$OUT/after"
diff "$OUT/before" "$OUT/after" | sed -n 's/^>/#/p'
check "each was counted under a reason" await 20 is $((before + count)) refused
check "no flow is another" kept
check "the tables are the same still" fs r1 verify peer r2 timeout 120
check "the session is the same" is "$session" peer r2 r1 session
check_not "no peer or link was silent" grep -E 'down|restart' "$TMP/events"
check "and it goes on" carry $held
finish
