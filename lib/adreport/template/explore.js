"use strict";
// Everything below is computed from the columns in #data each time a filter changes.
const study = JSON.parse(document.getElementById("data").textContent);
const columns = study.courses;
const total = columns.treatment.length;
const DAYS_PER_MONTH = 365.25 / 12;
const form = document.querySelector("form.panel");
const field = (id) => document.getElementById(id);

// ---- building -------------------------------------------------------------------------------------------------

function element(name, attributes = {}, ...children) {
  const svg = ["svg", "line", "rect", "circle"].includes(name);
  const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function choice(type, name, value, label, ...extra) {
  const input = element("input", { type, name, value });
  input.defaultChecked = type === "checkbox" || value === "";
  return element("label", {}, input, ...extra, label);
}

function swatch(colour) {
  const made = element("span", { class: "swatch", "aria-hidden": "true" });
  made.style.background = colour;
  return made;
}

function buildFilters() {
  study.treatments.forEach(({ label, abbreviation, colour }) => {
    const made = choice("checkbox", "treatment", abbreviation, label, swatch(colour));
    made.append(element("span", { class: "count" }));
    field("treatments").append(made);
  });
  field("sexes").append(choice("radio", "sex", "", "both"));
  study.sexes.forEach(([code, label]) => field("sexes").append(choice("radio", "sex", code, label.toLowerCase())));
  study.definitions.forEach(({ name, label }, place) => {
    field("definitions").append(choice("radio", "response", place ? name : "", label));
  });
  field("responses").hidden = study.definitions.length < 2;
  field("ages").hidden = !study.ages;
  const [low, high] = study.ages ?? [0, 0];
  for (const [id, value] of [["age-min", low], ["age-max", high]]) {
    Object.assign(field(id), { min: low, max: high, defaultValue: value, value });
  }
  study.levels.forEach(({ label, colour }) => {
    document.querySelector(".key").append(element("li", {}, swatch(colour), label));
  });
  if (!columns.sideEffect) document.querySelector(".harm").remove();
  if (innerWidth <= 960) form.querySelector("details").open = false;
}

// ---- filters and the address ------------------------------------------------------------------------------------

function filters() {
  const chosen = [...form.elements.treatment ? form.querySelectorAll("[name=treatment]") : []];
  const age = (id, limit) => (study.ages && +field(id).value !== limit ? +field(id).value : null);
  return {
    treatments: chosen.map((box) => box.checked),
    ageMin: age("age-min", study.ages?.[0]),
    ageMax: age("age-max", study.ages?.[1]),
    sex: form.querySelector("[name=sex]:checked").value,
    response: form.querySelector("[name=response]:checked").value,
  };
}

function parts(chosen) {
  const some = chosen.treatments.some((yes) => !yes);
  const names = study.treatments.filter((_, place) => chosen.treatments[place]).map((one) => one.abbreviation);
  return {
    TREATMENTS: some ? names.join(",") : "",
    AGE_MIN: chosen.ageMin ?? "",
    AGE_MAX: chosen.ageMax ?? "",
    SEX: chosen.sex,
    RESPONSE: chosen.response,
  };
}

function writeAddress(chosen) {
  const given = Object.entries(parts(chosen)).filter(([name, value]) => value !== "" || (name === "TREATMENTS" && !chosen.treatments.some(Boolean)));
  const address = `#${new URLSearchParams(given.map(([name, value]) => [name.toLowerCase(), value]))}`;
  if (address !== (location.hash || "#")) history.replaceState(null, "", address);
  field("address").textContent = address;
  const report = Object.entries({ ...study.report, ...Object.fromEntries(given) });
  field("command").textContent = ["make report", ...report.map(([name, value]) => `${name}=${value}`)].join(" ");
}

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  form.reset();
  const names = given.has("treatments") ? given.get("treatments").split(",") : null;
  form.querySelectorAll("[name=treatment]").forEach((box) => { if (names) box.checked = names.includes(box.value); });
  for (const [key, id] of [["age_min", "age-min"], ["age_max", "age-max"]]) {
    if (/^\d+$/.test(given.get(key) ?? "")) field(id).value = given.get(key);
  }
  for (const key of ["sex", "response"]) {
    const radio = [...form.querySelectorAll(`[name=${key}]`)].find((one) => one.value === given.get(key));
    if (radio) radio.checked = true;
  }
}

// ---- statistics -------------------------------------------------------------------------------------------------

/** The Wilson score interval of n of N (Wilson 1927), as proportions. */
function wilson(n, N) {
  const z2 = study.z ** 2;
  const middle = (n + z2 / 2) / (N + z2);
  const half = (study.z / (N + z2)) * Math.sqrt((n * (N - n)) / N + z2 / 4);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** A quantile by the (n+1)p rule of sorted values. */
function quantile(sorted, p) {
  const place = Math.min(Math.max((sorted.length + 1) * p - 1, 0), sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

function emptyGroup() {
  return { courses: 0, patients: new Set(), levels: study.levels.map(() => 0), harmed: 0, months: [] };
}

function add(group, course) {
  group.courses += 1;
  group.patients.add(columns.patient[course]);
  if (columns.response[course] >= 0) group.levels[columns.response[course]] += 1;
  if (columns.sideEffect) group.harmed += columns.sideEffect[course];
  if (columns.days[course] !== null) group.months.push(columns.days[course] / DAYS_PER_MONTH);
}

/** Groups by treatment, all of them together, and per treatment how many courses the other filters leave. */
function select(chosen) {
  const groups = study.treatments.map(emptyGroup);
  const all = emptyGroup();
  const offered = study.treatments.map(() => 0);
  const sex = study.sexes.findIndex(([code]) => code === chosen.sex);
  for (let course = 0; course < total; course += 1) {
    const age = columns.age[course];
    if (chosen.ageMin !== null && (age < 0 || age < 2 * chosen.ageMin)) continue;
    if (chosen.ageMax !== null && (age < 0 || age > 2 * chosen.ageMax)) continue;
    if (chosen.sex && columns.sex[course] !== sex) continue;
    offered[columns.treatment[course]] += 1;
    if (!chosen.treatments[columns.treatment[course]]) continue;
    add(groups[columns.treatment[course]], course);
    add(all, course);
  }
  return { groups, all, offered };
}

// ---- drawing ----------------------------------------------------------------------------------------------------

const percent = (share) => (Math.round(share * 1e9) / 1e7).toFixed(0);
const counted = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;

function picture(...shapes) {
  return element("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" }, ...shapes);
}

function stroke(from, to, colour, width) {
  return element("line", { x1: from, x2: to, y1: 5, y2: 5, stroke: colour, "stroke-width": width, "vector-effect": "non-scaling-stroke" });
}

function unbroken(interval) {
  return element("span", { class: "interval" }, interval);
}

/** n of N with its interval: the range from 0 to 100 % as a thin line, the interval and the rate upon it. */
function rate(n, N, colour) {
  if (!N) return element("td", {}, "not recorded");
  const [low, high] = wilson(n, N);
  const point = element("line", { x1: (100 * n) / N, x2: (100 * n) / N, y1: 0, y2: 10, stroke: colour, "stroke-width": 4, "vector-effect": "non-scaling-stroke" });
  const drawn = picture(stroke(0, 100, "#d4d4d4", 1), stroke(100 * low, 100 * high, colour, 2.5), point);
  const words = [`${n}/${N}, ${percent(n / N)}% `, unbroken(`(${percent(low)}–${percent(high)})`)];
  return element("td", { class: N < study.few ? "few" : "" }, drawn, element("span", { class: "words" }, ...words));
}

function levels(counts) {
  const bar = element("div", { class: "bar" });
  const known = counts.reduce((sum, n) => sum + n, 0);
  counts.forEach((n, place) => {
    if (!n) return;
    const { label, colour, ink } = study.levels[place];
    const part = element("span", { title: `${label}: ${n}` }, String(n));
    Object.assign(part.style, { background: colour, color: ink, flex: `${n} ${n} 0` });
    bar.append(part);
  });
  const cell = element("td", {}, known ? bar : "not recorded");
  if (known && known < study.few) cell.className = "few";
  return cell;
}

function duration(months, longest, colour) {
  if (!months.length) return element("td", {}, "not recorded");
  const sorted = months.sort((a, b) => a - b);
  const [low, middle, high] = [0.25, 0.5, 0.75].map((p) => quantile(sorted, p));
  const at = (value) => (100 * value) / longest;
  const mark = element("line", { x1: at(middle), x2: at(middle), y1: 0, y2: 10, stroke: colour, "stroke-width": 4, "vector-effect": "non-scaling-stroke" });
  const words = [`${middle.toFixed(1)} `, unbroken(`(${low.toFixed(1)}–${high.toFixed(1)})`), `, n=${months.length}`];
  const drawn = picture(stroke(0, 100, "#d4d4d4", 1), stroke(at(low), at(high), colour, 6), mark);
  return element("td", { class: months.length < study.few ? "few" : "" }, drawn, element("span", { class: "words" }, ...words));
}

function row(label, group, effective, longest, colour) {
  const heads = ["Courses (patients)", "Response", "Response level", "With a side effect", "Duration, months"];
  const known = group.levels.reduce((sum, n) => sum + n, 0);
  const responded = group.levels.reduce((sum, n, place) => sum + (effective.includes(place) ? n : 0), 0);
  const cells = [
    element("td", {}, `${group.courses} (${group.patients.size})`),
    rate(responded, known, colour),
    levels(group.levels),
    columns.sideEffect ? rate(group.harmed, group.courses, colour) : null,
    duration(group.months, longest, colour),
  ];
  cells.forEach((cell, place) => cell?.setAttribute("data-head", heads[place]));
  return element("tr", {}, element("th", { scope: "row" }, label), ...cells.filter(Boolean));
}

function draw() {
  const chosen = filters();
  const { groups, all, offered } = select(chosen);
  const definition = study.definitions.find(({ name }) => name === chosen.response) ?? study.definitions[0];
  const quartiles = groups.filter((one) => one.months.length).map((one) => quantile(one.months.sort((a, b) => a - b), 0.75));
  const longest = Math.max(1, ...quartiles);
  const rows = groups.flatMap((group, place) => {
    const { label, colour } = study.treatments[place];
    return group.courses ? [row(label, group, definition.levels, longest, colour)] : [];
  });
  if (rows.length > 1) {
    rows.push(row("All of these", all, definition.levels, longest, "#222222"));
    rows.at(-1).className = "total";
  }
  document.querySelector("#results tbody").replaceChildren(...rows);
  field("results").hidden = !all.courses;
  field("nothing").hidden = !!all.courses;
  document.querySelector(".remaining").textContent =
    `${counted(all.patients.size, "patient")} and ${counted(all.courses, "treatment course")}${all.courses === total ? "" : ` of ${total}`}`;
  field("few-words").textContent = all.courses === total ? "none set" : `${all.courses} of ${total} courses`;
  document.querySelector("#results th:last-child .scale :last-child").textContent = longest.toFixed(0);
  field("response-unit").textContent = `(${definition.label})`;
  form.querySelectorAll("#treatments .count").forEach((count, place) => { count.textContent = offered[place]; });
  field("age-from").textContent = field("age-min").value;
  field("age-to").textContent = field("age-max").value;
  writeAddress(chosen);
}

// ---- events -----------------------------------------------------------------------------------------------------

let waiting = false;
function drawSoon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; draw(); });
}

buildFilters();
readAddress();
draw();
form.addEventListener("input", ({ target }) => {
  // Neither end of the range passes the other.
  if (target.id === "age-min" && +target.value > +field("age-max").value) target.value = field("age-max").value;
  if (target.id === "age-max" && +target.value < +field("age-min").value) target.value = field("age-min").value;
  drawSoon();
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", drawSoon);
addEventListener("hashchange", () => { readAddress(); draw(); });
