#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who holds the key is let in, and nobody else:
#
#   r1 ---- sync0 10.9.0.1 | 10.9.0.2 ---- r2
#
# - two nodes with different keys do not hear each other, and say why; with the
#   same one they do
# - keys are renewed and the session goes on
# - what was recorded in an earlier session is refused in the next
# - without encryption only if both sides say so, over devices
# - the key is nowhere to be seen
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

plan 28
topology
load
(umask 077 && flowsyncctl genkey > "$TMP/other")

# node N MORE...: node N and its peer, sealed as the words say.
node_with() {
	local n=$1 other=$((3 - $1))
	shift
	fs r$n node del 2> /dev/null
	fs r$n node set id $n name r$n &&
		fs r$n peer add r$other id $other "$@" dead 10 \
			link local 10.9.0.$n remote 10.9.0.$other dev sync0
}

# group_of N ROLE: its group, with the peer.
group_of() {
	fs r$1 group add 1 peer r$((3 - $1)) && fs r$1 group set 1 role $2
}

both_up() { await 10 is up peer r1 r2 state && await 10 is up peer r2 r1 state; }

# Different keys.
check "a node with a key" node_with 1 $key
check "one with another" node_with 2 key-file "$TMP/other"
check "r1 says so" await 10 is other-key peer r1 r2 handshake
check "r2 says so" await 10 is other-key peer r2 r1 handshake
check "neither is heard" is "down down" sh -c \
	"echo $(peer r1 r2 state) $(peer r2 r1 state)"
check "it is counted" at_least 1 stat r1 rx_badauth
check "without a key there is no encryption to speak of" node_with 2 encryption none
check "and none with whom has one" await 10 is other-key peer r2 r1 handshake

# The same key; renewed every 5 s.
check "the same key" node_with 2 $key rekey 5
check "on both" node_with 1 $key rekey 5
group_of 1 active
group_of 2 standby
check "they hear each other" both_up
take r1
serve
n r2 spray capture 3790 "$TMP/heartbeat" "$TMP/state" &
capture=$!
check "there are flows" open_flows
check "r2 is told of them" await 10 told
wait $capture
session=$(peer r1 r2 session)
check "keys are renewed" await 20 at_least 2 peer r1 r2 rekeys
check "the session is the same" is "$session" peer r1 r2 session
check "nobody noticed" both_up
carry $held > /dev/null
check "flows are told as before" await 10 told

# Recorded in the session before.
fs r1 group del 1
check "r1 restarts, unnoticed for being quick" node_with 1 $key
group_of 1 active
check "r2 hears the new one" both_up
await 10 told
before=$(stat r2 rx_badsession)
for what in heartbeat state; do
	n r1 spray again 10.9.0.1 10.9.0.2 3790 "$TMP/$what" 50 > /dev/null
done
check "what was recorded is of a session that is over" \
	await 5 at_least $((before + 100)) stat r2 rx_badsession
check "and changes nothing" told

# Not sealed.
fs r1 group del 1
fs r1 node del
fs r1 node set id 1
link="link local 10.9.0.1 remote 10.9.0.2"
check_not "encryption none without a device is refused" \
	n r1 flowsyncctl peer add r2 id 2 encryption none $link
check "on both sides, it is let" node_with 1 encryption none
fs r2 group del 1
node_with 2 encryption none
group_of 1 active
group_of 2 standby
check "they hear each other, unsealed" both_up
check "r2 is told" await 10 told
check "it is shown as a warning" sh -c \
	"within r1 flowsyncctl peer show | grep -q 'WARNING: encryption none'"

# The key.
secret=$(cat "$TMP/key")
check_not "nothing that is shown has the key" sh -c \
	"for ns in r1 r2; do within \$ns flowsyncctl -p show
		within \$ns flowsyncctl -p peer show; done |
	grep -qF '${secret%=}'; "
check_not "nor the kernel's log" sh -c "dmesg | grep -qF '${secret%=}'"
finish
