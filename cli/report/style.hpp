#pragma once

#include <string_view>

namespace troupe::report {

/// The style sheet of every report: light, dark by the reader's system, and light again on paper.
inline constexpr std::string_view style_sheet = R"css(
:root { color-scheme: light dark; --page: #fbfbfa; --panel: #ffffff; --ink: #1d1f23; --faint: #5d636e;
  --rule: #dcdfe4; --good: #1a7f4b; --bad: #c22f2f;
  --s0: #2563c9; --s1: #c8580c; --s2: #12805c; --s3: #a0348f; --s4: #8a6d00; --s5: #555c66;
  --s6: #6a4fd0; --s7: #77604e; }
@media screen and (prefers-color-scheme: dark) { :root { --page: #15171a; --panel: #1d2024;
  --ink: #e7e9ec; --faint: #a0a7b3; --rule: #363b43; --good: #52c98a; --bad: #ff7b72;
  --s0: #6ea8ff; --s1: #ff9a52; --s2: #45c99a; --s3: #e58bd6; --s4: #d9bb47; --s5: #b4bcc8;
  --s6: #a995ff; --s7: #c4a78f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 4rem; background: var(--page);
  color: var(--ink); font: 16px/1.5 system-ui, "Noto Sans", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; }
h3 { font-size: 1rem; margin: 0 0 .5rem; }
p { margin: .4rem 0; max-width: 48rem; }
.subtitle, .note, figcaption { color: var(--faint); }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .75rem;
  margin: 1.2rem 0; }
.figure, .panel { background: var(--panel); border: 1px solid var(--rule); border-radius: .5rem;
  padding: .8rem 1rem; break-inside: avoid; }
.panel { margin: 1rem 0; }
.figure .label, .figure .note { font-size: .85rem; color: var(--faint); display: block; }
.figure .value { font-size: 1.5rem; line-height: 1.25; font-weight: 600; display: block;
  overflow-wrap: anywhere; }
.good .value { color: var(--good); } .bad .value { color: var(--bad); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--rule);
  vertical-align: top; overflow-wrap: break-word; }
th { color: var(--faint); font-weight: 600; }
.number { text-align: right; white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
figure { margin: 1rem 0; }
svg { display: block; width: 100%; height: auto; font-size: 12px; }
svg text { fill: var(--faint); } svg text.name { fill: var(--ink); }
.grid { stroke: var(--rule); } .axis { stroke: var(--faint); }
.line { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .88rem; margin-bottom: .4rem; }
.swatch { display: inline-block; width: 1.1rem; height: .2rem; margin-right: .4rem;
  vertical-align: middle; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.k0 { stroke: var(--s0); background: var(--s0); } .k1 { stroke: var(--s1); background: var(--s1); }
.k2 { stroke: var(--s2); background: var(--s2); } .k3 { stroke: var(--s3); background: var(--s3); }
.k4 { stroke: var(--s4); background: var(--s4); } .k5 { stroke: var(--s5); background: var(--s5); }
.k6 { stroke: var(--s6); background: var(--s6); } .k7 { stroke: var(--s7); background: var(--s7); }
.dashed { stroke-dasharray: 5 3; }
.bar { fill: var(--s0); }
@media print { body { padding: 0; max-width: none; font-size: 11px; } .panel, .figure { border-color: #bbb; }
  h2 { break-after: avoid; } }
)css";

} // namespace troupe::report
