#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A peer that comes back with nothing is told of all flows at a set rate: those
# that have packets first, what changes meanwhile before the rest, an idle flow
# with its next packet, and all of them within a set time. How far that is can be
# seen, and a link that fails does not begin it anew. Meanwhile the loss window
# is wide, which is shown, and reported when it is wider than is wanted.
#
# Fails if flows are told in the order in which they came, if live changes wait
# for the rest, or if the rest waits for ever.
. "$(dirname "$0")/lib.sh"

seen() { grep -q "\"event\":\"$1\"" "$TMP/events"; }

# synced PORT...: the flows from these ports are, and there are some left.
synced() {
	local port
	fs r1 flow show local > "$TMP/local"
	for port; do
		grep -q ":$port ->.* synced\$" "$TMP/local" ||
			{ grep ":$port ->" "$TMP/local"; return 1; }
	done
	grep -q ' dirty$' "$TMP/local"
}

# restart: r2 comes back, with an empty shadow.
restart() {
	fs r2 node del
	fs r2 node set id 2 name r2
	fs r2 peer add r1 id 1 $key dead 10 link local 10.9.0.2 remote 10.9.0.1
	fs r2 group add 1 peer r1
	fs r2 group set 1 role standby
	await 10 resyncs
}

left() { peer r1 r2 resync_left; }
resyncs() { [ "$(left)" -gt 0 ]; }
fewer() { [ "$(left)" -lt "$1" ]; }

plan 24
topology
check "r1 and r2 hear each other" pair
take r1
n client "$here/burst.py" 10.2.0.2 20000 500
# Five of the last are busy.
bg client python3 -c '
import socket, time
socks = []
for port in range(20490, 20495):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("", port))
    s.connect(("10.2.0.2", 9))
    socks.append(s)
while True:
    for s in socks:
        try:
            s.send(b"x")
        except OSError:
            pass
    time.sleep(0.2)
'
check "r2 is told of all" await 20 told
check "and nothing is left" is 0 left
bg r1 flowsyncctl -j monitor > "$TMP/events"

before=$(stat r1 tx_checkpoints)
check "a resync by digest" fs r1 resync peer r2
check "is soon over" fs r1 wait-synced timeout 60
check "and sends nothing that was there" is "$before" stat r1 tx_checkpoints
check_not "a peer is not set to nothing" fs r1 peer set r2
check_not "nor to what cannot be" fs r1 peer set r2 resync-within 1
check "a set rate" fs r1 peer set r2 resync-rate 20 resync-within 3600000
check "and a loss window" fs r1 peer set r2 lag-flows 100 lag-age 1000

check "the standby restarts" restart
check "it is seen how far it is" sh -c \
	"ip netns exec r1 flowsyncctl peer show r2 | grep -E ' resync [0-9]+ of 50[0-9]( |\$)'"
check "the busy flows are told first" await 4 synced 20490 20491 20492 20493 20494
n client "$here/burst.py" 10.2.0.2 30000 1
check "a new one is not kept waiting" await 3 synced 30000
n client "$here/burst.py" 10.2.0.2 20470 1
check "nor is an idle one that has a packet" await 4 synced 20470
check "the loss window is reported" await 5 seen peer-lag
check "in flows" at_least 100 peer r1 r2 unacked
check "and in time" at_least 1000 peer r1 r2 oldest_ms

n r1 ip link set sync0 down
await 10 is down peer r1 r2 state
was=$(left)
n r1 ip link set sync0 up
await 10 is up peer r1 r2 state
check "after an outage it goes on where it was" fewer $((was + 20))
await 5 resyncs
fs r1 peer set r2 resync-within 2000
check "all are told in the time that is set" await 15 is 0 left
check "r2 has all" await 10 told
check "the loss window is as wanted again" await 10 seen peer-caught-up
check "the tables are the same" fs r1 verify peer r2 timeout 60
check "none is left unacknowledged" is 0 peer r1 r2 unacked
finish
