/** What the servers are known not to do as S3 does. A test fails when any of it changes. */
import type { SERVERS } from "./servers.ts";
import type { Exceptions } from "./suite.ts";

const FILE_NAMES = "names of its file system have at most 255 bytes";
const FILE_OR_DIRECTORY = "a key cannot be both an object and the directory of another one";
const DIRECTORY = "such a key is a directory, and can only be empty";
const SLASHES = "keys are paths of its file system: slashes are joined";
const NO_HEADER = "with authorization on, a request without its header fails inside the server";
const NOT_ENCODED =
  "listings say that keys are URL-encoded, and they are not: + and %XX are read wrongly";

/** How a case fails that waits for a refusal. */
const NOTHING_THROWN = "Expected function to reject";

/** By server. */
export const EXCEPTIONS: Record<keyof typeof SERVERS, Exceptions> = {
  embedded: {},

  versitygw: {
    "Objects: storage class": {
      answer: "no",
      failure: "STANDARD_IA",
      because: "every object is STANDARD",
    },
    "Keys: control characters": {
      answer: "differs",
      failure: "u0001",
      because: "U+0001 is not listed as it is",
    },
    "Keys: a leading slash": {
      answer: "differs",
      failure: "is listed",
      because: SLASHES,
    },
    "Keys: double slashes": {
      answer: "differs",
      failure: "is listed",
      because: SLASHES,
    },
    "Keys: a trailing slash": {
      answer: "no",
      failure: "DirectoryObjectContainsData",
      because: DIRECTORY,
    },
    "Keys: 1,024 bytes": { answer: "no", failure: "PutObject", because: FILE_NAMES },
    "Keys: a key that another one begins with": {
      answer: "no",
      failure: "ObjectParentIsFile",
      because: FILE_OR_DIRECTORY,
    },
    "Copies: a copy onto itself moves its time": {
      answer: "differs",
      failure: "LastModified has not moved",
      because: "it answers 200, and LastModified stays",
    },
    "Access: an unknown access key is refused": {
      answer: "differs",
      failure: "XAdminUserNotFound",
      because: "it is refused, with 404 XAdminUserNotFound",
    },
    "Access: temporary credentials": {
      answer: "no",
      failure: "MethodNotAllowed",
      because: "it has no STS",
    },
  },

  MinIO: {
    "Objects: storage class": {
      answer: "no",
      failure: "InvalidStorageClass",
      because: "it knows STANDARD and REDUCED_REDUNDANCY only",
    },
    "Objects: delete if it is this one": {
      answer: "no",
      failure: NOTHING_THROWN,
      because: "If-Match is ignored: the object is deleted",
    },
    "Keys: a leading slash": {
      answer: "differs",
      failure: "is listed",
      because: "keys are paths: leading slashes are dropped",
    },
    "Keys: double slashes": {
      answer: "no",
      failure: "XMinioInvalidObjectName",
      because: "such keys are refused",
    },
    "Keys: 1,024 bytes": { answer: "no", failure: "PutObject", because: FILE_NAMES },
    "Keys: a key that another one begins with": {
      answer: "differs",
      failure: "begins-with/a/b",
      because: "both can be read, but only the shorter one is listed",
    },
    "In parts: pending uploads are listed, and an abort ends them": {
      answer: "no",
      failure: "[]",
      because: "pending uploads are listed only for a whole key, not for a prefix",
    },
  },

  moto: {
    "Objects: bytes that changed on the way are refused": {
      answer: "no",
      failure: NOTHING_THROWN,
      because: "bodies are not compared with what was signed",
    },
    "Objects: a wrong checksum is refused": {
      answer: "no",
      failure: "sha256",
      because: "checksums are kept, not verified",
    },
    "Keys: control characters": {
      answer: "no",
      failure: "NotFound",
      because: "a key with a line feed is not found",
    },
    "Copies: a copy if the source is this one": {
      answer: "no",
      failure: NOTHING_THROWN,
      because: "the condition on the source is ignored",
    },
    "Presigned URLs: GET": {
      answer: "no",
      failure: "500",
      because: NO_HEADER,
    },
    "Presigned URLs: HEAD": {
      answer: "no",
      failure: "500",
      because: NO_HEADER,
    },
    "Presigned URLs: PUT": {
      answer: "no",
      failure: "500",
      because: NO_HEADER,
    },
    "Presigned URLs: DELETE": {
      answer: "no",
      failure: "500",
      because: NO_HEADER,
    },
    "Presigned URLs: a URL that has expired is refused": {
      answer: "no",
      failure: "500",
      because: NO_HEADER,
    },
    "Presigned URLs: a URL for another key is refused": {
      answer: "no",
      failure: "500",
      because: NO_HEADER,
    },
    "Access: a request without credentials is refused": {
      answer: "differs",
      failure: "HTTP500",
      because: NO_HEADER,
    },
    "Access: a wrong region is told, and corrected": {
      answer: "differs",
      failure: "eu-west-9",
      because: "any region is taken",
    },
    "Access: a wrong clock is told, and corrected": {
      answer: "differs",
      failure: "1",
      because: "the time of a request is not looked at",
    },
  },

  rclone: {
    "Objects: bytes that changed on the way are refused": {
      answer: "no",
      failure: NOTHING_THROWN,
      because: "bodies are not compared with what was signed",
    },
    "Keys: a leading slash": {
      answer: "no",
      failure: "InvalidArgument",
      because: "such keys are refused",
    },
    "Keys: double slashes": {
      answer: "no",
      failure: "InvalidArgument",
      because: "such keys are refused",
    },
    "Keys: a trailing slash": { answer: "no", failure: "must be empty", because: DIRECTORY },
    "Keys: 1,024 bytes": { answer: "no", failure: "PutObject", because: FILE_NAMES },
    "Keys: a key that another one begins with": {
      answer: "no",
      failure: "is the name of an object",
      because: FILE_OR_DIRECTORY,
    },
    "Copies: a copy onto itself moves its time": {
      answer: "differs",
      failure: "LastModified has not moved",
      because: "it answers 200, and LastModified stays",
    },
    "Access: a wrong region is told, and corrected": {
      answer: "differs",
      failure: "eu-west-9",
      because: "any region is taken",
    },
    "Access: temporary credentials": {
      answer: "no",
      failure: "AssumeRole: 400",
      because: "it has no STS",
    },
    "Access: virtual-hosted URLs": {
      answer: "no",
      failure: "NoSuchBucket",
      because:
        "it takes either path-style or virtual-hosted URLs; here it was started for the former",
    },
  },

  "s3s-fs": {
    "Objects: storage class": {
      answer: "no",
      failure: "InvalidStorageClass",
      because: "only STANDARD is taken",
    },
    "Objects: get if it is this one, or another": {
      answer: "no",
      failure: NOTHING_THROWN,
      because: "the conditions are ignored",
    },
    "Objects: delete if it is this one": {
      answer: "no",
      failure: NOTHING_THROWN,
      because: "If-Match is ignored: the object is deleted",
    },
    "Objects: bytes that changed on the way are refused": {
      answer: "differs",
      failure: "500",
      because: "they are refused, with 500 InternalError",
    },
    "Keys: every printable ASCII character": {
      answer: "differs",
      failure: "a+b",
      because: NOT_ENCODED,
    },
    "Keys: plus, percent and spaces": { answer: "differs", failure: "a+b", because: NOT_ENCODED },
    "Lists: a delimiter": { answer: "differs", failure: "c d", because: NOT_ENCODED },
    "Access: virtual-hosted URLs": { answer: "differs", failure: "a b /é", because: NOT_ENCODED },
    "Keys: a leading slash": {
      answer: "no",
      failure: "InternalError",
      because: "such keys are refused, with 500 InternalError",
    },
    "Keys: double slashes": { answer: "differs", failure: "is listed", because: SLASHES },
    "Keys: a trailing slash": { answer: "no", failure: "UnexpectedContent", because: DIRECTORY },
    "Keys: 1,024 bytes": { answer: "no", failure: "PutObject", because: FILE_NAMES },
    "Keys: 1,024 bytes in segments": {
      answer: "no",
      failure: "PutObject",
      because: "the key is in the name of one file, which has at most 255 bytes",
    },
    "Keys: a key that another one begins with": {
      answer: "no",
      failure: "InternalError",
      because: FILE_OR_DIRECTORY,
    },
    "Lists: size, time and ETag are listed": {
      answer: "differs",
      failure: "5d41402abc4b2a76b9719d911017c592",
      because: "listings have no ETags",
    },
    "In parts: pending uploads are listed, and an abort ends them": {
      answer: "no",
      failure: "NotImplemented",
      because: "pending uploads cannot be listed",
    },
    "Access: an unknown access key is refused": {
      answer: "differs",
      failure: "NotSignedUp",
      because: "it is refused, with NotSignedUp",
    },
    "Access: a wrong region is told, and corrected": {
      answer: "differs",
      failure: "eu-west-9",
      because: "any region is taken",
    },
    "Access: temporary credentials": {
      answer: "no",
      failure: "AssumeRole: 501",
      because: "it has no STS",
    },
  },
};
