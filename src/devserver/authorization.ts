/**
 * What a signed request claims: who signed it, when, for which region, and over which headers. It
 * stands in the Authorization header or, in a presigned URL, in the query.
 *
 * @module
 */
import { S3Fault } from "./errors.ts";
import type { S3Request } from "./request.ts";
import { parseAmzDate } from "./time.ts";

/** S3 lets nobody presign for longer than a week. */
const MAX_EXPIRES_SECONDS = 604_800;

/** The claim of a request, not yet believed. */
export interface Claim {
  /** Whether it came in the query. */
  readonly presigned: boolean;
  /** Who says to have signed. */
  readonly accessKeyId: string;
  /** `YYYYMMDD/region/service/aws4_request`. */
  readonly scope: string;
  /** The day in the scope. */
  readonly day: string;
  /** The region in the scope. */
  readonly region: string;
  /** Lower-case names, in the order in which they were signed. */
  readonly signedHeaders: readonly string[];
  /** Hexadecimal. */
  readonly signature: string;
  /** The time of signing as it was sent. */
  readonly amzDate: string;
  /** The time of signing, in milliseconds since 1970. */
  readonly signedAt: number;
  /** For how many seconds a presigned URL is valid. */
  readonly expires: number;
  /** The session token, if there is one. */
  readonly token: string | null;
}

/**
 * Reads the claim of a request.
 *
 * @returns the claim, or undefined for an anonymous request
 * @throws {S3Fault} when it is malformed
 */
export function readClaim(request: S3Request): Claim | undefined {
  const header = request.headers.get("authorization");
  const inQuery = request.query.has("X-Amz-Algorithm") || request.query.has("Signature");
  if (header !== null && inQuery) {
    throw new S3Fault("InvalidArgument", {
      message: "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, " +
        "Signature query string parameter or the Authorization header should be specified",
      details: { ArgumentName: "Authorization", ArgumentValue: header.split(" ")[0]! },
    });
  }
  if (inQuery) return readQuery(request);
  return header === null ? undefined : readHeader(header, request);
}

function readHeader(header: string, request: S3Request): Claim {
  const [algorithm, ...rest] = header.trim().split(/\s+/);
  if (algorithm === "AWS") throw unsupportedMechanism();
  if (algorithm !== "AWS4-HMAC-SHA256") {
    throw new S3Fault("InvalidArgument", {
      message: "Unsupported Authorization Type",
      details: { ArgumentName: "Authorization", ArgumentValue: algorithm ?? "" },
    });
  }
  const fields = new Map(
    rest.join("").split(",").map((field) => {
      const equals = field.indexOf("=");
      return [field.slice(0, equals), field.slice(equals + 1)] as const;
    }),
  );
  const field = (name: string) => {
    const value = fields.get(name);
    if (value) return value;
    throw malformedHeader(`the authorization component "${name}" is missing`);
  };
  const { headers } = request;
  const amzDate = headers.get("x-amz-date") ?? httpDateToAmz(headers.get("date"));
  const signedAt = parseAmzDate(amzDate);
  if (signedAt === undefined) {
    throw new S3Fault("AccessDenied", {
      message: "AWS authentication requires a valid Date or x-amz-date header",
    });
  }
  return {
    presigned: false,
    ...readCredential(field("Credential"), amzDate, malformedHeader),
    signedHeaders: field("SignedHeaders").split(";"),
    signature: field("Signature"),
    amzDate,
    signedAt,
    expires: 0,
    token: headers.get("x-amz-security-token"),
  };
}

function readQuery(request: S3Request): Claim {
  const { query } = request;
  if (query.has("Signature") && !query.has("X-Amz-Algorithm")) throw unsupportedMechanism();
  const parameter = (name: string) => {
    const value = query.get(name);
    if (value) return value;
    throw malformedQuery(
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, " +
        "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    );
  };
  if (parameter("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256") {
    throw malformedQuery(
      'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"',
    );
  }
  const amzDate = parameter("X-Amz-Date");
  const signedAt = parseAmzDate(amzDate);
  if (signedAt === undefined) {
    throw malformedQuery("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  }
  const expires = parameter("X-Amz-Expires");
  if (!/^-?\d+$/.test(expires)) throw malformedQuery("X-Amz-Expires should be a number");
  if (Number(expires) < 0) throw malformedQuery("X-Amz-Expires must be non-negative");
  if (Number(expires) > MAX_EXPIRES_SECONDS) {
    throw malformedQuery(
      "X-Amz-Expires must be less than a week (in seconds); " +
        `that is, the given X-Amz-Expires must be less than ${MAX_EXPIRES_SECONDS} seconds`,
    );
  }
  return {
    presigned: true,
    ...readCredential(parameter("X-Amz-Credential"), amzDate, malformedCredential),
    signedHeaders: parameter("X-Amz-SignedHeaders").split(";"),
    signature: parameter("X-Amz-Signature"),
    amzDate,
    signedAt,
    expires: Number(expires),
    token: query.get("X-Amz-Security-Token"),
  };
}

type Malformed = (message: string) => S3Fault;

function readCredential(credential: string, amzDate: string, malformed: Malformed) {
  const parts = credential.split("/");
  const [day, region, service, terminal] = parts.slice(-4);
  if (parts.length < 5 || !day || !region) {
    throw malformed(
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  if (service !== "s3") {
    throw malformed(`incorrect service "${service}". This endpoint belongs to "s3".`);
  }
  if (terminal !== "aws4_request") {
    throw malformed(`incorrect terminal "${terminal}". This endpoint uses "aws4_request".`);
  }
  if (day !== amzDate.slice(0, 8)) {
    throw malformed(
      `Invalid credential date "${day}". This date is not the same as X-Amz-Date: ` +
        `"${amzDate.slice(0, 8)}".`,
    );
  }
  const accessKeyId = parts.slice(0, -4).join("/");
  return { accessKeyId, scope: parts.slice(-4).join("/"), day, region };
}

/** The claim names a region that is not this server's. */
export function wrongRegion(claim: Claim, region: string): S3Fault {
  const malformed = claim.presigned ? malformedCredential : malformedHeader;
  const { code, message } = malformed(
    `the region '${claim.region}' is wrong; expecting '${region}'`,
  );
  return new S3Fault(code, {
    message,
    details: { Region: region },
    headers: { "x-amz-bucket-region": region },
  });
}

function malformedHeader(message: string): S3Fault {
  return new S3Fault("AuthorizationHeaderMalformed", {
    message: `The authorization header is malformed; ${message}`,
  });
}

function malformedCredential(message: string): S3Fault {
  return malformedQuery(`Error parsing the X-Amz-Credential parameter; ${message}`);
}

function malformedQuery(message: string): S3Fault {
  return new S3Fault("AuthorizationQueryParametersError", { message });
}

function unsupportedMechanism(): S3Fault {
  return new S3Fault("InvalidRequest", {
    message: "The authorization mechanism you have provided is not supported. Please use " +
      "AWS4-HMAC-SHA256.",
  });
}

function httpDateToAmz(date: string | null): string {
  const time = date === null ? NaN : Date.parse(date);
  return Number.isNaN(time) ? "" : new Date(time).toISOString().replace(/[-:]|\.\d+/g, "");
}
