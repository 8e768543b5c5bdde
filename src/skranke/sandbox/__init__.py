"""A pretend HelseNorge: citizens, inbox and booking, talking with the clinics over the bus like the real one.

A stranger to the clinic's program: it imports only kernel, standards, wire and ui, keeps its own database, and learns
keys and addresses from a file. The queues are read and written by `bus`, the pages only write rows.
"""
