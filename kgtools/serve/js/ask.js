// Asking: one request at a time, which is taken back if it is stopped, so that the server need not go on.
const TABLES = { CSV: "text/csv", TSV: "text/tab-separated-values", JSON: "application/sparql-results+json", XML: "application/sparql-results+xml" };
const VERDICTS = { JSON: TABLES.JSON, XML: TABLES.XML };
const GRAPHS = { Turtle: "text/turtle", "N-Triples": "application/n-triples", "JSON-LD": "application/ld+json", "RDF/XML": "application/rdf+xml" };
const ENDINGS = { CSV: "csv", TSV: "tsv", JSON: "srj", XML: "srx", Turtle: "ttl", "N-Triples": "nt", "JSON-LD": "jsonld", "RDF/XML": "rdf" };
let running = null;

const sent = (query, fields, accept, signal) => fetch("./sparql", {
  method: "POST", headers: { Accept: accept }, body: new URLSearchParams([["query", query], ...fields]), signal, credentials: "omit",
});

async function run() {
  const query = area.value, fields = scopeFields();
  closeOffers();
  keepAddress();
  if (!query.trim()) { tell(say("empty-query")); return; }
  stop();
  const mine = new AbortController(), start = performance.now();
  running = mine;
  busy(true);
  tell(say("running"));
  let said;
  try {
    const response = await sent(query, fields, `${TABLES.JSON}, ${GRAPHS.Turtle}`, mine.signal);
    const text = await response.text();
    if (running !== mine) return;
    said = response.ok ? shown(text, response.headers.get("content-type") || "", query, fields) : showProblem(response.status, text);
  } catch (error) {
    if (running !== mine) return;
    said = error.name === "SyntaxError" ? showProblem(0, say("unreadable")) : showProblem(0, say("unreachable"));
  }
  running = null;
  busy(false);
  const seconds = ((performance.now() - start) / 1000).toLocaleString(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  tell(`${said} · ${say("seconds", seconds)}`);
  byId("answer").scrollIntoView({ block: "nearest" });
}

function shown(text, kind, query, fields) {
  const under = say("asked-under", known.snapshot.slice(0, 12) || "?", scopeWords(fields));
  if (kind.startsWith(GRAPHS.Turtle)) { offerSaves(GRAPHS, query, fields); return showTurtle(text, under); }
  const answer = JSON.parse(text);
  if (typeof answer.boolean === "boolean") { offerSaves(VERDICTS, query, fields); return showYesNo(answer.boolean, under); }
  if (!Array.isArray(answer.results?.bindings) || !Array.isArray(answer.head?.vars)) throw new SyntaxError("no answer");
  offerSaves(TABLES, query, fields);
  return showTable(answer, under);
}

function stop() {
  if (!running) return;
  running.abort();
  running = null;
  busy(false);
  tell(say("stopped"));
}

function busy(on) {
  byId("stop").disabled = !on;
  byId("answer").setAttribute("aria-busy", String(on));
}

const tell = (text) => { byId("told").textContent = text; };

// The same query asked again by the endpoint, in the form that is wanted.
function offerSaves(forms, query, fields) {
  byId("saves").replaceChildren(make("span", say("download")), ...Object.entries(forms).map(([name, type]) => {
    const button = make("button", name, { type: "button", dir: "ltr" });
    button.addEventListener("click", () => save(query, fields, name, type));
    return button;
  }));
}

async function save(query, fields, name, type) {
  tell(say("running"));
  try {
    const response = await sent(query, fields, type);
    if (!response.ok) { tell(showProblem(response.status, await response.text())); return; }
    const file = `${chosen ? chosen.name : "answer"}.${ENDINGS[name]}`, link = make("a", "", { download: file });
    link.href = URL.createObjectURL(await response.blob());
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    tell(say("downloaded", file));
  } catch {
    tell(say("unreachable"));
  }
}
