// An answer as a reader meets it. Whatever the graph says goes in as text.
const SHOWN = 1000;
const found = byId("result"), heading = byId("answer-name"), OURS = "https://w3id.org/sahel-kg/", STRING = "http://www.w3.org/2001/XMLSchema#string";

function showAnswer(name, under, ...parts) {
  byId("answer").hidden = false;
  heading.textContent = name;
  byId("under").textContent = under;
  found.replaceChildren(...parts);
}

function tableOf(columns, rows) {
  const table = make("table"), head = make("thead"), body = make("tbody"), names = make("tr");
  names.append(make("th", "#", { scope: "col", class: "number" }), ...columns.map((name) => {
    const column = make("th", "", { scope: "col" });
    column.append(make("bdi", name));
    return column;
  }));
  head.append(names);
  body.append(...rows.slice(0, SHOWN).map((row, n) => {
    const line = make("tr");
    line.append(make("th", (n + 1).toLocaleString(language), { scope: "row", class: "number" }));
    columns.forEach((name) => line.append(cell(Object.hasOwn(row, name) ? row[name] : null)));
    return line;
  }));
  table.append(head, body);
  const frame = make("div", "", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("answer") });
  frame.append(table);
  return frame;
}

function cell(term) {
  if (!term) return make("td", "—", { class: "none" });
  const place = make("td");
  place.append(shownTerm(term));
  return place;
}

function shownTerm(term) {
  if (term.type === "uri") return shownIri(term.value);
  if (term.type === "triple") {
    const whole = make("span");
    whole.append("⟪ ", ...["subject", "predicate", "object"].flatMap((part) => [shownTerm(term.value[part]), " "]), "⟫");
    return whole;
  }
  if (term.type === "bnode") return make("code", `_:${term.value}`);
  const whole = make("span", "", term.datatype && term.value.length < 30 ? { class: "short" } : {}), tongue = term["xml:lang"], type = term.datatype && term.datatype !== STRING ? shortened(term.datatype) : "";
  whole.append(make("bdi", term.value, tongue ? { lang: tongue, dir: "auto" } : { dir: "auto" }));
  if (tongue || type) whole.append(make("small", tongue ? `@${tongue}` : type, { dir: "ltr", title: tongue || term.datatype }));
  return whole;
}

// An IRI of ours leads to its page here, another out into the web if the web can follow it.
function shownIri(iri) {
  const shown = make("bdi", shortened(iri), { dir: "ltr" });
  const ours = iri.startsWith(OURS) && iri.length > OURS.length;
  if (!ours && !/^https?:\/\/[^\s<>"]+$/.test(iri)) { shown.title = iri; return shown; }
  const href = ours ? `./${encodeURI(iri.slice(OURS.length)).replace(/[?#]/g, encodeURIComponent)}` : iri;
  const link = make("a", "", ours ? { title: iri } : { title: iri, class: "out", rel: "noopener noreferrer" });
  link.setAttribute("href", href);
  link.append(shown);
  return link;
}

function showTable(answer, under) {
  const rows = answer.results.bindings, count = rows.length;
  const name = count === 0 ? say("answer") : count === 1 ? say("rows-1") : say("rows", count);
  if (!count) { showAnswer(name, under, make("p", say("rows-0"))); return say("rows-0"); }
  const more = count > SHOWN ? [make("p", say("first-rows", SHOWN, count))] : [];
  showAnswer(name, under, ...more, tableOf(answer.head.vars, rows));
  return name;
}

function showYesNo(yes, under) {
  showAnswer(say("answer"), under, make("p", yes ? say("yes") : say("no"), { class: "verdict" }), ...(yes ? [] : [make("p", say("no-means"))]));
  return yes ? say("yes") : say("no-means");
}

function showTurtle(text, under) {
  const rows = text.trimEnd().split("\n"), plain = rows.some((row) => row.trim() && !/^@?prefix\s/i.test(row));
  if (!plain) { showAnswer(say("answer"), under, make("p", say("no-triple"))); return say("no-triple"); }
  const more = rows.length > SHOWN ? [make("p", say("first-lines", SHOWN, rows.length))] : [];
  showAnswer(say("lines", rows.length), under, ...more, make("pre", rows.slice(0, SHOWN).join("\n"), { tabindex: "0", role: "region", "aria-label": say("answer") }));
  return say("lines", rows.length);
}

// Why there is no answer: our words for the kind of problem, then the server's own; a place in the query can be gone to.
function showProblem(status, sentence) {
  const place = /^line (\d+), column (\d+)/.exec(sentence), parts = [];
  const key = `status-${{ 504: 408, 429: 503, 500: 503 }[status] || status}`;
  if (Object.hasOwn(languages.en, key)) parts.push(make("p", say(key)));
  parts.push(make("p", place ? sentence.split("\n")[0] : sentence.trim(), { class: "problem", lang: "en", dir: "ltr" }));
  if (place) {
    const [line, column] = [Number(place[1]), Number(place[2])];
    const button = make("button", say("go-to", line, column), { type: "button" });
    button.addEventListener("click", () => goTo(line, column));
    markWrong(line, column);
    parts.push(button);
  }
  showAnswer(say("not-answered"), "", ...parts);
  byId("saves").replaceChildren();
  return `${say("not-answered")}: ${sentence.split("\n")[0]}`;
}
