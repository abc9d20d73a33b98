"""Deterministic monthly reports of made-up regions, units and projects, with stories in them."""
