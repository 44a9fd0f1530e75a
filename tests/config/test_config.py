"""Settings: every fault at once, with its line and what to do; a change keeps the person's file as it is."""

from __future__ import annotations

import os
import tomllib
from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid import credentials, paths
from callerid.config import edit, settings
from callerid.config.pairs import as_typed
from callerid.config.settings import Config, TimeRange, read
from callerid.config.toml_lines import line_of
from callerid.errors import ConfigFault, TokenFault


def faults(text: str) -> list[str]:
    with pytest.raises(ConfigFault) as told:
        read(text)
    assert told.value.remedy
    return told.value.sentence.splitlines()[1:]


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert settings.load(tmp_path / "config.toml") == Config()


def test_the_sample_is_a_good_file_and_says_the_defaults() -> None:
    assert read(settings.sample()) == Config()
    assert read("\n".join(line for line in settings.sample().splitlines() if not line.startswith("#"))) == Config()
    for key in settings.KEYS:
        assert key.rpartition(".")[2] in settings.sample()


def test_every_setting_is_read() -> None:
    found = read(
        'enabled = false\nregion = "de"\nlanguage = "ja"\n[log]\nmin_duration = "90s"\nquiet_hours = "22:00-07:00"\nsims = ["2"]\n'
        'via = "dialog"\nevening = "17:30"\n[sync]\nevery = "off"\n[ring]\nsenses = ["inbox"]\nspeak = "always"\n'
        '[privacy]\nlock_screen = "initials"\nmask_logs = false\n[crm]\nurl = "http://127.0.0.1:8080/"\ntoken_command = ["pass", "x"]\n'
    )
    assert (found.enabled, found.region, found.language) == (False, "DE", "ja")
    assert found.log.min_duration == timedelta(seconds=90)
    assert found.log.quiet_hours == TimeRange(start=time(22), end=time(7))
    assert (found.log.sims, found.log.evening, found.sync.every) == (("2",), time(17, 30), None)
    assert (found.crm.url, found.crm.token_command) == ("http://127.0.0.1:8080", ("pass", "x"))


def test_every_fault_is_listed_at_once_with_its_line() -> None:
    told = faults(
        'enabld = true\nregion = "XX"\n\n[log]\npoll = """\nsoon"""\nquiet_hours = "night"\nsims = [\n  "1",\n  2,\n]\n'
        '[crm]\nurl = "http://example.com"\nprovider = "fax"\n[privacy]\nmask_logs = "yes"\n[sync]\nevery = "1s"\n[colour]\nred = 1\n'
    )
    assert [line.split(":")[0].strip() for line in told] == [f"line {n}" for n in (1, 2, 5, 7, 8, 13, 14, 16, 18, 19)]
    assert "do you mean enabled?" in told[0]
    assert "not encrypted" in told[5]
    assert "is not one of 'hubspot', 'file'" in told[6]
    assert "the least is 5m" in told[8]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("log = 3", "write [log]"),
        ('[log]\nevening = "25:00"', "no time of day"),
        ("[log]\nevening = 18", "in quotes"),
        ('[ring]\nsenses = "telephony"', "neither"),
        ('[ring]\nsenses = ["ear"]', "not one of"),
        ("[ring]\nsenses = []", "it is empty"),
        ('[ring]\nspeak = "loud"', "not one of"),
        ("[log]\nvia = 3", "not one of"),
        ("[log]\nsims = 3", "no list"),
        ('[crm]\nurl = "ftp://x"', "no address"),
        ('[crm]\nurl = "http://[::1"', "no address"),
        ('[crm]\nowner = "a\\nb"', "line break"),
        ("[crm]\nowner = 3", "put it in quotes"),
        ("[log]\nmin_duration = 3", "no length of time"),
        ('[log]\nquiet_hours = "22:00-25:00"', "no time of day"),
        ("poll = '1s'", "do you mean log.poll?"),
        ("zzzzzz = 1", "callerid config sample"),
    ],
)
def test_a_wrong_value_says_what_would_be_right(text: str, says: str) -> None:
    assert says in faults(text)[0]


def test_a_file_that_is_no_toml_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("enabled = \n")
    with pytest.raises(ConfigFault, match="line 1"):
        settings.load(file)
    file.write_bytes(b"enabled = true # \xff")
    with pytest.raises(ConfigFault, match="UTF-8"):
        settings.load(file)
    file.unlink()
    file.mkdir()
    with pytest.raises(ConfigFault, match="cannot be read"):
        settings.load(file)


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "sims = [" + "1" * 5000 + "]"])
def test_what_the_parser_chokes_on_is_a_fault_like_any_other(text: str) -> None:
    with pytest.raises(ConfigFault):
        read(text)


@given(st.text())
def test_any_text_is_settings_or_a_fault(text: str) -> None:
    try:
        read(text)
    except ConfigFault as fault:
        assert fault.sentence


@given(
    st.lists(
        st.sampled_from(["", "# a comment", "[log]", "poll = '2s'", 'x = """\na\n\n# b\n"""', "y = [1,\n 2]", "z.a = 1"]),
        max_size=9,
    )
)
def test_the_line_of_a_key_is_where_it_begins(parts: list[str]) -> None:
    text = "\r\n".join([*parts, "enabled_at_last = 1", ""])
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    path = ("log", "enabled_at_last") if "[log]" in parts else ("enabled_at_last",)
    assert text.splitlines()[line_of(text, path) - 1] == "enabled_at_last = 1"
    assert line_of("", ("x",)) == 1


def test_a_change_keeps_comments_and_everything_else() -> None:
    text = "# mine\nenabled = true  # on\n\n[log]\n# how often\npoll = '20s'\n"
    changed = edit.set_value(edit.set_value(text, "enabled", "off"), "log.screen", "off")
    assert read(changed).enabled is False
    assert read(changed).log.screen is False
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
def test_what_is_typed_is_read_back(key: str, typed: str) -> None:
    assert read(edit.set_value("", key, typed)) != Config() or "senses" in key


@pytest.mark.parametrize(
    ("text", "key", "typed", "says"),
    [
        ("", "log.polll", "1s", "do you mean log.poll?"),
        ("", "log.poll", "soon", "no length of time"),
        ("", "enabled", "perhaps", "neither on nor off"),
        ("", "log.sims", "[1", "no list"),
        ("bad = 1", "enabled", "on", "no such setting"),
    ],
)
def test_a_change_that_cannot_be_is_refused_before_anything_is_written(text: str, key: str, typed: str, says: str) -> None:
    with pytest.raises(ConfigFault, match=says.replace("?", r"\?")):
        edit.set_value(text, key, typed)


def test_a_file_is_replaced_at_once_and_a_link_stays_one(tmp_path: Path) -> None:
    target, link = tmp_path / "real.toml", tmp_path / "config.toml"
    target.write_text("enabled = true\n")
    link.symlink_to(target)
    edit.save(link, "enabled = false\n")
    assert link.is_symlink()
    assert target.read_text() == "enabled = false\n"
    assert target.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.toml", "real.toml"]
    with pytest.raises(ConfigFault, match="cannot be written"):
        edit.save(tmp_path / "nowhere" / "config.toml", "")


def test_shown_settings_hold_no_token() -> None:
    shown = dict(settings.shown(read('[crm]\ntoken_file = "/x"\n')))
    assert shown["crm.token_file"] == '"/x"'
    assert shown.keys() == settings.KEYS.keys()


# ------------------------------------------------------------------------------------------------ the token


def token(text: str = "", environ: dict[str, str] | None = None, printed: str = "") -> str:
    return credentials.read_token(read(text), environ or {}, lambda _: printed).reveal()


def test_the_token_comes_from_the_variable_the_file_or_the_command(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("pat-na1-file-0000\n")
    file.chmod(0o600)
    by_file = f'[crm]\ntoken_file = "{file}"\n'
    assert token(by_file) == "pat-na1-file-0000"
    assert token(by_file, {"CALLERID_TOKEN": " pat-na1-variable "}) == "pat-na1-variable"
    assert token('[crm]\ntoken_command = ["x"]\n', printed="pat-na1-command\n") == "pat-na1-command"
    file.chmod(0o644)
    with pytest.raises(ConfigFault, match="can be read by others") as told:
        token(by_file)
    assert "chmod 600" in told.value.remedy


@pytest.mark.parametrize("bad", ["two words of it", "short", "pat-\x00-0000000", "pät-0000000000", "x" * 600])
def test_what_can_be_no_token_is_refused_without_showing_it(bad: str) -> None:
    with pytest.raises(TokenFault) as told:
        token("", {"CALLERID_TOKEN": bad})
    assert bad not in str(told.value)


def test_without_a_token_it_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(TokenFault) as told:
        token()
    assert "crm.objects.contacts.write" in told.value.remedy
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(TokenFault):
            token(f'[crm]\ntoken_file = "{path}"\n')


def test_a_misspelt_variable_is_not_ignored() -> None:
    credentials.check_environment({"CALLERID_HOME": "/x", "CALLERID_TOKEN": "y", "PATH": "z"})
    with pytest.raises(ConfigFault, match="CALLERID_TOKN"):
        credentials.check_environment({"CALLERID_TOKN": "y"})


# ------------------------------------------------------------------------------------------------ paths


def test_one_folder_or_the_xdg_ones(tmp_path: Path) -> None:
    own = paths.installation_paths({"CALLERID_HOME": str(tmp_path)})
    assert {path.parent for path in (own.config_file, own.ledger, own.mirror, own.inbox, own.lock)} == {tmp_path}
    xdg = paths.installation_paths({"HOME": "/h", "XDG_STATE_HOME": "/s", "XDG_DATA_HOME": "relative"})
    assert xdg.config_file == Path("/h/.config/callerid/config.toml")
    assert xdg.ledger == Path("/h/.local/share/callerid/ledger.db")
    assert xdg.inbox == Path("/s/callerid/inbox")
    with pytest.raises(ConfigFault, match="not an absolute path"):
        paths.installation_paths({"CALLERID_HOME": "here"})


def test_folders_are_made_for_their_owner_only(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir(mode=0o755)
    where = paths.installation_paths({"CALLERID_HOME": str(tmp_path / "c")})
    paths.make_folders(where)
    paths.make_folders(where)
    assert {path.stat().st_mode & 0o777 for path in (where.inbox, where.inbox.parent)} == {0o700}
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigFault, match="cannot be created"):
        paths.make_folders(paths.installation_paths({"CALLERID_HOME": str(tmp_path / "file")}))
    assert os.path.exists(tmp_path / "file")  # noqa: PTH110


@pytest.mark.parametrize(
    ("typed", "said"),
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
def test_fixed_values_are_read_as_they_are_typed_and_can_be_typed_again(typed: str, said: tuple[tuple[str, str], ...]) -> None:
    text = edit.set_value("", "log.fields", typed)
    assert read(text).log.fields == said
    assert read(edit.set_value("", "log.fields", as_typed(said))).log.fields == said


@given(st.lists(st.tuples(st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True), st.text(min_size=1)), max_size=4))
def test_any_fixed_values_can_be_typed(said: list[tuple[str, str]]) -> None:
    kept = tuple((name, value) for name, value in said if value.isprintable() and value == value.strip())
    assert read(edit.set_value("", "log.fields", as_typed(kept))).log.fields == kept


@pytest.mark.parametrize("typed", ["team", "team = ", "= sales", "Team = sales", 'team = "a, b', "hs_timestamp = 1"])
def test_what_is_no_fixed_value_is_told(typed: str) -> None:
    with pytest.raises(ConfigFault):
        edit.set_value("", "log.fields", typed)


def test_a_property_that_is_always_filled_is_refused_by_name() -> None:
    (fault,) = faults('[log]\nfields = ["team = sales", "hs_call_external_id = 1", "hs_call_body = See the phone"]\n')
    assert "callerid itself fills hs_call_external_id" in fault
