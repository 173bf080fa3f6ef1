// The panel shows one cell, one fate or one engine.

const panel = document.getElementById('panel');
let opener = null;

// open shows an item as a step in the history, so that the back button closes it.
function open(what, from) {
  opener = from ?? document.activeElement;
  state.open = what;
  history.pushState({ panel: true }, '', address());
  showPanel();
}

function close() {
  if (history.state?.panel) {
    history.back(); // apply() closes the panel
  } else {
    state.open = '';
    remember();
    showPanel();
  }
}

function showPanel() {
  const parts = state.open ? fill(state.open) : null;
  if (!parts) {
    state.open = '';
    if (panel.open) panel.close();
    return;
  }
  panel.replaceChildren(
    el('button', { type: 'button', class: 'close', 'aria-label': 'Close' }, sign('×')),
    ...parts,
  );
  if (!panel.open) panel.showModal();
  panel.scrollTop = 0;
}

panel.addEventListener('close', () => {
  const back = opener?.isConnected ? opener : document.getElementById('main').querySelector('[tabindex="0"]');
  back?.focus();
  opener = null;
});
panel.addEventListener('cancel', (event) => {
  event.preventDefault();
  close();
});
panel.addEventListener('click', (event) => {
  const other = event.target.closest('[data-switch]');
  if (other) {
    state.open = other.dataset.switch;
    remember();
    showPanel();
    panel.querySelector('[aria-current]')?.focus();
  } else if (event.target === panel || event.target.closest('.close')) {
    close();
  }
});

// fill returns the content of an item, addressed as kind:run:rest.
function fill(what) {
  const [kind, key, ...rest] = what.split(':');
  const run = byKey.get(key);
  if (kind === 'fate') return fatePanel(...[key, ...rest].join(':').split('|'));
  if (!run) return null;
  if (kind === 'engine') return enginePanel(run);
  const claim = byID.get(rest.join(':'));
  return kind === 'claim' && claim ? claimPanel(claim, run) : null;
}

const heading = (text) => el('h2', { id: 'panel-title' }, text);
const badge = (letter) => el('span', { class: `badge ${verdictOf(letter).className}${unexpected(letter) ? ' unexpected' : ''}` },
  sign(verdictOf(letter).sign), ` ${verdictOf(letter).name}`);

function facts(pairs) {
  return el('dl', {}, pairs.filter(([, value]) => value !== '' && value !== undefined && value !== null)
    .map(([term, value]) => el('div', {}, el('dt', {}, term), el('dd', {}, value))));
}

function claimPanel(claim, run) {
  const letter = claim.cells[run.place];
  const all = details(run.place);
  const cell = all.cells[claim.place];
  const words = cell?.own ?? claim;
  return [
    heading(claim.id),
    el('p', { class: 'where' }, words.section, words.line > 0 ? ` · ${kindOf(claim)} line ${words.line}` : ` · no longer found in the ${kindOf(claim)}`, ' · ', permanent(claim)),
    el('blockquote', {}, words.quote),
    cell?.own && cell.own.quote !== claim.quote && el('p', { class: 'note' }, `The ${kindOf(claim)} has been edited since. It says now: `, el('q', {}, claim.quote)),
    el('div', { class: 'switch', role: 'group', 'aria-label': 'The verdict on each engine' }, runs.map((other) =>
      el('button', {
        type: 'button', 'data-switch': `claim:${other.key}:${claim.id}`, 'aria-current': other === run && 'true',
        class: `${verdictOf(claim.cells[other.place]).className}${unexpected(claim.cells[other.place]) ? ' unexpected' : ''}`,
      }, sign(verdictOf(claim.cells[other.place]).sign), el('span', {}, name(other)), hidden(`: ${spoken(claim.cells[other.place])}`)))),
    el('h3', {}, `On ${name(run)}`),
    cell ? verdictPart(letter, cell) : el('p', {}, 'This run did not judge the claim.'),
    notePart(words),
    cell && specPart(all.specs[cell.specs]),
    cell?.substitutes && substitutePart(cell.substitutes),
    cell && evidencePart(all.evidence[cell.evidence]),
  ].flat().filter(Boolean);
}

function verdictPart(letter, cell) {
  let standing = '';
  if (unexpected(letter)) standing = `unexpected: it is catalogued as ${cell.expected}`;
  else if (letter !== 'u') standing = 'as catalogued';
  else if (cell.expected === 'contradicted') standing = 'catalogued as contradicted';
  return [
    el('p', { class: 'verdict' }, badge(letter), standing && ` ${standing}`),
    cell.reason && el('pre', { class: 'reason', tabindex: '0', 'aria-label': 'Reason' }, cell.reason),
  ];
}

function notePart({ erratum, deviation, kind }) {
  const note = (title, scope, about) => el('section', { class: 'catalogued' },
    el('h3', {}, title, scope ? el('span', { class: 'scope' }, ' on ', el('code', {}, scope)) : el('span', { class: 'scope' }, ' on every engine')),
    facts([
      ['Actually', marked(about.actually)],
      ['Should say', about.correction ? el('pre', {}, about.correction) : ''],
      ['Source', linked(about.source)],
    ]));
  return [
    erratum && note(`Erratum of the ${kind || 'lesson'}`, erratum.on, erratum),
    deviation && note('Deviation from Docker', deviation.on, deviation),
  ];
}

function specPart(specs) {
  if (specs.length === 0) return null;
  return [
    el('h3', {}, 'Decided by'),
    el('ul', { class: 'specs' }, specs.map((spec) => el('li', {}, spec.name, el('span', { class: 'scope' }, ` ${spec.state}, ${seconds(spec.seconds)}`)))),
  ];
}

function substitutePart(substitutes) {
  if (substitutes.length === 0) return null;
  return [
    el('h3', {}, 'Substitutes'),
    el('ul', {}, substitutes.map((one) => el('li', {}, el('code', {}, one.wanted), ' was unavailable; used instead: ', one.used))),
  ];
}

function evidencePart(evidence) {
  if (evidence.length === 0) return null;
  return [
    el('h3', {}, `Evidence (${plural(evidence.length, 'step')})`),
    el('ol', { class: 'evidence' }, evidence.map((step) => el('li', {}, el('code', { class: 'did' }, step.did), el('pre', {}, step.saw)))),
  ];
}

function fatePanel(event, mechanism) {
  const cells = fates(runs).of(event, mechanism);
  if (cells.length === 0) return null;
  return [
    heading(`${mechanism}: ${event}`),
    el('p', { class: 'where' }, 'The fate of the data on each engine.'),
    el('ul', { class: 'fates' }, cells.map((cell) => el('li', {},
      el('span', { class: `badge ${fateClass(cell)}` }, fateText(cell)), ` ${name(cell.run)}`,
      surprising(cell) && el('span', { class: 'scope' }, ` expected was ${cell.expected}`),
      cell.reason && el('p', { class: 'note' }, cell.reason)))),
  ];
}

// countedBy returns the verdicts of a run, for each document.
function countedBy(run) {
  return documents.map((document) => {
    const letters = document.claims.map((claim) => claim.cells[run.place]);
    const count = (matches) => letters.filter(matches).length;
    const of = (letter) => count((other) => other.toLowerCase() === letter);
    return [documents.length > 1 ? `Verdicts, ${document.kind}` : 'Verdicts',
      `${of('h')} hold, ${of('c')} contradicted, ${of('u')} unverified; ${count((letter) => letter !== '-' && unexpected(letter))} unexpected`];
  });
}

function enginePanel(run) {
  const { engine } = run;
  const list = (title, items, each) => items.length > 0 && [el('h3', {}, title), el('ul', {}, items.map((item) => el('li', {}, each(item))))];
  return [
    heading(name(run)),
    facts([
      ...countedBy(run),
      ['Notes', listed(run.notes)],
      ['Engine', `${engine.name} ${engine.version}`], ['API', engine.api], ['System', engine.operatingSystem],
      ['Platform', `${engine.os}/${engine.arch}`], ['Kernel', engine.kernel], ['Storage driver', engine.storageDriver],
      ['Rootless', engine.rootless ? 'yes' : 'no'], ['Compose', engine.compose], ['Provider', run.home], ['Started', run.time],
      ['Took', `${seconds(run.run.seconds)}, ${run.run.specs} specs, ${run.run.containers} containers, ${plural(run.run.procs, 'process', 'processes')}`],
      ...run.lessons.map(({ id, kind, sha256 }) => [kind === 'contract' ? 'Contract' : 'Lesson', `${id} (${sha256.slice(0, 12)})`]), ['Run', run.run.id], ['Read from', run.source],
    ]),
    list('Left behind', run.leftovers, (item) => item),
    list('Quotes that moved or disappeared', run.drift, (item) => `${item.claim}: ${item.detail || item.kind}`),
    list('Passages that no claim covers', run.uncovered, (item) => `line ${item.line}: ${item.text}`),
  ].flat().filter(Boolean);
}
