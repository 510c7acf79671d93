#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# As a new user would: from nothing to two routers with no more than flowsync(7).
# What the page has as examples is taken out of the page that `make install` put
# there, and run on r1 and r2 as it stands. systemctl is a stand-in, which starts
# what the installed unit says.
#
#   client ---- lan ---+--- r1 ---+--- wan ---- server
#   192.0.2.100 bridge |    ||    |   bridge    198.51.100.100
#                      |   sync0  |
#                      |    ||    |
#                      +--- r2 ---+
#
#   rN: lan0 192.0.2.1N   wan0 198.51.100.1N   sync0 10.9.0.N
#
# All of it in one machine that counts instructions for time, so that the page's
# dead interval of 300 ms is the same on any host.
if [ ! -d /run/vm ]; then
	FLOWSYNC_ICOUNT=1 exec "${0%/*}/../vm/run" -m 1024 -s 1 -t 1800 \
		-o "${OUT:-$(mktemp -d)}" "$0"
fi
. "$(dirname "$0")/../net/lib.sh"

page=/usr/share/man/man7/flowsync.7
unit=/lib/systemd/system/flowsync.service

# example N: the Nth of the page, as it is printed.
example() {
	awk -v n="$1" '/^\.EX/ { on = ++i == n; next } /^\.EE/ { on = 0 } on' $page |
		sed 's/^\.B //; s/\\e/\\/g; s/\\-/-/g'
}

# on ROUTER COMMANDS: in its namespace, with an /etc/flowsync of its own.
on() {
	show "[$1] $2"
	ROUTER=$1 ip netns exec "$1" sh -c "$2"
}

# does N ROUTER...: each of them does what the Nth example says.
does() {
	local router text
	text=$(example "$1")
	shift
	[ "$text" ] || { echo "the page has no such example"; return 1; }
	for router; do
		on "$router" "$text" || return
	done
}

stand_in() {
	mkdir -p "$TMP/bin"
	cat > "$TMP/bin/systemctl" <<- END
		#!/bin/sh
		# systemctl enable --now flowsync | stop flowsync
		case "\$*" in
		"enable --now flowsync")
			$(sed -n 's/^ExecStartPre=-//p' $unit)
			setsid $(sed -n 's/^ExecStart=//p' $unit) < /dev/null > "$TMP/\$ROUTER.log" 2>&1 &
			echo \$! > "$TMP/\$ROUTER.pid"
			;;
		"stop flowsync")
			kill "\$(cat "$TMP/\$ROUTER.pid")"
			;;
		*)	exit 1
		esac
	END
	chmod +x "$TMP/bin/systemctl"
	PATH=$TMP/bin:$PATH
}

holds() { n "$1" sh -c 'ip -br address show lan0 | grep -q 192.0.2.1/24'; }
shows() { n "$1" flowsyncctl show | grep -q -- "$2"; }

netns client server sw r1 r2
ips sw <<- END
	link add lan type bridge
	link add wan type bridge
	link set lan up
	link set wan up
	link add client type veth peer name eth0 netns client
	link add server type veth peer name eth0 netns server
	link add r1-lan type veth peer name lan0 netns r1
	link add r1-wan type veth peer name wan0 netns r1
	link add r2-lan type veth peer name lan0 netns r2
	link add r2-wan type veth peer name wan0 netns r2
	link set client master lan up
	link set r1-lan master lan up
	link set r2-lan master lan up
	link set server master wan up
	link set r1-wan master wan up
	link set r2-wan master wan up
	link add sync0 netns r1 type veth peer name sync0 netns r2
END
for i in 1 2; do
	ips r$i <<- END
		addr add 192.0.2.1$i/24 dev lan0
		addr add 198.51.100.1$i/24 dev wan0
		addr add 10.9.0.$i/24 dev sync0
		link set lan0 up
		link set wan0 up
		link set sync0 up
	END
	mkdir -p /etc/netns/r$i/flowsync
done
ips client <<- END
	addr add 192.0.2.100/24 dev eth0
	link set eth0 up
	route add default via 192.0.2.1
END
ips server <<- END
	addr add 198.51.100.100/24 dev eth0
	link set eth0 up
END

plan 17
check "make install" make -s -C "$top" install
stand_in
PATH=/usr/sbin:${PATH//"$top/build/ctl:"/}
check "the page is there, with eight examples" eval '[ -n "$(example 8)" ] && [ -z "$(example 9)" ]'
check "1. flowsync is loaded on both" does 1 r1 r2
check "2. both have the rules" does 2 r1 r2
check "3. r1 makes a key" does 3 r1
cp -p /etc/netns/r1/flowsync/sync.key /etc/netns/r2/flowsync/
example 4 > /etc/netns/r1/flowsync/flowsync.conf
example 5 > /etc/netns/r2/flowsync/flowsync.conf
check "4. the files are right, and the daemons start" does 6 r1 r2
check "5. each has its peer up" eval 'await 60 shows r1 "peer r2 .*state up" && await 60 shows r2 "peer r1 .*state up"'
check "r1 is active and has the addresses" eval 'await 30 shows r1 "role active" && await 20 holds r1'
bg server tcphold serve 7
await 20 n server sh -c 'ss -Hltn sport = 7 | grep -q .'
check "connections pass" hold tcp client tcphold open 5 198.51.100.100 7
check "what r1 has as flows r2 has as shadow" await 30 told
check "6. the traffic moves to r2" does 8 r1
check "which has the addresses" eval 'await 30 holds r2 && await 20 not holds r1'
no_luck r1
check "the connections go on" carries tcp
cut r2
check "r2 is switched off: r1 is active" eval 'await 60 shows r1 "role active" && await 20 holds r1'
check "the connections go on" carries tcp
check "the daemon is stopped, and all is as it was" \
	eval 'on r1 "systemctl stop flowsync" && shows r1 "role active" && holds r1 && carries tcp'
check "and replication, too" eval 'on r1 "flowsyncctl node del" && on r2 "systemctl stop flowsync; flowsyncctl node del" && shows r1 "node not started"'
finish
