#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: helper: FTP, active and passive, IPv4 and IPv6 | yes
#: sequence adjustment | yes
#: ICMP errors of shadow flows | yes
#: pending expectations: a data connection announced before the takeover and opened after it | yes
#: which connection a related one belongs to | if it is replicated too
#
# What belongs to a connection goes on with it.
#
# FTP through the helper: r1 rewrites the addresses in the control connections, so
# that their sequence numbers are adjusted (10.1.0.100 is longer than 10.2.0.1).
# After the takeover r2 goes on with the adjustment, finds the next commands, and
# lets the data connections through that they announce, in both modes. And those
# that r1 saw announced, and that are opened through r2. A data connection is of its
# control connection on r2 too.
#
# ICMP errors: one of a flow in the shadow of r2 installs it, and passes.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

modprobe -a nf_conntrack_ftp nf_nat_ftp 2> /dev/null
modprobe -a nft_ct nft_objref 2> /dev/null

# The server has no socket of this flow any more: it answers with an ICMP error,
# which passes through the router only as related to it.
refused() {
	n client python3 - "$1" <<- 'END'
		import socket, sys
		sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		sock.bind(("10.1.0.2", int(sys.argv[1])))
		sock.settimeout(3)
		sock.connect(("10.2.0.2", 9))
		for _ in range(3):
		    try:
		        sock.send(b"anybody?")
		        sock.recv(1)
		    except ConnectionRefusedError:
		        sys.exit(0)
		    except TimeoutError:
		        pass
		sys.exit(1)
	END
}
# An error from within the server's side, which nothing asked for now: it quotes a
# packet of the flow as it was there.
late_error() {
	n server python3 - "$1" <<- 'END'
		import socket, struct, sys
		def sum16(data):
		    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
		    while total >> 16:
		        total = (total & 0xffff) + (total >> 16)
		    return ~total & 0xffff
		inner = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 36, 1, 0, 60, 17, 0,
		                    socket.inet_aton("10.2.0.1"),
		                    socket.inet_aton("10.2.0.2"))
		inner = inner[:10] + struct.pack("!H", sum16(inner)) + inner[12:]
		inner += struct.pack("!HHHH", int(sys.argv[1]), 9, 16, 0)
		inner += b"anybody?"
		head = struct.pack("!BBHI", 3, 3, 0, 0)
		head = struct.pack("!BBHI", 3, 3, sum16(head + inner), 0)
		raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
		raw.sendto(head + inner, ("10.2.0.1", 0))
	END
}
waits_for_error() {
	n client timeout 60 python3 - "$1" <<- 'END' &
		import socket, sys
		sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		sock.bind(("10.1.0.2", int(sys.argv[1])))
		sock.connect(("10.2.0.2", 9))
		sock.settimeout(55)
		try:
		    sock.recv(1)
		except ConnectionRefusedError:
		    sys.exit(0)
		sys.exit(1)
	END
	waiting=$!
	await 30 n client sh -c "ss -Hun sport = $1 | grep -q ."
}

# What r1 found that a helper changed.
changes() { echo $(($(stat r1 walk_helped) + $(stat r1 walk_drift))); }
# announced NAME MODE ADDRESS: a data connection is, and r1 knows.
announced() {
	local before
	before=$(changes)
	hold "$1" client "$here/ftp.py" announce "$2" "$3" 21 &&
		await 10 at_least $((before + 1)) changes
}
# of_ftp ROUTER: packets went through it over connections that are of FTP, and not
# to its port.
of_ftp() { n "$1" nft list chain inet helpers forward | grep -q 'packets [1-9]'; }

nft -c "add table inet t; add ct helper inet t f { type \"ftp\" protocol tcp; }" > /dev/null 2>&1 ||
	skip_all "no helpers in nft here"

plan 26
topology
ips client <<- END
	addr add 10.1.0.100/24 dev eth0
	route replace 10.2.0.2 via 10.1.0.1 src 10.1.0.100
END
for r in r1 r2; do
	n $r nft -f - <<- END
		table inet helpers {
			ct helper ftp { type "ftp" protocol tcp; }
			chain prerouting {
				type filter hook prerouting priority filter;
				tcp dport 21 ct helper set "ftp"
			}
			chain forward {
				type filter hook forward priority 10;
				tcp sport != 21 tcp dport != 21 ct helper "ftp" counter
			}
		}
	END
done
check "r1 and r2 hear each other" pair
take r1
bg server "$here/ftp.py" serve 21
await 10 n server sh -c 'ss -Hltn sport = 21 | grep -c . | grep -q 2'
check "FTP in both modes through r1" hold ftp4 client "$here/ftp.py" hold 10.2.0.2 21
check "FTP over IPv6 too" hold ftp6 client "$here/ftp.py" hold fd02::2 21
check "a second transfer, with the first one's adjustment" carries ftp4
check "a data connection is announced, active" announced active active 10.2.0.2
check "another one, passive" announced passive passive 10.2.0.2
check "one over IPv6, active" announced active6 active fd02::2
check "one over IPv6, passive" announced passive6 passive fd02::2
check "and one that is open" hold open client "$here/ftp.py" announce open 10.2.0.2 21
check "a UDP flow that nobody answers" refused 40001
check "r2 is told of all" await 10 told
cut r1
no_luck r2
take r2
check "a client waits for an error of a flow in the shadow" waits_for_error 40001
late_error 40001
check "the error arrives, and has installed the flow" wait $waiting
check_not "there was no data connection on r2 yet" of_ftp r2
check "the one that was open goes on while r2 is standby" carries open
check "r2 knows which connection it belongs to" of_ftp r2
check "FTP goes on while r2 is standby, data connections included" carries ftp4
check "so does one whose data connection was announced" carries active
fs r2 group set 1 role active
check "nothing is left in the shadow" await 5 is 0 node r2 shadow
check "one that was announced opens, before anything else of its connection" carries passive
check "the same over IPv6" carries passive6
check "and from the server" carries active6
check "FTP over IPv6 goes on, which the walk installed" carries ftp6
check "and over IPv4, again" carries ftp4
check "no helper was missing" is 0 stat r2 install_no_helper
check "no expectation was lost" is 0 stat r2 expect_lost
finish
