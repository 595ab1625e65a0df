"""Arrow files and streams as pyarrow writes them: each type that is read, in each layout. Their bytes as base64.

Usage: python scripts/golden/arrow_files.py   (needs pyarrow)
"""
import base64
import datetime
import io
from decimal import Decimal

import pyarrow as pa

from golden_file import write_golden

TEXTS = ["alpha", "beta", None, "a text of more than twelve bytes", "é"]
LISTS = [[1], None, [], [2, 3], [4]]
DAY = [datetime.date(2020, 1, 1)] * 5
PRICE = [Decimal("1.50")] * 5
MAPS = [[("k", 1)], None, [], [("a", 1), ("b", 2)], []]
STRUCTS = [{"a": 1, "b": "x"}, None] + [{"a": 1, "b": "x"}] * 3
CHOICES = pa.array([0, 1, 0, 1, 0], pa.int8())

NUMBERS = {
    "int8": pa.array([1, 2, None, 4, 5], pa.int8()),
    "int64": pa.array(range(5), pa.int64()),
    "uint64": pa.array(range(5), pa.uint64()),
    "float16": pa.array([1.5, 2, 3, 4, 5], pa.float16()),
    "float32": pa.array([1, 2, 3, 4, 5.5], pa.float32()),
    "float64": pa.array([1, None, 3, 4, 5.5]),
    "bool": pa.array([True, None, False, True, True]),
    "decimal32": pa.array(PRICE, pa.decimal32(5, 2)),
    "decimal64": pa.array(PRICE, pa.decimal64(12, 2)),
    "decimal128": pa.array(PRICE),
    "decimal256": pa.array(PRICE, pa.decimal256(50, 2)),
    "date32": pa.array(DAY),
    "date64": pa.array(DAY, pa.date64()),
    "time32": pa.array([1] * 5, pa.time32("s")),
    "time64": pa.array([1] * 5, pa.time64("ns")),
    "timestamp_s": pa.array([1] * 5, pa.timestamp("s")),
    "timestamp_us": pa.array([1] * 5, pa.timestamp("us", "Europe/Berlin")),
    "duration": pa.array([1] * 5, pa.duration("ms")),
    "interval": pa.array([(1, 2, 3)] * 5, pa.month_day_nano_interval()),
}
SMALL = {
    "null": pa.nulls(5),
    "text": pa.array(TEXTS),
    "large_text": pa.array(TEXTS, pa.large_utf8()),
    "text_view": pa.array(TEXTS, pa.string_view()),
    "fixed": pa.array([b"abc"] * 5, pa.binary(3)),
    "list": pa.array(LISTS),
    "list_view": pa.array(LISTS, pa.list_view(pa.int32())),
    "pairs": pa.array([[1, 2]] * 5, pa.list_(pa.int32(), 2)),
    "map": pa.array(MAPS, pa.map_(pa.utf8(), pa.int32())),
    "dictionary": pa.array(TEXTS).dictionary_encode(),
}
UNIONS = {
    "sparse": pa.UnionArray.from_sparse(CHOICES, [pa.array([1, 2, 3, 4, 5]), pa.array(["a"] * 5)]),
    "dense": pa.UnionArray.from_dense(
        CHOICES, pa.array([0, 0, 1, 1, 2], pa.int32()), [pa.array([1, 2, 3]), pa.array(["a", "b"])]
    ),
    "runs": pa.RunEndEncodedArray.from_arrays(pa.array([2, 5], pa.int32()), pa.array(["x", "y"])),
    "struct": pa.array(STRUCTS),
}
OTHERS = {
    "binary": pa.array([b"a"] * 5),
    "large_binary": pa.array([b"a"] * 5, pa.large_binary()),
    "binary_view": pa.array([b"x"] * 5, pa.binary_view()),
    "large_list": pa.array(LISTS, pa.large_list(pa.int64())),
    "large_list_view": pa.array(LISTS, pa.large_list_view(pa.int32())),
    "nulls": pa.array([[None, None], [], None, [None], []], pa.list_(pa.null())),
    "dictionaries": pa.array([["a", "b"]] * 5, pa.list_(pa.dictionary(pa.int8(), pa.utf8()))),
}


def written(form, table, **options):
    sink = io.BytesIO()
    new = pa.ipc.new_file if form == "file" else pa.ipc.new_stream
    with new(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        for batch in table.to_batches():
            writer.write_batch(batch)
    return base64.b64encode(sink.getvalue()).decode()


def cases(form):
    every = pa.table(NUMBERS | SMALL | UNIONS | OTHERS).replace_schema_metadata({"from": "pyarrow"})
    flat = every.drop_columns(list(UNIONS))
    words = [
        pa.array(["a", "b"]).dictionary_encode(),
        pa.DictionaryArray.from_arrays(pa.array([2, 0], pa.int32()), pa.array(["a", "b", "c"])),
    ]
    growing = pa.Table.from_batches([pa.record_batch({"word": word}) for word in words])
    v4 = {"metadata_version": pa.ipc.MetadataVersion.V4}
    tables = [
        ("every type", every, {}),
        ("two batches", pa.concat_tables([every, every.slice(1, 3)]), {}),
        ("a slice", every.slice(2, 2), {}),
        ("no rows", every.slice(0, 0), {}),
        ("version 4", flat, v4),
        ("the framing before 0.15", flat, v4 | {"use_legacy_format": True}),
        ("a dictionary that grows", growing, {"emit_dictionary_deltas": True}),
        ("small", pa.table(SMALL), {}),
        ("unions and runs", pa.table(UNIONS), {}),
    ]
    for name, table, options in tables:
        yield {
            "name": f"{name} ({form})",
            "rows": table.num_rows,
            "bytes": written(form, table, **options),
        }


write_golden(
    "arrow-files",
    "pyarrow.ipc.new_file and new_stream",
    ["pyarrow"],
    package="sources",
    cases=[case for form in ("file", "stream") for case in cases(form)],
)
