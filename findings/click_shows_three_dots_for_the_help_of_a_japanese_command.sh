#!/bin/sh
# Package: click 8.5.1.
# Guess: a help that is longer than its column is cut where it is full, or at the end of its first sentence, also in a language that
#   writes no spaces; a list of commands and the completion then show its beginning.
# Seen: "..." and nothing of the text, in the list of commands and in the completion of zsh and fish. A text is cut between words,
#   which are what spaces separate, and a sentence ends where a dot does: a text of one long word has no beginning.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check click==8.5.1
unset PYTHONPATH
"$folder/venv/bin/python" - <<'PYTHON'
import click
from click.shell_completion import ShellComplete

TEXT = (
    "通話の記録から取り込んだ電話番号のうち誰のものか分からない番号を、最後に掛かってきた日時と掛かってきた回数を添えて、"
    "新しいものから順に一覧にします。結果はファイルにも書けます。"
)


@click.group()
def tool():
    pass


tool.add_command(click.Command("numbers", help=TEXT))
tool.add_command(click.Command("calls", help="Lists every number of the call log that nobody is known to have. A file is written, too."))
help_text = tool.get_help(click.Context(tool, info_name="tool"))
rows = dict(line.split(None, 1) for line in help_text.splitlines() if line.split()[:1] in (["numbers"], ["calls"]))
found = {item.value: item.help for item in ShellComplete(tool, {}, "tool", "_TOOL_COMPLETE").get_completions([], "")}
print(rows, found)
assert rows["calls"].startswith("Lists every number"), "an English text has its beginning"
assert rows["numbers"].strip() == "..." and found["numbers"] == "...", "this has changed"
print("Nothing of the Japanese text is shown.")
PYTHON
