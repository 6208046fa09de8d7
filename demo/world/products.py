"""What the brand sells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from demo.world.clock import DAYS, FIRST_DAY, day_number, day_of
from demo.world.streams import FloatArray
from demo.world.tables import Table, counts, dates, flags, money, texts

CATEGORIES = (
    "cleanser",
    "toner",
    "serum",
    "cream",
    "mask",
    "sunscreen",
    "eye_care",
    "body_care",
    "set",
    "trial",
)


@dataclass(frozen=True, slots=True)
class Product:
    """One product; prices in cents, `weight` is its share of the choices."""

    code: str
    zh: str
    en: str
    category: str
    series: str
    price: int
    cost: int
    weight: float
    launched: date = FIRST_DAY
    summer: float = 0.0  # how much more is sold in June to August (and less in winter)


def _p(
    code: str,
    zh: str,
    en: str,
    category: str,
    series: str,
    price: float,
    cost: float,
    weight: float,
    launched: date = FIRST_DAY,
    summer: float = 0.0,
) -> Product:
    return Product(
        code, zh, en, category, series, round(price * 100), round(cost * 100), weight, launched, summer
    )


PRODUCTS: tuple[Product, ...] = (
    _p("CY101", "氨基酸温和洁面乳", "Amino Acid Gentle Cleanser", "cleanser", "basic", 79, 17, 10),
    _p("CY102", "泡沫洁面慕斯", "Foaming Cleansing Mousse", "cleanser", "basic", 69, 16, 5),
    _p("CY103", "卸妆净澈油", "Clear Cleansing Oil", "cleanser", "basic", 99, 24, 5),
    _p(
        "CY104",
        "清爽控油洁面啫喱",
        "Oil Control Gel Cleanser",
        "cleanser",
        "basic",
        75,
        16,
        3,
        date(2024, 4, 8),
        0.4,
    ),
    _p("CY201", "海茴香舒缓水", "Sea Fennel Soothing Toner", "toner", "soothing", 129, 27, 8),
    _p("CY202", "玻尿酸保湿水", "Hyaluronic Moisture Toner", "toner", "hydra", 119, 24, 6),
    _p("CY203", "积雪草喷雾", "Centella Face Mist", "toner", "soothing", 69, 15, 4, FIRST_DAY, 0.6),
    _p("CY204", "二裂酵母精华水", "Bifida Essence Water", "toner", "repair", 169, 36, 3, date(2024, 9, 2)),
    _p("CY301", "屏障修护精华", "Barrier Repair Serum", "serum", "repair", 259, 52, 8),
    _p("CY302", "烟酰胺透亮精华", "Niacinamide Glow Serum", "serum", "glow", 229, 46, 5),
    _p("CY303", "早C晚A精华组", "Vitamin C and A Serum Duo", "serum", "glow", 339, 72, 3, date(2024, 2, 26)),
    _p("CY304", "蓝铜胜肽精华", "Copper Peptide Serum", "serum", "repair", 299, 61, 3, date(2024, 8, 19)),
    _p("CY305", "次抛玻尿酸原液", "Hyaluronic Single Doses", "serum", "hydra", 159, 33, 4),
    _p("CY401", "神经酰胺修护面霜", "Ceramide Repair Cream", "cream", "repair", 189, 38, 9, FIRST_DAY, -0.3),
    _p("CY402", "水光凝润霜", "Hydra Gel Cream", "cream", "hydra", 159, 33, 5, FIRST_DAY, 0.2),
    _p("CY403", "清爽舒缓乳液", "Light Soothing Lotion", "cream", "soothing", 139, 28, 5, FIRST_DAY, 0.2),
    _p("CY404", "鱼子紧致面霜", "Caviar Firming Cream", "cream", "firm", 429, 96, 2, date(2024, 10, 8), -0.2),
    _p("CY501", "舒缓补水面膜 10片", "Soothing Sheet Mask, 10 pieces", "mask", "soothing", 109, 24, 8),
    _p("CY502", "胶原修护面膜 5片", "Collagen Repair Mask, 5 pieces", "mask", "repair", 139, 30, 4),
    _p("CY503", "清洁泥膜", "Deep Clean Clay Mask", "mask", "basic", 89, 19, 3),
    _p("CY601", "轻透防晒乳 SPF50", "Sheer Sunscreen SPF50", "sunscreen", "sun", 99, 21, 7, FIRST_DAY, 0.9),
    _p(
        "CY602",
        "物理防晒霜 敏肌款",
        "Mineral Sunscreen for Sensitive Skin",
        "sunscreen",
        "sun",
        129,
        28,
        4,
        FIRST_DAY,
        0.9,
    ),
    _p("CY603", "防晒喷雾", "Sunscreen Spray", "sunscreen", "sun", 79, 18, 2, date(2024, 3, 25), 0.9),
    _p("CY701", "咖啡因眼霜", "Caffeine Eye Cream", "eye_care", "firm", 199, 41, 4),
    _p("CY702", "修护眼膜 30对", "Repair Eye Patches, 30 pairs", "eye_care", "repair", 89, 20, 3),
    _p("CY801", "神经酰胺身体乳", "Ceramide Body Lotion", "body_care", "repair", 89, 21, 4, FIRST_DAY, -0.4),
    _p("CY802", "护手霜三支装", "Hand Cream Trio", "body_care", "basic", 49, 13, 3, FIRST_DAY, -0.5),
    _p("CY803", "润唇修护膏", "Repair Lip Balm", "body_care", "repair", 39, 9, 3, FIRST_DAY, -0.3),
    _p("CY901", "敏肌修护四件套", "Sensitive Skin Repair Set of Four", "set", "repair", 599, 128, 3),
    _p("CY902", "水润保湿三件套", "Hydration Set of Three", "set", "hydra", 359, 78, 3),
    _p("CY903", "节日限定礼盒", "Festival Gift Box", "set", "glow", 799, 188, 1.1),
    _p("CY904", "家庭囤货装", "Family Stock-up Pack", "set", "basic", 1099, 262, 0.7),
    _p("CY951", "敏肌体验装 5件", "Sensitive Skin Trial Kit, 5 pieces", "trial", "repair", 39, 14, 4),
    _p("CY952", "9.9元试用装", "9.9 Yuan Sample Kit", "trial", "basic", 11, 8, 0.0),
)
POSITION = {product.code: index for index, product in enumerate(PRODUCTS)}


def choice_weights() -> FloatArray:
    """Return the weight of every product on every day, shape (days, products); 0 before its launch."""
    base = np.array([product.weight for product in PRODUCTS])
    summer = np.array([product.summer for product in PRODUCTS])
    year_day = np.array([day_of(number).timetuple().tm_yday for number in range(DAYS)])
    warmth = np.cos((year_day - 200) / 365.0 * 2 * np.pi)  # 1 in the middle of July
    weights: FloatArray = base[None, :] * np.clip(1 + summer[None, :] * warmth[:, None], 0.05, None)
    for index, product in enumerate(PRODUCTS):
        weights[: max(day_number(product.launched), 0), index] = 0.0
    return weights


def product_table() -> Table:
    """Return the products, one row each."""
    return Table(
        "products",
        (
            counts("product_id", np.arange(1, len(PRODUCTS) + 1)),
            texts("product_code", [product.code for product in PRODUCTS]),
            texts("product_name", [product.zh for product in PRODUCTS]),
            texts("product_name_en", [product.en for product in PRODUCTS]),
            texts("category", [product.category for product in PRODUCTS]),
            texts("series", [product.series for product in PRODUCTS]),
            money("list_price", [product.price for product in PRODUCTS]),
            money("unit_cost", [product.cost for product in PRODUCTS]),
            dates("launched_on", [product.launched for product in PRODUCTS]),
            flags("is_set", [product.category == "set" for product in PRODUCTS]),
        ),
    )
