"""EXL2xx: every route answers in the agreed envelope."""
