"""`skranke bench NAME`: measurements on a scratch database and bus, each beside a limit taken in the same run."""
