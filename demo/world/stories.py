"""The planted stories: when they happen and how large they are.

`demo/truth.yml` tells them; `tests/demo/test_stories.py` checks each by hand-written SQL.
"""

from __future__ import annotations

from datetime import date

# a medium past its saturation: an extra 1 % of spend brings a quarter of a percent more orders
SATURATED_MEDIUM = "wanxiangtai"
SATURATED_ELASTICITY = 0.25
ORDINARY_ELASTICITY = 0.88

# fresh notes in the last week: the medium that leads it deserves to
FRESH_MEDIUM = "xhs_juguang"
FRESH_DAY = date(2025, 11, 17)
FRESH_LIFT = 1.4

# the own mall's Android app from this version on loses payments at the last step
BROKEN_VERSION = "5.8.0"
BROKEN_VERSION_DAY = date(2025, 10, 29)
BROKEN_LOSS = 0.38  # share of submitted Android orders whose payment no longer goes through

# one night of robots on the own mall
BOT_NIGHT = date(2025, 9, 12)
BOT_SESSIONS = 2_900

# a creator's sale: first on GMV, last once refunds, commission and fee are paid
CREATOR_SALE_DAY = date(2025, 10, 22)
CREATOR_SALE_ORDERS = 1_150
CREATOR_SALE_REFUND_RATE = 0.56
CREATOR_SALE_COMMISSION = 0.30
CREATOR_SALE_FEE = 12_000_000  # cents
CREATOR_SALE_DISCOUNT = 0.38

# a coupon used by regulars who would have bought anyway, and one that really wakes sleepers
REGULARS_COUPON = "VIP30"
REGULARS_FIRST_DAY, REGULARS_LAST_DAY = date(2025, 8, 11), date(2025, 9, 7)
REGULARS_HOLDOUT = 0.20
SLEEPERS_COUPON = "BACK50"
SLEEPERS_FIRST_DAY, SLEEPERS_LAST_DAY = date(2025, 9, 15), date(2025, 10, 12)
SLEEPERS_TREATED_AMONG_BUYERS = 0.62  # half are treated; this share of the buyers are

# what the platforms claim, together, as a share of what customers paid
CLAIMED_SHARE = 1.38

# an A/B test that lost part of one arm
SRM_EXPERIMENT = "pdp_video"
SRM_CONTROL_SHARE = 0.526

# two media whose order flips once the audience is held fixed
SIMPSON_BETTER_INSIDE, SIMPSON_BETTER_OVERALL = "baidu", "tencent_ads"

# a month in which the least converting store brings more visitors, and nothing else changes
MIX_SHIFT_FIRST_DAY, MIX_SHIFT_LAST_DAY = date(2025, 8, 1), date(2025, 8, 31)
MIX_SHIFT_LIFT = 6.0

# a bad batch
SURGE_PRODUCT = "CY301"
SURGE_FIRST_DAY = date(2025, 9, 8)
SURGE_LINE_REFUND = 0.30

# a month's new customers, bought with a 9.9 yuan sample, who do not come back
CHURN_MONTH = (2025, 3)
CHURN_DROPOUT = 0.93
CHURN_MEDIUM = "qianchuan"
CHURN_SPEND = 1.5  # the month's budget against the usual one

# lifts in the city, with the other provinces as controls
GEO_PROVINCES = ("浙江", "江苏")
GEO_FIRST_DAY, GEO_LAST_DAY = date(2025, 6, 23), date(2025, 8, 3)
GEO_EXTRA_NEW = 0.55

# two products that go together
PAIR = ("CY101", "CY401")
PAIR_SHARE = 0.42

# recent days are not over: refunds are still open and platforms still report conversions
CLAIM_REPORTED = (0.55, 0.78, 0.92)  # of the last day, the day before, ...
