"""The names of the standard library, and of what everyone builds on, whose meaning the inference knows."""

PASSED_THROUGH = frozenset({"typing.cast", "typing_extensions.cast"})
"""Functions that give what their first argument names as a type."""

WRAPPERS = frozenset(
    {
        "typing.Annotated",
        "typing_extensions.Annotated",
        "typing.Final",
        "typing.ClassVar",
        "typing.Required",
        "typing.NotRequired",
        "typing_extensions.Required",
        "typing_extensions.NotRequired",
        "typing.ReadOnly",
        "typing_extensions.ReadOnly",
        "sqlalchemy.orm.Mapped",
        "sqlalchemy.orm.base.Mapped",
    }
)
"""Forms that stand for their first argument as a type."""

UNIONS = frozenset({"typing.Union", "typing.Optional"})
"""Forms that stand for any of their arguments."""

TYPES = frozenset({"builtins.type", "typing.Type"})
"""Forms that stand for the class itself."""

GENERICS = frozenset({"typing.Generic", "typing.Protocol", "typing_extensions.Generic", "typing_extensions.Protocol"})
"""Bases whose arguments are the type variables of a class, in order."""

TYPE_VARIABLES = frozenset({"typing.TypeVar", "typing_extensions.TypeVar"})
"""What makes a type variable."""

CALLABLES = frozenset({"typing.Callable", "collections.abc.Callable"})
"""Types whose last argument is what a call gives."""

DEPENDS = frozenset(
    {"fastapi.Depends", "fastapi.params.Depends", "fastapi.param_functions.Depends", "fastapi.Security"}
)
"""Marks of a parameter that a provider fills."""

PROXIES = frozenset({"xoscar.ActorRefType", "werkzeug.local.LocalProxy"})
"""Types whose objects have the methods of their argument: what is called on them is carried out there."""

MODEL_METHODS = frozenset({"model_copy", "copy", "model_dump", "dict", "model_dump_json", "json"})
"""Methods that every object of a Pydantic model has."""

MODEL_READERS = frozenset(
    {"model_validate", "model_validate_json", "model_construct", "parse_obj", "parse_raw", "construct", "from_orm"}
)
"""Class methods of Pydantic models that give an object of the class."""

TYPE_ADAPTERS = frozenset({"pydantic.TypeAdapter", "pydantic.type_adapter.TypeAdapter"})
"""Classes whose objects make values of a type of what they are given."""

ADAPTED = frozenset({"validate_python", "validate_json", "validate_strings"})
"""Their methods that give such a value."""

ENUM_BASES = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.ReprEnum", "enum.Flag", "enum.IntFlag"})
"""Classes that make their subclasses enums."""

TABLES = frozenset({"sqlalchemy.Table", "sqlalchemy.schema.Table", "sqlalchemy.sql.schema.Table"})
"""Classes whose objects are tables of a database, with a `Column` for each argument."""

COLUMNS = frozenset(f"{table}.{name}" for table in TABLES for name in ("c", "columns"))
"""The columns of a table, by name."""

CONTEXT_MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})
"""Decorators that make a generator a context manager."""

PROPERTIES = frozenset({"builtins.property", "functools.cached_property"})
"""Decorators that make a method an attribute."""

COROUTINES = frozenset(
    {"typing.Awaitable", "typing.Coroutine", "collections.abc.Awaitable", "collections.abc.Coroutine"}
)
"""Types whose last argument is what `await` gives."""

ITERABLES = frozenset(
    {
        "builtins.list",
        "builtins.set",
        "builtins.frozenset",
        "builtins.generator",
        "typing.List",
        "typing.Set",
        "typing.Sequence",
        "typing.Iterable",
        "typing.Iterator",
        "typing.Generator",
        "typing.AsyncIterator",
        "typing.AsyncIterable",
        "typing.AsyncGenerator",
        "typing.FrozenSet",
        "typing.Collection",
        "typing.KeysView",
        "typing.ValuesView",
        "typing.Deque",
        "collections.abc.Sequence",
        "collections.abc.Iterable",
        "collections.abc.Iterator",
        "collections.abc.Generator",
        "collections.abc.AsyncIterator",
        "collections.abc.AsyncIterable",
        "collections.abc.AsyncGenerator",
        "collections.abc.Collection",
        "collections.abc.Set",
        "collections.deque",
        "builtins.tuple",
        "typing.Tuple",
    }
)
"""Types whose argument is the type of their elements."""

TUPLES = frozenset({"builtins.tuple", "typing.Tuple"})
"""Types whose arguments are the types of their parts, or of all of them before an ellipsis."""

MAPPINGS = frozenset(
    {
        "builtins.dict",
        "typing.Dict",
        "typing.Mapping",
        "typing.MutableMapping",
        "typing.DefaultDict",
        "collections.defaultdict",
        "collections.abc.Mapping",
        "collections.abc.MutableMapping",
        "collections.OrderedDict",
    }
)
"""Types whose arguments are the types of their keys and values."""

QUEUES = frozenset(
    f"{module}.{name}"
    for module in ("queue", "asyncio", "multiprocessing", "multiprocessing.queues", "asyncio.queues")
    for name in ("Queue", "LifoQueue", "PriorityQueue", "SimpleQueue")
)
"""Types whose argument is the type of what is taken from them."""

FUTURES = frozenset({"asyncio.Task", "asyncio.Future", "concurrent.futures.Future", "typing.Awaitable"})
"""Types whose argument is the type of their result; what runs a coroutine gives an awaitable here."""

DECODERS = frozenset({"msgspec.convert", *(f"msgspec.{form}.decode" for form in ("json", "msgpack", "yaml", "toml"))})
"""Functions whose result is of the type that their `type` names."""

BUILTINS = frozenset(
    {
        "dict",
        "list",
        "set",
        "frozenset",
        "tuple",
        "str",
        "int",
        "float",
        "bool",
        "bytes",
        "object",
        "type",
        "property",
        "len",
        "isinstance",
        "classmethod",
        "staticmethod",
        "super",
        "map",
        "filter",
        "sorted",
        "enumerate",
        "zip",
        "iter",
        "next",
        "vars",
        "getattr",
        "Exception",
        "RuntimeError",
        "ValueError",
        "NotImplementedError",
        "BaseException",
        "print",
        "repr",
        "min",
        "max",
        "sum",
        "any",
        "all",
        "range",
        "open",
        "id",
        "hash",
        "locals",
        "globals",
        "callable",
        "format",
        "round",
        "abs",
        "reversed",
        "hasattr",
        "setattr",
        "__import__",
        "KeyError",
        "TypeError",
    }
)
"""Names that stand for builtins where nothing else binds them."""

PARTS_OF = frozenset(f"{name}.{method}" for name in MAPPINGS for method in ("get", "pop", "setdefault"))
"""Methods that give a value of the mapping."""

TYPED_DICTS = frozenset({"typing.TypedDict", "typing_extensions.TypedDict"})
"""Classes whose subclasses say which entries a plain dict has."""

DICT_READS = frozenset(f"typing.TypedDict.{method}" for method in ("get", "pop", "setdefault"))
"""Methods that give an entry of a `TypedDict`."""

RESULTS = {
    **dict.fromkeys(("builtins.len", "builtins.id", "builtins.hash", "builtins.round"), "builtins.int"),
    **dict.fromkeys(
        ("builtins.any", "builtins.all", "builtins.isinstance", "builtins.hasattr", "builtins.callable"),
        "builtins.bool",
    ),
    **dict.fromkeys(("builtins.repr", "builtins.format"), "builtins.str"),
    **dict.fromkeys(("builtins.vars", "builtins.locals", "builtins.globals"), "builtins.dict"),
    **dict.fromkeys(
        ("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.fromisoformat"), "datetime.datetime"
    ),
}
"""What functions of the standard library give."""

LISTING = {
    **{f"builtins.{kind}": f"builtins.{kind}" for kind in ("list", "set", "frozenset", "tuple")},
    "builtins.sorted": "builtins.list",
    "builtins.reversed": "typing.Iterator",
    "collections.deque": "collections.deque",
}
"""Functions that give the elements of their first argument in another container."""

REPLACERS = frozenset({"dataclasses.replace", "copy.replace", "attrs.evolve", "attr.evolve", "msgspec.structs.replace"})
"""Functions that give their first argument again with the fields that the keywords name changed."""

COPIERS = REPLACERS | {"copy.copy", "copy.deepcopy"}
"""Functions that give their first argument again."""

PICKING = frozenset({"builtins.min", "builtins.max"})
"""Functions that give one of the elements, or of the arguments."""

SORTING = PICKING | {"builtins.sorted", "itertools.groupby"}
"""Functions whose `key` is called with each element."""

AWAITING = frozenset({"asyncio.wait_for", "asyncio.shield", "asyncio.create_task", "asyncio.ensure_future"})
"""Functions whose result, awaited, is that of their first argument."""

IN_THREADS = frozenset(
    {
        "asyncio.to_thread",
        "anyio.to_thread.run_sync",
        "starlette.concurrency.run_in_threadpool",
        "fastapi.concurrency.run_in_threadpool",
    }
)
"""Functions whose result, awaited, is what their first argument gives when it is called."""

IMPORTERS = frozenset({"importlib.import_module", "builtins.__import__"})
"""Functions that give the module that their first argument names."""

VAGUE_TYPES = frozenset(
    {
        "typing.Any",
        "typing.Final",
        "typing_extensions.Final",
        "builtins.object",
        "builtins.dict",
        "typing.Dict",
        "builtins.list",
        "typing.List",
    }
)
"""Types that say less than a value."""

CLOSERS = frozenset({"contextlib.closing", "contextlib.aclosing", "typing.cast"})
"""Functions that give their first argument back."""


def is_enum_base(name: str) -> bool:
    """Whether a class outside the project of this dotted name makes its subclasses enums."""
    last = name.rpartition(".")[2]
    return (
        name in ENUM_BASES
        or last in ("StrEnum", "TextChoices", "IntegerChoices", "LowercaseStrEnum", "UppercaseStrEnum")
        or (last.endswith("Enum") and name.partition(".")[0] in ("aenum", "strenum", "backports", "fastapi_utils"))
    )
