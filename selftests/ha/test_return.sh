#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A router whose power was cut comes back as the standby, is told of all flows
# unaided, and takes them over when the power of the other is cut.

. "$(dirname "$0")/lib.sh"

CONNECTIONS=100
BYTES=$((12 << 20))
SILENCE=30

plan 15
ha_init
must "three machines start" ha_boot
must "the pair is up: r1 active" ha_pair
must "$CONNECTIONS connections open" edge hold $CONNECTIONS 60
# Slow, so that it lasts until both cuts are over.
must "a download begins" eval 'edge pace 1mbit && ha_download $BYTES $SILENCE && ha_moves'
check "r2 has been told of every flow" await 10 told r1 r2
no_luck r2
ha_cut r1
check "r1's power is cut: the download gets on through r2" ha_resumes r2
check "every connection carries data" edge carry
must "r1 comes back as a standby" ha_reboot 1
check "its controller hears of r2" await 20 heard r1 r2
check "r1 is told of every flow unaided" await 20 told r2 r1
note "r2 has $(node r2 flows) flows, r1 holds $(node r1 shadow)"
no_luck r1
ha_cut r2
check "r2's power is cut: the download gets on through r1" ha_resumes r1
check "every connection carries data" edge carry
edge pace 64mbit
check "the download ends" await 60 edge "done"
check "and with the right sum" eval 'ha_records && ha_whole'
ha_report | sed 's/^/# /'
check "no kernel complained" lab_kmsg_check
finish
