/** The style of every page. System fonts, one accent; printing on A4 takes the light colours. */
export const style = `
:root {
  --paper: #ffffff; --panel: #f4f6f8; --line: #c9d1d9; --ink: #1b2127; --faint: #525d68;
  --accent: #0b5cad; --second: #6b4fa0; --third: #7a8793; --good: #17693a; --warn: #8a5200; --bad: #b3261e;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14181c; --panel: #1e242a; --line: #3d4751; --ink: #e6eaee; --faint: #a9b4bf;
    --accent: #78b4f5; --second: #b9a3e8; --third: #95a1ad; --good: #6fcf97; --warn: #f0b45b; --bad: #ff8a80;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { margin: .4rem 0; max-width: 46rem; }
a { color: var(--accent); }
code { font: .9em ui-monospace, SFMono-Regular, Consolas, monospace; overflow-wrap: anywhere; }
.faint { color: var(--faint); }
.verdict { margin: 1.25rem 0; padding: 1rem 1.25rem; background: var(--panel); border-left: .4rem solid var(--tone); border-radius: .3rem; }
.verdict h2 { margin: 0; padding: 0; border: 0; font-size: 1.35rem; color: var(--tone); }
.good { --tone: var(--good); } .warn { --tone: var(--warn); } .bad { --tone: var(--bad); } .calm { --tone: var(--third); }
.tone { color: var(--tone); font-weight: 600; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1rem 0; padding: 0; }
.figures div { background: var(--panel); border-radius: .3rem; padding: .6rem .8rem; }
.figures dt { color: var(--faint); font-size: .85rem; }
.figures dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
.facts { display: grid; grid-template-columns: minmax(8rem, 14rem) 1fr; gap: .2rem 1rem; margin: .5rem 0; }
.facts dt { color: var(--faint); } .facts dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; font-size: .9rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
th { font-weight: 600; } tbody th { font-weight: 400; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; }
.bar { width: 40%; min-width: 8rem; } .bar svg { display: block; width: 100%; height: .9rem; margin-top: .3rem; }
figure { margin: 1rem 0; } figure > svg { display: block; width: 100%; height: auto; }
figcaption { font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: .25rem 0; padding: 0; font-size: .9rem; }
.legend svg { width: .9rem; height: .9rem; vertical-align: -.1rem; margin-right: .35rem; }
.axis { stroke: var(--line); stroke-width: 1; } .label { fill: var(--faint); font-size: 11px; }
.first { fill: var(--accent); } .second { fill: var(--second); } .third { fill: var(--third); } .gap { fill: var(--bad); }
.hatch { stroke: var(--bad); stroke-width: 2; } .hatched { stroke: var(--bad); stroke-width: .6; }
details { margin: .5rem 0; } summary { cursor: pointer; color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
@page { size: A4; margin: 14mm; }
@media print {
  body { font-size: 10pt; } main { max-width: none; padding: 0; }
  h2 { break-after: avoid; } h3, figcaption { break-after: avoid; } .verdict, .figures div, figure, tr { break-inside: avoid; }
  details { display: none; } thead { display: table-header-group; }
  .verdict, .figures div, .first, .second, .third, .gap { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`
