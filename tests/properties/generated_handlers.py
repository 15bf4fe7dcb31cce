"""Handlers of FastAPI that Hypothesis makes up: what becomes of a dict on its way to the answer."""

from hypothesis import strategies as st

KEYS = ("a", "b", "c", "d", "e")

PRELUDE = """
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any, Optional

from fastapi import FastAPI
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, ORJSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, RootModel, TypeAdapter, computed_field, model_serializer
from pydantic.alias_generators import to_camel
from typing_extensions import NotRequired, TypedDict

app = FastAPI()
KEY_A = "a"
PREFIX = "pre"
FIELDS_A, FIELDS_B = {"a", "b"}, {"b", "c"}
NAMES = ("m", "n")


class Key(str, Enum):
    B = "b"
    C = "c"


class Small(BaseModel):
    a: int = 1
    b: Optional[int] = None


class Large(Small):
    c: int = 3

    @computed_field
    @property
    def d(self) -> int:
        return 4


class Sparse(BaseModel):
    a: int
    b: Optional[int] = None
    c: int = 3
    d: Any = 4
    e: Optional[int]


class Rooted(RootModel[Small]):
    pass


class Listed(RootModel[list[int]]):
    pass


class Wrapping(BaseModel):
    a: int = 1
    b: Optional[int] = None
    c: Optional[int] = None

    @model_serializer(mode="wrap")
    def written(self, handler):
        data = handler(self)
        if self.b is None:
            data.pop("b", None)
        data.setdefault("n", None)
        return data


class Plain(BaseModel):
    a: int = 1
    b: Optional[int] = None

    @model_serializer
    def written(self):
        return {"plain": self.a}


class Aliased(BaseModel):
    a: int = Field(default=1, serialization_alias="alpha")
    b: int = Field(default=2, exclude=True)
    c: int = 3


class Generated(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    first_key: int = 1
    second: int = 2


class Allowing(BaseModel):
    model_config = ConfigDict(extra="allow")

    a: int = 1


@dataclass
class Line:
    a: int = 1
    e: int = 5


class Typed(TypedDict):
    a: int
    b: NotRequired[int]


SMALL = TypeAdapter(Small)
SMALLS = TypeAdapter(list[Small])


def typed(source: Any) -> Typed:
    return {key: source[key] for key in source}


def declared(source: Any) -> Large:
    return source.found()


class Source:
    def __getattr__(self, name):
        return lambda: Large()


def pair(value):
    return {"a": value, "b": 2}


def named(key, value=0):
    return {key: value}


def chosen(is_long):
    if is_long:
        return {"a": 1, "c": 3}
    return {"a": 1}


def wrapped(inner):
    return {"result": inner, "status": "done"}


def spread(inner, **more):
    return {**inner, **more}


def extended(inner):
    inner["x"] = 1
    return inner


def extend(inner):
    inner["y"] = 1


def nothing(inner):
    return len(inner)


def refuse():
    raise ValueError("refused")


def risky(fails):
    if fails:
        raise ValueError("failed")
    return 1
"""


def _key() -> st.SearchStrategy[str]:
    return st.sampled_from([*(f'"{key}"' for key in KEYS), "KEY_A", "Key.B.value", 'f"{PREFIX}_x"'])


def _dict() -> st.SearchStrategy[str]:
    """An expression for a dict."""
    plain = st.lists(_key(), max_size=3).map(lambda keys: "{" + ", ".join(f"{key}: 1" for key in keys) + "}")
    return st.one_of(
        plain,
        plain,
        st.lists(st.sampled_from(KEYS), unique=True, max_size=3).map(
            lambda keys: f"dict({', '.join(f'{key}=1' for key in keys)})"
        ),
        _key().map(lambda key: f"named({key})"),
        _key().map(lambda key: f"{{**pair(1), {key}: 2}}"),
        _key().map(lambda key: f'({{"a": 1}} | {{{key}: 2}})'),
        _key().map(lambda key: f'dict.fromkeys([{key}, "z"], 0)'),
        st.sampled_from(
            [
                "pair(1)",
                "chosen(p)",
                "chosen(is_long=True)",
                "wrapped(1)",
                'spread({"a": 1}, b=2)',
                'extended({"a": 1})',
                "Small().model_dump()",
                "Large(c=1).model_dump()",
                'Large().model_dump(exclude={"a"})',
                'Large().model_dump(include={"a", "b"})',
                "Small(a=2).model_dump(exclude_none=True)",
                "Sparse(a=1, e=None).model_dump(exclude_none=True)",
                "Sparse(a=1, e=None, b=2).model_dump(exclude_unset=True)",
                "Sparse(a=1, e=1, c=3).model_dump(exclude_defaults=True)",
                "Sparse(a=1, e=1).model_dump(include=FIELDS_A if p else FIELDS_B)",
                "Sparse(a=1, e=1).model_dump(exclude=FIELDS_B if q else None, exclude_none=q)",
                "Wrapping().model_dump()",
                "Wrapping(b=1).model_dump(exclude_none=True)",
                "Plain().model_dump()",
                "Small.model_validate({'a': 1}).model_dump()",
                "Large().model_copy(update={'a': 2}).model_dump()",
                "Small.model_construct(a=1).model_dump(exclude_unset=True)",
                "SMALL.validate_python({'a': 1}).model_dump()",
                "typed({'a': 1, 'b': 2})",
                "{key: value for key, value in chosen(p).items()}",
                "{key: value for key, value in Sparse(a=1, e=None).model_dump().items() if value is not None}",
                "{key: 1 for key in chosen(q) if key != 'a'}",
                "{key: 1 for key in sorted(chosen(q).keys())}",
                "dict({name: 1 for name in NAMES}, a=1)",
                "{name: 1 for name in ('m', 'n') if p}",
                "{first: second for first in ('m', 'n') for second in ([1] if p else [])}",
                "Aliased().model_dump()",
                "Aliased().model_dump(by_alias=True)",
                "Generated().model_dump(by_alias=True)",
                "asdict(Line())",
                "jsonable_encoder(Small())",
                'dict(pair(1), e="x")',
                "({} or {'a': 1})",
                '({"a": 1} if p else {"b": 1})',
                "Typed(a=1)",
                '{key: 1 for key in ("a", "b")}',
                "pair(1).copy()",
            ]
        ),
    )


def _changes(depth: int) -> st.SearchStrategy[list[str]]:
    """Statements that change the dict `answer`."""
    one = st.one_of(
        _key().map(lambda key: [f"answer[{key}] = 1"]),
        _key().map(lambda key: [f"answer.setdefault({key}, 1)"]),
        _key().map(lambda key: [f"answer.pop({key}, None)"]),
        _key().map(lambda key: [f"if {key} in answer:", f"    del answer[{key}]"]),
        st.sampled_from(KEYS).map(lambda key: [f"answer.update({key}=1)"]),
        _dict().map(lambda value: [f"answer.update({value})"]),
        _dict().map(lambda value: [f"answer |= {value}"]),
        _dict().map(lambda value: [f"answer = answer | {value}"]),
        _dict().map(lambda value: [f"answer = {{**answer, **{value}}}"]),
        _dict().map(lambda value: [f"answer = {value}"]),
        _dict().map(lambda value: [f"answer = answer if p else {value}"]),
        st.sampled_from(
            [
                ["answer.clear()"],
                ["extend(answer)"],
                ["nothing(answer)"],
                ["nothing(answer)", "if p and q:", "    refuse()"],
                ["while q:", "    nothing(answer)", "    if p:", "        refuse()", "    break"],
                ["answer = extended(answer)"],
                ["answer = wrapped(answer)"],
                ["other = answer", 'other["o"] = 1'],
                ["if answer:", "    answer.popitem()"],
                ['for name in ("m", "n"):', "    answer[name] = 1"],
                ["answer = dict(answer)"],
                ["answer = answer.copy()"],
                ["try:", "    risky(q)", '    answer["t"] = 1', "except ValueError:", '    answer["u"] = 1'],
                ["try:", "    risky(q)", "except ValueError:", '    return {"failed": True}', "finally:", "    pass"],
                ["match p:", "    case True:", '        answer["v"] = 1', "    case _:", "        pass"],
                ['answer["k"] = 1 if p else None'],
                ['answer["a" if p else "b"] = 1'],
                ['answer.pop("a" if p else "b", None)'],
                ["for name in list(answer):", "    if q:", "        del answer[name]"],
                ['for name in ("m", "n"):', "    if p:", "        answer[name] = 1"],
                ["while not answer:", '    answer["w"] = 1'],
                ["answer = None if p and not p else answer"],
            ]
        ),
    )
    if depth == 0:
        return one
    inner = st.lists(_changes(depth - 1), min_size=1, max_size=2).map(lambda parts: [line for p in parts for line in p])
    test = st.sampled_from(["p", "q", "not p", "p and q", "answer"])
    return st.one_of(
        one,
        st.tuples(test, inner).map(lambda found: [f"if {found[0]}:", *_indented(found[1])]),
        st.tuples(test, inner, inner).map(
            lambda found: [f"if {found[0]}:", *_indented(found[1]), "else:", *_indented(found[2])]
        ),
    )


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


_RETURNS = (
    "return answer",
    "return answer",
    "return {**answer}",
    'return {"data": answer, "a": 1}',
    "return JSONResponse(answer)",
    "return JSONResponse(content=answer, status_code=201)",
    "return wrapped(answer)",
    "return spread(answer, extra=1)",
    "return jsonable_encoder(answer)",
    "return Large()",
    "return Aliased()",
    "return Generated()",
    "return Line()",
    "return Allowing(more=1)",
    "return Sparse(a=1, e=None)",
    "return Rooted(Small())",
    "return Listed([1])",
    "return Wrapping()",
    "return Plain()",
    "return Large().model_copy()",
    "return Small.model_validate({'b': 2})",
    "return SMALL.validate_python({'a': 1})",
    "return SMALLS.validate_python([])",
    "return declared(Source())",
    "return JSONResponse(jsonable_encoder(Wrapping(c=1)))",
    "return answer or {'empty': 1}",
    "return [answer]",
    "return (await later(answer))",
    "return None if q else answer",
)

_HEADS = (
    *(('@app.get("/{name}")', ""),) * 6,
    ('@app.get("/{name}")', " -> dict[str, Any]"),
    ('@app.get("/{name}", response_model=Small)', ""),
    ('@app.get("/{name}", response_model=Aliased)', ""),
    ('@app.get("/{name}", response_model=Large, response_model_exclude={{"a"}})', ""),
    ('@app.get("/{name}", response_model=Small, response_model_exclude_none=True)', ""),
    ('@app.get("/{name}", response_model=Sparse, response_model_exclude_none=True)', ""),
    ('@app.get("/{name}", response_model=Sparse, response_model_exclude_unset=True)', ""),
    ('@app.get("/{name}", response_model=Sparse, response_model_exclude_defaults=True)', ""),
    ('@app.get("/{name}", response_model=Wrapping)', ""),
    ('@app.get("/{name}", response_model=Wrapping, response_model_exclude_none=True)', ""),
    ('@app.get("/{name}", response_model=Plain)', ""),
    ('@app.get("/{name}")', " -> Rooted"),
    ('@app.get("/{name}", response_model=Allowing)', ""),
    ('@app.get("/{name}", response_model=None)', " -> Small"),
    ('@app.get("/{name}")', " -> Line"),
    ('@app.get("/{name}")', " -> Typed"),
    ('@app.get("/{name}")', " -> Optional[Small]"),
)


@st.composite
def handler(draw: st.DrawFn, name: str) -> str:
    """A handler whose ways depend on the query parameters `p` and `q`."""
    decorator, annotation = draw(st.sampled_from(_HEADS))
    body = [f"answer = {draw(_dict())}"]
    for change in draw(st.lists(_changes(1), max_size=4)):
        body += change
        if draw(st.integers(0, 5)) == 0:
            body += [f"if {draw(st.sampled_from(['p', 'q']))}:", f"    {draw(st.sampled_from(_RETURNS))}"]
    body.append(draw(st.sampled_from(_RETURNS)))
    lines = [decorator.format(name=name), f"async def {name}(p: bool, q: bool){annotation}:", *_indented(body)]
    return "\n".join(lines) + "\n"


@st.composite
def application(draw: st.DrawFn) -> str:
    """A module with an application of a few handlers."""
    later = "\n\nasync def later(inner):\n    return inner\n"
    handlers = [draw(handler(f"h{index}")) for index in range(4)]
    return PRELUDE + later + "".join(f"\n\n{text}" for text in handlers)
