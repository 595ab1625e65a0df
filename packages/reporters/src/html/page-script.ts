// Made by `pnpm page-script` of browser/page.ts and style.ts; not edited by hand.

/** The page's script. */
export const SCRIPT = `;
(() => {
const table = document.querySelector('.columns');
const tools = document.querySelector('.tools');
const search = tools.querySelector('input[type=search]');
const boxes = Array.from(tools.querySelectorAll('fieldset input'));
const select = tools.querySelector('select');
const expand = tools.querySelector('.expand');
const only = tools.querySelector('.drifted-only');
const compact = tools.querySelector('[value=compact]');
const status = tools.querySelector('[role=status]');
const headers = Array.from(table.querySelectorAll('th[data-sort]'));
const rows = Array.from(table.tBodies, (body) => {
const header = body.rows[0].cells[0];
const method = body.querySelector('.method')?.textContent ?? '';
const name = header.querySelector('bdi');
return {
body,
details: body.querySelector('details'),
text: \`\${header.textContent} \${name?.title ?? ''} \${method}\`.toLowerCase(),
name: name?.title || name?.textContent || '',
keys: body.dataset.keys.split(',').map((key) => (key === '' ? Number.NaN : Number(key))),
};
});
const shownFirst = new Map(rows.map((row, i) => [row, i]));
const SLICE = 50;
let sortRun = 0;
const order = { key: 'concern', reversed: false };
const COMPARE = {
concern: (a, b) => shownFirst.get(a) - shownFirst.get(b),
name: (a, b) => collator.compare(a.name, b.name),
effect: (a, b) => b.keys[0] - a.keys[0],
p: (a, b) => a.keys[1] - b.keys[1],
missing: (a, b) => b.keys[2] - a.keys[2],
};
const PLACE = { effect: 0, p: 1, missing: 2 };
const collator = new Intl.Collator('en', { numeric: true });
function sort(key, reversed) {
order.key = key;
order.reversed = reversed;
select.value = key;
for (const header of headers) {
const isKey = header.dataset.sort === key;
const ascending = (key === 'name' || key === 'p' || key === 'concern') !== reversed;
if (isKey)
header.setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
else
header.removeAttribute('aria-sort');
}
const place = PLACE[key];
const compare = COMPARE[key];
const sorted = [...rows].sort((a, b) => {
const lack = place === undefined
? 0
: Number(Number.isNaN(a.keys[place])) - Number(Number.isNaN(b.keys[place]));
if (lack !== 0)
return lack;
return (reversed ? -compare(a, b) : compare(a, b)) || shownFirst.get(a) - shownFirst.get(b);
});
placeInSlices(sorted, table.tHead);
}
function placeInSlices(waiting, after) {
const run = ++sortRun;
const next = (from, anchor) => {
if (run !== sortRun)
return;
const bodies = waiting.slice(from, from + SLICE).map(({ body }) => body);
anchor.after(...bodies);
const last = bodies[bodies.length - 1];
if (from + SLICE < waiting.length)
requestAnimationFrame(() => next(from + SLICE, last));
};
next(0, after);
}
function filter() {
const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
const verdicts = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
let shown = 0;
for (const { body, text } of rows) {
const fits = verdicts.has(body.className) && words.every((word) => text.includes(word));
body.hidden = !fits;
if (fits)
shown++;
}
say(shown === rows.length ? '' : \`\${shown} of \${rows.length} columns shown\`);
}
function showDriftedOnly() {
const isOnly = boxes.every(({ checked, value }) => checked === (value === 'drifted'));
for (const box of boxes)
box.checked = isOnly || box.value === 'drifted';
filter();
}
function say(text) {
status.textContent = text;
}
function setOpen(open) {
expand.textContent = open ? 'Collapse all' : 'Expand all';
const waiting = rows.filter(({ body, details }) => !body.hidden && details.open !== open);
const next = () => {
for (const { details } of waiting.splice(0, SLICE))
details.open = open;
if (waiting.length > 0)
requestAnimationFrame(next);
};
next();
}
function openTarget() {
const row = rows.find(({ body }) => \`#\${body.id}\` === location.hash);
if (row === undefined)
return;
if (row.body.hidden) {
search.value = '';
for (const box of boxes)
box.checked = true;
filter();
}
row.details.open = true;
row.body.scrollIntoView({ block: 'start' });
}
async function copyLink(link) {
try {
await navigator.clipboard.writeText(link.href);
say('Link copied');
}
catch {
say('The link is in the address bar');
}
}
for (const header of headers) {
const button = document.createElement('button');
button.type = 'button';
button.append(...Array.from(header.childNodes));
header.append(button);
button.addEventListener('click', () => {
const key = header.dataset.sort;
sort(key, order.key === key && !order.reversed);
});
}
search.addEventListener('input', filter);
for (const box of boxes)
box.addEventListener('change', filter);
select.addEventListener('change', () => sort(select.value, false));
only?.addEventListener('click', showDriftedOnly);
compact.addEventListener('change', () => table.classList.toggle('compact', compact.checked));
expand.addEventListener('click', () => setOpen(expand.textContent === 'Expand all'));
table.addEventListener('click', (event) => {
const link = event.target.closest('a.link');
if (link !== null)
void copyLink(link);
});
addEventListener('hashchange', openTarget);
headers
.find((header) => header.dataset.sort === 'concern')
.setAttribute('aria-sort', 'ascending');
tools.hidden = false;
openTarget();
})();
`

/** Of the script and of the style sheet, as sources of the Content-Security-Policy. */
export const SCRIPT_HASH = 'sha256-Cwh/YqMdjZFSfa9XEbDBiR1Gz8TO8CrJb0bhkTTpaWI='
export const STYLE_HASH = 'sha256-XKHwnnd/bmpYuDQP02CBLpiZHzvrduJF6rFUDDHz6S4='
