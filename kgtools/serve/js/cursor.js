// What stands before the cursor: what has been begun, and what is wanted there. The notebook's completion goes by the same rules.
const ENCLOSED = new RegExp([
  /(?<comment>#[^\r\n]*)/,
  /"{3}(?:[^"\\]|\\[^]|"(?!""))*(?:"{3}|(?<long>$))|'{3}(?:[^'\\]|\\[^]|'(?!''))*(?:'{3}|(?<longer>$))/,
  /"(?:[^"\\\r\n]|\\[^])*(?:"|(?<string>$)|(?=[\r\n]))|'(?:[^'\\\r\n]|\\[^])*(?:'|(?<other>$)|(?=[\r\n]))/,
  /<(?![?$\s=])[^<>"{}|^`\\\x00-\x20]*(?:>|(?<iri>$))/,
].map((part) => part.source).join("|"), "gu");
const VARIABLE_AT_END = /(?<![\p{L}\p{N}_:>)*+])[?$][\p{L}\p{N}_]*$/u;
const WORD_AT_END = /[\p{L}\p{M}\p{N}_:\-]*$/u;
const PATHS = ["^", "/", "|", "!"];

// { sort: "variable" | "iri" | "word" | "closed", text, wants: "class" | "property" | "prefix" | "namespace" | "", prefix }
function typedIn(query) {
  const closed = { sort: "closed", text: "", wants: "" };
  if (query.length > MOST_TEXT) return closed;
  for (const match of query.matchAll(ENCLOSED)) {
    const open = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    if (open === "iri") return inIri(query.slice(0, match.index), match[0]);
    if (open && match.index + match[0].length === query.length) return closed;
  }
  const variable = VARIABLE_AT_END.exec(query);
  if (variable) return { sort: "variable", text: variable[0], wants: "" };
  const word = WORD_AT_END.exec(query)[0].replace(/^-+/, ""), before = query.slice(0, query.length - word.length);
  if (/(?:@|_:|%|\\)$/.test(before) || word.startsWith("_:") || /^\p{N}/u.test(word)) return closed;
  return { sort: "word", text: word, wants: wanted(meaning(before)) };
}

function inIri(before, text) {
  const tokens = meaning(before);
  if (tokens.length > 1 && upper(tokens.at(-2)) === "PREFIX") return { sort: "iri", text, wants: "namespace", prefix: tokens.at(-1).text.replace(/:$/, "") };
  return { sort: "iri", text, wants: wanted(tokens) };
}

function wanted(tokens) {
  const [last, before] = [tokens.at(-1), tokens.at(-2)];
  if (!last) return "";
  if (upper(last) === "PREFIX") return "prefix";
  if (last.text === "a" || last.text === "rdf:type") return "class";
  if (PATHS.includes(last.text) && before && (before.kind === "iri" || before.kind === "name")) return "property";
  return last.text === ";" || last.text === "^" || afterSubject(tokens) ? "property" : "";
}

function afterSubject(tokens) {
  const [last, before] = [tokens.at(-1), tokens.at(-2)];
  if (!["variable", "name", "iri"].includes(last.kind) || last.text.endsWith(".") || !before) return false;
  if (before.text === "{") return !tokens.slice(-4, -2).some((token) => upper(token) === "VALUES");
  return before.text === "." || before.text === "}" || (before.kind === "name" && before.text.endsWith("."));
}
