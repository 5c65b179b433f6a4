/**
 * How the pages look.
 *
 * @module
 */

/** Contains no `<`. */
export const STYLE = `
* { box-sizing: border-box; }
body { margin: 0; height: 100vh; display: flex; flex-direction: column;
  font: 14px/1.4 system-ui, sans-serif; color: #1f2937; background: #fff; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center;
  padding: .5rem 1rem; border-bottom: 1px solid #d1d5db; }
h1 { font-size: 1rem; margin: 0; max-width: 45rem; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; }
h2 { font-size: .9rem; margin: 1rem 0 .25rem; }
p { margin: 0; font-size: .85rem; color: #4b5563; }
ul { list-style: none; margin: 0; padding: 0; }
#legend { display: flex; gap: .5rem; }
#legend li { padding: 0 .5rem; border: 1px solid; border-radius: .25rem; font-size: .8rem; }
#search { flex: 1; min-width: 8rem; font: inherit; padding: .15rem .5rem; }
#found { font-size: .85rem; }
button { font: inherit; cursor: pointer; }
main { flex: 1; min-height: 0; display: flex; }
svg { flex: 1; min-width: 0; height: 100%; cursor: grab; touch-action: none; background: #f9fafb; }
aside { width: 24rem; overflow: auto; padding: .5rem 1rem; border-left: 1px solid #d1d5db; }
code { font: .8rem ui-monospace, monospace; overflow-wrap: anywhere; unicode-bidi: isolate; }
aside li { margin-bottom: .35rem; }
aside .broken { color: #b91c1c; }
aside button { border: 0; padding: 0; background: none; color: #1d4ed8; text-decoration: underline; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; }
th, td { text-align: right; padding: .1rem .25rem; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
td:first-child, td.broken { white-space: normal; overflow-wrap: anywhere; }
text { font: 11px system-ui, sans-serif; fill: #1f2937; pointer-events: none; }
.item { cursor: pointer; }
.item rect { stroke: #6b7280; }
.item .title { font: 11px ui-monospace, monospace; font-weight: bold; }
.none rect { fill: #fff; stroke-dasharray: 4; }
.whole rect { fill: #dbeafe; stroke: #3b82f6; }
.broken rect { fill: #fecaca; stroke: #b91c1c; stroke-width: 2; }
.alone rect { fill: #dbeafe; }
.shared rect { fill: #dcfce7; }
.unreferenced rect { fill: #fde68a; }
#legend .none { border-style: dashed; }
#legend .whole, #legend .alone { background: #dbeafe; }
#legend .broken { background: #fecaca; border-color: #b91c1c; }
#legend .shared { background: #dcfce7; }
#legend .unreferenced { background: #fde68a; }
.edge { fill: none; stroke: #9ca3af; stroke-width: 1.2; }
.alternative { stroke-dasharray: 5 3; }
.label { font-size: 9px; fill: #6b7280; text-anchor: middle; }
.group { fill: none; stroke: #374151; stroke-width: 1.5; }
.searching .item:not(.match) { opacity: .2; }
.match rect, .item:focus rect { stroke: #111827; stroke-width: 3; }
.item:focus { outline: none; }
.near { stroke: #111827; stroke-width: 2; }
`;
