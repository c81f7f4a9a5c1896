// The editor: a plain text area, under which the same text lies painted, so that all that a text area can stays as it is.
const area = byId("query"), painted = byId("painted"), lines = byId("lines"), editor = byId("editor");
const PAINTED = 20000; // letters above which only the text is shown
let wrongAt = -1;

function paint() {
  const text = area.value, parts = [];
  const tokens = text.length > PAINTED ? [{ kind: "", text, start: 0 }] : tokensOf(text);
  const marked = wrongAt < 0 ? null : tokens.findLast(({ kind, start }) => kind !== "space" && start <= wrongAt);
  let plain = "";
  tokens.forEach((token) => {
    const colour = token !== marked && ["", "space", "name", "open", "close", "operator", "separator", "tag", "other"].includes(token.kind);
    if (colour) { plain += token.text; return; }
    parts.push(plain, make("span", token.text, { class: `t-${token.kind}${token === marked ? " t-wrong" : ""}` }));
    plain = "";
  });
  // A line that ends the text has a height only if something stands on it.
  painted.replaceChildren(...parts, `${plain}\u200b`);
  const count = text.split("\n").length;
  lines.textContent = Array.from({ length: count }, (_, n) => n + 1).join("\n");
}

// Put a text in the place of another, so that Ctrl+Z takes it back.
function replaceIn(field, from, to, text) {
  field.focus();
  field.setSelectionRange(from, to);
  if (field.value.slice(from, to) === text) { field.setSelectionRange(to, to); return; }
  if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
    field.setRangeText(text, from, to, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function setQuery(text) {
  wrongAt = -1;
  area.value = text;
  area.setSelectionRange(0, 0);
  paint();
}

// Where a place of the text lies on the screen.
function placeOf(at) {
  const walker = document.createTreeWalker(painted, NodeFilter.SHOW_TEXT);
  let left = at, node = walker.nextNode(), next = node;
  while (next && left > next.length) { left -= next.length; node = next = walker.nextNode(); }
  const range = document.createRange();
  range.setStart(next || painted, next ? left : 0);
  range.collapse(true);
  const [box] = range.getClientRects();
  return box || painted.getBoundingClientRect();
}

// The offset of a line and a column as the server counts them, in whole characters.
function offsetOf(text, line, column) {
  const before = text.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  const rest = [...(text.slice(before).split("\n")[0])].slice(0, column - 1).join("");
  return Math.min(before + rest.length, text.length);
}

function markWrong(line, column) {
  wrongAt = offsetOf(area.value, line, column);
  paint();
}

function goTo(line, column) {
  const at = offsetOf(area.value, line, column);
  area.focus();
  area.setSelectionRange(at, at);
  const mark = painted.querySelector(".t-wrong");
  if (mark) mark.scrollIntoView({ block: "nearest", inline: "nearest" });
}

area.addEventListener("input", () => { wrongAt = -1; paint(); });
