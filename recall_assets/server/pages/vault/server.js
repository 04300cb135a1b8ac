// What is asked of the server, by the browser that is logged in.

/** The answer to a GET below /v1. */
export const ask = (path) => request(path);
export const askJson = async (path) => (await request(path)).json();

/** Does an act of the vault; `opened` shows that whoever asks can open it. */
export async function act(name, body, opened) {
  if (opened) {
    const asked = { slot: opened.slot.id, act: name };
    body = { ...body, proof: await opened.answer(await post("challenge", asked), name) };
  }
  return post(name, body);
}

const post = async (name, body) =>
  (await request(`/v1/vault/${name}`, { method: "POST", body: JSON.stringify(body) })).json();

async function request(path, more = {}) {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", ...more });
  } catch {
    throw new Error("The server does not answer. `recall open /vault` starts it again.");
  }
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({ error: `The server failed (${answer.status}).` }));
  throw new Error([told.problem, told.remedy].filter(Boolean).join(" "));
}
