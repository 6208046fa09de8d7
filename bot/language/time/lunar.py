"""The Chinese lunar calendar as a year table, and the solar term Qingming."""

from __future__ import annotations

from datetime import date, timedelta

# Per lunar year: the Gregorian month and day of its first day, the leap month (0: none), and one digit per
# month in order (1: 30 days, 0: 29 days), the leap month after its namesake. Facts of the calendar, written
# out once with the package lunardate and compared with the published dates of 2000 to 2026.
_YEARS = {
    1999: "0216 0 100100101110", 2000: "0205 0 110010010110", 2001: "0124 4 1101010010101",
    2002: "0212 0 110101001010", 2003: "0201 0 110110100101", 2004: "0122 2 0101101010101",
    2005: "0209 0 010101101010", 2006: "0129 7 1010101011011", 2007: "0218 0 001001011101",
    2008: "0207 0 100100101101", 2009: "0126 5 1100100101011", 2010: "0214 0 101010010101",
    2011: "0203 0 101101001010", 2012: "0123 4 1011010101010", 2013: "0210 0 101011010101",
    2014: "0131 9 0101010110101", 2015: "0219 0 010010111010", 2016: "0208 0 101001011011",
    2017: "0128 6 0101001010111", 2018: "0216 0 010100101011", 2019: "0205 0 101010010011",
    2020: "0125 4 0111010010101", 2021: "0212 0 011010101010", 2022: "0201 0 101011010101",
    2023: "0122 2 0100110110101", 2024: "0210 0 010010110110", 2025: "0129 6 1010010101110",
    2026: "0217 0 101001001110", 2027: "0206 0 110100100110", 2028: "0126 5 1110100100110",
    2029: "0213 0 110101010011", 2030: "0203 0 010110101010", 2031: "0123 3 0110101101010",
    2032: "0211 0 100101101101", 2033: "0131 11 0100101011101", 2034: "0219 0 010010101101",
    2035: "0208 0 101001001101", 2036: "0128 6 1101001001011", 2037: "0215 0 110100100101",
    2038: "0204 0 110101010010", 2039: "0124 5 1101101010100", 2040: "0212 0 101101011010",
    2041: "0201 0 010101101101", 2042: "0122 2 0100101011011", 2043: "0210 0 010010011011",
    2044: "0130 7 1010010010111", 2045: "0217 0 101001001011", 2046: "0206 0 101010100101",
    2047: "0126 5 1011010100101", 2048: "0214 0 011011010010", 2049: "0202 0 101011011010",
    2050: "0123 3 0101010110110",
}  # fmt: skip

FIRST_YEAR, LAST_YEAR = 2000, 2050
"""The Gregorian years for which lunar dates are known."""


def lunar_date(year: int, month: int, day: int) -> date | None:
    """Return the Gregorian date of a day of lunar year `year` (never its leap month).

    None outside the table, and for the 30th of a month of 29 days.
    """
    row = _YEARS.get(year)
    if row is None:
        return None
    first, leap_text, lengths = row.split(" ")
    leap = int(leap_text)
    index = month - 1 + (1 if 0 < leap < month else 0)
    days = [29 + int(flag) for flag in lengths]
    if day > days[index]:
        return None
    new_year = date(year, int(first[:2]), int(first[2:]))
    return new_year + timedelta(days=sum(days[:index]) + day - 1)


def qingming(year: int) -> date:
    """Return the date of Qingming, a solar term; right for 2000 to 2099 (the usual century formula)."""
    short = year % 100
    return date(year, 4, int(short * 0.2422 + 4.81) - short // 4)
