# SPDX-License-Identifier: GPL-2.0
#
# lib.sh: what the tests with machines of their own share, and the demo. Runs on
# the host. TAP, check and await are those of ../net/lib.sh.
#
#   .----------------------------- edge -----------------------------.
#   |  client ----- bridge lan              bridge wan ----- server  |
#   |  10.1.0.2       |   |                   |   |       10.2.0.2   |
#   |  fd01::2        |   |                   |   |        fd02::2   |
#   '-----------------|---|-------------------|---|------------------'
#                     |   |  lan0 .----. wan0 |   |
#                     |   '-------| r1 |------'   |
#                     |           '----'          |
#                     |             | sync0       |
#                     |      lan0 .----. wan0     |
#                     '-----------| r2 |----------'
#                                 '----'
#
#   rN: lan0 10.1.0.1N fd01::1N   wan0 10.2.0.1N fd02::1N   sync0 10.9.0.N
#   With three routers the sync cables end at a bridge of the edge's.
#   virtual addresses, on the active: lan0 10.1.0.1 fd01::1  wan0 10.2.0.1 fd02::1
#
# Both routers translate sources to the virtual address and drop what conntrack
# takes for invalid, with nf_conntrack_tcp_loose=0.
#
#	ha_init [COUNT]		once; with COUNT (2) routers
#	must NAME COMMAND...	like check; if it fails the test is over
#	ha_boot			the edge and the routers, the network up
#	ha_join N		flowsync and its daemon on router N
#	ha_reboot N		router N again
#	ha_pair			r1 active, r2 standby
#	edge, r1, r2, r3	run edge and router in those machines (see there)
#	ha_download BYTES SILENCE; ha_reaches BYTES; ha_moves; ha_whole
#				traffic of which the edge keeps a record
#	ha_calm			the end of what comes and goes, of which nothing failed
#	told_all ACTIVE STANDBY...
#				it told each of them of every flow
#	alone MACHINE		of those that live only it is active, and has the addresses
#	ha_cut MACHINE		power cut; its time is in $cut, on the edge's clock, and
#				what the download had by then in $cut_at
#	ha_resumes MACHINE	its controller took over, and the download gets on
#	ha_records, ha_report	the end of the traffic; what happened when

. "${BASH_SOURCE[0]%/*}/../net/lib.sh"
. "$top/selftests/vm/lab.sh"

ha=$top/selftests/ha
FLOWSYNC_KO=${FLOWSYNC_KO:-$top/build/vm/kmod/flowsync.ko}
export FLOWSYNC_KO

edge() { lab_exec edge "$ha/edge $*"; }
r1() { lab_exec r1 "$ha/router $*"; }
r2() { lab_exec r2 "$ha/router $*"; }
r3() { lab_exec r3 "$ha/router $*"; }

# A name space of the tests in one machine is a machine here: this makes fs, peer,
# node, stat and what is built of them work.
n() {
	show "[$1] ${*:2}"
	lab_exec "$1" "PATH=$top/build/ctl:\$PATH; $(printf '%q ' "${@:2}")"
}

# A test point that failed is followed by the state of the machines.
eval "plain_$(declare -f not_ok)"
not_ok() {
	plain_not_ok "$@"
	state_of > "$OUT/state-$tests" 2>&1
	note "the machines' state then: $OUT/state-$tests"
}

state_of() {
	local name

	for name in "${ha_routers[@]}"; do
		lab_alive "$name" || continue
		echo "== $name"
		n "$name" sh -c "flowsyncctl -s -d show; flowsyncctl stats |
			grep -v ' 0\$'; nft list ruleset; ip -s neigh; cat /run/controller
			conntrack -S; flowsyncctl flow show; conntrack -L;
			conntrack -L -f ipv6; dmesg | tail -n 20"
	done
	lab_alive edge || return
	echo "== edge"
	n edge sh -c 'for ns in client server; do
		ip -n $ns neigh; ip netns exec $ns ss -tinm state established | head -n 40
		done; for file in /run/traffic/*; do echo "$file"; tail -n 5 "$file"; done'
}

# must NAME COMMAND...: a test point without which the others say nothing.
must() {
	local before=$failures

	check "$@"
	[ "$failures" = "$before" ] && return
	echo "Bail out! $1: failed"
	exit 1
}

ha_init() {
	local name

	command -v qemu-system-x86_64 > /dev/null ||
		skip_all "no qemu-system-x86_64 (Debian: qemu-system-x86)"
	ha_key=$("$top/build/ctl/flowsyncctl" genkey) || return
	ha_routers=(r1 r2)
	[ "${1:-2}" = 2 ] || ha_routers+=(r3)
	lab_init "$OUT"
	trap 'lab_stop_all; rm -rf "$TMP"' EXIT
	for name in "${ha_routers[@]}"; do
		lab_cable $name-lan edge $name $name-lan lan0
		lab_cable $name-wan edge $name $name-wan wan0
		[ ${#ha_routers[@]} = 2 ] ||
			lab_cable $name-sync edge $name $name-sync sync0
	done
	[ ${#ha_routers[@]} != 2 ] || lab_cable sync r1 r2 sync0
}

# all PID...: wait for all of them; false if one failed.
all() {
	local pid status=0

	for pid; do
		wait "$pid" || status=1
	done
	return $status
}

# boot MACHINE COMMAND: start it and run that in it. A machine that starts while
# the host is very busy may measure its clock's frequency wrongly, by a factor of
# ten ("PIT calibration deviates from HPET"); such a one is started again.
boot() {
	local start ahead drift

	for _ in 1 2 3 4; do
		lab_start "$1" -m 384 -t 300 || return
		start=${EPOCHREALTIME/[.,]/}
		ahead=$(clock "$1")
		lab_exec "$1" "$2" || return
		drift=$(($(clock "$1") - ahead))
		[ ${drift#-} -gt $(((${EPOCHREALTIME/[.,]/} - start) / 20)) ] ||
			return 0
		echo "$1's clock is wrong by $drift us: once more"
		lab_cut "$1"
	done
	return 1
}

ha_boot() {
	local name

	boot edge "$ha/edge up ${#ha_routers[@]}" & set -- $!
	for name in "${ha_routers[@]}"; do
		boot $name "$ha/router up ${name#r}" & set -- "$@" $!
	done
	all "$@"
}

# After how many missed heartbeats, one in 100 ms, a peer is dead: far more than
# by default, as the tests shall pass on a host that is busy with other things.
ha_dead=10

ha_join() { lab_exec "r$1" "$ha/router sync $1 $ha_dead $ha_key ${#ha_routers[@]}"; }

# There is nothing to wait for: what runs in the background are machines.
finish() {
	lab_stop_all
	if [ "$tests" != "$planned" ]; then
		echo "not ok - ran $tests tests of $planned"
		exit 1
	fi
	exit $((failures > 0))
}

# ha_reboot N: router N again, which nobody told anything.
ha_reboot() { boot "r$1" "$ha/router up $1" && ha_join "$1"; }

said() { n "$1" grep -q -- "$2" /run/controller; }
heard() { said "$1" " event: peer-up $2:"; }

# holds MACHINE: it has the virtual addresses.
holds() { n "$1" sh -c 'ip -br address show lan0 | grep -q 10.1.0.1/24'; }

# alone MACHINE: of those that live it is active and has the addresses, and no other.
alone() {
	local name

	is active group "$1" role && holds "$1" || return
	for name in "${ha_routers[@]}"; do
		[ "$name" != "$1" ] && lab_alive "$name" || continue
		is standby group "$name" role && ! holds "$name" || return
	done
}

told_all() {
	local active=$1 name

	shift
	for name; do
		await 30 is 1 peer "$active" "$name" complete &&
			await 30 told "$active" "$name" || return
	done
}

# r1 has the higher priority, and waits for r2 to be heard.
ha_pair() {
	ha_join 2 && ha_join 1 && await 20 heard r2 r1 &&
		await 20 is active group r1 role && await 20 holds r1 &&
		await 20 is standby group r2 role
}

ha_download() {
	edge serve "$1" > "$OUT/sha256" && edge start "$2"
}

ha_reaches() { [ "$(edge bytes)" -ge "$1" ]; }

# ha_moves: the download gets on.
ha_moves() {
	local from
	from=$(edge bytes)
	await 60 ha_reaches $((from + 50000))
}

# carries_on: the download gets on, and every connection held carries data.
carries_on() { ha_moves && edge carry; }

# good: connections that came and went so far. some_more: there are some more.
good() { n edge grep -c good /run/traffic/churn; }
some_more() {
	local before
	before=$(good)
	await 30 at_least $((before + 5)) good
}

# ha_calm: no more of them, and none of them failed.
ha_calm() {
	local words

	some_more
	words=$(edge calm)
	echo "$words"
	[[ ${words%%$'\n'*} = [1-9]*" good 0 bad" ]]
}

# nap SECONDS: for what is to last that long, and not for what is to be waited for.
nap() { read -r -t "$1" <> <(:) || true; }

# ha_records: the traffic's, and what happened to the routers, on the edge's
# clock. Of the two routers, one has a controller's log, and power.
ha_records() {
	local router=r2 ahead

	lab_alive r2 || router=r1
	edge stop && ahead=$(($(clock $router) - $(clock edge))) || return
	{
		echo "$cut $dead: POWER CUT"
		n $router cat /run/controller | while read -r when what; do
			echo "$((when - ahead)) $router: $what"
		done
	} > "$OUT/events"
}

ha_report() { "$top/selftests/demo/report.py" "$OUT" "$cut"; }

# ha_whole: the download ended, and with the file that the server has.
ha_whole() {
	local sum rest

	read -r sum rest < "$OUT/sha256"
	grep -q " end .* $sum\$" "$OUT/edge/download"
}

# clock MACHINE: how far its clock is ahead of the host's, in microseconds: of a
# few readings, the one that was answered soonest.
clock() {
	local before now after best=999999999 ahead=0

	for _ in 1 2 3 4 5; do
		before=${EPOCHREALTIME/[.,]/}
		now=$(lab_now "$1")
		after=${EPOCHREALTIME/[.,]/}
		if [ $((after - before)) -lt $best ]; then
			best=$((after - before))
			ahead=$((now - (before + after) / 2))
		fi
	done
	echo "$ahead"
}

# took_over MACHINE: its controller has done its work.
took_over() { said "$1" 'group-role active' && holds "$1"; }

# ha_resumes MACHINE: it has, and the download got on since the cut. By the time
# a busy host finds out, it may have ended.
ha_resumes() { await 30 took_over "$1" && await 30 ha_reaches $((cut_at + 50000)); }

ha_cut() {
	local ahead

	dead=$1
	ahead=$(clock edge)
	cut=$((${EPOCHREALTIME/[.,]/} + ahead))
	lab_cut "$1"
	cut_at=$(edge bytes)
}
