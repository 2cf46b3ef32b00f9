import { expect, test } from 'vitest';
import { threatMap } from '../../../src/lib/threat-map.ts';
import type { Topic } from '../../../src/lib/topic.ts';

const topic = (name: string, ...rules: string[][]) =>
  ({ name, rules: rules.map((standards, index) => ({ id: `${name}-${index}`, standards })) }) as Topic;

function answerTo(id: string, topics: Topic[]) {
  const answer = threatMap(topics)
    .flatMap(({ answers }) => answers)
    .find(({ line }) => line.id === id);
  if (!answer) throw new Error(`no line ${id}`);
  return answer;
}

test('a rule stands under each line that it cites, with the requirements of that line', () => {
  const topics = [topic('a', ['API1:2023', 'ASVS 6.2.8', 'ASVS 6.2.9']), topic('b', ['ASVS 6.2.8'], [])];
  const { cited, topics: found } = answerTo('ASVS V6', topics);
  expect(cited).toBe(2);
  expect(found.map(({ topic: { name }, rules }) => [name, rules.map(({ requirements }) => requirements)])).toEqual([
    ['a', [['ASVS 6.2.8', 'ASVS 6.2.9']]],
    ['b', [['ASVS 6.2.8']]],
  ]);
  expect(answerTo('API1:2023', topics).topics.map(({ rules }) => rules.map(({ rule }) => rule.id))).toEqual([['a-0']]);
});

test('chapters 1 and 16 of the ASVS are told apart', () => {
  const topics = [topic('a', ['ASVS 16.5.1'])];
  expect(answerTo('ASVS V1', topics).topics).toEqual([]);
  expect(answerTo('ASVS V16', topics).cited).toBe(1);
});

test('a line that no rule cites is there all the same, without an answer', () => {
  const { line, cited, topics } = answerTo('ASVS V17', []);
  expect([line.name, line.requirements, cited, topics]).toEqual(['WebRTC', 12, 0, []]);
  expect(threatMap([]).map(({ answers }) => answers.length)).toEqual([10, 10, 17]);
});
