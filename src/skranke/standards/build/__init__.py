"""Makes the messages we send: one file a message function, `envelope` and `parties` for what they share."""
