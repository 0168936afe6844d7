"""What is measured of an estimator over many draws, with the error that the number of draws leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from saphan.estimate.flow import Estimate

FloatArray = npt.NDArray[np.float64]
COLUMNS = ("value", "low", "high", "standard_error", "truth", "peer")


def row(estimate: Estimate, truth: float, peer: float = float("nan")) -> tuple[float, ...]:
    """One draw."""
    return (estimate.value, estimate.low, estimate.high, estimate.standard_error, truth, peer)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Relative errors of one estimator on one target, in per cent where not a ratio, with Monte Carlo errors."""

    name: str
    draws: int
    rmse: float
    rmse_error: float
    peer_rmse: float
    bias: float
    bias_error: float
    coverage: float
    coverage_error: float
    half_width: float  # mean, over RMSE
    standard_error: float  # root mean square, over RMSE

    @property
    def bias_share(self) -> float:
        """Absolute bias over RMSE."""
        return abs(self.bias) / self.rmse if self.rmse > 0 else 0.0


def measure(name: str, draws: FloatArray) -> Measured:
    """Measure draws (N, 6) in the order of `COLUMNS`."""
    value, low, high, error, truth, peer = draws.T
    relative = 100 * (value / truth - 1)
    count = len(draws)
    mean_square = float((relative**2).mean())
    rmse = float(np.sqrt(mean_square))
    coverage = float(((low <= truth) & (truth <= high)).mean())
    return Measured(
        name=name,
        draws=count,
        rmse=rmse,
        rmse_error=float((relative**2).std() / np.sqrt(count) / (2 * max(rmse, 1e-12))),
        peer_rmse=_rms(peer, truth),
        bias=float(relative.mean()),
        bias_error=float(relative.std() / np.sqrt(count)),
        coverage=100 * coverage,
        coverage_error=100 * float(np.sqrt(max(coverage * (1 - coverage), 1 / count) / count)),
        half_width=float((50 * (high - low) / truth).mean()) / max(rmse, 1e-12),
        standard_error=float(np.sqrt(((100 * error / truth) ** 2).mean())) / max(rmse, 1e-12),
    )


def _rms(peer: FloatArray, truth: FloatArray) -> float:
    return float(np.sqrt(((100 * (peer / truth - 1)) ** 2).mean()))


HEADER = (
    f"{'':42s} {'draws':>6s} {'RMSE %':>12s} {'plain':>6s} {'bias %':>12s} {'bias/RMSE':>9s} "
    f"{'covers %':>11s} {'half/RMSE':>9s} {'SE/RMSE':>7s}"
)


def line(one: Measured) -> str:
    """One line of a table."""
    peer = "     -" if np.isnan(one.peer_rmse) else f"{one.peer_rmse:6.2f}"
    return (
        f"{one.name[:42]:42s} {one.draws:6d} {one.rmse:6.2f} ±{one.rmse_error:4.2f} {peer} {one.bias:6.2f} "
        f"±{one.bias_error:4.2f} {one.bias_share:9.2f} {one.coverage:6.1f} ±{one.coverage_error:3.1f} "
        f"{one.half_width:9.2f} {one.standard_error:7.2f}"
    )
