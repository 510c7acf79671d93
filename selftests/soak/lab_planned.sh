#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What is done on purpose, and to the daemons, under traffic: a handover, a daemon
# that is killed and comes back, one that is frozen, a drain, the module unloaded on
# the active; at last the active's kernel panics. Connections that come and go do
# not fail at any of the planned ones, held ones carry data after each, and there is
# never more or less than one active that has the addresses in the end.

. "$(dirname "$0")/../ha/lib.sh"

CONNECTIONS=100
BYTES=$((64 << 20))
SILENCE=30

signal() { n "$2" sh -c "kill -$1 \$(cat /run/daemon.pid)"; }
ended() { n "$1" grep -q 'the daemon has ended' /run/controller; }
restarted() { [ "$(n "$1" grep -c 'is active in epoch' /run/controller)" = "$2" ]; }

plan 24
ha_init
must "three machines start" ha_boot
must "the pair is up: r1 active" ha_pair
must "$CONNECTIONS connections open" edge hold $CONNECTIONS 60
must "a download begins" eval 'edge pace 1mbit && ha_download $BYTES $SILENCE && ha_moves'
check "connections come and go" eval 'edge churn && some_more'
check "r2 has been told of all" await 20 is 1 peer r1 r2 complete

check "r1 hands over to r2" n r1 flowsyncctl group handover 1 to r2 timeout 30
check "r2 is active and has the addresses, r1 neither" await 20 alone r2
check "no connection failed, and all carry data" eval 'ha_calm && carries_on'

before=$(n r2 grep -c 'is active in epoch' /run/controller)
check "r2's daemon is killed" eval 'signal KILL r2 && await 10 ended r2'
check "nothing happens to r2 or to the traffic" eval 'carries_on && alone r2'
check "r1 is told of new flows still" eval 'edge churn && await 20 is 1 peer r2 r1 complete && ha_calm'
r2 daemon
check "it comes back and finds r2 active" await 20 restarted r2 $((before + 1))
check "with all as it was" alone r2

check "r2's daemon is frozen" signal STOP r2
check "nothing happens to r2 or to the traffic, either" eval 'carries_on && alone r2'
signal CONT r2

check "connections come and go" eval 'edge churn && some_more'
check "r2 is drained" n r2 flowsyncctl group drain 1 timeout 30
check "r1 is active and has the addresses, r2 neither" await 20 alone r1
check "no connection failed, and all carry data" eval 'ha_calm && carries_on'
n r2 flowsyncctl group set 1 priority 100

await 20 is 1 peer r1 r2 complete
no_luck r2
check "the module is unloaded on r1: r2 takes over" \
	eval 'n r1 modprobe -r flowsync && await 30 is active group r2 role && await 20 not holds r1 && carries_on'

luck r2
check "r1 comes back, and is told of all" eval 'ha_join 1 && await 30 is 1 peer r2 r1 complete'
check "no kernel complained" lab_kmsg_check
no_luck r1
n r2 sh -c 'echo 1 > /proc/sys/kernel/sysrq'
lab_exec -t 3 r2 'echo c > /proc/sysrq-trigger' > /dev/null 2>&1
check "r2's kernel panics: r1 takes over" eval 'await 40 took_over r1 && carries_on && await 20 not lab_alive r2 && alone r1'
edge stop
finish
