/** The look of the report: light and dark after the system, on any width, and on paper. */
export const PAGE_STYLE = `
:root { color-scheme: light dark;
  --page: #fff; --text: #1c2430; --soft: #5a6675; --line: #d9dfe6; --box: #f5f7f9;
  --critical: #b3141e; --high: #c2410c; --medium: #8f6400; --low: #2563a8; --info: #55606e;
  --encrypted: #2f8f6b; --plain: #f0a03c; --unencryptable: #d6493f; --erased: #eceff2; --dot: #b9c1ca; --ink: rgb(0 0 0 / 22%); }
@media (prefers-color-scheme: dark) { :root {
  --page: #12171e; --text: #e4e9ef; --soft: #9aa7b5; --line: #303a46; --box: #1a212a;
  --critical: #ff7b80; --high: #ff9a5c; --medium: #e5bd4f; --low: #7fb4f0; --info: #a3afbc;
  --encrypted: #2f9c75; --plain: #d98a26; --unencryptable: #d6493f; --erased: #222b35; --dot: #46525f; --ink: rgb(0 0 0 / 30%); } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1.25rem 4rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.35rem; margin: 0; } h2 { font-size: 1.6rem; margin: 0; line-height: 1.2; }
h3 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; } h4 { font-size: 1.05rem; margin: 0; }
p { margin: .5rem 0; } a { color: inherit; } ol, ul { margin: .4rem 0; padding-left: 1.4rem; } li { margin: .25rem 0; }
code, pre, .number, .id { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .85em; }
.soft, figcaption, .id { color: var(--soft); }
header.page { display: flex; flex-wrap: wrap; gap: .2rem 1rem; align-items: baseline; justify-content: space-between;
  border-bottom: 1px solid var(--line); padding-bottom: .75rem; }
.device { margin-top: 1.75rem; }
.device > header p { margin: .15rem 0; } .device > header { display: flex; gap: 1.1rem; align-items: center; }
.grade { flex: none; width: 4.2rem; height: 4.2rem; border-radius: .8rem; display: grid; place-items: center; color: #fff;
  font-size: 2.5rem; font-weight: 700; }
.grade.small { width: 1.8rem; height: 1.8rem; font-size: 1.05rem; border-radius: .35rem; display: inline-grid; }
.grade-A { background: #1f7a55; } .grade-B { background: #4a7d23; } .grade-C { background: #8f6400; }
.grade-D { background: #c2410c; } .grade-F { background: #b3141e; } .grade-unknown { background: #55606e; }
.problem { border: 2px solid var(--critical); border-radius: .5rem; padding: .6rem .9rem; margin: 1rem 0; }
.first { background: var(--box); border-radius: .6rem; padding: .8rem 1.1rem; margin-top: 1.25rem; }
.first h3 { margin: 0 0 .3rem; }
.chip { display: inline-block; border: 1px solid currentColor; border-radius: 1rem; padding: 0 .55rem; font-size: .78rem;
  text-decoration: none; white-space: nowrap; }
.critical { color: var(--critical); } .high { color: var(--high); } .medium { color: var(--medium); }
.low { color: var(--low); } .info { color: var(--info); }
.finding { border: 1px solid var(--line); border-left: .35rem solid var(--tone); border-radius: .5rem; padding: .8rem 1.1rem;
  margin: .9rem 0; }
.finding.critical { --tone: var(--critical); } .finding.high { --tone: var(--high); } .finding.medium { --tone: var(--medium); }
.finding.low { --tone: var(--low); } .finding.info { --tone: var(--info); }
.finding > *, .finding h4 { color: var(--text); }
.finding header { margin-bottom: .2rem; } .finding h4 { margin-top: .35rem; }
.finding header .chip { color: var(--tone); text-transform: uppercase; letter-spacing: .03em; font-weight: 600; }
.finding dl { margin: .6rem 0 0; } .finding dt { font-weight: 600; margin-top: .5rem; } .finding dd { margin: 0; }
.evidence { list-style: none; padding: 0; } .evidence li { background: var(--box); border-radius: .35rem; padding: .35rem .6rem; }
.evidence .place { display: block; font-size: .85em; color: var(--soft); }
figure { margin: .8rem 0; } .legend span { margin-right: 1rem; display: inline-block; } .legend { font-size: .88rem; line-height: 1.9; }
svg { display: block; overflow: visible; } svg.swatch { display: inline-block; vertical-align: -1px; }
svg.fills { position: absolute; } .arrow { fill: currentColor; }
rect.encrypted { fill: var(--encrypted); } rect.plain { fill: var(--plain); } rect.unencryptable { fill: var(--unencryptable); }
rect.erased { fill: var(--erased); } .dot { fill: var(--dot); } rect.ink { fill: var(--ink); }
.bar { margin-bottom: .1rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; } th { text-align: left; font-weight: 600; }
th, td { padding: .4rem .7rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.number { text-align: right; white-space: nowrap; } th.number { font: inherit; font-weight: 600; } .content { width: 55%; }
.dumps { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 0 1.5rem; }
pre { background: var(--box); border-radius: .4rem; padding: .6rem; overflow-x: auto; margin: .3rem 0; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: .75rem; font-size: .88rem; }
@media (max-width: 40rem) {
  body { padding: 1rem .9rem 3rem; } .device > header p { margin: .15rem 0; } .device > header { align-items: flex-start; } h2 { font-size: 1.3rem; }
  .map table, .map tbody, .map tr, .map th[scope], .map td { display: block; } .map thead { display: none; }
  .map tr { border-bottom: 1px solid var(--line); padding: .5rem 0; } .map th[scope], .map td { border: 0; padding: 0; }
  .map td.number { display: inline-block; margin-right: .8rem; color: var(--soft); } .content { width: auto; }
}
@media print {
  :root { color-scheme: light; } body { max-width: none; font-size: 11pt; padding: 0; }
  .finding, tr, .first, figure { break-inside: avoid; } h3 { break-after: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}`;
