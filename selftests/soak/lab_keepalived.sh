#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two routers of which keepalived decides who is active, with the configuration of
# Documentation/examples/keepalived. It moves the addresses first, and tells the
# notify script later, which is made to wait here: what passes the new router
# before flowsync knows of its role is not reset, nor is anything afterwards.

. "$(dirname "$0")/../ha/lib.sh"

command -v keepalived > /dev/null || skip_all "no keepalived (Debian: keepalived)"

CONNECTIONS=200
BYTES=$((12 << 20))
SILENCE=30
example=$top/Documentation/examples/keepalived

# keepalive N: on router N, flowsync configured and keepalived on top of it. The
# test's notify waits for a file; else it is the one that is shipped.
keepalive() {
	local script=/usr/lib/flowsync/flowsync-keepalived

	n "r$1" modprobe flowsync && lab_exec "r$1" "
		mkdir -p /usr/lib/flowsync /etc/keepalived
		install -m 755 $top/ctl/hooks/flowsync-keepalived $script.shipped
		install -m 755 $top/build/ctl/flowsyncctl /usr/sbin/flowsyncctl
		cat > $script <<-'END'
			#!/bin/bash
			echo \"\${EPOCHREALTIME/[.,]/} keepalived: \$*\" >> /run/keepalived.log
			[ \"\$1\" != notify ] || until [ -e /run/go ]; do sleep 0.1; done
			exec $script.shipped \"\$@\"
		END
		chmod 755 $script
		touch /run/go
		(umask 077 && echo $ha_key > /run/flowsync.key)
		sed -n '/^#\tnode set/,/^#\tgroup add/s/^#\t//p' $example/r$1.conf |
			sed 's| key-file [^ ]*| key-file /run/flowsync.key|; s/ link / dead $ha_dead link /' > /run/flowsync.conf
		flowsyncctl restore /run/flowsync.conf
		sed 's|192.0.2.1/24|10.1.0.1/24|; s|198.51.100.1/24|10.2.0.1/24|
			s|2001:db8:1::1|fd01::1|; s|2001:db8:2::1|fd02::1|
			' $example/r$1.conf > /etc/keepalived/keepalived.conf
		keepalived -D -f /etc/keepalived/keepalived.conf -p /run/ka.pid \
			-r /run/ka-vrrp.pid --log-console --dont-fork \
			< /dev/null > /run/controller 2>&1 &"
}

up() {
	keepalive 1 && await 40 is active group r1 role && holds r1 &&
		keepalive 2 && await 40 is standby group r2 role &&
		await 20 is up peer r1 r2 state && await 20 checked r2
}

# checked MACHINE: its track script found that it holds all flows.
checked() { n "$1" sh -c 'flowsyncctl group show 1 | grep -qw holds && grep -q "check 1" /run/keepalived.log'; }

notified() { n r2 grep -q 'notify 1.* MASTER' /run/keepalived.log; }

plan 13
ha_init
must "three machines start" ha_boot
must "keepalived makes r1 active, r2 is standby" up
must "$CONNECTIONS connections open" edge hold $CONNECTIONS 60
must "a download begins" eval 'edge pace 1mbit && ha_download $BYTES $SILENCE && ha_moves'
check "r2 has been told of every flow" await 10 told
no_luck r2
n r2 rm /run/go
ha_cut r1
check "r1's power is cut: r2 has the addresses" await 60 holds r2
check "keepalived tells its script, which does nothing yet" await 30 notified
check "the download gets on" ha_moves
check "every connection carries data" edge carry
check "r2 is standby still" is standby group r2 role
n r2 touch /run/go
check "then it becomes active" await 30 alone r2
edge pace 64mbit
check "the download ends with the right sum, every connection carries data" \
	eval 'await 60 edge "done" && edge stop && ha_whole && edge carry'
check "no kernel complained" lab_kmsg_check
finish
