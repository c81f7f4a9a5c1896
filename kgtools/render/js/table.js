// The table below has the edges of the picture with their claims: written by the page, or by this script where it is long.
const table = byId("edges"), ROWS = 200;
let listed = [], first = 0, written = "en"; // the language of the rows

function fillTable() {
  listed = edges.filter((edge) => edge.on);
  if (!data.listed) {
    if (table && written !== language) {
      table.tBodies[0].replaceChildren(...edges.map(rowOf));
      written = language;
      markRow();
    }
    const on = new Set(listed.map((edge) => String(edge.n)));
    all("#edges tbody tr").forEach((row) => row.classList.toggle("off", !on.has(row.dataset.id)));
    return;
  }
  first = Math.min(first, Math.max(0, listed.length - 1));
  if (table.tBodies[0].rows.length) writeRows(); else afterPicture(writeRows);
}

function writeRows() {
  table.tBodies[0].replaceChildren(...listed.slice(first, first + ROWS).map(rowOf));
  byId("turn").hidden = listed.length <= ROWS;
  byId("part").textContent = say("rows-of", Math.min(first + 1, listed.length), Math.min(first + ROWS, listed.length), listed.length);
}

function rowOf(edge) {
  const row = make("tr");
  row.dataset.id = edge.n;
  row.tabIndex = 0;
  const claims = make("ul");
  edge.all.forEach((id) => {
    const claim = data.claims[id];
    claims.append(make("li", edge.denials.includes(id) ? "against" : "", claim
      ? `${claim.holder} ${term("stance", claim.stance)}: ${claim.paraphrase} (${claim.source_title}, ${claim.issued || say("undated-source")})` : id));
  });
  const cell = make("td");
  cell.append(claims, ...(edge.why ? whyLines(edge.why) : []));
  row.append(make("td", "", edgeWords(edge).join(" — ")), make("td", "", howItStands(edge)), cell);
  return row;
}

function markRow() {
  all("#edges tr.chosen").forEach((row) => row.classList.remove("chosen"));
  const row = state.chosen && state.chosen.source && table.querySelector(`tr[data-id="${state.chosen.n}"]`);
  if (row) row.classList.add("chosen");
}

function wireTable() {
  if (!table) return;
  all("#edges tbody tr").forEach((row) => { row.tabIndex = 0; });
  const open = (event, focus) => {
    const row = event.target.closest("tr[data-id]");
    if (!row) return;
    openEdge(edges[Number(row.dataset.id)]);
    panel.scrollIntoView({ block: "nearest" });
    if (focus) panel.focus();
  };
  table.addEventListener("click", (event) => open(event, false));
  table.addEventListener("keydown", (event) => { if (event.key === "Enter") open(event, true); });
  if (!data.listed) return;
  byId("earlier").addEventListener("click", () => { first = Math.max(0, first - ROWS); writeRows(); });
  byId("later").addEventListener("click", () => { if (first + ROWS < listed.length) first += ROWS; writeRows(); });
}
