"""Who works at the company of the demo."""

from random import Random
from typing import NamedTuple

from apps.accounts.models import Role, Team

LONDON, LYON, BERLIN = "Care London", "Care Lyon", "Care Berlin"
REGENT, PART_DIEU, MITTE = "London Regent Street", "Lyon Part-Dieu", "Berlin Mitte"
MARKETING = "Marketing"


class TeamSheet(NamedTuple):
    name: str
    kind: str
    place: str
    region: str
    timezone: str


class Colleague(NamedTuple):
    username: str
    first_name: str
    last_name: str
    role: str
    team: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


TEAMS = (
    TeamSheet(LONDON, Team.Kind.CALL_CENTRE, "London", "GB", "Europe/London"),
    TeamSheet(LYON, Team.Kind.CALL_CENTRE, "Lyon", "FR", "Europe/Paris"),
    TeamSheet(BERLIN, Team.Kind.CALL_CENTRE, "Berlin", "DE", "Europe/Berlin"),
    TeamSheet(f"Store {REGENT}", Team.Kind.STORE, REGENT, "GB", "Europe/London"),
    TeamSheet(f"Store {PART_DIEU}", Team.Kind.STORE, PART_DIEU, "FR", "Europe/Paris"),
    TeamSheet(f"Store {MITTE}", Team.Kind.STORE, MITTE, "DE", "Europe/Berlin"),
    TeamSheet(MARKETING, Team.Kind.DEPARTMENT, "London", "GB", "Europe/London"),
)
COLLEAGUES = (
    Colleague("agent", "Mina", "Hartwell", Role.AGENT, LONDON),
    Colleague("store", "Jonas", "Whitby", Role.STORE, f"Store {REGENT}"),
    Colleague("marketer", "Sofia", "Lindgren", Role.MARKETER, MARKETING),
    Colleague("supervisor", "Ruth", "Adeyemi", Role.SUPERVISOR, LONDON),
    Colleague("owner", "Owen", "Marsh", Role.OWNER, LONDON),
    Colleague("tom", "Tom", "Blackwood", Role.AGENT, LONDON),
    Colleague("priti", "Priti", "Raman", Role.AGENT, LONDON),
    Colleague("declan", "Declan", "Byrne", Role.AGENT, LONDON),
    Colleague("amelie", "Amélie", "Roche", Role.AGENT, LYON),
    Colleague("karim", "Karim", "Belhadj", Role.AGENT, LYON),
    Colleague("sylvie", "Sylvie", "Maurin", Role.AGENT, LYON),
    Colleague("henning", "Henning", "Kruse", Role.AGENT, BERLIN),
    Colleague("selin", "Selin", "Aksoy", Role.AGENT, BERLIN),
    Colleague("nadia", "Nadia", "Petrov", Role.STORE, f"Store {REGENT}"),
    Colleague("lucie", "Lucie", "Bernard", Role.STORE, f"Store {PART_DIEU}"),
    Colleague("jan", "Jan", "Wolter", Role.STORE, f"Store {MITTE}"),
    Colleague("marco", "Marco", "Villani", Role.MARKETER, MARKETING),
)
BY_USERNAME = {colleague.username: colleague for colleague in COLLEAGUES}
_CENTRE = {"FR": LYON, "BE": LYON, "CH": BERLIN, "DE": BERLIN, "PL": BERLIN, "TR": BERLIN, "SE": BERLIN}
_LOGINS = frozenset({"supervisor", "owner", "marketer"})


def someone_in(rng: Random, team: str) -> Colleague:
    return rng.choice(
        [colleague for colleague in COLLEAGUES if colleague.team == team and colleague.username not in _LOGINS]
    )


def someone_for(rng: Random, country: str) -> Colleague:
    """An agent of the centre that looks after the country."""
    return someone_in(rng, _CENTRE.get(country, LONDON))


def someone_at(rng: Random, store: str) -> Colleague | None:
    """A member of the store's team; most stores of the demo write without names."""
    here = [colleague for colleague in COLLEAGUES if colleague.team == f"Store {store}"]
    return rng.choice(here) if here else None
