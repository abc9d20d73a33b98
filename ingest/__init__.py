"""Kafka and files to validated readings."""
