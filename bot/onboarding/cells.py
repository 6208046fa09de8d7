"""What the text of a column means: SQL that reads numbers, shares, dates and yes/no from cells as people write them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.onboarding.found import Kind, Note, Reading, rows_text
from semantic_layer.engines.intake import ROW, Intake, quoted
from semantic_layer.text import Text

ENOUGH = 0.95  # of the filled cells must read as a kind; the others are named and left empty
NEARLY = 0.6  # from here on it is worth saying why a column stays text
_NAMED = 200  # rows kept of those that do not fit
_EMPTY = (
    "'', '-', '--', '—', '/', 'na', 'n/a', '#n/a', 'nan', 'null', 'none', '\\n', '无', '空', '(空)', '(空)'"
)
_NUMBER = r"[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?([eE][-+]?\d+)?"
_YES_NO = "'是','否','true','false','yes','no','y','n','t','f'"
_FORMATS = "['%Y-%m-%d %H:%M:%S', '%Y-%m-%d %H:%M', '%Y-%m-%d %p%I:%M:%S', '%Y-%m-%d %p%I:%M', '%Y-%m-%d']"
_WORDED = "['%b %d, %Y', '%B %d, %Y', '%d %b %Y', '%d %B %Y', '%d-%b-%Y', '%d-%b-%y']"
_DAY_FIRST = r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(\s+\d.*)?$"


def cell(column: str) -> str:
    """Return SQL for the cleaned text of a cell: half-width digits and signs, no outer blanks, NULL where it says so."""
    raw = quoted(column)
    plain = f"trim(translate({raw}, '0123456789,.%()¥+-:\u3000\u00a0', '0123456789,.%()¥+-:  '), ' \t')"
    return f"(CASE WHEN lower({plain}) IN ({_EMPTY}) THEN NULL ELSE {plain} END)"


def number(column: str) -> str:
    """Return SQL for the number in a cell, else NULL: 1,234.5 · ¥12 · (3) is -3 · 12% is 0.12 · 1.2万 is 12000."""
    bare = f"regexp_replace({cell(column)}, '^(CNY|RMB|USD|EUR|GBP|US\\$|[¥$€£])\\s*|\\s*(元|块|CNY|USD)$', '', 'gi')"
    signed = f"regexp_replace({bare}, '^\\((.+)\\)$', '-\\1')"
    digits = f"regexp_extract({signed}, '^({_NUMBER})\\s*(%|万|亿)?$', 1)"
    mark = f"regexp_extract({signed}, '^{_NUMBER}\\s*(%|万|亿)?$', 5)"
    scale = f"CASE {mark} WHEN '%' THEN 0.01 WHEN '万' THEN 10000.0 WHEN '亿' THEN 100000000.0 ELSE 1.0 END"
    read = f"TRY_CAST(replace({digits}, ',', '') AS DOUBLE)"
    # A share is divided, not multiplied: 12 * 0.01 is 0.12, but 7 * 0.01 is 0.07000000000000001.
    return f"CASE WHEN {mark} = '%' THEN {read} / 100.0 ELSE {read} * ({scale}) END"


def moment(column: str, *, day_first: bool = False) -> str:
    """Return SQL for the date and time in a cell, else NULL; a month alone is its first day."""
    text = cell(column)
    clock = f"replace(replace({text}, '上午', 'AM'), '下午', 'PM')"
    clock = f"regexp_replace({clock}, '(\\d)\\s*[时点]\\s*(\\d{{1,2}})\\s*分?(\\s*(\\d{{1,2}})\\s*秒)?', '\\1:\\2:0\\4')"
    iso = f"trim(regexp_replace({clock}, '^(\\d{{4}})\\s*[-/.年]\\s*(\\d{{1,2}})\\s*[-/.月]\\s*(\\d{{1,2}})\\s*[日号]?\\s*(.*)$', '\\1-\\2-\\3 \\4'))"
    month = f"regexp_replace({text}, '^(\\d{{4}})\\s*[-/.年]\\s*(\\d{{1,2}})\\s*月?$', '\\1-\\2-01')"
    compact = (
        f"CASE WHEN regexp_full_match({text}, '(19|20)\\d{{6}}') THEN try_strptime({text}, '%Y%m%d') END"
    )
    order = "'\\3-\\2-\\1\\4'" if day_first else "'\\3-\\1-\\2\\4'"
    western = f"regexp_replace({text}, '{_DAY_FIRST}', {order})"
    tried = [
        f"CASE WHEN regexp_matches({text}, '^\\d{{4}}\\D') THEN TRY_CAST({iso} AS TIMESTAMP) END",
        f"try_strptime({iso}, {_FORMATS})",
        compact,
        f"try_strptime({month}, '%Y-%m-%d')",
        f"CASE WHEN regexp_full_match({text}, '{_DAY_FIRST}') THEN try_strptime({western}, {_FORMATS}) END",
        f"try_strptime({text}, {_WORDED})",
    ]
    return f"COALESCE({', '.join(tried)})"


def yes_no(column: str) -> str:
    """Return SQL for the truth value in a cell, else NULL."""
    low = f"lower({cell(column)})"
    return (
        f"CASE WHEN {low} IN ('是','true','yes','y','t') THEN TRUE WHEN {low} IN ({_YES_NO}) THEN FALSE END"
    )


@dataclass(frozen=True, slots=True)
class _Counts:
    filled: int
    numbers: int
    whole: int
    codes: int
    percents: int
    money: int
    moments: int
    clocks: int
    truths: int
    first_over_12: int
    second_over_12: int
    western: int


def read_column(
    intake: Intake, table: str, column: str, header: str, row_in_file: Callable[[int], int]
) -> tuple[Reading, tuple[Note, ...]]:
    """Return how a column of text is read, and what is odd about it."""
    found = _count(intake, table, column)
    if found.filled == 0:
        note = Text(zh=f"列「{header}」全是空的,没有用。", en=f'The column "{header}" is empty and not used.')
        return Reading("empty", "NULL"), (Note(note),)
    kind, sql, extra = _decided(found, column, header)
    unit = None
    if kind in ("number", "integer"):
        unit = (
            "%" if found.percents * 2 > found.filled else "money" if found.money * 2 > found.filled else None
        )
    notes = [*extra]
    if kind != "text":
        notes += _misfits(intake, table, column, header, sql, row_in_file)
    elif (most := max(found.numbers, found.moments)) >= NEARLY * found.filled and not found.codes:
        notes += _misfits(
            intake, table, column, header,
            number(column) if most == found.numbers else moment(column), row_in_file, kept=True,
        )  # fmt: skip
    return Reading(kind, sql, unit), tuple(notes)


def _count(intake: Intake, table: str, column: str) -> _Counts:
    text = "c"
    money = f"regexp_matches({text}, '^(CNY|RMB|¥)|元$')"
    one, other = (f"TRY_CAST(regexp_extract({text}, '{_DAY_FIRST}', {n}) AS INTEGER)" for n in (1, 2))
    sql = f"""
        SELECT count(c), count(n), count(*) FILTER (n = floor(n) AND abs(n) < 9e15 AND NOT regexp_matches(c, '[.%万亿eE]')),
          count(*) FILTER (regexp_full_match(c, '0\\d+|\\d{{16,}}|1[3-9]\\d{{9}}')), count(*) FILTER (c LIKE '%\\%' ESCAPE '\\'),
          count(*) FILTER ({money}), count(d), count(*) FILTER (d <> date_trunc('day', d)), count(b),
          count(*) FILTER ({one} > 12), count(*) FILTER ({other} > 12), count(*) FILTER ({one} IS NOT NULL)
        FROM (SELECT {cell(column)} AS c, {number(column)} AS n, {moment(column)} AS d, {yes_no(column)} AS b
              FROM {quoted(table)})"""
    return _Counts(*(int(str(value)) for value in intake.execute(sql).rows[0]))


def _decided(found: _Counts, column: str, header: str) -> tuple[Kind, str, list[Note]]:
    # In a short table one odd cell is more than one in twenty, and still only one.
    enough = min(ENOUGH * found.filled, max(found.filled - 1, NEARLY * found.filled, 2))
    day_first = found.first_over_12 > 0 and found.second_over_12 == 0
    if found.truths == found.filled:
        return "boolean", yes_no(column), []
    if max(found.moments, found.western if day_first else 0) >= enough:
        notes = []
        if found.western and not found.first_over_12 and not found.second_over_12:
            notes.append(
                Note(
                    Text(
                        zh=f"列「{header}」的日期先月后日还是先日后月看不出来,按先月后日读。",
                        en=f'Whether dates in "{header}" put month or day first cannot be seen; month first is assumed.',
                    )
                )
            )
        sql = moment(column, day_first=day_first)
        return ("timestamp", sql, notes) if found.clocks else ("date", f"CAST({sql} AS DATE)", notes)
    if found.codes and not found.percents:
        return "text", cell(column), []
    if found.numbers >= enough:
        if found.whole == found.numbers:
            return "integer", f"CAST({number(column)} AS BIGINT)", []
        return "number", number(column), []
    return "text", cell(column), []


def _misfits(
    intake: Intake, table: str, column: str, header: str, sql: str, row_in_file: Callable[[int], int], *, kept: bool = False
) -> list[Note]:  # fmt: skip
    """Return a note on the filled cells that do not read; `kept` where the column therefore stays text."""
    rows = intake.execute(
        f"SELECT {ROW}, {cell(column)} FROM {quoted(table)} WHERE {cell(column)} IS NOT NULL AND ({sql}) IS NULL "
        f"ORDER BY {ROW} LIMIT {_NAMED}"
    ).rows
    if not rows:
        return []
    at = tuple(row_in_file(int(str(row[0]))) for row in rows)
    where, example = rows_text(at), str(rows[0][1])[:30]
    if kept:
        text = Text(
            zh=f"列「{header}」按文字读:{where.zh}不是数字或日期(如「{example}」)。",
            en=f'The column "{header}" stays text: {where.en} hold no number or date (such as "{example}").',
        )
    else:
        text = Text(
            zh=f"列「{header}」{where.zh}的内容读不出来(如「{example}」),当作空值。",
            en=f'The column "{header}": what stands in {where.en} cannot be read (such as "{example}") and is left empty.',
        )
    return [Note(text, at)]
