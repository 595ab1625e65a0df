"""What the model is fed, as Feast has it; `feast apply` reads this file."""
from datetime import timedelta

from feast import Entity, FeatureService, FeatureView, Field, ValueType
from feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source import PostgreSQLSource
from feast.types import Int64, String

flight = Entity(name="flight", join_keys=["flight_id"], value_type=ValueType.INT64)

booked_flights = FeatureView(
    name="booked_flights",
    entities=[flight],
    ttl=timedelta(0),  # a flight of 2001 is served today
    schema=[
        Field(name="hour", dtype=Int64),
        Field(name="weekday", dtype=Int64),
        Field(name="distance", dtype=Int64),
        Field(name="origin", dtype=String),
        Field(name="destination", dtype=String),
    ],
    source=PostgreSQLSource(
        name="booked_flights",
        table="booked_flights",
        timestamp_field="event_timestamp",
        created_timestamp_column="created",
    ),
)

late_flights = FeatureService(name="late_flights", features=[booked_flights])
