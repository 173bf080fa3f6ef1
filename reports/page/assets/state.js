// The state of the page, kept in its address. Views and opened cells are steps in
// the browser's history; filters are not.

const VIEWS = ['claims', 'persistence', 'speed', 'compare', 'engines'];

// toCompare returns the default runs to compare: the last two of one engine if
// there are two, otherwise the first and the last run.
function toCompare() {
  const again = runs.findLast((run) => runs.some((other) => other !== run && other.label === run.label));
  const after = again ?? runs.at(-1);
  const before = runs.findLast((run) => run !== after && run.label === after.label) ?? runs[0];
  return [before.key, after.key];
}

function fresh() {
  const [a, b] = toCompare();
  return { view: 'claims', text: '', only: new Set(), document: '', area: '', claim: '', off: new Set(), of: '', a, b, kinds: new Set(), open: '' };
}

let state = fresh();

const shownRuns = () => runs.filter((run) => !state.off.has(run.key));

// anchored returns the claim whose permanent link an address is, or the empty string.
function anchored(address) {
  try {
    const id = decodeURIComponent(address.slice(1));
    return byID.has(id) ? id : '';
  } catch {
    return ''; // it is no valid escape
  }
}

function read(address) {
  const given = new URLSearchParams(address.replace(/^#/, ''));
  const next = fresh();
  next.claim = anchored(address);
  const list = (key) => (given.get(key) ?? '').split(',').filter(Boolean);
  const among = (key, allowed, fallback) => (allowed.includes(given.get(key)) ? given.get(key) : fallback);
  const keys = runs.map((run) => run.key);
  next.view = among('view', VIEWS, 'claims');
  next.text = given.get('text') ?? '';
  next.only = new Set(list('only').filter((facet) => Object.hasOwn(facets, facet)));
  next.document = among('document', documents.map(({ id }) => id), '');
  next.area = among('area', areas, '');
  const on = list('engines').filter((key) => byKey.has(key));
  if (on.length > 0) next.off = new Set(keys.filter((key) => !on.includes(key)));
  next.of = among('of', keys, '');
  next.a = among('a', keys, next.a);
  next.b = among('b', keys, next.b);
  next.kinds = new Set(list('kinds').filter((kind) => KINDS.includes(kind)));
  next.open = given.get('open') ?? '';
  return next;
}

function address() {
  const plain = fresh();
  const parts = new URLSearchParams({ view: state.view });
  const put = (key, value, usual) => value !== usual && parts.set(key, value);
  put('text', state.text, '');
  put('only', [...state.only].join(','), '');
  put('document', state.document, '');
  put('area', state.area, '');
  if (state.off.size > 0) parts.set('engines', shownRuns().map((run) => run.key).join(','));
  put('of', state.of, '');
  put('a', state.a, plain.a);
  put('b', state.b, plain.b);
  put('kinds', [...state.kinds].join(','), '');
  put('open', state.open, '');
  if (state.claim && state.view === 'claims' && parts.size === 1) return byID.get(state.claim).anchor;
  return `#${parts.toString().replaceAll('%2C', ',').replaceAll('%2F', '/').replaceAll('%40', '@')}`;
}

// remember writes the state to the address.
function remember() {
  if (location.hash !== address()) history.replaceState(history.state, '', address());
}
