# SPDX-License-Identifier: GPL-2.0
#
# guest-setup.sh - what every test machine does before its real work
#
# Sourced by guest-run and guest-agent, process 1 of a machine.  Expects
# VM_MODDIR, the folder of the running kernel's modules as the host names it,
# and optionally FLOWSYNC_KO, the module that `modprobe flowsync` shall load.

VM=$OUT/.vm

# vm_poweroff: end the machine now.
vm_poweroff() {
	sync
	/run/vm/busybox poweroff -f
}

# vm_save_kmsg: the kernel's messages so far, where the host finds them.
vm_save_kmsg() {
	dmesg >"$OUT/kmsg.new"
	mv "$OUT/kmsg.new" "$OUT/kmsg"
}

# vm_modules: plain `modprobe NAME` finds the kernel's own modules, and
# `modprobe flowsync` (or the kernel asking for it) finds the one under test.
vm_modules() {
	local dir=/lib/modules/${VM_MODDIR##*/} needed alias

	/run/vm/busybox mkdir -p "$dir"
	/run/vm/busybox mount -o bind "$VM_MODDIR" "$dir"
	[ -n "${FLOWSYNC_KO-}" ] && [ -r "$FLOWSYNC_KO" ] || return 0

	mkdir -p /run/modprobe.d
	{
		# CMDLINE_OPTS is modprobe's
		printf 'install flowsync '
		for needed in $(modinfo -F depends "$FLOWSYNC_KO" | tr , ' '); do
			printf 'modprobe %s && ' "$needed"
		done
		printf 'insmod %s $CMDLINE_OPTS\n' "$FLOWSYNC_KO"
		modinfo -F alias "$FLOWSYNC_KO" | while read -r alias; do
			echo "alias $alias flowsync"
		done
	} >/run/modprobe.d/flowsync.conf
}

# vm_programs: what scripts start most are busybox's, which has no libraries to
# find: under emulation they start ten times faster. Only those that work alike.
vm_programs() {
	local name

	/run/vm/busybox mkdir -p /run/vm/bin
	for name in basename cat cut dirname grep head mkdir mkfifo rm sed \
		seq sleep sort sysctl tail tr uniq wc; do
		/run/vm/busybox ln -sf ../busybox "/run/vm/bin/$name"
	done
	export PATH=/run/vm/bin:$PATH
}

# vm_seed: credit the kernel's random numbers with what the host gave.
vm_seed() {
	python3 - "$1" <<- 'END'
		import base64, fcntl, struct, sys
		seed = base64.b64decode(sys.argv[1])
		RNDADDENTROPY = 0x40085203
		with open("/dev/random", "wb") as random:
		    fcntl.ioctl(random, RNDADDENTROPY,
		                struct.pack("ii", 8 * len(seed), len(seed)) + seed)
	END
}

vm_setup() {
	vm_programs
	vm_modules
	[ -z "${VM_SEED-}" ] || vm_seed "$VM_SEED"
	echo "${VM_NAME:-vm}" >/proc/sys/kernel/hostname
	# on request only, not when a timer thinks so (see guest-leaks.sh)
	[ ! -w /sys/kernel/debug/kmemleak ] ||
		echo scan=off >/sys/kernel/debug/kmemleak
	ulimit -n 65536 2>/dev/null || true
}
