// The runs and the claims, and what they are called.

const { runs, claims } = JSON.parse(document.getElementById('index').textContent);

// A cell's letter tells its verdict; a capital, that it is not as catalogued.
const VERDICTS = {
  h: { name: 'holds', sign: '✓', className: 'holds' },
  c: { name: 'contradicted', sign: '✗', className: 'contradicted' },
  u: { name: 'unverified', sign: '?', className: 'unverified' },
  '-': { name: 'not run', sign: '–', className: 'absent' },
};

const verdictOf = (letter) => VERDICTS[letter.toLowerCase()];
const unexpected = (letter) => letter !== letter.toLowerCase();
const spoken = (letter) => verdictOf(letter).name + (unexpected(letter) ? ', unexpected' : '');

// details parses one run's details when the first of its cells is opened.
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
  // A distribution's suffix tells little and is long; the panel has all of it.
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
    run.run.filtered && 'a part of the suite',
    run.leftovers.length > 0 && plural(run.leftovers.length, 'leftover'),
    run.drift.length > 0 && `${run.drift.length} drifted`,
  ].filter(Boolean);
});

// The lesson's words differ where it was edited between runs.
const texts = new Set(runs.map((run) => run.lesson.sha256));
const lessons = new Set(runs.map((run) => run.lesson.id));

// when tells the runs of one engine apart where there is little room.
function when(run) {
  const same = runs.filter((other) => other.label === run.label);
  if (same.length < 2) return '';
  return same.filter((other) => other.date === run.date).length > 1 ? run.time.slice(11, 16) : run.date.slice(5);
}

// name tells a run from every other one in a few words.
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
  claim.area = claim.id.split('/')[0];
  claim.haystack = [
    claim.id, claim.section, claim.quote, erratum?.actually, erratum?.correction, erratum?.source, deviation?.actually,
    deviation?.source, claim.line && `line ${claim.line}`,
  ].filter(Boolean).join('\n').toLowerCase();
});

const areas = [...new Set(claims.map((claim) => claim.area))].sort();
const byKey = new Map(runs.map((run) => [run.key, run]));
const byID = new Map(claims.map((claim) => [claim.id, claim]));

// facets are what the filters ask of a claim, on the runs that are shown.
const facets = {
  differences: (letters) => /h/i.test(letters) && /c/i.test(letters),
  contradicted: (letters) => /c/i.test(letters),
  unexpected: (letters) => /[HC]/.test(letters),
  unverified: (letters) => /u/.test(letters),
};

const lettersOn = (claim, shown) => shown.map((run) => claim.cells[run.place]).join('');

// fates is the persistence matrix of several runs: event, mechanism, run, cell.
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
