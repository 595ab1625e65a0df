"""A Spark session that is asked by lines: `{"id": 1, "sql": "…"}` in, `{"id": 1, "rows": […]}` or `{"id": 1, "error": "…"}` out.

    python spark-session.py MASTER [--thrift]

The rows are those of `spark.sql(sql).toJSON()`; an integer that a double does not hold comes as text. Ends with its input.
"""

import json
import sys

from pyspark.sql import SparkSession

LARGEST = 2**53


def whole(text):
    value = int(text)
    return value if -LARGEST <= value <= LARGEST else text


spark = SparkSession.builder.master(sys.argv[1]).appName("tidegauge").getOrCreate()
if "--thrift" in sys.argv:
    thrift = spark._jvm.org.apache.spark.sql.hive.thriftserver.HiveThriftServer2
    thrift.startWithContext(spark._jsparkSession.sqlContext())
print(f"session of Spark {spark.version}", flush=True)
for line in sys.stdin:
    question = json.loads(line)
    answer = {"id": question["id"]}
    try:
        rows = spark.sql(question["sql"]).toJSON().collect()
        answer["rows"] = [json.loads(row, parse_int=whole) for row in rows]
    except Exception as error:  # of any kind: the one who asked has to hear it
        answer["error"] = str(error).strip()
    print(json.dumps(answer), flush=True)
spark.stop()
