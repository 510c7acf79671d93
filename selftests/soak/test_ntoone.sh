#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One standby of four actives, each with a group of its own, hundreds of flows, and
# slots of the same numbers. One dies: the standby takes its group over, installs its
# flows and no others, and goes on as standby of the rest, who go on being told. Then
# another. The first comes back, is told of all, and is given its group again.
#
#	c1 10.1.1.2 -- 10.1.1.1 a1 10.2.1.1 -- 10.2.1.2 v1, and so on to 4
#	a1 sync0 10.9.1.1 ---- 10.9.1.2 sync1 s, and so on to sync4
#
# Fails if a takeover touches another group, or tables differ at rest.
. "$(dirname "$0")/../net/lib.sh"

flows=300

router() {
	local i=$1
	netns c$i v$i a$i
	cable c$i eth0 a$i lan0
	cable v$i eth0 a$i wan0
	cable a$i sync0 s sync$i
	ips c$i <<- END
		addr add 10.1.$i.2/24 dev eth0
		link set eth0 up
		route add default via 10.1.$i.1
	END
	ips v$i <<- END
		addr add 10.2.$i.2/24 dev eth0
		link set eth0 up
		route add default via 10.2.$i.1
	END
	ips a$i <<- END
		addr add 10.1.$i.1/24 dev lan0
		addr add 10.2.$i.1/24 dev wan0
		addr add 10.9.$i.1/24 dev sync0
		link set lan0 up
		link set wan0 up
		link set sync0 up
	END
	ips s <<- END
		addr add 10.9.$i.2/24 dev sync$i
		link set sync$i up
	END
	n a$i sysctl -qw net.ipv4.ip_forward=1 \
		net.netfilter.nf_conntrack_udp_timeout=3000
}

configure() {
	local i=$1
	fs a$i node set id $i name a$i
	fs a$i peer add s id 9 $key dead 20 link local 10.9.$i.1 remote 10.9.$i.2
	fs a$i group add $i peer s
	fs s peer add a$i id $i $key dead 20 link local 10.9.$i.2 remote 10.9.$i.1
	fs s group add $i peer a$i match src 10.1.$i.0/24
	fs a$i group set $i role active
	fs s group set $i role standby
}

burst() { n c$1 "$here/burst.py" 10.2.$1.2 "$2" "$3"; }
# What s has refused; groups were not known to it while they were made.
refusals() {
	echo "$(stat s rx_epoch_stale) $(stat s rx_while_active) $(stat s rx_group_unknown)"
}
g() { n "$1" flowsyncctl -j group show "$2" | field "$3"; }

# table ROUTER TABLE GROUP: one line for each flow, without what differs by nature.
table() {
	n "$1" flowsyncctl -j flow show "$2" | grep "\"group\":$3," |
		grep -o '"orig":{[^}]*},"reply":{[^}]*}' | sort > "$TMP/$2"
}

# same GROUP: the active's table and the standby's shadow of it.
same() {
	table a$1 local "$1"
	table s shadow "$1"
	[ -s "$TMP/local" ] && cmp "$TMP/local" "$TMP/shadow"
}

agree() { fs a$1 verify peer s timeout 60; }
entries() { n s conntrack -L -s 10.1.$1.2 2> /dev/null | grep -c . || :; }

plan $((4 * 3 + 8 + 2 * 3 + 6))
modprobe -a nf_conntrack nf_nat 2> /dev/null
netns s
n s sysctl -qw net.netfilter.nf_conntrack_udp_timeout=3000
for i in 1 2 3 4; do
	router $i
done
load
fs s node set id 9 name s
for i in 1 2 3 4; do
	configure $i
done
for i in 1 2 3 4; do
	check "s hears a$i" await 30 is up peer s a$i state
	burst $i 10000 $((flows + i))
	check "s is told of each flow of a$i" await 60 is $((flows + i)) g s $i shadow
	check "they agree, by digest" agree $i
done

# a1 dies.
before=$(refusals)
ip -n a1 link set sync0 down
check "s misses a1" await 60 is down peer s a1 state
fs s group set 1 role active
check "s installs a1's flows" await 60 is $((flows + 1)) g s 1 flows
check "nothing of them is left to install" is 0 g s 1 install_left
check "conntrack has them" is $((flows + 1)) entries 1
check "and none of the others'" is "0 0 0" eval 'echo $(entries 2) $(entries 3) $(entries 4)'
check "s is standby of the others as before" is "$((flows + 2)) $((flows + 3)) $((flows + 4))" \
	eval 'echo $(g s 2 shadow) $(g s 3 shadow) $(g s 4 shadow)'
for i in 2 3 4; do
	burst $i 30000 50
done
check "and is told of what comes there" await 60 is "$((flows + 52)) $((flows + 53)) $((flows + 54))" \
	eval 'echo $(g s 2 shadow) $(g s 3 shadow) $(g s 4 shadow)'
check "nobody was refused" is "$before" refusals
for i in 2 3 4; do
	check "a$i's table is what s holds" await 30 same $i
	check "by digest too" agree $i
done

# a1 comes back, gives way, is told, and gets its group again.
ip -n a1 link set sync0 up
check "a1 gives way" await 60 is standby g a1 1 role
check "a1 is told of its flows" await 60 is $((flows + 1)) g a1 1 shadow
check "they agree, by digest" fs s verify peer a1 timeout 60
fs s group set 1 role standby
fs a1 group set 1 role active
check "a1 has its group again" await 60 is $((flows + 1)) g a1 1 flows
check "s is told of it again" await 60 same 1
check "and the others never noticed" is "active active active" \
	eval 'echo $(g a2 2 role) $(g a3 3 role) $(g a4 4 role)'
finish
