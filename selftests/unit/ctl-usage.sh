#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What flowsyncctl makes of its command line: words, prefixes, numbers, exit
# status, help. No module is needed; where one is loaded, the tests that need
# it away are skipped, so that nothing there is changed.
#
# FLOWSYNCCTL=program RUNNER='valgrind -q --error-exitcode=99' ctl-usage.sh

here=$(dirname "$0")
ctl=${FLOWSYNCCTL:-$here/../../build/ctl/flowsyncctl}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
number=0
failed=0
# keys are read before anything is asked of the kernel
key="key-file $dir/key"
umask 077
echo zXFEZki6cyCtQZKueA6yCk7BHt1FtuO65+bZ/Yoj7e4= >"$dir/key"
absent='flowsyncctl: the flowsync module is not loaded in this kernel: load it with "modprobe flowsync"'

run()
{
	# shellcheck disable=SC2086
	$RUNNER "$ctl" "$@" >"$dir/out" 2>"$dir/err" </dev/null
	status=$?
}

verdict()
{
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number - $2"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $number - $2"
	sed 's/^/#   stdout: /' "$dir/out"
	sed 's/^/#   stderr: /' "$dir/err"
	echo "#   exit status: $status"
}

skip()
{
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

# usage 'MESSAGE' WORD...: refused as usage, with exactly this one line
usage()
{
	message=$1
	shift
	run "$@"
	[ $status -eq 2 ] && [ ! -s "$dir/out" ] &&
		[ "$(cat "$dir/err")" = "flowsyncctl: $message" ]
	verdict $? "usage: $message"
}

# parses WORD...: understood, so that all it lacks is the module
parses()
{
	if [ -z "$module_absent" ]; then
		skip "understood: $*" "the module is loaded here"
		return
	fi
	run "$@"
	[ $status -eq 1 ] && [ ! -s "$dir/out" ] &&
		[ "$(cat "$dir/err")" = "$absent" ]
	verdict $? "understood: $*"
}

# prints 'PATTERN' WORD...: done, nothing on stderr, a line like PATTERN
prints()
{
	pattern=$1
	shift
	run "$@"
	[ $status -eq 0 ] && [ ! -s "$dir/err" ] && grep -q "$pattern" "$dir/out"
	verdict $? "prints \"$pattern\": $*"
}

if [ ! -x "$ctl" ]; then
	echo "TAP version 13"
	echo "1..0 # SKIP $ctl is not built"
	exit 4
fi

echo "TAP version 13"
run node show
module_absent=
grep -qxF "$absent" "$dir/err" && module_absent=yes

# without the module
parses
parses show
parses -j show
parses -p peer
parses -s -j peer show
parses -stats peer show
parses -d peer show
parses -details -s link
parses -sd show
parses --json node
parses -js group

# every object defaults to show, and may be shortened
for object in node peer link group flow stats show; do
	parses "$object"
done
parses n
parses pe sh
parses gr sh 1
parses f s lo
parses flow show shadow
parses sta rx_
parses stats rx_
parses stats show rx_
parses mon
usage '"s" can be show or stats or save' s
usage '"g" can be group or genkey' g s 1
usage 'group: "s" can be show or set' gr s 1
usage '"nodes" is not a word here; try: show, node, peer, link, group, policy, flow, stats, verify, resync, wait-synced, genkey, top, monitor, save, restore, daemon, help' nodes
usage '"" is not a word here; try: show, node, peer, link, group, policy, flow, stats, verify, resync, wait-synced, genkey, top, monitor, save, restore, daemon, help' ''
usage 'peer: "r2" is not a word here; try: show, add, set, del, help' peer r2
usage 'flow: "list" is not a word here; try: show, help' flow list
usage 'show: "all" is not a word here; try: help' show all
usage 'monitor: "peer" is not a word here; try: help' monitor peer

# options
usage '"-x" is not an option here; try: -d, -j, -p, -s, -V, -h' -x
usage '"-x" is not an option here; try: -d, -j, -p, -s, -V, -h' -jxs
usage '"--yaml" is not an option here; try: -d, -j, -p, -s, -V, -h' --yaml show
usage 'peer: "-j": options come first, before the object' peer -j

# node
parses node set id 1 name r1
parses node set id 1 name r1 port 3790
parses node set n r1 p 65535 i 0xffffffff
parses node set port 1
parses node set mark-mask 0xff label-mask 0xffffffffffffffff
parses node set mark-mask 0
parses node set keep 0
parses node set keep 1048576
parses node del
usage 'node set: a word is missing; try: id, name, port, mark-mask, label-mask, keep' node set
usage 'node set: id: a value is missing' node set id
usage 'node set: id: 0 is out of range: 1 to 4294967295' node set id 0
usage 'node set: id: 4294967296 is out of range: 1 to 4294967295' node set id 4294967296
usage 'node set: id: 99999999999999999999 is out of range: 1 to 4294967295' node set id 99999999999999999999
usage 'node set: id: "-1" is not a number' node set id -1
usage 'node set: id: "+1" is not a number' node set id +1
usage 'node set: id: " 1" is not a number' node set id ' 1'
usage 'node set: id: "1x" is not a number' node set id 1x
usage 'node set: id: "0x" is not a number' node set id 0x
usage 'node set: id: "0x0x1" is not a number' node set id 0x0x1
usage 'node set: id: "" is not a number' node set id ''
usage 'node set: port: 0 is out of range: 1 to 65535' node set port 0
usage 'node set: port: 65536 is out of range: 1 to 65535' node set port 65536
usage 'node set: "id" does not fit here; try: name, port, mark-mask, label-mask, keep' node set id 1 id 2
usage 'node set: keep: 1048577 is out of range: 0 to 1048576' node set keep 1048577
usage 'node set: name: the name is empty' node set name ''
usage 'node set: name: a name has no blanks or control characters' node set name 'r 1'
usage 'node set: name: "abcdefghijklmnopqrstuvwxyz012345" is longer than 31 octets' \
	node set name abcdefghijklmnopqrstuvwxyz012345
parses node set name abcdefghijklmnopqrstuvwxyz01234
usage 'node del: "r1" is one word too many' node del r1

# peer
parses peer add r2 id 2 $key link local 10.9.0.1 remote 10.9.0.2
parses peer add r2 id 2 link local 10.9.0.1 remote 10.9.0.2 $key rekey 5
parses peer add r2 id 2 encryption none link local 10.9.0.1 remote 10.9.0.2 dev lo
parses peer add r2 id 2 $key heartbeat 10 dead 1 link local 10.9.0.1 port 1 remote 10.9.0.2 port 2 dev lo
parses peer add r2 link remote 10.9.0.2 local 10.9.0.1 dead 100 link local ::1 remote ::2 id 2 $key heartbeat 60000
parses pe a r2 i 2 k "$dir/key" he 100 dea 3 li lo ::1 p 5 r ::2 p 6 dev lo
parses peer add id id 2 $key link local 10.9.0.1 remote 10.9.0.2
parses peer del r2
parses peer show r2
usage 'peer add: NAME: a value is missing' peer add
usage 'peer add: "id" is missing' peer add r2
usage 'peer add: "link" is missing' peer add r2 id 2
usage 'peer add: link: "local" is missing' peer add r2 id 2 link
usage 'peer add: link: "remote" is missing' peer add r2 id 2 link local 10.9.0.1
usage 'peer add: "key-file" is missing' peer add r2 id 2 link local ::1 remote ::2
usage 'peer add: key-file: a value is missing' peer add r2 id 2 key-file
usage 'peer add: rekey: 4 is out of range: 5 to 86400' peer add r2 id 2 rekey 4
usage 'peer add: "some" is not a word here; try: none' peer add r2 id 2 encryption some
usage 'peer add: "encryption" does not fit here; try: id, rekey, heartbeat, dead, delay, link, mtu, resync-rate, resync-within, lag-flows, lag-age, next-key-file' \
	peer add r2 $key encryption none
usage 'peer add: "key-file" does not fit here; try: id, rekey, heartbeat, dead, delay, link, mtu, resync-rate, resync-within, lag-flows, lag-age, next-key-file' \
	peer add r2 encryption none $key

# complains 'PATTERN' KEY: what KEY, a file's octets, is told
complains()
{
	printf '%b' "$2" >"$dir/bad"
	run peer add r2 key-file "$dir/bad" id 2
	[ $status -eq 1 ] && [ ! -s "$dir/out" ] && grep -q "$1" "$dir/err" &&
		[ "$(wc -l <"$dir/err")" = 1 ]
	verdict $? "a key that is none, of ${#2} characters"
}
complains 'is not a key' ''
complains 'is not a key' 'short='
complains 'is not a key' 'zXFEZki6cyCtQZKueA6yCk7BHt1FtuO65+bZ/Yoj7e4'
complains 'is not a key' 'zXFEZki6cyCtQZKueA6yCk7BHt1FtuO65+bZ/Yoj7e5='
complains 'is not a key' 'zXFEZki6cyCtQZKueA6yCk7BHt1FtuO65+bZ/Yoj7e4=='
complains 'is not a key' 'zXFEZki6cyCtQZKueA6yCk7BHt1FtuO65+bZ/Yoj7e4=\n\n'
complains 'is not a key' 'zXFEZki6cyCtQZKueA6yCk7BHt1FtuO65+bZ*Yoj7e4='
complains 'is not a key' 'zXFEZki6cyCtQZKueA6yCk7BHt1FtuO65+bZ\0Yoj7e4='
run peer add r2 key-file "$dir/none" id 2
[ $status -eq 1 ] && grep -q 'cannot open' "$dir/err"
verdict $? "a key file that is not there"
chmod 644 "$dir/key"
run peer add r2 id 2 $key link local ::1 remote ::2
grep -q 'warning: others may read' "$dir/err"
verdict $? "a key file that others may read"
chmod 600 "$dir/key"
run genkey
cp "$dir/out" "$dir/first"
run genkey
[ $status -eq 0 ] && [ ! -s "$dir/err" ] && [ "$(wc -c <"$dir/out")" = 45 ] &&
	! cmp -s "$dir/out" "$dir/first"
verdict $? "genkey makes another key each time"
cp "$dir/first" "$dir/made"
parses peer add r2 id 2 key-file "$dir/made" link local ::1 remote ::2

usage 'peer add: "lnk" is not a word here; try: key-file, encryption, rekey, heartbeat, dead, delay, link, mtu, resync-rate, resync-within, lag-flows, lag-age, next-key-file' peer add r2 id 2 lnk
usage 'peer add: "local" does not fit here; try: id, key-file, encryption, rekey, heartbeat, dead, delay, link, mtu, resync-rate, resync-within, lag-flows, lag-age, next-key-file' peer add r2 local 10.9.0.1
usage 'peer add: "id" does not fit here; try: remote, port, dev' peer add r2 link local 10.9.0.1 id 2
usage 'peer add: "port" does not fit here; try: local, remote, dev' peer add r2 link port 5
usage 'peer add: "port" does not fit here; try: remote, dev' \
	peer add r2 link local 10.9.0.1 port 5 port 6
usage 'peer add: "d" can be dead or delay or dev' peer add r2 id 2 link local ::1 remote ::2 d lo
usage 'peer add: local: "10.9.0" is not an IPv4 or IPv6 address' peer add r2 id 2 link local 10.9.0
usage 'peer add: local: "fe80::1%lo" is not an IPv4 or IPv6 address; a device is named with "dev"' \
	peer add r2 id 2 link local fe80::1%lo
usage 'peer add: link: one address is IPv4, the other IPv6' \
	peer add r2 id 2 link local 10.9.0.1 remote ::2
usage 'peer add: heartbeat: 9 is out of range: 10 to 60000' peer add r2 id 2 heartbeat 9
usage 'peer add: heartbeat: 60001 is out of range: 10 to 60000' peer add r2 id 2 heartbeat 60001
usage 'peer add: dead: 0 is out of range: 1 to 100' peer add r2 id 2 dead 0
usage 'peer add: dead: 101 is out of range: 1 to 100' peer add r2 id 2 dead 101
parses peer add r2 id 2 $key delay 0 link local ::1 remote ::2
parses peer add r2 id 2 $key delay 1000 link local ::1 remote ::2
usage 'peer add: delay: 1001 is out of range: 0 to 1000' peer add r2 id 2 delay 1001
parses peer set r2 resync-rate 0 resync-within 1000 lag-flows 0 lag-age 4294967295
parses peer add r2 id 2 $key lag-flows 7 link local ::1 remote ::2
usage 'peer set: nothing to change is given' peer set r2
usage 'peer set: "id" does not fit here; try: mtu, resync-rate, resync-within, lag-flows, lag-age, next-key-file, drop-old-key' peer set r2 id 3
usage 'peer set: resync-within: 999 is out of range: 1000 to 86400000' peer set r2 resync-within 999
parses peer set r2 mtu 576
usage 'peer set: mtu: 575 is out of range: 576 to 65535' peer set r2 mtu 575
parses resync peer r2 full
usage 'resync peer: "all" is not a word here; try: full' resync peer r2 all
usage 'peer del: NAME: a value is missing' peer del
usage 'peer del: "r3" is one word too many' peer del r2 r3
usage 'peer show: "r3" is one word too many' peer show r2 r3
link='link local ::1 remote ::2'
# shellcheck disable=SC2086
parses peer add r2 id 2 $key $link $link $link $link $link $link $link $link
# shellcheck disable=SC2086
usage 'peer add: a peer has at most 8 links' \
	peer add r2 id 2 $link $link $link $link $link $link $link $link $link

run peer add r2 id 2 $key link local ::1 remote ::2 dev no-such-device
[ $status -eq 1 ] && grep -qF 'flowsyncctl: peer add: dev: "no-such-device": ' "$dir/err"
verdict $? "a device that does not exist is the system's refusal"

# link
parses link show
parses link show peer r2
parses l sh p r2
parses gr set 1 on p pri 200
parses group add 1 peer r2 on-split epoch match default
parses link add peer r2 local 10.9.0.1 remote 10.9.0.2
parses link add peer r2 remote ::2 port 2 local ::1 port 1 dev lo
parses l a p r2 l ::1 p 1 r ::2 p 2 d lo
parses link del peer r2 dev lo local 10.9.0.1 remote 10.9.0.2
usage 'link: "move" is not a word here; try: show, add, set, del, help' link move
usage 'link set: a word is missing; try: peer' link set
usage 'link set: a word is missing; try: to' link set peer r2 local ::1 remote ::2
usage 'link set: link: "remote" is missing' link set peer r2 local ::1 remote ::2 to local ::1
usage 'policy set: a word is missing; try: proto, src, dst, sport, dport, mark, zone, state, age, packets, bytes, mode' policy set pref 3
parses link set peer r2 local ::1 remote ::2 to local ::1 port 5 remote ::3
parses policy set pref 3 mode off
parses policy set pref 3 proto tcp
usage 'link show: "r2" is not a word here; try: peer' link show r2
usage 'link add: a word is missing; try: peer' link add
usage 'link add: peer: a value is missing' link add peer
usage 'link add: "local" is not a word here; try: peer' link add local ::1
usage 'link del: link: "local" is missing' link del peer r2
usage 'link del: link: "remote" is missing' link del peer r2 local ::1
usage 'link add: "port" does not fit here; try: local, remote, dev' link add peer r2 port 5
usage 'link add: "local" does not fit here; try: remote, dev, port' link add peer r2 local ::1 local ::2
usage 'link add: link: one address is IPv4, the other IPv6' link add peer r2 local ::1 remote 10.9.0.1

# group
parses policy show
parses policy add pref 10 mode off
parses policy add pref 65535 proto tcp src 10.0.0.0/8 dst fd00::1 sport 1-65535 dport 443 mark 0x10 mask 0xf0 zone 7 state assured age 60 packets 1000 bytes 1000000 mode async
parses policy add pref 1 proto 253 src ::/0 mode off
parses policy del pref 10
usage 'policy add: "unspec" does not fit here; try: replied, assured' policy add pref 1 state unspec mode off
usage 'policy add: age: 0 is out of range: 1 to 4294967295' policy add pref 1 age 0 mode off
usage 'policy add: a word is missing; try: pref' policy add
usage 'policy add: pref: 0 is out of range: 1 to 65535' policy add pref 0 mode off
usage 'policy add: "unspec" does not fit here; try: off, async' policy add pref 1 mode unspec
usage 'policy add: dport: "9-8" is not a port, or a range of ports' policy add pref 1 dport 9-8 mode off
usage 'policy add: src: "33" is not a prefix'"'"'s length' policy add pref 1 src 10.0.0.0/33 mode off
usage 'policy add: proto: "tcpp" is not a protocol' policy add pref 1 proto tcpp mode off
usage 'policy add: "mask" does not fit here; try: proto, src, dst, sport, dport, mark, zone, state, age, packets, bytes, mode' policy add pref 1 mask 1 mode off
parses group add 1
parses group add 65535 peer r2 peer r3 priority 255 match default
parses group add 1 match default priority 0 peer r2
parses group set 1 role active
parses group set 1 role s
parses group set 1 role init priority 7
parses group del 1
parses group show 1
usage 'group add: ID: a value is missing' group add
usage 'group add: ID: 0 is out of range: 1 to 65535' group add 0
usage 'group add: ID: 65536 is out of range: 1 to 65535' group add 65536
usage 'group add: priority: 256 is out of range: 0 to 255' group add 1 priority 256
usage 'group add: "role" is not a word here; try: peer, priority, on-split, match' group add 1 role active
usage 'group add: "p" can be peer or priority' group add 1 p r2
parses group add 1 match src 10.0.0.0/8 dport 1-7 mark 3 mask 7 dev lan0 peer r2 priority 7
parses group add 1 match zone 7 proto tcp
parses group set 1 match default role active
parses group set 1 role active match dev lan0
usage 'group add: a word is missing; try: proto, src, dst, sport, dport, mark, zone, dev, default' group add 1 match
usage 'group add: "all" is not a word here; try: proto, src, dst, sport, dport, mark, zone, dev, default' group add 1 match all
usage 'group add: "default" is not a word here; try: peer, priority, on-split' group add 1 match default default
usage 'group add: dev: "a234567890123456" is too long' group add 1 match dev a234567890123456
usage 'group add: zone: 65536 is out of range: 0 to 65535' group add 1 match zone 65536
usage 'group add: "priority" does not fit here; try: peer, on-split, match' group add 1 priority 1 priority 2
usage 'group set: a word is missing; try: role, priority, on-split, match' group set 1
usage 'group set: "traffic" is not a word here; try: epoch, priority' group set 1 on-split traffic
usage 'group set: a word is missing; try: epoch, priority' group set 1 on-split
usage 'group set: "master" is not a word here; try: init, standby, active' group set 1 role master
usage 'group set: a word is missing; try: init, standby, active' group set 1 role
usage 'group show: ID: "one" is not a number' group show one
peers=$(for i in $(seq 64); do printf 'peer r%s ' "$i"; done)
# shellcheck disable=SC2086
parses group add 1 $peers
# shellcheck disable=SC2086
usage 'group add: a group has at most 64 peers' group add 1 $peers peer r65

parses group handover 1 to r2
parses group handover 1 to r2 timeout 5
parses group drain 1 timeout 0
usage 'group handover: a word is missing; try: to' group handover 1
usage 'group handover: to: a value is missing' group handover 1 to
usage 'group handover: timeout: 86401 is out of range: 0 to 86400' group handover 1 to r2 timeout 86401
usage 'group drain: "to" is not a word here; try: timeout' group drain 1 to r2

# flow and stats
usage 'flow show: "remote" is not a word here; try: proto, src, dst, sport, dport, zone, origin, limit, skip, local, shadow' flow show remote
usage 'flow show: "x" is not a word here; try: proto, src, dst, sport, dport, zone, origin, limit, skip' flow show local x
usage 'flow show: "shadow" does not fit here; try: proto, src, dst, sport, dport, zone, origin, limit, skip' flow show local shadow
parses flow show shadow proto tcp src 10.1.0.0/16 dst fd00::/8 sport 1024-65535 dport 80 zone 0 origin 2 limit 10 skip 20
usage 'flow show: proto: "tpc" is not a protocol' flow show proto tpc
usage 'flow show: dst: "33" is not a prefix'"'"'s length' flow show dst 10.0.0.0/33
usage 'flow show: dport: "90-80" is not a port, or a range of ports' flow show dport 90-80
usage 'flow show: limit: 0 is out of range: 1 to 4294967295' flow show limit 0
parses top
parses top interval 100 count 3
usage 'top: interval: 99 is out of range: 100 to 3600000' top interval 99
usage 'top: "peer" is not a word here; try: interval, count' top peer
usage 'stats: "y" is one word too many' stats x y

# the configuration file
cat >"$dir/good" <<-END
	# what is right
	node set id 1 name r1
	peer add r2 id 2 $key \\
	    link local 10.9.0.1 remote 10.9.0.2

	group add 1 peer r2 priority 150	# a comment
	manage 1 preempt yes delay 0 hold-down 1 start-wait 2 patience 3
	track 1 dev lan0 dev wan0
	hook 1 on fence on fault timeout 5 run /bin/true "two words" one
	hook 1 run /bin/true
END
run daemon --check --config "$dir/good"
[ $status -eq 0 ] && [ ! -s "$dir/out" ] && [ ! -s "$dir/err" ]
verdict $? "a configuration file that is right"
cat >"$dir/bad" <<-END
	peer add r2 id 2 $key link local 10.9.0.1 remote 10.9.0.2
	node set id 0
	node set id 1
	group add 1 peer r3
	group set 1 role active
	group add 1
	group add 1
	peer add r2 id 2 \\
	    link local x remote y
	manage 2
	manage 1 preempt maybe
	hook 1 on fire run /bin/true
	hook 1 run /no/such/program
	hook 1 timeout 0
	track 1
	peer del r2
	nonsense
	node set name "r
END
cat >"$dir/complaints" <<-END
	1: "node set id" has to be the first
	2: node set: id: 0 is out of range: 1 to 4294967295
	4: group add: no peer r3 stands above
	5: group set: the role is not configuration
	7: group add: group 1 stands above already
	8: peer add: local: "x" is not an IPv4 or IPv6 address
	10: manage: no group 2 stands above
	11: manage: "maybe" is not a word here; try: no, yes
	12: hook: "fire" is not a word here; try: fence, become-active, become-standby, fault
	13: hook: run: /no/such/program: No such file or directory
	14: hook: timeout: 0 is out of range: 1 to 3600
	15: track: a word is missing; try: dev
	16: "peer del" is no statement; try: node set, peer add, group add, policy add, manage, hook, track
	17: "nonsense" is no statement; try: node set, peer add, group add, policy add, manage, hook, track
	18: a quote has no end
END
run daemon --check --config "$dir/bad"
sed -i "s|^$dir/bad:||" "$dir/err"
[ $status -eq 1 ] && [ ! -s "$dir/out" ] && cmp -s "$dir/err" "$dir/complaints"
verdict $? "each wrong line is told with its file and number"
run daemon --check --config "$dir/none"
[ $status -eq 1 ] && [ "$(cat "$dir/err")" = "flowsyncctl: $dir/none: No such file or directory" ]
verdict $? "a file that is not there"
parses restore "$dir/good"
parses save
usage 'restore: "x" is one word too many' restore "$dir/good" x
usage 'daemon: "--chek": options come first, before the object' daemon --chek

# help
prints '^Usage: flowsyncctl ' help
prints '^Usage: flowsyncctl ' -h
prints '^Usage: flowsyncctl ' -help
prints '^Usage: flowsyncctl ' --help peer
prints '^Usage: flowsyncctl ' help help
prints '^flowsyncctl [0-9]' -V
prints '^flowsyncctl [0-9]' --version
prints '^Usage: flowsyncctl node show$' node help
prints ' flowsyncctl peer add NAME id N ' peer help
prints ' flowsyncctl peer add NAME id N ' help pe
prints ' flowsyncctl link del peer NAME ' link help
prints ' flowsyncctl group set ID ' h gr
prints '^Usage: flowsyncctl flow show ' flow h
prints '^Usage: flowsyncctl stats show ' stats help
prints '^Usage: flowsyncctl show$' show help
prints '^Usage: flowsyncctl monitor$' monitor help
usage 'help: "peers" is not a word here; try: show, node, peer, link, group, policy, flow, stats, verify, resync, wait-synced, genkey, top, monitor, save, restore, daemon, help' help peers

# completes 'WORDS' WORD...: what the completion has for the last word, sorted
completes()
{
	wanted=$1
	shift
	ctl="$ctl" bash -c '
		flowsyncctl() { "$ctl" "$@"; }
		. "$0"
		COMP_WORDS=(flowsyncctl "$@")
		COMP_CWORD=$#
		_flowsyncctl
		printf "%s\n" "${COMPREPLY[@]}" | LC_ALL=C sort | xargs
	' "$here/../../ctl/completion/flowsyncctl.bash" "$@" >"$dir/out" 2>"$dir/err"
	status=$?
	[ $status -eq 0 ] && [ ! -s "$dir/err" ] && [ "$(cat "$dir/out")" = "$wanted" ]
	verdict $? "completes: $*: $wanted"
}

# bash completion; of what is shown there is nothing without the module
completes '-Version -details -help -json -pretty -stats daemon flow genkey group help link monitor node peer policy restore resync save show stats top verify wait-synced' ''
completes 'wait-synced' w
completes 'peer policy' -j p
completes 'daemon' help da
completes 'add del set show' peer ''
completes 'encryption' peer add r2 id 2 e
completes 'lag-age lag-flows' peer set r2 l
completes 'active' group set 1 role a
completes 'timeout to' group handover 1 ''
completes 'shadow skip sport src' flow show s
completes 'timeout' wait-synced ''
completes 'count interval' top interval 100 ''
completes '--check --config' daemon --
completes "$dir/good" daemon --config "$dir/go"

# output that cannot be written
if [ -c /dev/full ]; then
	# shellcheck disable=SC2086
	$RUNNER "$ctl" help >/dev/full 2>"$dir/err"
	status=$?
	: >"$dir/out"
	[ $status -eq 1 ] && grep -q '^flowsyncctl: cannot write: ' "$dir/err"
	verdict $? "a full disk gives status 1"
else
	skip "a full disk gives status 1" "no /dev/full"
fi
# shellcheck disable=SC2086
$RUNNER "$ctl" help >&- 2>"$dir/err"
status=$?
[ $status -eq 1 ]
verdict $? "no standard output gives status 1"
# shellcheck disable=SC2086
(
	trap '' PIPE
	while echo 2>/dev/null; do :; done	# until the reader is gone
	$RUNNER "$ctl" help 2>"$dir/err"
	echo $? >"$dir/status"
) | :
status=$(cat "$dir/status")
[ "$status" -eq 1 ]
verdict $? "a reader that is gone gives status 1"

echo "1..$number"
[ $failed -eq 0 ]
