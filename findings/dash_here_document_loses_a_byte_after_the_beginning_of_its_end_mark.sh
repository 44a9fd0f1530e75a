#!/bin/sh
# Package: dash 0.5.12-2 of Debian 12 (the shell that Termux calls sh is dash, too).
# Guess: the lines of a here-document with a quoted end mark come out byte by byte as they went in.
# Seen: a line that begins with the first letters of the end mark and goes on with a letter outside ASCII loses the first byte of that
#   letter, so that the text is no longer valid UTF-8: with the end mark END, "Eé" and "ENé" are damaged, "xEé" and "E e" are not. bash gives
#   them back as they are. An end mark that begins with a sign that is in no text avoids it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download --quiet=2 dash=0.5.12-2
dpkg -x dash_0.5.12-2_*.deb "$folder"
cat > here.sh <<'SCRIPT'
cat <<'END'
Eé
ENé
xEé
E e
END
SCRIPT
"$(find "$folder" -path '*/bin/dash')" here.sh > by_dash
bash here.sh > by_bash
printf 'E\251\nEN\251\nxE\303\251\nE e\n' > damaged
printf 'E\303\251\nEN\303\251\nxE\303\251\nE e\n' > whole
echo "dash:" && od -c by_dash && echo "bash:" && od -c by_bash
cmp by_dash damaged
cmp by_bash whole
