"""Expressions are read in words that say all that they do, and say long or shared parts once."""

from __future__ import annotations

import pytest

from saphan.analyse.frames.aloud import words
from saphan.analyse.frames.expression import (
    Every,
    Expression,
    Extreme,
    Holds,
    How,
    HowMany,
    Members,
    Named,
    OneOf,
    Some,
    StateOf,
    answer,
    bands,
    cases,
    constant,
    worst,
)

AGE, SEX, DAYS = answer("age"), answer("sex"), answer("food_days")


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (DAYS, "food days"),
        (StateOf(column="food_days"), "the state of food days"),
        (constant(None), "missing"),
        (constant(True), "true"),
        (constant("poor"), "'poor'"),
        (DAYS * 2 + AGE - 0.5, "((food days times 2) plus age) minus 0.5"),
        (DAYS / AGE, "food days divided by age"),
        (worst(AGE, DAYS, constant(3)), "the largest of age, food days and 3"),
        (Extreme(parts=(AGE, DAYS), largest=False, lenient=True), "the smallest known of age and food days"),
        (AGE.equals(5), "age is 5"),
        (~AGE.equals(5), "age is not 5"),
        (AGE < 5, "age is below 5"),
        (AGE <= 5, "age is at most 5"),
        (AGE > 5, "age is above 5"),
        (~(AGE >= 5), "age is not at least 5"),
        (~~(AGE >= 5), "(age is at least 5)"),
        (SEX.one_of("male", "female"), "sex is 'male' or 'female'"),
        (~SEX.one_of("male", "female"), "sex is not 'male' or 'female'"),
        (OneOf(part=SEX, values=()), "sex is one of none"),
        (Holds(column="needs", choice="water"), "needs include 'water'"),
        (~Holds(column="needs", choice="water"), "needs do not include 'water'"),
        (AGE.known, "age is known"),
        (~AGE.known, "age is missing"),
        ((AGE > 5) & SEX.one_of("male", "other"), "age is above 5 and (sex is 'male' or 'other')"),
        ((AGE > 5) | ((DAYS < 2) & SEX.known), "age is above 5 or (food days is below 2 and sex is known)"),
        (~((AGE > 5) | SEX.known), "it is not so that (age is above 5 or sex is known)"),
        (Every(parts=()), "always"),
        (Some(parts=()), "never"),
        (AGE.or_else(DAYS), "age, or where it is missing food days"),
        (HowMany(parts=(AGE > 5, SEX.known)), "how many are true of: age is above 5; sex is known"),
        (
            HowMany(parts=(cases((AGE > 5, True), otherwise=None), SEX.known), lenient=True),
            "how many are known to be true of: (true if age is above 5; otherwise missing); sex is known",
        ),
        (
            Named(parts=((AGE > 5, "old"), (SEX.known, "told"))),
            "the names joined of: 'old' if age is above 5; 'told' if sex is known",
        ),
        (
            bands(AGE, (4, "infant"), (17, "child"), above="adult"),
            "'infant' if age is at most 4; else 'child' if age is at most 17; else 'adult' if age is known; "
            "otherwise missing",
        ),
    ],
)
def test_nodes_are_read_in_words(expression: Expression, said: str) -> None:
    assert words(expression) == said


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (How.COUNT, "[1] is the number of the member rows where sex is 'male' of which it is true that age is below 5"),
        (How.ANY, "[1] is whether for any of the member rows where sex is 'male', age is below 5"),
        (How.ALL, "[1] is whether for all of the member rows where sex is 'male', age is below 5"),
    ],
)
def test_members_are_read_by_themselves(how: How, said: str) -> None:
    found = Members(repeat="member", how=how, of=AGE < 5, among=SEX.equals("male"))
    assert words(found) == f"[1]\n{said}"


@pytest.mark.parametrize("how", [How.SUM, How.LARGEST, How.SMALLEST])
def test_short_words_of_members_are_not_numbered(how: How) -> None:
    assert words(Members(repeat="member", how=how, of=AGE)) == f"(the {how} over the member rows of age)"


def test_what_is_used_twice_is_said_once_and_before_what_is_made_of_it() -> None:
    score = DAYS * 2 + answer("food_days_of_the_other_kind") * 3 + answer("food_days_of_the_third_kind")
    share = (score + 1) / (score + AGE + answer("something_with_a_rather_long_name"))
    said = words(bands(share, (1, "low"), above="high")).splitlines()
    assert said[0] == "'low' if [2] is at most 1; else 'high' if [2] is known; otherwise missing"
    assert said[1].startswith("[1] is ") and "food days times 2" in said[1]
    assert said[2].startswith("[2] is ") and said[2].count("[1]") == 2
    assert "food days times 2" not in said[2]
    assert len(said) == 3


def test_what_is_short_is_said_again() -> None:
    assert words((AGE > 5) | ((AGE > 5) & SEX.known)) == "(age is above 5) or ((age is above 5) and sex is known)"


def test_equal_members_have_one_number() -> None:
    children = Members(repeat="member", how=How.COUNT, of=(AGE < 5) & SEX.one_of("male", "female", "other"))
    assert words(children + children * 2).count("the number of") == 1
