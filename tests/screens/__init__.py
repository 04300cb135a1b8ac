"""What the agent sees: windows, titles, monitors; without a desktop. On one: `tests/system`."""
