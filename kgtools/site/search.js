// Search without a server: the index lies packed in the page; names are folded as those of `kg resolve` are.
const MOST = 30;

// How well a name answers what is sought: lower is better, 9 not at all.
const rank = (name, sought, words) => {
  if (name === sought) return 0;
  if (name.startsWith(sought)) return 1;
  const padded = " " + name;
  if (words.every((word) => padded.includes(" " + word))) return 2;
  const joined = sought.replaceAll(" ", "");
  return joined.length > 2 && name.replaceAll(" ", "").includes(joined) ? 3 : 9;
};

const input = document.getElementById("search"), list = document.getElementById("found"), told = document.getElementById("told");
const root = input.dataset.root, kinds = JSON.parse(input.dataset.kinds);
let entries = [];

const show = () => {
  const sought = fold(input.value), words = sought.split(" ");
  list.replaceChildren();
  if (!sought) { told.textContent = ""; return; }
  const hits = [];
  for (const entry of entries) {
    let best = 9, by = 0;
    entry.folded.forEach((name, number) => { const found = rank(name, sought, words); if (found < best) { best = found; by = number; } });
    if (best < 9) hits.push([best, entry.weight, entry, by]);
  }
  hits.sort((one, other) => one[0] - other[0] || other[1] - one[1] || (one[2].path < other[2].path ? -1 : 1));
  for (const [, , entry, by] of hits.slice(0, MOST)) {
    const item = document.createElement("li"), link = document.createElement("a"), name = document.createElement("bdi"), kind = document.createElement("small");
    link.href = root + entry.path + ".html";
    name.textContent = entry.names[0];
    kind.textContent = (by && entry.names[by] !== entry.names[0] ? entry.names[by] + " · " : "") + kinds[entry.kind];
    link.append(name, kind);
    item.append(link);
    list.append(item);
  }
  told.textContent = hits.length ? `${hits.length} ${told.dataset.some}` : told.dataset.none;
};

const packed = Uint8Array.from(atob(document.getElementById("index").textContent), (letter) => letter.charCodeAt(0));
new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).json().then((rows) => {
  entries = rows.map(([path, kind, weight, ...names]) => ({ path, kind, weight, names, folded: names.map(fold) }));
  document.documentElement.dataset.ready = "yes";
  show();
});
input.addEventListener("input", show);
input.closest("search").hidden = false;
document.addEventListener("keydown", (event) => {
  const links = [...list.querySelectorAll("a")], at = links.indexOf(document.activeElement);
  if (event.key === "/" && document.activeElement !== input) { event.preventDefault(); input.focus(); }
  if (event.key === "Enter" && document.activeElement === input && links.length) links[0].click();
  if (event.key === "Escape" && at >= 0) input.focus();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && (at >= 0 || document.activeElement === input)) {
    event.preventDefault();
    (links[at + step] || (step < 0 ? input : links[at]))?.focus();
  }
});
