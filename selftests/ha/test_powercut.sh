#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What passes the active router when its power is cut passes the standby: a
# download, UDP, ping and 500 TCP connections, all translated. The router comes
# back as the standby, is told of all flows unaided, and takes them over when the
# power of the other is cut. That they die without flowsync is in
# ../soak/lab_without.sh, and in the demo.

. "$(dirname "$0")/lib.sh"

CONNECTIONS=500
BYTES=$((24 << 20))
SILENCE=30

refused() { n r2 flowsyncctl -j stats show install |
	jq '.install_full + .install_clash + .install_error'; }

plan 20
ha_init
must "three machines start" ha_boot
must "the pair is up: r1 active" ha_pair
must "$CONNECTIONS connections open" edge hold $CONNECTIONS 60
must "a download begins" ha_download $BYTES $SILENCE
check "it gets on" await 60 ha_reaches $((BYTES * 3 / 20))
check "r2 has been told of every flow" await 10 told
held=$(node r2 shadow)
note "r2 holds $held flows"
# What passes r2 from now on passes because r2 was told of it.
no_luck r2
# The worst moment: the client has more of the file than the server knows of. What
# the server sends again is old, and what the client answers is ahead of all that
# r2 has seen pass.
n r1 nft insert rule inet router forward iifname lan0 tcp dport 80 drop
ha_cut r1
check "r2 takes over and the download gets on" ha_resumes r2
check "it ends, and with the right sum" eval 'await 60 edge "done" && ha_records && ha_whole'
ha_report | sed 's/^/# /'
check "every connection carries data" edge carry
check "all that r2 held became connections of its own" await 10 is "$held" installed r2
check "none was refused" is 0 refused

must "r1 comes back as a standby" ha_reboot 1
check "its controller hears of r2" await 20 heard r1 r2
luck r2
must "a download begins" eval 'edge start $SILENCE && ha_moves'
check "r1 is told of every flow unaided" await 20 told r2 r1
check "r2 says that it is synced" fs r2 wait-synced timeout 30
note "r2 has $(node r2 flows) flows, r1 holds $(node r1 shadow)"
no_luck r1
ha_cut r2
check "r2's power is cut: the download gets on through r1" eval 'ha_resumes r1 && alone r1'
check "it ends, and with the right sum" eval 'await 60 edge "done" && ha_records && ha_whole'
check "every connection carries data" edge carry
check "no kernel complained" lab_kmsg_check
finish
