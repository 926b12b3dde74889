"""The vectors by theme: each module fills a Table, from which generate.py writes a JSON file."""
