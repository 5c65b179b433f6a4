/** moto, with its checks of signatures and policies turned on. */
import { tool, VERSIONS } from "../../../scripts/tools.ts";
import { readXml, type Xml } from "../../../src/s3/xml.ts";
import { sendForm } from "../raw.ts";
import { startProcess, type StartServer } from "./running.ts";

const ROLE = "conformance";

const policy = (statement: Record<string, unknown>) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
const EVERYTHING = policy({ Action: "*", Resource: "*" });
const ANYBODY = policy({ Action: "sts:AssumeRole", Principal: { AWS: "*" } });

/** Starts it, makes a user who may do everything, and then turns the checks on. */
export const startMoto: StartServer = async (directory) => {
  const modules = await tool("moto");
  const server = await startProcess(directory, (port) => ({
    name: "moto",
    version: VERSIONS.moto,
    ready: "/moto-api/",
    argv: ["python3", "-m", "moto.server", "--host", "127.0.0.1", "--port", String(port)],
    env: { PYTHONPATH: modules },
  }));
  const iam = async (Action: string, fields: Record<string, string>): Promise<Xml> => {
    const form = new URLSearchParams({ Action, Version: "2010-05-08", ...fields }).toString();
    const answer = await sendForm(server, form, "iam");
    const text = await answer.text();
    if (!answer.ok) throw new Error(`moto: ${Action}: ${answer.status} ${text}`);
    return readXml(text)!;
  };
  const UserName = "conformance";
  await iam("CreateUser", { UserName });
  await iam("PutUserPolicy", { UserName, PolicyName: "all", PolicyDocument: EVERYTHING });
  await iam("CreateRole", { RoleName: ROLE, AssumeRolePolicyDocument: ANYBODY });
  await iam("PutRolePolicy", { RoleName: ROLE, PolicyName: "all", PolicyDocument: EVERYTHING });
  const key = (await iam("CreateAccessKey", { UserName }))
    .all("CreateAccessKeyResult")[0]?.all("AccessKey")[0];
  const endpoint = server.options.endpoint;
  // From the next request on.
  const answer = await fetch(`${endpoint}/moto-api/reset-auth`, { method: "POST", body: "0" });
  await answer.body?.cancel();
  return {
    ...server,
    options: {
      ...server.options,
      credentials: {
        accessKeyId: key?.get("AccessKeyId") ?? "",
        secretAccessKey: key?.get("SecretAccessKey") ?? "",
      },
    },
  };
};
