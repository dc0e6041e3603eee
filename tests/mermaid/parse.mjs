// Reads Mermaid texts, a JSON list of them, from standard input, and prints what the real parser makes of each:
// vertices with their labels, edges with theirs, subgraphs with their members.
import { readFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';

globalThis.window = new JSDOM('<!doctype html><body></body>').window;
globalThis.document = globalThis.window.document;
const mermaid = (await import('mermaid')).default;

// The parser stores `#42;` in a private spelling until the text is drawn.
const decoded = (text) =>
  (text ?? '').replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(Number(code))).replace(/ﬂ°(\w+)¶ß/g, '&$1;');

const read = [];
for (const text of JSON.parse(readFileSync(0, 'utf8'))) {
  await mermaid.parse(text); // registers the kinds of diagrams
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  read.push({
    title: db.getDiagramTitle(),
    vertices: Object.fromEntries([...db.getVertices()].map(([id, vertex]) => [id, decoded(vertex.text)])),
    edges: db.getEdges().map(({ start, end, text }) => [start, end, decoded(text)]),
    subgraphs: db.getSubGraphs().map(({ id, title, nodes }) => [id, decoded(title), nodes]),
  });
}
console.log(JSON.stringify(read));
