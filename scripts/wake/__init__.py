"""Trains and measures the '서울아' wake word head. Runs in its own environment; see README.md beside this file."""
