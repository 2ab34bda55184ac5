"use strict";
// What a page does beyond being read: words of the marks of its drawings, and its tables and drawings to take away.
// Without scripts the marks have titles, and the links lead to files.
{
  const wide = (drawing) => drawing.querySelector(".on-wide svg, svg");

  // ---- the words of a mark: under the pointer, at a touch, and by the arrow keys in a drawing that has the focus ----

  const tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("role", "status");
  document.body.append(tip);
  let told = null;

  const hush = () => {
    told?.classList.remove("told");
    told = null;
    tip.textContent = "";
  };

  const tell = (mark, x, y) => {
    if (mark !== told) hush();
    told = mark;
    mark.classList.add("told");
    tip.textContent = mark.dataset.words;
    const { width, height } = tip.getBoundingClientRect();
    const left = Math.min(Math.max(x - width / 2, 8), document.documentElement.clientWidth - width - 8);
    const top = y - height - 12 < 0 ? y + 20 : y - height - 12;
    tip.style.translate = `${left + scrollX}px ${top + scrollY}px`;
  };

  for (const title of document.querySelectorAll(".drawing title")) {
    title.parentNode.dataset.words = title.textContent;
    title.remove(); // the browser would show it too, a second later
  }
  for (const drawing of document.querySelectorAll(".drawing:has(.mark)")) {
    drawing.tabIndex = 0;
    const marks = () => [...drawing.querySelectorAll(".mark")].filter((mark) => mark.getClientRects().length);
    const tellFromKeys = (mark) => {
      mark.scrollIntoView({ block: "nearest" });
      const { x, y, width } = mark.getBoundingClientRect();
      tell(mark, x + width / 2, y);
    };
    drawing.addEventListener("focus", () => drawing.matches(":focus-visible") && tellFromKeys(marks()[0]));
    drawing.addEventListener("blur", hush);
    drawing.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const all = marks();
      tellFromKeys(all.at((all.indexOf(told) + step) % all.length));
    });
  }
  let pointer = "";
  const point = ({ type, target, clientX: x, clientY: y }) => {
    if (type === "pointerover" && pointer === `${x} ${y}`) return; // the page moved under it, as the keys scroll
    pointer = `${x} ${y}`;
    const here = target.closest?.(".drawing") ? document.elementsFromPoint(x, y) : []; // texts lie over marks
    const mark = here.map((one) => one.closest(".drawing .mark")).find(Boolean);
    if (mark) tell(mark, x, y);
    else hush();
  };
  document.addEventListener("pointerover", point);
  document.addEventListener("pointerdown", point);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hush());

  // ---- taking away --------------------------------------------------------------------------------------------------

  /** The tables or drawings above a line of links, and below the one before it. */
  const above = (line, kind) => {
    const found = [];
    for (let at = line.previousElementSibling; at && !at.matches(".take, h1, h2"); at = at.previousElementSibling)
      found.unshift(...(at.matches(kind) ? [at] : at.querySelectorAll(kind)));
    return found;
  };

  const NUMBER = /^-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?$/;
  const plain = (cell) => {
    const text = cell.textContent.replace(/\s+/g, " ").trim().replace(/\u2212/g, "-");
    if (NUMBER.test(text)) return text.replace(/,/g, "");
    return /^[=+\-@]/.test(text) ? `'${text}` : text; // no program takes it for a formula
  };
  const escaped = (text) => new Option(text).innerHTML;

  /** The texts of a table as a grid: what spans several cells stands in the lowest on the left. */
  const grid = (table) => {
    const rows = [...table.rows].map(() => []);
    [...table.rows].forEach((row, down) => {
      let across = 0;
      for (const cell of row.cells) {
        while (rows[down][across] !== undefined) across += 1;
        for (let y = 0; y < cell.rowSpan; y += 1)
          for (let x = 0; x < cell.colSpan; x += 1)
            rows[down + y][across + x] = x || y < cell.rowSpan - 1 ? "" : plain(cell);
      }
    });
    return rows;
  };

  const asHtml = (exhibit, table) => {
    const cell = (one) => {
      const kind = one.tagName.toLowerCase();
      return `<${kind} rowspan="${one.rowSpan}" colspan="${one.colSpan}">${escaped(plain(one))}</${kind}>`;
    };
    const rows = [...table.rows].map((row) => `<tr>${[...row.cells].map(cell).join("")}</tr>`);
    const said = (selector) => [...exhibit.querySelectorAll(selector)].map((one) => `<p>${escaped(one.textContent.trim())}</p>`);
    return [...said(".caption"), `<table>${rows.join("")}</table>`, ...said(".footnotes li:not(.on-narrow)")].join("");
  };

  const copy = (exhibit) => {
    const table = exhibit.querySelector("table");
    document.addEventListener("copy", (event) => {
      event.clipboardData.setData("text/html", asHtml(exhibit, table));
      event.clipboardData.setData("text/plain", grid(table).map((row) => row.join("\t")).join("\n"));
      event.preventDefault();
    }, { once: true });
    return document.execCommand("copy"); // unlike navigator.clipboard also where a page is a file
  };

  const WIDTH = Math.round((175 / 25.4) * 600); // of a journal's page, in dots
  // A PNG's chunk that says 23622 dots a metre, to stand after its head of 33 bytes.
  const DENSITY = Uint8Array.from([0, 0, 0, 9, 112, 72, 89, 115, 0, 0, 92, 70, 0, 0, 92, 70, 1, 20, 148, 67, 65]);

  const save = async (drawing, name) => {
    const svg = wide(drawing).cloneNode(true);
    const [, , width, height] = svg.getAttribute("viewBox").split(" ");
    const size = [WIDTH, Math.round((WIDTH * height) / width)];
    for (const [key, value] of [["xmlns", "http://www.w3.org/2000/svg"], ["width", size[0]], ["height", size[1]]])
      svg.setAttribute(key, value);
    svg.style.color = "#222";
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: size[0], height: size[1] });
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, ...size);
    context.drawImage(image, 0, 0, ...size);
    const painted = await new Promise((done) => { canvas.toBlob(done); });
    const parts = [painted.slice(0, 33), DENSITY, painted.slice(33)];
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(parts, { type: "image/png" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };

  for (const button of document.querySelectorAll(".take button")) button.hidden = false;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.(".take button");
    if (!button) return;
    const { kind, name } = button.dataset;
    const same = [...button.parentNode.querySelectorAll(`button[data-kind="${kind}"]`)];
    const part = above(button.parentNode, kind === "copy" ? ".exhibit.table" : ".drawing")[same.indexOf(button)];
    const words = button.textContent;
    if (kind === "copy") button.textContent = copy(part) ? "copied" : "could not be copied";
    else await save(part, name);
    setTimeout(() => { button.textContent = words; }, 2000);
  });
}
