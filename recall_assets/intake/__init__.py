"""The intake: the one door through which captured screens and sound come in, and nothing in clear goes out.

    landing ─► open ─► decode ─► read ─► detect ─► redact text, fill pixels ─► frame store, ocr_text, secrets
    (sealed)   └────────── in memory of this process and its workers ───────┘  (redacted)

`partition.read_partition` takes what is pending, `partition.rescan_partition` looks again at what is stored;
`hearing.hear_partition` does both for sound, which becomes transcripts; `imported_again.rescan_imports` looks again at
what other systems had kept. Nothing is imported here: a worker that reads screens loads no more than it needs.
"""
