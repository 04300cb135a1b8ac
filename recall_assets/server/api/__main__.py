"""`python -m recall_assets.server.api`: prints the API's description, which lies in docs/openapi.json."""

import json
import sys

from recall_assets.server.api.routes import description

json.dump(description(), sys.stdout, indent=1, ensure_ascii=False)
sys.stdout.write("\n")
