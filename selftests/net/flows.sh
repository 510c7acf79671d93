# SPDX-License-Identifier: GPL-2.0
#
# flows.sh: one flow of every kind that is replicated, for the tests of
# failover. To be sourced after lib.sh.
#
#	tcp4 tcp6 udp4 udp6          client to server, source translated
#	dnat4 dnat6 udnat4 udnat6    to port 8007 of the virtual address, which the
#	                             router translates to the server's port 7
#	ping4 ping6                  echo requests of one identifier each

held="tcp4 tcp6 udp4 udp6 dnat4 dnat6 udnat4 udnat6"

serve() {
	bg server tcphold serve 7
	bg server udphold serve 7
	await 10 n server sh -c 'ss -Hltun sport = 7 | grep -c . | grep -q 2'
}

open_flows() {
	hold tcp4 client tcphold open 3 10.2.0.2 7 &&
		hold tcp6 client tcphold open 3 fd02::2 7 &&
		hold udp4 client udphold open 10.2.0.2 7 &&
		hold udp6 client udphold open fd02::2 7 &&
		hold dnat4 client tcphold open 3 10.1.0.1 8007 &&
		hold dnat6 client tcphold open 3 fd01::1 8007 &&
		hold udnat4 client udphold open 10.1.0.1 8007 &&
		hold udnat6 client udphold open fd01::1 8007 &&
		ping4 && ping6
}

# open_many NAME COUNT SOURCE PORT TO...: TCP connections of the client, from that port
# on, at most as many at a time as a slow machine takes. For carry they are ${many[NAME]}.
declare -A many
open_many() {
	local at left

	many[$1]=
	for ((at = 0; at < $2; at += 250)); do
		left=$(($2 - at))
		many[$1]+="$1$at "
		hold "$1$at" client tcphold -t 30 -s "$3" -p $(($4 + at)) \
			open $((left < 250 ? left : 250)) "${@:5}" || return 1
	done
}

# in_turn COUNT NAME...: all of them carry data, so many names at a time: as many as a
# slow machine bears without sending again what it has only not come to yet.
in_turn() {
	local count=$1 bad=0
	shift
	while [ $# != 0 ]; do
		carry "${@:1:count}" || bad=1
		shift $(($# < count ? $# : count))
	done
	return $bad
}

# 4 * 3 of TCP, 4 of UDP, 2 of ICMP.
flows=18

# The identifier makes each of them one flow, however often it runs.
ping4() { n client ping -q -e 4404 -c 2 -i 0.2 -W 2 10.2.0.2; }
ping6() { n client ping -q -e 4406 -c 2 -i 0.2 -W 2 fd02::2; }

# flows_carry: a test point for each kind.
flow_points=10
flows_carry() {
	local name
	for name in $held; do
		echo >&"${hold_in[$name]}"
	done
	for name in $held; do
		check "$name carries data $*" answer "$name"
	done
	check "ping4 is answered $*" ping4
	check "ping6 is answered $*" ping6
}

# translated ROUTER: its connections from the client, as told to others: tuples
# without what changes with time.
translated() {
	local family
	for family in ipv4 ipv6; do
		n "$1" conntrack -L -f $family 2> /dev/null
	done | sed -nE 's/ (mark|use|secctx)=[^ ]*//g
		s/^([a-z0-9]+) +[0-9]+ [0-9]+ /\1 /; s/ \[[A-Z]+\]//g; / src=(10\.1|fd01)/p' |
		sort
}
