"""Charts as geometry: every number as text, what is small still seen, and nothing higher than its chart."""

import pytest

from apps.foundation.charts import Datum, Layout, diverging, grouped, portion, sparkline, stacked

LAYOUT = Layout(step=10, bar=8, height=100, least=4)


def drawn(chart):
    return [[(bar.tone, bar.x, bar.y, bar.height) for bar in column.rectangles] for column in chart.columns]


def test_figures_stand_on_each_other_the_first_at_the_bottom():
    chart = stacked([Datum((("good", 30), ("bad", 20))), Datum((("good", 100), ("bad", 0)))], "Words", ["Mon"], LAYOUT)
    assert drawn(chart) == [
        [("good", "1", "70", "30"), ("bad", "1", "50", "20")],
        [("good", "11", "0", "100"), ("bad", "11", "0", "0")],
    ]
    assert (chart.width, chart.height, chart.most, chart.label, chart.marks) == ("20", "100", 100, "Words", ("Mon",))


def test_where_nothing_happened_no_column_stands():
    chart = stacked(
        [Datum((("good", 0), ("bad", 0)), "Monday"), Datum((("good", 1), ("bad", 0)), "Tuesday")], "", (), LAYOUT
    )
    assert [(column.title, column.rectangles[0].x) for column in chart.columns] == [("Tuesday", "11")]
    assert stacked([], "", (), LAYOUT).columns == ()


@pytest.mark.parametrize(("good", "bad"), [(100_000, 1), (1, 100_000)])
def test_the_smallest_part_is_seen_and_the_largest_gives_way(good, bad):
    ((below, above),) = drawn(stacked([Datum((("good", good), ("bad", bad)))], "", (), LAYOUT))
    assert sorted((int(below[3]), int(above[3]))) == [4, 96]
    assert above[2] == "0"


def test_figures_stand_beside_each_other():
    chart = grouped([Datum((("seen", 8), ("good", 2)))], "", (), Layout(step=10, bar=4))
    assert drawn(chart) == [[("seen", "1", "0", "100"), ("good", "5", "75", "25")]]


def test_a_chart_of_little_is_not_drawn_as_high_as_one_of_much():
    assert drawn(grouped([Datum((("", 1),))], "", (), Layout(step=20, bar=16, least=3), 5)) == [[("", "2", "80", "20")]]


def test_a_sparkline_goes_from_nothing_at_the_bottom_to_the_most_at_the_top():
    spark = sparkline([0, 4, 2], "By the day")
    assert spark.line == "2.0,22.0 48.0,2.0 94.0,12.0"
    assert spark.area == "2.0,24 2.0,22.0 48.0,2.0 94.0,12.0 94.0,24"
    assert (spark.end_x, spark.end_y, spark.label) == ("94.0", "12.0", "By the day")
    assert sparkline([0, 0], "").line == "2.0,22.0 94.0,22.0"


def test_a_horizontal_bar_is_as_long_as_its_share():
    assert portion(1, 3) == ("0", "33.3")
    assert portion(1, 4, centred=True) == ("37.5", "25.0")
    assert portion(1, 1000, least=1.5).width == "1.5"
    assert portion(0, 0, least=1.5).width == "0.0"


@pytest.mark.parametrize(
    ("value", "bar"), [(6, ("48", "24")), (-6, ("24", "24")), (99, ("48", "48")), (-99, ("0", "48"))]
)
def test_a_bar_goes_from_the_middle_for_and_against(value, bar):
    assert diverging(value, 12.0, 48) == bar
