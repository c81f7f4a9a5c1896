// Marks of a timeline or a map, and the rows of the tables below: each opens statements with their claims.
const svg = byId("drawing");
const { marks } = data;
const groups = new Map(Object.keys(marks).map((id) => [id, []]));
all("[data-id]").forEach((group) => groups.get(group.dataset.id).push(group));
const drawn = new Set(all("#drawing .mark").map((group) => group.dataset.id)); // the others have only a row
let on = new Set(), chosen = null, cursor = null, wanted = "";

const claimsOf = (mark) => mark.sections.flatMap((n) => data.statements[n].claims.concat(data.statements[n].denials));
const isLane = (id) => marks[id].kind === "";

// A phrase as the data have it: texts, numbers, names of things, and words of the page with what stands in their places.
const phrase = (parts) => parts.map(partText).join("");
function partText(part) {
  if (Array.isArray(part)) return phrase(part);
  if (typeof part !== "object") return String(part);
  if (part.say === undefined) return apart(nameOf(data.names[part.n]));
  const at = part.say.indexOf(":");
  if (at > 0) return term(part.say.slice(0, at), part.say.slice(at + 1));
  return say(part.say, ...part.with.map((value) => (typeof value === "number" ? value : partText(value))));
}
function inEnglish(parts) {
  const now = language;
  language = "en";
  try { return phrase(parts); } finally { language = now; }
}

// How a mark stands, in words: its own status, or that something of all it opens is disputed.
function standing(mark) {
  const disputed = mark.sections.filter((n) => [data.statements[n].status, data.statements[n].stands].includes("disputed")).length;
  const own = mark.stands ?? mark.status; // in a comparison what became of a mark stands before
  return [howItStands(mark), !own && disputed ? say("disputed-of", disputed, mark.sections.length) : ""].filter(Boolean).join("; ");
}
const heading = (mark) => [phrase(mark.name), phrase(mark.note)].filter(Boolean).join(", ");

function spoken(id) {
  const mark = marks[id], against = mark.sections.flatMap((n) => data.statements[n].denials);
  const for_ = new Set(mark.sections.flatMap((n) => data.statements[n].claims));
  return [heading(mark), standing(mark), say("spoken-claims", for_.size, new Set(against).size)].filter(Boolean).join("; ");
}

function openMark(id) {
  const mark = marks[id];
  chosen = cursor = id;
  highlight();
  const sections = mark.sections.map((n) => data.statements[n])
    .map((one) => section(one.words.map(partText), one));
  const lines = [mark.status && !CHANGES.includes(mark.status) ? "" : standing(mark), phrase(mark.note)].filter(Boolean);
  show(phrase(mark.name), [...lines.map((line) => make("p", "status", line)), ...sections]);
  announce(spoken(id));
  keepState();
}

function highlight() {
  [["chosen", chosen], ["cursor", cursor]].forEach(([name, id]) => {
    all(`.${name}`).forEach((other) => other.classList.remove(name));
    if (id !== null) groups.get(id).forEach((group) => group.classList.add(name));
  });
}

function clearChoice() {
  chosen = cursor = null;
  highlight();
  show(say("evidence"), [make("p", "", say(data.invitation))]);
  keepState();
}

// Filters: a mark is shown while its kind and its status are, and one of its claims counts; a lane while a mark on it is.
function refresh() {
  const by = asked(), statuses = allowed("status"), kinds = allowed("kind"), claims = new Set();
  on = new Set(Object.keys(marks).filter((id) => !isLane(id) && kinds.has(marks[id].kind)
    && (!marks[id].status || statuses.has(marks[id].status)) && stands(claimsOf(marks[id]), by)));
  on.forEach((id) => counted(claimsOf(marks[id]), by).forEach((claim) => claims.add(claim)));
  [...on].filter((id) => id.includes("m", 1)).forEach((id) => on.add(id.slice(0, id.indexOf("m")))); // l3m0 lies on l3
  groups.forEach((of, id) => of.forEach((group) => group.classList.toggle("off", !on.has(id))));
  tellCounts(by, claims);
  plot.draw();
  keepState();
}

function tellCounts(by, claims) {
  const of = (there) => [...there].filter((id) => !isLane(id));
  const [now, ever] = [of(on), of(Object.keys(marks))];
  const number = (ids, inPicture) => ids.filter((id) => drawn.has(id) === inPicture).length;
  const parts = [say("mark-counts", number(now, true), number(ever, true), claims.size, Object.keys(data.claims).length)];
  if (number(ever, false)) parts.push(say("row-counts", number(now, false), number(ever, false)));
  const undated = now.map((id) => counted(claimsOf(marks[id]), by)).filter((ids) => ids.length && ids.every((id) => !data.claims[id].span));
  if (by.at) parts.push(say("undated", undated.length));
  byId("counts").textContent = parts.join(" · ");
}

// Search over all names of what a mark is and says, in any language and however they are spelt.
const searchText = new Map();
const textsIn = (part) => (Array.isArray(part) ? part.flatMap(textsIn) : typeof part !== "object" ? [String(part)]
  : part.say === undefined ? [data.names[part.n].id, data.names[part.n].label, ...Object.values(data.names[part.n].labels)]
    : part.with.flatMap(textsIn));
function textOf(id) {
  const mark = marks[id];
  if (!searchText.has(id)) {
    const own = [mark.name, mark.note].map((parts) => textsIn(parts).concat(inEnglish(parts)));
    searchText.set(id, [...own, mark.sections.flatMap((n) => textsIn(data.statements[n].words))].map((texts) => texts.map(fold).join("\n")));
  }
  return searchText.get(id);
}

function search() {
  wanted = byId("search").value;
  const text = fold(wanted.trim()), rank = (id) => textOf(id).findIndex((words) => words.includes(text));
  const there = new Set(text ? Object.keys(marks).filter((id) => rank(id) >= 0) : []);
  const hits = [...there].filter((id) => !isLane(id)).sort((a, b) => rank(a) - rank(b) || drawn.has(b) - drawn.has(a));
  groups.forEach((of, id) => of.forEach((group) => {
    group.classList.toggle("found", there.has(id));
    group.classList.toggle("dim", Boolean(text) && !there.has(id));
  }));
  byId("hits").textContent = text ? say("hits", hits.length) : "";
  byId("names").replaceChildren(...hits.slice(0, 12).map((id) => {
    const item = make("button", "", heading(marks[id]));
    item.type = "button";
    item.addEventListener("click", () => reveal(id));
    return item;
  }));
  keepState();
  return hits;
}

// Bring a mark into the picture and open it.
function reveal(id) {
  if (drawn.has(id) && on.has(id)) plot.bring(id);
  openMark(id);
  if (!on.has(id)) announce(say("hidden-by-filters", heading(marks[id])));
}

// What stands in SVG and in rows, in the language of the page.
function writeWords() {
  all("tr[data-id] [data-part]").forEach((cell) => {
    if (cell.dataset.part === "name" && language === "en") return;
    cell.textContent = phrase(marks[cell.closest("tr").dataset.id][cell.dataset.part]);
  });
  groups.forEach((of, id) => of.forEach((group) => {
    if (!group.matches(".mark")) return;
    const words = [heading(marks[id]), standing(marks[id])].filter(Boolean).join("; ");
    Object.entries({ role: "button", tabindex: -1, "aria-label": words }).forEach(([name, value]) => group.setAttribute(name, value));
    const title = group.querySelector("title");
    if (title) title.textContent = words;
  }));
}

function writeNotes() {
  const lines = data.notes.filter((note) => !note.some((part) => part.say === "names-left-out")).map(phrase).concat(plot.notes());
  byId("notes").replaceChildren(...lines.map((line) => make("p", "where", line)));
}
