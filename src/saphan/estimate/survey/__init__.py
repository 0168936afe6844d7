"""Shares, means and persons from a survey weighted to what was counted."""

from saphan.estimate.survey.model import Calibration, Margin, Response, Share
from saphan.estimate.survey.persons import Persons, persons
from saphan.estimate.survey.shares import sensitivity, share
from saphan.estimate.survey.weights import calibrate, nonresponse_weights

__all__ = [
    "Calibration",
    "Margin",
    "Persons",
    "Response",
    "Share",
    "calibrate",
    "nonresponse_weights",
    "persons",
    "sensitivity",
    "share",
]
