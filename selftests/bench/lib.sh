# SPDX-License-Identifier: GPL-2.0
#
# lib.sh: what the measurements share, in the machine. Sourced by `measure`; the
# topology is that of ../net/lib.sh, with networks of clients and servers behind
# its client and server:
#
#	clients 10.1.1.0/24 fd01:0:0:1::/64	not translated
#	        10.1.2.0/24 fd01:0:0:2::/64	source translated by the routers
#	servers 10.2.1.0/24 fd02:0:0:1::/64
#
# What keeps the two routers in step is CONFIG, one of
#
#	none       nothing
#	flowsync   r1 active, r2 standby
#	ftfw       conntrackd, FTFW with both caches
#	hot        the same, written into the kernel at once (DisableExternalCache)
#	notrack    conntrackd, NOTRACK
#
# and what each of them does for "join", "cut off", "take over" is in sync_*.

. "$(dirname "${BASH_SOURCE[0]}")/../net/lib.sh"
# The folder of a machine, not one of its own for each script in it.
[ -z "${BENCH_TMP-}" ] || { rm -r "$TMP"; TMP=$BENCH_TMP; }
key="key-file $TMP/key"
export BENCH_TMP=$TMP
bench=$top/selftests/bench
PATH=$top/build/bench:$PATH

export RULER_DEVICE=sync0
# Where nothing is counted there is but the clock (ruler.h).
[ "${FLOWSYNC_ICOUNT-}" != 1 ] || export RULER_FILE=/dev/shm/ruler

fail() { echo "measure: $*" >&2; exit 1; }

# result NAME FIGURES...: one line of $OUT/results.
result() { echo "$*" | tee -a "$OUT/results"; }

plain4="10.1.1.0 10.2.1.0" snat4="10.1.2.0 10.2.1.0"
plain6="fd01:0:0:1:: fd02:0:0:1::" snat6="fd01:0:0:2:: fd02:0:0:1::"

bench_topology() {
	local i net

	topology
	if [ "${RULER_FILE-}" ]; then
		meter spin &
		background+=($!)
	fi
	sysctl -qw net.netfilter.nf_conntrack_max=4194304
	buckets 0
	for i in 1 2; do
		n r$i nft -f "$bench/router.nft"
		ips r$i <<- END
			route add 10.1.1.0/24 via 10.1.0.2
			route add 10.1.2.0/24 via 10.1.0.2
			route add 10.2.1.0/24 via 10.2.0.2
			route add fd01:0:0:1::/64 via fd01::2
			route add fd01:0:0:2::/64 via fd01::2
			route add fd02:0:0:1::/64 via fd02::2
		END
		# What was measured shall still be there when the next step begins.
		n r$i sysctl -qw net.netfilter.nf_conntrack_udp_timeout=3000 \
			net.netfilter.nf_conntrack_udp_timeout_stream=3000 \
			net.netfilter.nf_conntrack_tcp_timeout_time_wait=3000
	done
	for net in 10.1.1.0/24 10.1.2.0/24 fd01:0:0:1::/64 fd01:0:0:2::/64; do
		ip -n client route add local $net dev lo
	done
	for net in 10.2.1.0/24 fd02:0:0:1::/64; do
		ip -n server route add local $net dev lo
	done
	ip -n server route add default via 10.2.0.1
	ip -n server route add default via fd02::1
	# Addresses of IPv6 that no device has are nobody's to send from, else.
	n client sysctl -qw net.ipv6.ip_nonlocal_bind=1
	n server sysctl -qw net.ipv6.ip_nonlocal_bind=1
	bg r1 sleep infinity
	export RULER_WIRE=/proc/$!/net/dev
	bg server meter echo
	take r1
	await 20 n server sh -c 'ss -Hltun sport = 7003 | grep -c . | grep -q 2' ||
		fail "no echo"
	# Neighbours are known before anything is measured.
	for net in "$plain4" "$snat4" "$plain6" "$snat6"; do
		n client meter -f 4000000 -r 100 udp $net 3 > /dev/null
		n client meter -f 4000000 -r 100 udp $net 3 | grep -q good=3 ||
			fail "no echo: $net"
	done
}

# The command that controls the conntrackd of a router.
ctd() {
	local ns=$1
	shift
	n "$ns" env LD_LIBRARY_PATH="$FLOWSYNC_CONNTRACKD/usr/lib/x86_64-linux-gnu" \
		"$FLOWSYNC_CONNTRACKD/usr/sbin/conntrackd" -C "$TMP/$ns.conf" "$@"
}

ctd_config() {
	local ns=$1 own=10.9.0.${1#r} other=10.9.0.$((3 - ${1#r})) mode options

	case $CONFIG in
	notrack) mode=NOTRACK options= ;;
	ftfw)	mode=FTFW options="ResendQueueSize 131072
			ACKWindowSize 300" ;;
	hot)	mode=FTFW options="ResendQueueSize 131072
			ACKWindowSize 300
			DisableExternalCache On" ;;
	esac
	cat > "$TMP/$ns.conf" <<- END
		Sync {
			Mode $mode {
				$options
			}
			UDP {
				IPv4_address $own
				IPv4_Destination_Address $other
				Port 3780
				Interface sync0
				SndSocketBuffer 4194304
				RcvSocketBuffer 4194304
				Checksum on
			}
		}
		General {
			HashSize 65536
			HashLimit 1310720
			LogFile off
			Syslog off
			LockFile $TMP/$ns.lock
			UNIX {
				Path $TMP/$ns.sock
			}
			NetlinkBufferSize 2097152
			NetlinkBufferSizeMaxGrowth 134217728
			Filter From Kernelspace {
				Protocol Accept {
					TCP
					UDP
					ICMP
					IPv6-ICMP
				}
			}
		}
	END
}

# The delay of flowsync's peers, if not the default.
delay=

# sync_peer ROUTER: flowsync has its peer there.
sync_peer() {
	local i=${1#r} other=$((3 - ${1#r}))

	load_module
	fs $1 node set id $i name $1
	# One processor has all to do: it must not look dead for that.
	fs $1 peer add r$other id $other $key dead 50 ${delay:+delay $delay} link \
		local 10.9.0.$i remote 10.9.0.$other
}

# sync_begin ROUTER: it begins to take part.
sync_begin() {
	local i=${1#r} other=$((3 - ${1#r}))

	case $CONFIG in
	none) ;;
	flowsync)
		sync_peer $1
		fs $1 group add 1 peer r$other
		fs $1 group set 1 role $([ $i = 1 ] && echo active || echo standby)
		;;
	*)
		ctd_config $1
		ctd $1 -d > /dev/null
		await 300 ctd $1 -s > /dev/null
		;;
	esac
}


load_module() {
	grep -q '^flowsync ' /proc/modules || modprobe flowsync
}

# sync_end ROUTER: it takes part no more.
sync_end() {
	case $CONFIG in
	none) ;;
	flowsync) fs $1 node del 2> /dev/null ;;
	*)
		ctd $1 -k > /dev/null 2>&1
		await 20 test ! -e "$TMP/$1.lock"
		;;
	esac
}

# sync_held: how many flows r2 could take over.
sync_held() {
	case $CONFIG in
	none) echo 0 ;;
	flowsync) node r2 shadow ;;
	hot) n r2 sysctl -n net.netfilter.nf_conntrack_count ;;
	*) ctd r2 -e | grep -c . ;;
	esac
}

# The commands of a takeover by r2, and of asking for everything.
case $CONFIG in
flowsync)
	takeover() { echo flowsyncctl group set 1 role active; }
	;;
none)
	takeover() { echo true; }
	;;
*)
	takeover() {
		echo env LD_LIBRARY_PATH="$FLOWSYNC_CONNTRACKD/usr/lib/x86_64-linux-gnu" \
			"$FLOWSYNC_CONNTRACKD/usr/sbin/conntrackd" -C "$TMP/r2.conf" -c
	}
	;;
esac

# flush: no connection anywhere.
flush_flows() {
	n r1 conntrack -F 2> /dev/null
	n r2 conntrack -F 2> /dev/null
}

# buckets COUNT: conntrack's table is of the size for so many connections. conntrack
# reads all of it now and then, by its own clock, which is 3 million instructions if it
# is large: of a thousand connections that would be all that two runs differ by.
buckets() {
	local count=16384

	[ $1 -le 20000 ] || count=262144
	[ $count = "$(sysctl -n net.netfilter.nf_conntrack_buckets)" ] ||
		sysctl -qw net.netfilter.nf_conntrack_buckets=$count
}

# fresh: both routers as if just booted, empty and in step.
fresh() {
	buckets 0
	sync_end r1
	sync_end r2
	flush_flows
	uncut r1
	leave r2 2> /dev/null
	leave r1 2> /dev/null
	take r1
	sync_begin r1
	sync_begin r2
	in_step
}

in_step() {
	[ $CONFIG = flowsync ] || return 0
	await 30 is up peer r1 r2 state && await 30 is up peer r2 r1 state ||
		fail "the routers do not hear each other"
	# Both began to agree on keys: the later agreement may go on yet, and its
	# datagrams are as long as those of 50 flows.
	await 30 agreed || fail "the routers agree on keys again and again"
}

# agreed: no handshake went on for longer than one waits to be answered.
agreed() {
	local before=$(handshakes)

	meter sleep 150 > /dev/null
	[ $before = $(handshakes) ]
}

handshakes() { echo $(($(stat r1 tx_handshakes) + $(stat r2 tx_handshakes))); }
