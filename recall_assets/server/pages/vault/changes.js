// Changes of the vault from the page; each gets how the vault stands and what is open, and proves that it is open.
//
//   init:    code shown, typed back ─► recovery slot ─► server                       ─► enrol
//   enrol:   touch ─► credential ─► touch ─► slot ─► touch ─► it opens ─► all epochs sealed to it ─► server
//   reseal:  some rows ─► opened, sealed to the live epoch ─► server ─► the next ones; interrupted, it goes on later

import { field, made, paragraph, say, step } from "/vault/dialog.js";
import { random, toHex } from "/vault/encoding.js";
import { header, makeSlot, Opened } from "/vault/opening.js";
import { COST, make, normalised, stretched } from "/vault/recovery_code.js";
import * as securityKey from "/vault/security_key.js";
import { act, askJson } from "/vault/server.js";

const FIRST = "00000000-0000-0000-0000-000000000000";

export const changes = { init, enrol, recover, revoke, rotate, reseal, export: exportAll };

async function init({ note }) {
  const first = await newCode();
  if (!first) return null;
  const { waited } = await act("init", { slot: first.slot });
  const told = await askJson("/v1/vault");
  const opened = await openedBy(first, told);
  const waits = waited ? ` ${waited} frames waited; Recall seals what they showed when it makes their days again.` : "";
  note(`The vault is there.${waits}`);
  await enrolled({ vault: told, opened, keys: [] }, "The vault is there. Now let a security key open it");
  return opened;
}

function enrol(now) {
  return enrolled(now, "Enrol a security key");
}

async function enrolled({ vault, opened, keys }, title) {
  const [label, name] = field("What to call it", { maxLength: 64, placeholder: "for example: blue ring" });
  const says =
    "Plug in the new key, and take out the others. You touch it three times: to make a credential, to use it, and to " +
    "prove that it opens the vault.";
  do {
    if (!(await step(title, [paragraph(says), label], ["Go on", "Not now"]))) return;
  } while (!name.value.trim());
  const touches = ["Touch the new key.", "Touch it again, to use it.", "Once more, to prove that it opens."];
  const wait = (number) => void step(`Touch ${number + 1} of 3`, [paragraph(touches[number])]);
  const known = keys.map(({ header }) => header.credential_id);
  wait(0);
  const slotId = crypto.randomUUID();
  const { id, aaguid } = await securityKey.create(vault.rp_id, slotId, name.value.trim(), known);
  const said = header(slotId, "fido2", name.value.trim(), {
    rp_id: vault.rp_id,
    credential_id: id,
    prf_eval: toHex(random(32)),
    uv: "required",
    aaguid,
  });
  wait(1);
  const slot = await makeSlot(said, (await securityKey.prf(vault.rp_id, [said]))[1]);
  wait(2);
  await Opened.by({ ...slot, id: slotId }, (await securityKey.prf(vault.rp_id, [said]))[1]);
  await act("enrol", { slot, seals: await opened.sealsFor(slot) }, opened);
  const next = keys.length ? "" : " Enrol a second one, and keep it elsewhere.";
  const told = paragraph(`One touch of ${said.label} opens everything in the vault.${next}`);
  await step("Enrolled", [told], ["Good"]);
}

async function recover({ opened }) {
  const next = await newCode();
  if (!next) return null;
  await act("recover", { slot: next.slot, seals: await opened.sealsFor(next.slot) }, opened);
  const says =
    "The new code holds; tear up the former one. It opens nothing that is sealed from now on. If somebody else may " +
    "have read it, seal everything anew.";
  await step("The recovery code was replaced", [paragraph(says)], ["Good"]);
  return opened.slot.kind === "recovery" ? openedBy(next, await askJson("/v1/vault")) : null;
}

async function revoke({ opened }, slot) {
  const says = [
    `${slot.label} will open nothing that is found from now on.`,
    "What it could open before, whoever holds it and a copy of the database can still open. To end that for this " +
      "database, seal everything anew afterwards; deleting a key alone is no revocation.",
  ];
  if (!(await step(`Revoke ${slot.label}?`, says.map((line) => paragraph(line)), ["Revoke", "Cancel"]))) return;
  await act("revoke", { slot: slot.id }, opened);
}

async function rotate({ opened, note }) {
  await act("rotate", { resealing: false }, opened);
  note("A new epoch began.");
}

async function reseal({ opened, note }) {
  const says =
    "Every older value is opened in this browser and sealed to a new epoch. Leave the page open; if it is " +
    "interrupted, begin again and it goes on.";
  if (!(await step("Seal everything anew?", [paragraph(says)], ["Seal anew", "Cancel"]))) return;
  const bar = made("progress", {});
  void step("Sealing anew", [bar]);
  await act("rotate", { resealing: true }, opened);
  const { epochs, slots } = await askJson("/v1/vault");
  await opened.take(slots.find(({ id }) => id === opened.slot.id).seals);
  bar.max = Math.max(1, epochs.filter(({ live }) => !live).reduce((sum, { sealed }) => sum + sealed, 0));
  let [after, done, refused] = [FIRST, 0, 0];
  for (;;) {
    const { key_id, rows } = await askJson(`/v1/vault/older?after=${after}`);
    // What was damaged, or belongs to an epoch that this slot does not open, stays as it is, and is counted.
    const tried = await Promise.allSettled(rows.map((row) => opened.anew(row, key_id)));
    const anew = tried.filter(({ status }) => status === "fulfilled").map(({ value }) => value);
    const told = await act("reseal", { key_id, rows: anew, last: !rows.length }, opened);
    done += told.rows;
    refused += rows.length - told.rows;
    bar.value = done + refused;
    if (!rows.length) {
      const stay = refused ? ` ${refused} could not be opened, and stay as they are.` : "";
      const gone = told.emptied ? " Nobody can open in this database what they were sealed to before." : "";
      return note(`${done} values were sealed anew.${gone}${stay}`);
    }
    after = rows.at(-1).id;
  }
}

async function exportAll({ vault, opened, note }) {
  const says = "Everything in the vault will stand in clear in a file on this computer. Think first where it will lie.";
  if (!(await step("Export all values?", [paragraph(says)], ["Export", "Cancel"]))) return;
  const bar = made("progress", { max: Math.max(1, vault.found.length), value: 0 });
  void step("Exporting", [bar]);
  const secrets = [];
  let refused = 0;
  for (const each of vault.found) {
    try {
      const clear = each.sealed && (await opened.open(await askJson(`/v1/vault/values/${each.id}`), "value"));
      secrets.push({ ...each, value: clear ? new TextDecoder().decode(clear) : null });
    } catch {
      refused += 1;
    }
    bar.value += 1;
  }
  const file = URL.createObjectURL(new Blob([JSON.stringify({ secrets }, null, 1)], { type: "application/json" }));
  made("a", { href: file, download: "recall-vault.json" }).click();
  setTimeout(() => URL.revokeObjectURL(file), 10_000);
  note(`${secrets.length} values in recall-vault.json${refused ? `; ${refused} could not be opened` : ""}.`);
}

/** A recovery slot whose code was shown and typed back, and the material that opens it; null where it was cancelled. */
async function newCode() {
  const code = await make();
  const shown = made("output", { textContent: code, className: "code" });
  shown.setAttribute("aria-label", `Recovery code: ${code.replaceAll("-", " ").split("").join(" ")}`);
  const says =
    "Write it on paper; it is shown this once. With it and the database everything in the vault can be opened, " +
    "without any key. Where Recall captures this screen, pause it first.";
  if (!(await step("Your recovery code", [shown, paragraph(says)], ["I have written it down", "Cancel"]))) return null;
  const [label, typed] = field("Type it back", { className: "code" });
  const bar = made("progress", { value: 0, hidden: true });
  let problem = "";
  for (;;) {
    const answer = step("Your recovery code", [label, bar], ["Go on", "Cancel"]);
    say(problem);
    if (!(await answer)) return null;
    try {
      if ((await normalised(typed.value)) === (await normalised(code))) break;
      problem = "That is another code.";
    } catch (error) {
      problem = error.message;
    }
  }
  bar.hidden = false;
  const said = header(crypto.randomUUID(), "recovery", "recovery code", { kdf: "argon2id", ...COST });
  const material = await stretched(code, said, (part) => (bar.value = part));
  return { slot: await makeSlot(said, material.slice()), material };
}

const openedBy = ({ slot, material }, { slots }) =>
  Opened.by(slots.find(({ id }) => id === slot.header.slot), material);
