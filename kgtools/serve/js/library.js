// The questions of the library: found, chosen, and their parameters put into the query as VALUES.
let questions = [], chosen = null;
const summaryOf = (question) => (Object.hasOwn(question.summaries, language) ? [language, question.summaries[language]] : ["en", question.summaries.en]);

function told(element, question) {
  const [tongue, words] = summaryOf(question);
  element.textContent = words;
  element.lang = tongue;
  element.dir = tongue === RIGHT_TO_LEFT ? "rtl" : "ltr";
}

function showQuestions() {
  const sought = fold(byId("find-question").value).split(" ").filter(Boolean);
  const fitting = questions.filter(({ searched }) => sought.every((word) => searched.includes(` ${word}`)));
  byId("questions").replaceChildren(...fitting.map((question) => {
    const item = make("li"), button = make("button", "", { type: "button", "aria-pressed": String(question === chosen), "data-name": question.name });
    told(button, question);
    button.addEventListener("click", () => { chooseQuestion(question); area.focus(); keepAddress(); });
    item.append(button);
    return item;
  }));
  byId("questions-told").textContent = !questions.length ? say("no-questions") : fitting.length ? say("questions-found", fitting.length) : say("no-question");
}

function takeQuestions(found) {
  questions = found.map((one) => ({ ...one, searched: ` ${fold([...Object.values(one.summaries), one.name, ...one.tags].join(" "))}` }));
  showQuestions();
}

function chooseQuestion(question) {
  showChosen(question);
  byId("include-retracted").checked = question.history;
  tellScope();
  setQuery(withValues(...question.query));
}

function showChosen(question) {
  chosen = question;
  byId("chosen").hidden = !question;
  if (question) {
    told(byId("question"), question);
    const legend = byId("params").querySelector("legend");
    byId("params").replaceChildren(legend, ...question.params.map(field));
    byId("params").hidden = !question.params.length;
  }
  document.querySelectorAll("#questions button").forEach((button) => button.setAttribute("aria-pressed", String(Boolean(question) && button.dataset.name === question.name)));
}

const defaultOf = (param) => (param.follows && byId(param.follows) && byId(param.follows).value.trim()) || param.default || "";
const fieldOf = (param) => byId(`param-${chosen.params.indexOf(param)}`);
const valueOf = (param) => fieldOf(param).value.trim();

function field(param, n) {
  const label = make("label"), name = make("span"), problem = make("span", "", { class: "bad", id: `param-${n}-bad` });
  name.append(make("code", `?${param.name}`), " ", make("bdi", param.summary, { lang: "en" }));
  const input = make("input", "", { id: `param-${n}`, dir: param.type === "string" ? "auto" : "ltr", autocomplete: "off", spellcheck: "false", "aria-describedby": `param-${n}-bad` });
  input.value = defaultOf(param);
  if (param.type === "iri") offerTo(input, namesIn(null, false));
  input.addEventListener("input", () => { input.dataset.own = "yes"; problem.textContent = ""; input.removeAttribute("aria-invalid"); });
  input.addEventListener("change", () => putParams());
  label.append(name, input, problem);
  return label;
}

// The query with lines that fix the parameters, as far as they have a value that can be written.
function withValues(before, inside, after) {
  const [first, last] = [false, true].map((made) => chosen.params.filter((param) => Boolean(param.made) === made).map(lineFor).join(""));
  return before + first + inside + last + after;
}

function lineFor(param) {
  const value = valueOf(param), written = value ? writtenAs(param, value) : "", wrong = Boolean(value) && !written;
  byId(`${fieldOf(param).id}-bad`).textContent = wrong ? say(`bad-${param.type}`, value) : "";
  if (wrong) fieldOf(param).setAttribute("aria-invalid", "true"); else fieldOf(param).removeAttribute("aria-invalid");
  return written && `\n  VALUES ?${param.name} { ${written} }`;
}

function writtenAs({ type }, value) {
  if (type === "string") return `"${value.replace(/[\\"]/g, "\\$&").replace(/[\r\n\t]/g, " ")}"`;
  if (type === "integer") return /^[+-]?\d+$/.test(value) ? value : "";
  if (type === "boolean") return /^(true|false)$/.test(value) ? value : "";
  if (type === "date") return dayOf(value);
  const bare = value.replace(/^<(.*)>$/, "$1"), at = bare.indexOf(":");
  if (bare === value && known.prefixes.has(bare.slice(0, at)) && LOCAL.test(bare.slice(at + 1))) return bare;
  const iri = bare === value ? expanded(bare) : bare;
  return /^(?:[a-z][a-z0-9+.-]*:\/\/|urn:)[^<>"{}|^`\\\x00-\x20]+$/i.test(iri) ? `<${iri}>` : "";
}

// A day; of a year or a month its first, as `kg ask` takes it.
function dayOf(value) {
  const parts = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(value);
  if (!parts) return "";
  const day = [parts[1], parts[2] || "01", parts[3] || "01"].join("-"), date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === day ? `"${day}"^^xsd:date` : "";
}

// Put what the fields say into the query, in the place of what they said before; the rest stays as it was written.
function putParams() {
  const plain = chosen.params.reduce((text, { name }) => text.replace(lineOf(name), ""), area.value);
  const parts = parted(plain), text = parts ? withValues(...parts) : plain;
  if (text !== area.value) { wrongAt = -1; area.value = text; paint(); }
  keepAddress();
}

const lineOf = (name) => new RegExp(`\\n  VALUES \\?${name} \\{ ("(?:[^"\\\\\\n]|\\\\.)*"(?:\\^\\^xsd:date)?|[^{}"\\n]*) \\}(?=\\s*\\n|$)`);

// The query up to the inside of its outermost group, that inside, and the rest.
function parted(text) {
  let start = -1, braces = 0, brackets = 0;
  for (const token of tokensOf(text)) {
    brackets += { "(": 1, ")": -1 }[token.text] || 0;
    if (start < 0 && token.text === "{" && !brackets) start = token.start + 1;
    if (start >= 0) braces += { "{": 1, "}": -1 }[token.text] || 0;
    if (start >= 0 && !braces) {
      const end = text.slice(0, token.start).trimEnd().length;
      return [text.slice(0, start), text.slice(start, end), text.slice(end)];
    }
  }
  return null;
}

byId("find-question").addEventListener("input", showQuestions);
byId("as-of").addEventListener("change", () => {
  if (!chosen) return;
  const following = chosen.params.filter((param) => param.follows === "as-of" && !fieldOf(param).dataset.own);
  following.forEach((param) => { fieldOf(param).value = defaultOf(param); });
  if (following.length) putParams();
});
languageChanged.push(() => { showQuestions(); if (chosen) told(byId("question"), chosen); });
