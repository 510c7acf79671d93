#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: security marks | yes, by their contexts
#
# The security mark of a connection is on r2 what it was on r1, found by its context:
# one that is there from the first packet, and one that is set later.
#
# The contexts are AppArmor's: a namespace of policies has the one of what is
# unconfined in it. Both routers are one machine, so the numbers are the same on both.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

contexts=/sys/kernel/security/apparmor/policy/namespaces
grep -q Y /sys/module/apparmor/parameters/enabled 2> /dev/null && [ -d $contexts ] ||
	skip_all "no AppArmor here"
modprobe -a nft_ct
mkdir $contexts/web $contexts/mail

# context ROUTER PORT: of the connection to it.
context() {
	n "$1" conntrack -L -p tcp --orig-port-dst "$2" -o extended 2> /dev/null |
		sed -n 's/.* secctx=\([^ ]*\).*/\1/p'
}

plan 17
topology
n r1 nft -f - <<- END
	table inet secure {
		secmark web { ":web:unconfined" }
		secmark mail { ":mail:unconfined" }
		chain forward {
			type filter hook forward priority 5;
			tcp dport 7 ct state new meta secmark set "web"
			ct state new ct secmark set meta secmark
		}
	}
END
check "r1 and r2 hear each other" pair
take r1
serve
bg server tcphold serve 8
await 10 n server sh -c 'ss -Hltn sport = 8 | grep -q .'
check "a connection with a mark" hold web client tcphold open 1 10.2.0.2 7
check "and one without" hold plain client tcphold open 1 10.2.0.2 8
web=$(context r1 7)
check "r1 has its context" [ "$web" ]
check "the other has none" is "" context r1 8
check "r2 is told of both" await 10 told
op=$(node r1 op)
n r1 nft add rule inet secure forward tcp dport 8 meta secmark set mail ct secmark set meta secmark
check "that one is marked by a packet" carries plain
check "which is a change" await 20 at_least $((op + 1)) node r1 op
mail=$(context r1 8)
check "the contexts differ" [ "$web" != "${mail:-$web}" ]
check "r2 has heard it" await 10 told
check "no mark had no context" is 0 stat r1 secmark_untold
cut r1
no_luck r2
fs r2 group set 1 role active
check "r2 installs them" await 5 is 0 node r2 shadow
check "the first has its context ($web)" is "$web" context r2 7
check "the other has the later one ($mail)" is "$mail" context r2 8
check "no context was unknown" is 0 stat r2 install_no_secmark
take r2
check "the first goes on" carries web
check "the other too" carries plain
finish
