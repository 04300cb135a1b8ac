// HPKE (RFC 9180), base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; with WebCrypto alone.
//
//   enc (32 bytes) | ciphertext | tag ── X25519 ─► shared secret ── labelled HKDF ─► key, nonce ── AES-GCM ─► plaintext

import { concat, fromHex, utf8 } from "/vault/encoding.js";

const KEM_SUITE = concat(utf8("KEM"), Uint8Array.of(0x00, 0x20));
const HPKE_SUITE = concat(utf8("HPKE"), Uint8Array.of(0x00, 0x20, 0x00, 0x01, 0x00, 0x02));
const PKCS8_OF_X25519 = fromHex("302e020100300506032b656e04220420");
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
  const { aead, iv } = await schedule(await exchange(key, enc), enc, publicKey, info, "decrypt");
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, aead, sealed.slice(32)));
}

/** What only the private half of `publicKey` opens, as `info`. */
export async function seal(plaintext, publicKey, info) {
  const ephemeral = await crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"]);
  const enc = new Uint8Array(await crypto.subtle.exportKey("raw", ephemeral.publicKey));
  const { aead, iv } = await schedule(await exchange(ephemeral.privateKey, publicKey), enc, publicKey, info, "encrypt");
  return concat(enc, new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, aead, plaintext)));
}

async function schedule(dh, enc, publicKey, info, use) {
  const eae = await labelledExtract(KEM_SUITE, NOTHING, "eae_prk", dh);
  const shared = await labelledExpand(KEM_SUITE, eae, "shared_secret", concat(enc, publicKey), 32);
  const pskHash = await labelledExtract(HPKE_SUITE, NOTHING, "psk_id_hash", NOTHING);
  const infoHash = await labelledExtract(HPKE_SUITE, NOTHING, "info_hash", info);
  const context = concat(Uint8Array.of(0), pskHash, infoHash);
  const secret = await labelledExtract(HPKE_SUITE, shared, "secret", NOTHING);
  const key = await labelledExpand(HPKE_SUITE, secret, "key", context, 32);
  const iv = await labelledExpand(HPKE_SUITE, secret, "base_nonce", context, 12);
  return { aead: await crypto.subtle.importKey("raw", key, "AES-GCM", false, [use]), iv };
}

async function exchange(key, point) {
  const other = await crypto.subtle.importKey("raw", point, { name: "X25519" }, false, []);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "X25519", public: other }, key, 256));
}

async function hmac(key, content) {
  // WebCrypto takes no empty key; HMAC pads with zeros, so 32 of them are the same.
  const raw = key.length ? key : new Uint8Array(32);
  const imported = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, content));
}

function labelledExtract(suite, salt, label, material) {
  return hmac(salt, concat(utf8("HPKE-v1"), suite, utf8(label), material));
}

// Every length asked for here is at most one block of HMAC.
async function labelledExpand(suite, key, label, info, length) {
  const labelled = concat(Uint8Array.of(0, length), utf8("HPKE-v1"), suite, utf8(label), info);
  return (await hmac(key, concat(labelled, Uint8Array.of(1)))).slice(0, length);
}
