/**
 * The caches of one command, each under a repository that nobody can guess.
 *
 * @module
 */
import type { CacheOptions } from "../../attributes/options.ts";
import { toHex } from "../../digest.ts";
import { createRegistry, type Registry } from "../../registry/registry.ts";

/** What a slot is for. */
export interface SlotOptions {
  /** The bucket. */
  cache: CacheOptions;
  /** The one name in it that the slot stands for. */
  name: string;
  /** Whether the build only reads it. It may then do so with credentials that can do no more. */
  readOnly: boolean;
  /** Is told of what goes wrong. */
  onWarning: (message: string) => void;
}

/** A registry that knows only what it was told of. */
export class Slots {
  readonly #secret = toHex(crypto.getRandomValues(new Uint8Array(16)));
  readonly #registries: Registry[] = [];

  /** Whether the builder has asked for any of them. Others on the machine cannot: they do not know where. */
  reached = false;

  /**
   * Adds a cache.
   *
   * @param options which
   * @returns its reference, without a host
   */
  add({ cache, name, readOnly, onWarning }: SlotOptions): string {
    const nameOf = () => name;
    this.#registries.push(createRegistry({ cache, readOnly, nameOf, onWarning }));
    return `${this.#secret}/${this.#registries.length - 1}:latest`;
  }

  /** Answers the builder's requests, and those of nobody else. */
  readonly answer: Registry = async (request) => {
    const { pathname } = new URL(request.url);
    if (/^\/v2\/?$/.test(pathname)) return new Response("{}");
    const [, secret, index] = pathname.match(/^\/v2\/([0-9a-f]+)\/(\d+)\//) ?? [];
    const registry = this.#registries[Number(index)];
    if (secret !== this.#secret || !registry) return new Response(null, { status: 404 });
    this.reached = true;
    return await registry(request);
  };
}
