-- One row for each flight of a month, as it was known when the month was over.
CREATE TABLE IF NOT EXISTS flight_snapshots (
  as_of date NOT NULL, -- the last day of the month
  flight_id bigint NOT NULL, -- 200102000001 is the first flight of February 2001
  hour smallint NOT NULL,
  weekday smallint NOT NULL, -- 1 is Monday
  distance integer NOT NULL, -- miles
  origin text NOT NULL,
  destination text NOT NULL,
  late boolean NOT NULL, -- the label: by more than 15 minutes
  loaded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (as_of, flight_id)
);

-- What Feast puts into its online store: one flight in 25, without the label.
CREATE OR REPLACE VIEW booked_flights AS
SELECT flight_id, hour, weekday, distance, origin, destination,
  as_of::timestamp AT TIME ZONE 'UTC' AS event_timestamp, loaded_at AS created
FROM flight_snapshots
WHERE flight_id % 25 = 0;
