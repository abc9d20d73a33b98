-- The queries of the panels, one per name. They read the documented views of schema board and nothing else.
-- Variables arrive as lists of quoted text; '*' stands for «all», so that subjects nobody registered are never hidden.

-- name: plans
-- The plans that are live, for the variable.
SELECT DISTINCT plan AS __text, plan AS __value
FROM board.target
ORDER BY 1

-- name: targets
-- The targets of the chosen plans, for the variable.
SELECT target_zh || ' · ' || target AS __text, target AS __value
FROM board.target
WHERE ARRAY['*', plan] && ARRAY[${plan:sqlstring}]::text[]
ORDER BY 1

-- name: regions
-- The registered regions, for the variable.
SELECT name || ' ' || split_part(subject, ':', 2) AS __text, subject AS __value
FROM board.subject
WHERE kind = 'region'
ORDER BY subject

-- name: subjects
-- Whose history can be shown: judged regions and everybody who ever had a warning, regions first.
SELECT name || ' ' || split_part(subject, ':', 2) AS __text, subject AS __value
FROM (
    SELECT s.subject, s.name
    FROM board.subject s
    WHERE s.kind = 'region' AND EXISTS (SELECT FROM board.assessment a WHERE a.subject = s.subject)
      AND ARRAY['*', s.subject, 'region:' || s.region] && ARRAY[${region:sqlstring}]::text[]
    UNION
    SELECT w.subject, w.subject_name
    FROM board.warning w
    WHERE ARRAY['*', w.subject, 'region:' || w.region] && ARRAY[${region:sqlstring}]::text[]
) AS subjects
ORDER BY subject LIKE 'region:%' DESC, subject

-- name: active_warnings
-- How many warnings are active, by severity.
SELECT count(*) FILTER (WHERE severity = 3) AS "最严重（3）",
       count(*) FILTER (WHERE severity = 2) AS "较严重（2）",
       count(*) FILTER (WHERE severity = 1) AS "轻微（1）"
FROM board.warning
WHERE state = 'active'
  AND ARRAY['*', plan] && ARRAY[${plan:sqlstring}]::text[]
  AND ARRAY['*', target] && ARRAY[${target:sqlstring}]::text[]
  AND ARRAY['*', yardstick] && ARRAY[${yardstick:sqlstring}]::text[]
  AND ARRAY['*', subject, 'region:' || region] && ARRAY[${region:sqlstring}]::text[]

-- name: not_rated_count
-- How many newest judgements gave no level.
SELECT count(*) FILTER (WHERE status = 'not_rated') AS "未评定",
       count(*) FILTER (WHERE status = 'exempt') AS "豁免"
FROM board.not_rated
WHERE ARRAY['*', plan] && ARRAY[${plan:sqlstring}]::text[]
  AND ARRAY['*', target] && ARRAY[${target:sqlstring}]::text[]
  AND ARRAY['*', yardstick] && ARRAY[${yardstick:sqlstring}]::text[]
  AND ARRAY['*', subject, 'region:' || region] && ARRAY[${region:sqlstring}]::text[]

-- name: backlog
-- What waits to be judged and to be told, and for how long in seconds.
SELECT marks AS "待研判", outbox AS "待通知",
       coalesce(extract(epoch FROM now() - least(oldest_mark_at, oldest_outbox_at)), 0)::bigint AS "最久等待"
FROM board.backlog

-- name: matrix
-- The barometer of regions: one cell per target, yardstick and region, «state words month», for sums with their coverage.
-- Regions share a row: a target's name is shown without the region's name it begins with («天津…», «天津市…»).
-- A region bound by two targets of one name gets two rows, told apart by the target's id.
SELECT b.words || ' · ' || coalesce(y.zh, b.yardstick)
           || CASE WHEN count(*) OVER (PARTITION BY b.subject, b.words, b.yardstick) > 1
                   THEN '（' || b.target || '）' ELSE '' END AS "目标",
       b.subject_name || ' ' || split_part(b.subject, ':', 2) AS "地区",
       coalesce(b.colour, b.status) || ' ' || coalesce(b.label_zh, s.zh, b.status) || ' '
           || to_char(b.period_end - 1, 'YYYY-MM')
           || coalesce(' 覆盖' || trim_scale(trunc(b.coverage, 1)) || '%', '') AS "等级"
FROM (
    SELECT a.*, coalesce((
               SELECT substr(a.target_zh, length(beginning.text) + 1)
               FROM (VALUES (a.subject_name), (above.name)) AS region (name),
                    LATERAL (VALUES (region.name), (regexp_replace(region.name, '(自治区|[省市区县])\Z', '')))
                        AS beginning (text)
               WHERE starts_with(a.target_zh, beginning.text) AND a.target_zh <> beginning.text
               ORDER BY length(beginning.text) DESC
               LIMIT 1
           ), a.target_zh) AS words
    FROM board.barometer a
    LEFT JOIN board.subject above ON above.subject = 'region:' || a.region
    WHERE a.subject LIKE 'region:%'
      AND ARRAY['*', a.plan] && ARRAY[${plan:sqlstring}]::text[]
      AND ARRAY['*', a.target] && ARRAY[${target:sqlstring}]::text[]
      AND ARRAY['*', a.yardstick] && ARRAY[${yardstick:sqlstring}]::text[]
      AND ARRAY['*', a.subject, 'region:' || a.region] && ARRAY[${region:sqlstring}]::text[]
) b
LEFT JOIN board.word y ON y.kind = 'yardstick' AND y.name = b.yardstick
LEFT JOIN board.word s ON s.kind = 'status' AND s.name = b.status
ORDER BY b.subject, b.target, b.yardstick

-- name: open_warnings
-- Every active warning with its figures, formula and way out; the last four columns feed the link to the history.
SELECT colour || ' ' || label_zh AS "等级", subject_name AS "对象", target_zh AS "指标",
       coalesce(yardstick_zh, yardstick) AS "尺度",
       to_char(first_start, 'YYYY-MM') AS "自", to_char(last_end - 1, 'YYYY-MM') AS "至",
       actual AS "实际", expected AS "应达", unit AS "单位", gap AS "判定值",
       trunc(coverage, 2) AS "覆盖率", sources_there || '/' || sources AS "家数",
       formula AS "公式", better AS "改善一级所需", concat_ws(' ', document, section) AS "依据", changed_at AS "变更时间",
       subject, target,
       (extract(epoch FROM since - interval '365 days') * 1000)::bigint::text AS link_from,
       (extract(epoch FROM until + interval '92 days') * 1000)::bigint::text AS link_to
FROM board.open_warning
WHERE ARRAY['*', plan] && ARRAY[${plan:sqlstring}]::text[]
  AND ARRAY['*', target] && ARRAY[${target:sqlstring}]::text[]
  AND ARRAY['*', yardstick] && ARRAY[${yardstick:sqlstring}]::text[]
  AND ARRAY['*', subject, 'region:' || region] && ARRAY[${region:sqlstring}]::text[]
ORDER BY severity DESC, changed_at DESC

-- name: timeline
-- The levels of the chosen subject over time; each holds from its first to its last month.
SELECT holds_from AS time, holds_to AS time_end,
       target_zh || ' · ' || coalesce(yardstick_zh, yardstick)
           || CASE WHEN min(target) OVER same_name <> max(target) OVER same_name
                   THEN '（' || target || '）' ELSE '' END AS series,
       state || ' ' || state_zh AS "Value"
FROM board.level_history
WHERE subject = ${subject:sqlstring}
  AND ARRAY['*', plan] && ARRAY[${plan:sqlstring}]::text[]
  AND ARRAY['*', target] && ARRAY[${target:sqlstring}]::text[]
  AND ARRAY['*', yardstick] && ARRAY[${yardstick:sqlstring}]::text[]
  AND holds_from < holds_to AND holds_to >= $__timeFrom() AND holds_from <= $__timeTo()
WINDOW same_name AS (PARTITION BY target_zh, yardstick)
ORDER BY target, yardstick, holds_from

-- name: change_marks
-- The changes of warnings of the chosen subject, as marks on its timeline: each where the piece it speaks of begins,
-- or at the last month of its period where no such judgement stands any more.
SELECT marks.time, marks.text, marks.tags
FROM (
    SELECT coalesce(h.holds_from, c.month_from) AS time, c.words_zh AS text, c.kind || ',' || c.cause AS tags,
           c.changed_at
    FROM board.change_in_words c
    LEFT JOIN board.level_history h ON h.subject = c.subject AND h.target = c.target AND h.yardstick = c.yardstick
        AND h.period_start = c.period_start AND h.period_end = c.period_end
    WHERE c.subject = ${subject:sqlstring}
      AND ARRAY['*', c.plan] && ARRAY[${plan:sqlstring}]::text[]
      AND ARRAY['*', c.target] && ARRAY[${target:sqlstring}]::text[]
      AND ARRAY['*', c.yardstick] && ARRAY[${yardstick:sqlstring}]::text[]
) marks
WHERE $__timeFilter(marks.time)
ORDER BY marks.time, marks.changed_at

-- name: judgements
-- The judgements behind the timeline, newest first.
SELECT to_char(period_end - 1, 'YYYY-MM') AS "截至", target_zh AS "指标", coalesce(yardstick_zh, yardstick) AS "尺度",
       state || ' ' || state_zh AS "等级", actual AS "实际", expected AS "应达", unit AS "单位", gap AS "判定值",
       trunc(coverage, 2) AS "覆盖率", sources_there || '/' || sources AS "家数",
       formula AS "公式", reason AS "未评定原因", better AS "改善一级所需", judged_at AS "研判时间"
FROM board.level_history
WHERE subject = ${subject:sqlstring}
  AND ARRAY['*', plan] && ARRAY[${plan:sqlstring}]::text[]
  AND ARRAY['*', target] && ARRAY[${target:sqlstring}]::text[]
  AND ARRAY['*', yardstick] && ARRAY[${yardstick:sqlstring}]::text[]
  AND holds_to >= $__timeFrom() AND holds_from <= $__timeTo()
ORDER BY period_end DESC, target, yardstick
LIMIT 1000

-- name: recent_changes
-- The latest two hundred changes of warnings, in words.
SELECT changed_at AS "时间", kind AS "变化", words_zh AS "说明"
FROM board.change_in_words
WHERE ARRAY['*', plan] && ARRAY[${plan:sqlstring}]::text[]
  AND ARRAY['*', target] && ARRAY[${target:sqlstring}]::text[]
  AND ARRAY['*', yardstick] && ARRAY[${yardstick:sqlstring}]::text[]
  AND ARRAY['*', subject, 'region:' || region] && ARRAY[${region:sqlstring}]::text[]
ORDER BY changed_at DESC, change_id DESC
LIMIT 200

-- name: not_rated
-- Where no level could be given, and why; at most a thousand.
SELECT subject_name || ' ' || split_part(subject, ':', 2) AS "对象", target_zh AS "指标", yardstick_zh AS "尺度",
       status || ' ' || status_zh AS "状态", to_char(period_end - 1, 'YYYY-MM') AS "截至",
       trunc(coverage, 2) AS "覆盖率", sources_there || '/' || sources AS "家数", reason AS "原因"
FROM board.not_rated
WHERE ARRAY['*', plan] && ARRAY[${plan:sqlstring}]::text[]
  AND ARRAY['*', target] && ARRAY[${target:sqlstring}]::text[]
  AND ARRAY['*', yardstick] && ARRAY[${yardstick:sqlstring}]::text[]
  AND ARRAY['*', subject, 'region:' || region] && ARRAY[${region:sqlstring}]::text[]
ORDER BY period_end DESC, subject, target, yardstick
LIMIT 1000

-- name: rejects_open
-- Rejects that were not redriven, by reason, with those the reject topic has not acknowledged.
SELECT reason AS "原因", count(*) AS "待重投", count(*) FILTER (WHERE published_at IS NULL) AS "未发布",
       min(rejected_at) AS "最早", max(rejected_at) AS "最近"
FROM board.reject
WHERE redriven_at IS NULL
GROUP BY reason
ORDER BY count(*) DESC, reason

-- name: rejects_latest
-- The latest rejects with their first fault.
SELECT rejected_at AS "时间", reason AS "原因", topic || '/' || partition || '/' || message_offset AS "消息",
       first_path AS "字段", first_fault AS "第一处错误", faults AS "错误数", redriven_at AS "已重投"
FROM board.reject
WHERE $__timeFilter(rejected_at)
ORDER BY rejected_at DESC
LIMIT 200

-- name: deliveries_open
-- Receivers still to be told, or given up on.
SELECT receiver AS "接收方", state AS "状态", count(*) AS "条数", max(attempts) AS "最多尝试", max(error) AS "错误"
FROM board.delivery
WHERE state IN ('pending', 'failed')
GROUP BY receiver, state
ORDER BY receiver, state
