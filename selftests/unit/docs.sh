#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The documentation names what there is, and only that: counters, options of the
# protocol, files, commands, targets of make. docs.sh [TOP] looks at another tree.

top=${1:-$(dirname "$0")/../..}
ctl=${FLOWSYNCCTL:-$top/build/ctl/flowsyncctl}
doc=$top/Documentation
man=$doc/man/flowsyncctl.8
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
number=0
failed=0

verdict()
{
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number - $2"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $number - $2"
	sed 's/^/#   /' "$dir/why"
}

skip()
{
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

# subset NAME LIST IN: every line of LIST, which must have some, is one of IN
subset()
{
	sort -u "$2" >"$dir/a"
	sort -u "$3" >"$dir/b"
	comm -23 "$dir/a" "$dir/b" >"$dir/why"
	[ -s "$dir/a" ] || echo "nothing was found to look for" >>"$dir/why"
	[ ! -s "$dir/why" ]
	verdict $? "$1"
}

echo "TAP version 13"

# counters
sed -n 's/^[[:space:]]*X(\([a-z][a-z0-9_]*\)).*/\1/p' "$top/kmod/stats.h" >"$dir/counters"
grep -x '[a-z][a-z0-9]*_[a-z0-9_]*' "$doc/statistics.rst" >"$dir/explained"
subset "every counter is in statistics.rst" "$dir/counters" "$dir/explained"
subset "every counter in statistics.rst exists" "$dir/explained" "$dir/counters"

# options of the protocol: in the drawing of the control channel's, "NAME TYPE"
# above each; of records "NAME, option TYPE"
types()
{
	sed -n "s/^#define $1[A-Z_]*[[:space:]]*//p" "$2" |
		sed 's/[[:space:]]*\/\*.*//; s/FS_OPT_MANDATORY/0x80/; s/[()]//g' |
		while read -r value; do
			# shellcheck disable=SC2004 # an expression, not a name
			printf '0x%02x\n' $(($value))
		done
}
types OPT_ "$top/kmod/core/control_options.h" >"$dir/control"
types FS_OPT_ "$top/kmod/core/heir.h" >>"$dir/control"
types FS_OPT_ "$top/kmod/core/advance.h" >>"$dir/control"
{
	types FS_REC_OPT_ "$top/kmod/core/record.c"
	types FS_REC_OPT_ "$top/kmod/core/attr.c"
} >"$dir/record"
sed -n 's/^   [a-z ]* \(0x[0-9a-f][0-9a-f]\)\( .*\)*$/\1/p' "$doc/protocol.rst" >"$dir/drawn"
sed -n 's/^[A-Za-z ]*, option \(0x[0-9a-f][0-9a-f]\)$/\1/p' "$doc/protocol.rst" >"$dir/named"
subset "every option of the control channel is in protocol.rst" "$dir/control" "$dir/drawn"
subset "every one drawn there exists" "$dir/drawn" "$dir/control"
subset "every option of records is in protocol.rst" "$dir/record" "$dir/named"
subset "every one named there exists" "$dir/named" "$dir/record"

# numbers of the protocol, as the code has them
# figure FILE CONSTANT DIVISOR WORDS: WORDS, with the number for %s
figure()
{
	value=$(sed -n "s/^#define $2[[:space:]]*\([0-9]*\)u*$/\1/p" "$top/kmod/$1")
	# shellcheck disable=SC2059 # the words are ours
	echo "$2 is $value: $(printf "$4" "$((${value:-0} / $3))")" >"$dir/why"
	tr '\n' ' ' <"$doc/protocol.rst" | sed 's/  */ /g; s/,\([0-9]\)/\1/g' |
		grep -qF "$(sed 's/.*: //' "$dir/why")"
	verdict $? "protocol.rst has the code's $2"
}
figure link.h FS_DATAGRAM_MAX 1 'at most %s octets'
figure core/wire.h FS_WIRE_VERSION 1 'This is version %s'
figure core/wire.h FS_WIRE_HEADER 1 'a header of %s octets'
figure core/record.h FS_RECORD_MAX 1 'A record takes at most %s octets'
figure core/control.h FS_CONTROL_NEEDS 1 'to update, at most %s in a datagram'
figure core/flight.h FS_FLIGHT_RECORDS 1 'The module puts at most %s into one'
figure core/flight.h FS_FLIGHT_MAX 1 'It never exceeds %s'
figure core/flight.h FS_FLIGHT_START 1 'The window begins with %s'
figure core/flight.h FS_FLIGHT_LEAST 1 'at least %s (as in RFC 9002'
figure core/flight.h FS_FLIGHT_REORDER 1 'at least %s later'
figure core/flight.h FS_ACK_DELAY 1000 'It is due %s ms'
figure core/flight.h FS_ACK_LATE 1000 '(%s ms with a tick'
figure core/flight.h FS_RTO_MIN 1000 'at least %s ms'
figure core/flight.h FS_RTO_MAX 1000000 'at most %s s'
figure core/flight.h FS_RTO_START 1000 '%s ms before the first sample'

# what is replicated
"$top/selftests/fidelity" | diff - "$doc/fidelity.rst" >"$dir/why"
verdict $? "fidelity.rst is what selftests/fidelity makes"

# files
(cd "$top/kmod" && find . -name '*.[ch]' -o -name Kbuild -o -name Makefile) |
	grep -v '\.mod\.c$' | sed 's/.*\///' >"$dir/files"
sed -n '/^Rooms/,/^file in ctl/p' "$doc/architecture.rst" |
	grep -oE '[a-z_]+\.[ch]\b|Kbuild|Makefile' >"$dir/rooms"
subset "every file of kmod/ is in architecture.rst" "$dir/files" "$dir/rooms"
subset "every file in architecture.rst exists" "$dir/rooms" "$dir/files"

(cd "$top/ctl" && ls -- *.[ch]) >"$dir/files"
sed -n '/^file in ctl/,/^A line of/p' "$doc/architecture.rst" |
	grep -oE '[a-z_]+\.[ch]\b' >"$dir/rooms"
subset "every file of ctl/ is in architecture.rst" "$dir/files" "$dir/rooms"
subset "every one in architecture.rst exists" "$dir/rooms" "$dir/files"

# what README.md and the manuals tell to do
sed -n 's/^\([a-z][a-z-]*\):.*/\1/p' "$top/Makefile" >"$dir/targets"
grep -ohE 'make [a-z][a-z-]+( |`|$)' "$top/README.md" "$doc"/*.rst |
	grep -v 'make no ' | sed 's/make //; s/[ `]*$//' |
	grep -vxE 'the|a|it|them|no|and' >"$dir/made"
subset "what is made in README.md is a target" "$dir/made" "$dir/targets"
grep -oE 'make [a-z-]+ [A-Z]+=' "$top/README.md" | grep -oE '[A-Z]+' >"$dir/variables"
grep -ohE '\b[A-Z]+\b' "$top/Makefile" >"$dir/known"
subset "variables of make in README.md are the Makefile's" "$dir/variables" "$dir/known"
grep -oE '\]\([^)#]+' "$top/README.md" | sed 's/](//' >"$dir/links"
(cd "$top" && while read -r path; do [ ! -e "$path" ] || echo "$path"; done) \
	<"$dir/links" >"$dir/there"
subset "what README.md links to is there" "$dir/links" "$dir/there"

# the manual, without its markup
sed 's/\\f[BIR]//g; s/\\-/-/g; s/\\&//g; s/\\ *$//; s/[][]//g; s/"//g' "$man" |
	sed -E 's/^\.(B|I|BR|RB|BI|IR|RI|SS|SH) //' >"$dir/man"
tr '\n' ' ' <"$dir/man" | sed 's/  */ /g' >"$dir/page"
grep -oE '[A-Za-z][A-Za-z0-9_-]*' "$dir/page" >"$dir/words"

# the words for numbers that the controller prints, but those that are nobody's
sed -n '/tcp_state_names/,/^}/d; /^static/,$d; s/.*= "\(.*\)",/\1/p' \
	"$top/ctl/names.c" | grep -vx unspec >"$dir/names"
subset "every word of ctl/names.c is in the manual" "$dir/names" "$dir/words"

if [ -x "$ctl" ]; then
	"$ctl" help | sed -n 's/^\t\([a-z][a-z]*\)  .*/\1/p' >"$dir/objects"
	# help has no section of its own
	sed -n 's/^\.SS //p' "$man" >"$dir/sections"
	echo help >>"$dir/sections"
	subset "every object of flowsyncctl has its section" "$dir/objects" "$dir/sections"
	: >"$dir/commands"
	while read -r object; do
		"$ctl" "$object" help
	done <"$dir/objects" | sed -n 's/.* flowsyncctl \([a-z].*\)/\1/p' |
		sed 's/[][]//g; s/ [A-Z].*//; s/|.*//' >"$dir/commands"
	: >"$dir/documented"
	while read -r command; do
		grep -qF "$command" "$dir/page" && echo "$command"
	done <"$dir/commands" >"$dir/documented"
	subset "every command of flowsyncctl is in the manual" "$dir/commands" "$dir/documented"
	while read -r object; do
		"$ctl" "$object" help
	done <"$dir/objects" | sed -n 's/.* flowsyncctl //p; s/^where //p' | grep -oE '[a-z]+(-[a-z]+)*' |
		grep -vxE 'is|or' >"$dir/keywords"
	subset "every keyword of flowsyncctl is in the manual" "$dir/keywords" "$dir/words"
else
	skip "every object of flowsyncctl has its section" "$ctl is not built"
	skip "every command of flowsyncctl is in the manual" "$ctl is not built"
	skip "every keyword of flowsyncctl is in the manual" "$ctl is not built"
fi

for file in "$doc"/*.rst; do
	name="$(basename "$file") parses"
	if python3 -c 'import docutils.__main__' 2>"$dir/why"; then
		python3 -m docutils --report=2 --halt=2 "$file" /dev/null >"$dir/why" 2>&1
		verdict $? "$name"
	else
		skip "$name" "no docutils (Debian: python3-docutils)"
	fi
done

echo "1..$number"
[ $failed -eq 0 ]
