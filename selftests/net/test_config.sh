#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the kernel refuses it refuses with a sentence, and nothing has changed
# after: the command's status is 1, it prints that sentence, and all objects look
# as before. What is right is taken, dumps work with no node, whoever may not
# change things may look at them, and root of a user namespace may configure a
# namespace of its own.
. "$(dirname "$0")/lib.sh"

# state: all that there is, without what goes on by itself.
state() { fs r1 show 2>&1; }

# saved: the configuration, in the words of the command line.
saved() { fs r1 save | grep -v '^#'; }

# refused WHY ARGUMENTS...: flowsyncctl in r1 says so, and nothing changes.
refused() {
	local why=$1 status
	shift
	state > "$TMP/before"
	n r1 flowsyncctl "$@" > "$TMP/said" 2>&1
	status=$?
	state > "$TMP/after"
	check "refused: $*" verdict "$status" "$why"
}

verdict() {
	cat "$TMP/said"
	[ "$1" = 1 ] || { echo "status $1"; return 1; }
	[ "$(grep -c . "$TMP/said")" = 1 ] || { echo "not one line"; return 1; }
	grep -q -- "$2" "$TMP/said" || { echo "not: $2"; return 1; }
	diff "$TMP/before" "$TMP/after"
}

taken() { check "taken: $*" n r1 flowsyncctl "$@"; }

unprivileged() { n r1 setpriv --reuid 65534 --regid 65534 --clear-groups flowsyncctl "$@"; }

plan 76
netns r1 r2
cable r1 sync0 r2 sync0
ip -n r1 addr add 10.9.0.1/24 dev sync0
ip -n r1 link set sync0 up
ip -n r2 link set sync0 up
load

link="link local 10.9.0.1 remote 10.9.0.2"
check "no node: it is shown as such" is 0 node r1 id
check "no node: no peers" n r1 flowsyncctl peer show
check "no node: no groups" n r1 flowsyncctl group show
check "no node: no flows" n r1 flowsyncctl flow show
refused "no node here yet" node set name r1
refused "no node here yet" node del
refused "no node here yet" peer add r2 id 2 $key $link
refused "no node here yet" group add 1
refused "name is 1 to 31" node set id 1 name a/b
taken node set id 1 name r1
check "conntrack's events are on" is 1 n r1 sysctl -n net.netfilter.nf_conntrack_events
taken node set id 1 name other
taken node set port 4000
refused "id cannot change" node set id 2

refused "id must differ" peer add r2 id 1 $key $link
refused "name is 1 to 31" peer add r/2 id 2 $key $link
refused "unicast" peer add r2 id 2 $key link local 224.0.0.1 remote 10.9.0.2
refused "unicast" peer add r2 id 2 $key link local fd09::1 remote ff02::1
refused "needs a device" peer add r2 id 2 $key link local fe80::1 remote fe80::2
refused "exists already" peer add r2 id 2 $key $link $link
bg r1 udphold serve 4444
await 20 n r1 sh -c 'ss -Hlun sport = 4444 | grep -q .'
refused "in use" peer add r2 id 2 $key link local 10.9.0.1 port 4444 remote 10.9.0.2
taken peer add r2 id 2 $key $link
refused "that name already" peer add r2 id 3 $key link local 10.9.0.1 remote 10.9.0.3
refused "that id already" peer add r3 id 2 $key link local 10.9.0.1 remote 10.9.0.3
taken peer add r3 id 3 $key heartbeat 1000 dead 5 link local fe80::1 remote fe80::3 dev sync0
ends="local 10.9.0.1 remote 10.9.0.2"
refused "last link" link del peer r2 $ends
refused "no peer of that name" link add peer r4 $ends
refused "exists already" link add peer r2 $ends
refused "no such link" link del peer r2 $ends port 4001
others="local 10.9.0.5 remote 10.9.0.6"
taken link add peer r2 $others dev sync0
taken link add peer r2 $others dev lo
refused "name the device" link del peer r2 $others
taken link del peer r2 $others dev lo
taken link del peer r2 $others
refused "no such link" link set peer r2 $ends port 4001 to $others dev sync0
refused "unicast" link set peer r2 $ends to local 224.0.0.1 remote 10.9.0.2
refused "exists already" link set peer r2 $ends to $ends
taken link set peer r2 $ends to $others dev sync0
check "the peer has that one only" is "10.9.0.6 port 4000 dev sync0" eval \
	'fs r1 link show peer r2 | sed -n "s/.*remote \(.*\) state.*/\1/p"'
taken link set peer r2 $others to $ends
check "the peer has the link it had" is 1 sh -c \
	"ip netns exec r1 flowsyncctl link show peer r2 | grep -c '10.9.0.2 port 4000 state'"
for i in 2 3 4 5 6 7 8; do
	fs r1 link add peer r2 local 10.9.0.1 remote 10.9.9.$i
done
refused "at most 8 links" link add peer r2 local 10.9.0.1 remote 10.9.9.9
refused "port cannot change" node set port 4001
refused "no peer of that name" peer del r4
refused "no peer of that name" peer show r4

refused "to be a member" group add 1 peer r4
refused "only once" group add 1 peer r2 peer r2
taken group add 1 peer r2 peer r3 priority 7
refused "a group with that id already" group add 1
refused "no group with that id" group set 2 role active
refused "no group with that id" group show 2
refused "member of a group" peer del r2
taken group set 1 role active priority 9
check "the group has its numbers" is "active 9 1" sh -c \
	"echo $(group r1 role) $(group r1 priority) $(group r1 epoch)"

state > "$TMP/before"
change_unprivileged() { unprivileged node del > "$TMP/said" 2>&1; }
check_not "others may not change anything" change_unprivileged
check "they are told why" grep -qi "privilege\|permitted\|CAP_NET_ADMIN" "$TMP/said"
check "nothing changed" diff "$TMP/before" <(state)
check "but they may look" unprivileged show
check "root of a user namespace configures its own" \
	unshare -Urn flowsyncctl node set id 7

taken node set mark-mask 0xff00 label-mask 0x3 keep 90
taken peer set r2 mtu 1400 lag-flows 5 lag-age 70 resync-rate 100 resync-within 5000
taken policy add pref 10 proto tcp src 10.1.0.0/24 dport 80-90 mark 0x100 mask 0xff00 mode off
taken policy add pref 20 zone 3 mode off
refused "no policy of that preference" policy set pref 30 mode off
refused "addresses of two families" policy set pref 20 src 10.1.0.0/24 dst fd01::/64
taken policy set pref 20 mode async
check "only its mode is another" is "pref 20 zone 3 mode async" eval \
	'fs r1 policy show | grep "^pref 20"'
mkdir -p /etc/flowsync
cp "$TMP/key" /etc/flowsync/r2.key
cp "$TMP/key" /etc/flowsync/r3.key
saved > "$TMP/saved"
check "what differs from the defaults is saved" is 4 grep -c \
	-e "mark-mask 0xff00 label-mask 0x3 keep 90" \
	-e "resync-rate 100 resync-within 5000 mtu 1400 lag-flows 5 lag-age 70" \
	-e "pref 10 proto tcp src 10.1.0.0/24 dport 80-90 mark 256 mask 65280 mode off" \
	-e "pref 20 zone 3 mode async" "$TMP/saved"
taken node del
check "and all is gone" is 0 node r1 id
check "what was saved is restored" fs r1 restore "$TMP/saved"
check "and is all there was" diff "$TMP/saved" <(saved)
check "once more finds it as it is" is "" fs r1 restore "$TMP/saved"
fs r1 policy del pref 10
fs r1 policy add pref 10 proto tcp mode off
fs r1 restore "$TMP/saved" > "$TMP/said" 2>&1
check "what is not as the file says is told with its line" \
	grep -q "saved:[0-9]*: .*not as it runs" "$TMP/said"
taken node del
check "the events of conntrack are as before" is 2 n r1 sysctl -n net.netfilter.nf_conntrack_events
finish
