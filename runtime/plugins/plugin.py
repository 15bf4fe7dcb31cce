"""What a plugin is: a name, the models of what goes in and out, and `run`, which only the ToolRunner calls."""

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

from pydantic import BaseModel

ArgumentsT = TypeVar("ArgumentsT", bound=BaseModel)
ResultT = TypeVar("ResultT", bound=BaseModel)


class RefusedInput(Exception):
    """Raised by a plugin whose arguments are well-formed but of no use to it."""


class AsyncPlugin(ABC, Generic[ArgumentsT, ResultT]):
    """A plugin that never blocks: it runs as a task of the service."""

    name: ClassVar[str]
    summary: ClassVar[str]
    arguments: type[ArgumentsT]
    result: type[ResultT]

    @abstractmethod
    async def run(self, arguments: ArgumentsT) -> ResultT:
        """The result for valid arguments; RefusedInput if they are of no use."""


class BlockingPlugin(ABC, Generic[ArgumentsT, ResultT]):
    """A plugin that blocks or computes: it runs in a process of its own, which a cancel or a timeout kills."""

    name: ClassVar[str]
    summary: ClassVar[str]
    arguments: type[ArgumentsT]
    result: type[ResultT]

    @abstractmethod
    def run(self, arguments: ArgumentsT) -> ResultT:
        """The result for valid arguments; RefusedInput if they are of no use."""


AnyPlugin = AsyncPlugin[BaseModel, BaseModel] | BlockingPlugin[BaseModel, BaseModel]
