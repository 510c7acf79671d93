#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: FLOWSYNC_ICOUNT=1
#
# 200,000 new flows as fast as the machine makes them, while the peer's link carries
# 1 Mbit/s: what waits for the peer is a few bits for each flow, nothing is forgotten,
# and forwarding does not slow down. r3 is a router without a peer, to compare with. A
# machine that counts instructions makes the rates comparable: it has one processor,
# and a nanosecond is an instruction. r2 is on that processor here and on one of its
# own elsewhere: what its module takes to receive is measured, and taken off. What its
# stack takes, its acknowledgements and the server count as well.
#
#   client ---- lan ---+--- r1 --- sync0, 1 Mbit/s --- r2
#                      |     |
#                      |    wan ---- server
#                      |     |
#                      +--- r3
#
# Fails if the backlog is copied instead of marked, if a flow is lost in it, or if
# replication takes more than a twentieth of the forwarding rate.
. "$(dirname "$0")/../net/lib.sh"

FLOWS=200000
EACH=50000
# What a flow of r2's shadow takes, at most: r2 is in the same machine.
SHADOW=160

via() { ip -n client route replace 10.2.0.2/32 via "10.1.0.1$1"; }

# turns ROUTER FIRST LAST: so many times so many new flows. Adds what it took to $ns.
turns() {
	local turn
	via "$1"
	for turn in $(seq "$2" "$3"); do
		ns=$((ns + $(n client flood 10.2.0.2 $((20000 + turn)) $EACH)))
	done
}

# receiving: have what is spent in receiving sync datagrams traced, from now on. It is
# r2's, as r1 is sent little.
tracing=/sys/kernel/tracing
receiving() {
	echo sock_receive > $tracing/set_ftrace_filter
	echo function_graph > $tracing/current_tracer
}
# received: nanoseconds of it since.
received() {
	sed -nE 's/.* ([0-9]+\.[0-9]+) us .*sock_receive.*/\1/p' $tracing/trace |
		awk '{ sum += $1 } END { printf "%d %d\n", NR, sum * 1000 }'
	echo nop > $tracing/current_tracer
}

# memory NAME: what is in use of the machine's, in KiB, and its slabs.
memory() {
	echo 3 > /proc/sys/vm/drop_caches
	awk 'NR > 2 { print $1, $3 * $4 }' /proc/slabinfo > "$TMP/slab.$1"
	awk '/^MemTotal:/ { used = $2 } /^(MemFree|Buffers|Cached):/ { used -= $2 }
		END { print used }' /proc/meminfo
}

# slabs BEFORE AFTER: which of them grew by more than 256 KiB, and by how much.
slabs() {
	awk 'NR == FNR { was[$1] = $2; next }
		$2 - was[$1] > 262144 { printf "# %s: %d KiB more\n", $1, ($2 - was[$1]) / 1024 }' \
		"$TMP/slab.$1" "$TMP/slab.$2"
}

# queued BEFORE AFTER: octets more for packets that wait.
queued() { slabs "$1" "$2" | awk '$2 ~ /^skbuff/ { sum += $3 } END { print sum + 0 }'; }

# outside: conntrack's own list of r1 is the shadow of r2.
outside() {
	n r1 conntrack -L -p udp --orig-src 10.1.0.2 2> /dev/null | tr '=' ' ' |
		awk '{ print $5 ":" $9, $7 ":" $11, $14 ":" $18, $16 ":" $20 }' |
		sort > "$OUT/conntrack"
	fs r2 flow show shadow | awk '$1 == "udp" { print $3, $5, $7, $9 }' |
		sort > "$OUT/shadow"
	[ "$(wc -l < "$OUT/shadow")" = $FLOWS ] && cmp "$OUT/conntrack" "$OUT/shadow"
}

plan 10
topology
netns r3
ips sw <<- END
	link add r3-lan type veth peer name lan0 netns r3
	link add r3-wan type veth peer name wan0 netns r3
	link set r3-lan master lan up
	link set r3-wan master wan up
END
ips r3 <<- END
	addr add 10.1.0.13/24 dev lan0
	addr add 10.2.0.13/24 dev wan0
	link set lan0 up
	link set wan0 up
END
n r3 nft -f "$here/router.nft"
sysctl -qw net.netfilter.nf_conntrack_max=1000000 net.netfilter.nf_conntrack_buckets=524288
for r in r1 r2 r3; do
	n $r sysctl -qw net.ipv4.ip_forward=1 \
		net.netfilter.nf_conntrack_udp_timeout=36000
done
n server nft "add table inet quiet
	add chain inet quiet input { type filter hook input priority 0; }
	add rule inet quiet input meta l4proto udp drop"
ns=0
turns 3 0 0
note "$((EACH * 1000000000 / ns)) flows/s without flowsync"
n r3 conntrack -F 2> /dev/null
check "r1 and r2 hear each other" pair
fs r3 node set id 3 name r3
fs r3 group add 1
fs r3 group set 1 role active
fs r1 peer set r2 lag-flows 1000
bg r1 flowsyncctl -j monitor > "$TMP/events"
for r in r1 r2; do
	n $r tc qdisc replace dev sync0 root tbf rate 1mbit burst 16kb latency 200ms
done

# Its memory before that of flows is looked at.
[ -e $tracing/trace ] || mount -t tracefs none $tracing
echo 4096 > $tracing/buffer_size_kb

# The flows of r3 before and after: as the table fills, each costs a bit more.
empty=$(memory empty)
ns=0
turns 3 1 2
plain=$ns
some=$(memory some)
receiving
ns=0
turns 1 3 6
ours=$ns
read -r datagrams spent <<< "$(received)"
waited=$(peer r1 r2 unacked)
held=$(node r2 shadow)
all=$(memory all)
ip -n r1 link set sync0 down
await 30 is down peer r1 r2 state
ns=0
turns 3 7 8
plain=$((plain + ns))

check "r1 has the flows" await 60 is $FLOWS node r1 flows
note "$(stat r1 capture_no_slot) of them had to wait for a slot"
check "most of them wait for the peer" [ "$waited" -ge $((FLOWS / 2)) ]
check "which was reported" grep -q '"event":"peer-lag"' "$TMP/events"
note "$((FLOWS * 1000000000 / ours)) flows/s with the peer, $((FLOWS * 1000000000 / plain)) without; to receive $datagrams datagrams took $((spent / 1000)) us of $((ours / 1000))"
check "what r2 received was seen" [ "$datagrams" -ge 100 ]
ratio=$((plain * 1000 / (ours - spent)))
note "without that: $ratio/1000"
check "forwarding is not slowed by more than a twentieth" [ $ratio -ge 950 ]

alone=$(((some - empty) * 1024 / (2 * EACH)))
slow=$((((all - some) * 1024 - held * SHADOW) / FLOWS))
note "a flow took $alone octets without a peer, conntrack's included; $slow where $waited of them waited, $held in the shadow"
slabs empty some | sed 's/^#/# without a peer:/'
slabs some all | sed 's/^#/# with the peer:/'
check "what waits takes less than 16 octets a flow" [ $((slow - alone)) -lt 16 ]
check "no datagram does" is 0 queued some all

for r in r1 r2; do
	n $r tc qdisc del dev sync0 root
done
ip -n r1 link set sync0 up
check "with the link healed it is synced" fs r1 wait-synced timeout 300
check "and has what conntrack has" outside
finish
