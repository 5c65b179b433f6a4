/**
 * Who may use a gateway.
 *
 * @module
 */
import { RegistryError } from "./errors.ts";

/**
 * What a client must know: a token, which it sends as bearer or as the password of any user; or
 * a user and a password.
 */
export type RegistryAuth = { token: string } | { username: string; password: string };

/**
 * Makes what lets requests pass.
 *
 * @param auth what a client must know
 * @returns a function that throws `UNAUTHORIZED` on a request that does not know it
 * @throws {TypeError} on an empty secret, which everybody knows
 */
export function authorizer(auth: RegistryAuth): (request: Request) => Promise<void> {
  const secret = "token" in auth ? auth.token : auth.password;
  if (secret === "") throw new TypeError("auth: the secret is empty");
  // A random key makes of the comparison of two digests one whose time tells nothing.
  let key: Promise<CryptoKey> | undefined;
  const mac = async (text: string) => {
    // Not before the first request: workerd has no random numbers until then.
    key ??= crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const bytes = new TextEncoder().encode(text);
    return new Uint8Array(await crypto.subtle.sign("HMAC", await key, bytes));
  };
  const expected = "token" in auth ? auth.token : `${auth.username}:${auth.password}`;
  const presented = "token" in auth ? presentedToken : presentedLogin;
  return async (request) => {
    const [a, b] = await Promise.all([mac(presented(request)), mac(expected)]);
    let difference = 0;
    for (const [i, byte] of a.entries()) difference |= byte ^ b[i]!;
    if (difference !== 0) {
      throw new RegistryError("UNAUTHORIZED", "authentication is required", {
        headers: { "www-authenticate": 'Basic realm="s3cache", charset="UTF-8"' },
      });
    }
  };
}

function presentedToken(request: Request): string {
  const bearer = request.headers.get("authorization")?.match(/^bearer +(\S+)$/i)?.[1];
  if (bearer !== undefined) return bearer;
  const login = presentedLogin(request);
  return login.slice(login.indexOf(":") + 1);
}

/** `user:password`; empty if the request has none. */
function presentedLogin(request: Request): string {
  const basic = request.headers.get("authorization")?.match(/^basic +(\S+)$/i)?.[1];
  try {
    const bytes = Uint8Array.from(atob(basic ?? ""), (char) => char.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return "";
  }
}
