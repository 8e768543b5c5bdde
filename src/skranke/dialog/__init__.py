"""Threads and messages: who wrote what to whom, and who has to answer."""
