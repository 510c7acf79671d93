#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: policies: protocol, address, port, mark, zone, state, age, size; first match wins | at the source
#
# What is replicated is chosen at the source. The first policy that matches decides,
# and a change applies to connections that are there already: those that it excludes
# leave the standby, and come back when it goes. nft marks choose as well as any.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

holds() { is "$1" node r2 shadow && is "$1" node r1 flows; }
# what PORT: how many flows to that port r2 holds.
what() { n r2 flowsyncctl flow show shadow | grep -c -- "$1" || :; }
policies() { n r1 flowsyncctl policy show; }
add() { fs r1 policy add pref "$@"; }

plan 34
topology
n r1 sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_timestamp=1
ip -n client addr add 10.1.0.3/24 dev eth0
n r1 nft "add chain inet router marks { type filter hook forward priority 5; }
	add rule inet router marks udp dport 7 ct mark set 0x102"
check "r1 and r2 hear each other" pair
take r1
serve
bg server tcphold serve 8
bg server tcphold serve 9
await 10 n server sh -c 'ss -Hltn sport = 9 | grep -q . && ss -Hltn sport = 8 | grep -q .'
check "a policy before there are flows" add 30 proto tcp dport 8-9 mode off
hold a client tcphold open 2 10.2.0.2 7
hold b client tcphold open 3 10.2.0.2 8
hold c client tcphold -s 10.1.0.3 open 4 10.2.0.2 9
hold u client udphold open 10.2.0.2 7
check "r2 is told of the others only" await 10 holds 3
# chosen WORDS: how many flows of r2's shadow those words choose.
chosen() { fs r2 flow show shadow "$@" | grep -c . || :; }
check "they are chosen by what they are" is "2 1 2 0 3 0 1" eval 'echo \
	$(chosen proto tcp) $(chosen proto udp) $(chosen dst 10.2.0.0/24 proto tcp dport 1-7) \
	$(chosen src 10.1.0.3) $(chosen origin 1 zone 0) $(chosen dst fd02::/64) $(chosen limit 1)'
# Nothing begins or ends meanwhile, so that the pages are of one table.
page() { fs r2 flow show shadow skip "$1" limit 1 | sed 's/ [0-9]*s / /'; }
check "a page after the other they are the whole" eval '
	is "$(fs r2 flow show shadow | sed "s/ [0-9]*s / /")" eval "page 0; page 1; page 2" && is "" page 3'
fs r1 -j top interval 100 count 2 > "$TMP/top"
check "top says as much of r1, twice" is 2 grep -c \
	'"flows":3,"shadow":0,.*"peers":\[{"name":"r2","state":"up"' "$TMP/top"
check "what is off is counted" at_least 7 stat r1 policy_off
check "an exception, before it" add 20 src 10.1.0.3/32 dport 9 mode async
check "applies to flows that are there" await 20 holds 7
check "a mark excludes" add 10 mark 0x100 mask 0x100 mode off
check "what has it leaves r2" await 10 holds 6
check "and is counted" is 1 stat r1 policy_ended
check "a policy by protocol and network" add 15 proto tcp src 10.1.0.0/30 dst 10.2.0.0/24 mode off
check "comes before the one behind it" await 10 holds 0
check_not "no second one of a preference" add 15 mode off
check "in its place it is about other flows" fs r1 policy set pref 15 proto tcp dst 10.3.0.0/24
check "those that it was about come back" await 20 holds 6
fs r1 policy set pref 15 proto tcp src 10.1.0.0/30 dst 10.2.0.0/24
check "and leave again" await 10 holds 0
check "they are shown first to last" is "10 15 20 30" eval \
	'policies | sed "s/^pref \([0-9]*\).*/\1/" | xargs'
check "as they were added" sh -c "ip netns exec r1 flowsyncctl policy show |
	grep -qx 'pref 15 proto tcp src 10.1.0.0/30 dst 10.2.0.0/24 mode off'"
check_not "one that is not there cannot be deleted" fs r1 policy del pref 99
for pref in 10 15 20 30; do
	fs r1 policy del pref $pref
done
check "without policies all are replicated" await 20 holds 10
check "another zone is not theirs" add 5 zone 7 mode off
check "another protocol neither" add 6 proto sctp mode off
n r1 conntrack -U -p udp --mark 0 > /dev/null 2>&1
check "all stay" holds 10
check "so do those that are not large enough" add 3 bytes 1000000000 mode off
check "or not old enough" add 4 age 100000 mode off
check "a policy by state: only TCP is assured" add 8 proto tcp state assured mode async
check "by what a connection carried" add 9 proto udp packets 20 bytes 40 mode async
add 11 mode off
check "what matches neither leaves r2" await 10 holds 9
for _ in {1..10}; do
	carries u > /dev/null
done
check "it comes back when it carried more" await 30 holds 10
add 2 age 1 mode off
check "by age: all are a second old" await 10 holds 0
check "they are shown as they were added" is "age 1 mode off, bytes 1000000000 mode off, age 100000 mode off, zone 7 mode off, proto sctp mode off, proto tcp state assured mode async, proto udp packets 20 bytes 40 mode async, mode off" \
	eval 'policies | sed "s/^pref [0-9]* //" | paste -sd , | sed "s/,/, /g"'
for pref in 2 3 4 8 9 11; do
	fs r1 policy del pref $pref
done
await 20 holds 10
cut r1
no_luck r2
fs r2 group set 1 role active
take r2
check "and go on through r2" carry a b c u
finish
