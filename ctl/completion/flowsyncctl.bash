# SPDX-License-Identifier: GPL-2.0
# bash completion for flowsyncctl. What there is it learns from flowsyncctl itself:
# objects, commands and keywords from its help, names and numbers from what is shown.

_flowsyncctl_objects() { flowsyncctl help | sed -n 's/^\t\([a-z][a-z-]*\)  *[a-z].*/\1/p'; }

_flowsyncctl_shown() {
	flowsyncctl "$1" show 2> /dev/null | sed -n "s/^$1 \([^ ]*\) .*/\1/p"
}

# _flowsyncctl_keywords OBJECT COMMAND: the words of its usage that are written out,
# and those of the notes on what it mentions; of an object without commands its own.
_flowsyncctl_keywords() {
	flowsyncctl "$1" help 2> /dev/null | awk -v object="$1" -v command="$2" '
		/^where / {
			notes = 1
			sub(/^where /, "      ")
		}
		notes && /^      [A-Z]+ is / { name = $1 }
		notes {
			note[name] = note[name] " " $0
			next
		}
		index($0 " ", " flowsyncctl " object " " command " ") { usage = $0 }
		/^(Usage:|      ) flowsyncctl/ && !any { any = $0 }
		END {
			usage = usage ? usage : any
			sub(/.* flowsyncctl [a-z-]+/, "", usage)
			sub(" " command " ", " ", usage)
			for (round = 0; round < 2; round++)
				for (name in note) {
					plain = " " usage " "
					gsub(/[^A-Z]/, " ", plain)
					if (!index(plain, " " name " "))
						continue
					usage = usage " " note[name]
					delete note[name]
				}
			print usage
		}' | tr -c 'a-zA-Z-' '\n' | sort -u | grep -x '[a-z][a-z-]*' |
		grep -vxE '(a|and|each|for|in|input|is|needs|or|standard|which)'
}

_flowsyncctl_words() {
	local object=$1 command=$2 previous=$3

	case $previous in
	--config | restore | key-file | next-key-file)
		compgen -f -- "$cur"
		return
		;;
	dev)
		compgen -W "$(ls /sys/class/net)" -- "$cur"
		return
		;;
	esac
	if [ ! "$object" ]; then
		_flowsyncctl_objects
		echo -stats -details -json -pretty -Version -help
	elif [ "$object" = help ]; then
		_flowsyncctl_objects
	elif [ "$object" = daemon ]; then
		echo --check --config
	elif [ ! "$command" ]; then
		flowsyncctl "$object" help 2> /dev/null |
			sed -n "s/.* flowsyncctl $object \([a-z][a-z-]*\).*/\1/p" |
			grep . || _flowsyncctl_keywords "$object" ""
	elif [[ "$object $previous" = "peer $command" || $previous = peer || $previous = to ]]; then
		_flowsyncctl_shown peer
	elif [ "$object $previous" = "group $command" ]; then
		_flowsyncctl_shown group
	else
		_flowsyncctl_keywords "$object" "$command"
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
