/**
 * A page that is one file: no network, no script and no style but its own.
 *
 * @module
 */
import { goJson } from "../../go_json.ts";
import { Markup, markup } from "./markup.ts";
import { STYLE } from "./style.ts";

/** What a page is made of. */
export interface Page {
  title: string;
  /** Beside the title. */
  summary: string;
  /** What the colours mean: class names and words. */
  legend: Record<string, string>;
  /** The drawing: an `<svg>` with a view box. */
  drawing: Markup;
  /** Beside the drawing. */
  panel: Markup;
  /** What the script knows as `data`. */
  data: unknown;
  /** Runs when the page is there. */
  script: string;
}

/**
 * Puts a page together. Its content security policy lets only the script and the style run that are
 * given here, should something else ever get past the escaping.
 *
 * @param page the parts
 * @returns an HTML document
 */
export async function renderPage(page: Page): Promise<string> {
  const policy = [
    "default-src 'none'",
    `style-src ${await sourceHash(STYLE)}`,
    `script-src ${await sourceHash(page.script)}`,
    // The icon: without an empty one, a browser asks the page's server for it.
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const legend = Object.entries(page.legend).map(([name, words]) =>
    markup`<li class="${name}">${words}</li>`
  );
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width">
<title>${page.title}</title>
<link rel="icon" href="data:,">
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header>
<div>
<h1>${page.title}</h1>
<p>${page.summary}</p>
</div>
<ul id="legend">${legend}</ul>
<input id="search" type="search" placeholder="Search: digest, name, selector" aria-label="Search">
<output id="found"></output>
<div>
<button id="closer" title="Zoom in">+</button>
<button id="farther" title="Zoom out">−</button>
<button id="all" title="Show all">All</button>
</div>
</header>
<main>
${page.drawing}
<aside id="panel">${page.panel}</aside>
</main>
<script type="application/json" id="data">${new Markup(goJson(page.data))}</script>
<script>${new Markup(page.script)}</script>
</body>
</html>
`.text;
}

/** How a content security policy names an inline script or style. */
async function sourceHash(source: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(source));
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(hash)))}'`;
}
