// The part of the notebook layer that runs in JupyterLab: cells that begin with %%sparql are coloured as SPARQL, and
// renders are live in a sandbox, also where the notebook is not trusted. Lab loads it as any prebuilt extension, that is
// as a container of modules (at the end). It is written by hand: there is nothing to build, and no code of others in it.
"use strict";
(() => {
  const NAME = "sahel-kg";
  const SPARQL = "application/sparql-query"; // Lab's own mode
  const RENDER = "application/vnd.sahel-kg.render+json";
  let scope;

  // A module as Lab itself uses it, so that tokens and classes are the same objects.
  async function shared(name) {
    const versions = Object.values(scope[name] ?? {});
    const entry = versions.find((one) => one.from === "@jupyterlab/application-top") ?? versions[0];
    if (!entry) throw new Error(`${NAME}: this JupyterLab shares no ${name}`);
    return (await entry.get())();
  }

  // Highlighting. Lab gives every code cell the language of the kernel, when the cell is made and whenever the kernel says
  // its language; so a cell is looked at again after each such change, and after each change of its text.

  const isSparql = (source) => /^\s*%%sparql(?!\S)/.test(source);

  function choose(notebook, cell) {
    const wanted = isSparql(cell.sharedModel.getSource()) ? SPARQL : notebook.codeMimetype;
    const ours = wanted === SPARQL || cell.mimeType === SPARQL; // other languages are not our business
    if (ours && cell.mimeType !== wanted) cell.mimeType = wanted;
  }

  function follow(notebook, followed) {
    for (const cell of notebook.model?.cells ?? []) {
      if (cell.type !== "code" || followed.has(cell)) continue;
      followed.add(cell);
      cell.contentChanged.connect(() => choose(notebook, cell));
      cell.mimeTypeChanged.connect(() => choose(notebook, cell));
      choose(notebook, cell);
    }
  }

  function watch(notebook) {
    const followed = new WeakSet();
    const followModel = () => {
      notebook.model?.cells.changed.connect(() => follow(notebook, followed));
      follow(notebook, followed);
    };
    notebook.modelChanged.connect(followModel);
    followModel();
  }

  // The line of the magic is no SPARQL: one colour for all of it, or `--as-of` would have keywords in it.
  function magicLine({ Decoration, EditorView }) {
    const mark = Decoration.mark({ class: "cm-kg-magic" });
    const marks = EditorView.decorations.compute(["doc"], ({ doc }) => {
      const [before, source] = doc.toString().match(/^(\s*)([^]*)$/).slice(1);
      return isSparql(source) ? Decoration.set([mark.range(before.length, doc.lineAt(before.length).to)]) : Decoration.none;
    });
    const plain = { color: "var(--jp-mirror-editor-meta-color) !important", fontWeight: "normal !important" };
    return [marks, EditorView.baseTheme({ ".cm-kg-magic, .cm-kg-magic *": plain })];
  }

  async function highlighting() {
    const { INotebookTracker } = await shared("@jupyterlab/notebook");
    const { EditorExtensionRegistry, IEditorExtensionRegistry, IEditorLanguageRegistry } =
      await shared("@jupyterlab/codemirror");
    const view = await shared("@codemirror/view");
    return {
      id: `${NAME}:highlighting`,
      description: "Colours cells that begin with %%sparql as SPARQL.",
      autoStart: true,
      optional: [INotebookTracker, IEditorExtensionRegistry, IEditorLanguageRegistry],
      activate: (app, tracker, extensions, languages) => {
        if (!tracker) return;
        const line = EditorExtensionRegistry.createImmutableExtension(magicLine(view));
        extensions?.addExtension({ name: `${NAME}:magic-line`, factory: ({ inline }) => (inline ? line : null) });
        // A mode that comes late would replace the one asked for after it; so both are loaded before they are needed.
        for (const mode of ["text/x-ipython", SPARQL]) languages?.getLanguage(mode);
        tracker.widgetAdded.connect((_, panel) => watch(panel.content));
        tracker.forEach((panel) => watch(panel.content));
      },
    };
  }

  // Renders. The page stands once in the bundle, in its text/html. Whatever else stands there, and whatever it asks for, is
  // not used: the page runs in a frame that is made here, without origin, pop-ups or the right to leave, and fetches nothing.
  // What browsers put under no policy remains: a script can open a bare connection (preconnect, WebRTC), and so tell that
  // it runs; a picture in a notebook that is not trusted can do as much.

  const POLICY = [
    "default-src 'none'", // also for frames, so the page cannot send its own frame to another address
    "script-src 'unsafe-inline'",
    "style-src 'unsafe-inline'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");

  const HEAD =
    `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">` +
    '<meta http-equiv="x-dns-prefetch-control" content="off">';

  // Nothing in a document from DOMParser runs or is fetched.
  function pageIn(bundle) {
    const html = [bundle["text/html"] ?? ""].flat().join("");
    const frame = new DOMParser().parseFromString(html, "text/html").querySelector("iframe.kg-render");
    return frame?.getAttribute("srcdoc");
  }

  function sandboxed(page, title, height) {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.title = title;
    frame.style.cssText = `display:block; width:100%; height:${height}; border:0`;
    frame.srcdoc = page;
    return frame;
  }

  function drawing(bundle) {
    const { title, height } = Object(bundle[RENDER]);
    const page = pageIn(bundle);
    if (!page) {
      const sentence = document.createElement("p");
      sentence.textContent = "This drawing has lost its page; run the cell again.";
      return sentence;
    }
    const name = typeof title === "string" ? title : "drawing";
    const pixels = Math.min(Math.max(Number(height) || 620, 100), 2000);
    // Two frames: the policy of the outer one holds for where the inner one may go.
    const inner = sandboxed(HEAD + page, name, "100vh").outerHTML;
    return sandboxed(`${HEAD}<style>body { margin: 0 }</style>${inner}`, name, `${pixels}px`);
  }

  async function renders() {
    const { Widget } = await shared("@lumino/widgets");
    class Render extends Widget {
      constructor() {
        super();
        this.node.dataset.mimeType = RENDER;
      }

      renderModel(model) {
        this.node.replaceChildren(drawing(model.data));
        return Promise.resolve();
      }
    }
    return {
      id: `${NAME}:render`,
      description: "Shows renders in a sandbox, also where the notebook is not trusted.",
      rendererFactory: { safe: true, mimeTypes: [RENDER], createRenderer: () => new Render() },
      rank: 40, // before text/html, which has 50
      dataType: "json",
    };
  }

  const modules = { "./extension": highlighting, "./mimeExtension": renders };

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB[NAME] = {
    init: (given) => {
      scope = given;
    },
    get: async (name) => {
      const plugin = await modules[name]();
      return () => ({ __esModule: true, default: plugin });
    },
  };
})();
