// HPKE (RFC 9180), base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; opening only, with WebCrypto alone.
//
//   enc (32 bytes) | ciphertext | tag ── X25519 ─► shared secret ── labelled HKDF ─► key, nonce ── AES-GCM ─► plaintext

const text = new TextEncoder();
const KEM_SUITE = concat(text.encode("KEM"), Uint8Array.of(0x00, 0x20));
const HPKE_SUITE = concat(text.encode("HPKE"), Uint8Array.of(0x00, 0x20, 0x00, 0x01, 0x00, 0x02));
const PKCS8_OF_X25519 = Uint8Array.from([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20]);
const BASE_POINT = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 9 : 0));
const NOTHING = new Uint8Array();

/** A private key from its 32 bytes, which are overwritten; nobody can take it out of the browser again. */
export async function privateKey(raw) {
  const pkcs8 = concat(PKCS8_OF_X25519, raw);
  raw.fill(0);
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, { name: "X25519" }, false, ["deriveBits"]);
  pkcs8.fill(0);
  return { key, publicKey: await exchange(key, BASE_POINT) };
}

/** The plaintext; throws where it was sealed to another key, as something else than `info`, or was changed. */
export async function open(sealed, { key, publicKey }, info) {
  const enc = sealed.slice(0, 32);
  const dh = await exchange(key, enc);
  const eae = await labelledExtract(KEM_SUITE, NOTHING, "eae_prk", dh);
  const shared = await labelledExpand(KEM_SUITE, eae, "shared_secret", concat(enc, publicKey), 32);
  const pskHash = await labelledExtract(HPKE_SUITE, NOTHING, "psk_id_hash", NOTHING);
  const infoHash = await labelledExtract(HPKE_SUITE, NOTHING, "info_hash", info);
  const context = concat(Uint8Array.of(0), pskHash, infoHash);
  const secret = await labelledExtract(HPKE_SUITE, shared, "secret", NOTHING);
  const aead = await labelledExpand(HPKE_SUITE, secret, "key", context, 32);
  const iv = await labelledExpand(HPKE_SUITE, secret, "base_nonce", context, 12);
  const opening = await crypto.subtle.importKey("raw", aead, "AES-GCM", false, ["decrypt"]);
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, opening, sealed.slice(32)));
}

/** These arrays one after the other. */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

async function exchange(key, point) {
  const other = await crypto.subtle.importKey("raw", point, { name: "X25519" }, false, []);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "X25519", public: other }, key, 256));
}

async function hmac(key, data) {
  // WebCrypto takes no empty key; HMAC pads with zeros, so 32 of them are the same.
  const raw = key.length ? key : new Uint8Array(32);
  const imported = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, data));
}

function labelledExtract(suite, salt, label, material) {
  return hmac(salt, concat(text.encode("HPKE-v1"), suite, text.encode(label), material));
}

// Every length asked for here is at most one block of HMAC.
async function labelledExpand(suite, key, label, info, length) {
  const labelled = concat(Uint8Array.of(0, length), text.encode("HPKE-v1"), suite, text.encode(label), info);
  return (await hmac(key, concat(labelled, Uint8Array.of(1)))).slice(0, length);
}
