#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A group is moved to r2 and back to r1, whose entries have been there all the time
# and know nothing of what passed r2 meanwhile: not how far the windows of TCP have
# come. All connections carry data after each move, with strict windows, and nothing
# that begins a connection is let through.
#
# Fails if entries that were there are left with their old windows.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

plan $((7 + 2 * flow_points))
topology
check "r1 and r2 hear each other" pair
take r1
serve
check "flows of every kind through r1" open_flows
check "r2 is told of all of them" await 20 is $flows node r2 shadow
no_luck r2
move r1 r2
flows_carry "through r2"
check "for a while" carry $held
check "r1 is told of all of them" await 20 is $flows node r1 shadow
no_luck r1
move r2 r1
flows_carry "through r1 again"
check "r1 found the entries that it had" at_least $flows stat r1 install_exists
check "and made no second one of any" is 0 stat r1 install_clash
finish
