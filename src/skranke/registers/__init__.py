"""The national registers: asking Adresseregisteret, CPPA and Fastlegeregisteret, and what they answered, with its age.

`soap` asks, `addresses`, `profiles` and `gps` read the answers into frozen values, `clients` knows the addresses. An
answer never comes while a unit of work is open: who asks, asks first and writes afterwards (docs/registers.md).
"""
