"""An invented world with a known truth, and the fieldwork over it: to try a design, and to demonstrate the whole house.

Everything made here is labelled as simulated: the truth's tables, every submission's source, submitter and device id.
"""

from saphan.collect.simulate.crossings import World
from saphan.collect.simulate.crossings import make as world
from saphan.collect.simulate.mobility_people import SitePeople, save_sites, site_people
from saphan.collect.simulate.mobility_settings import find_sites, load_sites
from saphan.collect.simulate.mobility_visits import SiteVisits
from saphan.collect.simulate.offered import find_codes
from saphan.collect.simulate.planning import Planted
from saphan.collect.simulate.population_interviews import Interviews
from saphan.collect.simulate.population_settings import FOLDER as POPULATIONS
from saphan.collect.simulate.population_settings import find_populations, load_population
from saphan.collect.simulate.populations import Everybody, everybody, save_everybody
from saphan.collect.simulate.settings import Settings, find, load
from saphan.collect.simulate.submissions import Fieldwork, fieldwork
from saphan.collect.simulate.totals import Truth, truth
from saphan.collect.simulate.totals import load as load_truth
from saphan.collect.simulate.totals import save as save_truth
from saphan.collect.simulate.writing import write

__all__ = [
    "POPULATIONS",
    "Everybody",
    "Fieldwork",
    "Interviews",
    "Planted",
    "Settings",
    "SitePeople",
    "SiteVisits",
    "Truth",
    "World",
    "everybody",
    "fieldwork",
    "find",
    "find_codes",
    "find_populations",
    "find_sites",
    "load",
    "load_population",
    "load_sites",
    "load_truth",
    "save_everybody",
    "save_sites",
    "save_truth",
    "site_people",
    "truth",
    "world",
    "write",
]
