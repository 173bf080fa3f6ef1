// The data: runs, claims, and their names.

const { runs, claims, speeds } = JSON.parse(document.getElementById('index').textContent);

// A cell's letter is its verdict, in upper case if it is not as catalogued.
const VERDICTS = {
  h: { name: 'holds', sign: '✓', className: 'holds' },
  c: { name: 'contradicted', sign: '✗', className: 'contradicted' },
  u: { name: 'unverified', sign: '?', className: 'unverified' },
  '-': { name: 'not run', sign: '–', className: 'absent' },
};

const verdictOf = (letter) => VERDICTS[letter.toLowerCase()];
const unexpected = (letter) => letter !== letter.toLowerCase();
const spoken = (letter) => verdictOf(letter).name + (unexpected(letter) ? ', unexpected' : '');

// details parses the details of a run when they are first needed.
const parsed = new Map();
function details(run) {
  if (!parsed.has(run)) parsed.set(run, JSON.parse(document.getElementById(`detail-${run}`).textContent));
  return parsed.get(run);
}

runs.forEach((run, place) => {
  const { engine } = run;
  run.place = place;
  run.date = run.run.started.slice(0, 10);
  run.time = run.run.started.replace('T', ' ').replace(/:\d\d(\.\d+)?Z$/, ' UTC');
  // The distribution's suffix is long; the panel shows it.
  run.version = engine.version.replace(/[+~].*$/, '').replace(/^[^0-9]+(?=[0-9])/, '');
  run.system = engine.operatingSystem.replace(/ GNU\/Linux| \(containerized\)/g, '') || engine.os;
  run.home = engine.provider === 'lab' ? `lab ${engine.release}` : engine.provider;
  run.title = `${engine.name} ${run.version}`;
  run.counts = { h: 0, c: 0, u: 0, unexpected: 0 };
  for (const claim of claims) {
    const letter = claim.cells[place];
    if (letter === '-') continue;
    run.counts[letter.toLowerCase()] += 1;
    if (unexpected(letter)) run.counts.unexpected += 1;
  }
  run.judged = run.counts.h + run.counts.c + run.counts.u;
  run.notes = [
    !run.run.passed && 'did not pass',
    run.run.filtered && 'part of the suite',
    run.leftovers.length > 0 && plural(run.leftovers.length, 'leftover'),
    run.drift.length > 0 && `${run.drift.length} drifted`,
  ].filter(Boolean);
});

// The documents, in the order of their claims. Each may have been edited between runs.
const documents = [...new Map(claims.map(({ lesson, kind }) => [lesson, { id: lesson, kind: kind || 'lesson' }])).values()];
for (const document of documents) {
  document.claims = claims.filter((claim) => claim.lesson === document.id);
  document.texts = new Set(runs.flatMap((run) => run.lessons).filter(({ id }) => id === document.id).map(({ sha256 }) => sha256));
  document.title = `The ${document.kind} ${document.id}`;
}
const kindOf = (claim) => claim.kind || 'lesson';
const promises = (document) => plural(document.claims.length, document.kind === 'contract' ? 'promise' : 'claim');

// when returns a short time that distinguishes the runs of one engine.
function when(run) {
  const same = runs.filter((other) => other.label === run.label);
  if (same.length < 2) return '';
  return same.filter((other) => other.date === run.date).length > 1 ? run.time.slice(11, 16) : run.date.slice(5);
}

// name returns a short unique name of a run.
function name(run) {
  const alike = (key) => runs.filter((other) => key(other) === key(run));
  const where = alike((r) => r.title).length > 1 || run.engine.provider === 'lab';
  let text = where ? `${run.title}, ${run.engine.release || run.system}` : run.title;
  const same = alike((r) => r.label);
  if (same.length > 1) text += same.filter((r) => r.date === run.date).length > 1 ? `, ${run.time}` : `, ${run.date}`;
  return text;
}

claims.forEach((claim, place) => {
  const { erratum, deviation } = claim;
  claim.place = place;
  claim.anchor = `#${encodeURIComponent(claim.id).replaceAll('%2F', '/')}`;
  claim.area = claim.id.split('/')[0];
  claim.haystack = [
    claim.id, claim.section, claim.quote, erratum?.actually, erratum?.correction, erratum?.source, deviation?.actually,
    deviation?.source, claim.line && `line ${claim.line}`,
  ].filter(Boolean).join('\n').toLowerCase();
});

const areas = [...new Set(claims.map((claim) => claim.area))].sort();
const byKey = new Map(runs.map((run) => [run.key, run]));
const byID = new Map(claims.map((claim) => [claim.id, claim]));

// facets are the filters by verdict, on the letters of the visible runs.
const facets = {
  differences: (letters) => /h/i.test(letters) && /c/i.test(letters),
  contradicted: (letters) => /c/i.test(letters),
  unexpected: (letters) => /[HC]/.test(letters),
  unverified: (letters) => /u/.test(letters),
};

const lettersOn = (claim, shown) => shown.map((run) => claim.cells[run.place]).join('');

// fates merges the persistence matrices of several runs.
function fates(shown) {
  const mechanisms = [...new Set(shown.flatMap((run) => run.matrix.map((cell) => cell.mechanism)))];
  const events = [...new Set(shown.flatMap((run) => run.matrix.map((cell) => cell.event)))];
  const at = new Map();
  for (const run of shown) {
    for (const cell of run.matrix) {
      const key = `${cell.event}\n${cell.mechanism}`;
      if (!at.has(key)) at.set(key, []);
      at.get(key).push({ run, ...cell });
    }
  }
  return { mechanisms, events, of: (event, mechanism) => at.get(`${event}\n${mechanism}`) ?? [] };
}

const surprising = (cell) => cell.fate !== '' && cell.fate !== cell.expected;
