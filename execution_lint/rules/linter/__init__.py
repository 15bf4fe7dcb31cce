"""EXL0xx: the linter's own troubles. Described here, emitted by the engine."""
