"""The pages: one file for citizens, one for booking, one for operators."""
