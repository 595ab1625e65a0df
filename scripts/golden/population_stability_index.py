"""Population stability index, and the quantile bins under it, from numpy."""

import numpy as np
from scipy.special import rel_entr

from golden_file import write_golden

random = np.random.default_rng(20260102)


def quantile_edges(reference, bins):
    """Quantiles (type 7) with duplicates merged; a value that fills an outer bin gets it to itself."""
    quantiles = np.quantile(reference, np.arange(bins + 1) / bins)
    edges = np.unique(quantiles)
    if quantiles[1] == quantiles[0]:
        below = np.nextafter(quantiles[0], -np.inf)
        edges = np.concatenate([[np.nextafter(below, -np.inf), below], edges])
    if quantiles[-2] == quantiles[-1]:
        edges = np.append(edges, np.nextafter(quantiles[-1], np.inf))
    return edges


def index_of_counts(reference, current):
    reference, current = np.asarray(reference, float), np.asarray(current, float)
    used = reference + current > 0
    p, q = reference[used] + 0.5, current[used] + 0.5
    p, q = p / p.sum(), q / q.sum()
    return float(np.sum(rel_entr(p, q) + rel_entr(q, p))), int(used.sum())


def counts(values, inner_edges):
    """Bins with inclusive upper ends, open at both ends."""
    return np.bincount(np.searchsorted(inner_edges, values, side="left"), minlength=len(inner_edges) + 1)


def normal(n, shift=0.0, scale=1.0):
    return [float(f"{x:.6g}") for x in random.normal(shift, scale, n)]


def numeric_samples():
    yield "no drift", 10, normal(200), normal(150)
    yield "shifted", 10, normal(200), normal(150, 0.8)
    yield "wider", 5, normal(120), normal(120, 0, 3)
    yield "beyond the reference", 10, normal(100), normal(100, 50)
    yield "integers", 10, random.poisson(2, 150).tolist(), random.poisson(3, 120).tolist()
    yield "mostly zero", 10, [0] * 60 + normal(40, 5), [0] * 30 + normal(70, 5)
    yield "fell below an atom", 10, [0] * 60 + normal(40, 5), [-1] * 30 + normal(70, 5)
    yield "rose above an atom", 4, [1] * 30 + [7] * 70, [1] * 30 + [8] * 70
    yield "constants, equal", 10, [5] * 20, [5] * 30
    yield "a constant that fell", 10, [5] * 20, [3] * 30
    yield "a constant that rose", 10, [5] * 20, [6] * 30
    yield "fewer values than bins", 10, [1, 2, 3], [2, 2, 4, 9]
    yield "unequal sizes", 20, normal(400), normal(20, 0.3)
    yield "two bins", 2, normal(50), normal(60, 0.2)


def numeric_cases():
    for name, bins, reference, current in numeric_samples():
        edges = quantile_edges(reference, bins)
        statistic, cells = index_of_counts(counts(reference, edges[1:-1]), counts(current, edges[1:-1]))
        yield {
            "name": name,
            "bins": bins,
            "reference": reference,
            "current": current,
            "edges": edges.tolist(),
            "statistic": statistic,
            "cells": cells,
        }


TABLES = {
    "2 cells": ([120, 80], [90, 110]),
    "5 cells": ([20, 30, 25, 15, 10], [15, 20, 35, 20, 10]),
    "a new category": ([700, 300, 0], [650, 300, 50]),
    "disjoint": ([1000, 0], [0, 500]),
    "empty on both sides": ([10, 0, 20], [15, 0, 5]),
    "one cell": ([10], [700]),
    "unequal sizes": ([500000, 300000, 200000], [3, 1, 4]),
}


def count_cases():
    for name, (reference, current) in TABLES.items():
        statistic, cells = index_of_counts(reference, current)
        yield {
            "name": name,
            "reference": reference,
            "current": current,
            "statistic": statistic,
            "cells": cells,
        }


if __name__ == "__main__":
    write_golden(
        "population-stability-index",
        "p, q = (counts + 0.5) / (n + 0.5 * cells), cells not empty on both sides; "
        "sum(scipy.special.rel_entr(p, q) + rel_entr(q, p)); "
        "edges: numpy.unique(numpy.quantile(reference, numpy.arange(bins + 1) / bins)), "
        "outer bins open, a value that fills one has it to itself",
        ["numpy", "scipy"],
        numeric=numeric_cases(),
        counts=count_cases(),
    )
