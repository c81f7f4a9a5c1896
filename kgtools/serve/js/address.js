// What the address says behind #: query, question, view and scope, so that a link opens the page as it was. It runs nothing.
let waiting = 0;

function addressOf() {
  const part = new URLSearchParams();
  if (language !== ownLanguage()) part.set("lang", language);
  if (chosen) part.set("question", chosen.name);
  part.set("query", area.value);
  scopeFields().forEach(([name, value]) => part.append(name, value));
  return `#${part}`;
}

function keepAddress() {
  clearTimeout(waiting);
  if (addressOf() !== location.hash) history.replaceState(null, "", addressOf());
}

function keepAddressSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(keepAddress, 400);
}

function readAddress() {
  const part = new URLSearchParams(location.hash.slice(1)), query = part.get("query");
  const question = questions.find(({ name }) => name === part.get("question")) || null;
  const problem = setScope(part);
  notice(problem);
  if (scopeFields().length) byId("scope").open = true;
  if (query === null) { if (question) chooseQuestion(question); return; }
  showChosen(question);
  setQuery(query.slice(0, MOST_TEXT));
  if (question) readParams();
}

// What the query fixes, shown in the fields.
function readParams() {
  chosen.params.forEach((param) => {
    const found = lineOf(param.name).exec(area.value);
    fieldOf(param).value = found ? found[1].replace(/^"(.*)"(?:\^\^xsd:date)?$/, "$1").replace(/\\(["\\])/g, "$1") : "";
    fieldOf(param).dataset.own = "yes";
  });
}

function notice(text) {
  byId("notice").hidden = !text;
  byId("notice").textContent = text;
}

async function copyLink() {
  keepAddress();
  try {
    await navigator.clipboard.writeText(location.href);
    tell(say("copied"));
  } catch {
    tell(say("copy-by-hand"));
  }
}
