import {
  getArgumentValues,
  getNamedType,
  getNullableType,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  isCompositeType,
  isListType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

// #region cost
/** What an operation may cost at most, before any of it runs. */
export type Size = { depth: number; cost: number };

/** Fields that cost more than the one point of a field. */
const PRICE: Record<string, number> = { 'Mutation.signIn': 1_000 };

/** What a list without `first` is taken for. */
const UNKNOWN_LENGTH = 100;

/** The size of a valid document; throws if its variables do not fit. */
export function sizeOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  inputs: Record<string, unknown> = {},
  operationName?: string,
): Size {
  const operation = getOperationAST(document, operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!root) throw new GraphQLError('Name the operation to run.');
  const variables = variablesOf(schema, operation, inputs);
  // A fragment is measured once, however often it is spread: this walk
  // must not take the time that it is there to refuse.
  const fragments = new Map<string, Size>();

  function ofFragment(name: string): Size {
    const { selectionSet, typeCondition } = fragmentIn(document, name);
    const type = compositeIn(schema, typeCondition.name.value);
    const size = fragments.get(name) ?? ofSelections(selectionSet, type);
    fragments.set(name, size);
    return size;
  }

  function ofField(node: FieldNode, parent: GraphQLCompositeType): Size {
    const field = schema.getField(parent, node.name.value);
    if (!field) throw new GraphQLError(`No field ${node.name.value}.`);
    const price = PRICE[`${parent.name}.${field.name}`] ?? 1;
    const { first } = getArgumentValues(field, node, variables);
    const list = isListType(getNullableType(field.type));
    // A negative page must not pay for the rest of the query.
    const length = typeof first === 'number' ? Math.max(first, 1) : undefined;
    const count = list ? (length ?? UNKNOWN_LENGTH) : 1;
    const type = getNamedType(field.type);
    if (!node.selectionSet || !isCompositeType(type)) {
      // A list of strings is a list, too.
      return { depth: 1, cost: list ? price + count : price };
    }
    const each = ofSelections(node.selectionSet, type);
    return { depth: 1 + each.depth, cost: price + count * each.cost };
  }

  /** Everything counts, also under @skip, and each alias for itself. */
  function ofSelections(
    { selections }: SelectionSetNode,
    parent: GraphQLCompositeType,
  ): Size {
    const sizes = selections.map((node) => {
      if (node.kind === Kind.FIELD) return ofField(node, parent);
      if (node.kind === Kind.FRAGMENT_SPREAD)
        return ofFragment(node.name.value);
      const name = node.typeCondition?.name.value ?? parent.name;
      return ofSelections(node.selectionSet, compositeIn(schema, name));
    });
    const depth = Math.max(...sizes.map((size) => size.depth));
    return { depth, cost: sizes.reduce((sum, size) => sum + size.cost, 0) };
  }

  return ofSelections(operation.selectionSet, root);
}
// #endregion cost

function variablesOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  inputs: Record<string, unknown>,
) {
  const { errors, variableValues } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    inputs,
    { maxErrors: 5, hideSuggestions: true },
  );
  if (errors) throw errors[0] ?? new GraphQLError('Variables do not fit.');
  return variableValues;
}

function fragmentIn(document: DocumentNode, name: string) {
  for (const node of document.definitions) {
    if (node.kind !== Kind.FRAGMENT_DEFINITION) continue;
    if (node.name.value === name) return node;
  }
  throw new GraphQLError(`No fragment ${name}.`);
}

function compositeIn(schema: GraphQLSchema, name: string) {
  const type = schema.getType(name);
  if (isCompositeType(type)) return type;
  throw new GraphQLError(`No type ${name}.`);
}
