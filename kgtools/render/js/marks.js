// Marks of a timeline or a map, and the rows of the tables below: each opens statements with their claims.
const groups = new Map();
all("[data-id]").forEach((group) => groups.set(group.dataset.id, (groups.get(group.dataset.id) || []).concat(group)));
const claimsOf = (mark) => mark.sections.flatMap((n) => data.statements[n].claims.concat(data.statements[n].denials));

function openMark(id) {
  const mark = data.marks[id];
  all(".chosen").forEach((other) => other.classList.remove("chosen"));
  groups.get(id).forEach((group) => group.classList.add("chosen"));
  const sections = mark.sections.map((n) => data.statements[n])
    .map((one) => section(one.words, one));
  const about = [CHANGES.includes(mark.status) && say(`status-${mark.status}`), mark.note].filter(Boolean);
  show(mark.name, [...about.map((line) => make("p", "status", line)), ...sections]);
}

// Filters: a mark is shown while its status is, and one of its claims counts.
function refresh() {
  const by = asked(), statuses = allowed("status"), claims = new Set();
  let on = 0;
  Object.entries(data.marks).forEach(([id, mark]) => {
    const ids = claimsOf(mark), there = (!mark.status || statuses.has(mark.status)) && stands(ids, by);
    groups.get(id).forEach((group) => group.classList.toggle("off", !there));
    if (!there) return;
    on += 1;
    counted(ids, by).forEach((claim) => claims.add(claim));
  });
  byId("counts").textContent = say("mark-counts", on, Object.keys(data.marks).length, claims.size, Object.keys(data.claims).length);
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
