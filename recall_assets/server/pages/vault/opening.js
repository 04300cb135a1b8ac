// An open slot, in this browser alone: what recall_assets/vault/opening.py does in a command.
//
//   PRF output or stretched code ── HKDF ─► KEK ─► slot's private key ─► every epoch's private key ─► values
//
// Imported private keys cannot be taken out of the browser. Those of epochs pass through memory as bytes when they are
// imported, and when they are sealed to another slot.

import { canonical, concat, fromHex, random, sha256, toHex, utf8 } from "/vault/encoding.js";
import { open, privateKey, seal } from "/vault/hpke.js";

const SUITE = "X25519-HKDF-SHA256-AES-256-GCM";
const VERSION = 1;

/** What is said of a new slot in clear and bound to its private key. */
export const header = (slot, kind, label, more) => ({
  v: VERSION,
  kind,
  suite: SUITE,
  slot,
  label,
  created: new Date().toISOString(),
  salt: toHex(random(32)),
  ...more,
});

/** A slot with a key pair of its own, wrapped by what `material` (32 bytes, overwritten) yields. */
export async function makeSlot(header, material) {
  const raw = random(32); // every 32 bytes are a private key of X25519
  const iv = random(12);
  const gcm = { name: "AES-GCM", iv, additionalData: canonical(header) };
  const wrapped = new Uint8Array(await crypto.subtle.encrypt(gcm, await kek(header, material), raw));
  const { publicKey } = await privateKey(raw);
  return { header, public_key: toHex(publicKey), wrapped_private: toHex(concat(iv, wrapped)) };
}

/** A slot that its key or code has opened. */
export class Opened {
  #own;
  #epochs = new Map();
  damaged = [];

  /** Opens `slot`, as the server tells it, by `material` (32 bytes, overwritten). */
  static async by(slot, material) {
    const opened = new Opened();
    opened.slot = slot;
    opened.#own = await unwrap(slot, material);
    await opened.take(slot.seals ?? []);
    return opened;
  }

  /** Opens further epochs that were sealed to this slot. */
  async take(seals) {
    this.seals = seals;
    this.damaged = [];
    for (const seal of seals) {
      if (this.#epochs.has(seal.key_id)) continue;
      try {
        this.#epochs.set(seal.key_id, await privateKey(await this.#epoch(seal)));
      } catch {
        this.damaged.push(seal.key_id);
      }
    }
  }

  opens(keyId) {
    return this.#epochs.has(keyId);
  }

  /** The bytes of a row's `value` or `pixels`. */
  async open(row, object) {
    return unpad(await this.#padded(row, object));
  }

  /** What shows the server that this slot is open here. */
  async answer({ challenge, sealed }, act) {
    const info = canonical({ v: VERSION, challenge, slot: this.slot.id, act, object: "proof" });
    return { challenge, answer: toHex(await open(fromHex(sealed), this.#own, info)) };
  }

  /** All that this slot opens, sealed to another one. */
  async sealsFor({ header, public_key }) {
    const sealed = [];
    for (const each of this.seals.filter(({ key_id }) => this.#epochs.has(key_id))) {
      const raw = await this.#epoch(each);
      const anew = await seal(raw, fromHex(public_key), epochInfo(each, header.slot));
      sealed.push({ key_id: each.key_id, sealed: toHex(anew) });
      raw.fill(0);
    }
    return sealed;
  }

  /** A row sealed anew, to an epoch whose private half is open here: so its public half is nobody else's. */
  async anew(row, keyId) {
    const again = async (object) => {
      if (row[object === "value" ? "sealed" : "pixels"] === null) return null;
      const clear = await this.#padded(row, object);
      const sealed = await seal(clear, this.#epochs.get(keyId).publicKey, valueInfo({ ...row, key_id: keyId }, object));
      clear.fill(0);
      return toHex(sealed);
    };
    return { id: row.id, former: await digest(row), sealed: await again("value"), pixels: await again("pixels") };
  }

  #padded(row, object) {
    const epoch = this.#epochs.get(row.key_id);
    if (!epoch) throw new Error("This value is sealed to an epoch that this slot does not open. Use another key.");
    return open(fromHex(object === "value" ? row.sealed : row.pixels), epoch, valueInfo(row, object));
  }

  // Anybody can seal a key of theirs to a slot, but none that has the name of another.
  async #epoch(seal) {
    const raw = await open(fromHex(seal.sealed), this.#own, epochInfo(seal, this.slot.id));
    const { publicKey } = await privateKey(raw.slice());
    const named = await sha256(concat(utf8(`recall-vault-pub/v1\0${SUITE}\0`), publicKey));
    if (toHex(named.slice(0, 16)) !== seal.key_id) throw new Error("not the epoch of this name");
    return raw;
  }
}

const epochInfo = ({ key_id }, slot) => canonical({ v: VERSION, slot, key_id, object: "epoch" });
const valueInfo = ({ id, deployment, kind, key_id }, object) =>
  canonical({ v: VERSION, row: id, deployment, kind, key_id, object });

async function kek(header, material) {
  const imported = await crypto.subtle.importKey("raw", material, "HKDF", false, ["deriveKey"]);
  material.fill(0);
  const info = concat(utf8("recall-vault-kek/v1\0"), canonical(header));
  const kdf = { name: "HKDF", hash: "SHA-256", salt: fromHex(header.salt), info };
  return crypto.subtle.deriveKey(kdf, imported, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

async function unwrap({ header, wrapped_private, public_key }, material) {
  const wrapped = fromHex(wrapped_private);
  const gcm = { name: "AES-GCM", iv: wrapped.slice(0, 12), additionalData: canonical(header) };
  const raw = await crypto.subtle.decrypt(gcm, await kek(header, material), wrapped.slice(12));
  const own = await privateKey(new Uint8Array(raw));
  if (toHex(own.publicKey) !== public_key) throw new Error("The slot was changed in the database.");
  return own;
}

function unpad(padded) {
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (length + 4 > padded.length || padded.subarray(length + 4).some(Boolean)) throw new Error("not padded by us");
  return padded.slice(4, length + 4);
}

async function digest({ sealed, pixels }) {
  const value = fromHex(sealed);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(value.length));
  return toHex(await sha256(concat(utf8("recall-vault-row/v1\0"), length, value, fromHex(pixels ?? ""))));
}
