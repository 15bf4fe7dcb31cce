"""What holds for all tests: the option that writes golden files anew, generated examples, and Ctrl-C."""

import signal

import pytest
from hypothesis import HealthCheck, settings

# The same examples on every run, however slow the machine is: a run of all tests says something about the change, not
# about luck. `pytest --hypothesis-profile=explore` tries others.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


# A job in the background of a shell is started deaf to Ctrl-C, and so would be all that it starts in turn.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files from what is rendered now")
