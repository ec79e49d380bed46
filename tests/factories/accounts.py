"""People and systems that use Klatsch. Every person's password is `PASSWORD`."""

import factory
from factory.django import DjangoModelFactory, Password

from apps.accounts.models import ApiToken, Role, Team, User, digest_of

PASSWORD = "a long enough password"


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")
    place = ""
    region = "GB"


class UserFactory(DjangoModelFactory):
    """An agent without a team; `role` makes anybody else of them."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person-{n}")
    password = Password(PASSWORD)
    role = Role.AGENT
    team = None


class StoreFactory(UserFactory):
    role = Role.STORE


class MarketerFactory(UserFactory):
    role = Role.MARKETER


class SupervisorFactory(UserFactory):
    role = Role.SUPERVISOR
    is_staff = True


class OwnerFactory(UserFactory):
    role = Role.OWNER
    is_staff = True
    is_superuser = True


class ApiTokenFactory(DjangoModelFactory):
    """`ApiTokenFactory(secret="...")` is opened by that secret; `scopes` defaults to all."""

    class Meta:
        model = ApiToken

    class Params:
        secret = factory.Sequence(lambda n: f"token-secret-{n}")

    name = factory.Sequence(lambda n: f"System {n}")
    digest = factory.LazyAttribute(lambda token: digest_of(token.secret))
    scopes = factory.LazyFunction(lambda: list(ApiToken.Scope))
    acts_as = factory.SubFactory(UserFactory)
