#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# flowsyncctl monitor on r2 reports what a controller has to know, each once and
# in the order in which it happened: the peer heard, its restart, its silence,
# r2's own promotion and the end of the walk. On r1 it reports that r2 was told of
# all, and is told no more. Another namespace hears nothing of it.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

# reports FILE EVENT WORDS: with those words behind it.
reports() { grep -q "\"$2\".*$3" "$TMP/$1"; }
seen() { [ "$(grep -c "\"$1\"" "$TMP/events")" -ge "${2:-1}" ]; }

plan 18
topology
load
bg r2 flowsyncctl -j monitor >> "$TMP/events"
bg r1 flowsyncctl -j monitor >> "$TMP/events1"
bg client flowsyncctl -j monitor > "$TMP/elsewhere"
# It listens when it reports something.
fs r2 node set id 2
fs r2 group add 9
listens() {
	fs r2 group set 9 role standby
	fs r2 group set 9 role init
	[ -s "$TMP/events" ]
}
await 20 listens
fs r2 group del 9
fs r2 node del
: > "$TMP/events"
check "r1 and r2 hear each other" pair
check "peer-up is reported" await 20 seen peer-up
check "link-up is, too" await 20 seen link-up
check "peer-group says that r1 is active, in which epoch" \
	await 20 reports events peer-group '"id":1,"role":"active","priority":100,"epoch":1[,}]'
take r1
serve
hold a client tcphold open 2 10.2.0.2 7
await 20 told
check "r1 hears that r2 was told of all" await 20 reports events1 peer-complete "was told of all flows"
n r1 ip link set sync0 down
check "that it is told no more" await 20 reports events1 peer-behind "is not told any more"
n r1 ip link set sync0 up
check "and that it is told of all again" await 20 sh -c \
	"sed -n '/peer-behind/,\$p' '$TMP/events1' | grep -q peer-complete"
await 20 seen peer-up 2
fs r1 node del
fs r1 node set id 1
fs r1 peer add r2 id 2 $key link local 10.9.0.1 remote 10.9.0.2
check "peer-restart is reported" await 20 seen peer-restart
check "and the peer is up again" await 20 seen peer-up 3
cut r1
check "link-down is reported" await 20 seen link-down
check "peer-down is reported" await 20 seen peer-down
fs r2 group set 1 role active
check "install-done is reported" await 20 seen install-done
check "group-role before it" sh -c \
	"sed -n '/peer-down/,\$p' '$TMP/events' | grep -o 'group-role\|install-done' | xargs |
	grep -q '^group-role install-done'"
# A stranger's datagrams, in two bursts within the ten seconds.
for i in 1 2; do
	n r2 bash -c 'for i in {1..40}; do echo > /dev/udp/10.9.0.2/3790; done'
	await 20 reports events refused '"counter":"rx_badpeer"'
done
check "each cause to refuse is told with its counter" reports events refused \
	'"counter":"rx_badpeer","count":[0-9]*,"cause":"datagrams from where'
refused() {
	echo $(($(sed -n 's/.*"refused".*"rx_badpeer","count":\([0-9]*\),.*/\1/p' \
		"$TMP/events" | paste -sd+)))
}
check "all of them, in the end" await 30 is "$(stat r2 rx_badpeer)" refused
check "not one by one" [ "$(grep -c rx_badpeer "$TMP/events")" -le 3 ]
check "each line is JSON" python3 -c '
import json, sys
for line in open(sys.argv[1]):
	event = json.loads(line)
	assert event["cause"] and {"node", "peer", "group"} & event.keys(), line
' "$TMP/events"
check_not "another namespace hears nothing" test -s "$TMP/elsewhere"
finish
