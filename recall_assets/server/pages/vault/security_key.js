// Talks to a security key through WebAuthn: makes a credential, and lets the key yield 32 bytes that only it can.
//
//   create (touch) ─► credential, stays on this key alone        `prf`, with user verification always: without it a
//   get (prf eval, touch) ─► PRF output, 32 bytes                key yields other bytes

import { base64url, fromHex, random, toHex, uuid } from "/vault/encoding.js";

const TIMEOUT = 120_000; // a key may first have to be found and plugged in
const USER_VERIFIED = 0x04;
const BACKUP_ELIGIBLE = 0x08;

/** A credential for a slot: its id and its make; a key that holds one of `known` is refused. */
export async function create(rpId, slot, label, known) {
  const options = {
    rp: { id: rpId, name: "Recall vault" },
    user: { id: fromHex(slot.replaceAll("-", "")), name: label, displayName: label },
    challenge: random(32),
    pubKeyCredParams: [{ type: "public-key", alg: -7 }],
    excludeCredentials: known.map(descriptor),
    authenticatorSelection: {
      authenticatorAttachment: "cross-platform",
      residentKey: "discouraged",
      userVerification: "required",
    },
    hints: ["security-key"],
    timeout: TIMEOUT,
    extensions: { prf: {}, credentialProtectionPolicy: "userVerificationRequired" },
  };
  const call = () => navigator.credentials.create({ publicKey: options });
  const made = await inWords(call, "This key is enrolled already.");
  const told = new Uint8Array(made.response.getAuthenticatorData());
  if (told[32] & BACKUP_ELIGIBLE)
    throw new Error("This is a passkey that is copied to other devices. The vault needs a key that stays in one.");
  if (!(told[32] & USER_VERIFIED)) throw new Error("The key did not verify you. Set a PIN on it first.");
  if (!made.getClientExtensionResults().prf?.enabled)
    throw new Error("This key, or this browser, has no prf (hmac-secret). Use another key, or Chrome.");
  return { id: toHex(new Uint8Array(made.rawId)), aaguid: uuid(told.slice(37, 53)) };
}

/** The credential that this key holds, and its PRF output. `headers` are those of the slots that it may open. */
export async function prf(rpId, headers) {
  const evals = headers.map(({ credential_id, prf_eval }) => [
    base64url(fromHex(credential_id)),
    { first: fromHex(prf_eval) },
  ]);
  const options = {
    challenge: random(32),
    rpId,
    allowCredentials: headers.map((header) => descriptor(header.credential_id)),
    userVerification: "required",
    hints: ["security-key"],
    timeout: TIMEOUT,
    extensions: { prf: { evalByCredential: Object.fromEntries(evals) } },
  };
  const call = () => navigator.credentials.get({ publicKey: options });
  const used = await inWords(call, "This key is none of this vault's.");
  if (!(new Uint8Array(used.response.authenticatorData)[32] & USER_VERIFIED))
    throw new Error("The key did not verify you. Set a PIN on it first.");
  const output = used.getClientExtensionResults().prf?.results?.first;
  if (output?.byteLength !== 32)
    throw new Error("The key yielded nothing; this browser may lack WebAuthn prf. Use Chrome, or the recovery code.");
  return [toHex(new Uint8Array(used.rawId)), new Uint8Array(output)];
}

const descriptor = (id) => ({ type: "public-key", id: fromHex(id) });

async function inWords(call, ineligible) {
  if (!navigator.credentials) throw new Error("This browser lends no security keys to this page.");
  try {
    return await call();
  } catch (error) {
    if (error.name === "InvalidStateError") throw new Error(ineligible);
    if (error.name === "NotAllowedError")
      throw new Error("No key answered: it was not touched in time, is none of this vault's, or you cancelled.");
    if (error.name === "SecurityError") throw new Error(`Keys do not work at ${location.host}: ${error.message}`);
    throw error;
  }
}
