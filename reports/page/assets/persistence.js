// The persistence matrix: the fate of data by mechanism and event.

const FATES = { survives: '●', lost: '○', '': '?' };

const fateText = (cell) => `${FATES[cell.fate] ?? ''} ${cell.fate || 'not seen'}${surprising(cell) ? ' !' : ''}`;
const fateClass = (cell) => `${cell.fate || 'unverified'}${surprising(cell) ? ' unexpected' : ''}`;

function persistenceView() {
  const measured = runs.filter((run) => run.matrix.length > 0);
  if (measured.length === 0) return el('div', { class: 'view' }, el('p', { class: 'empty' }, 'No run has a persistence matrix.'));
  if (!measured.some((run) => run.key === state.of)) state.of = '';
  const frame = el('div', { class: 'frame' });
  const status = el('p', { role: 'status', class: 'count' });
  const draw = () => {
    const shown = state.of ? [byKey.get(state.of)] : measured;
    const { table, differing, odd, cells } = fateTable(shown);
    frame.replaceChildren(region('Persistence matrix', table));
    const on = state.of ? name(shown[0]) : plural(measured.length, 'engine');
    status.textContent = `${cells} fates on ${on}: ${state.of ? '' : `${differing || 'none'} differ${differing === 1 ? 's' : ''} between engines, `}${odd || 'none'} unexpected`;
  };
  const choice = el('select', { name: 'of' },
    el('option', { value: '' }, `Every engine (${measured.length})`),
    measured.map((run) => el('option', { value: run.key, selected: run.key === state.of }, name(run))));
  choice.addEventListener('change', () => {
    state.of = choice.value;
    remember();
    draw();
  });
  draw();
  return el('div', { class: 'view' },
    el('form', { class: 'filters plain' }, el('label', {}, 'On ', choice)),
    el('div', { class: 'line' }, status, el('ul', { class: 'legend', 'aria-label': 'Signs' },
      el('li', {}, el('span', { class: 'survives' }, '●'), ' the data survives'), el('li', {}, el('span', { class: 'lost' }, '○'), ' the data is lost'), el('li', {}, sign('?'), ' not seen'))),
    frame);
}

function fateTable(shown) {
  const { mechanisms, events, of } = fates(shown);
  let [differing, odd, count] = [0, 0, 0];
  const one = (event, mechanism) => {
    const cells = of(event, mechanism);
    if (cells.length === 0) return el('td', {}, el('span', { class: 'cell absent' }, hidden('no such case')));
    count += 1;
    const seen = [...new Set(cells.filter((cell) => cell.fate).map((cell) => cell.fate))];
    const wrong = cells.some(surprising);
    if (seen.length > 1) differing += 1;
    if (wrong) odd += 1;
    const className = seen.length > 1 ? 'mixed' : seen[0] ?? 'unverified';
    const groups = ['survives', 'lost', ''].map((fate) => [fate, cells.filter((cell) => cell.fate === fate).length]).filter(([, n]) => n > 0);
    return el('td', {}, cellButton(`fate:${event}|${mechanism}`, `fate ${className}${wrong ? ' unexpected' : ''}`, null,
      groups.map(([fate, n]) => el('span', {}, sign(FATES[fate]),
        el('span', { class: groups.length > 1 ? 'word' : false }, ` ${fate || 'not seen'}`), groups.length > 1 && ` ${n}`)), wrong && [sign('!'), hidden(' unexpected')]));
  };
  const table = el('table', { class: 'fates' },
    el('caption', { class: 'hidden' }, 'The fate of data: events down, mechanisms across.'),
    el('thead', {}, el('tr', {}, el('th', { scope: 'col', class: 'corner' }, 'Event'), mechanisms.map((mechanism) => el('th', { scope: 'col' }, mechanism)))),
    el('tbody', {}, events.map((event) => el('tr', {}, el('th', { scope: 'row' }, event), mechanisms.map((mechanism) => one(event, mechanism))))));
  navigable(table);
  return { table, differing, odd, cells: count };
}
