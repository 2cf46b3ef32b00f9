import type { Rule } from './rule.ts';
import { lineOf, STANDARDS, type Line, type Standard } from './standards.ts';
import type { Topic } from './topic.ts';

/** What of the handbook answers one line of a standard. */
export interface Answer {
  line: Line;
  /** How many of its requirements at least one rule cites. */
  cited: number;
  /** The topics with such rules, in the order of the handbook. Empty if no rule cites the line. */
  topics: { topic: Topic; rules: { rule: Rule; requirements: string[] }[] }[];
}

/** Every line of every standard with the rules that cite it, whether there are any or not. */
export function threatMap(topics: Topic[]): { standard: Standard; answers: Answer[] }[] {
  return STANDARDS.map((standard) => ({
    standard,
    answers: standard.lines.map((line) => answerTo(line, topics)),
  }));
}

function answerTo(line: Line, topics: Topic[]): Answer {
  const answering = topics
    .map((topic) => ({
      topic,
      rules: topic.rules
        .map((rule) => ({ rule, requirements: rule.standards.filter((name) => lineOf(name)?.id === line.id) }))
        .filter(({ requirements }) => requirements.length > 0),
    }))
    .filter(({ rules }) => rules.length > 0);
  const cited = new Set(answering.flatMap(({ rules }) => rules.flatMap(({ requirements }) => requirements)));
  return { line, cited: cited.size, topics: answering };
}
