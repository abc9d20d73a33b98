"""Files of monthly figures (NDJSON, CSV, XLSX) to reports, by a mapping."""
