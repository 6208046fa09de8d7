"""The words of the chat's own surface, in both languages; what an answer says comes from the answer."""

from __future__ import annotations

from semantic_layer.text import Text

CARD_LABELS: dict[str, Text] = {
    "read_as": Text(zh="我这样理解", en="How I read it"),
    "default": Text(zh="默认", en="default"),
    "kept": Text(zh="沿用", en="kept"),
    "from_words": Text(zh="来自你的问题", en="from your words"),
    "failed": Text(zh="这次没有成功,稍后再试。", en="This did not work; try again later."),
    "reconnecting": Text(zh="正在恢复连接,恢复后接着做。", en="Reconnecting; then this goes on."),
    "not_reached": Text(
        zh="连接还没有恢复,请稍后再点一次。", en="The connection is not back yet; press again later."
    ),
    "verified": Text(zh="已核对", en="Verified"),
    "verified_by": Text(zh="由{by}核对", en="checked by {by}"),
    "save_verified": Text(zh="存为核对过的问题", en="Save as verified question"),
    "export_html": Text(zh="导出网页", en="Export HTML"),
    "export_md": Text(zh="导出 Markdown", en="Export Markdown"),
    "export_thread": Text(zh="导出整段对话", en="Export conversation"),
    "copy_link": Text(zh="复制链接", en="Copy link"),
    "copied_link": Text(zh="已复制", en="Copied"),
    "own_title": Text(zh="你的数据", en="Your data"),
    "own_notes": Text(zh="读取时发现", en="Found while reading"),
    "own_rows": Text(zh="{n} 行", en="{n} rows"),
    "own_column": Text(zh="列", en="Column"),
    "own_role": Text(zh="用途", en="Use"),
    "own_zh": Text(zh="中文名", en="Name in Chinese"),
    "own_en": Text(zh="英文名", en="Name in English"),
    "own_examples": Text(zh="例", en="Examples"),
    "own_confirm": Text(zh="确认,开始提问", en="Confirm and ask"),
    "own_private": Text(
        zh="数据只存在这台服务器上,只有你在这段对话里能问。",
        en="The data stay on this server; only you can ask them, in this conversation.",
    ),
    "own_forget": Text(zh="删除这些数据", en="Delete these data"),
    "own_forget_sure": Text(zh="删除后不能恢复。", en="This cannot be undone."),
    "own_all": Text(zh="我的全部数据", en="All my data"),
    "cancel": Text(zh="取消", en="Cancel"),
    "own_ready": Text(zh="可以问了,有 {n} 个指标:", en="Ready: {n} metrics."),
    "role_time": Text(zh="时间", en="time"),
    "role_key": Text(zh="主键", en="key"),
    "role_reference": Text(zh="编号(计不同个数)", en="id, counted"),
    "role_dimension": Text(zh="维度", en="dimension"),
    "role_sum": Text(zh="求和", en="sum"),
    "role_average": Text(zh="平均", en="average"),
    "role_unused": Text(zh="不用", en="not used"),
    "export_xlsx": Text(zh="导出 Excel", en="Export to Excel"),
    "edit_sql": Text(zh="改 SQL", en="Edit SQL"),
    "run_sql": Text(zh="运行(只读)", en="Run (read-only)"),
    "reset_sql": Text(zh="还原", en="Reset"),
    "sql_hint": Text(
        zh="只能写一条 SELECT,只读工作区的表;权限和平时一样。",
        en="One SELECT over the workspace's tables; your access rules apply as always.",
    ),
    "sql_same": Text(zh="和原结果完全一样。", en="The same as the original result."),
    "sql_differs": Text(
        zh="和原结果比:{changed} 行有变化,{new} 行新增,{gone} 行没有了。",
        en="Against the original: {changed} changed, {new} new, {gone} gone.",
    ),
    "sql_position": Text(
        zh="结果里没有原来的分组列,按行的先后对照。",
        en="The original's group columns are gone, so rows are compared by position.",
    ),
    "sql_took": Text(zh="{n} 行,{ms} 毫秒", en="{n} rows, {ms} ms"),
    "sql_took_one": Text(zh="1 行,{ms} 毫秒", en="1 row, {ms} ms"),
    "was": Text(zh="原来 {value}", en="was {value}"),
    "row_new": Text(zh="新增", en="new"),
    "row_gone": Text(zh="没有了", en="gone"),
    "explain": Text(zh="看这个数由哪些行算出", en="See the rows behind this number"),
    "behind": Text(zh="{group} · {metric} 由这些行算出", en="The rows behind {metric} · {group}"),
    "all_groups": Text(zh="全部", en="all"),
    "added_up": Text(zh="共 {n} 行,算出 {value}", en="{n} rows give {value}"),
    "added_up_one": Text(zh="共 1 行,算出 {value}", en="1 row gives {value}"),
    "largest_first": Text(zh="按数值从大到小,列出前 {n} 行", en="the largest {n} are listed"),
    "masked_note": Text(zh="{names}对你不可见,显示为空。", en="{names}: hidden from you, shown empty."),
    "close": Text(zh="关闭", en="Close"),
    "change": Text(zh="换一个", en="Change this"),
    "apply": Text(zh="确定", en="Apply"),
    "one_total": Text(zh="不拆分,看总数", en="One total"),
    "find_metric": Text(zh="搜指标", en="Search metrics"),
    "find_value": Text(zh="搜{name}", en="Search {name}"),
    "add_metric": Text(zh="一起看", en="Add beside"),
    "leave_out": Text(zh="去掉", en="Leave out"),
    "nothing_found": Text(zh="没有找到,换个词试试。", en="Nothing found; try another word."),
    "nothing_to_pick": Text(zh="这里没有别的可选。", en="There is nothing else to pick here."),
    "exclude": Text(zh="反选(排除这些)", en="Exclude these"),
    "lift_filter": Text(zh="取消这个筛选", en="Remove this filter"),
    "from": Text(zh="从", en="From"),
    "to": Text(zh="到", en="To"),
    "loading": Text(zh="稍等…", en="One moment …"),
    "not_understood": Text(zh="没用上的词", en="Words not used"),
    "chart": Text(zh="图表", en="Chart"),
    "chart_as": Text(zh="换图形", en="Chart type"),
    "bar": Text(zh="柱状", en="Bars"),
    "line": Text(zh="折线", en="Line"),
    "chart_failed": Text(
        zh="图表没画出来,数字在下面的表里。", en="The chart could not be drawn; the numbers are in the table."
    ),
    "table": Text(zh="数据", en="Data"),
    "rows": Text(zh="共 {n} 行", en="{n} rows"),
    "rows_one": Text(zh="共 1 行", en="1 row"),
    "show_all": Text(zh="展开全部 {n} 行", en="Show all {n} rows"),
    "show_less": Text(zh="收起", en="Show fewer"),
    "truncated": Text(zh="只取了前 {n} 行,共 {all} 行", en="First {n} of {all} rows"),
    "total": Text(zh="合计", en="Total"),
    "download_csv": Text(zh="下载 CSV", en="Download CSV"),
    "download_png": Text(zh="下载图片", en="Download PNG"),
    "sort_by": Text(zh="按此列排序", en="Sort by this column"),
    "empty_cell": Text(zh="无", en="none"),
    "no_rows": Text(zh="这个范围内没有数据。", en="There are no data in this range."),
    "findings": Text(zh="发现", en="Findings"),
    "suggestions": Text(zh="增长建议", en="Growth suggestions"),
    "effect": Text(zh="预计效果", en="Expected effect"),
    "evidence": Text(zh="依据", en="Evidence"),
    "checks": Text(zh="检查", en="Checks"),
    "why": Text(zh="为什么", en="Why"),
    "why_data": Text(zh="看背后的数据", en="See the data behind it"),
    "further": Text(zh="分析的其他 {n} 张表", en="{n} more tables of this analysis"),
    "further_one": Text(zh="分析的另一张表", en="1 more table of this analysis"),
    "reconciliation": Text(zh="和平台数字对账", en="Against the platforms' numbers"),
    "how_to_test": Text(zh="怎么验证", en="How to test it"),
    "formula": Text(zh="算法", en="Formula"),
    "accept": Text(zh="采纳", en="Accept"),
    "reject": Text(zh="否决", en="Reject"),
    "reject_reason": Text(zh="为什么不做(一句话)", en="Why not (one sentence)"),
    "reopen": Text(zh="撤回", en="Undo"),
    "decided_accepted": Text(zh="已采纳,到期自动验收。", en="Accepted; it is measured when it is due."),
    "decided_rejected": Text(zh="已否决。", en="Rejected."),
    "follow_ups": Text(zh="接着问", en="Ask next"),
    "details": Text(zh="口径与来源", en="Definitions and sources"),
    "definitions": Text(zh="指标口径", en="Metric definitions"),
    "certified": Text(zh="已认证", en="Certified"),
    "owner": Text(zh="负责人", en="Owner"),
    "copy_sql": Text(zh="复制 SQL", en="Copy SQL"),
    "copied": Text(zh="已复制", en="Copied"),
    "more_sql": Text(zh="其余 {n} 条 SQL", en="{n} more statements"),
    "more_sql_one": Text(zh="另一条 SQL", en="1 more statement"),
    "sql": Text(zh="SQL", en="SQL"),
    "clarify": Text(zh="先确认一下", en="One thing first"),
    "choose": Text(zh="选一个,我马上算", en="Pick one and I will compute it"),
    "refuse": Text(zh="这个我现在答不了", en="I cannot answer this yet"),
    "missing": Text(zh="缺什么", en="What is missing"),
    "nearest": Text(zh="我能答的", en="What I can answer"),
    "error": Text(zh="没有算成", en="This did not work"),
    "mend": Text(zh="可以这样做", en="What to do"),
    "working": Text(zh="正在算…", en="Computing…"),
    "more": Text(zh="更多", en="More"),
}

STOPPED = Text(zh="已停止。这次没有给出数字。", en="Stopped. No number was given.")
FAILED = Text(
    zh="这次没有算成,原因已记在服务器日志里。换个问法,或稍后再试。",
    en="This did not work; the reason is in the server's log. Ask in another way, or try again later.",
)
BAD_CHOICE = Text(
    zh="这个按钮的内容读不出来了,请重新问一遍。",
    en="What this button stands for can no longer be read. Please ask again.",
)
NOTHING_BEHIND = Text(
    zh="这条建议背后没有可以按时间看的数据。", en="There are no data over time behind this suggestion."
)
NOT_SAVED = Text(
    zh="没有存下来:应用数据库现在写不进去。",
    en="Nothing was kept: the app database cannot be written to now.",
)
ASK_ADMIN = Text(
    zh="请管理员看看磁盘空间和文件权限,再存一次。",
    en="Ask the administrator to look at disk space and file permissions, and save again.",
)
# Why a conversation cannot be written, by words of the database's error; the last one is for all others.
NOT_WRITTEN_CAUSES: tuple[tuple[tuple[str, ...], Text], ...] = (
    (
        ("locked", "busy"),
        Text(zh="应用数据库被别的程序锁住了", en="another program has locked the app database"),
    ),
    (
        ("readonly", "read-only", "read only"),
        Text(zh="应用数据库是只读的", en="the app database is read-only"),
    ),
    (
        ("full", "disk i/o", "no space"),
        Text(zh="磁盘满了或写不进去", en="the disk is full or cannot be written"),
    ),
    ((), Text(zh="应用数据库现在写不进去", en="the app database cannot be written to")),
)
NOT_WRITTEN = Text(
    zh="⚠ 这段对话暂时存不进历史:{why}。提问和回答照常;内容先留在内存里,恢复后自动补存,"
    "在那之前请不要关掉服务。",
    en="⚠ This conversation cannot be saved to the history right now: {why}. Questions and answers work as before; "
    "what is said is held in memory and saved as soon as that is over. Please do not stop the server until then.",
)
WRITTEN_NOW = Text(
    zh="✓ 刚才没存下的对话已经补存,什么都没丢。",
    en="✓ What could not be saved is saved now; nothing was lost.",
)
SIGNED_OUT = Text(
    zh="登录已到期,这个窗口不再接收回答。刷新页面重新登录,对话都还在。",
    en="Your sign-in has ended, and this window gets no more answers. Reload the page to sign in again; "
    "the conversation is kept.",
)
INTERRUPTED = Text(
    zh="这个问题没有答完:服务中途停了。", en="This question was not answered: the server stopped on the way."
)
SAVED = Text(
    zh="已存为核对过的问题,以后按这个读法回答。",
    en="Kept as a verified question: it will be read this way from now on.",
)
CHANGED = Text(zh="换一个{part}再看", en="The same with another {part}")
TOOK_TOO_LONG = Text(zh="这个问题算得太久,已经停下。", en="This took too long and was stopped.")
NARROW_DOWN = Text(zh="把时间缩短一点,或少拆一层再问。", en="Ask for a shorter period or fewer breakdowns.")
YES = Text(zh="好", en="Yes")  # what is typed instead: bot.alerts.wording
NO = Text(zh="不用", en="No")
WORKING = Text(zh="正在算", en="Working")
ASK_AGAIN = Text(zh="再问一遍即可。", en="Asking again is enough.")

PROFILES: dict[str, tuple[Text, Text]] = {
    "boss": (
        Text(zh="老板", en="Boss"),
        Text(
            zh="先说结论:一句话、一张图、几条建议。", en="The conclusion first: a sentence, a chart, advice."
        ),
    ),
    "analyst": (
        Text(zh="分析师", en="Analyst"),
        Text(zh="SQL、口径、耗时默认展开。", en="SQL, definitions and timings are open."),
    ),
    "operations": (
        Text(zh="运营", en="Operations"),
        Text(zh="数据表默认展开,方便导出。", en="The table is open, ready to export."),
    ),
}

SETTINGS_LANGUAGE = Text(zh="回答语言", en="Language of the answers")
SETTINGS_NUMBERS = Text(zh="数字写法", en="Number style")
SETTINGS_CURRENCY = Text(zh="金额单位", en="Currency")
SETTINGS_PLANNER = Text(zh="怎么理解问题", en="How questions are read")
CURRENCY_CHOICES: dict[str, Text] = {
    "auto": Text(zh="默认", en="Default"),
    "symbol": Text(zh="符号(¥18.6万)", en="Symbol (¥186 K)"),
    "code": Text(zh="代码(18.6万 CNY)", en="Code (186 K CNY)"),
    "none": Text(zh="不写(18.6万)", en="None (186 K)"),
}
PLANNER_CHOICES: dict[str, Text] = {
    "auto": Text(zh="先按规则,听不准再用模型", en="Rules first, the model when unsure"),
    "rules": Text(zh="只按规则(不用模型)", en="Rules only, no model"),
    "llm": Text(zh="用模型", en="The model"),
}
LANGUAGE_CHOICES: dict[str, Text] = {
    "auto": Text(zh="跟随问题", en="Follow the question"),
    "zh-CN": Text(zh="中文", en="Chinese"),
    "en-US": Text(zh="英文", en="English"),
}
NUMBER_CHOICES: dict[str, Text] = {
    "auto": Text(zh="跟随语言", en="Follow the language"),
    "zh-CN": Text.same("万 / 亿"),
    "en-US": Text.same("K / M"),
}

# Chainlit's own texts that do not fit: it speaks of models that err; our numbers come from SQL.
TRANSLATION_CHANGES: dict[str, Text] = {
    "chat.input.placeholder": Text(
        zh="问一个营销问题…",
        en="Ask a marketing question…",
    ),
    "chat.watermark": Text(
        zh="每个数字都由 SQL 算出,点开就能核对。",
        en="Every number is computed by SQL that you can open and check.",
    ),
    "chat.messages.status.using": Text.same("…"),  # the progress line says itself what is being done
    "chat.messages.status.used": Text.same("…"),
    "common.status.error.serverConnection": Text(
        zh="连不上服务,正在重连。说过的都在,连上后可以接着问。",
        en="The server cannot be reached; trying again. What was said is kept, and you can go on when it is back.",
    ),
    "chat.messages.feedback.dialog.title": Text(zh="说说原因", en="Tell us why"),
    "chat.messages.feedback.dialog.yourFeedback": Text(
        zh="哪里不对,或者哪里帮到了你?会进入待核对清单。",
        en="What was wrong, or what helped? It goes to the list for review.",
    ),
    "chat.history.title": Text(zh="最近的问题", en="Recent questions"),
    "auth.login.title": Text(zh="登录问增长", en="Sign in to AskGrowth"),
    "auth.login.form.email.label": Text(zh="用户名", en="User name"),
    "auth.login.form.email.required": Text(zh="请填写用户名", en="The user name is needed"),
    "auth.login.form.email.placeholder": Text(zh="用户名", en="User name"),
    "auth.login.errors.default": Text(
        zh="没有登录成功:用户名或密码不对。用户由管理员用 askgrowth user add 创建。",
        en="Not signed in: wrong user name or password. Users are created with askgrowth user add.",
    ),
    "auth.login.errors.credentialsSignin": Text(
        zh="用户名或密码不对。用户由管理员用 askgrowth user add 创建。",
        en="Wrong user name or password. Users are created with askgrowth user add.",
    ),
    "navigation.header.readme": Text(zh="说明", en="Read me"),
}

README = Text(
    zh="""# 问增长

工作区:**{workspace}**

用中文或英文问营销问题,得到的每个数字都能核对:

- **结论先行**:一句话、一张图、按影响大小排的增长建议,建议带八成把握的区间。
- **我这样理解**:指标、维度、时间、对比都写在答案里;没用上的词会指出来。
- **SQL**:每个答案下面都能展开,原样可跑。
- **不猜**:听不准就反问,答不了就说缺什么。
- **还可以**:「来一页周报」,「投产比低于2的时候提醒我」,把自己的 CSV、Excel 或 Parquet 文件拖进来问。

数据不出这台机器。
""",
    en="""# AskGrowth

Workspace: **{workspace}**

Ask marketing questions in English or Chinese; every number can be checked:

- **Conclusion first**: a sentence, a chart, and growth suggestions by size, each with an 80 % interval.
- **How I read it**: metric, breakdown, period and comparison are in the answer; unused words are named.
- **SQL**: below every answer, as it ran.
- **No guessing**: unclear questions are asked back, and a refusal says what is missing.
- **Also**: "weekly report please", "alert me when sales fall", or drop a CSV, Excel or Parquet file of your own.

No data leave this machine.
""",
)
