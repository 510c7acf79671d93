#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The resource agent for Pacemaker does what each action is to do, has the status
# that the standard gives it, and a promotion score that follows what a node holds.
# What Pacemaker would keep as the score a stand-in for crm_attribute writes down.
. "$(dirname "$0")/lib.sh"

# agent ROUTER ACTION: its status.
agent() {
	n "$1" env OCF_RESKEY_config="$TMP/$1.conf" SCORE="$TMP/$1.score" \
		PATH="$TMP/bin:$PATH" "$top/ctl/hooks/flowsync.ocf" "$2" > "$TMP/said" 2>&1
}

status() { agent "${@:2}"; [ $? = "$1" ] || { cat "$TMP/said"; return 1; }; }
score() { cat "$TMP/$1.score"; }
score_becomes() { agent "$1" monitor; is "$2" score "$1"; }

plan 18
netns r1 r2
cable r1 sync0 r2 sync0
for i in 1 2; do
	ip -n r$i addr add 10.9.0.$i/24 dev sync0
	ip -n r$i link set sync0 up
	cat > "$TMP/r$i.conf" <<- END
		node set id $i name r$i
		peer add r$((3 - i)) id $((3 - i)) $key dead 10 \\
		    link local 10.9.0.$i remote 10.9.0.$((3 - i)) dev sync0
		group add 1 peer r$((3 - i))
	END
done
mkdir "$TMP/bin"
cat > "$TMP/bin/crm_attribute" <<- 'END'
	#!/bin/sh
	[ "$1 $2 $3" = "--promotion -l reboot" ] || exit 1
	[ "$4" = -v ] && echo "$5" > "$SCORE" || echo none > "$SCORE"
END
chmod +x "$TMP/bin/crm_attribute"
load
check "before it is started it does not run" status 7 r1 monitor
check "it cannot be promoted then" status 7 r1 promote
check "and to stop it is no error" status 0 r1 stop
check "the configuration is right" status 0 r1 validate-all
check "it starts" status 0 r1 start
check "once more, too" status 0 r1 start
check "it is standby, and says so" status 0 r1 monitor
check "it holds nothing" is 5 score r1
check "it is promoted" status 0 r1 promote
check "it is active, and says so" status 8 r1 monitor
check "with the score of one" is 100 score r1
check "the other one starts" status 0 r2 start
check "it is told of all, and its score goes up" await 20 score_becomes r2 50
check "r1 is demoted, r2 promoted" eval 'status 0 r1 demote && status 0 r2 promote'
check "they have changed places" eval 'status 0 r1 monitor && status 8 r2 monitor'
check "r2 stops" status 0 r2 stop
check "it does not run, and has no score" eval 'status 7 r2 monitor && is none score r2'
echo nonsense > "$TMP/r1.conf"
check "a wrong configuration is found" status 6 r1 validate-all
finish
