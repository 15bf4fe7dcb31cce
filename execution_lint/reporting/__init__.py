"""One module a format: a Report in, text out. Nothing here prints, reads a file or asks for the time."""
