"""Billing: drafts of invoice cards (regningskort), and the codes and amounts that they are made of."""
