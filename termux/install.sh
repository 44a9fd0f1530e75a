#!/bin/sh
# Installs callerid's files where the Termux apps look for them:
#   ~/.termux/boot         Termux:Boot       starts the daemon after a reboot
#   $PREFIX/var/service    termux-services   starts the daemon again when it ends
#   ~/.shortcuts           Termux:Widget     on, off, sync, status on the home screen
#   ~/.termux/tasker       Termux:Tasker     reports calls
#   ~/.local/share/callerid/job              a sync by termux-job-scheduler
#   $PREFIX/bin            callerid and callerid-event, so that every terminal finds them
# Run it again after an update; it replaces only its own files. `sh termux/install.sh --remove` removes them.
set -eu
umask 077

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
: "${PREFIX:=/data/data/com.termux/files/usr}"
: "${HOME:?HOME is not set}"

find_program() { # NAME: print where it is: in this checkout's environment, in its bin/, or on PATH
	for place in "$here/../.venv/bin/$1" "$here/../bin/$1"; do
		if [ -f "$place" ]; then (CDPATH='' cd -- "$(dirname -- "$place")" && printf '%s/%s\n' "$(pwd)" "$1"); return; fi
	done
	command -v "$1" || { printf 'install.sh: %s is not installed. Type: make install\n' "$1" >&2; exit 21; }
}

for_sed() { printf '%s' "$1" | sed 's/[\\&|]/\\&/g'; }

home_line() { # what Android starts does not get CALLERID_HOME from the shell, so it is written into each file
	[ -z "${CALLERID_HOME:-}" ] || printf "export CALLERID_HOME='%s'\n" "$(printf '%s' "$CALLERID_HOME" | sed "s/'/'\\\\''/g")"
}

install_file() { # SOURCE TARGET
	mkdir -p "$(dirname -- "$2")"
	{ head -n 1 "$1"; home_line; tail -n +2 "$1"; } | sed -e "s|@PREFIX@|$(for_sed "$PREFIX")|g" -e "s|@CALLERID@|$(for_sed "$callerid")|g" -e "s|@EVENT@|$(for_sed "$event")|g" >"$2.new"
	chmod 700 "$2.new"
	mv -f "$2.new" "$2"
	printf 'installed %s\n' "$2"
}

each() { # COMMAND: call it with each source and its target
	"$1" "$here/boot/callerid" "$HOME/.termux/boot/callerid"
	if [ -d "$PREFIX/var/service" ]; then
		"$1" "$here/service/callerid/run" "$PREFIX/var/service/callerid/run"
		"$1" "$here/service/callerid/log/run" "$PREFIX/var/service/callerid/log/run"
	fi
	for name in callerid-on callerid-off callerid-sync; do "$1" "$here/shortcuts/tasks/$name" "$HOME/.shortcuts/tasks/$name"; done
	"$1" "$here/shortcuts/callerid-status" "$HOME/.shortcuts/callerid-status"
	for name in callerid-ring callerid-ring-stdin callerid-dial callerid-offhook callerid-idle; do "$1" "$here/tasker/$name" "$HOME/.termux/tasker/$name"; done
	"$1" "$here/job/callerid-sync" "$HOME/.local/share/callerid/job/callerid-sync"
}

link_program() { # PROGRAM: link it into $PREFIX/bin, unless another file has its name there
	target=$PREFIX/bin/$(basename -- "$1")
	[ -d "$PREFIX/bin" ] && [ "$1" != "$target" ] || return 0
	if [ -e "$target" ] && [ ! -L "$target" ]; then printf 'left %s as it is: it is not a link\n' "$target"; return 0; fi
	ln -sf "$1" "$target"
	printf 'linked %s\n' "$target"
}

unlink_program() { # NAME: remove its link; a file of that name stays
	if [ -L "$PREFIX/bin/$1" ]; then rm -f "$PREFIX/bin/$1"; printf 'removed %s\n' "$PREFIX/bin/$1"; fi
}

remove_file() { # SOURCE TARGET
	if [ -f "$2" ]; then rm -f "$2"; printf 'removed %s\n' "$2"; fi
}

case ${1-} in
'')
	callerid=$(find_program callerid)
	event=$(find_program callerid-event)
	each install_file
	link_program "$callerid"
	link_program "$event"
	if [ -d "$PREFIX/var/service" ]; then mkdir -p "$PREFIX/var/log/sv/callerid"; fi
	printf '%s\n' 'Next:' \
		'  start it in a terminal:        callerid run' \
		'  or as a service:               sv-enable callerid   (package termux-services)' \
		"  sync by Android's scheduler:   termux-job-scheduler -s $HOME/.local/share/callerid/job/callerid-sync --job-id 77 --period-ms 3600000 --persisted true"
	;;
--remove)
	each remove_file
	unlink_program callerid
	unlink_program callerid-event
	;;
*)
	printf 'usage: sh termux/install.sh [--remove]\n' >&2
	exit 2
	;;
esac
