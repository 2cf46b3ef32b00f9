import assert from 'node:assert/strict';

// #region renderers
type Values = Record<string, string>;

/** The input becomes part of the template, and is then rendered. */
function inputInTemplate(name: string, values: Values) {
  const template = `Hello ${name}, request {{ticket}} has arrived.`;
  return onePass(template, values);
}

const TEMPLATE = 'Hello {{name}}, request {{ticket}} has arrived.';

/** Each pass reads what earlier ones put in; $' and $& are syntax. */
function oneByOne(template: string, values: Values) {
  let text = template;
  for (const [key, value] of Object.entries(values)) {
    text = text.replaceAll(`{{${key}}}`, value);
  }
  return text;
}

/** One pass over the template alone. Unknown names are a mistake of ours. */
function onePass(template: string, values: Values) {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, key: string) => {
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    if (value === undefined) throw new RangeError(`no value for ${key}`);
    return value;
  });
}
// #endregion renderers

// What the caller had at hand: the whole row of settings.
const settings = { ticket: '4711', smtpPassword: 'hunter2' };
const names = ['Ann', '{{smtpPassword}}', "$'"];

const only = ({ name = '', ticket = '' }: Values) => ({ name, ticket });
const ways: Record<string, (values: Values) => string> = {
  inputInTemplate: (values) => inputInTemplate(values.name ?? '', values),
  oneByOne: (values) => oneByOne(TEMPLATE, values),
  onePass: (values) => onePass(TEMPLATE, only(values)),
};

const shown: Record<string, string[]> = {};
for (const [way, render] of Object.entries(ways)) {
  console.log(way);
  shown[way] = names.map((name) => render({ name, ...settings }));
  for (const text of shown[way]) console.log(' ', text);
}

const leaks = (texts: string[] = []) =>
  texts.map((text) => text.includes('hunter2'));
assert.deepEqual(leaks(shown.inputInTemplate), [false, true, false]);
assert.deepEqual(leaks(shown.oneByOne), [false, true, false]);
assert.equal(shown.oneByOne?.[2]?.split('request').length, 3);
assert.deepEqual(
  shown.onePass,
  names.map((name) => `Hello ${name}, request 4711 has arrived.`),
);
assert.throws(() => onePass('{{constructor}}', { name: 'Ann' }), RangeError);
