// The engines view: one row for each run.

function enginesView() {
  const number = (n, className) => el('td', { class: `number ${n ? className : 'zero'}` }, n);
  const column = (label, abbreviated) => el('th', { scope: 'col', class: abbreviated || label === 'Took' ? 'number' : null }, abbreviated ? [sign(abbreviated), hidden(label)] : label);
  const table = el('table', { class: 'engines' },
    el('caption', { class: 'hidden' }, 'The engines, and how many claims hold on each'),
    el('thead', {}, el('tr', {}, el('th', { scope: 'col', class: 'corner' }, 'Engine'),
      column('holds', '✓'), column('contradicted', '✗'), column('unverified', '?'), column('unexpected', '!'),
      ['Notes', 'API', 'System', 'Where', 'Storage', 'Compose', 'Date', 'Took'].map((label) => column(label)))),
    el('tbody', {}, runs.map((run) => el('tr', {},
      el('th', { scope: 'row' }, el('button', { type: 'button', class: 'engine', 'data-open': `engine:${run.key}` }, el('b', {}, run.title)),
        run.engine.rootless && el('span', { class: 'id' }, 'rootless')),
      number(run.counts.h, 'holds'), number(run.counts.c, 'contradicted'), number(run.counts.u, 'unverified'), number(run.counts.unexpected, 'unexpected'),
      el('td', {}, run.notes.join(', ')),
      [run.engine.api, run.system, run.home, run.engine.storageDriver, run.engine.compose].map((text) => el('td', {}, text)),
      el('td', {}, el('time', { datetime: run.run.started }, run.date)),
      el('td', { class: 'number' }, seconds(run.run.seconds))))));
  return el('div', { class: 'view' },
    el('div', { class: 'line' }, el('p', { role: 'status', class: 'count' }, `${plural(runs.length, 'run')} of ${plural(new Set(runs.map((run) => run.label)).size, 'engine')}`
      + documents.map((document) => (document.texts.size > 1 ? `, on ${document.texts.size} texts of the ${document.kind}` : '')).join(''))),
    el('div', { class: 'frame' }, region('Engines', table)));
}
