"""Files in whatever dialect they come: every row is read or told with its line, in a stream."""

import io
import tracemalloc

import pyarrow
import pytest
from pyarrow import parquet

from apps.channels.connectors.drop.formats import rows
from apps.channels.contract import Refused, SourceFacts
from apps.channels.registry import CONNECTORS
from tests.channels.samples import drop as sample

ROWS = [{"Name": "Müller", "Town": "Köln"}, {"Name": "O'Neil, jr.", "Town": "York"}]


def read(body):
    return list(rows(io.BytesIO(body)))


def contents(body):
    found = read(body)
    assert [row.refused for row in found] == [""] * len(found)
    return [row.content for row in found]


@pytest.mark.parametrize(
    ("charset", "town"),
    [
        ("cp1251", "Нижний Новгород"),
        ("cp1250", "Łódź"),
        ("gb18030", "北京的城市"),
        ("cp932", "たかさき"),
        ("cp949", "서울시 주문"),
    ],
)
def test_files_in_charsets_of_other_parts_of_the_world_are_read(charset, town):
    text = "name;town\n" + "".join(f"Person {number};{town}\n" for number in range(3))
    assert {row["town"] for row in contents(text.encode(charset))} == {town}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["unix", "windows"])
def test_dialects_and_encodings_are_found_out(encoding, delimiter, ending):
    lines = [delimiter.join(f'"{cell}"' if "," in cell else cell for cell in row.values()) for row in ROWS]
    text = ending.join([delimiter.join(ROWS[0]), *lines]) + ending
    assert contents(text.encode(encoding)) == ROWS


def test_a_file_put_together_from_two_systems_is_read():
    assert contents("Name;Town\nMüller;Köln\n".encode() + "Jäger;Bäch\n".encode("cp1252"))[1]["Name"] == "Jäger"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"sep=;\r\na;b\r\n1;2\r\n", [{"a": "1", "b": "2"}]),
        (b"Account:;7\n\na;b;c\n1;2;3\n4;5;6\n", [{"a": "1", "b": "2", "c": "3"}, {"a": "4", "b": "5", "c": "6"}]),
        (b"a@x.example,7\nb@x.example,8\n", [{"column 1": "a@x.example", "column 2": "7"},
                                            {"column 1": "b@x.example", "column 2": "8"}]),
        (b"a,a,\n1,2,3\n", [{"a": "1", "a (2)": "2", "column 3": "3"}]),
        (b"a,b\n'x,y',2\n'z',3\n'v',4\n'w',5\n", [{"a": "x,y", "b": "2"}, {"a": "z", "b": "3"},
                                                  {"a": "v", "b": "4"}, {"a": "w", "b": "5"}]),
        (b"a;b\n1,5;2,5\n3,5;4,5\n", [{"a": "1,5", "b": "2,5"}, {"a": "3,5", "b": "4,5"}]),
        (b'a,b\n"x\ny",2\n', [{"a": "x\ny", "b": "2"}]),
        (b'a,b\n"say ""hi""",2\n', [{"a": 'say "hi"', "b": "2"}]),
        (b"only\nx\ny\n", [{"only": "x"}, {"only": "y"}]),
        (b"a,b\n1,2,\n", [{"a": "1", "b": "2"}]),
        (b"\n\na,b\n\n1,2\n\n", [{"a": "1", "b": "2"}]),
        (b"", []),
        (b"\n\n", []),
        (b"a,b\n", []),
    ],
    ids=["sep line", "bank preamble", "no header", "same names", "single quotes", "decimal commas", "line break",
         "doubled quotes", "one column", "trailing comma", "empty lines", "empty", "blank", "header only"],
)  # fmt: skip
def test_what_spreadsheets_and_banks_write(body, expected):
    assert contents(body) == expected


@pytest.mark.parametrize(
    ("header", "below"),
    [
        ("name,2025,2026", ["Anna,10,12", "Ben,3,4"]),
        ("product;2019;2020;2021", ["Cup;1;2;3"]),
        ("store,2024-01-01,2024-02-01", ["Leeds,120,99", "York,80,71"]),
        ("size,1,2,3,4", ["Cup,0,5,9,2", "Jug,1,0,0,7"]),
        ("kunde;31.12.2024;31.12.2025", ["Anna;1.200,50;900,00"]),
        ("year,month,total", ["2024,1,3", "2024,2,4"]),
    ],
)
def test_numbers_and_days_may_be_the_names_of_columns(header, below):
    found = contents("\n".join([header, *below]).encode())
    assert len(found) == len(below)
    assert [*found[0]] == header.replace(";", ",").split(",")


@pytest.mark.parametrize(
    "rows",
    [
        ["Anna,2001,2002", "Ben,1999,2003"],
        ["Anna,2024-01-02,5", "Ben,2024-01-03,6"],
        ["2025,2026", "1,2"],
        ["Anna,10,12", "Ben,3,4"],
        ["a@x.example,2025,2026", "b@x.example,1,2"],
        ["Anna,2025", "Ben,2024"],
        ["Cup,2025,2025", "Jug,3,4"],
    ],
)
def test_a_first_row_of_data_is_no_header(rows):
    found = contents("\n".join(rows).encode())
    assert len(found) == len(rows)
    assert next(iter(found[0])) == "column 1"


def test_a_ragged_row_is_told_with_its_line_and_no_other_is_lost():
    found = read(b"a,b,c\n1,2,3\n4,5\n6,7,8\n9,10,11,12\n")
    assert [row.content for row in found if not row.refused] == [
        {"a": "1", "b": "2", "c": "3"}, {"a": "6", "b": "7", "c": "8"}
    ]  # fmt: skip
    assert [row.refused for row in found if row.refused] == [
        "Line 3: it has 2 cells where the first row has 3.",
        "Line 5: it has 4 cells where the first row has 3.",
    ]
    assert found[1].content == {"cells": ["4", "5"]}


@pytest.mark.parametrize("broken", [b'1,2,"open', b'"open,2,3', b'1,"open,3'], ids=["last", "first", "middle"])
def test_a_quote_nobody_closes_swallows_no_other_row(broken):
    rest = b"".join(b"%d,b,c\n" % number for number in range(500))
    found = read(b"a,b,c\n0,0,0\n" + broken + b"\n" + rest)
    refused = [row for row in found if row.refused]
    assert [(row.line, row.refused) for row in refused] == [(3, "Line 3: a quote is opened and never closed.")]
    assert len(found) == 502


def test_cells_of_a_megabyte_are_read_and_beyond_eight_told():
    (row,) = contents(b'a,b\n"' + b"x" * 1_000_000 + b'",2\n')
    assert len(row["a"]) == 1_000_000
    huge, fine = read(b"a,b\n" + b"x" * 9_000_000 + b",2\n3,4\n")
    assert huge.refused.startswith("Line 2: field larger")
    assert fine.content == {"a": "3", "b": "4"}


def test_a_large_file_is_read_in_little_memory():
    class Endless(io.RawIOBase):
        """Two hundred thousand rows that lie nowhere."""

        def __init__(self):
            self.at = 0

        def readable(self):
            return True

        def readinto(self, buffer):
            if self.at > 200_000:
                return 0
            lines = b"".join(b"%d,some text in a cell,more\n" % self.at for _ in range(200)) if self.at else b"a,b,c\n"
            self.at += 200
            buffer[: len(lines)] = lines
            return len(lines)

    tracemalloc.start()
    count = sum(1 for _row in rows(io.BufferedReader(Endless(), 1024 * 1024)))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count > 150_000
    assert most < 12_000_000


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a":1}\n\n{"a":2}\n', [{"a": 1}, {"a": 2}]),
        (b'[{"a":1},\n{"a":2}]', [{"a": 1}, {"a": 2}]),
        (b'{\n "a": {"b": [1]}\n}', [{"a": {"b": [1]}}]),
        (b'{\n "a": 1\n}\n{\n "a": 2\n}', [{"a": 1}, {"a": 2}]),
        (b'{"data":[{"a":1},{"a":2}]}', [{"a": 1}, {"a": 2}]),
        (b'\xef\xbb\xbf[{"a":1e400},{"a":NaN}]', [{"a": None}, {"a": None}]),
    ],
    ids=["lines", "array", "one object", "several objects", "wrapped", "no numbers"],
)
def test_json_in_the_shapes_it_comes(body, expected):
    assert [
        {name: None if value == float("inf") else value for name, value in one.items()} for one in contents(body)
    ] == (expected)


def test_a_broken_line_of_json_is_told_and_the_next_is_read():
    found = read(b'{"a":1}\nnonsense\n[1]\n{"a":2}\n')
    assert [(row.content, row.refused) for row in found] == [
        ({"a": 1}, ""),
        ({"line": "nonsense"}, "Line 2: The body is not JSON."),
        ({"value": 1}, "Record 3: it has no fields with names."),
        ({"a": 2}, ""),
    ]


def test_a_json_array_that_ends_too_early_gives_what_it_had():
    first, rest = read(b'[{"a":1},{"a":2')
    assert (first.content, rest.refused) == ({"a": 1}, "Record 2: from here on it is not JSON.")


def test_parquet_is_read_with_its_types():
    file = io.BytesIO()
    parquet.write_table(pyarrow.table({"n": [1, None], "x": [1.5, float("nan")], "s": ["a", "b"]}), file)
    assert contents(file.getvalue()) == [{"n": 1, "x": 1.5, "s": "a"}, {"n": None, "x": None, "s": "b"}]
    with pytest.raises(Refused, match="cannot be read"):
        read(file.getvalue()[:-40])


@pytest.mark.parametrize(
    ("head", "words"),
    [(b"PK\x03\x04", "Save it as CSV"), (b"\x1f\x8b\x08", "Unpack it"), (b"%PDF-1.7", "no columns")],
    ids=["spreadsheet", "compressed", "pdf"],
)
def test_what_is_no_data_is_refused_with_what_to_do(head, words):
    with pytest.raises(Refused, match=words):
        read(head + b"\x00" * 100)


def test_a_row_is_known_by_its_id_or_by_what_is_in_it():
    def keys(body, **settings):
        source = SourceFacts(1, "shop", "drop", settings=settings)
        return [event.key for event in CONNECTORS["drop"].read(io.BytesIO(body), "x.csv", source)]

    mapped = {"mapping": {"id": "a", "who": {"email": "b"}, "only": "b"}}
    assert keys(b"a,b\n1,x\n2,\n3,y\n", **mapped) == ["1", "3"]
    first, second, again = keys(b"a,b\n1,x\n2,y\n1,x\n")
    assert first == again != second
    assert keys(b"a,b\n2,y\n") == [second]


def test_every_file_of_the_sample_gives_its_rows():
    source = SourceFacts(1, "shop", "drop", settings=sample.SOURCE.settings)
    counted = [len(list(CONNECTORS["drop"].read(io.BytesIO(body), name, source))) for name, body in sample.FILES]
    assert counted == [2, 2, 2, 1, 1]
