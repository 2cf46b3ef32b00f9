import assert from 'node:assert/strict';
import {
  buildSchema,
  graphql,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
} from 'graphql';

// #region suggestions
const schema = buildSchema(`
  type User {
    id: ID!
    email: String!
    passwordHash: String!
    twoFactorSecret: String
    internalNotes: String
  }
  type Query {
    me: User
    userByEmail(email: String!): User
    adminDashboard: String
  }
  type Mutation {
    updateProfile(displayName: String): User
    impersonateUser(userId: ID!): Boolean
  }
`);

/** Introspection is off; is that enough? */
const rules = [...specifiedRules, NoSchemaIntrospectionCustomRule];

/** Words that anybody would try, none of them a name in the schema. */
const words = {
  Query: ['user', 'users', 'usersByEmail', 'admin', 'dashboard'],
  Mutation: ['updateProfil', 'impersonate', 'userUpdate'],
  User: ['mail', 'password', 'secret', 'twoFactor', 'notes', 'internal'],
};
const asked = (type: string, word: string) =>
  type === 'User' ? `{ me { ${word} } }` : `${type.toLowerCase()} { ${word} }`;

/** What a stranger learns from the error messages. */
async function learned(hideSuggestions: boolean): Promise<string[]> {
  const names = new Set<string>();
  for (const [type, list] of Object.entries(words)) {
    for (const word of list) {
      const source = asked(type, word);
      const options = { schema, source, rules, hideSuggestions };
      const { errors = [] } = await graphql(options);
      for (const { message } of errors) {
        const [, hint = ''] = /Did you mean (.*)\?/.exec(message) ?? [];
        for (const [, name] of hint.matchAll(/"(\w+)"/g)) {
          names.add(`${type}.${name}`);
        }
      }
    }
  }
  return [...names];
}
// #endregion suggestions

const introspection = '{ __schema { types { name } } }';
const { errors } = await graphql({ schema, source: introspection, rules });
console.log('introspection:', errors?.[0]?.message.slice(0, 44));
assert(errors);

for (const hide of [false, true]) {
  const names = await learned(hide);
  const count = Object.values(words).flat().length;
  console.log(
    `\n${hide ? 'hidden' : 'shown'}: ${count} guesses, ${names.length} names`,
  );
  for (const name of names) console.log(`  ${name}`);
  if (hide) assert.deepEqual(names, []);
  else assert(names.includes('User.passwordHash'));
}

// A name that is guessed right still answers differently.
const wrong = await graphql({
  schema,
  source: '{ me { passwordHush } }',
  rules,
  hideSuggestions: true,
});
const right = await graphql({
  schema,
  source: '{ me { passwordHash } }',
  rules,
  hideSuggestions: true,
});
assert(wrong.errors && !right.errors);
console.log('\npasswordHush:', wrong.errors[0]?.message);
console.log('passwordHash:', JSON.stringify(right.data));
