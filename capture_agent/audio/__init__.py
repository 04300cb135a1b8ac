"""Sound, where the owner turned it on: the microphone ("me") and what the speakers play ("others").

    device ─ child process ─► PCM ─► voice gate ─► segments of at most 30 s ─► FLAC ─► seal ─► spool
             `device`                `voice`        `voice`                   `recorder`

Nothing is kept of silence, of steady noise, or of a time at which the screens may not be kept either.
"""
