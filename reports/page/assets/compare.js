// The difference between two runs, of one engine or of two.

const KINDS = ['changed', 'new', 'gone'];

// differences compares each claim in run b with run a.
function differences(a, b) {
  const rows = [];
  for (const claim of claims) {
    const [before, after] = [claim.cells[a.place], claim.cells[b.place]];
    if (before === '-' && after === '-') continue;
    const wordsOn = (run) => details(run.place).cells[claim.place]?.own ?? claim;
    let kind = '';
    let why = '';
    if (before === '-') kind = 'new';
    else if (after === '-') kind = 'gone';
    else if (before !== after) kind = 'changed';
    else if (wordsOn(a).quote !== wordsOn(b).quote) [kind, why] = ['changed', `the ${kindOf(claim)} was edited`];
    else if (details(a.place).cells[claim.place].expected !== details(b.place).cells[claim.place].expected) {
      [kind, why] = ['changed', 'the catalogue expects something else'];
    }
    rows.push({ claim, before, after, kind, why });
  }
  return rows;
}

function fateDifferences(a, b) {
  const { mechanisms, events, of } = fates([a, b]);
  return events.flatMap((event) => mechanisms.flatMap((mechanism) => {
    const cells = of(event, mechanism);
    const [before, after] = [a, b].map((run) => cells.find((cell) => cell.run === run));
    const same = before?.fate === after?.fate;
    return same || a.matrix.length === 0 || b.matrix.length === 0 ? [] : [{ event, mechanism, before, after }];
  }));
}

function compareView() {
  const status = el('p', { role: 'status', class: 'count' });
  const frame = el('div', { class: 'frame' });
  const pick = (key, label) => el('label', {}, label, el('select', { name: key }, runs.map((run) => el('option', { value: run.key, selected: run.key === state[key] }, name(run)))));
  const form = el('form', { class: 'filters plain' },
    pick('a', 'From '), el('button', { type: 'button', class: 'swap', 'aria-label': 'Swap the two' }, sign('⇄')), pick('b', 'to '),
    el('fieldset', { class: 'chips' }, el('legend', { class: 'hidden' }, 'Only claims that are'), KINDS.map((kind) =>
      el('label', { class: 'chip' }, el('input', { type: 'checkbox', name: 'kinds', value: kind, checked: state.kinds.has(kind) }), ` ${kind} `, el('span', { class: 'n', 'data-count': kind })))));
  const draw = () => {
    const [a, b] = [byKey.get(state.a), byKey.get(state.b)];
    const all = differences(a, b);
    const count = (kind) => all.filter((row) => row.kind === kind).length;
    for (const kind of KINDS) form.querySelector(`[data-count="${kind}"]`).textContent = count(kind);
    const rows = all.filter((row) => row.kind && (state.kinds.size === 0 || state.kinds.has(row.kind)));
    const moved = fateDifferences(a, b);
    status.textContent = `${KINDS.map((kind) => `${count(kind)} ${kind}`).join(', ')}, ${count('')} the same`
      + (moved.length ? `; ${plural(moved.length, 'fate')} changed` : '');
    frame.replaceChildren(region('Differences', el('div', {},
      rows.length ? differenceTable(a, b, rows) : el('p', { class: 'empty' }, a === b ? 'Choose two different runs.' : 'Nothing differs.'),
      moved.length ? movedTable(a, b, moved) : '')));
  };
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', ({ target }) => {
    if (target.name === 'kinds') state.kinds[target.checked ? 'add' : 'delete'](target.value);
    else state[target.name] = target.value;
    remember();
    draw();
  });
  form.querySelector('.swap').addEventListener('click', () => {
    [state.a, state.b] = [state.b, state.a];
    form.elements.a.value = state.a;
    form.elements.b.value = state.b;
    remember();
    draw();
  });
  draw();
  return el('div', { class: 'view' }, form, el('div', { class: 'line' }, status), frame);
}

function differenceTable(a, b, rows) {
  const cell = (run, claim, letter) => (letter === '-'
    ? el('td', {}, el('span', { class: 'cell absent wide' }, 'not run'))
    : el('td', {}, cellButton(`claim:${run.key}:${claim.id}`, `wide ${verdictOf(letter).className}${unexpected(letter) ? ' unexpected' : ''}`,
      spoken(letter), sign(verdictOf(letter).sign), ` ${verdictOf(letter).name}`, unexpected(letter) ? ' !' : '')));
  const table = el('table', { class: 'differences' },
    el('caption', { class: 'hidden' }, `What differs between ${name(a)} and ${name(b)}`),
    el('thead', {}, el('tr', {}, el('th', { scope: 'col', class: 'corner' }, 'Claim'), el('th', { scope: 'col' }, name(a)), el('th', { scope: 'col' }, name(b)))),
    el('tbody', {}, rows.map(({ claim, before, after, kind, why }) => el('tr', {},
      el('th', { scope: 'row' }, el('span', { class: 'quote' }, flat(claim.quote)),
        el('span', { class: 'id' }, el('b', { class: 'kind' }, kind), why && ` (${why})`, ` · ${claim.line > 0 ? `${claim.line} · ` : ''}${claim.id}`)),
      cell(a, claim, before), cell(b, claim, after)))));
  navigable(table);
  return table;
}

function movedTable(a, b, moved) {
  const cell = (one, row) => el('td', {}, one
    ? cellButton(`fate:${row.event}|${row.mechanism}`, `wide fate ${fateClass(one)}`, null, fateText(one))
    : el('span', { class: 'cell absent wide' }, 'not run'));
  const table = el('table', { class: 'differences' },
    el('caption', {}, 'Persistence of data'),
    el('thead', {}, el('tr', {}, el('th', { scope: 'col', class: 'corner' }, 'Mechanism and event'), el('th', { scope: 'col' }, name(a)), el('th', { scope: 'col' }, name(b)))),
    el('tbody', {}, moved.map((row) => el('tr', {}, el('th', { scope: 'row' }, `${row.mechanism}: ${row.event}`), cell(row.before, row), cell(row.after, row)))));
  navigable(table);
  return table;
}
