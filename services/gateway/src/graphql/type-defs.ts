/**
 * The GraphQL schema, as text: what docs/graphql/schema.graphql shows is made from it. Root fields may be null, so
 * that one that is refused or whose service is down takes nothing from its neighbours. Lists come in pages without
 * `edges`: services give out a cursor for each page, and the gateway could only invent one for each item.
 */
import { parse, print } from 'graphql';
import { policy } from '../policy.ts';

/** What the policy asks for at a root field, said in the schema too. */
function needs(field: { own: string }): string {
  return `@needs(scope: "${field.own}")`;
}

export const typeDefs = /* GraphQL */ `
  "The access token must have been granted this scope."
  directive @needs(scope: String!) on FIELD_DEFINITION

  "Counts as this many fields towards the cost of an operation: a service is asked for each."
  directive @cost(weight: Int!) on FIELD_DEFINITION

  "A moment, as in RFC 3339."
  scalar DateTime @specifiedBy(url: "https://www.rfc-editor.org/rfc/rfc3339")

  "Whole cents. A number in JSON is exact up to 2^53, where Int ends at 2^31."
  scalar Cents

  type Query {
    product(id: ID!): Product
    products(
      "At most 100."
      first: Int! = 20
      "The endCursor of the page before, of the same sort and search."
      after: String
      category: String
      search: String
      "Within a search the best match comes first, otherwise the sort is by name."
      sort: ProductSort
    ): ProductConnection
    "An order of yours."
    order(id: ID!): Order ${needs(policy.order)}
    "Your orders, the newest first."
    orders(
      "At most 100."
      first: Int! = 20
      "The endCursor of the page before."
      after: String
    ): OrderConnection ${needs(policy.orders)}
  }

  type Mutation {
    "Accepts an order. Sent again with the same key, it gives the first order and makes no second."
    placeOrder(
      "1 to 255 visible ASCII characters of your own choice: the Idempotency-Key of REST."
      idempotencyKey: String!
      input: PlaceOrderInput!
    ): Order ${needs(policy.placeOrder)}
    "Cancels an order that is not confirmed yet. Cancelling twice is no error."
    cancelOrder(id: ID!): Order ${needs(policy.cancelOrder)}
  }

  type Subscription {
    "Every step of an order from its first on. If it ends with an error, subscribe again after the last id."
    orderUpdates(id: ID!, "The id of the last update that you have." after: String): OrderUpdate
      ${needs(policy.orderUpdates)}
  }

  enum ProductSort {
    RELEVANCE
    NAME
    NAME_DESC
    PRICE
    PRICE_DESC
  }

  type Money {
    cents: Cents!
    "ISO 4217."
    currency: String!
  }

  type Product {
    id: ID!
    name: String!
    description: String!
    category: String!
    price: Money!
    priceCents: Cents! @deprecated(reason: "Use price, which names its currency.")
  }

  type PageInfo {
    hasNextPage: Boolean!
    endCursor: String
  }

  type ProductConnection {
    nodes: [Product!]!
    pageInfo: PageInfo!
  }

  type OrderConnection {
    nodes: [Order!]!
    pageInfo: PageInfo!
  }

  enum OrderState {
    PLACED
    CONFIRMED
    CANCELLED
  }

  type Order {
    id: ID!
    state: OrderState!
    "Why it was cancelled."
    reason: String
    lines: [OrderLine!]!
    total: Money!
    placedAt: DateTime!
    "Where the support gave the whole amount back."
    refund: Refund
  }

  enum RefundState {
    REQUESTED
    DONE
  }

  type Refund {
    reason: String!
    state: RefundState!
    requestedAt: DateTime!
  }

  type OrderLine {
    productId: ID!
    quantity: Int!
    "Of one piece, when it was ordered."
    price: Money!
    "As it is now; null where the shop does not sell it any more."
    product: Product @cost(weight: 5)
  }

  "One step of an order on its way."
  type OrderUpdate {
    "What to resume after."
    id: ID!
    orderId: ID!
    step: String!
    "Given where the step changes the order's state."
    state: OrderState
    reason: String
    at: DateTime!
  }

  input PlaceOrderInput {
    lines: [OrderLineInput!]!
    payment: PaymentInput!
    shipTo: AddressInput!
  }

  input OrderLineInput {
    productId: ID!
    quantity: Int!
  }

  input PaymentInput {
    "Of the card processor."
    cardToken: String!
  }

  input AddressInput {
    name: String!
    line1: String!
    city: String!
    postalCode: String!
    "ISO 3166-1, two letters."
    country: String!
  }
`;

/** The schema in one layout, however it is laid out above. */
export function schemaDocument(): string {
  return `${print(parse(typeDefs))}\n`;
}
