"use strict";
const at = (id) => document.getElementById(id);
const show = (id, shown) => { at(id).hidden = !shown; };
const say = (words) => { at("status").textContent = words; };

async function ask(action, body) {
  const given = body instanceof FormData ? { body } : { body: JSON.stringify(body || {}) };
  show("refused", false);
  try {
    const answer = await fetch(action, { method: "POST", ...given });
    const said = await answer.json();
    if (said.refused) throw new Error(said.refused);
    return said;
  } catch (problem) {
    const lost = problem instanceof TypeError || problem instanceof SyntaxError;
    refuse(lost ? "adreport has ended. Start it again." : problem.message);
    return null;
  }
}

function refuse(words) {
  at("refused").textContent = words;
  show("refused", true);
  say("");
}

function present(found) {
  at("name").textContent = found.name;
  at("summary").textContent = found.summary;
  at("found").innerHTML = found.html;
  show("marked", found.marked !== "");
  at("copy").href = "kept/" + encodeURIComponent(found.marked);
  at("copy").textContent = found.marked;
  at("folder").textContent = found.folder;
  show("asked", found.lock !== "");
  at("day").value = found.lock;
  show("names", found.mapping !== "");
  at("text").value = found.mapping;
  show("checked", true);
  show("reporting", found.usable);
  show("ready", false);
  at("heading").focus();
  say("");
}

async function check(files) {
  if (!files.length) return;
  const body = new FormData();
  for (const file of files) body.append("files", file, file.name);
  for (const id of ["checked", "reporting"]) show(id, false);
  say("Checking …");
  const found = await ask("check", body);
  if (found) present(found);
}

async function again(action, body) {
  say("Checking again …");
  const found = await ask(action, body);
  if (found) present(found);
}

function making(on) {
  at("make").disabled = at("files").disabled = on;
  for (const id of ["bar", "cancel"]) show(id, on);
}

function hear(news) {
  if (news.of) {
    at("bar").max = news.of;
    at("bar").value = news.done;
    say(`The report is being made: ${news.done} of ${news.of} pages.`);
  } else {
    making(false);
    say("");
    if (news.refused !== undefined) return refuse(news.refused || "The report was cancelled.");
    at("place").textContent = news.made;
    show("ready", true);
    say("The report is ready.");
    at("open").focus();
  }
}

function connect() {
  const live = new WebSocket(new URL("live", location.href.replace(/^http/, "ws")));
  live.onmessage = (message) => hear(JSON.parse(message.data));
  live.onclose = () => refuse("adreport has ended. To go on, start it again.");
}

at("files").addEventListener("change", (event) => check(event.target.files));
at("files").addEventListener("click", (event) => { event.target.value = ""; });
for (const kind of ["dragover", "dragleave", "drop"]) {
  at("drop").addEventListener(kind, (event) => {
    event.preventDefault();
    at("drop").classList.toggle("over", kind === "dragover");
    if (kind === "drop" && !at("files").disabled) check(event.dataTransfer.files);
  });
}
at("lock").addEventListener("click", () => again("lock", { day: at("day").value }));
at("use").addEventListener("click", () => again("map", { text: at("text").value }));
at("make").addEventListener("click", async () => {
  show("ready", false);
  making(true);
  at("bar").removeAttribute("value");
  say("The report is being made. This takes about a minute.");
  if (!await ask("report")) making(false);
});
at("cancel").addEventListener("click", () => ask("cancel"));
connect();
