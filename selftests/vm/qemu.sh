# SPDX-License-Identifier: GPL-2.0
#
# qemu.sh - how QEMU is started, for run and lab.sh
#
#   vm_prepare              the kernel, the initramfs, the accelerator
#   vm_qemu DIR MB SMP      sets the array vm_args; DIR is the machine's share
#
# FLOWSYNC_ACCEL=kvm|tcg, FLOWSYNC_ICOUNT=1 and FLOWSYNC_CPU override what is
# found out here. FLOWSYNC_PLUGIN is a plugin of QEMU's, which is told where to
# write by out=DIR/blocks.

. "${BASH_SOURCE[0]%/*}/share.sh"

vm_cache=${XDG_CACHE_HOME:-$HOME/.cache}/flowsync
vm_append="console=ttyS0 loglevel=5 panic=-1 oops=panic mitigations=off"
vm_append+=" log_buf_len=8M random.trust_cpu=on no_timer_check tsc=reliable"
vm_append+=" net.ifnames=0 sysrq_always_enabled"
# Emulation translates code once for each address it is at.
vm_append+=" norandmaps nokaslr"

vm_prepare() {
	command -v qemu-system-x86_64 >/dev/null ||
		vm_die "no qemu-system-x86_64 (Debian: qemu-system-x86)"
	eval "$("$vm_here/fetch-kernel")"
	[ "${KIMAGE-}" ] || vm_die "no kernel"
	vm_initrd=$("$vm_here/initramfs" "$KMODDIR" "$KVER") ||
		vm_die "no initramfs"
	vm_accel=$(vm_find_accel)
}

# vm_find_accel: KVM if a machine boots under it, tried once for each kernel.
vm_find_accel() {
	local known=$vm_cache/accel-$KVER

	if [ "${FLOWSYNC_ICOUNT-}" = 1 ]; then
		echo tcg
	elif [ "${FLOWSYNC_ACCEL-}" ]; then
		echo "$FLOWSYNC_ACCEL"
	elif [ ! -w /dev/kvm ]; then
		echo tcg
	else
		(
			flock -w 120 9 || true
			[ -s "$known" ] || vm_probe_kvm >"$known"
			cat "$known"
		) 9>"$known.lock"
	fi
}

vm_probe_kvm() {
	echo "vm: does $KVER boot under KVM? (asked once)" >&2
	if timeout -s KILL 15 qemu-system-x86_64 -accel kvm -cpu host -m 256 \
		-nodefaults -display none -no-reboot -serial stdio \
		-kernel "$KIMAGE" -initrd "$vm_initrd" \
		-append "$vm_append vm_probe=1" </dev/null 2>/dev/null |
			grep -q 'guest-init: probe ok'; then
		echo kvm
	else
		echo tcg
	fi
}

vm_qemu() {
	local dir=$1 mb=$2 smp=$3 cpu append="$vm_append vm_fs=9p"

	case $vm_accel in
	kvm)	vm_args=(-accel kvm) cpu=host ;;
	tcg)	vm_args=(-accel "tcg,thread=multi") cpu=max,-la57 ;;
	*)	vm_die "FLOWSYNC_ACCEL: $vm_accel?" ;;
	esac
	if [ "${FLOWSYNC_ICOUNT-}" = 1 ]; then
		vm_args=(-accel "tcg,thread=single")
		vm_args+=(-icount "shift=0,sleep=off,align=off")
		smp=1
	fi
	# Clearing memory twice is a quarter of starting a program; where
	# instructions are counted, those are the kernel's own, too.
	[ "${FLOWSYNC_ICOUNT-}" = 1 ] || append+=" init_on_alloc=0"
	[ -z "${FLOWSYNC_PLUGIN-}" ] ||
		vm_args+=(-plugin "$FLOWSYNC_PLUGIN,out=$dir/blocks")
	vm_args+=(
		-cpu "${FLOWSYNC_CPU:-$cpu}" -smp "$smp" -m "$mb"
		-nodefaults -no-user-config -display none -no-reboot
		-kernel "$KIMAGE" -initrd "$vm_initrd"
		-append "$append"
		-chardev "file,id=console,path=$dir/console,append=on"
		-serial chardev:console
		-virtfs "local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap"
		-virtfs "local,path=$dir,mount_tag=out,security_model=none,multidevs=remap"
	)
}
