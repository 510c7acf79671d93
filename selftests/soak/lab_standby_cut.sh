#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The standby's power cut is nobody's loss, under load too; when it comes back
# it is told of everything that changed meanwhile, and can take over.

. "$(dirname "$0")/../ha/lib.sh"

CONNECTIONS=100
BYTES=$((12 << 20))
SILENCE=30

plan 17
ha_init
must "three machines start" ha_boot
must "the pair is up: r1 active" ha_pair
must "$CONNECTIONS connections open" edge hold $CONNECTIONS 60
must "a download begins" eval 'edge pace 1mbit && ha_download $BYTES $SILENCE && ha_moves'
check "connections come and go" edge churn
check "r2 holds more and more" await 20 at_least $((CONNECTIONS + 50)) node r2 shadow
ha_cut r2
check "r2's power is cut: r1 notices" await 10 is down peer r1 r2 state
check "the download gets on" ha_moves
check "every connection carries data" edge carry
must "r2 comes back, still under load" ha_reboot 2
check "its daemon hears of r1" await 20 heard r2 r1
check "no connection failed meanwhile" ha_calm
check "r2 is told of every flow unaided" await 20 told r1 r2
check "r1 says that it is synced" fs r1 wait-synced timeout 30
note "r1 has $(node r1 flows) flows, r2 holds $(node r2 shadow)"
no_luck r2
ha_cut r1
check "r1's power is cut: all go on through r2" eval 'ha_resumes r2 && edge carry && alone r2'
edge pace 64mbit
check "the download ends with the right sum" eval 'await 60 edge "done" && ha_records && ha_whole'
ha_report | sed 's/^/# /'
check "no kernel complained" lab_kmsg_check
finish
