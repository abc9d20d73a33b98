"""The ways a notification leaves: Alertmanager and webhooks."""
