#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The simulator of selftests/sim over some hundred seeds: nodes that lose,
# delay, mix and double datagrams, restart, part and meet again, with the code
# of kmod/core. A seed that fails is printed; `make sim SEED=x` replays it.
# `make sim SEEDS=10000` takes its time.
cd "$(dirname "$0")/../sim" || exit 1
echo "TAP version 13"
echo "1..2"
for kind in "sim SEEDS=1000" "san SEEDS=20"; do
	# shellcheck disable=SC2086 # a target and a variable
	if out=$(make -s ${O:+O="$O"} $kind 2>&1) && grep -q 'seeds passed' <<< "$out"; then
		echo "ok - $kind"
	else
		echo "not ok - $kind"
		tail -20 <<< "$out" | sed 's/^/# /'
	fi
done | awk '{ sub(/^ok -/, "ok " ++n " -") || sub(/^not ok -/, "not ok " ++n " -"); print; if (/^not/) bad = 1 } END { exit bad }'
exit "${PIPESTATUS[1]}"
