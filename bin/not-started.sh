#!/bin/sh
# Says on the phone, once, that callerid does not start, why, and what to type: sh bin/not-started.sh EXIT-CODE
# What starts callerid in the background (boot, service, buttons, jobs) prints where nobody reads.
set -u
umask 077
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/places.sh"
code=${1:-1}
said=$state/not-started # which code the person was told of; the daemon removes it, and the notification, when it starts

install="sh $(typed "$(dirname -- "$here")/termux/install.sh")"
case $code in
10) title='callerid does not start: its settings have faults' japanese='calleridを起動できません。設定に誤りがあります' command='callerid config check' ;;
21) title='callerid does not start: its Python packages are missing' japanese='calleridを起動できません。Pythonのパッケージがありません' command=$install ;;
40) title='callerid is already running, so its service waits' japanese='calleridはすでに実行中のため、サービスは待機します' command='callerid status' ;;
51) title='callerid does not start: the phone is full' japanese='calleridを起動できません。端末の空き容量がありません' command='df -h' ;;
*) title="callerid does not start (exit code $code)" japanese="calleridを起動できません（終了コード $code）" command='callerid doctor' ;;
esac
if in_japanese; then
	title=$japanese words="Termuxで次を実行してください: $command"
else
	words="Type in Termux: $command"
fi
told() { # was the person told already, a moment ago? What waits between two starts (termux/service/callerid/finish) waits ten minutes
	[ -f "$said" ] && [ -r "$said" ] && read -r before <"$said" && [ "$before" = "$code" ] && [ -n "$(find "$said" -mmin -30)" ]
}

# A termux-notification that cannot reach its app may wait for ever. One that fails (half-upgraded packages) is tried again next time.
mkdir -p "$state"
(
	trap '' HUP
	exec 9<>"$said.lock" # which waits for nobody, whatever is there
	flock -n 9 || exit 0 # another program is just saying it
	[ ! -e "$said" ] || [ -f "$said" ] || rm -f "$said" # a pipe, which would be waited for
	if told; then
		touch "$said"
	else
		timeout 30 termux-notification --id callerid-not-started --title "$title" --content "$words" && printf '%s\n' "$code" >"$said"
	fi
) </dev/null >/dev/null 2>&1 &
