"""What the law says: plans, targets, rule sets and coefficients as data, and their strict loader."""
