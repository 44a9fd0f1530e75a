#!/bin/sh
# Installs callerid on a phone, or brings an installation up to date: run it again after each update; what is as it should be stays
# as it is. It replaces only its own files.
#   packages                python, python-pip, termux-api, termux-services, as far as they are missing
#   .venv of this folder    the environment (bin/environment.sh)
#   $PREFIX/bin             callerid and callerid-event, with their completion (bash, zsh, fish) and man pages in $PREFIX/share
#   ~/.termux/boot          Termux:Boot       starts the daemon after a reboot
#   $PREFIX/var/service     termux-services   starts the daemon again when it ends; it is down until it is enabled
#   ~/.shortcuts            Termux:Widget     on, off, sync, status on the home screen
#   ~/.termux/tasker        Termux:Tasker     reports calls
#   ~/.local/share/callerid/job               what `callerid schedule` has Android run
# `--remove` stops callerid and takes all of that away, except the packages of Termux; `--purge` also everything it has stored.
set -eu
umask 077

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(dirname -- "$here")
: "${PREFIX:=/data/data/com.termux/files/usr}"
: "${HOME:?HOME is not set}"
export PREFIX SVDIR="$PREFIX/var/service" LOGDIR="$PREFIX/var/log"
callerid=$root/bin/callerid event=$root/bin/callerid-event
service=$SVDIR/callerid
boot=$HOME/.termux/boot/callerid
completions='bash share/bash-completion/completions/callerid
zsh share/zsh/site-functions/_callerid
fish share/fish/vendor_completions.d/callerid.fish'
man=$PREFIX/share/man/man1
job=$HOME/.local/share/callerid/job/callerid-sync
job_id=77
written=0 unchanged=0

say() { # KEY [VALUE …]: print a line of the file texts in the person's language
	format=$(sed -n "s/^$1|//p" "$here/texts" | cut -d '|' -f "$language")
	shift
	# shellcheck disable=SC2059 # a format of ours
	printf "$format\n" "$@"
}

# ------------------------------------------------------------------------------------------------ install

install_packages() { # what Termux lacks; nothing is asked or fetched when it lacks nothing
	missing=
	command -v python3 >/dev/null 2>&1 || command -v python >/dev/null 2>&1 || missing='python'
	python3 -m pip --version >/dev/null 2>&1 || missing="$missing python-pip"
	# termux-api's client tells its version without its app; one that was upgraded by half does not
	"$PREFIX/libexec/termux-api" --version >/dev/null 2>&1 </dev/null || missing="$missing termux-api"
	command -v sv-enable >/dev/null 2>&1 || missing="$missing termux-services"
	[ -n "$missing" ] || return 0
	missing=${missing# }
	if ! command -v pkg >/dev/null 2>&1; then say packages_left "$missing"; return 0; fi
	say packages_begun "$missing" >&2
	# shellcheck disable=SC2086 # a list of names
	pkg install -y $missing >/dev/null || { say packages_failed "$missing" >&2; exit 21; }
	say packages_done "$missing"
	case $missing in *termux-services*) start_supervisor ;; esac
}

start_supervisor() { # each new session of Termux starts it, but this one began before the package was there
	# shellcheck disable=SC1091 # of termux-services; written for a shell that minds neither failures nor unset variables
	(set +eu && . "$PREFIX/etc/profile.d/start-services.sh") || true
}

for_sed() { printf '%s' "$1" | sed 's/[\\&|]/\\&/g'; }

home_line() { # what Android starts does not get CALLERID_HOME from the shell, so it is written into each file
	[ -z "${CALLERID_HOME:-}" ] || printf 'export CALLERID_HOME=%s\n' "$(typed "$CALLERID_HOME")"
}

put() { # TARGET MODE <CONTENT: write a file, unless it is already so
	mkdir -p "$(dirname -- "$1")"
	cat >"$1.new"
	chmod "$2" "$1.new"
	if cmp -s "$1.new" "$1"; then
		rm -f "$1.new"
		chmod "$2" "$1"
		unchanged=$((unchanged + 1))
	else
		mv -f "$1.new" "$1"
		written=$((written + 1))
	fi
}

install_file() { # SOURCE TARGET
	{ head -n 1 "$1"; home_line; tail -n +2 "$1"; } >"$root/.filled"
	sed -e "s|@PREFIX@|$(for_sed "$PREFIX")|g" -e "s|@ROOT@|$(for_sed "$root")|g" -e "s|@CALLERID@|$(for_sed "$callerid")|g" \
		-e "s|@EVENT@|$(for_sed "$event")|g" "$root/.filled" >"$root/.filled.2"
	put "$2" 700 <"$root/.filled.2"
	rm -f "$root/.filled" "$root/.filled.2"
}

each() { # COMMAND: call it with each source and its target
	"$1" "$here/boot/callerid" "$boot"
	for name in callerid-on callerid-off callerid-sync; do "$1" "$here/shortcuts/tasks/$name" "$HOME/.shortcuts/tasks/$name"; done
	"$1" "$here/shortcuts/callerid-status" "$HOME/.shortcuts/callerid-status"
	for name in callerid-ring callerid-ring-stdin callerid-dial callerid-offhook callerid-idle; do "$1" "$here/tasker/$name" "$HOME/.termux/tasker/$name"; done
	"$1" "$here/job/callerid-sync" "$job"
}

install_completions() { # for each shell that is there; made by the installed click, so made anew with the environment
	while read -r shell file; do
		command -v "$shell" >/dev/null 2>&1 || continue
		if [ ! -e "$PREFIX/$file" ] || [ -n "$environment" ] || [ "$root/callerid/cli/main.py" -nt "$PREFIX/$file" ]; then
			_CALLERID_COMPLETE=${shell}_source sh "$callerid" >"$root/.filled" 2>/dev/null </dev/null || true
			put "$PREFIX/$file" 600 <"$root/.filled"
			rm -f "$root/.filled"
		fi
	done <<-EOF
		$completions
	EOF
}

install_service() { # new, it is down, as those of Termux's packages are until sv-enable; runsvdir may be looking, so it appears whole
	folder=$service
	if [ ! -e "$service/run" ]; then
		folder=$SVDIR/.callerid-new
		rm -rf "$folder" "$service"
		mkdir -p "$folder"
		: >"$folder/down"
	fi
	for name in run finish log/run; do install_file "$here/service/callerid/$name" "$folder/$name"; done
	[ "$folder" = "$service" ] || mv "$folder" "$service"
}

link_program() { # PROGRAM: link it into $PREFIX/bin, unless another file has its name there
	target=$PREFIX/bin/$(basename -- "$1")
	[ -d "$PREFIX/bin" ] || return 0
	if [ -e "$target" ] && [ ! -L "$target" ]; then
		say program_left "$target"
	elif [ "$(readlink "$target" 2>/dev/null)" != "$1" ]; then
		ln -sfn "$1" "$target"
		written=$((written + 1))
	fi
}

install() {
	install_packages
	environment=$(sh "$root/bin/environment.sh" --now) || exit 21
	link_program "$callerid"
	link_program "$event"
	each install_file
	[ ! -d "$SVDIR" ] || install_service
	install_completions
	for page in "$here"/man/*.1; do
		if cmp -s "$page" "$man/${page##*/}"; then unchanged=$((unchanged + 1)); else put "$man/${page##*/}" 600 <"$page"; fi
	done
	if [ -n "$environment" ]; then say environment_made; else say environment_fits; fi
	say programs
	say boot
	say_service
	say doors
	say files "$written" "$unchanged"
	if alive; then
		kill -USR1 "$pid"
		say daemon
	elif [ -e "$settings/config.toml" ]; then
		say next 'callerid run'
	else
		say next 'callerid setup'
	fi
}

say_service() {
	if [ ! -d "$SVDIR" ]; then
		say service_none
	elif [ -e "$service/down" ]; then
		say service_off
	else
		say service_on
	fi
}

# ------------------------------------------------------------------------------------------------ remove

is_gone() { ! kill -0 "$1" 2>/dev/null; }

end() { # PID: end a process, and kill it after three seconds
	kill "$1" 2>/dev/null || return 0
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		if is_gone "$1"; then return 0; fi
		sleep 0.2
	done
	kill -9 "$1" 2>/dev/null || true
}

end_supervisor() { # FOLDER: end what runsv has started there, then runsv itself
	supervisor=
	for pid_file in "$1/supervise/pid" "$1/log/supervise/pid"; do
		if [ -s "$pid_file" ] && read -r pid <"$pid_file"; then
			parent=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$pid/status" 2>/dev/null) || parent=
			case $(tr '\0' ' ' <"/proc/${parent:-0}/cmdline" 2>/dev/null) in *runsv*) supervisor=$parent ;; esac
		fi
	done
	# without a runsv this ends at once; one whose `finish` waits would not end before that
	sv -w 1 exit "$1" >/dev/null 2>&1 || true
	for pid_file in "$1/supervise/pid" "$1/log/supervise/pid"; do
		if [ -s "$pid_file" ] && read -r pid <"$pid_file"; then end "$pid"; fi
	done
	[ -z "$supervisor" ] || end "$supervisor"
}

stop_service() {
	[ -d "$service" ] || return 0
	# runsvdir starts a service again as long as its folder is there; names that begin with a dot are not services
	away=$SVDIR/.callerid-removed
	rm -rf "$away"
	mv "$service" "$away"
	end_supervisor "$away"
	rm -rf "$away"
}

stop_boot() { # what the script of Termux:Boot has left, so that Termux stays
	if [ -s "$state/booted" ] && read -r pid <"$state/booted"; then
		case $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) in 'tail -f /dev/null '*) end "$pid" ;; esac
	fi
}

stop_daemon() {
	if alive; then end "$pid"; fi
	rm -f "$state/daemon.pid"
}

remove_file() { # SOURCE TARGET
	if [ -f "$2" ]; then
		rm -f "$2"
		written=$((written + 1))
	fi
}

unlink_program() { # PROGRAM: remove its link; another file of that name stays
	target=$PREFIX/bin/$(basename -- "$1")
	if [ -L "$target" ]; then
		rm -f "$target"
		written=$((written + 1))
	fi
}

remove_empty() { # FOLDER …: remove those in which nothing is left
	for folder in "$@"; do rmdir "$folder" 2>/dev/null || true; done
}

installed_home() { # take CALLERID_HOME from the installed files, where the shell has none
	if [ -z "${CALLERID_HOME:-}" ] && [ -r "$boot" ]; then eval "$(sed -n '2{/^export CALLERID_HOME=/p;}' "$boot")"; fi
}

remove_cards() { # from the screen: there are names on them, and their buttons lead nowhere now
	command -v termux-notification-remove >/dev/null 2>&1 || return 0
	{
		[ ! -s "$data/ledger.db" ] || python3 "$here/cards.py" "$data/ledger.db" 2>/dev/null || true
		printf '%s\n' callerid-not-started callerid-disk callerid-read-only callerid-canary callerid-restored callerid-setup
	} | while IFS= read -r id; do
		code=0
		timeout 20 termux-notification-remove "$id" >/dev/null 2>&1 </dev/null || code=$?
		[ "$code" -ne 124 ] || break # it hangs, and so would the others
	done
	# A daemon that finds this file shows again what is on the screen by the ledger, as after a crash: what was asked stays asked.
	[ ! -s "$data/ledger.db" ] || [ ! -d "$state" ] || : >"$state/daemon.pid"
}

remove() {
	stop_service
	stop_daemon
	stop_boot
	remove_cards
	if command -v termux-job-scheduler >/dev/null 2>&1; then
		timeout 20 termux-job-scheduler --cancel --job-id "$job_id" >/dev/null 2>&1 </dev/null || true
	fi
	each remove_file
	unlink_program "$callerid"
	unlink_program "$event"
	while read -r _ file; do
		remove_file '' "$PREFIX/$file"
		folder=$(dirname -- "$PREFIX/$file")
		remove_empty "$folder" "${folder%/*}" # those of a shell's package have files of others
	done <<-EOF
		$completions
	EOF
	for page in "$man"/callerid.1 "$man"/callerid-*.1; do remove_file '' "$page"; done
	# what callerid setup has written for another app to import
	for file in callerid-ring.tsk.xml callerid-offhook.prf.xml callerid-idle.prf.xml callerid-ring.macro callerid-idle.macro; do
		remove_file '' "$HOME/$file"
		remove_file '' "$HOME/storage/downloads/$file"
	done
	[ ! -L "$root/.venv/interpreter" ] || rm -rf "$root/.venv"
	rm -rf "$root/wheels" "$root/.venv.new" "$root/.venv.old" "$root/.venv.failed" "$root/.venv.log" "$root/.venv.lock"
	remove_empty "$HOME/.shortcuts/tasks" "$HOME/.shortcuts" "$HOME/.termux/tasker" "$HOME/.termux/boot" \
		"$HOME/.local/share/callerid/job" "$HOME/.local/share/callerid"
	if [ "$written" -gt 0 ]; then
		say removed "$written"
	else
		say removed_before
	fi
}

# ------------------------------------------------------------------------------------------------ purge

secret_file() { # KEY: print the file that the settings name for a secret; TOML quotes it with one or the other mark
	key="^[[:space:]]*$1[[:space:]]*=[[:space:]]*"
	name=$(sed -n -e "s/$key\"\([^\"]*\)\".*/\1/p" -e "s/$key'\([^']*\)'.*/\1/p" "$settings/config.toml" 2>/dev/null | tail -n 1)
	case $name in
	'') ;;
	'~/'*) printf '%s\n' "$HOME/${name#'~/'}" ;;
	/*) printf '%s\n' "$name" ;;
	*) printf '%s\n' "$settings/$name" ;;
	esac
}

stored() { # print every file of ours that is there: by their names, because other files may be in the same folder
	for path in "$settings"/config.toml* "$settings"/marks.* "$settings"/hubspot-token* "$data"/ledger.db* "$data"/mirror.db* "$state"/corrections* "$state"/inbox "$state"/daemon.* \
		"$state"/dialog.lock* "$state"/job.lock "$state"/callerid.log* "$state"/requests-sent* "$state"/reserve* "$state"/not-started* \
		"$state"/booted "$state"/corrections "$state"/addressbook.json* \
		"$settings"/.config.toml.* "$settings"/.hubspot-token.* "$state"/.tap-*.new "$state"/.reply-*.new "$state"/.ring-*.new "$state"/.dial-*.new \
		"$state"/.offhook-*.new "$state"/.idle-*.new "$state"/.sync-*.new "$state"/.written-*.new "$data"/.trial-* \
		"$LOGDIR/sv/callerid" "$(secret_file token_file)" "$(secret_file password_file)"; do
		if [ -e "$path" ] || [ -L "$path" ]; then printf '%s\n' "$path"; fi
	done | sort -u # the token's file is also one that the settings name
}

confirm_purge() {
	say purge_what
	say purge_data
	say purge_settings
	stored | sed 's/^/  /'
	if [ "$1" = --yes ]; then return 0; fi
	if [ ! -t 0 ]; then
		say purge_refused >&2
		exit 2
	fi
	printf '%s ' "$(say purge_question)"
	read -r answer
	[ "$answer" = delete ] || { say purge_stopped; exit 1; }
}

purge() {
	confirm_purge "$1"
	remove
	stored >"$root/.stored"
	while IFS= read -r path; do rm -rf "$path"; done <"$root/.stored"
	rm -f "$root/.stored"
	remove_empty "$settings" "$data" "$state" "$LOGDIR/sv" \
		"$HOME/.config" "$HOME/.local/share" "$HOME/.local/state" "$HOME/.local" "$HOME/.termux"
	say purged "$(typed "$root")"
}

installed_home # an update keeps the home that the installation was made for
. "$root/bin/places.sh"
if in_japanese; then language=2; else language=1; fi # the column of the file texts
case ${1-}:${2-} in
:) install ;;
--remove:)
	remove
	say kept "$(typed "$here/install.sh")"
	;;
--purge: | --purge:--yes) purge "${2-}" ;;
*)
	say usage 'sh termux/install.sh [--remove | --purge [--yes]]' >&2
	exit 2
	;;
esac
