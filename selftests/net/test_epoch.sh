#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Split brain: both routers were active while they could not hear each other.
# When they can again, exactly one stays active, and both agree on which: the
# one with the higher epoch, or of equal ones that which served more, or else that
# with the lower node id; before all that the one that is configured to stay. The loser
# forgets what it thought its own.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

# both: both claim the group while they are apart, r2 under the later epoch unless r1
# claims it once more.
both() {
	local router
	for router in r1 r2 "$@"; do
		fs "$router" group set 1 role standby
		fs "$router" group set 1 role active
	done
	is "active active" roles
}

epochs() { echo "$(group r1 epoch) $(group r2 epoch)"; }

roles() { echo "$(group r1 role) $(group r2 role)"; }
# Each of these is a flow that changes, some twice.
open_more() {
	open_many more 40 10.1.0.2 20000 10.2.0.2 7
}

apart() { ip -n r1 link set sync0 down; await 20 is down peer r1 r2 state; }
together() { ip -n r1 link set sync0 up; }

plan 29
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

# To equal epochs again, with flows that r2 served; the addresses are its.
check "they are apart" apart
leave r1
take r2
both
e=$(group r1 epoch)
check "both are active in one epoch again" is "$e $e" epochs
check "r2 serves flows" open_more
together
check "of equal epochs the one that served more wins" await 20 is "standby active" roles
check "it is not only because of its epoch" is "$e $e" epochs
check "r1 is told of all" await 20 told r2 r1

# The configured one wins against a later epoch, and is told of it.
fs r1 group set 1 on-split priority priority 200
fs r2 group set 1 on-split priority
check "they are apart" apart
both r2
e=$(group r2 epoch)
check "r2's epoch is the later one" [ "$(group r1 epoch)" -lt "$e" ]
together
check "the higher priority wins" await 20 is "active standby" roles
check "under an epoch above that which it heard of" await 20 at_least $((e + 1)) group r1 epoch
check "r2 is told of all" await 20 told r1 r2

# Also if only one is configured so, on either side.
fs r2 group set 1 on-split epoch
check "they are apart" apart
both r2
together
check "the one that is configured so stays, whatever the other's epoch" \
	await 20 is "active standby" roles
fs r1 group set 1 on-split epoch
fs r2 group set 1 on-split priority priority 1
check "they are apart" apart
both r1
check "r1's epoch is the later one" [ "$(group r2 epoch)" -lt "$(group r1 epoch)" ]
together
check "if that is the other one, that" await 20 is "standby active" roles
check "and stays active" is "standby active" roles
finish
