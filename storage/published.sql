-- Levels that others published.

-- name: save
INSERT INTO planwatch.published_level (
    publication, indicator, yardstick, region, region_name, severity, colour, label_zh, period_start, months, document,
    published_on, complete, confidence, source, loaded_at
) VALUES (
    %(publication)s, %(indicator)s, %(yardstick)s, %(region)s, %(region_name)s, %(severity)s, %(colour)s, %(label_zh)s, %(period_start)s,
    %(months)s, %(document)s, %(published_on)s, %(complete)s, %(confidence)s, %(source)s, %(now)s
)
ON CONFLICT (publication, indicator, yardstick, region) DO UPDATE SET
    region_name = excluded.region_name, severity = excluded.severity, colour = excluded.colour, label_zh = excluded.label_zh,
    period_start = excluded.period_start, months = excluded.months, document = excluded.document,
    published_on = excluded.published_on, complete = excluded.complete, confidence = excluded.confidence,
    source = excluded.source, loaded_at = excluded.loaded_at

-- name: drop
DELETE FROM planwatch.published_level WHERE publication = ANY (%(publications)s)

-- name: levels
-- Everything that is held, oldest issue first.
SELECT publication, indicator, yardstick, region, region_name, severity, colour, label_zh, period_start, months, document,
       published_on, complete, confidence, source
FROM board.published_level
ORDER BY period_end, months, publication, indicator, yardstick, severity DESC, region
