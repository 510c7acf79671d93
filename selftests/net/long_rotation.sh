#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The key is rotated on two nodes under load, the one after the other:
#
#   r1 ---- sync0 10.9.0.1 | 10.9.0.2 ---- r2
#
# No flow is lost, the session is the same, no link is silent, and at no moment
# was a flow unacknowledged for as long as a second. The old key cannot be
# dropped while the session needs it, and is worth nothing afterwards.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

# Nothing ends by itself, however slow the machine.
long() { n r1 sysctl -qw net.netfilter.nf_conntrack_udp_timeout=3000; }

(umask 077 && flowsyncctl genkey > "$TMP/next" && flowsyncctl genkey > "$TMP/wrong")

# says WORDS COMMAND...: it is refused with them.
says() {
	local words=$1
	shift
	! "$@" 2> "$TMP/said" && grep -F "$words" "$TMP/said"
}

rotation() { peer r$1 r$((3 - $1)) rotation; }
rotations() { echo "$(rotation 1) $(rotation 2)"; }

# keyed FILE: r2 starts again with that key alone.
keyed() {
	fs r2 node del
	fs r2 node set id 2 name r2
	fs r2 peer add r1 id 1 key-file "$1" dead 10 link local 10.9.0.2 remote 10.9.0.1
}

plan 30
topology
long
check "r1 and r2 hear each other" pair
take r1
serve
check "there are flows" open_flows
check "r2 is told of them" await 20 told
fs r1 peer set r2 lag-age 1000
session=$(peer r1 r2 session) rekeys=$(peer r1 r2 rekeys)
bg r1 flowsyncctl -j monitor > "$TMP/events1"
bg r2 flowsyncctl -j monitor > "$TMP/events2"
bg client sh -c "for i in 1 2 3 4; do
	'$here/burst.py' 10.2.0.2 \$((20000 + 500 * i)) 500; done"
burst=$!

check "without a new key there is no old one" \
	says "there is one key only" fs r1 peer set r2 drop-old-key
check "nor is the same key a new one" \
	says "that is the key the peer has" fs r1 peer set r2 next-key-file "$TMP/key"
check "r1 gets a new key, the wrong one" fs r1 peer set r2 next-key-file "$TMP/wrong"
check "it is replaced" fs r1 peer set r2 next-key-file "$TMP/next"
check "r1 waits" is "waiting none" rotations
check "the old one is needed still" \
	says "the session is by the old key still" fs r1 peer set r2 drop-old-key
check "what is saved names both" sh -c \
	"within r1 flowsyncctl save | grep -q 'r2.key .*next-key-file /etc/flowsync/r2.next.key'"
check "r2 gets it too" fs r2 peer set r1 next-key-file "$TMP/next"
check "both go over to it" await 20 is "ready ready" rotations
check "keys were made once for that" is $((rekeys + 1)) peer r1 r2 rekeys
check "there is no third key" \
	says "drop the old one first" fs r1 peer set r2 next-key-file "$TMP/wrong"
check "r1 drops the old one" fs r1 peer set r2 drop-old-key
check "and has one" is "none ready" rotations
check "r2 drops it too" fs r2 peer set r1 drop-old-key
check "and has one as well" is "none none" rotations
check "a key is not set at once" says "does not fit here" fs r1 peer set r2 $key

check "all flows carry data" carry $held
wait $burst
check "of those that began meanwhile none is missing" at_least 2000 node r1 flows
check "r2 is told of all" await 30 told
check "the tables are the same" fs r1 verify peer r2 timeout 60
check "the session is the same" is "$session" peer r1 r2 session
check_not "no link was silent, no flow waited for a second" \
	grep -E 'peer-down|peer-restart|link-down|peer-lag' "$TMP/events1"
check_not "nor at r2" \
	grep -E 'peer-down|peer-restart|link-down' "$TMP/events2"

# The old key, and the new.
fs r2 group del 1
before=$(stat r1 rx_badauth)
keyed "$TMP/key"
check "who has the old key is refused" await 20 at_least $((before + 3)) stat r1 rx_badauth
check "r1 hears nobody" await 10 is down peer r1 r2 state
keyed "$TMP/next"
check "who has the new one is" await 20 is up peer r2 r1 state
secret=$(cat "$TMP/next")
check_not "nothing that is shown has the key" sh -c \
	"within r1 flowsyncctl -p peer show | grep -qF '${secret%=}'"
finish
