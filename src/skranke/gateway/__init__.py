"""Between the bus and the rooms: raw bytes in, one verb and one commit; an outbox row out, rendered once.

A message function is one folder in `types/` and one line in `types/registry.py`.
"""
