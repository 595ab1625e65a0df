"""A Parquet file with decimals of more digits than DuckDB holds: of 21 bytes it gives back 2 ** 24 times the number.

Usage: python scripts/golden/wide_decimals.py   (needs pyarrow)
"""
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

OUT = Path(__file__).resolve().parents[2] / "packages" / "cli" / "golden" / "wide-decimals.parquet"
ROWS = range(60)

table = pa.table(
    {
        "wide": pa.array([Decimal(i) / 100 for i in ROWS], pa.decimal256(50, 2)),
        "within": pa.array([{"part": Decimal(i % 2)} for i in ROWS], pa.struct([("part", pa.decimal256(40, 2))])),
        "narrow": pa.array([Decimal(i) / 100 for i in ROWS], pa.decimal128(38, 2)),
        "x": list(ROWS),
    }
)
pq.write_table(table, OUT, store_schema=False)
