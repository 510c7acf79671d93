#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A node that restarts is told everything again, unaided; and what a restarted
# active tells anew takes the place of what it told before, so that nothing is
# held twice. The flows of an active that restarted and has none are kept for
# the takeover, since nobody else has them.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

start() { # r1's or r2's part of pair
	local other=$((3 - ${1#r}))
	fs "$1" node set id "${1#r}" name "$1" &&
		fs "$1" peer add r$other id $other $key dead 10 \
			link local 10.9.0.${1#r} remote 10.9.0.$other &&
		fs "$1" group add 1 peer r$other &&
		fs "$1" group set 1 role "$2"
}

plan 14
topology
check "r1 and r2 hear each other" pair
take r1
serve
check "flows through r1" open_flows
check "r2 is told" await 20 told
session=$(node r2 session)

fs r2 node del
check "r1 notices that the standby is gone" await 20 is down peer r1 r2 state
check "the standby starts anew" start r2 standby
check "it is told of all, unaided" await 20 told
check_not "its session is another one" is "$session" node r2 session

flows_before=$(node r2 shadow)
fs r1 node del
start r1 active
check "the active starts anew: r2 has a new session of it" \
	await 20 at_least 1 stat r2 shadow_replaced
check "it finds its flows and tells them" await 20 told
check "r2 holds none of them twice" is "$flows_before" node r2 shadow
check "as many lines are shown" is "$flows_before" sh -c \
	"ip netns exec r2 flowsyncctl flow show shadow | grep -c ."

# A power cut: r1 comes back with nothing.
fs r1 node del
n r1 conntrack -F 2> /dev/null
leave r1
start r1 standby
check "r1 restarts with no flow" await 20 is up peer r2 r1 state
check "r2 keeps what nobody else has" is "$flows_before" node r2 shadow
take r2
fs r2 group set 1 role active
check "r2 takes over with it" carry $held
finish
