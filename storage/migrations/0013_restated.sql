-- A further change of a warning: the level told of an earlier period is another one now.

SET LOCAL search_path = planwatch, public;

CREATE OR REPLACE VIEW board.word AS
SELECT kind, name, zh, en
FROM (VALUES
    ('status', 'not_rated', '未评定', 'not rated'),
    ('status', 'exempt', '免予考核', 'exempt'),
    ('status', 'ended', '规划期结束', 'plan ended'),
    ('yardstick', 'annual', '年度', 'annual task'),
    ('yardstick', 'five_year', '五年进度', 'five-year progress'),
    ('yardstick', 'single', '单项', 'single'),
    ('change', 'raised', '发布', 'raised'),
    ('change', 'escalated', '升级', 'escalated'),
    ('change', 'eased', '缓和', 'eased'),
    ('change', 'cleared', '解除', 'cleared'),
    ('change', 'withdrawn', '撤回', 'withdrawn'),
    ('change', 'restated', '更正', 'restated'),
    ('cause', 'figures', '新数据', 'new figures'),
    ('cause', 'correction', '数据更正', 'a correction'),
    ('cause', 'registry', '名录变化', 'a registry change'),
    ('cause', 'plan', '目标或规则变化', 'a plan change'),
    ('cause', 'related', '关联对象变化', 'a change of something it depends on')
) AS words (kind, name, zh, en);
