"""The API under /v1: `routes` adds it to the server, `models` are its answers, which commands print as JSON too.

models ◄─ reading, images, editing ◄─ routes         a command takes `models` alone: it starts without the server's code
"""
