"""Food security: consumption, hunger, coping, and the diets of children and women."""

from collections.abc import Mapping

from saphan.collect.forms.vocabulary import Row

_NUMBER = ("integer",)
_ONE = ("select_one",)
_YES_NO = ("yes", "no", "dont-know", "refused")
_HOW_OFTEN = ("rarely", "sometimes", "often", "dont-know", "refused")
_COPING = ("yes", "no-need", "exhausted", "not-applicable", "dont-know", "refused")
_REASONS = (
    "food",
    "rent",
    "education",
    "health",
    "household-items",
    "water-sanitation",
    "dwelling-services",
    "debt",
    "other",
    "dont-know",
    "refused",
)

_DIET = {
    "cereals": "cereals or foods made from grain",
    "roots": "white roots, tubers or plantains",
    "vegetables": "vegetables",
    "fruit": "fruit",
    "meat": "meat, poultry or offal",
    "eggs": "eggs",
    "fish": "fish or seafood",
    "pulses": "pulses, nuts or seeds",
    "dairy": "milk or milk products",
    "oil": "oil, fat or butter",
    "sugar": "sugar or honey",
    "condiments": "condiments, spices, coffee or tea",
}
_CHILD = {
    "formula": "infant formula",
    "milk": "milk from animals",
    "yogurt_drink": "yogurt drinks",
    "yogurt": "yogurt other than drinks",
    "cheese": "hard or soft cheese",
    "grains": "porridge, bread, rice, noodles or other grain",
    "roots": "white roots, tubers or plantains",
    "pulses": "beans, peas, lentils, nuts or seeds",
    "organ_meat": "liver, kidney, heart or other organ meat",
    "processed_meat": "sausages, ham or other processed meat",
    "meat": "other meat or poultry",
    "fish": "fish, shellfish or seafood",
    "eggs": "eggs",
    "orange_vegetables": "pumpkin, carrots or other vegetables rich in vitamin A",
    "green_leafy_vegetables": "dark green leafy vegetables",
    "orange_fruit": "mango, papaya or other fruit rich in vitamin A",
    "other_vegetables": "other vegetables",
    "other_fruit": "other fruit",
    "specialised_nutritious_food": "specialised nutritious food, as given by a programme",
}
_WOMAN = {
    "grains": "foods made from grain, fortified ones among them",
    "roots": "white roots, tubers or plantains",
    "pulses": "beans, peas or lentils",
    "nuts": "nuts or seeds",
    "milk": "milk",
    "milk_products": "cheese, yogurt or other milk products",
    "organ_meat": "organ meat",
    "red_meat": "red meat from mammals",
    "processed_meat": "processed meat",
    "poultry": "poultry or other white meat",
    "fish": "fish or seafood",
    "eggs": "eggs",
    "green_leafy_vegetables": "dark green leafy vegetables",
    "orange_vegetables": "vegetables, roots or tubers rich in vitamin A",
    "orange_fruit": "fruit rich in vitamin A",
    "other_vegetables": "other vegetables",
    "other_fruit": "other fruit",
    "specialised_nutritious_food": "specialised nutritious food, as given by a programme",
}


def _eaten(prefix: str, meaning: str, foods: Mapping[str, str]) -> tuple[Row, ...]:
    return tuple((f"{prefix}_{name}", _ONE, f"{meaning}: {food}", _YES_NO) for name, food in foods.items())


def _strategies(prefix: str, why: str) -> tuple[Row, ...]:
    """Ten strategies in three grades; which they are is chosen for each place, so they are told by grade and number."""
    numbers = {"stress": 4, "crisis": 3, "emergency": 3}
    return tuple(
        (f"{prefix}_{grade}_{number}", _ONE, f"{grade} strategy {number}, last 30 days, {why}", _COPING)
        for grade, many in numbers.items()
        for number in range(1, many + 1)
    )


FOOD: tuple[Row, ...] = (
    ("food_days_cereals", _NUMBER, "days of the last 7 on which the household ate cereals, grains, roots or tubers"),
    ("food_days_pulses", _NUMBER, "days of the last 7: beans, nuts and other pulses"),
    ("food_days_dairy", _NUMBER, "days of the last 7: milk and other dairy products"),
    ("food_days_protein", _NUMBER, "days of the last 7: meat, fish or eggs"),
    ("food_days_vegetables", _NUMBER, "days of the last 7: vegetables"),
    ("food_days_fruit", _NUMBER, "days of the last 7: fruit"),
    ("food_days_oil", _NUMBER, "days of the last 7: oil, fat or butter"),
    ("food_days_sugar", _NUMBER, "days of the last 7: sugar or sweets"),
    # coping with a lack of food
    ("coping_days_less_preferred", _NUMBER, "days of the last 7 on which it relied on less preferred, cheaper food"),
    ("coping_days_borrowed", _NUMBER, "days of the last 7: borrowed food or relied on help from relatives or friends"),
    ("coping_days_fewer_meals", _NUMBER, "days of the last 7: reduced the number of meals"),
    ("coping_days_smaller_portions", _NUMBER, "days of the last 7: limited the size of portions"),
    ("coping_days_adults_restricted", _NUMBER, "days of the last 7: adults ate less so that small children could eat"),
    *_strategies("livelihood_coping_food", "because of a lack of food"),
    *_strategies("livelihood_coping_needs", "to meet essential needs"),
    (
        "livelihood_coping_needs_reasons",
        ("select_multiple",),
        "which essential needs the strategies were used for",
        _REASONS,
    ),
    # hunger
    ("hunger_no_food", _ONE, "no food of any kind in the house, last 30 days, for lack of resources", _YES_NO),
    ("hunger_no_food_frequency", _ONE, "how often: 1-2, 3-10 or more than 10 times", _HOW_OFTEN),
    ("hunger_slept_hungry", _ONE, "a member went to sleep hungry, last 30 days", _YES_NO),
    ("hunger_slept_hungry_frequency", _ONE, "how often: 1-2, 3-10 or more than 10 times", _HOW_OFTEN),
    ("hunger_whole_day", _ONE, "a member went a day and night without eating, last 30 days", _YES_NO),
    ("hunger_whole_day_frequency", _ONE, "how often: 1-2, 3-10 or more than 10 times", _HOW_OFTEN),
    # diets, the day before
    *_eaten("household_ate", "anyone in the household, yesterday, day or night", _DIET),
    ("age_months", _NUMBER, "age of a child in completed months"),
    ("child_breastfed", _ONE, "the child was breastfed yesterday, day or night", _YES_NO),
    *_eaten("child_ate", "the child, yesterday, day or night", _CHILD),
    ("child_times_formula", _NUMBER, "times the child drank infant formula yesterday"),
    ("child_times_milk", _NUMBER, "times the child drank milk from animals yesterday"),
    ("child_times_yogurt_drink", _NUMBER, "times the child drank yogurt yesterday"),
    ("child_times_solids", _NUMBER, "times the child ate solid, semi-solid or soft food yesterday"),
    *_eaten("woman_ate", "the woman, yesterday, day or night", _WOMAN),
)
