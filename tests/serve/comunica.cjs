// Queries asked by Comunica: node comunica.cjs FOLDER QUERIES, where QUERIES are JSON by name; prints what came as JSON.
const { QueryEngine } = require(`${process.argv[2]}/node_modules/@comunica/query-sparql`);

const term = (value) => [value.termType, value.value, value.language || "", value.datatype ? value.datatype.value : ""];

const asked = {
  SELECT: async (engine, query, context) => {
    const rows = await (await engine.queryBindings(query, context)).toArray();
    return rows.map((row) => [...row].map(([variable, value]) => [variable.value, ...term(value)]).sort());
  },
  CONSTRUCT: async (engine, query, context) => {
    const quads = await (await engine.queryQuads(query, context)).toArray();
    return quads.map((quad) => [quad.subject, quad.predicate, quad.object].map(term));
  },
  ASK: (engine, query, context) => engine.queryBoolean(query, context),
};

async function main() {
  const found = {};
  const { url, queries } = JSON.parse(process.argv[3]);
  for (const source of [url, { type: "sparql", value: url }]) {
    const engine = new QueryEngine();
    const name = typeof source === "string" ? "found out" : "told";
    for (const [kind, query] of Object.entries(queries)) {
      found[`${kind} ${name}`] = await asked[kind](engine, query, { sources: [source] });
    }
  }
  console.log(JSON.stringify(found));
}

main();
