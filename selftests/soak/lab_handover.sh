#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A group that is handed over and back again and again, soon after it came, while eight
# clients open and close connections all the time: none of these fails. A connection
# may have begun at one router and go on at the other at any point of its short life;
# and the one that is relieved may have told the neighbours a moment before that the
# addresses are with it.
#
# The topology is that of ../ha/lib.sh.

. "$(dirname "$0")/../ha/lib.sh"

CLIENTS=8
MOVES=12
CONNECTIONS=50

# room ROUTER: what ended does not stay for as long as it does on a small machine.
room() {
	n "$1" sysctl -qw net.netfilter.nf_conntrack_max=65536 \
		net.netfilter.nf_conntrack_tcp_timeout_time_wait=10
}

# hand_over FROM TO
hand_over() {
	n "$1" flowsyncctl group handover 1 to "$2" timeout 30 && await 20 alone "$2" &&
		some_more && await 30 is 1 peer "$2" "$1" complete
}

plan $((MOVES + 7))
ha_init
must "three machines start" ha_boot
must "the pair is up: r1 active" ha_pair
must "there is room for what comes and goes" eval 'room r1 && room r2'
must "$CONNECTIONS connections open" edge hold $CONNECTIONS 60
must "connections come and go" eval "edge churn $CLIENTS && some_more"
active=r1 standby=r2
for ((move = 1; move <= MOVES; move++)); do
	check "$move: $active hands over to $standby" hand_over $active $standby
	read -r active standby <<< "$standby $active"
done
check "no connection failed, and those held carry data" eval 'ha_calm && edge carry'
check "no kernel complained" lab_kmsg_check
edge stop
finish
