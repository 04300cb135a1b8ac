"""A browser extension of one small script: addresses behind titles. How to load it: docs/agent.md."""
