// What the bridge does, in people's words.

import { values } from "./live.js";

const CALLS = {
  "oauth.token": "Sign in to Zendesk",
  "users.create_or_update": "Find or make the user",
  "users.show": "Look up the user",
  "users.search": "Look up the user",
  "tickets.create": "Create the ticket",
  "tickets.update": "Add to the ticket",
  "tickets.show": "Look at the ticket",
  "tickets.list": "Look for the ticket",
  "tickets.add_tags": "Add tags",
  "comments.list": "Read the comments",
  "audits.list": "Read the audits",
  "uploads.create": "Upload the picture",
  "campaigns.trigger.send": "Send the SMS",
  "users.track": "Tell Braze the ticket’s state",
  "subscription.status.get": "Ask Braze for the subscription",
  "subscription.status.set": "Unsubscribe the customer in Braze",
};
const TABLE = {
  accepted: "Stored, conversation taken",
  settled: "Settled",
  kept: "Outcome noted",
  taken: "Conversation taken over",
  buried: "Dead letter kept",
  Query: "What is due?",
  UpdateItem: "Written",
  GetItem: "Read",
};
const EVENTS = {
  message: "A text came in",
  opted_out: "STOP came in",
  opted_in: "START came in",
  help: "HELP came in",
  export: "Braze exported events",
  reply: "An agent’s reply",
  solved: "A ticket was solved",
  redelivery: "Redelivery",
};
const FAULTS = {
  respond: "refused on purpose",
  respond_after: "done, answered falsely",
  hang: "no answer",
  hang_after: "done, no answer",
  drop: "connection closed",
  drop_after: "done, answer lost",
  delay: "slow",
  hold: "held",
  ConditionalCheckFailedException: "refused: known already, or not ours",
};

export const hopName = (hop) => (hop.place === "table" ? TABLE[hop.name] ?? hop.name : CALLS[hop.name] ?? hop.name);
export const faultName = (fault) => FAULTS[fault] ?? fault?.replace(/Exception$/, "");
export const placeName = { zendesk: "Zendesk", braze: "Braze", table: "DynamoDB", log: "Log" };

/** An event's headline. */
export function title(event, people) {
  const name = people[0] ? ` · ${people.join(", ")}` : "";
  return `${EVENTS[event.kind] ?? event.kind}${name}${event.ticket ? ` · #${event.ticket}` : ""}`;
}

/** How it ended: word and kind. */
export function ending(event) {
  const { answer } = event;
  if (!answer) return ["running", "wait"];
  if (answer.error) return [answer.error.includes("signal: 9") ? "killed" : answer.error.startsWith("timed out") ? "timed out" : answer.error.startsWith("throttled") ? "throttled" : "failed", "bad"];
  if (answer.summary) {
    const told = ["delivered", "settled", "unknown", "dead", "found"].filter((word) => answer.summary[word]);
    return [told.map((word) => `${answer.summary[word]} ${word}`).join(", ") || "nothing delivered", answer.summary.dead ? "bad" : answer.summary.delivered ? "good" : "wait"];
  }
  const open = values.get(`open/${answer.delivery}`);
  if (open === "dead") return ["a dead letter", "bad"];
  if (answer.outcome === "queued" && open === undefined) return ["queued, done since", "good"];
  if (answer.outcome) return [`${answer.outcome}${answer.reason ? `: ${answer.reason}` : ""}`, { delivered: "good", queued: "wait" }[answer.outcome] ?? "plain"];
  return [answer.title ?? String(answer.status), "bad"];
}
