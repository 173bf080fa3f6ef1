// The panel shows one claim beside the lesson, or below it on a small screen. It
// follows the pointer and the focus, and stays after a click, a tap or Enter.

const panel = document.getElementById('hf:panel');
const places = new Map(claims.map((claim, place) => [claim.id, place]));
let shown = -1;
let pinned = false;
let opener = null;
let closing = false;

// named returns the id in the address, which may be malformed.
function named() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return '';
  }
}

const refOf = (place) => document.getElementById(claims[place].id);

function button(label, text, onclick, className = '') {
  const node = document.createElement('button');
  node.type = 'button';
  node.className = className;
  node.setAttribute('aria-label', label);
  node.textContent = text;
  node.addEventListener('click', onclick);
  return node;
}

// fill copies a claim's note into the panel, with the chosen engine first. Only
// the note itself has an id, so the copy duplicates none.
function fill(place) {
  const note = document.getElementById(`note:${claims[place].id}`).cloneNode(true);
  const title = note.querySelector('h3');
  const heading = document.createElement('h2');
  heading.id = 'hf:panel-title';
  heading.tabIndex = -1;
  heading.append(...title.childNodes);
  title.remove();
  for (const part of note.querySelectorAll('h4')) {
    const lower = document.createElement('h3');
    lower.append(...part.childNodes);
    part.replaceWith(lower);
  }
  const engineParts = [...note.querySelectorAll('.told')];
  engineParts.sort((a, b) => (Number(b.dataset.engine) === engine) - (Number(a.dataset.engine) === engine));
  note.append(...engineParts);
  note.querySelector(`.told[data-engine="${engine}"] .evidence`)?.setAttribute('open', '');
  if (engines.length > 1) note.querySelector(`.verdicts [data-engine="${engine}"]`)?.classList.add('chosen');
  const bar = document.createElement('div');
  bar.className = 'bar';
  bar.append(
    button('Previous finding', '‹ Previous', () => step(-1)), button('Next finding', 'Next ›', () => step(1)),
    button('Close', '×', close, 'close'),
  );
  panel.replaceChildren(bar, heading, ...note.childNodes);
  for (const long of panel.querySelectorAll('.reason')) {
    if (long.scrollHeight > long.clientHeight) long.tabIndex = 0;
  }
}

// show fills the panel, and pin keeps it open.
function show(place, pin) {
  if (place !== shown) {
    unmark();
    shown = place;
    panel.hidden = false;
    fill(place);
    panel.scrollTop = 0;
    for (const piece of document.querySelectorAll('.m[data-m]')) piece.classList.toggle('current', claimsOf(piece).includes(place));
  }
  pinned = pin;
}

function unmark() {
  for (const piece of document.querySelectorAll('.m.current')) piece.classList.remove('current');
}

function hide() {
  unmark();
  panel.hidden = true;
  panel.replaceChildren();
  shown = -1;
  pinned = false;
}

// open shows a claim on request: it becomes a step in the history, and gets the focus.
function open(place, from) {
  opener = from ?? refOf(place);
  if (named() !== claims[place].id) history.pushState(null, '', `#${claims[place].id}`);
  show(place, true);
  reveal(place);
  document.getElementById('hf:panel-title').focus({ preventScroll: true });
}

// unfold opens all closed details around an element.
function unfold(element) {
  for (let fold = element.closest('details:not([open])'); fold; fold = fold.parentElement.closest('details:not([open])')) fold.open = true;
}

// reveal unfolds and scrolls to a claim's sign, clear of the panel.
function reveal(place) {
  const ref = refOf(place);
  unfold(ref);
  const box = ref.getBoundingClientRect();
  const sheet = panel.getBoundingClientRect();
  const lowest = sheet.left < box.left && sheet.top > 0 ? sheet.top : innerHeight;
  if (box.top < 20 || box.bottom > lowest - 20) scrollBy({ top: box.top - Math.min(lowest, innerHeight) / 3 });
}

function close() {
  const back = opener?.isConnected && opener.checkVisibility() ? opener : shown >= 0 && refOf(shown);
  hide();
  if (location.hash) history.replaceState(null, '', location.pathname + location.search);
  // The focus must not open the panel again.
  closing = true;
  back?.focus({ preventScroll: true });
  closing = false;
}

// step shows the next or previous finding: any claim that does not simply hold.
function step(by) {
  for (let n = 1; n <= claims.length; n++) {
    const place = (shown + by * n + n * claims.length) % claims.length;
    if (verdictOf(claims[place]).finding) {
      opener = null;
      history.replaceState(null, '', `#${claims[place].id}`);
      show(place, true);
      reveal(place);
      panel.querySelector(`.bar button[aria-label^="${by < 0 ? 'Previous' : 'Next'}"]`).focus({ preventScroll: true });
      return;
    }
  }
}
