# SPDX-License-Identifier: GPL-2.0
# bash completion for flowsyncctl. What there is it learns from flowsyncctl itself:
# objects, commands and keywords from its help, names and numbers from what is shown.

_flowsyncctl_words() {
	local object=$1 command=$2 previous=$3 line

	case $previous in
	--config | restore | key-file | next-key-file)
		compgen -f -- "$cur"
		return
		;;
	dev)
		compgen -W "$(ls /sys/class/net)" -- "$cur"
		return
		;;
	peer | to)
		if [ "$previous" != peer ] || [ "$object" != peer ]; then
			flowsyncctl peer show 2> /dev/null | sed -n 's/^peer \([^ ]*\) .*/\1/p'
			return
		fi
		;;
	esac
	if [ ! "$object" ]; then
		flowsyncctl help | sed -n 's/^\t\([a-z][a-z-]*\)  *[a-z].*/\1/p'
	elif [ "$object" = daemon ]; then
		echo --check --config
	elif [ ! "$command" ]; then
		flowsyncctl "$object" help 2> /dev/null |
			sed -n "s/.* flowsyncctl $object \([a-z][a-z-]*\).*/\1/p"
	else
		# the words of its usage that are written out, names where one is due
		line=$(flowsyncctl "$object" help 2> /dev/null |
			grep -E " flowsyncctl $object $command( |$)|^where ")
		case "$object $previous" in
		"group $command")
			flowsyncctl group show 2> /dev/null |
				sed -n 's/^group \([0-9]*\) .*/\1/p'
			;;
		"peer $command")
			flowsyncctl peer show 2> /dev/null |
				sed -n 's/^peer \([^ ]*\) .*/\1/p'
			;;
		*)
			tr -c 'a-z-' '\n' <<< "${line##*"$command"}" | sort -u |
				grep -vxE '(is|or|where|-*)'
			;;
		esac
	fi
}

_flowsyncctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local object='' command='' word

	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		case $word in
		-*)	continue ;;
		esac
		if [ ! "$object" ]; then
			object=$word
		elif [ ! "$command" ]; then
			command=$word
		fi
	done
	mapfile -t COMPREPLY < <(compgen -W "$(_flowsyncctl_words "$object" \
		"$command" "$previous")" -- "$cur")
}

complete -F _flowsyncctl flowsyncctl
