"""Settings: every error at once, with its line and what to do; a change keeps the rest of the file. Token and paths."""

from __future__ import annotations

import errno
import os
import re
import tomllib
from datetime import time, timedelta
from pathlib import Path
from unittest.mock import Mock

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid import credentials, paths
from callerid.config import edit, setting_types, settings
from callerid.config.load import load_config, parse_config
from callerid.config.setting_types import as_typed
from callerid.config.settings import Config
from callerid.config.time_types import TimeRange
from callerid.config.toml_faults import line_of
from callerid.errors import ConfigFault, DiskFull, StoreFault, TokenFault
from callerid.translation import in_language


def fault_lines(text: str) -> list[str]:
    with pytest.raises(ConfigFault) as raised:
        parse_config(text)
    assert raised.value.remedy
    return raised.value.sentence.splitlines()[1:]


def test_a_wrong_setting_can_be_corrected_by_the_command_and_others_are_reported() -> None:
    text = '[crm]\nprovider = "sheet"\n'
    assert parse_config(edit.set_value(text, "crm.provider", "file")).crm.provider == "file"
    with pytest.raises(ConfigFault, match="provider"):
        edit.set_value(text, "log.screen", "off")
    with pytest.raises(ConfigFault, match="TOML"):
        edit.set_value("[crm\n", "log.screen", "off")


@pytest.mark.parametrize("key", ["hooks.missed", "crm.token_command", "carddav.password_command"])
def test_a_list_without_a_program_in_it_is_refused_and_an_empty_one_is_none(key: str) -> None:
    table, name = key.split(".")
    for empty in ('[""]', '["", "x"]'):
        assert "the program, is empty" in fault_lines(f"[{table}]\n{name} = {empty}\n")[0]
        with pytest.raises(ConfigFault, match="program, is empty"):
            edit.set_value("", key, empty)
    assert getattr(getattr(parse_config(f"[{table}]\n{name} = []\n"), table), name) == ()
    assert getattr(getattr(parse_config(edit.set_value("", key, "")), table), name) == ()


def test_without_a_file_the_defaults_apply(tmp_path: Path) -> None:
    assert load_config(tmp_path / "config.toml") == Config()


def test_the_sample_file_is_valid_and_holds_the_defaults() -> None:
    assert parse_config(settings.sample_file()) == Config()
    assert parse_config("\n".join(line for line in settings.sample_file().splitlines() if not line.startswith("#"))) == Config()
    for key in settings.SETTINGS:
        assert key.rpartition(".")[2] in settings.sample_file()


def test_every_setting_is_read() -> None:
    config = parse_config(
        'enabled = false\nregion = "de"\nlanguage = "ja"\n[log]\nmin_duration = "90s"\nquiet_hours = "22:00-07:00"\nsims = ["2"]\n'
        'via = "dialog"\nevening = "17:30"\n[sync]\nevery = "off"\n[ring]\nsenses = ["inbox"]\nspeak = "always"\n'
        '[privacy]\nlock_screen = "initials"\nmask_logs = false\n[crm]\nurl = "http://127.0.0.1:8080/"\ntoken_command = ["pass", "x"]\n'
    )
    assert (config.enabled, config.region, config.language) == (False, "DE", "ja")
    assert config.log.min_duration == timedelta(seconds=90)
    assert config.log.quiet_hours == TimeRange(start=time(22), end=time(7))
    assert (config.log.sims, config.log.evening, config.sync.every) == (("2",), time(17, 30), None)
    assert (config.crm.url, config.crm.token_command) == ("http://127.0.0.1:8080", ("pass", "x"))


def test_all_errors_are_listed_at_once_with_their_lines() -> None:
    lines = fault_lines(
        'enabld = true\nregion = "XX"\n\n[log]\npoll = """\nsoon"""\nquiet_hours = "night"\nsims = [\n  "1",\n  2,\n]\n'
        '[crm]\nurl = "http://example.com"\nprovider = "fax"\n[privacy]\nmask_logs = "yes"\n[sync]\nevery = "1s"\n[colour]\nred = 1\n'
    )
    assert [line.split(":")[0].strip() for line in lines] == [f"line {n}" for n in (1, 2, 5, 7, 8, 13, 14, 16, 18, 19)]
    assert "did you mean enabled?" in lines[0]
    assert "not encrypted" in lines[5]
    assert "is not one of 'hubspot', 'file'" in lines[6]
    assert "the least is 5m" in lines[8]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("log = 3", "write [log]"),
        ('[log]\nevening = "25:00"', "not a time of day"),
        ("[log]\nevening = 18", "in quotes"),
        ('[ring]\nsenses = "telephony"', "neither"),
        ('[ring]\nsenses = ["ear"]', "not one of"),
        ("[ring]\nsenses = []", "it is empty"),
        ('[ring]\nspeak = "loud"', "not one of"),
        ("[log]\nvia = 3", "not one of"),
        ("[log]\nsims = 3", "not a list"),
        ('[crm]\nurl = "ftp://x"', "not a web address"),
        ('[crm]\nurl = "http://[::1"', "not a web address"),
        ('[crm]\nowner = "a\\nb"', "line break"),
        ("[crm]\nowner = 3", "put it in quotes"),
        ("[log]\nmin_duration = 3", "not a length of time"),
        ('[log]\nquiet_hours = "22:00-25:00"', "not a range of times"),
        ("poll = '1s'", "did you mean log.poll?"),
        ("zzzzzz = 1", "callerid config sample"),
    ],
)
def test_the_error_for_a_wrong_value_says_what_to_write(text: str, expected: str) -> None:
    assert expected in fault_lines(text)[0]


def test_a_file_that_cannot_be_parsed_is_named_with_the_line(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("enabled = \n")
    with pytest.raises(ConfigFault, match="line 1"):
        load_config(file)
    file.write_bytes(b"enabled = true # \xff")
    with pytest.raises(ConfigFault, match="UTF-8"):
        load_config(file)
    file.unlink()
    file.mkdir()
    with pytest.raises(ConfigFault, match="cannot be read"):
        load_config(file)


_NO_TOML = r"""a|a=|a=[1|a={b=1|a="x|[a|[[a|a=1 2|=1|a="\q"|a="\u00zz"|a="\ud800"|a={b=1,b=2}|a={b}|!|a={b=1,}"""


@pytest.mark.parametrize("text", [*_NO_TOML.split("|"), "a=1\na=2", "[a]\n[a]", "a=1 # \x01", "a='\n'", "a='x", "a='''x"])
def test_what_is_wrong_with_toml_is_said_in_our_words_whatever_the_python(text: str) -> None:
    with pytest.raises(ConfigFault) as wrong:
        parse_config(text)
    assert "it is not TOML" not in wrong.value.sentence
    assert re.search(r" is not valid TOML: line [123](?:, character \d+)?: .*\.$", wrong.value.sentence)
    assert in_language(wrong.value.sentence, "ja").startswith("config.toml は正しいTOML")


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "sims = [" + "1" * 5000 + "]"])
def test_a_text_that_breaks_the_parser_is_an_error_like_any_other(text: str) -> None:
    with pytest.raises(ConfigFault):
        parse_config(text)


@given(st.text())
def test_any_text_is_either_settings_or_an_error(text: str) -> None:
    try:
        parse_config(text)
    except ConfigFault as fault:
        assert fault.sentence


@given(
    st.lists(
        st.sampled_from(["", "# a comment", "[log]", "poll = '2s'", 'x = """\na\n\n# b\n"""', "y = [1,\n 2]", "z.a = 1"]),
        max_size=9,
    )
)
def test_the_line_of_a_key_is_the_line_it_begins_on(parts: list[str]) -> None:
    text = "\r\n".join([*parts, "enabled_at_last = 1", ""])
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    path = ("log", "enabled_at_last") if "[log]" in parts else ("enabled_at_last",)
    assert text.splitlines()[line_of(text, path) - 1] == "enabled_at_last = 1"
    assert line_of("", ("x",)) == 1


@pytest.mark.parametrize(
    ("text", "key", "typed"),
    [
        ('[sync]\nevery = "1h"\nscope = "mine"\n\n# How calls are\n# logged\n[log]\npoll = "2s"\n', "sync.scope", "mine"),
        ('[sync]\nscope = "mine"\n\n\n# How calls are logged\n[log]\n', "sync.scope", "mine"),
        ('[sync]\nevery = "1h"\n# scope = "all"\nscope = "mine"\n[log]\n', "sync.scope", "mine"),
        ('# My settings\n\nregion = "IE"\nlanguage = "ja"\n\n# How calls are logged\n[log]\n', "language", "ja"),
    ],
)
def test_a_new_setting_stands_above_the_comment_of_the_next_table(text: str, key: str, typed: str) -> None:
    assert edit.set_value(text.replace(f'{key.rpartition(".")[2]} = "{typed}"\n', ""), key, typed) == text


def test_a_change_keeps_comments_and_everything_else() -> None:
    text = "# mine\nenabled = true  # on\n\n[log]\n# how often\npoll = '20s'\n"
    changed = edit.set_value(edit.set_value(text, "enabled", "off"), "log.screen", "off")
    assert parse_config(changed).enabled is False
    assert parse_config(changed).log.screen is False
    for kept in ("# mine", "# on", "# how often", "poll = '20s'"):
        assert kept in changed


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("region", "ie"),
        ("log.sims", "1, 2"),
        ("log.sims", '["1"]'),
        ("log.quiet_hours", "22:00-06:00"),
        ("crm.token_command", '["pass", "show x"]'),
        ("sync.every", "off"),
        ("ring.senses", "auto"),
        ("ring.senses", "inbox"),
    ],
)
def test_a_typed_value_is_read_back(key: str, typed: str) -> None:
    assert parse_config(edit.set_value("", key, typed)) != Config() or "senses" in key


@pytest.mark.parametrize(
    ("text", "key", "typed", "expected"),
    [
        ("", "log.polll", "1s", "did you mean log.poll?"),
        ("", "log.poll", "soon", "not a length of time"),
        ("", "enabled", "perhaps", "neither on nor off"),
        ("", "log.sims", "[1", "not a list"),
        ("bad = 1", "enabled", "on", "no such setting"),
    ],
)
def test_a_change_that_is_not_valid_is_refused_before_anything_is_written(text: str, key: str, typed: str, expected: str) -> None:
    with pytest.raises(ConfigFault, match=expected.replace("?", r"\?")):
        edit.set_value(text, key, typed)


def test_a_change_names_errors_elsewhere_by_the_lines_of_the_file_as_it_is() -> None:
    with pytest.raises(ConfigFault, match=r"(?s)/home/config\.toml has an error:.*line 2: log\.evening"):
        edit.set_value("[log]\nevening = 5\n", "enabled", "on", "/home/config.toml")
    assert parse_config(edit.set_value("[log]\nevening = 5\n", "log.evening", "19:00")).log.evening == time(19)


def test_a_file_is_replaced_at_once_and_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "real.toml", tmp_path / "config.toml"
    target.write_text("enabled = true\n")
    link.symlink_to(target)
    edit.save(link, "enabled = false\n")
    assert link.is_symlink()
    assert target.read_text() == "enabled = false\n"
    assert target.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.toml", "real.toml"]


def test_settings_that_cannot_be_written_have_no_fault_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StoreFault, match="cannot be written") as nowhere:
        edit.save(tmp_path / "nowhere" / "config.toml", "")
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    monkeypatch.setattr(os, "fsync", Mock(side_effect=full))
    with pytest.raises(DiskFull, match="No space left") as refused:
        edit.save(tmp_path / "config.toml", "")
    assert (nowhere.value.exit_code, refused.value.exit_code, list(tmp_path.iterdir())) == (50, 51, [])


def test_the_settings_that_are_shown_hold_no_token() -> None:
    values = dict(settings.toml_values(parse_config('[crm]\ntoken_file = "/x"\n')))
    assert values["crm.token_file"] == '"/x"'
    assert values.keys() == settings.SETTINGS.keys()


# ------------------------------------------------------------------------------------------------ the token


def token(text: str = "", environ: dict[str, str] | None = None, printed: str = "") -> str:
    return credentials.read_token(parse_config(text), environ or {}, lambda _: printed).reveal()


def test_a_missing_token_file_is_reported_as_missing(tmp_path: Path) -> None:
    with pytest.raises(TokenFault, match="does not exist") as raised:
        token(f'[crm]\ntoken_file = "{tmp_path / "none"}"\n')
    assert raised.value.remedy == f"Put the token into it, alone on a line, then type: chmod 600 {tmp_path / 'none'}"


def test_a_wrong_token_in_the_environment_has_to_be_changed_there() -> None:
    with pytest.raises(TokenFault) as raised:
        token(environ={"CALLERID_TOKEN": "abc"})
    assert raised.value.remedy.endswith("unset CALLERID_TOKEN")


@pytest.mark.parametrize(
    ("settings_text", "environ", "expected"),
    [
        ("", {"CALLERID_TOKEN": "pat-na1-variable"}, "unset CALLERID_TOKEN"),
        (
            '[crm]\ntoken_file = "{file}"\n',
            {},
            "into '{file}', alone on a line, then type: callerid sync. Or type: callerid setup --again",
        ),
        ('[crm]\ntoken_command = ["pass", "pat-na1-secret"]\n', {}, "runs pass: have it give a valid one"),
    ],
)
def test_a_token_says_where_another_one_is_put_if_the_crm_refuses_it(
    tmp_path: Path, settings_text: str, environ: dict[str, str], expected: str
) -> None:
    file = tmp_path / "my token"
    file.write_text("pat-na1-file-0000\n")
    file.chmod(0o600)
    config = parse_config(settings_text.replace("{file}", str(file)))
    secret = credentials.read_token(config, environ, lambda _: "pat-na1-command")
    assert expected.replace("{file}", str(file)) in secret.how_to_replace
    assert "pat-na1-secret" not in secret.how_to_replace


def test_the_token_comes_from_the_variable_the_file_or_the_command(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("pat-na1-file-0000\n")
    file.chmod(0o600)
    by_file = f'[crm]\ntoken_file = "{file}"\n'
    assert token(by_file) == "pat-na1-file-0000"
    assert token(by_file, {"CALLERID_TOKEN": " pat-na1-variable "}) == "pat-na1-variable"
    assert token('[crm]\ntoken_command = ["x"]\n', printed="pat-na1-command\n") == "pat-na1-command"
    file.chmod(0o644)
    with pytest.raises(ConfigFault, match="can be read by others") as raised:
        token(by_file)
    assert "chmod 600" in raised.value.remedy


@pytest.mark.parametrize("bad", ["two words of it", "short", "pat-\x00-0000000", "pät-0000000000", "x" * 600])
def test_an_invalid_token_is_refused_without_showing_it(bad: str) -> None:
    with pytest.raises(TokenFault) as raised:
        token("", {"CALLERID_TOKEN": bad})
    assert bad not in str(raised.value)


def test_without_a_token_the_error_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(TokenFault) as raised:
        token()
    assert "crm.objects.contacts.write" in raised.value.remedy
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(TokenFault):
            token(f'[crm]\ntoken_file = "{path}"\n')


def test_a_misspelt_environment_variable_is_not_ignored() -> None:
    paths.check_environment({"CALLERID_HOME": "/x", "CALLERID_TOKEN": "y", "PATH": "z"})
    with pytest.raises(ConfigFault, match="CALLERID_TOKN"):
        paths.check_environment({"CALLERID_TOKN": "y"})


# ------------------------------------------------------------------------------------------------ paths


def test_the_paths_are_in_one_folder_or_in_the_xdg_folders(tmp_path: Path) -> None:
    own = paths.installation_paths({"CALLERID_HOME": str(tmp_path)})
    assert {path.parent for path in (own.config_file, own.ledger, own.mirror, own.inbox, own.lock)} == {tmp_path}
    xdg = paths.installation_paths({"HOME": "/h", "XDG_STATE_HOME": "/s", "XDG_DATA_HOME": "relative"})
    assert xdg.config_file == Path("/h/.config/callerid/config.toml")
    assert xdg.ledger == Path("/h/.local/share/callerid/ledger.db")
    assert xdg.inbox == Path("/s/callerid/inbox")
    with pytest.raises(ConfigFault, match="not an absolute path"):
        paths.installation_paths({"CALLERID_HOME": "here"})


def test_folders_are_created_for_their_owner_only(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir(mode=0o755)
    installation = paths.installation_paths({"CALLERID_HOME": str(tmp_path / "c")})
    paths.make_folders(installation)
    paths.make_folders(installation)
    assert {path.stat().st_mode & 0o777 for path in (installation.inbox, installation.inbox.parent)} == {0o700}
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigFault, match="cannot be created"):
        paths.make_folders(paths.installation_paths({"CALLERID_HOME": str(tmp_path / "file")}))
    assert os.path.exists(tmp_path / "file")  # noqa: PTH110


@pytest.mark.parametrize(
    ("typed", "pairs"),
    [
        ("team = sales, area = north", (("team", "sales"), ("area", "north"))),
        ('team = "Sales, EMEA", area = north', (("team", "Sales, EMEA"), ("area", "north"))),
        ('["team = Sales, EMEA"]', (("team", "Sales, EMEA"),)),
        ('size = 5" pipe, team = x = y', (("size", '5" pipe'), ("team", "x = y"))),
        ('team = "say \\"hi\\", she said"', (("team", 'say "hi", she said'),)),
        ('team = "sales"', (("team", "sales"),)),
        ('team = "\\x", area = a', (("team", '"\\x"'), ("area", "a"))),
        ("team = sales,", (("team", "sales"),)),
    ],
)
def test_fixed_values_are_read_as_they_are_typed_and_can_be_typed_again(typed: str, pairs: tuple[tuple[str, str], ...]) -> None:
    text = edit.set_value("", "log.fields", typed)
    assert parse_config(text).log.fields == pairs
    assert parse_config(edit.set_value("", "log.fields", as_typed(pairs))).log.fields == pairs


@given(st.lists(st.tuples(st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True), st.text(min_size=1)), max_size=4))
def test_any_fixed_values_can_be_typed(pairs: list[tuple[str, str]]) -> None:
    kept = tuple((name, value) for name, value in pairs if value.isprintable() and value == value.strip())
    assert parse_config(edit.set_value("", "log.fields", as_typed(kept))).log.fields == kept


@pytest.mark.parametrize("typed", ["team", "team = ", "= sales", "Team = sales", 'team = "a, b', "hs_timestamp = 1"])
def test_an_invalid_fixed_value_is_reported(typed: str) -> None:
    with pytest.raises(ConfigFault):
        edit.set_value("", "log.fields", typed)


def test_a_property_that_is_always_filled_is_refused_by_name() -> None:
    (fault,) = fault_lines('[log]\nfields = ["team = sales", "hs_call_external_id = 1", "hs_call_body = See the phone"]\n')
    assert "callerid itself fills hs_call_external_id" in fault


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *(("ISO-8859-2", "iso8859-2"), ("koi8-r", "koi8-r"), ("EUC-JP", "euc_jp"), ("windows-1256", "cp1256"), ("auto", "auto")),
        *(("UTF-8", "utf-8"), ("gb18030", "gb18030"), ("Shift_JIS", "shift_jis"), ("utf16", "utf-16"), ("latin1", "iso8859-1")),
    ],
)
def test_any_text_encoding_that_python_has_can_be_set(typed: str, name: str) -> None:
    assert parse_config(edit.set_value("", "crm.encoding", typed)).crm.encoding == name


@pytest.mark.parametrize(
    "typed", ["", "cp99999", "base64", "rot13", "idna", "punycode", "undefined", "unicode_escape", "utf‑8", "../x"]
)
def test_an_encoding_that_is_not_for_texts_is_refused_with_examples(typed: str) -> None:
    with pytest.raises(ConfigFault, match="is not a text encoding; write one such as"):
        edit.set_value("", "crm.encoding", typed)


def test_the_regions_that_settings_know_are_those_with_a_numbering_plan() -> None:
    assert setting_types._REGIONS <= phonenumbers.SUPPORTED_REGIONS
    assert {"IE", "DE", "US", "JP"} <= setting_types._REGIONS
