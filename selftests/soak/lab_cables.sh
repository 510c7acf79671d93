#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two routers with two sync cables. One cable is cut, then the other: nobody notices
# but flowsync. Both are cut, and both routers are active, for 1, 10 and 60 seconds,
# each with traffic of its own: IPv4 passes one, IPv6 the other, none of it knows of
# the split, and more is opened through each. When the cables are whole again one
# stays, the same one by both accounts, and whatever was open before the split or
# was opened through either in it goes on, through the winner.

. "$(dirname "$0")/../ha/lib.sh"

CONNECTIONS=100
MORE=20
BYTES=$((96 << 20))
SILENCE=30
splits=${SPLITS:-1 10 60}

# second_cable: a second link for the living peers, over the cable sync1.
second_cable() {
	local i

	for i in 1 2; do
		n r$i sh -c "ip address add 10.9.1.$i/24 dev sync1 &&
			ip link set sync1 up" &&
			n r$i flowsyncctl link add peer r$((3 - i)) \
				local 10.9.1.$i remote 10.9.1.$((3 - i)) dev sync1 || return
	done
}

# links: the states of r1's links to r2.
links() { n r1 flowsyncctl -j link show peer r2 | jq -r '.[].state' | xargs; }

both() { is active group r1 role && is active group r2 role && holds r1 && holds r2; }
one() { alone r1 || alone r2; }

# pin: IPv4 passes r1, IPv6 r2, as if client and server had heard only one each.
pin() {
	edge pin "$(lab_mac r1-lan b)" "$(lab_mac r1-wan b)" \
		"$(lab_mac r2-lan b)" "$(lab_mac r2-wan b)"
}

# passes: the download (IPv4) and the echo (IPv6) get on.
passes() {
	local echoes
	echoes=$(n edge grep -c back /run/traffic/echo)
	ha_moves && await 30 edge returns echo $((echoes + 20))
}

# forwards ROUTER FAMILY: packets that it forwarded of IPv4 or IPv6 so far.
forwards() {
	if [ "$2" = 4 ]; then
		n "$1" awk '/^Ip: [0-9]/ { print $7 }' /proc/net/snmp
	else
		n "$1" awk '$1 == "Ip6OutForwDatagrams" { print $2 }' /proc/net/snmp6
	fi
}

# split SECONDS: both cables are cut until both were active for so long, and packets
# passed both.
split() {
	local four six

	pin && lab_unplug sync && lab_unplug sync1
	await 30 both || return
	four=$(forwards r1 4) six=$(forwards r2 6)
	nap "$1"
	await 30 passes && [ "$(forwards r1 4)" -gt "$four" ] &&
		[ "$(forwards r2 6)" -gt "$six" ] && both
}

# more SECONDS: connections are opened through r1, and others through r2; named for how
# long the split lasted.
more() { edge hold $MORE 60 "four-$1" && edge hold $MORE 60 "six-$1" fd02::2; }
more_carry() { edge carry "four-$1" && edge carry "six-$1"; }

heal() {
	edge unpin && lab_plug sync && lab_plug sync1
	await 30 one && await 30 is "up up" links
}

plan $((15 + 7 * $(wc -w <<< "$splits")))
ha_init
lab_cable sync1 r1 r2 sync1
must "three machines start" ha_boot
must "the pair is up: r1 active" ha_pair
must "a second cable becomes a second link" eval 'second_cable && await 20 is "up up" links'
must "$CONNECTIONS connections open" edge hold $CONNECTIONS 60
must "a download begins" eval 'edge pace 1mbit && ha_download $BYTES $SILENCE && ha_moves'
check "r2 has been told of every flow" await 20 told

check "the first cable is cut: its link is down" eval 'lab_unplug sync && await 20 is "down up" links'
check "the peer is up, the roles are as they were" eval 'is up peer r1 r2 state && alone r1'
check "connections come and go, r2 is told of them" \
	eval 'edge churn && nap 2 && edge calm && await 20 told'
check "it is whole again: so is the link" eval 'lab_plug sync && await 20 is "up up" links'
check "the second cable is cut: its link is down" eval 'lab_unplug sync1 && await 20 is "up down" links'
check "nothing else happens" eval 'is up peer r1 r2 state && alone r1 && await 20 told && passes && edge carry'
check "it is whole again" eval 'lab_plug sync1 && await 20 is "up up" links'
check "r1 never took r2 for dead" not said r1 peer-down

for seconds in $splits; do
	check "both are cut: for $seconds s both are active, with packets" split "$seconds"
	check "$MORE connections are opened through each" more "$seconds"
	no_luck r1
	no_luck r2
	check "they are whole again: one is active, and has the addresses" heal
	winner=$(alone r1 > /dev/null && echo r1 || echo r2)
	note "$winner stays, in epoch $(group "$winner" epoch)"
	check "all that was open goes on through it" eval 'passes && edge carry && alone $winner'
	check "so does what was opened through either" more_carry "$seconds"
	check "the other is told of all" await 30 is 1 peer "$winner" r$((3 - ${winner#r})) complete
	check "and holds what it should" n "$winner" flowsyncctl verify peer r$((3 - ${winner#r}))
	luck r1
	luck r2
done
check "no kernel complained" lab_kmsg_check
edge stop
finish
