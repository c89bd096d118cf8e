// The same job as `braze-inbound` appending a text, as one would write it for Node.js: secret, token
// compared, accepted, OAuth, Zendesk, settled. No more than that: no signatures, retries, lanes,
// tests of the content or logs, so it does less than ours.
import { timingSafeEqual, createHash } from "node:crypto";
import http from "node:http";
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

const { env } = process;
const dynamo = new DynamoDBClient({});
const manager = new SecretsManagerClient({});
// Asked for while the runtime starts, as is good practice.
const secret = manager
  .send(new GetSecretValueCommand({ SecretId: env.SECRET_ID }))
  .then((answer) => JSON.parse(answer.SecretString));
let token;

async function accessToken() {
  if (token) return token;
  const { zendesk_oauth_client_id, zendesk_oauth_client_secret } = await secret;
  const answer = await fetch(`${env.ZENDESK_BASE_URL}/oauth/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      grant_type: "client_credentials",
      client_id: zendesk_oauth_client_id,
      client_secret: zendesk_oauth_client_secret,
      scope: "tickets:read tickets:write users:read users:write",
    }),
  });
  token = (await answer.json()).access_token;
  return token;
}

async function update(pk, expression, condition, names, values, returned) {
  return dynamo.send(
    new UpdateItemCommand({
      TableName: env.TABLE_NAME,
      Key: { pk: { S: pk } },
      UpdateExpression: expression,
      ConditionExpression: condition,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
      ReturnValues: returned,
    }),
  );
}

function same(given, wanted) {
  const hash = (text) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given ?? ""), hash(wanted));
}

async function handle(event, requestId) {
  const { braze_inbound_token } = await secret;
  if (!same(event.headers.authorization, `Bearer ${braze_inbound_token}`)) {
    return { statusCode: 401, body: "" };
  }
  const text = JSON.parse(event.body);
  const now = Date.now();
  const delivery = createHash("sha256").update(text.dispatch_id).digest("hex").slice(0, 32);
  const pk = `customer#${text.external_user_id}`;
  const lease = `${requestId} ${delivery}`;
  const expires = { N: String(Math.floor(now / 1000) + 400 * 86400) };
  const accepted = await update(
    pk,
    "SET v = if_not_exists(v, :zero) + :one, mailbox = list_append(if_not_exists(mailbox, :none), :entry), lease = if_not_exists(lease, :mine), due_at = if_not_exists(due_at, :until), due_shard = if_not_exists(due_shard, :shard), expires_at = :expires ADD #today :markers",
    "NOT contains(#today, :m0)",
    { "#today": `s${Math.floor(now / 86400000)}` },
    {
      ":zero": { N: "0" },
      ":one": { N: "1" },
      ":none": { L: [] },
      ":entry": { L: [{ S: JSON.stringify({ id: delivery, at: now, kind: "text", text: text.message }) }] },
      ":mine": { S: lease },
      ":until": { N: String(now + 20000) },
      ":shard": { N: "1" },
      ":expires": expires,
      ":markers": { BS: [Buffer.from(delivery.slice(0, 16), "hex")] },
      ":m0": { B: Buffer.from(delivery.slice(0, 16), "hex") },
    },
    "ALL_NEW",
  );
  const item = accepted.Attributes;
  const state = JSON.parse(item.memory.S);
  const answer = await fetch(`${env.ZENDESK_BASE_URL}/api/v2/tickets/${state.ticket}`, {
    method: "PUT",
    headers: { "content-type": "application/json", authorization: `Bearer ${await accessToken()}` },
    body: JSON.stringify({
      ticket: {
        comment: { body: text.message, public: true, author_id: state.user },
        status: "open",
        metadata: { delivery_id: delivery },
      },
    }),
  });
  const { ticket } = await answer.json();
  state.status = ticket.status;
  state.texted_at = now;
  await update(
    pk,
    "SET v = :next, memory = :state, expires_at = :expires REMOVE mailbox, lease, due_at, due_shard",
    "v = :seen AND lease = :held",
    undefined,
    {
      ":seen": item.v,
      ":next": { N: String(Number(item.v.N) + 1) },
      ":held": { S: lease },
      ":state": { S: JSON.stringify(state) },
      ":expires": expires,
    },
  );
  const body = JSON.stringify({ outcome: "delivered", delivery_id: delivery, ticket_id: ticket.id });
  return { statusCode: 200, headers: { "content-type": "application/json" }, body };
}

// The Runtime API, as thin as it can be: Lambda's own client for Node.js costs more.
const agent = new http.Agent({ keepAlive: true });
const [host, port] = env.AWS_LAMBDA_RUNTIME_API.split(":");

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const request = http.request({ host, port, method, path, agent, headers }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function main() {
  const base = "/2018-06-01/runtime/invocation";
  for (;;) {
    const next = await call("GET", `${base}/next`);
    const id = next.headers["lambda-runtime-aws-request-id"];
    const answer = await handle(JSON.parse(next.body), id);
    await call("POST", `${base}/${id}/response`, JSON.stringify(answer));
  }
}

main();
