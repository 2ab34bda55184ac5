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

function swatch(colour) {
  const made = element("span", { class: "swatch", "aria-hidden": "true" });
  made.style.background = colour;
  return made;
}

function choice(type, name, value, label, ...extra) {
  const input = element("input", { type, name, value });
  input.defaultChecked = type === "checkbox" || value === "";
  return element("label", {}, input, ...extra, label);
}

const boxesOf = (name) => [...form.querySelectorAll(`input[name="${name}"]`)];
const idOf = (name) => name.replaceAll("_", "-");

/** Of each kind of filter: its controls, what they are set to, how that is written, read and met by a course. */
const kinds = {
  "any of": {
    build({ name, title, options }) {
      const all = element("button", { type: "button", class: "all", name, "aria-label": `all ${title.toLowerCase()}s` }, "all");
      return [all, ...options.map(({ value, label, colour }) => {
        const made = choice("checkbox", name, value, label, ...(colour ? [swatch(colour)] : []));
        made.append(element("span", { class: "count" }));
        const only = element("button", { type: "button", class: "only", name, value, "aria-label": `only ${label}` }, "only");
        return element("div", { class: "choice" }, made, only);
      })];
    },
    read: ({ name }) => boxesOf(name).map((box) => box.checked),
    written({ name, options }, chosen) {
      const some = options.filter((_, place) => chosen[place]).map(({ value }) => value);
      return some.length < options.length ? [[name, some.join(",")]] : [];
    },
    set({ name }, given) {
      const names = given.has(name) ? given.get(name).split(",") : null;
      boxesOf(name).forEach((box) => { if (names) box.checked = names.includes(box.value); });
    },
    meets: (chosen, code) => chosen[code],
    show({ name }, offered) {
      form.querySelectorAll(`label:has([name="${name}"]) .count`).forEach((count, place) => { count.textContent = offered[place]; });
    },
  },
  equals: {
    build: ({ name, options }) => options.map(({ value, label }) => choice("radio", name, value, label)),
    read: ({ name, options }) => options.findIndex(({ value }) => value === form.elements[name].value),
    written: ({ name, options }, chosen) => (chosen ? [[name, options[chosen].value]] : []),
    set({ name, options }, given) {
      if (options.some(({ value }) => value === given.get(name))) form.elements[name].value = given.get(name);
    },
    meets: (chosen, code) => !chosen || code === chosen - 1,
  },
  limits: {
    build({ column, unit, limits, low, high }) {
      const unknown = columns[column].filter((code) => code < 0).length;
      const labels = limits.map(({ name, bound }) => {
        const end = bound === "at least" ? low : high;
        const input = element("input", { type: "range", id: idOf(name), name, min: low, max: high, step: 1, value: end });
        return element("label", {}, element("span", {}, bound === "at least" ? "from " : "up to ", element("output")), input);
      });
      const words = `Limits exclude ${counted(unknown, "course")} of unknown ${unit === "years" ? "age" : "value"}.`;
      return [...labels, ...(unknown ? [element("p", { class: "unknown" }, words)] : [])];
    },
    read: ({ limits, low, high }) => limits.map(({ name, bound }) => {
      const value = +form.elements[name].value;
      return value === (bound === "at least" ? low : high) ? null : value;
    }),
    written: ({ limits }, chosen) => limits.map(({ name }, place) => [name, chosen[place]]).filter(([, value]) => value !== null),
    set({ limits }, given) {
      limits.forEach(({ name }) => { if (/^-?\d+$/.test(given.get(name) ?? "")) form.elements[name].value = given.get(name); });
    },
    meets: (chosen, code, { limits }) => limits.every(({ bound }, place) => {
      if (chosen[place] === null) return true;
      return code >= 0 && (bound === "at least" ? code >= 2 * chosen[place] : code <= 2 * chosen[place]);
    }),
    show({ limits, unit }) {
      limits.forEach(({ name }) => {
        const input = form.elements[name];
        input.previousElementSibling.querySelector("output").textContent = unit === "years" ? birthday(+input.value) : `${input.value} ${unit}`.trim();
        input.setAttribute("aria-valuetext", unit === "years" ? counted(+input.value, "year") : `${input.value} ${unit}`.trim());
      });
    },
  },
};
kinds.definition = { ...kinds.equals, meets: () => true };

function buildFilters() {
  study.filters.forEach((filter) => {
    const legend = element("legend", {}, filter.title);
    field("filters").append(element("fieldset", { class: filter.kind }, legend, ...kinds[filter.kind].build(filter)));
  });
  study.levels.forEach(({ label, colour }) => {
    document.querySelector(".key").append(element("li", {}, swatch(colour), label));
  });
  if (!columns.sideEffect) document.querySelector(".harm").remove();
  document.querySelectorAll(".longest").forEach((end) => { end.textContent = longest; });
  panel.open = !matchMedia("(max-width: 60em)").matches;
}

// ---- filters and the address ------------------------------------------------------------------------------------

/** What the controls of each filter are set to, in the order of study.filters. */
const chosenNow = () => study.filters.map((filter) => kinds[filter.kind].read(filter));

function writeAddress(chosen) {
  const given = study.filters.flatMap((filter, place) => kinds[filter.kind].written(filter, chosen[place]));
  const address = `#${new URLSearchParams(given)}`;
  if (address !== (location.hash || "#")) history.replaceState(null, "", address);
  field("address").textContent = address;
  const report = { ...study.report, ...Object.fromEntries(given.map(([name, value]) => [name.toUpperCase(), value])) };
  field("command").textContent = ["make report", ...Object.entries(report).map(([name, value]) => `${name}=${quoted(value)}`)].join(" ");
}

/** A word as a shell takes it. */
const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${String(word).replaceAll("'", `'"'"'`)}'`);

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  form.reset();
  study.filters.forEach((filter) => kinds[filter.kind].set(filter, given));
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

/** Groups by treatment, all of them together, and of each option of a filter how many courses the other filters leave. */
function select(chosen) {
  const groups = study.treatments.map(emptyGroup);
  const all = emptyGroup();
  const offered = study.filters.map(({ options }) => (options ?? []).map(() => 0));
  for (let course = 0; course < total; course += 1) {
    const codes = study.filters.map(({ column }) => columns[column][course]);
    const unmet = study.filters.flatMap((filter, place) => (kinds[filter.kind].meets(chosen[place], codes[place], filter) ? [] : [place]));
    offered.forEach((counts, place) => {
      if (unmet.every((other) => other === place)) counts[codes[place]] += 1;
    });
    if (unmet.length) continue;
    add(groups[columns.treatment[course]], course);
    add(all, course);
  }
  return { groups, all, offered };
}

/** The end of the axis of durations: the longest upper quartile of a treatment with enough courses, whatever the filters. */
function longestQuartile() {
  const months = study.treatments.map(() => []);
  columns.days.forEach((days, course) => { if (days !== null) months[columns.treatment[course]].push(days / DAYS_PER_MONTH); });
  const known = months.filter((some) => some.length >= study.fewest);
  return Math.max(1, ...known.map((some) => Math.ceil(quantile(some.sort((a, b) => a - b), 0.75))));
}
const longest = longestQuartile();

// ---- drawing ----------------------------------------------------------------------------------------------------

/** A proportion in whole percent; 0 and 100 are none and all: 1 of 300 is <1, 299 of 300 >99. */
function percent(share) {
  const shown = (Math.round(share * 1e9) / 1e7).toFixed(0);
  if (shown === "0" && share > 0) return "<1";
  return shown === "100" && share < 1 ? ">99" : shown;
}
/** A limit of an interval in whole percent. */
const limit = (share) => (Math.round(share * 1e9) / 1e7).toFixed(0);
const counted = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** An age in whole years as a birthday: ages are exact, so "up to 6" ends on the 6th birthday, not a year later. */
function birthday(age) {
  const ending = { one: "st", two: "nd", few: "rd", other: "th" }[ordinals.select(age)];
  return age ? `the ${age}${ending} birthday` : "birth";
}
const ordinals = new Intl.PluralRules("en", { type: "ordinal" });

/** Widths in pixels of a stacked bar (all are equally wide) and of a digit in it, read once per layout. */
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

/** n of N with its interval: a thin line from 0 to 100%, with the interval and the rate drawn on it; of few, n/N. */
function rate(n, N, colour) {
  if (!N) return element("td", {}, "not recorded");
  if (N < study.fewest) return element("td", {}, element("span", { class: "words" }, `${n}/${N}`));
  const [low, high] = wilson(n, N);
  const point = element("line", { x1: (100 * n) / N, x2: (100 * n) / N, y1: 0, y2: 10, stroke: colour, "stroke-width": 4, "vector-effect": "non-scaling-stroke" });
  const drawn = picture(stroke(0, 100, "#d4d4d4", 1), stroke(100 * low, 100 * high, colour, 2.5), point);
  const words = [`${n}/${N}, ${percent(n / N)}% `, unbroken(`(${limit(low)}–${limit(high)})`)];
  return element("td", {}, drawn, element("span", { class: "words" }, ...words));
}

/** Courses by level as a stacked bar; numbers that do not fit into their part stand below it in words. */
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
  return element("td", {}, bar, ...words);
}

function duration(months, colour) {
  if (!months.length) return element("td", {}, "not recorded");
  if (months.length < study.fewest) return element("td", {}, element("span", { class: "words" }, `n=${months.length}`));
  const sorted = months.sort((a, b) => a - b);
  const [low, middle, high] = [0.25, 0.5, 0.75].map((p) => quantile(sorted, p));
  const at = (value) => Math.min((100 * value) / longest, 100);
  const end = { stroke: colour, "stroke-width": 4, "vector-effect": "non-scaling-stroke" };
  const shapes = [stroke(0, 100, "#d4d4d4", 1), stroke(at(low), at(high), colour, 6)];
  if (middle <= longest) shapes.push(element("line", { x1: at(middle), x2: at(middle), y1: 0, y2: 10, ...end }));
  if (high > longest) shapes.push(element("polyline", { class: "beyond", points: "99,0 103,5 99,10", fill: "none", ...end }));
  const words = [`${middle.toFixed(1)} `, unbroken(`(${low.toFixed(1)}–${high.toFixed(1)})`), `, n=${months.length}`];
  return element("td", {}, picture(...shapes), element("span", { class: "words" }, ...words));
}

function row(label, group, effective, colour) {
  const headings = ["Courses (patients)", "Response", "Response level", "With a side effect", "Duration, months"];
  const known = group.levels.reduce((sum, n) => sum + n, 0);
  const responded = group.levels.reduce((sum, n, place) => sum + (effective.includes(place) ? n : 0), 0);
  const cells = [
    element("td", {}, `${group.courses} (${group.patients.size})`),
    rate(responded, known, colour),
    levels(group.levels),
    columns.sideEffect ? rate(group.harmed, group.courses, colour) : null,
    duration(group.months, colour),
  ];
  cells.forEach((cell, place) => cell?.setAttribute("data-head", headings[place]));
  return element("tr", {}, element("th", { scope: "row" }, label), ...cells.filter(Boolean));
}

function draw() {
  const chosen = chosenNow();
  const { groups, all, offered } = select(chosen);
  const defined = chosen[study.filters.findIndex(({ kind }) => kind === "definition")] ?? 0;
  const definition = study.definitions[defined];
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
  study.filters.forEach((filter, place) => kinds[filter.kind].show?.(filter, offered[place]));
  writeAddress(chosen);
}

// ---- events -----------------------------------------------------------------------------------------------------

let waiting = false;
function drawSoon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; draw(); });
}

/** Checks the box with this value, or all boxes of the filter where there is none, and no others. */
function choose({ name, value }) {
  boxesOf(name).forEach((box) => { box.checked = !value || box.value === value; });
  drawSoon();
}

/** Keeps the two limits of a number from passing each other. */
function keepApart(input) {
  const { limits } = study.filters.find((filter) => filter.limits?.some(({ name }) => name === input.name)) ?? { limits: [] };
  limits.forEach(({ name, bound }) => {
    const other = +form.elements[name].value;
    if (bound === "at least" ? other > +input.value : other < +input.value) input.value = other;
  });
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
  if (target.matches(".only, .all")) choose(target);
  if (target.closest("#jump")) jump();
});
form.addEventListener("input", ({ target }) => {
  keepApart(target);
  drawSoon();
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", drawSoon);
addEventListener("hashchange", () => { readAddress(); draw(); });
