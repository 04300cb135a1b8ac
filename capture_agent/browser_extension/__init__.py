"""A browser extension of one small script: shows each page's address behind its title. How to load it: docs/agent.md."""
