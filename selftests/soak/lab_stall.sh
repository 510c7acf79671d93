#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# For how long a client hears nothing when the active router is cut off: detection by
# the kernel, the daemon's decision, its hooks, and the first packets, with 10 and
# with 100,000 connections, and with heartbeats of 100 ms and of 10 ms, three missed.
# The figures are of a machine that counts instructions for time: the same on any
# host. The client's packets are pings, one in 5 ms, which wait for nothing; a TCP
# connection goes on when its sender repeats what was lost.
#
# The topology is that of ../net/lib.sh; both routers run the daemon. What begins a
# connection is let through by r1 only.
if [ ! -d /run/vm ]; then
	FLOWSYNC_ICOUNT=1 exec "${0%/*}/../vm/run" -m 2048 -s 1 -t 3000 \
		-o "${OUT:-$(mktemp -d)}" "$0"
fi
. "$(dirname "$0")/../net/lib.sh"

PATH=$top/build/bench:$PATH
MANY=${FLOWSYNC_FLOWS:-100000}	# connections, FLOWSYNC_FLOWS if that is given
addresses="lan0 10.1.0.1/24 wan0 10.2.0.1/24 lan0 fd01::1/64 wan0 fd02::1/64"

configuration() {
	local n=$1 other=$((3 - $1))

	cat <<- END
		node set id $n name r$n
		peer add r$other id $other $key heartbeat $2 dead 3 link local 10.9.0.$n remote 10.9.0.$other
		group add 1 peer r$other priority $((200 - n * 50))
		hook 1 run $top/build/ctl/flowsync-address $addresses
	END
}

daemons=()
begin() {
	local i

	for i in 1 2; do
		configuration $i "$1" > "$TMP/r$i.conf"
		within r$i flowsyncctl daemon --config "$TMP/r$i.conf" > "$TMP/r$i.log" 2>&1 &
		daemons+=($!)
	done
}

# anew COUNT: both routers as if just booted, r1 with so many connections.
anew() {
	local i

	[ ${#daemons[@]} = 0 ] || kill "${daemons[@]}"
	wait "${daemons[@]}" 2> /dev/null
	daemons=()
	uncut r1
	for i in 1 2; do
		n r$i flowsyncctl node del
		n r$i conntrack -F
		leave r$i
	done > /dev/null 2>&1
	n r1 meter fill 10.1.2.0 10.2.1.0 "$1" 10.2.0.1
}

replies() { grep -c 'icmp_seq=' "$TMP/ping"; }

# stall: the longest that no reply came, in ms.
stall() {
	awk -F '[][]' '/icmp_seq=/ { if (last && $2 - last > most) most = $2 - last
			last = $2 } END { printf "%d", most * 1000 }' "$TMP/ping"
}

# cut_off COUNT HEARTBEAT: $stall is what the client saw.
cut_off() {
	local before ping

	anew "$1" && begin "$2" && await 60 is active group r1 role &&
		await 300 at_least "$1" node r1 flows &&
		await 60 is standby group r2 role || return
	within client ping -n -D -i 0.005 10.2.0.2 > "$TMP/ping" &
	ping=$!
	await 30 at_least 50 replies && await 120 is 1 peer r1 r2 complete &&
		await 120 told || return
	no_luck r2
	# What is going on is what goes on by itself: nobody asks for anything now.
	read -r -t 2 <> <(:)
	cut r1
	read -r -t 4 <> <(:)
	before=$(replies)
	await 30 at_least $((before + 50)) replies
	kill $ping
	wait $ping 2> /dev/null
	luck r2
	stall=$(stall)
	[ "$stall" -gt 0 ] && is active group r2 role
}

# goes_on COUNT HEARTBEAT: a test point for it, and the figures.
goes_on() {
	stall=0
	check "$1 connections, $2 ms x 3: the client goes on" cut_off "$1" "$2"
	note "silence of $stall ms; r2:"
	sed 's/^flowsyncctl: /#   /' "$TMP/r2.log" | tail -n 4
}

plan 8
topology
sysctl -qw net.netfilter.nf_conntrack_max=1048576 net.netfilter.nf_conntrack_buckets=65536
load
goes_on 10 100
few=$stall
check "after less than a second" [ "$few" -lt 1000 ]
goes_on $MANY 100
many=$stall
check "after less than a second" [ "$many" -lt 1000 ]
check "alike" [ "$many" -le $((few * 5 / 4)) ]
goes_on 10 10
check "sooner" [ "$stall" -lt "$few" ]
goes_on $MANY 10
[ ${#daemons[@]} = 0 ] || kill "${daemons[@]}"
finish
