/**
 * Of the printable page. Colours are the system's own, so that it reads on dark and on light, and nothing is said by colour alone.
 */
export const reportStyle: string = `
:root { color-scheme: light dark; }
@page { size: A4; margin: 18mm 16mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.25rem; font: 1rem/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.3rem; line-height: 1.25; margin: 0 0 .75rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; break-after: avoid; }
p { margin: .4rem 0; }
.made { opacity: .75; }
.verdict { border: 1px solid; border-left-width: .5rem; padding: .75rem 1rem; margin: 1rem 0; break-inside: avoid; }
.verdict strong { display: block; font-size: 1.15rem; }
.overdue { font-weight: 700; }
section { border-top: 2px solid; margin-top: 2.5rem; padding-top: 1.25rem; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; margin: .4rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid; border-color: color-mix(in srgb, CanvasText 25%, transparent); overflow-wrap: break-word; }
td.number, th.number { text-align: right; }
tr { break-inside: avoid; }
thead { display: table-header-group; }
code { font: .85em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
ul { margin: .4rem 0; padding-left: 1.2rem; }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  section { break-before: page; border-top: 0; margin-top: 0; padding-top: 0; }
}
`
