"""Hadamard matrices: square, of 1 and -1, with orthogonal rows; they balance half-samples."""

from __future__ import annotations

from itertools import count

import numpy as np

from saphan.estimate.survey.model import IntArray


def hadamard(least: int) -> IntArray:
    """(m, m) of the smallest order m >= `least` that is known here, its first row and column 1.

    By doubling (Sylvester 1867) and from quadratic residues of a prime (Paley 1933). Orders that neither gives, such as
    92, are passed over: no more than a few replicates are lost.
    """
    for order in count(max(least, 1)):
        found = _of_order(order)
        if found is not None:
            found *= found[0].copy()
            found *= found[:, :1].copy()
            return found
    raise AssertionError  # pragma: no cover


def _of_order(order: int) -> IntArray | None:
    if order in (1, 2):
        return np.array([[1, 1], [1, -1]])[:order, :order]
    if order % 4:
        return None
    half = _of_order(order // 2)
    if half is not None:
        return np.kron(np.array([[1, 1], [1, -1]]), half)
    if (order - 1) % 4 == 3 and _prime(order - 1):
        return np.eye(order, dtype=np.int64) + _bordered(order - 1, -1)
    if (order // 2 - 1) % 4 == 1 and _prime(order // 2 - 1):
        border = _bordered(order // 2 - 1, 1)
        one = np.eye(order // 2, dtype=np.int64)
        return np.kron(border, np.array([[1, 1], [1, -1]])) + np.kron(one, np.array([[1, -1], [-1, -1]]))
    return None


def _bordered(prime: int, sign: int) -> IntArray:
    """(p + 1, p + 1): whether differences are squares modulo p, within a border of 1 above and `sign` at the left."""
    places = np.arange(prime)
    residue = np.full(prime, -1)
    residue[places**2 % prime] = 1
    residue[0] = 0
    found = np.ones((prime + 1, prime + 1), dtype=np.int64)
    found[0, 0] = 0
    found[1:, 0] = sign
    found[1:, 1:] = residue[(places[:, None] - places) % prime]
    return found


def _prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))
