import { readFileSync } from 'node:fs';

/** Where the tasks lie that ship with the skill. */
export const EVALS = 'src/content/skill/evals';

/** A task in the form of the guide of Agent Skills, with a name for its graders and folders. */
export interface Task {
  id: number;
  name: string;
  prompt: string;
  expected_output: string;
  /** Paths below the skill's folder. */
  files: string[];
  assertions: string[];
}

/** How a solution fared, in the form of the guide's `grading.json`. */
export interface Grading {
  assertion_results: { text: string; passed: boolean; evidence: string }[];
  summary: { passed: number; failed: number; total: number; pass_rate: number };
}

/** The skill's tasks, in their order. */
export const tasks = () => (JSON.parse(readFileSync(`${EVALS}/evals.json`, 'utf8')) as { evals: Task[] }).evals;
