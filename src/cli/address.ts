/**
 * `HOST:PORT`, as options have it.
 *
 * @module
 */
import { InvalidArgumentError } from "./deps.ts";

/** Where a server listens. */
export interface Address {
  /** A name or an address, without brackets. */
  hostname: string;
  /** 0 is a free one. */
  port: number;
}

/**
 * Reads an address.
 *
 * @param text `HOST:PORT`, where an IPv6 address stands in brackets; without a host, this machine's
 * own address that nobody else reaches
 * @returns its parts
 * @throws {InvalidArgumentError} if it is none
 */
export function parseAddress(text: string): Address {
  const match = text.match(/^(?:\[([0-9a-f:.]+)\]|([^:[\]]*)):(\d{1,5})$/i);
  const port = Number(match?.[3]);
  if (!match || port > 65535) {
    throw new InvalidArgumentError('expected HOST:PORT, such as 127.0.0.1:9000 or "[::1]:0"');
  }
  return { hostname: match[1] ?? (match[2] || "127.0.0.1"), port };
}

/** `HOST:PORT`, as a URL or a reference has it. */
export function formatAddress({ hostname, port }: Address): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}
