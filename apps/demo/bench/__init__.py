"""How fast Klatsch is, beside what its database could do at best (`manage.py bench`, docs/bench.md)."""
