// Marks of a timeline or a map, and the rows of the tables below: each opens statements with their claims.
const groups = new Map();
all("[data-id]").forEach((group) => groups.set(group.dataset.id, (groups.get(group.dataset.id) || []).concat(group)));
const claimsOf = (mark) => mark.sections.flatMap((n) => data.statements[n].claims.concat(data.statements[n].denials));

function openMark(id) {
  const mark = data.marks[id];
  choose(null);
  groups.get(id).forEach((group) => group.classList.add("chosen"));
  const sections = mark.sections.map((n) => data.statements[n])
    .map((one) => section(one.words, one.status, one.inferred, one.claims, one.denials));
  show(mark.name, mark.note ? [make("p", "status", mark.note), ...sections] : sections);
}

// Filters: a mark is shown while its status and one of its sources are.
function refresh() {
  const statuses = allowed("status"), sources = allowed("source"), claims = new Set();
  let shown = 0;
  Object.entries(data.marks).forEach(([id, mark]) => {
    const ids = claimsOf(mark);
    const on = (!mark.status || statuses.has(mark.status)) && sourced(ids, sources);
    groups.get(id).forEach((group) => group.classList.toggle("off", !on));
    if (on) { shown += 1; ids.forEach((claim) => claims.add(claim)); }
  });
  byId("counts").textContent = `${shown} of ${Object.keys(data.marks).length} marks and rows, `
    + `${claims.size} of ${Object.keys(data.claims).length} claims shown`;
}

function search() {
  const wanted = fold(byId("search").value.trim());
  const hits = [];
  Object.entries(data.marks).forEach(([id, mark]) => {
    const words = mark.sections.flatMap((n) => data.statements[n].words).concat(mark.name, mark.note);
    const hit = wanted && words.some((word) => fold(word).includes(wanted));
    groups.get(id).forEach((group) => {
      group.classList.toggle("found", Boolean(hit));
      group.classList.toggle("dim", Boolean(wanted) && !hit);
    });
    if (hit) hits.push(groups.get(id)[0]);
  });
  return hits;
}

wire(".mark", (group) => openMark(group.dataset.id), refresh, search);
