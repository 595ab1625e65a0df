"""A feature store over a table of PostgreSQL, made, filled and served; what Feast itself says of it stands on standard output.

    python feast-server.py <folder> <port of the server> <host> <port> <user> <password> <database>
"""
import json
import sys
from datetime import datetime, timezone

from feast import Entity, FeatureService, FeatureStore, FeatureView, Field, RepoConfig, ValueType
from feast.infra.offline_stores.contrib.postgres_offline_store.postgres import PostgreSQLOfflineStore
from feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source import PostgreSQLSource
from feast.types import Float64, String

folder, port, host, pg_port, user, password, database = sys.argv[1:]
config = RepoConfig(
    project="tidegauge",
    provider="local",
    registry=f"{folder}/registry.db",
    offline_store={"type": "postgres", "host": host, "port": int(pg_port), "user": user, "password": password,
                   "database": database, "db_schema": "public", "sslmode": "disable"},
    online_store={"type": "sqlite", "path": f"{folder}/online.db"},
    entity_key_serialization_version=3,
)
store = FeatureStore(config=config)
source = PostgreSQLSource(name="source", table="customer_stats", timestamp_field="event_timestamp",
                          created_timestamp_column="created")
customer = Entity(name="customer", join_keys=["customer_id"], value_type=ValueType.INT64)
view = FeatureView(name="customer_stats", entities=[customer], source=source,
                   schema=[Field(name="label", dtype=String), Field(name="x", dtype=Float64)])
store.apply([customer, view, FeatureService(name="churn", features=[view])])
start = datetime(2026, 9, 1, tzinfo=timezone.utc)
# Its windows have both of their ends.
end = datetime(2026, 9, 30, 23, 59, 59, 999000, tzinfo=timezone.utc)
store.materialize(start, end)
latest = PostgreSQLOfflineStore.pull_latest_from_table_or_query(
    config=store.config, data_source=source, join_key_columns=["customer_id"], feature_name_columns=["label", "x"],
    timestamp_field="event_timestamp", created_timestamp_column="created", start_date=start, end_date=end).to_df()
online = store.get_online_features(store.get_feature_service("churn"), [{"customer_id": key} for key in (5, 1, 99, 4, 2)])
print("ready", json.dumps({"latest": sorted(label for label in latest["label"] if isinstance(label, str)), "online": online.to_dict()}), flush=True)
store.serve(host="127.0.0.1", port=int(port))
