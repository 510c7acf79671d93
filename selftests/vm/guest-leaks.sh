# SPDX-License-Identifier: GPL-2.0
#
# guest-leaks.sh - what kmemleak still calls leaked, into $OUT/leaks
#
# kmemleak wants an object to be a second old (uml.patch) and to be unchanged
# between two scans.  What it then suspects is looked at once more: a pointer
# that was in a register only must not fail a run.

kmemleak=/sys/kernel/debug/kmemleak

echo scan >$kmemleak
sleep 1.2
echo scan >$kmemleak
if grep -q 'unreferenced object' $kmemleak; then
	sleep 1.2
	echo scan >$kmemleak
	cat $kmemleak >"$OUT/leaks"
	# said once: what runs next in this machine leaked nothing of it
	echo clear >$kmemleak
fi
