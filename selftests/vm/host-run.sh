# SPDX-License-Identifier: GPL-2.0
#
# host-run.sh - the host's side of a machine that runs one script
#
# Common to run (QEMU) and run-uml (user-mode Linux):
#
#   host_options "$@"           parse; sets mb smp limit outdir travel host_rest
#   host_outdir                 sets out, made if need be
#   host_share MODDIR CMD...    what the machine shall do
#   host_machine PROGRAM ARGS   start it, follow it, judge it, exit
#
# Set before: leaks=1 for a search for leaks at the end, log= for the file that
# PROGRAM's own output goes to.

. "${BASH_SOURCE[0]%/*}/kmsg.sh"
. "${BASH_SOURCE[0]%/*}/share.sh"

limit=600 outdir= travel= leaks= log=

host_usage() {
	sed -n '3,/^set -eu/{/^#/s/^# \?//p}' "$0" >&2
	exit 125
}

host_options() {
	local opt

	while getopts m:s:t:o:Th opt; do
		case $opt in
		m) mb=$OPTARG ;;
		s) smp=$OPTARG ;;
		t) limit=$OPTARG ;;
		o) outdir=$OPTARG ;;
		T) travel=1 ;;
		*) host_usage ;;
		esac
	done
	shift $((OPTIND - 1))
	[ $# -gt 0 ] || host_usage
	host_rest=("$@")
}

host_outdir() {
	if [ "$outdir" ]; then
		mkdir -p "$outdir"
		out=$(cd "$outdir" && pwd)
	else
		out=$(mktemp -d "${TMPDIR:-/tmp}/flowsync-run.XXXXXX")
	fi
	trap host_cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

host_pids=() host_machine=

host_cleanup() {
	[ -z "$host_machine" ] || host_kill
	[ ${#host_pids[@]} = 0 ] || kill "${host_pids[@]}" 2>/dev/null || true
	[ "$outdir" ] || rm -rf "$out"
}

# host_share MODDIR CMD...: a command without a slash is looked up in the
# machine's PATH, as a shell would.
host_share() {
	local VM_MODDIR=$1 VM_LEAKCHECK=$leaks
	shift
	vm_share "$out"
	rm -f "$out/console"
	vm_main "$out" "$vm_here/guest-run" "$@"
	: >"$out/stdout"
	: >"$out/stderr"
}

# host_wait PID SECONDS: false when it is still there after that time.
host_wait() {
	local end=$((SECONDS + $2)) tick
	exec {tick}<> <(:)
	while kill -0 "$1" 2>/dev/null; do
		[ "$SECONDS" -le "$end" ] || return 1
		read -r -t 0.05 -u "$tick" || true
	done
	exec {tick}<&-
}

# host_kill: the machine and, as user-mode Linux has some, its processes.
host_kill() { kill -KILL -- "-$host_machine" 2>/dev/null || true; }

# host_last_words: a program may define it to learn where the machine hangs.
host_last_words() { :; }

# The machine leads a process group of its own and dies with this shell.
host_machine() {
	local status

	: "${log:=$out/.vm/log}"
	setsid setpriv --pdeathsig KILL "$@" </dev/null >"$log" 2>&1 &
	host_machine=$!
	tail -q -f -s 0.05 -c +1 --pid=$host_machine "$out/stdout" &
	host_pids+=($!)
	tail -q -f -s 0.05 -c +1 --pid=$host_machine "$out/stderr" >&2 &
	host_pids+=($!)

	# What has parts (guest-several) says when one is over: the next one has
	# that time again.
	until host_wait "$host_machine" "$limit"; do
		[ ! -e "$out/.vm/tick" ] || { rm -f "$out/.vm/tick"; continue; }
		# what the machine says when asked is no complaint of its own
		cp "$out/console" "$out/kmsg" 2>/dev/null || true
		host_last_words
		host_kill
		echo "# FAIL: time is up after $limit s" >&2
		status=124
		break
	done
	wait "$host_machine" 2>/dev/null || true
	host_machine=
	wait "${host_pids[@]}" || true
	host_pids=()
	host_judge "${status-}"
}

# host_judge STATUS: the verdict; STATUS is set if it is known already.
host_judge() {
	local status=$1 complaint=

	if [ ! -e "$out/kmsg" ]; then
		cp "$out/console" "$out/kmsg" 2>/dev/null || : >"$out/kmsg"
	fi
	check_kmsg "$out/kmsg" >&2 || complaint=1
	if [ -s "$out/leaks" ]; then
		sed 's/^/# leak: /' "$out/leaks" >&2
		echo "# FAIL: memory leaks" >&2
		complaint=1
	fi

	if [ -z "$status" ] && [ -r "$out/.vm/status" ]; then
		read -r status <"$out/.vm/status"
		[ "$status" != 0 ] && [ "$status" != 4 ] || [ -z "$complaint" ] ||
			status=120
	elif [ -z "$status" ]; then
		echo "# FAIL: the machine died before the script ended" >&2
		status=121
		[ -s "$out/console" ] || status=125
	fi
	case $status in
	121|124|125)
		[ "$log" = "$out/console" ] || sed 's/^/# machine: /' "$log" >&2
		tail -n 60 "$out/console" 2>/dev/null | sed 's/^/# console: /' >&2 || true
		;;
	esac
	exit "$status"
}
