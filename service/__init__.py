"""Wiring, settings, processes and the command line; nobody imports it."""
