// The claims view: filters, and the table of claims by engine.

const FACETS = [
  ['differences', 'Engines differ', 'Some engine holds, another contradicts'],
  ['contradicted', 'Contradicted', 'Contradicted on some engine'],
  ['unexpected', 'Unexpected', 'Not as catalogued on some engine'],
  ['unverified', 'Unverified', 'Unverified on some engine'],
];

// crowded is the number of engines from which their names are written vertically.
const crowded = 7;

function claimsView() {
  const status = el('p', { role: 'status', class: 'count' });
  const frame = el('div', { class: 'frame' });
  const view = el('div', { class: 'view' }, filterBar(), el('div', { class: 'line' }, status, legend()), frame);
  const redraw = () => {
    const table = claimsTable(shownRuns());
    frame.replaceChildren(table ? region('Claims by engine', table) : el('p', { class: 'empty' }, 'No engine is selected.'));
    sift();
  };
  const sift = () => {
    const shown = shownRuns();
    const count = filterRows(frame.querySelector('table'), shown);
    status.textContent = `${count} of ${plural(claims.length, 'claim')} on ${shown.length === runs.length ? plural(runs.length, 'engine') : `${shown.length} of ${plural(runs.length, 'engine')}`}`;
    tally(view, shown);
  };
  listen(view, redraw, sift);
  redraw();
  return view;
}

function filterBar() {
  const on = state.only.size + (state.document ? 1 : 0) + (state.area ? 1 : 0) + (state.text ? 1 : 0) + (state.off.size ? 1 : 0);
  return el('form', { class: 'filters', role: 'search', 'aria-label': 'Filters' },
    el('label', { class: 'text' }, hidden('Text in quote, id, section or erratum'), el('input', {
      type: 'search', name: 'text', placeholder: 'Search claims', value: state.text, autocomplete: 'off', spellcheck: 'false',
    })),
    el('button', { type: 'button', class: 'more', 'aria-expanded': 'false', 'aria-controls': 'choices' }, on ? `Filters (${on})` : 'Filters'),
    el('div', { class: 'choices', id: 'choices' },
      el('fieldset', { class: 'chips' }, el('legend', { class: 'hidden' }, 'Only claims that are'), FACETS.map(([facet, label, title]) =>
        el('label', { class: 'chip', title }, el('input', { type: 'checkbox', name: 'only', value: facet, checked: state.only.has(facet) }),
          ` ${label} `, el('span', { class: 'n', 'data-count': facet })))),
      documents.length > 1 && el('label', { class: 'area' }, hidden('Document'), el('select', { name: 'document' },
        el('option', { value: '' }, 'Every document'),
        documents.map((document) => el('option', { value: document.id, selected: document.id === state.document },
          `${document.kind === 'contract' ? 'Contract' : document.id} (${document.claims.length})`)))),
      el('label', { class: 'area' }, hidden('Area'), el('select', { name: 'area' },
        el('option', { value: '' }, 'Every area'),
        areas.map((area) => el('option', { value: area, selected: area === state.area },
          `${area} (${claims.filter((claim) => claim.area === area).length})`)))),
      engineChoice(),
      el('button', { type: 'button', class: 'reset' }, 'Reset'),
    ));
}

function engineChoice() {
  return el('details', { class: 'choose' },
    el('summary', {}, 'Engines ', el('span', { class: 'n', 'data-count': 'engines' })),
    el('fieldset', {},
      el('legend', {}, 'Engines to show'),
      el('div', {}, el('button', { type: 'button', 'data-all': 'on' }, 'All'), ' ', el('button', { type: 'button', 'data-all': '' }, 'None')),
      runs.map((run) => el('label', {}, el('input', { type: 'checkbox', name: 'engine', value: run.key, checked: !state.off.has(run.key) }), ` ${name(run)}`))));
}

function legend() {
  return el('ul', { class: 'legend', 'aria-label': 'Signs' },
    ['h', 'c', 'u', ...(claims.some((claim) => claim.cells.includes('-')) ? ['-'] : [])].map((letter) => el('li', {}, el('span', { class: `cell ${verdictOf(letter).className}` }, sign(verdictOf(letter).sign)), ` ${verdictOf(letter).name}`)),
    el('li', {}, el('span', { class: 'cell contradicted unexpected' }, sign('!')), ' unexpected'));
}

// tally shows on each filter how many claims match.
function tally(view, shown) {
  for (const [facet] of FACETS) {
    const count = claims.filter((claim) => facets[facet](lettersOn(claim, shown))).length;
    view.querySelector(`[data-count="${facet}"]`).textContent = count;
  }
  view.querySelector('[data-count="engines"]').textContent = `${shown.length}/${runs.length}`;
}

function listen(view, redraw, sift) {
  const form = view.querySelector('form');
  const typed = later(120, () => {
    remember();
    sift();
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', ({ target }) => {
    if (target.name === 'text') {
      state.text = target.value;
      typed();
    }
  });
  form.addEventListener('change', ({ target }) => {
    if (target.name === 'only') state.only[target.checked ? 'add' : 'delete'](target.value);
    else if (target.name === 'document') state.document = target.value;
    else if (target.name === 'area') state.area = target.value;
    else if (target.name === 'engine') state.off[target.checked ? 'delete' : 'add'](target.value);
    else return;
    remember();
    (target.name === 'engine' ? redraw : sift)();
  });
  form.addEventListener('click', ({ target }) => {
    if (target.closest('.reset')) {
      state = { ...fresh(), a: state.a, b: state.b, of: state.of };
      remember();
      show();
      document.querySelector('.reset').focus();
    } else if (target.closest('.more')) {
      const wide = form.classList.toggle('open');
      target.setAttribute('aria-expanded', String(wide));
    } else if (target.dataset.all !== undefined) {
      state.off = new Set(target.dataset.all ? [] : runs.map((run) => run.key));
      for (const box of form.elements.engine.length ? form.elements.engine : [form.elements.engine]) box.checked = Boolean(target.dataset.all);
      remember();
      redraw();
    }
  });
}

function columnHeader(run) {
  return el('th', { scope: 'col' }, el('button', { type: 'button', class: 'engine', 'data-open': `engine:${run.key}` },
    el('b', run.run.passed ? {} : { class: 'failed' }, run.title, !run.run.passed && el('span', { 'aria-hidden': 'true' }, ' !')),
    el('span', { class: 'home' }, run.engine.provider === 'lab' && el('span', { class: 'lab' }, 'lab '), run.engine.release || run.home,
      when(run) && el('span', { class: 'when' }, ` ${when(run)}`)),
    el('span', {}, `API ${run.engine.api}`),
    el('span', {}, run.system),
    el('time', { datetime: run.run.started }, run.date),
    run.notes.length > 0 && el('span', { class: 'notes' }, run.notes.join(', ')),
  ));
}

function claimsTable(shown) {
  if (shown.length === 0) return null;
  const table = el('table', { class: shown.length >= crowded ? 'claims crowded' : 'claims' },
    el('caption', { class: 'hidden' }, 'Each claim of the documents, and its verdict on each engine. A cell opens the evidence.'),
    el('colgroup', {}, el('col', { class: 'what' }), shown.map(() => el('col', { class: 'on' }))),
    el('thead', {}, el('tr', {}, el('th', { scope: 'col', class: 'corner' }, 'Claim'), shown.map(columnHeader))));
  table.style.setProperty('--engines', shown.length);
  grow(table, shown);
  navigable(table);
  return table;
}

// The first rows are drawn at once and the others in steps, so that a large page
// opens fast.
const FIRST = 40;
const STEP = 100;

function grow(table, shown) {
  let done = 0;
  let body;
  const first = Math.max(FIRST, state.claim ? byID.get(state.claim).place + 1 : 0);
  const add = (count) => {
    for (const claim of claims.slice(done, done + count)) {
      const last = claims[claim.place - 1];
      if (documents.length > 1 && last?.lesson !== claim.lesson) table.append(documentRow(claim.lesson, shown));
      if (!last || last.section !== claim.section || last.lesson !== claim.lesson) {
        body = el('tbody', {}, el('tr', { class: 'section' },
          el('th', { colspan: shown.length + 1, scope: 'rowgroup' }, el('span', {}, claim.section || 'Without a section'))));
        table.append(body);
      }
      body.append(claimRow(claim, shown));
    }
    done += count;
  };
  const more = () => {
    if (done >= claims.length || (!table.isConnected && done > first)) return;
    add(STEP);
    filterRows(table, shown);
    setTimeout(more);
  };
  add(first);
  afterPaint(more);
  window.addEventListener('beforeprint', () => {
    add(claims.length);
    filterRows(table, shown);
  }, { once: true });
}

// documentRow heads the sections of a document.
function documentRow(id, shown) {
  const document = documents.find((one) => one.id === id);
  return el('tbody', { 'data-document': id }, el('tr', { class: 'section document' },
    el('th', { colspan: shown.length + 1, scope: 'rowgroup' }, el('span', {}, `${document.title}: ${promises(document)}`))));
}

function claimRow(claim, shown) {
  // The link is no tab stop, since the panel has it, too.
  const row = el('tr', { 'data-claim': claim.place, id: claim.id },
    el('th', { scope: 'row' }, el('span', { class: 'quote' }, flat(claim.quote)),
      el('span', { class: 'id' }, claim.line > 0 ? `${claim.line} · ` : '', el('a', { href: claim.anchor, title: 'Permanent link', tabindex: '-1' }, claim.id))),
    shown.map((run) => {
      const letter = claim.cells[run.place];
      if (letter === '-') return el('td', {}, el('span', { class: 'cell absent' }, sign('–'), hidden('not run')));
      const { sign: mark, className } = verdictOf(letter);
      return el('td', {}, cellButton(`claim:${run.key}:${claim.id}`, unexpected(letter) ? `${className} unexpected` : className,
        spoken(letter), unexpected(letter) ? `${mark}!` : mark));
    }));
  return row;
}

// fitting returns for each claim whether it matches the filters.
function fitting(shown) {
  const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
  return claims.map((claim) => (!state.document || claim.lesson === state.document)
    && (!state.area || claim.area === state.area)
    && words.every((word) => claim.haystack.includes(word))
    && [...state.only].every((facet) => facets[facet](lettersOn(claim, shown))));
}

// filterRows hides the rows that do not match, and returns how many do.
function filterRows(table, shown) {
  if (!table) return 0;
  const fits = fitting(shown);
  for (const body of table.tBodies) {
    for (const row of body.rows) {
      if (row.dataset.claim) row.hidden = !fits[row.dataset.claim];
    }
    if (body.dataset.document) body.hidden = !claims.some((claim, at) => fits[at] && claim.lesson === body.dataset.document);
    else body.hidden = [...body.rows].every((row) => row.hidden || !row.dataset.claim);
  }
  const count = fits.filter(Boolean).length;
  table.hidden = count === 0;
  const frame = table.closest('.frame');
  frame?.querySelector('.empty')?.remove();
  if (count === 0) frame?.append(el('p', { class: 'empty' }, 'No claim matches these filters.'));
  settle(table);
  return count;
}
