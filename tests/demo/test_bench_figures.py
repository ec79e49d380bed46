import pytest

from apps.demo.bench.figures import Sample, Target, crowd, race, summed_up


def test_percentiles_are_of_the_sorted_times_in_milliseconds() -> None:
    latency = summed_up([Sample(place / 1000) for place in reversed(range(1, 101))])
    assert (latency.p50, latency.p95, latency.count) == (51.0, 96.0, 100)
    assert latency.per_second == pytest.approx(100 / 5.05, abs=0.1)


def test_nothing_measured_is_an_error_and_not_a_zero() -> None:
    with pytest.raises(ValueError, match="Nothing"):
        summed_up([])


def test_a_target_is_met_on_the_right_side_of_its_number() -> None:
    assert Target("page", "<= 25", 25.0).met
    assert not Target("page", "<= 25", 25.1).met
    assert Target("events", ">= 4000", 4000).met
    assert not Target("events", ">= 4000", 3999).met


def test_lanes_take_turns_and_the_first_rounds_do_not_count() -> None:
    order: list[str] = []

    def step(name: str, seconds: float) -> float:
        order.append(name)
        return seconds

    lanes = {name: [lambda name=name: step(name, 0.001)] * 4 for name in ("a", "b")}
    found = race(lanes, warm_up=3)
    assert order == ["a", "b"] * 4
    assert (found["a"].count, found["a"].p50) == (1, 1.0)


def test_a_crowd_does_the_work_of_all_its_members() -> None:
    done: list[int] = []
    clients = [[lambda: done.append(1)] * 3 for _client in range(4)]
    assert crowd(clients) > 0
    assert len(done) == 12
