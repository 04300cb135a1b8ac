// The vault page: opens with the owner's key, in this browser alone, what the server has only sealed.
//
//   key ── WebAuthn prf ─► slot's private key ─► epochs' private keys ─► one value, 60 seconds, gone on blur
//
// The formats are those of recall_assets/vault/envelope.py. Text goes into the page as text, never as markup.

import { concat, open, privateKey } from "/vault/hpke.js";

const OPEN_SECONDS = 60;
const SUITE = "X25519-HKDF-SHA256-AES-256-GCM";
const text = new TextEncoder();
const at = (id) => document.getElementById(id);

// The token came behind the #, which no browser sends to a server or keeps in a referrer.
const token = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

let vault = null;
let epochs = new Map();
let ends = 0;

// ── formats ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (array) => Array.from(array, (byte) => byte.toString(16).padStart(2, "0")).join("");
const base64url = (array) =>
  btoa(String.fromCharCode(...array)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const canonical = (fields) => text.encode(JSON.stringify(fields, Object.keys(fields).sort()));

function unpad(padded) {
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (length + 4 > padded.length || padded.subarray(length + 4).some(Boolean)) throw new Error("not padded by us");
  return padded.slice(4, length + 4);
}

async function keyId(publicKey) {
  const named = concat(text.encode(`recall-vault-pub/v1\0${SUITE}\0`), publicKey);
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", named)).slice(0, 16));
}

// ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────────

async function touch() {
  const evalByCredential = {};
  for (const { header } of vault.slots) {
    evalByCredential[base64url(bytes(header.credential_id))] = { first: bytes(header.prf_eval) };
  }
  const credential = await navigator.credentials.get({
    publicKey: {
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      rpId: vault.rp_id,
      allowCredentials: vault.slots.map(({ header }) => ({ type: "public-key", id: bytes(header.credential_id) })),
      userVerification: "required",
      extensions: { prf: { evalByCredential } },
    },
  });
  const output = credential.getClientExtensionResults().prf?.results?.first;
  if (!output) throw new Error("The key yielded nothing; this browser may lack WebAuthn prf.");
  const id = hex(new Uint8Array(credential.rawId));
  return [vault.slots.find(({ header }) => header.credential_id === id), new Uint8Array(output)];
}

async function unwrap({ header, wrapped_private, public_key }, output) {
  const info = concat(text.encode("recall-vault-kek/v1\0"), canonical(header));
  const material = await crypto.subtle.importKey("raw", output, "HKDF", false, ["deriveKey"]);
  output.fill(0);
  const kdf = { name: "HKDF", hash: "SHA-256", salt: bytes(header.salt), info };
  const kek = await crypto.subtle.deriveKey(kdf, material, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
  const wrapped = bytes(wrapped_private);
  const gcm = { name: "AES-GCM", iv: wrapped.slice(0, 12), additionalData: canonical(header) };
  const slot = await privateKey(new Uint8Array(await crypto.subtle.decrypt(gcm, kek, wrapped.slice(12))));
  if (hex(slot.publicKey) !== public_key) throw new Error("The slot was changed in the database.");
  return slot;
}

async function unlock() {
  const [slot, output] = await touch();
  const own = await unwrap(slot, output);
  for (const { key_id, sealed } of slot.seals) {
    try {
      const info = canonical({ v: 1, slot: slot.id, key_id, object: "epoch" });
      const epoch = await privateKey(await open(bytes(sealed), own, info));
      if ((await keyId(epoch.publicKey)) === key_id) epochs.set(key_id, epoch);
    } catch {
      note(`Epoch ${key_id} was changed in the database.`);
    }
  }
  ends = Date.now() + OPEN_SECONDS * 1000;
  tick();
}

function lock() {
  epochs = new Map();
  ends = 0;
  clear();
  at("state").textContent = "Locked.";
  at("unlock").hidden = false;
  at("lock").hidden = true;
}

function tick() {
  const left = Math.ceil((ends - Date.now()) / 1000);
  if (left <= 0) return void (at("lock").hidden || lock());
  at("state").textContent = `Open for ${left} s.`;
  at("unlock").hidden = true;
  at("lock").hidden = false;
  setTimeout(tick, 500);
}

// ── showing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function clear() {
  at("shown-value").textContent = "";
  at("shown-kind").textContent = "";
  for (const image of [at("shown-crop"), at("shown-picture")]) {
    URL.revokeObjectURL(image.src);
    image.removeAttribute("src");
    image.hidden = true;
  }
  at("shown").hidden = true;
}

async function show(id) {
  clear();
  const row = await (await ask(`/v1/vault/values/${id}`)).json();
  const epoch = epochs.get(row.key_id);
  if (!epoch) return note(epochs.size ? "This key does not open that value." : "Open the vault first.");
  const opened = async (sealed, object) => {
    const bound = { v: 1, row: row.id, deployment: row.deployment, kind: row.kind, key_id: row.key_id, object };
    return unpad(await open(bytes(sealed), epoch, canonical(bound)));
  };
  const value = new TextDecoder().decode(await opened(row.sealed, "value"));
  const crop = row.pixels && new Blob([await opened(row.pixels, "pixels")], { type: "image/webp" });
  if (!epochs.size) return;
  at("shown-kind").textContent = row.kind;
  at("shown-value").textContent = value;
  if (crop) display(at("shown-crop"), crop);
  at("shown").hidden = false;
  if (row.has_picture) display(at("shown-picture"), await (await ask(`/v1/vault/pictures/${id}`)).blob());
}

function display(image, blob) {
  if (!epochs.size) return;
  image.src = URL.createObjectURL(blob);
  image.hidden = false;
}

function list() {
  for (const each of vault.found) {
    const row = at("found").insertRow();
    const when = new Date(each.captured_at).toLocaleString();
    for (const cell of [when, each.deployment, each.kind, each.place, each.window_title ?? each.app ?? ""]) {
      row.insertCell().textContent = cell;
    }
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = each.sealed ? "Show" : "Waits";
    button.disabled = !each.sealed;
    button.addEventListener("click", () => told(() => show(each.id)));
    row.insertCell().append(button);
  }
}

const note = (line) => void (at("note").textContent = line);

async function told(act) {
  try {
    note("");
    await act();
  } catch (error) {
    note(error.name === "OperationError" ? "This was changed in the database, or the key does not fit." : error.message);
  }
}

async function ask(path) {
  const answer = await fetch(path, { headers: { Authorization: `Bearer ${token}` }, cache: "no-store" });
  if (!answer.ok) throw new Error((await answer.json()).remedy);
  return answer;
}

at("unlock").addEventListener("click", () => told(unlock));
at("lock").addEventListener("click", lock);
for (const event of ["blur", "pagehide"]) addEventListener(event, () => ends && lock());
document.addEventListener("visibilitychange", () => document.hidden && ends && lock());
await told(async () => {
  vault = await (await ask("/v1/vault")).json();
  list();
  at("unlock").disabled = !vault.slots.length;
  if (vault.alarm) note(vault.alarm);
  else if (!vault.slots.length) note("No security key is enrolled: recall vault enrol");
  else if (vault.slots.length < 2) note("One key is enrolled. With two, losing one loses nothing: recall vault enrol");
});
