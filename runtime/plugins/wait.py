"""Blocks on purpose, to show that a blocking plugin stalls nobody and can be cancelled."""

import time

from pydantic import BaseModel, ConfigDict, Field

from runtime.plugins.plugin import BlockingPlugin


class WaitArguments(BaseModel):
    """For how long to block."""

    model_config = ConfigDict(extra="forbid")

    seconds: float = Field(ge=0, le=3600, allow_inf_nan=False)


class WaitResult(BaseModel):
    """For how long it blocked."""

    waited_seconds: float


class Wait(BlockingPlugin[WaitArguments, WaitResult]):
    """A plugin that sleeps without giving way."""

    name = "wait"
    summary = "Blocks for a number of seconds."
    arguments = WaitArguments
    result = WaitResult

    def run(self, arguments: WaitArguments) -> WaitResult:
        """Sleep, and say for how long."""
        time.sleep(arguments.seconds)
        return WaitResult(waited_seconds=arguments.seconds)
