"""A small service that runs plugins as jobs: the reference that execution-lint is tested against."""

INSTALL_HINT = "the runtime needs {missing}: install it with `pip install 'execution-lint[runtime]'`"
