/**
 * The S3 client alone, against a server on this machine:
 *
 *     deno run -A src/cli/main.ts dev-server --listen 127.0.0.1:9000
 *     deno run -NE examples/s3.ts http://127.0.0.1:9000
 */
import { S3Client, S3Error } from "s3cache/s3";

const [endpoint, bucket = "cache"] = Deno.args; // without an endpoint: AWS
const client = new S3Client({
  endpoint,
  bucket,
  region: Deno.env.get("AWS_REGION") ?? "us-east-1",
  credentials: {
    accessKeyId: Deno.env.get("AWS_ACCESS_KEY_ID") ?? "s3cache",
    secretAccessKey: Deno.env.get("AWS_SECRET_ACCESS_KEY") ?? "s3cache-secret",
  },
});

await client.put("greetings/hello", "hello", { ifNoneMatch: "*", metadata: { by: "s3.ts" } });
const ell = await client.get("greetings/hello", { range: { start: 1, end: 3 } });
console.log(await ell.text());
const lines = new Blob(["of a length that nobody knows\n"]).stream();
await client.upload("greetings/log", lines, { contentType: "text/plain" });
for await (const { key, size } of client.list({ prefix: "greetings/" })) console.log(key, size);
console.log(await client.presign("GET", "greetings/log", { expiresIn: 60 }));
const again = client.put("greetings/hello", "again", { ifNoneMatch: "*" });
await again.catch((error) => console.log(error instanceof S3Error && error.code));
await client.deleteMany(["greetings/hello", "greetings/log"]);
