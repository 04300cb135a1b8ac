"""`python -m recall_assets.cli`, where the command `recall` is not on the path."""

from recall_assets.cli import main

main()
