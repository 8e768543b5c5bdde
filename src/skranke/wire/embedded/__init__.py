"""The embedded bus: durable queues in a PostgreSQL database of their own, for where no broker is at hand.

It is no kinder than RabbitMQ (see `wire.transport`); `docs/bus.md` says how and why.
"""
