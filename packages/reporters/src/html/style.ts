/** The page's only style sheet. `pnpm page-script` writes its hash, which the Content-Security-Policy names. */
export const STYLE = `
:root{color-scheme:light dark;--page:#f5f6f8;--panel:#fff;--text:#1b2430;--muted:#556171;--line:#dde2e9;--track:#e7ebf0;--ref:#c5d0dd;--ref-line:#71839a;--cur:#c2500a;--drifted:#b3261e;--insufficient:#855300;--error:#7d2a92;--negligible:#2f5f94;--stable:#1d6b47;--link:#1c5aa8}
@media screen and (prefers-color-scheme:dark){:root{--page:#11151b;--panel:#1a2029;--text:#e5e9ef;--muted:#a4afbd;--line:#2d3643;--track:#2a323e;--ref:#46586e;--ref-line:#8fa4be;--cur:#ff9f55;--drifted:#ff8d83;--insufficient:#efbf5f;--error:#dba3ea;--negligible:#8fbdf0;--stable:#7fd4a6;--link:#8fbdf5}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
main{max-width:1240px;margin:0 auto;padding:28px 28px 64px}
header{margin-bottom:18px}
h1{margin:0;font-size:26px;line-height:1.25;font-weight:650;letter-spacing:-.01em}
h2{margin:0 0 10px;font-size:17px;line-height:1.3;font-weight:650}
p,dl,dd,ul,ol{margin:0}
a{color:var(--link)}
a:focus-visible,summary:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:2px}
code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.muted{color:var(--muted)}
.small{font-size:13px}
.number,.shares,.big,.numbers td{font-variant-numeric:tabular-nums}
.number{white-space:nowrap}
.decision,.lists>section,.columns,footer{background:var(--panel);border:1px solid var(--line);border-radius:10px}
.decision{display:grid;grid-template-columns:1fr 1fr;gap:20px 48px;padding:20px 28px;border-left:6px solid var(--stable);margin-bottom:16px}
.decision.act{border-left-color:var(--drifted)}
.decision.unsure{border-left-color:var(--insufficient)}
.decision h2{font-size:30px;letter-spacing:-.015em;margin-bottom:8px;color:var(--stable)}
.decision.act h2{color:var(--drifted)}
.decision.unsure h2{color:var(--insufficient)}
.decision code{display:block;margin-top:6px}
.big{font-size:30px;line-height:1.2;font-weight:650;margin-right:4px}
.gauge-bar{display:block;width:100%;margin:8px 0 12px;overflow:visible}
.track{fill:var(--track)}
.fill{fill:var(--drifted)}
.hatch{stroke:var(--insufficient);stroke-width:2}
.mark{stroke:var(--text);stroke-width:2}
svg text,.scale text{fill:var(--muted);font-size:12px}
.middle{text-anchor:middle}
.end{text-anchor:end}
.verdicts{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:4px 18px}
.shape{width:11px;height:11px;fill:currentColor;margin-right:6px;flex:none}
.verdict{display:inline-flex;align-items:center;font-weight:600}
.verdict.drifted,.shape.drifted{color:var(--drifted)}
.verdict.insufficient-data,.shape.insufficient-data{color:var(--insufficient)}
.verdict.error,.shape.error{color:var(--error)}
.verdict.negligible,.shape.negligible{color:var(--negligible)}
.verdict.stable,.shape.stable{color:var(--stable)}
.sides,.outcomes{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:0 14px}
.sides{margin-top:6px;font-size:14px}
.sides dt,.outcomes dt{color:var(--muted)}
.heading h2{margin:0}
.heading{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 16px}
.swatch{width:18px;height:12px;vertical-align:-1px;margin-right:4px}
.reference{fill:var(--ref);stroke:var(--ref-line);stroke-width:1}
.current{fill:none;stroke:var(--cur);stroke-width:2;stroke-linejoin:round}
.lists{display:grid;grid-template-columns:repeat(auto-fit,minmax(400px,1fr));gap:16px;margin-bottom:24px}
.lists>section{padding:14px 28px;min-width:0}
.lists ol,.lists ul{padding-left:20px}
.lists ul{list-style:none;padding-left:0}
.lists li{margin:3px 0}
.lists li a{font-weight:600}
.new,.lost,.role{font-size:11px;line-height:14px;font-weight:600;margin-left:4px;padding:0 4px;border:1px solid currentColor;border-radius:4px;white-space:nowrap}
.new{color:var(--cur)}
.lost{color:var(--muted)}
.role{color:var(--text);margin:2px 0 0}
table{border-collapse:collapse}
th{text-align:left;font-weight:600}
[hidden]{display:none!important}
.tiny{font-size:12px;line-height:16px}
.symbols{position:absolute;width:0;height:0}
.tools{display:flex;flex-wrap:wrap;align-items:end;gap:12px;margin:14px 0;font-size:13px;color:var(--muted)}
.tools>label{display:flex;flex-direction:column;gap:2px}
.tools fieldset{display:flex;flex-wrap:wrap;gap:6px;margin:0;padding:0;border:0;min-width:0}
.tools legend{padding:0;margin-bottom:2px}
.tools input[type=search],.tools select,.tools button,.chip{font:inherit;font-size:14px;color:var(--text);background:var(--panel);border:1px solid var(--muted);border-radius:6px;height:36px;padding:0 10px}
.tools select{max-width:150px}
.tools input[type=search]{width:170px;max-width:100%}
.tools button{cursor:pointer}
.chip{display:inline-flex;align-items:center;gap:6px;cursor:pointer}
.tools>.chip{flex-direction:row;gap:6px}
.chip .shape{margin-right:0}
.chip input{margin:0;accent-color:var(--link)}
.tools [role=status]{flex:1;min-width:160px;line-height:36px}
.tools [role=status]:empty{min-width:0}
.tools :focus-visible,.columns button:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.columns{display:block;font-size:14px}
.columns>thead{display:block}
.columns>thead>tr,.columns>tbody{display:grid;grid-template-columns:minmax(140px,1fr) minmax(240px,1.3fr) 190px 140px;gap:0 20px;padding:0 20px}
.columns>tbody>tr{display:contents}
.why{grid-column:1/-1}
.columns>thead{position:sticky;top:0;z-index:1;background:var(--panel);border-bottom:1px solid var(--line);border-radius:10px 10px 0 0}
.columns>thead th{color:var(--muted);font-size:13px;padding:10px 0}
.columns>thead button{font:inherit;color:inherit;background:none;border:0;margin:0;padding:0;cursor:pointer;text-align:left;white-space:nowrap}
.columns>thead button::after{content:"\\2195";margin-left:4px;opacity:.5}
.columns>thead [aria-sort=ascending] button::after{content:"\\2191";opacity:1}
.columns>thead [aria-sort=descending] button::after{content:"\\2193";opacity:1}
.columns>thead [aria-sort] button{color:var(--text)}
.legend{display:block;font-weight:400;white-space:nowrap}
.legend span+span{margin-left:14px}
.columns>tbody{border-top:1px solid var(--line);padding:14px 20px 10px;scroll-margin-top:64px}
.long>tbody{content-visibility:auto;contain-intrinsic-size:auto 138px}
.columns>thead+tbody{border-top:0}
.columns>tbody:target{background:color-mix(in srgb,var(--link) 9%,var(--panel))}
.columns td,.columns th{padding:0;min-width:0}
.name{display:block;overflow:hidden;font-size:15px}
.columns th .muted{display:flex;flex-wrap:wrap;gap:0 8px;font-weight:400}
.link{padding:0 4px;color:var(--muted);text-decoration:none}
.link:hover,.link:focus-visible{color:var(--link)}
.notes{display:block}
svg path{vector-effect:non-scaling-stroke}
.chart,.plot{display:block;width:100%;aspect-ratio:528/126;margin-bottom:16px;overflow:visible}
.chart{max-width:360px}
.chart:has(.second){margin-bottom:32px}
.ticks,.scale{overflow:visible}
.ticks text{text-anchor:middle;transform:translateY(12px)}
.ticks .start{text-anchor:start}
.ticks .end{text-anchor:end}
.ticks .second{transform:translateY(28px)}
.axis{fill:none;stroke:var(--muted)}
.break{stroke:var(--muted);stroke-dasharray:2 3}
.categories{list-style:none;padding:0;font-size:12px;line-height:18px;max-width:360px}
.categories li{display:grid;grid-template-columns:minmax(70px,1fr) minmax(42px,1fr) 112px;gap:6px;align-items:center}
.category{display:flex;flex-wrap:wrap;align-items:center;min-width:0}
.category bdi{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.pair{display:block;width:100%;height:12px}
.pair line{stroke-width:5}
.r{stroke:var(--ref-line);transform:translateY(2.5px)}
.c{stroke:var(--cur);transform:translateY(8.5px)}
.cut{stroke-dasharray:86% 4%}
.shares{text-align:right;white-space:nowrap;color:var(--muted)}
.effect-bar{background:linear-gradient(var(--track),var(--track)) 0 4px/100% 8px no-repeat;display:block;width:120px;height:16px;margin:3px 0 2px}
.effect-bar .bar{fill:var(--muted)}
.drifted .effect-bar .bar{fill:var(--drifted)}
.interval{fill:none;stroke:var(--text)}
.warning{margin:4px 0 0 16px}
.warning b{color:var(--insufficient)}
summary{cursor:pointer;width:max-content;max-width:100%;color:var(--muted);margin-top:6px}
summary:hover{color:var(--text)}
.compact>thead>tr,.compact>tbody{grid-template-columns:minmax(130px,1fr) 130px minmax(0,1.8fr) 104px 130px;gap:0 16px}
.compact>tbody{padding:4px 20px;align-items:center;contain-intrinsic-size:auto 38px}
.compact>thead>tr>:nth-child(3),.compact .effect{grid-column:4}
.compact .why{grid-area:1/3}
.compact>tbody:has([open]) .why{grid-area:2/1/auto/-1}
.compact th[scope=row]{display:flex;gap:8px;align-items:baseline}
.compact .name{font-size:14px;white-space:nowrap;text-overflow:ellipsis}
.compact th .muted{flex:none}
.compact .link,.compact .legend,.compact .notes,.compact .effect-bar,.compact td>.tiny,.compact .chart .ticks,.compact .category,.compact .shares{display:none}
.compact .chart{max-width:120px;margin:0}
.compact .categories{max-width:120px}
.compact .categories li{display:block}
.compact .pair{height:7px}
.compact .pair line{stroke-width:2.5}
.compact .r{transform:translateY(1.5px)}
.compact .c{transform:translateY(4.5px)}
.compact summary{margin:0}
.compact details:not([open])>summary{overflow:hidden;white-space:nowrap;text-overflow:ellipsis}
.detail{display:grid;grid-template-columns:minmax(0,1fr) max-content;gap:20px 40px;padding:14px 0 12px 16px}
.pictures{min-width:0;max-width:720px}
.plots{padding-left:46px;container-type:inline-size}
.plots>.caption{margin-left:-46px}
.stability{aspect-ratio:528/84}
.scale text{text-anchor:end;transform:translate(-6px,4px)}
.grid{stroke:var(--line)}
@container (max-width:520px){.every-2 :nth-child(2n),.every-3 :not(:nth-child(3n+1)),.every-4 :not(:nth-child(4n+1)){display:none}}
.caption{font-size:13px;margin:12px 0 4px}
.caption:first-child{margin-top:0}
.curve{fill:none;stroke:var(--ref-line);stroke-width:2}
.gap{stroke:var(--text);stroke-width:3}
.more{fill:var(--cur)}
.fewer{fill:var(--ref-line)}
.shares-table{width:100%;font-size:13px}
.shares-table th,.shares-table td{padding:3px 16px 3px 0;text-align:right;font-variant-numeric:tabular-nums;vertical-align:top}
.shares-table th:first-child{text-align:left}
.shares-table td{white-space:nowrap}
.shares-table thead th{overflow-wrap:normal}
.shares-table thead th{color:var(--muted);font-weight:400}
.shares-table tbody th{font-weight:400}
.shares-table .pair{width:110px;margin-top:5px}
.pictures blockquote{margin:0 0 8px;padding-left:12px;border-left:3px solid var(--line);font-size:13px}
.listed{font-size:13px;margin-top:6px}
.figures{font-size:13px;margin-bottom:14px}
.figures th,.figures td{padding:2px 20px 2px 0;text-align:right;font-variant-numeric:tabular-nums}
.figures th:first-child{text-align:left;font-weight:400;color:var(--muted)}
.read-as{grid-column:1/-1;font-size:13px;min-width:0}
.read-as>div{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:0 20px}
.read-as dt{color:var(--muted)}
.read-as dd{min-width:0;overflow-wrap:anywhere}
footer{margin-top:40px;padding:24px 28px;font-size:14px}
footer dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:6px 24px}
footer dt{color:var(--muted);grid-column:1}
footer dd{grid-column:2;min-width:0}
@media screen and (max-width:1219px){
main{padding:24px 16px 40px}
header{margin-bottom:14px}
h1{font-size:22px}
.decision,.lists{grid-template-columns:minmax(0,1fr)}
.decision{padding:20px}
.decision h2{font-size:26px}
.lists>section{padding:18px 20px}
.read-as>div{display:block;margin-bottom:6px}
footer{padding:20px}
footer dl{display:block}
footer dd+dt{margin-top:10px}
}
@media screen and (max-width:859px){
.columns{background:none;border:0}
.columns>thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.columns>tbody{grid-template-columns:minmax(0,1fr);gap:10px 16px;background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:16px 20px;margin-bottom:12px;scroll-margin-top:8px}
.long>tbody{contain-intrinsic-size:auto 260px}
.columns>thead+tbody{border-top:1px solid var(--line)}
.columns td,.columns th[scope=row]{grid-area:auto}
.columns>tbody>tr>td:nth-child(4){order:-1;margin-top:-6px}
.columns th[scope=row]{order:-2}
.notes{display:inline;margin-left:10px}
.compact>tbody{grid-template-columns:minmax(0,1fr) auto;gap:4px 16px;padding:8px 14px;margin-bottom:6px;contain-intrinsic-size:auto 84px}
.compact>tbody>tr>td:nth-child(4){margin:0}
.compact .effect{grid-area:auto}
.compact .why,.compact>tbody:has([open]) .why{grid-area:auto/1/auto/-1}
.compact th[scope=row]{display:block}
.detail{grid-template-columns:minmax(0,1fr);padding:12px 0 0}
.warning{margin-left:0}
}
@media screen and (max-width:479px){
.shares-table td:nth-child(2){display:none}
.shares-table th,.shares-table td{padding-right:10px}
.tools>label,.tools input[type=search]{width:100%}
.tools fieldset{width:100%}
}
@media screen and (max-width:359px){
.shares-table{font-size:12px}
svg text,.scale text{font-size:10px}
.shares-table th,.shares-table td{padding-right:6px}
}
@media print{
@page{size:A4 landscape;margin:12mm}
body{background:none;font-size:11px;print-color-adjust:exact;-webkit-print-color-adjust:exact}
main{padding:0;max-width:none}
.tools{margin:0}
.tools>:not([role=status]),.link{display:none!important}
.columns,.compact{display:table;width:100%;table-layout:fixed}
.columns>thead{display:table-header-group;position:static}
.columns>tbody{display:table-row-group;content-visibility:visible;break-inside:avoid}
.columns>thead>tr,.columns>tbody>tr{display:table-row}
.columns>*>tr>*{display:table-cell;vertical-align:top;padding:6px 12px 2px}
.columns>tbody>tr:first-child>*{border-top:1px solid var(--line)}
.columns>thead>tr>th{padding:6px 12px}
.columns>thead th:nth-child(2){width:36%}
.columns>thead th:nth-child(4){width:16%}
.columns .why{padding-bottom:6px}
.compact th[scope=row]{display:table-cell}
.compact .why{padding-top:0}
.columns,.columns>thead th,.small,.tiny,footer,.caption,.figures,.read-as,.shares-table{font-size:10px;line-height:14px}
.columns>thead button::after{display:none}
.chart{max-width:220px}
.categories,svg text,.scale text{font-size:9px;line-height:13px;max-width:200px}
.categories li{grid-template-columns:70px 1fr 74px}
main h2{margin-bottom:6px}
.decision,.lists>section,.detail{break-inside:avoid}
summary{list-style:none;color:var(--text)}
a{color:inherit;text-decoration:none}
}
`
