"""Calls and meetings with the departments."""
