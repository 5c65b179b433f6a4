/**
 * The errors of S3: code, HTTP status and message.
 *
 * @module
 */
import { renderXml } from "./xml.ts";

/** Each code with its status and what S3 says where the place that throws has nothing better. */
const FAULTS = {
  AccessDenied: [403, "Access Denied"],
  AuthorizationHeaderMalformed: [400, "The authorization header you provided is invalid."],
  AuthorizationQueryParametersError: [400, "The authorization query parameters are invalid."],
  BadDigest: [400, "The Content-MD5 you specified did not match what we received."],
  BucketAlreadyOwnedByYou: [
    409,
    "Your previous request to create the named bucket succeeded and you already own it.",
  ],
  BucketNotEmpty: [409, "The bucket you tried to delete is not empty."],
  EntityTooLarge: [400, "Your proposed upload exceeds the maximum allowed size"],
  EntityTooSmall: [400, "Your proposed upload is smaller than the minimum allowed size"],
  IllegalLocationConstraintException: [
    400,
    "The location constraint is incompatible for the region specific endpoint this request was " +
    "sent to.",
  ],
  IncompleteBody: [
    400,
    "You did not provide the number of bytes specified by the Content-Length HTTP header",
  ],
  InternalError: [500, "We encountered an internal error. Please try again."],
  InvalidAccessKeyId: [
    403,
    "The AWS Access Key Id you provided does not exist in our records.",
  ],
  InvalidArgument: [400, "Invalid Argument"],
  InvalidBucketName: [400, "The specified bucket is not valid."],
  InvalidDigest: [400, "The Content-MD5 you specified was invalid."],
  InvalidEncryptionAlgorithmError: [400, "The encryption request you specified is not valid."],
  InvalidObjectState: [403, "The operation is not valid for the object's storage class"],
  InvalidPart: [
    400,
    "One or more of the specified parts could not be found.  The part may not have been " +
    "uploaded, or the specified entity tag may not match the part's entity tag.",
  ],
  InvalidPartNumber: [416, "The requested partnumber is not satisfiable"],
  InvalidPartOrder: [
    400,
    "The list of parts was not in ascending order. Parts must be ordered by part number.",
  ],
  InvalidRange: [416, "The requested range is not satisfiable"],
  InvalidRequest: [400, "Invalid Request"],
  InvalidStorageClass: [400, "The storage class you specified is not valid"],
  InvalidToken: [400, "The provided token is malformed or otherwise invalid."],
  InvalidURI: [400, "Couldn't parse the specified URI."],
  KeyTooLongError: [400, "Your key is too long"],
  MalformedXML: [
    400,
    "The XML you provided was not well-formed or did not validate against our published schema",
  ],
  MaxMessageLengthExceeded: [400, "Your request was too big."],
  MetadataTooLarge: [400, "Your metadata headers exceed the maximum allowed metadata size"],
  MethodNotAllowed: [405, "The specified method is not allowed against this resource."],
  MissingContentLength: [411, "You must provide the Content-Length HTTP header."],
  NoSuchBucket: [404, "The specified bucket does not exist"],
  NoSuchKey: [404, "The specified key does not exist."],
  NoSuchLifecycleConfiguration: [404, "The lifecycle configuration does not exist"],
  NoSuchUpload: [
    404,
    "The specified multipart upload does not exist. The upload ID might be invalid, or the " +
    "multipart upload might have been aborted or completed.",
  ],
  NotImplemented: [
    501,
    "A header you provided implies functionality that is not implemented",
  ],
  NotModified: [304, "Not Modified"],
  PreconditionFailed: [412, "At least one of the pre-conditions you specified did not hold"],
  RequestTimeTooSkewed: [
    403,
    "The difference between the request time and the current time is too large.",
  ],
  SignatureDoesNotMatch: [
    403,
    "The request signature we calculated does not match the signature you provided. Check your " +
    "key and signing method.",
  ],
  XAmzContentSHA256Mismatch: [
    400,
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  ],
} as const satisfies Record<string, readonly [number, string]>;

/** The error codes that this server knows. */
export type FaultCode = keyof typeof FAULTS;

/** What goes with an error beside its code. */
export interface FaultOptions {
  /** Instead of the code's usual message. */
  message?: string;
  /** Further elements of the XML, such as `Key`. */
  details?: Record<string, string | number>;
  /** Headers of the answer. */
  headers?: Record<string, string>;
}

/** A request that is refused; it ends as S3's error XML. */
export class S3Fault extends Error {
  /** `S3Fault`. */
  override readonly name = "S3Fault";
  /** S3's name for what is wrong. */
  readonly code: FaultCode;
  /** The HTTP status. */
  readonly status: number;
  /** Further elements of the XML. */
  readonly details: Record<string, string | number>;
  /** Headers of the answer. */
  readonly headers: Record<string, string>;

  /**
   * @param code S3's name for what is wrong
   * @param options what else the answer says
   */
  constructor(code: FaultCode, options: FaultOptions = {}) {
    super(options.message ?? FAULTS[code][1]);
    this.code = code;
    this.status = FAULTS[code][0];
    this.details = options.details ?? {};
    this.headers = options.headers ?? {};
  }
}

/** An argument that is not what it should be: the commonest of S3's errors. */
export function invalidArgument(message: string, name: string, value: string | null): S3Fault {
  return new S3Fault("InvalidArgument", {
    message,
    details: { ArgumentName: name, ArgumentValue: value ?? "" },
  });
}

/** What an error answer says of its request. */
export interface FaultContext {
  /** The path, for an error that names nothing closer. */
  resource: string;
  /** The request's id. */
  requestId: string;
  /** The second id, `x-amz-id-2`. */
  hostId: string;
  /** A HEAD request: its answer has no body. */
  head: boolean;
}

/** The answer to a request that failed. */
export function faultResponse(fault: S3Fault, context: FaultContext): Response {
  const { status, headers } = fault;
  if (context.head || status === 304) return new Response(null, { status, headers });
  const { details } = fault;
  const named = "Key" in details || "BucketName" in details;
  const body = renderXml("Error", [
    ["Code", fault.code],
    ["Message", fault.message],
    ...Object.entries(details),
    ["Resource", named ? undefined : context.resource],
    ["RequestId", context.requestId],
    ["HostId", context.hostId],
  ]);
  return new Response(body, { status, headers: { ...headers, "content-type": "application/xml" } });
}
