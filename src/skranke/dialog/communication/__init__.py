"""What patients may start in our own channel (RCV-20 to RCV-23): rules, the clinic's set-up, and starting it."""
