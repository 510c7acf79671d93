#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: marks | the bits of a mask, by default none
#: labels 0 to 63 | the bits of a mask, by default none
#: accounting | if conntrack accounts, each half minute while there are packets, and after the last
#: start timestamps | if conntrack has them
#: timeout policies, of nft and of nfnetlink_cttimeout | by what they say: no connection knows the name of its policy
#: fixed timeouts | yes, with the status
#: time left | to a second; of a packet in the second before a power cut the standby knows nothing
#
# Attributes of connections are on r2 what they were on r1: the replicated bits of
# marks and labels, and no others; accounting, the time of their start, status, timeout
# policies and the time left. What changes, or is asked for later, follows.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

modprobe -a nft_ct 2> /dev/null

# entry ROUTER FIELD PORT: the first of that name, of the connection to that port.
entry() {
	n "$1" conntrack -L -p tcp --orig-port-dst "$3" -o extended 2> /dev/null |
		grep -o "$2=[^ ]*" | sed -n '1s/.*=//p'
}
# When the connection to port 7 is over if nothing comes, in seconds of the machine: not
# before the first number, nor behind the second. On a busy host time passes while it
# is asked for.
ends() {
	local from to left

	read -r from _ < /proc/uptime
	left=$(left "$1" 7)
	read -r to _ < /proc/uptime
	echo $((${from%.*} + left)) $((${to%.*} + left))
}
# left ROUTER PORT: how many seconds the connection to it has.
left() { n "$1" conntrack -L -p tcp --orig-port-dst "$2" 2> /dev/null | awk '{ print $3; exit }'; }
# lives ROUTER PORT MOST: it has not longer, nor much less.
lives() { [ "$(left "$1" "$2")" -le "$3" ] && [ "$(left "$1" "$2")" -gt $(($3 - 600)) ]; }
start() { n "$1" conntrack -L -p tcp --orig-port-dst 7 -o ktimestamp 2> /dev/null | grep -o "\[start=[^]]*"; }
# labels ROUTER: of the connection to port 7.
labels() {
	n "$1" conntrack -L -p tcp --orig-port-dst 7 -o labels 2> /dev/null |
		sed -n 's/.*labels=\([^ ]*\).*/\1/p'
}
# seen ROUTER: packets of connections that have the mark.
seen() {
	n "$1" nft list chain inet marks forward |
		sed -n 's/.*counter packets \([0-9]*\).*/\1/p'
}
# fix: of the connection to port 9, on r1; it has been noticed.
fix() {
	local before
	before=$(stat r1 walk_drift)
	n r1 "$here/fix_timeout.py" 10.1.0.2 15000 10.2.0.2 9 3000 &&
		await 10 at_least $((before + 1)) stat r1 walk_drift
}
# near FROM TO WAS-FROM WAS-TO: what is told is what was left then: it is not less, nor
# much more.
near() { [ $(($2 - $3)) -ge -1 ] && [ $(($1 - $4)) -le 60 ]; }

plan 29
topology
mkdir -p /etc/xtables
printf '%s\n' "5 five" "6 six" > /etc/xtables/connlabel.conf
for r in r1 r2; do
	n $r sysctl -qw net.netfilter.nf_conntrack_acct=1 \
		net.netfilter.nf_conntrack_timestamp=1
	n $r nft -f - <<- END
		table inet marks {
			chain forward {
				type filter hook forward priority 10;
				tcp dport 7 ct mark & 0xffff == 0x5678 counter
			}
		}
	END
done
n r1 nft -f - <<- END
	table inet marks {
		chain choose {
			type filter hook forward priority 5;
			tcp dport 7 ct state new ct mark set 0x12345678 ct label set 5 ct label set 6
		}
	}
END
# Only r1 has the policy, which established connections to port 8 get.
n r1 nft -f - <<- END
	table inet policies {
		ct timeout hours {
			protocol tcp
			l3proto ip
			policy = { established : 7000, close : 7 }
		}
		chain choose {
			type filter hook forward priority 5;
			tcp dport 8 ct state new ct timeout set "hours"
		}
	}
END
check "r1 and r2 hear each other" pair
take r1
serve
bg server tcphold serve 8
bg server tcphold serve 9
await 10 n server sh -c 'ss -Hltn sport = 8 | grep -q . && ss -Hltn sport = 9 | grep -q .'
check "a marked connection" hold marked client tcphold open 1 10.2.0.2 7
check "with two labels" is five,six labels r1
check "one that is not" hold plain client tcphold open 1 10.2.0.2 8
check "which has a timeout policy" lives r1 8 7000
check "a third one" hold fixed client tcphold -p 15000 open 1 10.2.0.2 9
check "whose time is fixed, which r1 notices" fix
check "packets do not prolong it there" eval 'carries fixed && lives r1 9 3000'
check "r2 is told of all" await 10 told
op=$(node r1 op)
for r in r1 r2; do
	fs $r node set mark-mask 0xffff label-mask 0x20
done
check "that marks are asked for is told" await 20 at_least $((op + 1)) node r1 op
n r1 nft add rule inet marks choose tcp dport 8 ct mark set 0xabcd0099
check "the other one is marked by a packet" carries plain
check "so is its mark" await 20 at_least $((op + 2)) node r1 op
check "r2 has heard it" await 10 told
packets=$(entry r1 packets 7)
ends=$(ends r1)
started=$(start r1)
cut r1
no_luck r2
fs r2 group set 1 role active
check "r2 installs them" await 5 is 0 node r2 shadow
check "with the bits of the mask, and no others" is 22136 entry r2 mark 7
check "with the mark that came later" is 153 entry r2 mark 8
check "with the label of the mask" is five labels r2
check "with the packets they had" at_least 3 entry r2 packets 7
check "and not more than they had" [ "$(entry r2 packets 7)" -le "$packets" ]
check "with the time when it began ($started)" is "$started" start r2
# shellcheck disable=SC2046,SC2086 # two numbers each
check "with the time that was left" near $(ends r2) $ends
take r2
check "the marked one goes on" carries marked
check "a rule finds its mark" at_least 1 seen r2
check "so does the other" carries plain
check "one with the time of its policy" lives r2 8 7000
check "so does the one whose time is fixed" carries fixed
check "which packets do not prolong here either" lives r2 9 3000
check "no policy could not be had" is 0 stat r2 install_no_timeouts
check "and none is left when the node stops" eval 'fs r2 node del && carries plain && at_least 100000 left r2 8'
finish
