#!/bin/sh
# Makes the environment of callerid on a phone, or leaves it as it is when it fits: the folder .venv, with the packages that
# setup.cfg names and a path file that leads to this checkout. Nothing is compiled and nothing of callerid is copied: an editable
# install takes 23 to 36 ms at every start.
#
# Only wheels that are pure Python are taken. They are kept in the folder wheels/, so that after an upgrade of Python (each moves
# the folder of its packages) the environment is made anew without a network.
set -u
umask 077
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(dirname -- "$here")
environment=$root/.venv fresh=$root/.venv.new old=$root/.venv.old wheels=$root/wheels failed=$root/.venv.failed
# watchdog's wheels for Linux are pure Python too, but carry a platform's name; those for all of them are the same.
pure='--only-binary :all: --implementation py --abi none --platform any --platform manylinux2014_aarch64'

requirements() { # print what setup.cfg requires, one a line
	sed -n '/^install_requires/,/^$/{s/^[[:space:]]\{1,\}//;/^#/d;/^install_requires/d;/^$/d;p;}' "$root/setup.cfg"
}
fits() {
	[ -L "$environment/interpreter" ] && [ "$environment/bin/python" -ef "$environment/interpreter" ] &&
		requirements | cmp -s - "$environment/requirements"
}
fail() { # SENTENCE: say it here and on the phone
	echo "callerid: $1 Type: sh $(. "$here/places.sh" && typed "$root/termux/install.sh")" >&2
	[ -t 2 ] || sh "$here/not-started.sh" 21
	exit 21
}
fail_to_build() { # SENTENCE
	rm -rf "$fresh"
	: >"$failed"
	fail "$1"
}
use_wheels() { # install from wheels/ alone
	[ -d "$wheels" ] || return 1
	"$python" -m pip --disable-pip-version-check --quiet install --no-compile --no-index --find-links "$wheels" $pure --target "$packages" \
		--requirement "$fresh/requirements" && works
}
fetch_wheels() { # into wheels/, from pip's cache as far as it has them
	rm -rf "$wheels.new"
	"$python" -m pip --disable-pip-version-check --quiet download $pure --dest "$wheels.new" --requirement "$fresh/requirements" || return 1
	rm -rf "$wheels"
	mv "$wheels.new" "$wheels"
}
# What is imported here is compiled here; pip would compile all, which takes seven times as long.
works() { "$fresh/bin/python" -c 'import callerid, click, phonenumbers, requests, sqlite_utils, tomlkit, tzdata, watchdog'; }
no_noise() { "$@" 2>"$root/.venv.log"; }

build() {
	[ ! -t 2 ] || echo 'callerid: its environment is made for this Python; this takes a minute …' >&2
	python=$(command -v python3 || command -v python) || fail_to_build 'Python is not installed.'
	rm -rf "$fresh"
	no_noise "$python" -m venv --without-pip "$fresh" || fail_to_build 'no environment can be made for this Python.'
	rm -f "$fresh"/bin/[aA]ctivate* # they name the folder in which this one is made
	packages=$("$fresh/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
	printf '%s\n' "$root" >"$packages/callerid.pth"
	requirements >"$fresh/requirements"
	no_noise use_wheels || { no_noise fetch_wheels && no_noise use_wheels; } ||
		fail_to_build "its Python packages cannot be installed ($(tail -n 1 "$root/.venv.log"))."
	for program in callerid callerid-event; do ln -s "../../bin/$program" "$fresh/bin/$program"; done
	ln -s "$(readlink -f "$fresh/bin/python")" "$fresh/interpreter"
	rm -rf "$old"
	[ ! -e "$environment" ] && [ ! -L "$environment" ] || mv "$environment" "$old"
	mv "$fresh" "$environment"
	rm -rf "$old" "$failed" "$root/.venv.log"
	echo 'environment: made for this Python'
}

# One process at a time: a boot, a tap and a job may come together after an upgrade. The lock ends with its process.
exec 9>"$root/.venv.lock"
flock 9
if fits; then
	touch "$environment/requirements" # newer than setup.cfg, which the launcher compares
	exit 0
fi
# What failed a moment ago is not tried again by each button: only by a person, or when some minutes have passed.
if [ ! -t 2 ] && [ "${1-}" != --now ] && [ -n "$(find "$failed" -mmin -10 2>/dev/null)" ]; then
	fail 'its Python packages could not be installed a moment ago.'
fi
build
