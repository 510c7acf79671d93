#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A node of a version before this one, which knows neither marks nor zones, nor that
# an address can be left out which is that of the record before, beside one of this: r2
# is made to be that by a parameter of the module, which says which options of records
# are understood, and read, from then on.
#
# - marks are left out of what r2 is told, which is shown; the tables are the same
# - a flow in a zone, which without its zone is another, is not told; that is
#   reported by name, and r2 is not called synced
# - r2 takes over, and tells r1
# - when r2 is of this version it is told all, and becomes synced
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

modprobe -a nft_ct 2> /dev/null
parameter=/sys/module/flowsync/parameters/record_options
this=0xffff before=0xfff4

# version OPTIONS: of nodes that begin from now on.
version() { echo $(($1)) > $parameter; }

# starts N: node N, with its peer.
starts() {
	local n=$1 other=$((3 - $1))
	fs r$n node del 2> /dev/null
	fs r$n node set id $n name r$n mark-mask 0xffff
	fs r$n peer add r$other id $other $key dead 10 \
		link local 10.9.0.$n remote 10.9.0.$other
	fs r$n group add 1 peer r$other
	fs r$n group set 1 role "$2"
}

both_up() { await 10 is up peer r1 r2 state && await 10 is up peer r2 r1 state; }
shows() { fs "$1" "${@:3}" | grep -E "$2"; }
mark() { n "$1" conntrack -L -p tcp --orig-port-dst 7 -o extended 2> /dev/null | grep -c 'mark=22136'; }
# holds N: r2 has so many flows, and r1 has no other to tell that it can tell.
holds() { [ "$(node r2 shadow)" = "$1" ] && [ "$(peer r1 r2 dirty)" = 0 ]; }

plan 28
topology
n r1 nft -f - <<- END
	table inet zones {
		chain prerouting {
			type filter hook prerouting priority raw;
			tcp dport 8 ct zone set 5
			tcp sport 8 ct zone set 5
		}
		chain choose {
			type filter hook forward priority 5;
			tcp dport 7 ct state new ct mark set 0x12345678
		}
	}
END
load
version $this
starts 1 active
version $before
starts 2 standby
version $this
check "r1 and r2 hear each other" both_up
bg r1 flowsyncctl -j monitor > "$TMP/events"
take r1
serve
bg server tcphold serve 8
await 10 n server sh -c 'ss -Hltn sport = 8 | grep -q .'
check "what r1 alone knows is shown" \
	shows r1 'speaks version 1 to 1 .*records-only-here repeats zone mark( |$)' -d peer show
check "at r2 it is what only the peer knows" \
	shows r2 'records-only-there repeats zone mark( |$)' -d peer show
check "in JSON as well" shows r2 '"records_there":\["repeats","zone","mark"\]' -j peer show
check_not "nothing was left out yet" shows r1 'left-out|WARNING' peer show

check "marked connections" hold marked client tcphold open 3 10.2.0.2 7
check "and others" hold udp client udphold open 10.2.0.2 7
check "r2 is told of all" await 20 told
check "what was left out is shown" shows r1 'left-out mark( |$)' peer show
check "and counted" at_least 3 stat r1 tx_lowered
check "the tables are the same" fs r1 verify peer r2 timeout 30
check "r2 is synced" fs r1 wait-synced timeout 30
check "nothing was refused" is "0 0" sh -c "echo $(stat r2 rx_mandatory) $(stat r1 tx_untold)"

check "a connection in a zone" hold zoned client tcphold open 1 10.2.0.2 8
check "its refusal is reported by name" await 10 \
	grep -E '"event":"peer-option".*does not understand zone \(0x81\)' "$TMP/events"
check "and shown" shows r1 'WARNING: not told flows with zone( |$)' peer show
check "r2 does not have it" await 10 holds 4
check_not "and is not synced" fs r1 wait-synced timeout 2
check "a flow that began later is told" hold late client udphold open fd02::2 7
check "it is" await 10 holds 5

# r2 takes over, and r1 becomes its standby.
leave r1
fs r1 group set 1 role standby
fs r2 group set 1 role active
take r2
check "what r2 was told of carries data there" carry marked udp late
check "r1 is told by r2" await 20 told r2 r1
check "they are without marks" is 0 mark r2
leave r2
fs r2 group set 1 role standby
fs r1 group set 1 role active
take r1

# The upgrade.
starts 2 standby
check "r2 comes back as of this version" both_up
check "and is told of all flows" await 30 told
check "and synced" fs r1 wait-synced timeout 30
check "the one in a zone is among them" shows r2 'zone 5' flow show shadow
check_not "nothing is left out any more" shows r1 'left-out|WARNING|only' -d peer show
finish
