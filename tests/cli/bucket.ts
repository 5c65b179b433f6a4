/** The bucket that a test's attributes name. */
import { parseAttributes, S3Client } from "s3cache";

/** A client of it. */
export function bucketOf(attributes: string): S3Client {
  const { bucket, region, endpointUrl, usePathStyle, credentials } = parseAttributes(attributes, {
    direction: "export",
  });
  return new S3Client({
    bucket,
    region,
    endpoint: endpointUrl!,
    pathStyle: usePathStyle,
    credentials: credentials!,
  });
}
