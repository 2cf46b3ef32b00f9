interface Warning {
  code?: string;
}

/** Leaves out the warning that the bundler repeats for every .mdx page over a directive of Astro's own, and no other. */
export function withoutKnownNoise<W extends Warning>(warning: W, print: (warning: W) => void): void {
  if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') print(warning);
}
