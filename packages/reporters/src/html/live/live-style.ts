/** What a live page has besides the style sheet of every report. `pnpm page-script` writes its hash. */
export const LIVE_STYLE = `
.live h1{margin-bottom:8px}
.live-facts{display:flex;flex-wrap:wrap;gap:2px 24px}
.live-facts>div{min-width:0}
.live-facts dt{display:inline;color:var(--muted)}
.live-facts dd{display:inline}
.live-bar{margin-top:10px;display:flex;flex-wrap:wrap;align-items:center;gap:8px 16px;margin-bottom:16px}
.live-bar p{min-width:0}
.live-bar button{font:inherit;font-size:14px;color:var(--text);background:var(--panel);border:1px solid var(--muted);border-radius:6px;height:32px;padding:0 12px;cursor:pointer}
.live-bar button:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.live-bar nav{display:flex;flex-wrap:wrap;gap:4px 16px;min-width:0}
.live-warning{background:var(--panel);border:1px solid var(--line);border-left:6px solid var(--insufficient);border-radius:10px;padding:12px 20px;margin-bottom:16px;font-weight:600}
.looks,.strangers{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:16px 28px;margin-bottom:16px;min-width:0}
.lists:has(+.strangers){margin-bottom:16px}
.strangers{margin-bottom:40px}
.strip{position:relative;width:fit-content;min-width:130px;max-width:100%;margin-top:12px}
.strip ol{display:flex;list-style:none;padding:0;margin:0}
.strip li{flex:0 1 18.7px;min-width:0}
.strip .replaced{flex:0 0 14px}
.strip svg{display:block;width:100%}
.look-room{fill:var(--track)}
.look-bar{fill:currentColor}
.look-threshold{stroke:var(--text);stroke-width:1}
.look-replaced{stroke:currentColor;stroke-width:2;stroke-dasharray:3 2}
.strip use{fill:currentColor}
.strip .action{color:var(--drifted)}
.strip .calm{color:var(--stable)}
.strip .undecided,#look-hatch{color:var(--insufficient)}
.strip .failed{color:var(--error)}
.strip .replaced{color:var(--link)}
#look-hatch path{stroke:currentColor;stroke-width:1.5}
.look-text{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.strip li:hover .look-text{width:max-content;max-width:300px;height:auto;clip-path:none;white-space:normal;left:0;bottom:100%;padding:2px 8px;font-size:13px;color:var(--text);background:var(--panel);border:1px solid var(--muted);border-radius:6px;z-index:2}
.strip li:hover .look-room{fill:var(--line)}
.strip-ends{display:flex;justify-content:space-between;gap:12px;font-size:12px;color:var(--muted);margin:2px 0}
.strangers table{font-size:14px}
.strangers th,.strangers td{padding:3px 28px 3px 0;text-align:right}
.strangers th:first-child{text-align:left}
.strangers thead th{color:var(--muted);font-size:13px;font-weight:400}
.strangers tbody th{font-weight:400}
.strip .middling,.strip .narrow{display:none}
@media screen and (max-width:859px){
.strip .wide,.strip .narrow{display:none}
.strip .middling{display:inline}
.looks,.strangers{padding:14px 20px}
.strip li:nth-last-child(n+41){display:none}
.strangers th,.strangers td{padding-right:14px}
}
@media screen and (max-width:479px){
.strip .middling{display:none}
.strip .narrow{display:inline}
.strangers td{white-space:normal}
.strangers th,.strangers td{padding-right:8px}
.strip li:nth-last-child(n+31){display:none}
}
@media print{
.live-bar a,.live-bar button{display:none}
.looks,.strangers{break-inside:avoid}
}
`
