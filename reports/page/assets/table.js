// Tables of cells that open. Each is one tab stop; arrow keys move within it.

// region wraps a table in a frame that scrolls. The frame can be focused, so that
// keys scroll it even if no cell opens.
function region(label, table) {
  return el('div', { class: 'region', role: 'region', 'aria-label': label, tabindex: '0' }, table);
}

const cellsOf = (row) => [...row.querySelectorAll('button.cell')];
const visibleRows = (table) => [...table.rows].filter((row) => !row.hidden && !row.parentNode.hidden && cellsOf(row).length > 0);

// steps maps each key to the next cell.
const steps = {
  ArrowUp: (rows, y, x) => [y - 1, x], ArrowDown: (rows, y, x) => [y + 1, x],
  ArrowLeft: (rows, y, x) => [y, x - 1], ArrowRight: (rows, y, x) => [y, x + 1],
  PageUp: (rows, y, x) => [Math.max(0, y - 10), x], PageDown: (rows, y, x) => [Math.min(rows.length - 1, y + 10), x],
  Home: (rows, y, x) => [y, 0], End: (rows, y) => [y, Infinity],
};

// navigable makes arrow keys move between cells.
function navigable(table) {
  settle(table);
  table.addEventListener('keydown', (event) => {
    const here = event.target.closest('button.cell');
    const step = steps[event.key];
    if (!here || !step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const rows = visibleRows(table);
    const y = rows.indexOf(here.closest('tr'));
    const [down, right] = step(rows, y, cellsOf(rows[y]).indexOf(here));
    const line = rows[down] && cellsOf(rows[down]);
    const next = line?.[Math.min(right, line.length - 1)];
    if (next) {
      settle(table, next);
      next.focus();
    }
  });
  table.addEventListener('focusin', (event) => {
    const cell = event.target.closest('button.cell');
    if (cell) settle(table, cell);
  });
}

// settle makes one cell the table's tab stop: the given one, the current one if it
// is visible, or the first.
function settle(table, chosen) {
  const current = table.querySelector('button.cell[tabindex="0"]');
  const row = current?.closest('tr');
  const next = chosen ?? (row && !row.hidden && !row.parentNode.hidden ? current : visibleRows(table)[0]?.querySelector('button.cell'));
  if (current && current !== next) current.tabIndex = -1;
  if (next) next.tabIndex = 0;
}

const cellButton = (what, className, label, ...children) =>
  el('button', { type: 'button', class: `cell ${className}`, 'data-open': what, tabindex: '-1', 'aria-label': label }, ...children);

document.addEventListener('click', (event) => {
  const target = event.target.closest('[data-open]');
  if (target && !panel.contains(target)) open(target.dataset.open, target);
});
