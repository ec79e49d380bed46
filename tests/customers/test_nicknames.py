"""Which first names one person may go by."""

import pytest

from apps.customers.identity.agreement import names_agree, words_of
from apps.customers.nicknames import FILE, full_names, may_be_called


def test_a_name_leads_to_the_full_ones():
    assert "william" in full_names("Bill")
    assert full_names("William") >= {"william"}
    assert full_names("Ämilünë") == frozenset()


@pytest.mark.parametrize(("one", "other"), [("Bill", "William"), ("Gosia", "Małgorzata"), ("Саша", "Александр")])
def test_they_may_be_one_whoever_is_called_first(one, other):
    assert may_be_called(one, other)
    assert may_be_called(other, one)


@pytest.mark.parametrize(("one", "other"), [("Bill", "Peggy"), ("Karl", "Maria"), ("Nobody", "Nobody")])
def test_others_may_not(one, other):
    assert not may_be_called(one, other)


def test_who_goes_by_a_short_form_is_not_contradicted():
    assert names_agree([words_of("Bill Okafor")], [words_of("William Okafor")])
    assert not names_agree([words_of("Bill Okafor")], [words_of("Margaret Okafor")])


def test_the_list_says_nothing_twice():
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if ":" in line and not line.startswith("#")]
    for line in lines:
        full, _colon, shorter = line.partition(":")
        names = [full, *shorter.split()]
        assert len(names) > 1, line
        assert len(names) == len(set(names)), line
