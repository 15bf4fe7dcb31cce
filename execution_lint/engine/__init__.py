"""The run: plan, read, check, sift."""
