"""Frozen, slotted dataclasses that are made late behave as those of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError, field
from typing import Any

import pytest

from callerid import records


def _classes(dataclass: Any) -> tuple[type[Any], type[Any], type[Any]]:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Call:
        """Of keywords, with each kind of default."""

        number: str
        seconds: int = 0
        notes: list[str] = field(default_factory=list, compare=False)
        shown: str = field(init=False, default="", repr=False)
        tries: list[int] = field(init=False, default_factory=list, hash=False)

        def __post_init__(self) -> None:
            if self.seconds < 0:
                raise ValueError(self.number)

    @dataclass(frozen=True, slots=True)
    class Range:
        """By position, with one word behind them."""

        first: int
        last: int = 9
        step: int = field(default=1, kw_only=True)

    @dataclass(frozen=True, slots=True)
    class Name:  # noqa: PLW1641 - it gets one from the dataclass
        """One field, and methods of its own."""

        text: str

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Name) and self.text.lower() == other.text.lower()

        def __repr__(self) -> str:
            return f"<{self.text}>"

    return Call, Range, Name


OURS, STANDARD = _classes(records.dataclass), _classes(dataclasses.dataclass)
BOTH = pytest.mark.parametrize(("call", "numbers", "name"), [OURS, STANDARD], ids=["ours", "standard"])


@BOTH
def test_a_record_has_the_values_and_defaults_that_it_is_made_with(call: Any, numbers: Any, name: Any) -> None:
    made, other = call(number="1"), call(number="1", seconds=3, notes=["a"])
    assert (made.seconds, made.notes, made.shown, made.tries) == (0, [], "", [])
    assert made.notes is not call(number="1").notes
    assert (other.seconds, other.notes) == (3, ["a"])
    assert [(one.first, one.last, one.step) for one in (numbers(1), numbers(1, 2), numbers(1, step=4))] == [
        (1, 9, 1),
        (1, 2, 1),
        (1, 9, 4),
    ]
    assert name("x").text == "x"


@BOTH
@pytest.mark.parametrize("words", [{}, {"number": "1", "shown": "x"}, {"number": "1", "colour": "red"}])
def test_a_record_refuses_other_words_than_its_fields(call: Any, numbers: Any, name: Any, words: dict[str, str]) -> None:
    with pytest.raises(TypeError):
        call(**words)
    with pytest.raises(TypeError):
        call("1")
    with pytest.raises(TypeError):
        numbers(1, 2, 3)
    with pytest.raises(TypeError):
        name()


@BOTH
def test_a_record_cannot_be_changed_and_has_no_other_attributes(call: Any, numbers: Any, name: Any) -> None:
    for made in (call(number="1"), numbers(1), name("x")):
        for attribute in ("first", "number", "colour"):
            with pytest.raises((FrozenInstanceError, TypeError)):
                setattr(made, attribute, "2")
            with pytest.raises((FrozenInstanceError, TypeError)):
                delattr(made, attribute)
        assert not hasattr(made, "__dict__")


@BOTH
def test_records_are_equal_by_the_fields_that_are_compared(call: Any, numbers: Any, name: Any) -> None:
    assert call(number="1", notes=["a"]) == call(number="1")
    assert call(number="1") != call(number="2")
    assert numbers(1) != (1, 9, 1)
    assert len({numbers(1), numbers(1, 9), numbers(1, step=2)}) == 2
    assert hash(call(number="1", notes=["a"])) == hash(call(number="1"))
    assert name("Ana") == name("ANA")
    assert hash(name("Ana")) == hash(name("Ana"))


@BOTH
def test_a_record_is_shown_with_its_fields(call: Any, numbers: Any, name: Any) -> None:
    assert repr(call(number="1")).endswith("Call(number='1', seconds=0, notes=[], tries=[])")
    assert repr(numbers(1)).endswith("Range(first=1, last=9, step=1)")
    assert repr(name("x")) == "<x>"


@BOTH
def test_a_record_is_replaced_matched_copied_and_checked_as_any_dataclass(call: Any, numbers: Any, name: Any) -> None:
    assert dataclasses.replace(call(number="1"), seconds=5).seconds == 5
    with pytest.raises(ValueError, match="1"):
        dataclasses.replace(call(number="1"), seconds=-1)
    assert dataclasses.asdict(numbers(1)) == {"first": 1, "last": 9, "step": 1}
    match numbers(1, 2):
        case numbers(first, last):
            assert (first, last) == (1, 2)
    assert copy.deepcopy(call(number="1", notes=["a"])).notes == ["a"]
    assert copy.copy(name("x")) == name("x")


KINDS = [records.dataclass, dataclasses.dataclass]


@pytest.mark.parametrize("outer", KINDS, ids=["ours", "standard"])
@pytest.mark.parametrize("inner", KINDS, ids=["of ours", "of standard"])
def test_a_record_may_inherit_from_another(inner: Any, outer: Any) -> None:
    @inner(frozen=True, slots=True)
    class Person:
        """The first fields."""

        name: str
        company: str = ""

    @outer(frozen=True, slots=True)
    class Owner(Person):
        """One field more."""

        email: str = "-"

    person: Any = Person
    owner: Any = Owner
    made = owner("Ana")
    assert (made.name, made.company, made.email) == ("Ana", "", "-")
    assert made != person("Ana")
    with pytest.raises(FrozenInstanceError):
        made.name = "Eva"


@pytest.mark.parametrize("dataclass", KINDS, ids=["ours", "standard"])
def test_a_field_may_have_any_name(dataclass: Any) -> None:
    @dataclass(frozen=True, slots=True)
    class Change:
        """With names that the text of `__init__` might use itself."""

        self: int
        notes: list[str] = field(default_factory=list)
        new_notes: int = 1
        set_notes: int = 2
        not_given: int = 3

    made = Change(0)
    assert (made.self, made.notes, made.new_notes, made.set_notes, made.not_given) == (0, [], 1, 2, 3)


@BOTH
def test_a_record_tells_what_it_is_made_of_before_one_is_made(call: Any, numbers: Any, name: Any) -> None:
    signature = inspect.signature(numbers)
    assert [str(parameter) for parameter in signature.parameters.values()] == [
        "first: 'int'",
        "last: 'int' = 9",
        "step: 'int' = 1",
    ]
    assert list(inspect.signature(call).parameters) == ["number", "seconds", "notes"]
    with pytest.raises(TypeError, match=r"Name\.__init__\(\) missing 1 required positional argument: 'text'"):
        name()


def test_after_everything_was_compiled_the_first_object_has_nothing_left_to_make() -> None:
    @records.dataclass(frozen=True, slots=True)
    class Late:
        number: str

    @records.dataclass(frozen=True, slots=True)
    class OfItsOwn:
        number: str

        def __init__(self, number: str) -> None:
            object.__setattr__(self, "number", number.strip())

    records.compile_all()
    assert Late.__init__.__code__.co_varnames[1] == "number"
    assert (Late("1").number, OfItsOwn(" 1 ").number) == ("1", "1")


def test_a_record_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(Pickled("1"))) == Pickled("1")  # noqa: S301


@records.dataclass(frozen=True, slots=True)
class Pickled:
    """Found again by its name."""

    number: str


def test_what_is_not_frozen_and_slotted_is_a_dataclass_of_the_standard_library() -> None:
    @records.dataclass(slots=True)
    class Counter:
        count: int = 0

    counter = Counter()
    counter.count += 1
    assert repr(counter).endswith("Counter(count=1)")
    assert inspect.signature(Counter).parameters.keys() == {"count"}


def test_the_first_import_of_dataclasses_leaves_inspect_out_and_working() -> None:
    looks = (
        "import sys, callerid.records as r; assert 'inspect' not in sys.modules; d = r.dataclasses; print(d.inspect.signature(len))"
    )
    assert subprocess.run([sys.executable, "-c", looks], capture_output=True, text=True, check=True).stdout == "(obj, /)\n"
    made = (
        "import sys, callerid.records as r\n@r.dataclass(frozen=True, slots=True)\nclass Call:\n 'A call.'\n number: int\n"
        "asked = r.dataclasses.inspect.get_annotations\nprint(Call(1), asked(Call), 'inspect' in sys.modules, asked(len))"
    )
    said = subprocess.run([sys.executable, "-c", made], capture_output=True, text=True, check=True).stdout
    assert said == "Call(number=1) {'number': <class 'int'>} False {}\n"  # Python 3.12 and 3.13 ask inspect for each class
    late = "import callerid.records, inspect; print(inspect.signature(len))"
    assert subprocess.run([sys.executable, "-c", late], capture_output=True, text=True, check=True).stdout == "(obj, /)\n"
