"""What came from elsewhere as files is what was published, byte for byte, with its licence."""

import hashlib

from tests.architecture.tree import ROOT

FOLDER = ROOT / "recall_assets/server/pages/vault/noble-hashes"
# Of the npm package @noble/hashes 2.4.0, whose archive has the integrity
# sha512-X5XaVWZIBCT7HHZGm5I7ZQXDwLG+bGXuSrMQAW+7Zvl87h1kmc1ZB1VSRJcpUfoUrGQp4Fkoxm5kZ+Ms+aW+eA==
PUBLISHED = {
    "_blake.js": "cabbff61d1f373bac45594ad758df7c42e176464ddbb94b44f5533fa977a4f56",
    "_md.js": "60cf3010fda89e3e4d3f0e7ff1ce249e9c467f34b4fd41b6fd6101d9f69be763",
    "_u64.js": "b09da8c07fe8187c07649494cdb7cd0bcf13df90b506a9473d19e4d5f8c2e102",
    "argon2.js": "f39753324bdf2f484150731d24b1d71236f26bf10bedd594f7d190fcdfdefdc9",
    "blake2.js": "03f00237bcc0b4d822a80f7c0ac22e42632c48e246c3b6da584e6452186e32f0",
    "utils.js": "037ad49adb78168b6b699598fd33f85f7877456b1d28b4d032e2a1a16807947c",
    "LICENSE": "4f221aee6e072336700c408c68ab3b96a3fc09f6aebe6f48f1bd99e5ef13faec",
}


def test_argon2_of_the_vault_page_is_what_was_published() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.iterdir()}
    assert found == PUBLISHED


BERT = ROOT / "recall_assets/engines/embedding/bert-uncased"


def test_the_vocabulary_of_the_embedding_model_is_the_one_that_google_published() -> None:
    found = hashlib.sha256((BERT / "vocab.txt").read_bytes()).hexdigest()
    assert found == "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
    assert "Apache License" in (BERT / "LICENSE").read_text("utf-8")
