// The recovery code, as recall_assets/vault/recovery_code.py makes and reads it, and what opens a slot from it.
//
//   130 random bits ─► 26 characters of Crockford's base 32 + 2 that check them ── Argon2id ─► 32 bytes

import { fromHex, random, sha256, utf8 } from "/vault/encoding.js";
import { argon2idAsync } from "/vault/noble-hashes/argon2.js";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
export const COST = { memory_kib: 65536, iterations: 3, lanes: 4 };
// What a header may ask for: less would weaken, more would hang the browser of whoever opens it.
const LIMITS = { memory_kib: [65536, 1048576], iterations: [3, 16], lanes: [1, 16] };

/** A new code in groups of four, as it is shown. */
export async function make() {
  const characters = Array.from(random(26), (byte) => ALPHABET[byte & 31]).join("");
  return (characters + (await check(characters))).match(/.{4}/g).join("-");
}

/** The 26 random characters of a typed code; throws where it is incomplete or a character is wrong. */
export async function normalised(typed) {
  const code = typed.toUpperCase().replace(/[-\s]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  if (code.length !== 28) throw new Error(`A recovery code has 28 characters; this has ${code.length}.`);
  const characters = code.slice(0, 26);
  const known = [...code].every((character) => ALPHABET.includes(character));
  if (!known || code.slice(26) !== (await check(characters)))
    throw new Error("A character of this code is wrong. Compare it with what you wrote down.");
  return characters;
}

/** The 32 bytes that a code yields for the slot of this header; takes a second or two, and tells how far it is. */
export async function stretched(typed, header, progress = () => {}) {
  const characters = await normalised(typed);
  for (const [name, [least, most]] of Object.entries(LIMITS)) {
    if (header.kdf !== "argon2id" || !Number.isInteger(header[name]) || header[name] < least || header[name] > most)
      throw new Error("The recovery slot asks for another key derivation than this version does.");
  }
  const cost = { m: header.memory_kib, t: header.iterations, p: header.lanes, dkLen: 32, onProgress: progress };
  return argon2idAsync(utf8(characters), fromHex(header.salt), cost);
}

async function check(characters) {
  const digest = await sha256(utf8(`recall-recovery-check/v1\0${characters}`));
  const bits = ((digest[0] << 8) | digest[1]) >> 6;
  return ALPHABET[bits >> 5] + ALPHABET[bits & 31];
}
