import { escapeHtml } from "./escape-html.ts";

/**
 * A page of HTML that holds everything it needs and asks for nothing: style inline, light or dark as the reader's system is, narrow screens too.
 *
 * @param options `body` is markup; `script` the code at its end
 */
export function renderPage({
  title,
  body,
  script = "",
}: {
  readonly title: string;
  readonly body: string;
  readonly script?: string;
}): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${body}
</main>${script && `\n<script>${script}</script>`}
</body>
</html>
`;
}

const style = `
:root { color-scheme: light dark; --text: #1d2025; --quiet: #5d6570; --line: #d9dde2; --card: #f5f6f8; --page: #fff; --sign: #a8410b;
  --s0: #3b6ea5; --s1: #c65f11; --s2: #4a8a3f; --s3: #8a5a94; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e7eb; --quiet: #9aa3ae; --line: #353b43; --card: #1e2227; --page: #14171a; --sign: #ff9c66;
  --s0: #7fb0e6; --s1: #f2a05c; --s2: #8ccb7e; --s3: #cf9ed8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
p, .quiet { color: var(--quiet); margin: .3rem 0 .8rem; }
dl.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: .6rem; margin: 1rem 0; }
dl.figures > div { background: var(--card); border-radius: .5rem; padding: .7rem .8rem; }
dt { color: var(--quiet); font-size: .85rem; }
dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
dd small { display: block; font-size: .8rem; color: var(--quiet); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: right; padding: .4rem .6rem; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; vertical-align: top; }
td { white-space: nowrap; } th:first-child, td:first-child { text-align: left; padding-left: 0; white-space: normal; }
th { color: var(--quiet); font-weight: 600; }
td.sign { color: var(--sign); font-weight: 600; }
figure { margin: .8rem 0 1.4rem; max-width: 44rem; }
.key { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin: 0 0 .3rem; padding: 0; font-size: .9rem; }
.key li::before { content: ""; display: inline-block; width: .7rem; height: .7rem; border-radius: 50%; margin-right: .4rem; background: currentColor; }
svg { width: 100%; height: auto; display: block; } svg text { fill: var(--quiet); font: 13px system-ui, sans-serif; }
.grid { stroke: var(--line); } .line { fill: none; stroke: currentColor; stroke-width: 1.6; } .dashes { stroke-dasharray: 5 4; } .dot { fill: currentColor; }
.series-0 { color: var(--s0); } .series-1 { color: var(--s1); } .series-2 { color: var(--s2); } .series-3 { color: var(--s3); }
.sort { display: flex; flex-wrap: wrap; gap: .4rem; margin-bottom: .8rem; }
button { font: inherit; font-size: .9rem; padding: .35rem .8rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--card); color: inherit; cursor: pointer; }
button[aria-pressed=true] { border-color: currentColor; font-weight: 600; }
article { border-top: 1px solid var(--line); padding: .9rem 0; }
article h3 { font-size: 1rem; margin: 0 0 .5rem; overflow-wrap: anywhere; white-space: pre-wrap; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: .8rem; }
.side { background: var(--card); border-radius: .5rem; padding: .6rem .8rem; overflow-wrap: anywhere; }
.side p { color: var(--text); white-space: pre-wrap; margin: .2rem 0 0; }
.side header { color: var(--quiet); font-size: .85rem; font-variant-numeric: tabular-nums; }
@media (max-width: 38rem) { .sides { grid-template-columns: 1fr; } dl.figures { grid-template-columns: 1fr 1fr; } svg text { font-size: 17px; } }
`;
