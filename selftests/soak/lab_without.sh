#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What ha/test_powercut.sh sees survive dies without flowsync: r2 takes the
# addresses as soon as r1 answers no ping, and knows no connection.

. "$(dirname "$0")/../ha/lib.sh"

CONNECTIONS=500
BYTES=$((24 << 20))

network() { r1 take && r2 poll 10.9.0.1; }
none_carries() { is "0 of $CONNECTIONS carry data" edge carry; }
lost() { grep ' lost ' "$OUT/edge/download"; }

plan 7
ha_init
must "three machines start" ha_boot
must "r1 has the addresses" network
must "$CONNECTIONS connections open" edge hold $CONNECTIONS 15
must "a download begins" eval 'ha_download $BYTES 8 && await 60 ha_reaches $((BYTES * 3 / 20))'
ha_cut r1
check "the download is lost" eval 'await 60 edge "done" && edge stop && lost'
check "and so are the connections" none_carries
check "no kernel complained" lab_kmsg_check
finish
