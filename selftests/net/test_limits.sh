#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who owns a namespace but not the machine (root of a user namespace) can configure
# flowsync there, and not more of it than is meant: each limit is refused with its
# sentence, and the memory is charged to the control group of whom it is for.
. "$(dirname "$0")/lib.sh"

cgroup=/sys/fs/cgroup

# own COMMAND...: as the owner.
own() { nsenter -t "$owner" -U -n --preserve-credentials -S 0 -- "$@"; }

# charged COMMAND...: the same, and what it takes is charged to the control group.
charged() {
	sh -c 'echo $$ > "$0/owner/cgroup.procs"; exec "$@"' "$cgroup" \
		nsenter -t "$owner" -U -n --preserve-credentials -S 0 -- "$@"
}

# refused WHY WORDS...: of flowsyncctl.
refused() {
	local why=$1
	shift
	! own flowsyncctl "$@" 2> "$TMP/said" && grep -F -- "$why" "$TMP/said"
}

# peers WHO FROM TO
peers() {
	local i
	for i in $(seq "$2" "$3"); do
		$1 flowsyncctl peer add p$i id $i $key \
			link local 10.9.0.1 remote 10.9.1.$i || return 1
	done
}

policies() {
	local i
	echo "node set id 1000" > "$TMP/policies"
	for i in $(seq "$1" "$2"); do
		echo "policy add pref $i proto tcp mode off"
	done >> "$TMP/policies"
	own flowsyncctl restore "$TMP/policies"
}

# groups FROM TO: each with two members, and flows of a mark of its own.
groups() {
	local i
	for i in $(seq "$1" "$2"); do
		own flowsyncctl group add $i peer p1 peer p64 match mark $i || return 1
	done
}

# kernel: octets of the kernel's memory that are charged to the group.
kernel() { sed -n 's/^kernel //p' $cgroup/owner/memory.stat; }

plan 12
[ -e $cgroup/cgroup.controllers ] || mount -t cgroup2 none $cgroup 2> /dev/null
grep -qw memory $cgroup/cgroup.controllers ||
	skip_all "no control groups of memory in this kernel"
echo +memory > $cgroup/cgroup.subtree_control
mkdir $cgroup/owner
load
chmod 644 "$TMP/key"
chmod 755 "$TMP"
setpriv --reuid 1000 --regid 1000 --clear-groups \
	unshare -U -r -n sleep 1000 &
owner=$!
background+=($owner)
await 10 sh -c "grep -q ' 1000 ' /proc/$owner/uid_map"
own ip link set lo up
check "a user may start a node in a namespace of his own" own flowsyncctl node set id 1000
links=
for i in 1 2 3 4 5 6 7 8; do
	links+=" link local 10.9.0.1 port $((4000 + i)) remote 10.9.1.1"
done
check "a peer of 8 links" own flowsyncctl peer add p1 id 1 $key $links
check "of 9" refused "at most 8 links" \
	peer add p2 id 2 $key $links link local 10.9.0.1 port 4009 remote 10.9.1.1
check "64 peers" peers own 2 64
check "one more" refused "at most 64 peers" \
	peer add p65 id 65 $key link local 10.9.0.1 remote 10.9.1.65
check "1024 policies" policies 1 1024
check "one more" refused "at most 1024 policies" policy add pref 2000 mode off
check "32 groups" groups 1 32
check "one more" refused "at most 32 groups" group add 33 match mark 33

# What it takes is charged to who asked for it.
own flowsyncctl node del
charged flowsyncctl node set id 1000
before=$(kernel)
peers charged 1 8
check "peers are charged to who makes them" at_least $((before + 8 * 200 * 1024)) kernel
check "and no longer when they are gone" charged flowsyncctl node del
check "it is all given back" await 20 not at_least $((before + 8 * 100 * 1024)) kernel
finish
