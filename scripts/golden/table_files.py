"""Small CSV files as tools write them, and what pandas reads from each when it is told the truth about it.

Usage: python scripts/golden/table_files.py   (needs pandas and duckdb; go, Rscript, and initdb, pg_ctl, psql of PostgreSQL)

All files hold the one table below, each as its tool has it. Where the tool cannot run on any machine, the file is made
here from its documented format, and the legend (packages/cli/golden/table-files.json) says so: `made` is `by the tool` or `from the documented format`.
The expected values are those of pandas with the arguments in `pandas`; that they are the table's is asserted.
"""
import csv
import io
import json
import os
import shutil
import subprocess
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd

from golden_file import write_golden

OUT = Path(__file__).resolve().parents[2] / "packages" / "cli" / "test" / "golden-files"
CITIES = ["München", "Łódź", "Paris, Texas", 'Ville "Lumière"', "O'Fallon", "Rio; Brazil", "São Paulo"]
# What windows-1252 has.
WESTERN = {"Łódź": "Lodz"}

ROWS = [
    {
        "code": f"{(i * 37) % 211:04d}",
        "amount": None if i % 11 == 5 else round((i * 7919 % 4001) * 1.37 - 812.5, 2),
        "units": None if i % 13 == 7 else (i * 31) % 17 - 3,
        "city": None if i % 17 == 3 else CITIES[i % len(CITIES)],
        "day": f"2026-{1 + i % 6:02d}-{1 + (i * 11) % 28:02d}",
        "at": datetime(2026, 1, 5, 8, 30) + timedelta(minutes=911 * i),
        "ok": i % 3 == 0,
    }
    for i in range(40)
]
NAMES = list(ROWS[0])
NUMBERS = ["amount", "units"]
FILES = []


def frame():
    table = pd.DataFrame(ROWS, columns=NAMES)
    table["units"] = table["units"].astype("Int64")
    return table


def told(paths, *, days=None, times=None, index=None, names=None, true="True", **arguments):
    """What pandas reads: texts as they are, numbers, days and times by their formats."""
    given = {"dtype": {"code": "str", "day": "str", "at": "str", "ok": "str", "city": "str"}} | arguments
    if names:
        given |= {"header": None, "names": names}
    parts = [pd.read_csv(path, keep_default_na=False, **given) for path in paths]
    table = pd.concat(parts, ignore_index=True)
    if index is not None:
        table = table.drop(columns=table.columns[index])
    day = pd.to_datetime(table["day"], format=days or "%Y-%m-%d")
    at = pd.to_datetime(table["at"], format=times or "%Y-%m-%d %H:%M:%S", utc=True)
    cells = lambda column: [None if pd.isna(x) else x for x in column]
    return {
        "code": cells(table["code"]),
        "amount": [None if pd.isna(x) else float(x) for x in table["amount"]],
        "units": [None if pd.isna(x) else float(x) for x in table["units"]],
        "city": cells(table["city"]),
        "day": list(day.dt.strftime("%Y-%m-%d")),
        "at": list(at.dt.strftime("%Y-%m-%dT%H:%M:%SZ")),
        "ok": [x == true for x in table["ok"]],
    }


def add(name, tool, made, paths, options=(), western=False, minutes=False, **arguments):
    """Asserts that pandas reads the table from these files, and tells of them in the legend."""
    found = told(paths, **arguments)
    for i, row in enumerate(ROWS):
        city = WESTERN.get(row["city"], row["city"]) if western else row["city"]
        at = row["at"].strftime("%Y-%m-%dT%H:%M:%SZ")
        expected = [row["code"], row["amount"], row["units"], city, row["day"], at, row["ok"]]
        actual = [found[column][i] for column in NAMES]
        assert actual == expected, (name, i, actual, expected)
    assert len(found["code"]) == len(ROWS), name
    FILES.append({
        "name": name,
        "files": [path.name for path in paths],
        "tool": tool,
        "made": made,
        "options": list(options),
        "pandas": {k: v for k, v in arguments.items() if not callable(v)},
        "columns": found,
    })


def write(name, text, encoding="utf-8"):
    path = OUT / name
    path.write_bytes(text.encode(encoding))
    return path


def lines(render, names=NAMES, sep=",", end="\n", quote=csv.QUOTE_MINIMAL, header=True):
    """The table as RFC 4180 has it, the cells as `render` has them."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sep, lineterminator=end, quoting=quote)
    if header:
        writer.writerow(names)
    for row in ROWS:
        writer.writerow(render(row))
    return out.getvalue()


def output(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout


def by_pandas():
    version = f"pandas {pd.__version__}"
    for name, arguments, told_as in [
        ("pandas.csv", {}, {"index": 0}),
        ("pandas-no-index.csv", {"index": False, "na_rep": "NA"}, {"na_values": ["NA"]}),
        ("pandas-tab-utf16.tsv", {"index": False, "sep": "\t", "encoding": "utf-16"},
         {"sep": "\t", "encoding": "utf-16"}),
    ]:
        path = OUT / name
        frame().to_csv(path, **arguments)
        add(name, version, "by the tool", [path], **{"na_values": [""]} | told_as)
    path = OUT / "pandas-escaped.csv"
    frame().to_csv(path, index=False, doublequote=False, escapechar="\\", quoting=csv.QUOTE_NONNUMERIC)
    add("pandas-escaped.csv", version, "by the tool", [path], na_values=[""], escapechar="\\")


def by_duckdb():
    table = frame()
    con = duckdb.connect()
    con.register("t", table)
    select = "SELECT code, amount, units, city, day::DATE AS day, \"at\"::TIMESTAMP AS \"at\", ok FROM t"
    for name, more, told_as in [("duckdb.csv", "", {}), ("duckdb.psv", ", DELIMITER '|', NULLSTR 'NULL', FORCE_QUOTE (city)",
                                                      {"sep": "|", "na_values": ["NULL"]})]:
        path = OUT / name
        con.execute(f"COPY ({select}) TO '{path}' (FORMAT csv, HEADER{more})")
        add(name, f"DuckDB {duckdb.__version__}", "by the tool", [path], **{"na_values": [""], "true": "true"} | told_as)


GO = """package main
import ("encoding/csv"; "encoding/json"; "fmt"; "os"; "strconv"; "time")
type row struct { Code string; Amount *float64; Units *int; City *string; Day string; At string; Ok bool }
func main() {
  var rows []row
  if err := json.NewDecoder(os.Stdin).Decode(&rows); err != nil { panic(err) }
  w := csv.NewWriter(os.Stdout)
  w.Write([]string{"code", "amount", "units", "city", "day", "at", "ok"})
  for _, r := range rows {
    amount, units, city := "", "", ""
    if r.Amount != nil { amount = strconv.FormatFloat(*r.Amount, 'f', -1, 64) }
    if r.Units != nil { units = strconv.Itoa(*r.Units) }
    if r.City != nil { city = *r.City }
    at, err := time.Parse(time.RFC3339, r.At)
    if err != nil { panic(err) }
    w.Write([]string{r.Code, amount, units, city, r.Day, at.Format(time.RFC3339), fmt.Sprint(r.Ok)})
  }
  w.Flush()
}
"""


def by_go(folder):
    (folder / "main.go").write_text(GO)
    rows = json.dumps([row | {"at": row["at"].strftime("%Y-%m-%dT%H:%M:%SZ")} for row in ROWS])
    text = output("go", "run", str(folder / "main.go"), input=rows, env=os.environ | {"GO111MODULE": "off"})
    version = output("go", "version").split()[2]
    add("go.csv", f"encoding/csv of {version}", "by the tool", [write("go.csv", text)], na_values=[""],
        times="%Y-%m-%dT%H:%M:%SZ", true="true")


def by_postgres(folder):
    """In a cluster of its own, on a socket in the folder."""
    user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    data = folder / "data"
    if user:
        shutil.chown(folder, "postgres")
    os.chmod(folder, 0o755)
    output(*user, "initdb", "-D", str(data), "-E", "UTF8", "--no-locale", cwd=folder)
    start = ["pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", f"-k {folder} -c listen_addresses=''"]
    subprocess.run([*user, *start, "start"], check=True, stdout=subprocess.DEVNULL, cwd=folder)
    try:
        psql = [*user, "psql", "-h", str(folder), "-d", "postgres", "-qAtX", "-v", "ON_ERROR_STOP=1"]
        source = lines(lambda row: ["" if row[name] is None else row[name] for name in NAMES], header=False)
        create = "CREATE TABLE t (code text, amount float8, units int, city text, day date, at timestamp, ok boolean)"
        output(*psql, "-c", create, cwd=folder)
        output(*psql, "-c", "COPY t FROM STDIN (FORMAT csv)", input=source, cwd=folder)
        version = "PostgreSQL " + output(*psql, "-c", "SHOW server_version", cwd=folder).split()[0]
        for name, how, told_as in [
            ("postgres.csv", "FORMAT csv, HEADER", {"na_values": [""]}),
            ("postgres-text.tsv", "FORMAT text, HEADER", {"na_values": ["\\N"], "sep": "\t", "quoting": csv.QUOTE_NONE}),
            ("postgres-no-header.csv", "FORMAT csv, NULL 'NULL'", {"na_values": ["NULL"], "names": NAMES}),
        ]:
            text = output(*psql, "-c", f"COPY t TO STDOUT ({how})", cwd=folder)
            add(name, version, "by the tool", [write(name, text)], true="t", **told_as)
    finally:
        subprocess.run([*user, "pg_ctl", "-D", str(data), "-w", "-m", "fast", "stop"], check=True,
                       stdout=subprocess.DEVNULL, cwd=folder)


R = """
rows <- read.csv(file("stdin", encoding = "UTF-8"), colClasses = c("character", "numeric", "integer", "character", "character", "character", "logical"),
  na.strings = "", encoding = "UTF-8")
rows$day <- as.Date(rows$day)
rows$at <- as.POSIXct(rows$at, tz = "UTC")
out <- commandArgs(trailingOnly = TRUE)[1]
write.csv(rows, file.path(out, "r-write-csv.csv"), fileEncoding = "UTF-8")
write.csv(rows, file.path(out, "r-no-row-names.csv"), row.names = FALSE, na = "", fileEncoding = "UTF-8")
write.csv2(rows, file.path(out, "r-write-csv2.csv"), row.names = FALSE, fileEncoding = "UTF-8")
write.table(rows, file.path(out, "r-write-table.csv"), sep = ",", fileEncoding = "UTF-8")
cat(R.version.string)
"""


def by_r(folder):
    (folder / "write.R").write_text(R)
    cells = lambda row: ["" if row[n] is None else ("TRUE" if row[n] is True else "FALSE" if row[n] is False else row[n])
                         for n in NAMES]
    version = output("Rscript", str(folder / "write.R"), str(OUT), input=lines(cells),
                     env=os.environ | {"LC_ALL": "C.UTF-8"}).strip()
    shared = {"true": "TRUE", "na_values": ["NA"]}
    add("r-write-csv.csv", version, "by the tool", [OUT / "r-write-csv.csv"], index=0, **shared)
    add("r-no-row-names.csv", version, "by the tool", [OUT / "r-no-row-names.csv"], true="TRUE", na_values=[""])
    add("r-write-csv2.csv", version, "by the tool", [OUT / "r-write-csv2.csv"], sep=";", decimal=",", **shared)
    add("r-write-table.csv", version, "by the tool", [OUT / "r-write-table.csv"], escapechar="\\", **shared)


def grouped(number, sign, point):
    whole, fraction = f"{number:,.2f}".split(".")
    return whole.replace(",", sign) + point + fraction


def text_of(value, point="."):
    return "" if value is None else str(value).replace(".", point)


def from_documents():
    made = "from the documented format"
    day = lambda row, form: datetime.strptime(row["day"], "%Y-%m-%d").strftime(form)

    # Excel saves what the cells show, in the signs of the system: "CSV UTF-8" with its mark, "CSV" in the ANSI code page.
    us = lambda row: [row["code"], "" if row["amount"] is None else grouped(row["amount"], ",", "."), text_of(row["units"]),
                      row["city"] or "", day(row, "%-m/%-d/%Y"), row["at"].strftime("%-m/%-d/%Y %H:%M"), str(row["ok"]).upper()]
    add("excel-us-utf8.csv", "Excel, English (United States), CSV UTF-8", made,
        [write("excel-us-utf8.csv", lines(us, end="\r\n"), "utf-8-sig")], thousands=",", days="%m/%d/%Y",
        times="%m/%d/%Y %H:%M", true="TRUE", na_values=[""])
    german = lambda row: [row["code"], "" if row["amount"] is None else grouped(row["amount"], ".", ","), text_of(row["units"]),
                          WESTERN.get(row["city"], row["city"]) or "", day(row, "%d.%m.%Y"),
                          row["at"].strftime("%d.%m.%Y %H:%M"), "WAHR" if row["ok"] else "FALSCH"]
    add("excel-de.csv", "Excel, German, CSV", made, [write("excel-de.csv", lines(german, sep=";", end="\r\n"), "cp1252")],
        ["--encoding", "windows-1252"], western=True, sep=";", decimal=",", thousands=".", encoding="cp1252",
        days="%d.%m.%Y", times="%d.%m.%Y %H:%M", true="WAHR", na_values=[""])
    french = lambda row: [row["code"], "" if row["amount"] is None else grouped(row["amount"], "\u202f", ","),
                          text_of(row["units"]), row["city"] or "", day(row, "%d/%m/%Y"),
                          row["at"].strftime("%d/%m/%Y %H:%M"), "VRAI" if row["ok"] else "FAUX"]
    add("excel-fr-utf8.csv", "Excel, French, CSV UTF-8", made,
        [write("excel-fr-utf8.csv", lines(french, sep=";", end="\r\n"), "utf-8-sig")], sep=";", decimal=",",
        thousands="\u202f", engine="python", days="%d/%m/%Y", times="%d/%m/%Y %H:%M", true="VRAI", na_values=[""])
    add("excel-unicode-text.txt", "Excel, German, Unicode Text", made,
        [write("excel-unicode-text.txt",
               lines(lambda row: [x if x != "Lodz" else "Łódź" for x in german(row)], sep="\t", end="\r\n"), "utf-16")],
        sep="\t", decimal=",", thousands=".", encoding="utf-16", days="%d.%m.%Y", times="%d.%m.%Y %H:%M", true="WAHR",
        na_values=[""])
    add("excel-sep-line.csv", "a sheet for Excel with its line sep=;", made,
        [write("excel-sep-line.csv", "sep=;\r\n" + lines(
            lambda row: [row["code"], text_of(row["amount"], ","), text_of(row["units"]), row["city"] or "", row["day"],
                         str(row["at"]), "1" if row["ok"] else "0"], sep=";", end="\r\n"), "utf-8-sig")],
        sep=";", decimal=",", skiprows=1, true="1", na_values=[""])

    # EXPORT DATA of BigQuery: an empty cell is NULL, a TIMESTAMP ends in UTC.
    bigquery = lambda row: [row["code"], text_of(row["amount"]), text_of(row["units"]), row["city"] or "", row["day"],
                            f"{row['at']} UTC", str(row["ok"]).lower()]
    add("bigquery.csv", "BigQuery, EXPORT DATA", made, [write("bigquery.csv", lines(bigquery))],
        times="%Y-%m-%d %H:%M:%S UTC", true="true", na_values=[""])

    # Spark: a folder of parts, each with a header; quotes only where needed, escaped by a backslash.
    def spark(rows):
        def cell(text):
            quoted = any(sign in text for sign in ',"\n')
            return '"' + text.replace('"', '\\"') + '"' if quoted else text
        body = [[row["code"], text_of(row["amount"]), text_of(row["units"]), row["city"] or "", row["day"],
                 row["at"].strftime("%Y-%m-%dT%H:%M:%S.000Z"), str(row["ok"]).lower()] for row in rows]
        return "".join(",".join(map(cell, cells)) + "\n" for cells in [NAMES, *body])
    parts = [write(f"spark-part-{i:05d}.csv", spark(ROWS[20 * i:20 * i + 20])) for i in range(2)]
    add("spark-part-*.csv", "Spark, DataFrameWriter.csv", made, parts, times="%Y-%m-%dT%H:%M:%S.000Z", true="true",
        na_values=[""], escapechar="\\")

    # Power BI exports what a visual shows: with a mark, CR LF, days as times.
    power = lambda row: [row["code"], text_of(row["amount"]), text_of(row["units"]), row["city"] or "",
                         day(row, "%-m/%-d/%Y 12:00:00 AM"), row["at"].strftime("%-m/%-d/%Y %-I:%M:%S %p"), str(row["ok"])]
    add("power-bi.csv", "Power BI, export data", made, [write("power-bi.csv", lines(power, end="\r\n"), "utf-8-sig")],
        days="%m/%d/%Y %I:%M:%S %p", times="%m/%d/%Y %I:%M:%S %p", na_values=[""])

    # SQL Server: the results grid of Management Studio writes NULL; bcp -w writes UTF-16 and no header, an empty cell for NULL.
    grid = lambda row: [row["code"], "NULL" if row["amount"] is None else row["amount"],
                        "NULL" if row["units"] is None else row["units"], row["city"] or "NULL", row["day"],
                        f"{row['at']}.000", "1" if row["ok"] else "0"]
    add("sql-server-grid.csv", "SQL Server Management Studio, save results as", made,
        [write("sql-server-grid.csv", lines(grid, end="\r\n"), "utf-8-sig")], times="%Y-%m-%d %H:%M:%S.000", true="1",
        na_values=["NULL"])
    bcp = "".join("\t".join("" if cell == "NULL" else str(cell) for cell in grid(row)) + "\r\n" for row in ROWS)
    add("sql-server-bcp.tsv", "SQL Server, bcp -w", made, [write("sql-server-bcp.tsv", bcp, "utf-16")], sep="\t",
        encoding="utf-16", quoting=csv.QUOTE_NONE, names=NAMES, times="%Y-%m-%d %H:%M:%S.000", true="1", na_values=[""])


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    by_pandas()
    by_duckdb()
    with tempfile.TemporaryDirectory() as folder:
        by_go(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        by_r(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        by_postgres(Path(folder))
    from_documents()
    # Whoever checks them out gets their very bytes.
    (OUT / ".gitattributes").write_text("* -text\n")
    call = "pandas.read_csv(file, keep_default_na=False, **pandas), days and times by to_datetime(format=)"
    write_golden("table-files", call, ["pandas", "duckdb"], package="cli", files=FILES)


main()
