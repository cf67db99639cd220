/**
 * How much one operation may ask for, told from its text before anything is done. Depth alone does not bound it,
 * nor does length: three nested pages of a hundred are a short text and a million fields.
 */
import { Problem } from '@waymark/http/problem.ts';
import {
  getDirectiveValues,
  getNamedType,
  getNullableType,
  getOperationAST,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type SelectionNode,
} from 'graphql';
import { errors } from '../errors.ts';

const MAX_DEPTH = 8;
/** The fields that an answer may have: all of a page of 20 orders, with lines, prices and products, is 1,661. */
const MAX_COST = 2000;
const MAX_ALIASES = 10;
/** What a list counts for that does not say how long it is. */
const ASSUMED_LENGTH = 5;
const LARGEST_PAGE = 100;

interface Asked {
  document: DocumentNode;
  operationName: string | undefined;
  variables: Record<string, unknown>;
  introspection: boolean;
}

interface Place {
  type: GraphQLNamedType | undefined;
  depth: number;
  /** How often the answer has this place. */
  times: number;
}

/** The document must be valid. Throws the limit that it exceeds. */
export function checkOperation(schema: GraphQLSchema, asked: Asked): void {
  const { document, operationName, variables, introspection } = asked;
  const operation = getOperationAST(document, operationName);
  if (!operation) return;
  const fragments = new Map(
    document.definitions
      .filter((part): part is FragmentDefinitionNode => part.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const costs = schema.getDirective('cost');
  let cost = 0;
  let aliases = 0;

  function visit(selections: readonly SelectionNode[], place: Place): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) visitField(selection, place);
      else if (selection.kind === Kind.INLINE_FRAGMENT)
        visit(selection.selectionSet.selections, place);
      else visit(fragments.get(selection.name.value)?.selectionSet.selections ?? [], place);
    }
  }

  function weightOf(field: GraphQLField<unknown, unknown> | undefined): number {
    if (!costs || !field?.astNode) return 1;
    return (getDirectiveValues(costs, field.astNode)?.weight as number | undefined) ?? 1;
  }

  function visitField(node: FieldNode, { type, depth, times }: Place): void {
    const name = node.name.value;
    const field = isObjectType(type) ? type.getFields()[name] : undefined;
    // #region counted-as-it-is-spelled-out
    // The walk ends with the first limit, not after it: fragments that spread each other twice double the fields
    // with each line, and counting all of them would be the attack. So every field costs at least one.
    cost += times * weightOf(field);
    if (cost > MAX_COST) throw new Problem(errors['graphql-too-costly']);
    if (node.alias !== undefined) aliases += 1;
    if (aliases > MAX_ALIASES) throw new Problem(errors['graphql-too-many-aliases']);
    // #endregion
    if (name.startsWith('__')) {
      if (name !== '__typename' && !introspection) throw new Problem(errors['introspection-off']);
      return;
    }
    if (depth > MAX_DEPTH) throw new Problem(errors['graphql-too-deep']);
    if (field === undefined || node.selectionSet === undefined) return;
    const inner = getNamedType(field.type);
    if (!isCompositeType(inner)) return;
    const page = pageSize(
      node,
      variables,
      field.args.some((arg) => arg.name === 'first'),
    );
    // The nodes of a page are as many as the page was asked for, which is counted already.
    const list = isListType(getNullableType(field.type)) && name !== 'nodes' ? ASSUMED_LENGTH : 1;
    visit(node.selectionSet.selections, {
      type: inner,
      depth: depth + 1,
      times: times * page * list,
    });
  }

  const root = schema.getRootType(operation.operation) ?? undefined;
  visit(operation.selectionSet.selections, { type: root, depth: 1, times: 1 });
}

function pageSize(node: FieldNode, variables: Record<string, unknown>, paged: boolean): number {
  if (!paged) return 1;
  const value = node.arguments?.find((argument) => argument.name.value === 'first')?.value;
  if (value === undefined) return 20;
  if (value.kind === Kind.INT) return Math.max(1, Number(value.value));
  const given = value.kind === Kind.VARIABLE ? variables[value.name.value] : undefined;
  return typeof given === 'number' ? Math.max(1, given) : LARGEST_PAGE;
}
