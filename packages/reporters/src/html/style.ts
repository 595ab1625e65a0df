/** The page's only style sheet. Its hash is in the Content-Security-Policy: a test says the new one. */
export const STYLE = `
:root{color-scheme:light dark;--page:#f5f6f8;--panel:#fff;--text:#1b2430;--muted:#556171;--line:#dde2e9;--track:#e7ebf0;--ref:#c5d0dd;--ref-line:#71839a;--cur:#c2500a;--drifted:#b3261e;--insufficient:#855300;--error:#7d2a92;--negligible:#2f5f94;--stable:#1d6b47;--link:#1c5aa8}
@media screen and (prefers-color-scheme:dark){:root{--page:#11151b;--panel:#1a2029;--text:#e5e9ef;--muted:#a4afbd;--line:#2d3643;--track:#2a323e;--ref:#46586e;--ref-line:#8fa4be;--cur:#ff9f55;--drifted:#ff8d83;--insufficient:#efbf5f;--error:#dba3ea;--negligible:#8fbdf0;--stable:#7fd4a6;--link:#8fbdf5}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
main{max-width:1240px;margin:0 auto;padding:40px 28px 64px}
h1{margin:0 0 24px;font-size:26px;line-height:1.25;font-weight:650;letter-spacing:-.01em}
h2{margin:0 0 10px;font-size:17px;line-height:1.3;font-weight:650}
p,dl,dd,ul,ol{margin:0}
a{color:var(--link)}
a:focus-visible,summary:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:2px}
code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.muted{color:var(--muted)}
.small{font-size:13px}
.number,.shares,.big,.numbers td{font-variant-numeric:tabular-nums}
.number{white-space:nowrap}
.decision,.facts,.lists>section,.columns,footer{background:var(--panel);border:1px solid var(--line);border-radius:10px}
.decision{display:grid;grid-template-columns:1fr 1fr;gap:20px 48px;padding:26px 28px;border-left:6px solid var(--stable)}
.decision.ACTION{border-left-color:var(--drifted)}
.decision h2{font-size:30px;letter-spacing:-.015em;margin-bottom:8px;color:var(--stable)}
.decision.ACTION h2{color:var(--drifted)}
.decision code{display:block;margin-top:10px}
.big{font-size:30px;line-height:1.2;font-weight:650;margin-right:4px}
.gauge-bar{display:block;width:100%;margin:8px 0 12px;overflow:visible}
.track{fill:var(--track)}
.fill{fill:var(--drifted)}
.mark{stroke:var(--text);stroke-width:2}
svg text{fill:var(--muted);font-size:12px}
.middle{text-anchor:middle}
.end{text-anchor:end}
.verdicts{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:4px 18px}
.verdicts .none{color:var(--muted)}
.shape{width:11px;height:11px;fill:currentColor;margin-right:6px;flex:none}
.verdict{display:inline-flex;align-items:center;white-space:nowrap;font-weight:600}
.verdict.drifted,.shape.drifted{color:var(--drifted)}
.verdict.insufficient-data,.shape.insufficient-data{color:var(--insufficient)}
.verdict.error,.shape.error{color:var(--error)}
.verdict.negligible,.shape.negligible{color:var(--negligible)}
.verdict.stable,.shape.stable{color:var(--stable)}
.facts{display:grid;grid-template-columns:repeat(4,1fr);margin:16px 0}
.facts>div{padding:16px 28px;border-left:1px solid var(--line);min-width:0}
.facts>div:first-child{border-left:0}
.facts dt{color:var(--muted);font-size:13px;margin-bottom:2px}
.facts .verdict{margin-left:2px}
.swatch{width:18px;height:12px;vertical-align:-1px;margin-right:4px}
.reference{fill:var(--ref);stroke:var(--ref-line);stroke-width:1}
.current{fill:none;stroke:var(--cur);stroke-width:2;stroke-linejoin:round}
.lists{display:grid;grid-template-columns:1fr 1fr;gap:16px;margin-bottom:40px}
.lists>section{padding:20px 28px;min-width:0}
.lists ol,.lists ul{padding-left:20px}
.lists ul{list-style:none;padding-left:0}
.lists li{margin:6px 0}
.lists li a{font-weight:600;margin-right:4px}
.new,.lost,.role{font-size:11px;line-height:14px;font-weight:600;margin-left:4px;padding:0 4px;border:1px solid currentColor;border-radius:4px;white-space:nowrap}
.new{color:var(--cur)}
.lost{color:var(--ref-line)}
.role{color:var(--text);margin-left:8px}
table{border-collapse:collapse}
th{text-align:left;font-weight:600}
.columns{width:100%;border-collapse:separate;border-spacing:0;table-layout:fixed;font-size:14px}
.columns caption{caption-side:top;text-align:left;color:var(--muted);font-size:13px;padding-bottom:10px}
.columns>thead th{position:sticky;top:0;z-index:1;background:var(--panel);border-bottom:1px solid var(--line);border-radius:10px 10px 0 0;color:var(--muted);font-size:13px;padding:12px 10px;vertical-align:top}
.columns>thead th:nth-child(2){width:286px}
.columns>thead th:nth-child(3){width:160px}
.columns>thead th:nth-child(4){width:108px}
.columns>thead th:nth-child(5){width:158px}
.columns>thead th:nth-child(6){width:120px}
.columns>thead th:nth-child(7){width:172px}
.legend{font-weight:400;white-space:nowrap}
.legend .swatch+.swatch,.legend span+span{margin-left:14px}
.columns>tbody>tr>td,.columns>tbody>tr>th{padding:16px 10px 6px;vertical-align:top}
.columns>tbody>tr>th:first-child,.columns>thead th:first-child{padding-left:20px}
.columns>tbody+tbody>tr:first-child>*{border-top:1px solid var(--line)}
.columns>tbody>.why>td{padding-top:0;padding-bottom:16px;color:var(--muted);font-size:14px}
.columns>tbody:target>tr>*{background:color-mix(in srgb,var(--link) 9%,transparent)}
.name{display:block;overflow:hidden}
.columns>tbody{scroll-margin-top:64px}
.columns th .muted{font-weight:400}
.picture .small{font-size:12px;line-height:17px}
.chart{display:block;width:264px;max-width:100%;height:auto}
.axis{fill:none;stroke:var(--muted)}
.break{stroke:var(--muted);stroke-dasharray:2 3}
.categories{list-style:none;padding:0;font-size:12px;line-height:16px;max-width:276px}
.categories li{display:grid;grid-template-columns:94px 1fr 92px;gap:6px;align-items:center}
.category{display:flex;align-items:center;min-width:0}
.category bdi{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.pair{width:100%;height:11px}
.pair .reference{stroke:none;fill:var(--ref-line)}
.pair .current{stroke:none;fill:var(--cur)}
.shares{text-align:right;white-space:nowrap;color:var(--muted)}
.effect-bar{display:block;width:120px;height:16px;margin:4px 0 2px}
.effect-bar .bar{fill:var(--muted)}
.drifted .effect-bar .bar{fill:var(--drifted)}
.warning{margin-top:4px}
.warning b{color:var(--insufficient)}
details{margin-top:6px}
summary{cursor:pointer;width:max-content;max-width:100%;color:var(--link)}
.numbers{margin:8px 0;font-size:13px;color:var(--text)}
.numbers th,.numbers td{padding:2px 24px 2px 0;vertical-align:top}
.numbers tbody th{font-weight:400;color:var(--muted)}
.numbers td+td,.numbers td,.numbers thead th{text-align:right}
.numbers tbody th{text-align:left}
footer{margin-top:40px;padding:24px 28px;font-size:14px}
footer dl{display:grid;grid-template-columns:max-content 1fr;gap:6px 24px}
footer dt{color:var(--muted)}
@media screen and (max-width:1151px){
main{padding:24px 16px 40px}
h1{margin-bottom:16px;font-size:22px}
.decision,.lists{grid-template-columns:1fr}
.decision{padding:20px}
.decision h2{font-size:26px}
.facts{grid-template-columns:1fr 1fr}
.facts>div{padding:14px 4px 14px 20px;border-left:0}
.facts .verdict{white-space:normal}
.lists>section{padding:18px 20px}
.columns,.columns caption,.columns tbody,.columns td,.columns>tbody>tr>th,.why{display:block}
.columns>tbody>tr:first-child{display:grid;grid-template-columns:repeat(auto-fill,minmax(136px,1fr));gap:12px 16px}
.columns>tbody>tr>th,.columns .picture{grid-column:1/-1}
.columns{background:none;border:0}
.columns>thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.columns>tbody{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:16px 20px;margin-bottom:12px}
.columns>tbody+tbody>tr:first-child>*{border-top:0}
.columns>tbody>tr>td,.columns>tbody>tr>th,.columns>tbody>tr>th:first-child{padding:0}
.columns>tbody>.why>td{padding:12px 0 0}
.columns>tbody>tr>th{order:-2}
.columns td[data-label=Verdict]{order:-1;grid-column:1/-1;margin-top:-10px}
.columns td[data-label=Verdict]::before{display:none!important}
.columns td[data-label]::before{content:attr(data-label);display:block;color:var(--muted);font-size:12px}
.chart{width:100%;max-width:340px}
.categories{max-width:340px}
.numbers,.numbers tbody,.numbers thead{display:table;width:auto}
.numbers tbody{display:table-row-group}
.numbers thead{display:table-header-group}
.numbers tr{display:table-row}
.numbers td{display:table-cell}
footer{padding:20px}
footer dl{grid-template-columns:1fr;gap:0}
footer dd{margin-bottom:10px}
}
@media screen and (max-width:359px){.facts{grid-template-columns:1fr}}
@media print{
@page{size:A4 landscape;margin:12mm}
body{background:none;font-size:11px;print-color-adjust:exact;-webkit-print-color-adjust:exact}
main{padding:0;max-width:none}
.columns>thead th{position:static}
.columns>thead th:nth-child(2){width:236px}
.columns>thead th:nth-child(3){width:126px}
.columns>thead th:nth-child(4){width:92px}
.columns>thead th:nth-child(5){width:140px}
.columns>thead th:nth-child(6){width:96px}
.columns>thead th:nth-child(7){width:136px}
.columns,.columns>thead th,.small,.columns>tbody>.why>td,footer{font-size:11px}
.columns>tbody>tr>td,.columns>tbody>tr>th{padding-top:10px}
.categories,.picture .small,svg text{font-size:10px;line-height:14px}
.categories li{grid-template-columns:76px 1fr 76px}
main h2{margin-bottom:6px}
.columns>tbody,.decision,.lists>section{break-inside:avoid}
details:not([open]){display:none}
a{color:inherit;text-decoration:none}
}
`

/** SHA-256 of the style sheet, as a source of the Content-Security-Policy. */
export const STYLE_HASH = 'sha256-hNksbKwloRVWIUQb6Z396RqdSrrIDUj6s35kmiaW8gc='
