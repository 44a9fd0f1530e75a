"""`make messages`: writes the catalogues anew, with the messages of the code as it is, and says what is to be translated."""

from __future__ import annotations

import sys

from tests.messages.catalogues import TRANSLATED, is_translated, messages, mo_bytes, po_bytes, po_file, updated

if __name__ == "__main__":
    template = messages()
    for language in TRANSLATED:
        made = updated(language, template)
        file = po_file(language)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(po_bytes(made))
        file.with_suffix(".mo").write_bytes(mo_bytes(made))
        missing = [entry.id for entry in made if entry.id and not is_translated(entry)]
        sys.stdout.write(f"{language}: {len(made)} messages, {len(missing)} to be translated in {file}\n")
