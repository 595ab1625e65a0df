// Made by `pnpm page-script` of browser/live.ts and live-style.ts; not edited by hand.

/** What the script of a live page does besides. */
export const LIVE_SCRIPT = `;
(() => {
const bar = document.querySelector('.live-bar');
const next = bar.querySelector('[data-next]');
const pause = bar.querySelector('button');
const link = bar.querySelector('a');
const key = \`tidegauge \${location.pathname}\`;
const refreshMilliseconds = Number(bar.dataset.refreshSeconds) * 1000;
const dueIn = Number(next?.dataset.next);
const nextAsTime = next?.textContent ?? '';
const isCalm = matchMedia('(prefers-reduced-motion: reduce)');
const HANDS_OFF = 2000;
let paused = false;
let touched = Number.NEGATIVE_INFINITY;
let startOfWait = performance.now();
function details() {
return Array.from(document.querySelectorAll('details'));
}
function placeOf(element) {
const home = element.closest('[id]');
const within = home?.querySelectorAll(element.tagName) ?? [];
return \`\${home?.id} \${Array.from(within).indexOf(element)}\`;
}
function controls() {
return Array.from(document.querySelectorAll('.tools input, .tools select'));
}
function nameOf(control) {
return isBox(control) ? \`box \${control.value}\` : control.type;
}
function isBox(control) {
return control.type === 'checkbox';
}
const FOCUSABLE = 'a, button, input, select, summary';
function focusOf(element) {
const home = element?.closest('[id], .tools, .live-bar, thead');
if (element === null || home === null || home === undefined)
return null;
const place = Array.from(home.querySelectorAll(FOCUSABLE)).indexOf(element);
const selector = home.id
? \`#\${CSS.escape(home.id)}\`
: (['.tools', '.live-bar', 'thead'].find((one) => home.matches(one)) ?? '');
return place < 0 ? null : [selector, place];
}
function anchorOf() {
if (scrollY < 1)
return null;
for (const element of document.querySelectorAll('main [id]')) {
const { top, bottom, height } = element.getBoundingClientRect();
if (height > 0 && bottom > 1 && element.closest('svg') === null)
return [element.id, top];
}
return null;
}
function sorted() {
const header = document.querySelector('th[aria-sort]');
return header === null ? null : [header.dataset.sort, header.getAttribute('aria-sort')];
}
function save() {
const filled = controls().map((control) => [
nameOf(control),
isBox(control) ? control.checked : control.value,
]);
const saved = {
paused,
open: details()
.filter(({ open }) => open)
.map(placeOf),
controls: { ...read()?.controls, ...Object.fromEntries(filled) },
sort: sorted(),
anchor: anchorOf(),
top: scrollY,
focus: focusOf(document.activeElement),
};
try {
sessionStorage.setItem(key, JSON.stringify(saved));
}
catch {
}
}
function read() {
try {
return JSON.parse(sessionStorage.getItem(key) ?? 'null');
}
catch {
return null;
}
}
function restore(saved) {
setPaused(saved.paused);
for (const control of controls()) {
const value = saved.controls[nameOf(control)];
if (value === undefined)
continue;
if (isBox(control)) {
if (control.checked === value)
continue;
control.checked = value === true;
control.dispatchEvent(new Event('change', { bubbles: true }));
}
else if (control.value !== value) {
control.value = String(value);
const event = control instanceof HTMLInputElement ? 'input' : 'change';
control.dispatchEvent(new Event(event, { bubbles: true }));
}
}
if (saved.sort !== null) {
const [by, direction] = saved.sort;
const header = \`th[data-sort="\${CSS.escape(by)}"]\`;
if (document.querySelector(\`\${header}[aria-sort]:not([aria-sort="\${direction}"])\`) !== null) {
document.querySelector(\`\${header} button\`)?.click();
}
}
const open = new Set(saved.open);
for (const one of details())
one.open = open.has(placeOf(one));
if (saved.focus !== null) {
const [selector, place] = saved.focus;
const home = selector === '' ? null : document.querySelector(selector);
const element = home?.querySelectorAll(FOCUSABLE)[place];
element?.focus({ preventScroll: true });
if (element instanceof HTMLInputElement && element.type === 'search') {
element.setSelectionRange(element.value.length, element.value.length);
}
}
scrollBack(saved, 12);
}
function scrollBack({ anchor, top }, frames) {
if (touched > Number.NEGATIVE_INFINITY)
return;
const element = anchor === null ? null : document.getElementById(anchor[0]);
if (element === null || anchor === null)
scrollTo(0, top);
else
scrollBy(0, element.getBoundingClientRect().top - anchor[1]);
if (frames > 0) {
requestAnimationFrame(() => scrollBack({ anchor, top }, frames - 1));
}
}
function setPaused(now) {
paused = now;
startOfWait = performance.now();
pause.textContent = paused ? 'Resume' : 'Pause';
pause.title = \`Alt+P: the page \${paused ? 'would load' : 'loads'} itself anew every \${bar.dataset.refreshSeconds} s\`;
}
function isInHand() {
return performance.now() - touched < HANDS_OFF || getSelection()?.isCollapsed === false;
}
function tick() {
if (next !== null && !isCalm.matches) {
const left = Math.ceil((dueIn - performance.now()) / 1000);
next.textContent = left > 0 ? \`next look in \${left} s\` : 'a newer look should be there';
}
else if (next !== null) {
next.textContent = nextAsTime;
}
const isDue = performance.now() - startOfWait >= refreshMilliseconds;
if (isDue && !paused && !document.hidden && !isInHand())
location.reload();
}
if (refreshMilliseconds > 0) {
pause.hidden = false;
setPaused(false);
pause.addEventListener('click', () => setPaused(!paused));
addEventListener('keydown', (event) => {
const { altKey, ctrlKey, metaKey, shiftKey, code } = event;
if (!altKey || ctrlKey || metaKey || shiftKey || code !== 'KeyP')
return;
event.preventDefault();
setPaused(!paused);
});
}
const saved = read();
history.scrollRestoration = 'manual';
if (saved !== null)
restore(saved);
link.addEventListener('click', (event) => {
event.preventDefault();
location.reload();
});
for (const type of ['keydown', 'pointerdown', 'wheel', 'touchmove']) {
addEventListener(type, () => {
touched = performance.now();
}, { passive: true });
}
addEventListener('pagehide', save);
setInterval(tick, 250);
tick();
})();
`

/** Of that script and of its style sheet, as sources of the Content-Security-Policy. */
export const LIVE_SCRIPT_HASH = 'sha256-Hbmpm+6AoSTnYGaX0vVpUsXrsDFIvZ1Yjp7JyCyJABs='
export const LIVE_STYLE_HASH = 'sha256-ZOF+D5buFvNFTqjZiSgkjVBl6TJPKBox1AFiRdPVW1M='
