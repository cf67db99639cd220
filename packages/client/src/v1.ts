/** Generated from docs/openapi/v1.json by npm run docs. */
export interface paths {
    "/v1/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List and search products
         * @deprecated
         * @description Without a `sort` by name, in a search by relevance. A cursor belongs to its `sort` and, by relevance, to its `search`: under others it is refused.
         *
         *     Use v2, at the same address below `/v2`; this one goes on 2027-11-01 at the earliest.
         *
         *     Limit `public`: 600 requests a minute per address, 200 at once.
         */
        get: operations["listProducts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/products/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a product
         * @deprecated
         * @description The product with its price now; an order keeps the price of its own moment.
         *
         *     Use v2, at the same address below `/v2`; this one goes on 2027-11-01 at the earliest.
         *
         *     Limit `public`: 600 requests a minute per address, 200 at once.
         */
        get: operations["getProduct"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a product
         * @deprecated
         * @description Changes the fields that are given and leaves the others (JSON Merge Patch, RFC 7396).
         *
         *     Use v2, at the same address below `/v2`; this one goes on 2027-11-01 at the earliest.
         *
         *     Limit `writes`: 300 requests a minute per client, 100 at once.
         */
        patch: operations["changeProduct"];
        trace?: never;
    };
    "/v1/products/{id}/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the prices of a product
         * @deprecated
         * @description Every price that the product has had, the newest first.
         *
         *     Use v2, at the same address below `/v2`; this one goes on 2027-11-01 at the earliest.
         *
         *     Limit `public`: 600 requests a minute per address, 200 at once.
         */
        get: operations["listPrices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List and search products
         * @description Without a `sort` by name, in a search by relevance. A cursor belongs to its `sort` and, by relevance, to its `search`: under others it is refused.
         *
         *     Limit `public`: 600 requests a minute per address, 200 at once.
         */
        get: operations["listProductsV2"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/products/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a product
         * @description The product with its price now; an order keeps the price of its own moment.
         *
         *     Limit `public`: 600 requests a minute per address, 200 at once.
         */
        get: operations["getProductV2"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a product
         * @description Changes the fields that are given and leaves the others (JSON Merge Patch, RFC 7396).
         *
         *     Limit `writes`: 300 requests a minute per client, 100 at once.
         */
        patch: operations["changeProductV2"];
        trace?: never;
    };
    "/v2/products/{id}/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the prices of a product
         * @description Every price that the product has had, the newest first.
         *
         *     Limit `public`: 600 requests a minute per address, 200 at once.
         */
        get: operations["listPricesV2"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your orders
         * @description Newest first; the caller's own, or with `support:read` those of the customer that `customerId` names, which goes on record.
         *
         *     Limit `reads`: 600 requests a minute per client, 200 at once.
         */
        get: operations["listOrders"];
        put?: never;
        /**
         * Place an order
         * @description Stores the order and answers at once with the state `placed`. Stock and payment are settled after that, as a rule within a second: follow the order by `followOrder`, or read it again, until it is `confirmed` or `cancelled`.
         *
         *     Where no answer came, or a 5xx, send the same request with the same `Idempotency-Key` again: there will be one order, and you get the first answer, 201 with the state `placed`, whatever has become of the order since. Keys are those of one customer. The same key with another body is refused; the order of JSON's fields does not make it another.
         *
         *     In this shop `cardToken` is one of the simulated card processor's: `tok_approve` pays, `tok_decline` is declined, `tok_slow` (undecided for about two seconds, so there is time to cancel), `tok_fail_once`, `tok_charge_then_drop` and `tok_hold_expires` pay in spite of faults.
         *
         *     Limit `writes`: 300 requests a minute per client, 100 at once.
         */
        post: operations["placeOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an order
         * @description The order as it stands. Another customer's is 404, like one that is not there. With `support:read` it is any order, and the reading of it is on record.
         *
         *     Limit `reads`: 600 requests a minute per client, 200 at once.
         */
        get: operations["getOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel an order
         * @description Cancels an order that is not decided yet; what was reserved or authorised for it is undone. That is as a rule a second, so expect 409 `already-confirmed` as an answer like any other; `If-Match` is looked at first. To cancel a cancelled order again changes nothing and answers the same, so it is safe to repeat, but for an `If-Match`, which does not match the second time. No body is needed, and then no Content-Type.
         *
         *     Limit `writes`: 300 requests a minute per client, 100 at once.
         */
        post: operations["cancelOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{id}/refund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refund an order
         * @description For the support: gives back the whole amount of a confirmed order, once. The order gets a `refund`, which is `requested` until the card processor has done it, as a rule within a second, and then `done`. Goods are not waited for, and a refund by itself returns none to the stock. The same request under the same `Idempotency-Key` again changes nothing and gets the order.
         *
         *     Limit `writes`: 300 requests a minute per client, 100 at once.
         */
        post: operations["refundOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow an order live
         * @description A stream of [server-sent events](https://html.spec.whatwg.org/multipage/server-sent-events.html): every step of the order so far, and then each new one as it happens. The name of an event is the step, its data a JSON object on one line, with `orderId` (a UUID), `step`, `at` (a time), and where it applies `state` (`placed`, `confirmed` or `cancelled`) and `reason` (at `order-cancelled` the order's own, elsewhere a text such as `card-declined`). Lines end in `\n`. A customer may have ten streams open.
         *
         *     Steps: `order-placed`, `stock-reserved`, `stock-rejected`, `payment-authorised`, `payment-declined`, `order-confirmed`, `order-cancelled`, `stock-committed`, `stock-released`, `payment-captured`, `capture-failed`, `payment-voided`, `payment-refunded`. Those of different services may arrive in either order; those with a `state` do not.
         *
         *     By hand: `curl -N {origin}/v1/orders/{id}/events -H "authorization: Bearer $TOKEN"`. The `EventSource` of browsers sends no such header; read the stream with `fetch`. Where a stream is more than is needed, `getOrder` every second or two does.
         *
         *     The order is decided with the step that has the `state` `confirmed` or `cancelled`; stop reading there, since the stream has no end of its own. (One thing can undo `confirmed`: a card whose holds lapse one after the other, which the step `capture-failed` tells, and then `order-cancelled`.) It breaks off when its token expires or a server restarts: come back with a new token and the last `id` as `Last-Event-ID`, and nothing is lost. An id of another stream is not noticed. Blocks without data are to be left out: the first says `retry`, and a comment every 15 s keeps the connection alive.
         *
         *     Limit `reads`: 600 requests a minute per client, 200 at once.
         */
        get: operations["followOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/{productId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the stock of a product
         * @description Pieces in the house, and how many of them orders hold; the difference can still be ordered.
         *
         *     Limit `reads`: 600 requests a minute per client, 200 at once.
         */
        get: operations["getStock"];
        /**
         * Set the stock of a product
         * @description Writes down what a count of the shelf has found. Never below what orders hold. The same request twice leaves the same stock, so it is safe to repeat.
         *
         *     Limit `writes`: 300 requests a minute per client, 100 at once.
         */
        put: operations["setStock"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your webhooks
         * @description The caller's own webhooks, newest first, without their secrets.
         *
         *     Limit `reads`: 600 requests a minute per client, 200 at once.
         */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Register a webhook
         * @description From now on each of these events, of any order, is posted to the address; what is sent is under Webhooks in this document. A name that leads nowhere yet is taken, and one that leads to a private address is refused (but for those that the operator lets in, as is `localhost` on an installation to try out). The answer has the `secret` that deliveries are signed with, and nothing shows it again. To register twice makes two webhooks.
         *
         *     Limit `writes`: 300 requests a minute per client, 100 at once.
         */
        post: operations["registerWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a webhook
         * @description The webhook without its secret. Another partner's is 404.
         *
         *     Limit `reads`: 600 requests a minute per client, 200 at once.
         */
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        /**
         * Delete a webhook
         * @description Nothing is delivered to it any more, and its deliveries are forgotten. Send no Content-Type, as there is no body.
         *
         *     Limit `writes`: 300 requests a minute per client, 100 at once.
         */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        /**
         * Change a webhook
         * @description Changes the fields that are given and leaves the others; a list is replaced whole (JSON Merge Patch, RFC 7396). The secret stays. What waits is delivered to a new address; `active` switches off and, after a 410 too, on again.
         *
         *     Limit `writes`: 300 requests a minute per client, 100 at once.
         */
        patch: operations["changeWebhook"];
        trace?: never;
    };
    "/v1/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the deliveries of a webhook
         * @description Newest first. A delivery that fails is tried eight times within about a day and is then `failed`. It stays listed for 30 days after its last attempt.
         *
         *     Limit `reads`: 600 requests a minute per client, 200 at once.
         */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/deliveries/{deliveryId}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver again
         * @description Delivers once more, at once and with the same `webhook-id`, with all its attempts before it again. No body is needed.
         *
         *     Limit `writes`: 300 requests a minute per client, 100 at once.
         */
        post: operations["redeliver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/identity/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get an access token
         * @description The token endpoint of OAuth 2 (RFC 6749). An access token lives for five minutes, so get the next one in time.
         *
         *     Whoever runs an installation gives out its clients: an id, and a secret or a registered key. A program that acts for itself sends `grant_type=client_credentials` with its id and secret as HTTP Basic, or with a `client_assertion` that it signs, and the `scope` that it needs; without a scope it is refused:
         *
         *     `curl -u ID:SECRET {origin}/identity/token -d grant_type=client_credentials -d "scope=orders:read orders:write"`
         *
         *     An app that acts for a person sends the person's browser to `/identity/auth` (`response_type=code`, PKCE with `S256`, `client_id`, `redirect_uri`, `scope`, `state`), gets a `code` at its redirect address and trades it here with its `code_verifier`, within a minute and once. It gets a refresh token by the scopes `openid offline_access` with `prompt=consent`. A refusal comes to the redirect address too, as `error`, with `state` and `iss`. `/identity/.well-known/openid-configuration` names the other endpoints (keys, revocation, introspection, sign-out), which are as their standards say. The pages themselves are for people and change without notice: they set cookies, take a form only from themselves (with an `Origin`, and it is ours), and after five wrong passwords an account is closed for 15 minutes.
         *
         *     A program without a browser posts `client_id` and `scope` to `/identity/device/auth` (RFC 8628; to try out: `command-line`), shows its person the `user_code` and `verification_uri` of the answer, and asks here with the `device_code` every 5 seconds. Until the person has said yes the answer is 400 with `authorization_pending`.
         *
         *     With a `DPoP` header (RFC 9449; ES256) the token is bound to the key of that proof, `token_type` is `DPoP`, and each request with it takes a proof of its own.
         *
         *     A client that cannot be told, or whose secret is wrong, is a 401 with `invalid_client`; every other refusal is a 400.
         *
         *     A refresh token is replaced at each use; one that is used again ends all refresh tokens of the same sign-in, and access tokens end by themselves. Two weeks after the sign-in a person is asked again.
         *
         *     Limit `sign-in`: 60 requests a minute per address, 60 at once.
         */
        post: operations["getToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    "order-placed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * order-placed is delivered
         * @description A customer has ordered. Whether it is confirmed is not decided yet. Posted to every webhook that listens to `order-placed`, at least once and in any order, and signed by [Standard Webhooks](https://www.standardwebhooks.com). Check the signature over the bytes as they came, refuse a timestamp that is more than five minutes away, and remember the ids that you have handled. Answer within five seconds.
         */
        post: operations["receive-order-placed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "order-confirmed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * order-confirmed is delivered
         * @description Stock and card have said yes. It stays so, but for a card that fails later. Posted to every webhook that listens to `order-confirmed`, at least once and in any order, and signed by [Standard Webhooks](https://www.standardwebhooks.com). Check the signature over the bytes as they came, refuse a timestamp that is more than five minutes away, and remember the ids that you have handled. Answer within five seconds.
         */
        post: operations["receive-order-confirmed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "order-cancelled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * order-cancelled is delivered
         * @description The order is not carried out, and whatever was taken for it is given back. Posted to every webhook that listens to `order-cancelled`, at least once and in any order, and signed by [Standard Webhooks](https://www.standardwebhooks.com). Check the signature over the bytes as they came, refuse a timestamp that is more than five minutes away, and remember the ids that you have handled. Answer within five seconds.
         */
        post: operations["receive-order-cancelled"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        /** @description What was wrong, by RFC 9457. Some errors have more members; their texts name them. */
        Problem: {
            /**
             * Format: uri-reference
             * @description Leads to the explanation of the code.
             */
            type: string;
            title: string;
            /** @description The same as the status of the answer. */
            status: number;
            /** @description Stable; what a program should look at. */
            code: string;
            /** @description For people; it may change. */
            detail: string;
            /** @description Where a request does not match its schema, the first ten places. */
            errors?: {
                /** @description `body`, `querystring`, `params` or `headers`. */
                in: string;
                /** @description A JSON Pointer (RFC 6901), also to a field or parameter that should not be there. */
                pointer: string;
                message: string;
            }[];
        };
        Product: {
            /** @example ridgeline-2p-tent */
            id: string;
            name: string;
            description: string;
            category: string;
            /** @description Of one piece, now. */
            priceCents: number;
            /** @example EUR */
            currency: string;
        };
        ProductPage: {
            items: components["schemas"]["Product"][];
            /** @description The `cursor` of the next page; null on the last one. */
            nextCursor: string | null;
        };
        PricePage: {
            items: {
                priceCents: number;
                /** @example EUR */
                currency: string;
                /**
                 * Format: date-time
                 * @example 2026-01-15T09:30:00.000Z
                 */
                changedAt: string;
            }[];
            /** @description The `cursor` of the next page; null on the last one. */
            nextCursor: string | null;
        };
        ChangeProduct: {
            name?: string;
            description?: string;
            priceCents?: number;
        };
        /** @description Of one piece. */
        Price: {
            /** @description A decimal number, with as many digits after the point as the currency has. */
            amount: string;
            /** @example EUR */
            currency: string;
        };
        ProductV2: {
            /** @example ridgeline-2p-tent */
            id: string;
            name: string;
            description: string;
            category: string;
            price: components["schemas"]["Price"];
        };
        ProductPageV2: {
            items: components["schemas"]["ProductV2"][];
            /** @description The `cursor` of the next page; null on the last one. */
            nextCursor: string | null;
        };
        PricePageV2: {
            items: {
                price: components["schemas"]["Price"];
                /**
                 * Format: date-time
                 * @example 2026-01-15T09:30:00.000Z
                 */
                changedAt: string;
            }[];
            /** @description The `cursor` of the next page; null on the last one. */
            nextCursor: string | null;
        };
        ChangeProductV2: {
            name?: string;
            description?: string;
            price?: {
                /** @description A decimal number, with as many digits after the point as the currency has. */
                amount: string;
                /** @constant */
                currency?: "EUR";
            };
        };
        PlaceOrder: {
            /** @description What is ordered; each product in one line. */
            lines: {
                /** @example ridgeline-2p-tent */
                productId: string;
                /** @example 2 */
                quantity: number;
            }[];
            payment: {
                /** @description What the card processor knows the card by; card numbers never come here. */
                cardToken: string;
            };
            shipTo: {
                name: string;
                line1: string;
                city: string;
                postalCode: string;
                /** @description By ISO 3166-1, two letters. */
                country: string;
            };
        };
        /** @description Where the support gave the whole amount back. */
        Refund: {
            reason: "damaged" | "not-as-described" | "not-received" | "goodwill";
            state: "requested" | "done";
            /**
             * Format: date-time
             * @example 2026-01-15T09:30:00.000Z
             */
            requestedAt: string;
        };
        Order: {
            /** Format: uuid */
            id: string;
            /** @description `placed` until stock and payment have said yes or no. A refunded order stays `confirmed`. */
            state: "placed" | "confirmed" | "cancelled";
            /** @description Why the order was cancelled: `customer-request`, `out-of-stock`, `payment-declined`, `deadline-passed`, `capture-failed`. Others may come. */
            reason?: string;
            lines: {
                /** @example ridgeline-2p-tent */
                productId: string;
                /** @example 2 */
                quantity: number;
                /** @description Of one piece, when the order was placed. */
                priceCents: number;
            }[];
            /** @description Of all lines. */
            totalCents: number;
            /** @example EUR */
            currency: string;
            /**
             * Format: date-time
             * @example 2026-01-15T09:30:00.000Z
             */
            placedAt: string;
            refund?: components["schemas"]["Refund"];
        };
        OrderPage: {
            items: components["schemas"]["Order"][];
            /** @description The `cursor` of the next page; null on the last one. */
            nextCursor: string | null;
        };
        RefundOrder: {
            reason: "damaged" | "not-as-described" | "not-received" | "goodwill";
        };
        Stock: {
            /** @example ridgeline-2p-tent */
            productId: string;
            /** @description Pieces in the house. */
            onHand: number;
            /** @description Pieces on hand that orders hold. */
            reserved: number;
        };
        SetStock: {
            /** @description Pieces in the house. */
            onHand: number;
        };
        RegisterWebhook: {
            /** @description https, on a public address, without user name or fragment. */
            url: string;
            /** @description Of `order-placed`, `order-confirmed` and `order-cancelled`. */
            eventTypes: string[];
        };
        RegisteredWebhook: {
            /** Format: uuid */
            id: string;
            url: string;
            eventTypes: string[];
            /**
             * Format: date-time
             * @example 2026-01-15T09:30:00.000Z
             */
            createdAt: string;
            /** @description Whether events are delivered to it. */
            active: boolean;
            /**
             * Format: date-time
             * @description Since when nothing is delivered to it, because its address answered 410 or you switched it off.
             */
            disabledAt?: string;
            /** @description What deliveries are signed with. It is not shown again. */
            secret: string;
        };
        Webhook: {
            /** Format: uuid */
            id: string;
            url: string;
            eventTypes: string[];
            /**
             * Format: date-time
             * @example 2026-01-15T09:30:00.000Z
             */
            createdAt: string;
            /** @description Whether events are delivered to it. */
            active: boolean;
            /**
             * Format: date-time
             * @description Since when nothing is delivered to it, because its address answered 410 or you switched it off.
             */
            disabledAt?: string;
        };
        WebhookPage: {
            items: components["schemas"]["Webhook"][];
            /** @description The `cursor` of the next page; null on the last one. */
            nextCursor: string | null;
        };
        ChangeWebhook: {
            /** @description https, on a public address, without user name or fragment. */
            url?: string;
            /** @description Of `order-placed`, `order-confirmed` and `order-cancelled`. */
            eventTypes?: string[];
            /** @description Whether events are delivered to it; false also gives up on what waits for it. */
            active?: boolean;
        };
        Delivery: {
            /** Format: uuid */
            id: string;
            eventType: string;
            state: "pending" | "delivered" | "failed";
            attempts: number;
            /** @description Of the last attempt; null where it got no answer. */
            lastStatus: number | null;
            nextAttemptAt: string | null;
            /**
             * Format: date-time
             * @example 2026-01-15T09:30:00.000Z
             */
            createdAt: string;
        };
        DeliveryPage: {
            items: components["schemas"]["Delivery"][];
            /** @description The `cursor` of the next page; null on the last one. */
            nextCursor: string | null;
        };
        TokenRequest: {
            /** @constant */
            grant_type: "client_credentials";
            /** @description Separated by spaces. */
            scope: string;
            /** @description With an assertion: `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`. */
            client_assertion_type?: string;
            /** @description In place of a secret (RFC 7523): a JWT that the client has signed with its key by ES256, for `aud` the issuer, with its id as `iss` and `sub`, a new `jti`, and an `exp` about a minute away. */
            client_assertion?: string;
        } | {
            /** @constant */
            grant_type: "authorization_code";
            /** @description Of a client without a secret, which names itself by this alone. */
            client_id?: string;
            code: string;
            /** @description Of PKCE, RFC 7636. */
            code_verifier: string;
            redirect_uri: string;
        } | {
            /** @constant */
            grant_type: "refresh_token";
            /** @description Of a client without a secret, which names itself by this alone. */
            client_id?: string;
            refresh_token: string;
            /** @description Some of those that were granted; all where it is left out. */
            scope?: string;
        } | {
            /** @constant */
            grant_type: "urn:ietf:params:oauth:grant-type:device_code";
            /** @description Of a client without a secret, which names itself by this alone. */
            client_id?: string;
            /** @description Of RFC 8628. */
            device_code: string;
        };
        Tokens: {
            /** @description A JWT (RFC 9068), for the Authorization header. */
            access_token: string;
            /** @description `DPoP` where the request for it came with a proof. */
            token_type: "Bearer" | "DPoP";
            /** @description In seconds. */
            expires_in: number;
            /** @description What the access token is good for, of the API. */
            scope: string;
            /** @description With the scope offline_access. It can be used once. */
            refresh_token?: string;
            /** @description With the scope openid. */
            id_token?: string;
        };
        /**
         * @example {
         *       "error": "invalid_scope"
         *     }
         */
        TokenRefusal: {
            /** @description Such as `invalid_client`, `invalid_grant`, `invalid_scope`, `invalid_request`, `authorization_pending`, `slow_down`. */
            error: string;
            error_description?: string;
        };
    };
    responses: {
        /** @description You have it already. */
        unchanged: {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /**
         * @description `invalid-request`: A part of the request does not match its schema; `errors` says where.
         *
         *     `invalid-cursor`: The cursor was not given out by this collection.
         *
         *     `unknown-sort`: Products cannot be listed in this order; `allowed` lists the orders that they can be listed in.
         */
        "invalid-request.invalid-cursor.unknown-sort": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 400;
                    /** @enum {unknown} */
                    code?: "invalid-request" | "invalid-cursor" | "unknown-sort";
                };
            };
        };
        /** @description `not-acceptable`: The Accept header leaves out the only media type that this address answers with, `available`. */
        "not-acceptable": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 406;
                    /** @enum {unknown} */
                    code?: "not-acceptable";
                };
            };
        };
        /** @description `rate-limited`: You asked more often than you may; nothing was done. Retry-After says when to ask again, `violated-policies` which limit it was. */
        "rate-limited": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 429;
                    /** @enum {unknown} */
                    code?: "rate-limited";
                };
            };
        };
        /** @description `internal-error`: We made a mistake, and it is in our log. */
        "internal-error": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 500;
                    /** @enum {unknown} */
                    code?: "internal-error";
                };
            };
        };
        /** @description `unavailable`: Something that the answer depends on is down. Nothing half done is left: try again with the same idempotency key. */
        unavailable: {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 503;
                    /** @enum {unknown} */
                    code?: "unavailable";
                };
            };
        };
        /** @description `deadline-exceeded`: The answer took too long; it may still have been carried out: try again with the same idempotency key. */
        "deadline-exceeded": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 504;
                    /** @enum {unknown} */
                    code?: "deadline-exceeded";
                };
            };
        };
        /** @description `invalid-request`: A part of the request does not match its schema; `errors` says where. */
        "invalid-request": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 400;
                    /** @enum {unknown} */
                    code?: "invalid-request";
                };
            };
        };
        /** @description `not-found`: There is nothing at this address, or nothing that you may see. */
        "not-found": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 404;
                    /** @enum {unknown} */
                    code?: "not-found";
                };
            };
        };
        /** @description `uri-too-long`: A part of the address is longer than any that we give out. */
        "uri-too-long": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 414;
                    /** @enum {unknown} */
                    code?: "uri-too-long";
                };
            };
        };
        /**
         * @description `invalid-request`: A part of the request does not match its schema; `errors` says where.
         *
         *     `invalid-cursor`: The cursor was not given out by this collection.
         */
        "invalid-request.invalid-cursor": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 400;
                    /** @enum {unknown} */
                    code?: "invalid-request" | "invalid-cursor";
                };
            };
        };
        /**
         * @description `invalid-request`: A part of the request does not match its schema; `errors` says where.
         *
         *     `malformed-json`: The body is not JSON, or holds text that cannot be stored, such as a NUL character.
         */
        "invalid-request.malformed-json": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 400;
                    /** @enum {unknown} */
                    code?: "invalid-request" | "malformed-json";
                };
            };
        };
        /**
         * @description `token-missing`: The request needs an access token in the Authorization header, as `Bearer <token>`.
         *
         *     `token-invalid`: The access token is malformed, expired, meant for someone else or not signed by our issuer.
         *
         *     `proof-invalid`: The access token is bound to a key. It comes as `DPoP <token>`, with a new proof in the DPoP header each time: signed by that key, made just now, and for this token, method and address (RFC 9449).
         */
        "token-missing.token-invalid.proof-invalid": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 401;
                    /** @enum {unknown} */
                    code?: "token-missing" | "token-invalid" | "proof-invalid";
                };
            };
        };
        /** @description `scope-missing`: The access token is valid but was not granted the scope that this request needs. */
        "scope-missing": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 403;
                    /** @enum {unknown} */
                    code?: "scope-missing";
                };
            };
        };
        /** @description `body-too-large`: The request body is larger than 64 KiB. */
        "body-too-large": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 413;
                    /** @enum {unknown} */
                    code?: "body-too-large";
                };
            };
        };
        /** @description `unsupported-media-type`: The body must be application/json, or where `accepted` is given, one of those. */
        "unsupported-media-type": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 415;
                    /** @enum {unknown} */
                    code?: "unsupported-media-type";
                };
            };
        };
        /** @description `precondition-failed`: It is no longer, or not yet, what If-Match names, and nothing was changed. Read it again, and change what is there now. */
        "precondition-failed": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 412;
                    /** @enum {unknown} */
                    code?: "precondition-failed";
                };
            };
        };
        /** @description `precondition-required`: This change needs If-Match with the ETag of what you have read, so that you overwrite nothing that you have not seen. */
        "precondition-required": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 428;
                    /** @enum {unknown} */
                    code?: "precondition-required";
                };
            };
        };
        /**
         * @description `invalid-request`: A part of the request does not match its schema; `errors` says where.
         *
         *     `malformed-json`: The body is not JSON, or holds text that cannot be stored, such as a NUL character.
         *
         *     `idempotency-key-missing`: An order is placed, and refunded, with an Idempotency-Key header, so that it can be sent again safely.
         *
         *     `idempotency-key-invalid`: The Idempotency-Key is 1 to 255 visible ASCII characters.
         */
        "invalid-request.malformed-json.idempotency-key-missing.idempotency-key-invalid": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 400;
                    /** @enum {unknown} */
                    code?: "invalid-request" | "malformed-json" | "idempotency-key-missing" | "idempotency-key-invalid";
                };
            };
        };
        /**
         * @description `idempotency-key-reused`: The key belongs to an earlier request with another body. A new one needs a new key.
         *
         *     `duplicate-line`: Two lines name the same product. Use one line with the sum.
         *
         *     `unknown-product`: A line names a product that the shop does not sell; `productIds` lists them.
         *
         *     `mixed-currencies`: The products of one order are priced in one currency.
         *
         *     `unknown-card-token`: The card processor does not know this card token.
         */
        "idempotency-key-reused.duplicate-line.unknown-product.mixed-currencies.unknown-card-token": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 422;
                    /** @enum {unknown} */
                    code?: "idempotency-key-reused" | "duplicate-line" | "unknown-product" | "mixed-currencies" | "unknown-card-token";
                };
            };
        };
        /** @description `idempotency-key-in-flight`: Another request with this key is being carried out; the same request later gets its answer. */
        "idempotency-key-in-flight": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 409;
                    /** @enum {unknown} */
                    code?: "idempotency-key-in-flight";
                };
            };
        };
        /**
         * @description `overloaded`: Orders come faster than they are decided, so no more are taken for now; the same request later is taken.
         *
         *     `unavailable`: Something that the answer depends on is down. Nothing half done is left: try again with the same idempotency key.
         */
        "overloaded.unavailable": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 503;
                    /** @enum {unknown} */
                    code?: "overloaded" | "unavailable";
                };
            };
        };
        /** @description `already-confirmed`: A confirmed order is paid and on its way, and cannot be cancelled any more. */
        "already-confirmed": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 409;
                    /** @enum {unknown} */
                    code?: "already-confirmed";
                };
            };
        };
        /** @description `idempotency-key-reused`: The key belongs to an earlier request with another body. A new one needs a new key. */
        "idempotency-key-reused": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 422;
                    /** @enum {unknown} */
                    code?: "idempotency-key-reused";
                };
            };
        };
        /**
         * @description `order-not-confirmed`: Nothing is paid for an order before it is confirmed, nor for a cancelled one, so there is nothing to give back.
         *
         *     `already-refunded`: An order is refunded once, as a whole, and this one was, under another key.
         */
        "order-not-confirmed.already-refunded": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 409;
                    /** @enum {unknown} */
                    code?: "order-not-confirmed" | "already-refunded";
                };
            };
        };
        /**
         * @description `invalid-request`: A part of the request does not match its schema; `errors` says where.
         *
         *     `last-event-id-invalid`: The Last-Event-ID has not the form of those that streams give out.
         */
        "invalid-request.last-event-id-invalid": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 400;
                    /** @enum {unknown} */
                    code?: "invalid-request" | "last-event-id-invalid";
                };
            };
        };
        /**
         * @description `too-many-streams`: You have as many live streams open as one customer may.
         *
         *     `rate-limited`: You asked more often than you may; nothing was done. Retry-After says when to ask again, `violated-policies` which limit it was.
         */
        "too-many-streams.rate-limited": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 429;
                    /** @enum {unknown} */
                    code?: "too-many-streams" | "rate-limited";
                };
            };
        };
        /** @description `below-reserved`: Orders hold more pieces than the new stock; `reserved` says how many. */
        "below-reserved": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 409;
                    /** @enum {unknown} */
                    code?: "below-reserved";
                };
            };
        };
        /**
         * @description `unknown-event-type`: A webhook listens to `order-placed`, `order-confirmed` and `order-cancelled`; `eventTypes` lists the others.
         *
         *     `webhook-url-refused`: A webhook’s address is https, without user name or fragment, and leads to a public address.
         */
        "unknown-event-type.webhook-url-refused": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 422;
                    /** @enum {unknown} */
                    code?: "unknown-event-type" | "webhook-url-refused";
                };
            };
        };
        /** @description `too-many-webhooks`: You have 20 webhooks, as many as one partner may. */
        "too-many-webhooks": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 409;
                    /** @enum {unknown} */
                    code?: "too-many-webhooks";
                };
            };
        };
        /** @description `webhook-disabled`: Nothing is delivered to the webhook: its address answered 410 Gone, or you switched it off. Set `active` to true first. */
        "webhook-disabled": {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status?: 409;
                    /** @enum {unknown} */
                    code?: "webhook-disabled";
                };
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /**
         * @description What is left of the limit (`r`), and in how many seconds it is whole again (`t`).
         * @example "reads";r=199;t=1
         */
        RateLimit: string;
        /**
         * @description The limit: `q` requests in `w` seconds.
         * @example "reads";q=200;w=20
         */
        "RateLimit-Policy": string;
        /**
         * @description Since when another version should be used (RFC 9745): `@` and seconds since 1970.
         * @example @1793491200
         */
        Deprecation: string;
        /**
         * @description Before this it does not go (RFC 8594).
         * @example Mon, 01 Nov 2027 00:00:00 GMT
         */
        Sunset: string;
        /**
         * @description By RFC 8288. `rel="next"`: the next page, absent on the last one. Where the operation is deprecated also `rel="successor-version"`, the same in the version to use, and `rel="deprecation"`, why and how.
         * @example </v1/orders?limit=20&cursor=eyJpZCI6IjEifQ>; rel="next"
         */
        Link: string;
        /**
         * @description Names this state of it, for `If-None-Match` and `If-Match`.
         * @example "7"
         */
        ETag: string;
        /**
         * @description The address of what was made.
         * @example /v1/orders/0b5e9c1e-52a4-4d1f-8a9e-6f2d3c7b8a90
         */
        Location: string;
        /**
         * @description In so many seconds the same request may succeed.
         * @example 1
         */
        "Retry-After": number;
        /**
         * @description What kind of token is missing (RFC 6750).
         * @example Bearer
         */
        "WWW-Authenticate": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listProducts: {
        parameters: {
            query?: {
                /** @description The most items that a page may have. */
                limit?: number;
                /** @description The `nextCursor` of the page before, as it is; the first page has none. */
                cursor?: string;
                /** @description Only products of this category. */
                category?: string;
                /** @description As in a web search: words, "phrases", `or`, and a minus before what is not wanted. */
                search?: string;
                /** @description One of `name`, `-name`, `priceCents`, `-priceCents`; in a search also `relevance`, which is then the default. */
                sort?: string;
            };
            header?: {
                /**
                 * @description The `ETag` of what you have; if it is still that, the answer is a 304.
                 * @example "1u2pYxWbHk9QmS4z"
                 */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of products. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Link: components["headers"]["Link"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "ridgeline-2p-tent",
                     *           "name": "Ridgeline 2P Tent",
                     *           "description": "A tent for two that stands in any wind.",
                     *           "category": "tents",
                     *           "priceCents": 36900,
                     *           "currency": "EUR"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ProductPage"];
                };
            };
            304: components["responses"]["unchanged"];
            400: components["responses"]["invalid-request.invalid-cursor.unknown-sort"];
            406: components["responses"]["not-acceptable"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getProduct: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` of what you have; if it is still that, the answer is a 304.
                 * @example "v2-7"
                 */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The product. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    Link: components["headers"]["Link"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "ridgeline-2p-tent",
                     *       "name": "Ridgeline 2P Tent",
                     *       "description": "A tent for two that stands in any wind.",
                     *       "category": "tents",
                     *       "priceCents": 36900,
                     *       "currency": "EUR"
                     *     }
                     */
                    "application/json": components["schemas"]["Product"];
                };
            };
            304: components["responses"]["unchanged"];
            400: components["responses"]["invalid-request"];
            404: components["responses"]["not-found"];
            406: components["responses"]["not-acceptable"];
            414: components["responses"]["uri-too-long"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    changeProduct: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` of what you have read: if it has changed meanwhile, the answer is a 412 and nothing is done. `*` stands for whatever is there.
                 * @example "v2-7"
                 */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "priceCents": 36900
                 *     }
                 */
                "application/json": components["schemas"]["ChangeProduct"];
                /**
                 * @example {
                 *       "priceCents": 36900
                 *     }
                 */
                "application/merge-patch+json": components["schemas"]["ChangeProduct"];
            };
        };
        responses: {
            /** @description The product as it is now. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    Link: components["headers"]["Link"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "ridgeline-2p-tent",
                     *       "name": "Ridgeline 2P Tent",
                     *       "description": "A tent for two that stands in any wind.",
                     *       "category": "tents",
                     *       "priceCents": 36900,
                     *       "currency": "EUR"
                     *     }
                     */
                    "application/json": components["schemas"]["Product"];
                };
            };
            400: components["responses"]["invalid-request.malformed-json"];
            401: components["responses"]["token-missing.token-invalid.proof-invalid"];
            403: components["responses"]["scope-missing"];
            404: components["responses"]["not-found"];
            406: components["responses"]["not-acceptable"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            414: components["responses"]["uri-too-long"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    listPrices: {
        parameters: {
            query?: {
                /** @description The most items that a page may have. */
                limit?: number;
                /** @description The `nextCursor` of the page before, as it is; the first page has none. */
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of prices. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Link: components["headers"]["Link"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "priceCents": 36900,
                     *           "currency": "EUR",
                     *           "changedAt": "2026-01-15T09:30:00.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["PricePage"];
                };
            };
            400: components["responses"]["invalid-request.invalid-cursor"];
            404: components["responses"]["not-found"];
            406: components["responses"]["not-acceptable"];
            414: components["responses"]["uri-too-long"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    listProductsV2: {
        parameters: {
            query?: {
                /** @description The most items that a page may have. */
                limit?: number;
                /** @description The `nextCursor` of the page before, as it is; the first page has none. */
                cursor?: string;
                /** @description Only products of this category. */
                category?: string;
                /** @description As in a web search: words, "phrases", `or`, and a minus before what is not wanted. */
                search?: string;
                /** @description One of `name`, `-name`, `price`, `-price`; in a search also `relevance`, which is then the default. */
                sort?: string;
            };
            header?: {
                /**
                 * @description The `ETag` of what you have; if it is still that, the answer is a 304.
                 * @example "1u2pYxWbHk9QmS4z"
                 */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of products. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Link: components["headers"]["Link"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "ridgeline-2p-tent",
                     *           "name": "Ridgeline 2P Tent",
                     *           "description": "A tent for two that stands in any wind.",
                     *           "category": "tents",
                     *           "price": {
                     *             "amount": "369.00",
                     *             "currency": "EUR"
                     *           }
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ProductPageV2"];
                };
            };
            304: components["responses"]["unchanged"];
            400: components["responses"]["invalid-request.invalid-cursor.unknown-sort"];
            406: components["responses"]["not-acceptable"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getProductV2: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` of what you have; if it is still that, the answer is a 304.
                 * @example "v2-7"
                 */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The product. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "ridgeline-2p-tent",
                     *       "name": "Ridgeline 2P Tent",
                     *       "description": "A tent for two that stands in any wind.",
                     *       "category": "tents",
                     *       "price": {
                     *         "amount": "369.00",
                     *         "currency": "EUR"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ProductV2"];
                };
            };
            304: components["responses"]["unchanged"];
            400: components["responses"]["invalid-request"];
            404: components["responses"]["not-found"];
            406: components["responses"]["not-acceptable"];
            414: components["responses"]["uri-too-long"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    changeProductV2: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description The `ETag` of what you have read: if it has changed meanwhile, the answer is a 412 and nothing is done. `*` stands for whatever is there.
                 * @example "v2-7"
                 */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "price": {
                 *         "amount": "369.00"
                 *       }
                 *     }
                 */
                "application/merge-patch+json": components["schemas"]["ChangeProductV2"];
            };
        };
        responses: {
            /** @description The product as it is now. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "ridgeline-2p-tent",
                     *       "name": "Ridgeline 2P Tent",
                     *       "description": "A tent for two that stands in any wind.",
                     *       "category": "tents",
                     *       "price": {
                     *         "amount": "369.00",
                     *         "currency": "EUR"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ProductV2"];
                };
            };
            400: components["responses"]["invalid-request.malformed-json"];
            401: components["responses"]["token-missing.token-invalid.proof-invalid"];
            403: components["responses"]["scope-missing"];
            404: components["responses"]["not-found"];
            406: components["responses"]["not-acceptable"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            414: components["responses"]["uri-too-long"];
            415: components["responses"]["unsupported-media-type"];
            428: components["responses"]["precondition-required"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    listPricesV2: {
        parameters: {
            query?: {
                /** @description The most items that a page may have. */
                limit?: number;
                /** @description The `nextCursor` of the page before, as it is; the first page has none. */
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of prices. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "price": {
                     *             "amount": "369.00",
                     *             "currency": "EUR"
                     *           },
                     *           "changedAt": "2026-01-15T09:30:00.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["PricePageV2"];
                };
            };
            400: components["responses"]["invalid-request.invalid-cursor"];
            404: components["responses"]["not-found"];
            406: components["responses"]["not-acceptable"];
            414: components["responses"]["uri-too-long"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    listOrders: {
        parameters: {
            query?: {
                /** @description The most items that a page may have. */
                limit?: number;
                /** @description The `nextCursor` of the page before, as it is; the first page has none. */
                cursor?: string;
                /** @description Whose orders, for the support. Your own where it is left out. */
                customerId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of orders. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0b5e9c1e-52a4-4d1f-8a9e-6f2d3c7b8a90",
                     *           "state": "placed",
                     *           "lines": [
                     *             {
                     *               "productId": "ridgeline-2p-tent",
                     *               "quantity": 2,
                     *               "priceCents": 36900
                     *             }
                     *           ],
                     *           "totalCents": 73800,
                     *           "currency": "EUR",
                     *           "placedAt": "2026-01-15T09:30:00.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["OrderPage"];
                };
            };
            400: components["responses"]["invalid-request.invalid-cursor"];
            401: components["responses"]["token-missing.token-invalid.proof-invalid"];
            403: components["responses"]["scope-missing"];
            406: components["responses"]["not-acceptable"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    placeOrder: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Chosen by the client, new for each new request and the same for each repetition: a UUID does well. It is kept as long as the order.
                 * @example f3a1c2d4-7b60-4c59-9a51-2f6f3f0c8e11
                 */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "lines": [
                 *         {
                 *           "productId": "ridgeline-2p-tent",
                 *           "quantity": 2
                 *         }
                 *       ],
                 *       "payment": {
                 *         "cardToken": "tok_approve"
                 *       },
                 *       "shipTo": {
                 *         "name": "Ada Example",
                 *         "line1": "1 Harbour Lane",
                 *         "city": "Porto",
                 *         "postalCode": "4000-001",
                 *         "country": "PT"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["PlaceOrder"];
            };
        };
        responses: {
            /** @description The order as it was accepted. */
            201: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0b5e9c1e-52a4-4d1f-8a9e-6f2d3c7b8a90",
                     *       "state": "placed",
                     *       "lines": [
                     *         {
                     *           "productId": "ridgeline-2p-tent",
                     *           "quantity": 2,
                     *           "priceCents": 36900
                     *         }
                     *       ],
                     *       "totalCents": 73800,
                     *       "currency": "EUR",
                     *       "placedAt": "2026-01-15T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["invalid-request.malformed-json.idempotency-key-missing.idempotency-key-invalid"];
            401: components["responses"]["token-missing.token-invalid.proof-invalid"];
            403: components["responses"]["scope-missing"];
            406: components["responses"]["not-acceptable"];
            409: components["responses"]["idempotency-key-in-flight"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["unsupported-media-type"];
            422: components["responses"]["idempotency-key-reused.duplicate-line.unknown-product.mixed-currencies.unknown-card-token"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["overloaded.unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getOrder: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` of what you have; if it is still that, the answer is a 304.
                 * @example "confirmed"
                 */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0b5e9c1e-52a4-4d1f-8a9e-6f2d3c7b8a90",
                     *       "state": "confirmed",
                     *       "lines": [
                     *         {
                     *           "productId": "ridgeline-2p-tent",
                     *           "quantity": 2,
                     *           "priceCents": 36900
                     *         }
                     *       ],
                     *       "totalCents": 73800,
                     *       "currency": "EUR",
                     *       "placedAt": "2026-01-15T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Order"];
                };
            };
            304: components["responses"]["unchanged"];
            400: components["responses"]["invalid-request"];
            401: components["responses"]["token-missing.token-invalid.proof-invalid"];
            403: components["responses"]["scope-missing"];
            404: components["responses"]["not-found"];
            406: components["responses"]["not-acceptable"];
            414: components["responses"]["uri-too-long"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    cancelOrder: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` of what you have read: if it has changed meanwhile, the answer is a 412 and nothing is done. `*` stands for whatever is there.
                 * @example "placed"
                 */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cancelled order. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0b5e9c1e-52a4-4d1f-8a9e-6f2d3c7b8a90",
                     *       "state": "cancelled",
                     *       "lines": [
                     *         {
                     *           "productId": "ridgeline-2p-tent",
                     *           "quantity": 2,
                     *           "priceCents": 36900
                     *         }
                     *       ],
                     *       "totalCents": 73800,
                     *       "currency": "EUR",
                     *       "placedAt": "2026-01-15T09:30:00.000Z",
                     *       "reason": "customer-request"
                     *     }
                     */
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["invalid-request.malformed-json"];
            401: components["responses"]["token-missing.token-invalid.proof-invalid"];
            403: components["responses"]["scope-missing"];
            404: components["responses"]["not-found"];
            406: components["responses"]["not-acceptable"];
            409: components["responses"]["already-confirmed"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            414: components["responses"]["uri-too-long"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    refundOrder: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Chosen by the client, new for each new request and the same for each repetition: a UUID does well. It is kept as long as the order.
                 * @example f3a1c2d4-7b60-4c59-9a51-2f6f3f0c8e11
                 */
                "Idempotency-Key": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "reason": "damaged"
                 *     }
                 */
                "application/json": components["schemas"]["RefundOrder"];
            };
        };
        responses: {
            /** @description The order, with its refund. */
            202: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0b5e9c1e-52a4-4d1f-8a9e-6f2d3c7b8a90",
                     *       "state": "confirmed",
                     *       "lines": [
                     *         {
                     *           "productId": "ridgeline-2p-tent",
                     *           "quantity": 2,
                     *           "priceCents": 36900
                     *         }
                     *       ],
                     *       "totalCents": 73800,
                     *       "currency": "EUR",
                     *       "placedAt": "2026-01-15T09:30:00.000Z",
                     *       "refund": {
                     *         "reason": "damaged",
                     *         "state": "requested",
                     *         "requestedAt": "2026-01-20T14:05:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["invalid-request.malformed-json.idempotency-key-missing.idempotency-key-invalid"];
            401: components["responses"]["token-missing.token-invalid.proof-invalid"];
            403: components["responses"]["scope-missing"];
            404: components["responses"]["not-found"];
            406: components["responses"]["not-acceptable"];
            409: components["responses"]["order-not-confirmed.already-refunded"];
            413: components["responses"]["body-too-large"];
            414: components["responses"]["uri-too-long"];
            415: components["responses"]["unsupported-media-type"];
            422: components["responses"]["idempotency-key-reused"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    followOrder: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `id` of the last event that you have; the stream goes on behind it.
                 * @example 3
                 */
                "Last-Event-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream, which stays open. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example retry: 1000
                     *
                     *     id: 1
                     *     event: order-placed
                     *     data: {"orderId":"0b5e9c1e-52a4-4d1f-8a9e-6f2d3c7b8a90","step":"order-placed","state":"placed","at":"2026-01-15T09:30:00.000Z"}
                     */
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["invalid-request.last-event-id-invalid"];
            401: components["responses"]["token-missing.token-invalid.proof-invalid"];
            403: components["responses"]["scope-missing"];
            404: components["responses"]["not-found"];
            406: components["responses"]["not-acceptable"];
            414: components["responses"]["uri-too-long"];
            429: components["responses"]["too-many-streams.rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getStock: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` of what you have; if it is still that, the answer is a 304.
                 * @example "40-3"
                 */
                "If-None-Match"?: string;
            };
            path: {
                productId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stock. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "productId": "ridgeline-2p-tent",
                     *       "onHand": 40,
                     *       "reserved": 3
                     *     }
                     */
                    "application/json": components["schemas"]["Stock"];
                };
            };
            304: components["responses"]["unchanged"];
            400: components["responses"]["invalid-request"];
            401: components["responses"]["token-missing.token-invalid.proof-invalid"];
            403: components["responses"]["scope-missing"];
            404: components["responses"]["not-found"];
            406: components["responses"]["not-acceptable"];
            414: components["responses"]["uri-too-long"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    setStock: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` of what you have read: if it has changed meanwhile, the answer is a 412 and nothing is done. `*` stands for whatever is there.
                 * @example "40-3"
                 */
                "If-Match"?: string;
            };
            path: {
                productId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "onHand": 40
                 *     }
                 */
                "application/json": components["schemas"]["SetStock"];
            };
        };
        responses: {
            /** @description The stock as it is now. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "productId": "ridgeline-2p-tent",
                     *       "onHand": 40,
                     *       "reserved": 3
                     *     }
                     */
                    "application/json": components["schemas"]["Stock"];
                };
            };
            400: components["responses"]["invalid-request.malformed-json"];
            401: components["responses"]["token-missing.token-invalid.proof-invalid"];
            403: components["responses"]["scope-missing"];
            404: components["responses"]["not-found"];
            406: components["responses"]["not-acceptable"];
            409: components["responses"]["below-reserved"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            414: components["responses"]["uri-too-long"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    listWebhooks: {
        parameters: {
            query?: {
                /** @description The most items that a page may have. */
                limit?: number;
                /** @description The `nextCursor` of the page before, as it is; the first page has none. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of webhooks. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "3d0c6c8e-1f5b-4a6a-8a53-7f0f4e8b9c21",
                     *           "url": "https://partner.example.org/waymark",
                     *           "eventTypes": [
                     *             "order-confirmed",
                     *             "order-cancelled"
                     *           ],
                     *           "createdAt": "2026-01-15T09:30:00.000Z",
                     *           "active": true
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["WebhookPage"];
                };
            };
            400: components["responses"]["invalid-request.invalid-cursor"];
            401: components["responses"]["token-missing.token-invalid.proof-invalid"];
            403: components["responses"]["scope-missing"];
            406: components["responses"]["not-acceptable"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    registerWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "url": "https://partner.example.org/waymark",
                 *       "eventTypes": [
                 *         "order-confirmed",
                 *         "order-cancelled"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RegisterWebhook"];
            };
        };
        responses: {
            /** @description The webhook with its secret. */
            201: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "3d0c6c8e-1f5b-4a6a-8a53-7f0f4e8b9c21",
                     *       "url": "https://partner.example.org/waymark",
                     *       "eventTypes": [
                     *         "order-confirmed",
                     *         "order-cancelled"
                     *       ],
                     *       "createdAt": "2026-01-15T09:30:00.000Z",
                     *       "active": true,
                     *       "secret": "whsec_bm90IGEgc2VjcmV0LCBvbmx5IGFuIGV4YW1wbGUhISE="
                     *     }
                     */
                    "application/json": components["schemas"]["RegisteredWebhook"];
                };
            };
            400: components["responses"]["invalid-request.malformed-json"];
            401: components["responses"]["token-missing.token-invalid.proof-invalid"];
            403: components["responses"]["scope-missing"];
            406: components["responses"]["not-acceptable"];
            409: components["responses"]["too-many-webhooks"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["unsupported-media-type"];
            422: components["responses"]["unknown-event-type.webhook-url-refused"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` of what you have; if it is still that, the answer is a 304.
                 * @example "1"
                 */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "3d0c6c8e-1f5b-4a6a-8a53-7f0f4e8b9c21",
                     *       "url": "https://partner.example.org/waymark",
                     *       "eventTypes": [
                     *         "order-confirmed",
                     *         "order-cancelled"
                     *       ],
                     *       "createdAt": "2026-01-15T09:30:00.000Z",
                     *       "active": true
                     *     }
                     */
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            304: components["responses"]["unchanged"];
            400: components["responses"]["invalid-request"];
            401: components["responses"]["token-missing.token-invalid.proof-invalid"];
            403: components["responses"]["scope-missing"];
            404: components["responses"]["not-found"];
            406: components["responses"]["not-acceptable"];
            414: components["responses"]["uri-too-long"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` of what you have read: if it has changed meanwhile, the answer is a 412 and nothing is done. `*` stands for whatever is there.
                 * @example *
                 */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook is gone. */
            204: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid-request.malformed-json"];
            401: components["responses"]["token-missing.token-invalid.proof-invalid"];
            403: components["responses"]["scope-missing"];
            404: components["responses"]["not-found"];
            406: components["responses"]["not-acceptable"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            414: components["responses"]["uri-too-long"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    changeWebhook: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description The `ETag` of what you have read: if it has changed meanwhile, the answer is a 412 and nothing is done. `*` stands for whatever is there.
                 * @example "2"
                 */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "eventTypes": [
                 *         "order-confirmed",
                 *         "order-cancelled"
                 *       ],
                 *       "active": true
                 *     }
                 */
                "application/merge-patch+json": components["schemas"]["ChangeWebhook"];
            };
        };
        responses: {
            /** @description The webhook as it is now. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "3d0c6c8e-1f5b-4a6a-8a53-7f0f4e8b9c21",
                     *       "url": "https://partner.example.org/waymark",
                     *       "eventTypes": [
                     *         "order-confirmed",
                     *         "order-cancelled"
                     *       ],
                     *       "createdAt": "2026-01-15T09:30:00.000Z",
                     *       "active": true
                     *     }
                     */
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            400: components["responses"]["invalid-request.malformed-json"];
            401: components["responses"]["token-missing.token-invalid.proof-invalid"];
            403: components["responses"]["scope-missing"];
            404: components["responses"]["not-found"];
            406: components["responses"]["not-acceptable"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            414: components["responses"]["uri-too-long"];
            415: components["responses"]["unsupported-media-type"];
            422: components["responses"]["unknown-event-type.webhook-url-refused"];
            428: components["responses"]["precondition-required"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                /** @description The most items that a page may have. */
                limit?: number;
                /** @description The `nextCursor` of the page before, as it is; the first page has none. */
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of deliveries. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "7c9f2a44-3d1b-4e8e-9b57-1f0a6c5d2e31",
                     *           "eventType": "order-confirmed",
                     *           "state": "delivered",
                     *           "attempts": 1,
                     *           "lastStatus": 204,
                     *           "nextAttemptAt": null,
                     *           "createdAt": "2026-01-15T09:30:01.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["DeliveryPage"];
                };
            };
            400: components["responses"]["invalid-request.invalid-cursor"];
            401: components["responses"]["token-missing.token-invalid.proof-invalid"];
            403: components["responses"]["scope-missing"];
            404: components["responses"]["not-found"];
            406: components["responses"]["not-acceptable"];
            414: components["responses"]["uri-too-long"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    redeliver: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                deliveryId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery, which is about to be made. */
            202: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "7c9f2a44-3d1b-4e8e-9b57-1f0a6c5d2e31",
                     *       "eventType": "order-confirmed",
                     *       "state": "pending",
                     *       "attempts": 0,
                     *       "lastStatus": null,
                     *       "nextAttemptAt": "2026-01-15T09:30:01.000Z",
                     *       "createdAt": "2026-01-15T09:30:01.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            400: components["responses"]["invalid-request.malformed-json"];
            401: components["responses"]["token-missing.token-invalid.proof-invalid"];
            403: components["responses"]["scope-missing"];
            404: components["responses"]["not-found"];
            406: components["responses"]["not-acceptable"];
            409: components["responses"]["webhook-disabled"];
            413: components["responses"]["body-too-large"];
            414: components["responses"]["uri-too-long"];
            415: components["responses"]["unsupported-media-type"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "grant_type": "client_credentials",
                 *       "scope": "orders:read orders:write"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["TokenRequest"];
            };
        };
        responses: {
            /** @description The tokens. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl",
                     *       "token_type": "Bearer",
                     *       "expires_in": 300,
                     *       "scope": "orders:read orders:write"
                     *     }
                     */
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "invalid_scope"
                     *     }
                     */
                    "application/json": components["schemas"]["TokenRefusal"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "invalid_scope"
                     *     }
                     */
                    "application/json": components["schemas"]["TokenRefusal"];
                };
            };
            413: components["responses"]["body-too-large"];
            429: components["responses"]["rate-limited"];
            500: components["responses"]["internal-error"];
            503: components["responses"]["unavailable"];
            504: components["responses"]["deadline-exceeded"];
        };
    };
    "receive-order-placed": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description The same for each attempt of one delivery, and for a delivery that is repeated.
                 * @example 7c9f2a44-3d1b-4e8e-9b57-1f0a6c5d2e31
                 */
                "webhook-id": string;
                /**
                 * @description When this attempt was made, in seconds since 1970.
                 * @example 1768469400
                 */
                "webhook-timestamp": string;
                /**
                 * @description `v1,` and the base64 of HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`. The key is what follows `whsec_` in the secret, from base64.
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "type": "order-placed",
                 *       "timestamp": "2026-01-15T09:30:00.000Z",
                 *       "data": {
                 *         "orderId": "0b5e9c1e-52a4-4d1f-8a9e-6f2d3c7b8a90",
                 *         "state": "placed"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    type: "order-placed";
                    /** Format: date-time */
                    timestamp: string;
                    data: {
                        /** Format: uuid */
                        orderId: string;
                        /** @constant */
                        state: "placed";
                    };
                };
            };
        };
        responses: {
            /** @description The address is gone: nothing is delivered to this webhook any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later, as with every other answer or none. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "receive-order-confirmed": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description The same for each attempt of one delivery, and for a delivery that is repeated.
                 * @example 7c9f2a44-3d1b-4e8e-9b57-1f0a6c5d2e31
                 */
                "webhook-id": string;
                /**
                 * @description When this attempt was made, in seconds since 1970.
                 * @example 1768469400
                 */
                "webhook-timestamp": string;
                /**
                 * @description `v1,` and the base64 of HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`. The key is what follows `whsec_` in the secret, from base64.
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "type": "order-confirmed",
                 *       "timestamp": "2026-01-15T09:30:00.000Z",
                 *       "data": {
                 *         "orderId": "0b5e9c1e-52a4-4d1f-8a9e-6f2d3c7b8a90",
                 *         "state": "confirmed"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    type: "order-confirmed";
                    /** Format: date-time */
                    timestamp: string;
                    data: {
                        /** Format: uuid */
                        orderId: string;
                        /** @constant */
                        state: "confirmed";
                    };
                };
            };
        };
        responses: {
            /** @description The address is gone: nothing is delivered to this webhook any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later, as with every other answer or none. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "receive-order-cancelled": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description The same for each attempt of one delivery, and for a delivery that is repeated.
                 * @example 7c9f2a44-3d1b-4e8e-9b57-1f0a6c5d2e31
                 */
                "webhook-id": string;
                /**
                 * @description When this attempt was made, in seconds since 1970.
                 * @example 1768469400
                 */
                "webhook-timestamp": string;
                /**
                 * @description `v1,` and the base64 of HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`. The key is what follows `whsec_` in the secret, from base64.
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "type": "order-cancelled",
                 *       "timestamp": "2026-01-15T09:30:00.000Z",
                 *       "data": {
                 *         "orderId": "0b5e9c1e-52a4-4d1f-8a9e-6f2d3c7b8a90",
                 *         "state": "cancelled",
                 *         "reason": "customer-request"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    type: "order-cancelled";
                    /** Format: date-time */
                    timestamp: string;
                    data: {
                        /** Format: uuid */
                        orderId: string;
                        /** @constant */
                        state: "cancelled";
                        reason: "customer-request" | "out-of-stock" | "payment-declined" | "deadline-passed" | "capture-failed";
                    };
                };
            };
        };
        responses: {
            /** @description The address is gone: nothing is delivered to this webhook any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later, as with every other answer or none. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
