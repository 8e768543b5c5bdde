"""Post: mailboxes, conversations and writing, and the patient behind them."""
