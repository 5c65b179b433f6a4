/** What the servers are known not to do as S3 does. A test fails when any of it changes. */
import type { SERVERS } from "./servers.ts";
import type { Exceptions } from "./suite.ts";

const FILE_NAMES = "names of its file system have at most 255 bytes";
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
      because: "keys are paths of its file system: slashes are joined",
    },
    "Keys: double slashes": {
      answer: "differs",
      failure: "is listed",
      because: "keys are paths of its file system: slashes are joined",
    },
    "Keys: a trailing slash": {
      answer: "no",
      failure: "DirectoryObjectContainsData",
      because: "such a key is a directory, and can only be empty",
    },
    "Keys: 1,024 bytes": { answer: "no", failure: "PutObject", because: FILE_NAMES },
    "Keys: a key that another one begins with": {
      answer: "no",
      failure: "ObjectParentIsFile",
      because: "a key cannot be both an object and the directory of another one",
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
      because: "with authorization on, requests without a header fail inside the server",
    },
    "Presigned URLs: HEAD": {
      answer: "no",
      failure: "500",
      because: "with authorization on, requests without a header fail inside the server",
    },
    "Presigned URLs: PUT": {
      answer: "no",
      failure: "500",
      because: "with authorization on, requests without a header fail inside the server",
    },
    "Presigned URLs: DELETE": {
      answer: "no",
      failure: "500",
      because: "with authorization on, requests without a header fail inside the server",
    },
    "Presigned URLs: a URL that has expired is refused": {
      answer: "no",
      failure: "500",
      because: "with authorization on, requests without a header fail inside the server",
    },
    "Presigned URLs: a URL for another key is refused": {
      answer: "no",
      failure: "500",
      because: "with authorization on, requests without a header fail inside the server",
    },
    "Access: a request without credentials is refused": {
      answer: "differs",
      failure: "HTTP500",
      because: "with authorization on, requests without a header fail inside the server",
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

  rclone: {},

  "s3s-fs": {},
};
