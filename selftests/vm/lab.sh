# SPDX-License-Identifier: GPL-2.0
#
# lab.sh - several virtual machines joined by cables, for bash tests
#
#   . selftests/vm/lab.sh
#   lab_init DIR                       once; logs and results go to DIR/MACHINE
#   lab_cable NAME A B [IFA [IFB]]     a cable; its interface is called NAME in
#                                      A and B, or IFA and IFB
#   lab_start A [-m MB] [-s SMP] [-t SECONDS]
#                                      boot; returns when A answers
#   lab_exec [-t SECONDS] A 'COMMAND'  run it in A: its output, its status;
#                                      121 when A is dead, 124 when time is up
#   lab_alive A                        true while A's process exists
#   lab_cut A                          power cut: SIGKILL; lab_start A again at
#                                      will, on the same cables, MACs and names
#   lab_freeze A; lab_thaw A           stop and go on; a frozen machine's cables
#                                      lose what is sent to it, as real ones do
#   lab_unplug CABLE; lab_plug CABLE   a cable that loses everything
#   lab_now A                          A's clock, microseconds since the epoch
#   lab_kmsg_check                     false if any machine's kernel complained
#   lab_stop_all                       the end; lab_init sets it as EXIT trap, a
#                                      test with a trap of its own calls it there
#
# What is declared must be declared before lab_start.  All state is in files:
# functions may be called from subshells, and lab_start A & lab_start B & wait
# boots both at once.  In a machine, /run/out is DIR/MACHINE on the host.

. "${BASH_SOURCE[0]%/*}/kmsg.sh"
. "${BASH_SOURCE[0]%/*}/qemu.sh"

LAB_EXEC_TIMEOUT=${LAB_EXEC_TIMEOUT:-120}

lab_die() { echo "lab: $*" >&2; exit 125; }

lab_init() {
	mkdir -p "$1"
	LAB=$(cd "$1" && pwd)
	vm_prepare
	# sockets have short names, whatever DIR is called
	lab_sock=$(mktemp -d /tmp/flowsync-lab.XXXXXX)
	mkfifo "$lab_sock/tick"
	exec {lab_tick}<>"$lab_sock/tick"
	: >"$lab_sock/cables"
	: >"$lab_sock/machines"
	lab_guard &
	disown $!
	trap lab_stop_all EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

# lab_guard: should the test be killed without running its trap, its machines
# end too.
lab_guard() {
	exec </dev/null >/dev/null 2>&1
	tail -f --pid=$$ /dev/null
	lab_stop_all
}

# lab_nap: a few milliseconds, without a process.
lab_nap() { read -r -t 0.004 -u "$lab_tick" || true; }

lab_cable() {
	[ $# -ge 3 ] || lab_die "lab_cable NAME A B [IFA [IFB]]"
	echo "$1 $2 $3 ${4:-$1} ${5:-${4:-$1}}" >>"$lab_sock/cables"
}

# lab_mac CABLE END: always the same for the same names.
lab_mac() {
	local sum
	sum=$(printf '%s' "$1/$2" | cksum)
	printf '52:54:00:%02x:%02x:%02x' \
		$((${sum%% *} >> 16 & 255)) $((${sum%% *} >> 8 & 255)) $((${sum%% *} & 255))
}

# lab_plugs MACHINE: sets vm_args and VM_CABLES for each cable that ends there.
lab_plugs() {
	local cable a b ifa ifb end mac id=0

	VM_CABLES=
	while read -r cable a b ifa ifb; do
		for end in a b; do
			[ "${!end}" = "$1" ] || continue
			mac=$(lab_mac "$cable" "$end")
			lab_wire "$cable" "$end" "$id" "$mac"
			[ $end = a ] && VM_CABLES+=" $mac=$ifa" || VM_CABLES+=" $mac=$ifb"
			id=$((id + 1))
		done
	done <"$lab_sock/cables"
}

# lab_wire CABLE END ID MAC: the end listens on CABLE.END and sends to the other.
lab_wire() {
	local here=$lab_sock/$1.$2 there=$lab_sock/$1.a
	[ "$2" = b ] || there=$lab_sock/$1.b

	rm -f "$here" "$here.off"
	vm_args+=(
		-netdev "dgram,id=n$3,local.type=unix,local.path=$here,remote.type=unix,remote.path=$there"
		-device "virtio-net-pci,netdev=n$3,mac=$4,romfile="
	)
}

lab_start() {
	local name=$1 mb=512 smp=1 limit=120 opt dir=$LAB/$1 OPTIND=2
	local VM_NAME=$1 VM_MODDIR=$KMODDIR VM_CABLES

	while getopts m:s:t: opt; do
		case $opt in
		m) mb=$OPTARG ;;
		s) smp=$OPTARG ;;
		t) limit=$OPTARG ;;
		*) lab_die "lab_start NAME [-m MB] [-s SMP] [-t SECONDS]" ;;
		esac
	done
	! lab_alive "$name" || lab_die "$name runs already"

	vm_share "$dir"
	rm -rf "$dir/.vm/x"
	mkdir "$dir/.vm/x"
	vm_qemu "$dir" "$mb" "$smp"
	lab_plugs "$name"
	vm_main "$dir" "$vm_here/guest-agent"
	rm -f "$lab_sock/$name".agent.{in,out}
	mkfifo "$lab_sock/$name".agent.{in,out}
	vm_args+=(
		-chardev "pipe,id=agent,path=$lab_sock/$name.agent"
		-device virtio-serial-pci -device virtserialport,chardev=agent
	)
	grep -qx "$name" "$lab_sock/machines" || echo "$name" >>"$lab_sock/machines"
	qemu-system-x86_64 "${vm_args[@]}" </dev/null >"$dir/.vm/log" 2>&1 \
		{lab_tick}>&- &
	lab_identity $! >"$lab_sock/$name.pid"
	disown $!
	lab_wait_ready "$name" "$limit"
	lab_exec "$name" "date -s @$EPOCHREALTIME" >/dev/null
}

lab_wait_ready() {
	local end=$((SECONDS + $2))

	until [ -e "$LAB/$1/.vm/ready" ]; do
		if ! lab_alive "$1" || [ "$SECONDS" -ge "$end" ]; then
			sed "s/^/# $1: /" "$LAB/$1/.vm/log" >&2
			tail -n 40 "$LAB/$1/console" 2>/dev/null |
				sed "s/^/# $1: /" >&2
			lab_die "$1 does not come up"
		fi
		lab_nap
	done
}

# lab_identity PID: the process id and its start time, which no later process
# with the same id shares.
lab_identity() {
	local stat
	read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
	set -- "$1" ${stat##*) }
	[ "$2" != Z ] && echo "$1 ${21}"
}

# lab_pid MACHINE: its process, if it still is that one.
lab_pid() {
	local saved
	read -r saved 2>/dev/null <"$lab_sock/$1.pid" || return 1
	[ "$(lab_identity "${saved% *}")" = "$saved" ] && echo "${saved% *}"
}

lab_alive() { lab_pid "$1" >/dev/null; }

lab_exec() {
	local limit=$LAB_EXEC_TIMEOUT id file end n=0 rc failed=0

	if [ "$1" = -t ]; then
		limit=$2
		shift 2
	fi
	[ $# = 2 ] || lab_die "lab_exec [-t SECONDS] NAME COMMAND"
	lab_alive "$1" || { echo "lab: $1 is dead" >&2; return 121; }

	id=$BASHPID-${EPOCHREALTIME//[!0-9]/}
	file=$LAB/$1/.vm/x/$id
	printf '%s\n' "$2" >"$file.cmd"
	# opened for both ways, a FIFO never blocks
	echo "$id" 1<>"$lab_sock/$1.agent.in"

	end=$((SECONDS + limit))
	until read -r rc 2>/dev/null <"$file.rc"; do
		lab_nap
		n=$((n + 1))
		if [ "$SECONDS" -gt "$end" ]; then
			failed=124
		elif [ $((n % 50)) = 0 ] && ! lab_alive "$1"; then
			failed=121
		fi
		[ $failed = 0 ] || break
	done
	[ ! -r "$file.out" ] || cat "$file.out"
	if [ $failed != 0 ]; then
		echo "lab: $1: no answer ($failed) to: $2" >&2
		return "$failed"
	fi
	rm -f "$file".{cmd,out,rc}
	return "$rc"
}

lab_cut() {
	local pid end=$((SECONDS + 20))

	pid=$(lab_pid "$1") || return 0
	kill -KILL "$pid"
	while lab_alive "$1"; do
		[ "$SECONDS" -lt "$end" ] || lab_die "$1 survives SIGKILL"
		lab_nap
	done
	rm -f "$lab_sock/$1.pid"
}

# lab_ends on|off SOCKET...: a socket that is called something else loses what
# is sent to it, and is the same socket again once it is called back.
lab_ends() {
	local state=$1 sock
	shift
	for sock; do
		if [ "$state" = off ] && [ -S "$sock" ]; then
			mv "$sock" "$sock.off"
		elif [ "$state" = on ] && [ -S "$sock.off" ]; then
			mv "$sock.off" "$sock"
		fi
	done
}

# lab_sockets MACHINE: the ends that it listens on.
lab_sockets() {
	awk -v m="$1" -v d="$lab_sock" '
		$2 == m { print d "/" $1 ".a" }
		$3 == m { print d "/" $1 ".b" }' "$lab_sock/cables"
}

lab_freeze() {
	kill -STOP "$(lab_pid "$1")"
	lab_ends off $(lab_sockets "$1")
}

lab_thaw() {
	lab_ends on $(lab_sockets "$1")
	kill -CONT "$(lab_pid "$1")"
}

lab_unplug() { lab_ends off "$lab_sock/$1".{a,b}; }
lab_plug() { lab_ends on "$lab_sock/$1".{a,b}; }

lab_now() { lab_exec "$1" 'echo ${EPOCHREALTIME/[.,]/}'; }

lab_kmsg_check() {
	local name status=0

	while read -r name; do
		! lab_alive "$name" ||
			lab_exec "$name" 'dmesg >/run/out/kmsg' || status=1
		check_kmsg "$LAB/$name/kmsg" "$LAB/$name/console" || status=1
	done <"$lab_sock/machines"
	return $status
}

lab_stop_all() {
	local name

	[ -d "${lab_sock-}" ] || return 0
	while read -r name; do
		lab_cut "$name"
	done <"$lab_sock/machines"
	rm -rf "$lab_sock"
}
