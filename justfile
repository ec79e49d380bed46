# What one does here every day. `just` lists it; each line works without just as well.

[private]
default:
    @just --list

# The product with a world to look at
demo *words:
    python3 manage.py demo {{ words }}

# The same for changing it: reload, readable errors
dev *words:
    python3 manage.py dev {{ words }}

# The tests; words go to pytest
test *words:
    python3 manage.py test {{ words }}

# Linters, types, import rules
lint:
    .ci/lint

# Everything that must hold before a change is merged
ci *words:
    .ci/run {{ words }}

# Python and templates as their formatters leave them
format:
    .ci/format

# How fast it is: `just bench timeline --json`
bench name *words:
    python3 manage.py bench {{ name }} {{ words }}

# A Python shell with the models at hand
shell:
    python3 manage.py shell
