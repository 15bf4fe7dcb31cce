"""EXL3xx: every status is a member of the agreed enum."""
