#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: helpers: TFTP, SIP, IRC, H.323 (H.245 announced by either end) | yes
#: PPTP: the tunnel, its end, and another one over the same control connection | yes, when the takeover has installed it
#
# What helpers expect, through a power cut and a planned move: a connection that was
# announced through one router is opened through the other, translated as it was
# announced. FTP in both modes over IPv4 and IPv6, TFTP, SIP, IRC and H.323. In the end of
# each round every one announces again, through the router that has taken over. With them
# goes a tunnel of PPTP, that is cleared and called again there.
. "$(dirname "$0")/../net/lib.sh"

modprobe -a nf_conntrack_ftp nf_nat_ftp nf_conntrack_tftp nf_nat_tftp \
	nf_conntrack_sip nf_nat_sip nf_conntrack_irc nf_nat_irc \
	nf_conntrack_h323 nf_nat_h323 nf_conntrack_pptp nf_nat_pptp nft_ct nft_objref

# All of them, TFTP last: it begins anew each time, which needs luck.
all="active passive active6 passive6 sip irc h323 pptp tftp"

# expected ROUTER: how many connections its helpers expect.
expected() {
	local family
	for family in ipv4 ipv6; do
		n "$1" conntrack -L expect -f $family 2> /dev/null
	done | wc -l
}
# announced NAME COMMAND...: what NAME announces is known to r1.
announced() {
	local before
	before=$(expected r1)
	hold "$1" client "${@:2}" && await 10 at_least $((before + 1)) expected r1
}

plan 35
topology
ips client <<- END
	addr add 10.1.0.100/24 dev eth0
	route replace 10.2.0.2 via 10.1.0.1 src 10.1.0.100
END
for r in r1 r2; do
	n $r sysctl -qw net.netfilter.nf_conntrack_gre_timeout=300
	n $r nft -f - <<- END
		table inet helpers {
			ct helper ftp { type "ftp" protocol tcp; }
			ct helper irc { type "irc" protocol tcp; }
			ct helper h323 { type "Q.931" protocol tcp; }
			ct helper pptp { type "pptp" protocol tcp; }
			ct helper tftp { type "tftp" protocol udp; }
			ct helper sip { type "sip" protocol udp; }
			chain prerouting {
				type filter hook prerouting priority filter;
				tcp dport 21 ct helper set "ftp"
				tcp dport 6667 ct helper set "irc"
				tcp dport 1720 ct helper set "h323"
				tcp dport 1723 ct helper set "pptp"
				udp dport 69 ct helper set "tftp"
				udp dport 5060 ct helper set "sip"
			}
		}
	END
done
check "r1 and r2 hear each other" pair
take r1
bg server "$here/ftp.py" serve 21
bg server "$here/pptp.py" serve 10.2.0.2
bg server "$here/announced.py" serve 10.2.0.2 "$TMP"
await 10 n server sh -c 'ss -Hltun "sport = 21 or sport = 69 or sport = 5060 or sport = 6667 or sport = 1720 or sport = 1723" | grep -c . | grep -q 7'
check "FTP, active" announced active "$here/ftp.py" announce active 10.2.0.2 21
check "FTP, passive" announced passive "$here/ftp.py" announce passive 10.2.0.2 21
check "FTP over IPv6, active" announced active6 "$here/ftp.py" announce active fd02::2 21
check "FTP over IPv6, passive" announced passive6 "$here/ftp.py" announce passive fd02::2 21
check "TFTP" announced tftp "$here/announced.py" tftp 10.1.0.100 10.2.0.2 "$TMP"
check "SIP" announced sip "$here/announced.py" sip 10.1.0.100 10.2.0.2 "$TMP"
check "IRC" announced irc "$here/announced.py" irc 10.1.0.100 10.2.0.2 "$TMP"
check "H.323" announced h323 "$here/announced.py" h323 10.1.0.100 10.2.0.2 "$TMP"
check "PPTP" hold pptp client "$here/pptp.py" hold 10.1.0.100 10.2.0.2 redial
check "r2 is told of all" await 10 told

cut r1
no_luck r2
take r2
fs r2 group set 1 role active
check "nothing is left in the shadow" await 10 is 0 node r2 shadow
for name in $all; do
	[ $name != tftp ] || luck r2
	check "$name: what was announced before the cut is opened behind it" carries $name
done

leave r1
uncut r1
check "r1 hears r2 again, and is not active" await 20 is standby group r1 role
check "it is told of all" await 20 told r2 r1
move r2 r1
no_luck r1
check "nothing is left in its shadow" await 10 is 0 node r1 shadow
for name in $all; do
	[ $name != tftp ] || luck r1
	check "$name: the same, from r2 to r1" carries $name
done
for r in r1 r2; do
	check "no expectation was lost on $r" is 0 stat $r expect_lost
done
finish
