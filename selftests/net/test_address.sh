#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# flowsync-address: what a client hears, and believes, of where the virtual address is.
# It is told when a router takes it, and twice again, since nobody acknowledges that. A
# router that is relieved still holds the address for a moment: it is not to take the
# client back by saying again what it said a second or five ago.
#
# The topology is that of lib.sh; its lan only, with no flowsync.
. "$(dirname "$0")/lib.sh"

# hook EVENT ROUTER ADDRESS: as that router's daemon would run it.
hook() { n "$2" env FLOWSYNC_EVENT="$1" flowsync-address lan0 "$3"; }

# repeats ROUTER: it has something to say again.
repeats() {
	local pid

	for pid in $(ip netns pids "$1"); do
		[ "$(cat "/proc/$pid/comm" 2> /dev/null)" = flowsync-addres ] && return
	done
	return 1
}

# claims ROUTER'S-HARDWARE ADDRESS: how often the client heard that.
claims() { grep -c "^$2 $1\$" "$TMP/claims"; }

# last_is HARDWARE OTHER ADDRESS: when the client has heard the one, it never hears the
# other again.
last_is() { ! sed "1,/^$3 $1\$/d" "$TMP/claims" | grep "^$3 $2\$"; }

# believes HARDWARE ADDRESS: the client does, of the address.
believes() { n client ip neighbour show "$2" dev eth0 | grep -q "lladdr $1"; }

# misled ADDRESS: the client takes it to be elsewhere.
misled() { n client ip neighbour replace "$1" lladdr 02:00:00:00:00:01 dev eth0 nud stale; }

hardware() { n "$1" ip -brief link show lan0 | awk '{ print $3 }'; }

plan 15
topology
r1=$(hardware r1) r2=$(hardware r2)
bg client "$here/claims.py" eth0 >> "$TMP/claims"
await 20 grep -q listens "$TMP/claims"

# Each family by itself, at the same time: either is enough to notice the other router.
addresses="10.1.0.1/24 fd01::1/64"

for address in $addresses; do
	misled ${address%/*}
	check "r2 takes $address" hook become-active r2 $address
	check "the client believes that" await 10 believes "$r2" ${address%/*}
done
await 20 not repeats r2
for address in $addresses; do
	check "it has heard it of $address three times" await 5 is 3 claims "$r2" ${address%/*}
done

for address in $addresses; do
	check "r2 takes $address once more" hook become-active r2 $address
	await 10 at_least 4 claims "$r2" ${address%/*}
	check "r1 takes it from r2, which holds it still" hook become-active r1 $address
done
check "both have said all that they had to say" \
	eval 'await 20 not repeats r2 && await 20 not repeats r1'
for address in $addresses; do
	at=${address%/*}
	check "r1 said three times that $at is with it" await 5 is 3 claims "$r1" $at
	check "r2 said nothing behind it: the client believes r1" \
		eval "last_is $r1 $r2 $at && believes $r1 $at"
done
finish
