"""Symbolic values: what an expression of a scope stands for, as a table in single-assignment form.

Each scope holds a tuple of values; a value refers to others by their index (a `Ref`). A name that is bound again
gets a new value, a join of branches is a `Choice`, and a change to a dict (`d["k"] = v`, `d.update(...)`) makes a
`Changed` value. The form follows Cytron et al., "Efficiently computing static single assignment form and the control
dependence graph" (TOPLAS 1991), on structured control flow.
"""

import msgspec

Ref = int
"""Index of a value in its scope's table; -1 where there is none."""

NONE: Ref = -1

SLICE = "a slice"
"""Why the index of `base[1:]` is not followed."""


class _Value(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A row of the table."""


class Text(_Value, frozen=True, tag="text"):
    """A string literal."""

    value: str


class Constant(_Value, frozen=True, tag="constant"):
    """Another literal: `kind` is `None`, `bool`, `int`, `float`, `complex`, `bytes` or `ellipsis`."""

    kind: str
    text: str


class Free(_Value, frozen=True, tag="free"):
    """A name that the scope does not bind: an enclosing function's, the module's, or a builtin."""

    name: str


class Parameter(_Value, frozen=True, tag="parameter"):
    """A parameter of the scope."""

    name: str


class Nested(_Value, frozen=True, tag="nested"):
    """A function, class or lambda defined in the scope: the index of its own scope in the region."""

    scope: int


class Imported(_Value, frozen=True, tag="imported"):
    """`import module` (no `name`) or `from module import name`, `level` dots in front; `name` may be `*`."""

    module: str
    name: str
    level: int


class Attribute(_Value, frozen=True, tag="attribute"):
    """`base.name`."""

    base: Ref
    name: str


class Argument(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An argument of a call: `name` is empty for a positional one, `*` and `**` for spread ones."""

    name: str
    value: Ref


class Call(_Value, frozen=True, tag="call"):
    """`function(arguments)`."""

    function: Ref
    arguments: tuple[Argument, ...]


class Item(_Value, frozen=True, tag="item"):
    """`base[index]`."""

    base: Ref
    index: Ref


class Mapping(_Value, frozen=True, tag="mapping"):
    """A dict display: pairs of key and value; the key of a `**spread` is -1."""

    entries: tuple[tuple[Ref, Ref], ...]


class Sequence(_Value, frozen=True, tag="sequence"):
    """A list, tuple or set display (`kind`)."""

    kind: str
    elements: tuple[Ref, ...]


class Spread(_Value, frozen=True, tag="spread"):
    """`*base` among the elements of a display."""

    base: Ref


class Comprehension(_Value, frozen=True, tag="comprehension"):
    """A list, set, dict or generator comprehension (`kind`); `key` is -1 unless it makes a dict."""

    kind: str
    element: Ref
    key: Ref
    is_partial: bool = False
    """Not every element of what it goes through need be in it: it has a condition, or goes through several."""


class Awaited(_Value, frozen=True, tag="awaited"):
    """`await base`."""

    base: Ref


class Choice(_Value, frozen=True, tag="choice"):
    """One of several values: `kind` is `join` (branches, loops), `if` (conditional expression), `or`, `and`."""

    kind: str
    alternatives: tuple[Ref, ...]


class Changed(_Value, frozen=True, tag="changed"):
    """`base` after a change in place: `set`, `delete`, `update`, `setdefault`, `pop`, `popitem`, `clear`,
    `method` (another method), `passed` (given to a call, `value`)."""

    base: Ref
    how: str
    key: Ref
    value: Ref


class Element(_Value, frozen=True, tag="element"):
    """What iterating over `base` yields (`position` -1), or the part at `position` of an unpacked one."""

    base: Ref
    position: int


class Entered(_Value, frozen=True, tag="entered"):
    """What `with base` enters, and binds where it has an `as`."""

    base: Ref
    is_async: bool = False


class Formatted(_Value, frozen=True, tag="formatted"):
    """An f-string of these parts."""

    parts: tuple[Ref, ...]


class Operation(_Value, frozen=True, tag="operation"):
    """The result of an operator over these operands: `+`, `|`, `not`, `==`, `in`, and so on."""

    operator: str
    operands: tuple[Ref, ...]


class Caught(_Value, frozen=True, tag="caught"):
    """What `except base as x` binds."""

    base: Ref


class After(_Value, frozen=True, tag="after"):
    """The flow of control after a statement that is a call (reached only where the call returns) or sets an
    attribute. -1 is the scope's start."""

    flow: Ref
    call: Ref


class Declared(_Value, frozen=True, tag="declared"):
    """`name: annotation = value` for a local name."""

    annotation: Ref
    value: Ref


class Narrowed(_Value, frozen=True, tag="narrowed"):
    """`base` behind a test that tells more of it: `some` (not None), `none`, `true`, `false`, or `instance` (of
    `kind`)."""

    base: Ref
    how: str
    kind: Ref


class Assigned(_Value, frozen=True, tag="assigned"):
    """`base.name = value`, as a step of the flow of control."""

    base: Ref
    name: str
    value: Ref


class Unknown(_Value, frozen=True, tag="unknown"):
    """A value that is not followed, with the reason."""

    reason: str


Value = (
    Text
    | Constant
    | Free
    | Parameter
    | Nested
    | Imported
    | Attribute
    | Call
    | Item
    | Mapping
    | Sequence
    | Spread
    | Comprehension
    | Awaited
    | Choice
    | Changed
    | Element
    | Entered
    | Formatted
    | Operation
    | Caught
    | After
    | Declared
    | Narrowed
    | Assigned
    | Unknown
)
