"""What is done by the clock and not because somebody asked: one line for each job, any number of processes."""
