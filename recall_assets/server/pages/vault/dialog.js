// One dialog, shown step by step; nothing that a step was given stays in the page when the next one comes.
//
//   step(title, parts, buttons) ─► which button ─► step(…) ─► … ─► close

const PATIENCE = 5 * 60_000; // the vault may be open behind a step
const at = (id) => document.getElementById(id);

/**
 * Shows a step and waits: true for the main button or Enter; false for the other one, Escape, `close` or five minutes.
 * Without a main button nothing ends it but the next step, or `close`.
 */
export function step(title, parts, [yes, no] = []) {
  at("dialog-title").textContent = title;
  at("dialog-parts").replaceChildren(...parts);
  say("");
  return new Promise((resolve) => {
    const refuse = () => resolve(false);
    at("dialog-form").onsubmit = (event) => (event.preventDefault(), resolve(Boolean(yes)));
    at("dialog").oncancel = (event) => (event.preventDefault(), yes && refuse());
    at("dialog").onclose = () => at("dialog").open || refuse();
    if (yes) setTimeout(refuse, PATIENCE);
    const buttons = [no && made("button", { type: "button", textContent: no, onclick: refuse }),
      yes && made("button", { type: "submit", textContent: yes, className: "main" })];
    at("dialog-buttons").replaceChildren(...buttons.filter(Boolean));
    if (!at("dialog").open) at("dialog").showModal();
    (at("dialog-parts").querySelector("input") ?? at("dialog-title")).focus();
  });
}

/** A word under the step that is shown. */
export const say = (line) => void (at("dialog-note").textContent = line);

export function close() {
  at("dialog-parts").replaceChildren();
  at("dialog").close();
}

export const paragraph = (text, className = "") => made("p", { textContent: text, className });

/** A label, and in it a line to type in. */
export function field(label, more = {}) {
  const input = made("input", { type: "text", autocomplete: "off", spellcheck: false, ...more });
  const around = made("label", { textContent: label });
  around.append(input);
  return [around, input];
}

export function made(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
