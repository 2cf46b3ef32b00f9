/** One line of a plot: its name, and a value for each place on the axis. */
export interface Series {
  name: string;
  values: number[];
}

/**
 * The columns of a program's output: a header row of names, then rows of numbers, parted by white space. Throws for a
 * column that is not there, and for a cell that is no number.
 */
export function columnOf(output: string, name: string): number[] {
  const [header = [], ...rows] = output
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const index = header.indexOf(name);
  if (index === -1) throw new Error(`there is no column "${name}"; there are ${header.join(', ')}`);
  return rows.map((row) => {
    const value = Number((row[index] ?? '').replaceAll(',', ''));
    if (!row[index] || Number.isNaN(value)) throw new Error(`"${row[index]}" in column "${name}" is no number`);
    return value;
  });
}

/** Round values for at most three grid lines above zero, the last at or below `max`. */
export function gridOf(max: number): number[] {
  const power = 10 ** Math.floor(Math.log10(max) - 1);
  const steps = [1, 2, 5, 10, 20, 50].map((factor) => factor * power);
  const step = steps.find((candidate) => max / candidate < 4) ?? max;
  // Multiplied and rounded, since adding 0.2 three times gives 0.6000000000000001.
  return Array.from({ length: Math.floor(max / step) }, (_, index) => Number(((index + 1) * step).toPrecision(12)));
}

/** Everything that a drawing of `series` over `x` needs, in user units of a viewBox `width` by `height`. */
export function layoutOf(x: number[], series: Series[], width: number, height: number) {
  const margin = { left: 48, right: width > 500 ? 150 : 24, top: 36, bottom: 44 };
  const maxX = Math.max(...x);
  const maxY = Math.max(...series.flatMap((line) => line.values));
  const round = (value: number) => Math.round(value * 10) / 10;
  const atX = (value: number) => round(margin.left + (value / maxX) * (width - margin.left - margin.right));
  const atY = (value: number) => round(height - margin.bottom - (value / maxY) * (height - margin.top - margin.bottom));
  return {
    left: margin.left,
    right: width - margin.right,
    floor: height - margin.bottom,
    rows: [0, ...gridOf(maxY)].map((value) => ({ value, y: atY(value) })),
    ticks: [0, ...gridOf(maxX)].map((value) => ({ value, x: atX(value) })),
    lines: series.map(({ name, values }) => ({
      name,
      last: values.at(-1) ?? 0,
      points: values.map((value, index) => ({ x: atX(x[index] ?? 0), y: atY(value) })),
    })),
  };
}
