"""What a language model is asked, and what of its answer may be kept: nothing that its sources do not say.

    activities ─► cards ─► Prompt ─► question ─► [a model] ─► answer ─► checked ─┬► items with sources
       (redacted, short)      quoted data, a schema                              └► how many were dropped, and why

asking, checking     the same for every purpose
days titles projects memories secret_review     a form, its cards, and what an item becomes

The call itself is elsewhere. Screens may have told the model what to say; so each item stands alone before its
sources, and one that fails is gone.
"""

from recall_assets.stages.language_model.asking import Card, Form, Limits, Prompt, question
from recall_assets.stages.language_model.checking import Checked, Said, checked, wrong_with

__all__ = ["Card", "Checked", "Form", "Limits", "Prompt", "Said", "checked", "question", "wrong_with"]
