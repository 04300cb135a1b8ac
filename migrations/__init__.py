"""How a database gets to the schema that `recall_assets.store.tables` describes.

    env.py                  driven by `store.database.migrate`, which hands over its connection
    versions/NNNN_name.py   one revision each, in order; a released one is never edited

`tests/migrations` proves that the upgraded schema and the described one are equal.
"""
