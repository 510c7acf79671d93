# SPDX-License-Identifier: GPL-2.0
#
# kmsg.sh - does a kernel's log hold anything that it must not?
#
#   . kmsg.sh; check_kmsg FILE...
#
# Prints what it finds and returns 1.  There is no list of exceptions: Debian's
# kernel and ours (uml.patch) start with a clean log.  A test that provokes a
# report on purpose reads the log itself; one that injects faults sets the
# attribute `verbose` to 0, for each injected fault prints a backtrace.

kmsg_bad='WARNING:|BUG:|kernel BUG|Oops|Kernel panic|Call Trace'
kmsg_bad+='|cut here|general protection fault|unable to handle'
kmsg_bad+='|possible (circular|recursive|irq lock|deadlock)|inconsistent lock'
kmsg_bad+='|DEBUG_LOCKS_WARN|held lock freed|lock held when|INFO: trying to'
kmsg_bad+='|suspicious RCU|suspicious rcu|rcu.*(stall|INFO:)'
kmsg_bad+='|refcount_t:|ref_tracker:|KASAN|UBSAN:|ODEBUG:|KFENCE'
kmsg_bad+='|sleeping function called|scheduling while atomic'
kmsg_bad+='|(list_add|list_del) corruption|unreferenced object'
kmsg_bad+='|new suspected memory leak|Objects remaining|leaked'
kmsg_bad+='|soft lockup|hard LOCKUP|blocked for more than'
kmsg_bad+='|unregister_netdevice: waiting|Segfault with no mm'

check_kmsg() {
	local file found status=0

	for file; do
		[ -r "$file" ] || continue
		found=$(grep -a -E -A 30 -- "$kmsg_bad" "$file" | head -n 120) || true
		[ -n "$found" ] || continue
		status=1
		printf '%s\n' "$found" | sed 's/^/# kmsg: /'
		echo "# FAIL: the kernel complained: $file"
	done
	return $status
}
