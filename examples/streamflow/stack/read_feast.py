"""What Feast's own client has of some flights in the online store, as JSON on standard output: a list for each feature.

    python read_feast.py <folder of feature_store.yaml> <flight_id>...
"""
import json
import sys

from feast import FeatureStore

folder, *flights = sys.argv[1:]
store = FeatureStore(repo_path=folder)
service = store.get_feature_service("late_flights")
answer = store.get_online_features(service, [{"flight_id": int(flight)} for flight in flights])
json.dump(answer.to_dict(), sys.stdout)
