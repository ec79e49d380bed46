import pytest

from apps.demo.bench import words
from apps.demo.bench.fill import rows_per_customer


@pytest.mark.parametrize(("customers", "interactions"), [(200, 3_000), (2_000, 50_000), (20_000, 500_000)])
def test_the_lengths_of_all_histories_add_up_to_what_was_asked(customers: int, interactions: int) -> None:
    lengths = rows_per_customer(customers, interactions)
    assert (len(lengths), sum(lengths)) == (customers, interactions)
    assert min(lengths) > 0


def test_a_few_histories_are_very_long_and_most_are_short() -> None:
    lengths = rows_per_customer(20_000, 500_000)
    assert lengths[:4] == [20_000] * 4
    assert lengths[4:24] == [2_000] * 20
    assert all(5 <= rows <= 52 for rows in lengths[24:])


def test_the_same_size_gives_the_same_lengths() -> None:
    assert rows_per_customer(2_000, 50_000) == rows_per_customer(2_000, 50_000)


def test_too_few_interactions_are_refused() -> None:
    with pytest.raises(ValueError, match="ten interactions"):
        rows_per_customer(200, 100)


def test_every_channel_has_its_share_of_a_hundred() -> None:
    assert sum(recipe.share for recipe in words.RECIPES) == 100
    assert len({recipe.channel for recipe in words.RECIPES}) == 14
