-- Panels ask for the regions and for what is not rated; with many units both are a small part of the judgements that stand.

CREATE INDEX assessment_of_regions ON planwatch.assessment (subject, target, yardstick, period_start, months)
    WHERE superseded_at IS NULL AND subject LIKE 'region:%';
CREATE INDEX assessment_not_rated ON planwatch.assessment (subject, target, yardstick)
    WHERE superseded_at IS NULL AND status <> 'rated';
