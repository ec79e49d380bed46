from apps.customers.drafts import ProfileKey
from apps.customers.partition import Partition

A, B, C = (ProfileKey("web", name) for name in "abc")


def groups(partition):
    return sorted(
        (sorted(key.external_id for key in keys), sorted(customers)) for keys, customers in partition.groups()
    )


def test_claims_stay_apart_until_something_joins_them():
    partition = Partition(strong=set())
    partition.add(A, None, strong=False)
    partition.add(B, 7, strong=True)

    assert groups(partition) == [(["a"], []), (["b"], [7])]
    assert partition.customers() == {7}


def test_joining_is_transitive():
    partition = Partition(strong={1, 2})
    for key in (A, B, C):
        partition.add(key, None, strong=True)
    partition.join([A, B], [1], weak=False)
    partition.join([B, C], [2], weak=False)

    assert groups(partition) == [(["a", "b", "c"], [1, 2])]


def test_a_weak_identifier_joins_the_nameless_to_the_one_who_is_named():
    partition = Partition(strong={1})
    partition.add(A, None, strong=False)
    partition.join([A], [1, 2], weak=True)

    assert groups(partition) == [(["a"], [1, 2])]


def test_a_weak_identifier_leaves_two_named_people_apart_and_the_nameless_with_each_other():
    partition = Partition(strong={1, 2})
    partition.add(A, None, strong=False)
    partition.add(B, None, strong=False)
    partition.join([A, B], [1, 2], weak=True)

    assert groups(partition) == [([], [1]), ([], [2]), (["a", "b"], [])]


def test_a_group_is_named_as_soon_as_one_of_it_is():
    partition = Partition(strong={1, 2})
    partition.add(A, None, strong=False)
    partition.join([A], [1], weak=True)  # from here on `a` is somebody
    partition.join([A], [2], weak=True)

    assert groups(partition) == [([], [2]), (["a"], [1])]


def test_leaning_attaches_to_the_only_one_and_to_none_of_two():
    partition = Partition(strong={1, 2})
    partition.add(A, None, strong=False)
    partition.add(B, None, strong=False)
    partition.lean(A, [], [1])
    partition.lean(B, [], [1, 2])

    assert groups(partition) == [([], [2]), (["a"], [1]), (["b"], [])]


def test_whoever_is_placed_does_not_lean():
    partition = Partition(strong={1})
    partition.add(A, None, strong=True)
    partition.add(B, 2, strong=False)
    partition.add(C, None, strong=False)
    for key in (A, B):
        partition.lean(key, [], [1])
    partition.lean(C, [A], [])

    assert groups(partition) == [(["a", "c"], []), (["b"], [2])]
