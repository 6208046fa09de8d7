"""Randomised experiments: sample-ratio check, Welch, relative lift by the delta method, CUPED, sequential looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, log, sqrt

from tools.numerics.arrays import finite
from tools.numerics.proportions import normal_quantile


@dataclass(frozen=True, slots=True)
class Arm:
    """One variant's outcome per unit: how many units, their mean and their sample variance (n - 1).

    `base` is the mean before an adjustment: a relative lift is told against it (None: the mean itself).
    """

    n: int
    mean: float
    variance: float
    base: float | None = None

    def __post_init__(self) -> None:
        finite(mean=self.mean, variance=self.variance, base=self.level)
        if self.n < 1 or self.variance < 0:
            raise ValueError("a unit and a variance of 0 or more are needed")

    @property
    def level(self) -> float:
        """Return the mean that relative lifts refer to."""
        return self.mean if self.base is None else self.base


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate with its standard error and the degrees of freedom of its t distribution."""

    value: float
    error: float
    freedom: float
    n: int

    def interval(self, level: float = 0.8) -> tuple[float, float]:
        """Return the two-sided interval at `level`.

        Raises:
            ValueError: the level is not inside (0, 1).
        """
        from scipy.special import stdtrit

        normal_quantile(level)
        half = float(stdtrit(self.freedom, 0.5 + level / 2)) * self.error
        return self.value - half, self.value + half

    @property
    def p_value(self) -> float:
        """Return the two-sided p-value of "the value is 0"."""
        from scipy.special import stdtr  # the distribution alone: scipy.stats takes seconds to import

        if self.error == 0:
            return 1.0 if self.value == 0 else 0.0
        return float(2 * stdtr(self.freedom, -abs(self.value) / self.error))


def sample_ratio_p_value(counts: Sequence[int], shares: Sequence[float]) -> float:
    """Return the chi-square p-value of "units were split as planned" (Fabijan et al. 2019, KDD).

    `shares` are the planned ones, in any scale. Below 0.001 the result of the experiment is not to be used.

    Raises:
        ValueError: fewer than two variants, nobody, or a planned share of 0.
    """
    from scipy.special import chdtrc

    total, planned = sum(counts), sum(shares)
    finite(units=total, shares=planned)
    if len(counts) < 2 or len(counts) != len(shares) or total <= 0 or min(shares) <= 0 or min(counts) < 0:
        raise ValueError("two variants with units and planned shares are needed")
    expected = [total * share / planned for share in shares]
    distance = sum((count - one) ** 2 / one for count, one in zip(counts, expected, strict=True))
    return float(chdtrc(len(counts) - 1, distance))


def difference(control: Arm, variant: Arm) -> Estimate:
    """Return the mean of `variant` less that of `control` (Welch 1947).

    Raises:
        ValueError: fewer than two units in an arm.
    """
    error = sqrt(control.variance / control.n + variant.variance / variant.n)
    return Estimate(variant.mean - control.mean, error, _freedom(control, variant), control.n + variant.n)


def relative_lift(control: Arm, variant: Arm) -> Estimate:
    """Return difference / level of the control, its error by the delta method (Deng et al. 2018, KDD).

    The control's level varies too, so this interval and that of the plain difference may disagree about 0.

    Raises:
        ValueError: the control's level is 0 (or next to it), or fewer than two units in an arm.
    """
    level = control.level
    if abs(level) < 1e-12 * max(1e-100, abs(variant.level), sqrt(control.variance)):
        raise ValueError("a relative lift needs a control that is not 0")
    error = sqrt(
        variant.variance / (variant.n * level**2)
        + control.variance * variant.level**2 / (control.n * level**4)
    )
    lift = (variant.mean - control.mean) / level
    return Estimate(lift, error, _freedom(control, variant), control.n + variant.n)


def ratio_arm(
    n: int, mean_y: float, mean_d: float, variance_y: float, variance_d: float, covariance: float
) -> Arm:
    """Return the arm of sum(y) / sum(d) over units: its variance per unit by the delta method.

    Raises:
        ValueError: the denominator's mean is 0, or a number is missing.
    """
    finite(y=mean_y, d=mean_d, spread_y=variance_y, spread_d=variance_d, covariance=covariance)
    if abs(mean_d) < 1e-100:
        raise ValueError("the denominator is 0")
    ratio = mean_y / mean_d
    variance = (variance_y - 2 * ratio * covariance + ratio**2 * variance_d) / mean_d**2
    return Arm(n, ratio, max(0.0, variance))


def adjusted_arm(arm: Arm, mean_x: float, variance_x: float, covariance: float, theta: float) -> Arm:
    """Return the arm less theta times a covariate from before the experiment (CUPED; Deng et al. 2013, WSDM).

    The same theta for every arm: cov(y, x) / var(x) over all of them together.
    """
    variance = arm.variance + theta**2 * variance_x - 2 * theta * covariance
    return Arm(arm.n, arm.mean - theta * mean_x, max(0.0, variance), arm.mean)


def mixing_rate(alpha: float, tuned_for: int) -> float:
    """Return rho that makes a confidence sequence narrowest at `tuned_for` units (Waudby-Smith et al. 2021).

    Raises:
        ValueError: alpha outside (0, 1), or fewer than one unit.
    """
    if not 0 < alpha < 1 or tuned_for < 1:
        raise ValueError("an alpha inside (0, 1) and a unit are needed")
    return sqrt((-2 * log(alpha) + log(-2 * log(alpha) + 1)) / tuned_for)


def sequence_interval(estimate: Estimate, level: float = 0.95, tuned_for: int = 5_000) -> tuple[float, float]:
    """Return the asymptotic confidence sequence: valid however often one looks (Waudby-Smith et al. 2021, eq. 11)."""
    alpha = 1 - level
    scaled = estimate.n * mixing_rate(alpha, tuned_for) ** 2
    half = estimate.error * sqrt(2 * (scaled + 1) / scaled * log(sqrt(scaled + 1) / alpha))
    return estimate.value - half, estimate.value + half


def sequence_p_value(estimate: Estimate, alpha: float = 0.05, tuned_for: int = 5_000) -> float:
    """Return the always-valid p-value: the alpha at which the confidence sequence just reaches 0, at most 1."""
    if estimate.error == 0:
        return 1.0 if estimate.value == 0 else 0.0
    scaled = estimate.n * mixing_rate(alpha, tuned_for) ** 2
    evidence = (estimate.value / estimate.error) ** 2 * scaled / (2 * (scaled + 1)) - log(scaled + 1) / 2
    return min(1.0, exp(-evidence)) if evidence > -700 else 1.0


def units_per_arm(variance: float, change: float, power: float = 0.8, alpha: float = 0.05) -> int:
    """Return the units per arm that find a change of the mean: 2 (z_alpha/2 + z_power)^2 variance / change^2.

    Kohavi, Tang, Xu (2020), chapter 15: about 16 variance / change^2 for 80 % power at 5 %.

    Raises:
        ValueError: the change is 0, the variance below 0, the power not inside (0.5, 1) or alpha not inside (0, 1).
    """
    finite(variance=variance, change=change)
    if change == 0 or variance < 0:
        raise ValueError("a change that is not 0 and a variance of 0 or more are needed")
    needed = 2 * _reach(power, alpha) ** 2 * variance / change / change
    finite(units=needed)
    return ceil(needed)


def detectable(error: float, power: float = 0.8, alpha: float = 0.05) -> float:
    """Return the smallest true effect that an estimate with this error finds with the given power.

    Raises:
        ValueError: an error below 0, or power or alpha not inside (0, 1) with power above 50 %.
    """
    finite(error=error)
    if error < 0:
        raise ValueError("an error of 0 or more is needed")
    return _reach(power, alpha) * error


def _reach(power: float, alpha: float) -> float:
    if not 0.5 < power < 1 or not 0 < alpha < 1:
        raise ValueError("a power inside (0.5, 1) and an alpha inside (0, 1) are needed")
    return normal_quantile(1 - alpha) + normal_quantile(2 * power - 1)


def _freedom(control: Arm, variant: Arm) -> float:
    """Return the Welch-Satterthwaite degrees of freedom."""
    if min(control.n, variant.n) < 2:
        raise ValueError("two units per arm are needed")
    first, second = control.variance / control.n, variant.variance / variant.n
    if first + second == 0:
        return float(control.n + variant.n - 2)
    return (first + second) ** 2 / (first**2 / (control.n - 1) + second**2 / (variant.n - 1))
