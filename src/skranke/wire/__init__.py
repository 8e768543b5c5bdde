"""Transport and protection: what leaves or enters as bytes. Imports kernel only; no Django, no other room.

Certificates, keys and queue names come as arguments; who fetches and caches them is not this room's matter.
"""
