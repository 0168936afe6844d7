"""What the files of an analysis folder are, in plain words, for whoever is handed it."""

from __future__ import annotations

from saphan.estimate.survey.analysis_plan import REPLICATE, WEIGHT
from saphan.estimate.survey.calibration import Residual
from saphan.estimate.survey.design import Lonely
from saphan.estimate.survey.raked import Margins
from saphan.estimate.survey.replicates import Replicates
from saphan.estimate.survey.sample import Sample
from saphan.estimate.survey.weighting import design_effect

_RESIDUALS = {
    Residual.REGRESSION: 'least squares on all margins (R: `calibrate` with `calfun = "raking"`)',
    Residual.SWEEP: "ten sweeps over the margins (R: `rake`)",
}
_OTHERWISE = {
    Lonely.ADJUST: "errors of totals before survey 4.5, which centred them otherwise, nor errors of later stages",
    Lonely.AVERAGE: "errors of later stages, nor of columns without any value in a whole stratum",
}  # measured with survey 4.1.1
_WITH_ERRORS = """\
It reads the CSV files, prints the largest relative differences, and ends with status 1 if one exceeds 1e-9. Limits of
shares and notes are not computed again: R has no such limits."""
_VALUES_ALONE = """\
It reads the CSV files, prints the largest relative differences, and ends with status 1 if one exceeds 1e-9."""


def readme(
    sample: Sample, figures: int, margins: Margins, residual: Residual, level: float, replicates: Replicates | None
) -> str:
    """README.md of an analysis folder; `sample` has the final weights. No name or answer of the data is in it."""
    return f"""\
# Analysis file

{figures} figures of {sample.size} rows, with what is needed to compute every one of them again.

The rows are answers of persons. Do not pass this folder on before a disclosure review.

## Files

{_files(replicates)}

## How the sample came about

{_basis(sample)}

## Weights

{_weights(sample, margins, residual)}

## Errors

{_errors(sample, level, replicates)}

## To compute the figures again

With [R](https://www.r-project.org) and its package `survey`, from `install.packages("survey")`, in this folder:

```sh
Rscript reproduce.R
```

{_WITH_ERRORS if sample.basis.by_chance else _VALUES_ALONE}
"""


def _files(replicates: Replicates | None) -> str:
    return f"""\
- `data.csv`: the rows, with the columns that the figures need, `{WEIGHT}`\
{"" if replicates is None else f" and {_columns(replicates)}"}. UTF-8; an empty field is a missing value; text is in
  quotes; numbers are in full.
- `data.parquet`: the same.
- `figures.csv`: every figure with its domain, error, limits, degrees of freedom, rows, method, and a note where it
  should not be printed as it is. The columns that begin with `by` are empty in figures that they do not divide, and for
  a missing answer.
- `plan.csv`: the design, the weights and what each figure is of, a row for each fact. `domain` and `item` of a figure
  are the numbers of `domain` and `quantity` here.
- `reproduce.R`: computes every figure again. It is the same for every survey."""


def _columns(replicates: Replicates) -> str:
    return f"`{REPLICATE}1` to `{REPLICATE}{replicates.count}`"


def _basis(sample: Sample) -> str:
    if not sample.basis.by_chance:
        return (
            f"Basis: {sample.basis}. The sample was not drawn by chance: its values are indicative, and have no "
            "standard error, limits or tests. Say so wherever they are printed."
        )
    first = sample.units.stages[0]
    replaced = "" if first.fraction.any() else ", drawn with replacement or taken as if so"
    return (
        f"Basis: {sample.basis}. {first.stratum.size} primary units in {first.size.size} strata{replaced}. Stages with "
        f"an error of their own: {len(sample.units.stages)}. Strata of one unit: {sample.units.lonely}."
    )


def _weights(sample: Sample, margins: Margins, residual: Residual) -> str:
    told = (
        f"`{WEIGHT}` is the weight of a row in every figure: from {sample.weight.min():.6g} to "
        f"{sample.weight.max():.6g}, {sample.weight.sum():.10g} in all. Unequal weights raise variances by a factor of "
        f"{design_effect(sample.weight):.3f} (Kish)."
    )
    if not margins:
        return f"{told} It is the weight of the design."
    return (
        f"{told} It is the weight of the design, raked to the known totals of {len(margins)} "
        f"column{'s' if len(margins) > 1 else ''} (`margin` in `plan.csv`)"
        + (f"; errors allow for it by {_RESIDUALS[residual]}." if sample.basis.by_chance else ".")
    )


def _errors(sample: Sample, level: float, replicates: Replicates | None) -> str:
    if not sample.basis.by_chance:
        return "None: see above."
    told = [
        f"`standard_error` is by linearisation over the design; limits are at a level of {level:g}. To estimate "
        "anything else from these rows, declare the design, or use the replicate weights where there are some."
    ]
    if sample.units.lonely in _OTHERWISE:
        told.append(f"Where there are strata of one unit, R may not reproduce {_OTHERWISE[sample.units.lonely]}.")
    if replicates is None:
        return " ".join([*told, "There are no replicate weights."])
    told.append(
        f"{_columns(replicates)} are whole weights made by {replicates.method}"
        f"{', raked again each' if sample.adjustments else ''}; `standard_error_replicates` is theirs. In R, "
        f'`svrepdesign(type = "other", combined.weights = TRUE, scale = {replicates.scale!r}, mse = '
        f"{str(replicates.mse).upper()})` with the `rscale` of each in `plan.csv` as `rscales`."
    )
    if len(sample.units.stages) > 1:
        told.append("They vary the first stage only, so they miss what later stages add where populations are stated.")
    return " ".join(told)
