"""Plugins: what one is, how they are found, and the three that ship with the runtime."""
