// Files made from what a map or a timeline shows: its SVG with all colours written out, legend and caption, and a table.
const KEPT = {
  fill: "", "fill-opacity": "1", stroke: "none", "stroke-opacity": "1", "stroke-linejoin": "miter",
  "stroke-linecap": "butt", opacity: "1",
};
const KEPT_OF_TEXT = {
  "font-size": "", "font-family": "", "letter-spacing": "normal", "text-anchor": "start", "paint-order": "normal", "unicode-bidi": "normal",
};
const NOT_KEPT = /^(class|style|tabindex|role|data-.*|aria-.*)$/;

// A copy of an element without what is not seen, whose look hangs on no style sheet.
function copied(live, k) {
  if (live.matches("title, .hit, .off, .away") || getComputedStyle(live).display === "none") return null;
  const copy = live.cloneNode(false), style = getComputedStyle(live);
  [...copy.attributes].filter((one) => NOT_KEPT.test(one.name)).forEach((one) => copy.removeAttribute(one.name));
  const leaf = /^(path|rect|circle|polygon|text)$/.test(live.tagName);
  if (!leaf && style.opacity !== "1") copy.setAttribute("opacity", style.opacity);
  const keep = leaf ? { ...KEPT, ...(live.tagName === "text" ? KEPT_OF_TEXT : {}) } : {};
  Object.entries(keep).forEach(([name, usual]) => {
    const value = style.getPropertyValue(name);
    if (value !== usual) copy.setAttribute(name, value);
  });
  if (leaf && style.stroke !== "none") {
    // A line that keeps its width on the screen would be thin in an image of twice as many pixels.
    const by = style.vectorEffect === "none" ? 1 : k;
    const scaled = (text) => text.replace(/[\d.]+(px)?/g, (n) => String(Number((parseFloat(n) / by).toFixed(3))));
    copy.setAttribute("stroke-width", scaled(style.strokeWidth));
    if (style.strokeDasharray !== "none") copy.setAttribute("stroke-dasharray", scaled(style.strokeDasharray));
  }
  live.childNodes.forEach((child) => {
    const more = child.nodeType === 1 ? copied(child, k) : child.cloneNode();
    if (more) copy.append(more);
  });
  return copy;
}
const asText = (element) => (element ? new XMLSerializer().serializeToString(element) : "");

// The entries of the legend for which something is shown, with the place of each; how high they are.
function legendOf(context, width, top, ink) {
  let x = 20, y = top;
  const parts = all(".legend span").filter((entry) => {
    const names = entry.querySelector("path").getAttribute("class").split(" ").filter((name) => !["sample", "named", "claimed"].includes(name));
    return Array.from(svg.querySelectorAll(`.${names.join(".")}`)).some((element) => !element.closest(".off"));
  }).map((entry) => {
    const words = entry.querySelector("bdi").textContent, wide = 70 + context.measureText(words).width;
    if (x > 20 && x + wide > width - 20) { x = 20; y += 24; }
    const sample = `<g transform="translate(${x} ${y - 14})">${asText(copied(entry.querySelector("path"), 1))}</g>`;
    x += wide;
    return `${sample}<text x="${x - wide + 52}" y="${y}" fill="${ink}">${xml(words)}</text>`;
  });
  return [parts.join(""), y + (parts.length ? 26 : 0)];
}

function svgText() {
  const box = plot.frame(), width = Math.max(box.width + 40, 480), out = [];
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const context = document.createElement("canvas").getContext("2d");
  const side = language === "ar" ? `x="${width - 20}" direction="rtl" unicode-bidi="plaintext"` : 'x="20"';
  let y = 12;
  const write = (text, size, fill) => {
    context.font = `${size}px system-ui, "Noto Sans", sans-serif`;
    broken(context, text, width - 40).forEach((line) => {
      y += size + 6;
      out.push(`<text ${side} y="${y}" font-size="${size}" fill="${fill}">${xml(line)}</text>`);
    });
  };
  write(titled(), 18, colour("--ink"));
  const picture = copied(svg, box.k);
  picture.removeAttribute("id");
  Object.entries({ x: 20, y: y + 14, width: box.width, height: box.height, viewBox: box.viewBox, overflow: "hidden" })
    .forEach(([name, value]) => picture.setAttribute(name, value));
  plot.settled(picture);
  out.push(asText(picture));
  context.font = '12px system-ui, "Noto Sans", sans-serif';
  const [legend, end] = legendOf(context, width, y + 14 + box.height + 30, colour("--ink"));
  out.push(`<g font-size="12">${legend}</g>`);
  y = end - 12;
  const by = asked(), claims = new Set([...on].flatMap((id) => counted(claimsOf(marks[id]), by)));
  const [counts, filters, sources, origin] = captionOf(claims);
  const notes = Array.from(byId("notes").children, (note) => note.textContent);
  [counts, filters, ...notes, sources, origin].forEach((line) => write(line, 12, colour("--soft")));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 20}" viewBox="0 0 ${width} ${y + 20}" font-family="system-ui, Noto Sans, sans-serif">`
    + `<title>${xml(titled())}</title><rect width="${width}" height="${y + 20}" fill="${colour("--paper")}"/>${clean(out.join(""))}</svg>`;
}

// A browser refuses canvases of more than some 16,000 pixels a side, so a tall image is drawn less finely.
function savePng() {
  const image = new Image();
  image.addEventListener("load", () => {
    const canvas = document.createElement("canvas"), ratio = Math.min(2, 15000 / Math.max(image.width, image.height));
    canvas.width = Math.round(image.width * ratio);
    canvas.height = Math.round(image.height * ratio);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => offer(blob, "png"));
  });
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText())}`;
}

// Each statement of what is shown, with the claims for and against it.
function csvText() {
  const part = (one) => (typeof one === "object" && one.n !== undefined ? [data.names[one.n].id, data.names[one.n].label] : ["", inEnglish([one])]);
  const nothing = { words: ["", "", ""], status: "", claims: [], denials: [] };
  const said = (id) => (marks[id].sections.length ? marks[id].sections.map((n) => data.statements[n]) : [nothing]);
  const rows = [...on].filter((id) => !isLane(id)).flatMap((id) => said(id).map((one) => [
    marks[id].kind, inEnglish(marks[id].name), inEnglish(marks[id].note), ...one.words.flatMap(part),
    [one.status, one.stands].filter(Boolean).join(", "),
    one.claims.map(claimName).join(" "), one.denials.map(claimName).join(" "), sourcesOf(one.claims.concat(one.denials)),
    ...data.columns.map((_, n) => marks[id].cells[n] ?? ""),
  ]));
  const ends = ["subject", "predicate", "object"].flatMap((name) => [name, `${name} label`]);
  const head = ["kind of mark", "mark", "note", ...ends, "status", "claims", "denials", "sources"];
  return csvOf([[...head, ...data.columns], ...rows]);
}

const SAVE = {
  png: savePng, svg: () => offer(new Blob([svgText()], { type: "image/svg+xml" }), "svg"),
  csv: () => offer(new Blob([csvText()], { type: "text/csv" }), "csv"),
};
