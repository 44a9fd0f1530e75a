# Read by the shell programs of callerid: sets where its files are, as callerid/paths.py does, and can tell whether the daemon runs,
# in which language a person reads, and how a path is typed.
if [ -n "${CALLERID_HOME:-}" ]; then
	settings=$CALLERID_HOME data=$CALLERID_HOME state=$CALLERID_HOME
else
	case ${XDG_CONFIG_HOME:-} in /*) settings=$XDG_CONFIG_HOME/callerid ;; *) settings=$HOME/.config/callerid ;; esac
	case ${XDG_DATA_HOME:-} in /*) data=$XDG_DATA_HOME/callerid ;; *) data=$HOME/.local/share/callerid ;; esac
	case ${XDG_STATE_HOME:-} in /*) state=$XDG_STATE_HOME/callerid ;; *) state=$HOME/.local/state/callerid ;; esac
fi
alive() { # does the process of the pid file run, and is it callerid?
	[ -f "$state/daemon.pid" ] && [ -r "$state/daemon.pid" ] && read -r pid <"$state/daemon.pid" && kill -0 "$pid" 2>/dev/null || return 1
	case $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) in *callerid*) return 0 ;; *) return 1 ;; esac
}
in_japanese() { # by the settings, else by the locale
	set -- "$(sed -n "/^\[/q;s/^language *= *[\"']\([a-z]*\)[\"'].*/\1/p" "$settings/config.toml" 2>/dev/null)"
	case $1 in '' | auto) set -- "${LC_ALL:-${LANG:-$(getprop persist.sys.locale 2>/dev/null)}}" ;; esac
	case $1 in ja*) return 0 ;; *) return 1 ;; esac
}
typed() { # WORD: print it as a shell reads it: what a message tells to type can be pasted, whatever the folder is called
	case $1 in
	*[!A-Za-z0-9_./:@%+-]*) printf "'%s'\n" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
	*) printf '%s\n' "$1" ;;
	esac
}
