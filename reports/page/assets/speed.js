// What `make speed` measured: each mechanism as a multiple of the container's own layer.

const rate = (value, unit) => (unit === 'B/s' ? `${(value / 1e6).toFixed(0)} MB/s` : `${value.toFixed(0)}/s`);
const times = (ratio) => `${ratio.median.toFixed(2)} ×`;

function middle(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(half)] : (sorted[half - 1] + sorted[half]) / 2;
}

function speedView() {
  if (speeds.length === 0) {
    return el('div', { class: 'view' }, el('p', { class: 'empty' }, 'No speeds were measured. ', el('code', {}, 'make speed'), ' measures them.'));
  }
  return el('div', { class: 'view' },
    el('p', { role: 'status', class: 'count' }, `Speeds on ${plural(speeds.length, 'engine')}. They are figures of one machine, not verdicts.`),
    speeds.map(speedOf));
}

function speedOf(one) {
  const mechanisms = [...new Set(one.figures.map((figure) => figure.mechanism))];
  const names = [...new Set(one.figures.map((figure) => figure.name))];
  const cell = (name, mechanism) => {
    const figure = one.figures.find((f) => f.name === name && f.mechanism === mechanism);
    if (!figure) return el('td', {}, hidden('not measured'));
    const { layer } = figure;
    const absolute = rate(middle(figure.values), figure.unit);
    if (!layer || mechanism === mechanisms[0]) return el('td', { class: 'figure' }, absolute);
    const spread = `${layer.low.toFixed(2)} to ${layer.high.toFixed(2)} ×`;
    return el('td', { class: 'figure' }, times(layer), el('small', {}, ` ${spread}, ${absolute}`));
  };
  const rounds = one.figures[0].values.length;
  const table = el('table', { class: 'speeds' },
    el('caption', {}, `${one.label}, ${one.run.started.slice(0, 10)}: multiples of the container's own layer, median and range of ${plural(rounds, 'round')}`),
    el('thead', {}, el('tr', {}, el('th', { scope: 'col', class: 'corner' }, 'Operation'), mechanisms.map((mechanism) => el('th', { scope: 'col' }, mechanism)))),
    el('tbody', {}, names.map((name) => el('tr', {}, el('th', { scope: 'row' }, name), mechanisms.map((mechanism) => cell(name, mechanism))))));
  return region(`Speed on ${one.label}`, table);
}
