/**
 * Use cases of the orders service. Each decision is one database transaction: load the order, ask order.ts what may
 * happen, save the new state together with the events that tell the others. A new order is one statement. Nothing here
 * knows HTTP or Kafka, so the same functions serve requests, events and tests.
 */
import type { EventData } from '@waymark/contracts/define-event.ts';
import type { productChanged } from '@waymark/contracts/catalog.ts';
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { mayReach, type Access } from '@waymark/tokens/policy.ts';
import { isDeepStrictEqual } from 'node:util';
import type { Addresses } from './addresses.ts';
import { createBacklog } from './backlog.ts';
import type { DecisionMetrics } from './decision-metrics.ts';
import { collectDecisions } from './decisions.ts';
import { errors } from './errors.ts';
import {
  cancelRequested,
  deadlinePassed,
  placeOrder,
  refundRequested,
  type Decision,
  type Order,
  type PlaceOrder,
  type ShipTo,
  type Refund,
} from './order.ts';
import type { OrderPage, OrdersQueries, OrdersStore } from './store.ts';

export interface OrdersDeps {
  store: OrdersStore;
  addresses: Addresses;
  clock: () => Date;
  newId: () => string;
  /** How long an order may stay undecided, in milliseconds. */
  deadlineMs: number;
  maxLate: number;
  log: Log;
  measure: DecisionMetrics;
}

const OVERDUE_BATCH = 50;

export function createOrders(deps: OrdersDeps) {
  const { store, addresses, clock, newId, deadlineMs } = deps;
  const backlog = createBacklog(deps);

  /** Saves what follows for one order, and returns it as it then is. */
  async function save(tx: OrdersQueries, order: Order, decision: Decision | undefined) {
    const decisions = collectDecisions(tx, deps);
    const after = decisions.take(order, decision);
    await decisions.save();
    return after;
  }

  // #region read-on-record
  // Who reads what is not theirs must be able to say why, so the row is there before the answer is: where it cannot be
  // written, there is none. A customer who reads their own order leaves none, and pays nothing for it.
  async function recordReading({ subject }: Access, ownerId: string, object: string) {
    if (ownerId === subject) return;
    const act = { actor: subject, act: 'read', object };
    await store.transaction((tx) => tx.recordAct(act, clock()));
  }
  // #endregion

  return {
    /**
     * Accepts an order; the saga starts when the relay sends the event. The same key with the same command
     * returns the first order. Throws `idempotency-key-reused`, `idempotency-key-in-flight`, `overloaded`, and what placeOrder throws.
     */
    async place(command: PlaceOrder, idempotencyKey: string): Promise<Order> {
      const key = { customerId: command.customerId, idempotencyKey };
      const found = await store.lookUp(
        key,
        command.lines.map((line) => line.productId),
      );
      if (found.earlier !== undefined) {
        const { order, shipTo } = found.earlier;
        return replay(order, await addresses.open(order.id, shipTo, found.dataKey), command);
      }
      const facts = { id: newId(), now: clock(), deadlineMs };
      const [order, events] = placeOrder(command, found.prices, facts);
      if (backlog.isFull()) throw new Problem(errors.overloaded);
      const shipTo = await addresses.seal(order, command.shipTo, found.dataKey);
      // #region idempotency-key
      // The look above only spares work: the table's unique key decides. It finds an order that was committed
      // since, and a lock on the key, which ends with the statement, one that is being placed right now. A process
      // that dies in here leaves no key in flight behind.
      const placed = await store.insertOrder(order, { idempotencyKey, shipTo, events });
      if (!placed) throw new Problem(errors['idempotency-key-in-flight']);
      // #endregion
      return order;
    },

    /** Throws `not-found` for an order out of the caller's reach too, so that ids cannot be probed. */
    async get(access: Access, id: string): Promise<Order> {
      const order = reached(await store.findOrder(id), access);
      await recordReading(access, order.customerId, `order:${id}`);
      return order;
    },

    /** Throws `scope-missing` where another's are asked for by who may see only their own. */
    async list(access: Access, { customerId, ...page }: { customerId: string } & OrderPage) {
      if (!mayReach(access, customerId)) throw new Problem(httpErrors['scope-missing']);
      await recordReading(access, customerId, `orders of:${customerId}`);
      return store.listOrders(customerId, page);
    },

    /** Throws `not-found`, `already-confirmed`, and what `check` throws when it is shown the order. */
    async cancel(access: Access, id: string, check: (order: Order) => void): Promise<Order> {
      return store.transaction(async (tx) => {
        const order = reached((await tx.findOrdersForUpdate([id]))[0], access);
        check(order);
        return save(tx, order, cancelRequested(order));
      });
    },

    /**
     * Gives the whole amount back; payments does so when it hears of it. The goods are not waited for, and no stock
     * returns. Throws `not-found` and what the model's refundRequested throws.
     */
    async refund(
      access: Access,
      id: string,
      asked: Pick<Refund, 'reason' | 'idempotencyKey'>,
    ): Promise<Order> {
      return store.transaction(async (tx) => {
        const order = reached((await tx.findOrdersForUpdate([id]))[0], access);
        const now = clock();
        const decision = refundRequested(order, { ...asked, requestedAt: now });
        const saved = await save(tx, order, decision);
        const object = `order:${order.id}`;
        const act = decision === undefined ? 'read' : 'refund';
        const details = { reason: asked.reason, cents: order.totalCents };
        await tx.recordAct({ actor: access.subject, act, object, details }, now);
        return saved;
      });
    },

    /** Lets decisions of order.ts, and prices, follow from the events of one transaction. */
    async open(tx: OrdersQueries, orderIds: string[]) {
      const found = await tx.findOrdersForUpdate(orderIds);
      const orders = new Map(found.map((order) => [order.id, order]));
      const prices = new Map<string, PriceChange>();
      const decisions = collectDecisions(tx, deps);
      return {
        /** An order that is not there is a bug upstream. */
        advance(id: string, decide: (order: Order) => Decision | undefined) {
          const order = orders.get(id);
          if (order === undefined) throw new Error(`there is no order ${id}`);
          orders.set(id, decisions.take(order, decide(order)));
        },
        priceChanged(change: PriceChange) {
          const newest = prices.get(change.productId);
          if (newest === undefined || newest.version < change.version)
            prices.set(change.productId, change);
        },
        async save() {
          await decisions.save();
          if (prices.size > 0) await tx.savePrices([...prices.values()]);
        },
      };
    },

    /** The saga's timer: looks how long orders wait, and cancels those past their deadline. Returns whether there
     *  may be more of these. */
    async keepDeadlines(): Promise<boolean> {
      await backlog.look();
      return store.transaction(async (tx) => {
        // #region durable-timer
        // The deadline is a column, so no restart forgets it. Rows that another replica, a customer or an
        // event holds right now are skipped: their transaction decides, and the next look sees the outcome.
        const overdue = await tx.findOverdueForUpdate(clock(), OVERDUE_BATCH);
        const decisions = collectDecisions(tx, deps);
        for (const order of overdue) decisions.take(order, deadlinePassed(order));
        await decisions.save();
        // #endregion
        return overdue.length === OVERDUE_BATCH;
      });
    },
  };
}

export type Orders = ReturnType<typeof createOrders>;
type PriceChange = EventData<typeof productChanged>;

function reached(order: Order | undefined, access: Access): Order {
  if (order !== undefined && mayReach(access, order.customerId)) return order;
  throw new Problem(httpErrors['not-found']);
}

/**
 * The first answer again: the order as it was when it was placed. Where the address was erased, nobody can tell any
 * more that the request is the same.
 */
function replay(earlier: Order, shipTo: ShipTo | undefined, command: PlaceOrder): Order {
  const { lines, cardToken } = earlier;
  if (shipTo === undefined || !isSame({ lines, payment: { cardToken }, shipTo }, command))
    throw new Problem(errors['idempotency-key-reused']);
  return { ...earlier, progress: { state: 'placed' } };
}

type Request = Pick<PlaceOrder, 'lines' | 'payment' | 'shipTo'>;

function isSame(one: Request, other: Request): boolean {
  const asked = ({ lines, payment, shipTo }: Request) => [
    lines.map(({ productId, quantity }) => ({ productId, quantity })),
    payment,
    shipTo,
  ];
  return isDeepStrictEqual(asked(one), asked(other));
}
