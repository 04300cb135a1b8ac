// The vault page: opens with the owner's key or code, in this browser alone, what the server has only sealed.
//
//   key or code ─► `opened`, 60 seconds, gone on blur ─┬► one value at a time
//                                                      └► changes (changes.js), which hold it open while they run
//
// Text goes into the page as text, never as markup.

import { changes } from "/vault/changes.js";
import * as dialog from "/vault/dialog.js";
import { Opened } from "/vault/opening.js";
import { stretched } from "/vault/recovery_code.js";
import * as securityKey from "/vault/security_key.js";
import { act, ask, askJson } from "/vault/server.js";

const OPEN_SECONDS = 60;
const at = (id) => document.getElementById(id);
const local = (moment) => new Date(moment).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });

let vault = null;
let opened = null;
let ends = 0;
let timer = 0;
let busy = false;
let lockedBy = ""; // why, where it was not by hand
let shown = null; // what stands in the aside: its row, and the button that brought it

const live = () => vault.slots.filter(({ revoked }) => !revoked);
const keys = () => live().filter(({ kind }) => kind === "fido2");

// ── opening and locking ─────────────────────────────────────────────────────────────────────────────────────────────

async function openByKey() {
  const [id, material] = await securityKey.prf(vault.rp_id, keys().map(({ header }) => header));
  await hold(await Opened.by(keys().find(({ header }) => header.credential_id === id), material));
}

async function openByCode() {
  const slot = live().find(({ kind }) => kind === "recovery");
  const [label, code] = dialog.field("Recovery code", { className: "code" });
  const bar = dialog.made("progress", { value: 0, hidden: true });
  for (let problem = ""; ; ) {
    const answer = dialog.step("Open with the recovery code", [label, bar], ["Open", "Cancel"]);
    dialog.say(problem);
    if (!(await answer)) break;
    try {
      bar.hidden = false;
      const material = await stretched(code.value, slot.header, (part) => (bar.value = part));
      await hold(await Opened.by(slot, material));
      break;
    } catch (error) {
      problem = error.name === "OperationError" ? "This is not the code of this vault." : error.message;
      bar.hidden = true;
    }
  }
  dialog.close();
}

/** From here on the vault is open, and the server knows which slot opened it. */
async function hold(by) {
  await act("open", {}, by);
  opened = by;
  await reload();
  count();
  draw();
  if (opened.damaged.length) note(`The seals of ${opened.damaged.length} epochs were changed in the database.`);
  if (shown) await reveal();
}

function count() {
  ends = Date.now() + OPEN_SECONDS * 1000;
  at("state").textContent = `Open with ${opened.slot.label}.`;
  tick();
}

function lock(why = "") {
  if (!opened) return;
  opened = null;
  lockedBy = why;
  ends = 0;
  hide();
  at("left").textContent = "";
  draw();
}

function tick() {
  clearTimeout(timer);
  if (!opened) return;
  const left = Math.ceil((ends - Date.now()) / 1000);
  if (left <= 0 && !busy) return lock("The time was over.");
  at("left").textContent = busy ? "" : `${left} s`;
  timer = setTimeout(tick, 500);
}

/** Runs a change: nothing is shown meanwhile, and the vault stays open until it has ended. */
async function change(run) {
  hide();
  note("");
  busy = true;
  try {
    opened = (await run({ vault, opened, keys: keys(), note })) ?? opened;
    await reload();
  } catch (error) {
    note(worded(error));
  }
  busy = false;
  dialog.close();
  const ended = !document.hasFocus() || !live().some(({ id }) => id === opened?.slot.id);
  if (ended) lock();
  else count();
  draw();
}

// ── one value ───────────────────────────────────────────────────────────────────────────────────────────────────────

function hide() {
  for (const id of ["shown-value", "shown-kind", "shown-where"]) at(id).textContent = "";
  for (const image of [at("shown-crop"), at("shown-picture")]) {
    URL.revokeObjectURL(image.src);
    image.removeAttribute("src");
    image.hidden = true;
  }
  at("shown").hidden = true;
  shown = null;
}

async function look(row, button) {
  hide();
  shown = { row, button };
  at("shown-kind").textContent = row.kind;
  at("shown-where").textContent = [local(row.captured_at), row.deployment, row.place].join(", ");
  at("shown-value").hidden = true;
  at("shown-locked").hidden = Boolean(opened);
  at("shown").hidden = false;
  at("shown-kind").focus();
  if (row.place !== "speech") {
    const picture = await ask(`/v1/vault/pictures/${row.id}`).catch(() => null); // it may be gone
    if (picture) display(at("shown-picture"), await picture.blob(), row);
  }
  if (opened) await reveal();
}

async function reveal() {
  const { row } = shown;
  const sealed = await askJson(`/v1/vault/values/${row.id}`);
  const value = new TextDecoder().decode(await opened.open(sealed, "value"));
  const crop = sealed.pixels && new Blob([await opened.open(sealed, "pixels")], { type: "image/webp" });
  if (!opened || shown?.row !== row) return;
  at("shown-locked").hidden = true;
  at("shown-value").textContent = value;
  at("shown-value").hidden = false;
  if (crop) display(at("shown-crop"), crop, row);
}

function display(image, blob, row) {
  if (shown?.row !== row) return;
  image.src = URL.createObjectURL(blob);
  image.hidden = false;
}

// ── the page ────────────────────────────────────────────────────────────────────────────────────────────────────────

async function reload() {
  vault = await askJson("/v1/vault");
  await opened?.take(vault.slots.find(({ id }) => id === opened.slot.id)?.seals ?? []);
}

function draw() {
  const there = live().length > 0;
  if (!opened) at("state").textContent = there ? `Locked. ${lockedBy}` : "";
  at("first").hidden = there || Boolean(vault.alarm);
  at("stands").hidden = !there && !vault.alarm;
  for (const id of ["keys", "care"]) at(id).hidden = !there;
  at("secrets").hidden = false;
  at("unlock").hidden = Boolean(opened) || !keys().length;
  at("unlock-code").hidden = Boolean(opened) || !there;
  at("lock").hidden = !opened;
  for (const button of document.querySelectorAll(".when-open")) button.disabled = !opened || Boolean(vault.alarm);
  at("reseal").textContent = vault.resealing ? "Go on sealing anew" : "Seal everything anew";
  at("first-waiting").textContent = vault.unsealed ? `${vault.unsealed} values wait to be sealed.` : "";
  drawFacts();
  drawSlots();
  drawFound();
}

function drawFacts() {
  const { chain, alarm } = vault;
  const older = vault.epochs.filter(({ live }) => !live).reduce((sum, { sealed }) => sum + sealed, 0);
  const facts = [];
  if (alarm) facts.push(["alarm", `${alarm.problem} ${alarm.remedy}`]);
  if (chain.holds) facts.push(["good", `The chain holds: ${chain.sealed} sealed, none missing.`]);
  else
    facts.push([
      "alarm",
      `Of ${chain.sealed} sealed, ${chain.missing} are missing and ${chain.changed} changed; ` +
        `${chain.broken} chains are broken, ${chain.foreign} sealed rows are in none. Somebody changed the database, ` +
        "or it was restored from a backup.",
    ]);
  if (keys().length > 1) facts.push(["good", `${keys().length} security keys open it; losing one loses nothing.`]);
  else if (keys().length) facts.push(["urge", "One security key is enrolled. Enrol a second, and keep it elsewhere."]);
  else facts.push(["urge", "No security key is enrolled; only the recovery code opens it. Enrol two keys."]);
  if (vault.waiting) facts.push(["urge", `${vault.waiting} values are not sealed yet. While Recall is up it does so by itself.`]);
  if (vault.resealing) facts.push(["urge", `Sealing anew was interrupted; ${older} values are left.`]);
  if (location.hostname !== vault.rp_id && !location.hostname.endsWith(`.${vault.rp_id}`))
    facts.push(["urge", `Keys are enrolled for ${vault.rp_id}. They work when this page is opened under that name.`]);
  at("facts").replaceChildren(...facts.map(([className, textContent]) => dialog.made("li", { className, textContent })));
}

function drawSlots() {
  const rows = vault.slots.map((slot) => {
    const row = dialog.made("li", { className: slot.revoked ? "ended" : "" });
    const kind = slot.kind === "fido2" ? "security key" : "on paper";
    const used = slot.used ? `last used ${local(slot.used)}` : "never used";
    const said = slot.revoked ? `revoked ${local(slot.revoked)}` : `${kind}, made ${local(slot.created)}, ${used}`;
    row.append(dialog.made("strong", { textContent: slot.label }), dialog.made("span", { textContent: said }));
    if (!slot.revoked && slot.kind === "fido2") {
      const revoke = dialog.made("button", { type: "button", textContent: "Revoke", className: "when-open" });
      revoke.setAttribute("aria-label", `Revoke ${slot.label}`);
      revoke.disabled = !opened || Boolean(vault.alarm);
      revoke.addEventListener("click", () => change((now) => changes.revoke(now, slot)));
      row.append(revoke);
    }
    return row;
  });
  at("slots").replaceChildren(...rows);
}

const MARKS = { secret: "looks real", no_secret: "looks false" };
const markOf = ({ doubtful, review }) => MARKS[review] ?? (doubtful ? "doubtful" : "");

function drawFound() {
  const wanted = at("filter").value.toLowerCase();
  at("found").replaceChildren();
  for (const each of vault.found) {
    const cells = {
      Captured: local(each.captured_at),
      Machine: each.deployment,
      Kind: each.kind,
      Mark: markOf(each),
      Where: each.place.replace("_", " "),
      Window: each.window_title ?? each.app ?? "",
    };
    if (!Object.values(cells).join(" ").toLowerCase().includes(wanted)) continue;
    const row = at("found").insertRow();
    for (const [name, textContent] of Object.entries(cells)) {
      const cell = Object.assign(row.insertCell(), { textContent });
      cell.dataset.name = name;
    }
    const button = dialog.made("button", { type: "button", textContent: each.sealed ? "Show" : "Waits" });
    button.setAttribute("aria-label", each.sealed ? `Show ${each.kind}, ${cells.Captured}` : "Waits to be sealed");
    button.disabled = !each.sealed;
    button.addEventListener("click", () => told(() => look(each, button)));
    row.insertCell().append(button);
  }
  at("none").hidden = vault.found.length > 0;
  at("marks").hidden = !vault.found.some(markOf);
  at("filtering").hidden = at("listed").hidden = !vault.found.length;
}

const note = (line) => void (at("note").textContent = line);
const WORDS = {
  OperationError: "This was changed in the database, or the key does not fit.",
  NotSupportedError: "This browser is too old for the vault: it needs X25519 in WebCrypto.",
};
const worded = (error) => WORDS[error.name] ?? error.message;

async function told(run) {
  try {
    note("");
    await run();
  } catch (error) {
    note(worded(error));
  }
}

at("unlock").addEventListener("click", () => told(openByKey));
at("unlock-code").addEventListener("click", () => told(openByCode));
at("lock").addEventListener("click", () => lock());
at("hide").addEventListener("click", () => {
  const back = shown?.button;
  hide();
  back?.focus();
});
at("filter").addEventListener("input", drawFound);
for (const name of ["init", "enrol", "recover", "rotate", "reseal", "export"])
  at(name).addEventListener("click", () => change(changes[name]));
// A dialog of the browser, which asks for the PIN, takes the focus too; so a running change goes on, but shows nothing.
const away = () => (document.body.classList.add("away"), busy ? hide() : lock("You left this window."));
for (const event of ["blur", "pagehide"]) addEventListener(event, away);
addEventListener("focus", () => document.body.classList.remove("away"));
document.addEventListener("visibilitychange", () => document.hidden && away());
await told(async () => {
  if (!isSecureContext) throw new Error("Browsers open a vault under https, or at localhost, only.");
  await reload();
  draw();
});
