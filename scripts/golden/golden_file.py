"""Writes a golden file: what made it, with which versions and calls, and one row or case a line."""

import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path

PACKAGES = Path(__file__).resolve().parents[2] / "packages"
GOLDEN = PACKAGES / "drift" / "golden"


def write_golden(name, call, packages, package="drift", **sections):
    versions = {"python": platform.python_version()} | {p: version(p) for p in packages}
    meta = {
        "generator": f"scripts/golden/{Path(sys.argv[0]).name}",
        "versions": versions,
        "call": call,
    }
    parts = [f'  "meta": {json.dumps(meta)}']
    for key, rows in sections.items():
        lines = ",\n".join(f"    {json.dumps(row, allow_nan=False)}" for row in rows)
        parts.append(f'  "{key}": [\n{lines}\n  ]')
    golden = PACKAGES / package / "golden"
    golden.mkdir(exist_ok=True)
    (golden / f"{name}.json").write_text("{\n" + ",\n".join(parts) + "\n}\n")
