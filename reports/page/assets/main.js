// Views, and how they follow the address.

const views = { claims: claimsView, persistence: persistenceView, speed: speedView, compare: compareView, engines: enginesView };
const main = document.getElementById('main');

function headline() {
  const differing = claims.filter((claim) => facets.differences(claim.cells)).length;
  const odd = claims.filter((claim) => facets.unexpected(claim.cells)).length;
  const counted = documents.map((document) => `${promises(document)} of ${documents.length > 1 ? `the ${document.kind}` : 'container storage'}`);
  const text = `${documents.length > 1 ? listed(counted) : `${plural(claims.length, 'claim')} about container storage`} on ${plural(runs.length, 'engine')}: `
    + `${differing || 'none'} ${differing === 1 ? 'differs' : 'differ'} between engines, `;
  document.getElementById('headline').replaceChildren(text,
    odd ? el('strong', {}, `${odd} unexpected`) : 'nothing is unexpected', '.');
}

// show draws the current view.
function show() {
  for (const link of document.querySelectorAll('nav a')) {
    if (link.hash === `#view=${state.view}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const title = { claims: 'every claim on every engine', persistence: 'persistence of data', speed: 'speed of each mechanism', compare: 'two runs compared', engines: 'the engines' };
  document.title = `Holdfast: ${title[state.view]}`;
  main.replaceChildren(views[state.view]());
  if (state.view === 'claims' && state.claim) reveal(state.claim);
}

// reveal scrolls to the row of a permanent link.
function reveal(id) {
  const row = document.getElementById(id);
  row?.classList.add('linked');
  row?.scrollIntoView({ block: 'center' });
  row?.querySelector('button.cell')?.focus({ preventScroll: true });
}

// apply follows the address. If only the panel opens or closes, the view is not
// redrawn, so that the focus can return to its cell.
function apply() {
  const next = read(location.hash);
  const same = main.querySelector('.view') && address() === addressOf({ ...next, open: state.open });
  state = next;
  if (!same) show();
  showPanel();
}

function addressOf(other) {
  const current = state;
  state = other;
  const text = address();
  state = current;
  return text;
}

document.getElementById('skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.querySelector('.region')?.focus();
});

// The link of a view keeps the filters.
document.querySelector('nav').addEventListener('click', (event) => {
  const link = event.target.closest('a');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const view = read(link.hash).view;
  if (view === state.view) return;
  state = { ...state, view };
  history.pushState(null, '', address());
  show();
});

window.addEventListener('popstate', apply);
headline();
// The details come after this script in the page. Views that do not need them
// are drawn before they are parsed.
const first = read(location.hash);
if (first.view === 'compare' || first.open) document.addEventListener('DOMContentLoaded', apply);
else apply();
// For measurements: the first frame with a table has been painted.
afterPaint(() => performance.mark('shown'));
