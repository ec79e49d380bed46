"""Waits grow, end somewhere, and are not the same for everybody."""

from apps.foundation.network.backoff import Backoff, exponential


def test_each_wait_is_twice_the_one_before_up_to_the_longest():
    assert exponential(2, 20) == (2, 4, 8, 16, 20)
    assert exponential(5, 5) == (5, 5)
    backoff = Backoff(exponential(2, 20))
    assert [backoff.seconds(failures) for failures in (0, 1, 2, 3, 4, 5, 6, 10**9)] == [2, 2, 4, 8, 16, 20, 20, 20]


def test_waits_are_spread_within_their_bounds():
    backoff = Backoff((10.0, 100.0), spread=(0.0, 1.0), shortest=0.5)
    waits = [backoff.seconds(2) for _time in range(400)]
    assert 0.5 <= min(waits) < 20
    assert 80 < max(waits) <= 100
    assert all(10 <= Backoff((10.0,), spread=(1.0, 1.2)).seconds(1) <= 12 for _time in range(100))


def test_the_shortest_wait_holds_after_the_first_failure_too():
    assert all(Backoff((4.0,), spread=(0.0, 1.0), shortest=0.5).seconds(1) >= 0.5 for _time in range(200))
