"""The national message formats: XML to frozen dataclasses and back. Imports nothing of Django.

`parse.parse_document` reads, `checks.check_message` asks the rules of one message function, `build.*` makes the
messages we send and `render.render` writes them. `docs/wire-format.md` says where which rule lives.
"""
