"""What a language model is asked, and what of its answer may be kept: nothing that its sources do not say.

    activities of a day ─► cards ─► question ─► [a model] ─► answer ─► checked ─┬► sentences with sources
       (redacted, short)            quoted data, a schema                      └► how many were dropped, and why

The call itself is elsewhere. Screens may have told the model what to say; so each sentence stands alone before its
sources, and one that fails is gone.
"""

from recall_assets.stages.language_model.asking import Card, cards_of, input_hash, question
from recall_assets.stages.language_model.checking import Checked, checked

__all__ = ["Card", "Checked", "cards_of", "checked", "input_hash", "question"]
