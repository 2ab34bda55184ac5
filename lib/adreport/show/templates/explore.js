"use strict";
// Everything below is computed from the columns in #data each time a filter changes.
const study = JSON.parse(document.getElementById("data").textContent);
const columns = study.courses;
const total = columns.treatment.length;
const DAYS_PER_MONTH = 365.25 / 12;
const form = document.querySelector("form.panel");
const panel = form.querySelector("details");
const field = (id) => document.getElementById(id);

// ---- building -------------------------------------------------------------------------------------------------

function element(name, attributes = {}, ...children) {
  const svg = ["svg", "line", "polyline"].includes(name);
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
    const only = element("button", { type: "button", class: "only", value: abbreviation, "aria-label": `only ${label}` }, "only");
    field("treatments").append(element("div", { class: "choice" }, made, only));
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
  const unknown = columns.age.filter((age) => age < 0).length;
  field("age-unknown").hidden = !unknown;
  field("age-unknown").textContent = `Limits leave out ${counted(unknown, "course")} of unknown age.`;
  study.levels.forEach(({ label, colour }) => {
    document.querySelector(".key").append(element("li", {}, swatch(colour), label));
  });
  if (!columns.sideEffect) document.querySelector(".harm").remove();
  document.querySelectorAll(".longest").forEach((end) => { end.textContent = longest; });
  panel.open = !matchMedia("(max-width: 60em)").matches;
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

/** The end of the axis of durations: the longest upper quartile of a treatment in all data, whatever the filters. */
function longestQuartile() {
  const months = study.treatments.map(() => []);
  columns.days.forEach((days, course) => { if (days !== null) months[columns.treatment[course]].push(days / DAYS_PER_MONTH); });
  const known = months.filter((some) => some.length);
  return Math.max(1, ...known.map((some) => Math.ceil(quantile(some.sort((a, b) => a - b), 0.75))));
}
const longest = longestQuartile();

// ---- drawing ----------------------------------------------------------------------------------------------------

const percent = (share) => (Math.round(share * 1e9) / 1e7).toFixed(0);
const counted = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** The birthday that an age in whole years is: ages are exact, so "up to 6" ends there and not a year later. */
function birthday(age) {
  const ending = { one: "st", two: "nd", few: "rd", other: "th" }[ordinals.select(age)];
  return age ? `the ${age}${ending} birthday` : "birth";
}
const ordinals = new Intl.PluralRules("en", { type: "ordinal" });

/** Widths in pixels of a stacked bar, all of which are equal, and of a digit in it; read once a layout. */
const size = { bar: 0, digit: 0 };

function measure() {
  const part = document.querySelector(".bar span");
  if (!part) return false;
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = getComputedStyle(part).font;
  const now = { bar: part.parentElement.clientWidth, digit: pen.measureText("0").width };
  const changed = now.bar !== size.bar || now.digit !== size.digit;
  Object.assign(size, now);
  return changed;
}

const fits = (n, known) => (n / known) * size.bar >= String(n).length * size.digit + 4;

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

/** Courses by level as a stacked bar; under it, in words, the numbers that are wider than their part of it. */
function levels(counts) {
  const known = counts.reduce((sum, n) => sum + n, 0);
  if (!known) return element("td", {}, "not recorded");
  const some = counts.map((n, place) => ({ n, words: `${study.levels[place].label}: ${n}`, ...study.levels[place] })).filter(({ n }) => n);
  const bar = element("div", { class: "bar", role: "img", "aria-label": some.map(({ words }) => words).join(", ") });
  some.forEach(({ n, words, colour, ink }) => {
    const part = element("span", { title: words }, fits(n, known) ? String(n) : "");
    Object.assign(part.style, { background: colour, color: ink, flex: `${n} ${n} 0` });
    bar.append(part);
  });
  const left = some.filter(({ n }) => !fits(n, known)).map(({ words }) => words);
  const words = left.length ? [element("span", { class: "words left", "aria-hidden": "true" }, left.join(", "))] : [];
  return element("td", { class: known < study.few ? "few" : "" }, bar, ...words);
}

function duration(months, colour) {
  if (!months.length) return element("td", {}, "not recorded");
  const sorted = months.sort((a, b) => a - b);
  const [low, middle, high] = [0.25, 0.5, 0.75].map((p) => quantile(sorted, p));
  const at = (value) => Math.min((100 * value) / longest, 100);
  const end = { stroke: colour, "stroke-width": 4, "vector-effect": "non-scaling-stroke" };
  const shapes = [stroke(0, 100, "#d4d4d4", 1), stroke(at(low), at(high), colour, 6)];
  if (middle <= longest) shapes.push(element("line", { x1: at(middle), x2: at(middle), y1: 0, y2: 10, ...end }));
  if (high > longest) shapes.push(element("polyline", { class: "beyond", points: "99,0 103,5 99,10", fill: "none", ...end }));
  const words = [`${middle.toFixed(1)} `, unbroken(`(${low.toFixed(1)}–${high.toFixed(1)})`), `, n=${months.length}`];
  return element("td", { class: months.length < study.few ? "few" : "" }, picture(...shapes), element("span", { class: "words" }, ...words));
}

function row(label, group, effective, colour) {
  const heads = ["Courses (patients)", "Response", "Response level", "With a side effect", "Duration, months"];
  const known = group.levels.reduce((sum, n) => sum + n, 0);
  const responded = group.levels.reduce((sum, n, place) => sum + (effective.includes(place) ? n : 0), 0);
  const cells = [
    element("td", {}, `${group.courses} (${group.patients.size})`),
    rate(responded, known, colour),
    levels(group.levels),
    columns.sideEffect ? rate(group.harmed, group.courses, colour) : null,
    duration(group.months, colour),
  ];
  cells.forEach((cell, place) => cell?.setAttribute("data-head", heads[place]));
  return element("tr", {}, element("th", { scope: "row" }, label), ...cells.filter(Boolean));
}

function draw() {
  const chosen = filters();
  const { groups, all, offered } = select(chosen);
  const definition = study.definitions.find(({ name }) => name === chosen.response) ?? study.definitions[0];
  const rows = groups.flatMap((group, place) => {
    const { label, colour } = study.treatments[place];
    return group.courses ? [row(label, group, definition.levels, colour)] : [];
  });
  if (rows.length > 1) {
    rows.push(row("All of these", all, definition.levels, "#222222"));
    rows.at(-1).className = "total";
  }
  document.querySelector("#results tbody").replaceChildren(...rows);
  field("results").hidden = !all.courses;
  field("nothing").hidden = !!all.courses;
  document.querySelector(".remaining").textContent =
    `${counted(all.patients.size, "patient")} and ${counted(all.courses, "treatment course")}${all.courses === total ? "" : ` of ${total}`}`;
  const some = all.courses === total ? "" : `${all.courses} of `;
  field("few-words").textContent = some ? some + total : "none set";
  field("jump-count").textContent = some + counted(total, "course");
  document.querySelectorAll(".response-unit").forEach((unit) => { unit.textContent = definition.label; });
  form.querySelectorAll("#treatments .count").forEach((count, place) => { count.textContent = offered[place]; });
  for (const [id, told] of [["age-min", "age-from"], ["age-max", "age-to"]]) {
    field(told).textContent = birthday(+field(id).value);
    field(id).setAttribute("aria-valuetext", counted(+field(id).value, "year"));
  }
  writeAddress(chosen);
}

// ---- events -----------------------------------------------------------------------------------------------------

let waiting = false;
function drawSoon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; draw(); });
}

/** Checks the boxes of these treatments, all where none is named, and no others. */
function choose(name) {
  form.querySelectorAll("[name=treatment]").forEach((box) => { box.checked = !name || box.value === name; });
  drawSoon();
}

/** On a phone: from the results to the filters, opened, and back. */
function jump() {
  const toResults = field("jump-to").textContent === "results";
  panel.open = true;
  const place = toResults ? document.querySelector(".remaining") : panel.querySelector("summary");
  place.focus({ preventScroll: true });
  place.scrollIntoView();
}

let filtersSeen = false;
const nameJump = () => { field("jump-to").textContent = filtersSeen && panel.open ? "results" : "filters"; };

buildFilters();
readAddress();
draw();
if (measure()) draw();
nameJump();
new ResizeObserver(() => requestAnimationFrame(() => { if (measure()) draw(); })).observe(field("results"));
// Whether the filters reach over the middle of the screen.
new IntersectionObserver(([{ isIntersecting }]) => { filtersSeen = isIntersecting; nameJump(); }, { rootMargin: "-50% 0px" }).observe(panel);
panel.addEventListener("toggle", nameJump);
form.addEventListener("click", ({ target }) => {
  if (target.matches(".only, .all")) choose(target.value);
  if (target.closest("#jump")) jump();
});
form.addEventListener("input", ({ target }) => {
  // Neither end of the range passes the other.
  if (target.id === "age-min" && +target.value > +field("age-max").value) target.value = field("age-max").value;
  if (target.id === "age-max" && +target.value < +field("age-min").value) target.value = field("age-min").value;
  drawSoon();
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", drawSoon);
addEventListener("hashchange", () => { readAddress(); draw(); });
