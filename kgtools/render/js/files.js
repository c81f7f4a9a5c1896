// Files that the page makes: what an image says below its picture, and tables that no spreadsheet runs.
const clean = (text) => String(text).replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");
const xml = (text) => clean(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const fileName = (ending) => `${clean(data.title).replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "graph"}.${ending}`;

function offer(blob, ending) {
  const link = make("a");
  link.href = URL.createObjectURL(blob);
  link.download = fileName(ending);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  announce(say("saved", link.download));
}

// What an image says below the picture: what is shown of how much, the filters, the sources of these claims, the origin.
function captionOf(claims) {
  const off = all("input[data-filter]").filter((box) => !box.checked).map((box) => box.closest("label").textContent.trim());
  const by = asked();
  const named = ({ source_title: title, issued }) => `${apart(title)} (${issued ? apart(issued) : say("undated-source")})`;
  const sources = [...new Set(Array.from(claims, (id) => named(data.claims[id])))].sort();
  const many = sources.slice(0, 8).join("; ") + (sources.length > 8 ? ` ${say("and-more", sources.length - 8)}` : "");
  const filters = [off.length && say("without", off.join(", ")), by.at && say("valid-at", by.at), by.known && say("known-by", by.known),
    by.least && `${say("least-edges")}: ${by.least}`].filter(Boolean);
  return [
    byId("counts").textContent, filters.length ? filters.join("; ") : say("no-filters"), say("sources-are", sources.length, many),
    `${say("caution")}. ${data.origin}`,
  ];
}

// The text in lines that are no wider than this.
function broken(context, text, width) {
  const lines = [""];
  text.split(" ").forEach((word) => {
    const last = lines.length - 1, longer = lines[last] ? `${lines[last]} ${word}` : word;
    if (lines[last] && context.measureText(longer).width > width) lines.push(word); else lines[last] = longer;
  });
  return lines;
}

// A spreadsheet would run a cell that begins like a formula, so such a cell begins with an apostrophe.
const cell = (text) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
const csvOf = (rows) => rows.map((row) => row.map((text) => cell(clean(text))).join(",")).join("\r\n") + "\r\n";
const sourcesOf = (ids) => [...new Set(ids.filter((id) => data.claims[id]).map((id) => data.claims[id].source_title))].join("; ");
const claimName = (id) => (data.claims[id] ? data.claims[id].id : id);

function wireSaving() { all("button[data-save]").forEach((button) => button.addEventListener("click", SAVE[button.dataset.save])); }
