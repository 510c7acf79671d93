#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module is not its own only witness: an implementation of the handshake, the
# seal and the records that shares nothing with it (selftests/unit/witness.py and
# decode.py, in Python) is the standby of r1, as the node that begins the handshake
# and as the one that answers.
#
# - they agree on a session, in either role, and renew its keys
# - what r1 tells of its flows is opened there, decoded, and is what conntrack has
# - r1 takes its acknowledgements: all is synced
# - a datagram of its that is changed on the way is refused for its tag, and the true
#   one that comes after it is not
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

python3 -c 'import cryptography.hazmat' 2> /dev/null ||
	skip_all "no cryptography package for Python"

# witness OWN PEER: it runs in r2; what it says is in $TMP/said.
witness() {
	: > "$TMP/said"
	mkfifo "$TMP/stay.$1.$2"
	exec {stay}<> "$TMP/stay.$1.$2"
	bg r2 "$here/witness_node.py" 10.9.0.2 10.9.0.1 3790 "$1" "$2" "$TMP/key" \
		<&"$stay" > "$TMP/said" 2>> "$TMP/wrong"
	witness=$!
}

starts() {
	fs r1 node del 2> /dev/null
	fs r1 node set id "$1" name r1
	fs r1 peer add w id "$2" $key rekey 5 dead 30 link local 10.9.0.1 remote 10.9.0.2
	fs r1 group add 1 peer w
	fs r1 group set 1 role active
}

# tells PATTERN...: it was told of a flow of which all these are so.
tells() {
	python3 - "$TMP/said" "$@" <<- END
		import json, sys
		want = dict(word.split("=", 1) for word in sys.argv[2:])
		def is_so(rec):
		    flat = {"proto": rec.get("proto"), "type": rec["type"]}
		    for way in ("original", "reply"):
		        for end, value in rec.get(way, {}).items():
		            flat[way + "." + end] = value
		    return all(str(flat.get(k)) == v for k, v in want.items())
		for line in open(sys.argv[1]):
		    if line.startswith("{") and any(map(is_so, json.loads(line)["records"])):
		        sys.exit(0)
		sys.exit(1)
	END
}

keys() { grep -c '^keys' "$TMP/said"; }
synced() { [ "$(peer r1 w dirty)" = 0 ] && [ "$(peer r1 w unacked)" = 0 ] && [ "$(peer r1 w known)" = "$(node r1 flows)" ]; }

plan 20
topology
load
take r1
serve
starts 1 2
witness 2 1
check "r1 begins a handshake, and the witness answers" await 30 is up peer r1 w state
check "there are flows" open_flows
check "r1 knows them to be there" await 30 synced
check "UDP, its source translated" tells type=checkpoint proto=udp \
	original.src=10.1.0.2 original.dst=10.2.0.2 original.dport=7 reply.dst=10.2.0.1
check "TCP over IPv6, its destination translated" tells type=checkpoint proto=tcp \
	original.dst=fd01::1 original.dport=8007 reply.src=fd02::2 reply.sport=7
check "ping" tells type=checkpoint proto=icmp original.sport=4404
release tcp4
check "their end is told" await 20 tells type=update proto=tcp
check "keys are renewed" await 30 at_least 3 keys
check "and all is told still" await 20 synced
check "the witness had nothing to complain of" kill -0 $witness
check "nor had r1" is "0 0 0" sh -c \
	"echo $(stat r1 rx_badauth) $(stat r1 rx_badvalue) $(stat r1 rx_mandatory)"
check "it knows what only the witness does" sh -c \
	"within r1 flowsyncctl -d peer show w | grep -q 'version 1 to 255 .*records-only-there 0x10'"
before="$(stat r1 rx_replay) $(stat r1 rx_old)"
printf x >&"$stay"
check "one that is changed on its way is refused" await 20 at_least 1 stat r1 rx_badauth
check "for its tag, and only that one" is "1 0" \
	eval 'echo $(stat r1 rx_badauth) $(stat r1 rx_badvalue)'
check "the true one is taken" is "$before" eval 'echo $(stat r1 rx_replay) $(stat r1 rx_old)'
kill $witness
wait $witness 2> /dev/null

# The other way round.
starts 5 2
witness 2 5
check "the witness begins a handshake, and r1 answers" await 30 is up peer r1 w state
check "what there is, it is told" await 30 synced
check "of flows that began before" tells type=checkpoint proto=udp original.dport=7
check "the witness had nothing to complain of" kill -0 $witness
check "nothing at all" is "" cat "$TMP/wrong"
finish
