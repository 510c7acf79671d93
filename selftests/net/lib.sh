# SPDX-License-Identifier: GPL-2.0
#
# lib.sh: what the namespace tests share. A test sources it as its first act,
# runs as root in a machine, with processes and mounts of its own, and prints TAP:
#
#	. "$(dirname "$0")/lib.sh"
#	plan 3
#	n r1 ip link show		run a command in a namespace, shown
#	check "what is so" COMMAND...	one test point
#	await SECONDS COMMAND...	busy-wait until it succeeds
#	finish				at the end
#
# Every command that goes into a namespace is shown as a comment with V=1, and
# all of them are kept for the report of a failure.

set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
tools=${FLOWSYNC_TOOLS:-$top/build/tools}
PATH=$top/build/ctl:$tools:$PATH
OUT=${OUT:-$(mktemp -d)}
TMP=$(mktemp -d)	# of this machine's memory, for sockets and pipes

# Peers are sealed with it. It is the only key in most tests.
key="key-file $TMP/key"
(umask 077 && flowsyncctl genkey > "$TMP/key")

tests=0
failures=0
planned=0
background=()

plan() { planned=$1; echo "TAP version 13"; echo "1..$1"; }

# skip_all REASON: the kernel cannot do what the test is about.
skip_all() { echo "TAP version 13"; echo "1..0 # SKIP $*"; exit 4; }

note() { echo "# $*"; }

ok() { tests=$((tests + 1)); echo "ok $tests - $*"; }

not_ok() {
	tests=$((tests + 1))
	failures=$((failures + 1))
	echo "not ok $tests - $*"
}

# n NAMESPACE COMMAND...: run a command there.
n() {
	local ns=$1
	shift
	show "[$ns] $*"
	within "$ns" "$@"
}

# show WORDS: what is done, kept for the report of a failure.
show() {
	echo "# ${*//[$'\n\t']/ }" >> "$TMP/commands"
	[ -z "${V:-}" ] || echo "# $*" >&2
}

# bg NAMESPACE COMMAND...: the same in the background; ended by finish.
# $! is its process.
bg() {
	local ns=$1
	shift
	show "[$ns] $* &"
	within "$ns" "$@" <&0 &
	background+=($!)
}

# check NAME COMMAND...: a test point that passes if the command does.
check() {
	local name=$1 status
	shift
	: > "$TMP/check"
	# Appended: what a client says later, that was started by an earlier one, too.
	"$@" >> "$TMP/check" 2>&1
	status=$?
	if [ $status = 0 ]; then
		ok "$name"
	else
		not_ok "$name"
		note "failed ($status): $*"
		sed 's/^/#   /' "$TMP/check" | tail -20
		if [ $failures = 1 ]; then
			note "the last commands:"
			tail -n 12 "$TMP/commands" | sed 's/^#/#  /'
		fi
	fi
}

# check_not NAME COMMAND...: a test point that passes if the command fails.
check_not() {
	local name=$1
	shift
	check "$name" not "$@"
}

not() { ! "$@"; }

# await SECONDS COMMAND...: poll until the command succeeds. Fails at the bound.
await() {
	local end=$((${EPOCHREALTIME/./} + $1 * 1000000))
	shift
	until "$@" > /dev/null 2>&1; do
		[ ${EPOCHREALTIME/./} -lt $end ] || return 1
		read -r -t 0.05 <> <(:) || true
	done
}

# hold NAME NAMESPACE COMMAND...: start a client there that works when it is
# told: tcphold or udphold. It reports at once that its connections are open.
declare -A hold_in hold_out
hold() {
	local name=$1 in out
	shift
	mkfifo "$TMP/$name.in" "$TMP/$name.out"
	exec {in}<> "$TMP/$name.in" {out}<> "$TMP/$name.out"
	hold_in[$name]=$in
	hold_out[$name]=$out
	bg "$@" <&"$in" >&"$out"
	answer "$name"
}

# answer NAME: wait for the client's next report; fails unless all its
# connections carry data.
answer() {
	local good all rest
	read -r -t 30 -u "${hold_out[$1]}" good rest all rest ||
		{ echo "$1 does not answer"; return 1; }
	echo "$1: $good of $all carry data"
	[ "$good" = "$all" ]
}

# carries NAME: the client's connections carry data.
carries() {
	echo >&"${hold_in[$1]}"
	answer "$1"
}

# ask NAME...: they are to carry data, all at once.
ask() {
	local name
	for name; do
		echo >&"${hold_in[$name]}"
	done
}

# answers NAME...: all that were asked do.
answers() {
	local name bad=0
	for name; do
		answer "$name" || bad=1
	done
	return $bad
}

# carry NAME...: the two in one.
carry() { ask "$@"; answers "$@"; }

# release NAME: the client closes its connections and ends.
release() { echo close >&"${hold_in[$1]}"; }

# no_luck ROUTER: from now on it lets nothing through that begins a connection:
# what works there after a takeover works because it was told of it.
no_luck() {
	n "$1" nft "add table inet luck
		add chain inet luck forward { type filter hook forward priority -10; }
		add rule inet luck forward ct state new counter drop"
}

luck() { n "$1" nft delete table inet luck; }

load() { show modprobe flowsync; modprobe flowsync; }
unload() { show modprobe -r flowsync; modprobe -r flowsync; }

fs() { n "$1" flowsyncctl "${@:2}"; }

# field NAME: its first value in the JSON on standard input. (Not by jq: it hangs
# in user-mode Linux.)
field() {
	local json
	read -r json
	[[ $json =~ \"$1\":\"?([^\",}]*) ]] && echo "${BASH_REMATCH[1]}"
}

# stat NAMESPACE COUNTER: its value.
stat() { n "$1" flowsyncctl -j stats show "$2" | field "$2"; }

# installed NAMESPACE: how many flows it made connections of, for a packet or unasked.
installed() { echo $(($(stat "$1" install_packet) + $(stat "$1" install_walk))); }

# peer NAMESPACE NAME FIELD: from `peer show`.
peer() { n "$1" flowsyncctl -j peer show "$2" | field "$3"; }

# node NAMESPACE FIELD: from `node show`.
node() { n "$1" flowsyncctl -j node show | field "$2"; }

# group NAMESPACE FIELD: of its group 1.
group() { n "$1" flowsyncctl -j group show 1 | field "$2"; }

# is VALUE COMMAND...: what it says is that, or else is shown.
is() {
	local it_says

	it_says=$("${@:2}")
	[ "$it_says" = "$1" ] || { echo "it is $it_says"; return 1; }
}

# at_least NUMBER COMMAND...
at_least() {
	local it_says

	it_says=$("${@:2}")
	[ "$it_says" -ge "$1" ] || { echo "it is $it_says"; return 1; }
}

# ips NAMESPACE: run the commands of ip on standard input there, one in a line.
ips() {
	show "[$1] ip -batch"
	sed 's/^[ \t]*//' | ip -n "$1" -batch -
}

# netns NAME...: make namespaces, with loopback up.
netns() {
	local ns

	printf 'netns add %s\n' "$@" | ip -batch -
	for ns; do
		ip -n "$ns" link set lo up
		# No duplicate address detection: addresses are usable at once.
		n "$ns" sysctl -qw net.ipv6.conf.all.accept_dad=0 \
			net.ipv6.conf.default.accept_dad=0
	done
}

# cable NS1 DEV1 NS2 DEV2
cable() { ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"; }

up() { n "$1" ip link set "$2" up; }

# The topology of most tests. All of it is namespaces of one kernel:
#
#   client ---- lan ---+--- r1 ---+--- wan ---- server
#   10.1.0.2   bridge  |    ||    |   bridge    10.2.0.2
#   fd01::2            |   sync0  |             fd02::2
#                      |    ||    |
#                      +--- r2 ---+
#
#   r1: lan0 10.1.0.11 fd01::11   wan0 10.2.0.11 fd02::11   sync0 10.9.0.1 fd09::1
#   r2: lan0 10.1.0.12 fd01::12   wan0 10.2.0.12 fd02::12   sync0 10.9.0.2 fd09::2
#   virtual addresses, on the active: lan0 10.1.0.1 fd01::1   wan0 10.2.0.1 fd02::1
#
# What is idle for a while must not end on a busy machine: lifetimes are long.
# The client's gateway is the virtual address; to the server it is 10.2.0.1 and
# fd02::1. The routers let nothing through that conntrack takes for invalid, and
# no TCP connection that does not begin with a SYN.
topology() {
	modprobe -a nf_conntrack nf_nat 2> /dev/null
	netns client server sw r1 r2
	local i
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
			addr add 10.1.0.1$i/24 dev lan0
			addr add 10.2.0.1$i/24 dev wan0
			addr add 10.9.0.$i/24 dev sync0
			addr add fd01::1$i/64 dev lan0
			addr add fd02::1$i/64 dev wan0
			addr add fd09::$i/64 dev sync0
			link set lan0 up
			link set wan0 up
			link set sync0 up
		END
		n r$i sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv6.conf.all.forwarding=1 \
			net.netfilter.nf_conntrack_tcp_loose=0 \
			net.netfilter.nf_conntrack_udp_timeout=300 \
			net.netfilter.nf_conntrack_icmp_timeout=300 \
			net.netfilter.nf_conntrack_icmpv6_timeout=300
		n r$i nft -f "$here/router.nft"
	done
	ips client <<- END
		addr add 10.1.0.2/24 dev eth0
		addr add fd01::2/64 dev eth0
		link set eth0 up
		route add default via 10.1.0.1
		route add default via fd01::1
	END
	ips server <<- END
		addr add 10.2.0.2/24 dev eth0
		addr add fd02::2/64 dev eth0
		link set eth0 up
	END
}

# take ROUTER: it gets the virtual addresses, and says so.
take() {
	virtual "$1" add
	n "$1" "$here/announce"
}

# leave ROUTER: it loses them.
leave() { virtual "$1" del; }

# move FROM TO: group 1 and its addresses.
move() {
	fs "$1" group set 1 role standby
	leave "$1"
	take "$2"
	fs "$2" group set 1 role active
}

virtual() {
	ips "$1" <<- END
		addr $2 10.1.0.1/24 dev lan0
		addr $2 10.2.0.1/24 dev wan0
		addr $2 fd01::1/64 dev lan0
		addr $2 fd02::1/64 dev wan0
	END
}

# cut ROUTER: nothing passes from or to it any more, like a power cut.
cut() {
	ip -n sw link set "$1-lan" down
	ip -n sw link set "$1-wan" down
	ip -n "$1" link set sync0 down
}

# uncut ROUTER: the cables carry again.
uncut() {
	ip -n sw link set "$1-lan" up
	ip -n sw link set "$1-wan" up
	ip -n "$1" link set sync0 up
	# Taking a device down took its address of IPv6.
	ip -n "$1" addr replace "fd09::${1#r}/64" dev sync0
}

# pair [ipv6]: flowsync on both routers, r1 active, r2 standby, in sync. $dead of 100 ms
# each without a heartbeat make a peer dead.
pair() {
	local a=10.9.0.
	[ "${1:-}" != ipv6 ] || a=fd09::
	load
	fs r1 node set id 1 name r1
	fs r2 node set id 2 name r2
	# A machine that is short of processors must not look like a dead peer.
	fs r1 peer add r2 id 2 $key dead ${dead:-10} link local ${a}1 remote ${a}2
	fs r2 peer add r1 id 1 $key dead ${dead:-10} link local ${a}2 remote ${a}1
	fs r1 group add 1 peer r2
	fs r2 group add 1 peer r1
	fs r1 group set 1 role active
	fs r2 group set 1 role standby
	await 10 is up peer r1 r2 state && await 10 is up peer r2 r1 state
}

# told [ACTIVE STANDBY]: r1 has told r2, or the one the other, of every flow.
told() {
	local a=${1:-r1} s=${2:-r2}
	[ "$(peer "$a" "$s" dirty)" = 0 ] && [ "$(node "$a" flows)" -gt 0 ] &&
		[ "$(node "$a" flows)" = "$(node "$s" shadow)" ]
}

finish() {
	local pid
	for pid in "${background[@]}"; do
		kill "$pid" 2> /dev/null
	done
	wait 2> /dev/null
	if [ "$tests" != "$planned" ]; then
		echo "not ok - ran $tests tests of $planned"
		exit 1
	fi
	[ $failures = 0 ]
	exit
}
