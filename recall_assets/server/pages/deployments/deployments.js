// Shows how every machine stands: asks for it each half minute.

const EVERY_MS = 30_000;
const state = document.getElementById("state");

const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60]];

function length(seconds) {
  for (const [name, size] of UNITS) {
    if (seconds >= size) {
      const count = Math.floor(seconds / size);
      return `${count} ${name}${count === 1 ? "" : "s"}`;
    }
  }
  return "";
}

function ago(time, now) {
  if (time === null) return "not yet";
  const passed = length((now - Date.parse(time)) / 1000);
  return passed ? `${passed} ago` : "just now";
}

function waiting(machine) {
  const agent = machine.agent;
  const said = [];
  if (agent.spooled_items) said.push(`${agent.spooled_items} (${(agent.spooled_bytes / 1e6).toFixed(1)} MB)`);
  if (machine.lag_seconds >= 60) said.push(`for ${length(machine.lag_seconds)}`);
  if (agent.refused) said.push(`${agent.refused} refused`);
  return said.join(", ") || "nothing";
}

function facts(machine, now) {
  const agent = machine.agent;
  if (agent === null) return [];
  const told = [
    ["last kept", ago(agent.last_kept_at, now)],
    ["last upload", ago(agent.last_uploaded_at, now)],
    ["waits there", waiting(machine)],
    ["heard of", ago(machine.heard_at, now)],
    ["monitors", String(agent.monitors)],
  ];
  if (agent.thinned) told.push(["thinned out", `${agent.thinned} frames`]);
  if (agent.on_battery !== null) told.push(["power", agent.on_battery ? "battery" : "mains"]);
  return told;
}

function card(machine, now) {
  const made = document.getElementById("machine").content.cloneNode(true).firstElementChild;
  if (machine.alarm) made.classList.add("alarm");
  else if (machine.standing === "capturing") made.classList.add("well");
  const heading = made.querySelector("h2");
  heading.textContent = machine.name;
  if (machine.name !== machine.id) heading.append(Object.assign(document.createElement("small"), { textContent: machine.id }));
  made.querySelector(".standing").textContent = machine.standing.replaceAll("_", " ");
  made.querySelector(".why").textContent = machine.why;
  for (const [name, value] of facts(machine, now)) {
    const [term, told] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = name;
    told.textContent = value;
    made.querySelector("dl").append(term, told);
  }
  return made;
}

async function look() {
  const answer = await fetch("/v1/deployments");
  if (!answer.ok) {
    state.textContent = (await answer.json()).remedy;
    document.getElementById("machines").replaceChildren();
    return;
  }
  const { machines, now } = await answer.json();
  document.getElementById("machines").replaceChildren(...machines.map((machine) => card(machine, Date.parse(now))));
  const alarms = machines.filter((machine) => machine.alarm).length;
  const counted = machines.length === 1 ? "1 machine" : `${machines.length} machines`;
  state.textContent = machines.length === 0
    ? "No machine is enrolled yet: recall deployments invite"
    : alarms ? `${counted}, ${alarms} to look at` : `${counted}, all is well`;
  setTimeout(begin, EVERY_MS);
}

function begin() {
  look().catch(() => {
    state.textContent = "The server does not answer.";
    setTimeout(begin, EVERY_MS);
  });
}

begin();
