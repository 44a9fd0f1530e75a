"""`dataclass`: that of the standard library, for the frozen, slotted classes of which a command loads dozens.

The standard one writes and compiles six methods of each class when its module is imported: 0.3 to 1.3 ms on a desk, a fifth of all
that `callerid lookup` does. Here `__init__` is compiled when the first object is made, or by `compile_all`, and nothing else. For
`fields`, `replace`, `asdict`, `match`, `inspect.signature` and a class that inherits from one, these are dataclasses as any other;
only `InitVar` is not known. Classes that are not frozen and slotted are made by the standard one.
"""

from __future__ import annotations

import sys
from operator import attrgetter
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import dataclasses
    from collections.abc import Callable
    from dataclasses import dataclass

__all__ = ["compile_all", "dataclass"]


class _Inspect(ModuleType):
    """Stands in for `inspect`, which `dataclasses` imports and hardly ever uses, and which is half of what it costs to import."""

    def __getattr__(self, name: str) -> Any:
        if name in {"__path__", "__spec__"}:
            raise AttributeError(name)
        import inspect

        return getattr(inspect, name)

    @staticmethod
    def get_annotations(obj: Any, **options: Any) -> dict[str, Any]:
        """Return what `inspect.get_annotations` does, which Python 3.12 and 3.13 call for each class that becomes a dataclass."""
        if isinstance(obj, type) and not options:
            annotations = vars(obj).get("__annotations__")
            return dict(annotations) if isinstance(annotations, dict) else {}
        import inspect

        return inspect.get_annotations(obj, **options)


def _import_dataclasses() -> ModuleType:
    if "dataclasses" in sys.modules or "inspect" in sys.modules:
        import dataclasses

        return dataclasses
    sys.modules["inspect"] = _Inspect("inspect")
    try:
        import dataclasses
    finally:
        del sys.modules["inspect"]
    return dataclasses


_not_compiled: list[type[Any]] = []  # classes of which no object may have been made yet

if not TYPE_CHECKING:
    dataclasses = _import_dataclasses()

    def dataclass(cls: type | None = None, /, **options: bool) -> Any:
        """Return the class as a dataclass with these options, or what makes it one."""
        if cls is None:
            return lambda cls: dataclass(cls, **options)
        if not (options.get("frozen") and options.get("slots") and options.keys() <= {"frozen", "slots", "kw_only"}):
            return dataclasses.dataclass(cls, **options)
        own = vars(cls).keys() - ({"__hash__"} if vars(cls).get("__hash__") is None else set())
        kw_only, inherits = options.get("kw_only", False), any("__dataclass_fields__" in vars(base) for base in cls.__mro__[1:])
        made = dataclasses.dataclass(cls, init=False, repr=False, eq=False, slots=True, kw_only=kw_only, frozen=inherits)
        if "__init__" not in own:
            _not_compiled.append(made)
        for name, method in _methods(made).items():
            if name not in own:
                setattr(made, name, method)
        made.__setattr__, made.__delattr__ = _refuse_to_set, _refuse_to_delete
        made.__signature__ = _Signature()
        made.__dataclass_params__.frozen = made.__dataclass_params__.eq = True
        return made


def compile_all() -> None:
    """Compile what is left to the first object of each class that was made so far: for a process whose first ring, say, is not to
    wait for it."""
    while _not_compiled:
        made = _not_compiled.pop()
        made.__init__ = _compiled_init(made)


class _Signature:
    """The signature of a class whose `__init__` may not be compiled yet."""

    def __get__(self, made: object, owner: type[Any]) -> Any:
        import inspect

        return inspect.signature(_compiled_init(owner).__get__(owner))


def _methods(made: type[Any]) -> dict[str, Callable[..., Any]]:
    fields = dataclasses.fields(made)
    compared = _values([field.name for field in fields if field.compare])
    hashed = _values([field.name for field in fields if (field.compare if field.hash is None else field.hash)])

    def init(self: object, *args: object, **kwargs: object) -> None:
        made.__init__ = _compiled_init(made)
        made.__init__(self, *args, **kwargs)

    def equals(self: object, other: object) -> bool:
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    def hash_of(self: object) -> int:
        return hash(hashed(self))

    return {
        "__init__": init,
        "__eq__": equals,
        "__hash__": hash_of,
        "__repr__": _shown,
        "__getstate__": _state,
        "__setstate__": _set_state,
    }


def _values(names: list[str]) -> Callable[[object], tuple[Any, ...]]:
    """Return a function that returns these attributes of an object."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda self: tuple(getattr(self, name) for name in names)


def _shown(self: Any) -> str:
    values = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{self.__class__.__qualname__}({values})"


def _state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


def _refuse_to_set(self: object, name: str, value: object) -> None:  # noqa: ARG001
    raise dataclasses.FrozenInstanceError(name)


def _refuse_to_delete(self: object, name: str) -> None:  # noqa: ARG001
    raise dataclasses.FrozenInstanceError(name)


def _compiled_init(made: type[Any]) -> Callable[..., None]:
    """Return a class's `__init__`, which sets the fields by their slots. No field's name begins with two underscores."""
    names: dict[str, Any] = {"__not_given": object()}
    parameters, keywords, lines = ["__self"], ["*"], ["pass"]
    for field in dataclasses.fields(made):
        default = _default(field, names)
        if field.init:
            (keywords if field.kw_only else parameters).append(field.name + default)
        if field.init or default:
            names[f"__set_{field.name}"] = getattr(made, field.name).__set__
            lines.append(f"__set_{field.name}(__self, {_value(field)})")
    if hasattr(made, "__post_init__"):
        lines.append("__self.__post_init__()")
    # the text has nothing but names of fields
    words = ", ".join(parameters + (keywords if keywords[1:] else []))
    exec(f"def __init__({words}):\n " + "\n ".join(lines), names)  # noqa: S102 # nosec B102
    init: Callable[..., None] = names["__init__"]
    init.__qualname__ = f"{made.__qualname__}.__init__"
    init.__annotations__ = {field.name: field.type for field in dataclasses.fields(made) if field.init} | {"return": None}
    return init


def _default(field: dataclasses.Field[Any], names: dict[str, Any]) -> str:
    """Return what follows a field's name among the parameters, and add what its value needs to the names."""
    if field.default_factory is not dataclasses.MISSING:
        names[f"__new_{field.name}"] = field.default_factory
        return "=__not_given"
    if field.default is not dataclasses.MISSING:
        names[f"__default_{field.name}"] = field.default
        return f"=__default_{field.name}"
    return ""


def _value(field: dataclasses.Field[Any]) -> str:
    """Return the expression of what a field is set to."""
    name = field.name
    if field.default_factory is not dataclasses.MISSING:
        return f"__new_{name}() if {name} is __not_given else {name}" if field.init else f"__new_{name}()"
    return name if field.init else f"__default_{name}"
