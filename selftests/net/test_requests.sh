#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Requests that nobody wrote: of attributes at random, of wrong lengths, nested
# wrongly, cut and damaged. Each is answered, what is refused changes nothing, and
# what is left is a configuration that can be taken down; beside it flows pass. (In
# "make fuzz" this runs for FUZZ_SECONDS, with sanitizers in the kernel.)
. "$(dirname "$0")/lib.sh"

seed=${FLOWSYNC_SEED:-20261121}
seconds=${FLOWSYNC_FUZZ_SECONDS:-20} most=
[ "${FLOWSYNC_FUZZ_SECONDS:-}" ] || most=2000

plan 7
netns r1 r2
cable r1 sync0 r2 sync0
ip -n r1 addr add 10.9.0.1/24 dev sync0
up r1 sync0
up r2 sync0
load
note "seed $seed"
check "each is answered, and what is refused changes nothing" \
	n r1 "$here/requests.py" "$seed" "$seconds" $most
note "$(tail -n 1 "$TMP/check")"
check "what is left can be shown" fs r1 -s -d show
check "and saved" fs r1 save
n r1 flowsyncctl node show > "$TMP/node"
fs r1 group del 1 2> /dev/null
fs r1 node del 2> /dev/null
check "and taken down" is 0 node r1 id
check "another begins" fs r1 node set id 1 name r1
check "with a peer" fs r1 peer add r2 id 2 $key link local 10.9.0.1 remote 10.9.0.2
unload
check "the module goes" not grep -q '^flowsync ' /proc/modules
finish
