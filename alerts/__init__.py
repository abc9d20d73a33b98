"""Assessments to warnings to notifications."""
