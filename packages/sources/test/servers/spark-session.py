"""A Spark session that is asked by lines: `{"id": 1, "sql": "…"}` in, `{"id": 1, "rows": […]}` or `{"id": 1, "error": "…"}` out.

    python spark-session.py MASTER [--thrift]

The rows are those of `spark.sql(sql).toJSON()`; an integer that a double does not hold comes as text. `{"cancel": 1}` ends what a
statement has running. Statements run one after the other. Ends with its input.
"""

import json
import queue
import sys
import threading

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
cancelled = set()
questions = queue.Queue()


def answer(question):
    if question["id"] in cancelled:
        return {"error": "cancelled before it began"}
    try:
        spark.sparkContext.setJobGroup(str(question["id"]), question["sql"][:80], interruptOnCancel=True)
        rows = spark.sql(question["sql"]).toJSON().collect()
        return {"rows": [json.loads(row, parse_int=whole) for row in rows]}
    except Exception as error:  # of any kind: the one who asked has to hear it
        return {"error": str(error).strip()}


def answer_all():
    while question := questions.get():
        print(json.dumps({"id": question["id"], **answer(question)}), flush=True)


answering = threading.Thread(target=answer_all)
answering.start()
for line in sys.stdin:
    question = json.loads(line)
    if "cancel" in question:
        cancelled.add(question["cancel"])
        spark.sparkContext.cancelJobGroup(str(question["cancel"]))
    else:
        questions.put(question)
questions.put(None)
answering.join()
spark.stop()
