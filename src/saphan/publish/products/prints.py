"""How a figure becomes letters: one function, used when a product is made and again when it is verified."""

from __future__ import annotations

from saphan.core.problem import At
from saphan.core.unit import Unit
from saphan.publish.figures.hedge import Form, Hedge, check
from saphan.publish.figures.model import Figure
from saphan.publish.figures.rounding import limits
from saphan.publish.products.model import Printed

VALUE = Hedge(form=Form.VALUE)
INTERVAL = Hedge(form=Form.INTERVAL)


def printed(figure: Figure, language: str, hedge: Hedge = VALUE, at: At | None = None) -> Printed:
    check(figure, hedge, at)

    def show(number: float) -> str:
        return scale_number(number, figure.unit, language)

    text = show(figure.rounded if figure.rounded is not None else figure.value)
    if hedge.form is Form.INTERVAL:
        low, high = limits(figure)
        text = f"{show(low)}–{show(high)}"
    elif hedge.form is not Form.VALUE:
        text = f"{hedge.form.replace('-', ' ')} {text}"
    return Printed(figure=figure.name, key=figure.key[:8], hedge=hedge, language=language, text=text)


def scale_number(value: float, unit: Unit, language: str) -> str:
    if unit is Unit.SHARE:
        return f"{value * 100:.0f}%"
    return f"{value:,.0f}"
