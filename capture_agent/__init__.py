"""The edge: what runs on each machine. Never imports recall_assets, dagster or psycopg."""
