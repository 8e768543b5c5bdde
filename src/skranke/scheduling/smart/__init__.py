"""Smart slots (smartluker): a longer free time in which staff gives one of several types of appointment (PLN-13)."""
