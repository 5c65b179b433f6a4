/**
 * Credentials in JSON, as agents and programs give them, each with its own names for the fields.
 *
 * @module
 */
import { type Credentials, credentials } from "../secret_credentials.ts";
import { CredentialsError } from "./errors.ts";

/** The name that each field has. */
export interface FieldNames {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: string;
}

/**
 * Reads credentials.
 *
 * @param json an object
 * @param names the names of its fields
 * @param what where it is from, for messages
 * @throws {CredentialsError} if a field is missing or of another type
 */
export function readCredentials(
  json: Record<string, unknown>,
  names: FieldNames,
  what: string,
): Credentials {
  const text = (key: string) => {
    const value = json[key];
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value === "string") return value;
    throw new CredentialsError(`${what}: expected a string as ${key}, got a ${typeof value}`);
  };
  const required = (key: string) => {
    const value = text(key);
    if (value === undefined) throw new CredentialsError(`${what}: there is no ${key}`);
    return value;
  };
  return credentials({
    accessKeyId: required(names.accessKeyId),
    secretAccessKey: required(names.secretAccessKey),
    sessionToken: text(names.sessionToken),
    expiration: readDate(json[names.expiration], names.expiration, what),
  });
}

/**
 * Reads a time: RFC 3339, or milliseconds since 1970.
 *
 * @throws {CredentialsError} if it is neither
 */
export function readDate(value: unknown, key: string, what: string): Date | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const date = new Date(typeof value === "number" ? value : String(value));
  if (!Number.isNaN(date.getTime())) return date;
  throw new CredentialsError(`${what}: expected a time as ${key}, got ${JSON.stringify(value)}`);
}
