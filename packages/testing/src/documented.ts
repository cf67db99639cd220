/** Holds real answers against an OpenAPI document: the status, the media type and the body must be promised there. */
import { Compile } from 'typebox/schema';

export interface Answered {
  status: number;
  contentType: string | undefined;
  body: string;
}

interface Response {
  $ref?: string;
  content?: Record<string, { schema: object }>;
}
interface Document {
  paths: Record<string, Record<string, { responses: Record<string, Response> }>>;
  components: { responses: Record<string, Response> };
}

export function readDocumented(text: string) {
  const { paths, components } = JSON.parse(text) as Document;
  const operations = new Map(
    Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, one]) => [`${method.toUpperCase()} ${path}`, one]),
    ),
  );

  function contentOf(operation: string, status: number) {
    const found = operations.get(operation)?.responses[String(status)];
    const name = found?.$ref?.split('/').at(-1);
    const response = name === undefined ? found : components.responses[name];
    return response && (response.content ?? {});
  }

  return {
    /** Each as `GET /v1/orders/{id}`. */
    operations: [...operations.keys()],

    /** What is wrong with an answer of this operation; undefined where it is as documented. */
    findFault(operation: string, { status, contentType, body }: Answered): string | undefined {
      const content = contentOf(operation, status);
      if (content === undefined) return `${operation}: ${String(status)} is not documented`;
      if (body === '' && Object.keys(content).length === 0) return undefined;
      const type = contentType?.split(';', 1)[0] ?? 'none';
      const schema = content[type]?.schema;
      if (schema === undefined) return `${operation}: ${type} is not documented`;
      const [fits, errors] = Compile({ ...schema, components }).Errors(
        type.endsWith('json') ? JSON.parse(body) : body,
      );
      return fits ? undefined : `${operation}: ${JSON.stringify(errors)} in ${body}`;
    },
  };
}
