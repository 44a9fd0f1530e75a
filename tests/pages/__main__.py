"""`make pages`: write the man pages and docs/settings.md anew, and remove pages of commands that are gone."""

from __future__ import annotations

from tests.pages.made import MAN, made_files


def main() -> None:
    """Write each file, and print which ones have changed."""
    files = made_files()
    for gone in set(MAN.glob("*.1")) - files.keys():
        gone.unlink()
        print(f"removed {gone}")
    for path, text in files.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"written {path}")


if __name__ == "__main__":
    main()
