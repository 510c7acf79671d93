# SPDX-License-Identifier: GPL-2.0
#
# share.sh - the folder that a machine has in common with the host
#
#   vm_share DIR            make DIR one, without what an earlier machine left
#   vm_main DIR CMD...      what the machine shall start, with our environment
#
# In the machine it is /run/out, also called $OUT.  Its part .vm is between
# the two sides: main (host to machine), status, ready and x/ (see guest-run
# and guest-agent).

vm_here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)

vm_die() { echo "vm: $*" >&2; exit 125; }

vm_share() {
	mkdir -p "$1/.vm"
	rm -f "$1"/.vm/{status,ready} "$1"/{stdout,stderr,kmsg,leaks}
}

# vm_main DIR CMD...: only what is named here reaches the machine.
vm_main() {
	local dir=$1 name
	shift
	{
		echo 'export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
		echo 'export HOME=/root LANG=C.UTF-8 OUT=/run/out'
		for name in T V "${!FLOWSYNC_@}" "${!VM_@}"; do
			[ -z "${!name+set}" ] || printf 'export %s=%q\n' "$name" "${!name}"
		done
		printf 'cd %q || cd /\n' "$PWD"
		printf 'exec'
		printf ' %q' "$@"
		echo
	} >"$dir/.vm/main"
}
