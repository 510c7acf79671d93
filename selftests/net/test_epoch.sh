#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Split brain: both routers were active while they could not hear each other.
# When they can again, exactly one stays active, and both agree on which: the
# one with the higher epoch, or of equal ones that with the lower node id. The
# loser forgets what it thought its own.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

roles() { echo "$(group r1 role) $(group r2 role)"; }
apart() { ip -n r1 link set sync0 down; await 20 is down peer r1 r2 state; }
together() { ip -n r1 link set sync0 up; }

plan 12
topology
check "r1 and r2 hear each other" pair
take r1
serve
check "flows through r1" open_flows
check "r2 is told" await 20 told

check "they do not hear each other" apart
fs r2 group set 1 role active
check "both are active" is "active active" roles
together
check "the later epoch wins" await 20 is "standby active" roles
check "both know its epoch" is "$(group r2 epoch)" group r1 epoch
check "the loser has no flows of its own" is 0 node r1 flows

# Now to equal epochs.
check "they do not hear each other again" apart
fs r1 group set 1 role active
fs r2 group set 1 role standby
fs r2 group set 1 role active
check "both are active in one epoch" is "active active $(group r1 epoch)" \
	sh -c "echo $(roles) $(group r2 epoch)"
together
check "of equal epochs the lower node id's wins" await 20 is "active standby" roles
check "and stays active" is "active standby" roles
finish
