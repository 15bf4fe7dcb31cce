"""The identity of a configuration, for the keys of caches."""

import os

import msgspec

from execution_lint.config.schema import Config


def digest(config: Config) -> str:
    """SHA-256, in hexadecimal, over all of the configuration: equal for equal ones, in any process on any Python.

    The lines of the contract count, since findings point to them, and so does the root.
    """
    from hashlib import sha256  # an import of some milliseconds, not wanted by all who import this package

    # A path can hold bytes that are no text, and JSON cannot: the root is hashed by itself.
    text = msgspec.json.encode(msgspec.structs.replace(config, root=""))
    return sha256(text + b"\0" + os.fsencode(config.root)).hexdigest()
