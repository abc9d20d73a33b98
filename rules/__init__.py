"""Readings and targets to assessments: pure judging, no I/O and no clock."""
