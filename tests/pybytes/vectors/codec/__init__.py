"""A second implementation of the wire format, written from FORMAT.md alone; see ../reference.py."""
