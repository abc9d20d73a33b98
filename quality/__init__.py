"""Quality checks of reported figures: pure functions from figures and dated thresholds to findings."""
