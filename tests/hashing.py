"""Passwords that cost a test nothing, and that the running server can read."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickHasher(Argon2PasswordHasher):
    """What a hash costs stands in the hash itself."""

    time_cost, memory_cost, parallelism = 1, 8, 1
