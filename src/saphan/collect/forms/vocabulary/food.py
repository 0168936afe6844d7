"""Food security."""

from saphan.collect.forms.vocabulary import Row

_DAYS = ("integer",)

FOOD: tuple[Row, ...] = (
    ("food_days_cereals", _DAYS, "days of the last 7 on which the household ate cereals, grains, roots or tubers"),
    ("food_days_pulses", _DAYS, "days of the last 7: beans, nuts and other pulses"),
    ("food_days_dairy", _DAYS, "days of the last 7: milk and other dairy products"),
    ("food_days_protein", _DAYS, "days of the last 7: meat, fish or eggs"),
    ("food_days_vegetables", _DAYS, "days of the last 7: vegetables"),
    ("food_days_fruit", _DAYS, "days of the last 7: fruit"),
    ("food_days_oil", _DAYS, "days of the last 7: oil, fat or butter"),
    ("food_days_sugar", _DAYS, "days of the last 7: sugar or sweets"),
)
