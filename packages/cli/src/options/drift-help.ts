export const DRIFT_HELP = `Usage: tidegauge drift <reference> <current> [options]

Compares two tables column by column: has the data changed since the reference?

Arguments:
  <reference>  the data the model was trained on, or a profile that tidegauge profile stored
  <current>    the data to hold against it
  Data is CSV, Parquet, JSON, NDJSON or Arrow (CSV and JSON also gzipped), a pattern in quotes
  ('march/*.parquet'), or - for standard input.
  --reference <file>, --current <file>  the same as options: an argument alone is the other side

Which rows and columns:
  --where <condition>      only rows for which this holds: one condition in DuckDB's SQL
  --columns <a,b>          only these columns; repeat it for names with commas in a config file
  --exclude <a,b>          not these columns: an id, or what is not to be judged
  --target <column>        the label; judged apart from the features
  --prediction <column>    what the model answered; judged apart from the features
  --time <column>          when a row came to be: shown as the time range, not compared;
                           default: the only column of dates, which is compared all the same
  --type <column=type>     numeric, datetime, categorical or text, where the inferred type is wrong
  --input <format>         what the data is: csv, parquet, json, ndjson, arrow; default: by its name

How to judge:
  --preset <name>          as Evidently does: evidently (0.4) or evidently-0.7
  --method <column=name>   compare a column by another method (psi, js, wasserstein ...);
                           without a column: all that it takes; with a threshold: amount=psi:0.2
  --share <share>          ACTION from this share of drifted features on; default 0.3
  --minimum-judged <share> UNDECIDED where less of the features could be judged; default 0.5
  --on-missing-column <x>  a feature that is gone or has lost all values: action (default),
                           undecided or ignore
  --on-changed-type <x>    the same of a feature that holds something else than in the reference
  --alpha <level>          level of the adjusted p-values; default 0.05
  --tolerance <shift>      smallest shift that counts, in standard deviations; default 0.125
  --exact-rows <rows>      files of more rows are counted, not held; default 2000000

What to do with the result:
  --out <dir>              write reports there
  --format <a,b>           html, json, md, junit; default with --out: html,json.
                           Without --out, one format goes to standard output
  --redact                 keep the names of categories out of the report. The key of a reference
                           that was stored redacted: TIDEGAUGE_REDACTION_KEY in the environment, or
  --redact-key-file <file> the file that holds it
  --force                  replace reports that exist
  --json                   the report as JSON on standard output, and nothing else
  --quiet                  the line with the verdict alone, without table and progress
  --fail-on <a,b>          exit with 1 on: action (the share of drifted features reaches --share),
                           drift (any column drifted), undecided, never (default). Each of the
                           first three also fails where too little could be judged to decide, and
                           where features are gone or changed their type; standard error says why
  --config <file>          options from a file; default: tidegauge.config.json, .js or .mjs
  --help                   show this

Exit codes: 0 fine, 1 what --fail-on asked for, 2 wrong usage or unreadable data,
70 an error of tidegauge, 130 interrupted.
Environment: NO_COLOR, CI (no progress), GITHUB_STEP_SUMMARY (a summary is added), TMPDIR,
TIDEGAUGE_REDACTION_KEY.

Example:
  tidegauge drift january.parquet february.parquet --target late --out reports
`
