-- Registries: who reports without being registered.

SET LOCAL search_path = planwatch, public;

-- 未登记: subjects whose figures are stored although no register entry of theirs was ever received. They are in no regional
-- sum, because sums go by register entries; once registered, they and the regions above are judged from the first figure on.
CREATE VIEW board.unregistered AS
SELECT r.subject, count(*) AS figures, count(DISTINCT r.report_id) AS reports,
       min(r.period_start) AS first_start,
       max(r.period_start + make_interval(months => r.months))::date AS last_end,
       min(r.known_at) AS first_known_at, max(r.known_at) AS last_known_at
FROM planwatch.reading r
WHERE NOT EXISTS (SELECT FROM planwatch.registry g WHERE g.subject = r.subject)
GROUP BY r.subject;
