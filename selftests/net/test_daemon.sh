#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the daemon does but deciding: hooks run in order, with the facts, and not
# longer than they may; a fence that fails keeps the node from taking over; a device
# that carries nothing, too; the service manager hears of it; and what the kernel is
# does not end with the daemon, whose next start finds it.
#
# The topology is that of lib.sh. Both routers run the daemon; r1 comes first, and
# may relieve r2, which has a fence.
. "$(dirname "$0")/lib.sh"

addresses="lan0 10.1.0.1/24 wan0 10.2.0.1/24"

# hook WHICH: what it is told, as a line.
cat > "$TMP/hook" <<- 'END'
	#!/bin/sh
	echo "$1 $FLOWSYNC_EVENT group $FLOWSYNC_GROUP node $FLOWSYNC_NODE role $FLOWSYNC_ROLE epoch $FLOWSYNC_EPOCH peers $FLOWSYNC_PEERS: $FLOWSYNC_CAUSE" >> "$2"
END
# slow: has a child, and neither ends; but only once.
cat > "$TMP/slow" <<- 'END'
	#!/bin/sh
	[ ! -e "$1" ] || exit 0
	sleep 1000 &
	echo $! $$ > "$1"
	wait
END
# fence: succeeds if there is a file.
cat > "$TMP/fence" <<- 'END'
	#!/bin/sh
	echo "fence $FLOWSYNC_EVENT" >> "$2"
	[ -e "$1" ]
END
chmod +x "$TMP/hook" "$TMP/slow" "$TMP/fence"

# configuration N PRIORITY
configuration() {
	local other=$((3 - $1))

	cat <<- END
		node set id $1 name r$1
		peer add r$other id $other $key dead 10 link local 10.9.0.$1 remote 10.9.0.$other
		group add 1 peer r$other priority $2
		manage 1 preempt yes delay 500 hold-down 100
		track 1 dev wan0
		hook 1 run $TMP/hook first $TMP/hooks.r$1
		hook 1 on become-active timeout 1 run $TMP/slow $TMP/slow.r$1
		hook 1 run $top/build/ctl/flowsync-address $addresses
		hook 1 run $TMP/hook last $TMP/hooks.r$1
	END
	[ $1 = 1 ] || echo "hook 1 on fence run $TMP/fence $TMP/fenced $TMP/hooks.r$1"
}

# managed N: what systemd would be told by that router's daemon, a line for each.
managed() {
	bg "r$1" python3 -c '
import socket, sys
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
    s.bind(sys.argv[1])
    while True:
        print(s.recv(4096).decode(), flush=True)
' "$TMP/notify.r$1" > "$TMP/managed.r$1"
	await 10 test -S "$TMP/notify.r$1"
}

# begin N: its daemon, $daemon1 or $daemon2.
begin() {
	show "[r$1] flowsyncctl daemon"
	NOTIFY_SOCKET=$TMP/notify.r$1 WATCHDOG_USEC=1000000 \
		within "r$1" flowsyncctl daemon --config "$TMP/r$1.conf" >> "$TMP/log.r$1" 2>&1 &
	eval "daemon$1=$!"
	background+=($!)
}

heard() { grep -q -e "$2" "$TMP/managed.r$1"; }
logged() { grep -q -e "$2" "$TMP/log.r$1"; }
times() { grep -c -e "$2" "$TMP/hooks.r$1"; }
holds() { ip -n "$1" -br addr show dev lan0 | grep -q 10.1.0.1/24; }
alone() { is active group "$1" role && holds "$1" && is standby group "$2" role && ! holds "$2"; }

# events ROUTER: of the hooks that ran, in order.
events() { awk '{ print $1, $2 }' "$TMP/hooks.$1" | xargs; }

gone() { ! kill -0 "$1" 2> /dev/null && ! kill -0 "$2" 2> /dev/null; }
# ends SIGNAL PID: it does, and that is its status.
ends() {
	kill "-$1" "$2"
	wait "$2" 2> /dev/null
}

plan 29
topology
load
for i in 1 2; do
	configuration $i $((200 - 50 * i)) > "$TMP/r$i.conf"
	: > "$TMP/hooks.r$i"
	managed $i
done
check "the configuration is right" n r1 flowsyncctl daemon --check --config "$TMP/r1.conf"
begin 2
begin 1
check "r1, which comes first, is active and has the addresses" await 30 alone r1 r2
check "a service manager is told that the daemon is ready, and what it is" \
	eval 'await 10 heard 1 READY=1 && await 10 heard 1 "STATUS=group 1 active" && heard 2 "STATUS=group 1 standby"'
check "and that it lives" await 10 eval '[ $(grep -c WATCHDOG=1 "$TMP/managed.r1") -gt 4 ]'
check "the last hook runs" await 20 eval '[ $(times 1 "^last become-active") = 1 ]'
check "after the others, though one took too long" \
	eval 'logged 1 "slow: is ended: it took longer than 1000 ms" && [[ "$(events r1)" = *"first become-active last become-active" ]]'
check "which was ended with its child" await 10 gone $(cat "$TMP/slow.r1")
check "each is told the facts" grep -qx \
	"last become-active group 1 node 1 role active epoch [1-9][0-9]* peers r2:up:standby: nobody is active" "$TMP/hooks.r1"
check "r2's were told that it is standby" eval '[[ "$(events r2)" = "first become-standby last become-standby" ]]'

bg server tcphold serve 7
await 10 n server sh -c 'ss -Hltn sport = 7 | grep -q .'
check "connections pass r1" hold tcp client tcphold open 20 10.2.0.2 7
epoch=$(group r1 epoch)
active=$(times 1 become-active)
ends KILL $daemon1
check "r1's daemon is killed: r2 is told of new connections still" \
	eval 'hold more client tcphold -p 20000 open 20 10.2.0.2 7 && await 20 told'
check "nothing else happened" eval 'alone r1 r2 && is $epoch group r1 epoch && is $active times 1 become-active'
begin 1
check "it starts again, and finds r1 active" await 20 eval 'is $((active + 2)) times 1 become-active'
check "in the epoch it had" eval 'alone r1 r2 && is $epoch group r1 epoch'
check "told to end it does" ends TERM $daemon1
check "and leaves all as it was" eval 'alone r1 r2 && carry tcp more'
begin 1
await 20 eval 'is $((active + 4)) times 1 become-active'

await 20 is 1 peer r1 r2 complete
no_luck r2
# Before it can say that it has lost its devices.
n r1 ip link set sync0 down
cut r1
check "r1 is cut off, and cannot be fenced: r2 does not take over" \
	eval 'await 20 logged 2 "does not take over: hooks failed" && is standby group r2 role'
check "nor had it the addresses" eval '! holds r2 && is 0 times 2 become-active'
touch "$TMP/fenced"
check "the fence is tried again, and works: r2 takes over" await 30 is active group r2 role
check "and all goes on" eval 'await 20 eval "[ \$(times 2 \"^last become-active\") = 1 ]" && holds r2 && carry tcp more'
check "the fence came first" eval '[[ "$(events r2)" = *"fence fence first become-active last become-active" ]]'

luck r2
standby=$(times 1 become-standby)
uncut r1
check "r1 is back, and gives way" await 60 eval 'is $((standby + 2)) times 1 become-standby'
check "it is told of all, and relieves r2" await 30 alone r1 r2
check "with the hooks before the role" \
	grep -q "become-active .* role standby .*: priority 150 is higher than r2's 100" "$TMP/hooks.r1"
check "all goes on" carry tcp more

ip -n sw link set r1-wan down
check "r1's wan0 carries nothing: r2 takes over" eval 'await 30 alone r2 r1 && carry tcp more'
check "r1's hooks are told of both" eval '[[ "$(events r1)" = *"first fault last fault first become-standby last become-standby" ]]'
check "and why" eval 'grep -q "last fault .* role active .*: wan0 carries nothing" "$TMP/hooks.r1" && tail -n 1 "$TMP/hooks.r1" | grep -q ": r2 is active"'
ip -n sw link set r1-wan up
check "it carries again: so does r1" eval 'await 30 alone r1 r2 && carry tcp more'
[ $failures = 0 ] || head -n 100 "$TMP"/{log,managed,hooks}.r? | sed 's/^/# /'
finish
